//! What a council tells late or wrong at first, each listed so that a test can tell what was planted.

use super::Lives;
use super::beds::Bed;
use super::child::{Child, Episode};
use super::people::night;
use crate::rng::Rng;

/// Which of two tellings of a year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Telling {
    /// As first sent: with what is late or wrong.
    First,
    /// As it was.
    Corrected,
}

/// Of a thousand children in a year's return, those of whom one thing is told late or wrong. An assumption: nothing
/// that could be counted is published.
const MISTAKEN: u32 = 25;
/// How many days late a move is told.
const LATE: (i32, i32) = (14, 45);

/// One thing told late or wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// The council's number for the child.
    pub child: u64,
    /// `late-move`, `wrong-urn`, `unknown-urn`, `overlap`, `no-legal-status`, `no-provider` or `no-need`.
    pub kind: &'static str,
    /// DECOM of the episode, as it was: `dd/mm/yyyy`.
    pub decom: String,
    /// The field that is wrong.
    pub field: &'static str,
    /// What the first return says.
    pub told: String,
    /// What it should have said.
    pub meant: String,
}

/// One row of the Episodes as it is told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) episode: Episode,
    pub(super) need: &'static str,
    pub(super) status: &'static str,
    pub(super) provider: &'static str,
    pub(super) urn: String,
}

impl Told {
    fn truly(episode: &Episode, need: &'static str) -> Told {
        let urn = match episode.bed {
            Bed { urn: 0, place, .. } if place.starts_with(IN_NO_LIST) => UNKNOWN.to_owned(),
            Bed { urn: 0, .. } => String::new(),
            Bed { urn, .. } => urn.to_string(),
        };
        Told { need, status: episode.status, provider: episode.bed.provider, urn, episode: episode.clone() }
    }
}

/// What a return says where Ofsted has a number and nobody knows it: the collection guide's own word, which the reader of
/// returns has too. What is generated shares nothing with what reads it.
const UNKNOWN: &str = "XXXXXXX";
/// Placements that Ofsted registers, and that the generated list has no provider of: a council's own carers and kin, and
/// whoever an adoption agency found (rule 218).
const IN_NO_LIST: [char; 2] = ['U', 'A'];

/// Years are told from the first day to the day after the last.
pub(super) type Year = (i32, i32);

impl Lives<'_> {
    /// A child's rows in a year's return; none if the child was not looked after in it. What lies after the year is
    /// not known yet.
    pub(super) fn rows(&self, child: &Child, year: Year, telling: Telling) -> (Vec<Told>, Option<Mistake>) {
        let within = |episode: &&Episode| episode.start < year.1 && episode.end.is_none_or(|end| year.0 <= end);
        let mut rows: Vec<Told> =
            child.episodes().filter(within).map(|episode| Told::truly(episode, child.person.need)).collect();
        let mistake = if telling == Telling::First { self.plant(child, &mut rows, year) } else { None };
        for row in &mut rows {
            if row.episode.end.is_some_and(|end| year.1 <= end) {
                (row.episode.end, row.episode.rec, row.episode.reason) = (None, "", "");
            }
        }
        (rows, mistake)
    }

    fn plant(&self, child: &Child, rows: &mut [Told], year: Year) -> Option<Mistake> {
        let mut rng = child.stream(self.country.seed, 1_000 + year.0 as u64);
        if rows.is_empty() || !rng.chance(MISTAKEN) {
            return None;
        }
        let at = rng.below(rows.len() as u32) as usize;
        match rng.below(100) {
            0..55 => late(child, rows, year, &mut rng),
            55..65 => self.other_urn(child, &mut rows[at], &mut rng),
            65..72 => unknown_urn(child, &mut rows[at]),
            72..82 => overlap(child, rows, year, &mut rng),
            82..86 => Some(mistake(child, &rows[at], "no-legal-status", "LS", "", rows[at].status))
                .inspect(|_| rows[at].status = ""),
            86..93 if !rows[at].provider.is_empty() => {
                Some(mistake(child, &rows[at], "no-provider", "PLACE_PROVIDER", "", rows[at].provider))
                    .inspect(|_| rows[at].provider = "")
            }
            _ => Some(mistake(child, &rows[at], "no-need", "CIN", "", rows[at].need)).inspect(|_| rows[at].need = ""),
        }
    }

    fn other_urn(&self, child: &Child, row: &mut Told, rng: &mut Rng) -> Option<Mistake> {
        let settings = &self.country.supply.settings;
        let kind = settings.iter().find(|setting| setting.urn == row.episode.bed.urn)?.kind;
        let other = (0..20)
            .map(|_| &settings[rng.below(settings.len() as u32) as usize])
            .find(|setting| setting.kind == kind && setting.urn != row.episode.bed.urn)?;
        let told = other.urn.to_string();
        let mistake = mistake(child, row, "wrong-urn", "URN", &told, &row.urn);
        row.urn = told;
        Some(mistake)
    }
}

fn mistake(child: &Child, row: &Told, kind: &'static str, field: &'static str, told: &str, meant: &str) -> Mistake {
    let decom = tables_date(row.episode.start);
    Mistake { child: child.person.number, kind, decom, field, told: told.to_owned(), meant: meant.to_owned() }
}

fn unknown_urn(child: &Child, row: &mut Told) -> Option<Mistake> {
    if row.episode.bed.urn == 0 {
        return None;
    }
    let mistake = mistake(child, row, "unknown-urn", "URN", UNKNOWN, &row.urn);
    row.urn = UNKNOWN.to_owned();
    Some(mistake)
}

/// A move within the year, told as some weeks later than it was.
fn late(child: &Child, rows: &mut [Told], year: Year, rng: &mut Rng) -> Option<Mistake> {
    let days = rng.between(LATE.0, LATE.1);
    let moved = (1..rows.len()).find(|&at| {
        let (before, after) = (&rows[at - 1].episode, &rows[at].episode);
        let until = after.end.unwrap_or(year.1).min(year.1);
        let lasting = |episode: &Episode| !episode.bed.place.starts_with('T');
        before.end == Some(after.start)
            && after.rne == "P"
            && year.0 <= after.start
            && after.start + days + 1 < until
            && lasting(before)
            && lasting(after)
    })?;
    let start = rows[moved].episode.start;
    let (told, meant) = (tables_date(start + days), tables_date(start));
    let mistake = mistake(child, &rows[moved], "late-move", "DECOM", &told, &meant);
    rows[moved].episode.start = start + days;
    rows[moved - 1].episode.end = Some(start + days);
    Some(mistake)
}

/// An episode told to end some days after the next began.
fn overlap(child: &Child, rows: &mut [Told], year: Year, rng: &mut Rng) -> Option<Mistake> {
    let days = rng.between(2, 9);
    let at = (1..rows.len()).find(|&at| {
        let (before, after) = (&rows[at - 1].episode, &rows[at].episode);
        before.end == Some(after.start) && after.start + days < after.end.unwrap_or(year.1).min(year.1)
    })?;
    let end = rows[at].episode.start;
    let mistake = mistake(child, &rows[at - 1], "overlap", "DEC", &tables_date(end + days), &tables_date(end));
    rows[at - 1].episode.end = Some(end + days);
    Some(mistake)
}

/// As SSDA903 writes dates.
fn tables_date(day: i32) -> String {
    crate::british(night(day))
}
