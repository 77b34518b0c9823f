//! **Door**: what passes from the care wing to the Bank.
//!
//! Owns the *placement notice*: an opaque child reference, the responsible council, the payee, the place and
//! its region, the kind, the nights and absences, legal-status codes by date, and the dates on which the child
//! reaches an age that money depends on; and the *pool share*, one figure a pool and half-year. Nothing else passes:
//! no name, no need, no wish, no answer, and no price comes back.
//! It must never know money, a ledger or a fund.
//!
//! ```
//! use door::{Payee, Sector};
//! use kernel::Code;
//!
//! // A home known by its Ofsted number is paid under that number until a register says who runs it.
//! let payee = Payee::provider("SC012345");
//! assert_eq!(payee.to_string(), "urn/SC012345");
//! assert!(payee.is_identified());
//! assert_eq!(Sector::of(Code::parse("PR4")), Sector::Private);
//! ```

mod pool;

use std::fmt;

use kernel::{ChildRef, Code, CouncilCode, Night, Nights, PlacementId, Region};
use serde::{Deserialize, Serialize};

pub use pool::{HalfYear, PoolShare};

/// Who is entitled to the money of a night. An opaque name of a body, never of a person:
/// `council/E10000016`, `urn/SC012345`, `unidentified/E10000016`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Payee(String);

impl Payee {
    /// A council, for its own homes and its own foster carers.
    pub fn council(council: CouncilCode) -> Payee {
        Payee(format!("council/{council}"))
    }

    /// A provider known by the Ofsted number of its setting.
    pub fn provider(urn: &str) -> Payee {
        Payee(format!("urn/{urn}"))
    }

    /// Nobody can say yet who is paid: accrued, not payable, listed.
    pub fn unidentified(council: CouncilCode) -> Payee {
        Payee(format!("unidentified/{council}"))
    }

    /// From its stored name; `None` if it is not one of the three forms.
    pub fn parse(text: &str) -> Option<Payee> {
        let (form, name) = text.trim().split_once('/')?;
        let known = match form {
            "council" | "unidentified" => CouncilCode::parse(name).is_some(),
            "urn" => !name.is_empty() && name.len() <= 12 && name.bytes().all(|b| b.is_ascii_alphanumeric()),
            _ => false,
        };
        known.then(|| Payee(format!("{form}/{}", name.to_ascii_uppercase())))
    }

    /// Whether money owed to this payee can be sent to anyone.
    pub fn is_identified(&self) -> bool {
        !self.0.starts_with("unidentified/")
    }

    /// The name as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Payee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Who runs the place, as SSDA903 codes it (PR0 to PR5).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sector {
    /// PR0: a parent or another with parental responsibility.
    Parents,
    /// PR1: the responsible council itself.
    Own,
    /// PR2: another council.
    OtherCouncil,
    /// PR3: another public body, such as a health trust.
    OtherPublic,
    /// PR4: a private provider.
    Private,
    /// PR5: a voluntary provider.
    Voluntary,
    /// Not said.
    Unknown,
}

impl Sector {
    /// From the code of PLACE_PROVIDER.
    pub fn of(provider: Option<Code>) -> Sector {
        match provider.as_ref().map(Code::as_str) {
            Some("PR0") => Sector::Parents,
            Some("PR1") => Sector::Own,
            Some("PR2") => Sector::OtherCouncil,
            Some("PR3") => Sector::OtherPublic,
            Some("PR4") => Sector::Private,
            Some("PR5") => Sector::Voluntary,
            _ => Sector::Unknown,
        }
    }
}

impl fmt::Display for Sector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Sector::Parents => "parents",
            Sector::Own => "the council's own",
            Sector::OtherCouncil => "another council",
            Sector::OtherPublic => "another public body",
            Sector::Private => "private",
            Sector::Voluntary => "voluntary",
            Sector::Unknown => "not said",
        })
    }
}

/// A setting as far as a return names it: the Ofsted number of the home, agency or accommodation.
pub type Setting = String;

/// Nights on a temporary code inside a placement: the main place is kept, another bed is slept in.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Absence {
    /// The stay that has the bed on these nights. It has a notice of its own.
    pub stay: PlacementId,
    /// The nights away.
    pub nights: Nights,
    /// Why: T0 to T4.
    pub code: Code,
}

/// A legal status and the nights on which it held.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct StatusSpan {
    /// The SSDA903 code: C1, C2, E1, V2…
    pub code: Code,
    /// When it held.
    pub nights: Nights,
}

/// A date on which the child reaches an age that money depends on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Birthday {
    /// The age reached: 3, 5, 11, 16 or 18.
    pub age: u8,
    /// On this date.
    pub on: Night,
}

/// The ages that money depends on: the bands of the National Minimum Allowance, lawfulness at 16, the end at 18.
pub const AGES_THAT_MATTER: [u8; 5] = [3, 5, 11, 16, 18];

/// All that the Bank learns of one stay of one child. A later notice of the same placement replaces it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct PlacementNotice {
    /// The stay.
    pub placement: PlacementId,
    /// The child, opaque.
    pub child: ChildRef,
    /// The responsible council.
    pub council: CouncilCode,
    /// The SSDA903 placement code: U4, K2, T1…
    pub kind: Code,
    /// Who runs it.
    pub sector: Sector,
    /// The Ofsted number, where one is known.
    pub setting: Option<Setting>,
    /// Who is paid; nobody for a child placed with its own parents, in hospital or on its own holiday.
    pub payee: Option<Payee>,
    /// The region whose allowances count.
    pub region: Region,
    /// Whether the region is that of the council, because the carer's home is not known.
    pub region_assumed: bool,
    /// The nights in force, in order, none past the evidence. Empty once the placement is withdrawn.
    pub nights: Vec<Nights>,
    /// The last night on which the source is evidence.
    pub known_through: Night,
    /// The date of departure, if it is known and no other claim cut the stay short.
    pub departed: Option<Night>,
    /// The first night from the departure on for which the child is in the same place, or with the same carer, again:
    /// the bed is not empty from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<Night>,
    /// The placement that goes on from the departure in the same bed, for which another council is responsible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_on: Option<PlacementId>,
    /// Nights away on temporary codes.
    pub absences: Vec<Absence>,
    /// For a temporary stay: the placement that is kept meanwhile.
    pub absent_from: Option<PlacementId>,
    /// Legal statuses over the whole period of care, in order.
    pub statuses: Vec<StatusSpan>,
    /// The dates on which the child reaches an age that money depends on.
    pub birthdays: Vec<Birthday>,
}

impl PlacementNotice {
    /// The notice that takes a placement back: nothing of it is in force any more.
    pub fn withdrawn(&self) -> PlacementNotice {
        PlacementNotice {
            nights: Vec::new(),
            absences: Vec::new(),
            departed: None,
            back: None,
            goes_on: None,
            ..self.clone()
        }
    }

    /// The date on which the child reaches `age`, one of [`AGES_THAT_MATTER`].
    pub fn birthday(&self, age: u8) -> Option<Night> {
        self.birthdays.iter().find(|birthday| birthday.age == age).map(|birthday| birthday.on)
    }

    /// The legal status on a night.
    pub fn status(&self, night: Night) -> Option<Code> {
        self.statuses.iter().find(|span| span.nights.contains(night)).map(|span| span.code)
    }

    /// The absence that a night belongs to.
    pub fn absence(&self, night: Night) -> Option<&Absence> {
        self.absences.iter().find(|absence| absence.nights.contains(night))
    }
}
