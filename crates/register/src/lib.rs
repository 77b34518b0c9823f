//! **Register**: providers, owners, settings, registered places and the dated state of each place. Facts without
//! prices: the care wing writes them, both wings read them.
//!
//! Owns what is known of a setting on any night as known at any moment ([`History`]), how a list of settings becomes
//! versions with what joined, left and changed ([`take`]), what a place is registered for ([`Conditions`]), and
//! whether it is free ([`state`]). It must never know money, a child, a clock or a file. May import `kernel` alone.
//!
//! A claim that a place is free says by whom, when and until when it may be believed. After that the place is
//! *unknown*: ask. A stale vacancy is never shown as a vacancy.
//!
//! ```
//! use kernel::{Night, Nights, Seq};
//! use register::{Instant, PlaceRef, Says, State, Statement, View, state};
//!
//! let night = |text| Night::parse_iso(text).unwrap();
//! let at = |text| Instant::parse(text).unwrap();
//! let claim = Statement {
//!     seq: Seq(7),
//!     place: PlaceRef::parse("urn/SC012345/1").unwrap(),
//!     from: night("2025-06-02"),
//!     until: None,
//!     says: Says::Free,
//!     turnaround: 0,
//!     expires: Some(at("2025-06-05T09:00:00.000000Z")),
//!     replaces: None,
//!     by: "the home".to_owned(),
//!     at: at("2025-06-02T09:00:00.000000Z"),
//! };
//! let claims = [claim];
//! let known = |moment| View { known: Seq::NOW, at: at(moment) };
//! let tonight = night("2025-06-03");
//! assert!(matches!(state(&claims, tonight, &known("2025-06-03T12:00:00.000000Z")), State::Free(_)));
//! assert!(matches!(state(&claims, tonight, &known("2025-06-06T12:00:00.000000Z")), State::Unknown(Some(_))));
//! ```

mod conditions;
mod history;
mod kind;
mod list;
mod reference;
mod setting;
mod state;

pub use conditions::{Conditions, ConditionsVersion, Sex, conditions_on};
pub use history::{History, Standing, Version};
pub use kind::{Kind, Status, fold};
pub use list::{Change, List, ListRow, Taken, take};
pub use reference::{PlaceRef, SettingRef};
pub use setting::{Field, Setting, council_named};
pub use state::{Instant, Says, State, Statement, View, spans, standing, state};
