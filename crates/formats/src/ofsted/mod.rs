//! Ofsted's lists of children's social care providers, as CSV: the list of everybody at a 31 March, and the list of
//! those who joined and left in a year.
//!
//! The header is not on the first line: it is the first line that has the column names, however a year spells them.
//! Names and addresses are *withheld* (`REDACTED`) where the publisher does not tell where children live; what is
//! withheld is not said, which is not the same as a blank.
//!
//! A list says who is there and, by silence, who is not. So a line that cannot be read refuses the whole file: passed
//! over, it would read as a home that has closed. A *value* that cannot be read is kept as it is written, and found.
//!
//! | code | what | |
//! |---|---|---|
//! | CB60 | no line has the column names | refused |
//! | CB61, CB62 | a column is missing, or there twice | refused |
//! | CB63, CB64 | a line is broken, or has other fields than columns | refused |
//! | CB65, CB66 | a row has no URN, or another row has it | refused |
//! | CB67, CB68 | the file cannot be read, or has no row | refused |
//! | CB70, CB71 | a number or a date cannot be read | kept as text |

mod columns;
mod read;
mod refusal;

pub use columns::{COLUMNS, Column};
pub use read::{Finding, ProviderList, ProviderRow, read};
pub use refusal::Refusal;
