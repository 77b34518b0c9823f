//! The register: lists taken in, settings looked up, places and their vacancies. The care wing writes it; prices have
//! no part in it.

mod geography;
mod households;
mod import;
mod look;
mod places;
mod standard;
mod vacancies;

use kernel::{CouncilCode, Night, Region, Seq};
use register::{Field, Instant, Kind, Setting, Standing, Status, View, fold};
use serde::Serialize;
use store::Db;

pub use geography::{Compiled, Whereabouts, compile_districts, english_postcodes, whereabouts};
pub use import::{HomesLine, KindLine, ListFinding, ListOptions, ListReport};
pub use look::{OwnerLine, OwnersPage, PlaceLine, SettingHistory, SettingLine, SettingPage, SettingsPage, VersionLine};
pub(crate) use places::Saying;
pub use places::{NewSetting, PlaceCommand, PlaceDone, StatementTerms};
pub use standard::StandardReport;
pub use vacancies::{VacanciesPage, VacancyLine};

use crate::moment::Moment;
use crate::office::{AsOf, Known, Office, seen};
use crate::problem::Problem;

/// Which settings.
#[derive(Clone, Debug, Default)]
pub struct SettingFilter {
    /// In the area of this council.
    pub council: Option<CouncilCode>,
    /// In this region.
    pub region: Option<Region>,
    /// Of this sort: a name however it is spelled, or `childrens-homes` for homes of every type.
    pub kind: Option<String>,
    /// Of this sector.
    pub sector: Option<String>,
    /// Of this status.
    pub status: Option<String>,
    /// Owned by this organisation.
    pub owner: Option<String>,
}

/// The name by which every type of children's home is asked for.
const EVERY_HOME: &str = "childrenshomes";

impl SettingFilter {
    /// Refuses words that no setting could answer to, so that an empty answer means what it says.
    pub fn checked(self) -> Result<SettingFilter, Problem> {
        if let Some(text) = self.kind.as_deref().filter(|text| fold(text).is_empty()) {
            return Err(Problem::asked("register.filter", format!("\"{text}\" is no sort of setting")));
        }
        Ok(self)
    }

    fn takes(&self, facts: &Setting, on: Night) -> bool {
        let same = |field, wanted: &Option<String>| {
            wanted.as_ref().is_none_or(|wanted| facts.text(field).is_some_and(|text| fold(text) == fold(wanted)))
        };
        let kind = self.kind.as_ref().is_none_or(|wanted| match Kind::read(wanted) {
            _ if fold(wanted) == EVERY_HOME => facts.kind().is_some_and(Kind::is_childrens_home),
            Some(kind) => facts.kind() == Some(kind),
            None => facts.text(Field::Kind).is_some_and(|text| fold(text) == fold(wanted)),
        });
        let status = self.status.as_ref().is_none_or(|wanted| match Status::read(wanted) {
            Some(status) => facts.status() == Some(status),
            None => facts.text(Field::Status).is_some_and(|text| fold(text) == fold(wanted)),
        });
        kind && status
            && same(Field::Sector, &self.sector)
            && same(Field::Owner, &self.owner)
            && self.council.is_none_or(|code| facts.council(on).is_some_and(|council| council.code == code))
            && self.region.is_none_or(|region| facts.region(on) == Some(region))
    }
}

impl Office {
    /// A point of view on the register: not of runs but of days. As of today unless a night is named; claims expire
    /// against the moment looked back to, or against the present.
    pub(crate) fn look(&self, db: &mut Db, view: &AsOf) -> Result<(Known, View), Problem> {
        let tx = seen(db, view, "nothing has been recorded yet; begin with `carebank register import ofsted`")?;
        // A commit is never earlier than the one before, whatever the clock says.
        let at = view.known_at.clone().unwrap_or_else(|| self.clock.now());
        let at = if at.as_str() < tx.at.as_str() { tx.at.clone() } else { at.as_str().to_owned() };
        let as_of = view.as_of.unwrap_or_else(|| Moment::date(&at));
        let expiry = View { known: tx.seq, at: instant(&at)? };
        Ok((Known { tx: tx.seq, run: None, known_at: at, as_of }, expiry))
    }
}

pub(crate) fn instant(text: &str) -> Result<Instant, Problem> {
    Instant::parse(text).ok_or_else(|| Problem::asked("moment.shape", format!("{text} is no moment")))
}

/// How many settings and places there are of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Settings.
    pub settings: usize,
    /// Places that they are registered for.
    pub places: u32,
}

impl Tally {
    fn count(&mut self, facts: &Setting) {
        self.settings += 1;
        self.places += u32::from(facts.places().unwrap_or(0));
    }
}

/// Those that stand in the register on a night, as known.
fn standing(db: &mut Db, known: Seq, on: Night) -> Result<Vec<(register::SettingRef, Standing)>, Problem> {
    let settings = db.settings(known)?;
    let here = settings.into_iter().filter_map(|(setting, history)| Some((setting, history.on(on, known)?)));
    Ok(here.filter(|(_, standing)| standing.listed).collect())
}
