//! **Formula**: every council's grant, to the penny, with its reasons.
//!
//! Owns the funding formula as data (parameters with dates and sources, formulas as expression trees), the engine that
//! works them out in exact decimals, the allocation of a total among councils, and the studies beside it: sufficiency,
//! comparison, uncertainty, sensitivity. It must never know a child, a placement or a price agreed with anyone: it
//! works on published counts of councils alone. It reads no clock and no file, and draws no random number that does not
//! follow from a seed that it is given.

mod allocate;
mod award;
mod chance;
pub mod compare;
mod decimal;
pub mod facts;
mod facts_seam;
mod lint;
pub mod page;
mod params;
pub mod pdf;
pub mod picture;
#[cfg(test)]
mod plain;
mod program;
mod refused;
pub mod report;
mod sensitivity;
pub mod shipped;
mod table;
mod text;
mod trace;
mod tree;
mod uncertainty;
mod unit;

pub use allocate::{Limits, Lines, Splitter, allocate};
pub use award::{Award, MOST_YEARS, Rebased, Terms, YearAward, award, first_day, rebase};
pub use decimal::{Decimal, NotDecimal};
pub use lint::{Finding, lint_formula, lint_parameters};
pub use params::{Citation, Dated, Parameter, Parameters, Status};
pub use program::{Kind, Node, Program, Registers, Scalar};
pub use refused::Refused;
pub use sensitivity::{Bar, Index, indices, tornado};
pub use table::{About, Cell, Given, Place, Table};
pub use text::csv_line;
pub use trace::{Branch, StepTrace, Term, cited, shown, trace};
pub use tree::{Expr, Factor, FactsFrom, Formula, Step, Years};
pub use uncertainty::{Draw, Interval, Model, Range, Room, Uncertain, intervals, threads};
