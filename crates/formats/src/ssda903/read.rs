//! From files to a return: tell the tables, refuse what cannot be one year's return, then read row by row.

use std::io;

use kernel::{Masked, ReturnYear};

use super::episodes::Episodes;
use super::findings::{Check, Finding};
use super::header::Children;
use super::record::{Broken, Record, Splitter};
use super::tables::{Layout, Recognised, recognise};
use super::uasc::Uasc;
use super::{Doubtful, Refusal, Return, Source, Table, TableRead};
use crate::text::{LONGEST_LINE, Line, Lines};

/// What became of one row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    Stood,
    Held,
    Repeated,
}

/// One file whose first row was read and known.
struct Open<'a> {
    name: String,
    lines: Lines<'a>,
    layout: Layout,
}

/// Reads the files of one year's return. Files that are no table are reported and passed over; the whole
/// return is refused when Header or Episodes is not among them, or two of them hold one table.
pub fn read(mut sources: Vec<Source<'_>>, year: ReturnYear) -> Result<Return, Refusal> {
    // So that the same files make the same return in whatever order they are named.
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    let mut findings = Vec::new();
    let mut files = open(sources, &mut findings)?;
    files.sort_by_key(|file| file.layout.table);
    refuse_what_is_no_return(&files)?;

    let (mut children, mut episodes, mut uasc) = (Children::default(), Episodes::default(), Uasc::default());
    let mut tables = Vec::with_capacity(files.len());
    let mut doubtful = Doubtful::default();
    // The Header comes first: the other tables are checked against its children.
    for file in files {
        let from = findings.len();
        let table = file.layout.table;
        let read = each_row(file, year, &mut findings, |check| match table {
            Table::Header => children.take(check),
            Table::Episodes => {
                let fate = episodes.take(&children, check);
                if fate == Fate::Held {
                    doubtful.children.insert(Masked::new(check.text(0)));
                }
                fate
            }
            _ => uasc.take(&children, check),
        })?;
        if table == Table::Episodes {
            // A broken line gives no fate to a child: it could be anybody's.
            let broken = |finding: &&Finding| matches!(finding.code, "CB02" | "CB03" | "CB04" | "CB05");
            doubtful.anybody = findings[from..].iter().any(|finding| broken(&finding));
        }
        tables.push(read);
        // A row may be held for what a later one says.
        findings[from..].sort_by_key(|finding: &Finding| finding.line);
    }
    Ok(Return { year, headers: children.rows, episodes: episodes.rows, uasc: uasc.rows, doubtful, findings, tables })
}

fn open<'a>(sources: Vec<Source<'a>>, findings: &mut Vec<Finding>) -> Result<Vec<Open<'a>>, Refusal> {
    let mut splitter = Splitter::new();
    let mut files = Vec::new();
    for Source { name, data } in sources {
        let unreadable = |error: io::Error| unreadable(&name, &error);
        let mut lines = Lines::new(data).map_err(unreadable)?;
        let layout = match first_row(&mut lines, &mut splitter).map_err(unreadable)? {
            Some(Recognised::Table(layout)) => layout,
            Some(Recognised::Lacks(table, columns)) => {
                return Err(Refusal::Column { table, file: name, columns });
            }
            Some(Recognised::Twice(table, column)) => {
                return Err(Refusal::ColumnTwice { table, file: name, column });
            }
            Some(Recognised::Unknown) => {
                let sentence = "This file has not the column names of any table in its first row, and is passed \
                                over; add them if it is part of the return.";
                findings.push(passed_over(name, "CB09", sentence));
                continue;
            }
            None => {
                let sentence = "This file is empty, and is passed over; save it again if it should not be.";
                findings.push(passed_over(name, "CB08", sentence));
                continue;
            }
        };
        files.push(Open { name, lines, layout });
    }
    Ok(files)
}

/// What the first line that is not blank says the file is; `None` if there is no such line.
fn first_row(lines: &mut Lines<'_>, splitter: &mut Splitter) -> io::Result<Option<Recognised>> {
    while let Some(line) = lines.next()? {
        let Line::Text(text) = line else { return Ok(Some(Recognised::Unknown)) };
        if text.trim().is_empty() {
            continue;
        }
        match splitter.split(&text) {
            Ok(record) if record.is_blank() => {}
            Ok(record) => return Ok(Some(recognise(&record))),
            Err(_) => return Ok(Some(Recognised::Unknown)),
        }
    }
    Ok(None)
}

fn refuse_what_is_no_return(files: &[Open<'_>]) -> Result<(), Refusal> {
    if files.is_empty() {
        return Err(Refusal::Nothing);
    }
    // Sorted by table, so two of one table are neighbours.
    for pair in files.windows(2) {
        if pair[0].layout.table == pair[1].layout.table {
            return Err(Refusal::Twice {
                table: pair[0].layout.table,
                first: pair[0].name.clone(),
                second: pair[1].name.clone(),
            });
        }
    }
    for table in [Table::Header, Table::Episodes] {
        if !files.iter().any(|file| file.layout.table == table) {
            return Err(Refusal::Missing { table });
        }
    }
    Ok(())
}

/// Reads a file to its end, handing each sound row of a table that we read to `take`.
fn each_row(
    file: Open<'_>,
    year: ReturnYear,
    findings: &mut Vec<Finding>,
    mut take: impl FnMut(&mut Check<'_>) -> Fate,
) -> Result<TableRead, Refusal> {
    let Open { name, mut lines, layout } = file;
    let mut splitter = Splitter::new();
    let mut tally = Tally::default();
    loop {
        let number = lines.number().saturating_add(1);
        let Some(line) = lines.next().map_err(|error| unreadable(&name, &error))? else { break };
        let record = match sound(&line, &mut splitter, layout.width) {
            Ok(Some(record)) => record,
            Ok(None) => continue,
            Err(broken) if layout.table.is_read() => {
                tally.count(Fate::Held);
                findings.push(broken.finding(layout.table, &name, number));
                continue;
            }
            Err(_) => {
                tally.rows += 1;
                continue;
            }
        };
        if !layout.table.is_read() {
            tally.rows += 1;
            continue;
        }
        let before = findings.len();
        tally.count(take(&mut Check {
            table: layout.table,
            file: &name,
            year,
            line: number,
            record,
            places: &layout.places,
            findings: &mut *findings,
            before,
            held: false,
        }));
    }
    Ok(TableRead {
        table: layout.table,
        rows: tally.rows,
        stood: tally.stood,
        held: tally.held,
        repeated: tally.repeated,
        read: layout.table.is_read(),
        encoding: lines.encoding(),
        ignored: layout.ignored,
        file: name,
    })
}

#[derive(Default)]
struct Tally {
    rows: u32,
    stood: u32,
    held: u32,
    repeated: u32,
}

impl Tally {
    fn count(&mut self, fate: Fate) {
        self.rows += 1;
        match fate {
            Fate::Stood => self.stood += 1,
            Fate::Held => self.held += 1,
            Fate::Repeated => self.repeated += 1,
        }
    }
}

/// Why a line is no row.
enum Unsound {
    Width { fields: usize, columns: usize },
    Broken(Broken),
    TooLong,
    NoText,
}

/// Cuts a line into as many fields as the file has columns; `None` if the line is blank.
fn sound<'s>(line: &Line<'_>, splitter: &'s mut Splitter, columns: usize) -> Result<Option<Record<'s>>, Unsound> {
    let Line::Text(text) = line else { return Err(Unsound::TooLong) };
    if text.trim().is_empty() {
        return Ok(None);
    }
    // A NUL or an escape is a sign of a file damaged or misread; U+FFFD stands for bytes that were no text.
    if text.chars().any(|c| (c.is_control() && c != '\t') || c == '\u{FFFD}') {
        return Err(Unsound::NoText);
    }
    let record = splitter.split(text).map_err(Unsound::Broken)?;
    if record.is_blank() {
        Ok(None)
    } else if record.len() == columns {
        Ok(Some(record))
    } else {
        Err(Unsound::Width { fields: record.len(), columns })
    }
}

impl Unsound {
    fn finding(self, table: Table, file: &str, line: u32) -> Finding {
        let (code, sentence) = match self {
            Unsound::Width { fields, columns } => (
                "CB02",
                format!(
                    "This line has {fields} fields and the table {columns} columns; put a value that holds a \
                     comma between quotes, and leave no comma out."
                ),
            ),
            Unsound::Broken(Broken::TooManyFields) => (
                "CB02",
                "This line has more fields than any table; put a value that holds a comma between quotes.".to_string(),
            ),
            Unsound::Broken(Broken::OpenQuote) => {
                ("CB03", "A quote on this line is not closed; close it, or take it out.".to_string())
            }
            Unsound::TooLong => (
                "CB04",
                format!("This line is longer than {LONGEST_LINE} bytes; check that the file is a whole CSV file."),
            ),
            Unsound::NoText => (
                "CB05",
                "This line holds characters that no text has; export the file again as CSV in UTF-8.".to_string(),
            ),
        };
        Finding { table: Some(table), file: file.to_string(), line, field: "", code, held: true, sentence }
    }
}

fn passed_over(file: String, code: &'static str, sentence: &str) -> Finding {
    Finding { table: None, file, line: 0, field: "", code, held: false, sentence: sentence.to_string() }
}

fn unreadable(file: &str, error: &io::Error) -> Refusal {
    Refusal::Unreadable { file: file.to_string(), reason: error.to_string() }
}
