//! Why a whole list is refused. Nothing of it is loaded.

/// A list refused, with a stable code and a sentence that says what, where and how to mend it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// No line has the column names.
    #[error(
        "{file}: none of its first {looked} lines has the column names of Ofsted's list, such as URN, Provision type \
         and Registration status; save the sheet that holds the providers as CSV."
    )]
    NoHeader {
        /// The file.
        file: String,
        /// How many lines were looked at.
        looked: u32,
    },
    /// The header lacks columns.
    #[error(
        "{file}, line {line}: the header has no column for {}; a list cannot be read without it. Export the list \
         again with all its columns.",
        .columns.join(", ")
    )]
    Column {
        /// The file.
        file: String,
        /// The line of the header.
        line: u32,
        /// Our names of the columns that are not there.
        columns: Vec<&'static str>,
    },
    /// A column is there twice.
    #[error("{file}, line {line}: columns {first} and {second} are both the {column}; keep the one that is meant.")]
    ColumnTwice {
        /// The file.
        file: String,
        /// The line of the header.
        line: u32,
        /// Our name of the column.
        column: &'static str,
        /// Where it is, counted from 1.
        first: usize,
        /// And where again.
        second: usize,
    },
    /// A line is no line of text, or has a quote that is not closed.
    #[error("{file}, line {line}: {why}. Nothing was loaded: a home whose line is lost would look closed.")]
    Broken {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// What is wrong and how to mend it.
        why: &'static str,
    },
    /// A line has other fields than the header has columns.
    #[error(
        "{file}, line {line}: {fields} fields where the header has {columns} columns; put a value that holds a comma \
         between quotes, and leave no comma out. Nothing was loaded."
    )]
    Width {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// Fields on it.
        fields: usize,
        /// Columns of the header.
        columns: usize,
    },
    /// A row has no URN of the right shape.
    #[error(
        "{file}, line {line}: the URN is {}; it is seven figures, or SC and six. Give it, or delete the row.",
        if .urn.is_empty() { "blank" } else { .urn.as_str() }
    )]
    Urn {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// What is there, cut short.
        urn: String,
    },
    /// Two different rows have one URN.
    #[error("{file}, line {line}: {urn} is on line {first} already, and the two differ; keep the one that is right.")]
    UrnTwice {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// The number.
        urn: String,
        /// The first line that has it.
        first: u32,
    },
    /// The file could not be read to its end.
    #[error("{file} could not be read: {reason}. Check that it is there and may be opened, then try again.")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// There is a header and no row.
    #[error(
        "{file}: there is no provider under its header on line {line}; every home would look closed. Nothing was loaded."
    )]
    Empty {
        /// The file.
        file: String,
        /// The line of the header.
        line: u32,
    },
}

impl Refusal {
    /// A code that stays the same from version to version.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NoHeader { .. } => "CB60",
            Refusal::Column { .. } => "CB61",
            Refusal::ColumnTwice { .. } => "CB62",
            Refusal::Broken { .. } => "CB63",
            Refusal::Width { .. } => "CB64",
            Refusal::Urn { .. } => "CB65",
            Refusal::UrnTwice { .. } => "CB66",
            Refusal::Unreadable { .. } => "CB67",
            Refusal::Empty { .. } => "CB68",
        }
    }
}
