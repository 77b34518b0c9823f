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
    /// Visits, in order.
    pub visits: Vec<Night>,
}

/// A child's last search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// Its number, from 1.
    pub search: i64,
    /// When it was opened.
    pub opened: Night,
    /// The nights looked for.
    pub stay: Nights,
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

impl Case {
    fn opened(event: &Event, stay: Nights, emergency: bool) -> Case {
        Case {
            search: event.search,
            opened: event.on,
            stay,
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
            What::Decided { place, kind, rank, .. } => {
                self.stage = Stage::Decided;
                self.decision = Some(Decision { setting, place: *place, kind: *kind, rank: *rank, on: event.on });
            }
            What::Unmet { .. } => self.stage = Stage::Unmet,
            What::Arrived { episode, .. } => {
                self.stage = Stage::Placed;
                self.held = None;
                self.placed = Some(Placed {
                    episode: *episode,
                    arrived: event.on,
                    away: Vec::new(),
                    ended: None,
                    notice: None,
                    visits: Vec::new(),
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
                if let Some(last) = placed.away.last_mut() {
                    last.2 = Some(event.on);
                }
            }
            What::Notice { by, ends } => placed.notice = Some((*by, *ends)),
            What::Visited => placed.visits.push(event.on),
            What::Ended { rec, reason } => {
                placed.ended = Some((event.on, *rec, *reason));
                self.stage = Stage::Ended;
            }
            What::Transferred { .. } => self.stage = Stage::Ended,
            What::Corrected { arrived, ended, never } => {
                placed.arrived = arrived.unwrap_or(placed.arrived);
                if let (Some(date), Some(before)) = (ended, &mut placed.ended) {
                    before.0 = *date;
                }
                if *never {
                    (self.stage, self.placed, self.decision) = (Stage::Searching, None, None);
                }
            }
            _ => {}
        }
    }

    /// Whether the child is away now, as far as is known.
    pub fn is_away(&self) -> bool {
        self.placed.as_ref().and_then(|placed| placed.away.last()).is_some_and(|away| away.2.is_none())
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
            What::Opened { .. } if !matches!(self.stage, Stage::Ended | Stage::Placed) => refuse(
                "home.open",
                format!("search {} is still open ({}); go on with it", self.search, self.stage.word()),
            ),
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
            What::Away { .. }
            | What::Back
            | What::Extended { .. }
            | What::Notice { .. }
            | What::Ended { .. }
            | What::Visited
            | What::Transferred { .. } => self.livable(event),
            What::Corrected { .. } if self.placed.is_none() => {
                refuse("home.not-placed", "there is no placement to correct")
            }
            What::Unmet { .. } if self.stage != Stage::Searching => {
                refuse("home.stage", format!("the search is not open: {}", self.stage.word()))
            }
            _ => Ok(()),
        }
    }

    fn holdable(&self, home: &str) -> Result<(), Refusal> {
        if self.stage != Stage::Searching {
            return refuse("home.stage", format!("the search is not open: {}", self.stage.word()));
        }
        if let Some((other, place, _)) = &self.held {
            return refuse("home.held", format!("{other}/{place} is held for this child already; release it first"));
        }
        match self.asked.get(home).and_then(|asked| asked.reply.as_ref()) {
            Some((Reply::No, _)) => {
                refuse("home.said-no", format!("{home} said no; nobody is placed where they are not wanted"))
            }
            _ => Ok(()),
        }
    }

    fn decidable(&self, event: &Event, home: &str, rank: Option<u32>) -> Result<(), Refusal> {
        if self.stage != Stage::Searching {
            return refuse("home.stage", format!("the search is not open: {}", self.stage.word()));
        }
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
            What::Back if !self.is_away() => refuse("home.not-away", "the child is not away"),
            What::Away { .. } | What::Ended { .. } | What::Transferred { .. } if self.is_away() => {
                refuse("home.away", "the child is away: record with `carebank home back` when they came back")
            }
            What::Ended { .. } | What::Transferred { .. } if event.on <= placed.arrived => refuse(
                "home.date",
                format!("the child came on {}; one who never slept there is corrected, not ended", placed.arrived),
            ),
            What::Away { back, .. } if event.on <= placed.arrived || back.is_some_and(|back| back <= event.on) => {
                refuse("home.date", "a time away begins after the child came and ends after it began")
            }
            What::Extended { until } if *until <= placed.arrived => {
                refuse("home.date", "the stay would end before it began")
            }
            _ => Ok(()),
        }
    }
}
