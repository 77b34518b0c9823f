//! What an analyst gives must count: a name that nothing uses is a misspelt one until somebody says otherwise, a value
//! that takes effect on no day is a wrong date, and weights that are no parts of one are a slip or must be meant.

use std::collections::BTreeSet;

use formula::compare::Version;
use formula::report::year_name;
use formula::{Decimal, FactsFrom, Finding, Program, Years, first_day, shipped};
use kernel::Night;

use crate::Problem;
use crate::grants::GrantsRequest;

/// Something given that is wrong.
pub(crate) struct Vain {
    /// The indicator or parameter that nothing uses; nothing where using it elsewhere mends nothing.
    unused: Option<String>,
    /// What is said.
    pub(crate) finding: Finding,
}

/// The names that a version uses in any of its years.
#[derive(Default)]
struct Used {
    inputs: BTreeSet<String>,
    parameters: BTreeSet<String>,
}

impl Used {
    /// Nothing where the formula does not compile, which lint tells.
    fn of(version: &Version) -> Result<Option<Used>, Problem> {
        let mut used = Used::default();
        let Version { formula, .. } = version;
        used.parameters.extend([&formula.floor, &formula.cap].into_iter().flatten().cloned());
        for program in programs(version)? {
            let Some(program) = program else { return Ok(None) };
            used.parameters.extend(program.scalars.iter().map(|scalar| scalar.id.clone()));
            used.inputs.extend(program.inputs.into_iter().map(|(input, _)| input));
        }
        Ok(Some(used))
    }

    /// An error counts for the indicators whose names begin as its own goes on.
    fn parameter(&self, id: &str) -> bool {
        let error = id.strip_prefix("error.");
        let disturbs = |prefix: &str| self.inputs.iter().any(|input| input.starts_with(prefix));
        self.parameters.contains(id) || error.is_some_and(disturbs)
    }

    fn name(&self, name: &str) -> bool {
        self.inputs.contains(name) || self.parameter(name)
    }
}

fn years(version: &Version) -> impl Iterator<Item = i16> {
    (version.terms.first..).take(version.terms.totals.len().max(1))
}

fn days(version: &Version) -> Result<Vec<Night>, Problem> {
    Ok(years(version).map(first_day).collect::<Result<_, _>>()?)
}

/// The formula compiled for each year; nothing where it does not compile.
fn programs(version: &Version) -> Result<Vec<Option<Program>>, Problem> {
    let Version { formula, parameters, table, terms } = version;
    let compiled = days(version)?.into_iter().zip(years(version)).map(|(on, year)| {
        Program::compile(formula, parameters, table, Years { year, base: terms.base }, on, terms.known).ok()
    });
    Ok(compiled.collect())
}

fn finding(code: &'static str, place: &str, sentence: String) -> Finding {
    Finding { code, place: place.to_owned(), sentence }
}

/// What is given and cannot be meant.
pub(crate) fn vain(version: &Version, request: &GrantsRequest) -> Result<Vec<Vain>, Problem> {
    let Some(used) = Used::of(version)? else { return Ok(Vec::new()) };
    let mut found = indicators(version, request, &used);
    found.extend(strange_parameters(version, &used)?);
    found.extend(idle(version)?);
    if !request.proportions {
        found.extend(weights(version)?);
    }
    Ok(found)
}

/// Indicators that neither ship nor are used. A formula that ships without facts misses its own when they are misspelt in
/// the first file; in files over that one nobody would.
fn indicators(version: &Version, request: &GrantsRequest, used: &Used) -> Vec<Vain> {
    let Version { formula, table, .. } = version;
    let first = request.facts.first().filter(|_| formula.facts == FactsFrom::Given);
    let shipped = |id: &str| table.about(id).is_some_and(|about| about.known_from.is_some());
    let named = |id: &str| request.previous.as_deref() == Some(id);
    let strange = table.given().iter().filter(|given| {
        let id = given.indicator.as_str();
        first != Some(&given.file) && !shipped(id) && !used.inputs.contains(id) && !named(id)
    });
    let vain = |given: &formula::Given| {
        let near = nearest(&given.indicator, table.indicators().filter(|id| *id != given.indicator));
        let sentence = format!(
            "{} is given, but neither ships nor is used by {}{near}; mend its name or take it out",
            given.indicator, formula.id
        );
        let place = format!("{}, row {}", given.file, given.row);
        Vain { unused: Some(given.indicator.clone()), finding: finding("vain", &place, sentence) }
    };
    strange.map(vain).collect()
}

/// Parameters that neither ship nor are used.
fn strange_parameters(version: &Version, used: &Used) -> Result<Vec<Vain>, Problem> {
    let Version { formula, parameters, .. } = version;
    let shipped = shipped::parameters()?;
    let strange = parameters.all().iter().filter(|parameter| {
        let id = parameter.id.as_str();
        shipped.get(id).is_none() && !used.parameter(id)
    });
    let vain = |parameter: &formula::Parameter| {
        let id = &parameter.id;
        let near = nearest(id, shipped.all().iter().map(|parameter| parameter.id.as_str()));
        let sentence = format!(
            "the parameter {id} is given, but neither ships nor is used by {}{near}; mend its id or take it out",
            formula.id
        );
        let place = parameter.values.first().map_or(id.as_str(), |value| value.file.as_str());
        Vain { unused: Some(id.clone()), finding: finding("vain", place, sentence) }
    };
    Ok(strange.map(vain).collect())
}

/// Values over those that ship that hold on the first day of no year of the grant.
fn idle(version: &Version) -> Result<Vec<Vain>, Problem> {
    let Version { parameters, terms, .. } = version;
    let days = days(version)?;
    let span: Vec<String> = years(version).map(year_name).collect();
    let (span, known) = (span.join(", "), terms.known);
    let vain = parameters.idle(&days, known).map(|(parameter, value)| {
        let sentence = format!(
            "{} of {}, from {} and known from {}, takes effect in no year of this grant ({span}, as known on {known}); mend \
             its days, or give --year or --known",
            value.value, parameter.id, value.from, value.known_from
        );
        Vain { unused: None, finding: finding("vain", &value.file, sentence) }
    });
    Ok(vain.collect())
}

/// Weights below nought, and weights that are no parts of one, in the first year that has them.
fn weights(version: &Version) -> Result<Option<Vain>, Problem> {
    let id = &version.formula.id;
    for (program, year) in programs(version)?.into_iter().zip(years(version)) {
        let scalars = program.into_iter().flat_map(|program| program.scalars);
        let weights: Vec<_> = scalars.filter(|scalar| scalar.id.starts_with("weight.")).collect();
        let sum: Decimal = weights.iter().map(|weight| weight.value).sum();
        if weights.len() > 1 && sum != Decimal::ONE {
            let each: Vec<String> = weights.iter().map(|weight| format!("{} {}", weight.id, weight.value)).collect();
            let sentence = format!(
                "the weights of {} sum to {sum}, not to 1 ({}); mend them, or say --proportions if only their proportions \
                 to each other are meant to count",
                year_name(year),
                each.join(", ")
            );
            return Ok(Some(Vain { unused: None, finding: finding("weights", id, sentence) }));
        }
    }
    Ok(None)
}

/// Takes out of each what the other uses.
pub(crate) fn beside(
    one: &mut Vec<Vain>,
    one_version: &Version,
    other: &mut Vec<Vain>,
    other_version: &Version,
) -> Result<(), Problem> {
    let (of_one, of_other) = (Used::of(one_version)?, Used::of(other_version)?);
    let keep = |vain: &Vain, used: &Option<Used>| {
        let name = vain.unused.as_deref();
        !name.zip(used.as_ref()).is_some_and(|(name, used)| used.name(name))
    };
    one.retain(|vain| keep(vain, &of_other));
    other.retain(|vain| keep(vain, &of_one));
    Ok(())
}

/// What an analyst should be told: what ships and was given, but is not used; what was given for some councils only; and
/// facts known after the award's day.
pub(crate) fn noted(version: &Version, request: &GrantsRequest) -> Result<Vec<String>, Problem> {
    let Some(used) = Used::of(version)? else { return Ok(Vec::new()) };
    let Version { formula, table, terms, .. } = version;
    let mut notes = Vec::new();
    let councils = table.places().len();
    for given in table.given() {
        let (id, file) = (&given.indicator, &given.file);
        if !used.inputs.contains(id) && request.previous.as_ref() != Some(id) {
            notes.push(format!("{id} is given in {file}, but {} uses it in no year of this grant", formula.id));
        } else if given.councils < councils {
            let rest = if formula.facts == FactsFrom::Shipped { "what ships" } else { "what was given before" };
            notes.push(format!(
                "{file} gives {id} for {} of {councils} councils; the others keep {rest}",
                given.councils
            ));
        }
    }
    let later = used.inputs.iter().filter_map(|id| Some((id, table.known_later(id, terms.known)?)));
    let later: Vec<String> = later.map(|(id, from)| format!("{id} ({from})")).collect();
    if !later.is_empty() && request.known.is_none() {
        let (known, later) = (terms.known, later.join(", "));
        notes.push(format!(
            "the copies read of these are dated after {known}, the eve of the first year (their publishers may have been \
             earlier; --known refuses them): {later}"
        ));
    }
    Ok(notes)
}

/// `; did you mean …?` where a name is a slip or two away from one that there is.
fn nearest<'a>(name: &str, among: impl Iterator<Item = &'a str>) -> String {
    let near = among.map(|other| (slips(name, other), other)).min();
    near.filter(|(slips, _)| *slips <= 3).map_or(String::new(), |(_, other)| format!(" (is it {other}?)"))
}

/// Letters to put in, take out or change between two names (Levenshtein).
fn slips(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], at + 1);
        for (place, theirs) in other.iter().enumerate() {
            let changed = before + usize::from(letter != *theirs);
            before = row[place + 1];
            row[place + 1] = changed.min(before + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_or_two_finds_the_name_that_was_meant() {
        assert_eq!((slips("kitten", "sitting"), slips("", "abc"), slips("same", "same")), (3, 3, 0));
        assert_eq!(nearest("ehc_plans_2O24", ["ehc_plans_2024", "imd"].into_iter()), " (is it ehc_plans_2024?)");
        assert_eq!(nearest("happiness", ["ehc_plans_2024"].into_iter()), "");
    }
}
