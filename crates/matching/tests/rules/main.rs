//! The rules of matching against oracles that are slow and plain.

mod constraints;
mod ties;
mod whole;
mod world;
