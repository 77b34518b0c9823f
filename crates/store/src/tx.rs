//! Commits. Every one has a number, a moment, an actor and, if the caller gave one, a key that makes it happen once.

use std::borrow::Cow;

use kernel::Seq;

use crate::db::{Db, Row, Val};
use crate::fault::Fault;
use crate::notice;

/// Who records what, and when.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// The moment, as `2025-06-02T09:00:00.000000Z`. Never before the commit before: then that one's moment is taken.
    pub at: &'a str,
    /// Who.
    pub actor: &'a str,
    /// The idempotency key, if one was given.
    pub key: Option<&'a str>,
    /// The command in one word or two.
    pub command: &'a str,
    /// A digest of what was asked, compared when a key comes again.
    pub content: &'a str,
}

/// A commit as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxRow {
    /// Its number.
    pub seq: Seq,
    /// Its moment.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub command: String,
    /// A digest of what was asked.
    pub content: String,
}

/// Later than any moment that is stored.
const AFTER_ALL: &str = "9999";

fn read(row: &Row<'_>) -> Result<TxRow, Fault> {
    Ok(TxRow {
        seq: Seq(row.int(0)?),
        at: row.text(1)?.to_owned(),
        actor: row.text(2)?.to_owned(),
        command: row.text(3)?.to_owned(),
        content: row.text(4)?.to_owned(),
    })
}

impl Db {
    /// Commits `work` under the next number, or nothing at all: if `work` fails, or finds nothing to record and
    /// gives `None`, the transaction is rolled back and no number is spent.
    pub fn commit<T, E: From<Fault>>(
        &mut self,
        stamp: &Stamp<'_>,
        work: impl FnOnce(&mut Db, Seq) -> Result<Option<T>, E>,
    ) -> Result<Option<(Seq, T)>, E> {
        self.begin()?;
        let outcome = self.stamped(stamp, work);
        match &outcome {
            Ok(Some(_)) => {
                if let Err(fault) = self.end(true) {
                    let _ = self.end(false);
                    return Err(fault.into());
                }
            }
            _ => {
                // The reason for giving up matters more than a failure to roll back, which closing does anyway.
                let _ = self.end(false);
            }
        }
        outcome
    }

    fn stamped<T, E: From<Fault>>(
        &mut self,
        stamp: &Stamp<'_>,
        work: impl FnOnce(&mut Db, Seq) -> Result<Option<T>, E>,
    ) -> Result<Option<(Seq, T)>, E> {
        let last = self.latest_tx()?;
        let seq = Seq(last.as_ref().map_or(1, |last| last.seq.0 + 1));
        let at = last.as_ref().map_or(stamp.at, |last| stamp.at.max(&last.at));
        self.exec(
            "INSERT INTO tx (seq, at, actor, key, command, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            &[
                Val::Int(seq.0),
                Val::Text(at),
                Val::Text(stamp.actor),
                stamp.key.into(),
                Val::Text(stamp.command),
                Val::Text(stamp.content),
            ],
        )?;
        Ok(work(self, seq)?.map(|done| (seq, done)))
    }

    /// The last commit.
    pub fn latest_tx(&mut self) -> Result<Option<TxRow>, Fault> {
        self.row("SELECT seq, at, actor, command, content FROM tx ORDER BY seq DESC LIMIT 1", &[], read)
    }

    /// The commit that used a key.
    pub fn tx_by_key(&mut self, key: &str) -> Result<Option<TxRow>, Fault> {
        self.row("SELECT seq, at, actor, command, content FROM tx WHERE key = ?1", &[key.into()], read)
    }

    /// The last commit at or before a moment: what was known then.
    pub fn tx_at(&mut self, moment: &str) -> Result<Option<TxRow>, Fault> {
        self.row(
            "SELECT seq, at, actor, command, content FROM tx WHERE at <= ?1 ORDER BY seq DESC LIMIT 1",
            &[moment.into()],
            read,
        )
    }

    /// The last commit at or before a moment, of any moment if none is given, leaving those out that go by `unseen`.
    pub fn tx_seen_at(&mut self, moment: Option<&str>, unseen: &str) -> Result<Option<TxRow>, Fault> {
        self.row(
            "SELECT seq, at, actor, command, content FROM tx WHERE at <= ?1 AND command <> ?2 ORDER BY seq DESC LIMIT 1",
            &[moment.unwrap_or(AFTER_ALL).into(), unseen.into()],
            read,
        )
    }

    /// A commit by its number.
    pub fn tx(&mut self, seq: Seq) -> Result<Option<TxRow>, Fault> {
        self.row("SELECT seq, at, actor, command, content FROM tx WHERE seq = ?1", &[seq.0.into()], read)
    }

    /// A row of a table in the form of the canonical dump: every column as text, in the table's fixed order.
    pub fn dump(
        &mut self,
        table: &(&'static str, &'static str, &'static str),
        each: &mut dyn FnMut(&str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let columns: Vec<&str> = table.1.split(", ").collect();
        // Made of constants only. Leaked once a table and process, because statements are named by 'static texts.
        let cast: Vec<String> = columns.iter().map(|column| format!("CAST({column} AS TEXT)")).collect();
        // The order is by the columns themselves, not by their texts of the same name.
        let order: Vec<String> = table.2.split(", ").map(|column| format!("{}.{column}", table.0)).collect();
        let sql: &'static str =
            format!("SELECT {} FROM {} ORDER BY {}", cast.join(", "), table.0, order.join(", ")).leak();
        let mut line = String::new();
        self.each(sql, &[], |row| {
            line.clear();
            line.push_str(table.0);
            for (at, column) in columns.iter().enumerate() {
                line.push('\t');
                let text = row.opt_text(at)?;
                // A notice is stored short and shown in full.
                let text = match text {
                    Some(text) if *column == "body" && table.0 == "door_notice" => Some(notice::shown(text)),
                    text => text.map(Cow::Borrowed),
                };
                match text {
                    Some(text) => line.push_str(&text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t")),
                    None => line.push_str("\\N"),
                }
            }
            each(&line)
        })
    }
}
