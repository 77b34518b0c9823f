//! The office: where the store is, who is acting, and what time it is.

use kernel::{Night, Seq};
use serde::Serialize;
use store::{Db, Stamp, Target, TxRow, Wing};

use crate::moment::{Clock, Moment};
use crate::problem::Problem;

/// Told of progress in long work: a sentence now and then.
pub type Progress<'a> = &'a dyn Fn(&str);

/// Everything a use case needs besides what it is asked.
#[derive(Clone, Debug)]
pub struct Office {
    /// Where the store is.
    pub target: Target,
    /// Who is acting, as recorded with every commit.
    pub actor: String,
    /// What time it is.
    pub clock: Clock,
    /// The caller's idempotency key: the same command under the same key happens once.
    pub key: Option<String>,
}

/// What to look back to.
#[derive(Clone, Debug, Default)]
pub struct AsOf {
    /// Nights up to and including this one. Otherwise the last night that a run has paid for; before any run, the date
    /// of the last commit known.
    pub as_of: Option<Night>,
    /// As known at this moment. Otherwise as known now.
    pub known_at: Option<Moment>,
}

/// The resolved point of view of an answer, printed with it: the same point of view gives the same answer, always.
///
/// Nothing of it that is shown counts what children said: what the voice recorded is passed over, and the number of the
/// commit, which counts that too, is not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Known {
    /// The last commit that was known, but for those of the voice.
    #[serde(skip)]
    pub tx: Seq,
    /// The last run known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<i64>,
    /// The moment of that commit, UTC.
    pub known_at: String,
    /// The last night looked at.
    pub as_of: Night,
}

impl Office {
    /// An office on the machine's clock, without a key.
    pub fn new(target: Target, actor: &str) -> Office {
        Office { target, actor: actor.to_owned(), clock: Clock::System, key: None }
    }

    pub(crate) fn open(&self, wing: Wing) -> Result<Db, Problem> {
        Ok(Db::open(&self.target, wing)?)
    }

    /// Commits once: under a key that was used before, the same content gives `Replayed` and other content is refused.
    pub(crate) fn commit<T>(
        &self,
        db: &mut Db,
        command: &str,
        content: &str,
        work: impl FnOnce(&mut Db, Seq) -> Result<Option<T>, Problem>,
    ) -> Result<Committed<T>, Problem> {
        let at = self.clock.now();
        let key = self.key.as_deref();
        let stamp = Stamp { at: at.as_str(), actor: &self.actor, key, command, content };
        if let Some(key) = key
            && let Some(before) = db.tx_by_key(key)?
        {
            return replayed(key, &before, command, content);
        }
        match db.commit(&stamp, work) {
            Ok(Some((seq, done))) => Ok(Committed::Recorded(seq, done)),
            Ok(None) => Ok(Committed::Nothing),
            // Another process may have used the key since it was looked up.
            Err(problem) => match key.map(|key| db.tx_by_key(key)).transpose()?.flatten().zip(key) {
                Some((before, key)) => replayed(key, &before, command, content),
                None => Err(problem),
            },
        }
    }

    /// The moment of the last commit, if the clock is before it: what is recorded now will carry that moment.
    pub fn clock_behind(&self) -> Result<Option<String>, Problem> {
        let last = self.open(Wing::Whole)?.latest_tx()?;
        Ok(last.map(|last| last.at).filter(|at| self.clock.now().as_str() < at.as_str()))
    }

    /// Resolves a point of view to the last commit known and the last night looked at.
    pub(crate) fn known(&self, db: &mut Db, view: &AsOf) -> Result<Known, Problem> {
        let tx = seen(db, view, "nothing has been recorded yet; begin with `carebank import ssda903`")?;
        let run = db.latest_run(tx.seq)?;
        let as_of = match view.as_of {
            Some(night) => night,
            None => run.as_ref().map_or_else(|| Moment::date(&tx.at), |run| run.through),
        };
        Ok(Known { tx: tx.seq, run: run.map(|run| run.run), known_at: tx.at, as_of })
    }
}

/// The name that every commit of the voice goes by. Points of view pass these commits over, so that neither a number nor
/// a moment shown to anybody depends on whether a child has answered.
pub(crate) const VOICE: &str = "voice";

/// The last commit known of a point of view, but for those of the voice.
pub(crate) fn seen(db: &mut Db, view: &AsOf, empty: &str) -> Result<TxRow, Problem> {
    let tx = db.tx_seen_at(view.known_at.as_ref().map(Moment::as_str), VOICE)?;
    tx.ok_or_else(|| match &view.known_at {
        Some(moment) => {
            let when = Moment::shown(moment.as_str());
            Problem::not_found("moment", format!("nothing was recorded by {when}; give a later --known-at"))
        }
        None => Problem::not_found("record", empty),
    })
}

fn replayed<T>(key: &str, before: &TxRow, command: &str, content: &str) -> Result<Committed<T>, Problem> {
    if (before.command.as_str(), before.content.as_str()) == (command, content) {
        Ok(Committed::Replayed(before.seq))
    } else {
        Err(store::Fault::KeyConflict { key: key.to_owned(), seq: before.seq.0 }.into())
    }
}

pub(crate) enum Committed<T> {
    /// Recorded under this number.
    Recorded(Seq, T),
    /// The same command was recorded before under the same key.
    Replayed(Seq),
    /// There was nothing to record.
    Nothing,
}
