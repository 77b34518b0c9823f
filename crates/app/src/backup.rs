//! A backup is a store: the same facts and postings, as of one moment, in a folder of its own. It can be asked anything
//! that the store can, and it can be restored into another folder or into a database.

use std::path::Path;

use kernel::Seq;
use serde::Serialize;
use store::{Db, Target, Wing};

use crate::office::{Office, Progress};
use crate::problem::Problem;
use crate::verify::Verification;

/// What a copy holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// From where.
    pub from: String,
    /// To where.
    pub to: String,
    /// The last commit in it.
    pub tx: Seq,
    /// Its moment, UTC.
    pub known_at: String,
    /// The last run in it, if there is one.
    pub run: Option<i64>,
    /// The seal of that run: the same seal, the same ledger.
    pub seal: Option<String>,
    /// Everything in the copy worked out again.
    pub verification: Verification,
}

impl Office {
    /// Copies the store, as of one moment, into a new folder, and verifies the copy. Others may write meanwhile.
    pub fn backup(&self, to: &Path, progress: Progress<'_>) -> Result<Copied, Problem> {
        self.copied(&self.target, &Target::Folder(to.to_owned()), progress)
    }

    /// Makes this office's store, which must not be there yet, from a backup, and verifies it.
    pub fn restore(&self, from: &Path, progress: Progress<'_>) -> Result<Copied, Problem> {
        self.copied(&Target::Folder(from.to_owned()), &self.target, progress)
    }

    fn copied(&self, from: &Target, to: &Target, progress: Progress<'_>) -> Result<Copied, Problem> {
        let mut store = Db::open(from, Wing::Whole)?;
        if store.latest_tx()?.is_none() {
            let why = "was never finished, and there is nothing in it; run `carebank init` again";
            return Err(Problem::asked("backup.empty", format!("the store at {} {why}", from.shown())));
        }
        store.copy_to(to, &|table| progress(&format!("{table} is copied")))?;
        let verification = Office { target: to.clone(), ..self.clone() }.verify(progress)?;
        let mut db = Db::open(to, Wing::Whole)?;
        let last = db.latest_tx()?.ok_or_else(|| {
            Problem::asked("backup.failed", "the copy is empty; remove it and run the same command again")
        })?;
        let run = db.latest_run(Seq::NOW)?;
        Ok(Copied {
            from: from.shown(),
            to: to.shown(),
            tx: last.seq,
            known_at: last.at,
            run: run.as_ref().map(|run| run.run),
            seal: run.map(|run| run.hash.to_string()),
            verification,
        })
    }
}
