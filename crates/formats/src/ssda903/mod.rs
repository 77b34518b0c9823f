//! The SSDA903 return: what each council tells the Department for Education once a year about the children it
//! looks after. Hand [`read`] the files of one year, whatever they are called and in whatever order, and it
//! gives back the rows that stand and a finding for everything that is wrong.
//!
//! | cost | |
//! |---|---|
//! | memory | the rows that stand, the findings, one chunk and one line a file |
//! | allocations | two a child (the reference, kept twice) and a UPN; three an episode (the reference, two postcodes) |
//! | comparisons | a code with the thirty of its set at most, a word each |

mod beside;
pub mod checks;
mod episodes;
mod findings;
mod header;
mod load;
mod read;
pub(crate) mod record;
mod refusal;
mod sheet;
mod tables;
mod told;
mod uasc;
mod values;
mod write;
mod xml;

use std::collections::HashSet;
use std::io::Read;

use kernel::{Masked, ReturnYear};

pub use beside::{Beside, Provider, Providers, postcodes_of};
pub use episodes::EpisodeRow;
pub use findings::Finding;
pub use header::HeaderRow;
pub use load::load;
pub use read::{read, stand};
pub use refusal::Refusal;
pub use sheet::{Row, Sheet, Sheets};
pub use tables::Table;
pub use told::{Told, told_row};
pub use uasc::UascRow;
pub use values::Urn;
pub use write::{TableRows, write_csv, write_xml};

/// One file, opened by whoever may touch the disk.
pub struct Source<'a> {
    /// What to call the file in findings; no part of it is interpreted.
    pub name: String,
    /// Its bytes.
    pub data: Box<dyn Read + 'a>,
}

impl<'a> Source<'a> {
    /// A file by the name to call it and its bytes.
    pub fn new(name: impl Into<String>, data: impl Read + 'a) -> Source<'a> {
        Source { name: name.into(), data: Box::new(data) }
    }
}

/// What was read of one file. For a table that we read, `rows = stood + held + repeated`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableRead {
    /// The table.
    pub table: Table,
    /// The file as it was named to us.
    pub file: String,
    /// Rows of data: lines below the column names that are not blank.
    pub rows: u32,
    /// Rows that stand.
    pub stood: u32,
    /// Rows left out; each has a finding that is `held`.
    pub held: u32,
    /// Rows that repeat another that stands; each has a finding that is not `held`.
    pub repeated: u32,
    /// Whether this version reads the table; otherwise its rows are only counted.
    pub read: bool,
    /// `UTF-8`, `UTF-16LE`, `UTF-16BE`, or `windows-1252` if a line was not UTF-8.
    pub encoding: &'static str,
    /// Columns that we do not know and passed over.
    pub ignored: Vec<String>,
}

/// Children of whom a return does not say everything, because rows of theirs are held.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Doubtful {
    /// Those whose CHILD could be read.
    pub children: HashSet<Masked>,
    /// Whether a line was too broken to say whose it is.
    pub anybody: bool,
}

impl Doubtful {
    /// Whether the return may lack episodes of this child.
    pub fn is(&self, child: &Masked) -> bool {
        self.anybody || self.children.contains(child)
    }
}

/// One year's return as read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Return {
    /// The year it was read as.
    pub year: ReturnYear,
    /// The children that stand, in the order of the file. No two have one CHILD.
    pub headers: Vec<HeaderRow>,
    /// The episodes that stand, in the order of the file. Each is of a child in `headers`, and no two have one
    /// CHILD and DECOM.
    pub episodes: Vec<EpisodeRow>,
    /// The unaccompanied asylum-seeking children that stand, in the order of the file. No two have one CHILD.
    pub uasc: Vec<UascRow>,
    /// What the return tells of each child beside the episodes.
    pub told: Told,
    /// Whose episodes may be more than those that stand, because some are held.
    pub doubtful: Doubtful,
    /// What is wrong: first the files that were passed over, by name; then table by table and line by line.
    pub findings: Vec<Finding>,
    /// What was read of each file that is a table, in the order of [`Table::ALL`].
    pub tables: Vec<TableRead>,
}
