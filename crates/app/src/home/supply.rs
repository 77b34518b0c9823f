//! The homes of the register as a search sees them for some nights: what each is registered for, who lives there, and
//! which of its places are taken, kept, closed, or not spoken of on which night.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use care::home::{Case, Stage, cases, pieces};
use kernel::{ChildRef, CouncilCode, GridPoint, Night, Nights, Seq, district, districts, outcode};
use matching::{Closure, Home, HomeId, Inspection, Kind, Need, Register, Registration, Resident, RoomFacts, Sexes};
use register::{
    Conditions, Field, PlaceRef, Setting, SettingRef, Sex, Standing, State, Statement, Status, View, conditions_on,
};
use sha2::{Digest, Sha256};
use store::{Db, HomeFact};

use super::{events, facts};
use crate::problem::Problem;

/// What is looked for: for which nights, from where one looks, and whose own hold does not count.
pub(crate) struct Wanted<'a> {
    pub nights: Nights,
    pub view: &'a View,
    /// Holds said by this one do not take a place.
    pub own: Option<&'a str>,
    /// This home alone; otherwise every home.
    pub only: Option<&'a SettingRef>,
    /// The child's age and sex at a place that is registered for less than its home.
    pub fits: &'a dyn Fn(&Conditions) -> bool,
}

/// A home as found.
pub(crate) struct Site {
    pub setting: SettingRef,
    /// The places free throughout, by a claim that holds; and those of which nobody has said.
    pub free: Vec<u16>,
    pub unsaid: Vec<u16>,
}

/// Every home, by the reference that matching knows it by.
pub(crate) struct Supply {
    pub register: Register,
    pub sites: BTreeMap<HomeId, Site>,
    /// Settings that are no homes in themselves: agencies and the like.
    pub not_homes: u32,
}

/// How matching knows a setting: its Ofsted number, or a digest of a household's name.
pub(crate) fn home_id(setting: &SettingRef) -> HomeId {
    setting.number().and_then(HomeId::parse).unwrap_or_else(|| {
        let digest = Sha256::digest(setting.as_str().as_bytes());
        HomeId::from_number(digest[..8].iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    })
}

pub(crate) fn kind_of(facts: &Setting) -> Option<Kind> {
    use register::Kind as Sort;
    Some(match facts.kind()? {
        Sort::ChildrensHome => Kind::ChildrensHome,
        Sort::SecureChildrensHome => Kind::Secure,
        Sort::SchoolRegisteredAsHome => Kind::School,
        Sort::SupportedAccommodation => Kind::Supported,
        Sort::FosteringHousehold => Kind::Foster,
        Sort::KinshipHousehold => Kind::Kinship,
        Sort::AdoptiveHousehold => Kind::Adoptive,
        Sort::ResidentialFamilyCentre => Kind::ParentAndChild,
        _ => return None,
    })
}

/// Who lives where, as the care wing's own placements have it: place and resident.
type Living = BTreeMap<String, Vec<(u16, Resident)>>;

impl Supply {
    pub(crate) fn load(db: &mut Db, wanted: &Wanted<'_>) -> Result<Supply, Problem> {
        let known = wanted.view.known;
        let living = living(db, known, wanted.nights)?;
        let mut told = told(db, known, wanted.nights)?;
        let mut statements: BTreeMap<SettingRef, Vec<Statement>> = BTreeMap::new();
        let (settings, mut conditions, said) = match wanted.only {
            Some(one) => {
                let history = db.setting(one, known)?;
                let said = db.home_facts(one.as_str(), known)?;
                statements.insert(one.clone(), db.statements_of(one, known)?);
                (
                    BTreeMap::from([(one.clone(), history)]),
                    BTreeMap::from([(one.clone(), db.conditions(one, known)?)]),
                    said,
                )
            }
            None => {
                for statement in db.statements(known)? {
                    statements.entry(statement.place.setting.clone()).or_default().push(statement);
                }
                (db.settings(known)?, db.all_conditions(known)?, db.facts_of_homes(known)?)
            }
        };
        let mut described: BTreeMap<String, Vec<HomeFact>> = BTreeMap::new();
        for fact in said {
            described.entry(fact.subject.clone()).or_default().push(fact);
        }
        let (mut homes, mut sites, mut not_homes) = (Vec::new(), BTreeMap::new(), 0);
        let first = wanted.nights.start();
        for (setting, history) in settings {
            let Some(standing) = history.on(first, known).filter(|standing| standing.listed) else { continue };
            let Some(kind) = kind_of(&standing.facts) else {
                not_homes += 1;
                continue;
            };
            let conditions = conditions.remove(&setting).unwrap_or_default();
            let of = |place: u16| conditions_on(&conditions, place, first, known);
            let mut home = of_register(&setting, kind, &standing, &of(0), first);
            let own = described.remove(setting.as_str()).unwrap_or_default();
            home = facts::described(home, &own)?;
            let said = statements.remove(&setting).unwrap_or_default();
            let residents = living.get(setting.as_str()).map_or(&[][..], Vec::as_slice);
            let mut site = Site { setting: setting.clone(), free: Vec::new(), unsaid: Vec::new() };
            let filled = places(&mut home, &mut site, &said, residents, wanted, &of);
            let told = setting.number().and_then(|number| told.remove(number)).unwrap_or_default();
            reconcile(&mut home, filled, told, wanted.nights);
            if sites.insert(home.id, site).is_some() {
                let sentence = format!("two homes are known as {}: one of them is {setting}", home.id);
                return Err(Problem::refused("match.places", sentence));
            }
            homes.push(home);
        }
        let register = Register::new(homes).map_err(|error| Problem::refused("match.places", error.to_string()))?;
        Ok(Supply { register, sites, not_homes })
    }

    pub(crate) fn setting(&self, id: HomeId) -> &SettingRef {
        &self.sites[&id].setting
    }
}

/// What the register says of a home. What it does not say is unknown, and never read as bad or as good.
fn of_register(setting: &SettingRef, kind: Kind, standing: &Standing, conditions: &Conditions, on: Night) -> Home {
    use matching::{Accesses, Needs, Trait, Traits};
    let facts = &standing.facts;
    let (at, withheld) = whereabouts(facts, on);
    let number = conditions.most.or_else(|| facts.places()).unwrap_or(0);
    let mut home = Home::new(home_id(setting), kind, at, u8::try_from(number).unwrap_or(u8::MAX));
    home.whereabouts_withheld = withheld;
    let ended = facts.text(Field::Ended).and_then(Night::parse_british);
    home.registration = match facts.status() {
        Some(Status::Suspended) => Registration::Suspended,
        _ if !facts.is_registered(on) => Registration::Unregistered,
        Some(Status::Active) => ended.map_or(Registration::Registered, Registration::ApprovedUntil),
        _ => Registration::Unknown,
    };
    // Supported accommodation is registered for 16 and 17 year olds by what it is.
    home.ages = conditions.ages.or((kind == Kind::Supported).then_some((16, 17)));
    home.sexes = match conditions.sex {
        Some(Sex::Female) => matching::Sex::Girl.into(),
        Some(Sex::Male) => matching::Sex::Boy.into(),
        _ => Sexes::ALL,
    };
    match &conditions.needs {
        Some(needs) => home.needs = needs.iter().filter_map(|need| Need::parse(need)).collect(),
        None => home.needs_unknown = Needs::ALL,
    }
    // A registration says whom by age and sex; of everything else somebody has to be asked.
    let said_by_registration: Traits = Traits::any_child().or(Trait::Girl.into()).or(Trait::Boy.into());
    home.access_unknown = Accesses::ALL;
    home.household_unknown = Traits::ALL.without(said_by_registration);
    home.cannot_take_unknown = Traits::ALL.without(said_by_registration);
    home.inspection = match facts.text(Field::Overall) {
        _ if setting.is_household() => Inspection::WithCouncil,
        None => Inspection::NotYet,
        Some(text) => match register::fold(text).as_str() {
            "outstanding" => Inspection::Outstanding,
            "good" => Inspection::Good,
            "requiresimprovementtobegood" => Inspection::RequiresImprovement,
            "inadequate" => Inspection::Inadequate,
            "consistentlystrongpractice" | "consistentlystrong" => Inspection::ConsistentlyStrong,
            "inconsistentpractice" | "inconsistent" => Inspection::Inconsistent,
            "seriousorwidespreadweaknesses" => Inspection::SeriousWeaknesses,
            _ => Inspection::NotYet,
        },
    };
    home
}

/// Where a home is, by its postcode's district; where that is withheld, the middle of its council's area.
fn whereabouts(facts: &Setting, on: Night) -> (GridPoint, bool) {
    let known = facts.text(Field::Postcode).and_then(outcode).and_then(|outcode| district(&outcode));
    if let Some(district) = known {
        return (district.centre, false);
    }
    let council = facts.council(on).map(|council| council.code);
    (council.and_then(middle_of).unwrap_or_else(middle_of_england), true)
}

fn middle_of(council: CouncilCode) -> Option<GridPoint> {
    static MIDDLES: OnceLock<BTreeMap<CouncilCode, GridPoint>> = OnceLock::new();
    let middles = MIDDLES.get_or_init(|| {
        let mut all: BTreeMap<CouncilCode, Vec<(GridPoint, u32)>> = BTreeMap::new();
        for district in districts() {
            if let Some(council) = district.council {
                all.entry(council).or_default().push((district.centre, district.postcodes));
            }
        }
        all.into_iter().filter_map(|(council, points)| Some((council, mean(&points)?))).collect()
    });
    middles.get(&council).copied()
}

fn middle_of_england() -> GridPoint {
    GridPoint::try_new(430_000, 320_000).expect("a point of the grid, in Leicestershire")
}

fn mean(points: &[(GridPoint, u32)]) -> Option<GridPoint> {
    let weight: i64 = points.iter().map(|(_, weight)| i64::from(*weight)).sum();
    let sum = |axis: fn(GridPoint) -> i32| -> i64 {
        points.iter().map(|(at, weight)| i64::from(axis(*at)) * i64::from(*weight)).sum()
    };
    let (east, north) = (sum(GridPoint::east).checked_div(weight)?, sum(GridPoint::north).checked_div(weight)?);
    GridPoint::try_new(i32::try_from(east).ok()?, i32::try_from(north).ok()?)
}

/// Goes through a home's places: what is kept or closed becomes a closure, what nobody has spoken of is unsaid, and who
/// is known to live in one is a resident. Gives the nights of places that are filled by somebody not known here.
fn places(
    home: &mut Home,
    site: &mut Site,
    said: &[Statement],
    living: &[(u16, Resident)],
    wanted: &Wanted<'_>,
    of: &dyn Fn(u16) -> Conditions,
) -> Vec<Nights> {
    let mut filled = Vec::new();
    home.residents.extend(living.iter().map(|(_, resident)| resident.clone()));
    let one = |nights| Closure { nights, places: 1 };
    let registered = u16::from(home.places);
    let highest = said.iter().map(|said| said.place.number).max().unwrap_or(0);
    for number in 1..=registered.max(highest) {
        let Some(place) = PlaceRef::try_new(site.setting.clone(), number) else { continue };
        if number > registered {
            // Where a child lives is a fact even where no child should: it takes one of the places that there are.
            let about: Vec<Statement> = said.iter().filter(|said| said.place == place).cloned().collect();
            let spans = register::spans(&about, wanted.nights, wanted.view);
            filled.extend(
                spans.into_iter().filter(|(_, state)| matches!(state, State::Filled(_))).map(|(nights, _)| nights),
            );
            continue;
        }
        // For whom the home is registered is a constraint, with its reason; a place may be for fewer.
        let (own, whole) = (of(number), of(0));
        if (own.ages, own.sex) != (whole.ages, whole.sex) && !(wanted.fits)(&own) {
            home.closed.push(one(wanted.nights));
            continue;
        }
        let about: Vec<Statement> = said.iter().filter(|said| said.place == place).cloned().collect();
        let lived =
            living.iter().any(|(its, resident)| *its == number && resident.nights.intersect(wanted.nights).is_some());
        let (mut free, mut unsaid) = (!lived, false);
        for (nights, state) in register::spans(&about, wanted.nights, wanted.view) {
            match state {
                State::Free(_) => {}
                State::Held(hold) if wanted.own == Some(hold.by.as_str()) => {}
                State::Filled(_) if lived => {}
                State::Unknown(_) if lived => {}
                State::Unknown(_) => {
                    unsaid = true;
                    home.unsaid.push(one(nights));
                }
                State::Filled(_) => {
                    free = false;
                    filled.push(nights);
                }
                State::Held(_) | State::NotAvailable(_) | State::Turnaround(_) => {
                    free = false;
                    home.closed.push(one(nights));
                }
            }
        }
        if free {
            let which = if unsaid { &mut site.unsaid } else { &mut site.free };
            which.push(number);
        }
    }
    filled
}

/// Children whom a return has there and places said to be filled by nobody knows whom are, as far as may be, the same
/// children: each place stands for one of them, for the nights of either. More children than places said to be filled
/// take a place each.
fn reconcile(home: &mut Home, mut filled: Vec<Nights>, mut told: Vec<Told>, stay: Nights) {
    filled.sort_unstable();
    told.sort_unstable_by_key(|told| (told.nights, told.child));
    let mut filled = filled.into_iter();
    for told in told {
        // That a place is filled is said for certain, whoever it is that a return has there.
        let (both, certain) = match filled.next() {
            Some(place) => (hull(place, told.nights), true),
            None => (told.nights, told.certain),
        };
        let closure = Closure { nights: both.intersect(stay).unwrap_or(both), places: 1 };
        let which = if certain { &mut home.closed } else { &mut home.unsaid };
        which.push(closure);
    }
    home.closed.extend(filled.map(|nights| Closure { nights, places: 1 }));
}

fn hull(one: Nights, other: Nights) -> Nights {
    Nights::try_new(one.start().min(other.start()), one.end().max(other.end())).expect("both are ranges")
}

/// A child whom a return has in a setting on nights looked for.
pub(crate) struct Told {
    pub child: ChildRef,
    nights: Nights,
    /// The return is evidence for these nights. Past it, nobody knows whether the child is still there.
    pub certain: bool,
}

/// Children whom returns have in one setting on a night, but for those placed there by a decision recorded here.
pub(crate) fn told_in(db: &mut Db, known: Seq, setting: &SettingRef, on: Night) -> Result<Vec<Told>, Problem> {
    let night = Nights::try_new(on, on.next()).expect("one night");
    let Some(number) = setting.number() else { return Ok(Vec::new()) };
    Ok(told(db, known, night)?.remove(number).unwrap_or_default())
}

/// Children whom returns have in settings known by number, but for those placed by a decision recorded here.
fn told(db: &mut Db, known: Seq, stay: Nights) -> Result<BTreeMap<String, Vec<Told>>, Problem> {
    let ours: BTreeSet<i64> = cases_of_all(db, known)?
        .iter()
        .filter_map(|(_, case)| case.placed.as_ref().map(|placed| placed.episode.stored()))
        .collect();
    let mut all: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    let (mut after, mut page) = (-1, Vec::new());
    loop {
        let next = db.notice_page(after, known, 20_000, &mut page)?;
        for stored in page.iter().filter(|stored| !ours.contains(&stored.placement)) {
            let notice = stored.open()?;
            let (Some(setting), Some(last)) = (notice.setting, notice.nights.last().copied()) else { continue };
            let evidence = notice.known_through.next();
            let nights = if notice.departed.is_none() && last.end() == evidence && stay.end() > evidence {
                Nights::try_new(evidence.max(stay.start()), stay.end()).map(|nights| (nights, false))
            } else {
                last.intersect(stay).map(|nights| (nights, true))
            };
            let Some((nights, certain)) = nights else { continue };
            all.entry(setting).or_default().push(Told { child: notice.child, nights, certain });
        }
        match next {
            Some(last) => after = last,
            None => return Ok(all),
        }
    }
}

/// Every child's searches.
pub(crate) fn cases_of_all(db: &mut Db, known: Seq) -> Result<Vec<(ChildRef, Case)>, Problem> {
    let rows = db.home_events(known)?;
    let mut all = Vec::new();
    for of_child in rows.chunk_by(|one, other| one.child == other.child) {
        all.extend(cases(&events(of_child)?).into_iter().map(|case| (of_child[0].child, case)));
    }
    Ok(all)
}

/// Children who live somewhere by a decision recorded here, with what it is to live with them.
fn living(db: &mut Db, known: Seq, stay: Nights) -> Result<Living, Problem> {
    let mut living = Living::new();
    for (child, case) in cases_of_all(db, known)? {
        let (Some(placed), Some(decision)) = (&case.placed, &case.decision) else { continue };
        let pieces = pieces(placed);
        let end = match (placed.ended, case.stage) {
            (Some((ended, ..)), _) => ended,
            (None, Stage::Placed) => case.stay.end().max(stay.end()),
            (None, _) => continue,
        };
        let Some(nights) = pieces.first().and_then(|first| Nights::try_new(first.start, end)) else { continue };
        if nights.intersect(stay).is_none() {
            continue;
        }
        let Some(stored) = db.child(child, known)? else { continue };
        let known_of = db.home_facts(&child.to_string(), known)?;
        let resident = match facts::search(&stored, &known_of, nights) {
            Ok(search) => Resident {
                person: Some(facts::person(child)),
                nights,
                traits: search.own_traits(),
                cannot_live_with: search.cannot_live_with,
                room: search.room,
            },
            Err(_) => Resident {
                person: Some(facts::person(child)),
                nights,
                traits: Default::default(),
                cannot_live_with: Default::default(),
                room: RoomFacts::NONE,
            },
        };
        living.entry(decision.setting.clone()).or_default().push((decision.place, resident));
    }
    for residents in living.values_mut() {
        residents.sort_by_key(|(place, resident)| (*place, resident.nights, resident.person));
    }
    Ok(living)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nights(from: i64, until: i64) -> Nights {
        let night = |day| Night::from_days(20_000 + day).expect("a night of 2024");
        Nights::try_new(night(from), night(until)).expect("in order")
    }

    /// A place said to be filled and a child whom a return has there are taken for one; a child more takes a place more.
    #[test]
    fn children_of_a_return_and_filled_places_are_counted_once_and_never_too_few() {
        let stay = nights(0, 30);
        let told = |child: u8, nights, certain| Told { child: ChildRef::from_hash([child; 8]), nights, certain };
        let counted = |filled: &[Nights], told: Vec<Told>| {
            let at = GridPoint::try_new(0, 0).expect("the origin");
            let mut home = Home::new(HomeId::from_number(1), Kind::ChildrensHome, at, 3);
            reconcile(&mut home, filled.to_vec(), told, stay);
            (home.closed, home.unsaid)
        };
        let one = |nights| Closure { nights, places: 1 };
        let (closed, unsaid) = counted(&[stay], vec![told(1, nights(0, 10), true)]);
        assert_eq!((closed, unsaid), (vec![one(stay)], vec![]), "one child, for the nights of either");
        let (closed, unsaid) = counted(&[stay], vec![told(1, stay, true), told(2, stay, true)]);
        assert_eq!((closed.len(), unsaid.len()), (2, 0), "two children, two places");
        let (closed, unsaid) = counted(&[], vec![told(1, stay, false)]);
        assert_eq!((closed.len(), unsaid.len()), (0, 1), "past its evidence a return asks");
        let (closed, unsaid) = counted(&[stay], vec![told(1, stay, false)]);
        assert_eq!((closed.len(), unsaid.len()), (1, 0), "that the place is filled is certain");
        assert_eq!(counted(&[stay, stay], Vec::new()).0.len(), 2);
    }
}
