//! "Why not this home?", "what would have to change?", "what is missing here?" — for any home and any search.

use serde::Serialize;

use crate::asked::Asked;
use crate::constraint::{Ask, Constraint, Reason, Verdict, Verdicts};
use crate::order::{Criterion, Met, Points, Rules, Standing, met, standing, wish_bit};
use crate::refs::HomeId;
use crate::register::Register;
use crate::scan::Scan;
use crate::search::{Search, SearchError};
use crate::shortlist::Offered;
use crate::tie::TieKey;

/// The answer for one home.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct WhyNot {
    /// The home, as a shortlist would show it.
    pub home: Offered,
    /// What fails, with reasons.
    pub fails: Vec<(Constraint, Reason)>,
    /// What has to be asked first, and whom.
    pub asks: Vec<(Constraint, Ask)>,
    /// Its place in the order: 1 is first. If something fails or is unknown, the place it would have without that.
    pub place: u32,
    /// How many homes can be offered.
    pub of: u32,
    /// The one constraint that would have to change for the home to be offered; `None` if none fails, or several do.
    pub single: Option<Constraint>,
    /// The home that is first, and the first criterion in which it is ahead; `None` if this one would be first, or if
    /// the two are equal in everything and only the tie decides.
    pub behind: Option<Behind>,
    /// Each single criterion that would put this home first, if it were as good as it can be.
    pub would_be_first: Vec<Criterion>,
}

/// Where the first home is ahead.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Behind {
    /// The first home.
    pub leader: HomeId,
    /// The first criterion that tells them apart.
    pub criterion: Criterion,
    /// Points of this home in it.
    pub points: u64,
    /// Points of the first.
    pub leaders: u64,
}

/// Explains one home; `None` if the register has no such home.
pub fn why_not(
    search: &Search,
    register: &Register,
    rules: &Rules,
    key: TieKey,
    home: HomeId,
) -> Result<Option<WhyNot>, SearchError> {
    search.check()?;
    let Some(home) = register.find(home) else { return Ok(None) };
    let verdicts = Verdicts::of(search, home);
    let mine = (standing(search, home, rules), !key.token(home.id.number()));
    let (mut ahead, mut possible, mut leader) = (0, 0, None);
    for (at, other) in offered(search, register, rules) {
        let other_home = &register.homes()[at];
        let theirs = (other, !key.token(other_home.id.number()));
        possible += 1;
        ahead += u32::from(theirs > mine && other_home.id != home.id);
        if other_home.id != home.id && leader.is_none_or(|(best, _)| theirs > best) {
            leader = Some((theirs, other_home.id));
        }
    }
    let behind = leader.filter(|(theirs, _)| *theirs > mine).and_then(|((theirs, _), leader)| {
        let (criterion, points, leaders) = first_difference(search, mine.0, theirs)?;
        Some(Behind { leader, criterion, points, leaders })
    });
    let first = |changed: Standing| leader.is_none_or(|(theirs, _)| (changed, mine.1) > theirs);
    let failed = verdicts.failed();
    let fails = verdicts.iter().filter_map(|(constraint, verdict)| match verdict {
        Verdict::Fail(reason) => Some((constraint, reason)),
        _ => None,
    });
    let asks = verdicts.iter().filter_map(|(constraint, verdict)| match verdict {
        Verdict::Unknown(ask) => Some((constraint, ask)),
        _ => None,
    });
    Ok(Some(WhyNot {
        home: Offered::of(search, home, rules, key),
        fails: fails.collect(),
        asks: asks.collect(),
        place: ahead + 1,
        of: possible,
        single: Constraint::ALL.into_iter().find(|&constraint| failed == 1 << constraint as u32),
        would_be_first: if first(mine.0) {
            Vec::new()
        } else {
            improved(search, home, rules)
                .filter(|(_, changed)| first(*changed))
                .map(|(criterion, _)| criterion)
                .collect()
        },
        behind,
    }))
}

/// Every home that can be offered, with where it stands.
fn offered(search: &Search, register: &Register, rules: &Rules) -> Vec<(usize, Standing)> {
    let scan = Scan::new(search, register, rules);
    let mut offered = Vec::new();
    for word in 0..register.ground.words() {
        let known = scan.asked.possible(word).known;
        scan.each(word, known, Standing::default(), |at, standing| offered.push((at, standing)));
    }
    offered
}

/// The first criterion, in the order's own order, in which two standings differ.
fn first_difference(search: &Search, mine: Standing, theirs: Standing) -> Option<(Criterion, u64, u64)> {
    let (mine, theirs) = (mine.points(), theirs.points());
    for at in 0..search.wishes.len() {
        let (my, their) = (mine.wishes & wish_bit(at), theirs.wishes & wish_bit(at));
        if my != their {
            return Some((Criterion::Wish(at), u64::from(my != 0), u64::from(their != 0)));
        }
    }
    let parts = [
        (Criterion::Siblings, mine.siblings, theirs.siblings),
        (Criterion::Closeness, mine.closeness, theirs.closeness),
        (Criterion::Rest, mine.rest, theirs.rest),
    ];
    parts.into_iter().find(|(_, my, their)| my != their)
}

/// Where the home would stand if one criterion were as good as it can be.
fn improved<'a>(
    search: &'a Search,
    home: &'a crate::home::Home,
    rules: &'a Rules,
) -> impl Iterator<Item = (Criterion, Standing)> + 'a {
    let now: Points = standing(search, home, rules).points();
    let unmet = search.wishes.iter().enumerate().filter(|(_, wish)| met(search, home, wish) != Met::Yes);
    let wishes = unmet.map(move |(at, _)| (Criterion::Wish(at), Points { wishes: now.wishes | wish_bit(at), ..now }));
    let siblings = search.siblings.len() as u64 * u64::from(rules.sibling_here);
    let anchors = search.home.iter().chain(&search.school).count() as u64;
    let language = if search.languages.is_empty() { 0 } else { u64::from(rules.language) };
    let faith = search.faith.map_or(0, |_| u64::from(rules.faith));
    let bands = rules.bands.len() as u64;
    let rest = language + faith + bands * u64::from(rules.near_place) * search.near.len() as u64;
    let others = [
        (Criterion::Siblings, Points { siblings, ..now }),
        (Criterion::Closeness, Points { closeness: anchors * bands, ..now }),
        (Criterion::Rest, Points { rest, ..now }),
    ];
    wishes
        .chain(others)
        .filter(move |(_, changed)| *changed != now)
        .map(|(criterion, changed)| (criterion, Standing::new(changed)))
}

/// What is missing for a child in an area: near homes with exactly one thing against them, by that thing, and what of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Missing {
    /// Homes in the area.
    pub near: u32,
    /// Of these, homes that can be offered or have only questions against them.
    pub possible: u32,
    /// What alone stands in the way, and for how many homes, the most first.
    pub alone: Vec<(Reason, u32)>,
}

/// Looks through an area: metres round the child's home, or school if home is not given, or everywhere if neither is.
pub fn missing(search: &Search, register: &Register, area: u32) -> Result<Missing, SearchError> {
    search.check()?;
    let asked = Asked::new(search, register);
    let middle = search.home.or(search.school);
    let mut found = Missing { near: 0, possible: 0, alone: Vec::new() };
    for (at, home) in register.homes().iter().enumerate() {
        if middle.is_some_and(|middle| !middle.within(home.at, area)) {
            continue;
        }
        found.near += 1;
        let (failed, _) = asked.judge(at);
        found.possible += u32::from(failed == 0);
        if failed.count_ones() != 1 {
            continue;
        }
        let constraint = Constraint::ALL[failed.trailing_zeros() as usize];
        if let Verdict::Fail(reason) = crate::constraint::judge(constraint, search, home) {
            let reason = reason.without_detail();
            match found.alone.iter_mut().find(|(other, _)| *other == reason) {
                Some((_, count)) => *count += 1,
                None => found.alone.push((reason, 1)),
            }
        }
    }
    found.alone.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), reason.to_string()));
    Ok(found)
}
