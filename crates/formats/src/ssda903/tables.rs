//! Which of the return's twelve tables a file holds, told by its columns and never by its name.

use std::fmt;

use super::record::Record;

/// The tables of an SSDA903 return.
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

    /// Whether the table's rows are read one by one and may be held. The rows of the two others (health and care
    /// leavers) are checked, and nothing of them is kept.
    pub fn is_read(self) -> bool {
        !matches!(self, Table::Oc2 | Table::Oc3)
    }

    /// The columns, in the order of the collection guide; the readers name them by that place. The first is CHILD.
    pub fn columns(self) -> &'static [&'static str] {
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
            Table::Uasc => &["CHILD", "SEX", "DOB", "DUC"],
            Table::Reviews => &["CHILD", "DOB", "REVIEW", "REVIEW_CODE"],
            Table::Oc2 => &[
                "CHILD",
                "DOB",
                "SDQ_SCORE",
                "SDQ_REASON",
                "CONVICTED",
                "HEALTH_CHECK",
                "IMMUNISATIONS",
                "TEETH_CHECK",
                "HEALTH_ASSESSMENT",
                "SUBSTANCE_MISUSE",
                "INTERVENTION_RECEIVED",
                "INTERVENTION_OFFERED",
            ],
            Table::Oc3 => &["CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"],
            Table::Ad1 => {
                &["CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"]
            }
            Table::PlacedAdoption => &["CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED"],
            Table::PrevPerm => &["CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM"],
            Table::Missing => &["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"],
            Table::SwEpisodes => &["CHILD", "DOB", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON"],
            Table::DoLo => &["CHILD", "DOB", "DOLO_START", "DOLO_END"],
        }
    }

    /// The place of a column among [`Table::columns`].
    pub(super) fn place(self, column: &str) -> Option<usize> {
        self.columns().iter().position(|name| *name == column)
    }

    /// The places of the columns that hold dates. DATE_PERM is not among them: parts of it may be written `ZZ`.
    pub(super) fn dates(self) -> &'static [usize] {
        match self {
            Table::Header => &[2, 6],
            Table::Episodes => &[1, 7],
            Table::Uasc => &[2, 3],
            Table::Reviews => &[1, 2],
            Table::Oc2 | Table::Oc3 | Table::PrevPerm => &[1],
            Table::Ad1 => &[1, 2, 3],
            Table::PlacedAdoption => &[1, 2, 3],
            Table::Missing | Table::SwEpisodes => &[1, 3, 4],
            Table::DoLo => &[1, 2, 3],
        }
    }

    /// Columns that a file may do without and still be the table; they are read as blank.
    fn may_lack(self, column: &str) -> bool {
        match self {
            Table::Header | Table::Episodes => false,
            Table::Uasc => column == "SEX",
            other => column != "CHILD" && !other.marks().contains(&column),
        }
    }

    /// The first return that has the table, by the year it ends. A file of an earlier return that holds it is read all
    /// the same.
    pub fn since(self) -> i16 {
        match self {
            Table::SwEpisodes => 2024,
            Table::DoLo => 2027,
            _ => 2018,
        }
    }

    /// Columns that no other table has. Two of them say which table was meant (other censuses have a UPN or a
    /// LS too), or the one where there is but one.
    pub(super) fn marks(self) -> &'static [&'static str] {
        match self {
            Table::Header => &["ETHNIC", "UPN", "MOTHER", "MC_DOB"],
            Table::Episodes => &["DECOM", "RNE", "LS", "PLACE", "REC"],
            Table::Uasc => &["DUC"],
            Table::Reviews => &["REVIEW_CODE"],
            Table::Oc2 => &["SDQ_SCORE"],
            Table::Oc3 => &["IN_TOUCH"],
            Table::Ad1 => &["DATE_INT"],
            Table::PlacedAdoption => &["DATE_PLACED"],
            Table::PrevPerm => &["PREV_PERM"],
            Table::Missing => &["MIS_START"],
            Table::SwEpisodes => &["SW_DECOM"],
            Table::DoLo => &["DOLO_START"],
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
    /// The place in the file of each of [`Table::columns`]; `None` where the file has no such column.
    pub(super) places: Vec<Option<usize>>,
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

    let lacks = |column: &&'static str| place(column).is_none() && !table.may_lack(column);
    let missing: Vec<&'static str> = table.columns().iter().copied().filter(lacks).collect();
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
        places: table.columns().iter().map(place).collect(),
        width: names.len(),
        ignored: ignored.map(|name| name.chars().take(LONGEST_NAME).collect()).collect(),
    })
}
