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
mod dump;
mod explain;
mod import;
mod init;
mod knowledge;
mod moment;
mod office;
mod policies;
mod prices;
mod problem;
mod reference;
mod run;
mod settle;
mod settlement;
mod statement;
mod verify;
mod voice;

pub use backup::Copied;
pub use balance::{Balance, BalanceLine};
pub use explain::{ExplainedLine, ExplainedPosting, Explanation};
pub use import::{FindingReport, ImportOptions, ImportReport, TableReport};
pub use init::InitOptions;
pub use moment::{Clock, Moment};
pub use office::{AsOf, Known, Office, Progress};
pub use policies::PolicyListing;
pub use prices::{PriceListing, PriceTerms};
pub use problem::Problem;
pub use run::{RunOutcome, RunReport, UnpricedPlacement};
pub use settlement::{Kept, SettlementAudit, SettlementExplained, SettlementReport};
pub use statement::{
    ChildStatement, CouncilStatement, LineReport, PayeeStatement, PlacementReport, PostedAmounts, RunAmounts,
    WaitingReport,
};
pub use verify::{Check, Verification};
pub use voice::{DueLine, SafetyStep, VoiceAnswer, VoiceDue, VoiceRecorded};

pub use ::voice::{IntegrityFlag, Mode, Observation, Outcome};
pub use door::HalfYear;
pub use kernel::Masked;

pub use formats::ssda903;
pub use kernel;
pub use kernel::{ChildRef, Code, Night, PlacementId, ReturnYear, Seq};
pub use money::Pence;
pub use store::Target;
