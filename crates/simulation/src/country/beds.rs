//! Who sleeps where: one council's children find beds, in order of the day on which they need them.

use super::facts::facts;
use super::land::{Land, Spot};
use super::life::{Life, Span};
use super::people::Person;
use super::supply::{Kind, Sector, Supply};
use crate::rng::{Rng, keyed};

/// Where a child sleeps, as an episode tells it. `provider` is empty and `urn` nought where a return has none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Bed {
    pub(super) place: &'static str,
    pub(super) provider: &'static str,
    pub(super) urn: u32,
    pub(super) spot: Spot,
}

/// People who live one life, and its periods of care.
pub(super) struct Unit {
    /// By which the beds of the unit are drawn: its own, whatever else there is.
    pub(super) key: u64,
    pub(super) people: Vec<Person>,
    pub(super) lives: Vec<Life>,
    /// A bed for each step of each life, filled in by [`settle`].
    pub(super) beds: Vec<Vec<Bed>>,
}

impl Unit {
    /// The last day anybody of the unit needs a bed.
    fn last(&self, span: Span) -> i32 {
        self.people.iter().map(|person| person.eighteen).max().unwrap_or(0).min(span.until)
    }
}

/// Places in mainstream fostering households at 31 March 2025 and of them councils' own at 31 March 2024, per
/// child looked after then. Ofsted, November 2025 (69,825 places); DfE, Local Authority Interactive Tool (37,430).
const OWN_PLACES: u32 = 37_430;
const AGENCY_PLACES: u32 = 69_825 - 37_430;
/// Premises of supported accommodation, March 2024. Ofsted.
const PREMISES: u32 = 9_000;
const OF_CHILDREN: u32 = 83_630;

/// Places of a household, weighed so that the mean is that of 33,435 households with 69,825 places.
const PLACES_OF_A_HOUSEHOLD: [(u8, u32); 4] = [(1, 27), (2, 40), (3, 30), (4, 3)];
/// Places for those of sixteen and seventeen in one set of premises. An assumption.
const PLACES_OF_PREMISES: [(u8, u32); 2] = [(1, 70), (2, 30)];

/// In a thousand, inside the council's boundary: DfE 2024, placements by provider and locality.
const KIN_INSIDE: u32 = 680;
const OWN_INSIDE: u32 = 755;
const AGENCY_INSIDE: u32 = 358;
const SUPPORTED_INSIDE: u32 = 560;
const PARENTS_INSIDE: u32 = 810;
const OTHER_INSIDE: u32 = 350;
/// Tenths of a mile from the family that no placement is beyond; over 350 miles rule 454 takes a postcode for wrong.
const FARTHEST: u32 = 3_450;
/// Of a thousand children with carers who are not kin, those with the council's own: DfE 2024.
const WITH_OWN: u32 = 470;

/// A fostering household, or premises of supported accommodation.
struct House {
    provider: &'static str,
    urn: u32,
    spot: Spot,
    /// Until when each place is taken.
    free: Vec<i32>,
}

struct Pools<'a> {
    land: &'a Land,
    supply: &'a Supply,
    council: usize,
    own: Vec<House>,
    agency: Vec<House>,
    supported: Vec<House>,
    /// Beds of homes that wait for this council's children: the setting and until when each is taken.
    homes: Vec<(u32, i32)>,
    secure: Vec<(u32, i32)>,
    schools: Vec<(u32, i32)>,
    centres: Vec<(u32, i32)>,
    /// Households that joined because no place was free.
    joined: u32,
}

/// What there was for a council's children.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Provision {
    pub(super) households: u32,
    pub(super) places: u32,
    pub(super) joined: u32,
}

/// Gives every step of every unit of a council, which looks after so many children, a bed.
pub(super) fn settle(
    units: &mut [Unit],
    (council, children): (usize, u32),
    span: Span,
    land: &Land,
    supply: &Supply,
    seed: u64,
) -> Provision {
    let mut pools = Pools::new(council, children, land, supply, seed);
    let mut provision = pools.provision();
    let mut stays: Vec<(i32, u64, usize, usize, usize)> = Vec::new();
    for (at, unit) in units.iter_mut().enumerate() {
        unit.beds = unit.lives.iter().map(|life| Vec::with_capacity(life.steps.len())).collect();
        for (which, life) in unit.lives.iter().enumerate() {
            let moves = life.steps.iter().enumerate().filter(|(nth, step)| *nth == 0 || step.moved);
            stays.extend(moves.map(|(nth, step)| (step.on, unit.key, at, which, nth)));
        }
    }
    // By day; of one day, by the unit's own key, so that no order of making decides.
    stays.sort_unstable();
    for (_, key, at, which, nth) in stays {
        let mut rng = keyed(seed, &[30, council as u64, key, which as u64, nth as u64]);
        let beds = pools.stay(&units[at], which, nth, span, &mut rng);
        units[at].beds[which].extend(beds);
    }
    units.iter_mut().for_each(|unit| apart(unit, land));
    provision.joined = pools.joined;
    provision
}

/// Nobody but a child placed with parents lives at the postcode they came from: the family's is the next one then.
fn apart(unit: &mut Unit, land: &Land) {
    let family = unit.people[0].home;
    let taken = |spot: Spot| unit.beds.iter().flatten().any(|bed| bed.place != "P1" && bed.spot.is_at(spot));
    // As often as there are beds, and no more: a district may have one postcode alone.
    let tries = 1 + unit.beds.iter().map(Vec::len).sum::<usize>();
    let mut all = std::iter::successors(Some(family), |&spot| Some(land.beside(spot))).take(tries);
    let Some(free) = all.find(|&spot| !taken(spot)).filter(|free| *free != family) else { return };
    unit.people.iter_mut().filter(|person| person.home == family).for_each(|person| person.home = free);
    unit.beds
        .iter_mut()
        .flatten()
        .filter(|bed| bed.spot == family && bed.place == "P1")
        .for_each(|bed| bed.spot = free);
}

impl<'a> Pools<'a> {
    fn new(council: usize, here: u32, land: &'a Land, supply: &'a Supply, seed: u64) -> Pools<'a> {
        let mut rng = keyed(seed, &[31, council as u64]);
        let beds = |kind: Kind| -> Vec<(u32, i32)> {
            let waiting = supply.beds.iter().filter(|bed| usize::from(bed.council) == council);
            let of_kind = waiting.filter(|bed| supply.settings[bed.setting as usize].kind == kind);
            of_kind.map(|bed| (bed.setting, i32::MIN)).collect()
        };
        let mut pools = Pools {
            land,
            supply,
            council,
            own: Vec::new(),
            agency: Vec::new(),
            supported: Vec::new(),
            homes: beds(Kind::Home),
            secure: beds(Kind::Secure),
            schools: beds(Kind::School),
            centres: beds(Kind::FamilyCentre),
            joined: 0,
        };
        let (mut own, mut agency) =
            (rng.share(here, OWN_PLACES, OF_CHILDREN), rng.share(here, AGENCY_PLACES, OF_CHILDREN));
        while own > 0 {
            let places = u32::from(rng.weigh(&PLACES_OF_A_HOUSEHOLD)).min(own);
            pools.household(true, places as usize, &mut rng);
            own -= places;
        }
        while agency > 0 {
            let places = u32::from(rng.weigh(&PLACES_OF_A_HOUSEHOLD)).min(agency);
            pools.household(false, places as usize, &mut rng);
            agency -= places;
        }
        for _ in 0..rng.share(here, PREMISES, OF_CHILDREN) {
            pools.premises(&mut rng);
        }
        pools
    }

    fn provision(&self) -> Provision {
        Provision {
            households: (self.own.len() + self.agency.len()) as u32,
            places: self.own.iter().chain(&self.agency).map(|house| house.free.len() as u32).sum(),
            joined: 0,
        }
    }

    fn household(&mut self, own: bool, places: usize, rng: &mut Rng) {
        let spot = self.somewhere(if own { OWN_INSIDE } else { AGENCY_INSIDE }, false, rng);
        let free = vec![i32::MIN; places];
        if own {
            self.own.push(House { provider: "PR1", urn: 0, spot, free });
            return;
        }
        let agency = self.supply.provider(Kind::Agency, facts()[self.council].region, rng);
        let provider = sector(agency.sector);
        self.agency.push(House { provider, urn: agency.urn, spot, free });
    }

    fn premises(&mut self, rng: &mut Rng) {
        let spot = self.somewhere(SUPPORTED_INSIDE, false, rng);
        let provider = self.supply.provider(Kind::Supported, facts()[self.council].region, rng);
        let free = vec![i32::MIN; usize::from(rng.weigh(&PLACES_OF_PREMISES))];
        self.supported.push(House { provider: sector(provider.sector), urn: provider.urn, spot, free });
    }

    fn somewhere(&self, inside: u32, far: bool, rng: &mut Rng) -> Spot {
        if rng.chance(inside) { self.land.inside(self.council, rng) } else { self.land.outside(self.council, far, rng) }
    }

    /// The beds of a unit from one move to the next, one for each step.
    fn stay(&mut self, unit: &Unit, which: usize, nth: usize, span: Span, rng: &mut Rng) -> Vec<Bed> {
        let life = &unit.lives[which];
        let steps = &life.steps[nth..];
        let count = 1 + steps[1..].iter().take_while(|step| !step.moved).count();
        let until = steps.get(count).map(|step| step.on).or(life.end.map(|end| end.0));
        let nights = (steps[0].on, until.unwrap_or_else(|| unit.last(span)));
        let before = unit.beds[which].last().copied();
        let mut now = self.bed(unit, steps[0].place, nights, before, rng);
        steps[..count]
            .iter()
            .map(|step| {
                if step.away > 0 {
                    return Bed { place: step.place, provider: "", urn: 0, spot: self.land.inside(self.council, rng) };
                }
                now.place = like(now.place, step.place);
                now
            })
            .collect()
    }

    fn bed(&mut self, unit: &Unit, place: &'static str, nights: (i32, i32), before: Option<Bed>, rng: &mut Rng) -> Bed {
        let people = unit.people.len();
        let family = unit.people[0].home;
        let plain = |provider, spot| Bed { place, provider, urn: 0, spot };
        match place {
            "U1" | "U3" => plain("PR1", self.somewhere(KIN_INSIDE, false, rng)),
            "P1" if rng.chance(PARENTS_INSIDE) => plain("PR0", family),
            "P1" => plain("PR0", self.land.outside(self.council, false, rng)),
            "K1" | "K2" | "S1" | "R3" => match self.home(place, family, nights, before, rng) {
                Some(bed) => bed,
                None => Bed { place: "U6", ..self.fostered("U6", (family, people), nights, before, rng) },
            },
            "K3" => self.supported(family, nights, before, rng),
            "R1" => plain("PR4", within_reach(family, || self.somewhere(OTHER_INSIDE, true, rng))),
            "R2" => plain("PR3", self.somewhere(900, false, rng)),
            "R5" => plain("PR3", within_reach(family, || self.land.outside(self.council, true, rng))),
            "A6" => {
                let provider = rng.weigh(&[("PR1", 50), ("PR2", 22), ("PR5", 28)]);
                plain(provider, self.somewhere(210, false, rng))
            }
            "Z1" => plain("", within_reach(family, || self.somewhere(OTHER_INSIDE, true, rng))),
            _ => self.fostered(place, (family, people), nights, before, rng),
        }
    }

    /// A bed of a home that waits for this council's children and is free, if there is one.
    fn home(
        &mut self,
        place: &'static str,
        family: Spot,
        nights: (i32, i32),
        before: Option<Bed>,
        rng: &mut Rng,
    ) -> Option<Bed> {
        let beds = match place {
            "K1" => &mut self.secure,
            "S1" => &mut self.schools,
            "R3" => &mut self.centres,
            _ => &mut self.homes,
        };
        let (count, from) = (beds.len(), rng.below(beds.len() as u32) as usize);
        for bed in (0..count).map(|nth| (from + nth) % count) {
            let (setting, free) = beds[bed];
            let home = &self.supply.settings[setting as usize];
            let too_far = family.miles(home.spot) > FARTHEST;
            if free > nights.0 || too_far || before.is_some_and(|before| before.urn == home.urn) {
                continue;
            }
            beds[bed].1 = nights.1;
            let provider = match home.sector {
                Sector::Council if home.owner as usize == self.council => "PR1",
                Sector::Council => "PR2",
                other => sector(other),
            };
            return Some(Bed { place, provider, urn: home.urn, spot: home.spot });
        }
        None
    }

    fn fostered(
        &mut self,
        place: &'static str,
        (family, people): (Spot, usize),
        nights: (i32, i32),
        before: Option<Bed>,
        rng: &mut Rng,
    ) -> Bed {
        let own = place == "A5" || rng.chance(WITH_OWN);
        let found = room(if own { &mut self.own } else { &mut self.agency }, (family, people), nights, before, rng);
        let house = match found {
            Some(house) => house,
            // Nobody has room for them: a household joins, of those who foster for this council or for an agency.
            None => loop {
                self.joined += 1;
                self.household(own, people, rng);
                let houses = if own { &mut self.own } else { &mut self.agency };
                let last = houses.len() - 1;
                if family.miles(houses[last].spot) <= FARTHEST {
                    houses[last].free.fill(nights.1);
                    break last;
                }
            },
        };
        let House { provider, urn, spot, .. } = if own { &self.own[house] } else { &self.agency[house] };
        Bed { place, provider, urn: *urn, spot: *spot }
    }

    fn supported(&mut self, family: Spot, nights: (i32, i32), before: Option<Bed>, rng: &mut Rng) -> Bed {
        let house = room(&mut self.supported, (family, 1), nights, before, rng).unwrap_or_else(|| {
            loop {
                self.premises(rng);
                let last = self.supported.len() - 1;
                if family.miles(self.supported[last].spot) <= FARTHEST {
                    self.supported[last].free[0] = nights.1;
                    break last;
                }
            }
        });
        let House { provider, urn, spot, .. } = &self.supported[house];
        Bed { place: "K3", provider, urn: *urn, spot: *spot }
    }
}

/// Takes room for so many in one house within reach of the family, beginning to ask at one drawn.
fn room(
    houses: &mut [House],
    (family, people): (Spot, usize),
    nights: (i32, i32),
    before: Option<Bed>,
    rng: &mut Rng,
) -> Option<usize> {
    let from = rng.below(houses.len() as u32) as usize;
    let count = houses.len();
    for at in (0..count).map(|nth| (from + nth) % count) {
        let house = &mut houses[at];
        let same = before.is_some_and(|before| (before.spot, before.urn) == (house.spot, house.urn));
        if same
            || family.miles(house.spot) > FARTHEST
            || house.free.iter().filter(|free| **free <= nights.0).count() < people
        {
            continue;
        }
        house.free.iter_mut().filter(|free| **free <= nights.0).take(people).for_each(|free| *free = nights.1);
        return Some(at);
    }
    None
}

/// The first place drawn that is no farther from the family than anybody is placed. Nearer ones are likelier by far, so a
/// second draw is seldom asked.
fn within_reach(family: Spot, mut draw: impl FnMut() -> Spot) -> Spot {
    loop {
        let spot = draw();
        if family.miles(spot) <= FARTHEST {
            return spot;
        }
    }
}

fn sector(sector: Sector) -> &'static str {
    match sector {
        Sector::Private => "PR4",
        Sector::Voluntary => "PR5",
        Sector::Council => "PR2",
    }
}

/// The code of a bed once the life says another: fostering may last or become adoption; a bed that had to do instead of
/// another kind stays what it is.
fn like(now: &'static str, said: &'static str) -> &'static str {
    if now.starts_with('U') && said.starts_with(['U', 'A']) { said } else { now }
}
