//! A publisher's file as rows and columns, known by its column names; and what a cell may hold.

use std::collections::BTreeMap;
use std::fmt;

use crate::Decimal;
use crate::text;
pub(super) use crate::text::Row;

/// Digits after the point beyond which a number is the residue of a binary float (19.899999999999999) and is rounded
/// to [`FLOAT_PLACES`]. Publishers' spreadsheets hold no honest figure of that length.
const FLOAT_DIGITS: usize = 12;
const FLOAT_PLACES: u32 = 9;
/// Beyond every figure that a publisher can mean: England's spending is sixteen thousand million pounds. It also keeps
/// every product of the estimates within a [`Decimal`].
const LARGEST: Decimal = Decimal::whole(100_000_000_000);
/// Beyond the people of any council or district.
pub(super) const MOST_PEOPLE: i64 = 10_000_000;

/// Marks by which publishers withhold a value, or say that there is none. None of them is nought.
pub(super) const MARKS: [&str; 10] = ["c", "z", "x", "u", "k", "-", "..", ":", "~", "*"];

/// Why a file is refused: what, where, and how to mend it. Nothing is made of the rest.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Refusal {
    /// The file.
    pub file: String,
    /// The line, the first being 1, where one line is at fault.
    pub line: Option<u64>,
    /// What is wrong.
    pub reason: String,
}

impl Refusal {
    pub(super) fn of(file: &str, line: Option<u64>, reason: impl Into<String>) -> Refusal {
        Refusal { file: file.to_owned(), line, reason: reason.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.file, self.reason),
            None => write!(f, "{}: {}", self.file, self.reason),
        }
    }
}

impl std::error::Error for Refusal {}

/// What a publisher wrote in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Number(Decimal),
    /// The mark by which it was withheld.
    Mark(String),
}

impl Cell {
    pub(super) fn number(&self) -> Option<Decimal> {
        match self {
            Cell::Number(number) => Some(*number),
            Cell::Mark(_) => None,
        }
    }

    /// `None` for what is neither a number nor a known mark.
    pub(super) fn parse(text: &str) -> Option<Cell> {
        let text = text.trim();
        if MARKS.contains(&text) {
            return Some(Cell::Mark(text.to_owned()));
        }
        let fraction = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let cut = text.get(..text.len() - fraction.saturating_sub(18))?;
        let number: Decimal = cut.parse().ok()?;
        Some(Cell::Number(if fraction > FLOAT_DIGITS { number.round(FLOAT_PLACES) } else { number }))
    }
}

/// The rows of a CSV file.
pub(super) struct Sheet {
    pub(super) file: String,
    columns: BTreeMap<String, usize>,
    pub(super) rows: Vec<Row>,
}

impl Sheet {
    /// UTF-8, with or without a byte order mark; every row as long as the first.
    pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Sheet, Refusal> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() as u64 + 1;
            Refusal::of(file, Some(line), "this is not UTF-8; save the file as UTF-8 and give it again")
        })?;
        let read = text::read_sheet(file, text).map_err(|refused| Refusal::of(file, None, refused.sentence))?;
        let mut columns = BTreeMap::new();
        for (at, name) in read.columns.into_iter().enumerate() {
            columns.entry(name).or_insert(at);
        }
        Ok(Sheet { file: file.to_owned(), columns, rows: read.rows })
    }

    /// The names in a file's first line; nothing of a file that is no table.
    pub(super) fn header(bytes: &[u8]) -> Vec<String> {
        let first = bytes.split(|&byte| byte == b'\n').find(|line| !line.starts_with(b"#")).unwrap_or_default();
        let first = String::from_utf8_lossy(first);
        text::read_sheet("", &first).map(|read| read.columns).unwrap_or_default()
    }

    pub(super) fn column(&self, name: &str) -> Result<usize, Refusal> {
        let reason = || Refusal::of(&self.file, Some(1), format!("there is no column `{name}`"));
        self.columns.get(name).copied().ok_or_else(reason)
    }

    pub(super) fn refuse(&self, row: &Row, reason: impl Into<String>) -> Refusal {
        Refusal::of(&self.file, Some(row.number as u64), reason)
    }

    pub(super) fn text<'r>(&self, row: &'r Row, column: usize) -> &'r str {
        row.fields.get(column).map_or("", |field| field.trim())
    }

    /// A number that is not below nought, or a mark; anything else, a blank too, is refused.
    pub(super) fn cell(&self, row: &Row, column: usize) -> Result<Cell, Refusal> {
        let text = self.text(row, column);
        let parsed = Cell::parse(text);
        if let Some(Cell::Number(number)) = parsed
            && number.is_negative()
        {
            return Err(
                self.refuse(row, format!("`{}` is `{text}`, which cannot be below nought here", self.name(column)))
            );
        }
        if let Some(Cell::Number(number)) = parsed
            && number > LARGEST
        {
            return Err(self.refuse(row, format!("`{}` is {text}, which no publisher can mean", self.name(column))));
        }
        parsed.ok_or_else(|| {
            let written = if text.is_empty() { "blank".to_owned() } else { format!("`{text}`") };
            let name = self.name(column);
            self.refuse(row, format!("`{name}` is {written}: write a number, or one of the marks {}", MARKS.join(" ")))
        })
    }

    /// A number that is not below nought; a mark is refused.
    pub(super) fn amount(&self, row: &Row, column: usize) -> Result<Decimal, Refusal> {
        match self.cell(row, column)? {
            Cell::Number(number) if !number.is_negative() => Ok(number),
            _ => {
                let (name, text) = (self.name(column), self.text(row, column));
                Err(self.refuse(row, format!("`{name}` is `{text}`, which cannot be withheld or below nought here")))
            }
        }
    }

    /// A whole number of people.
    pub(super) fn count(&self, row: &Row, column: usize) -> Result<i64, Refusal> {
        let number = self.amount(row, column)?;
        let (name, text) = (self.name(column), self.text(row, column));
        if number > Decimal::whole(MOST_PEOPLE) {
            return Err(self.refuse(row, format!("`{name}` is `{text}`: more people than any council has")));
        }
        if number.round(0) == number {
            return Ok(number.floor());
        }
        Err(self.refuse(row, format!("`{name}` is `{text}`, and nobody is counted in parts")))
    }

    fn name(&self, column: usize) -> &str {
        self.columns.iter().find(|(_, at)| **at == column).map_or("?", |(name, _)| name)
    }
}
