//! The child's voice in the tour of a region: each month the care wing's own list of what is to be done is answered by the
//! country's children and by those who look after them; half-years are closed as their time comes.

use std::collections::BTreeMap;

use app::{
    DueLine, HalfYear, Masked, Night, PlacementId, Problem, SafetyStep, VoiceAnswer, VoiceDue, VoiceTold, VoiceWhat,
};
use simulation::country::{Act, Open, Voices};

use crate::region::Tour;
use crate::voice;

/// The first half-year of the demonstration's scheme, and the months after its end until a half-year is closed.
const FIRST: &str = "2024-H2";
const CLOSE_MONTHS: u8 = 3;

/// What was heard so far.
pub struct Heard {
    voices: Voices,
    counts: BTreeMap<&'static str, usize>,
    open: HalfYear,
    closed: Vec<HalfYear>,
    disclosure_shown: bool,
}

impl Heard {
    /// Nothing yet.
    pub fn new(seed: u64) -> Heard {
        Heard {
            voices: Voices::new(seed),
            counts: BTreeMap::new(),
            open: HalfYear::parse(FIRST).expect("a half-year"),
            closed: Vec::new(),
            disclosure_shown: false,
        }
    }

    fn told(&mut self, line: &DueLine, today: Night) -> Vec<VoiceTold> {
        let what = line.what.as_str();
        let DueLine { child, placement, arrived, born, since, .. } = *line;
        let open = Open { what, child, placement, arrived, born, since };
        let acts = self.voices.about(&open, today);
        acts.into_iter().map(|(on, act)| self.one(line, on, act)).collect()
    }

    fn one(&mut self, line: &DueLine, on: Night, act: Act) -> VoiceTold {
        let (counted, what) = match act {
            Act::Asked => ("asked", VoiceWhat::Asked),
            Act::Answered { mode, marks, declined, providers_device, words } => {
                let words = words.map(|words| Masked::new(words.to_owned()));
                let (able, independent) = (true, true);
                let answer = VoiceAnswer { mode, marks, declined, able, independent, providers_device, words };
                (if declined { "declined" } else { "answered" }, VoiceWhat::Answered(answer))
            }
            Act::Visited(person) => ("visits by an independent person", VoiceWhat::Visited(person.to_owned())),
            Act::IroTold(person) => ("reviewing officers told", VoiceWhat::IroTold(person.to_owned())),
            Act::Reviewed(outcome) => ("placement reviews ended", VoiceWhat::Reviewed(outcome)),
            Act::Replied(person, by) => {
                let text = Masked::new("We will talk about it with you, and change what we can.".to_owned());
                ("replies given", VoiceWhat::Replied { to: line.since, person: person.to_owned(), by, text })
            }
            Act::Acknowledged(person) => (
                "disclosures or words taken on by a named person",
                step(line, SafetyStep::Acknowledged(person.to_owned())),
            ),
            Act::Read(harm) => ("words read", step(line, SafetyStep::Read(harm))),
            Act::Decided(harm) => ("disclosures decided about", step(line, SafetyStep::Decided(harm))),
        };
        *self.counts.entry(counted).or_default() += 1;
        VoiceTold { placement: line.placement, on, what }
    }
}

fn step(line: &DueLine, step: SafetyStep) -> VoiceWhat {
    VoiceWhat::Safety { disclosed: line.since, step }
}

impl Tour {
    /// One month: what is to be done is looked up, and said and done; return is paid on account; a half-year whose time
    /// has come is closed.
    pub(crate) fn listen(&mut self) -> Result<(), Problem> {
        let today = self.office.today();
        let due = self.office.voice_due(None, today)?;
        self.disclosure(&due)?;
        let mut told = Vec::new();
        for line in &due.lines {
            told.extend(self.heard.told(line, today));
        }
        self.office.voice_told(&told)?;
        let open = self.heard.open;
        let close = (today >= open.closes_after(CLOSE_MONTHS)).then_some(open);
        let report = self.office.pay_settle(close, &|_| ())?;
        if let Some(closed) = close {
            self.tell(&voice::settled(&report));
            self.told.insert(format!("settlement {closed}"), serde_json::json!(report));
            self.heard.closed.push(closed);
            self.heard.open = closed.next();
        }
        Ok(())
    }

    /// The first disclosure, three hours after it came in: whom the list says to tell until a named person has taken it on.
    fn disclosure(&mut self, due: &VoiceDue) -> Result<(), Problem> {
        let first = due.lines.iter().find(|line| line.what == "safeguarding");
        let Some(first) = first.filter(|_| !self.heard.disclosure_shown) else { return Ok(()) };
        self.heard.disclosure_shown = true;
        let about = |due: &VoiceDue, placement: PlacementId| VoiceDue {
            today: due.today,
            lines: due.lines.iter().filter(|line| line.placement == placement).cloned().collect(),
        };
        let found = about(due, first.placement);
        self.tell(
            "\nA child is not safe, and has said so last month. Nobody has taken it on; the list goes on telling:\n",
        );
        self.page("disclosure", &found, voice::due);
        Ok(())
    }

    /// What came of it.
    pub(crate) fn voice(&mut self) -> Result<(), Problem> {
        self.chapter(
            "The child's voice",
            "Each month the children of the region were asked by the timetable, and answered, stayed silent, said no,\n\
             disclosed, or were not asked, by a model whose every chance is an assumption: see docs/country.md.",
        );
        let counts = self.heard.counts.clone();
        for (what, count) in &counts {
            self.tell(&format!("{count:>9}  {what}\n"));
        }
        self.told.insert("voice".to_owned(), serde_json::json!(counts));
        let due = self.office.voice_due(None, self.office.today())?;
        let mut open: BTreeMap<String, usize> = BTreeMap::new();
        due.lines.iter().for_each(|line| *open.entry(line.what.clone()).or_default() += 1);
        let open_lines: String = open.iter().map(|(what, count)| format!("{count:>9}  {what}\n")).collect();
        self.tell(&format!("\nStill to be done on {}:\n{open_lines}", due.today));
        self.told.insert("to be done".to_owned(), serde_json::json!(open));
        for half_year in self.heard.closed.clone() {
            self.tell("\n");
            let published = self.office.voice_published(half_year)?;
            self.page(&format!("published {half_year}"), &published, voice::published);
        }
        Ok(())
    }
}
