//! Answers and the signal that each gives.

use kernel::Night;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::protocol::Version;

/// What every band is asked, in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Item {
    /// I feel safe here.
    Safe,
    /// I feel settled.
    Settled,
    /// I trust the adults.
    TrustAdults,
    /// They listen to me.
    ListenedTo,
    /// I see the people who matter.
    SeePeople,
    /// I want to keep living here.
    KeepLivingHere,
}

impl Item {
    /// All of them, in order.
    pub const ALL: [Item; 6] =
        [Item::Safe, Item::Settled, Item::TrustAdults, Item::ListenedTo, Item::SeePeople, Item::KeepLivingHere];

    /// Its name in texts and files.
    pub fn name(self) -> &'static str {
        match self {
            Item::Safe => "safe",
            Item::Settled => "settled",
            Item::TrustAdults => "trust-adults",
            Item::ListenedTo => "listened-to",
            Item::SeePeople => "see-people",
            Item::KeepLivingHere => "keep-living-here",
        }
    }
}

/// What an answer says, for people and for coverage. The order is that of weight on one day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// The child said no to answering, or skipped everything.
    Declined,
    /// Wants to stay, and something is not well.
    Mixed,
    /// Wants to stay.
    Affirmed,
    /// Does not want to keep living here.
    NotAffirmed,
    /// Is not safe, or a duty person decided so after reading words.
    Safety,
}

/// One set of marks: for each item a step from 1, or skipped.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Observation {
    /// In the order of [`Item::ALL`].
    pub marks: [Option<u8>; 6],
}

impl Observation {
    fn signal(self, lowest: u8) -> Signal {
        if self.marks[Item::Safe as usize] == Some(1) { Signal::Safety } else { self.otherwise(lowest) }
    }

    /// The next signal that fits.
    fn otherwise(self, lowest: u8) -> Signal {
        let low = |mark: u8| mark <= lowest;
        let keep = self.marks[Item::KeepLivingHere as usize];
        if self.marks.iter().all(Option::is_none) {
            Signal::Declined
        } else if keep.is_some_and(low) {
            Signal::NotAffirmed
        } else if keep.is_none() || self.marks.into_iter().flatten().any(low) {
            Signal::Mixed
        } else {
            Signal::Affirmed
        }
    }
}

/// How an answer was given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// By the child alone.
    SelfGiven,
    /// With a person of the child's choice, never the carer or provider.
    Assisted,
    /// By two independent adults, separately: under 4, or not able.
    Observed,
}

/// One answer. Words are no part of it: they go to a duty person and nowhere else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// When.
    pub on: Night,
    /// How.
    pub mode: Mode,
    /// The child said no to answering.
    pub declined: bool,
    /// The child's marks; of two observers when observed.
    pub marks: Vec<Observation>,
    /// Whether the people who helped or observed are independent of carer and provider, and two when observing.
    pub independent: bool,
    /// A duty person read the words and decided that the child is not safe.
    pub duty_decided_safety: bool,
}

/// Why an answer cannot be taken. No sentence names anybody or says what was marked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum AnswerError {
    /// Not the number of observers.
    #[error("an observed answer needs two adults, each by themselves; any other has one set of marks")]
    Observers,
    /// Somebody has an interest.
    #[error("neither the carer nor the provider may help a child to answer or observe for them; ask another person")]
    NotIndependent,
    /// A mark outside the scale.
    #[error("item {item} has a mark outside 1 to {steps}")]
    Scale {
        /// The item's name.
        item: &'static str,
        /// The scale of the band.
        steps: u8,
    },
    /// A child of 4 and more, able to answer.
    #[error("a child of {0} answers alone or with a person of their choice, unless they are not able to")]
    NotObserved(i16),
    /// A child under 4, or not able to answer.
    #[error("a child under {0}, or not able to, does not answer: two adults observe, each by themselves")]
    OnlyObserved(u8),
}

impl Answer {
    /// The signal of an answer by a child of `age`; `able` says whether the child can answer alone or with help.
    pub fn signal(&self, age: i16, able: bool, version: &Version) -> Result<Signal, AnswerError> {
        let (steps, lowest) = (version.band(age).steps, version.band(age).low);
        if !self.independent && self.mode != Mode::SelfGiven {
            return Err(AnswerError::NotIndependent);
        }
        let wanted = if self.mode == Mode::Observed { 2 } else { 1 };
        if self.marks.len() != wanted && !self.declined {
            return Err(AnswerError::Observers);
        }
        let answers = able && age >= i16::from(version.answers_from_age);
        if self.mode != Mode::Observed && !answers {
            return Err(AnswerError::OnlyObserved(version.answers_from_age));
        }
        if self.mode == Mode::Observed && able && age >= i16::from(version.answers_from_age) {
            return Err(AnswerError::NotObserved(age));
        }
        for (item, mark) in self.marks.iter().flat_map(|marks| Item::ALL.into_iter().zip(marks.marks)) {
            if mark.is_some_and(|mark| !(1..=steps).contains(&mark)) {
                return Err(AnswerError::Scale { item: item.name(), steps });
            }
        }
        let harm = self.marks.iter().any(|marks| marks.signal(lowest) == Signal::Safety);
        Ok(if self.duty_decided_safety || harm { Signal::Safety } else { self.otherwise(age, version) })
    }

    /// What the answer of a child of `age` says besides a disclosure: what counts of it once people have found that
    /// the disclosure is not substantiated. Nobody can make a "no" unfounded by that.
    pub fn otherwise(&self, age: i16, version: &Version) -> Signal {
        let lowest = version.band(age).low;
        let signals: Vec<Signal> = self.marks.iter().map(|marks| marks.otherwise(lowest)).collect();
        if self.declined || signals.is_empty() {
            Signal::Declined
        } else if signals.iter().all(|signal| *signal == signals[0]) {
            signals[0]
        } else {
            Signal::Mixed
        }
    }
}
