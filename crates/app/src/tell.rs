//! Telling the duty person: disclosures, and words that nobody has taken on, go out by every channel configured, again and
//! again by the protocol's escalation, until a named person has acknowledged them.
//!
//! A message says whom to tell, about which placement and since when, and never what was said: see [`message`]. What was
//! said is recorded before, in a commit of its own: no channel can hold it up.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Night, PlacementId, Seq};
use serde::Serialize;
use store::{VoiceFactRow, Wing};

use crate::channel::Channel;
use crate::due::{Row, told_by};
use crate::moment::Moment;
use crate::office::{Office, VOICE};
use crate::problem::Problem;
use crate::protocol::protocol;
use crate::reference::sha256;
use crate::voice::Body;

/// Somebody told, or not, by a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Telling {
    /// The role that is to be told.
    pub role: String,
    /// About which placement.
    pub placement: PlacementId,
    /// Since when, UTC.
    pub due: String,
    /// By which channel.
    pub channel: String,
    /// Why the channel did not take it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// What went out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VoiceTell {
    /// How many channels are configured.
    pub channels: usize,
    /// What was tried now.
    pub tried: Vec<Telling>,
    /// How many messages are due that no channel has taken, now or before.
    pub untold: usize,
}

/// Whether a channel took a message about nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trial {
    /// The channel.
    pub channel: String,
    /// Why it did not take it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// A message due: about which answer, to whom, since which minute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    placement: PlacementId,
    since: Night,
    at: i64,
    role: String,
}

/// What a channel is given: the role, the reference of the placement, and since when the role is to be told. Not what
/// was said, nor whether it was a mark or words, nor a name.
fn message(due: &Due) -> String {
    let (role, placement, at) = (&due.role, due.placement, Moment::of_minutes(due.at));
    format!("role: {role}\nplacement: {placement}\ndue: {}\n", at.as_str())
}

impl Office {
    /// Tells whoever is to be told by now, by every channel that has not taken it yet, and records what each took.
    pub fn voice_tell(&self, channels: &[Channel]) -> Result<VoiceTell, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (protocol, now) = (protocol(&mut db)?, self.clock.now().minutes());
        let mut rows: BTreeMap<PlacementId, Vec<Row>> = BTreeMap::new();
        let mut children = BTreeMap::new();
        for row in db.voice_facts(Seq::NOW)? {
            children.insert(row.placement, row.child);
            rows.entry(row.placement).or_default().push(Row::new(row)?);
        }
        let mut due: BTreeSet<Due> = BTreeSet::new();
        // By channel: whether it has taken a message, of those it was tried with.
        let mut before: BTreeMap<(Due, String), bool> = BTreeMap::new();
        for (&placement, rows) in &rows {
            for row in rows {
                let told = told_by(row, rows, &protocol, now);
                // Each role once; the last, which is told again and again, for its last time.
                let latest: BTreeMap<String, i64> = told.into_iter().map(|told| (told.role, told.at)).collect();
                due.extend(latest.into_iter().map(|(role, at)| Due { placement, since: row.on, at, role }));
                if let Some(told) = row.told() {
                    let due = Due { placement, since: told.since, at: told.at, role: told.role };
                    *before.entry((due, told.channel)).or_default() |= told.taken;
                }
            }
        }
        let open = |channel: &Channel| -> Vec<&Due> {
            let taken = |due: &&Due| before.get(&((*due).clone(), channel.name.clone())) != Some(&true);
            due.iter().filter(taken).collect()
        };
        let tried: Vec<(&Due, &Channel, Option<String>)> = std::thread::scope(|scope| {
            let running: Vec<_> = channels.iter().map(|one| (one, open(one))).collect();
            let running: Vec<_> =
                running.into_iter().map(|(one, due)| scope.spawn(move || hand_over(one, due))).collect();
            running.into_iter().flat_map(|one| one.join().expect("a channel's thread ends as it began")).collect()
        });
        let untold = due.iter().filter(|due| {
            let now = tried.iter().any(|(tried, _, failed)| tried == due && failed.is_none());
            !now && !before.iter().any(|((told, _), taken)| told == *due && *taken)
        });
        let untold = untold.count();
        // That a channel failed is recorded once, not every minute.
        let fresh = tried.iter().filter(|(due, channel, failed)| {
            failed.is_none() || !before.contains_key(&((*due).clone(), channel.name.clone()))
        });
        let facts: Vec<VoiceFactRow> = fresh
            .filter_map(|(due, channel, failed)| {
                let body = Body::telling(due.since, &due.role, &channel.name, due.at, failed.is_none());
                let (child, on) = (*children.get(&due.placement)?, self.today());
                let (kind, words) = ("told".to_owned(), None);
                Some(VoiceFactRow { seq: Seq(0), item: 0, child, placement: due.placement, on, kind, body, words })
            })
            .collect();
        self.record_tellings(&mut db, facts)?;
        let tried = tried.into_iter().map(|(due, channel, failed)| Telling {
            role: due.role.clone(),
            placement: due.placement,
            due: Moment::of_minutes(due.at).as_str().to_owned(),
            channel: channel.name.clone(),
            failed,
        });
        Ok(VoiceTell { channels: channels.len(), tried: tried.collect(), untold })
    }

    /// Gives every channel a message about nobody, of the form that a real one has, and tells which took it.
    pub fn voice_trial(&self, channels: &[Channel]) -> Vec<Trial> {
        let now = Moment::of_minutes(self.clock.now().minutes());
        let message = format!("role: trial\nplacement: none\ndue: {}\n", now.as_str());
        let trial = |channel: &Channel| {
            let failed = channel.take(&message).err().map(|refused| refused.why);
            Trial { channel: channel.name.clone(), failed }
        };
        channels.iter().map(trial).collect()
    }

    fn record_tellings(&self, db: &mut store::Db, mut facts: Vec<VoiceFactRow>) -> Result<(), Problem> {
        if facts.is_empty() {
            return Ok(());
        }
        let mut content = db.reference_key()?.unwrap_or_default();
        facts.iter().for_each(|fact| content += &format!("\n{}\n{}", fact.placement, fact.body));
        // A key is for what was asked; what went out because of it is no part of that.
        let office = Office { key: None, ..self.clone() };
        office.commit(db, VOICE, &sha256(&content), |db, seq| {
            facts.iter_mut().zip(0..).for_each(|(fact, item)| (fact.seq, fact.item) = (seq, item));
            db.record_voice_facts(&facts)?;
            Ok(Some(()))
        })?;
        Ok(())
    }
}

/// Hands messages to a channel, one after another. One that hangs is not tried again now: the next minute will.
fn hand_over<'a>(channel: &'a Channel, due: Vec<&'a Due>) -> Vec<(&'a Due, &'a Channel, Option<String>)> {
    let mut hung = false;
    due.into_iter()
        .map(|due| {
            if hung {
                return (due, channel, Some("it took too long with the message before".to_owned()));
            }
            let refused = channel.take(&message(due)).err();
            hung = refused.as_ref().is_some_and(|refused| refused.hung);
            (due, channel, refused.map(|refused| refused.why))
        })
        .collect()
}
