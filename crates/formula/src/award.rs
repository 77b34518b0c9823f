//! A grant for several years: fixed when it is awarded, by the children projected then. Re-basing works the years that
//! are left out again on newer facts; what was paid stays paid unless somebody asks for it back.

use kernel::Night;
use money::Pence;

use crate::allocate::{Limits, Lines, allocate};
use crate::params::Parameters;
use crate::program::{Program, Registers};
use crate::table::Table;
use crate::tree::{Formula, Years};
use crate::{Decimal, Refused};

/// The longest grant.
pub const MOST_YEARS: usize = 5;

/// On what terms a grant is awarded.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The first year: 2026 is 2026-27.
    pub first: i16,
    /// The total of each year; as many years as totals, one to five.
    pub totals: Vec<Pence>,
    /// The last year counted, not projected.
    pub base: i16,
    /// What was known on this day.
    pub known: Night,
    /// Last year's grants by place, for floors and caps of the first year; without them that year has none.
    pub previous: Option<Vec<Pence>>,
}

/// One year.
#[derive(Clone, Debug)]
pub struct YearAward {
    /// The year: 2026 is 2026-27.
    pub year: i16,
    /// What is split.
    pub total: Pence,
    /// Each council's lines, by place.
    pub lines: Vec<Lines>,
    /// Children of each council, where the formula counts heads.
    pub heads: Option<Vec<Decimal>>,
    /// Pounds of each factor before area cost, by factor and place: they sum to the need share.
    pub factors: Vec<Vec<Decimal>>,
    /// The compiled formula.
    pub program: Program,
    /// What it came to.
    pub registers: Registers,
}

/// All years.
#[derive(Clone, Debug)]
pub struct Award {
    /// Year by year.
    pub years: Vec<YearAward>,
}

/// What re-basing changes.
#[derive(Clone, Debug)]
pub struct Rebased {
    /// The grant as it now stands, all years.
    pub award: Award,
    /// New less old, by year and place: nought before the year from which it is re-based.
    pub difference: Vec<Vec<Pence>>,
    /// What newer facts would have made of the years already paid, less what was paid, by place. Shown always; taken
    /// back only when asked.
    pub past: Vec<Pence>,
}

impl Award {
    /// A council's grant over all years.
    pub fn total(&self, place: usize) -> Pence {
        self.years.iter().map(|year| year.lines[place].grant).sum()
    }
}

/// The first day of a grant year.
pub fn first_day(year: i16) -> Result<Night, Refused> {
    let day = (1900..=2200).contains(&year).then(|| Night::try_new(year, 4, 1)).flatten();
    day.ok_or_else(|| Refused::new("award.year", format!("{year} is no year for a grant; 2026 is 2026-27")))
}

/// Works every year out in turn; each year's floor and cap look at the grant of the year before.
pub fn award(formula: &Formula, parameters: &Parameters, table: &Table, terms: &Terms) -> Result<Award, Refused> {
    if terms.totals.is_empty() || terms.totals.len() > MOST_YEARS {
        let sentence = format!("a grant is for one to {MOST_YEARS} years, not {}", terms.totals.len());
        return Err(Refused::new("award.years", sentence));
    }
    let mut years: Vec<YearAward> = Vec::new();
    for (total, year) in terms.totals.iter().zip(terms.first..) {
        let before = years.last().map(|last| last.lines.iter().map(|lines| lines.grant).collect());
        let before: Option<Vec<Pence>> = before.or_else(|| terms.previous.clone());
        years.push(one_year(formula, parameters, table, terms, year, *total, before.as_deref())?);
    }
    Ok(Award { years })
}

fn one_year(
    formula: &Formula,
    parameters: &Parameters,
    table: &Table,
    terms: &Terms,
    year: i16,
    total: Pence,
    before: Option<&[Pence]>,
) -> Result<YearAward, Refused> {
    if total.get() <= 0 {
        return Err(Refused::new("award.total", format!("{total} is nothing to split")));
    }
    let on = first_day(year)?;
    let program = Program::compile(formula, parameters, table, Years { year, base: terms.base }, on, terms.known)?;
    let registers = program.evaluate(table)?;
    let column = |step: &String| registers.column(program.register(step)).to_vec();
    let need = column(&formula.need);
    let cost = formula.area_cost.as_ref().map(column);
    for (what, column) in [("need", Some(&need)), ("area cost", cost.as_ref())] {
        let below = column.and_then(|column| column.iter().position(|value| value.is_negative()));
        if let Some(at) = below {
            let place = &table.places()[at];
            let sentence = format!("{} {} has a negative {what} by the formula {}", place.code, place.name, formula.id);
            return Err(Refused::new("allocation.need", sentence));
        }
    }
    let limits = limits(formula, parameters, on, terms.known, before)?;
    let lines = allocate(&need, cost.as_deref(), total, &limits)?;
    let too_large = || Refused::new("allocation.need", "need of all councils together does not fit (10^20)");
    let sum = Decimal::checked_sum(need.iter().copied()).ok_or_else(too_large)?;
    let pounds = Decimal::hundredths(total.get());
    let of = |value: Decimal| pounds * value.checked_div(sum).unwrap_or_default();
    let factors = formula.factors.iter().map(|factor| column(&factor.step).into_iter().map(of).collect()).collect();
    let heads = formula.heads.as_ref().map(column);
    Ok(YearAward { year, total, lines, heads, factors, program, registers })
}

/// Floors up and caps down to whole pence, so that neither is broken by rounding.
pub(crate) fn limits(
    formula: &Formula,
    parameters: &Parameters,
    on: Night,
    known: Night,
    before: Option<&[Pence]>,
) -> Result<Limits, Refused> {
    let Some(before) = before else { return Ok(Limits::default()) };
    let too_large = |grant: Pence, part: Decimal| {
        let sentence =
            format!("{part} times last year's {grant} is no floor or cap: it is a thousand million million or more");
        Refused::new("allocation.limits", sentence)
    };
    let part =
        |id: &Option<String>| id.as_ref().map(|id| parameters.at(id, on, known).map(|dated| dated.value)).transpose();
    let of = |part: Option<Decimal>, up: bool| -> Result<Vec<i64>, Refused> {
        let Some(part) = part else { return Ok(Vec::new()) };
        let limit = |grant: &Pence| {
            let pounds = Decimal::hundredths(grant.get()).checked_mul(part).filter(|pounds| *pounds < Decimal::LIMIT);
            let (pence, rest) = pounds.ok_or_else(|| too_large(*grant, part))?.floor_hundredths();
            Ok(pence + i64::from(up && !rest.is_zero()))
        };
        before.iter().map(limit).collect()
    };
    let (floor, cap) = (part(&formula.floor)?, part(&formula.cap)?);
    let (least, mut most) = (of(floor, true)?, of(cap, false)?);
    if floor <= cap {
        // Of a floor and a cap that meet within a penny, the floor stands.
        for (most, least) in most.iter_mut().zip(&least) {
            *most = (*most).max(*least);
        }
    }
    Ok(Limits { least, most })
}

/// Re-bases a grant from a year on: the years before stand as they were awarded. With `claw_back` the difference of
/// those years is spread evenly over the years left; otherwise it is only told.
pub fn rebase(
    old: &Award,
    formula: &Formula,
    parameters: &Parameters,
    newer: &Table,
    terms: &Terms,
    from: i16,
    claw_back: bool,
) -> Result<Rebased, Refused> {
    let kept = old.years.iter().filter(|year| year.year < from).count();
    if kept == 0 || kept == old.years.len() {
        let (first, last) = (terms.first + 1, old.years.last().map_or(0, |year| year.year));
        return Err(Refused::new("award.rebase", format!("re-base from {first} to {last}, not from {from}")));
    }
    let whole = award(formula, parameters, newer, terms)?;
    let past: Vec<Pence> = (0..newer.places().len())
        .map(|place| (0..kept).map(|at| whole.years[at].lines[place].grant - old.years[at].lines[place].grant).sum())
        .collect();
    let before = old.years[kept - 1].lines.iter().map(|lines| lines.grant).collect();
    let left = Terms { first: from, totals: terms.totals[kept..].to_vec(), previous: Some(before), ..terms.clone() };
    let mut years = old.years[..kept].to_vec();
    years.extend(award(formula, parameters, newer, &left)?.years);
    if claw_back {
        take_back(&mut years[kept..], &past);
    }
    let difference = years.iter().zip(&old.years).map(|(new, old)| {
        let places = new.lines.iter().zip(&old.lines);
        places.map(|(new, old)| new.grant - old.grant).collect()
    });
    Ok(Rebased { difference: difference.collect(), past, award: Award { years } })
}

/// Spreads the past over the years left, telescoping, so that each year still sums to its total: the past of all
/// councils sums to nought, and the pence that rounding leaves go round in order of code.
fn take_back(years: &mut [YearAward], past: &[Pence]) {
    let count = i64::try_from(years.len()).unwrap_or(1);
    let mut sum = vec![0_i64; past.len()];
    for (at, year) in (1..).zip(years.iter_mut()) {
        let mut drift = 0;
        let mut reached: Vec<i64> = past.iter().map(|past| (past.get() * at).div_euclid(count)).collect();
        drift -= reached.iter().sum::<i64>();
        for (reached, past) in reached.iter_mut().zip(past) {
            if drift > 0 && (past.get() * at).rem_euclid(count) != 0 {
                *reached += 1;
                drift -= 1;
            }
        }
        for ((lines, reached), sum) in year.lines.iter_mut().zip(&reached).zip(sum.iter_mut()) {
            lines.grant += Pence::new(*reached - *sum);
            lines.scaling += Decimal::hundredths(*reached - *sum);
            *sum = *reached;
        }
    }
}
