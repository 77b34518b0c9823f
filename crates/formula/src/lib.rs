//! **Formula**: every council's grant, to the penny, with its reasons.
//!
//! Owns the funding formula as data (parameters with dates and sources, formulas as expression trees), the engine that
//! works them out in exact decimals, the allocation of a total among councils, and the studies beside it: sufficiency,
//! comparison, uncertainty, sensitivity. It must never know a child, a placement or a price agreed with anyone: it
//! works on published counts of councils alone. It reads no clock and no file, and draws no random number that does not
//! follow from a seed that it is given.

mod decimal;
pub mod facts;

pub use decimal::{Decimal, NotDecimal};
