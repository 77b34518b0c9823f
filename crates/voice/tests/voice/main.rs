//! The child's voice, against an oracle that lists nights one by one.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod coverage;
mod oracle;
mod pools;
mod signals;
mod timetable;
mod world;
