//! What children of the country say, and what people do about it: the answer to each line of the care wing's own list of
//! what is to be done.
//!
//! The chances are those of the frontier study (`crate::voice::behaviour`), as of 22 November 2026. **All of them are
//! assumptions**: nobody has a record of such answers. What a child says leads to no move here: moves are the country's
//! own, and were told before anybody was asked.

use kernel::{ChildRef, Night, PlacementId};
use voice::{Item, Mode, Observation, Outcome, Protocol, Signal};

use crate::rng::{Rng, keyed};
use crate::voice::behaviour::{AFFIRMS_CHANGES, ASKED, HAPPY_SAYS, HEARD_LATER, SUBSTANTIATED, UNHAPPY, UNHAPPY_SAYS};

/// Of a thousand reviews here, those that end with changes; the others change nothing. An assumption.
const CHANGES: u32 = 700;
/// Of a thousand children who may write, those who do. An assumption.
const WRITES: u32 = 60;
/// Of a thousand children who answer, those who do so with somebody they chose. An assumption.
const ASSISTED: u32 = 300;
/// Of a thousand answers, those from a provider's own device. An assumption.
const PROVIDERS_DEVICE: u32 = 5;
/// Of a thousand replies that are due, those that are given within the month. An assumption.
const REPLIES: u32 = 900;
/// Invented words: what a child might write who wants something.
const WORDS: [&str; 3] =
    ["I would like to see my brother more often.", "Please ask me before the rota changes.", "It is fine here."];
/// Invented people.
const PEOPLE: [&str; 4] = ["A. Attwater", "B. Brooksbank", "C. Copperthwaite", "D. Dunnington"];

/// A line of what is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Open<'a> {
    /// `ask`, `review`, `reply`, `tell duty-manager`…
    pub what: &'a str,
    /// The child.
    pub child: ChildRef,
    /// The placement.
    pub placement: PlacementId,
    /// Since when the child has been there.
    pub arrived: Night,
    /// When the child was born.
    pub born: Night,
    /// The due date, or the day of the answer that it follows from.
    pub since: Night,
}

/// What somebody says or does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// The child is asked.
    Asked,
    /// The child answers.
    Answered {
        /// How.
        mode: Mode,
        /// Marks; two sets if observed.
        marks: Vec<Observation>,
        /// Says no to answering.
        declined: bool,
        /// From the provider's own device.
        providers_device: bool,
        /// In the child's own words.
        words: Option<&'static str>,
    },
    /// A named independent person visits a child who has said nothing.
    Visited(&'static str),
    /// The independent reviewing officer is told of it.
    IroTold(&'static str),
    /// A review ends.
    Reviewed(Outcome),
    /// A named person does something by a date.
    Replied(&'static str, Night),
    /// A named person takes a disclosure on.
    Acknowledged(&'static str),
    /// A duty person has read words: whether the child is not safe.
    Read(bool),
    /// People have decided about a disclosure.
    Decided(bool),
}

/// Everybody's voices.
pub struct Voices {
    seed: u64,
    protocol: Protocol,
}

impl Voices {
    /// The voices of a seed.
    pub fn new(seed: u64) -> Voices {
        Voices { seed, protocol: Protocol::shipped() }
    }

    /// What is said and done about a line by `today`, which is not earlier than the line's own day: nothing yet, or acts
    /// in order with their days.
    pub fn about(&self, open: &Open<'_>, today: Night) -> Vec<(Night, Act)> {
        let person = |rng: &mut Rng| rng.pick(&PEOPLE);
        let mut rng = self.draws(open, 1);
        let after =
            |rng: &mut Rng, least, most| Some(open.since.plus(rng.between(least, most))).filter(|on| *on <= today);
        match open.what {
            "ask" => self.asked(open, today),
            // A second asking, by the independent person who came.
            "ask-again" => match after(&mut rng, 25, 60) {
                Some(on) if rng.chance(HEARD_LATER) => {
                    let says = if self.is_unhappy(open) { Signal::Mixed } else { Signal::Affirmed };
                    vec![(on, Act::Asked), (on, self.answer(open, on, says, &mut rng))]
                }
                Some(on) => vec![(on, Act::Asked)],
                None => Vec::new(),
            },
            "visit" => after(&mut rng, 20, 45).map(|on| vec![(on, Act::Visited(person(&mut rng)))]).unwrap_or_default(),
            "tell-iro" => {
                after(&mut rng, 14, 25).map(|on| vec![(on, Act::IroTold(person(&mut rng)))]).unwrap_or_default()
            }
            "review" => match after(&mut rng, 15, 40) {
                Some(on) if !rng.chance(CHANGES) => vec![(on, Act::Reviewed(Outcome::NoChange))],
                Some(on) => {
                    let mut acts = vec![(on, Act::Reviewed(Outcome::Changes))];
                    if rng.chance(AFFIRMS_CHANGES) {
                        let later = on.plus(rng.between(1, 20)).min(today);
                        acts.push((later, self.answer(open, later, Signal::Affirmed, &mut rng)));
                    }
                    acts
                }
                None => Vec::new(),
            },
            "reply" => {
                let given = keyed(self.seed, &[62, open.child.stored() as u64, today.days() as u64]).chance(REPLIES);
                let on = after(&mut rng, 3, 12).filter(|_| given);
                on.map(|on| vec![(on, Act::Replied(person(&mut rng), on.plus(20)))]).unwrap_or_default()
            }
            "read-words" => vec![(open.since, Act::Read(false))],
            "decide" => {
                let substantiated = rng.chance(SUBSTANTIATED);
                after(&mut rng, 10, 60).map(|on| vec![(on, Act::Decided(substantiated))]).unwrap_or_default()
            }
            what if what.starts_with("tell ") => vec![(open.since, Act::Acknowledged(person(&mut rng)))],
            _ => Vec::new(),
        }
    }

    /// A child's own stream for a line, the same whenever the line is looked at.
    fn draws(&self, open: &Open<'_>, part: u64) -> Rng {
        let what = open.what.bytes().fold(0, |sum: u64, byte| sum * 31 % 1_000_003 + u64::from(byte));
        keyed(self.seed, &[60, part, what, open.child.stored() as u64, open.since.days() as u64])
    }

    fn is_unhappy(&self, open: &Open<'_>) -> bool {
        keyed(self.seed, &[61, open.child.stored() as u64, open.placement.stored() as u64]).chance(UNHAPPY)
    }

    fn asked(&self, open: &Open<'_>, today: Night) -> Vec<(Night, Act)> {
        let mut rng = self.draws(open, 0);
        if !rng.chance(ASKED) {
            return Vec::new();
        }
        let says = rng.weigh(if self.is_unhappy(open) { &UNHAPPY_SAYS } else { &HAPPY_SAYS });
        let asked = open.since.plus(-rng.between(5, 12)).min(today).max(open.arrived);
        let answered = open.since.plus(rng.between(-5, 8)).min(today);
        let mut acts = vec![(asked, Act::Asked)];
        let answered = answered.max(asked);
        acts.extend(says.map(|says| (answered, self.answer(open, answered, says, &mut rng))));
        acts
    }

    /// Marks that give a signal, by the bands of the protocol.
    fn answer(&self, open: &Open<'_>, on: Night, says: Signal, rng: &mut Rng) -> Act {
        let (version, age) = (self.protocol.on(on), on.age(open.born));
        let band = version.band(age);
        let mut high = || Some(band.low + 1 + rng.below(u32::from(band.steps - band.low)) as u8);
        let mut marks = Item::ALL.map(|_| high());
        match says {
            Signal::Affirmed => {}
            Signal::Mixed => marks[Item::ListenedTo as usize] = Some(band.low),
            Signal::NotAffirmed => marks[Item::KeepLivingHere as usize] = Some(1),
            Signal::Safety => marks[Item::Safe as usize] = Some(1),
            Signal::Declined => marks = [None; 6],
        }
        let observed = age < i16::from(version.answers_from_age);
        let mode = match observed {
            true => Mode::Observed,
            false if rng.chance(ASSISTED) => Mode::Assisted,
            false => Mode::SelfGiven,
        };
        let writes = band.words && says != Signal::Declined && rng.chance(WRITES);
        let providers_device = !observed && rng.chance(PROVIDERS_DEVICE);
        let marks = vec![Observation { marks }; if observed { 2 } else { 1 }];
        let words = writes.then(|| rng.pick(&WORDS));
        Act::Answered { mode, marks, declined: says == Signal::Declined, providers_device, words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_answer_is_given_and_reads_as_what_was_meant() {
        let (voices, protocol) = (Voices::new(7), Protocol::shipped());
        let since = Night::try_new(2025, 6, 2).expect("a date");
        let mut seen = std::collections::BTreeMap::new();
        for child in 0..4_000u64 {
            let open = Open {
                what: "ask",
                child: ChildRef::from_hash((child << 8).to_be_bytes()),
                placement: PlacementId::from_hash((child << 9).to_be_bytes()),
                arrived: since.plus(-30),
                born: since.plus(-(child as i32 * 37) % 6_500),
                since,
            };
            let acts = voices.about(&open, since.plus(10));
            assert_eq!(acts, voices.about(&open, since.plus(10)), "the same whenever it is looked at");
            let signal = acts.iter().find_map(|(on, act)| match act {
                Act::Answered { mode, marks, declined, .. } => {
                    let answer = voice::Answer {
                        on: *on,
                        mode: *mode,
                        declined: *declined,
                        marks: marks.clone(),
                        independent: true,
                        duty_decided_safety: false,
                    };
                    Some(answer.signal(on.age(open.born), true, protocol.on(*on)).expect("an answer that can be taken"))
                }
                _ => None,
            });
            *seen.entry((acts.is_empty(), signal)).or_insert(0) += 1;
        }
        // Not asked; silent; and each of the five signals.
        assert_eq!(seen.len(), 7, "{seen:?}");
        assert!(seen[&(false, Some(Signal::Affirmed))] > 2_000 && seen[&(true, None)] > 100, "{seen:?}");
    }
}
