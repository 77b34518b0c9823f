//! The care wing against the plainest oracle there is: a loop over nights. Nothing here is shared with the code under
//! test but the types that go in and come out.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod oracle;
mod rules;
mod told;
mod whole;
mod world;
