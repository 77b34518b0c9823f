//! The rules of matching against oracles that are slow and plain.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod constraints;
mod joint;
mod ties;
mod whole;
mod world;
