//! **The frontier study**: what a provider could learn of children's answers from money, against how far a share is
//! from the truth.
//!
//! Lives are made up by a stated [behaviour model](behaviour); their coverage, pools and shares are worked out by the
//! very crates of the service (`voice`, `funding`). The classifier in `attack` sees what a provider sees. Same seed,
//! same bytes, on any number of threads. Nothing here says how real children answer.

mod attack;
pub(crate) mod behaviour;
mod money;
mod picture;

use door::{HalfYear, Payee};
use kernel::Night;
use serde::Serialize;
use voice::{Calendar, NoiseKey, Pool, PoolTerms, Protocol, Residuals, answer_pools};

use attack::{Auc, Evidence};
use behaviour::{HALF_YEARS, Lives};

pub use money::{CashFlow, Coercion, Pounds};
pub use picture::{svg, table};

/// Pool sizes on the frontier, in places.
pub const POOLS: [u32; 6] = [10, 20, 40, 60, 100, 160];
/// Standard deviations of the noise on it, in millionths.
pub const NOISES: [u32; 5] = [0, 50_000, 100_000, 150_000, 200_000];

/// What to study.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StudyPlan {
    /// The one source of chance.
    pub seed: u64,
    /// Places simulated for each pool size.
    pub places: u32,
    /// How many threads work; the result is the same for any.
    pub threads: usize,
}

/// One point of the frontier. Areas are in thousandths, errors in hundredths of a point of the share.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Point {
    /// Places of the pool; none for `settlement = placement`.
    pub pool: Option<u32>,
    /// Standard deviation of the noise, in millionths.
    pub noise_ppm: u32,
    /// Area under the curve of a classifier that sees all that a provider sees.
    pub auc: u32,
    /// Of one that sees money alone.
    pub auc_money: u32,
    /// Of one that sees arrivals, leavings and due dates alone, and no money.
    pub auc_life: u32,
    /// Of money among children whose dates are the same: what settlement adds.
    pub auc_alike: u32,
    /// Mean distance of a half-year's share from covered nights over nights.
    pub error: i64,
    /// Mean of share less truth, sign kept, over all half-years.
    pub bias: i64,
    /// 95 of 100 half-years are no further from the truth.
    pub error_95: i64,
}

/// All that the study found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Study {
    /// The seed.
    pub seed: u64,
    /// Places simulated for each pool size.
    pub places: u32,
    /// The version of the protocol, and the step of a share in millionths.
    pub protocol: String,
    /// The step of a share in millionths.
    pub step_ppm: u32,
    /// Of all nights, uncovered, in millionths.
    pub uncovered_ppm: i64,
    /// Of children and half-years, those with a "no", in millionths.
    pub noes_ppm: i64,
    /// Nights uncovered for each "no", in tenths.
    pub nights_for_a_no: i64,
    /// The frontier: by pool size, then noise.
    pub points: Vec<Point>,
    /// `settlement = placement`.
    pub placement: Point,
    /// Areas under the curve of one thing about the dates alone, in pools of 60; the last of all of them, where no
    /// placement ends because of a "no".
    pub dates: Vec<(String, u32)>,
    /// What a "no" moves, by kind of provider.
    pub pounds: Vec<Pounds>,
    /// What a settlement does to the cash of a small home.
    pub cash_flow: CashFlow,
    /// What a provider gains that makes children say yes.
    pub coercion: Vec<Coercion>,
}

/// Runs the study.
pub fn study(plan: &StudyPlan) -> Study {
    let protocol = Protocol::shipped();
    let first = HalfYear::of(behaviour::begin());
    let terms = protocol.on(first.nights().start()).pool;
    let mut points = Vec::with_capacity(POOLS.len() * NOISES.len());
    let (mut placement, mut sums, mut shown_at_default) = (None, behaviour::Sums::default(), Vec::new());
    let mut dates = Vec::new();
    for size in POOLS {
        let pools = live(plan, size, true, &protocol);
        pools.iter().for_each(|pool| sums.add(&pool.sums));
        let evidence = Evidence::of(&pools);
        for noise_ppm in NOISES {
            let shown = shares(&pools, first, &PoolTerms { noise_ppm, ..terms }, plan.seed);
            points.push(point(
                Some(size),
                noise_ppm,
                evidence.pools(&pools, &shown, noise_ppm, terms.step_ppm),
                &pools,
                &shown,
            ));
            if size == 60 && noise_ppm == terms.noise_ppm {
                shown_at_default = shown;
            }
        }
        if size == 60 {
            placement = Some(point(None, 0, evidence.placements(&pools), &pools, &[]));
            // A bucket is due dates × 4 + arrival × 2 + leaving.
            let of = |what: &str, auc| (what.to_owned(), auc);
            dates.push(of("how many due dates the half-year has", Evidence::of_dates(&pools, |bucket| bucket / 4)));
            dates.push(of("whether the child came in it", Evidence::of_dates(&pools, |bucket| bucket / 2 % 2)));
            dates.push(of(
                "whether the child left in it or soon after",
                Evidence::of_dates(&pools, |bucket| bucket % 2),
            ));
            let still = live(plan, size, false, &protocol);
            let all = Evidence::of_dates(&still, |bucket| bucket);
            dates.push(of("all of these, if no placement ended because of a \"no\"", all));
        }
    }
    let placement = placement.expect("sixty places are among the pools studied");
    Study {
        seed: plan.seed,
        places: plan.places,
        protocol: protocol.on(first.nights().start()).version.clone(),
        step_ppm: terms.step_ppm,
        uncovered_ppm: sums.uncovered_ppm(),
        noes_ppm: sums.noes_ppm(),
        nights_for_a_no: sums.tenths_of_nights_for_a_no(),
        points,
        placement,
        dates,
        pounds: money::pounds(&sums),
        cash_flow: money::cash_flow(&shown_at_default),
        coercion: money::coercion(&sums),
    }
}

/// Lives of all pools of a size, in order, worked out on several threads.
fn live(plan: &StudyPlan, size: u32, ends: bool, protocol: &Protocol) -> Vec<Lives> {
    let pools = (plan.places / size).max(4);
    let threads = plan.threads.clamp(1, pools as usize) as u32;
    let each = pools.div_ceil(threads);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                let mine = thread * each..((thread + 1) * each).min(pools);
                let live = move |pool| Lives::new((plan.seed, ends), size, pool, protocol, Calendar::shipped());
                scope.spawn(move || mine.map(live).collect::<Vec<Lives>>())
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker ends as it began")).collect()
    })
}

/// Shares told of each pool, half-year by half-year, as the service works them out. In millionths.
fn shares(pools: &[Lives], first: HalfYear, terms: &PoolTerms, seed: u64) -> Vec<[i64; HALF_YEARS]> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let key = NoiseKey::new(bytes);
    let named = |at: usize| Payee::provider(&format!("SC{at}"));
    let pool = |at| Pool { name: format!("own/{}", named(at)), members: vec![named(at)], thin: false };
    let formed: Vec<Pool> = (0..pools.len()).map(pool).collect();
    let keys: Vec<(HalfYear, NoiseKey)> = std::iter::successors(Some(first), |half_year| Some(half_year.next()))
        .take(HALF_YEARS)
        .map(|half_year| (half_year, key.of_half_year(half_year)))
        .collect();
    let of_pool = |(formed, lives): (&Pool, &Lives)| {
        let mut shown = [0; HALF_YEARS];
        let mut carried = Residuals::new();
        for ((slot, count), (half_year, key)) in shown.iter_mut().zip(lives.counts).zip(&keys) {
            let one = std::slice::from_ref(formed);
            for answer in answer_pools(one, *half_year, |_| count, &carried, terms, key) {
                *slot = answer.share.basis_points.map_or(0, |points| i64::from(points) * 100);
                carried.insert(answer.share.pool, answer.carried_on_ppm);
            }
        }
        shown
    };
    formed.iter().zip(pools).map(of_pool).collect()
}

fn point(pool: Option<u32>, noise_ppm: u32, auc: Auc, pools: &[Lives], shown: &[[i64; HALF_YEARS]]) -> Point {
    let truth = |lives: &Lives, at: usize| lives.counts[at].1 * 1_000_000 / lives.counts[at].0.max(1);
    let off = |(lives, shown): (&Lives, &[i64; HALF_YEARS])| {
        (0..HALF_YEARS).map(|at| shown[at] - truth(lives, at)).collect::<Vec<i64>>()
    };
    let off: Vec<i64> = pools.iter().zip(shown).flat_map(off).collect();
    let count = (off.len() as i64).max(1);
    let mut sizes: Vec<i64> = off.iter().map(|off| off.abs()).collect();
    sizes.sort_unstable();
    Point {
        pool,
        noise_ppm,
        auc: auc.all,
        auc_money: auc.money,
        auc_life: auc.life,
        auc_alike: auc.alike,
        error: sizes.iter().sum::<i64>() / count / 100,
        bias: off.iter().sum::<i64>() / count / 100,
        error_95: sizes.get(sizes.len() * 95 / 100).copied().unwrap_or_default() / 100,
    }
}

/// The first and last night of the simulated years.
fn years() -> (Night, Night) {
    let mut half_year = HalfYear::of(behaviour::begin());
    let first = half_year.nights().start();
    for _ in 1..HALF_YEARS {
        half_year = half_year.next();
    }
    (first, half_year.nights().last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_study_is_the_same_on_any_number_of_threads_and_a_placements_own_settlement_leaks_most() {
        let plan = StudyPlan { seed: 1, places: 480, threads: 1 };
        let one = study(&plan);
        assert_eq!(one, study(&StudyPlan { threads: 3, ..plan }));
        let worst = one.points.iter().map(|point| point.auc).max().unwrap();
        assert!(one.placement.auc > worst && one.placement.auc > 850, "{} {worst}", one.placement.auc);
        assert_eq!(one.points.len(), POOLS.len() * NOISES.len());
        assert!(svg(&one).contains("</svg>") && table(&one).lines().count() > 30);
        assert_eq!(years().0.iso(), "2022-04-01");
    }
}
