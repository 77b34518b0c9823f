//! The child's voice: who is to be asked, what was said, what people do next. Care wing alone.
//!
//! Every commit here goes by the one name `voice` with a keyed digest, so that the record of commits, which both wings
//! read, does not tell what was done or for whom.

use std::collections::BTreeMap;

use ::voice::{
    Alert, Answer, Calendar, Fact, Follow, FollowKind, Given, IntegrityFlag, Mode, NoiseKey, Observation, Outcome,
    Owner, Protocol, Signal, Stay, Tenure, What, due_dates, follow_ups, integrity, tenures, to_ask, told,
};
use door::PlacementNotice;
use kernel::{ChildRef, CouncilCode, Masked, Night, Nights, PlacementId, Seq};
use serde::{Deserialize, Serialize};
use store::{Db, StoredChild, VoiceFactRow, Wing};

use crate::init::random_key;
use crate::moment::Moment;
use crate::office::{Committed, Office};
use crate::problem::Problem;
use crate::reference::sha256;

/// The first half-year whose noise is committed to, and how many follow.
const FIRST_HALF_YEAR: &str = "2017-H1";
const HALF_YEARS_COMMITTED: usize = 60;

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
    /// The placement the child is in.
    pub placement: PlacementId,
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

/// An answer as it is given.
#[derive(Clone, Debug)]
pub struct VoiceAnswer {
    /// The placement.
    pub placement: PlacementId,
    /// When.
    pub on: Night,
    /// How.
    pub mode: Mode,
    /// Marks in the order of the items; two sets if observed.
    pub marks: Vec<Observation>,
    /// The child said no to answering.
    pub declined: bool,
    /// Whether a child of 4 and more is able to answer.
    pub able: bool,
    /// Whether who helped or observed is neither carer nor provider.
    pub independent: bool,
    /// It came from a device known to be the provider's.
    pub providers_device: bool,
    /// The child's own words.
    pub words: Option<Masked>,
}

/// What was recorded. It repeats neither marks nor words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VoiceRecorded {
    /// The placement.
    pub placement: PlacementId,
    /// When.
    pub on: Night,
    /// What was recorded: `asked`, `answered`…
    pub kind: String,
    /// A duty person has to read or act now.
    pub duty_person: bool,
    /// Whether anything was recorded now; not if the same command came before under the same key.
    pub recorded: bool,
}

/// The rest of a fact, as stored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<Signal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<Mode>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    marks: Vec<Observation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<String>,
    words: bool,
    providers_device: bool,
    /// When it was received, in minutes since 1 January 1970, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    received: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Night>,
    #[serde(skip_serializing_if = "Option::is_none")]
    substantiated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Night>,
}

/// What people do about a disclosure, or about words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SafetyStep {
    /// A named person has taken it on.
    Acknowledged(String),
    /// A duty person has read the words; whether the child is not safe.
    Read(bool),
    /// People have decided; whether it is substantiated.
    Decided(bool),
}

/// One child's tenures with their due dates, and the notices they come from.
pub(crate) struct Life {
    pub(crate) child: StoredChild,
    pub(crate) notices: Vec<PlacementNotice>,
    pub(crate) tenures: Vec<(Tenure, Vec<Night>)>,
}

impl Life {
    pub(crate) fn load(db: &mut Db, child: StoredChild, protocol: &Protocol) -> Result<Life, Problem> {
        let notices = db.notices_of_child(child.child, Seq::NOW)?;
        let left = left_on_own_view(db, child.child)?;
        let looked_after = notices.iter().flat_map(|notice| &notice.statuses).map(|span| span.nights.start()).min();
        let stays = notices.iter().filter_map(|notice| stay(notice, &left)).collect();
        let tenures = tenures(stays)
            .into_iter()
            .map(|tenure| {
                let from = looked_after.unwrap_or(tenure.nights().start());
                let dues = due_dates(&tenure, from, &[], protocol, Calendar::shipped());
                (tenure, dues)
            })
            .collect();
        Ok(Life { child, notices, tenures })
    }
}

/// A stay in a placement. A temporary one, from which the child comes back, is none; nor is one with the child's parents.
fn stay(notice: &PlacementNotice, left: &[Night]) -> Option<Stay> {
    let (first, last) = (notice.nights.first()?, notice.nights.last()?);
    if notice.absent_from.is_some() {
        return None;
    }
    let owner = notice.payee.as_ref().map_or_else(|| notice.placement.to_string(), ToString::to_string);
    let departed = notice.departed.is_some();
    Some(Stay {
        placement: notice.placement,
        nights: Nights::try_new(first.start(), last.end())?,
        owner: Owner::new(&owner),
        departed,
        on_childs_view: notice.departed.is_some_and(|departed| left.contains(&departed)),
    })
}

/// The dates on which episodes ended because the child asked for it: CHILD in REASON_PLACE_CHANGE.
fn left_on_own_view(db: &mut Db, child: ChildRef) -> Result<Vec<Night>, Problem> {
    let versions = db.episode_versions(child, Seq::NOW)?;
    let last = versions.chunk_by(|one, other| one.episode == other.episode).filter_map(|history| history.last());
    let asked = last.filter(|version| {
        !version.withdrawn && version.reason.as_ref().is_some_and(|reason| reason.as_str() == "CHILD")
    });
    Ok(asked.filter_map(|version| version.dec).collect())
}

/// Facts as coverage reads them. Words that a duty person read as a disclosure make their answer one.
pub(crate) fn facts(rows: &[VoiceFactRow]) -> Vec<Fact> {
    let unsafe_on: Vec<(PlacementId, Night)> = rows
        .iter()
        .filter(|row| row.kind == "read")
        .filter_map(|row| {
            body(row).since.filter(|_| body(row).substantiated == Some(true)).map(|on| (row.placement, on))
        })
        .collect();
    rows.iter()
        .filter_map(|row| {
            let said = body(row);
            let what = match row.kind.as_str() {
                "asked" => What::Asked,
                "answered" if said.words && unsafe_on.contains(&(row.placement, row.on)) => {
                    What::Answered(Signal::Safety)
                }
                "answered" => What::Answered(said.signal?),
                "review" => What::ReviewEnded(said.outcome?),
                "decided" => What::Decided { disclosed: said.since?, substantiated: said.substantiated? },
                _ => return None,
            };
            Some(Fact { placement: row.placement, on: row.on, what })
        })
        .collect()
}

impl Office {
    /// Draws the key of the noise and records the hashes of the keys of its half-years, once and for all. Gives the
    /// hashes, by half-year.
    pub fn voice_key(&self) -> Result<Vec<(String, String)>, Problem> {
        let mut db = self.open(Wing::Care)?;
        if db.voice_key()?.is_none() {
            let drawn = random_key()?;
            let key = NoiseKey::parse(&drawn).ok_or_else(|| Problem::asked("voice.key", "the key drawn is no key"))?;
            let mut commitments = vec![("order".to_owned(), key.of_order().commitment().to_string())];
            let mut half_year = door::HalfYear::parse(FIRST_HALF_YEAR).expect("a half-year");
            for _ in 0..HALF_YEARS_COMMITTED {
                commitments.push((half_year.to_string(), key.of_half_year(half_year).commitment().to_string()));
                half_year = half_year.next();
            }
            self.commit(&mut db, "voice", "key", |db, seq| {
                if db.voice_key()?.is_some() {
                    return Ok(None);
                }
                db.record_voice_key(&drawn)?;
                db.record_commitments(seq, &commitments)?;
                Ok(Some(()))
            })?;
        }
        Ok(db.commitments()?.into_iter().map(|(name, hash, _)| (name, hash)).collect())
    }

    /// Who is to be asked, and what is to be done, as of `today`; for one council or all.
    pub fn voice_due(&self, council: Option<CouncilCode>, today: Night) -> Result<VoiceDue, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (protocol, calendar) = (Protocol::shipped(), Calendar::shipped());
        let mut rows: BTreeMap<ChildRef, Vec<VoiceFactRow>> = BTreeMap::new();
        for row in db.voice_facts(Seq::NOW)? {
            rows.entry(row.child).or_default().push(row);
        }
        let mut lines = Vec::new();
        for child in db.children(council, Seq::NOW)? {
            let life = Life::load(&mut db, child, &protocol)?;
            let rows = rows.remove(&life.child.child).unwrap_or_default();
            let facts = facts(&rows);
            for (tenure, dues) in life.tenures.iter().filter(|(tenure, _)| tenure.nights().start() <= today) {
                let last = tenure.stays().iter().rev().find(|stay| stay.nights.start() <= today);
                let Some(placement) = last.map(|stay| stay.placement) else { continue };
                let line = |what: String, since: Night, by: Night| DueLine {
                    by,
                    what,
                    council: life.child.council,
                    child: life.child.child,
                    placement,
                    since,
                    overdue: by < today,
                };
                let asks = to_ask(tenure, dues, &facts, today, &protocol, calendar);
                lines.extend(asks.into_iter().map(|ask| line("ask".to_owned(), ask.due, ask.by)));
                let follows = follow_ups(tenure, dues, &facts, today, &protocol, calendar);
                let recent = |follow: &Follow| follow.since >= today.plus(-LOOK_BACK);
                let open = follows.into_iter().filter(|follow| recent(follow) && !done(follow, &rows, tenure));
                lines.extend(open.map(|follow| line(name(follow.kind), follow.since, follow.by)));
                let mine = || rows.iter().filter(|row| tenure.has(row.placement));
                for (row, role) in mine().filter_map(|row| Some((row, self.told_last(row, &rows, &protocol)?))) {
                    lines.push(line(format!("tell {role}"), row.on, row.on));
                }
                for row in rows.iter().filter(|row| tenure.has(row.placement) && unread(row, &rows)) {
                    lines.push(line("read-words".to_owned(), row.on, row.on));
                }
            }
        }
        lines.sort_unstable();
        Ok(VoiceDue { today, lines })
    }

    /// Who was to be told last, by now, of a disclosure or of words that nobody has acknowledged.
    fn told_last(&self, row: &VoiceFactRow, rows: &[VoiceFactRow], protocol: &Protocol) -> Option<String> {
        let said = body(row);
        let waits = row.kind == "answered" && (said.signal == Some(Signal::Safety) || unread(row, rows));
        let about = |other: &&VoiceFactRow| {
            let done = other.kind == "acknowledged" || other.kind == "read";
            done && other.placement == row.placement && body(other).since == Some(row.on)
        };
        if !waits || rows.iter().find(about).is_some() {
            return None;
        }
        let alert = Alert { received: said.received? };
        told(alert, None, self.clock.now().minutes(), protocol.on(row.on)).pop().map(|told| told.role)
    }

    /// Integrity flags of all answers, for the independent person and nobody else: by child, in order.
    pub fn voice_integrity(&self) -> Result<Vec<IntegrityFlag>, Problem> {
        let mut db = self.open(Wing::Care)?;
        let mut given = Vec::new();
        for row in db.voice_facts(Seq::NOW)?.into_iter().filter(|row| row.kind == "answered") {
            let said = body(&row);
            let Some(setting) = db.notice(row.placement, Seq::NOW)?.and_then(|notice| notice.setting) else { continue };
            if let (Some(at), Some(marks)) = (said.received, said.marks.first().copied()) {
                let (child, placement, providers_device) = (row.child, row.placement, said.providers_device);
                given.push(Given { child, placement, setting, at, marks, providers_device });
            }
        }
        Ok(integrity(&given, Protocol::shipped().on(self.today()).identical_minutes))
    }

    /// Records that a child was asked.
    pub fn voice_asked(&self, placement: PlacementId, on: Night) -> Result<VoiceRecorded, Problem> {
        self.voice_record(placement, on, "asked", Body::default(), None)
    }

    /// Records an answer.
    pub fn voice_answer(&self, given: &VoiceAnswer) -> Result<VoiceRecorded, Problem> {
        let protocol = Protocol::shipped();
        let version = protocol.on(given.on);
        let mut db = self.open(Wing::Care)?;
        let (_, child) = placed(&mut db, given.placement)?;
        let age = given.on.age(child.born);
        if given.words.is_some() && !version.band(age).words && given.mode != Mode::Observed {
            let why = "children under 11 are not asked to write; what they say is written down by whoever they chose, with their marks";
            return Err(Problem::asked("voice.words", why));
        }
        let answer = Answer {
            on: given.on,
            mode: given.mode,
            declined: given.declined,
            marks: given.marks.clone(),
            independent: given.independent,
            duty_decided_safety: false,
        };
        let signal = answer
            .signal(age, given.able, version)
            .map_err(|error| Problem::asked("voice.answer", error.to_string()))?;
        let body = Body {
            signal: Some(signal),
            mode: Some(given.mode),
            marks: given.marks.clone(),
            protocol: Some(version.version.clone()),
            words: given.words.is_some(),
            providers_device: given.providers_device,
            received: Some(self.clock.now().minutes()),
            ..Body::default()
        };
        self.voice_record(given.placement, given.on, "answered", body, given.words.clone())
    }

    /// Records how a placement review ended.
    pub fn voice_review(&self, placement: PlacementId, on: Night, outcome: Outcome) -> Result<VoiceRecorded, Problem> {
        self.voice_record(placement, on, "review", Body { outcome: Some(outcome), ..Body::default() }, None)
    }

    /// Records a reply to what was said on `since`: a named person does something by a date. The child sees it.
    pub fn voice_reply(
        &self,
        placement: PlacementId,
        on: Night,
        since: Night,
        person: &str,
        by: Night,
        text: &Masked,
    ) -> Result<VoiceRecorded, Problem> {
        if person.trim().is_empty() {
            return Err(Problem::asked("voice.person", "a reply is by a named person; give --person"));
        }
        let body = Body { since: Some(since), person: Some(person.to_owned()), by: Some(by), ..Body::default() };
        self.voice_record(placement, on, "reply", body, Some(text.clone()))
    }

    /// Records what people do about a disclosure of `since`, or about the words of that day.
    pub fn voice_safety(
        &self,
        placement: PlacementId,
        on: Night,
        since: Night,
        step: &SafetyStep,
    ) -> Result<VoiceRecorded, Problem> {
        let body = Body { since: Some(since), ..Body::default() };
        let (kind, body) = match step {
            SafetyStep::Acknowledged(person) if person.trim().is_empty() => {
                return Err(Problem::asked("voice.person", "a named person acknowledges; give --person"));
            }
            SafetyStep::Acknowledged(person) => ("acknowledged", Body { person: Some(person.clone()), ..body }),
            SafetyStep::Read(harm) => ("read", Body { substantiated: Some(*harm), ..body }),
            SafetyStep::Decided(harm) => ("decided", Body { substantiated: Some(*harm), ..body }),
        };
        self.voice_record(placement, on, kind, body, None)
    }

    fn voice_record(
        &self,
        placement: PlacementId,
        on: Night,
        kind: &str,
        body: Body,
        words: Option<Masked>,
    ) -> Result<VoiceRecorded, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (notice, child) = placed(&mut db, placement)?;
        if notice.nights.first().is_none_or(|nights| on < nights.start()) {
            return Err(Problem::asked("voice.date", format!("{placement} had not begun by {on}")));
        }
        let duty_person = kind == "answered" && (words.is_some() || body.signal == Some(Signal::Safety));
        let text = serde_json::to_string(&body).map_err(|error| Problem::asked("voice.body", error.to_string()))?;
        let secret = db.reference_key()?.unwrap_or_default();
        let said = words.as_ref().map(Masked::reveal).unwrap_or_default();
        let content = sha256(&format!("{secret}\n{placement}\n{on}\n{kind}\n{text}\n{said}"));
        let committed = self.commit(&mut db, "voice", &content, |db, seq| {
            let kind = kind.to_owned();
            let (child, body) = (child.child, text);
            db.record_voice_facts(&[VoiceFactRow { seq, item: 0, child, placement, on, kind, body, words }])?;
            Ok(Some(()))
        })?;
        let recorded = matches!(committed, Committed::Recorded(..));
        Ok(VoiceRecorded { placement, on, kind: kind.to_owned(), duty_person, recorded })
    }

    /// Today in London, by the office's clock.
    pub fn today(&self) -> Night {
        Moment::date(self.clock.now().as_str())
    }
}

/// The rest of a stored fact.
fn body(row: &VoiceFactRow) -> Body {
    serde_json::from_str(&row.body).unwrap_or_default()
}

fn placed(db: &mut Db, placement: PlacementId) -> Result<(PlacementNotice, StoredChild), Problem> {
    let unknown = || {
        Problem::not_found("placement", format!("there is no placement {placement}; `carebank voice due` lists them"))
    };
    let notice = db.notice(placement, Seq::NOW)?.ok_or_else(unknown)?;
    let child = db.child(notice.child, Seq::NOW)?.ok_or_else(unknown)?;
    Ok((notice, child))
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
fn done(follow: &Follow, rows: &[VoiceFactRow], tenure: &Tenure) -> bool {
    let about = |row: &VoiceFactRow| body(row).since;
    rows.iter().filter(|row| tenure.has(row.placement)).any(|row| match follow.kind {
        FollowKind::Safeguarding => row.kind == "acknowledged" && about(row) == Some(follow.since),
        FollowKind::Reply => row.kind == "reply" && about(row) == Some(follow.since),
        FollowKind::Review | FollowKind::Advocate => row.kind == "review" && row.on >= follow.since,
        FollowKind::Visit | FollowKind::IroTold | FollowKind::AskAgain => row.kind == "asked" && row.on > follow.since,
        FollowKind::NotAsked => false,
    })
}

fn unread(row: &VoiceFactRow, rows: &[VoiceFactRow]) -> bool {
    let read = |other: &VoiceFactRow| {
        other.kind == "read" && other.placement == row.placement && body(other).since == Some(row.on)
    };
    row.kind == "answered" && body(row).words && !rows.iter().any(read)
}
