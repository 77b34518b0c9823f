//! Homes, agencies and providers of supported accommodation, who owns them, and which council's child each bed
//! waits for.
//!
//! Every bed of a home is set aside for one council's children, drawn from the seed alone: nearer councils likelier, as
//! many beds for each as its share of the children. So a council's children fill their beds without asking what other
//! councils' children do, no home can ever be over its places, and any part of the country can be made on its own.

use kernel::Region;

use super::facts::facts;
use super::land::{Land, Spot};
use crate::rng::{Rng, keyed};

/// Mainstream children's homes at 31 March 2025. Ofsted, November 2025.
const HOMES: u32 = 3_946;
/// Secure homes, and residential special schools that are registered as homes: 13 and 50 make 4,009 of all types.
const SECURE: u32 = 13;
const SCHOOLS: u32 = 50;
/// Residential family centres: 66 in Ofsted's list of 31 March 2023; their ten places are an assumption.
const FAMILY_CENTRES: u32 = 66;
/// Independent fostering agencies at 31 March 2025. Ofsted, November 2025.
const AGENCIES: u32 = 318;
/// Providers of supported accommodation. An assumption: some 1,200 had applied by March 2024 (Ofsted).
const SUPPORTED: u32 = 1_000;
/// The largest owners, and the share of homes they have in per mille. Ofsted, November 2025.
pub(super) const LARGEST: u32 = 20;
const LARGEST_HAVE: u32 = 250;

/// Homes by region, per mille: North West as Ofsted published for 2025, the others in the proportion of its list of
/// 31 March 2023. In the order of `Region::ALL`.
const BY_REGION: [u32; 9] = [57, 260, 95, 112, 156, 82, 56, 110, 72];
/// Per mille of homes run by councils and by charities; the rest, 84 %, are private (Ofsted 2025). Councils' and
/// charities' parts in the proportion of 2023.
const COUNCILS_RUN: u32 = 116;
const CHARITIES_RUN: u32 = 44;
/// Registered places of a home, weighed: the shape of the list of 2023, made smaller until the mean is 3.6, as in 2025.
const PLACES_OF_A_HOME: [(u8, u32); 10] =
    [(1, 228), (2, 515), (3, 680), (4, 620), (5, 325), (6, 240), (7, 62), (8, 62), (9, 8), (10, 10)];
/// How many homes an owner who is not among the largest has, weighed: the shape of the list of 2023.
const HOMES_OF_AN_OWNER: [(u32, u32); 9] =
    [(1, 426), (2, 159), (3, 88), (4, 55), (5, 50), (6, 27), (7, 14), (9, 27), (11, 14)];
/// Of a hundred beds, those that wait for a child of the council where the home is, as far as it has children for them:
/// somewhat above DfE 2024, placements in homes by provider and locality (own provision 990 of 1,110 inside, private
/// 1,600 of 7,040, voluntary 190 of 490), because many councils in the North West run out.
const BESIDE: [(Sector, u32); 3] = [(Sector::Council, 96), (Sector::Private, 33), (Sector::Voluntary, 50)];

/// Who runs a setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sector {
    Private,
    Council,
    Voluntary,
}

/// What kind of setting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Home,
    Secure,
    School,
    FamilyCentre,
    Agency,
    Supported,
}

/// One registered setting.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) kind: Kind,
    pub(super) urn: u32,
    pub(super) sector: Sector,
    pub(super) spot: Spot,
    /// Registered places; nought where Ofsted registers none.
    pub(super) places: u8,
    /// The owner's place among the owners; of a council's own, the council's.
    pub(super) owner: u32,
}

/// A bed of a home, and the council whose children it waits for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bed {
    pub(super) setting: u32,
    pub(super) council: u8,
}

/// All that is registered in England.
pub(super) struct Supply {
    pub(super) settings: Vec<Setting>,
    pub(super) beds: Vec<Bed>,
    /// Agencies and providers of supported accommodation of each region, by their place among the settings.
    agencies: [Vec<u32>; 9],
    supported: [Vec<u32>; 9],
    /// How many owners there are that are no council.
    pub(super) owners: u32,
}

impl Supply {
    pub(super) fn new(seed: u64, land: &Land) -> Supply {
        let mut supply = Supply {
            settings: Vec::new(),
            beds: Vec::new(),
            agencies: Default::default(),
            supported: Default::default(),
            owners: 0,
        };
        supply.homes(seed, land);
        supply.others(seed, land);
        supply.set_beds_aside(seed, land);
        supply
    }

    /// An agency or a provider of supported accommodation near a council: of its region, nine times in ten.
    pub(super) fn provider(&self, kind: Kind, region: Region, rng: &mut Rng) -> &Setting {
        let home = Region::ALL.iter().position(|other| *other == region).unwrap_or(0);
        let region = if rng.chance(900) { home } else { rng.below(9) as usize };
        let lists = if kind == Kind::Agency { &self.agencies } else { &self.supported };
        let list = if lists[region].is_empty() { &lists[1] } else { &lists[region] };
        // The earlier of two draws: some are much larger than others.
        let nth = rng.below(list.len() as u32).min(rng.below(list.len() as u32));
        &self.settings[list[nth as usize] as usize]
    }

    /// The homes of the largest owners, and the two largest agencies of each region: the numbers Ofsted would
    /// give them, and whether each is an agency.
    pub(super) fn largest(&self) -> Vec<(u32, bool)> {
        let of_owners = |setting: &&Setting| {
            setting.kind == Kind::Home && setting.sector == Sector::Private && setting.owner < LARGEST
        };
        let homes = self.settings.iter().filter(of_owners).map(|setting| (setting.urn, false));
        let agencies = self.agencies.iter().flat_map(|region| region.iter().take(2));
        homes.chain(agencies.map(|at| (self.settings[*at as usize].urn, true))).collect()
    }

    fn homes(&mut self, seed: u64, land: &Land) {
        let mut rng = keyed(seed, &[10]);
        let mut owners = Owners::new(&mut rng);
        let mut urn = 9_100_000;
        for region in spread(HOMES, &BY_REGION) {
            urn += 1 + rng.below(5);
            let council = council_in(region, &mut rng);
            let sector = match rng.below(1000) {
                draw if draw < COUNCILS_RUN => Sector::Council,
                draw if draw < COUNCILS_RUN + CHARITIES_RUN => Sector::Voluntary,
                _ => Sector::Private,
            };
            self.settings.push(Setting {
                kind: Kind::Home,
                urn,
                sector,
                spot: land.inside(council, &mut rng),
                places: rng.weigh(&PLACES_OF_A_HOME),
                owner: match sector {
                    Sector::Council => council as u32,
                    _ => owners.next(sector, &mut rng),
                },
            });
        }
        self.owners = owners.count;
    }

    fn others(&mut self, seed: u64, land: &Land) {
        let mut rng = keyed(seed, &[11]);
        let kinds = [
            (Kind::Secure, SECURE, 9_400_000, 17),
            (Kind::School, SCHOOLS, 9_500_000, 20),
            (Kind::FamilyCentre, FAMILY_CENTRES, 9_600_000, 10),
            (Kind::Agency, AGENCIES, 9_200_000, 0),
            (Kind::Supported, SUPPORTED, 9_300_000, 0),
        ];
        for (kind, count, first, places) in kinds {
            let shares = if matches!(kind, Kind::Agency | Kind::Supported) { children_by_region() } else { BY_REGION };
            for (nth, region) in spread(count, &shares).into_iter().enumerate() {
                let council = council_in(region, &mut rng);
                let sector = match kind {
                    Kind::Secure => Sector::Council,
                    // Of 313 agencies in the list of 2023, 55 are charities'; children with
                    // them are more, 4,630 of 22,530.
                    Kind::Agency if rng.chance(230) => Sector::Voluntary,
                    Kind::Supported if rng.chance(120) => Sector::Voluntary,
                    _ => Sector::Private,
                };
                let owner = if sector == Sector::Council {
                    council as u32
                } else {
                    self.owners += 1;
                    self.owners - 1
                };
                let region = Region::ALL.iter().position(|other| *other == region).unwrap_or(0);
                let place = self.settings.len() as u32;
                match kind {
                    Kind::Agency => self.agencies[region].push(place),
                    Kind::Supported => self.supported[region].push(place),
                    _ => {}
                }
                let urn = first + 3 * nth as u32;
                self.settings.push(Setting { kind, urn, sector, spot: land.inside(council, &mut rng), places, owner });
            }
        }
    }

    /// Gives every bed of every home to a council, so that each has as many as its children ask for.
    fn set_beds_aside(&mut self, seed: u64, land: &Land) {
        for kind in [Kind::Home, Kind::Secure, Kind::School, Kind::FamilyCentre] {
            let mut rng = keyed(seed, &[12, kind as u64]);
            let settings = self.settings.iter().enumerate().filter(|(_, setting)| setting.kind == kind);
            let beds: Vec<(usize, &Setting)> = settings
                .flat_map(|(at, setting)| std::iter::repeat_n((at, setting), usize::from(setting.places)))
                .collect();
            let mut left = quotas(beds.len() as u32);
            for (at, setting) in beds {
                let here = usize::from(setting.spot.council);
                let beside = BESIDE.iter().find(|(sector, _)| *sector == setting.sector).map_or(0, |(_, share)| *share);
                let council = if left[here] > 0 && rng.below(100) < beside {
                    here
                } else {
                    rng.heavy((0..left.len()).map(|of| {
                        u32::try_from(u64::from(land.pull(here, of).min(1 << 16)) * u64::from(left[of]))
                            .unwrap_or(u32::MAX)
                    }))
                };
                // Where nobody else wants one, whoever still does.
                let council =
                    if left[council] > 0 { council } else { left.iter().position(|left| *left > 0).unwrap_or(here) };
                left[council] = left[council].saturating_sub(1);
                self.beds.push(Bed { setting: at as u32, council: council as u8 });
            }
        }
    }
}

/// The owners of homes that are no council: the largest of stated sizes, the rest as they come.
struct Owners {
    /// Homes left to each of the largest.
    largest: Vec<u32>,
    /// Of each sector, the owner at hand and how many more homes it will have.
    at_hand: [(u32, u32); 2],
    count: u32,
}

impl Owners {
    fn new(rng: &mut Rng) -> Owners {
        // Sizes fall as one over rank and a half: the largest few have several times what the twentieth has.
        let weights: Vec<u32> = (0..LARGEST).map(|rank| 100_000 / (6 + rank * 2)).collect();
        let sum: u32 = weights.iter().sum();
        let largest = weights.iter().map(|weight| rng.share(HOMES * LARGEST_HAVE / 1000, *weight, sum)).collect();
        Owners { largest, at_hand: [(0, 0); 2], count: LARGEST }
    }

    /// The owner of the next home of a sector.
    fn next(&mut self, sector: Sector, rng: &mut Rng) -> u32 {
        let private = HOMES * (1000 - COUNCILS_RUN - CHARITIES_RUN) / 1000;
        if sector == Sector::Private && rng.below(private) < HOMES * LARGEST_HAVE / 1000 {
            let owner = rng.heavy(self.largest.iter().copied());
            if self.largest[owner] > 0 {
                self.largest[owner] -= 1;
                return owner as u32;
            }
        }
        let at = usize::from(sector == Sector::Private);
        if self.at_hand[at].1 == 0 {
            self.at_hand[at] = (self.count, rng.weigh(&HOMES_OF_AN_OWNER));
            self.count += 1;
        }
        self.at_hand[at].1 -= 1;
        self.at_hand[at].0
    }
}

/// A region for each of so many, in exact proportion to the shares.
fn spread(count: u32, shares: &[u32; 9]) -> Vec<Region> {
    let sum: u32 = shares.iter().sum();
    let (mut before, mut regions) = (0, Vec::with_capacity(count as usize));
    for (region, share) in Region::ALL.iter().zip(shares) {
        let until = before + share;
        let from = u64::from(count) * u64::from(before) / u64::from(sum);
        let to = u64::from(count) * u64::from(until) / u64::from(sum);
        regions.extend((from..to).map(|_| *region));
        before = until;
    }
    regions
}

fn children_by_region() -> [u32; 9] {
    Region::ALL
        .map(|region| facts().iter().filter(|facts| facts.region == region).map(|facts| facts.looked_after).sum())
}

/// A council of a region, by the children it looks after.
fn council_in(region: Region, rng: &mut Rng) -> usize {
    rng.heavy(facts().iter().map(|facts| if facts.region == region { facts.looked_after } else { 0 }))
}

/// How many of so many beds each council has: by its children who are not seeking asylum, who are seldom in homes.
fn quotas(beds: u32) -> Vec<u32> {
    let weights: Vec<u64> =
        facts().iter().map(|facts| u64::from(facts.looked_after.saturating_sub(facts.unaccompanied))).collect();
    let sum: u64 = weights.iter().sum();
    let mut before = 0;
    weights
        .iter()
        .map(|weight| {
            let from = u64::from(beds) * before / sum;
            before += weight;
            (u64::from(beds) * before / sum - from) as u32
        })
        .collect()
}
