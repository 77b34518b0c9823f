//! The child and the home as they are known: recorded field by field, never changed, shown as known at any moment.

use kernel::{ChildRef, Code, CodeSet, CouncilCode, Masked, Night, Nights, ReturnYear, Seq};
use matching::{Search, Sex};
use register::SettingRef;
use serde::Serialize;
use store::{HomeFact, StoredChild, Wing};

use super::facts::{self, OF_HOME, OF_SEARCH, WORDS};
use super::{known_child, searches, without_money};
use crate::import::changed as changed_notices;
use crate::office::{AsOf, Committed, Office};
use crate::problem::Problem;
use crate::reference::ReferenceKey;
use crate::settle::settled;
use crate::transfers::Transfers;

/// Who a child is: kept apart from everything else, and in nothing that is sent to anybody.
#[derive(Clone, Debug)]
pub struct NewChild {
    /// The responsible council.
    pub council: CouncilCode,
    /// The council's own number for the child.
    pub local_id: Masked,
    /// Date of birth; may be left out of a child that is known.
    pub born: Option<Night>,
    /// As registrations of homes have it.
    pub sex: Option<Sex>,
    /// The SSDA903 code of the ethnic group: read by the audit of fairness alone.
    pub ethnic: Option<Code>,
    /// Unaccompanied and seeking asylum: read by the audit of fairness alone.
    pub uasc: bool,
    /// The fields of a file, TOML or JSON.
    pub file: Option<String>,
}

/// A child as known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChildPage {
    /// The reference.
    pub child: ChildRef,
    /// The responsible council.
    pub council: CouncilCode,
    /// Of a hundred parts of a referral, so many are there.
    pub complete: u8,
    /// What is not there yet, each with what it is for.
    pub missing: Vec<String>,
    /// Fields with their values.
    pub fields: Vec<(String, String)>,
    /// Fields in which somebody's words are kept: the words are shown where they are asked for by name.
    pub words: Vec<String>,
    /// The searches: number, nights, how far each has come.
    pub searches: Vec<(i64, Nights, String)>,
    /// The commit, if anything was recorded.
    pub tx: Option<Seq>,
}

/// What a home says of itself, as known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HomePage {
    /// Which.
    pub setting: SettingRef,
    /// Fields with their values.
    pub fields: Vec<(String, String)>,
    /// The commit, if anything was recorded.
    pub tx: Option<Seq>,
}

/// What a referral is made of, with its weight out of a hundred: an **assumption**, to be decided with homes and young
/// people. A referral that is not complete is still sent; homes see how far it is.
const PARTS: [(&str, u8, &str); 10] = [
    ("needs", 20, "what the home must be able to do"),
    ("wishes", 20, "what the child wishes, in order"),
    ("home", 10, "where home is, by postcode district"),
    ("siblings", 10, "brothers and sisters, or [] if there are none"),
    ("cannot_live_with", 10, "with whom or what the child cannot live, or []"),
    ("traits", 5, "what others should know of living with this child, or []"),
    ("school", 5, "where school is"),
    ("avoid_people", 5, "people to keep away from, or []"),
    ("summary", 10, "the social worker's summary for homes"),
    ("tell", 5, "what the child wants said about them"),
];

/// Of a hundred parts, how many are there, and which are not.
pub(crate) fn completeness(facts: &[HomeFact]) -> (u8, Vec<String>) {
    let there = |field: &str| facts.iter().any(|fact| fact.field == field && fact.body != "null");
    let complete = PARTS.iter().filter(|part| there(part.0)).map(|part| part.1).sum();
    let missing =
        PARTS.iter().filter(|part| !there(part.0)).map(|(field, _, what)| format!("{field}: {what}")).collect();
    (complete, missing)
}

/// The parts of a referral that are not there, by field.
pub(crate) fn fields_missing(facts: &[HomeFact]) -> Vec<String> {
    let there = |field: &str| facts.iter().any(|fact| fact.field == field && fact.body != "null");
    PARTS.iter().filter(|part| !there(part.0)).map(|part| part.0.to_owned()).collect()
}

impl Office {
    /// Records who a child is and what is known of them, or more of what is known already.
    pub fn home_child(&self, new: &NewChild) -> Result<ChildPage, Problem> {
        let fields =
            new.file.as_deref().map(|text| facts::read(text, &OF_SEARCH, &WORDS)).transpose()?.unwrap_or_default();
        for (field, _, words) in fields.iter().filter(|(field, ..)| field == "summary") {
            without_money(&format!("`{field}`"), words.as_ref())?;
        }
        let mut db = self.open(Wing::Care)?;
        let key = db.reference_key()?.map(ReferenceKey::new);
        let key =
            key.ok_or_else(|| Problem::asked("store.key", "the store was not finished; run `carebank init` again"))?;
        let child = key.child(new.council, &new.local_id);
        let said: Vec<String> = fields
            .iter()
            .map(|(field, body, words)| {
                format!("{field} {body} {}", words.as_ref().map(Masked::reveal).unwrap_or_default())
            })
            .collect();
        let identity = format!("{child} {:?} {:?} {:?} {}", new.born, new.sex, new.ethnic, new.uasc);
        let content = self.home_content(&mut db, &[&identity, &said.join("\n")])?;
        let today = self.today();
        let committed = self.commit(&mut db, "home child", &content, |db, seq| {
            let before = db.child(child, Seq::NOW)?;
            let stored = stored(new, child, before.as_ref(), today)?;
            let fresh = facts::fresh(db, &child.to_string(), seq, &fields)?;
            let mut all: Vec<HomeFact> = db.home_facts(&child.to_string(), Seq::NOW)?;
            all.retain(|fact| !fresh.iter().any(|new| new.field == fact.field));
            all.extend(fresh.iter().cloned());
            check(&stored, &all, today)?;
            let changed = before.as_ref() != Some(&stored);
            if !changed && fresh.is_empty() {
                return Ok(None);
            }
            if changed {
                db.record_children(seq, std::slice::from_ref(&stored))?;
            }
            if changed && before.is_some() {
                // What is paid goes by ages: the door learns of another date of birth at once.
                let versions = db.episode_versions(child, Seq::NOW)?;
                if let Some(first) = versions.iter().map(|version| version.decom).min().filter(|on| *on < stored.born) {
                    let why = format!("the child was in care on {first}, before that date of birth; check it");
                    return Err(Problem::asked("home.born", why));
                }
                let settled = settled(&stored, &versions, &Transfers::load(db, Seq::NOW)?.gone(child));
                let there = db.notices_of_child(child, Seq::NOW)?;
                db.record_notices(seq, &changed_notices(&there, settled.notices))?;
            }
            db.record_home_facts(&fresh)?;
            Ok(Some(()))
        })?;
        let tx = match committed {
            Committed::Recorded(seq, ()) | Committed::Replayed(seq) => Some(seq),
            Committed::Nothing => None,
        };
        Ok(ChildPage { tx, ..self.home_child_show(child, &AsOf::default())? })
    }

    /// What is known of a child, without anybody's words.
    pub fn home_child_show(&self, child: ChildRef, view: &AsOf) -> Result<ChildPage, Problem> {
        let mut db = self.open(Wing::Care)?;
        let known = self.look(&mut db, view)?.0.tx;
        let stored = known_child(&mut db, child)?;
        let facts = db.home_facts(&child.to_string(), known)?;
        let (complete, missing) = completeness(&facts);
        let (words, fields): (Vec<&HomeFact>, Vec<&HomeFact>) = facts.iter().partition(|fact| fact.words.is_some());
        Ok(ChildPage {
            child,
            council: stored.council,
            complete,
            missing,
            fields: fields.into_iter().map(|fact| (fact.field.clone(), fact.body.clone())).collect(),
            words: words.into_iter().map(|fact| fact.field.clone()).collect(),
            searches: searches(&mut db, child, known)?
                .into_iter()
                .map(|case| (case.search, case.stay, case.stage.word().to_owned()))
                .collect(),
            tx: None,
        })
    }

    /// Records what a home says of itself.
    pub fn home_describe(&self, setting: &SettingRef, file: &str) -> Result<HomePage, Problem> {
        let fields = facts::read(file, &OF_HOME, &[])?;
        let mut db = self.open(Wing::Care)?;
        let content = self.home_content(&mut db, &[setting.as_str(), &format!("{fields:?}")])?;
        let committed = self.commit(&mut db, "home describe", &content, |db, seq| {
            if db.setting(setting, Seq::NOW)?.versions().is_empty() {
                let sentence = format!("{setting} is not in the register; see `carebank register add`");
                return Err(Problem::not_found("setting", sentence));
            }
            let fresh = facts::fresh(db, setting.as_str(), seq, &fields)?;
            facts::check_home(&fresh)?;
            db.record_home_facts(&fresh)?;
            Ok((!fresh.is_empty()).then_some(()))
        })?;
        let tx = match committed {
            Committed::Recorded(seq, ()) | Committed::Replayed(seq) => Some(seq),
            Committed::Nothing => None,
        };
        let facts = db.home_facts(setting.as_str(), Seq::NOW)?;
        Ok(HomePage {
            setting: setting.clone(),
            fields: facts.into_iter().map(|fact| (fact.field, fact.body)).collect(),
            tx,
        })
    }
}

/// The identity as it will stand. What a return said and this does not say stays.
fn stored(new: &NewChild, child: ChildRef, before: Option<&StoredChild>, today: Night) -> Result<StoredChild, Problem> {
    let ends = facts::return_year(today);
    let year = ReturnYear::try_new(ends)
        .ok_or_else(|| Problem::asked("home.year", format!("no return of {ends} is known to this version")))?;
    let born = new.born.or(before.map(|before| before.born));
    let born = born.ok_or_else(|| Problem::asked("home.born", "the child is new: give --born"))?;
    if born > today {
        return Err(Problem::asked("home.born", format!("{born} is yet to come; check the date of birth")));
    }
    let spelled = |sex: Sex| {
        let spellings = if sex == Sex::Girl { ["F", "2"] } else { ["M", "1"] };
        spellings.into_iter().find_map(|code| CodeSet::Sex.read(year, code))
    };
    let stored = StoredChild {
        child,
        council: new.council,
        local_id: new.local_id.clone(),
        born,
        sex: new.sex.and_then(spelled).or(before.and_then(|before| before.sex)),
        ethnic: new.ethnic.or(before.and_then(|before| before.ethnic)),
        uasc: new.uasc || before.is_some_and(|before| before.uasc),
        year: before.map_or(ends, |before| before.year),
    };
    Ok(match before {
        // A change of what is known is of this year, unless a later return knows better.
        Some(before) if stored != *before => StoredChild { year: before.year.max(ends), ..stored },
        _ => stored,
    })
}

/// Tries a search by what is known, so that what cannot be searched by is refused when it is recorded.
fn check(child: &StoredChild, facts: &[HomeFact], today: Night) -> Result<(), Problem> {
    if facts::sex(child).is_none() {
        return Ok(());
    }
    let first = today.max(child.born.next());
    let stay = Nights::try_new(first, first.next()).expect("one night");
    let search: Search = facts::search(child, facts, stay)?;
    search.check().map_err(|error| Problem::refused("home.facts", error.to_string()))
}
