//! A list of providers with the columns of the one that Ofsted publishes, of the settings of this country.

use std::fmt::Write;

use super::Country;
use super::facts::{Facts, facts};
use super::people::night;
use super::supply::{Kind, LARGEST, Sector, Setting};
use crate::british;
use crate::rng::keyed;

/// Of the list of 31 March 2023, whose table begins on the fourth line.
const COLUMNS: &str = "Web link,URN,Linked Education URN,Provision type,Registration date,Registration status,Name,\
    Address 1,Address 2,Town,County,Postcode,Ofsted region,Government Office Region,Local authority,\
    Parliamentary constituency,Sector,Places,Short-break-only children's home,Multi-building children's home,\
    Organisation which owns the provider,Latest full inspection event type,Latest full inspection date,\
    Latest full inspection publication date,Latest full inspection event number,\
    Overall experiences and progress of children and young people,Outcomes in education and related learning activities,\
    Health services,How well children and young people are helped and protected,\
    The effectiveness of leaders and managers";
/// Invented, and numbered, so that nobody's name is among them.
const NAMES: [&str; 24] = [
    "Alderquill",
    "Bramblemoor",
    "Cindermead",
    "Dapplewick",
    "Elmspindle",
    "Fernhollow",
    "Gorsewater",
    "Hazelrook",
    "Inglefen",
    "Juniperby",
    "Kestrelmoss",
    "Larkenfold",
    "Mallowmere",
    "Nettlebeck",
    "Oakenshade",
    "Pebblewold",
    "Quillbrook",
    "Rowanstead",
    "Sorrelgate",
    "Thistledown",
    "Umberleigh",
    "Vetchling",
    "Willowhythe",
    "Yarrowfield",
];
/// Inspection outcomes of homes in a hundred, in the proportion of the list of 2023, and 15 not yet inspected: the
/// homes that opened within the year (Ofsted 2025).
const OUTCOMES: [(&str, u32); 5] =
    [("Good", 59), ("Requires improvement to be good", 15), ("Outstanding", 9), ("Inadequate", 2), ("", 15)];

impl Country {
    /// The list as on 31 March 2024, before the lives begin: three lines of heading, the columns, a row a setting. All
    /// names are invented. Settings that Ofsted does not list by place carry none.
    pub fn provider_list(&self) -> String {
        let mut list = "A generated country: providers as at 31 March 2024. All names are invented.\n\
                        \"The columns are those of Ofsted's provider-level data; the table begins in cell A4.\"\n\
                        No row is a real setting.\n"
            .to_owned();
        list.push_str(COLUMNS);
        list.push('\n');
        for setting in &self.supply.settings {
            self.list_row(&mut list, setting);
        }
        list
    }

    fn list_row(&self, list: &mut String, setting: &Setting) {
        let Setting { kind, urn, sector, spot, places, owner } = setting;
        let mut rng = keyed(self.seed, &[50, u64::from(*urn)]);
        let here: &Facts = &facts()[usize::from(spot.council)];
        let region = here.region.name();
        let registered = night(19_813 - rng.after(1_600)); // before 31 March 2024
        let name = format!("{} {}", rng.pick(&NAMES), urn % 100_000);
        let inspected = matches!(kind, Kind::Home | Kind::Secure | Kind::School);
        let grade = if inspected { rng.weigh(&OUTCOMES) } else { "Good" };
        let (event, date) = match grade {
            "" => ("", String::new()),
            _ => ("Full inspection", british(night(19_813 - rng.between(1, 365)))),
        };
        let places = if *places == 0 { String::new() } else { places.to_string() };
        let owner = self.owner(*sector, *owner);
        let council = here.council().name;
        let council = if council.contains(',') { format!("\"{council}\"") } else { council.to_owned() };
        let (what, short) = (what(*kind), if inspected { "No" } else { "" });
        // A provider of supported accommodation has many premises, and the list none of their addresses.
        let postcode = if *kind == Kind::Supported { String::new() } else { self.land.postcode(*spot).to_string() };
        writeln!(
            list,
            ",{urn},,{what},{},Active,{name},,,,,{postcode},{region},{region},{council},,{},{places},{short},{short},\
             {owner},{event},{date},{date},{},{grade},,,{grade},{grade}",
            british(registered),
            called(*sector),
            if event.is_empty() { String::new() } else { (10_000_000 + urn % 1_000_000).to_string() },
        )
        .expect("a string takes what is written");
    }

    fn owner(&self, sector: Sector, owner: u32) -> String {
        if sector == Sector::Council {
            let name = facts()[owner as usize].council().name;
            return if name.contains(',') { format!("\"{name} Council\"") } else { format!("{name} Council") };
        }
        let mut rng = keyed(self.seed, &[51, u64::from(owner)]);
        let kind = if sector == Sector::Voluntary { "Trust" } else { "Care Limited" };
        let kind = if owner < LARGEST { "Group Limited" } else { kind };
        format!("{} {} {kind}", rng.pick(&NAMES), owner + 1)
    }
}

fn what(kind: Kind) -> &'static str {
    match kind {
        Kind::Home => "Children's home",
        Kind::Secure => "Secure children's home",
        Kind::School => "Residential special school (registered as a children's home)",
        Kind::FamilyCentre => "Residential Family Centre",
        Kind::Agency => "Independent Fostering Agency",
        Kind::Supported => "Supported accommodation",
    }
}

fn called(sector: Sector) -> &'static str {
    match sector {
        Sector::Private => "Private",
        Sector::Council => "Local Authority",
        Sector::Voluntary => "Voluntary",
    }
}
