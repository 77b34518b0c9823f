//! The search for a home through the store: law 1 by permutation, with leaks planted that each fence catches; hard
//! constraints against brute force; registered numbers with holds in play.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod bounds;
mod brute;
mod fences;
mod joint;
mod numbers;
mod world;
