//! Made-up countries with everything that the shipped formula reads.

use std::sync::LazyLock;

use formula::{Decimal, Formula, Parameters, Table, Terms, shipped};
use kernel::Night;
use money::Pence;
use proptest::prelude::*;

/// One council's figures. Rates are millionths, so that they merge exactly enough.
#[derive(Clone, Debug)]
pub struct Council {
    pub code: String,
    pub name: String,
    pub counted: i64,
    pub projected: i64,
    pub plans: i64,
    pub carers: i64,
    pub low_income: Decimal,
    pub score: Decimal,
    pub cost: Decimal,
}

#[derive(Clone, Debug)]
pub struct Country {
    pub councils: Vec<Council>,
}

impl Council {
    pub fn raise(&mut self, column: usize, by: i64) {
        match column {
            0 => self.projected += by,
            1 => self.plans += by,
            2 => self.carers += by,
            _ => self.score += Decimal::hundredths(by),
        }
    }
}

fn millionths(number: i64) -> Decimal {
    Decimal::raw(i128::from(number) * 1_000_000_000_000)
}

pub fn country(councils: std::ops::Range<usize>) -> impl Strategy<Value = Country> {
    let council = (
        (1_000..400_000_i64, 1_000..400_000_i64, 10..12_000_i64, 10..9_000_i64),
        (1_000_000..60_000_000_i64, 5_000_000..45_000_000_i64, 1_000_000..1_200_000_i64),
    );
    prop::collection::vec(council, councils).prop_map(|all| {
        let councils = all.into_iter().enumerate().map(|(at, ((counted, projected, plans, carers), rates))| Council {
            code: format!("E060000{at:02}"),
            name: format!("Council {at}"),
            counted,
            projected,
            plans,
            carers,
            low_income: millionths(rates.0),
            score: millionths(rates.1),
            cost: millionths(rates.2),
        });
        Country { councils: councils.collect() }
    })
}

impl Country {
    /// Councils alike in all.
    pub fn plain(councils: usize) -> Country {
        let council = |at: usize| Council {
            code: format!("E060000{at:02}"),
            name: format!("Council {at}"),
            counted: 20_000,
            projected: 21_000,
            plans: 1_000,
            carers: 300,
            low_income: Decimal::whole(30),
            score: Decimal::whole(20),
            cost: Decimal::ONE,
        };
        Country { councils: (0..councils).map(council).collect() }
    }

    pub fn times(&self, by: i64) -> Country {
        let mut country = self.clone();
        for council in &mut country.councils {
            for count in [&mut council.counted, &mut council.projected, &mut council.plans, &mut council.carers] {
                *count *= by;
            }
        }
        country
    }

    pub fn shuffled(&self, seed: u64) -> Country {
        let mut country = self.clone();
        let key = |council: &Council| {
            council
                .code
                .bytes()
                .fold(seed, |key, byte| (key ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3).rotate_left(17))
        };
        country.councils.sort_by_key(key);
        country
    }

    pub fn renamed(&self) -> Country {
        let mut country = self.clone();
        for council in &mut country.councils {
            council.name = format!("Z{}", council.code.chars().rev().collect::<String>());
        }
        country
    }

    pub fn table(&self) -> Table {
        let years: Vec<String> = (2026..=2030).map(|year| format!("population_0_17_{year}")).collect();
        let mut text = format!(
            "council,name,population_0_17_2023,{},ehc_plans_2024,unpaid_carers_5_17_2021,children_low_income_2024,imd_2025_average_score,area_cost_2025\n",
            years.join(",")
        );
        for council in &self.councils {
            let projected = vec![council.projected.to_string(); 5].join(",");
            let Council { code, name, counted, plans, carers, low_income, score, cost, .. } = council;
            text += &format!("{code},{name},{counted},{projected},{plans},{carers},{low_income},{score},{cost}\n");
        }
        Table::alone("country.csv", &text).unwrap()
    }

    /// Need before area cost of each council, for the year 2026.
    fn need(&self) -> Vec<Decimal> {
        let award = formula::award(formula(), parameters(), &self.table(), &terms(&[100])).unwrap();
        award.years[0].lines.iter().map(|lines| lines.share).collect()
    }
}

/// The first two councils as one: counts add, rates weigh by what they multiply, area cost by need.
pub fn merged(country: &Country) -> Country {
    let need = country.need();
    let (one, other) = (&country.councils[0], &country.councils[1]);
    let weigh = |a: Decimal, b: Decimal, wa: Decimal, wb: Decimal| (a * wa + b * wb).checked_div(wa + wb).unwrap();
    let by_children = |a: Decimal, b: Decimal| weigh(a, b, Decimal::whole(one.counted), Decimal::whole(other.counted));
    let merged = Council {
        code: one.code.clone(),
        name: "Both".to_owned(),
        counted: one.counted + other.counted,
        projected: one.projected + other.projected,
        plans: one.plans + other.plans,
        carers: one.carers + other.carers,
        low_income: by_children(one.low_income, other.low_income),
        score: by_children(one.score, other.score),
        cost: weigh(one.cost, other.cost, need[0], need[1]),
    };
    let mut councils = vec![merged];
    councils.extend_from_slice(&country.councils[2..]);
    Country { councils }
}

/// Read once: cases come by the thousand.
pub fn parameters() -> &'static Parameters {
    static READ: LazyLock<Parameters> = LazyLock::new(|| shipped::parameters().unwrap());
    &READ
}

pub fn formula() -> &'static Formula {
    static READ: LazyLock<Formula> = LazyLock::new(|| shipped::formula("children-act").unwrap());
    &READ
}

pub fn terms(totals: &[i64]) -> Terms {
    Terms {
        first: 2026,
        totals: totals.iter().copied().map(Pence::new).collect(),
        base: 2023,
        known: Night::try_new(2026, 3, 31).unwrap(),
        previous: None,
    }
}
