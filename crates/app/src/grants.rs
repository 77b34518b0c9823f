//! Grants by formula: from a request and the files that it names to awards, pages, comparisons and studies. No store is
//! needed; nothing is read here but what was handed over, so that a bundle can be worked out again from itself.

use std::collections::BTreeMap;

use formula::compare::{Change, Comparison, Version, by_factor, compare};
use formula::facts::Facts;
use formula::report::{Certain, CouncilReport, Explained, Report, explain, report, year_name};
use formula::{
    Award, Bar, Decimal, FactsFrom, Finding, Formula, Index, Interval, Model, Program, Rebased, Refused, Table, Terms,
    Years, award, first_day, indices, intervals, lint_formula, lint_parameters, rebase, shipped, tornado,
};
use kernel::Night;
use money::Pence;
use serde::{Deserialize, Serialize};

use crate::Problem;
use crate::grants_given::{self, Vain};

/// What the total is when none is given: today's spending.
pub const TODAY: &str = "s251_childrens_services_2024";
/// The index that tenths of deprivation go by.
pub const DEPRIVATION: &str = "imd_2025_average_score";
/// Draws behind the interval of a page, and their seed.
const PAGE_DRAWS: u32 = 1_000;
const PAGE_SEED: u64 = 1;
/// The last year counted in the shipped facts.
const BASE: i16 = 2023;

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Problem {
        Problem::refused(refused.code, refused.sentence)
    }
}

/// What is asked. Names of files are keys of the files handed over beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantsRequest {
    /// A shipped formula's id, or the name of a file.
    pub formula: String,
    /// Files of facts over the shipped ones.
    pub facts: Vec<String>,
    /// Files of parameters over the shipped ones.
    pub overlays: Vec<String>,
    /// Parameters given by value.
    pub set: Vec<(String, Decimal)>,
    /// The total of the first year; today's spending when there is none.
    pub total: Option<Pence>,
    /// By what part the total grows a year.
    pub growth: Decimal,
    /// The first year: 2026 is 2026-27.
    pub year: i16,
    /// How many years.
    pub years: u8,
    /// The last year counted.
    pub base: Option<i16>,
    /// What was known on this day; the eve of the first year when there is none.
    pub known: Option<Night>,
    /// An indicator that holds last year's grants in pounds, for the floor and cap of the first year.
    pub previous: Option<String>,
    /// Weights that do not sum to 1 are meant: only their proportions to each other count.
    #[serde(default)]
    pub proportions: bool,
}

impl Default for GrantsRequest {
    fn default() -> GrantsRequest {
        GrantsRequest {
            formula: "children-act".to_owned(),
            facts: Vec::new(),
            overlays: Vec::new(),
            set: Vec::new(),
            total: None,
            growth: Decimal::ZERO,
            year: 2026,
            years: 1,
            base: None,
            known: None,
            previous: None,
            proportions: false,
        }
    }
}

/// The texts of the files that a request names.
pub type Texts = BTreeMap<String, String>;

/// A request made ready.
pub struct Grants {
    pub(crate) version: Version,
    /// The day of `--known`, where it was given: facts known later are then refused.
    known: Option<Night>,
    /// What is wrong with what was given.
    vain: Vec<Vain>,
    /// What an analyst should be told of what was given.
    notes: Vec<String>,
    /// How the total was come by, when it was not given.
    pub total_from: Option<String>,
}

/// Grants, and what re-basing changed when it was asked for.
#[derive(Debug, Serialize)]
pub struct RebaseReport {
    /// The grant as it stands after re-basing.
    #[serde(flatten)]
    pub report: Report,
    /// New less old by council: what was paid already and would have differed, and what the years left change by.
    pub rebased: Vec<RebasedCouncil>,
}

/// One council's part of it.
#[derive(Debug, Serialize)]
pub struct RebasedCouncil {
    /// Its code.
    pub code: String,
    /// What newer facts would have made of the years paid, less what was paid. Not taken back unless asked.
    pub past: Pence,
    /// What the years left change by.
    pub years_left: Pence,
}

/// Needs beside a given total.
#[derive(Debug, Serialize)]
pub struct Sufficiency {
    /// The year.
    pub year: i16,
    /// What sufficient funding would cost in England.
    pub need: Decimal,
    /// What is given.
    pub total: Pence,
    /// Need less total; negative when there is more than enough.
    pub shortfall: Decimal,
    /// England's need by part.
    pub parts: Vec<(String, Decimal)>,
    /// By council.
    pub councils: Vec<SufficiencyLine>,
    /// What was chosen.
    pub assumptions: Vec<formula::report::Assumption>,
}

/// One council's.
#[derive(Debug, Serialize)]
pub struct SufficiencyLine {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it would need.
    pub need: Decimal,
    /// What the formula gives it.
    pub grant: Pence,
    /// Need less grant.
    pub shortfall: Decimal,
}

/// Intervals and what the result hangs on.
#[derive(Debug, Serialize)]
pub struct SensitivityReport {
    /// Draws for the intervals.
    pub draws: u32,
    /// The seed of chance: the same seed gives the same figures.
    pub seed: u64,
    /// By council, in order of code.
    pub councils: Vec<CouncilInterval>,
    /// Most first.
    pub indices: Vec<Index>,
    /// The tornado of one council, when one was named.
    pub tornado: Option<(String, Vec<Bar>)>,
}

/// One council's interval.
#[derive(Debug, Serialize)]
pub struct CouncilInterval {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The interval.
    #[serde(flatten)]
    pub interval: Interval,
}

/// Two versions beside each other, with the councils' names.
#[derive(Debug, Serialize)]
pub struct ComparisonReport {
    /// The first formula's title.
    pub from: String,
    /// The second's.
    pub to: String,
    /// In order of code, as in the comparison.
    pub places: Vec<formula::Place>,
    /// The comparison.
    #[serde(flatten)]
    pub comparison: Comparison,
}

fn text<'a>(texts: &'a Texts, name: &str) -> Result<&'a str, Problem> {
    let found = texts.get(name).map(String::as_str);
    found.ok_or_else(|| Problem::not_found("file", format!("the file {name} was named but not given")))
}

/// `12.5bn`, `950m`, `£12,500,000,000`, `12500000000.00`.
pub fn parse_total(text: &str) -> Option<Pence> {
    let plain = text.trim().trim_start_matches('£').replace(',', "").to_ascii_lowercase();
    for (suffix, times) in [("bn", 1_000_000_000), ("m", 1_000_000), ("k", 1_000), ("", 1)] {
        if let Some(number) = plain.strip_suffix(suffix) {
            let pounds: Decimal = number.trim().parse().ok()?;
            let (pence, rest) = pounds.checked_mul(Decimal::whole(times))?.floor_hundredths();
            return (rest.is_zero() && pence > 0).then_some(Pence::new(pence));
        }
    }
    None
}

impl Grants {
    /// Reads everything a request names. Nothing is worked out yet.
    pub fn prepare(request: &GrantsRequest, texts: &Texts) -> Result<Grants, Problem> {
        let formula = match texts.get(&request.formula) {
            Some(body) => Formula::parse(&request.formula, body)?,
            None => shipped::formula(&request.formula)?,
        };
        let mut parameters = shipped::parameters()?;
        for name in &request.overlays {
            parameters.overlay(name, text(texts, name)?)?;
        }
        for (id, value) in &request.set {
            parameters.set(id, *value)?;
        }
        let table = table(&formula, request, texts)?;
        let first = first_day(request.year)?;
        let base = request.base.unwrap_or(if formula.facts == FactsFrom::Given { request.year } else { BASE });
        if base > request.year {
            let (base, first) = (year_name(base), year_name(request.year));
            let sentence =
                format!("the last year counted cannot be {base}, after the first year of the grant, {first}");
            return Err(Problem::asked("grants.base", sentence));
        }
        let (total, total_from) = total(&formula, request, &table)?;
        if let Some(known) = request.known {
            let total = total_from.is_some().then_some(TODAY);
            known_by(&table, known, total.into_iter().chain(request.previous.as_deref()))?;
        }
        let previous = request.previous.as_ref().map(|indicator| -> Result<Vec<Pence>, Refused> {
            let column = table.column(indicator)?;
            Ok(column.iter().map(|pounds| Pence::new(pounds.floor_hundredths().0)).collect())
        });
        let terms = Terms {
            first: request.year,
            totals: totals(total, request)?,
            base,
            known: request.known.unwrap_or_else(|| first.eve()),
            previous: previous.transpose()?,
        };
        let mut grants = Grants {
            version: Version { formula, parameters, table, terms },
            known: request.known,
            vain: Vec::new(),
            notes: Vec::new(),
            total_from,
        };
        grants.vain = grants_given::vain(&grants.version, request)?;
        grants.notes = grants_given::noted(&grants.version, request)?;
        Ok(grants)
    }

    fn years(&self) -> Years {
        Years { year: self.version.terms.first, base: self.version.terms.base }
    }

    /// What is wrong with the parameters and the formula.
    pub fn lint(&self) -> Result<Vec<Finding>, Problem> {
        let Version { formula, parameters, table, terms } = &self.version;
        let mut findings = lint_parameters(parameters);
        let on = first_day(terms.first)?;
        findings.extend(lint_formula(formula, parameters, table, self.years(), on, terms.known));
        findings.extend(self.vain.iter().map(|vain| vain.finding.clone()));
        Ok(findings)
    }

    /// Nothing is published on parameters or formulas in which something is wrong.
    fn sound(&self) -> Result<(), Problem> {
        let findings = self.lint()?;
        let Some(first) = findings.first() else { return Ok(()) };
        let more = match findings.len() - 1 {
            0 => String::new(),
            more => format!(" ({more} more)"),
        };
        let sentence = format!("{}: {}{more}. `carebank grants lint` lists all", first.place, first.sentence);
        Err(Problem::refused(&format!("grants.{}", first.code), sentence))
    }

    /// With `--known`, no fact that was known only later is used in any year.
    fn known_inputs<'a>(&self, inputs: impl Iterator<Item = &'a str>) -> Result<(), Problem> {
        self.known.map_or(Ok(()), |known| known_by(&self.version.table, known, inputs))
    }

    fn award(&self) -> Result<Award, Problem> {
        self.sound()?;
        let Version { formula, parameters, table, terms } = &self.version;
        if terms.totals.is_empty() {
            let sentence = format!("the formula {} has no total of its own; give one with --total", formula.id);
            return Err(Problem::asked("grants.total", sentence));
        }
        let award = award(formula, parameters, table, terms)?;
        self.known_inputs(award.years.iter().flat_map(|year| year.program.inputs.iter().map(|(id, _)| id.as_str())))?;
        Ok(award)
    }

    /// Every council's grant.
    pub fn allocate(&self) -> Result<Report, Problem> {
        let award = self.award()?;
        Ok(self.report(&award))
    }

    fn report(&self, award: &Award) -> Report {
        let Version { formula, parameters, table, terms } = &self.version;
        Report { notes: self.notes.clone(), ..report(formula, parameters, table, terms, award) }
    }

    /// Every council's grant, re-based from a year on by another request's facts.
    pub fn rebase(&self, newer: &Grants, from: i16, claw_back: bool) -> Result<RebaseReport, Problem> {
        let old = self.award()?;
        let Version { formula, parameters, table, terms } = &self.version;
        let newer = &newer.version.table;
        let Rebased { award, difference, past } = rebase(&old, formula, parameters, newer, terms, from, claw_back)?;
        let rebased = table.places().iter().enumerate().map(|(at, place)| RebasedCouncil {
            code: place.code.clone(),
            past: past[at],
            years_left: difference.iter().map(|year| year[at]).sum(),
        });
        Ok(RebaseReport { rebased: rebased.collect(), report: self.report(&award) })
    }

    /// One council's figure in one year with its whole arithmetic, and the waterfall from the same for every child.
    /// Without a total the arithmetic alone.
    pub fn explain(&self, council: &str, year: Option<i16>) -> Result<(Explained, Vec<(Change, Decimal)>), Problem> {
        let Version { formula, table, terms, .. } = &self.version;
        let place = self.place(council)?;
        if terms.totals.is_empty() {
            return Ok((self.arithmetic(place)?, Vec::new()));
        }
        let award = self.award()?;
        let wanted = year.unwrap_or(terms.first);
        let at = award.years.iter().position(|year| year.year == wanted).ok_or_else(|| {
            let sentence = format!("the grant has no year {}; ask for more --years or another year", year_name(wanted));
            Problem::not_found("year", sentence)
        })?;
        let waterfall = by_factor(formula, &award.years[at]).unwrap_or_default();
        let waterfall = waterfall.into_iter().map(|change| {
            let pounds = change.pounds[place];
            (change, pounds)
        });
        let waterfall = waterfall.collect();
        let mut explained = explain(formula, table, &award, &self.report(&award), place, at);
        let mut certain = self.certain(&award, at)?;
        explained.certain = (!certain.is_empty()).then(|| certain.swap_remove(place));
        Ok((explained, waterfall))
    }

    /// The report, and every council's arithmetic in the first year.
    pub fn explain_all(&self) -> Result<(Report, Vec<Explained>), Problem> {
        let award = self.award()?;
        let report = self.report(&award);
        let Version { formula, table, .. } = &self.version;
        let places = 0..table.places().len();
        let mut certain = self.certain(&award, 0)?.into_iter();
        let explained = places.map(|place| {
            let explained = explain(formula, table, &award, &report, place, 0);
            Explained { certain: certain.next(), ..explained }
        });
        let explained = explained.collect();
        Ok((report, explained))
    }

    /// How certain every council's figure of a year is; nothing where nothing is uncertain.
    fn certain(&self, award: &Award, at: usize) -> Result<Vec<Certain>, Problem> {
        let Version { formula, parameters, table, terms } = &self.version;
        let last_year: Option<Vec<Pence>> = match at.checked_sub(1) {
            Some(before) => Some(award.years[before].lines.iter().map(|lines| lines.grant).collect()),
            None => terms.previous.clone(),
        };
        let model = Model::new(formula, parameters, table, &award.years[at], terms, last_year.as_deref())?;
        if model.uncertain.is_empty() {
            return Ok(Vec::new());
        }
        let councils = table.places().len();
        let found = intervals(&model, PAGE_SEED, PAGE_DRAWS, formula::threads())?;
        let of = |interval| Certain { draws: PAGE_DRAWS, seed: PAGE_SEED, councils, interval };
        Ok(found.into_iter().map(of).collect())
    }

    /// The facts that the award stands on: a row for each council and indicator, with how it stands.
    pub fn facts_used(&self) -> Result<String, Problem> {
        let award = self.award()?;
        let table = &self.version.table;
        let inputs = award.years.iter().flat_map(|year| year.program.inputs.iter().map(|(id, _)| id.as_str()));
        let inputs: std::collections::BTreeSet<&str> = inputs.collect();
        let mut text = formula::csv_line(["council", "indicator", "value", "basis"]);
        for indicator in inputs {
            for (at, place) in table.places().iter().enumerate() {
                let Some(cell) = table.cell(indicator, at) else { continue };
                text += &formula::csv_line([&place.code, indicator, &cell.amount.to_string(), &cell.basis]);
            }
        }
        Ok(text)
    }

    fn arithmetic(&self, place: usize) -> Result<Explained, Problem> {
        self.sound()?;
        let Version { formula, parameters, table, terms } = &self.version;
        let on = first_day(terms.first)?;
        let program = Program::compile(formula, parameters, table, self.years(), on, terms.known)?;
        self.known_inputs(program.inputs.iter().map(|(id, _)| id.as_str()))?;
        let registers = program.evaluate(table)?;
        let of = &table.places()[place];
        let (code, name) = (of.code.clone(), of.name.clone());
        Ok(Explained {
            title: formula.title.clone(),
            summary: formula.summary.clone(),
            council: CouncilReport { code, name, total: Pence::ZERO, years: Vec::new() },
            year: terms.first,
            split: Pence::ZERO,
            steps: formula::trace(formula, &program, &registers, table, place),
            assumptions: Vec::new(),
            certain: None,
        })
    }

    fn place(&self, council: &str) -> Result<usize, Problem> {
        let table = &self.version.table;
        table.position(council).ok_or_else(|| Problem::not_found("council", table.no_council(council)))
    }

    /// Two versions side by side. What one of the two uses is not given in vain to the other.
    pub fn compare(mut self, mut to: Grants) -> Result<ComparisonReport, Problem> {
        grants_given::beside(&mut self.vain, &self.version, &mut to.vain, &to.version)?;
        for version in [&self, &to] {
            version.award()?;
        }
        let comparison = compare(&self.version, &to.version, DEPRIVATION)?;
        Ok(ComparisonReport {
            from: self.version.formula.title.clone(),
            to: to.version.formula.title.clone(),
            places: to.version.table.places().to_vec(),
            comparison,
        })
    }

    /// What sufficient funding would cost beside what this request gives, in its first year.
    pub fn sufficiency(&self) -> Result<Sufficiency, Problem> {
        let award = self.award()?;
        let Version { parameters, table, terms, .. } = &self.version;
        let formula = shipped::formula("need-led")?;
        let on = first_day(terms.first)?;
        let program = Program::compile(&formula, parameters, table, self.years(), on, terms.known)?;
        self.known_inputs(program.inputs.iter().map(|(id, _)| id.as_str()))?;
        let registers = program.evaluate(table)?;
        let column = |step: &str| registers.column(program.register(step));
        let need = column(&formula.need);
        let year = &award.years[0];
        let councils = table.places().iter().enumerate().map(|(at, place)| {
            let grant = year.lines[at].grant;
            let shortfall = need[at] - Decimal::hundredths(grant.get());
            SufficiencyLine { code: place.code.clone(), name: place.name.clone(), need: need[at], grant, shortfall }
        });
        let all: Decimal = need.iter().copied().sum();
        let sum = |factor: &formula::Factor| column(&factor.step).iter().copied().sum();
        let led = Terms { totals: vec![year.total], previous: None, ..terms.clone() };
        let own = formula::award(&formula, parameters, table, &led)?;
        Ok(Sufficiency {
            year: terms.first,
            need: all,
            total: year.total,
            shortfall: all - Decimal::hundredths(year.total.get()),
            parts: formula.factors.iter().map(|factor| (factor.title.clone(), sum(factor))).collect(),
            councils: councils.collect(),
            assumptions: report(&formula, parameters, table, &led, &own).assumptions,
        })
    }

    /// Intervals, indices and, for a council, a tornado, of the first year.
    pub fn sensitivity(
        &self,
        draws: u32,
        rows: u64,
        seed: u64,
        council: Option<&str>,
    ) -> Result<SensitivityReport, Problem> {
        let award = self.award()?;
        let Version { formula, parameters, table, terms } = &self.version;
        let place = council.map(|council| self.place(council)).transpose()?;
        let model = Model::new(formula, parameters, table, &award.years[0], terms, terms.previous.as_deref())?;
        let threads = formula::threads();
        let places = table.places();
        let councils = intervals(&model, seed, draws, threads)?.into_iter().zip(places);
        let of = |place: usize| -> Result<_, Refused> { Ok((places[place].name.clone(), tornado(&model, place)?)) };
        Ok(SensitivityReport {
            draws,
            seed,
            councils: councils
                .map(|(interval, place)| CouncilInterval {
                    code: place.code.clone(),
                    name: place.name.clone(),
                    interval,
                })
                .collect(),
            indices: indices(&model, seed, rows, threads)?,
            tornado: place.map(of).transpose()?,
        })
    }
}

/// Refuses the first fact that was known only after the day, with all others in the sentence.
fn known_by<'a>(table: &Table, known: Night, inputs: impl Iterator<Item = &'a str>) -> Result<(), Problem> {
    let inputs: std::collections::BTreeSet<&str> = inputs.collect();
    let later = inputs.into_iter().filter_map(|id| Some((id, table.known_later(id, known)?)));
    let later: Vec<String> = later.map(|(id, from)| format!("{id} (known from {from})")).collect();
    if later.is_empty() {
        return Ok(());
    }
    let sentence = format!(
        "not yet known on {known}, by the day of the copies read: {}; give figures of your own for all councils with \
         --facts, or a later --known",
        later.join(", ")
    );
    Err(Problem::refused("grants.known", sentence))
}

fn table(formula: &Formula, request: &GrantsRequest, texts: &Texts) -> Result<Table, Problem> {
    let (mut table, rest) = match (formula.facts, request.facts.split_first()) {
        (FactsFrom::Shipped, _) => (Table::of(&Facts::shipped()), request.facts.as_slice()),
        (FactsFrom::Given, Some((first, rest))) => (Table::alone(first, text(texts, first)?)?, rest),
        (FactsFrom::Given, None) => {
            let sentence = format!("the formula {} ships without facts; give them with --facts FILE", formula.id);
            return Err(Problem::asked("grants.facts", sentence));
        }
    };
    for name in rest {
        table.overlay(name, text(texts, name)?)?;
    }
    Ok(table)
}

fn total(
    formula: &Formula,
    request: &GrantsRequest,
    table: &Table,
) -> Result<(Option<Pence>, Option<String>), Problem> {
    if request.total.is_some() || formula.facts == FactsFrom::Given {
        return Ok((request.total, None));
    }
    let pounds: Decimal = table.column(TODAY)?.into_iter().sum();
    let title = table.about(TODAY).map(|about| format!("{}, {}", about.title, about.vintage));
    Ok((Some(Pence::new(pounds.floor_hundredths().0)), title))
}

/// The total of each year: the first grown by a part a year, to the penny.
fn totals(first: Option<Pence>, request: &GrantsRequest) -> Result<Vec<Pence>, Problem> {
    if !(1..=formula::MOST_YEARS).contains(&usize::from(request.years)) {
        let sentence = format!("a grant is for one to {} years, not {}", formula::MOST_YEARS, request.years);
        return Err(Problem::asked("grants.years", sentence));
    }
    let Some(first) = first else { return Ok(Vec::new()) };
    let mut total = Decimal::hundredths(first.get());
    let mut totals = Vec::new();
    for _ in 0..request.years {
        totals.push(Pence::new(total.round(2).floor_hundredths().0));
        let grown = (Decimal::ONE + request.growth).checked_mul(total).filter(|total| *total < Decimal::LIMIT);
        total = grown.ok_or_else(|| Problem::asked("grants.growth", "the total grows beyond all bounds"))?;
    }
    Ok(totals)
}
