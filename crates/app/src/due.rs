//! What the care wing has to do as of a day: who is to be asked, what follows from what was said, who is to be told.

use std::collections::BTreeMap;

use ::voice::{
    Alert, Calendar, Follow, FollowKind, Given, IntegrityFlag, Protocol, Signal, Tenure, follow_ups, integrity, to_ask,
    told,
};
use kernel::{ChildRef, CouncilCode, Night, PlacementId, Seq};
use serde::Serialize;
use store::{VoiceFactRow, Wing};

use crate::lives::{Hearing, Lives, Noticed};
use crate::office::Office;
use crate::problem::Problem;
use crate::protocol::protocol;
use crate::voice::Body;

/// How many nights back the list looks for due dates for which nobody asked, or nobody answered: what is older was before
/// children were asked, or is for the record alone.
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
        let lives = Lives::load(self, &mut db, council, (Seq::NOW, today))?;
        let mut rows: BTreeMap<ChildRef, Vec<Row>> = BTreeMap::new();
        let mut hearing = Hearing::default();
        for row in db.voice_facts(Seq::NOW)? {
            let (child, row) = (row.child, Row::new(row)?);
            hearing.take(child, row.placement, row.on, &row.kind, &row.body.told());
            rows.entry(lives.transfers.first(child)).or_default().push(row);
        }
        rows.values_mut().for_each(|rows| rows.sort_by_key(|row| row.at));
        let said = hearing.said();
        let born: BTreeMap<ChildRef, Night> =
            db.children(council, Seq::NOW)?.into_iter().map(|child| (child.child, child.born)).collect();
        let (protocol, calendar, nothing) = (&lives.protocol, Calendar::shipped(), Vec::new());
        let lines = lives.fold(&said, Vec::new, |lines: &mut Vec<DueLine>, life| {
            let rows = rows.get(&life.child).unwrap_or(&nothing);
            let Some(born) = lives.transfers.all(life.child).iter().find_map(|child| born.get(child)) else { return };
            // Whoever is responsible as of today does it, also what another council left open.
            let line = |whose: &Noticed, (placement, arrived): (PlacementId, Night), what: String, since, by| {
                let (council, child) = (whose.council, whose.known_as);
                let (age, overdue) = (Night::age(since, *born), by < today);
                DueLine { by, what, council, child, placement, arrived, age, born: *born, since, overdue }
            };
            for (tenure, dues) in life.tenures.iter().filter(|(tenure, _)| tenure.nights().start() <= today) {
                let Some(whose) = responsible(tenure, life.notices, today) else { continue };
                let mine = |row: &Row| tenure.has(life.at_home(row.placement));
                let asks = to_ask(tenure, dues, &life.facts, today, protocol, calendar).into_iter();
                lines.extend(asks.map(|ask| {
                    let at = stay_on(tenure, rows, ask.due.min(today), &mine);
                    line(whose, at, "ask".to_owned(), ask.due, ask.by)
                }));
                let follows = follow_ups(tenure, dues, &life.facts, today, protocol, calendar).into_iter();
                lines.extend(follows.filter(|follow| is_open(follow, today) && !done(follow, rows, &mine)).map(
                    |follow| {
                        let (mut placement, arrived) = stay_on(tenure, rows, follow.since.min(today), &mine);
                        // What is said to an answer names the placement of the answer; all else the one that stands.
                        if !matches!(follow.kind, FollowKind::Reply | FollowKind::Safeguarding) {
                            placement = life.at_home(placement);
                        }
                        line(whose, (placement, arrived), name(follow.kind), follow.since, follow.by)
                    },
                ));
            }
            // A disclosure, and words, whatever has become of the placement since: withdrawn, or a time away after all.
            for row in rows.iter().filter(|row| row.kind == "answered") {
                let tenure = life.tenures.iter().map(|(tenure, _)| tenure);
                let tenure = tenure.clone().find(|tenure| tenure.has(life.at_home(row.placement)));
                let there = life.notices.iter().find(|notice| notice.placement == row.placement);
                let whose = tenure.and_then(|tenure| responsible(tenure, life.notices, today));
                let Some(whose) = whose.or(there) else { continue };
                let stay = tenure.and_then(|tenure| tenure.stays().iter().find(|stay| stay.placement == row.placement));
                let at = (row.placement, stay.map_or(row.on, |stay| stay.nights.start()));
                if tenure.is_none() && row.body.signal == Some(Signal::Safety) && row.is_unacknowledged(rows) {
                    lines.push(line(whose, at, name(FollowKind::Safeguarding), row.on, row.on));
                }
                if let Some(role) = self.told_last(row, rows, protocol) {
                    lines.push(line(whose, at, format!("tell {role}"), row.on, row.on));
                }
                if row.is_undecided(rows) {
                    let by = calendar.after(row.on, protocol.on(row.on).reply_working_days);
                    lines.push(line(whose, at, "decide".to_owned(), row.on, by));
                }
                if row.is_unread(rows) {
                    lines.push(line(whose, at, "read-words".to_owned(), row.on, row.on));
                }
            }
        });
        let mut lines = lines.concat();
        lines.retain(|line| council.is_none_or(|council| council == line.council));
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
    // A clock that was ahead and has been set right makes nobody wait.
    let received = row.body.received.filter(|_| row.is_unacknowledged(rows)).map(|received| received.min(now));
    received.map_or_else(Vec::new, |received| told(Alert { received }, None, now, protocol.on(row.on)))
}

/// With whom a tenure stands as of a day: the notice of its last stay that had begun.
fn responsible<'a>(tenure: &Tenure, notices: &'a [Noticed], today: Night) -> Option<&'a Noticed> {
    let begun = tenure.stays().iter().rfind(|stay| stay.nights.start() <= today).unwrap_or(&tenure.stays()[0]);
    notices.iter().find(|notice| notice.placement == begun.placement)
}

/// The placement that an answer of a day was about, and since when the child was there; of no answer, where the child was.
fn stay_on(tenure: &Tenure, rows: &[Row], day: Night, mine: &impl Fn(&Row) -> bool) -> (PlacementId, Night) {
    let stays = tenure.stays();
    let answer = rows.iter().find(|row| row.kind == "answered" && row.on == day && mine(row));
    let of_answer = answer.and_then(|row| stays.iter().find(|stay| stay.placement == row.placement));
    let there = of_answer.or_else(|| stays.iter().rfind(|stay| stay.nights.start() <= day)).unwrap_or(&stays[0]);
    let of_bed = stays.iter().take_while(|stay| stay.placement != there.placement).chain([there]);
    let came = of_bed.fold(there, |came, stay| if stay.same_bed { came } else { stay });
    (answer.map_or(there.placement, |row| row.placement), came.nights.start())
}

/// What follows from an answer is to be done however long ago that was; what follows from dates alone is looked for only so
/// far back.
fn is_open(follow: &Follow, today: Night) -> bool {
    match follow.kind {
        FollowKind::Safeguarding
        | FollowKind::Review
        | FollowKind::Advocate
        | FollowKind::Reply
        | FollowKind::AskOfChanges => true,
        FollowKind::Visit | FollowKind::IroTold | FollowKind::AskAgain | FollowKind::NotAsked => {
            follow.since >= today.plus(-LOOK_BACK)
        }
    }
}

fn name(kind: FollowKind) -> String {
    match kind {
        FollowKind::Safeguarding => "safeguarding",
        FollowKind::Review => "review",
        FollowKind::Advocate => "offer-advocate",
        FollowKind::Reply => "reply",
        FollowKind::Visit => "visit",
        FollowKind::IroTold => "tell-iro",
        FollowKind::AskAgain | FollowKind::AskOfChanges => "ask-again",
        FollowKind::NotAsked => "not-asked",
    }
    .to_owned()
}

/// Whether a later fact has done what was to be done.
fn done(follow: &Follow, rows: &[Row], mine: &impl Fn(&Row) -> bool) -> bool {
    // Of one day, what was recorded after what it follows from is about it: the last answer of the day, or the decision
    // after which what else was said counts, or the review.
    let of_changes = follow.kind == FollowKind::AskOfChanges;
    let opens = |row: &&Row| match row.kind.as_str() {
        "answered" => !of_changes && follow.from == follow.since && row.on == follow.since,
        "decided" => follow.from > follow.since && row.on == follow.from && row.body.since == Some(follow.since),
        "review" => of_changes && row.on == follow.since,
        _ => false,
    };
    let opened = rows.iter().filter(|row| mine(row)).filter(opens).map(|row| row.at).max();
    let later = |row: &Row| opened.is_none_or(|opened| row.at > opened);
    let after = |row: &Row| row.on > follow.from || row.on == follow.from && later(row);
    let about_it = |row: &Row| row.body.since == Some(follow.since) && later(row);
    let heard = |row: &Row| row.kind == "answered" && row.body.signal != Some(Signal::Declined);
    rows.iter().filter(|row| mine(row)).any(|row| match follow.kind {
        FollowKind::Safeguarding => row.kind == "acknowledged" && about_it(row),
        FollowKind::Reply => row.kind == "reply" && about_it(row),
        FollowKind::Review | FollowKind::Advocate => row.kind == "review" && after(row),
        FollowKind::AskOfChanges => (heard(row) || row.kind == "asked") && after(row),
        // Once the child is heard, silence asks for nothing more.
        _ if heard(row) && row.on > follow.since => follow.kind != FollowKind::NotAsked,
        FollowKind::Visit => row.kind == "visited" && row.on >= follow.since,
        FollowKind::IroTold => row.kind == "iro-told" && row.on >= follow.since,
        FollowKind::AskAgain => row.kind == "asked" && row.on > follow.since,
        FollowKind::NotAsked => false,
    })
}
