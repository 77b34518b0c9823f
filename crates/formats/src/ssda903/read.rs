//! From sheets to a return: which rows stand, which are held, and why.

use kernel::{Masked, ReturnYear};

use super::episodes::Episodes;
use super::findings::{Check, Finding};
use super::header::Children;
use super::load::load;
use super::sheet::{Sheet, Sheets};
use super::told::Told;
use super::uasc::Uasc;
use super::{Doubtful, Refusal, Return, Source, Table, TableRead};

/// What became of one row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    Stood,
    Held,
    Repeated,
}

/// Reads the files of one year's return. Files that are no table are reported and passed over; the whole
/// return is refused when Header or Episodes is not among them, or two of them hold one table.
pub fn read(sources: Vec<Source<'_>>, year: ReturnYear) -> Result<Return, Refusal> {
    stand(&load(sources, year)?)
}

/// The rows of sheets that stand. Refused when Header or Episodes is not among them.
pub fn stand(sheets: &Sheets) -> Result<Return, Refusal> {
    for table in [Table::Header, Table::Episodes] {
        if sheets.get(table).is_none() {
            return Err(Refusal::Missing { table });
        }
    }
    let mut findings = sheets.passed_over.clone();
    let (mut children, mut episodes, mut uasc) = (Children::default(), Episodes::default(), Uasc::default());
    let mut tables = Vec::with_capacity(sheets.sheets.len());
    let mut doubtful = Doubtful::default();
    let mut told = Told::default();
    // The Header comes first: the other tables are checked against its children.
    for sheet in &sheets.sheets {
        let from = findings.len();
        let read = each_row(sheet, sheets.year, &mut findings, |check| match sheet.table {
            Table::Header => {
                let fate = children.take(check);
                if fate == Fate::Stood {
                    told.keep(children.rows.len() as u32 - 1, check);
                }
                fate
            }
            Table::Episodes => {
                let fate = episodes.take(&children, check);
                if fate == Fate::Held {
                    doubtful.children.insert(Masked::new(check.text(0)));
                }
                fate
            }
            Table::Uasc => {
                let fate = uasc.take(&children, check);
                if let (Fate::Stood, Some(place)) = (fate, children.place(check.row)) {
                    told.keep(place as u32, check);
                }
                fate
            }
            _ => told.take(&children, check),
        });
        if !sheet.broken.is_empty() {
            told.broken(sheet.table);
        }
        // A broken line gives no fate to a child: it could be anybody's.
        doubtful.anybody |= sheet.table == Table::Episodes && !sheet.broken.is_empty();
        tables.push(read);
        // A row may be held for what a later one says.
        findings[from..].sort_by_key(|finding: &Finding| finding.line);
    }
    told.finish();
    Ok(Return {
        year: sheets.year,
        headers: children.rows,
        episodes: episodes.rows,
        uasc: uasc.rows,
        told,
        doubtful,
        findings,
        tables,
    })
}

/// Hands each row of a table that we read to `take`.
fn each_row(
    sheet: &Sheet,
    year: ReturnYear,
    findings: &mut Vec<Finding>,
    mut take: impl FnMut(&mut Check<'_>) -> Fate,
) -> TableRead {
    let broken = sheet.broken.len() as u32;
    let mut read = TableRead {
        table: sheet.table,
        file: sheet.file.to_string(),
        rows: broken + sheet.len() as u32,
        stood: 0,
        held: broken,
        repeated: 0,
        read: sheet.table.is_read(),
        encoding: sheet.encoding,
        ignored: sheet.ignored.clone(),
    };
    if !read.read {
        return TableRead { held: 0, ..read };
    }
    findings.extend(sheet.broken.iter().cloned());
    for row in sheet.rows() {
        let before = findings.len();
        let fate = take(&mut Check {
            table: sheet.table,
            file: &sheet.file,
            year,
            line: row.line(),
            row,
            findings: &mut *findings,
            before,
            held: false,
        });
        match fate {
            Fate::Stood => read.stood += 1,
            Fate::Held => read.held += 1,
            Fate::Repeated => read.repeated += 1,
        }
    }
    read
}
