//! **Funding**: what a night costs, who is entitled to it and who pays for it.
//!
//! Owns policy (dated, sourced files, never constants), prices by agreement, the lines of each night, and the
//! reconciliation that makes postings of them: *required − posted*, nothing else. It reads placement notices
//! from the door and never the child's story, and does no I/O.
//!
//! The walk of a night: [`lines`] works out each night's lines from a notice; [`required`] makes pence of them,
//! cumulatively; [`reconcile`] turns the difference to what stands posted into one balanced entry.
//!
//! Cost of a run, for each placement: one pass over the dates on which anything changes (a handful, not one a
//! night), no allocation a night, one telescoped sum.
//!
//! ```
//! use funding::{Policy, SHIPPED};
//!
//! let policy = Policy::parse(SHIPPED.iter().copied()).unwrap();
//! let night = kernel::Night::parse_iso("2025-04-09").unwrap();
//! let (weekly, table) = policy.allowance(night, 11, kernel::Region::SouthEast).unwrap();
//! assert_eq!(weekly.to_string(), "£247.00");
//! assert!(!table.is_provisional(night));
//! ```

mod lines;
mod policy;
mod price;
mod reconcile;
mod settle;

pub use lines::{Flag, Line, LineKind, Payer, lines};
pub use policy::{AllowanceTable, Class, Entitlement, Policy, PolicyError, SHIPPED, Source, Status, Tariff, Terms};
pub use price::{Agreement, Price, PriceBook, PriceSource, Scope, Unit, Unpriced};
pub use reconcile::{Cost, Elsewhere, Lost, clipped, loses_nights, lost, reconcile, required};
pub use settle::{
    Earned, Settled, Settlement, SettlementAccounts, ShareRefused, Shares, settle, settle_by_placement,
    settlement_entry,
};
