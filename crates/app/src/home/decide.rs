//! The decision: each voice in its own words, a place kept for one child alone, the legal checks as they stand when it is
//! made. Who pays has no part in it.

use care::home::{Event, Reply, Role, View, What};
use kernel::{ChildRef, Code, CodeSet, Masked, Night, ReturnYear, Seq};
use matching::{Constraint, Home, Kind, Reason, Verdict, Verdicts};
use register::{Instant, PlaceRef, Says, SettingRef, Statement};
use serde::Serialize;
use store::{Db, Wing};

use super::list::{Ready, holder};
use super::supply::home_id;
use super::{Done, Step, done, facts, known_child, last_search, row, without_lapsed_hold, without_money};
use crate::moment::Moment;
use crate::office::{AsOf, Office};
use crate::problem::Problem;
use crate::register::{PlaceCommand, Saying, StatementTerms, instant};

/// Keeping a place.
#[derive(Clone, Debug, Default)]
pub struct HoldTerms {
    /// Which; otherwise the first that is free.
    pub place: Option<u16>,
    /// Until when; otherwise for so long as the register keeps a hold.
    pub expires: Option<Moment>,
}

/// Who recorded something, and when. Voices are not signed: this much is known of where they come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recorded {
    /// The actor of the commit.
    pub by: String,
    /// Its moment.
    pub at: String,
    /// Its number.
    pub tx: Seq,
}

/// What a home that was asked answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerLine {
    /// Which.
    pub setting: String,
    /// `no answer yet`, `yes`, `questions` or `no`.
    pub reply: &'static str,
    /// Why, for a no.
    pub because: Vec<&'static str>,
    /// In its own words; only where they were asked for by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// By whom and when it was recorded.
    pub recorded: Recorded,
}

/// A need that no home could meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnmetLine {
    /// When.
    pub on: Night,
    /// Every home of the register was looked at.
    pub looked_at: u32,
    /// What one thing alone stood in the way of how many homes near.
    pub alone: Vec<(String, u32)>,
    /// Why, in words; only where they were asked for by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// By whom and when it was recorded.
    pub recorded: Recorded,
}

/// One voice about one home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VoiceLine {
    /// When.
    pub on: Night,
    /// About which home.
    pub setting: String,
    /// Whose.
    pub role: &'static str,
    /// For, unsure or against.
    pub view: &'static str,
    /// In their own words; only where they were asked for by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// By whom and when it was recorded.
    pub recorded: Recorded,
}

/// The record of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecisionPage {
    /// Whose.
    pub child: ChildRef,
    /// Which search.
    pub search: i64,
    /// How far it has come.
    pub stage: &'static str,
    /// The home decided on.
    pub setting: Option<String>,
    /// Its place in the child's order.
    pub rank: Option<u32>,
    /// Whether brothers and sisters searched for or living elsewhere are there.
    pub together: Option<bool>,
    /// Every voice, in order.
    pub voices: Vec<VoiceLine>,
    /// Whoever does not agree with what was decided: their voices stand as they are.
    pub disagreed: Vec<&'static str>,
    /// Why not the first of the child's order.
    pub departure: Option<String>,
    /// The legal checks as they stood.
    pub checks: Vec<(String, String)>,
    /// Homes asked, with what they answered.
    pub asked: Vec<AnswerLine>,
    /// By whom and when the decision was recorded.
    pub decided: Option<Recorded>,
    /// That no home was found, where it was so.
    pub unmet: Option<UnmetLine>,
}

/// The SSDA903 code of a placement in a home of this kind, unless somebody says another. An assumption where one kind
/// has several codes: the least particular of them.
pub(crate) fn usual_code(kind: Kind) -> &'static str {
    match kind {
        Kind::Foster => "U6",
        Kind::Kinship => "U3",
        Kind::Adoptive => "A6",
        Kind::ChildrensHome => "K2",
        Kind::Secure => "K1",
        Kind::Supported => "H5",
        Kind::School => "S1",
        Kind::ParentAndChild => "R3",
    }
}

/// A code that the year's return has, or a sentence.
pub(crate) fn coded(set: CodeSet, night: Night, text: &str, what: &str) -> Result<Code, Problem> {
    let ends = facts::return_year(night);
    let year = ReturnYear::try_new(ends)
        .ok_or_else(|| Problem::asked("home.year", format!("{night} is in no return that this version knows")))?;
    set.read(year, text).ok_or_else(|| {
        let known: Vec<String> = set.all(year).map(|(code, _)| code.to_string()).collect();
        Problem::asked("home.code", format!("{text} is no {what} of the return of {ends}; it has {}", known.join(", ")))
    })
}

/// Every constraint of one home for the child, as it stands now.
fn checked(ready: &Ready, home: &Home) -> Verdicts {
    Verdicts::of(&ready.search, home)
}

/// What a constraint asks for, as a line of the record.
fn must_hold(constraint: Constraint) -> &'static str {
    match constraint {
        Constraint::Registration => "registered",
        Constraint::UnderSixteen => "nobody under 16 in supported accommodation",
        Constraint::Authority => "a court's authority, where one is needed",
        Constraint::Age => "registered for the child's age",
        Constraint::Sex => "registered for the child's sex",
        Constraint::Needs => "can meet the child's needs",
        Constraint::Access => "the house is accessible",
        Constraint::Numbers => "a place on every night",
        Constraint::People => "nobody to keep away from",
        Constraint::Places => "nowhere to keep away from",
        Constraint::ChildWithHousehold => "the child can live with the household",
        Constraint::HouseholdWithChild => "the household can live with the child",
    }
}

fn sentence(constraint: Constraint, verdict: Verdict) -> (String, String) {
    let how = match verdict {
        Verdict::Pass => "holds".to_owned(),
        Verdict::Fail(reason) => reason.to_string(),
        Verdict::Unknown(ask) => ask.to_string(),
    };
    (must_hold(constraint).to_owned(), how)
}

impl Office {
    /// Keeps a place for a child until a moment: decided under the writer's lock, so that of two councils in one second
    /// one has it and the other is told.
    pub fn home_hold(&self, child: ChildRef, setting: &SettingRef, terms: &HoldTerms) -> Result<Done, Problem> {
        let mut db = self.open(Wing::Care)?;
        let content =
            self.home_content(&mut db, &[&child.to_string(), "held", setting.as_str(), &format!("{terms:?}")])?;
        let (mut search, mut told) = (0, Vec::new());
        let now = self.clock.now();
        let committed = self.commit(&mut db, "home hold", &content, |db, seq| {
            let ready = self.home_ready(db, child, &AsOf::default(), Some(setting))?;
            search = ready.case.search;
            let home = ready
                .supply
                .register
                .find(home_id(setting))
                .ok_or_else(|| no_home(setting, ready.case.stay.start()))?;
            lawful(&ready, setting, home)?;
            let site = &ready.supply.sites[&home.id];
            let place = terms.place.or(site.free.first().or(site.unsaid.first()).copied());
            let place = place.and_then(|number| PlaceRef::try_new(setting.clone(), number));
            let place = place.ok_or_else(|| {
                Problem::asked("vacancy.taken", format!("{setting} has no place that could be held for these nights"))
            })?;
            let at = db.tx(seq)?.map_or_else(|| now.as_str().to_owned(), |tx| tx.at);
            let stay = ready.case.stay;
            let by = holder(db, &ready.child, search)?;
            let statement_terms = StatementTerms {
                place: place.clone(),
                from: Some(stay.start()),
                until: Some(stay.end()),
                expires: terms.expires.clone(),
                by: None,
            };
            let saying = Saying { command: &PlaceCommand::Hold, terms: &statement_terms, by, at: instant(&at)?, seq };
            let statement = saying.decide(db)?;
            let expires = statement.expires.as_ref().map(|moment| moment.as_str().to_owned()).unwrap_or_default();
            told.push(format!("{place} is held until {}", Moment::shown(&expires)));
            let what = What::Held { place: place.number, expires };
            let event = Event { search, on: Moment::date(&at), setting: Some(setting.to_string()), words: false, what };
            without_lapsed_hold(ready.case.clone(), &at).allows(&event)?;
            db.record_statements(std::slice::from_ref(&statement))?;
            db.record_home_events(&[row(seq, 0, child, &event, None)])?;
            Ok(Some(()))
        })?;
        done(committed, child, search, "held", Some(setting.to_string()), told)
    }

    /// Gives a place that was kept free again.
    pub fn home_release(&self, child: ChildRef) -> Result<Done, Problem> {
        let mut db = self.open(Wing::Care)?;
        let content = self.home_content(&mut db, &[&child.to_string(), "released"])?;
        let (mut search, mut home) = (0, None);
        let now = self.clock.now();
        let committed = self.commit(&mut db, "home release", &content, |db, seq| {
            let stored = known_child(db, child)?;
            let case = last_search(db, child)?;
            search = case.search;
            let case = without_lapsed_hold(case, &db.tx(seq)?.map_or_else(|| now.as_str().to_owned(), |tx| tx.at));
            let (setting, number, _) =
                case.held.clone().ok_or_else(|| Problem::not_found("hold", format!("no place is held for {child}")))?;
            home = Some(setting.clone());
            let at = db.tx(seq)?.map_or_else(|| now.as_str().to_owned(), |tx| tx.at);
            let what = What::Released { place: number };
            let event = Event { search, on: Moment::date(&at), setting: home.clone(), words: false, what };
            case.allows(&event)?;
            withdraw(db, &stored, search, &setting, number, &at, seq)?;
            db.record_home_events(&[row(seq, 0, child, &event, None)])?;
            Ok(Some(()))
        })?;
        done(committed, child, search, "released", home, Vec::new())
    }

    /// Whether the register has a home: nobody is asked and nothing is said about one that is mistyped.
    pub(crate) fn home_known(&self, setting: &SettingRef) -> Result<(), Problem> {
        match self.open(Wing::Care)?.setting(setting, Seq::NOW)?.versions().is_empty() {
            true => Err(Problem::not_found("setting", format!("{setting} is not in the register"))),
            false => Ok(()),
        }
    }

    /// Records a voice about a home in its own words.
    pub fn home_say(
        &self,
        child: ChildRef,
        setting: &SettingRef,
        role: Role,
        view: View,
        words: Option<Masked>,
    ) -> Result<Done, Problem> {
        if !role.any_words() {
            without_money("what was said", words.as_ref())?;
        }
        self.home_known(setting)?;
        let what = What::Said { role, view };
        self.home_step(child, Step { on: self.today(), setting: Some(setting.to_string()), what, words })
    }

    /// Records the decision. The place has to be held for this child; the legal checks are made anew, under the lock.
    pub fn home_decide(
        &self,
        child: ChildRef,
        setting: &SettingRef,
        code: Option<&str>,
        words: Option<Masked>,
    ) -> Result<Done, Problem> {
        without_money("the reason", words.as_ref())?;
        let mut db = self.open(Wing::Care)?;
        let said = words.as_ref().map(Masked::reveal).unwrap_or_default();
        let content =
            self.home_content(&mut db, &[&child.to_string(), "decided", setting.as_str(), &format!("{code:?}"), said])?;
        let (mut search, mut told) = (0, Vec::new());
        let now = self.clock.now();
        let committed = self.commit(&mut db, "home decide", &content, |db, seq| {
            let ready = self.home_ready(db, child, &AsOf::default(), Some(setting))?;
            search = ready.case.search;
            let at = db.tx(seq)?.map_or_else(|| now.as_str().to_owned(), |tx| tx.at);
            let held = ready
                .case
                .held
                .as_ref()
                .filter(|(home, _, until)| home == setting.as_str() && until.as_str() > at.as_str());
            let place = held.map(|(_, place, _)| *place).ok_or_else(|| {
                let sentence =
                    format!("no place of {setting} is held for {child}; hold one first with `carebank home hold`");
                Problem::asked("home.not-held", sentence)
            })?;
            let home = ready
                .supply
                .register
                .find(home_id(setting))
                .ok_or_else(|| no_home(setting, ready.case.stay.start()))?;
            lawful(&ready, setting, home)?;
            let kind = match code {
                Some(text) => coded(CodeSet::Place, ready.case.stay.start(), text, "placement code")?,
                None => coded(CodeSet::Place, ready.case.stay.start(), usual_code(home.kind), "placement code")?,
            };
            let rank = ready.case.rank(setting.as_str());
            let (firm, kept) = kept_to_come(db, &ready, setting, place, &at, seq)?;
            let verdicts = checked(&ready, home);
            let siblings = ready.search.siblings.len() as u64;
            let here =
                ready.search.siblings.iter().filter(|sibling| home.has(sibling.person, ready.case.stay)).count() as u64;
            let what = What::Decided {
                place,
                kind,
                rank,
                metres: ready.search.home.map(|from| from.metres(home.at)),
                together: (siblings > 0).then_some(here == siblings),
                checks: verdicts.iter().map(|(constraint, verdict)| sentence(constraint, verdict)).collect(),
                kept: Some(kept.as_str().to_owned()),
            };
            let event = Event {
                search,
                on: Moment::date(&at),
                setting: Some(setting.to_string()),
                words: words.is_some(),
                what,
            };
            ready.case.allows(&event)?;
            told = spoken(&ready, setting);
            told.push(format!("{setting}/{place} is kept until {}", Moment::shown(kept.as_str())));
            db.record_statements(firm.as_slice())?;
            db.record_home_events(&[row(seq, 0, child, &event, words)])?;
            Ok(Some(()))
        })?;
        done(committed, child, search, "decided", Some(setting.to_string()), told)
    }

    /// The record of the last search's decision. Words are shown where they are asked for by name.
    pub fn home_decision(&self, child: ChildRef, with_words: bool) -> Result<DecisionPage, Problem> {
        let mut db = self.open(Wing::Care)?;
        let rows = db.home_events_of(child, Seq::NOW)?;
        let case = last_search(&mut db, child)?;
        let mut page = DecisionPage {
            child,
            search: case.search,
            stage: case.stage.word(),
            setting: case.decision.as_ref().map(|decision| decision.setting.clone()),
            rank: case.decision.as_ref().and_then(|decision| decision.rank),
            together: None,
            voices: Vec::new(),
            disagreed: Vec::new(),
            departure: None,
            checks: Vec::new(),
            asked: Vec::new(),
            decided: None,
            unmet: None,
        };
        let all = super::events(&rows)?;
        for (event, row) in all.iter().zip(&rows).filter(|(event, _)| event.search == case.search) {
            let words = || row.words.as_ref().filter(|_| with_words).map(|words| words.reveal().to_owned());
            let setting = event.setting.clone().unwrap_or_default();
            let tx = db.tx(row.seq)?;
            let (by, at) = tx.map(|tx| (tx.actor, tx.at)).unwrap_or_default();
            let recorded = Recorded { by, at, tx: row.seq };
            match &event.what {
                What::Said { role, view } => {
                    let (on, role, view) = (event.on, role.word(), view.word());
                    page.voices.push(VoiceLine { on, setting, role, view, words: words(), recorded });
                }
                What::Asked { .. } | What::Replied { .. } => {
                    let (reply, because) = match &event.what {
                        What::Replied { reply, reasons } => {
                            (reply.word(), reasons.iter().map(|reason| reason.sentence()).collect())
                        }
                        _ => ("no answer yet", Vec::new()),
                    };
                    page.asked.retain(|line| line.setting != setting);
                    page.asked.push(AnswerLine { setting, reply, because, words: words(), recorded });
                }
                What::Decided { checks, together, .. } => {
                    page.checks.clone_from(checks);
                    page.together = *together;
                    page.departure = words().or(row.words.as_ref().map(|_| "recorded".to_owned()));
                    page.decided = Some(recorded);
                }
                What::Unmet { looked_at, alone } => {
                    let (on, looked_at, alone) = (event.on, *looked_at, alone.clone());
                    page.unmet = Some(UnmetLine { on, looked_at, alone, words: words(), recorded });
                }
                What::Listed { .. } => page.unmet = None,
                _ => {}
            }
        }
        if let Some(home) = &page.setting {
            let against = Role::ALL.into_iter().filter(|role| case.voice(home, *role) == Some(View::Against));
            page.disagreed = against.map(Role::word).collect();
        }
        page.asked.sort_by(|one, other| one.setting.cmp(&other.setting));
        Ok(page)
    }
}

pub(crate) fn no_home(setting: &SettingRef, on: Night) -> Problem {
    Problem::not_found("home", format!("{setting} is no home of the register on {on}"))
}

/// What is unlawful or unsafe is never held nor decided on. What nobody knows is for people to find out and to record.
fn lawful(ready: &Ready, setting: &SettingRef, home: &Home) -> Result<(), Problem> {
    let fails: Vec<(Constraint, Reason)> = checked(ready, home)
        .iter()
        .filter_map(|(constraint, verdict)| match verdict {
            Verdict::Fail(reason) => Some((constraint, reason)),
            _ => None,
        })
        .collect();
    if fails.is_empty() {
        return Ok(());
    }
    let full = fails.iter().all(|(constraint, _)| *constraint == Constraint::Numbers);
    let why: Vec<String> = fails.iter().map(|(_, reason)| reason.to_string()).collect();
    let code = if full { "vacancy.taken" } else { "home.unlawful" };
    Err(Problem::asked(code, format!("{setting} cannot have the child: {}", why.join("; "))))
}

/// A place decided on is kept for the child to come: through the day after the first night. That length is an assumption.
/// Gives the statement that says so, if the hold ends before, and until when the place is kept.
fn kept_to_come(
    db: &mut Db,
    ready: &Ready,
    setting: &SettingRef,
    number: u16,
    at: &str,
    seq: Seq,
) -> Result<(Option<Statement>, Instant), Problem> {
    let by = holder(db, &ready.child, ready.case.search)?;
    let mut said = db.statements_of(setting, Seq::NOW)?;
    said.retain(|said| said.place.number == number);
    let held = ::register::standing(&said, Seq::NOW).into_iter().find(|said| said.says == Says::Held && said.by == by);
    let held =
        held.ok_or_else(|| Problem::asked("home.not-held", "what held the place was taken back; hold it again"))?;
    let come = ready.case.stay.start().next().iso();
    let come = Moment::parse(&come).map_or_else(|| instant(at), |moment| instant(moment.as_str()))?;
    match &held.expires {
        Some(expires) if *expires < come => {
            let (at, replaces) = (instant(at)?, Some(held.seq));
            let firm = Statement { seq, expires: Some(come.clone()), replaces, at, ..held.clone() };
            Ok((Some(firm), come))
        }
        Some(expires) => Ok((None, expires.clone())),
        None => Ok((None, come)),
    }
}

/// Who has spoken for and against, in a sentence each: a disagreement is kept, and does not hold the decision up.
fn spoken(ready: &Ready, setting: &SettingRef) -> Vec<String> {
    let voice = |role: Role| ready.case.voice(setting.as_str(), role);
    let mut told = Vec::new();
    for role in Role::ALL {
        if voice(role) == Some(View::Against) {
            told.push(format!("{} is against it: that stands in the record as it was said", role.word()));
        }
    }
    if voice(Role::Child) == Some(View::Against) && voice(Role::Advocate).is_none() {
        told.push("offer the child an advocate: their view is not the one decided for".to_owned());
    }
    match ready.case.asked.get(setting.as_str()).and_then(|asked| asked.reply.as_ref()) {
        Some((Reply::Yes, _)) => {}
        _ => told.push(format!("{setting} has not said yes here; make sure of it before the child sets out")),
    }
    told
}

/// Takes back what was said of a place for a search.
fn withdraw(
    db: &mut Db,
    child: &store::StoredChild,
    search: i64,
    setting: &str,
    number: u16,
    at: &str,
    seq: Seq,
) -> Result<(), Problem> {
    let by = holder(db, child, search)?;
    let over = say_of_place(db, &PlaceCommand::Withdraw, (setting, number), (None, None), &by, (at, seq))?;
    Ok(db.record_statements(std::slice::from_ref(&over))?)
}

/// What is said of a place in the name of a search, if it may be said at this moment, in this commit.
pub(crate) fn say_of_place(
    db: &mut Db,
    command: &PlaceCommand,
    (setting, number): (&str, u16),
    nights: (Option<Night>, Option<Night>),
    by: &str,
    (at, seq): (&str, Seq),
) -> Result<Statement, Problem> {
    let setting =
        SettingRef::parse(setting).ok_or_else(|| Problem::not_found("setting", format!("{setting} is no setting")))?;
    let place = PlaceRef::try_new(setting, number).ok_or_else(|| Problem::not_found("place", "no such place"))?;
    let terms = StatementTerms { place, from: nights.0, until: nights.1, expires: None, by: None };
    Saying { command, terms: &terms, by: by.to_owned(), at: instant(at)?, seq }.decide(db)
}
