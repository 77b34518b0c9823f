//! **Ledger**: double entry, the chart of accounts, and the seal that chains runs.
//!
//! Owns what an entry is: amounts that leave one account and reach another, so that nothing can be posted
//! unbalanced, in types ([`Entry`] has one constructor) and in the row itself (a posting names both accounts).
//! It must never know a child, a price or a policy, nor do I/O.
//!
//! ```
//! use ledger::{Account, Chart, Entry, Leg, Part};
//! use money::Pence;
//!
//! let mut chart = Chart::default();
//! let cost = chart.open(&Account::care("bed"));
//! let owed = chart.open(&Account::payable("urn/SC012345"));
//! let leg = |account, pence| Leg { account, part: Part::Care, pence: Pence::new(pence) };
//! let entry = Entry::balanced(vec![leg(cost, 58_571), leg(owed, -58_571)]).unwrap();
//! assert_eq!(entry.transfers()[0].debit, cost);
//! // One leg alone is no entry.
//! assert!(Entry::balanced(vec![leg(cost, 1)]).is_err());
//! ```

mod account;
mod entry;
mod seal;
mod standing;

pub use account::{Account, AccountId, Chart, Class};
pub use entry::{Entry, Leg, Part, Posting, Transfer, Unbalanced};
pub use seal::{GENESIS, Hash, Seal, Sealer};
pub use standing::{Standing, StandingLine};
