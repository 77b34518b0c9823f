//! The rules of matching against oracles that are slow and plain.

mod constraints;
mod joint;
mod ties;
mod whole;
mod world;
