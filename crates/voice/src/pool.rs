//! Pools: whose coverage is put together, and the one share that the Bank is told.
//!
//! Pools are formed from who lived where, never from answers; their membership is frozen at the close. A provider
//! with enough children is a pool of its own; smaller ones share one with similar providers of their region, and where
//! those are too few, of the country. A pool that is still too small is *thin*: no share of it is told, and what was
//! paid on account stands.

use std::collections::BTreeMap;

use door::{HalfYear, Payee, PoolShare};
use kernel::{ChildRef, Region};

use crate::noise::NoiseKey;
use crate::protocol::PoolTerms;

const WHOLE: i64 = 1_000_000;

/// A payee in a half-year, by facts of the register and of placements alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// The payee.
    pub payee: Payee,
    /// Where most of its nights are.
    pub region: Region,
    /// What sort of care most of its nights are: providers of one class are similar.
    pub class: String,
    /// Nights of each child with it in the half-year.
    pub nights: Vec<(ChildRef, i64)>,
}

/// A pool with its frozen membership.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pool {
    /// `own/urn/SC012345`, `region/E12000007/residential/1`, `england/residential/1`, `england/1`.
    pub name: String,
    /// In order of payee.
    pub members: Vec<Payee>,
    /// Whether it is too small to be told of.
    pub thin: bool,
}

/// What a pool carries to its next half-year, by its name, in millionths.
pub type Residuals = BTreeMap<String, i64>;

/// What the care wing keeps of an answer. Only `share` passes the door.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PoolAnswer {
    /// What the Bank is told.
    pub share: PoolShare,
    /// Nights of the pool.
    pub nights: i64,
    /// Of them, covered.
    pub covered: i64,
    /// The noise that was added.
    pub noise_ppm: i64,
    /// What came from the half-year before.
    pub carried_in_ppm: i64,
    /// What rounding and the bounds of a share left over.
    pub carried_on_ppm: i64,
}

/// Pools of a half-year. `key` puts small providers in an order that nobody outside can choose or foresee.
pub fn form_pools(members: &[Member], terms: &PoolTerms, key: &NoiseKey) -> Vec<Pool> {
    let mut pools = Vec::new();
    let mut small: Vec<&Member> = Vec::new();
    for member in members {
        let alone = Gathered::of(&[member]);
        if alone.is_enough(terms) {
            let name = format!("own/{}", member.payee);
            pools.push(Pool { name, members: vec![member.payee.clone()], thin: false });
        } else {
            small.push(member);
        }
    }
    small.sort_by_cached_key(|member| (key.place(&member.payee), member.payee.clone()));
    let region = |member: &Member| format!("region/{}/{}", region_code(member.region), member.class);
    let country = |member: &Member| format!("england/{}", member.class);
    let left = gather(small, region, terms, &mut pools);
    let left = gather(left, country, terms, &mut pools);
    let left = gather(left, |_| "england".to_owned(), terms, &mut pools);
    if !left.is_empty() {
        pools.push(pool("thin".to_owned(), &left, true));
    }
    pools.sort_by(|one, other| one.name.cmp(&other.name));
    pools
}

/// One short word for a region.
fn region_code(region: Region) -> String {
    format!("{region:?}").to_lowercase()
}

fn pool(name: String, members: &[&Member], thin: bool) -> Pool {
    let mut members: Vec<Payee> = members.iter().map(|member| member.payee.clone()).collect();
    members.sort_unstable();
    Pool { name, members, thin }
}

/// Fills pools from members of one group after another. Who is over when a group's last pool is full joins that pool;
/// a group that fills none is given back.
fn gather<'a>(
    members: Vec<&'a Member>,
    group: impl Fn(&Member) -> String,
    terms: &PoolTerms,
    pools: &mut Vec<Pool>,
) -> Vec<&'a Member> {
    let mut groups: BTreeMap<String, Vec<&Member>> = BTreeMap::new();
    for member in members {
        groups.entry(group(member)).or_default().push(member);
    }
    let mut left = Vec::new();
    for (name, members) in groups {
        let mut filled: Vec<Vec<&Member>> = Vec::new();
        let mut filling: Vec<&Member> = Vec::new();
        let mut gathered = Gathered::default();
        for member in members {
            filling.push(member);
            gathered.add(member);
            if gathered.is_enough(terms) {
                filled.push(std::mem::take(&mut filling));
                gathered = Gathered::default();
            }
        }
        match filled.last_mut() {
            Some(last) => last.append(&mut filling),
            None => left.append(&mut filling),
        }
        pools.extend((1..).zip(filled).map(|(nth, members)| pool(format!("{name}/{nth}"), &members, false)));
    }
    left
}

/// Children of several payees and their nights.
#[derive(Default)]
struct Gathered {
    nights: BTreeMap<ChildRef, i64>,
    total: i64,
    most: i64,
}

impl Gathered {
    fn of(members: &[&Member]) -> Gathered {
        let mut gathered = Gathered::default();
        members.iter().for_each(|member| gathered.add(member));
        gathered
    }

    fn add(&mut self, member: &Member) {
        for &(child, nights) in member.nights.iter().filter(|(_, nights)| *nights > 0) {
            let sum = self.nights.entry(child).or_default();
            *sum += nights;
            self.most = self.most.max(*sum);
            self.total += nights;
        }
    }

    fn is_enough(&self, terms: &PoolTerms) -> bool {
        self.nights.len() as u64 >= u64::from(terms.children.max(1))
            && self.most * WHOLE <= self.total * i64::from(terms.child_share_ppm)
    }
}

/// One share for each pool: covered nights over nights, with noise, to the nearest step, what is left over carried.
/// `count` gives the nights of a payee in the half-year and how many of them are covered; `key` is that of the half-year.
pub fn answer_pools(
    pools: &[Pool],
    half_year: HalfYear,
    count: impl Fn(&Payee) -> (i64, i64),
    carried: &Residuals,
    terms: &PoolTerms,
    key: &NoiseKey,
) -> Vec<PoolAnswer> {
    pools
        .iter()
        .map(|pool| {
            let (nights, covered) =
                pool.members.iter().map(&count).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            let carried_in_ppm = carried.get(&pool.name).copied().unwrap_or_default();
            let noise_ppm = if pool.thin { 0 } else { key.noise(&pool.name, terms.noise_ppm) };
            let told = (!pool.thin && nights > 0).then(|| {
                let exact = (2 * covered * WHOLE + nights) / (2 * nights);
                rounded(exact + noise_ppm + carried_in_ppm, i64::from(terms.step_ppm))
            });
            let (told_ppm, carried_on_ppm) = told.map_or((None, carried_in_ppm), |(told, rest)| (Some(told), rest));
            let share = PoolShare {
                pool: pool.name.clone(),
                half_year,
                members: pool.members.clone(),
                basis_points: told_ppm.map(|ppm| (ppm / 100) as u16),
            };
            PoolAnswer { share, nights, covered, noise_ppm, carried_in_ppm, carried_on_ppm }
        })
        .collect()
}

/// To the nearest step within nought and the whole, and what that leaves over.
fn rounded(ppm: i64, step: i64) -> (i64, i64) {
    let told = ((2 * ppm + step).div_euclid(2 * step) * step).clamp(0, WHOLE);
    (told, ppm - told)
}
