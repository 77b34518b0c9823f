//! The behaviour model: how long children stay, whether they are asked, and what they say. Every figure here is an
//! assumption of ours for want of any record of such answers; the study shows what follows from them, nothing more.

use door::HalfYear;
use kernel::{Night, Nights, PlacementId};
use voice::{
    Calendar, Coverage, Fact, Outcome, Owner, Protocol, Signal, Stay, Tenure, What, Why, coverage, due_dates, tenures,
};

use crate::rng::Rng;

/// How many half-years are simulated.
pub(super) const HALF_YEARS: usize = 8;

/// Of a thousand placements, those in which the child is unhappy from the start.
pub(crate) const UNHAPPY: u32 = 120;
/// Of a thousand due dates, those on which the child is asked.
pub(crate) const ASKED: u32 = 950;
/// What a child says who is happy, and who is not. `None` is silence.
pub(crate) const HAPPY_SAYS: [(Option<Signal>, u32); 6] = [
    (Some(Signal::Affirmed), 720),
    (Some(Signal::Mixed), 120),
    (Some(Signal::NotAffirmed), 20),
    (Some(Signal::Declined), 30),
    (Some(Signal::Safety), 10),
    (None, 100),
];
pub(crate) const UNHAPPY_SAYS: [(Option<Signal>, u32); 6] = [
    (Some(Signal::Affirmed), 200),
    (Some(Signal::Mixed), 220),
    (Some(Signal::NotAffirmed), 350),
    (Some(Signal::Declined), 50),
    (Some(Signal::Safety), 20),
    (None, 160),
];
/// How a placement review ends.
const REVIEW_ENDS: [(Outcome, u32); 3] = [(Outcome::Changes, 550), (Outcome::NoChange, 200), (Outcome::Ends, 250)];
/// Of a thousand reviews that end with changes, those that the child affirms.
pub(crate) const AFFIRMS_CHANGES: u32 = 650;
/// Of a thousand silent children, those who answer after an independent person has come.
pub(crate) const HEARD_LATER: u32 = 500;
/// Of a thousand disclosures, those substantiated.
pub(crate) const SUBSTANTIATED: u32 = 300;
/// How long placements last if nobody ends them, in nights.
const LENGTHS: [((i32, i32), u32); 3] = [((10, 90), 300), ((90, 400), 450), ((400, 1_100), 250)];

/// 1 April 2022: four years with known bank holidays, and their closes.
pub(super) fn begin() -> Night {
    Night::try_new(2022, 4, 1).expect("1 April is in every year")
}

/// A child in a half-year.
#[derive(Clone, Copy, Debug)]
pub(super) struct Half {
    /// Nights in it.
    pub(super) nights: i64,
    /// Of them, covered as known at the close.
    pub(super) covered: i64,
    /// Whether the child said no in it: what the classifier is after.
    pub(super) no: bool,
    /// What a provider knows of the child without any money, as one of [`BUCKETS`].
    pub(super) bucket: usize,
}

/// Due dates in the half-year (0, 1, more) × arrived in it × left in it or within 90 nights after.
pub(super) const BUCKETS: usize = 12;

/// Sums over all lives.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    nights: i64,
    uncovered: i64,
    uncovered_by_no: i64,
    answers_no: i64,
    halves: i64,
    halves_with_no: i64,
}

impl Sums {
    pub(super) fn add(&mut self, other: &Sums) {
        self.nights += other.nights;
        self.uncovered += other.uncovered;
        self.uncovered_by_no += other.uncovered_by_no;
        self.answers_no += other.answers_no;
        self.halves += other.halves;
        self.halves_with_no += other.halves_with_no;
    }

    pub(super) fn uncovered_ppm(&self) -> i64 {
        self.uncovered * 1_000_000 / self.nights.max(1)
    }

    pub(super) fn noes_ppm(&self) -> i64 {
        self.halves_with_no * 1_000_000 / self.halves.max(1)
    }

    pub(super) fn tenths_of_nights_for_a_no(&self) -> i64 {
        self.uncovered_by_no * 10 / self.answers_no.max(1)
    }
}

/// The children of one pool over the years.
#[derive(Clone, Debug)]
pub(super) struct Lives {
    pub(super) children: Vec<[Option<Half>; HALF_YEARS]>,
    /// Nights and covered nights of the pool in each half-year.
    pub(super) counts: [(i64, i64); HALF_YEARS],
    pub(super) sums: Sums,
}

impl Lives {
    /// A pool of `size` places, each with one child after another. If no placement `ends` because of a "no", it is as in a
    /// world where leaving tells nothing.
    pub(super) fn new(
        (seed, ends): (u64, bool),
        size: u32,
        pool: u32,
        protocol: &Protocol,
        calendar: &Calendar,
    ) -> Lives {
        let mut lives = Lives { children: Vec::new(), counts: [(0, 0); HALF_YEARS], sums: Sums::default() };
        let last = super::years().1;
        for place in 0..size {
            let mut rng = Rng::stream(seed, (u64::from(size) << 40) | (u64::from(pool) << 12) | u64::from(place));
            let mut arrival = begin().plus(-rng.between(0, 400));
            let mut number = 0;
            while arrival <= last {
                let life = Life::live((arrival, ends), number, &mut rng, protocol, calendar);
                arrival = life.tenure.nights().end().plus(rng.between(0, 30));
                number += 1;
                lives.add(&life, protocol, calendar);
            }
        }
        lives
    }

    fn add(&mut self, life: &Life, protocol: &Protocol, calendar: &Calendar) {
        let mut halves = [None; HALF_YEARS];
        let (mut half_year, stay) = (HalfYear::of(begin()), life.tenure.nights());
        for (at, slot) in halves.iter_mut().enumerate() {
            let period = half_year.nights();
            if let Some(nights) = stay.intersect(period) {
                let known = half_year.closes_after(protocol.on(period.start()).pool.close_months);
                let coverage = coverage(&life.tenure, &life.dues, &life.facts, known, protocol, calendar);
                let half = life.half(period, nights, &coverage);
                self.counts[at].0 += half.nights;
                self.counts[at].1 += half.covered;
                self.sum(&half, &coverage, nights, life.noes_in(period));
                *slot = Some(half);
            }
            half_year = half_year.next();
        }
        if halves.iter().any(Option::is_some) {
            self.children.push(halves);
        }
    }

    fn sum(&mut self, half: &Half, coverage: &Coverage, nights: Nights, noes: i64) {
        let by_no = coverage.uncovered.iter().filter(|(_, why)| *why == Why::NotAffirmed);
        self.sums.add(&Sums {
            nights: half.nights,
            uncovered: half.nights - half.covered,
            uncovered_by_no: by_no.filter_map(|(range, _)| range.intersect(nights)).map(Nights::count).sum(),
            answers_no: noes,
            halves: 1,
            halves_with_no: i64::from(half.no),
        });
    }
}

struct Life {
    tenure: Tenure,
    dues: Vec<Night>,
    facts: Vec<Fact>,
}

impl Life {
    fn live(
        (arrival, ends): (Night, bool),
        number: u8,
        rng: &mut Rng,
        protocol: &Protocol,
        calendar: &Calendar,
    ) -> Life {
        let (least, most) = rng.weigh(&LENGTHS);
        let looked_after = if rng.chance(400) { arrival } else { arrival.plus(-rng.between(1, 900)) };
        let mut stay = Stay {
            placement: PlacementId::from_hash([number; 8]),
            nights: Nights::try_new(arrival, arrival.plus(rng.between(least, most))).expect("at least ten nights"),
            owner: Owner::new("one"),
            departed: true,
            on_childs_view: false,
            same_bed: false,
        };
        let dues_of = |stay: &Stay| {
            let tenure = tenures(vec![stay.clone()]).remove(0);
            let dues = due_dates(&tenure, looked_after, &[], protocol, calendar);
            (tenure, dues)
        };
        let (_, planned) = dues_of(&stay);
        let mut telling = Telling { facts: Vec::new(), placement: stay.placement, unhappy: rng.chance(UNHAPPY) };
        for due in planned {
            if let Some(leaves) = telling.window(due, rng)
                && ends
                && let Some(nights) = Nights::try_new(arrival, leaves.min(stay.nights.end()))
            {
                stay = Stay { nights, on_childs_view: true, ..stay };
                break;
            }
        }
        let (tenure, dues) = dues_of(&stay);
        Life { tenure, dues, facts: telling.facts }
    }

    fn half(&self, period: Nights, nights: Nights, coverage: &Coverage) -> Half {
        let stay = self.tenure.nights();
        let due = self.dues.iter().filter(|due| period.contains(**due)).count().min(2);
        let arrived = usize::from(period.contains(stay.start()));
        let left = usize::from(stay.end() <= period.end().plus(90));
        Half {
            nights: nights.count(),
            covered: coverage.covered(nights),
            no: self.noes_in(period) > 0,
            bucket: due * 4 + arrived * 2 + left,
        }
    }

    fn noes_in(&self, period: Nights) -> i64 {
        let no = |fact: &&Fact| fact.what == What::Answered(Signal::NotAffirmed) && period.contains(fact.on);
        self.facts.iter().filter(no).count() as i64
    }
}

struct Telling {
    facts: Vec<Fact>,
    placement: PlacementId,
    unhappy: bool,
}

impl Telling {
    fn tell(&mut self, on: Night, what: What) {
        self.facts.push(Fact { placement: self.placement, on, what });
    }

    /// What happens about one due date. Gives the date on which the child leaves because of it.
    fn window(&mut self, due: Night, rng: &mut Rng) -> Option<Night> {
        if !rng.chance(ASKED) {
            return None;
        }
        self.tell(due.plus(-rng.between(5, 12)), What::Asked);
        let says = rng.weigh(if self.unhappy { &UNHAPPY_SAYS } else { &HAPPY_SAYS });
        let on = due.plus(rng.between(-5, 10));
        if let Some(signal) = says {
            self.tell(on, What::Answered(signal));
        }
        match says {
            Some(Signal::NotAffirmed) => return self.review(on, rng),
            Some(Signal::Safety) => {
                let substantiated = rng.chance(SUBSTANTIATED);
                self.tell(on.plus(rng.between(10, 60)), What::Decided { disclosed: on, substantiated });
            }
            Some(Signal::Declined) | None if rng.chance(HEARD_LATER) => {
                let later = if self.unhappy { Signal::Mixed } else { Signal::Affirmed };
                self.tell(due.plus(rng.between(25, 60)), What::Answered(later));
            }
            _ => {}
        }
        None
    }

    fn review(&mut self, no: Night, rng: &mut Rng) -> Option<Night> {
        let ended = no.plus(rng.between(15, 40));
        let outcome = rng.weigh(&REVIEW_ENDS);
        self.tell(ended, What::ReviewEnded(outcome));
        match outcome {
            Outcome::Ends => Some(ended.plus(rng.between(5, 60))),
            Outcome::Changes if rng.chance(AFFIRMS_CHANGES) => {
                self.unhappy = false;
                self.tell(ended.plus(rng.between(1, 20)), What::Answered(Signal::Affirmed));
                None
            }
            _ => None,
        }
    }
}
