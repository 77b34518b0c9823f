//! What must hold. Each is Pass, Fail with its reason, or Unknown with whom to ask what. None is ever relaxed, and none
//! has a price, an owner, a grade or an accreditation in it: only what is unlawful or unsafe leaves a home out.

use std::fmt;

use kernel::Night;
use serde::{Serialize, Serializer};

use crate::capacity::{Shortage, shortage, unsaid};
use crate::home::{Home, Registration};
use crate::search::{Allows, Authority, Search};
use crate::words::{Accesses, Kind, Needs, Traits};

/// What must hold, in the order in which it is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Constraint {
    /// The home may have children at all.
    Registration,
    /// Nobody under 16 in supported accommodation: Care Planning, Placement and Case Review (England) Regulations 2010,
    /// regulation 27A.
    UnderSixteen,
    /// A court allows it, on every night, where the home is secure or deprives of liberty.
    Authority,
    /// The home is registered for the child's ages.
    Age,
    /// The home is registered for the child's sex.
    Sex,
    /// The home can meet every need.
    Needs,
    /// The house has what the child's body needs.
    Access,
    /// There is a place, and a bedroom that fits, on every night.
    Numbers,
    /// Nobody is there from whom the child must be kept.
    People,
    /// It is not near anywhere from which the child must be kept.
    Places,
    /// The child can live with whom and what is there.
    ChildWithHousehold,
    /// Those who are there can live with the child.
    HouseholdWithChild,
}

impl Constraint {
    /// All of them, in order; the place in it is the bit of [`Failed`].
    pub const ALL: [Constraint; 12] = [
        Constraint::Registration,
        Constraint::UnderSixteen,
        Constraint::Authority,
        Constraint::Age,
        Constraint::Sex,
        Constraint::Needs,
        Constraint::Access,
        Constraint::Numbers,
        Constraint::People,
        Constraint::Places,
        Constraint::ChildWithHousehold,
        Constraint::HouseholdWithChild,
    ];

    /// A few words, for counts.
    pub fn word(self) -> &'static str {
        match self {
            Constraint::Registration => "registration",
            Constraint::UnderSixteen => "under 16 in supported accommodation",
            Constraint::Authority => "court authority",
            Constraint::Age => "age",
            Constraint::Sex => "sex",
            Constraint::Needs => "needs",
            Constraint::Access => "accessibility",
            Constraint::Numbers => "no place",
            Constraint::People => "people to keep away from",
            Constraint::Places => "places to keep away from",
            Constraint::ChildWithHousehold => "the child cannot live with the household",
            Constraint::HouseholdWithChild => "the household cannot live with the child",
        }
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Which constraints, one bit each.
pub type Failed = u16;

/// How a constraint stands for one child and one home.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It does not, and why.
    Fail(Reason),
    /// Nobody knows: whom to ask what.
    Unknown(Ask),
}

/// Why a constraint does not hold. It names no person and no place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each says itself in its sentence")]
pub enum Reason {
    Unregistered,
    Suspended,
    ApprovalEnds(Night),
    UnderSixteen,
    NoAuthority(Allows),
    AuthorityEnds(Allows, Night),
    UnderThirteen,
    TooYoung { age: u8, least: u8 },
    TooOld { age: u8, most: u8 },
    Sex,
    Needs(Needs),
    Access(Accesses),
    Full(Night),
    NoRoom(Night),
    Person,
    Place,
    LivesWith(Traits),
    CannotTake(Traits),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allows = |allows: &Allows| match allows {
            Allows::Secure => "a secure place",
            Allows::DeprivationOfLiberty => "depriving the child of liberty",
        };
        match self {
            Reason::Unregistered => f.write_str("it is not registered and cannot be offered"),
            Reason::Suspended => f.write_str("its registration is suspended"),
            Reason::ApprovalEnds(on) => write!(f, "its approval ends on {on}, within the stay"),
            Reason::UnderSixteen => f.write_str("supported accommodation is not for a child under 16"),
            Reason::NoAuthority(what) => write!(f, "no court has allowed {} on the first night", allows(what)),
            Reason::AuthorityEnds(what, on) => {
                write!(f, "the authority for {} does not cover the night of {on}", allows(what))
            }
            Reason::UnderThirteen => {
                f.write_str("a secure place for a child under 13 needs the Secretary of State's approval")
            }
            Reason::TooYoung { age, least } => write!(f, "the child is {age}; it is registered from {least}"),
            Reason::TooOld { age, most } => write!(f, "the child is {age} within the stay; it is registered to {most}"),
            Reason::Sex => f.write_str("it is not registered for the child's sex"),
            Reason::Needs(needs) => write!(f, "it cannot meet: {needs}"),
            Reason::Access(access) => write!(f, "the house has no: {access}"),
            Reason::Full(night) => write!(f, "it has no place on the night of {night}"),
            Reason::NoRoom(night) => write!(f, "no bedroom that fits is left on the night of {night}"),
            Reason::Person => f.write_str("somebody is there from whom the child must be kept"),
            Reason::Place => f.write_str("it is near a place from which the child must be kept"),
            Reason::LivesWith(traits) => write!(f, "the child cannot live with: {traits}"),
            Reason::CannotTake(traits) => write!(f, "those who are there cannot live with: {traits}"),
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A question, and whom to ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each says itself in its sentence")]
pub enum Ask {
    Registration,
    Ages,
    Needs(Needs),
    Access(Accesses),
    Rooms,
    Free(Night),
    Whereabouts,
    Household(Traits),
    CanTake(Traits),
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ask::Registration => f.write_str("ask the regulator: is it registered?"),
            Ask::Ages => f.write_str("ask the home: for which ages is it registered?"),
            Ask::Needs(needs) => write!(f, "ask the home: can it meet {needs}?"),
            Ask::Access(access) => write!(f, "ask the home: does the house have {access}?"),
            Ask::Rooms => f.write_str("ask the home: which bedrooms are free?"),
            Ask::Free(night) => write!(f, "ask the home: is a place free on the night of {night}?"),
            Ask::Whereabouts => f.write_str("ask the regulator: is it clear of the places to keep away from?"),
            Ask::Household(traits) => write!(f, "ask the home: is any of this there: {traits}?"),
            Ask::CanTake(traits) => write!(f, "ask the home: could those who are there live with {traits}?"),
        }
    }
}

impl Serialize for Ask {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How every constraint stands for one child and one home.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdicts(pub [Verdict; Constraint::ALL.len()]);

impl Serialize for Verdicts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl Verdicts {
    /// Works out every constraint. This is what the rest is checked against: it reads the two sides and nothing else.
    pub fn of(search: &Search, home: &Home) -> Verdicts {
        Verdicts(Constraint::ALL.map(|constraint| judge(constraint, search, home)))
    }

    /// Each constraint with how it stands.
    pub fn iter(&self) -> impl Iterator<Item = (Constraint, Verdict)> {
        Constraint::ALL.into_iter().zip(self.0)
    }

    /// Those that fail, as bits.
    pub fn failed(&self) -> Failed {
        self.bits(|verdict| matches!(verdict, Verdict::Fail(_)))
    }

    /// Those that nobody knows, as bits.
    pub fn unknown(&self) -> Failed {
        self.bits(|verdict| matches!(verdict, Verdict::Unknown(_)))
    }

    fn bits(&self, is: impl Fn(&Verdict) -> bool) -> Failed {
        self.0.iter().enumerate().filter(|(_, verdict)| is(verdict)).fold(0, |bits, (at, _)| bits | 1 << at)
    }
}

/// Works out one constraint.
pub fn judge(constraint: Constraint, search: &Search, home: &Home) -> Verdict {
    match constraint {
        Constraint::Registration => registration(search, home),
        Constraint::UnderSixteen => {
            fails_if(home.kind == Kind::Supported && search.ages().0 < 16, Reason::UnderSixteen)
        }
        Constraint::Authority => authority(search, home),
        Constraint::Age => age(search, home),
        Constraint::Sex => fails_if(!home.sexes.has(search.sex), Reason::Sex),
        Constraint::Needs => {
            let missing = search.needs.without(home.needs);
            let unknown = missing.and(home.needs_unknown);
            either(missing.without(unknown), unknown, Needs::is_empty, Reason::Needs, Ask::Needs)
        }
        Constraint::Access => {
            let missing = search.access.without(home.access);
            let unknown = missing.and(home.access_unknown);
            either(missing.without(unknown), unknown, Accesses::is_empty, Reason::Access, Ask::Access)
        }
        Constraint::Numbers => match shortage(home, search.stay, &[search.room]) {
            None => unsaid(home, search.stay).map_or(Verdict::Pass, |night| Verdict::Unknown(Ask::Free(night))),
            Some(Shortage::Full(night)) => Verdict::Fail(Reason::Full(night)),
            Some(Shortage::NoRoom(night)) => Verdict::Fail(Reason::NoRoom(night)),
            Some(Shortage::RoomsNotListed) => Verdict::Unknown(Ask::Rooms),
        },
        Constraint::People => {
            let there = search.avoid_people.iter().any(|&person| home.has(person, search.stay));
            fails_if(there, Reason::Person)
        }
        Constraint::Places => {
            let near = search.avoid_places.iter().any(|zone| zone.at.within(home.at, zone.metres));
            match near {
                _ if search.avoid_places.is_empty() => Verdict::Pass,
                // The middle of a council's area says neither that it is near nor that it is not.
                _ if home.whereabouts_withheld => Verdict::Unknown(Ask::Whereabouts),
                near => fails_if(near, Reason::Place),
            }
        }
        Constraint::ChildWithHousehold => {
            let there = search.cannot_live_with.and(home.traits_in(search.stay));
            let unknown = search.cannot_live_with.and(home.household_unknown);
            either(there, unknown, Traits::is_empty, Reason::LivesWith, Ask::Household)
        }
        Constraint::HouseholdWithChild => {
            let refused = search.own_traits().and(home.refuses_in(search.stay));
            let unknown = search.own_traits().and(home.cannot_take_unknown);
            either(refused, unknown, Traits::is_empty, Reason::CannotTake, Ask::CanTake)
        }
    }
}

fn fails_if(wrong: bool, reason: Reason) -> Verdict {
    if wrong { Verdict::Fail(reason) } else { Verdict::Pass }
}

/// What is certainly wrong comes before what might be.
fn either<T: Copy>(
    wrong: T,
    unknown: T,
    is_empty: impl Fn(T) -> bool,
    reason: impl Fn(T) -> Reason,
    ask: impl Fn(T) -> Ask,
) -> Verdict {
    match (is_empty(wrong), is_empty(unknown)) {
        (false, _) => Verdict::Fail(reason(wrong)),
        (true, false) => Verdict::Unknown(ask(unknown)),
        (true, true) => Verdict::Pass,
    }
}

fn registration(search: &Search, home: &Home) -> Verdict {
    match home.registration {
        Registration::Registered => Verdict::Pass,
        Registration::ApprovedUntil(end) => fails_if(end < search.stay.end(), Reason::ApprovalEnds(end)),
        Registration::Suspended => Verdict::Fail(Reason::Suspended),
        Registration::Unregistered => Verdict::Fail(Reason::Unregistered),
        Registration::Unknown => Verdict::Unknown(Ask::Registration),
    }
}

fn age(search: &Search, home: &Home) -> Verdict {
    let Some((least, most)) = home.ages else { return Verdict::Unknown(Ask::Ages) };
    let (first, last) = search.ages();
    if first < least {
        Verdict::Fail(Reason::TooYoung { age: first, least })
    } else {
        fails_if(last > most, Reason::TooOld { age: last, most })
    }
}

fn authority(search: &Search, home: &Home) -> Verdict {
    let needed = [
        (home.kind == Kind::Secure).then_some(Allows::Secure),
        home.deprives_of_liberty.then_some(Allows::DeprivationOfLiberty),
    ];
    for allows in needed.into_iter().flatten() {
        if let Some(reason) = not_allowed(search, allows) {
            return Verdict::Fail(reason);
        }
    }
    Verdict::Pass
}

/// Authorities may follow one another: every night has to lie within one of them.
fn not_allowed(search: &Search, allows: Allows) -> Option<Reason> {
    let given = |night: Night| {
        let all = search.authority.iter().filter(|authority| authority.allows == allows);
        let holding = all.filter(|authority| authority.nights.contains(night));
        holding.max_by_key(|authority| (enough_for_age(search, authority, night), authority.nights.end()))
    };
    let mut night = search.stay.start();
    while night < search.stay.end() {
        let Some(authority) = given(night) else {
            let first = night == search.stay.start();
            return Some(if first { Reason::NoAuthority(allows) } else { Reason::AuthorityEnds(allows, night) });
        };
        if !enough_for_age(search, authority, night) {
            return Some(Reason::UnderThirteen);
        }
        // The next night on which the answer may differ.
        let thirteenth = search.born.birthday(13);
        let until = authority.nights.end();
        night = if night < thirteenth && thirteenth < until { thirteenth } else { until };
    }
    None
}

fn enough_for_age(search: &Search, authority: &Authority, night: Night) -> bool {
    authority.allows != Allows::Secure || authority.under_thirteen || night.age(search.born) >= 13
}

impl Reason {
    /// The reason with ages and nights that differ from home to home made alike, for counting.
    pub(crate) fn without_detail(self) -> Reason {
        match self {
            Reason::TooYoung { age, .. } => Reason::TooYoung { age, least: age.saturating_add(1) },
            Reason::TooOld { age, .. } => Reason::TooOld { age, most: age.saturating_sub(1) },
            other => other,
        }
    }
}

/// One of each reason, with every word in it that it can have: for whoever checks what can be said.
pub fn every_reason() -> Vec<Reason> {
    let night = Night::from_days(20_000).expect("a night of 2024");
    vec![
        Reason::Unregistered,
        Reason::Suspended,
        Reason::ApprovalEnds(night),
        Reason::UnderSixteen,
        Reason::NoAuthority(Allows::Secure),
        Reason::NoAuthority(Allows::DeprivationOfLiberty),
        Reason::AuthorityEnds(Allows::Secure, night),
        Reason::AuthorityEnds(Allows::DeprivationOfLiberty, night),
        Reason::UnderThirteen,
        Reason::TooYoung { age: 7, least: 8 },
        Reason::TooOld { age: 17, most: 16 },
        Reason::Sex,
        Reason::Needs(Needs::ALL),
        Reason::Access(Accesses::ALL),
        Reason::Full(night),
        Reason::NoRoom(night),
        Reason::Person,
        Reason::Place,
        Reason::LivesWith(Traits::ALL),
        Reason::CannotTake(Traits::ALL),
    ]
}

/// One of each question, with every word in it that it can have.
pub fn every_ask() -> Vec<Ask> {
    let night = Night::from_days(20_000).expect("a night of 2024");
    vec![
        Ask::Registration,
        Ask::Ages,
        Ask::Needs(Needs::ALL),
        Ask::Access(Accesses::ALL),
        Ask::Rooms,
        Ask::Free(night),
        Ask::Whereabouts,
        Ask::Household(Traits::ALL),
        Ask::CanTake(Traits::ALL),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A variant added to either list fails to compile here until it is added above.
    #[test]
    fn every_reason_and_every_question_is_listed() {
        let reason = |reason: &Reason| match reason {
            Reason::Unregistered => 0,
            Reason::Suspended => 1,
            Reason::ApprovalEnds(_) => 2,
            Reason::UnderSixteen => 3,
            Reason::NoAuthority(_) => 4,
            Reason::AuthorityEnds(..) => 5,
            Reason::UnderThirteen => 6,
            Reason::TooYoung { .. } => 7,
            Reason::TooOld { .. } => 8,
            Reason::Sex => 9,
            Reason::Needs(_) => 10,
            Reason::Access(_) => 11,
            Reason::Full(_) => 12,
            Reason::NoRoom(_) => 13,
            Reason::Person => 14,
            Reason::Place => 15,
            Reason::LivesWith(_) => 16,
            Reason::CannotTake(_) => 17,
        };
        let ask = |ask: &Ask| match ask {
            Ask::Registration => 0,
            Ask::Ages => 1,
            Ask::Needs(_) => 2,
            Ask::Access(_) => 3,
            Ask::Rooms => 4,
            Ask::Free(_) => 5,
            Ask::Whereabouts => 6,
            Ask::Household(_) => 7,
            Ask::CanTake(_) => 8,
        };
        let mut reasons: Vec<i32> = every_reason().iter().map(reason).collect();
        reasons.dedup();
        assert_eq!(reasons, (0..18).collect::<Vec<_>>());
        assert_eq!(every_ask().iter().map(ask).collect::<Vec<_>>(), (0..9).collect::<Vec<_>>());
    }
}
