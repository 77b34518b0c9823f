//! The whole of one store into a new one, on either engine: a backup, a restore, or the way from a laptop to a server.

use crate::db::{Db, Engine, Target, Wing};
use crate::fault::Fault;
use crate::schema::{Guards, TABLES};

/// Not among [`TABLES`], which are dumped: the key that references are made with.
const SECRET: (&str, &str, &str) = ("care_secret", "name, value", "name");

impl Db {
    /// Copies everything, as of one moment, into a new store at `to`. Others may write to this one meanwhile. The copy
    /// is whole or is not there at all, and its guards have looked at every row. Tells the name of each table.
    ///
    /// From file to file it is one statement of SQLite's own; otherwise each table is read and written in bulk.
    pub fn copy_to(&mut self, to: &Target, tell: &dyn Fn(&str)) -> Result<(), Fault> {
        if let (Engine::Lite(lite), Target::Folder(folder)) = (&mut self.engine, to) {
            return lite.copy_to(folder);
        }
        let made = match to {
            // Under a name of its own until it is whole.
            Target::Folder(folder) => Target::Folder(folder.join("unfinished")),
            Target::Database(_) => to.clone(),
        };
        Db::init_with(&made, Guards::On)?;
        let mut copy = Db::open(&made, Wing::Whole)?;
        copy.begin()?;
        let copied = self.snapshot(|from| from.rows_into(&mut copy, tell));
        let kept = copied.and_then(|()| copy.end(true));
        if kept.is_err() {
            let _ = copy.end(false);
        }
        drop(copy);
        match (to, &made) {
            (Target::Folder(folder), Target::Folder(unfinished)) => {
                kept.and_then(|()| Db::open(&made, Wing::Whole)?.copy_to(&Target::Folder(folder.clone()), tell))?;
                std::fs::remove_dir_all(unfinished).map_err(|error| Fault::ReadOnly(error.to_string()))
            }
            _ => kept,
        }
    }

    /// A run's rows come before the run, which seals them.
    fn rows_into(&mut self, copy: &mut Db, tell: &dyn Fn(&str)) -> Result<(), Fault> {
        let runs = |table: &&(&str, &str, &str)| table.0 == "bank_run";
        let others = TABLES.iter().filter(|table| table.0 != "meta" && !runs(table));
        for &(table, columns, order) in others.chain([&SECRET]).chain(TABLES.iter().filter(runs)) {
            tell(table);
            // Made of constants only, and leaked once a table and process: statements are named by 'static texts.
            let sql: &'static str = format!("SELECT {columns} FROM {table} ORDER BY {order}").leak();
            let columns: &'static [&'static str] = columns.split(", ").collect::<Vec<_>>().leak();
            copy.bulk(table, columns, &mut |rows| {
                self.each(sql, &[], |row| {
                    let values = (0..columns.len()).map(|column| row.val(column)).collect::<Result<Vec<_>, _>>()?;
                    rows.put(&values)
                })
            })?;
        }
        Ok(())
    }
}
