//! Why a whole return is refused. Nothing of it is loaded.

use super::Table;

/// A whole return refused, with a stable code and a sentence that says what, where and how to mend it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// None of the files is a table of a return.
    #[error(
        "None of these files is a table of an SSDA903 return; name the CSV files that have the return's \
         column names in their first row, such as CHILD, DECOM and RNE."
    )]
    Nothing,
    /// A table without which nobody can be placed is not among the files.
    #[error("There is no {table} table among these files; add the file that has the columns {}.", columns(*.table))]
    Missing {
        /// The table.
        table: Table,
    },
    /// Two files hold the same table.
    #[error(
        "{first} and {second} both hold the {table} table, so these are several years; name the files of one year."
    )]
    Twice {
        /// The table.
        table: Table,
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
    /// A file is meant as a table we need, but lacks columns.
    #[error("{file} looks like the {table} table but has no column {}; add it, blank if need be.", .columns.join(", "))]
    Column {
        /// The table.
        table: Table,
        /// The file.
        file: String,
        /// The columns that are not there.
        columns: Vec<&'static str>,
    },
    /// A file has one of its columns twice.
    #[error("{file} looks like the {table} table but has the column {column} twice; keep the one that is meant.")]
    ColumnTwice {
        /// The table.
        table: Table,
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
    },
    /// A document is not XML as a return has it.
    #[error("{file} cannot be read as XML: at line {line}, {reason}. Export it again, or send the return as CSV.")]
    Xml {
        /// The file.
        file: String,
        /// The line reached.
        line: u32,
        /// What is wrong there.
        reason: String,
    },
    /// A file holds more than any return.
    #[error("{file} holds more than four gigabytes of one table; check that it is a return.")]
    TooLarge {
        /// The file.
        file: String,
    },
    /// A file could not be read to its end.
    #[error("{file} could not be read: {reason}. Check that it is there and may be opened, then try again.")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        reason: String,
    },
}

fn columns(table: Table) -> String {
    table.columns().join(", ")
}

impl Refusal {
    /// A code that stays the same from version to version.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Nothing => "CB20",
            Refusal::Missing { .. } => "CB21",
            Refusal::Twice { .. } => "CB22",
            Refusal::Column { .. } => "CB23",
            Refusal::ColumnTwice { .. } => "CB24",
            Refusal::Unreadable { .. } => "CB25",
            Refusal::Xml { .. } => "CB26",
            Refusal::TooLarge { .. } => "CB27",
        }
    }
}
