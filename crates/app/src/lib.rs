//! **App**: the use cases. Each opens the store for one wing, decides with the pure crates, commits once, and
//! gives back a value that a person's page or a program's JSON is made of.
//!
//! Owns transactions, the clock, and the key that references are made with. `cli` (and one day `web`) call this
//! crate and nothing below it.
//!
//! ```
//! use app::{Office, InitOptions, Moment, Target};
//!
//! let folder = tempfile::tempdir()?;
//! let office = Office::new(Target::Folder(folder.path().join("store")), "demo");
//! office.init(&InitOptions::default())?;
//! let verified = office.verify(&|_| ())?;
//! assert!(verified.is_sound());
//! # let _ = Moment::parse("2025-06-02"); Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod backup;
mod balance;
mod channel;
mod check;
mod digest;
mod due;
mod dump;
mod explain;
mod export;
mod grants;
mod grants_bundle;
mod grants_facts;
mod grants_given;
pub mod home;
mod import;
mod init;
mod knowledge;
mod languages;
mod lives;
pub mod matching;
mod moment;
mod office;
mod policies;
mod prices;
mod problem;
mod protocol;
mod published;
mod reference;
mod register;
mod reviews;
mod run;
mod settle;
mod settlement;
mod statement;
mod tell;
mod transfers;
mod verify;
mod voice;

pub use backup::Copied;
pub use balance::{Balance, BalanceLine};
pub use channel::{Channel, channels};
pub use check::{
    CheckBeside, CheckReport, Findings, LetterFile, NotRun, RuleReport, RulesRun, check_rules, check_ssda903,
};
pub use due::{DueLine, VoiceDue};
pub use explain::{ExplainedLine, ExplainedPosting, Explanation};
pub use export::{ExportOptions, ExportReport, ExportedFile};
pub use formula::facts::CompileReport;
pub use grants::{
    ComparisonReport, CouncilInterval, Grants, GrantsRequest, RebaseReport, SensitivityReport, Sufficiency, Texts,
    parse_total,
};
pub use grants_bundle::{BUNDLE_MANIFEST, bundle, verify_bundle};
pub use grants_facts::{CouncilFact, CouncilFacts, IndicatorListing, compile_facts, council_facts, list_facts};
pub use import::{FindingReport, ImportOptions, ImportReport, TableReport};
pub use init::InitOptions;
pub use moment::{Clock, Moment};
pub use office::{AsOf, Known, Office, Progress};
pub use policies::PolicyListing;
pub use prices::{PriceListing, PriceTerms};
pub use problem::Problem;
pub use published::VoicePublished;
pub use register::{
    Compiled, HomesLine, KindLine, ListFinding, ListOptions, ListReport, NewSetting, OwnerLine, OwnersPage,
    PlaceCommand, PlaceDone, PlaceLine, SettingFilter, SettingHistory, SettingLine, SettingPage, SettingsPage,
    StandardReport, StatementTerms, Tally, VacanciesPage, VacancyLine, VersionLine, Whereabouts, compile_districts,
    english_postcodes, whereabouts,
};
pub use run::{RunOutcome, RunReport, UnpricedPlacement};
pub use settlement::{Kept, SettlementAudit, SettlementExplained, SettlementReport};
pub use statement::{
    ChildStatement, CouncilStatement, LineReport, PayeeStatement, PlacementReport, PostedAmounts, RunAmounts,
    WaitingReport,
};
pub use tell::{Telling, Trial, VoiceTell};
pub use verify::{Check, Verification};
pub use voice::{SafetyStep, VoiceAnswer, VoiceQuestions, VoiceRecorded, VoiceTold, VoiceWhat};

pub use ::voice::{IntegrityFlag, Language, Mode, Observation, Outcome};
pub use door::HalfYear;
pub use kernel::Masked;

pub use ::register::{Conditions, Field as SettingField, PlaceRef, SettingRef, Sex};
pub use formats::ssda903;
pub use formula;
pub use kernel;
pub use kernel::{ChildRef, Code, Night, PlacementId, ReturnYear, Seq};
pub use money::Pence;
pub use store::Target;
