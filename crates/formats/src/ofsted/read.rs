//! From a file to rows: find the header, then read line by line, all or nothing.

use std::collections::HashMap;
use std::io::{self, Read};

use kernel::Night;

use super::Refusal;
use super::columns::{Column, Layout, Recognised, Values, recognise};
use crate::ssda903::Urn;
use crate::ssda903::record::{Broken, Record, Splitter};
use crate::text::{Line, Lines};

/// How many lines may stand above the header.
const ABOVE: u32 = 50;
/// What the publisher writes for what it does not tell.
const WITHHELD: [&str; 2] = ["REDACTED", "WITHHELD"];
/// How much of a URN that is none a sentence shows.
const SHOWN: usize = 20;

/// One provider of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProviderRow {
    /// The line in the file, the first being 1.
    pub line: u32,
    /// Ofsted's number.
    pub urn: Urn,
    /// What the row says: our name of the column, and the text, blank where it is blank. What is withheld is not there.
    pub said: Vec<(&'static str, String)>,
}

impl ProviderRow {
    /// What it says in a column; `None` if that is blank, withheld or not in the file.
    pub fn text(&self, column: &str) -> Option<&str> {
        self.said
            .iter()
            .find(|(name, _)| *name == column)
            .map(|(_, text)| text.as_str())
            .filter(|text| !text.is_empty())
    }
}

/// A value kept as it is written because it cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The line in the file.
    pub line: u32,
    /// Our name of the column.
    pub column: &'static str,
    /// CB70 or CB71.
    pub code: &'static str,
    /// What, and how to mend it.
    pub sentence: String,
}

/// A whole list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProviderList {
    /// The line of its header.
    pub header: u32,
    /// The encoding found.
    pub encoding: &'static str,
    /// Our names of the columns read.
    pub columns: Vec<&'static str>,
    /// The columns passed over.
    pub ignored: Vec<String>,
    /// Rows, in order of the file.
    pub rows: Vec<ProviderRow>,
    /// Rows that repeat another word for word, and are counted once.
    pub repeated: usize,
    /// Values withheld.
    pub withheld: usize,
    /// Values that cannot be read.
    pub findings: Vec<Finding>,
}

impl ProviderList {
    /// Whether it tells who joined and left, rather than who is there.
    pub fn is_of_movements(&self) -> bool {
        self.columns.contains(&"joiner") || self.columns.contains(&"leaver")
    }
}

/// Reads a list, all or nothing.
pub fn read<'a>(file: &str, data: impl Read + 'a) -> Result<ProviderList, Refusal> {
    let unreadable = |error: io::Error| Refusal::Unreadable { file: file.to_owned(), reason: error.to_string() };
    let mut lines = Lines::new(Box::new(data)).map_err(unreadable)?;
    let mut splitter = Splitter::new();
    let layout = header(file, &mut lines, &mut splitter)?;
    let mut list = ProviderList {
        header: lines.number(),
        encoding: lines.encoding(),
        columns: layout.places.iter().map(|(_, column)| column.name).collect(),
        ignored: layout.ignored.clone(),
        rows: Vec::new(),
        repeated: 0,
        withheld: 0,
        findings: Vec::new(),
    };
    let mut met: HashMap<Urn, usize> = HashMap::new();
    loop {
        let number = lines.number().saturating_add(1);
        let Some(line) = lines.next().map_err(unreadable)? else { break };
        let Some(record) = cut(file, number, &line, &mut splitter)? else { continue };
        if record.len() != layout.width {
            let (fields, columns) = (record.len(), layout.width);
            return Err(Refusal::Width { file: file.to_owned(), line: number, fields, columns });
        }
        let row = row(file, number, &record, &layout, &mut list)?;
        match met.get(&row.urn).map(|&place| &list.rows[place]) {
            None => {
                met.insert(row.urn, list.rows.len());
                list.rows.push(row);
            }
            Some(first) if first.said == row.said => list.repeated += 1,
            Some(first) => {
                let (urn, first) = (row.urn.to_string(), first.line);
                return Err(Refusal::UrnTwice { file: file.to_owned(), line: number, urn, first });
            }
        }
    }
    list.encoding = lines.encoding();
    if list.rows.is_empty() {
        return Err(Refusal::Empty { file: file.to_owned(), line: list.header });
    }
    Ok(list)
}

/// The first line that has the column names.
fn header(file: &str, lines: &mut Lines<'_>, splitter: &mut Splitter) -> Result<Layout, Refusal> {
    let mut looked = 0;
    while looked < ABOVE {
        let line = lines.next();
        let line = line.map_err(|error| Refusal::Unreadable { file: file.to_owned(), reason: error.to_string() })?;
        let Some(line) = line else { break };
        looked += 1;
        // What stands above the header may be anything.
        let Line::Text(text) = line else { continue };
        let Ok(record) = splitter.split(&text) else { continue };
        match recognise(record.fields()) {
            Recognised::Header(layout) => return Ok(layout),
            Recognised::Lacks(columns) => {
                return Err(Refusal::Column { file: file.to_owned(), line: looked, columns });
            }
            Recognised::Twice(column, first, second) => {
                return Err(Refusal::ColumnTwice { file: file.to_owned(), line: looked, column, first, second });
            }
            Recognised::NoHeader => {}
        }
    }
    Err(Refusal::NoHeader { file: file.to_owned(), looked })
}

/// The fields of a line; `None` if it is blank.
fn cut<'s>(
    file: &str,
    number: u32,
    line: &'s Line<'_>,
    splitter: &'s mut Splitter,
) -> Result<Option<Record<'s>>, Refusal> {
    let broken = |why| Refusal::Broken { file: file.to_owned(), line: number, why };
    let Line::Text(text) = line else {
        return Err(broken("it is longer than any row can be; check that the file is a whole CSV file"));
    };
    if text.chars().any(|c| (c.is_control() && c != '\t') || c == '\u{FFFD}') {
        return Err(broken("it holds characters that no text has; export the list again as CSV in UTF-8"));
    }
    match splitter.split(text) {
        Ok(record) if record.is_blank() => Ok(None),
        Ok(record) => Ok(Some(record)),
        Err(Broken::OpenQuote) => Err(broken(
            "a quote is not closed, or a value holds a line break; close it, or write the value on one line",
        )),
        Err(Broken::TooManyFields) => {
            Err(broken("it has more fields than any list; put a value that holds a comma between quotes"))
        }
    }
}

fn row(
    file: &str,
    line: u32,
    record: &Record<'_>,
    layout: &Layout,
    list: &mut ProviderList,
) -> Result<ProviderRow, Refusal> {
    let mut urn = None;
    let mut said = Vec::with_capacity(layout.places.len());
    for &(place, column) in &layout.places {
        let text = record.get(place);
        if column.name == "urn" {
            let shown = || text.chars().take(SHOWN).collect::<String>();
            let parsed = Urn::parse(text);
            urn = Some(parsed.ok_or_else(|| Refusal::Urn { file: file.to_owned(), line, urn: shown() })?);
        } else if WITHHELD.contains(&text) {
            list.withheld += 1;
        } else {
            said.push((column.name, value(line, column, text, &mut list.findings)));
        }
    }
    let urn = urn.ok_or_else(|| Refusal::Column { file: file.to_owned(), line: list.header, columns: vec!["urn"] })?;
    Ok(ProviderRow { line, urn, said })
}

/// A value in the one form that years can be compared in, or as it is written.
fn value(line: u32, column: &'static Column, text: &str, findings: &mut Vec<Finding>) -> String {
    let mut find = |code, what: &str, example: &str| {
        let sentence = format!(
            "The {} is not {what} and is kept as it is written; write it as {example}.",
            column.name.replace('-', " ")
        );
        findings.push(Finding { line, column: column.name, code, sentence });
        text.to_owned()
    };
    match column.values {
        _ if text.is_empty() => String::new(),
        Values::Text => text.to_owned(),
        Values::Number => match text.trim_end_matches(".0").parse::<u16>() {
            Ok(number) => number.to_string(),
            Err(_) => find("CB70", "a number", "4"),
        },
        Values::Date => match Night::parse_british(text).or_else(|| Night::parse_iso(text)) {
            Some(night) => {
                let date = night.date();
                format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
            }
            None => find("CB71", "a date", "31/03/2023"),
        },
    }
}
