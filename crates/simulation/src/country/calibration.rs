//! What is published about England against what was made, with how far the two may differ.
//!
//! Counts are at 31 March 2025 or in the year that ended then, the first year told. What is published for that date is
//! compared with it; where only the year before is published in detail, that is.

use std::collections::BTreeMap;

use kernel::Region;

use super::child::{Child, Episode};
use super::facts::{Facts, facts};
use super::supply::{Kind, LARGEST, Sector, Supply};
use super::{Country, Lives};

const CLA_2024: &str = "DfE, Children looked after in England, year to 31 March 2024";
const CLA_2025: &str = "DfE, Children looked after in England, year to 31 March 2025";
const LAIT: &str = "DfE, Local Authority Interactive Tool, April 2026 (figures of 2024)";
const OFSTED: &str = "Ofsted, Children's social care in England, 31 March 2025";
const NAO: &str = "NAO, Managing children's residential care, September 2025 (March 2024)";

/// A figure and how far, in per cent, what is made may be from it.
type Target = (&'static str, u32, u32, &'static str);

/// In order of the table.
const TARGETS: &[Target] = &[
    ("looked after, 31 March 2024", 83_632, 0, CLA_2024),
    ("councils with another number on 31 March 2024", 0, 0, CLA_2024),
    ("looked after, 31 March 2025", 81_770, 3, CLA_2025),
    ("started in the year", 32_270, 5, CLA_2025),
    ("ceased in the year", 34_450, 5, CLA_2025),
    ("adopted in the year", 3_040, 12, CLA_2025),
    ("ceased at eighteen", 13_050, 12, CLA_2024),
    ("ended by special guardianship", 3_860, 15, CLA_2024),
    ("went home to parents", 6_840, 15, CLA_2024),
    ("rate per 10,000, 31 March 2025", 67, 4, CLA_2025),
    ("unaccompanied, 31 March 2025", 6_540, 10, CLA_2025),
    ("boys", 47_720, 4, CLA_2024),
    ("under 1", 3_730, 15, CLA_2024),
    ("1 to 4", 10_820, 12, CLA_2024),
    ("5 to 9", 15_020, 10, CLA_2024),
    ("10 to 15", 31_440, 6, CLA_2024),
    ("16 and over", 22_620, 10, CLA_2024),
    ("White", 59_340, 4, CLA_2024),
    ("Mixed", 8_920, 8, CLA_2024),
    ("Asian", 4_420, 12, CLA_2024),
    ("Black", 6_230, 12, CLA_2024),
    ("other ethnic group", 3_910, 15, CLA_2024),
    ("need: abuse or neglect", 55_190, 5, CLA_2024),
    ("care orders", 62_450, 7, CLA_2024),
    ("section 20", 16_240, 10, CLA_2024),
    ("placement orders", 4_690, 15, CLA_2024),
    ("youth justice", 220, 60, CLA_2024),
    ("fostered", 56_390, 5, CLA_2024),
    ("fostered by kin", 13_670, 12, CLA_2024),
    ("placed for adoption", 1_910, 20, CLA_2024),
    ("with parents", 5_300, 15, CLA_2024),
    ("children's homes", 8_540, 10, CLA_2024),
    ("supported accommodation", 6_250, 15, CLA_2024),
    ("residential care homes", 560, 30, CLA_2024),
    ("family centres", 360, 40, CLA_2024),
    ("other placements", 3_790, 25, CLA_2024),
    ("provider: the council itself", 35_930, 8, CLA_2024),
    ("provider: private", 31_310, 8, CLA_2024),
    ("provider: voluntary", 6_240, 15, CLA_2024),
    ("fostered inside the council", 32_480, 8, CLA_2024),
    ("fostered outside", 23_910, 10, CLA_2024),
    ("in homes inside the council", 2_780, 15, CLA_2024),
    ("in homes outside", 5_760, 10, CLA_2024),
    ("over 20 miles from home and outside", 15_050, 15, LAIT),
    ("in homes, over 20 miles", 4_185, 20, NAO),
    ("three placements or more in the year", 8_860, 15, LAIT),
    ("changes of placement in the year", 66_070, 10, CLA_2024),
    ("of them CARPL", 20_700, 12, CLA_2024),
    ("of them PLACE", 16_110, 12, CLA_2024),
    ("of them CREQB", 5_310, 15, CLA_2024),
    ("of them CREQO", 4_190, 15, CLA_2024),
    ("of them CHILD", 2_030, 15, CLA_2024),
    ("of them STAND", 670, 25, CLA_2024),
    ("of them ALLEG", 440, 30, CLA_2024),
    ("mainstream homes", 3_946, 0, OFSTED),
    ("their registered places", 14_259, 3, OFSTED),
    ("private homes", 3_315, 3, OFSTED),
    ("homes in the North West", 1_026, 1, OFSTED),
    ("homes of the 20 largest owners", 987, 6, OFSTED),
    ("places in mainstream fostering households", 69_825, 4, OFSTED),
    ("of them filled", 42_015, 12, OFSTED),
    ("mainstream fostering households", 33_435, 6, OFSTED),
    ("independent fostering agencies", 318, 0, OFSTED),
];

/// Counts of what was made, of as much of England as was added.
#[derive(Clone, Default)]
pub struct Calibration {
    counts: BTreeMap<&'static str, u64>,
    /// Children looked after at 31 March 2024 in the councils added, as published.
    covered: u64,
}

/// One figure: what is published for England, what was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What is counted.
    pub what: &'static str,
    /// Published for England.
    pub published: u32,
    /// Made; of part of England, scaled up by its share of the children looked after.
    pub made: u32,
    /// How far the two may differ, in per cent.
    pub tolerance: u32,
    /// Where it is published.
    pub source: &'static str,
}

impl Line {
    /// Whether what was made is as near as it should be.
    pub fn within(&self) -> bool {
        u64::from(self.made.abs_diff(self.published)) * 100 <= u64::from(self.tolerance) * u64::from(self.published)
    }
}

impl Calibration {
    /// Counts of the whole country's settings, to which councils are added.
    pub fn new(country: &Country) -> Calibration {
        let mut made = Calibration::default();
        made.supply(&country.supply);
        made
    }

    /// Adds a council.
    pub fn add(&mut self, lives: &Lives<'_>) {
        let here = &facts()[lives.at];
        self.covered += u64::from(here.looked_after);
        let [year, _] = Country::years().map(|year| year.nights());
        let year = (year.start().days() as i32, year.end().days() as i32);
        // At 31 March: whoever is there on that night.
        let at_start = lives.children.iter().filter(|child| child.on(year.0).is_some()).count() as u32;
        self.many("looked after, 31 March 2024", u64::from(at_start));
        self.many("councils with another number on 31 March 2024", u64::from(at_start != here.looked_after));
        for child in &lives.children {
            self.flows(child, year);
            if let Some((_, episode)) = child.on(year.1 - 1) {
                self.stock(child, episode, lives.at, year);
            }
        }
        let made = &lives.provision;
        self.many("places in mainstream fostering households", u64::from(made.places));
        self.many("mainstream fostering households", u64::from(made.households));
        self.many("households that joined because nobody had room", u64::from(made.joined));
    }

    /// Adds what another has counted of other councils. The settings are counted once.
    pub fn merge(&mut self, other: &Calibration) {
        self.covered += other.covered;
        for (what, count) in &other.counts {
            self.many(what, *count);
        }
    }

    /// The table.
    pub fn lines(&self) -> Vec<Line> {
        let all: u64 = facts().iter().map(|facts| u64::from(facts.looked_after)).sum();
        let of_country = |what: &str| {
            matches!(what, "mainstream homes" | "their registered places" | "private homes")
                || what.starts_with("homes ")
                || what.starts_with("independent")
        };
        let made = |what: &str| {
            let count = self.counts.get(what).copied().unwrap_or_default();
            let scaled = if of_country(what) { count } else { count * all / self.covered.max(1) };
            match what {
                "rate per 10,000, 31 March 2025" => {
                    let children: u64 = facts().iter().map(|facts: &Facts| u64::from(facts.children)).sum();
                    let at = self.counts.get("looked after, 31 March 2025").copied().unwrap_or_default();
                    ((at * all / self.covered.max(1) * 10_000 + children / 2) / children) as u32
                }
                _ => scaled as u32,
            }
        };
        let line = |&(what, published, tolerance, source): &Target| Line {
            what,
            published,
            made: made(what),
            tolerance,
            source,
        };
        TARGETS.iter().map(line).collect()
    }

    fn many(&mut self, what: &'static str, count: u64) {
        *self.counts.entry(what).or_default() += count;
    }

    fn one(&mut self, what: &'static str) {
        self.many(what, 1);
    }

    fn when(&mut self, what: &'static str, is: bool) {
        self.many(what, u64::from(is));
    }

    fn flows(&mut self, child: &Child, (from, until): (i32, i32)) {
        let within = |day: i32| (from..until).contains(&day);
        for period in &child.periods {
            self.when("started in the year", within(period.since));
            let Some(last) = period.episodes.last().filter(|last| last.end.is_some_and(within)) else { continue };
            self.one("ceased in the year");
            self.when("ceased at eighteen", last.end == Some(child.person.eighteen));
            self.when("adopted in the year", matches!(last.rec, "E11" | "E12"));
            self.when("ended by special guardianship", matches!(last.rec, "E45" | "E46" | "E47" | "E48"));
            self.when("went home to parents", matches!(last.rec, "E4A" | "E4B"));
        }
        for episode in child.episodes().filter(|episode| episode.end.is_some_and(within) && !episode.reason.is_empty())
        {
            self.one("changes of placement in the year");
            match episode.reason {
                "CARPL" => self.one("of them CARPL"),
                "PLACE" => self.one("of them PLACE"),
                "CREQB" => self.one("of them CREQB"),
                "CREQO" => self.one("of them CREQO"),
                "CHILD" => self.one("of them CHILD"),
                "STAND" => self.one("of them STAND"),
                "ALLEG" => self.one("of them ALLEG"),
                _ => {}
            }
        }
    }

    fn stock(&mut self, child: &Child, episode: &Episode, council: usize, (from, until): (i32, i32)) {
        let person = &child.person;
        self.one("looked after, 31 March 2025");
        self.when("unaccompanied, 31 March 2025", person.alone);
        self.when("boys", person.male);
        self.one(match super::people::night(until - 1).age(super::people::night(person.born)) {
            ..1 => "under 1",
            1..5 => "1 to 4",
            5..10 => "5 to 9",
            10..16 => "10 to 15",
            _ => "16 and over",
        });
        self.one(match person.ethnic.as_bytes() {
            [b'W', ..] => "White",
            [b'M', ..] => "Mixed",
            b"AIND" | b"APKN" | b"ABAN" | b"AOTH" | b"CHNE" => "Asian",
            b"BCRB" | b"BAFR" | b"BOTH" => "Black",
            b"OOTH" => "other ethnic group",
            _ => "ethnicity not known",
        });
        self.when("need: abuse or neglect", person.need == "N1");
        self.one(match episode.status {
            "C1" | "C2" => "care orders",
            "V2" => "section 20",
            "E1" => "placement orders",
            "J1" => "youth justice",
            _ => "detained for protection",
        });
        let bed = &episode.bed;
        self.one(match bed.provider {
            "PR1" => "provider: the council itself",
            "PR4" => "provider: private",
            "PR5" => "provider: voluntary",
            _ => "provider: another or none",
        });
        self.placement(child, episode, council);
        let moves = child.episodes().filter(|moved| {
            moved.end.is_some_and(|end| (from..until).contains(&end)) && !matches!(moved.reason, "" | "PLACE")
        });
        self.when("three placements or more in the year", moves.count() >= 2);
    }

    fn placement(&mut self, child: &Child, episode: &Episode, council: usize) {
        let bed = &episode.bed;
        let inside = usize::from(bed.spot.council) == council;
        let far = child.person.home.miles(bed.spot) > 200;
        self.when("over 20 miles from home and outside", far && !inside);
        match bed.place {
            place if place.starts_with('U') => {
                self.one("fostered");
                let kin = matches!(place, "U1" | "U2" | "U3");
                self.one(if kin { "fostered by kin" } else { "of them filled" });
                self.one(if inside { "fostered inside the council" } else { "fostered outside" });
            }
            "A5" | "A6" => self.one("placed for adoption"),
            "P1" => self.one("with parents"),
            "K2" => {
                self.one("children's homes");
                self.one(if inside { "in homes inside the council" } else { "in homes outside" });
                self.when("in homes, over 20 miles", far);
            }
            "K3" => self.one("supported accommodation"),
            "R1" => self.one("residential care homes"),
            "R3" => self.one("family centres"),
            "Z1" | "T1" | "T3" | "T4" => self.one("other placements"),
            _ => self.one("another placement"),
        }
    }

    fn supply(&mut self, supply: &Supply) {
        let mut owned: BTreeMap<u32, u64> = BTreeMap::new();
        for setting in &supply.settings {
            self.when("independent fostering agencies", setting.kind == Kind::Agency);
            if setting.kind != Kind::Home {
                continue;
            }
            self.one("mainstream homes");
            self.many("their registered places", u64::from(setting.places));
            self.when("private homes", setting.sector == Sector::Private);
            self.when(
                "homes in the North West",
                facts()[usize::from(setting.spot.council)].region == Region::NorthWest,
            );
            if setting.sector != Sector::Council {
                *owned.entry(setting.owner).or_default() += 1;
            }
        }
        let mut sizes: Vec<u64> = owned.into_values().collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        self.many("homes of the 20 largest owners", sizes.iter().take(LARGEST as usize).sum());
    }
}
