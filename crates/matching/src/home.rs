//! The home's side: what the register says of one home. There is no price here, no owner, no contract and no margin,
//! and no type in this crate has room for one.

use kernel::{GridPoint, Night, Nights};
use serde::{Deserialize, Serialize};

use crate::refs::{HomeId, Person};
use crate::words::{Accesses, Faiths, Kind, Languages, Needs, RoomFacts, Sexes, Traits};

/// One home: a household or a setting under one registration. Its *places* are how many children it may have at once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Home {
    /// Its reference.
    pub id: HomeId,
    /// What sort.
    pub kind: Kind,
    /// Where, coarsely.
    pub at: GridPoint,
    /// Whether it may have children at all.
    pub registration: Registration,
    /// The youngest and oldest it is registered for, both included. `None`: the register does not say.
    #[serde(default)]
    pub ages: Option<(u8, u8)>,
    /// The sexes it is registered for.
    pub sexes: Sexes,
    /// What it can do.
    #[serde(default)]
    pub needs: Needs,
    /// What nobody has yet said whether it can do.
    #[serde(default)]
    pub needs_unknown: Needs,
    /// How many children it is registered for.
    pub places: u8,
    /// What its bedrooms are, one for each bed. Empty: the register does not say.
    #[serde(default)]
    pub rooms: Vec<RoomFacts>,
    /// Who lives there, and until when.
    #[serde(default)]
    pub residents: Vec<Resident>,
    /// Places that cannot be used for a time: staffing, repairs, held for another child.
    #[serde(default)]
    pub closed: Vec<Closure>,
    /// Places of which nobody has said whether a child can come. If one of these is needed, the answer is a question.
    #[serde(default)]
    pub unsaid: Vec<Closure>,
    /// Where the home is has been withheld: `at` is the middle of its council's area, good for a distance to be read
    /// as *about*, and not to keep a child from anywhere.
    #[serde(default)]
    pub whereabouts_withheld: bool,
    /// The household itself: carers' own children, animals, smoking.
    #[serde(default)]
    pub household: Traits,
    /// What nobody has yet said of the household.
    #[serde(default)]
    pub household_unknown: Traits,
    /// What the home cannot take, beside what its residents cannot live with.
    #[serde(default)]
    pub cannot_take: Traits,
    /// What nobody has yet said whether it can take.
    #[serde(default)]
    pub cannot_take_unknown: Traits,
    /// What the house has.
    #[serde(default)]
    pub access: Accesses,
    /// What nobody has yet said whether the house has.
    #[serde(default)]
    pub access_unknown: Accesses,
    /// Languages spoken, beside English.
    #[serde(default)]
    pub languages: Languages,
    /// Faiths lived or supported.
    #[serde(default)]
    pub faiths: Faiths,
    /// Carers, and others who live there or come and go.
    #[serde(default)]
    pub people: Vec<Person>,
    /// Whether children are deprived of their liberty there.
    #[serde(default)]
    pub deprives_of_liberty: bool,
    /// Shown beside the home; never a reason to leave it out, nor to put it up or down.
    #[serde(default)]
    pub accreditation: Accreditation,
    /// Shown beside the home; never a reason to leave it out, nor to put it up or down.
    #[serde(default)]
    pub inspection: Inspection,
}

/// Whether a home may have children.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// Registered or approved without an end.
    Registered,
    /// Approved through the eve of a date: a connected person under regulation 24 (16 weeks, and 8 more).
    ApprovedUntil(Night),
    /// The regulator has suspended it or forbidden new arrivals.
    Suspended,
    /// It ought to be registered and is not. Never offered, whatever its name for itself.
    Unregistered,
    /// The register does not say.
    Unknown,
}

/// A child who lives there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resident {
    /// Who, if the register may know.
    #[serde(default)]
    pub person: Option<Person>,
    /// For which nights.
    pub nights: Nights,
    /// What it is to live with them.
    #[serde(default)]
    pub traits: Traits,
    /// With whom or what they cannot live.
    #[serde(default)]
    pub cannot_live_with: Traits,
    /// What their bedroom must be.
    #[serde(default)]
    pub room: RoomFacts,
}

/// Places out of use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    /// For these nights.
    pub nights: Nights,
    /// How many.
    pub places: u8,
}

/// What the Bank says of the provider. A fact to be shown, with its reason kept elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Accreditation {
    /// Nothing yet.
    #[default]
    NotYet,
    /// Accredited.
    Accredited,
    /// It was, or was asked for, and is not.
    Without,
}

/// What the regulator's last inspection said. Three scales that are not compared, and two ways of having no grade that
/// are not bad: a new home has not been inspected, and a council's own foster homes are inspected with the council.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inspection {
    /// No inspection yet.
    #[default]
    NotYet,
    /// Inspected within the council's own inspection; has no grade of its own.
    WithCouncil,
    /// Outstanding.
    Outstanding,
    /// Good.
    Good,
    /// Requires improvement to be good.
    RequiresImprovement,
    /// Inadequate.
    Inadequate,
    /// Supported accommodation: consistently strong.
    ConsistentlyStrong,
    /// Supported accommodation: inconsistent.
    Inconsistent,
    /// Supported accommodation: serious or widespread weaknesses.
    SeriousWeaknesses,
}

impl std::fmt::Display for Inspection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Inspection::NotYet => "not yet inspected",
            Inspection::WithCouncil => "inspected with its council",
            Inspection::Outstanding => "outstanding",
            Inspection::Good => "good",
            Inspection::RequiresImprovement => "requires improvement",
            Inspection::Inadequate => "inadequate",
            Inspection::ConsistentlyStrong => "consistently strong (of three outcomes)",
            Inspection::Inconsistent => "inconsistent (of three outcomes)",
            Inspection::SeriousWeaknesses => "serious or widespread weaknesses (of three outcomes)",
        })
    }
}

impl std::fmt::Display for Accreditation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Accreditation::NotYet => "not yet accredited",
            Accreditation::Accredited => "accredited",
            Accreditation::Without => "without accreditation",
        })
    }
}

impl Home {
    /// A registered home of which little is said: any age and sex, no need it can meet, nobody living there.
    pub fn new(id: HomeId, kind: Kind, at: GridPoint, places: u8) -> Home {
        Home {
            id,
            kind,
            at,
            registration: Registration::Registered,
            ages: Some((0, 17)),
            sexes: Sexes::ALL,
            needs: Needs::NONE,
            needs_unknown: Needs::NONE,
            places,
            rooms: Vec::new(),
            residents: Vec::new(),
            closed: Vec::new(),
            unsaid: Vec::new(),
            whereabouts_withheld: false,
            household: Traits::NONE,
            household_unknown: Traits::NONE,
            cannot_take: Traits::NONE,
            cannot_take_unknown: Traits::NONE,
            access: Accesses::NONE,
            access_unknown: Accesses::NONE,
            languages: Languages::NONE,
            faiths: Faiths::NONE,
            people: Vec::new(),
            deprives_of_liberty: false,
            accreditation: Accreditation::NotYet,
            inspection: Inspection::NotYet,
        }
    }

    /// Residents who are there on some night of a stay.
    pub fn residents_in(&self, stay: Nights) -> impl Iterator<Item = &Resident> {
        self.residents.iter().filter(move |resident| resident.nights.intersect(stay).is_some())
    }

    /// What it is to live there on some night of a stay.
    pub fn traits_in(&self, stay: Nights) -> Traits {
        self.residents_in(stay).fold(self.household, |all, resident| all.or(resident.traits))
    }

    /// What the home or somebody in it cannot live with, on some night of a stay.
    pub fn refuses_in(&self, stay: Nights) -> Traits {
        self.residents_in(stay).fold(self.cannot_take, |all, resident| all.or(resident.cannot_live_with))
    }

    /// Everybody the register has there at any time.
    pub fn everybody(&self) -> impl Iterator<Item = Person> {
        self.people.iter().copied().chain(self.residents.iter().filter_map(|resident| resident.person))
    }

    /// Whether somebody is there: as one of the people, or as a resident on some night of a stay.
    pub fn has(&self, person: Person, stay: Nights) -> bool {
        self.people.contains(&person) || self.residents_in(stay).any(|resident| resident.person == Some(person))
    }
}
