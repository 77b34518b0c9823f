//! The laws of the house, each held by a test that can fail: the arrows between the crates, and what must be so of a
//! real store whatever is imported, priced and run, in whatever order.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod arrows;
mod bank;
mod broken;
mod histories;
mod identity;
mod late;
mod moments;
mod orders;
mod voices;
mod world;
