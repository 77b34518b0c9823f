//! Rows on their way into SQLite, many to a statement.
//!
//! To open the cursors of a table and its indexes costs about as much as the row itself, so one statement takes as many
//! rows as it well can, and cursors that stand on the last page find the next key without a search.

use std::ops::Range;

use rusqlite::{CachedStatement, Connection};

use crate::db::{Bulk, Val};
use crate::fault::Fault;
use crate::schema;

/// How many values a statement takes. More is not faster.
const VALUES: usize = 400;

/// A value of a row that waits; texts lie one behind another in [`Batch::text`].
enum Slot {
    Null,
    Int(i64),
    Text(Range<usize>),
}

/// Rows that wait for the next statement.
pub(crate) struct Batch<'a> {
    connection: &'a Connection,
    head: String,
    tail: String,
    columns: usize,
    rows: usize,
    many: CachedStatement<'a>,
    slots: Vec<Slot>,
    text: String,
}

impl<'a> Batch<'a> {
    /// For rows of `columns`; one whose `key` is there already replaces the former, if there is a key.
    pub(crate) fn new(
        connection: &'a Connection,
        table: &str,
        columns: &[&str],
        key: Option<&str>,
    ) -> Result<Batch<'a>, Fault> {
        // A trigger on insertion sees rows one by one: several to a statement would be kept aside first.
        let rows = if schema::SEALED.contains(&table) { 1 } else { (VALUES / columns.len()).max(1) };
        // OR FAIL: a refused row fails as it is, without SQLite keeping a journal for each statement. Whoever writes in
        // bulk does so in a transaction that is rolled back as a whole.
        let head = format!("INSERT OR FAIL INTO {table} ({}) VALUES ", columns.join(", "));
        let tail = key.map(|key| schema::on_conflict(key, columns)).unwrap_or_default();
        let many = connection.prepare_cached(&statement(&head, &tail, columns.len(), rows))?;
        let slots = Vec::with_capacity(rows * columns.len());
        Ok(Batch { connection, head, tail, columns: columns.len(), rows, many, slots, text: String::new() })
    }

    /// Writes what still waits.
    pub(crate) fn finish(mut self) -> Result<(), Fault> {
        let rows = self.slots.len() / self.columns;
        if rows == 0 {
            return Ok(());
        }
        self.many = self.connection.prepare_cached(&statement(&self.head, &self.tail, self.columns, rows))?;
        self.write()
    }

    fn write(&mut self) -> Result<(), Fault> {
        for (place, slot) in (1..).zip(&self.slots) {
            let value = match slot {
                Slot::Null => Val::Null,
                Slot::Int(value) => Val::Int(*value),
                Slot::Text(range) => Val::Text(&self.text[range.clone()]),
            };
            self.many.raw_bind_parameter(place, value)?;
        }
        self.many.raw_execute()?;
        self.slots.clear();
        self.text.clear();
        Ok(())
    }
}

impl Bulk for Batch<'_> {
    fn put(&mut self, row: &[Val<'_>]) -> Result<(), Fault> {
        assert_eq!(row.len(), self.columns, "a row has a value for each column");
        for value in row {
            self.slots.push(match value {
                Val::Null => Slot::Null,
                Val::Int(value) => Slot::Int(*value),
                Val::Text(value) => {
                    let from = self.text.len();
                    self.text.push_str(value);
                    Slot::Text(from..self.text.len())
                }
            });
        }
        if self.slots.len() == self.rows * self.columns { self.write() } else { Ok(()) }
    }
}

/// The statement for so many rows.
fn statement(head: &str, tail: &str, columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    format!("{head}{}{tail}", vec![row; rows].join(", "))
}
