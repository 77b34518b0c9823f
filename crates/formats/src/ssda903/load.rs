//! From files to sheets: tell the tables and the form, refuse what cannot be one year's return, cut the rows.

use std::io::{self, Cursor, Read};

use kernel::ReturnYear;

use super::findings::Finding;
use super::record::{Broken, Record, Splitter};
use super::sheet::{Names, Sheet, Sheets};
use super::tables::{Layout, Recognised, recognise};
use super::xml;
use super::{Refusal, Source, Table};
use crate::text::{LONGEST_LINE, Line, Lines};

/// How much of a file is looked at to tell whether it is XML.
const START: u64 = 512;

/// One file whose first row was read and known.
struct Open<'a> {
    name: String,
    lines: Lines<'a>,
    layout: Layout,
}

/// Reads the files of one year's return as they are, CSV or XML. Files that are no table are passed over; the whole is
/// refused when none is a table, or when two hold the same.
pub fn load(mut sources: Vec<Source<'_>>, year: ReturnYear) -> Result<Sheets, Refusal> {
    // So that the same files make the same return in whatever order they are named.
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    let mut into = Sheets { year, sheets: Vec::new(), passed_over: Vec::new(), names: Names::default() };
    let mut files = Vec::new();
    for Source { name, mut data } in sources {
        let mut start = Vec::new();
        data.by_ref().take(START).read_to_end(&mut start).map_err(|error| unreadable(&name, &error))?;
        let form = xml::encoding(&start);
        let data: Box<dyn Read> = Box::new(Cursor::new(start).chain(data));
        match form {
            Some(encoding) => xml::read(&name, data, encoding, &mut into)?,
            None => files.extend(open(name, data, &mut into.passed_over)?),
        }
    }
    files.sort_by_key(|file| file.layout.table);
    let tables = files.iter().map(|file| (file.layout.table, file.name.as_str()));
    refuse_two_of_a_table(tables.chain(into.sheets.iter().map(|sheet| (sheet.table, &*sheet.file))))?;
    for file in files {
        let sheet = cut(file, &mut into.names)?;
        into.sheets.push(sheet);
    }
    into.sheets.sort_by_key(|sheet| sheet.table);
    if into.sheets.is_empty() { Err(Refusal::Nothing) } else { Ok(into) }
}

fn refuse_two_of_a_table<'n>(tables: impl Iterator<Item = (Table, &'n str)>) -> Result<(), Refusal> {
    let mut tables: Vec<_> = tables.collect();
    tables.sort();
    for pair in tables.windows(2) {
        if pair[0].0 == pair[1].0 {
            let (first, second) = (pair[0].1.to_owned(), pair[1].1.to_owned());
            return Err(Refusal::Twice { table: pair[0].0, first, second });
        }
    }
    Ok(())
}

fn open<'a>(
    name: String,
    data: Box<dyn Read + 'a>,
    passed_over: &mut Vec<Finding>,
) -> Result<Option<Open<'a>>, Refusal> {
    let mut splitter = Splitter::new();
    let mut lines = Lines::new(data).map_err(|error| unreadable(&name, &error))?;
    match first_row(&mut lines, &mut splitter).map_err(|error| unreadable(&name, &error))? {
        Some(Recognised::Table(layout)) => Ok(Some(Open { name, lines, layout })),
        Some(Recognised::Lacks(table, columns)) => Err(Refusal::Column { table, file: name, columns }),
        Some(Recognised::Twice(table, column)) => Err(Refusal::ColumnTwice { table, file: name, column }),
        Some(Recognised::Unknown) => {
            let sentence = "This file has not the column names of any table in its first row, and is passed \
                            over; add them if it is part of the return.";
            passed_over.push(not_a_table(name, "CB09", sentence));
            Ok(None)
        }
        None => {
            let sentence = "This file is empty, and is passed over; save it again if it should not be.";
            passed_over.push(not_a_table(name, "CB08", sentence));
            Ok(None)
        }
    }
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

/// Reads a file to its end.
fn cut(file: Open<'_>, names: &mut Names) -> Result<Sheet, Refusal> {
    let Open { name, mut lines, layout } = file;
    let mut sheet = Sheet::new(layout.table, &name);
    let mut splitter = Splitter::new();
    loop {
        let number = lines.number().saturating_add(1);
        let Some(line) = lines.next().map_err(|error| unreadable(&name, &error))? else { break };
        match sound(&line, &mut splitter, layout.width) {
            Ok(Some(record)) => {
                let field = |column: usize| layout.places[column].map_or("", |place| record.get(place));
                if !sheet.push(names, number, field) {
                    return Err(Refusal::TooLarge { file: name });
                }
            }
            Ok(None) => {}
            Err(unsound) => sheet.broken.push(unsound.finding(layout.table, &name, number)),
        }
    }
    sheet.encoding = lines.encoding();
    sheet.ignored = layout.ignored;
    Ok(sheet)
}

/// Why a line is no row.
enum Unsound {
    Width { fields: usize, columns: usize },
    Broken(Broken),
    TooLong,
    NoText,
}

/// Cuts a line into as many fields as the file has columns; `None` if the line is blank.
fn sound<'s>(line: &'s Line<'_>, splitter: &'s mut Splitter, columns: usize) -> Result<Option<Record<'s>>, Unsound> {
    let Line::Text(text) = line else { return Err(Unsound::TooLong) };
    if text.trim().is_empty() {
        return Ok(None);
    }
    if is_no_text(text) {
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

/// A NUL or an escape is a sign of a file damaged or misread; U+FFFD stands for bytes that were no text.
pub(super) fn is_no_text(text: &str) -> bool {
    // Without a branch for each byte, so that the compiler looks at many at once.
    let odd = text.bytes().fold(false, |odd, byte| odd | !(b' '..=b'~').contains(&byte));
    odd && text.chars().any(|c| (c.is_control() && c != '\t') || c == '\u{FFFD}')
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
            Unsound::NoText => ("CB05", NO_TEXT.to_string()),
        };
        Finding { table: Some(table), file: file.into(), line, field: "", code, held: true, sentence: sentence.into() }
    }
}

pub(super) const NO_TEXT: &str = "This line holds characters that no text has; export the file again in UTF-8.";

fn not_a_table(file: String, code: &'static str, sentence: &'static str) -> Finding {
    Finding { table: None, file: file.into(), line: 0, field: "", code, held: false, sentence: sentence.into() }
}

pub(super) fn unreadable(file: &str, error: &io::Error) -> Refusal {
    Refusal::Unreadable { file: file.to_string(), reason: error.to_string() }
}
