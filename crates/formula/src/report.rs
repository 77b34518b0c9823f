//! What an award says, for pages, JSON and CSV alike.

use money::Pence;
use serde::Serialize;

use crate::Decimal;
use crate::allocate::Lines;
use crate::award::{Award, Terms};
use crate::params::Parameters;
use crate::table::Table;
use crate::text::csv_line;
use crate::trace::{StepTrace, cited, trace};
use crate::tree::Formula;

/// A number that somebody chose; shown wherever its result is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumption {
    /// The parameter.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// Its value in the first year.
    pub value: Decimal,
    /// Where the choice is argued.
    pub source: String,
}

/// An indicator that stands in for what is not counted, or has estimated values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proxy {
    /// The indicator.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// What it stands in for, and how badly.
    pub proxy: Option<String>,
    /// How many of the councils have an estimate or a projection instead of a published figure.
    pub estimates: usize,
}

/// Pounds of one factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactorPounds {
    /// Its name.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// Its part of the need share.
    pub pounds: Decimal,
}

/// One council, one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CouncilYear {
    /// The year: 2026 is 2026-27.
    pub year: i16,
    /// The lines of the figure.
    #[serde(flatten)]
    pub lines: Lines,
    /// What each factor gives of the need share.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<FactorPounds>,
    /// Children.
    pub children: Option<Decimal>,
    /// Pounds a child, to the penny.
    pub a_child: Option<Decimal>,
}

/// One council.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CouncilReport {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// All years together.
    pub total: Pence,
    /// Year by year.
    pub years: Vec<CouncilYear>,
}

/// An award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The formula's id.
    pub formula: String,
    /// Its title.
    pub title: String,
    /// The total of each year.
    pub totals: Vec<(i16, Pence)>,
    /// The last year counted.
    pub base: i16,
    /// What was known on this day.
    pub known: String,
    /// What whoever asked should be told of what was given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What was chosen.
    pub assumptions: Vec<Assumption>,
    /// What stands in or is estimated.
    pub proxies: Vec<Proxy>,
    /// In order of code.
    pub councils: Vec<CouncilReport>,
}

/// 2026 as 2026-27.
pub fn year_name(year: i16) -> String {
    format!("{year}-{:02}", (year + 1) % 100)
}

/// The report of an award.
pub fn report(formula: &Formula, parameters: &Parameters, table: &Table, terms: &Terms, award: &Award) -> Report {
    let councils = table.places().iter().enumerate().map(|(at, place)| CouncilReport {
        code: place.code.clone(),
        name: place.name.clone(),
        total: award.total(at),
        years: award.years.iter().map(|year| council_year(formula, year, at)).collect(),
    });
    Report {
        formula: formula.id.clone(),
        title: formula.title.clone(),
        totals: award.years.iter().map(|year| (year.year, year.total)).collect(),
        base: terms.base,
        known: terms.known.to_string(),
        notes: Vec::new(),
        assumptions: assumptions(award, parameters),
        proxies: proxies(award, table),
        councils: councils.collect(),
    }
}

fn council_year(formula: &Formula, year: &crate::award::YearAward, at: usize) -> CouncilYear {
    let lines = year.lines[at].clone();
    let children = year.heads.as_ref().map(|heads| heads[at]);
    let pounds = Decimal::hundredths(lines.grant.get());
    let factors = formula.factors.iter().zip(&year.factors).map(|(factor, pounds)| FactorPounds {
        id: factor.id.clone(),
        title: factor.title.clone(),
        pounds: pounds[at],
    });
    CouncilYear {
        year: year.year,
        a_child: children.and_then(|children| pounds.checked_div(children)).map(|pounds| pounds.round(2)),
        factors: factors.collect(),
        lines,
        children,
    }
}

fn assumptions(award: &Award, parameters: &Parameters) -> Vec<Assumption> {
    let scalars = award.years.first().map(|year| year.program.scalars.as_slice()).unwrap_or_default();
    let chosen = scalars.iter().filter_map(|scalar| {
        let dated = scalar.parameter.as_ref().filter(|dated| dated.status == crate::Status::Assumption)?;
        let title = parameters.get(&scalar.id).map(|parameter| parameter.title.clone()).unwrap_or_default();
        let source = dated.source.as_ref().map(cited).unwrap_or_default();
        Some(Assumption { id: scalar.id.clone(), title, value: scalar.value, source })
    });
    chosen.collect()
}

fn proxies(award: &Award, table: &Table) -> Vec<Proxy> {
    let mut inputs: Vec<&String> =
        award.years.iter().flat_map(|year| year.program.inputs.iter().map(|(id, _)| id)).collect();
    inputs.sort();
    inputs.dedup();
    let proxy = |id: &String| {
        let about = table.about(id)?;
        let basis = |at: usize| table.cell(id, at).is_some_and(|cell| cell.basis != "published");
        let estimates = (0..table.places().len()).filter(|at| basis(*at)).count();
        let stands_in = about.proxy.is_some() || estimates > 0;
        stands_in.then(|| Proxy { id: id.clone(), title: about.title.clone(), proxy: about.proxy.clone(), estimates })
    };
    inputs.into_iter().filter_map(proxy).collect()
}

impl Report {
    /// One row for each council and year, every line of the figure.
    pub fn csv(&self) -> String {
        let factors: Vec<&FactorPounds> =
            self.councils.first().map(|c| c.years[0].factors.iter().collect()).unwrap_or_default();
        let head =
            ["council", "name", "year", "grant", "a_child", "children", "share", "need_share"].map(str::to_owned);
        let lines = ["area_cost", "scaling", "floor_effect", "cap_effect", "rounding"].map(str::to_owned);
        let named = factors.iter().map(|factor| format!("factor:{}", factor.id));
        let mut text = csv_line(head.into_iter().chain(named).chain(lines));
        let told = |value: Option<Decimal>| value.map(|value| value.to_string()).unwrap_or_default();
        for council in &self.councils {
            for year in &council.years {
                let lines = &year.lines;
                let head = [
                    council.code.clone(),
                    council.name.clone(),
                    year_name(year.year),
                    Decimal::hundredths(lines.grant.get()).fixed(2),
                    told(year.a_child),
                    told(year.children),
                    lines.share.to_string(),
                    lines.need_share.to_string(),
                ];
                let parts = year.factors.iter().map(|factor| factor.pounds.to_string());
                let rest = [lines.area_cost, lines.scaling, lines.floor_effect, lines.cap_effect, lines.rounding];
                text += &csv_line(head.into_iter().chain(parts).chain(rest.map(|line| line.to_string())));
            }
        }
        text
    }
}

/// The arithmetic of one council in one year, and its report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The formula's title.
    pub title: String,
    /// What the formula does.
    pub summary: String,
    /// The council.
    #[serde(flatten)]
    pub council: CouncilReport,
    /// The year whose arithmetic follows.
    pub year: i16,
    /// What is split in that year.
    pub split: Pence,
    /// The arithmetic.
    pub steps: Vec<StepTrace>,
    /// What was chosen.
    pub assumptions: Vec<Assumption>,
    /// How certain the figure is, where it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certain: Option<Certain>,
}

/// What a study of draws says of one council's figure. Errors are drawn for each council on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Certain {
    /// How many draws.
    pub draws: u32,
    /// Their seed.
    pub seed: u64,
    /// Councils in the ranking.
    pub councils: usize,
    /// The interval.
    pub interval: crate::Interval,
}

/// Explains one council in one year of an award.
pub fn explain(
    formula: &Formula,
    table: &Table,
    award: &Award,
    report: &Report,
    place: usize,
    year: usize,
) -> Explained {
    let of = &award.years[year];
    Explained {
        title: formula.title.clone(),
        summary: formula.summary.clone(),
        council: report.councils[place].clone(),
        year: of.year,
        split: of.total,
        steps: trace(formula, &of.program, &of.registers, table, place),
        assumptions: report.assumptions.clone(),
        certain: None,
    }
}
