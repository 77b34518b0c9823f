//! The child's voice: who is to be asked, what was said, what people do next. Care wing alone.
//!
//! Every commit here goes by the one name `voice` with a keyed digest, so that the record of commits, which both wings
//! read, does not tell what was done or for whom.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use ::voice::{Answer, Item, Language, Mode, NoiseKey, Observation, Outcome, Protocol, Signal};
use kernel::{Masked, Night, PlacementId, Seq};
use serde::{Deserialize, Serialize};
use store::{Db, Fault, StoredChild, VoiceFactRow, Wing};

use crate::init::random_key;
use crate::languages::texts;
use crate::lives::Told;
use crate::moment::Moment;
use crate::office::{Committed, Office, VOICE};
use crate::problem::Problem;
use crate::protocol::protocol;
use crate::reference::sha256;

/// The first half-year whose noise is committed to, and how many follow.
const FIRST_HALF_YEAR: &str = "2017-H1";
const HALF_YEARS_COMMITTED: usize = 60;

/// Something said or done about a placement.
#[derive(Clone, Debug)]
pub struct VoiceTold {
    /// The placement.
    pub placement: PlacementId,
    /// When.
    pub on: Night,
    /// What.
    pub what: VoiceWhat,
}

/// What was said or done.
#[derive(Clone, Debug)]
pub enum VoiceWhat {
    /// The child was asked.
    Asked,
    /// A named independent person visited the child, who had said nothing.
    Visited(String),
    /// The independent reviewing officer, by name, was told that the child had said nothing.
    IroTold(String),
    /// The child answered.
    Answered(VoiceAnswer),
    /// A placement review ended.
    Reviewed(Outcome),
    /// A named person does something by a date because of what was said. The child sees it.
    Replied {
        /// The date of the answer.
        to: Night,
        /// Who.
        person: String,
        /// By when.
        by: Night,
        /// What.
        text: Masked,
    },
    /// People did something about a disclosure, or about words.
    Safety {
        /// The date of the answer.
        disclosed: Night,
        /// What they did.
        step: SafetyStep,
    },
}

/// An answer as it is given.
#[derive(Clone, Debug)]
pub struct VoiceAnswer {
    /// How.
    pub mode: Mode,
    /// Marks in the order of the items; two sets if observed.
    pub marks: Vec<Observation>,
    /// The child said no to answering.
    pub declined: bool,
    /// Whether a child who is old enough is able to answer.
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

/// What children of an age are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VoiceQuestions {
    /// The band.
    pub band: String,
    /// How a child is asked to answer.
    pub invitation: String,
    /// Item and question.
    pub questions: Vec<(String, String)>,
    /// What a child is told before writing words.
    pub before_words: String,
}

/// The rest of a fact, as stored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signal: Option<Signal>,
    /// Of an answer that discloses, what else it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) besides: Option<Signal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<Mode>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) marks: Vec<Observation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) protocol: Option<String>,
    pub(crate) words: bool,
    pub(crate) providers_device: bool,
    /// When it was received, in minutes since 1 January 1970, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) received: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Night>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) substantiated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<Night>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) telling: Option<TellingBody>,
}

/// That a channel was given a message, and whether it took it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TellingBody {
    pub(crate) role: String,
    pub(crate) channel: String,
    /// Since when the role was to be told, in minutes since 1 January 1970, UTC.
    pub(crate) at: i64,
    pub(crate) taken: bool,
}

impl Body {
    /// As much of it as coverage needs.
    pub(crate) fn told(&self) -> Told {
        let Body { signal, besides, outcome, since, substantiated, .. } = *self;
        Told { signal, besides, outcome, since, substantiated }
    }

    /// That a channel was given a message about the answer of a day, as stored.
    pub(crate) fn telling(since: Night, role: &str, channel: &str, at: i64, taken: bool) -> String {
        let telling = TellingBody { role: role.to_owned(), channel: channel.to_owned(), at, taken };
        let body = Body { since: Some(since), telling: Some(telling), ..Body::default() };
        serde_json::to_string(&body).expect("a body is plain data")
    }

    pub(crate) fn read(text: &str) -> Result<Body, Fault> {
        serde_json::from_str(text).map_err(|_| Fault::Damaged("what was said of a placement cannot be read".to_owned()))
    }
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

impl Office {
    /// Draws the key of the noise and records the hashes of the keys of its half-years, once and for all. Gives the
    /// hashes, by half-year. A demonstration that must be the same each time makes its key `from` a text.
    pub fn voice_key(&self, from: Option<&str>) -> Result<Vec<(String, String)>, Problem> {
        let mut db = self.open(Wing::Care)?;
        if db.voice_key()?.is_none() {
            let drawn = from.map_or_else(random_key, |from| Ok(sha256(&format!("carebank/voice/key/{from}"))))?;
            let key = NoiseKey::parse(&drawn).ok_or_else(|| Problem::asked("voice.key", "the key drawn is no key"))?;
            let mut commitments = vec![("order".to_owned(), key.of_order().commitment().to_string())];
            let mut half_year = door::HalfYear::parse(FIRST_HALF_YEAR).expect("a half-year");
            for _ in 0..HALF_YEARS_COMMITTED {
                commitments.push((half_year.to_string(), key.of_half_year(half_year).commitment().to_string()));
                half_year = half_year.next();
            }
            self.commit(&mut db, VOICE, "key", |db, seq| {
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

    /// Records what was said and done, all of it or nothing, as one commit.
    pub fn voice_told(&self, told: &[VoiceTold]) -> Result<Vec<VoiceRecorded>, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (protocol, secret) = (protocol(&mut db)?, db.reference_key()?.unwrap_or_default());
        let mut content = secret;
        // Everything is looked up as of one moment, which also spares a lock for each look.
        let mut rows = db.snapshot(|db| {
            let mut rows: Vec<VoiceFactRow> = Vec::with_capacity(told.len());
            let mut known: HashMap<PlacementId, (Placed, Vec<usize>)> = HashMap::new();
            for one in told {
                let (placed, before) = match known.entry(one.placement) {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => entry.insert((Placed::find(db, one.placement)?, Vec::new())),
                };
                let row = self.row(db, one, placed, &protocol, &mut before.iter().map(|&at| &rows[at]))?;
                let said = row.words.as_ref().map(Masked::reveal).unwrap_or_default();
                content += &format!("\n{}\n{}\n{}\n{}\n{said}", one.placement, one.on, row.kind, row.body);
                before.push(rows.len());
                rows.push(row);
            }
            Ok::<_, Problem>(rows)
        })?;
        let committed = self.commit(&mut db, VOICE, &sha256(&content), |db, seq| {
            rows.iter_mut().zip(0..).for_each(|(row, item)| (row.seq, row.item) = (seq, item));
            db.record_voice_facts(&rows)?;
            Ok((!rows.is_empty()).then_some(()))
        })?;
        let recorded = matches!(committed, Committed::Recorded(..));
        let report = |row: &VoiceFactRow| {
            let safety = Body::read(&row.body)?.signal == Some(Signal::Safety);
            let duty_person = row.kind == "answered" && (row.words.is_some() || safety);
            Ok(VoiceRecorded { placement: row.placement, on: row.on, kind: row.kind.clone(), duty_person, recorded })
        };
        rows.iter().map(report).collect()
    }

    /// What is to be stored of something said or done, if it can be: `before` is of the same placement in the same commit.
    fn row(
        &self,
        db: &mut Db,
        told: &VoiceTold,
        placed: &Placed,
        protocol: &Protocol,
        before: &mut dyn Iterator<Item = &VoiceFactRow>,
    ) -> Result<VoiceFactRow, Problem> {
        let VoiceTold { placement, on, .. } = *told;
        // What follows from an answer may be done whatever has become of the placement since.
        let follows = matches!(told.what, VoiceWhat::Replied { .. } | VoiceWhat::Safety { .. });
        if !follows {
            placed.has_begun(placement, on)?;
        }
        let child = &placed.child;
        if on > self.today() {
            return Err(Problem::asked("voice.date", format!("{on} is yet to come; nothing is recorded beforehand")));
        }
        let since = match &told.what {
            VoiceWhat::Replied { to, .. } => Some(*to),
            VoiceWhat::Safety { disclosed, .. } => Some(*disclosed),
            _ => None,
        };
        if let Some(since) = since {
            let mut of_it = db.voice_facts_of(child.child, Seq::NOW)?;
            of_it.retain(|row| row.placement == placement);
            of_it.extend(before.cloned());
            may_follow(&told.what, on, since, &of_it)?;
        }
        let (kind, body, words) = match &told.what {
            VoiceWhat::Asked => ("asked", Body::default(), None),
            VoiceWhat::Visited(person) => {
                let person = Some(named(person, "a visit is by a named person; give --person")?);
                ("visited", Body { person, ..Body::default() }, None)
            }
            VoiceWhat::IroTold(person) => {
                let person = Some(named(person, "the officer has a name; give --person")?);
                ("iro-told", Body { person, ..Body::default() }, None)
            }
            VoiceWhat::Answered(given) => ("answered", self.answered(on, given, child, protocol)?, given.words.clone()),
            VoiceWhat::Reviewed(outcome) => ("review", Body { outcome: Some(*outcome), ..Body::default() }, None),
            VoiceWhat::Replied { person, by, text, .. } => {
                let person = Some(named(person, "a reply is by a named person; give --person")?);
                ("reply", Body { since, person, by: Some(*by), ..Body::default() }, Some(text.clone()))
            }
            VoiceWhat::Safety { step, .. } => {
                let (kind, body) = stepped(step, Body { since, ..Body::default() })?;
                (kind, body, None)
            }
        };
        let body = serde_json::to_string(&body).map_err(|error| Problem::asked("voice.body", error.to_string()))?;
        Ok(VoiceFactRow { seq: Seq(0), item: 0, child: child.child, placement, on, kind: kind.to_owned(), body, words })
    }

    /// What is to be stored of an answer.
    fn answered(
        &self,
        on: Night,
        given: &VoiceAnswer,
        child: &StoredChild,
        protocol: &Protocol,
    ) -> Result<Body, Problem> {
        let (version, age) = (protocol.on(on), on.age(child.born));
        if given.words.is_some() && !version.band(age).words && given.mode != Mode::Observed {
            let why = format!(
                "a child of {age} is not asked to write; what they say is written down by whoever they chose, with \
                 their marks"
            );
            return Err(Problem::asked("voice.words", why));
        }
        let answer = Answer {
            on,
            mode: given.mode,
            declined: given.declined,
            marks: given.marks.clone(),
            independent: given.independent,
            duty_decided_safety: false,
        };
        let signal = answer
            .signal(age, given.able, version)
            .map_err(|error| Problem::asked("voice.answer", error.to_string()))?;
        let besides = (signal == Signal::Safety).then(|| answer.otherwise(age, version));
        Ok(Body {
            signal: Some(signal),
            besides,
            mode: Some(given.mode),
            marks: given.marks.clone(),
            protocol: Some(version.version.clone()),
            words: given.words.is_some(),
            providers_device: given.providers_device,
            received: Some(self.clock.now().minutes()),
            ..Body::default()
        })
    }

    /// What children of an age are asked, and what is said to them beforehand, by the protocol in force today and in the
    /// words of a language.
    pub fn voice_questions(&self, age: i16, language: &Language) -> Result<VoiceQuestions, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (protocol, texts) = (protocol(&mut db)?, texts(&mut db, language)?);
        let band = protocol.on(self.today()).band(age).name.clone();
        let text = |name: &str| texts.letter(name).unwrap_or_default().to_owned();
        let question = |item: Item| Some((item.name().to_owned(), texts.question(&band, item)?.to_owned()));
        let questions: Vec<(String, String)> = Item::ALL.into_iter().filter_map(question).collect();
        if questions.len() < Item::ALL.len() {
            let tag = language.as_str();
            let why = format!(
                "the texts in {tag} lack the band {band} of the protocol in force; load them again with `carebank voice \
                 language {tag} --from FOLDER`"
            );
            return Err(Problem::not_found("voice.texts", why));
        }
        Ok(VoiceQuestions { questions, invitation: text("invitation"), before_words: text("before-words"), band })
    }

    /// Today in London, by the office's clock.
    pub fn today(&self) -> Night {
        Moment::date(self.clock.now().as_str())
    }
}

/// The name of a person: a role or a shared mailbox that leaves it blank is nobody.
fn named(person: &str, why: &str) -> Result<String, Problem> {
    let person = person.trim();
    if person.is_empty() { Err(Problem::asked("voice.person", why)) } else { Ok(person.to_owned()) }
}

fn stepped(step: &SafetyStep, body: Body) -> Result<(&'static str, Body), Problem> {
    Ok(match step {
        SafetyStep::Acknowledged(person) => {
            let person = named(person, "a named person acknowledges; give --acknowledged-by")?;
            ("acknowledged", Body { person: Some(person), ..body })
        }
        SafetyStep::Read(harm) => ("read", Body { substantiated: Some(*harm), ..body }),
        SafetyStep::Decided(harm) => ("decided", Body { substantiated: Some(*harm), ..body }),
    })
}

/// Whether people may do this on a day about what was said on another, given what was recorded about the placement. A
/// date that is a slip must not uncover nights.
fn may_follow(what: &VoiceWhat, on: Night, since: Night, of_it: &[VoiceFactRow]) -> Result<(), Problem> {
    let about = |wanted: &str, row: &&VoiceFactRow| row.kind == wanted;
    let answers: Vec<&VoiceFactRow> = of_it.iter().filter(|row| about("answered", row) && row.on == since).collect();
    if answers.is_empty() {
        let why = format!("no answer on {since} about that placement is recorded; check the date");
        return Err(Problem::not_found("voice.answer", why));
    }
    if on < since {
        return Err(Problem::asked("voice.date", format!("on {on} it had not been said yet: it was said on {since}")));
    }
    let read = |rows: &[&VoiceFactRow]| rows.iter().map(|row| Body::read(&row.body)).collect::<Result<Vec<_>, _>>();
    let said = read(&answers)?;
    let words = said.iter().any(|said| said.words);
    let marked = said.iter().any(|said| said.signal == Some(Signal::Safety));
    let refused = |why: &str| Err(Problem::asked("voice.disclosure", format!("{why} ({since}); check the date")));
    match what {
        VoiceWhat::Replied { by, .. } if *by < on => {
            Err(Problem::asked("voice.date", format!("what is promised on {on} cannot be done by {by}")))
        }
        VoiceWhat::Safety { step: SafetyStep::Read(_), .. } if !words => refused("that answer has no words to be read"),
        VoiceWhat::Safety { step: SafetyStep::Acknowledged(_), .. } if !words && !marked => {
            refused("that answer is no disclosure and has no words: there is nothing to take on")
        }
        VoiceWhat::Safety { step: SafetyStep::Decided(_), .. } if !marked => {
            let reads: Vec<&VoiceFactRow> = of_it.iter().filter(|row| about("read", row)).collect();
            let harm = |body: &Body| body.since == Some(since) && body.substantiated == Some(true);
            if read(&reads)?.iter().any(harm) {
                return Ok(());
            }
            refused("nobody has said or read that the child was not safe: there is nothing to decide")
        }
        _ => Ok(()),
    }
}

/// A placement about which something is recorded.
struct Placed {
    child: StoredChild,
    /// Since when; none once it is withdrawn.
    begun: Option<Night>,
}

impl Placed {
    fn find(db: &mut Db, placement: PlacementId) -> Result<Placed, Problem> {
        let unknown = || {
            let why = format!("there is no placement {placement}; `carebank voice due` lists them");
            Problem::not_found("placement", why)
        };
        let notice = db.notice(placement, Seq::NOW)?.ok_or_else(unknown)?;
        let child = db.child(notice.child, Seq::NOW)?.ok_or_else(unknown)?;
        Ok(Placed { child, begun: notice.nights.first().map(|nights| nights.start()) })
    }

    fn has_begun(&self, placement: PlacementId, on: Night) -> Result<(), Problem> {
        match self.begun {
            Some(begun) if begun <= on => Ok(()),
            _ => Err(Problem::asked("voice.date", format!("{placement} had not begun by {on}"))),
        }
    }
}
