//! Our own tables: one row a council, one column an indicator. A cell is an exact decimal; behind `~` the method by
//! which it was estimated, where that is not the column's own basis; behind `:` the publisher's mark, where one
//! stood instead of a number: `12.5~regional-rate:c`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::catalogue::Catalogue;
use super::sheet::{MARKS, Sheet};
use super::{Basis, Indicator, Inner, Refusal, Value};
use crate::Decimal;

/// Reads one table into the facts.
pub(super) fn read(name: &str, text: &str, catalogue: &Catalogue, into: &mut Inner) -> Result<(), Refusal> {
    let file = format!("{name}.csv");
    let sheet = Sheet::read(&file, text.as_bytes())?;
    let council_column = sheet.column("council")?;
    let columns = catalogue.columns(name);
    if let Some(stranger) = Sheet::header(text.as_bytes())
        .iter()
        .find(|id| id.as_str() != "council" && catalogue.get(id).is_none_or(|found| found.table != name))
    {
        return Err(Refusal::of(&file, None, format!("column {stranger} is not in indicators.toml for this table")));
    }
    let mut wanted: BTreeSet<&str> = kernel::councils()
        .iter()
        .filter(|council| council.until.is_none())
        .map(|council| council.code.as_str())
        .collect();
    let places = columns.iter().map(|column| sheet.column(&column.id)).collect::<Result<Vec<_>, _>>()?;
    for row in &sheet.rows {
        let council = sheet.text(row, council_column);
        if !wanted.remove(council) {
            return Err(sheet.refuse(row, format!("`{council}` is no council of today, or stands here twice")));
        }
        for (column, &place) in columns.iter().zip(&places) {
            let (value, mark) = parse(sheet.text(row, place), column, &catalogue.methods)
                .map_err(|reason| sheet.refuse(row, format!("{}: {reason}", column.id)))?;
            into.values.entry(column.id.clone()).or_default().insert(council.to_owned(), value);
            if let Some(mark) = mark {
                into.marks.insert((column.id.clone(), council.to_owned()), mark);
            }
        }
    }
    match wanted.first() {
        Some(missing) => Err(Refusal::of(&file, None, format!("there is no row for council {missing}"))),
        None => Ok(()),
    }
}

fn parse(
    text: &str,
    column: &Indicator,
    methods: &BTreeMap<String, String>,
) -> Result<(Value, Option<String>), String> {
    let (number, method) = text.split_once('~').map_or((text, None), |(number, method)| (number, Some(method)));
    let amount: Decimal = number.parse().map_err(|error| format!("{error}"))?;
    let Some(method) = method else {
        return Ok((Value { amount, basis: column.basis.clone() }, None));
    };
    let (method, mark) = method.split_once(':').map_or((method, None), |(method, mark)| (method, Some(mark)));
    if !methods.contains_key(method) {
        return Err(format!("`{method}` is no method of indicators.toml"));
    }
    if mark.is_some_and(|mark| !MARKS.contains(&mark)) {
        return Err(format!("`{text}` ends in no publisher's mark"));
    }
    let basis = match column.basis {
        Basis::Projected(_) => Basis::Projected(method.to_owned()),
        _ => Basis::Estimate(method.to_owned()),
    };
    Ok((Value { amount, basis }, mark.map(str::to_owned)))
}

/// One value as made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) amount: Decimal,
    /// The method, where it is not the column's own basis.
    pub(super) method: Option<&'static str>,
    /// What the publisher wrote instead of a number.
    pub(super) mark: Option<String>,
}

impl Made {
    /// As the column stands.
    pub(super) fn plain(amount: Decimal) -> Made {
        Made { amount, method: None, mark: None }
    }

    pub(super) fn by(amount: Decimal, method: &'static str) -> Made {
        Made { amount, method: Some(method), mark: None }
    }
}

/// Writes a table: comments, the columns in the order of the catalogue, the councils in order of code.
pub(super) fn write(
    name: &str,
    columns: &[&Indicator],
    made: &BTreeMap<String, BTreeMap<kernel::CouncilCode, Made>>,
) -> String {
    let mut text = format!(
        "# {name}: councils of England by indicator. Compiled by `carebank grants facts compile`; do not edit.\n\
         # indicators.toml has the source, year, licence and basis of each column. A cell is a decimal; behind `~` the\n\
         # method that estimated it; behind `:` the mark that the publisher wrote instead of a number.\n\
         # Contains public sector information licensed under the Open Government Licence v3.0.\ncouncil"
    );
    for column in columns {
        text.push(',');
        text.push_str(&column.id);
    }
    text.push('\n');
    for council in kernel::councils().iter().filter(|council| council.until.is_none()) {
        text.push_str(council.code.as_str());
        for column in columns {
            let cell = &made[&column.id][&council.code];
            write!(text, ",{}", cell.amount).expect("writing to memory cannot fail");
            if let Some(method) = cell.method {
                text.push('~');
                text.push_str(method);
            }
            if let Some(mark) = &cell.mark {
                text.push(':');
                text.push_str(mark);
            }
        }
        text.push('\n');
    }
    text
}
