//! The state of a place on a night, as known at a moment.
//!
//! Statements are never changed. Of those that speak of the night, the last recorded counts, but for two:
//!
//! * a claim to be free that has expired makes the place *unknown*: ask;
//! * a hold that has expired is as if it had never been: what was said before it counts again.
//!
//! A statement that is *replaced* (withdrawn, or brought to its end) is as if it had never been, from the moment that
//! was recorded; unless what replaced it was itself taken back. To replace a replacement by another (an end by an earlier
//! one) takes nothing back. After a filled place's last night come its turnaround nights.
//!
//! A hold has *done its work* once whoever said it says that the place is filled, for a night of the hold: it is over
//! even if the child leaves before it expires.

use std::collections::BTreeSet;

use kernel::{Night, Nights, Seq};
use serde::{Serialize, Serializer};

use crate::reference::PlaceRef;

/// A moment in UTC as recorded, `2025-06-02T09:00:00.000000Z`: texts in order are moments in order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Instant(String);

impl Instant {
    /// From its text. `None` unless it has exactly this shape: what has another would not compare.
    pub fn parse(text: &str) -> Option<Instant> {
        const SHAPE: &[u8] = b"0000-00-00T00:00:00.000000Z";
        let fits = text.len() == SHAPE.len()
            && text.bytes().zip(SHAPE).all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                other => byte == *other,
            });
        fits.then(|| Instant(text.to_owned()))
    }

    /// As recorded.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// What a statement says of a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Says {
    /// A child can come. It expires.
    Free,
    /// Kept for a child who is to come. It may expire.
    Held,
    /// A child lives there.
    Filled,
    /// Nobody can come, and why.
    NotAvailable(String),
    /// Nothing but that it replaces another.
    Withdrawn,
}

impl Says {
    /// A short stable token, as stored.
    pub fn code(&self) -> &'static str {
        match self {
            Says::Free => "free",
            Says::Held => "held",
            Says::Filled => "filled",
            Says::NotAvailable(_) => "not-available",
            Says::Withdrawn => "withdrawn",
        }
    }

    /// From its token and the reason.
    pub fn parse(code: &str, reason: &str) -> Option<Says> {
        match code {
            "free" => Some(Says::Free),
            "held" => Some(Says::Held),
            "filled" => Some(Says::Filled),
            "not-available" => Some(Says::NotAvailable(reason.to_owned())),
            "withdrawn" => Some(Says::Withdrawn),
            _ => None,
        }
    }
}

/// One statement about one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Recorded under this number. One commit makes at most one statement about a place.
    pub seq: Seq,
    /// Which place.
    pub place: PlaceRef,
    /// The first night it speaks of.
    pub from: Night,
    /// The first night it no longer speaks of; without an end if `None`.
    pub until: Option<Night>,
    /// What it says.
    pub says: Says,
    /// Nights after `until` in which the place is made ready; of a filled place.
    pub turnaround: u16,
    /// From this moment on it is not to be believed; a hold, not to be kept.
    pub expires: Option<Instant>,
    /// The statement it takes the place of.
    pub replaces: Option<Seq>,
    /// Who says so.
    pub by: String,
    /// When it was recorded.
    pub at: Instant,
}

impl Statement {
    fn has_expired(&self, at: &Instant) -> bool {
        self.expires.as_ref().is_some_and(|expires| expires <= at)
    }
}

/// From where one looks: what was recorded by then, and what time it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// The last commit that is known.
    pub known: Seq,
    /// The moment against which expiry counts.
    pub at: Instant,
}

/// The state of a place on a night.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State<'s> {
    /// A child can come, by a claim that holds.
    Free(&'s Statement),
    /// Kept for somebody.
    Held(&'s Statement),
    /// A child lives there.
    Filled(&'s Statement),
    /// Being made ready after this stay.
    Turnaround(&'s Statement),
    /// Nobody can come; the statement says why.
    NotAvailable(&'s Statement),
    /// Nobody has said, or the claim to be free has expired: ask.
    Unknown(Option<&'s Statement>),
}

impl<'s> State<'s> {
    /// A short stable token.
    pub fn code(&self) -> &'static str {
        match self {
            State::Free(_) => "free",
            State::Held(_) => "held",
            State::Filled(_) => "filled",
            State::Turnaround(_) => "turnaround",
            State::NotAvailable(_) => "not-available",
            State::Unknown(_) => "unknown",
        }
    }

    /// The statement that it follows from.
    pub fn statement(&self) -> Option<&'s Statement> {
        match *self {
            State::Free(said)
            | State::Held(said)
            | State::Filled(said)
            | State::Turnaround(said)
            | State::NotAvailable(said) => Some(said),
            State::Unknown(said) => said,
        }
    }
}

/// The statements that stand as known, the last recorded first: those that no statement replaces, but for one that was
/// itself taken back.
pub fn standing(statements: &[Statement], known: Seq) -> Vec<&Statement> {
    let mut latest: Vec<&Statement> = statements.iter().filter(|said| said.seq <= known).collect();
    latest.sort_by_key(|said| std::cmp::Reverse(said.seq));
    let (mut replaced, mut taken_back) = (BTreeSet::new(), BTreeSet::new());
    // A statement replaces earlier ones alone, so each is judged before what it replaces.
    latest.retain(|said| {
        if taken_back.contains(&said.seq) && !replaced.contains(&said.seq) {
            return false;
        }
        let which = if said.says == Says::Withdrawn { &mut taken_back } else { &mut replaced };
        which.extend(said.replaces);
        !replaced.contains(&said.seq)
    });
    latest
}

/// The state of one place on a night. `statements` are those about this place, in any order.
pub fn state<'s>(statements: &'s [Statement], night: Night, view: &View) -> State<'s> {
    let speaks = |said: &Statement| {
        let ready = said.until.map(|until| until.plus(i32::from(said.turnaround)));
        said.from <= night && ready.is_none_or(|ready| night < ready)
    };
    let standing = standing(statements, view.known);
    for said in standing.iter().copied().filter(|said| speaks(said)) {
        let after = said.until.is_some_and(|until| until <= night);
        match said.says {
            Says::Withdrawn => {}
            Says::Filled if after => return State::Turnaround(said),
            _ if after => {}
            Says::Filled => return State::Filled(said),
            Says::NotAvailable(_) => return State::NotAvailable(said),
            Says::Held if said.has_expired(&view.at) || has_done_its_work(said, &standing) => {}
            Says::Held => return State::Held(said),
            Says::Free if said.has_expired(&view.at) => return State::Unknown(Some(said)),
            Says::Free => return State::Free(said),
        }
    }
    State::Unknown(None)
}

/// Whether the child that a hold was for has come.
fn has_done_its_work(hold: &Statement, standing: &[&Statement]) -> bool {
    let before = |one: Night, end: Option<Night>| end.is_none_or(|end| one < end);
    standing.iter().any(|said| {
        let came = said.says == Says::Filled && said.seq > hold.seq && said.by == hold.by;
        came && before(said.from, hold.until) && before(hold.from, said.until)
    })
}

/// The states of one place over some nights, in order: each stretch of nights with the state that all of them have.
pub fn spans<'s>(statements: &'s [Statement], nights: Nights, view: &View) -> Vec<(Nights, State<'s>)> {
    let ends = |said: &Statement| said.until.map(|until| [until, until.plus(i32::from(said.turnaround))]);
    let mut edges: Vec<Night> = statements.iter().map(|said| said.from).collect();
    edges.extend(statements.iter().filter_map(ends).flatten());
    edges.retain(|edge| *edge > nights.start() && *edge < nights.end());
    edges.extend([nights.start(), nights.end()]);
    edges.sort_unstable();
    edges.dedup();
    let mut spans: Vec<(Nights, State<'s>)> = Vec::with_capacity(edges.len());
    for pair in edges.windows(2) {
        let found = state(statements, pair[0], view);
        match spans.last_mut().filter(|last| last.1 == found) {
            Some(last) => last.0 = Nights::try_new(last.0.start(), pair[1]).unwrap_or(last.0),
            None => spans.extend(Nights::try_new(pair[0], pair[1]).map(|nights| (nights, found))),
        }
    }
    spans
}
