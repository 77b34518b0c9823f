//! **Care wing**: the child's episodes, and the legal statuses and placements that follow from them.
//!
//! Owns what a council reports of a child's life in care (for now: SSDA903 episodes) and the rules that make
//! *placements* of it: who has the bed on each night, which nights are an absence, which legal status held, which
//! claims wait in a queue because another claim already has the night. Gives the Bank one [`door::PlacementNotice`]
//! a stay. Owns, in [`home`], a search for a home and its decision, event by event. It must never know money, a price, a ledger or a fund.
//!
//! ```
//! use care::{Child, Episode, settle};
//! use kernel::*;
//!
//! fn stay(id: &[u8; 8], place: &str, from: &str, to: &str) -> Episode {
//!     let code = |text: &str| Code::parse(text).unwrap();
//!     Episode {
//!         id: EpisodeId::from_hash(*id),
//!         claimed: Seq(1),
//!         held: Vec::new(),
//!         start: Night::parse_british(from).unwrap(),
//!         end: Night::parse_british(to),
//!         known_through: Night::parse_british("31/03/2026").unwrap(),
//!         rne: code("P"),
//!         status: code("C2"),
//!         place: code(place),
//!         provider: Some(code("PR1")),
//!         urn: None,
//!         postcode: Masked::default(),
//!     }
//! }
//! let child = Child {
//!     child: ChildRef::from_hash(*b"a child!"),
//!     council: CouncilCode::parse("E10000016").unwrap(),
//!     born: Night::parse_british("09/04/2014").unwrap(),
//! };
//! // Six nights in hospital between two episodes in the same foster home: one placement with one absence.
//! let settled = settle(&child, &[
//!     stay(b"1episode", "U4", "01/05/2025", "10/05/2025"),
//!     stay(b"2episode", "T1", "10/05/2025", "16/05/2025"),
//!     stay(b"3episode", "U4", "16/05/2025", "01/06/2025"),
//! ]);
//! assert_eq!(settled.notices.len(), 2);
//! assert_eq!(settled.notices[0].nights[0].count(), 31);
//! assert_eq!(settled.notices[0].absences[0].nights.count(), 6);
//! ```

mod episode;
pub mod home;
mod in_force;
mod money_words;
mod settle;

pub use episode::{Child, Claim, Episode, is_temporary};
pub use in_force::{Waiting, in_force, told};
pub use money_words::money_word;
pub use settle::{Settled, settle};
