//! A search for a home and the placement that comes of it: what is said and done, what stands, what may follow.

mod case;
mod due;
mod event;
mod life;
mod review;

pub use case::{Asked, Case, Decision, Placed, Refusal, Stage, TRANSFER, cases, concerned};
pub use due::{Duty, VisitRules, When, duties, next_visit, visit_rules};
pub use event::{Decline, Event, NOT_REVIEWED, REVIEWED, Reply, Role, View, What};
pub use life::{Piece, pieces};
pub use review::reviews_held;
