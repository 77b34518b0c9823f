//! A return laid out for the rules: rows by child, episodes in order.

use std::cell::OnceCell;

use kernel::Night;

use super::columns::episodes::{DEC, DECOM, LS, REC, RNE};
use super::columns::header::DOB;
use crate::ssda903::beside::Beside;
use crate::ssda903::sheet::{Row, Sheet, Sheets};
use crate::ssda903::tables::Table;

/// The rows of one sheet by child; within a child in the order of the file, episodes by DECOM first, those without one
/// last.
struct ByChild<'s> {
    sheet: &'s Sheet,
    rows: Vec<u32>,
    /// Where each child's rows begin, and one past the last child's.
    starts: Vec<u32>,
}

impl<'s> ByChild<'s> {
    fn new(sheet: &'s Sheet, children: usize) -> ByChild<'s> {
        let mut starts = vec![0u32; children + 1];
        for child in sheet.rows().filter_map(Row::child) {
            starts[child as usize + 1] += 1;
        }
        for child in 0..children {
            starts[child + 1] += starts[child];
        }
        let mut next = starts.clone();
        let mut rows = vec![0u32; starts[children] as usize];
        for row in sheet.rows() {
            if let Some(child) = row.child() {
                let place = &mut next[child as usize];
                rows[*place as usize] = row.index as u32;
                *place += 1;
            }
        }
        if sheet.table == Table::Episodes {
            for child in 0..children {
                let own = &mut rows[starts[child] as usize..starts[child + 1] as usize];
                own.sort_by_key(|&row| {
                    let decom = sheet.row(row as usize).date(DECOM);
                    (decom.is_none(), decom)
                });
            }
        }
        ByChild { sheet, rows, starts }
    }

    fn of(&self, child: u32) -> impl DoubleEndedIterator<Item = Row<'s>> + Clone + use<'_, 's> {
        let range = self.starts[child as usize] as usize..self.starts[child as usize + 1] as usize;
        let sheet = self.sheet;
        self.rows[range].iter().map(move |&row| sheet.row(row as usize))
    }
}

/// One year's tables by child.
struct Year<'s> {
    sheets: &'s Sheets,
    tables: Vec<ByChild<'s>>,
}

impl<'s> Year<'s> {
    fn new(sheets: &'s Sheets) -> Year<'s> {
        let tables = sheets.sheets.iter().map(|sheet| ByChild::new(sheet, sheets.children())).collect();
        Year { sheets, tables }
    }

    fn of(&self, table: Table, child: u32) -> impl DoubleEndedIterator<Item = Row<'s>> + Clone + use<'_, 's> {
        let by_child = self.tables.iter().find(|by_child| by_child.sheet.table == table);
        by_child.into_iter().flat_map(move |by_child| by_child.of(child))
    }
}

/// A stretch of care without a gap: from the first DECOM to the last DEC, `None` while it goes on.
#[derive(Clone, Copy)]
pub(super) struct Care {
    pub(super) from: Night,
    pub(super) to: Option<Night>,
}

/// The return under examination, and last year's.
pub(super) struct Case<'s> {
    now: Year<'s>,
    last: Option<Year<'s>>,
    beside: &'s Beside,
    /// By child, once somebody asks.
    all_year: OnceCell<Vec<bool>>,
    /// 1 April.
    pub(super) start: Night,
    /// 31 March.
    pub(super) end: Night,
}

impl<'s> Case<'s> {
    pub(super) fn new(now: &'s Sheets, last: Option<&'s Sheets>, beside: &'s Beside) -> Case<'s> {
        let (start, end) = (now.year.nights().start(), now.year.known_through());
        Case { now: Year::new(now), last: last.map(Year::new), beside, all_year: OnceCell::new(), start, end }
    }

    pub(super) fn year(&self) -> kernel::ReturnYear {
        self.now.sheets.year
    }

    /// What is known beside the return.
    pub(super) fn beside_return(&self) -> &'s Beside {
        self.beside
    }

    /// Whether the child of a row was looked after for the whole year, as the Department's rules have it (OC2 is asked of
    /// those children): in care in the year, never beginning after 1 April, never ending before 31 March, and never in
    /// short breaks.
    pub(super) fn looked_after_all_year(&self, row: Row<'_>) -> bool {
        let all_year = self.all_year.get_or_init(|| self.children().map(|child| self.all_year(child)).collect());
        row.child().is_some_and(|child| all_year[child as usize])
    }

    fn all_year(&self, child: u32) -> bool {
        let mut any = false;
        for row in self.of(Table::Episodes, child) {
            let (from, to) = (row.date(DECOM), row.date(DEC));
            let in_year = from.is_some_and(|from| from <= self.end) && to.is_none_or(|to| to >= self.start);
            let enters = from.is_some_and(|from| self.start < from && from <= self.end) && row.is(RNE, &["S"]);
            let leaves = to.is_some_and(|to| self.start <= to && to < self.end) && !row.is(REC, &["X1"]);
            if enters || leaves || (in_year && row.is(LS, &["V3", "V4"])) {
                return false;
            }
            any |= in_year;
        }
        any
    }

    /// Every row of a table.
    pub(super) fn rows(&self, table: Table) -> impl Iterator<Item = Row<'s>> + use<'s> {
        self.now.sheets.get(table).into_iter().flat_map(Sheet::rows)
    }

    /// A row by its place.
    pub(super) fn row(&self, table: Table, index: u32) -> Option<Row<'s>> {
        Some(self.now.sheets.get(table)?.row(index as usize))
    }

    /// Every child that the return names.
    pub(super) fn children(&self) -> impl Iterator<Item = u32> + use<> {
        0..self.now.sheets.children() as u32
    }

    /// A child's rows of a table.
    pub(super) fn of(&self, table: Table, child: u32) -> impl DoubleEndedIterator<Item = Row<'s>> + Clone + '_ {
        self.now.of(table, child)
    }

    /// The rows of a table that belong to the child of another row.
    pub(super) fn beside(&self, table: Table, row: Row<'_>) -> impl DoubleEndedIterator<Item = Row<'s>> + Clone + '_ {
        row.child().into_iter().flat_map(move |child| self.now.of(table, child))
    }

    /// A child's episodes that have a DECOM, in order.
    pub(super) fn begun(&self, child: u32) -> impl DoubleEndedIterator<Item = Row<'s>> + Clone + '_ {
        self.of(Table::Episodes, child).filter(|row| row.date(DECOM).is_some())
    }

    /// Each episode with the one before it of the same child.
    pub(super) fn pairs(&self, mut each: impl FnMut(Row<'s>, Row<'s>)) {
        for child in self.children() {
            let mut before = None;
            for row in self.of(Table::Episodes, child) {
                if let Some(before) = before.replace(row) {
                    each(before, row);
                }
            }
        }
    }

    /// The first row that the Header has of the child of a row.
    pub(super) fn header(&self, row: Row<'_>) -> Option<Row<'s>> {
        self.beside(Table::Header, row).next()
    }

    /// The date of birth that the Header has of the child of a row.
    pub(super) fn born(&self, row: Row<'_>) -> Option<Night> {
        self.header(row)?.date(DOB)
    }

    /// The date on which the child of a row reaches an age.
    pub(super) fn birthday(&self, row: Row<'_>, age: i16) -> Option<Night> {
        Some(self.born(row)?.birthday(age))
    }

    /// A child's stretches of care, in order.
    pub(super) fn care(&self, child: u32) -> Vec<Care> {
        let mut care: Vec<Care> = Vec::new();
        for row in self.begun(child) {
            let (Some(from), to) = (row.date(DECOM), row.date(DEC)) else { continue };
            match care.last_mut().filter(|last| last.to.is_none_or(|to| from <= to)) {
                Some(last) => last.to = to,
                None => care.push(Care { from, to }),
            }
        }
        care
    }

    /// The rows of last year's table that belong to the child of a row.
    pub(super) fn last_year(
        &self,
        table: Table,
        row: Row<'_>,
    ) -> impl DoubleEndedIterator<Item = Row<'s>> + Clone + use<'_, 's> {
        let found = self.last.as_ref().and_then(|last| Some((last, last.sheets.names.find(row.text(0))?)));
        found.into_iter().flat_map(move |(last, child)| last.of(table, child))
    }

    /// Last year's rows of a table.
    pub(super) fn last_rows(&self, table: Table) -> impl Iterator<Item = Row<'s>> + '_ {
        self.last.iter().filter_map(move |last| last.sheets.get(table)).flat_map(Sheet::rows)
    }

    /// This year's rows of a table for the child of a row of last year's.
    pub(super) fn this_year(&self, table: Table, row: Row<'_>) -> impl Iterator<Item = Row<'s>> + use<'_, 's> {
        let child = self.now.sheets.names.find(row.text(0));
        child.into_iter().flat_map(move |child| self.now.of(table, child))
    }
}
