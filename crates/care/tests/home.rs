//! The life of a search and of the placement that comes of it, against the plainest oracle there is: a stage, and a
//! calendar on which each night is painted as slept at home, slept elsewhere or neither. Events in every order, right and
//! wrong.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeMap;

use care::home::{Case, Decline, Event, Reply, Role, Stage, View, What, cases, concerned, pieces};
use kernel::{ChildRef, Code, CouncilCode, EpisodeId, Night, Nights};

const HOME: &str = "household/H-1";
/// The calendar's end. A stay without an end is painted to it.
const END: usize = 90;
/// The stay that is looked for.
const STAY: (usize, usize) = (10, 30);

fn night(day: usize) -> Night {
    Night::from_days(20_000 + day as i64).unwrap()
}

fn nights(from: usize, until: usize) -> Nights {
    Nights::try_new(night(from), night(until)).unwrap()
}

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((word ^ word >> 31) % end as u64) as usize
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bed {
    None,
    Home,
    Away,
}

/// What stands, by the oracle.
struct Plain {
    stage: &'static str,
    listed: bool,
    asked: bool,
    said_no: bool,
    held: bool,
    heard: Vec<Role>,
    calendar: Vec<Bed>,
    /// The first night of a time away that has no end yet.
    away_since: Option<usize>,
    left: Option<usize>,
    transferred: bool,
}

impl Plain {
    fn new() -> Plain {
        Plain {
            stage: "searching",
            listed: false,
            asked: false,
            said_no: false,
            held: false,
            heard: Vec::new(),
            calendar: vec![Bed::None; END],
            away_since: None,
            left: None,
            transferred: false,
        }
    }

    fn came(&self) -> Option<usize> {
        self.calendar.iter().position(|bed| *bed != Bed::None)
    }

    fn any(&self, from: usize, bed: Bed) -> bool {
        self.calendar[from..].contains(&bed)
    }

    fn paint(&mut self, from: usize, until: usize, bed: Bed) {
        self.calendar[from..until].fill(bed);
    }

    /// Whether the child could leave for good on this date: at home the eve or back on the very day, and nothing after it.
    fn may_leave(&self, on: usize) -> bool {
        self.away_since.is_none() && self.came().is_some_and(|came| on > came) && !self.any(on, Bed::Away)
    }

    /// The calendar with other dates, if it still is one stay that begins at home and loses no night away.
    fn mended(&self, came: usize, left: Option<usize>) -> Option<Vec<Bed>> {
        let stays = |day: usize| day >= came && left.is_none_or(|left| day < left);
        let away = |day: usize| self.calendar[day] == Bed::Away;
        let kept = (0..END).filter(|day| away(*day)).all(stays);
        let first = (0..END).find(|day| stays(*day))?;
        (kept && !away(first)).then(|| {
            let bed = |day: usize| if away(day) { Bed::Away } else { Bed::Home };
            (0..END).map(|day| if stays(day) { bed(day) } else { Bed::None }).collect()
        })
    }

    /// Takes an event if it may follow, and says whether it did.
    fn take(&mut self, step: &Step) -> bool {
        let (a, b) = (step.a, step.b);
        let placed = self.stage == "placed" && self.came().is_some_and(|came| a >= came);
        let fits = match step.kind {
            "opened" => matches!(self.stage, "placed" | "ended" | "unmet need"),
            "listed" => matches!(self.stage, "searching" | "unmet need"),
            "asked" => self.stage == "searching",
            "asked in full" => self.stage == "searching" && self.listed,
            "yes" | "no" => self.asked,
            "held" => self.stage == "searching" && !self.held && !self.said_no,
            "released" => self.stage == "searching",
            "decided" => self.stage == "searching" && self.heard.len() == 3 && !self.said_no,
            "unmet" => self.stage == "searching" && !self.held,
            "closed" => matches!(self.stage, "searching" | "unmet need") && !self.held,
            "introductions" | "not arrived" => self.stage == "decided",
            "arrived" => self.stage == "decided" && (STAY.0..STAY.1).contains(&a),
            "away" => {
                let until = b.min(END);
                placed
                    && self.away_since.is_none()
                    && a < until
                    && a > 0
                    && self.calendar[a - 1] != Bed::None
                    && self.calendar[a..until].iter().all(|bed| *bed == Bed::Home)
            }
            "back" => placed && self.away_since.is_some_and(|since| a >= since),
            "extended" => placed && b > a,
            "notice" => placed && b >= a,
            "visited" => placed,
            "ended" | "transferred" => placed && self.may_leave(a),
            "never" => self.came().is_some() && !self.transferred,
            "goes on" => self.left.is_some() && !self.transferred,
            "came on" => {
                let mended = self.mended(a, self.left);
                self.came().is_some() && !self.transferred && mended.is_some()
            }
            "left on" => {
                let came = self.came().unwrap_or(END);
                self.left.is_some() && !self.transferred && self.mended(came, Some(a)).is_some()
            }
            _ => true,
        };
        if fits {
            self.follow(step);
        }
        fits
    }

    fn follow(&mut self, step: &Step) {
        let (a, b) = (step.a, step.b);
        match step.kind {
            "listed" => (self.listed, self.stage) = (true, "searching"),
            "asked" | "asked in full" => self.asked = true,
            "yes" => self.said_no = false,
            "no" => self.said_no = true,
            "held" => self.held = true,
            "released" => self.held = false,
            "said" => {
                let role = [Role::Child, Role::SocialWorker, Role::Carer][a % 3];
                if !self.heard.contains(&role) {
                    self.heard.push(role);
                }
            }
            "decided" => self.stage = "decided",
            "unmet" => self.stage = "unmet need",
            "closed" => self.stage = "ended",
            "not arrived" => (self.stage, self.held) = ("searching", false),
            "arrived" => {
                (self.stage, self.held) = ("placed", false);
                self.paint(a, END, Bed::Home);
            }
            "away" => {
                self.paint(a, b.min(END), Bed::Away);
                self.away_since = (b >= END).then_some(a);
            }
            "back" => {
                self.paint(a, END, Bed::Home);
                self.away_since = None;
            }
            "ended" | "transferred" => {
                self.paint(a, END, Bed::None);
                (self.stage, self.left, self.transferred) = ("ended", Some(a), step.kind == "transferred");
            }
            "never" => {
                self.paint(0, END, Bed::None);
                (self.stage, self.left, self.away_since) = ("searching", None, None);
            }
            "goes on" => {
                self.paint(self.left.unwrap(), END, Bed::Home);
                (self.stage, self.left) = ("placed", None);
            }
            "came on" => self.calendar = self.mended(a, self.left).unwrap(),
            "left on" => {
                self.calendar = self.mended(self.came().unwrap(), Some(a)).unwrap();
                self.left = Some(a);
            }
            _ => {}
        }
    }
}

#[derive(Clone, Debug)]
struct Step {
    kind: &'static str,
    /// The date it is about, and another that some events have; [`END`] or more is none.
    a: usize,
    b: usize,
}

const KINDS: [&str; 26] = [
    "opened",
    "listed",
    "asked",
    "asked in full",
    "yes",
    "no",
    "held",
    "released",
    "said",
    "decided",
    "unmet",
    "closed",
    "introductions",
    "not arrived",
    "arrived",
    "away",
    "back",
    "extended",
    "notice",
    "visited",
    "ended",
    "transferred",
    "never",
    "goes on",
    "came on",
    "left on",
];

fn event(step: &Step) -> Event {
    let (a, b) = (night(step.a), night(step.b));
    let corrected = |arrived, ended, never, goes_on| What::Corrected { arrived, ended, never, goes_on };
    let words = matches!(step.kind, "said" | "decided");
    let what = match step.kind {
        "opened" => What::Opened { stay: nights(STAY.0, STAY.1), emergency: false, complete: 0 },
        "listed" => What::Listed {
            rules: String::new(),
            looked_at: 1,
            possible: 1,
            offered: vec![HOME.to_owned()],
            to_ask: Vec::new(),
            metres: vec![None],
            left_out: Vec::new(),
        },
        "asked" => What::Asked { full: false },
        "asked in full" => What::Asked { full: true },
        "yes" => What::Replied { reply: Reply::Yes, reasons: Vec::new() },
        "no" => What::Replied { reply: Reply::No, reasons: vec![Decline::Full] },
        "held" => What::Held { place: 1, expires: "2030".to_owned() },
        "released" => What::Released { place: 1 },
        "said" => What::Said { role: [Role::Child, Role::SocialWorker, Role::Carer][step.a % 3], view: View::For },
        "decided" => What::Decided {
            place: 1,
            kind: Code::parse("U6").unwrap(),
            rank: Some(1),
            metres: None,
            together: None,
            checks: Vec::new(),
            kept: None,
        },
        "unmet" => What::Unmet { looked_at: 1, alone: Vec::new() },
        "closed" => What::Closed,
        "introductions" => What::Introductions { nights: nights(1, 2) },
        "not arrived" => What::NotArrived { place: 1 },
        "arrived" => What::Arrived { episode: EpisodeId::from_hash(*b"episode1"), place: 1 },
        "away" => What::Away { code: Code::parse("T1").unwrap(), back: (step.b < END).then_some(b) },
        "back" => What::Back,
        "extended" => What::Extended { until: b },
        "notice" => What::Notice { by: Role::Carer, ends: b },
        "visited" => What::Visited,
        "ended" => What::Ended { rec: Code::parse("E4A").unwrap(), reason: None },
        "transferred" => {
            What::Transferred { to: CouncilCode::parse("E10000016").unwrap(), child: ChildRef::from_hash([7; 8]) }
        }
        "never" => corrected(None, None, true, false),
        "goes on" => corrected(None, None, false, true),
        "came on" => corrected(Some(a), None, false, false),
        "left on" => corrected(None, Some(a), false, false),
        other => unreachable!("{other}"),
    };
    Event { search: 1, on: a, setting: Some(HOME.to_owned()), words, what }
}

/// Any event; every other time the one that brings a search forward, so that placements are lived in.
fn drawn(chance: &mut Chance, plain: &Plain) -> Step {
    let forward = match plain.stage {
        "searching" if !plain.listed => "listed",
        "searching" if !plain.held => "held",
        "searching" if plain.heard.len() < 3 => "said",
        "searching" => "decided",
        "decided" => "arrived",
        "placed" if plain.away_since.is_some() => "back",
        "ended" if plain.left.is_some() => ["never", "goes on", "came on", "left on"][chance.below(4)],
        _ => KINDS[chance.below(KINDS.len())],
    };
    let kind = if chance.below(2) == 0 { forward } else { KINDS[chance.below(KINDS.len())] };
    let (a, b) = (chance.below(45), chance.below(45));
    let a = match kind {
        "said" => chance.below(3),
        "arrived" => 5 + chance.below(28),
        "back" => plain.away_since.map_or(a, |since| (since + chance.below(6)).saturating_sub(1)),
        "came on" => plain.came().map_or(a, |came| (came + chance.below(7)).saturating_sub(3)),
        "left on" => plain.left.map_or(a, |left| (left + chance.below(9)).saturating_sub(4)),
        _ => a,
    };
    Step { kind, a, b: if b > 38 || (kind == "away" && b % 3 == 0) { END } else { b } }
}

#[test]
fn every_order_of_events_is_taken_or_refused_as_the_calendar_says() {
    let mut counted: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut lived = 0;
    for seed in 0..10_000 {
        let mut chance = Chance(seed);
        let opened = Event { setting: None, ..event(&Step { kind: "opened", a: 0, b: 0 }) };
        let (mut plain, mut events) = (Plain::new(), vec![opened]);
        for _ in 0..30 {
            let step = drawn(&mut chance, &plain);
            let case = cases(&events).pop().unwrap();
            let said = case.allows(&event(&step));
            let fits = plain.take(&step);
            assert_eq!(
                said.is_ok(),
                fits,
                "seed {seed}: {step:?} when {}: {said:?}\n{:?}",
                plain.stage,
                plain.calendar
            );
            let count = counted.entry(step.kind).or_default();
            if let Err(refusal) = said {
                assert!(refusal.code.starts_with("home.") && refusal.sentence.len() > 20, "{refusal:?}");
                count.1 += 1;
                continue;
            }
            count.0 += 1;
            if step.kind == "opened" {
                // A second search: what happens in the placement is still about the first.
                events.push(Event { search: 2, setting: None, ..event(&step) });
                let both = cases(&events);
                let about = |kind| concerned(&both, &event(&Step { kind, a: 0, b: 1 }).what).unwrap().search;
                assert_eq!(about("visited"), if plain.stage == "placed" { 1 } else { 2 });
                assert_eq!(about("held"), 2);
                break;
            }
            events.push(event(&step));
            let case = cases(&events).pop().unwrap();
            assert_eq!(case.stage.word(), plain.stage, "seed {seed}: {step:?}");
            assert_eq!(case.held.is_some(), plain.held, "seed {seed}: {step:?}");
            lived += u32::from(case.placed.is_some());
            assert_eq!(painted(&case), plain.calendar, "seed {seed}: {step:?}");
        }
    }
    let seldom = |(kind, (taken, refused)): &(&&str, &(u32, u32))| **kind != "said" && (*taken < 50 || *refused < 50);
    assert_eq!(counted.iter().filter(seldom).collect::<Vec<_>>(), [], "each is often taken and often refused");
    assert_eq!(counted.len(), KINDS.len());
    assert!(lived > 20_000, "{lived}");
}

/// The pieces of a placement as nights: each begins where the one before ended, and none is empty.
fn painted(case: &Case) -> Vec<Bed> {
    let mut calendar = vec![Bed::None; END];
    let Some(placed) = &case.placed else { return calendar };
    let pieces = pieces(placed);
    assert!(pieces.windows(2).all(|pair| pair[0].end == Some(pair[1].start)), "{pieces:?}");
    for piece in &pieces {
        let until = piece.end.map_or(END, |end| (end.days() - 20_000) as usize);
        let from = (piece.start.days() - 20_000) as usize;
        assert!(from < until, "{pieces:?}");
        calendar[from..until].fill(if piece.away.is_some() { Bed::Away } else { Bed::Home });
    }
    assert_eq!(case.lives(), case.stage == Stage::Placed);
    calendar
}
