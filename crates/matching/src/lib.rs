//! **Matching** (care wing): which homes could take a child, in the child's own order, and why; for one child, for brothers
//! and sisters, for many at once.
//!
//! Owns the shared language of needs, the two sides of a match (a child's [`Search`], a [`Home`] as the register has
//! it), the hard constraints, the order, the shortlist and its explanations, the joint proposal and its certificate,
//! and the audit of fairness. It may import `kernel` and must never know money: there is no price, owner, contract or
//! margin in any type, so nothing here can weigh one. It predicts nothing and gives no child or home a score: points are
//! what the child asked for, counted. It proposes; people decide.
//!
//! Constraints are never relaxed. The order is lexicographic. Ties are broken by a keyed permutation that nobody can
//! foresee. Nothing is sampled or cut: every home of the register is looked at and every exclusion counted. The same input
//! gives the same bytes.
//!
//! ```
//! use kernel::{GridPoint, Night, Nights};
//! use matching::*;
//!
//! let night = |text| Night::parse_iso(text).unwrap();
//! let place = |east, north| GridPoint::try_new(east, north).unwrap();
//! let stay = Nights::try_new(night("2026-11-23"), night("2027-05-24")).unwrap();
//! let mut search = Search::new(Person::parse("CHILD-1").unwrap(), night("2016-03-01"), Sex::Girl, stay);
//! search.home = Some(place(430_000, 430_000));
//! search.wishes = vec![Wish::Kind(Kind::Foster.into()), Wish::NearHome(8_047)];
//!
//! let near = Home::new(HomeId::parse("NEAR").unwrap(), Kind::ChildrensHome, place(431_000, 430_000), 4);
//! let far = Home::new(HomeId::parse("FAR").unwrap(), Kind::Foster, place(480_000, 430_000), 1);
//! let mut full = Home::new(HomeId::parse("FULL").unwrap(), Kind::Foster, place(430_500, 430_000), 0);
//! full.inspection = Inspection::Outstanding;
//! let register = Register::new(vec![near, far, full]).unwrap();
//!
//! let key = TieKey::new([1; 16]);
//! let list = shortlist(&search, &register, &Rules::default(), key, Limits::default()).unwrap();
//! // A foster home first, as the girl wishes, though it is far; the full home is counted, with its reason.
//! assert_eq!(list.offered.iter().map(|home| home.home.to_string()).collect::<Vec<_>>(), ["FAR", "NEAR"]);
//! assert_eq!((list.looked_at, list.possible), (3, 2));
//! assert_eq!(list.left_out[0].constraint, Constraint::Numbers);
//! ```

mod asked;
mod assign;
mod branch;
mod candidates;
mod capacity;
mod constraint;
mod distance;
mod fairness;
mod ground;
mod home;
mod joint;
mod order;
mod planes;
mod refs;
mod register;
mod scan;
mod search;
mod shortlist;
mod tie;
mod why;
mod words;

pub use assign::{Assignment, Flaw, Instance, assign};
pub use capacity::{Shortage, room_for, shortage};
pub use constraint::{Ask, Constraint, Failed, Reason, Verdict, Verdicts, every_ask, every_reason, judge};
pub use distance::miles;
pub use fairness::{GroupReport, LEAST_SHOWN, Share, Treated, audit, shown, wilson};
pub use home::{Accreditation, Closure, Home, Inspection, Registration, Resident};
pub use joint::{
    Certificate, Group, Joint, JointError, JointLimits, MOST_CHILDREN, Outcome, Proposal, Proposed, Value, Weights,
    WhyApart, class_and_points, exact_stage, propose,
};
pub use order::{Criterion, Met, Points, Rules, Standing, met, standing};
pub use refs::{HomeId, Person};
pub use register::{Duplicate, Register};
pub use search::{Allows, Authority, MOST_WISHES, Search, SearchError, Sibling, Wish, Zone};
pub use shortlist::{LeftOut, Limits, Offered, Shortlist, shortlist};
pub use tie::TieKey;
pub use why::{Behind, Missing, WhyNot, missing, why_not};
pub use words::{
    Access, Accesses, Faith, Faiths, Kind, Kinds, Language, Languages, Need, Needs, RoomFact, RoomFacts, Sex, Sexes,
    Trait, Traits, every_word,
};
