//! What the care wing has to do as of a day: who is to be asked, what follows from what was said, who is to be told.

use std::collections::BTreeMap;

use ::voice::{
    Alert, Calendar, Follow, FollowKind, Given, IntegrityFlag, Protocol, Signal, Stay, Tenure, follow_ups, integrity,
    to_ask, told,
};
use kernel::{ChildRef, CouncilCode, Night, PlacementId, Seq};
use serde::Serialize;
use store::{VoiceFactRow, Wing};

use crate::lives::{Hearing, Lives};
use crate::office::Office;
use crate::problem::Problem;
use crate::protocol::protocol;
use crate::voice::Body;

/// How many nights back the list of what is to be done looks: what is older was before children were asked, or is for
/// the record alone.
const LOOK_BACK: i32 = 183;

/// Something to be asked, or done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DueLine {
    /// By when.
    pub by: Night,
    /// `ask`, `review`, `reply`, `visit`…
    pub what: String,
    /// The council.
    pub council: CouncilCode,
    /// The child, opaque.
    pub child: ChildRef,
    /// The placement that it is about: where the child was on that day.
    pub placement: PlacementId,
    /// Since when the child has been there.
    pub arrived: Night,
    /// The child's age in years on that day, by which the questions are chosen.
    pub age: i16,
    /// When the child was born, for whoever answers for them in a demonstration; never printed.
    #[serde(skip)]
    pub born: Night,
    /// What it follows from.
    pub since: Night,
    /// Whether it should have been done by now.
    pub overdue: bool,
}

/// What the care wing has to do as of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VoiceDue {
    /// As of.
    pub today: Night,
    /// In order of date.
    pub lines: Vec<DueLine>,
}

/// A stored fact with its rest read.
pub(crate) struct Row {
    /// Its place in the order of record.
    at: (Seq, i64),
    placement: PlacementId,
    pub(crate) on: Night,
    kind: String,
    body: Body,
}

/// That a role was to be told of the answer of a day, by a channel, and whether that took it.
pub(crate) struct ToldRow {
    pub(crate) since: Night,
    pub(crate) at: i64,
    pub(crate) role: String,
    pub(crate) channel: String,
    pub(crate) taken: bool,
}

impl Row {
    pub(crate) fn new(row: VoiceFactRow) -> Result<Row, Problem> {
        let body = Body::read(&row.body)?;
        Ok(Row { at: (row.seq, row.item), placement: row.placement, on: row.on, kind: row.kind, body })
    }

    /// Whether a later fact of one of these kinds is about this one.
    fn is_followed(&self, kinds: &[&str], rows: &[Row]) -> bool {
        rows.iter().any(|other| {
            kinds.contains(&other.kind.as_str())
                && other.placement == self.placement
                && other.at > self.at
                && other.body.since == Some(self.on)
        })
    }

    /// Words that no duty person has read.
    fn is_unread(&self, rows: &[Row]) -> bool {
        self.kind == "answered" && self.body.words && !self.is_followed(&["read"], rows)
    }

    /// A disclosure about which people have not decided: until they have, nothing moves.
    fn is_undecided(&self, rows: &[Row]) -> bool {
        let read_as_one = |other: &Row| {
            let harm = other.kind == "read" && other.body.substantiated == Some(true);
            harm && other.placement == self.placement && other.body.since == Some(self.on)
        };
        let by_words = self.body.words && rows.iter().any(read_as_one);
        let disclosed = self.kind == "answered" && (self.body.signal == Some(Signal::Safety) || by_words);
        disclosed && !self.is_followed(&["decided"], rows)
    }

    /// What it says of a channel, if it does.
    pub(crate) fn told(&self) -> Option<ToldRow> {
        let (since, telling) = (self.body.since?, self.body.telling.clone()?);
        let crate::voice::TellingBody { role, channel, at, taken } = telling;
        Some(ToldRow { since, at, role, channel, taken })
    }

    /// A disclosure, or words, that no named person has taken on.
    fn is_unacknowledged(&self, rows: &[Row]) -> bool {
        let alerts = self.kind == "answered" && (self.body.signal == Some(Signal::Safety) || self.body.words);
        alerts && !self.is_followed(&["acknowledged"], rows)
    }
}

impl Office {
    /// Who is to be asked, and what is to be done, as of `today`; for one council or all.
    pub fn voice_due(&self, council: Option<CouncilCode>, today: Night) -> Result<VoiceDue, Problem> {
        let mut db = self.open(Wing::Care)?;
        let mut rows: BTreeMap<ChildRef, Vec<Row>> = BTreeMap::new();
        let mut hearing = Hearing::default();
        for row in db.voice_facts(Seq::NOW)? {
            let (child, row) = (row.child, Row::new(row)?);
            hearing.take(child, row.placement, row.on, &row.kind, &row.body.told());
            rows.entry(child).or_default().push(row);
        }
        let said = hearing.said();
        let born: BTreeMap<ChildRef, Night> =
            db.children(council, Seq::NOW)?.into_iter().map(|child| (child.child, child.born)).collect();
        let lives = Lives::load(self, &mut db, council, (Seq::NOW, today))?;
        let (protocol, calendar, nothing) = (&lives.protocol, Calendar::shipped(), Vec::new());
        let lines = lives.fold(&said, Vec::new, |lines: &mut Vec<DueLine>, life| {
            let rows = rows.get(&life.child).unwrap_or(&nothing);
            for (tenure, dues) in life.tenures.iter().filter(|(tenure, _)| tenure.nights().start() <= today) {
                let council = life.notices.iter().find(|notice| tenure.has(notice.placement));
                let (Some(council), Some(born)) = (council.map(|notice| notice.council), born.get(&life.child)) else {
                    continue;
                };
                let line = |what: String, since: Night, by: Night| {
                    let stay = stay_on(tenure, rows, since.min(today));
                    DueLine {
                        by,
                        what,
                        council,
                        child: life.child,
                        placement: stay.placement,
                        arrived: stay.nights.start(),
                        age: since.age(*born),
                        born: *born,
                        since,
                        overdue: by < today,
                    }
                };
                let asks = to_ask(tenure, dues, &life.facts, today, protocol, calendar);
                lines.extend(asks.into_iter().map(|ask| line("ask".to_owned(), ask.due, ask.by)));
                let follows = follow_ups(tenure, dues, &life.facts, today, protocol, calendar);
                let recent = |follow: &Follow| follow.since >= today.plus(-LOOK_BACK);
                let open = follows.into_iter().filter(|follow| recent(follow) && !done(follow, rows, tenure));
                lines.extend(open.map(|follow| line(name(follow.kind), follow.since, follow.by)));
                let mine = || rows.iter().filter(|row| tenure.has(row.placement));
                for (row, role) in mine().filter_map(|row| Some((row, self.told_last(row, rows, protocol)?))) {
                    lines.push(line(format!("tell {role}"), row.on, row.on));
                }
                for row in mine().filter(|row| row.is_undecided(rows)) {
                    let by = calendar.after(row.on, protocol.on(row.on).reply_working_days);
                    lines.push(line("decide".to_owned(), row.on, by));
                }
                for row in mine().filter(|row| row.is_unread(rows)) {
                    lines.push(line("read-words".to_owned(), row.on, row.on));
                }
            }
        });
        let mut lines = lines.concat();
        lines.sort_unstable();
        Ok(VoiceDue { today, lines })
    }

    /// Who was to be told last, by now, of a disclosure or of words that no named person has acknowledged.
    fn told_last(&self, row: &Row, rows: &[Row], protocol: &Protocol) -> Option<String> {
        told_by(row, rows, protocol, self.clock.now().minutes()).pop().map(|told| told.role)
    }

    /// Integrity flags of all answers, for the independent person and nobody else: by child, in order.
    pub fn voice_integrity(&self) -> Result<Vec<IntegrityFlag>, Problem> {
        let mut db = self.open(Wing::Care)?;
        let mut given = Vec::new();
        for row in db.voice_facts(Seq::NOW)?.into_iter().filter(|row| row.kind == "answered") {
            let said = Body::read(&row.body)?;
            let Some(setting) = db.notice(row.placement, Seq::NOW)?.and_then(|notice| notice.setting) else { continue };
            if let (Some(at), Some(marks)) = (said.received, said.marks.first().copied()) {
                let (child, placement, providers_device) = (row.child, row.placement, said.providers_device);
                given.push(Given { child, placement, setting, at, marks, providers_device });
            }
        }
        let protocol = protocol(&mut db)?;
        Ok(integrity(&given, protocol.on(self.today()).identical_minutes))
    }
}

/// Everyone who is to have been told, by a minute, of a disclosure or of words that no named person has acknowledged.
pub(crate) fn told_by(row: &Row, rows: &[Row], protocol: &Protocol, now: i64) -> Vec<::voice::Told> {
    let received = row.body.received.filter(|_| row.is_unacknowledged(rows));
    received.map_or_else(Vec::new, |received| told(Alert { received }, None, now, protocol.on(row.on)))
}

/// The stay that an answer of a day was about; of no answer, where the child was.
fn stay_on<'a>(tenure: &'a Tenure, rows: &[Row], day: Night) -> &'a Stay {
    let stays = tenure.stays();
    let answer = rows.iter().find(|row| row.kind == "answered" && row.on == day && tenure.has(row.placement));
    let of_answer = answer.and_then(|row| stays.iter().find(|stay| stay.placement == row.placement));
    of_answer.or_else(|| stays.iter().rfind(|stay| stay.nights.start() <= day)).unwrap_or(&stays[0])
}

fn name(kind: FollowKind) -> String {
    match kind {
        FollowKind::Safeguarding => "safeguarding",
        FollowKind::Review => "review",
        FollowKind::Advocate => "offer-advocate",
        FollowKind::Reply => "reply",
        FollowKind::Visit => "visit",
        FollowKind::IroTold => "tell-iro",
        FollowKind::AskAgain => "ask-again",
        FollowKind::NotAsked => "not-asked",
    }
    .to_owned()
}

/// Whether a later fact has done what was to be done.
fn done(follow: &Follow, rows: &[Row], tenure: &Tenure) -> bool {
    rows.iter().filter(|row| tenure.has(row.placement)).any(|row| match follow.kind {
        FollowKind::Safeguarding => row.kind == "acknowledged" && row.body.since == Some(follow.since),
        FollowKind::Reply => row.kind == "reply" && row.body.since == Some(follow.since),
        FollowKind::Review | FollowKind::Advocate => row.kind == "review" && row.on >= follow.since,
        FollowKind::Visit | FollowKind::IroTold | FollowKind::AskAgain => row.kind == "asked" && row.on > follow.since,
        FollowKind::NotAsked => false,
    })
}
