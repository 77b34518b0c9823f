//! The rows of one table as they came, before anything is held: what the checks look at.
//!
//! | cost | |
//! |---|---|
//! | memory | the text of the file, four bytes a field, eight bytes a row, four a date |
//! | allocations | none a row, but for the room that grows; one a child |

use std::collections::HashMap;
use std::sync::Arc;

use kernel::{Masked, Night, ReturnYear};

use super::findings::Finding;
use super::tables::Table;

/// Whose a row is when its CHILD is blank.
const NOBODY: u32 = u32::MAX;
/// What stands for a date that is blank or wrong.
const NO_DATE: i32 = i32::MIN;
/// The widest table has thirteen columns.
const MOST_COLUMNS: usize = 16;

/// The children that the sheets of a return name, each by a small number.
#[derive(Default)]
pub(super) struct Names {
    by_name: HashMap<String, u32>,
    names: Vec<Masked>,
    /// The last that was asked for.
    last: u32,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if name.is_empty() {
            return NOBODY;
        }
        // Rows of one child mostly lie together, and tables mostly have their children in one order.
        for guess in [self.last, self.last.wrapping_add(1)] {
            if self.name(guess).is_some_and(|known| known.reveal() == name) {
                self.last = guess;
                return guess;
            }
        }
        self.last = match self.by_name.get(name) {
            Some(&number) => number,
            None => {
                let number = self.names.len() as u32;
                self.by_name.insert(name.to_owned(), number);
                self.names.push(Masked::new(name));
                number
            }
        };
        self.last
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    pub(super) fn name(&self, number: u32) -> Option<&Masked> {
        self.names.get(number as usize)
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}

/// One table of a return.
pub struct Sheet {
    /// Which.
    pub table: Table,
    /// The file as it was named to us.
    pub file: Arc<str>,
    /// `UTF-8`, `UTF-16LE`, `UTF-16BE`, or `windows-1252` if a line was not UTF-8.
    pub encoding: &'static str,
    /// Columns that we do not know and passed over.
    pub ignored: Vec<String>,
    /// Lines too broken to be a row, in order.
    pub(super) broken: Vec<Finding>,
    text: String,
    ends: Vec<u32>,
    dates: Vec<i32>,
    lines: Vec<u32>,
    whose: Vec<u32>,
    /// For each column, its place among the row's dates, or one past the last.
    slots: [u8; MOST_COLUMNS],
    /// How many columns the table has, and how many of them hold dates.
    width: usize,
    dates_width: usize,
}

impl Sheet {
    pub(super) fn new(table: Table, file: &str) -> Sheet {
        let mut slots = [u8::MAX; MOST_COLUMNS];
        for (slot, &column) in table.dates().iter().enumerate() {
            slots[column] = slot as u8;
        }
        Sheet {
            table,
            file: file.into(),
            encoding: "UTF-8",
            ignored: Vec::new(),
            broken: Vec::new(),
            text: String::new(),
            ends: Vec::new(),
            dates: Vec::new(),
            lines: Vec::new(),
            whose: Vec::new(),
            slots,
            width: table.columns().len(),
            dates_width: table.dates().len(),
        }
    }

    /// Adds a row. Codes are kept in capitals; CHILD is kept as written. `false` when there is no room for more: four
    /// gigabytes of text.
    #[must_use]
    pub(super) fn push<'f>(&mut self, names: &mut Names, line: u32, field: impl Fn(usize) -> &'f str) -> bool {
        let from = self.text.len();
        for column in 0..self.width {
            let text = field(column);
            self.text.push_str(text);
            let Ok(end) = u32::try_from(self.text.len()) else {
                self.text.truncate(from);
                self.ends.truncate(self.lines.len() * self.width);
                return false;
            };
            self.ends.push(end);
        }
        let child = field(0);
        self.text[from + child.len()..].make_ascii_uppercase();
        for &column in self.table.dates() {
            let night = Night::parse_british(field(column));
            self.dates.push(night.map_or(NO_DATE, |night| night.days() as i32));
        }
        self.lines.push(line);
        self.whose.push(names.number(child));
        true
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// A row by its place, the first being 0.
    #[inline]
    pub fn row(&self, index: usize) -> Row<'_> {
        Row { sheet: self, index }
    }

    /// Every row, in the order of the file.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|index| self.row(index))
    }
}

/// One row of a sheet.
#[derive(Clone, Copy)]
pub struct Row<'s> {
    sheet: &'s Sheet,
    /// Its place in the sheet, the first being 0.
    pub index: usize,
}

impl<'s> Row<'s> {
    /// The text of a column by its place in [`Table::columns`], trimmed, codes in capitals; empty if blank.
    #[inline]
    pub fn text(self, column: usize) -> &'s str {
        let at = self.index * self.sheet.width + column;
        let start = if at == 0 { 0 } else { self.sheet.ends[at - 1] };
        &self.sheet.text[start as usize..self.sheet.ends[at] as usize]
    }

    /// Whether a column is filled.
    #[inline]
    pub fn has(self, column: usize) -> bool {
        !self.text(column).is_empty()
    }

    /// Whether a column is one of these codes.
    #[inline]
    pub fn is(self, column: usize, codes: &[&str]) -> bool {
        codes.contains(&self.text(column))
    }

    /// The date of a column that holds dates; `None` if it is blank or no date.
    #[inline]
    pub fn date(self, column: usize) -> Option<Night> {
        let width = self.sheet.dates_width;
        let slot = self.sheet.slots[column] as usize;
        assert!(slot < width, "{} has no date in column {column}", self.sheet.table);
        match self.sheet.dates[self.index * width + slot] {
            NO_DATE => None,
            days => Night::from_days(i64::from(days)),
        }
    }

    /// The line in the file.
    pub fn line(self) -> u32 {
        self.sheet.lines[self.index]
    }

    /// The child by number; `None` if CHILD is blank.
    #[inline]
    pub fn child(self) -> Option<u32> {
        Some(self.sheet.whose[self.index]).filter(|&child| child != NOBODY)
    }

    /// The table that the row is of.
    pub fn table(self) -> Table {
        self.sheet.table
    }
}

/// The tables of one year's return as they came.
pub struct Sheets {
    /// The year they were read as.
    pub year: ReturnYear,
    /// In the order of [`Table::ALL`], one a table at most.
    pub sheets: Vec<Sheet>,
    /// Files that were passed over.
    pub passed_over: Vec<Finding>,
    pub(super) names: Names,
}

impl Sheets {
    /// The sheet of a table, if the return has it.
    pub fn get(&self, table: Table) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.table == table)
    }

    /// How many children the sheets name.
    pub fn children(&self) -> usize {
        self.names.len()
    }

    /// The council's own number for a child.
    pub fn name(&self, child: u32) -> Option<&Masked> {
        self.names.name(child)
    }
}
