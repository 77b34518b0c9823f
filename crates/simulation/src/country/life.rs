//! What happens to a child, or to brothers and sisters who live together, from the start of care to its end.
//!
//! Time runs from event to event: how long until a move, a change of legal status, a stay away or an end is drawn for
//! what is the case now; the first of them happens, and all are drawn again. Where nobody can be placed is not decided
//! here but in `beds`: a life says what kind of place and when.

use super::people::Person;
use crate::rng::Rng;

/// One change: from this day on, this status in this kind of place.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) on: i32,
    pub(super) rne: &'static str,
    pub(super) status: &'static str,
    pub(super) place: &'static str,
    /// Why the placement before it was left; empty if it was not.
    pub(super) reason: &'static str,
    /// Whether it is another bed than before.
    pub(super) moved: bool,
    /// How many nights, of a stay away on a temporary code; nought of what lasts.
    pub(super) away: i32,
}

/// One period of care.
#[derive(Clone, Debug)]
pub(super) struct Life {
    /// Its first day.
    pub(super) since: i32,
    pub(super) steps: Vec<Step>,
    /// The day and the reason it ended, if that was before anybody's eighteenth birthday and within the time told.
    pub(super) end: Option<(i32, &'static str)>,
}

/// The time told: from the first day to the day after the last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) from: i32,
    pub(super) until: i32,
}

/// After so many days everything is drawn again: the child is older, and longer in care.
const RENEWED: i32 = 120;

type Weights = &'static [(&'static str, u32)];

/// Why children move, but for changes of the placement's status: DfE 2024, reason for placement change during the year.
/// Fewer of CARPL, because moves that a change of legal status asks for are all of that reason.
const REASONS: Weights = &[
    ("CARPL", 15_500),
    ("OTHER", 14_790),
    ("CREQB", 5_310),
    ("CREQO", 4_190),
    ("CHILD", 2_030),
    ("LAREQ", 950),
    ("STAND", 670),
    ("CLOSE", 530),
    ("ALLEG", 440),
    ("APPRR", 200),
];

/// The periods of care of people who live one life, the youngest first, who start on a day or, of the stock, before it.
pub(super) fn live(people: &[Person], on: i32, stock: bool, span: Span, rng: &mut Rng) -> Vec<Life> {
    let mut living = Living { people, span, restless: rng.chance(130), rng, on };
    let first = if stock { living.settled(on) } else { living.arrival(on) };
    let mut lives = vec![living.go(first)];
    while let Some((ended, "E4A" | "E4B")) = lives.last().and_then(|life| life.end) {
        let again = ended + living.rng.after(150).max(7);
        if !living.rng.chance(90) || again >= span.until || again + 30 > living.first_adult() {
            break;
        }
        let arrival = living.arrival(again);
        lives.push(living.go(arrival));
    }
    lives
}

struct Living<'a> {
    people: &'a [Person],
    span: Span,
    /// One of the few to whom most of the moves happen.
    restless: bool,
    rng: &'a mut Rng,
    on: i32,
}

/// What happens next.
#[derive(Clone, Copy)]
enum Event {
    Nothing,
    Ends,
    Status,
    Moves,
    Lasts,
    Adopters,
    Away,
}

impl Living<'_> {
    fn youngest(&self) -> &Person {
        &self.people[0]
    }

    /// Years of age of the youngest, roughly.
    fn age(&self, on: i32) -> i32 {
        (on - self.youngest().born) * 4 / 1461
    }

    fn over_sixteen(&self, on: i32) -> bool {
        on >= self.youngest().sixteen
    }

    fn first_adult(&self) -> i32 {
        self.people.iter().map(|person| person.eighteen).min().unwrap_or(0)
    }

    fn last_adult(&self) -> i32 {
        self.people.iter().map(|person| person.eighteen).max().unwrap_or(0)
    }

    fn alone(&self) -> bool {
        self.youngest().alone
    }

    /// The first step of a period of care that starts in the time told.
    fn arrival(&mut self, on: i32) -> Life {
        let remand = if self.age(on) >= 12 && self.people.len() == 1 { 110 } else { 0 };
        let status = if self.alone() {
            "V2"
        } else {
            // DfE 2024, legal status on starting, less the unaccompanied.
            self.rng.weigh(&[("V2", 450), ("C1", 350), ("C2", 50), ("L2", 75), ("L1", 55), ("J1", remand)])
        };
        let place = self.place(status, on, true);
        Life { since: on, steps: vec![step(on, "S", status, place)], end: None }
    }

    /// The step that was under way when the time told begins, with when it and the period of care began.
    fn settled(&mut self, on: i32) -> Life {
        let age = self.age(on);
        let status = if self.alone() {
            "V2"
        } else {
            // DfE 2024, legal status and age at 31 March; by age is our assumption that the totals ask for.
            self.rng.weigh(match age {
                ..1 => &[("C1", 780), ("C2", 60), ("V2", 90), ("E1", 70)],
                1..5 => &[("C1", 240), ("C2", 360), ("V2", 70), ("E1", 330)],
                5..10 => &[("C1", 90), ("C2", 790), ("V2", 65), ("E1", 55)],
                10..16 => &[("C1", 60), ("C2", 850), ("V2", 90), ("E1", 0)],
                _ => &[("C1", 15), ("C2", 762), ("V2", 210), ("J1", 13)],
            })
        };
        let status = if status == "J1" && self.people.len() > 1 { "C2" } else { status };
        let place = self.place(status, on, false);
        let lived = (on - self.youngest().born - 1).max(1);
        let (least, most) = if self.alone() {
            self.rng.weigh(&[((1, 180), 35), ((181, 365), 30), ((366, 730), 27), ((731, 1100), 8)])
        } else if status == "J1" {
            (1, 60)
        } else {
            // Days in care: how many would be left of those who start if they ended as published (DfE 2024).
            self.rng.weigh(&[
                ((1, 182), 150),
                ((183, 365), 125),
                ((366, 730), 165),
                ((731, 1_095), 110),
                ((1_096, 1_825), 160),
                ((1_826, 5_500), 290),
            ])
        };
        let days = self.rng.between(least.min(lived), most.min(lived));
        let since = on - days;
        let mut placed = on - self.rng.after(self.stays(place, since, on) / 2).min(days);
        if place == "K3" {
            placed = placed.max(self.youngest().sixteen);
        }
        let rne = match (status, place) {
            _ if placed == since => "S",
            (_, "A5") => "T",
            (_, "A6") => "P",
            (_, "U1" | "U4") => self.rng.weigh(&[("T", 450), ("P", 350), ("L", 200)]),
            ("C2" | "E1", _) => self.rng.weigh(&[("P", 600), ("L", 280), ("B", 120)]),
            _ => "P",
        };
        Life { since, steps: vec![step(placed, rne, status, place)], end: None }
    }

    /// Lives on to the end of care, the last eighteenth birthday or the end of the time told.
    fn go(&mut self, mut life: Life) -> Life {
        self.on = life.steps[0].on.max(self.span.from);
        let horizon = self.last_adult().min(self.span.until);
        loop {
            let now = life.steps[life.steps.len() - 1].clone();
            let (event, days) = self.next(&now, life.since);
            self.on += days;
            if self.on >= horizon {
                return life;
            }
            match event {
                Event::Nothing => {}
                Event::Ends => {
                    if self.on < self.first_adult() {
                        life.end = Some((self.on, self.leaving(&now)));
                        return life;
                    }
                }
                Event::Away => {
                    let code = self.rng.weigh(&[("T1", 35), ("T3", 35), ("T4", 30)]);
                    let nights = self.rng.between(2, if code == "T4" { 7 } else { 16 });
                    if self.on + nights + 1 >= horizon.min(self.first_adult()) {
                        continue;
                    }
                    life.steps.push(Step { away: nights, ..step(self.on, "P", now.status, code) });
                    self.on += nights;
                    life.steps.push(step(self.on, "P", now.status, now.place));
                }
                _ => {
                    if let Some(next) = self.becomes(&now, event) {
                        life.steps.push(next);
                    }
                }
            }
        }
    }

    /// The first thing to happen and after how many days.
    fn next(&mut self, now: &Step, since: i32) -> (Event, i32) {
        let mut first = (Event::Nothing, RENEWED);
        let mut may = |event, days| {
            if days < first.1 {
                first = (event, days);
            }
        };
        // Police protection lasts three days at most, an emergency protection order eight: nothing else comes first.
        let protected = match now.status {
            "L1" => Some(self.rng.between(1, 3)),
            "L2" => Some(self.rng.between(3, 8)),
            _ => None,
        };
        if let Some(days) = protected {
            return (if self.rng.chance(170) { Event::Ends } else { Event::Status }, days);
        }
        let ends = self.ends(now, since);
        let stays = self.stays(now.place, since, self.on);
        may(Event::Ends, self.rng.after(ends));
        may(Event::Moves, self.rng.after(stays));
        let turns = match now.status {
            "J1" => 160,
            "V2" if !self.alone() && !self.over_sixteen(self.on) => 360,
            "C1" => 300,
            _ => 0,
        };
        if turns > 0 {
            may(Event::Status, self.rng.after(turns));
        }
        if matches!(now.place, "U3" | "U6") {
            may(Event::Lasts, self.rng.after(if now.place == "U3" { 780 } else { 540 }));
        }
        if now.status == "E1" && now.place.starts_with('U') {
            may(Event::Adopters, self.rng.after(400));
        }
        if now.place.starts_with('U') || matches!(now.place, "K2" | "K3") {
            may(Event::Away, self.rng.after(3_300));
        }
        first
    }

    /// Mean days until care ends, before eighteen.
    fn ends(&self, now: &Step, since: i32) -> u32 {
        match (now.status, now.place) {
            (_, "A5" | "A6") => return 235, // the median of a placement for adoption: DfE 2024
            ("E1", _) => return 9_000,
            ("J1", _) => return 220,
            _ => {}
        }
        // Ends a year per thousand children, by age and days in care: assumptions that the published totals ask for.
        let by_age = match self.age(self.on) {
            _ if self.alone() => return 2_300,
            ..1 => 300,
            1..5 => 310,
            5..10 => 225,
            10..16 => 150,
            _ => 70,
        };
        let days = self.on - since;
        let by_time = match days {
            ..60 => 32,
            60..182 => 21,
            182..365 => 17,
            365..730 => 13,
            730..1_095 => 8,
            _ => 4,
        };
        let by_place = match now.place {
            "P1" => 12,
            "U1" | "U3" => 17,
            "K2" => 6,
            _ => 9,
        };
        40_000_000 / (by_age * by_time * by_place).max(1)
    }

    /// Mean days until a move, by kind of place: after the median durations that DfE published for 2024, longer because
    /// many placements end with care.
    fn stays(&self, place: &str, since: i32, on: i32) -> u32 {
        let mean = match place {
            "A5" | "A6" => return 6_000,
            "R2" => 16,
            "Z1" => 330,
            "R5" => 80,
            "K1" => 90,
            "R3" => 160,
            "R1" => 330,
            "K3" => 330,
            "K2" => 690,
            "U1" => 2_400,
            "U3" => 1_100,
            "U4" => 1_500,
            "P1" => 1_300,
            "S1" => 1_000,
            _ => 560,
        };
        let mean = if on - since < 90 { mean * 6 / 10 } else { mean };
        if self.restless { mean * 3 / 10 } else { mean * 14 / 10 }
    }

    fn becomes(&mut self, now: &Step, event: Event) -> Option<Step> {
        let on = self.on;
        match event {
            Event::Status => {
                let status = self.turns(now.status);
                if lawful(now.place, status) {
                    return Some(step(on, "L", status, now.place));
                }
                let place = match self.place(status, on, false) {
                    "A5" => "U6", // those who have not fostered the child cannot adopt as those who do
                    place => place,
                };
                Some(Step { reason: "CARPL", moved: true, ..step(on, "B", status, place) })
            }
            Event::Lasts => {
                let place = if now.place == "U3" { "U1" } else { "U4" };
                Some(Step { reason: "PLACE", ..step(on, "T", now.status, place) })
            }
            Event::Adopters if self.rng.chance(200) => {
                Some(Step { reason: "PLACE", ..step(on, "T", now.status, "A5") })
            }
            Event::Adopters => Some(Step { reason: "CARPL", moved: true, ..step(on, "P", now.status, "A6") }),
            Event::Moves => {
                let same = match now.place {
                    "U1" | "U3" | "U4" | "U6" => 620,
                    "K2" => 560,
                    "K3" => 650,
                    _ => 0,
                };
                let place = match now.place {
                    "U1" | "U3" | "U4" if self.rng.chance(same) => {
                        if self.rng.chance(120) {
                            "U3"
                        } else {
                            "U6"
                        }
                    }
                    place if self.rng.chance(same) => place,
                    _ => self.place(now.status, on, false),
                };
                // To be adopted by those who foster the child is no move; by others than those who do, it is another.
                if place == "A5" {
                    let status = Step { reason: "PLACE", ..step(on, "T", now.status, "A5") };
                    return now.place.starts_with('U').then_some(status);
                }
                // To parents from parents, or to a baby's place from another, is no move.
                if place == now.place && !matches!(place, "U3" | "U6" | "K2" | "K3") {
                    return None;
                }
                let reason =
                    if now.status == "J1" && matches!(place, "R5" | "K1") { "CUSTOD" } else { self.rng.weigh(REASONS) };
                Some(Step { reason, moved: true, ..step(on, "P", now.status, place) })
            }
            _ => None,
        }
    }

    fn turns(&mut self, status: &str) -> &'static str {
        let age = self.age(self.on);
        match status {
            "L1" => self.rng.weigh(&[("L2", 30), ("V2", 40), ("C1", 30)]),
            "L2" => self.rng.weigh(&[("C1", 85), ("V2", 15)]),
            "J1" => "V2",
            "V2" => "C1",
            // At the end of care proceedings; how often adoption is the plan is an assumption that
            // 3,000 a year ask for.
            _ => self.rng.weigh(match age {
                ..1 => &[("E1", 44), ("C2", 56)],
                1..5 => &[("E1", 31), ("C2", 69)],
                5..8 => &[("E1", 8), ("C2", 92)],
                _ => &[("C2", 100), ("E1", 0)],
            }),
        }
    }

    /// A kind of place for this status and age: in per mille of those placed, at 31 March or, `first`, on starting.
    /// The totals are DfE 2024, placement at 31 March and on starting; by age is our assumption that they ask for.
    fn place(&mut self, status: &str, on: i32, first: bool) -> &'static str {
        let age = self.age(on);
        let single = self.people.len() == 1;
        let weights: Weights = match status {
            "E1" => &[("A6", 285), ("A5", 70), ("U", 645)],
            "J1" => &[("R5", 560), ("K1", 140), ("K2", 160), ("U", 90), ("K3", 50)],
            "L1" | "L2" => &[("U", 960), ("R2", 40)],
            _ if self.alone() && !self.over_sixteen(on) => &[("U", 930), ("K2", 40), ("Z1", 30)],
            _ if self.alone() && first => &[("K3", 620), ("U", 270), ("Z1", 100), ("K2", 10)],
            _ if self.alone() => &[("K3", 520), ("U", 400), ("Z1", 60), ("K2", 20)],
            _ if first => match age {
                ..1 => &[("U", 520), ("R2", 230), ("R3", 150), ("P1", 90), ("Z1", 20)],
                1..5 => &[("U", 850), ("P1", 90), ("R3", 20), ("R2", 15), ("Z1", 25)],
                5..10 => &[("U", 830), ("P1", 100), ("K2", 20), ("R2", 10), ("Z1", 40)],
                10..16 => &[("U", 680), ("K2", 110), ("P1", 65), ("R2", 20), ("R1", 15), ("Z1", 110)],
                _ => &[("K3", 380), ("U", 280), ("K2", 110), ("Z1", 170), ("P1", 25), ("R1", 15), ("R2", 20)],
            },
            _ if self.on > self.span.from => match age {
                ..1 => &[("U", 640), ("R3", 360), ("P1", 190), ("Z1", 10)],
                1..5 => &[("U", 790), ("P1", 210), ("R3", 60), ("Z1", 30)],
                5..10 => &[("U", 790), ("P1", 160), ("K2", 40), ("S1", 2), ("Z1", 58)],
                10..16 => {
                    &[("U", 440), ("K2", 370), ("P1", 90), ("R1", 50), ("K1", 8), ("R2", 12), ("S1", 4), ("Z1", 230)]
                }
                _ => &[("U", 260), ("K2", 270), ("K3", 460), ("P1", 30), ("R1", 50), ("R2", 15), ("Z1", 260)],
            },
            _ => match age {
                ..1 => &[("U", 660), ("R3", 220), ("P1", 120), ("Z1", 15)],
                1..5 => &[("U", 820), ("P1", 155), ("R3", 12), ("Z1", 12)],
                5..10 => &[("U", 830), ("P1", 118), ("K2", 26), ("S1", 1), ("Z1", 19)],
                10..16 => {
                    &[("U", 560), ("K2", 240), ("P1", 78), ("R1", 16), ("K1", 2), ("R2", 2), ("S1", 2), ("Z1", 95)]
                }
                _ => &[("U", 370), ("K2", 205), ("K3", 255), ("P1", 45), ("R1", 22), ("S1", 1), ("R2", 3), ("Z1", 110)],
            },
        };
        let drawn = self.rng.weigh(weights);
        let fits = match drawn {
            "K1" | "K2" | "R1" | "R2" | "R3" | "R5" | "S1" | "Z1" => single,
            "K3" => single && self.over_sixteen(on - 1),
            "P1" => lawful("P1", status),
            _ => true,
        };
        match drawn {
            "U" => self.fostering(first),
            _ if fits => drawn,
            _ => self.fostering(first),
        }
    }

    /// With kin or with other carers. DfE 2024: 24 % of those fostered at 31 March are with kin, 31 % of those
    /// starting.
    fn fostering(&mut self, first: bool) -> &'static str {
        let (kin, lasting) = if first { (360, 60) } else { (275, 480) };
        let kin = if self.alone() { 20 } else { kin };
        match (self.rng.chance(kin), self.rng.chance(lasting)) {
            (true, true) => "U1",
            (true, false) => "U3",
            (false, true) => "U4",
            (false, false) => "U6",
        }
    }

    /// Why care ends before eighteen. DfE 2024, reason episode ceased, shared out over kinds of place.
    fn leaving(&mut self, now: &Step) -> &'static str {
        if self.rng.chance(3) {
            return "E2";
        }
        let weights: Weights = match (now.status, now.place) {
            ("E1", "A5" | "A6") => &[("E11", 61), ("E12", 39)],
            ("J1", _) => &[("E14", 35), ("E9", 65)],
            _ if self.alone() => &[("E3", 58), ("E15", 33), ("E8", 6), ("E16", 3)],
            ("C1" | "C2", "U1" | "U3") => {
                &[("E45", 480), ("E47", 180), ("E41", 90), ("E4A", 170), ("E13", 60), ("E8", 20)]
            }
            ("C1" | "C2", "U4" | "U6") => &[
                ("E46", 60),
                ("E48", 40),
                ("E41", 90),
                ("E4A", 360),
                ("E4B", 80),
                ("E13", 160),
                ("E3", 110),
                ("E8", 100),
            ],
            (_, "P1") => &[("E4A", 700), ("E41", 120), ("E4B", 40), ("E13", 60), ("E8", 80)],
            _ if self.over_sixteen(self.on) => {
                &[("E4A", 300), ("E4B", 120), ("E13", 140), ("E3", 90), ("E5", 190), ("E6", 60), ("E8", 100)]
            }
            _ => &[("E4A", 310), ("E4B", 130), ("E13", 220), ("E3", 120), ("E8", 160)],
        };
        self.rng.weigh(weights)
    }
}

/// What becomes of a young person at eighteen, by where they live. DfE 2024, reason episode ceased.
pub(super) fn at_eighteen(place: &str, rng: &mut Rng) -> &'static str {
    let weights: Weights = match place {
        "U1" | "U3" | "U4" | "U6" => &[("E17", 800), ("E5", 120), ("E6", 40), ("E8", 40)],
        "K3" => &[("E17", 180), ("E5", 520), ("E6", 120), ("E8", 180)],
        "K2" | "K1" | "R1" | "S1" => &[("E5", 480), ("E6", 80), ("E7", 200), ("E8", 240)],
        "P1" => &[("E4A", 700), ("E8", 300)],
        _ => &[("E5", 350), ("E6", 200), ("E8", 450)],
    };
    rng.weigh(weights)
}

/// Whether a child of this legal status may be in such a place at all.
fn lawful(place: &str, status: &str) -> bool {
    match place {
        "P1" => matches!(status, "C1" | "C2"),
        "A5" | "A6" => status == "E1",
        "R5" => status == "J1",
        "K1" | "K2" | "K3" | "R1" | "S1" | "Z1" | "R3" => status != "E1",
        _ => true,
    }
}

fn step(on: i32, rne: &'static str, status: &'static str, place: &'static str) -> Step {
    Step { on, rne, status, place, reason: "", moved: false, away: 0 }
}
