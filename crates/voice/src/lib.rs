//! **Voice**: what a child says of their placement, and what that opens.
//!
//! Owns the windows in which a child is asked, the answers and their signals, which nights of a placement are
//! *covered*, the reviews, visits and replies that follow, the way of a disclosure to a named person, and the pools
//! whose one share a half-year is all that the Bank ever learns. Care wing: it must never know money, a price or a
//! ledger. It reads no clock and draws no chance; the key of the noise is handed in.
//!
//! Nobody has validated the questions with young people yet.
//!
//! ```
//! use kernel::{Night, Nights, PlacementId};
//! use voice::*;
//!
//! let night = |text: &str| Night::parse_iso(text).unwrap();
//! let book = Protocol::shipped();
//! let home = PlacementId::from_hash(*b"the home");
//! let stay = Stay {
//!     placement: home,
//!     nights: Nights::try_new(night("2025-05-01"), night("2025-12-01")).unwrap(),
//!     owner: Owner::new("group/1"),
//!     on_childs_view: false,
//!     departed: false,
//!     same_bed: false,
//! };
//! let tenure = tenures(vec![stay]).remove(0);
//! let dues = due_dates(&tenure, night("2025-05-01"), &[], &book, Calendar::shipped());
//! assert_eq!(dues[0].to_string(), "16 May 2025"); // ten working days after arrival, one of them a bank holiday
//!
//! // Asked, and silent: uncovered from the due date once grace is over. An answer later reaches back.
//! let asked = Fact { placement: home, on: dues[0], what: What::Asked };
//! let known = night("2025-06-20");
//! let silent = coverage(&tenure, &dues, &[asked], known, &book, Calendar::shipped());
//! assert_eq!(silent.covered(Nights::try_new(night("2025-05-01"), night("2025-05-20")).unwrap()), 15);
//! let answer = Fact { placement: home, on: night("2025-06-19"), what: What::Answered(Signal::Affirmed) };
//! let heard = coverage(&tenure, &dues, &[answer, asked], known, &book, Calendar::shipped());
//! assert!(heard.uncovered.is_empty());
//! ```

mod answer;
mod calendar;
mod coverage;
mod follow;
mod integrity;
mod noise;
mod pool;
mod protocol;
mod published;
mod safeguarding;
mod texts;
mod timetable;

pub use answer::{Answer, AnswerError, Item, Mode, Observation, Signal};
pub use calendar::Calendar;
pub use coverage::{Coverage, Fact, Outcome, What, Why, coverage};
pub use follow::{Ask, Follow, FollowKind, conversations, follow_ups, to_ask};
pub use integrity::{Given, IntegrityFlag, integrity};
pub use noise::{Commitment, NoiseKey};
pub use pool::{Member, Pool, PoolAnswer, Residuals, answer_pools, form_pools};
pub use protocol::{
    Band, EscalationStep, NAME as PROTOCOL, PoolTerms, Protocol, ProtocolError, SHIPPED as SHIPPED_PROTOCOL, Version,
};
pub use published::{Counts, PublishedRow, published};
pub use safeguarding::{Acknowledged, Alert, Told, told};
pub use texts::{Language, Texts, TextsError};
pub use timetable::{Owner, Stay, Tenure, due_dates, review_dates, tenures};
