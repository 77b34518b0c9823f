//! The right home, first time: what is known of a child and of homes, the search, the decision, the placement that comes
//! of it. All of it is of the care wing; there is no price in any of it, and the door gets a notice and nothing else.

mod audit;
mod child;
mod decide;
mod due;
mod facts;
mod joint;
mod life;
mod list;
mod refer;
mod supply;
mod unmet;

use care::home::{Case, Event, Refusal, Stage, What, cases, concerned};
use kernel::{ChildRef, Masked, Night, Seq};
use serde::Serialize;
use store::{Db, HomeEvent, StoredChild, Wing};

use crate::office::{Committed, Office};
use crate::problem::Problem;
use crate::reference::sha256;
use crate::transfers::Transfers;

/// The closed lists of words that commands are read into.
pub mod words {
    pub use care::home::{Decline, Reply, Role, View};
    pub use care::money_word;
    pub use matching::Sex;
}

pub use audit::FairnessPage;
pub use child::{ChildPage, HomePage, NewChild};
pub use decide::{AnswerLine, DecisionPage, HoldTerms, Recorded, UnmetLine, VoiceLine};
pub use due::{HomeDue, HomeDueLine};
pub use joint::{JointChild, JointGroup, JointLeft, JointPage, Lives};
pub use life::{Arrival, Correction, LifeStep};
pub use list::{HomeList, ListedHome, WhyNotPage};
pub use refer::Referral;
pub use unmet::{MissingPage, MissingReason};

/// What was recorded of a search or a placement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Done {
    /// The commit.
    pub tx: Seq,
    /// Whether it was recorded now, rather than before under the same key.
    pub recorded: bool,
    /// Whose search.
    pub child: ChildRef,
    /// Which search of the child.
    pub search: i64,
    /// What: `opened`, `held`, `decided`…
    pub what: String,
    /// The home that it is about.
    pub setting: Option<String>,
    /// Sentences for whoever did it.
    pub told: Vec<String>,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        Problem::asked(refusal.code, refusal.sentence)
    }
}

/// The child, as known now.
pub(crate) fn known_child(db: &mut Db, child: ChildRef) -> Result<StoredChild, Problem> {
    db.child(child, Seq::NOW)?.ok_or_else(|| {
        let sentence = format!("there is no child {child}; record one with `carebank home child`");
        Problem::not_found("child", sentence)
    })
}

/// Events as the pure core reads them.
pub(crate) fn events(rows: &[HomeEvent]) -> Result<Vec<Event>, Problem> {
    rows.iter()
        .map(|row| {
            let what: What = serde_json::from_str(&row.body).map_err(|_| {
                Problem::from(store::Fault::Damaged("a stored event of a search cannot be read".to_owned()))
            })?;
            let words = row.words.is_some();
            Ok(Event { search: row.search, on: row.on, setting: row.setting.clone(), words, what })
        })
        .collect()
}

/// The child's searches by `known`, in order.
pub(crate) fn searches(db: &mut Db, child: ChildRef, known: Seq) -> Result<Vec<Case>, Problem> {
    Ok(cases(&events(&db.home_events_of(child, known)?)?))
}

/// The child's last search.
pub(crate) fn last_search(db: &mut Db, child: ChildRef) -> Result<Case, Problem> {
    searches(db, child, Seq::NOW)?.pop().ok_or_else(|| no_search(child))
}

pub(crate) fn no_search(child: ChildRef) -> Problem {
    let sentence = format!("no home was ever looked for for {child}; begin with `carebank home open`");
    Problem::not_found("search", sentence)
}

/// The search that an event is about, and the last one: see [`concerned`].
pub(crate) fn search_of(db: &mut Db, child: ChildRef, what: &What) -> Result<Case, Problem> {
    concerned(&searches(db, child, Seq::NOW)?, what).cloned().ok_or_else(|| no_search(child))
}

/// A hold that has expired before a decision is as if it had never been.
pub(crate) fn without_lapsed_hold(mut case: Case, at: &str) -> Case {
    if case.stage == Stage::Searching && case.held.as_ref().is_some_and(|(.., expires)| expires.as_str() <= at) {
        case.held = None;
    }
    case
}

/// What has happened is recorded, and nothing that has not.
pub(crate) fn has_come(on: Night, today: Night) -> Result<(), Problem> {
    match on > today {
        true => Err(Problem::asked("home.date", format!("{on} has not come yet; record what has happened"))),
        false => Ok(()),
    }
}

/// What professionals and providers write says nothing of money: law 1.
pub(crate) fn without_money(what: &str, words: Option<&Masked>) -> Result<(), Problem> {
    match words.and_then(|words| care::money_word(words.reveal())) {
        None => Ok(()),
        Some(word) => {
            let sentence =
                format!("{what} speaks of money (\"{word}\"), which has no place beside a placement; leave it out");
            Err(Problem::refused("home.money", sentence))
        }
    }
}

/// An event to be recorded.
pub(crate) fn row(seq: Seq, item: i64, child: ChildRef, event: &Event, words: Option<Masked>) -> HomeEvent {
    HomeEvent {
        seq,
        item,
        child,
        search: event.search,
        kind: event.what.kind().to_owned(),
        on: event.on,
        setting: event.setting.clone(),
        body: serde_json::to_string(&event.what).expect("an event is plain data"),
        words,
    }
}

/// One event on a child's last search, with the words said.
pub(crate) struct Step {
    pub on: Night,
    pub setting: Option<String>,
    pub what: What,
    pub words: Option<Masked>,
}

impl Step {
    /// As an event of a search.
    pub(crate) fn event(&self, search: i64) -> Event {
        let words = self.words.is_some();
        Event { search, on: self.on, setting: self.setting.clone(), words, what: self.what.clone() }
    }
}

impl Office {
    /// The same of one event.
    pub(crate) fn home_step_content(&self, db: &mut Db, child: ChildRef, step: &Step) -> Result<String, Problem> {
        let said = step.words.as_ref().map(Masked::reveal).unwrap_or_default();
        let (child, what) = (child.to_string(), format!("{:?}", step.what));
        let setting = step.setting.as_deref().unwrap_or_default();
        self.home_content(db, &[&child, &step.on.iso(), setting, &what, said])
    }

    /// A digest of a command that an idempotency key is compared by. Keyed, so that it tells nothing of words.
    pub(crate) fn home_content(&self, db: &mut Db, parts: &[&str]) -> Result<String, Problem> {
        let secret = db.reference_key()?.unwrap_or_default();
        Ok(sha256(&format!("{secret}\n{}", parts.join("\n"))))
    }

    /// Records one event on a child's last search, if it may follow what was recorded before: decided under the
    /// writer's lock.
    pub(crate) fn home_step(&self, child: ChildRef, step: Step) -> Result<Done, Problem> {
        let mut db = self.open(Wing::Care)?;
        known_child(&mut db, child)?;
        let content = self.home_step_content(&mut db, child, &step)?;
        let kind = step.what.kind();
        let (setting, mut search) = (step.setting.clone(), 0);
        let now = self.clock.now();
        let committed = self.commit(&mut db, "home", &content, |db, seq| {
            let at = db.tx(seq)?.map_or_else(|| now.as_str().to_owned(), |tx| tx.at);
            let case = without_lapsed_hold(search_of(db, child, &step.what)?, &at);
            search = case.search;
            let event = step.event(search);
            case.allows(&event)?;
            db.record_home_events(&[row(seq, 0, child, &event, step.words)])?;
            Ok(Some(()))
        })?;
        done(committed, child, search, kind, setting, Vec::new())
    }
}

/// Refuses what would give a child, whom another council took over and has in its care from a night on, a second bed.
pub(crate) fn not_elsewhere(db: &mut Db, child: ChildRef, night: Night) -> Result<(), Problem> {
    match Transfers::load(db, Seq::NOW)?.elsewhere(db, child, night)? {
        None => Ok(()),
        Some((other, council)) => Err(Problem::asked(
            "home.transferred",
            format!(
                "{council} is responsible for the child and has them as {other}: look for a home there, or end that first"
            ),
        )),
    }
}

pub(crate) fn done(
    committed: Committed<()>,
    child: ChildRef,
    search: i64,
    what: &str,
    setting: Option<String>,
    told: Vec<String>,
) -> Result<Done, Problem> {
    let (tx, recorded) = match committed {
        Committed::Recorded(tx, ()) => (tx, true),
        Committed::Replayed(tx) => (tx, false),
        Committed::Nothing => return Err(Problem::asked("home.nothing", "there was nothing to record")),
    };
    Ok(Done { tx, recorded, child, search, what: what.to_owned(), setting, told })
}
