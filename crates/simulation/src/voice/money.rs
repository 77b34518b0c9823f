//! What answers move, in pence. Prices and shares of return are published averages; see [`KINDS`].

use funding::{Settled, settle, settle_by_placement};
use money::{NightlyRate, Pence, Share};
use serde::Serialize;

use super::behaviour::{HALF_YEARS, Sums};

/// Kinds of provider: weekly price in pence, return in basis points, source.
pub const KINDS: [(&str, i64, u16, &str); 4] = [
    (
        "private children's home",
        610_600,
        2_260,
        "price: NAO, Managing children's residential care, 2025 (£318,400 a year); return: CMA interim report, 2021",
    ),
    ("independent fostering agency", 82_000, 1_940, "CMA interim report, 2021"),
    ("private supported accommodation", 94_800, 3_550, "CMA, 2022; figure not verified again"),
    ("foster carers, kin, councils' own homes, charities without surplus", 0, 0, "no return: only people move"),
];

/// What one "no" moves.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Pounds {
    /// Kind of provider.
    pub kind: String,
    /// Return a week.
    pub weekly_return_pence: Pence,
    /// Return of the nights that a "no" leaves uncovered: what the pool together does not earn, before noise.
    pub moved_pence: Pence,
    /// Of it, what falls on a provider with 4 of the pool's 60 places.
    pub own_part_pence: Pence,
    /// Where the price comes from.
    pub source: String,
}

/// What a settlement does to the cash of a private home of four places, against its income of a half-year.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CashFlow {
    /// Income of a half-year, all places full.
    pub income_pence: Pence,
    /// Of it, return.
    pub return_pence: Pence,
    /// Mean of what a close adds or takes from later payments on account.
    pub mean_pence: Pence,
    /// 95 of 100 closes move no more.
    pub most_pence: Pence,
    /// 95 of 100 closes move no more of the income than this, in basis points.
    pub most_of_income: i64,
    /// Of 1,000 closes, those after which the home was ahead and went without a payment on account for a time.
    pub ahead_in_thousand: i64,
}

/// What a provider gains in a half-year that makes every child affirm.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Coercion {
    /// Where.
    pub case: String,
    /// Gained in a half-year.
    pub gain_pence: Pence,
    /// Against its income of that half-year, in basis points.
    pub gain_of_income: i64,
}

fn share(points: u16) -> Share {
    Share::try_new(points).expect("a share of the tables is no more than the whole")
}

/// Nights in a half-year, near enough.
const NIGHTS: i64 = 182;

fn of_home(places: i64) -> (Pence, Pence) {
    let weekly = NightlyRate::weekly(Pence::new(KINDS[0].1));
    (weekly.times(NIGHTS * places).round(), weekly.share(share(KINDS[0].2)).times(NIGHTS * places).round())
}

pub(super) fn pounds(sums: &Sums) -> Vec<Pounds> {
    let tenths = sums.tenths_of_nights_for_a_no();
    KINDS
        .iter()
        .map(|&(kind, price, points, source)| {
            let rate = NightlyRate::weekly(Pence::new(price)).share(share(points));
            let ten = rate.times(tenths).round().get();
            Pounds {
                kind: kind.to_owned(),
                weekly_return_pence: rate.times(7).round(),
                moved_pence: Pence::new((ten + 5) / 10),
                own_part_pence: Pence::new((ten * 4 / 60 + 5) / 10),
                source: source.to_owned(),
            }
        })
        .collect()
}

/// Each simulated pool's shares, half-year after half-year, as a home of four places with a steady return meets them.
pub(super) fn cash_flow(shown: &[[i64; HALF_YEARS]]) -> CashFlow {
    let (income_pence, return_pence) = of_home(4);
    let (mut moved, mut ahead) = (Vec::new(), 0);
    for shares in shown {
        let mut half_year = door::HalfYear::of(super::behaviour::begin());
        let mut earned: Vec<funding::Earned> = Vec::new();
        let (mut stands, mut on_account) = (Settled::default(), share(9_000));
        for ppm in shares {
            earned.push(funding::Earned { half_year, pence: return_pence, share: on_account, closed: false });
            let paid = settle(&earned, stands);
            stands.paid += paid.pay;
            let last = share((ppm / 100) as u16);
            moved.push((last.of(return_pence) - on_account.of(return_pence)).get().abs());
            if let Some(now) = earned.last_mut() {
                (now.share, now.closed) = (last, true);
            }
            let closed = settle(&earned, stands);
            stands.paid += closed.pay;
            stands.returned += closed.to_fund;
            ahead += i64::from(closed.ahead > Pence::ZERO);
            on_account = last;
            half_year = half_year.next();
        }
    }
    moved.sort_unstable();
    let count = (moved.len() as i64).max(1);
    let most = moved.get(moved.len() * 95 / 100).copied().unwrap_or_default();
    CashFlow {
        income_pence,
        return_pence,
        mean_pence: Pence::new(moved.iter().sum::<i64>() / count),
        most_pence: Pence::new(most),
        most_of_income: most * 10_000 / income_pence.get(),
        ahead_in_thousand: ahead * 1_000 / count,
    }
}

pub(super) fn coercion(sums: &Sums) -> Vec<Coercion> {
    let uncovered = sums.uncovered_ppm();
    let case = |case: &str, places: i64, part_ppm: i64| {
        let (income, ret) = of_home(places);
        let gain = (i128::from(ret.get()) * i128::from(part_ppm) / 1_000_000) as i64;
        let of_income = gain * 10_000 / income.get();
        Coercion { case: case.to_owned(), gain_pence: Pence::new(gain), gain_of_income: of_income }
    };
    let by_placement = settle_by_placement(of_home(4).1, 1_000_000 - uncovered, 1_000_000).to_fund;
    let mut cases = vec![
        case("four places, settlement = placement", 4, uncovered),
        case("four places in a regional pool of 60", 4, uncovered * 4 / 60),
        case("sixty places, a pool of its own", 60, uncovered),
    ];
    cases[0].gain_pence = by_placement;
    cases
}
