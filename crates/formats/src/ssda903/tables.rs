//! Which of the return's twelve tables a file holds, told by its columns and never by its name.

use std::fmt;

use super::record::Record;

/// The tables of an SSDA903 return. This version reads the first three.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Table {
    /// One row a child.
    Header,
    /// One row an episode: a stretch of care in which nothing reportable changed.
    Episodes,
    /// Unaccompanied asylum-seeking children.
    Uasc,
    /// Reviews.
    Reviews,
    /// Health, offending, strengths and difficulties.
    Oc2,
    /// Care leavers.
    Oc3,
    /// Adopters.
    Ad1,
    /// Should be placed for adoption.
    PlacedAdoption,
    /// Earlier permanence arrangements.
    PrevPerm,
    /// Missing or away without authorisation.
    Missing,
    /// Social workers, from 2023-24.
    SwEpisodes,
    /// Deprivation of liberty orders, from 2026-27.
    DoLo,
}

impl Table {
    /// Every table.
    pub const ALL: [Table; 12] = [
        Table::Header,
        Table::Episodes,
        Table::Uasc,
        Table::Reviews,
        Table::Oc2,
        Table::Oc3,
        Table::Ad1,
        Table::PlacedAdoption,
        Table::PrevPerm,
        Table::Missing,
        Table::SwEpisodes,
        Table::DoLo,
    ];

    /// The table's usual name.
    pub fn name(self) -> &'static str {
        match self {
            Table::Header => "Header",
            Table::Episodes => "Episodes",
            Table::Uasc => "UASC",
            Table::Reviews => "Reviews",
            Table::Oc2 => "OC2",
            Table::Oc3 => "OC3",
            Table::Ad1 => "AD1",
            Table::PlacedAdoption => "PlacedAdoption",
            Table::PrevPerm => "PrevPerm",
            Table::Missing => "Missing",
            Table::SwEpisodes => "SWEpisodes",
            Table::DoLo => "DoLo",
        }
    }

    /// Whether this version reads the table's rows; the others are recognised and counted.
    pub fn is_read(self) -> bool {
        matches!(self, Table::Header | Table::Episodes | Table::Uasc)
    }

    /// The columns that a table must have. Those of the tables we read stand in the order of the collection
    /// guide, and the readers name them by that place; of the others only what tells them apart is listed.
    pub(super) fn columns(self) -> &'static [&'static str] {
        match self {
            Table::Header => &["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"],
            Table::Episodes => &[
                "CHILD",
                "DECOM",
                "RNE",
                "LS",
                "CIN",
                "PLACE",
                "PLACE_PROVIDER",
                "DEC",
                "REC",
                "REASON_PLACE_CHANGE",
                "HOME_POST",
                "PL_POST",
                "URN",
            ],
            Table::Uasc => &["CHILD", "DOB", "DUC"],
            Table::Reviews => &["CHILD", "REVIEW_CODE"],
            Table::Oc2 => &["CHILD", "SDQ_SCORE"],
            Table::Oc3 => &["CHILD", "IN_TOUCH"],
            Table::Ad1 => &["CHILD", "DATE_INT"],
            Table::PlacedAdoption => &["CHILD", "DATE_PLACED"],
            Table::PrevPerm => &["CHILD", "PREV_PERM"],
            Table::Missing => &["CHILD", "MIS_START"],
            Table::SwEpisodes => &["CHILD", "SW_DECOM"],
            Table::DoLo => &["CHILD", "DOLO_START"],
        }
    }

    /// Columns that no other table has. Two of them say which table was meant (other censuses have a UPN or a
    /// LS too), or the one where there is but one.
    fn marks(self) -> &'static [&'static str] {
        match self {
            Table::Header => &["ETHNIC", "UPN", "MOTHER", "MC_DOB"],
            Table::Episodes => &["DECOM", "RNE", "LS", "PLACE", "REC"],
            other => &other.columns()[other.columns().len() - 1..],
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What the first row of a file says it is.
pub(super) enum Recognised {
    /// A table with all its columns.
    Table(Layout),
    /// Meant as one of the two tables that a return cannot do without, but a column is not there.
    Lacks(Table, Vec<&'static str>),
    /// Has a column of one of those tables twice, so that a value cannot be told.
    Twice(Table, &'static str),
    /// Nothing we know.
    Unknown,
}

/// Where the columns of a table stand in one file.
pub(super) struct Layout {
    pub(super) table: Table,
    /// The place in the file of each of [`Table::columns`].
    pub(super) places: Vec<usize>,
    /// How many columns the file has.
    pub(super) width: usize,
    /// The columns we do not know, as the file names them.
    pub(super) ignored: Vec<String>,
}

/// Enough of an unknown column's name to find it by.
const LONGEST_NAME: usize = 40;

/// Tells the table by its columns: the one most of whose columns are there, among those whose marks are there.
pub(super) fn recognise(record: &Record<'_>) -> Recognised {
    let names: Vec<String> = record.fields().map(|name| name.trim().to_ascii_uppercase()).collect();
    let place = |column: &&str| names.iter().position(|name| name == *column);
    let there = |table: Table| table.columns().iter().filter(|column| place(column).is_some()).count();
    let meant = Table::ALL
        .into_iter()
        .filter(|table| {
            let marks = table.marks();
            marks.iter().filter(|mark| place(mark).is_some()).count() >= marks.len().min(2)
        })
        // Of equals `max_by_key` takes the last; reversed, the first of the list.
        .rev()
        .max_by_key(|&table| there(table));
    let Some(table) = meant else { return Recognised::Unknown };
    let needed = matches!(table, Table::Header | Table::Episodes);

    let missing: Vec<&'static str> = table.columns().iter().copied().filter(|column| place(column).is_none()).collect();
    if !missing.is_empty() {
        return if needed { Recognised::Lacks(table, missing) } else { Recognised::Unknown };
    }
    let count = |column: &str| names.iter().filter(|name| *name == column).count();
    if let Some(twice) = table.columns().iter().copied().find(|column| count(column) > 1) {
        return if needed { Recognised::Twice(table, twice) } else { Recognised::Unknown };
    }

    let known = |name: &str| table.columns().contains(&name) || name.is_empty();
    let ignored = record.fields().map(str::trim).filter(|name| !known(&name.to_ascii_uppercase()));
    Recognised::Table(Layout {
        table,
        places: table.columns().iter().filter_map(place).collect(),
        width: names.len(),
        ignored: if table.is_read() {
            ignored.map(|name| name.chars().take(LONGEST_NAME).collect()).collect()
        } else {
            Vec::new()
        },
    })
}
