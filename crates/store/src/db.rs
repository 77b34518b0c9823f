//! The seam: one connection of one wing to either engine.

use std::path::PathBuf;

use crate::fault::Fault;
use crate::lite::Lite;
use crate::pg::Pg;
use crate::schema::{self, Guards};

/// Where a store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A folder with the embedded store in it.
    Folder(PathBuf),
    /// A PostgreSQL database, by URL.
    Database(String),
}

impl Target {
    /// For messages: the folder, or the URL without its password.
    pub fn shown(&self) -> String {
        match self {
            Target::Folder(folder) => folder.display().to_string(),
            Target::Database(url) => match (url.find("://"), url.rfind('@')) {
                (Some(scheme), Some(at)) if scheme < at => {
                    let user = url[scheme + 3..at].split(':').next().unwrap_or_default();
                    format!("{}://{user}@{}", &url[..scheme], &url[at + 1..])
                }
                _ => url.clone(),
            },
        }
    }
}

/// Which side of the door a connection is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wing {
    /// Children, episodes, placements; writes notices at the door.
    Care,
    /// Money; reads notices at the door.
    Bank,
    /// Both: for `init`, `verify` and the canonical dump, which decide nothing.
    Whole,
}

/// A value that goes into a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Val<'a> {
    /// Nothing.
    Null,
    /// A number: nights as days, amounts as pence, references as stored.
    Int(i64),
    /// Text.
    Text(&'a str),
}

impl From<i64> for Val<'_> {
    fn from(value: i64) -> Self {
        Val::Int(value)
    }
}

impl From<Option<i64>> for Val<'_> {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Val::Null, Val::Int)
    }
}

impl<'a> From<&'a str> for Val<'a> {
    fn from(value: &'a str) -> Self {
        Val::Text(value)
    }
}

impl<'a> From<Option<&'a str>> for Val<'a> {
    fn from(value: Option<&'a str>) -> Self {
        value.map_or(Val::Null, Val::Text)
    }
}

/// A row that comes out. Columns are counted from 0.
pub enum Row<'a> {
    /// Of SQLite.
    Lite(&'a rusqlite::Row<'a>),
    /// Of PostgreSQL.
    Pg(&'a postgres::Row),
}

impl Row<'_> {
    /// A number.
    pub fn int(&self, column: usize) -> Result<i64, Fault> {
        match self {
            Row::Lite(row) => Ok(row.get(column)?),
            Row::Pg(row) => Ok(row.try_get(column)?),
        }
    }

    /// A number that may be missing.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, Fault> {
        match self {
            Row::Lite(row) => Ok(row.get(column)?),
            Row::Pg(row) => Ok(row.try_get(column)?),
        }
    }

    /// Text.
    pub fn text(&self, column: usize) -> Result<&str, Fault> {
        match self {
            Row::Lite(row) => row.get_ref(column)?.as_str().map_err(|error| Fault::Damaged(error.to_string())),
            Row::Pg(row) => Ok(row.try_get(column)?),
        }
    }

    /// A value as it is, to be written elsewhere.
    pub(crate) fn val(&self, column: usize) -> Result<Val<'_>, Fault> {
        match self {
            Row::Lite(row) => match row.get_ref(column)? {
                rusqlite::types::ValueRef::Null => Ok(Val::Null),
                rusqlite::types::ValueRef::Integer(number) => Ok(Val::Int(number)),
                _ => Ok(Val::Text(self.text(column)?)),
            },
            Row::Pg(row) if *row.columns()[column].type_() == postgres::types::Type::INT8 => {
                Ok(self.opt_int(column)?.into())
            }
            Row::Pg(_) => Ok(self.opt_text(column)?.into()),
        }
    }

    /// Text that may be missing.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, Fault> {
        match self {
            Row::Lite(row) => row.get_ref(column)?.as_str_or_null().map_err(|error| Fault::Damaged(error.to_string())),
            Row::Pg(row) => Ok(row.try_get(column)?),
        }
    }
}

pub(crate) enum Engine {
    Lite(Lite),
    Pg(Box<Pg>),
}

/// A connection to a store.
pub struct Db {
    pub(crate) engine: Engine,
}

macro_rules! on {
    ($db:expr, $engine:ident => $body:expr) => {
        match &mut $db.engine {
            Engine::Lite($engine) => $body,
            Engine::Pg($engine) => $body,
        }
    };
}

impl Db {
    /// Makes a store, with its guards. Refused where there is one in which anything was recorded.
    pub fn init(target: &Target) -> Result<(), Fault> {
        Db::init_with(target, Guards::On)
    }

    /// As [`Db::init`]; without guards only to measure what they cost.
    pub fn init_with(target: &Target, guards: Guards) -> Result<(), Fault> {
        let made = match target {
            Target::Folder(folder) => Lite::init(folder, guards),
            Target::Database(url) => Pg::init(url, guards),
        };
        let Err(Fault::AlreadyThere(place)) = made else { return made };
        // Whoever made it was killed before the first commit: it is as good as new.
        match Db::open(target, Wing::Whole)?.latest_tx()? {
            None => Ok(()),
            Some(_) => Err(Fault::AlreadyThere(place)),
        }
    }

    /// Brings a store of an older version up to date: adds the tables it lacks and makes its guards anew, all or nothing.
    /// No row is changed. Gives the version it had and the one it has now.
    pub fn upgrade(target: &Target) -> Result<(i64, i64), Fault> {
        let mut db = Db::open_any(target, Wing::Whole)?;
        let from = schema::version(&mut db, &target.shown())?;
        if from < schema::SCHEMA_VERSION {
            on!(db, engine => engine.upgrade(from))?;
        }
        Ok((from, schema::version(&mut db, &target.shown())?))
    }

    /// Opens a store for one wing.
    pub fn open(target: &Target, wing: Wing) -> Result<Db, Fault> {
        let mut db = Db::open_any(target, wing)?;
        schema::check_version(&mut db, &target.shown())?;
        Ok(db)
    }

    /// Opens a store of whatever version.
    fn open_any(target: &Target, wing: Wing) -> Result<Db, Fault> {
        let engine = match target {
            Target::Folder(folder) => Engine::Lite(Lite::open(folder, wing)?),
            Target::Database(url) => Engine::Pg(Box::new(Pg::open(url, wing)?)),
        };
        Ok(Db { engine })
    }

    /// Whether this is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Pg(_))
    }

    /// Runs one statement with `?1`, `?2`… and says how many rows it changed.
    pub fn exec(&mut self, sql: &'static str, values: &[Val<'_>]) -> Result<u64, Fault> {
        on!(self, engine => engine.exec(sql, values))
    }

    /// Gives each row of an answer to `each`, in order.
    pub fn each(
        &mut self,
        sql: &'static str,
        values: &[Val<'_>],
        mut each: impl FnMut(&Row<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        on!(self, engine => engine.each(sql, values, &mut each))
    }

    /// All rows of an answer.
    pub fn rows<T>(
        &mut self,
        sql: &'static str,
        values: &[Val<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut rows = Vec::new();
        self.each(sql, values, |row| {
            rows.push(read(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The only row of an answer, if there is one.
    pub fn row<T>(
        &mut self,
        sql: &'static str,
        values: &[Val<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        Ok(self.rows(sql, values, read)?.pop())
    }

    /// Writes many rows into one table by the fastest path of the engine: one prepared statement, or COPY.
    pub fn bulk(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        fill: &mut dyn FnMut(&mut dyn Bulk) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        on!(self, engine => engine.bulk(table, columns, None, fill))
    }

    /// As [`Db::bulk`] for so many rows: what the engine would rather know before it takes the first.
    pub fn bulk_many(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        rows: usize,
        fill: &mut dyn FnMut(&mut dyn Bulk) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match &mut self.engine {
            Engine::Lite(lite) => lite.bulk_many(table, columns, rows, fill),
            Engine::Pg(pg) => pg.bulk(table, columns, None, fill),
        }
    }

    /// As [`Db::bulk`], where a row whose `key` is there already replaces the former. For projections only.
    pub fn bulk_replace(
        &mut self,
        table: &'static str,
        columns: &'static [&'static str],
        key: &'static str,
        fill: &mut dyn FnMut(&mut dyn Bulk) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        on!(self, engine => engine.bulk(table, columns, Some(key), fill))
    }

    /// Whether the file or cluster itself reports damage. One sentence each.
    pub fn physical_check(&mut self) -> Result<Vec<String>, Fault> {
        match &mut self.engine {
            Engine::Lite(lite) => lite.physical_check(),
            Engine::Pg(_) => Ok(Vec::new()),
        }
    }

    /// How safe a commit is, as the engine reports it: journal mode and synchronous setting.
    pub fn durability(&mut self) -> Result<String, Fault> {
        on!(self, engine => engine.durability())
    }

    pub(crate) fn begin(&mut self) -> Result<(), Fault> {
        on!(self, engine => engine.begin())
    }

    pub(crate) fn end(&mut self, keep: bool) -> Result<(), Fault> {
        on!(self, engine => engine.end(keep))
    }

    /// One consistent view for several reads.
    pub fn snapshot<T, E: From<Fault>>(&mut self, read: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        on!(self, engine => engine.begin_read())?;
        let answer = read(self);
        self.end(false)?;
        answer
    }
}

/// Takes the rows of a bulk write, one by one.
pub trait Bulk {
    /// Adds a row: one value for each column.
    fn put(&mut self, row: &[Val<'_>]) -> Result<(), Fault>;
}
