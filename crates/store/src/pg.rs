//! PostgreSQL: one writer at a time by an advisory lock, bulk writes by COPY.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;

use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls, Statement};

use crate::db::{Bulk, Row, Val, Wing};
use crate::fault::Fault;
use crate::schema::{self, Guards};

/// The advisory lock that a writer holds: the letters CAREBANK.
const WRITER: i64 = 0x4341_5245_4241_4E4B;

pub(crate) struct Pg {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

/// A value with the type that the column has, so that NULL goes anywhere.
#[derive(Debug)]
struct Bound<'a>(Val<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            Val::Null => Ok(IsNull::Yes),
            Val::Int(value) => value.to_sql(kind, out),
            Val::Text(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        <i64 as ToSql>::accepts(kind) || <&str as ToSql>::accepts(kind)
    }

    to_sql_checked!();
}

fn connect(url: &str) -> Result<Client, Fault> {
    let mut config: Config = url.parse().map_err(|error: postgres::Error| {
        Fault::Unreachable(format!("{error}; write postgres://user@host:port/name"))
    })?;
    if config.get_password().is_none() {
        // Kept out of the arguments, where every process of the machine can read it.
        if let Ok(password) = std::env::var("PGPASSWORD") {
            config.password(password);
        }
    }
    config.application_name("carebank");
    config.connect(NoTls).map_err(|error| {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        Fault::Unreachable(format!("{error}{cause}"))
    })
}

impl Pg {
    pub(crate) fn init(url: &str, guards: Guards) -> Result<(), Fault> {
        let mut client = connect(url)?;
        let there = client.query_one("SELECT to_regclass('meta') IS NOT NULL", &[])?;
        if there.get(0) {
            let shown = crate::db::Target::Database(url.to_owned()).shown();
            return Err(Fault::AlreadyThere(shown));
        }
        let mut transaction = client.transaction()?;
        transaction.batch_execute(&schema::postgres(0, guards))?;
        Ok(transaction.commit()?)
    }

    /// Brings the schema of version `from` up to date, all or nothing.
    pub(crate) fn upgrade(&mut self, from: i64) -> Result<(), Fault> {
        self.begin()?;
        let upgraded = self.client.batch_execute(&schema::postgres(from, Guards::On));
        self.end(upgraded.is_ok())?;
        Ok(upgraded?)
    }

    pub(crate) fn open(url: &str, wing: Wing) -> Result<Pg, Fault> {
        let mut client = connect(url)?;
        let there = client.query_one("SELECT to_regclass('meta') IS NOT NULL", &[])?;
        if !there.get::<_, bool>(0) {
            let shown = crate::db::Target::Database(url.to_owned()).shown();
            return Err(Fault::NotInitialised(shown));
        }
        match wing {
            Wing::Care => client.batch_execute("SET ROLE carebank_care")?,
            Wing::Bank => client.batch_execute("SET ROLE carebank_bank")?,
            Wing::Whole => {}
        }
        client.batch_execute("SET lock_timeout = '5s'")?;
        Ok(Pg { client, statements: HashMap::new() })
    }

    fn statement(&mut self, sql: &'static str) -> Result<Statement, Fault> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(&numbered(sql))?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }

    pub(crate) fn exec(&mut self, sql: &'static str, values: &[Val<'_>]) -> Result<u64, Fault> {
        let statement = self.statement(sql)?;
        let bound: Vec<Bound<'_>> = values.iter().copied().map(Bound).collect();
        let parameters: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|value| value as _).collect();
        Ok(self.client.execute(&statement, &parameters)?)
    }

    pub(crate) fn each(
        &mut self,
        sql: &'static str,
        values: &[Val<'_>],
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let statement = self.statement(sql)?;
        let bound: Vec<Bound<'_>> = values.iter().copied().map(Bound).collect();
        let mut rows = self.client.query_raw(&statement, bound.iter().map(|value| value as &(dyn ToSql + Sync)))?;
        while let Some(row) = rows.next()? {
            each(&Row::Pg(&row))?;
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
        let columns_text = columns.join(", ");
        let into = key.map_or(table, |_| "fresh_rows");
        if key.is_some() {
            // COPY cannot update: the rows go through a table of this transaction.
            self.client.batch_execute(&format!(
                "CREATE TEMP TABLE IF NOT EXISTS fresh_rows (LIKE {table}) ON COMMIT DROP; TRUNCATE fresh_rows"
            ))?;
        }
        let sql = format!("COPY {into} ({columns_text}) FROM STDIN");
        {
            let mut copy = Copy { writer: self.client.copy_in(&sql)?, line: String::with_capacity(256) };
            fill(&mut copy)?;
            copy.writer.finish()?;
        }
        if let Some(key) = key {
            self.client.batch_execute(&format!(
                "INSERT INTO {table} ({columns_text}) SELECT {columns_text} FROM fresh_rows{}; DROP TABLE fresh_rows",
                schema::on_conflict(key, columns)
            ))?;
        }
        Ok(())
    }

    pub(crate) fn begin(&mut self) -> Result<(), Fault> {
        self.client.batch_execute("BEGIN")?;
        let locked = self.client.execute("SELECT pg_advisory_xact_lock($1)", &[&WRITER]);
        if locked.is_err() {
            self.end(false)?;
        }
        locked?;
        Ok(())
    }

    pub(crate) fn begin_read(&mut self) -> Result<(), Fault> {
        Ok(self.client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")?)
    }

    pub(crate) fn end(&mut self, keep: bool) -> Result<(), Fault> {
        // A transaction in which a statement failed ends in a rollback even by COMMIT, and the server calls that a
        // success: asking for anything first makes it say so.
        Ok(self.client.batch_execute(if keep { "SELECT 1; COMMIT" } else { "ROLLBACK" })?)
    }

    pub(crate) fn durability(&mut self) -> Result<String, Fault> {
        let read = "SELECT 'fsync=' || current_setting('fsync') || ' synchronous_commit=' \
                    || current_setting('synchronous_commit') || ' full_page_writes=' \
                    || current_setting('full_page_writes')";
        Ok(self.client.query_one(read, &[])?.get(0))
    }
}

/// `?1` for SQLite is `$1` for PostgreSQL. (SQLite would bind `$2, $1` by appearance, silently swapped.)
fn numbered(sql: &str) -> String {
    sql.replace('?', "$")
}

struct Copy<'a> {
    writer: postgres::CopyInWriter<'a>,
    line: String,
}

impl Bulk for Copy<'_> {
    fn put(&mut self, row: &[Val<'_>]) -> Result<(), Fault> {
        self.line.clear();
        for (place, value) in row.iter().enumerate() {
            if place > 0 {
                self.line.push('\t');
            }
            match value {
                Val::Null => self.line.push_str("\\N"),
                Val::Int(value) => {
                    let _ = write!(self.line, "{value}");
                }
                Val::Text(text) => escape(text, &mut self.line),
            }
        }
        self.line.push('\n');
        self.writer.write_all(self.line.as_bytes()).map_err(|error| Fault::Other(error.to_string()))
    }
}

fn escape(text: &str, line: &mut String) {
    for character in text.chars() {
        match character {
            '\\' => line.push_str("\\\\"),
            '\t' => line.push_str("\\t"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            other => line.push(other),
        }
    }
}
