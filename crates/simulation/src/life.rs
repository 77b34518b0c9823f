//! One child's year in care, as the episodes a council would report.

use kernel::{Night, Nights};

use crate::council::{Bed, Council, Postcode};
use crate::rng::Rng;

/// The row of a child in the Header, and the episodes.
pub(crate) struct Child {
    pub(crate) id: u64,
    pub(crate) sex: &'static str,
    pub(crate) born: Night,
    pub(crate) ethnic: &'static str,
    pub(crate) need: &'static str,
    pub(crate) home: Postcode,
    /// Seeking asylum, unaccompanied.
    pub(crate) alone: bool,
    /// When a girl in care had a child of her own.
    pub(crate) mother_of: Option<Night>,
    pub(crate) episodes: Vec<Episode>,
}

/// One row of the Episodes table.
#[derive(Clone)]
pub(crate) struct Episode {
    pub(crate) start: Night,
    pub(crate) rne: &'static str,
    pub(crate) status: &'static str,
    pub(crate) bed: Bed,
    pub(crate) end: Option<Ending>,
}

/// Why and when an episode ceased; `reason` is empty unless the child moved.
#[derive(Clone)]
pub(crate) struct Ending {
    pub(crate) on: Night,
    pub(crate) rec: &'static str,
    pub(crate) reason: &'static str,
}

/// What can happen to a child in care on one date.
#[derive(Clone, Copy, PartialEq)]
enum Event {
    Status(&'static str),
    Move,
    Away(&'static str, i32),
}

impl Child {
    /// The council's own identifier of the child of this number.
    pub(crate) fn id(number: u32) -> u64 {
        100_001 + u64::from(number)
    }

    /// The child of this number, with an age in days on `on`: the return's first night, or the night of arrival.
    fn new(number: u32, on: Night, arrives: bool, rng: &mut Rng) -> Child {
        let alone = rng.chance(if arrives { 90 } else { 75 });
        let days = match (alone, arrives) {
            (true, _) => rng.between(5_300, 6_500),
            (false, true) => {
                let bands = [((1, 60), 150), ((60, 364), 60), ((365, 1824), 190), ((1825, 3649), 190)];
                let bands = [&bands[..], &[((3650, 5843), 310), ((5844, 6500), 100)]].concat();
                let (least, most) = rng.weigh(&bands);
                rng.between(least, most)
            }
            (false, false) => {
                let bands = [((5, 364), 50), ((365, 1824), 140), ((1825, 3649), 195)];
                let bands = [&bands[..], &[((3650, 5843), 400), ((5844, 6569), 215)]].concat();
                let (least, most) = rng.weigh(&bands);
                rng.between(least, most)
            }
        };
        let sex = rng.weigh(&[("M", if alone { 950 } else { 530 }), ("F", if alone { 50 } else { 470 })]);
        let mother = sex == "F" && days > 5_500 && rng.chance(30);
        let ethnic = if alone {
            rng.weigh(&[("BAFR", 45), ("AOTH", 20), ("OOTH", 30), ("WOTH", 5)])
        } else {
            rng.weigh(&[
                ("WBRI", 72),
                ("WOTH", 4),
                ("MWBC", 4),
                ("MWBA", 2),
                ("MOTH", 5),
                ("BAFR", 4),
                ("BCRB", 3),
                ("APKN", 3),
                ("OOTH", 2),
                ("NOBT", 1),
            ])
        };
        let needs = [("N1", 68), ("N2", 3), ("N3", 4), ("N4", 8), ("N5", 13), ("N6", 2), ("N8", 2)];
        Child {
            id: Child::id(number),
            sex,
            born: on.plus(-days),
            ethnic,
            need: if alone { "N8" } else { rng.weigh(&needs) },
            home: Postcode::family(rng),
            alone,
            mother_of: mother.then(|| on.plus(-rng.between(1, 300))),
            episodes: Vec::new(),
        }
    }

    /// The life of the child of this number in the year of a return.
    pub(crate) fn live(number: u32, year: Nights, council: &Council, rng: &mut Rng) -> Child {
        let arrives = rng.chance(300);
        let mut from = if arrives { year.start().plus(rng.between(0, 360)) } else { year.start() };
        let mut child = Child::new(number, from, arrives, rng);
        let first = if arrives { child.arrival(from, council, rng) } else { child.settled(from, council, rng) };
        child.stay(first, from, year, council, rng);
        // Some who went home come back: a second period of care.
        while let Some(Episode { end: Some(ending), .. }) = child.episodes.last()
            && matches!(ending.rec, "E4A" | "E4B")
            && rng.chance(150)
        {
            from = ending.on.plus(rng.between(14, 120));
            if !year.contains(from) || from.plus(30) > child.born.birthday(18) {
                break;
            }
            let again = child.arrival(from, council, rng);
            child.stay(again, from, year, council, rng);
        }
        child
    }

    fn arrival(&self, on: Night, council: &Council, rng: &mut Rng) -> Episode {
        let age = on.age(self.born);
        let remand = if age >= 12 { 30 } else { 0 };
        let status = if self.alone {
            "V2"
        } else {
            rng.weigh(&[("V2", 400), ("C1", 330), ("C2", 60), ("L1", 90), ("L2", 90), ("J1", remand)])
        };
        let bed = council.bed(status, age, self.alone, self.home, rng);
        Episode { start: on, rne: "S", status, bed, end: None }
    }

    /// The episode that was already running when the year began.
    fn settled(&self, year_start: Night, council: &Council, rng: &mut Rng) -> Episode {
        let age = year_start.age(self.born);
        let status = match age {
            _ if self.alone => "V2",
            ..1 => rng.weigh(&[("C1", 650), ("C2", 200), ("V2", 100), ("E1", 50)]),
            1..8 => rng.weigh(&[("C1", 170), ("C2", 580), ("V2", 70), ("E1", 180)]),
            _ => rng.weigh(&[("C1", 90), ("C2", 815), ("V2", 95)]),
        };
        let bed = council.bed(status, age, self.alone, self.home, rng);
        let lived = (year_start.days() - self.born.days()) as i32;
        let most = match (status, bed.place) {
            (_, "K3") => (year_start.days() - self.born.birthday(16).days()) as i32,
            (_, "K1" | "R1" | "R2" | "R3" | "A5" | "A6") => 200,
            ("C1" | "E1", _) => 350,
            _ => 1400,
        };
        // Drawn twice: recent beginnings are likelier than distant ones.
        let most = rng.between(0, most.min(lived));
        let back = rng.between(0, most);
        let rne = match (status, bed.place) {
            // Nothing of this period of care came before the year.
            _ if back == 0 => "S",
            (_, "A5") => "T",
            (_, "A6") => "P",
            ("E1", _) => "L",
            ("V2", _) => rng.pick(&["S", "P"]),
            _ => rng.weigh(&[("S", 250), ("P", 450), ("L", 150), ("B", 100), ("U", 50)]),
        };
        Episode { start: year_start.plus(-back), rne, status, bed, end: None }
    }

    /// Lives one period of care from its first reported episode to its end, or to the end of the year.
    fn stay(&mut self, first: Episode, from: Night, year: Nights, council: &Council, rng: &mut Rng) {
        let eighteen = self.born.birthday(18);
        let leaves = leaves(&first, from, year.end(), rng).filter(|&night| night < eighteen);
        let end = leaves.unwrap_or(eighteen).min(year.end());
        let events = events(&first, from, end, self, rng);
        let mut now = first;
        for (on, event) in events {
            let Some(next) = self.next(&now, on, event, council, rng) else {
                continue;
            };
            let away = now.bed.place.starts_with('T') || next.bed.place.starts_with('T');
            let moved = next.rne != "L";
            let reason = match next.rne {
                _ if away || !moved => "",
                "T" | "U" => "PLACE",
                _ => rng.weigh(&MOVES),
            };
            now.end = Some(Ending { on, rec: "X1", reason });
            if let Event::Away(_, nights) = event {
                let (bed, back) = (now.bed, on.plus(nights));
                self.episodes.push(now);
                let end = Some(Ending { on: back, rec: "X1", reason: "" });
                let (status, rne) = (next.status, "P");
                self.episodes.push(Episode { end, ..next });
                now = Episode { start: back, rne, status, bed, end: None };
            } else {
                self.episodes.push(now);
                now = next;
            }
        }
        if end < year.end() {
            let rec = leaving(&now, end, eighteen, rng);
            now.end = Some(Ending { on: end, rec, reason: "" });
        }
        self.episodes.push(now);
    }

    /// The episode that follows, if the event changes anything.
    fn next(&self, now: &Episode, on: Night, event: Event, council: &Council, rng: &mut Rng) -> Option<Episode> {
        let age = on.age(self.born);
        let (status, rne, bed) = match event {
            Event::Away(place, _) => {
                let holiday = matches!(place, "T3" | "T4");
                if (holiday && !now.bed.fostering()) || now.bed.place.starts_with(['P', 'R', 'A']) {
                    return None;
                }
                (now.status, "P", Bed::away(place, rng))
            }
            Event::Status(status) if now.bed.lawful(status) => (status, "L", now.bed),
            Event::Status("E1") => ("E1", "B", council.fostering(false, rng)),
            Event::Status(status) => (status, "B", council.bed(status, age, self.alone, self.home, rng)),
            Event::Move => {
                let lasting = match now.bed.place {
                    "U6" => Some("U4"),
                    "U3" => Some("U1"),
                    _ => None,
                };
                match lasting.filter(|_| rng.chance(300)) {
                    Some(place) => (now.status, "T", Bed { place, ..now.bed }),
                    None => {
                        let bed = council.bed(now.status, age, self.alone, self.home, rng);
                        // Adoption by the present carer is no move to another one.
                        let rne = if bed.place == "A5" { "T" } else { "P" };
                        if rne == "T" && !now.bed.fostering() {
                            return None;
                        }
                        let bed = if rne == "T" { Bed { place: "A5", ..now.bed } } else { bed };
                        (now.status, rne, bed)
                    }
                }
            }
        };
        (status != now.status || bed != now.bed).then_some(Episode { start: on, rne, status, bed, end: None })
    }
}

/// Why children moved, per hundred, as published for 2024 without the changes of status.
const MOVES: [(&str, u32); 8] =
    [("CARPL", 45), ("CREQB", 11), ("CREQO", 9), ("CHILD", 4), ("STAND", 2), ("CLOSE", 1), ("ALLEG", 1), ("OTHER", 27)];

/// The date on which the child leaves care before eighteen, if within the year.
fn leaves(first: &Episode, from: Night, year_end: Night, rng: &mut Rng) -> Option<Night> {
    let per_mille = match (first.status, first.bed.place) {
        (_, "A5" | "A6") => 800,
        ("J1", _) => 700,
        ("L1" | "L2", _) => 250,
        ("V2", _) => 300,
        _ => 170,
    };
    let left = (year_end.days() - from.days()) as i32;
    (left > 6 && rng.chance(per_mille)).then(|| from.plus(rng.between(5, left - 1)))
}

/// No move and no stay away in the first nights, so that none displaces the end of police protection (at most
/// three nights) or of an emergency protection order (eight).
const SETTLING: i32 = 14;

/// Everything that happens between `from` and `end`, at most one thing a date and none during a stay away.
fn events(first: &Episode, from: Night, end: Night, child: &Child, rng: &mut Rng) -> Vec<(Night, Event)> {
    let mut events = Vec::new();
    let (mut on, mut status) = (from, first.status);
    while let Some((nights, next)) = next_status(status, on.age(child.born), child.alone, rng) {
        (on, status) = (on.plus(nights), next);
        events.push((on, Event::Status(next)));
    }
    let left = (end.days() - from.days()) as i32;
    for _ in 0..rng.weigh(&[(0, 600), (1, 270), (2, 90), (3, 30), (4, 10)]) {
        events.push((from.plus(rng.between(SETTLING, left)), Event::Move));
    }
    let away = rng.weigh(&[("", 870), ("T1", 50), ("T3", 40), ("T4", 40)]);
    if !away.is_empty() {
        let nights = rng.between(2, if away == "T4" { 7 } else { 20 });
        events.push((from.plus(rng.between(SETTLING, left)), Event::Away(away, nights)));
    }
    events.sort_by_key(|&(on, _)| on);
    let mut free = from.next();
    events.retain(|&(on, event)| {
        let after = if let Event::Away(_, nights) = event { on.plus(nights + 1) } else { on.next() };
        let fits = free <= on && after <= end;
        if fits {
            free = after;
        }
        fits
    });
    events
}

/// What a legal status turns into, and after how many nights.
fn next_status(status: &str, age: i16, alone: bool, rng: &mut Rng) -> Option<(i32, &'static str)> {
    match status {
        "L1" => Some((rng.between(1, 3), rng.weigh(&[("L2", 30), ("V2", 40), ("C1", 30)]))),
        "L2" => Some((rng.between(3, 8), rng.weigh(&[("C1", 85), ("V2", 15)]))),
        "J1" => Some((rng.between(5, 40), "V2")),
        "V2" if !alone && rng.chance(350) => Some((rng.between(20, 150), "C1")),
        "C1" if rng.chance(600) => Some((rng.between(60, 300), "C2")),
        "C2" if age < 6 && rng.chance(200) => Some((rng.between(60, 250), "E1")),
        _ => None,
    }
}

/// The code for ceasing to be looked after.
fn leaving(last: &Episode, on: Night, eighteen: Night, rng: &mut Rng) -> &'static str {
    let fostering = last.bed.fostering();
    if on == eighteen {
        let staying_put = if fostering { 60 } else { 0 };
        return rng.weigh(&[("E17", staying_put), ("E5", 25), ("E6", 5), ("E7", 5), ("E8", 10)]);
    }
    if rng.chance(3) {
        return "E2";
    }
    match (last.status, last.bed.place) {
        ("E1", "A5" | "A6") => rng.weigh(&[("E11", 60), ("E12", 40)]),
        ("J1", _) => rng.weigh(&[("E14", 80), ("E9", 20)]),
        ("C1" | "C2", "U1" | "U3") => rng.weigh(&[("E45", 70), ("E41", 20), ("E47", 10)]),
        ("C1" | "C2", _) if fostering => rng.weigh(&[("E46", 30), ("E48", 15), ("E41", 20), ("E4A", 35)]),
        _ => rng.weigh(&[("E4A", 55), ("E4B", 20), ("E13", 10), ("E3", 5), ("E8", 10)]),
    }
}
