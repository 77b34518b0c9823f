//! A council's return of one year, as tables of CSV text.

use std::fmt::Write;

use kernel::ReturnYear;

use super::Lives;
use super::child::{Child, Period};
use super::mistakes::{Mistake, Telling, Told, Year};
use super::people::{Person, night};
use crate::british;
use crate::rng::Rng;

/// The tables that are told, by the usual name of the file, with their columns (DfE, Children looked after guide,
/// 2024-25 and 2025-26).
const TABLES: [(&str, &str); 9] = [
    ("header", "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"),
    ("episodes", "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"),
    ("uasc", "CHILD,SEX,DOB,DUC"),
    ("reviews", "CHILD,DOB,REVIEW,REVIEW_CODE"),
    ("missing", "CHILD,DOB,MISSING,MIS_START,MIS_END"),
    ("ad1", "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR"),
    ("placed_for_adoption", "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED"),
    ("previous_permanence", "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM"),
    (
        "oc2",
        "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,HEALTH_ASSESSMENT,\
         SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED",
    ),
];

/// The first review within twenty working days, the second within three months of it, then every six at most: the Care
/// Planning, Placement and Case Review (England) Regulations 2010, regulation 33.
const FIRST_REVIEW: i32 = 28;
const SECOND_REVIEW: i32 = 91;
const FURTHER_REVIEWS: i32 = 182;
/// Reviews held late in a thousand, and by at most how many days. Assumptions.
const LATE_REVIEWS: (u32, i32) = (70, 25);
/// Children of ten and over in a thousand who go missing in a year, so that 11 % of all do (DfE, Local Authority
/// Interactive Tool, 2024).
const MISSING: u32 = 165;

/// 1 April 2025, in days.
const FOUR_OTHERS: i32 = 20_179;

/// A council's return of one year.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CouncilReturn {
    tables: [String; 9],
    /// What was told late or wrong.
    pub mistakes: Vec<Mistake>,
}

impl CouncilReturn {
    /// A table's text by the usual name of its file: `header`, `episodes`, `uasc`, `reviews`, `missing`, `ad1`,
    /// `placed_for_adoption`, `previous_permanence` or `oc2`.
    pub fn table(&self, name: &str) -> Option<&str> {
        self.tables().find(|table| table.0 == name).map(|table| table.1)
    }

    /// Every table: the usual name of its file, and its text.
    pub fn tables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        TABLES.iter().map(|table| table.0).zip(self.tables.iter().map(String::as_str))
    }

    fn row(&mut self, table: usize, args: std::fmt::Arguments<'_>) {
        let text = &mut self.tables[table];
        text.write_fmt(args).expect("a string takes what is written");
        text.push('\n');
    }
}

impl Lives<'_> {
    /// The council's return of one of [`super::Country::years`], as first told or as it was.
    pub fn told(&self, year: ReturnYear, telling: Telling) -> CouncilReturn {
        let nights = year.nights();
        let year: Year = (nights.start().days() as i32, nights.end().days() as i32);
        let mut told = CouncilReturn { tables: TABLES.map(|table| format!("{}\n", table.1)), mistakes: Vec::new() };
        for child in &self.children {
            let (rows, mistake) = self.rows(child, year, telling);
            if rows.is_empty() {
                continue;
            }
            told.mistakes.extend(mistake);
            let dob = british(night(child.person.born));
            self.header(&mut told, child, &dob, year);
            rows.iter().for_each(|row| self.episode(&mut told, &child.person, row, year));
            for period in &child.periods {
                self.period(&mut told, child, period, &dob, year);
            }
            if child.periods.iter().any(|period| (year.0..year.1).contains(&period.since)) {
                // How many have had a permanent home before is not imitated: the return says none.
                told.row(7, format_args!("{},{dob},Z1,,", child.person.number));
            }
            self.health(&mut told, child, &dob, year);
        }
        told
    }

    fn header(&self, told: &mut CouncilReturn, child: &Child, dob: &str, year: Year) {
        let Person { number, male, born, ethnic, alone, .. } = child.person;
        let council = self.at as u64;
        let schooled = born + 5 * 366 <= year.1;
        // UN2: never at a maintained school in England until now.
        let upn = match (alone, schooled) {
            (true, _) => "UN2".to_owned(),
            (false, false) => "UN1".to_owned(),
            (false, true) => format!("A{council:03}{number:09}"),
        };
        let mother = if male { "" } else { "0" };
        let sex = if male { "M" } else { "F" };
        told.row(0, format_args!("{number},{sex},{dob},{ethnic},{upn},{mother},"));
        if alone {
            // The status ceases with the eighteenth birthday, and is told so from the first return on.
            let ceases = british(night(child.person.eighteen));
            told.row(2, format_args!("{number},{sex},{dob},{ceases}"));
        }
    }

    fn episode(&self, told: &mut CouncilReturn, person: &Person, row: &Told, year: Year) {
        let Told { episode, need, status, provider, urn } = row;
        let (dec, bed) = (episode.end.map(|end| british(night(end))).unwrap_or_default(), &episode.bed);
        let land = &self.country.land;
        // Four codes for other placements took the place of one with 2025-26 (DfE). Which of the four is not imitated.
        let place = if bed.place == "Z1" && year.0 >= FOUR_OTHERS { "Z11" } else { bed.place };
        told.row(
            1,
            format_args!(
                "{},{},{},{status},{need},{},{provider},{dec},{},{},{},{},{urn}",
                person.number,
                british(night(episode.start)),
                episode.rne,
                place,
                episode.rec,
                episode.reason,
                land.postcode(person.home),
                land.postcode(bed.spot),
            ),
        );
    }

    fn period(&self, told: &mut CouncilReturn, child: &Child, period: &Period, dob: &str, year: Year) {
        let Some(last) = period.episodes.last() else { return };
        let (from, until) = (period.since.max(year.0), last.end.unwrap_or(year.1).min(year.1));
        let number = child.person.number;
        let seed = self.country.seed;
        let mut rng = child.stream(seed, 2_000_000 + period.since as u64);
        let (mut on, mut gap) = (period.since + FIRST_REVIEW - rng.between(0, 8), SECOND_REVIEW);
        while on < until {
            let held = if rng.chance(LATE_REVIEWS.0) { on + rng.between(1, LATE_REVIEWS.1) } else { on };
            if from <= held && held < until {
                let young = held < child.person.born + 4 * 1461 / 4;
                let code = if young {
                    "PN0"
                } else {
                    rng.weigh(&[("PN1", 52), ("PN3", 20), ("PN5", 14), ("PN7", 9), ("PN4", 5)])
                };
                told.row(3, format_args!("{number},{dob},{},{code}", british(night(held))));
            }
            on += gap - rng.between(0, 14);
            gap = FURTHER_REVIEWS;
        }
        if from < until {
            missing(told, child, (from, until), dob, &mut child.stream(seed, 3_000_000 + from as u64));
        }
        adoption(told, child, period, dob, year, &mut child.stream(seed, 4_000_000 + period.since as u64));
    }

    /// Health and strengths of those looked after for a year at 31 March, or until that day. The shares are of DfE 2024, Local Authority
    /// Interactive Tool: health checks 89 %, vaccinations 82 %, dental checks 79 %, convictions 2 %, misuse 3 %; the
    /// mean score is 14.7.
    fn health(&self, told: &mut CouncilReturn, child: &Child, dob: &str, year: Year) {
        let at = year.1 - 1;
        let until = |period: &Period| period.episodes.last().is_some_and(|last| last.end.is_none_or(|end| at <= end));
        if !child.periods.iter().any(|period| period.since <= year.0 && until(period)) {
            return;
        }
        let mut rng = child.stream(self.country.seed, 5_000_000 + year.0 as u64);
        let age = (at - child.person.born) * 4 / 1461;
        let flag = |per_mille, rng: &mut Rng| u32::from(rng.chance(per_mille));
        let (score, why) = match age {
            // Over four, and not eighteen on the day itself.
            _ if child.person.eighteen <= at => (String::new(), ""),
            4..18 if rng.chance(780) => ((rng.below(21) + rng.below(11)).to_string(), ""),
            4..18 => (String::new(), rng.pick(&["SDQ2", "SDQ3", "SDQ4", "SDQ5"])),
            _ => (String::new(), ""),
        };
        let check = if age < 5 { flag(890, &mut rng).to_string() } else { String::new() };
        let convicted = if age >= 10 { flag(30, &mut rng).to_string() } else { String::new() };
        let misuse = if age >= 10 { flag(45, &mut rng) } else { 0 };
        let received = if misuse == 1 { flag(500, &mut rng).to_string() } else { String::new() };
        let offered = if received == "0" { flag(700, &mut rng).to_string() } else { String::new() };
        let (immune, teeth, assessed) = (flag(820, &mut rng), flag(790, &mut rng), flag(890, &mut rng));
        told.row(
            8,
            format_args!(
                "{},{dob},{score},{why},{convicted},{check},{immune},{teeth},{assessed},{misuse},{received},{offered}",
                child.person.number
            ),
        );
    }
}

/// Times missing or away without authorisation, each over before the next and before care ends.
fn missing(told: &mut CouncilReturn, child: &Child, (from, until): Year, dob: &str, rng: &mut Rng) {
    let old_enough = child.person.born + 3_653;
    let share = MISSING as i64 * i64::from(until - from) / 365;
    if until <= old_enough || !rng.chance(share.clamp(0, 1000) as u32) {
        return;
    }
    let mut on = from.max(old_enough) + rng.after(60);
    for _ in 0..rng.weigh(&[(1, 40), (2, 20), (4, 20), (8, 15), (20, 5)]) {
        let back = on + rng.weigh(&[(1, 70), (2, 15), (4, 10), (9, 5)]);
        if back >= until {
            return;
        }
        let kind = if rng.chance(820) { "M" } else { "A" };
        let (start, end) = (british(night(on)), british(night(back)));
        told.row(4, format_args!("{},{dob},{kind},{start},{end}", child.person.number));
        on = back + rng.after(25);
    }
}

/// The decision that a child should be placed for adoption, and the adopters of one who was adopted.
fn adoption(told: &mut CouncilReturn, child: &Child, period: &Period, dob: &str, year: Year, rng: &mut Rng) {
    let number = child.person.number;
    let Some(order) = period.episodes.iter().find(|episode| episode.status == "E1") else { return };
    let Some(last) = period.episodes.last() else { return };
    let decided = (order.start - rng.between(10, 60)).max(period.since).max(child.person.born + 1);
    if decided < year.1 && last.end.is_none_or(|end| year.0 <= end) {
        let left = |end: &i32| (year.0..year.1).contains(end) && !matches!(last.rec, "E11" | "E12");
        // Who leaves care otherwise is not to be adopted any more: the needs of the child changed (RD1).
        let reversed = last.end.filter(left).map_or(",".to_owned(), |end| format!("{},RD1", british(night(end))));
        told.row(6, format_args!("{number},{dob},{},{reversed}", british(night(decided))));
    }
    let adopted = last.end.filter(|end| matches!(last.rec, "E11" | "E12") && (year.0..year.1).contains(end));
    let with = period.episodes.iter().find(|episode| episode.bed.place.starts_with('A'));
    if let (Some(_), Some(with)) = (adopted, with) {
        let matched = (with.start - rng.between(5, 40)).max(decided);
        let (many, sexes, law) = rng.weigh(&[
            ((1, "F1", "L0"), 10),
            ((2, "MF", "L11"), 68),
            ((2, "MF", "L2"), 10),
            ((2, "MM", "L3"), 7),
            ((2, "FF", "L3"), 5),
        ]);
        let carer = u32::from(last.bed.place == "A5");
        let (decided, matched) = (british(night(decided)), british(night(matched)));
        told.row(5, format_args!("{number},{dob},{decided},{matched},{carer},{many},{sexes},{law}"));
    }
}
