//! SQLite: write-ahead log, one writer, full synchronisation at every commit.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags};

use crate::batch::Batch;
use crate::db::{Bulk, Row, Val, Wing};
use crate::fault::Fault;
use crate::schema::{self, Guards};

const FILE: &str = "carebank.sqlite";
/// How long to wait for another writer before saying so.
const WAIT: Duration = Duration::from_secs(5);
/// Page cache, KiB. A national run touches each standing once, in order, so more is not faster.
const CACHE_KIB: i64 = 64 * 1024;
/// Bytes of a page of a new store. Rows come in thousands: half as many pages to a commit as SQLite's own 4,096 makes.
const PAGE: i64 = 8_192;
/// How many statements stay prepared.
const STATEMENTS: usize = 128;

/// From how many rows on a bulk write looks whether indexes are better made behind it.
const MANY: usize = 1_000;

pub(crate) struct Lite {
    connection: Connection,
    wing: Wing,
}

impl ToSql for Val<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Val::Null => ValueRef::Null,
            Val::Int(value) => ValueRef::Integer(*value),
            Val::Text(value) => ValueRef::Text(value.as_bytes()),
        }))
    }
}

impl Lite {
    pub(crate) fn init(folder: &Path, guards: Guards) -> Result<(), Fault> {
        let file = folder.join(FILE);
        if file.exists() {
            return Err(Fault::AlreadyThere(folder.display().to_string()));
        }
        let draft = draft(folder)?;
        let connection = connect(&draft, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        connection.execute_batch(&schema::sqlite(0, guards))?;
        // Leaving the write-ahead mode checkpoints it, so that the one file is the whole store.
        connection.pragma_update(None, "journal_mode", "DELETE")?;
        connection.close().map_err(|(_, error)| error)?;
        in_place(&draft, &file)
    }

    /// Brings the schema of version `from` up to date, all or nothing.
    pub(crate) fn upgrade(&mut self, from: i64) -> Result<(), Fault> {
        self.begin()?;
        let upgraded = self.connection.execute_batch(&schema::sqlite(from, Guards::On));
        self.end(upgraded.is_ok())?;
        Ok(upgraded?)
    }

    /// Writes the whole store, as of one moment, into another folder. Others may write meanwhile.
    pub(crate) fn copy_to(&mut self, folder: &Path) -> Result<(), Fault> {
        let file = folder.join(FILE);
        if file.exists() {
            return Err(Fault::AlreadyThere(folder.display().to_string()));
        }
        let draft = draft(folder)?;
        self.connection.execute("VACUUM INTO ?1", [draft.to_string_lossy()])?;
        in_place(&draft, &file)
    }

    pub(crate) fn open(folder: &Path, wing: Wing) -> Result<Lite, Fault> {
        let file = folder.join(FILE);
        match file.try_exists() {
            Ok(true) => {}
            Ok(false) => return Err(Fault::NotInitialised(folder.display().to_string())),
            Err(why) if why.kind() == std::io::ErrorKind::NotADirectory => {
                return Err(Fault::NotInitialised(folder.display().to_string()));
            }
            Err(why) => return Err(Fault::ReadOnly(format!("{}: {why}", file.display()))),
        }
        let mut lite = Lite { connection: connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE)?, wing };
        lite.fence()?;
        Ok(lite)
    }

    /// Keeps the connection to what its wing may touch.
    fn fence(&mut self) -> Result<(), Fault> {
        let wing = self.wing;
        if wing != Wing::Whole {
            self.connection.authorizer(Some(move |context: AuthContext<'_>| authorise(wing, &context)))?;
        }
        Ok(())
    }

    pub(crate) fn exec(&mut self, sql: &str, values: &[Val<'_>]) -> Result<u64, Fault> {
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.execute(rusqlite::params_from_iter(values))? as u64)
    }

    pub(crate) fn each(
        &mut self,
        sql: &str,
        values: &[Val<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            each(&Row::Lite(row))?;
        }
        Ok(())
    }

    pub(crate) fn bulk(
        &mut self,
        table: &str,
        columns: &[&str],
        key: Option<&str>,
        fill: &mut dyn FnMut(&mut dyn Bulk) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut batch = Batch::new(&self.connection, table, columns, key)?;
        fill(&mut batch)?;
        batch.finish()
    }

    /// As [`Lite::bulk`] for so many rows. Where they are more than a table has, those of its indexes to which they come in no
    /// order are taken away and made anew behind them, in the same transaction: sorted at once they cost a third as much.
    pub(crate) fn bulk_many(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: usize,
        fill: &mut dyn FnMut(&mut dyn Bulk) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        // The Bank writes none of these tables, and is refused.
        let few = rows < MANY || self.wing == Wing::Bank;
        let indexes = if few { Vec::new() } else { self.indexes_to_remake(table, rows)? };
        for (name, _) in &indexes {
            self.beyond_the_fence(&format!("DROP INDEX {name}"))?;
        }
        self.bulk(table, columns, None, fill)?;
        for (_, made) in &indexes {
            self.beyond_the_fence(made)?;
        }
        Ok(())
    }

    /// The names of a table's scattered indexes and the statements that made them; none where the table holds as many rows
    /// already, or where a failure between would not be rolled back.
    fn indexes_to_remake(&mut self, table: &str, rows: usize) -> Result<Vec<(&'static str, String)>, Fault> {
        let mut held = 0;
        self.each(&format!("SELECT COUNT(*) FROM {table}"), &[], &mut |row| {
            held = row.int(0)?;
            Ok(())
        })?;
        let mut indexes = Vec::new();
        if self.connection.is_autocommit() || usize::try_from(held).is_ok_and(|held| held >= rows) {
            return Ok(indexes);
        }
        for name in schema::SCATTERED.iter().filter(|(of, _)| *of == table).map(|(_, name)| *name) {
            let sql = "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?1";
            self.each(sql, &[name.into()], &mut |row| {
                indexes.push((name, row.text(0)?.to_owned()));
                Ok(())
            })?;
        }
        Ok(indexes)
    }

    /// Runs a statement that no wing may, and puts the fence up again.
    fn beyond_the_fence(&mut self, sql: &str) -> Result<(), Fault> {
        self.connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
        let ran = self.connection.execute_batch(sql);
        self.fence()?;
        Ok(ran?)
    }

    pub(crate) fn begin(&mut self) -> Result<(), Fault> {
        Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?)
    }

    pub(crate) fn begin_read(&mut self) -> Result<(), Fault> {
        Ok(self.connection.execute_batch("BEGIN")?)
    }

    pub(crate) fn end(&mut self, keep: bool) -> Result<(), Fault> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        Ok(self.connection.execute_batch(if keep { "COMMIT" } else { "ROLLBACK" })?)
    }

    pub(crate) fn physical_check(&mut self) -> Result<Vec<String>, Fault> {
        let mut findings = Vec::new();
        self.each("PRAGMA integrity_check", &[], &mut |row| {
            findings.push(row.text(0)?.to_owned());
            Ok(())
        })?;
        findings.retain(|finding| finding != "ok");
        self.each("PRAGMA foreign_key_check", &[], &mut |row| {
            findings.push(format!("{} has a row whose parent is missing", row.text(0)?));
            Ok(())
        })?;
        Ok(findings)
    }

    pub(crate) fn durability(&mut self) -> Result<String, Fault> {
        let read =
            |name: &str| self.connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0));
        let shown = |value| match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            _ => String::new(),
        };
        Ok(format!(
            "journal_mode={} synchronous={} foreign_keys={} recursive_triggers={}",
            shown(read("journal_mode")?),
            shown(read("synchronous")?),
            shown(read("foreign_keys")?),
            shown(read("recursive_triggers")?)
        ))
    }
}

/// The name under which a store is written before it is moved into place, so that a killed command leaves no half store.
fn draft(folder: &Path) -> Result<PathBuf, Fault> {
    make_private(folder).map_err(|error| Fault::ReadOnly(error.to_string()))?;
    let draft = folder.join(format!("{FILE}.new"));
    for leftover in [draft.clone(), draft.with_extension("new-wal"), draft.with_extension("new-shm")] {
        let _ = fs::remove_file(leftover);
    }
    Ok(draft)
}

/// Moves a draft into place, once the disk has all of it.
fn in_place(draft: &Path, file: &Path) -> Result<(), Fault> {
    let moved = fs::File::open(draft).and_then(|written| written.sync_all()).and_then(|()| fs::rename(draft, file));
    moved.map_err(|error| Fault::ReadOnly(error.to_string()))
}

fn connect(file: &Path, flags: OpenFlags) -> Result<Connection, Fault> {
    let connection = Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Heard by a file that is being made, and by no other.
    connection.pragma_update(None, "page_size", PAGE)?;
    connection.busy_timeout(WAIT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL in write-ahead mode synchronises the log at every commit: what was reported as done survives a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "recursive_triggers", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// The store holds what nobody else of the machine may read: a folder made here is its owner's alone.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The fence between the wings: what a connection may touch goes by the first word of the table's name. A wing reads
/// and writes rows; what the house stands on (tables, triggers, settings, other files) is not its to change.
fn authorise(wing: Wing, context: &AuthContext<'_>) -> Authorization {
    let may = match context.action {
        AuthAction::Select
        | AuthAction::Recursive
        | AuthAction::Function { .. }
        | AuthAction::Transaction { .. }
        | AuthAction::Savepoint { .. } => true,
        AuthAction::Pragma { pragma_value, .. } => pragma_value.is_none(),
        AuthAction::Read { table_name, .. } => match wing {
            Wing::Care => !table_name.starts_with("bank_"),
            Wing::Bank => !table_name.starts_with("care_"),
            Wing::Whole => true,
        },
        AuthAction::Insert { table_name }
        | AuthAction::Update { table_name, .. }
        | AuthAction::Delete { table_name } => match wing {
            Wing::Care => {
                ["care_", "door_", "register_"].iter().any(|whose| table_name.starts_with(whose)) || table_name == "tx"
            }
            Wing::Bank => table_name.starts_with("bank_") || table_name == "tx",
            Wing::Whole => true,
        },
        _ => false,
    };
    if may { Authorization::Allow } else { Authorization::Deny }
}
