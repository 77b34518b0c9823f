//! One child's search from its opening to its end: what stands, and what may be done next.

use std::collections::BTreeMap;
use std::fmt;

use kernel::{Code, EpisodeId, Night, Nights};

use super::event::{Decline, Event, Reply, Role, View, What};

/// How far a search has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stage {
    /// A home is looked for.
    Searching,
    /// A home has been decided on; the child has not come yet.
    Decided,
    /// The child lives there.
    Placed,
    /// The child has left, or the search was ended.
    Ended,
    /// No home was found. An unmet need, counted; the search may be taken up again.
    Unmet,
}

impl Stage {
    /// As it is shown.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Searching => "searching",
            Stage::Decided => "decided",
            Stage::Placed => "placed",
            Stage::Ended => "ended",
            Stage::Unmet => "unmet need",
        }
    }
}

/// The check of a decision that another council made.
pub const TRANSFER: &str = "transfer";

/// A home that was asked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// Whether it has the full referral.
    pub full: bool,
    /// Its last answer.
    pub reply: Option<(Reply, Vec<Decline>)>,
}

/// The home decided on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// Which.
    pub setting: String,
    /// Which of its places.
    pub place: u16,
    /// The placement code.
    pub kind: Code,
    /// Its place in the child's order; `None` if it was not on the list.
    pub rank: Option<u32>,
    /// When.
    pub on: Night,
    /// Whether it was not decided here: the council took over a child who stays where they are.
    pub taken_over: bool,
}

/// The placement that came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placed {
    /// What the council reports.
    pub episode: EpisodeId,
    /// The night of arrival.
    pub arrived: Night,
    /// Times away: code, from, until when the child is back.
    pub away: Vec<(Code, Night, Option<Night>)>,
    /// The date of departure, with the reasons.
    pub ended: Option<(Night, Code, Option<Code>)>,
    /// Notice: by whom, and when the stay is to end.
    pub notice: Option<(Role, Night)>,
    /// Whether it ended because another council took over: the child stays, under that council's reference.
    pub transferred: bool,
    /// Visits, in order.
    pub visits: Vec<Night>,
    /// Duties of its start that were done, with their dates.
    pub done: Vec<(String, Night)>,
}

impl Placed {
    /// Whether the child is away, as far as is known.
    pub fn is_away(&self) -> bool {
        self.away.iter().any(|(.., back)| back.is_none())
    }

    /// The last date on which the child came: the arrival, or back from a time away.
    pub fn last_came(&self) -> Night {
        self.away.iter().filter_map(|(.., back)| *back).fold(self.arrived, Night::max)
    }
}

/// A child's last search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// Its number, from 1.
    pub search: i64,
    /// When it was opened.
    pub opened: Night,
    /// The nights looked for; of a placement, those that it is meant to last.
    pub stay: Nights,
    /// The nights looked for when the search was opened.
    pub sought: Nights,
    /// Whether it was an emergency.
    pub emergency: bool,
    /// How far it has come.
    pub stage: Stage,
    /// The last list: homes that can be offered, in order; and those to be asked.
    pub offered: Vec<String>,
    /// Homes that could be offered if a question were answered.
    pub to_ask: Vec<String>,
    /// Homes asked.
    pub asked: BTreeMap<String, Asked>,
    /// The place kept: home, place, until when.
    pub held: Option<(String, u16, String)>,
    /// Voices, in order: about which home, whose, what.
    pub voices: Vec<(String, Role, View)>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// What came of it.
    pub placed: Option<Placed>,
}

/// Why something may not be done. A stable code and a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Stable.
    pub code: &'static str,
    /// What, and how to mend it.
    pub sentence: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

fn refuse<T>(code: &'static str, sentence: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, sentence: sentence.into() })
}

/// A child's searches, in order, from all events in the order in which they were recorded.
pub fn cases(events: &[Event]) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for event in events {
        if let What::Opened { stay, emergency, .. } = event.what {
            cases.push(Case::opened(event, stay, emergency));
        } else if let Some(case) = cases.iter_mut().rev().find(|case| case.search == event.search) {
            case.take(event);
        }
    }
    cases
}

/// Which of a child's searches an event is about: what happens in a placement is about the home where the child lives,
/// also while another is looked for; all else is about the last search.
pub fn concerned<'c>(cases: &'c [Case], what: &What) -> Option<&'c Case> {
    let its: fn(&Case) -> bool = match what {
        What::Away { .. }
        | What::Back
        | What::Extended { .. }
        | What::Notice { .. }
        | What::Ended { .. }
        | What::Visited
        | What::Done { .. }
        | What::Transferred { .. } => Case::lives,
        What::Corrected { .. } => |case| case.placed.is_some(),
        _ => |_| true,
    };
    cases.iter().rfind(|case| its(case)).or(cases.last())
}

impl Case {
    fn opened(event: &Event, stay: Nights, emergency: bool) -> Case {
        Case {
            search: event.search,
            opened: event.on,
            stay,
            sought: stay,
            emergency,
            stage: Stage::Searching,
            offered: Vec::new(),
            to_ask: Vec::new(),
            asked: BTreeMap::new(),
            held: None,
            voices: Vec::new(),
            decision: None,
            placed: None,
        }
    }

    fn take(&mut self, event: &Event) {
        let setting = event.setting.clone().unwrap_or_default();
        match &event.what {
            What::Listed { offered, to_ask, .. } => {
                (self.offered, self.to_ask) = (offered.clone(), to_ask.clone());
                if self.stage == Stage::Unmet {
                    self.stage = Stage::Searching;
                }
            }
            What::Asked { full } => self.asked.entry(setting).or_default().full |= full,
            What::Replied { reply, reasons } => {
                self.asked.entry(setting).or_default().reply = Some((*reply, reasons.clone()));
            }
            What::Held { place, expires } => self.held = Some((setting, *place, expires.clone())),
            What::Released { .. } => self.held = None,
            What::Said { role, view } => self.voices.push((setting, *role, *view)),
            What::Decided { place, kind, rank, kept, checks, .. } => {
                self.stage = Stage::Decided;
                if let (Some(held), Some(kept)) = (&mut self.held, kept) {
                    held.2.clone_from(kept);
                }
                let taken_over = checks.iter().any(|(check, _)| check == TRANSFER);
                let (place, kind, rank, on) = (*place, *kind, *rank, event.on);
                self.decision = Some(Decision { setting, place, kind, rank, on, taken_over });
            }
            What::Unmet { .. } => self.stage = Stage::Unmet,
            What::Closed => self.stage = Stage::Ended,
            What::Arrived { episode, place } => {
                self.stage = Stage::Placed;
                self.held = None;
                // The place that the child has may be another than was decided on.
                if let Some(decision) = &mut self.decision {
                    decision.place = *place;
                }
                self.placed = Some(Placed {
                    episode: *episode,
                    arrived: event.on,
                    away: Vec::new(),
                    ended: None,
                    notice: None,
                    transferred: false,
                    visits: Vec::new(),
                    done: Vec::new(),
                });
            }
            What::NotArrived { .. } => {
                (self.stage, self.decision, self.held) = (Stage::Searching, None, None);
            }
            What::Extended { until } => {
                self.stay = Nights::try_new(self.stay.start(), *until).unwrap_or(self.stay);
                if let Some(placed) = &mut self.placed {
                    placed.notice = None;
                }
            }
            other => self.lived(event, other),
        }
    }

    /// What happens while the child lives there.
    fn lived(&mut self, event: &Event, what: &What) {
        let Some(placed) = &mut self.placed else { return };
        match what {
            What::Away { code, back } => placed.away.push((*code, event.on, *back)),
            What::Back => {
                if let Some(open) = placed.away.iter_mut().find(|(.., back)| back.is_none()) {
                    open.2 = Some(event.on);
                }
                // Back on the day of leaving: not a night was slept elsewhere.
                placed.away.retain(|(_, left, back)| *back != Some(*left));
            }
            What::Notice { by, ends } => placed.notice = Some((*by, *ends)),
            What::Visited => placed.visits.push(event.on),
            What::Done { duty } => placed.done.push((duty.clone(), event.on)),
            What::Ended { rec, reason } => {
                placed.ended = Some((event.on, *rec, *reason));
                self.stage = Stage::Ended;
            }
            What::Transferred { .. } => {
                // E3: care is taken over by another council.
                placed.ended = Code::parse("E3").map(|rec| (event.on, rec, None));
                placed.transferred = true;
                self.stage = Stage::Ended;
            }
            What::Corrected { never: true, .. } => {
                (self.stage, self.placed, self.decision) = (Stage::Searching, None, None);
                self.stay = self.sought;
            }
            What::Corrected { goes_on: true, .. } => {
                placed.ended = None;
                self.stage = Stage::Placed;
            }
            What::Corrected { arrived, ended, .. } => {
                placed.arrived = arrived.unwrap_or(placed.arrived);
                if let (Some(date), Some(before)) = (ended, &mut placed.ended) {
                    before.0 = *date;
                }
            }
            _ => {}
        }
    }

    /// Whether the child lives in the home of this search.
    pub fn lives(&self) -> bool {
        self.stage == Stage::Placed
    }

    /// The place of a home in the child's order, 1 the first.
    pub fn rank(&self, setting: &str) -> Option<u32> {
        (1..).zip(&self.offered).find(|(_, home)| *home == setting).map(|(rank, _)| rank)
    }

    /// Whose last word about a home is known.
    pub fn voice(&self, setting: &str, role: Role) -> Option<View> {
        self.voices.iter().rev().find(|(home, whose, _)| home == setting && *whose == role).map(|voice| voice.2)
    }

    /// Whether an event may follow. The rules of the record, and no more: what is lawful is for the constraints to say.
    pub fn allows(&self, event: &Event) -> Result<(), Refusal> {
        let home = event.setting.as_deref().unwrap_or_default();
        match &event.what {
            What::Opened { .. } if matches!(self.stage, Stage::Searching | Stage::Decided) => refuse(
                "home.open",
                format!(
                    "search {} is still open ({}); go on with it, or end it with `carebank home close`",
                    self.search,
                    self.stage.word()
                ),
            ),
            What::Listed { .. } if !matches!(self.stage, Stage::Searching | Stage::Unmet) => self.not_open(),
            What::Asked { .. } if self.stage != Stage::Searching => self.not_open(),
            What::Asked { full: true } if !self.offered.iter().chain(&self.to_ask).any(|listed| listed == home) => {
                refuse(
                    "home.not-listed",
                    format!(
                        "{home} is not on the last list; the full referral goes to homes on it alone: run `carebank home shortlist --keep` first"
                    ),
                )
            }
            What::Replied { reply: Reply::No, reasons } if reasons.is_empty() => {
                refuse("home.reason", "say with --because why the home says no; `other` needs its words")
            }
            What::Replied { reasons, .. } if reasons.contains(&Decline::Other) && !event.words => {
                refuse("home.reason", "`other` needs the home's own words: give --words-from")
            }
            What::Replied { .. } if !self.asked.contains_key(home) => {
                refuse("home.not-asked", format!("{home} was not asked; ask it first with `carebank home ask`"))
            }
            What::Held { .. } => self.holdable(home),
            What::Released { .. } if self.stage != Stage::Searching => refuse(
                "home.stage",
                format!(
                    "the place is kept for a child who is to come (it is {}); if they do not, see `carebank home life not-arrived`",
                    self.stage.word()
                ),
            ),
            What::Said { .. } if !event.words => refuse("home.words", "a voice is in its own words: give --words-from"),
            What::Decided { rank, .. } => self.decidable(event, home, *rank),
            What::Arrived { .. } | What::NotArrived { .. } | What::Introductions { .. }
                if self.stage != Stage::Decided =>
            {
                refuse(
                    "home.not-decided",
                    format!("nothing is decided (it is {}); see `carebank home decide`", self.stage.word()),
                )
            }
            What::Arrived { .. } if !self.stay.contains(event.on) => refuse(
                "home.date",
                format!(
                    "{} is none of the nights that were decided on, {} to {}: if the child did come then, record `carebank home life not-arrived`, close the search and open one for those nights",
                    event.on,
                    self.stay.start(),
                    self.stay.end()
                ),
            ),
            What::Away { .. }
            | What::Back
            | What::Extended { .. }
            | What::Notice { .. }
            | What::Ended { .. }
            | What::Visited
            | What::Done { .. }
            | What::Transferred { .. } => self.livable(event),
            What::Corrected { .. } => self.correctable(event),
            What::Unmet { .. } if self.stage != Stage::Searching => self.not_open(),
            What::Closed if !matches!(self.stage, Stage::Searching | Stage::Unmet) => self.not_open(),
            What::Unmet { .. } | What::Closed if self.held.is_some() => {
                refuse("home.held", "a place is held for this child; give it free first with `carebank home release`")
            }
            _ => Ok(()),
        }
    }

    fn not_open<T>(&self) -> Result<T, Refusal> {
        let mend = match self.stage {
            Stage::Searching => "it is open",
            Stage::Unmet => "take it up again with `carebank home shortlist --keep`",
            Stage::Decided => "if the child does not come, record it with `carebank home life not-arrived`",
            Stage::Placed | Stage::Ended => "begin another with `carebank home open`",
        };
        refuse("home.stage", format!("the search is not open: {}; {mend}", self.stage.word()))
    }

    fn holdable(&self, home: &str) -> Result<(), Refusal> {
        if self.stage != Stage::Searching {
            return self.not_open();
        }
        if let Some((other, place, _)) = &self.held {
            return refuse("home.held", format!("{other}/{place} is held for this child already; release it first"));
        }
        self.wanted(home)
    }

    /// Nobody is placed where they are not wanted.
    fn wanted(&self, home: &str) -> Result<(), Refusal> {
        match self.asked.get(home).and_then(|asked| asked.reply.as_ref()) {
            Some((Reply::No, _)) => refuse(
                "home.said-no",
                format!("{home} said no; nobody is placed where they are not wanted. If it says yes now, record that"),
            ),
            _ => Ok(()),
        }
    }

    fn decidable(&self, event: &Event, home: &str, rank: Option<u32>) -> Result<(), Refusal> {
        if self.stage != Stage::Searching {
            return self.not_open();
        }
        self.wanted(home)?;
        // In an emergency the others are heard as soon as may be, and the list of what is due says so.
        let needed: &[Role] =
            if self.emergency { &[Role::SocialWorker] } else { &[Role::Child, Role::SocialWorker, Role::Carer] };
        let unheard: Vec<&str> =
            needed.iter().filter(|role| self.voice(home, **role).is_none()).map(|role| role.word()).collect();
        if !unheard.is_empty() {
            let who = unheard.join(", ");
            return refuse(
                "home.unheard",
                format!("not yet heard about {home}: {who}; record each with `carebank home say`"),
            );
        }
        if rank != Some(1) && !event.words {
            return refuse(
                "home.departure",
                "this is not the first home of the list that was kept: say why in words, with --words-from; or, if questions have been answered since, keep the list anew",
            );
        }
        Ok(())
    }

    fn livable(&self, event: &Event) -> Result<(), Refusal> {
        let Some(placed) = self.placed.as_ref().filter(|_| self.stage == Stage::Placed) else {
            return refuse(
                "home.not-placed",
                format!("the child lives in no home of this search (it is {})", self.stage.word()),
            );
        };
        if event.on < placed.arrived {
            return refuse("home.date", format!("{} is before the child came on {}", event.on, placed.arrived));
        }
        match &event.what {
            What::Back => match placed.away.iter().find(|(.., back)| back.is_none()) {
                None => refuse("home.not-away", "the child is not away"),
                Some((_, left, _)) if event.on < *left => {
                    refuse("home.date", format!("{} is before the child left on {left}", event.on))
                }
                Some(_) => Ok(()),
            },
            What::Away { .. } | What::Ended { .. } | What::Transferred { .. } if placed.is_away() => refuse(
                "home.away",
                "the child is away: record with `carebank home life back` when they came back, or that they did not",
            ),
            What::Ended { .. } | What::Transferred { .. } if event.on <= placed.arrived => refuse(
                "home.date",
                format!("the child came on {}; one who never slept there is corrected, not ended", placed.arrived),
            ),
            What::Ended { .. } | What::Transferred { .. } if event.on < placed.last_came() => refuse(
                "home.date",
                format!("the child was away until {}: it cannot end before that", placed.last_came()),
            ),
            What::Away { back, .. } => may_be_away(placed, event.on, *back),
            What::Extended { until } if *until <= event.on => refuse(
                "home.date",
                format!(
                    "{until} is not after {}: a stay that is over is ended with `carebank home life end`",
                    event.on
                ),
            ),
            What::Notice { ends, .. } if *ends < event.on => {
                refuse("home.date", format!("{ends} is before the notice was given on {}", event.on))
            }
            _ => Ok(()),
        }
    }

    fn correctable(&self, event: &Event) -> Result<(), Refusal> {
        let What::Corrected { arrived, ended, never, goes_on } = &event.what else { return Ok(()) };
        let Some(placed) = &self.placed else {
            return refuse("home.not-placed", "there is no placement to correct");
        };
        if placed.transferred {
            return refuse(
                "home.transferred",
                "another council is responsible now: correct it there, under its reference",
            );
        }
        if self.decision.as_ref().is_some_and(|decision| decision.taken_over) && (arrived.is_some() || *never) {
            return refuse(
                "home.transferred",
                format!(
                    "the child was in this home before {}, when this council took over: if it did not, give the child back with `carebank home transfer`",
                    placed.arrived
                ),
            );
        }
        let said = [arrived.is_some() || ended.is_some(), *never, *goes_on];
        if said.iter().filter(|said| **said).count() != 1 {
            return refuse(
                "home.correct",
                "say what was wrong: --arrived and --ended with the true dates, or --never, or --goes-on",
            );
        }
        if (ended.is_some() || *goes_on) && placed.ended.is_none() {
            return refuse("home.not-ended", "the placement has not ended; see `carebank home life end`");
        }
        let came = arrived.unwrap_or(placed.arrived);
        let left = ended.or(placed.ended.map(|(on, ..)| on));
        let first_away = placed.away.iter().map(|(_, left, _)| *left).min();
        if left.is_some_and(|left| left <= came) {
            return refuse("home.date", format!("the child would have left before the night of {came} was over"));
        }
        if let Some(away) = first_away.filter(|away| *away <= came) {
            return refuse("home.date", format!("the child was away from {away}: they came before that"));
        }
        if let Some(left) = left.filter(|left| ended.is_some() && *left < placed.last_came()) {
            return refuse("home.date", format!("the child was away until {}: not {left}", placed.last_came()));
        }
        Ok(())
    }
}

/// A time away begins after the child came, ends after it began, and shares no night with another.
fn may_be_away(placed: &Placed, left: Night, back: Option<Night>) -> Result<(), Refusal> {
    if left <= placed.arrived || back.is_some_and(|back| back <= left) {
        return refuse("home.date", "a time away begins after the child came and ends after it began");
    }
    let clear = |(_, from, until): &(Code, Night, Option<Night>)| {
        back.is_some_and(|back| back <= *from) || until.is_some_and(|until| until <= left)
    };
    match placed.away.iter().find(|other| !clear(other)) {
        None => Ok(()),
        Some((_, from, _)) => refuse("home.date", format!("the child was away from {from}: no night is away twice")),
    }
}
