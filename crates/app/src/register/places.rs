//! Statements about places: free until a claim expires, held, filled, not available. Whether one may be made is decided
//! under the writer's lock, so that of two councils who want one place in one second one has it and the other is told.

use kernel::{Night, Seq};
use register::{
    Conditions, ConditionsVersion, Field, Instant, Kind, PlaceRef, Says, Setting, SettingRef, State, Statement,
    Version, View, conditions_on, state,
};
use serde::Serialize;
use store::{Db, Wing};

use super::instant;
use super::look::barred;
use crate::moment::Moment;
use crate::office::{Committed, Office};
use crate::problem::Problem;
use crate::reference::sha256;

/// How long a claim to be free is believed, in hours, unless whoever claims says otherwise. An assumption: no rule or
/// published figure sets it.
pub const FREE_HOURS: i64 = 72;
/// How long a hold lasts, in hours, unless whoever holds says otherwise. An assumption.
pub const HELD_HOURS: i64 = 24;

/// A setting recorded by hand: a household, or one that no list has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSetting {
    /// Its reference.
    pub setting: SettingRef,
    /// From this night on.
    pub from: Night,
    /// What is said of it.
    pub facts: Vec<(Field, String)>,
}

/// About which place, when, by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementTerms {
    /// The place.
    pub place: PlaceRef,
    /// The first night it speaks of; today if not said.
    pub from: Option<Night>,
    /// The first night it no longer speaks of.
    pub until: Option<Night>,
    /// Until when it may be believed; by its kind if not said.
    pub expires: Option<Moment>,
    /// Who says so; whoever acts if not said.
    pub by: Option<String>,
}

/// What to say of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceCommand {
    /// A child can come.
    Free,
    /// Kept for a child who is to come.
    Hold,
    /// A child lives there.
    Fill,
    /// Nobody can come.
    Close {
        /// Why.
        reason: String,
    },
    /// The child has left: `until` is the date of departure.
    End,
    /// Takes the last statement about the place back.
    Withdraw,
}

/// What was recorded of a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlaceDone {
    /// Whether it was recorded now, rather than before under the same key.
    pub recorded: bool,
    /// The place.
    pub place: PlaceRef,
    /// What was said: free, held, filled, not-available or withdrawn.
    pub says: String,
    /// The first night it speaks of.
    pub from: Night,
    /// The first night it no longer speaks of.
    pub until: Option<Night>,
    /// Until when it may be believed.
    pub expires: Option<Instant>,
    /// Nights after `until` to make the place ready.
    pub turnaround: u16,
    /// Who said so.
    pub by: String,
    /// Why no child should be there, where it is said that one is.
    pub against: Option<String>,
}

impl Office {
    /// Records a setting by hand, or more of one that is there. Whether anything was recorded: not if all of it is known.
    pub fn register_add(&self, new: &NewSetting) -> Result<bool, Problem> {
        let mut facts = Setting::default();
        for (field, text) in &new.facts {
            facts.say(*field, text);
        }
        let kind = facts.text(Field::Kind).map(|text| (text, Kind::read(text)));
        if let Some((text, None)) = kind {
            let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            let sentence = format!("\"{text}\" is no sort of setting; it is one of: {}", known.join("; "));
            return Err(Problem::asked("register.kind", sentence));
        }
        if let Some((text, Some(kind))) = kind
            && kind.is_household() != new.setting.is_household()
        {
            let sentence = format!("{} cannot be a {text}: households are household/…, the others urn/…", new.setting);
            return Err(Problem::asked("register.kind", sentence));
        }
        if let Some(text) = facts.text(Field::Places).filter(|_| facts.places().is_none()) {
            return Err(Problem::asked("register.places", format!("{text} is no number of places; write it as 2")));
        }
        if let Some(text) = facts.text(Field::Postcode) {
            let outcode = kernel::outcode(text).ok_or_else(|| {
                Problem::asked("register.postcode", "that is no postcode; write it as BL3 4HF, or its district as BL3")
            })?;
            // Both wings read the register: where a family lives it knows by district alone.
            if new.setting.is_household() {
                facts.say(Field::Postcode, &outcode);
            }
        }
        let mut db = self.open(Wing::Care)?;
        let committed = self.commit(&mut db, "register add", &sha256(&format!("{new:?}")), |db, seq| {
            let history = db.setting(&new.setting, Seq::NOW)?;
            let before = history.on(new.from, Seq::NOW);
            if before.is_none() && facts.text(Field::Kind).is_none() {
                let why = format!("{} is new: say with --kind what sort of setting it is", new.setting);
                return Err(Problem::asked("register.kind", why));
            }
            let mut now = before.as_ref().map(|before| before.facts.clone()).unwrap_or_default();
            if before.is_none() && facts.text(Field::Status).is_none() {
                facts.say(Field::Status, "Active");
            }
            now.overlay(&facts);
            if before.is_some_and(|before| before.listed && before.facts.differences(&now).is_empty()) {
                return Ok(None);
            }
            let version = Version { from: new.from, seq, listed: true, by_list: false, facts: facts.clone() };
            db.record_settings(&[(new.setting.clone(), version)])?;
            Ok(Some(()))
        })?;
        Ok(!matches!(committed, Committed::Nothing))
    }

    /// Records what a setting (place 0) or one of its places is registered for.
    pub fn register_conditions(
        &self,
        setting: &SettingRef,
        place: u16,
        from: Night,
        conditions: &Conditions,
    ) -> Result<bool, Problem> {
        if conditions.ages.is_some_and(|(youngest, oldest)| youngest > oldest) {
            return Err(Problem::asked("register.ages", "the ages are the wrong way round; write them as 8-17"));
        }
        if place > 0 && conditions.most.is_some() {
            return Err(Problem::asked("register.most", "--most is of a whole setting; a place holds one child"));
        }
        let mut db = self.open(Wing::Care)?;
        let content = sha256(&format!("{setting} {place} {from:?} {conditions:?}"));
        let committed = self.commit(&mut db, "register place", &content, |db, seq| {
            if db.setting(setting, Seq::NOW)?.versions().is_empty() {
                return Err(unknown(setting));
            }
            let before = db.conditions(setting, Seq::NOW)?;
            let version =
                ConditionsVersion { setting: setting.clone(), place, from, seq, conditions: conditions.clone() };
            let held = conditions_on(&before, place, from, Seq::NOW);
            let mut after = before;
            after.push(version.clone());
            if held == conditions_on(&after, place, from, Seq::NOW) {
                return Ok(None);
            }
            db.record_conditions(&version)?;
            Ok(Some(()))
        })?;
        Ok(!matches!(committed, Committed::Nothing))
    }

    /// Says something of a place, if it may be said.
    pub fn register_say(&self, command: &PlaceCommand, terms: &StatementTerms) -> Result<PlaceDone, Problem> {
        let by = terms.by.clone().unwrap_or_else(|| self.actor.clone());
        if by.trim().is_empty() {
            return Err(Problem::asked("vacancy.by", "say with --by who says so"));
        }
        let now = self.clock.now();
        let mut db = self.open(Wing::Care)?;
        let mut said = None;
        let content = sha256(&format!("{command:?} {terms:?}"));
        let committed = self.commit(&mut db, "register vacancy", &content, |db, seq| {
            // The moment that the commit has: never earlier than the one before.
            let at = db.tx(seq)?.map_or_else(|| now.as_str().to_owned(), |tx| tx.at);
            let saying = Saying { command, terms, by: by.clone(), at: instant(&at)?, seq };
            let statement = saying.decide(db)?;
            db.record_statements(std::slice::from_ref(&statement))?;
            said = Some(statement);
            Ok(Some(()))
        })?;
        let (tx, recorded) = match committed {
            Committed::Recorded(seq, ()) => (seq, true),
            Committed::Replayed(seq) => (seq, false),
            Committed::Nothing => return Err(Problem::asked("vacancy.nothing", "there was nothing to record")),
        };
        let before = |db: &mut Db| {
            let all = db.statements_of(&terms.place.setting, tx)?;
            Ok::<_, Problem>(all.into_iter().find(|other| other.seq == tx))
        };
        let statement = match said {
            Some(statement) => Some(statement),
            None => before(&mut db)?,
        };
        let statement =
            statement.ok_or_else(|| Problem::not_found("statement", "that commit said nothing of a place"))?;
        let against = match statement.says {
            // It is recorded by now: that the setting was not registered yet is told, as any other reason is.
            Says::Filled => match why_not_registered(&mut db, &statement.place, statement.from) {
                Err(problem) if problem.exit == 4 => {
                    Some(format!("{} is not in the register on {}", statement.place.setting, statement.from))
                }
                why => why?,
            },
            _ => None,
        };
        Ok(PlaceDone {
            recorded,
            against,
            place: statement.place,
            says: statement.says.code().to_owned(),
            from: statement.from,
            until: statement.until,
            expires: statement.expires,
            turnaround: statement.turnaround,
            by: statement.by,
        })
    }
}

fn unknown(setting: &SettingRef) -> Problem {
    Problem::not_found("setting", format!("{setting} is not in the register; see `carebank register list`"))
}

/// Why no child should be in a place from a night on, by what its setting is registered for.
fn why_not_registered(db: &mut Db, place: &PlaceRef, from: Night) -> Result<Option<String>, Problem> {
    let history = db.setting(&place.setting, Seq::NOW)?;
    let standing = history.on(from, Seq::NOW).ok_or_else(|| unknown(&place.setting))?;
    let conditions = conditions_on(&db.conditions(&place.setting, Seq::NOW)?, 0, from, Seq::NOW);
    let number = conditions.most.or_else(|| standing.facts.places()).unwrap_or(0);
    Ok(barred(standing.listed, &standing.facts, place.number, number, from))
}

pub(crate) struct Saying<'a> {
    pub command: &'a PlaceCommand,
    pub terms: &'a StatementTerms,
    pub by: String,
    pub at: Instant,
    pub seq: Seq,
}

impl Saying<'_> {
    /// The statement, if it may be made as things stand: to be asked under the writer's lock.
    pub(crate) fn decide(&self, db: &mut Db) -> Result<Statement, Problem> {
        let place = &self.terms.place;
        let all = db.statements_of(&place.setting, Seq::NOW)?;
        let about: Vec<Statement> = all.into_iter().filter(|said| said.place == *place).collect();
        let from = self.terms.from.unwrap_or_else(|| Moment::date(self.at.as_str()));
        let fresh = |says| self.statement(says, from, self.terms.until);
        if let Some(until) = self.terms.until.filter(|until| *until <= from && *self.command != PlaceCommand::End) {
            let why = format!("{until} is not after {from}: --until is the first night it no longer speaks of");
            return Err(Problem::asked("vacancy.dates", why));
        }
        match self.command {
            PlaceCommand::Withdraw => self.withdraw(&about),
            PlaceCommand::End => self.end(db, &about),
            PlaceCommand::Close { reason } => {
                if reason.trim().is_empty() {
                    return Err(Problem::asked("vacancy.reason", "say with --reason why nobody can come"));
                }
                self.nobody_there(&about, from)?;
                Ok(fresh(Says::NotAvailable(reason.trim().to_owned())))
            }
            PlaceCommand::Free => {
                self.registered(db, from)?;
                self.nobody_there(&about, from)?;
                let expires = self.expiry(FREE_HOURS)?;
                Ok(Statement { expires: Some(expires), ..fresh(Says::Free) })
            }
            PlaceCommand::Hold => {
                self.registered(db, from)?;
                self.open(&about, from)?;
                let expires = self.expiry(HELD_HOURS)?;
                Ok(Statement { expires: Some(expires), ..fresh(Says::Held) })
            }
            PlaceCommand::Fill => {
                if db.setting(&place.setting, Seq::NOW)?.versions().is_empty() {
                    return Err(unknown(&place.setting));
                }
                self.open(&about, from)?;
                let turnaround = if self.terms.until.is_some() { self.turnaround(db, from)? } else { 0 };
                Ok(Statement { turnaround, ..fresh(Says::Filled) })
            }
        }
    }

    fn statement(&self, says: Says, from: Night, until: Option<Night>) -> Statement {
        Statement {
            seq: self.seq,
            place: self.terms.place.clone(),
            from,
            until,
            says,
            turnaround: 0,
            expires: None,
            replaces: None,
            by: self.by.trim().to_owned(),
            at: self.at.clone(),
        }
    }

    fn expiry(&self, hours: i64) -> Result<Instant, Problem> {
        let moment = match &self.terms.expires {
            Some(moment) => moment.as_str().to_owned(),
            None => Moment::after(self.at.as_str(), hours)
                .map(|moment| moment.as_str().to_owned())
                .ok_or_else(|| Problem::asked("vacancy.expires", "give --expires"))?,
        };
        let moment = instant(&moment)?;
        if moment <= self.at {
            let when = Moment::shown(moment.as_str());
            return Err(Problem::asked("vacancy.expires", format!("{when} has passed; give a later --expires")));
        }
        Ok(moment)
    }

    /// Nobody is offered a place that the setting is not registered for.
    fn registered(&self, db: &mut Db, from: Night) -> Result<(), Problem> {
        let place = &self.terms.place;
        match why_not_registered(db, place, from)? {
            None => Ok(()),
            Some(why) => Err(Problem::asked("vacancy.not-registered", format!("{place}: {why}"))),
        }
    }

    fn turnaround(&self, db: &mut Db, on: Night) -> Result<u16, Problem> {
        let place = &self.terms.place;
        let conditions = db.conditions(&place.setting, Seq::NOW)?;
        Ok(conditions_on(&conditions, place.number, on, Seq::NOW).turnaround.unwrap_or(0))
    }

    /// The states of the nights that the statement would speak of: they change at these dates alone.
    fn states<'s>(&self, about: &'s [Statement], from: Night) -> Vec<(Night, State<'s>)> {
        let view = View { known: Seq::NOW, at: self.at.clone() };
        let ends = |said: &Statement| said.until.map(|until| [until, until.plus(i32::from(said.turnaround))]);
        let mut nights: Vec<Night> = about.iter().map(|said| said.from).collect();
        nights.extend(about.iter().filter_map(ends).flatten());
        nights.retain(|night| *night > from && self.terms.until.is_none_or(|until| *night < until));
        nights.push(from);
        nights.sort_unstable();
        nights.dedup();
        nights.into_iter().map(|night| (night, state(about, night, &view))).collect()
    }

    fn taken(&self, night: Night, how: &str, said: &Statement) -> Problem {
        let place = &self.terms.place;
        let mend = if how == "held" { "ask them, or wait until the hold expires" } else { "end that first" };
        let until = said.expires.as_ref().map(|moment| format!(" until {}", Moment::shown(moment.as_str())));
        let until = until.unwrap_or_default();
        let sentence = format!("{place} is {how} on {night}, said by {}{until}; {mend}", said.by);
        Problem::asked("vacancy.taken", sentence)
    }

    /// No child lives there, and nobody else holds it.
    fn nobody_there(&self, about: &[Statement], from: Night) -> Result<(), Problem> {
        for (night, found) in self.states(about, from) {
            match found {
                State::Filled(said) => return Err(self.taken(night, "filled", said)),
                State::Held(said) if said.by != self.by.trim() => return Err(self.taken(night, "held", said)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Nobody else has it, and it is not closed or being made ready. A hold gives way to who held it.
    fn open(&self, about: &[Statement], from: Night) -> Result<(), Problem> {
        self.nobody_there(about, from)?;
        for (night, found) in self.states(about, from) {
            match found {
                State::NotAvailable(said) => return Err(self.taken(night, "not available", said)),
                State::Turnaround(said) => return Err(self.taken(night, "being made ready", said)),
                State::Held(said) if *self.command == PlaceCommand::Hold => {
                    return Err(self.taken(night, "held", said));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The last statement about the place that still stands.
    fn last<'s>(&self, about: &'s [Statement], which: impl Fn(&Statement) -> bool) -> Option<&'s Statement> {
        let standing = register::standing(about, Seq::NOW).into_iter();
        standing.filter(|said| said.says != Says::Withdrawn).find(|said| which(said))
    }

    fn withdraw(&self, about: &[Statement]) -> Result<Statement, Problem> {
        let last = self.last(about, |_| true).ok_or_else(|| {
            let place = &self.terms.place;
            Problem::not_found("statement", format!("nothing that was said of {place} is left to withdraw"))
        })?;
        if matches!(last.says, Says::Held | Says::Filled) && last.by != self.by.trim() {
            let sentence = format!("{} was {} by {}; they alone withdraw it", last.place, last.says.code(), last.by);
            return Err(Problem::asked("vacancy.taken", sentence));
        }
        Ok(Statement { replaces: Some(last.seq), ..self.statement(Says::Withdrawn, last.from, last.until) })
    }

    fn end(&self, db: &mut Db, about: &[Statement]) -> Result<Statement, Problem> {
        let on = self.terms.until.unwrap_or_else(|| Moment::date(self.at.as_str()));
        let place = &self.terms.place;
        let filled = self.last(about, |said| said.says == Says::Filled).ok_or_else(|| {
            Problem::not_found("statement", format!("{place} is not filled; there is nothing to end"))
        })?;
        if on <= filled.from {
            let why = format!("the child came on {}; one who never slept there is withdrawn, not ended", filled.from);
            return Err(Problem::asked("vacancy.dates", why));
        }
        let turnaround = self.turnaround(db, on)?;
        let ended = self.statement(Says::Filled, filled.from, Some(on));
        Ok(Statement { replaces: Some(filled.seq), turnaround, ..ended })
    }
}
