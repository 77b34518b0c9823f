//! Funding against the plainest oracle there is: a loop over nights, fractions of a penny, and the tables typed once
//! more by hand. Nothing here is shared with the code under test but the types that go in and come out.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod calendar;
mod cuts;
mod late;
mod lines;
mod named;
mod oracle;
mod settlement;
mod tables;
mod world;
