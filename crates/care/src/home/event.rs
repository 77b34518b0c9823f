//! What is said and done in a search for a home, and in the placement that comes of it. Each is recorded once and never
//! changed; what somebody said in words is kept beside it.

use kernel::{ChildRef, Code, CouncilCode, EpisodeId, Night, Nights};
use serde::{Deserialize, Serialize};

/// Whose voice it is. The child's counts whoever else speaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The child.
    Child,
    /// The child's social worker.
    SocialWorker,
    /// Whoever would look after the child.
    Carer,
    /// A parent, or somebody else with parental responsibility.
    Parent,
    /// The independent reviewing officer.
    Iro,
    /// The child's advocate.
    Advocate,
    /// The home, as an organisation.
    Provider,
    /// The council that is responsible for the child.
    Council,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 8] = [
        Role::Child,
        Role::SocialWorker,
        Role::Carer,
        Role::Parent,
        Role::Iro,
        Role::Advocate,
        Role::Provider,
        Role::Council,
    ];

    /// As it is written and shown.
    pub fn word(self) -> &'static str {
        match self {
            Role::Child => "child",
            Role::SocialWorker => "social-worker",
            Role::Carer => "carer",
            Role::Parent => "parent",
            Role::Iro => "iro",
            Role::Advocate => "advocate",
            Role::Provider => "provider",
            Role::Council => "council",
        }
    }

    /// From its word.
    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == text)
    }

    /// Whether this voice is heard whatever its words: a child's or a parent's is never turned away.
    pub fn any_words(self) -> bool {
        matches!(self, Role::Child | Role::Parent)
    }
}

/// What somebody thinks of a home.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// For it.
    For,
    /// For it, with a condition or a doubt in their words.
    Unsure,
    /// Against it. Kept as it is; nobody has to agree.
    Against,
}

impl View {
    /// As it is written and shown.
    pub fn word(self) -> &'static str {
        match self {
            View::For => "for",
            View::Unsure => "unsure",
            View::Against => "against",
        }
    }

    /// From its word.
    pub fn parse(text: &str) -> Option<View> {
        [View::For, View::Unsure, View::Against].into_iter().find(|view| view.word() == text)
    }
}

/// What a home answers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// It could.
    Yes,
    /// It has to know more first.
    Questions,
    /// It could not, and why.
    No,
}

impl Reply {
    /// As it is written and shown.
    pub fn word(self) -> &'static str {
        match self {
            Reply::Yes => "yes",
            Reply::Questions => "questions",
            Reply::No => "no",
        }
    }

    /// From its word.
    pub fn parse(text: &str) -> Option<Reply> {
        [Reply::Yes, Reply::Questions, Reply::No].into_iter().find(|reply| reply.word() == text)
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $word:literal: $sentence:literal),* $(,)?) => {
        /// Why a home says no. A closed list, so that noes can be counted: what homes cannot do is what is missing.
        /// There is no word for money in it, on purpose.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Decline { $(#[doc = $sentence] $name),* }

        impl Decline {
            /// Every reason.
            pub const ALL: &[Decline] = &[$(Decline::$name),*];

            /// As it is written.
            pub fn word(self) -> &'static str {
                match self { $(Decline::$name => $word),* }
            }

            /// As it is shown.
            pub fn sentence(self) -> &'static str {
                match self { $(Decline::$name => $sentence),* }
            }

            /// From its word.
            pub fn parse(text: &str) -> Option<Decline> {
                Decline::ALL.iter().copied().find(|reason| reason.word() == text)
            }
        }
    };
}

reasons! {
    Full = "full": "the place is taken",
    Residents = "residents": "it would not be right for the children who live there",
    Child = "child": "it would not be right for this child",
    Needs = "needs": "it cannot meet the child's needs",
    Registration = "registration": "it is not registered for this child",
    Staffing = "staffing": "it has not the staff at present",
    Household = "household": "something has changed in the household",
    Distance = "distance": "it is too far from what matters to the child",
    TooLate = "too-late": "it was asked too late",
    Information = "information": "it was not told enough",
    Other = "other": "another reason, in its own words",
}

/// Something said or done. Dates are those of the event that carries it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "fields are named after what they hold")]
pub enum What {
    /// A search was opened for these nights. Of a hundred parts of a referral, so many were there.
    Opened { stay: Nights, emergency: bool, complete: u8 },
    /// What the search found, as it was shown: homes in the child's own order, the best first, then those to be asked.
    Listed {
        rules: String,
        looked_at: u32,
        possible: u32,
        offered: Vec<String>,
        to_ask: Vec<String>,
        metres: Vec<Option<u32>>,
        left_out: Vec<(String, u32)>,
    },
    /// A home was asked, by the summary or with the full referral.
    Asked { full: bool },
    /// A home answered.
    Replied { reply: Reply, reasons: Vec<Decline> },
    /// A place is kept for the child until a moment.
    Held { place: u16, expires: String },
    /// It is no longer kept.
    Released { place: u16 },
    /// Somebody said what they think of a home. The words are theirs.
    Said { role: Role, view: View },
    /// It was decided: this home, with the place in the child's order and the legal checks as they stood.
    Decided {
        place: u16,
        kind: Code,
        rank: Option<u32>,
        metres: Option<u32>,
        together: Option<bool>,
        checks: Vec<(String, String)>,
        /// Until when the place is kept for the child to come.
        #[serde(default)]
        kept: Option<String>,
    },
    /// No home could be found, and what was missing near.
    Unmet { looked_at: u32, alone: Vec<(String, u32)> },
    /// A home is no longer looked for, and that is no unmet need: the child stays where they are, or went home.
    Closed,
    /// Introductions are planned on these days.
    Introductions { nights: Nights },
    /// The child has come. The episode is what the council will report.
    Arrived { episode: EpisodeId, place: u16 },
    /// The child did not come.
    NotArrived { place: u16 },
    /// The child sleeps elsewhere for a time and the home is kept.
    Away { code: Code, back: Option<Night> },
    /// The child is back.
    Back,
    /// The stay is to go on until another date; said again, it confirms that the child is still there.
    Extended { until: Night },
    /// Somebody gave notice that the stay is to end.
    Notice { by: Role, ends: Night },
    /// The child has left: reasons as SSDA903 has them.
    Ended { rec: Code, reason: Option<Code> },
    /// A date was wrong, or the child never came; or has not left after all.
    Corrected {
        arrived: Option<Night>,
        ended: Option<Night>,
        never: bool,
        #[serde(default)]
        goes_on: bool,
    },
    /// Another council is responsible from this date on; there the child has another reference.
    Transferred { to: CouncilCode, child: ChildRef },
    /// The child was visited, alone.
    Visited,
    /// The child's case was reviewed.
    Reviewed,
    /// It was not reviewed on that day after all.
    NotReviewed,
    /// What the law asks for at the start of a placement was done: by its word, see `duties`.
    Done { duty: String },
}

impl What {
    /// A short stable token, as stored and shown.
    pub fn kind(&self) -> &'static str {
        match self {
            What::Opened { .. } => "opened",
            What::Listed { .. } => "listed",
            What::Asked { .. } => "asked",
            What::Replied { .. } => "replied",
            What::Held { .. } => "held",
            What::Released { .. } => "released",
            What::Said { .. } => "said",
            What::Decided { .. } => "decided",
            What::Unmet { .. } => "unmet",
            What::Closed => "closed",
            What::Introductions { .. } => "introductions",
            What::Arrived { .. } => "arrived",
            What::NotArrived { .. } => "not-arrived",
            What::Away { .. } => "away",
            What::Back => "back",
            What::Extended { .. } => "extended",
            What::Notice { .. } => "notice",
            What::Ended { .. } => "ended",
            What::Corrected { .. } => "corrected",
            What::Transferred { .. } => "transferred",
            What::Visited => "visited",
            What::Reviewed => REVIEWED,
            What::NotReviewed => NOT_REVIEWED,
            What::Done { .. } => "done",
        }
    }
}

/// That a child's case was reviewed on a day, as stored; and that it was not, after all.
pub const REVIEWED: &str = "reviewed";
/// See [`REVIEWED`].
pub const NOT_REVIEWED: &str = "not-reviewed";

/// An event as recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Which search of the child, from 1.
    pub search: i64,
    /// The date that it is about.
    pub on: Night,
    /// The home that it is about.
    pub setting: Option<String>,
    /// Whether words were kept with it.
    pub words: bool,
    /// What.
    pub what: What,
}
