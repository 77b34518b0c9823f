//! What is wrong with parameters and formulas before anything is worked out: nothing unsourced, no gaps, no overlaps,
//! no unknown names, no children added to pounds.

use kernel::Night;
use serde::Serialize;

use crate::params::{Dated, Parameter, Parameters};
use crate::program::Program;
use crate::table::Table;
use crate::tree::{Expr, Formula, Years};
use crate::{Decimal, Refused};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Stable: `unsourced`, `gap`, `overlap`, `order`, `range`, `unit`, `number`, `unused`, `names`.
    pub code: &'static str,
    /// The parameter, or the formula and step.
    pub place: String,
    /// What it is, and how to mend it.
    pub sentence: String,
}

fn finding(code: &'static str, place: &str, sentence: impl Into<String>) -> Finding {
    Finding { code, place: place.to_owned(), sentence: sentence.into() }
}

/// What is wrong with the parameters by themselves.
pub fn lint_parameters(parameters: &Parameters) -> Vec<Finding> {
    let mut findings: Vec<Finding> = parameters.all().iter().flat_map(lint_parameter).collect();
    findings.sort();
    findings
}

fn lint_parameter(parameter: &Parameter) -> Vec<Finding> {
    let id = &parameter.id;
    let mut findings = Vec::new();
    if parameter.title.trim().is_empty() {
        findings.push(finding("untitled", id, "it has no title; say in a line what it is"));
    }
    if parameter.unit.trim().is_empty() {
        findings.push(finding("unit", id, "it has no unit; a bare number is a share, ratio, index, score or number"));
    }
    if parameter.values.is_empty() {
        findings.push(finding("gap", id, "it has no value; add a dated one"));
    }
    for dated in &parameter.values {
        findings.extend(lint_value(parameter, dated));
    }
    findings.extend(lint_days(parameter));
    findings
}

fn lint_value(parameter: &Parameter, dated: &Dated) -> Vec<Finding> {
    let id = &parameter.id;
    let file = &dated.file;
    let mut findings = Vec::new();
    let sourced = dated.source.as_ref().is_some_and(|source| !source.title.trim().is_empty());
    if !sourced {
        let sentence =
            format!("{file}: {} from {} has no source; give title, url and paragraph", dated.value, dated.from);
        findings.push(finding("unsourced", id, sentence));
    }
    if dated.until.is_some_and(|until| until < dated.from) {
        findings.push(finding("order", id, format!("{file}: the value from {} ends before it begins", dated.from)));
    }
    let (low, high) = (parameter.low.unwrap_or(dated.value), parameter.high.unwrap_or(dated.value));
    if dated.value < low || high < dated.value {
        let sentence = format!("{file}: {} lies outside its own range, {low} to {high}", dated.value);
        findings.push(finding("range", id, sentence));
    }
    findings
}

/// Within a layer, values known from the same day must follow each other without a gap and without an overlap.
fn lint_days(parameter: &Parameter) -> Vec<Finding> {
    let id = &parameter.id;
    let mut findings = Vec::new();
    let mut values: Vec<&Dated> = parameter.values.iter().collect();
    values.sort_by_key(|dated| (dated.layer, dated.from));
    for pair in values.windows(2) {
        let (one, next) = (pair[0], pair[1]);
        if one.layer != next.layer {
            continue;
        }
        let file = &next.file;
        match one.until {
            Some(until) if until.next() < next.from && parameter.gap.is_none() => {
                let after = next.from;
                let sentence = format!("{file}: nothing between {until} and {after}; add a value, or say in `gap` why");
                findings.push(finding("gap", id, sentence));
            }
            Some(until) if until < next.from => {}
            _ if one.known_from == next.known_from => {
                let sentence = format!("{file}: two values for {}, both known from {}", next.from, next.known_from);
                findings.push(finding("overlap", id, sentence));
            }
            // What becomes known later takes the place of what was known.
            _ => {}
        }
    }
    findings
}

/// What is wrong with a formula on these parameters and facts. A formula that does not compile has one finding.
pub fn lint_formula(
    formula: &Formula,
    parameters: &Parameters,
    table: &Table,
    years: Years,
    on: Night,
    known: Night,
) -> Vec<Finding> {
    let id = &formula.id;
    let mut findings = Vec::new();
    match Program::compile(formula, parameters, table, years, on, known) {
        Err(Refused { sentence, .. }) => findings.push(finding("names", id, sentence)),
        Ok(program) => {
            findings.extend(program.faults.iter().map(|fault| finding("unit", id, fault.clone())));
            findings.extend(factors_sum(formula, &program, table));
        }
    }
    for step in &formula.steps {
        for number in numbers(&step.is) {
            let sentence = format!("the step {} has the number {number}; make it a parameter with a source", step.id);
            findings.push(finding("number", id, sentence));
        }
        if !used(formula, &step.id) {
            findings.push(finding("unused", id, format!("nothing uses the step {}; remove it", step.id)));
        }
    }
    findings.sort();
    findings
}

/// The factors' steps must sum to the need, or their lines would not.
fn factors_sum(formula: &Formula, program: &Program, table: &Table) -> Option<Finding> {
    if formula.factors.is_empty() {
        return None;
    }
    let registers = program.evaluate(table).ok()?;
    let need = registers.column(program.register(&formula.need));
    let apart = need.iter().enumerate().find(|(at, need)| {
        let sum: Decimal =
            formula.factors.iter().map(|factor| registers.column(program.register(&factor.step))[*at]).sum();
        sum != **need
    })?;
    let council = &table.places()[apart.0].code;
    Some(finding("factors", &formula.id, format!("for {council} the factors do not sum to the step {}", formula.need)))
}

/// Numbers that are choices: all but 0, 1 and the powers of ten.
fn numbers(expr: &Expr) -> Vec<Decimal> {
    let mut found: Vec<Decimal> = expr.below().into_iter().flat_map(numbers).collect();
    if let Expr::Number(number) = expr {
        let text = number.to_string();
        let plain = text == "0" || (text.starts_with('1') && text[1..].bytes().all(|byte| byte == b'0'));
        if !plain {
            found.push(*number);
        }
    }
    found
}

fn used(formula: &Formula, step: &str) -> bool {
    fn names(expr: &Expr, step: &str) -> bool {
        matches!(expr, Expr::Step(id) if id == step) || expr.below().into_iter().any(|below| names(below, step))
    }
    let named = [Some(&formula.need), formula.area_cost.as_ref(), formula.heads.as_ref()];
    named.into_iter().flatten().any(|id| id == step)
        || formula.factors.iter().any(|factor| factor.step == step)
        || formula.steps.iter().any(|other| names(&other.is, step))
}
