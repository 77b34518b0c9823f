//! **Simulation**: one council's SSDA903 return, generated from a seed; and in [`country`] all of England's.
//!
//! Owns a small world of settings and children's lives, and writes it as the three tables of a return that
//! care and money begin with: Header, Episodes and UASC. It reads no clock and no file, and draws only from
//! the seed: the same [`Plan`] gives the same bytes on every machine. Returns are made without knowing money, or how
//! they are read. [`voice`] studies what money could tell of children's answers, and drives both wings.
//!
//! ```
//! use kernel::ReturnYear;
//! use simulation::{Plan, generate};
//!
//! let year = ReturnYear::try_new(2026).unwrap();
//! let made = generate(&Plan { seed: 7, children: 50, year });
//! assert_eq!(made.header.lines().next(), Some("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"));
//! assert_eq!(made.header.lines().count(), 1 + 50);
//! assert!(made.episodes.lines().count() > 50);
//! assert_eq!(made, generate(&Plan { seed: 7, children: 50, year }));
//! ```
//!
//! Shares of legal status, placement and age, comings and goings, and moves follow what is published for
//! England, roughly; `tests` hold the tolerances. Codes are those of 2025-26 whatever the year. Ages follow
//! the law: supported accommodation from sixteen, remand from twelve, nothing after the eighteenth birthday.
//!
//! **Not imitated**, so nothing may be concluded from it: the link between a child's history and what happens
//! next, siblings, seasons, geography (postcodes have the right shape but lie nowhere), registered places
//! (a home takes whom chance sends), series of short breaks, placements outside England, mistakes in
//! reporting, and the other nine tables. The council's own fostering and adoption carry no URN, as in much
//! of what councils hold, although the Department asks for the agency's. UPNs are of the right shape, in the
//! council number 000, which no council has.

mod council;
pub mod country;
mod late;
mod life;
mod rng;
#[cfg(test)]
mod tests;
pub mod voice;

use std::fmt::Display;

use kernel::{Night, ReturnYear};

use council::Council;
use life::{Child, Episode};
use rng::Rng;

/// What to generate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The one source of chance.
    pub seed: u64,
    /// How many children were looked after at any time in the year: about 1.4 times those on 31 March.
    pub children: u32,
    /// The year of the return.
    pub year: ReturnYear,
}

/// Three tables as CSV text: a header line, then a line for each row, dates as `dd/mm/yyyy`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GeneratedReturn {
    /// One row a child.
    pub header: String,
    /// One row an episode, by child and start.
    pub episodes: String,
    /// One row an unaccompanied asylum-seeking child.
    pub uasc: String,
}

/// One council's return.
pub fn generate(plan: &Plan) -> GeneratedReturn {
    let council = Council::new(plan.seed, plan.children);
    let mut made = GeneratedReturn::empty();
    (0..plan.children).for_each(|number| made.add(&life_of(number, plan, &council), plan));
    made
}

/// The return as first sent, the corrected one, and a sentence on how they differ: by one child's move between
/// two private children's homes, which the council told some 25 nights late. The other children are those of
/// [`generate`]. The sentence begins `Child ` and the child's local identifier. There must be a child.
pub fn with_late_correction(plan: &Plan) -> (GeneratedReturn, GeneratedReturn, String) {
    let council = Council::new(plan.seed, plan.children);
    let mut rng = Rng::stream(plan.seed, u64::MAX - 2);
    let late = rng.below(plan.children);
    let (reported, corrected, sentence) = late::lives(late, plan.year.nights(), &council, &mut rng);
    let (mut first, mut second) = (GeneratedReturn::empty(), GeneratedReturn::empty());
    for number in 0..plan.children {
        if number == late {
            first.add(&reported, plan);
            second.add(&corrected, plan);
        } else {
            let child = life_of(number, plan, &council);
            first.add(&child, plan);
            second.add(&child, plan);
        }
    }
    (first, second, sentence)
}

fn life_of(number: u32, plan: &Plan, council: &Council) -> Child {
    let mut rng = Rng::stream(plan.seed, u64::from(number));
    Child::live(number, plan.year.nights(), council, &mut rng)
}

/// As SSDA903 writes dates.
fn british(night: Night) -> String {
    let date = night.date();
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

fn row(table: &mut String, fields: &[&dyn Display]) {
    let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
    table.push_str(&fields.join(","));
    table.push('\n');
}

impl GeneratedReturn {
    fn empty() -> GeneratedReturn {
        GeneratedReturn {
            header: "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n".into(),
            episodes: "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
                .into(),
            uasc: "CHILD,SEX,DOB,DUC\n".into(),
        }
    }

    fn add(&mut self, child: &Child, plan: &Plan) {
        let born = british(child.born);
        let schooled = child.born.birthday(5) <= plan.year.nights().end();
        let upn = if schooled { format!("A000{:09}", child.id) } else { "UN1".into() };
        let mother = match (child.sex, child.mother_of) {
            ("F", Some(_)) => "1",
            ("F", None) => "0",
            _ => "",
        };
        let her_child = child.mother_of.map(british).unwrap_or_default();
        row(&mut self.header, &[&child.id, &child.sex, &born, &child.ethnic, &upn, &mother, &her_child]);
        if child.alone {
            let eighteen = child.born.birthday(18);
            let ceased = if eighteen <= plan.year.known_through() { british(eighteen) } else { String::new() };
            row(&mut self.uasc, &[&child.id, &child.sex, &born, &ceased]);
        }
        for episode in &child.episodes {
            self.add_episode(child, episode);
        }
    }

    fn add_episode(&mut self, child: &Child, episode: &Episode) {
        let (dec, rec, reason) = match &episode.end {
            Some(ending) => (british(ending.on), ending.rec, ending.reason),
            None => (String::new(), "", ""),
        };
        let bed = &episode.bed;
        let urn = bed.urn.map(|urn| urn.to_string()).unwrap_or_default();
        row(
            &mut self.episodes,
            &[
                &child.id,
                &british(episode.start),
                &episode.rne,
                &episode.status,
                &child.need,
                &bed.place,
                &bed.provider,
                &dec,
                &rec,
                &reason,
                &child.home,
                &bed.postcode,
                &urn,
            ],
        );
    }
}
