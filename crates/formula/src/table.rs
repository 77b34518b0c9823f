//! What a formula is worked out on: councils in order of their code, and a column for each indicator. Made of the
//! shipped facts, of an analyst's own file over them, or of such a file alone.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Night;

use crate::facts::Facts;
use crate::text::{Sheet, read_sheet};
use crate::{Decimal, Refused};

/// A council of the table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Place {
    /// Its code, which orders the table and breaks ties.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its region, or nothing.
    pub region: String,
}

/// What is known of a column.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct About {
    /// The indicator's id.
    pub id: String,
    /// A line for a person.
    pub title: String,
    /// `children`, `pounds`, `share`…
    pub unit: String,
    /// The year it is about.
    pub vintage: String,
    /// The day from which the publisher's figures were known, as far as our copy tells: it may have been earlier.
    pub known_from: Option<Night>,
    /// Who published it and where.
    pub source: String,
    /// What it stands in for, when it is a proxy.
    pub proxy: Option<String>,
}

/// One value and how good it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The exact decimal.
    pub amount: Decimal,
    /// `published`, or the method of an estimate.
    pub basis: String,
    /// Given by an analyst, over whatever ships.
    pub given: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    about: About,
    cells: Vec<Option<Cell>>,
}

/// Councils × indicators.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    places: Vec<Place>,
    columns: BTreeMap<String, Column>,
    /// Where an analyst's files give indicators: file and row.
    given: Vec<Given>,
}

/// An indicator in an analyst's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The indicator.
    pub indicator: String,
    /// The file.
    pub file: String,
    /// The row that first names it.
    pub row: usize,
    /// How many councils it is given for.
    pub councils: usize,
}

impl Table {
    /// No columns yet. The order in which places are given does not matter.
    pub fn new(mut places: Vec<Place>) -> Result<Table, Refused> {
        places.sort();
        if let Some(pair) = places.windows(2).find(|pair| pair[0].code == pair[1].code) {
            return Err(Refused::new("facts.twice", format!("council {} is there twice", pair[0].code)));
        }
        Ok(Table { places, columns: BTreeMap::new(), given: Vec::new() })
    }

    /// The facts for the councils that have been responsible for children since April 2023.
    pub fn of(facts: &Facts) -> Table {
        let places: Vec<Place> = kernel::councils()
            .iter()
            .filter(|council| council.until.is_none())
            .map(|council| Place {
                code: council.code.as_str().to_owned(),
                name: council.name.to_owned(),
                region: council.region.name().to_owned(),
            })
            .collect();
        let mut table = Table::new(places).expect("the register has each code once");
        for indicator in facts.indicators() {
            let cells = table.places.iter().map(|place| crate::facts_seam::cell(facts, &indicator.id, &place.code));
            let cells = cells.collect();
            let about = crate::facts_seam::about(indicator);
            table.columns.insert(indicator.id.clone(), Column { about, cells });
        }
        table
    }

    /// The councils, in order of code.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Where a council stands, by code, DfE number or name.
    pub fn position(&self, council: &str) -> Option<usize> {
        let by_code = |code: &str| self.places.binary_search_by(|place| place.code.as_str().cmp(code)).ok();
        by_code(council).or_else(|| {
            let named = self.places.iter().position(|place| place.name.eq_ignore_ascii_case(council.trim()));
            named.or_else(|| by_code(kernel::find(council.trim())?.code.as_str()))
        })
    }

    /// The indicators' ids, in order.
    pub fn indicators(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    /// What is known of an indicator.
    pub fn about(&self, indicator: &str) -> Option<&About> {
        self.columns.get(indicator).map(|column| &column.about)
    }

    /// The day from which an indicator was known, where it was not yet on `known` and the analyst gives less than all of
    /// its values.
    pub fn known_later(&self, indicator: &str, known: Night) -> Option<Night> {
        let column = self.columns.get(indicator)?;
        let later = column.about.known_from.filter(|from| *from > known)?;
        column.cells.iter().flatten().any(|cell| !cell.given).then_some(later)
    }

    /// What an analyst's files give, in their order.
    pub fn given(&self) -> &[Given] {
        &self.given
    }

    /// One cell.
    pub fn cell(&self, indicator: &str, place: usize) -> Option<&Cell> {
        self.columns.get(indicator)?.cells.get(place)?.as_ref()
    }

    /// A whole column; refused when it is not there or a council lacks a value.
    pub fn column(&self, indicator: &str) -> Result<Vec<Decimal>, Refused> {
        let column = self.columns.get(indicator).ok_or_else(|| {
            Refused::new(
                "facts.indicator",
                format!("no facts have the indicator {indicator}; give it with --facts, or name another"),
            )
        })?;
        let lacking = |place: &Place| {
            let (code, name) = (&place.code, &place.name);
            Refused::new(
                "facts.missing",
                format!("{indicator} has no value for {code} {name}; a missing value is never taken as nought"),
            )
        };
        let cells = column.cells.iter().zip(&self.places);
        cells.map(|(cell, place)| cell.as_ref().map(|cell| cell.amount).ok_or_else(|| lacking(place))).collect()
    }

    /// Puts a whole column, with its values by place.
    pub fn put(&mut self, about: About, cells: Vec<Option<Cell>>) {
        assert_eq!(cells.len(), self.places.len());
        self.columns.insert(about.id.clone(), Column { about, cells });
    }

    /// An analyst's own values over these: `council,INDICATOR,…` wide, or `council,indicator,value` long. Councils must
    /// be in the table; an indicator may be new; a blank is refused, since what lies below it might be taken for it.
    /// `name` says which file it is in refusals.
    pub fn overlay(&mut self, name: &str, text: &str) -> Result<(), Refused> {
        let sheet = read_sheet(name, text)?;
        let blank = |row: usize, indicator: &str, council: &str| {
            let sentence = format!(
                "{name}, row {row}, {indicator} of {council}: it is blank; give the figure, or leave it out by writing the \
                 file as council,indicator,value"
            );
            Err(Refused::new("facts.blank", sentence))
        };
        self.lay(name, &sheet, blank)
    }

    fn lay(
        &mut self,
        name: &str,
        sheet: &Sheet,
        blank: impl Fn(usize, &str, &str) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let mut seen = BTreeSet::new();
        let mut whole = BTreeMap::new();
        let before = self.given.len();
        for (row, council, indicator, amount) in values(name, sheet, blank)? {
            let place = self.position(&council).ok_or_else(|| {
                let why = self.no_council(&council);
                Refused::new("facts.council", format!("{name}, row {row}: {why}"))
            })?;
            if !seen.insert((place, indicator.clone())) {
                let own = &self.places[place];
                let sentence = format!("{name}, row {row}: {indicator} of {} {} is given twice", own.code, own.name);
                return Err(Refused::new("facts.twice", sentence));
            }
            let whole = *whole.entry(indicator.clone()).or_insert_with(|| self.together(&indicator));
            self.sane(&indicator, amount, whole).map_err(|why| {
                Refused::new("facts.value", format!("{name}, row {row}, {indicator} of {council}: {why}"))
            })?;
            let places = self.places.len();
            let column = self
                .columns
                .entry(indicator.clone())
                .or_insert_with(|| Column { about: own(name, &indicator), cells: vec![None; places] });
            column.cells[place] = Some(Cell { amount, basis: format!("given in {name}"), given: true });
            match self.given[before..].iter_mut().find(|given| given.indicator == indicator) {
                Some(given) => given.councils += 1,
                None => {
                    let row = if sheet.column(&indicator).is_some() { sheet.head } else { row };
                    self.given.push(Given { indicator, file: name.to_owned(), row, councils: 1 });
                }
            }
        }
        Ok(())
    }

    /// What all councils come to before a file is laid over them; nothing where not all have a value.
    fn together(&self, indicator: &str) -> Option<Decimal> {
        let cells = self.columns.get(indicator)?.cells.iter();
        Decimal::checked_sum(cells.map(|cell| cell.as_ref().map(|cell| cell.amount)).collect::<Option<Vec<_>>>()?)
    }

    /// What no figure can be, whoever gives it.
    fn sane(&self, indicator: &str, amount: Decimal, whole: Option<Decimal>) -> Result<(), String> {
        if amount.is_negative() {
            return Err(format!("{amount} is below nought, which no indicator is"));
        }
        let unit = self.about(indicator).map(|about| about.unit.as_str()).unwrap_or_default();
        if unit == "per cent" && amount > Decimal::whole(100) {
            return Err(format!("{amount} per cent is more than all"));
        }
        if let Some(whole) = whole.filter(|whole| self.places.len() > 1 && amount > *whole) {
            return Err(format!("{amount} is more than all councils together have ({whole})"));
        }
        Ok(())
    }

    /// Why a code or name is no council of these facts, and of one that is no more, what it became.
    pub fn no_council(&self, council: &str) -> String {
        let Some(former) = kernel::find(council).filter(|former| former.until.is_some()) else {
            return format!("`{council}` is no council of these facts; give its code (E10000016), DfE number or name");
        };
        let ended = former.until.map(|day| format!(" on {day}")).unwrap_or_default();
        let became = former.successors.iter().map(|code| format!("{code} {}", kernel::council(*code).name));
        let became: Vec<String> = became.collect();
        format!("{} {} ended{ended}; give {} instead", former.code, former.name, became.join(" and "))
    }

    /// A table of one file alone, whatever its councils are called. A column `name` gives their names.
    pub fn alone(name: &str, text: &str) -> Result<Table, Refused> {
        let sheet = read_sheet(name, text)?;
        let council = sheet.column("council").unwrap_or(0);
        let named = sheet.column("name");
        let mut places: BTreeMap<&str, Place> = BTreeMap::new();
        for row in &sheet.rows {
            let code = row.fields[council].trim();
            if code.is_empty() {
                let sentence = format!("{name}, row {}: the council is blank; give its code", row.number);
                return Err(Refused::new("facts.council", sentence));
            }
            places.entry(code).or_insert_with(|| Place {
                code: code.to_owned(),
                name: named.map_or_else(|| code.to_owned(), |at| row.fields[at].clone()),
                region: String::new(),
            });
        }
        let mut table = Table::new(places.into_values().collect())?;
        // Nothing lies below a blank here: what is missing is missed when it is asked for.
        table.lay(name, &sheet, |_, _, _| Ok(()))?;
        Ok(table)
    }
}

fn own(file: &str, indicator: &str) -> About {
    About {
        id: indicator.to_owned(),
        title: indicator.replace('_', " "),
        unit: String::new(),
        vintage: String::new(),
        known_from: None,
        source: format!("given in {file}"),
        proxy: None,
    }
}

type Value = (usize, String, String, Decimal);

/// Row, council, indicator and amount of each cell that has one. A blank is no value; suppression marks are refused.
fn values(
    file: &str,
    sheet: &Sheet,
    blank: impl Fn(usize, &str, &str) -> Result<(), Refused>,
) -> Result<Vec<Value>, Refused> {
    let council = sheet.column("council").ok_or_else(|| {
        let sentence = format!("{file}, row {}: the first row must name a column `council`", sheet.head);
        Refused::new("facts.columns", sentence)
    })?;
    if let Some(at) = sheet.columns.iter().position(String::is_empty) {
        let sentence = format!("{file}, row {}: column {} has no name; name it or take it out", sheet.head, at + 1);
        return Err(Refused::new("facts.columns", sentence));
    }
    let long = sheet.column("indicator").zip(sheet.column("value"));
    let strange = |column: &&String| !["council", "indicator", "value", "name"].contains(&column.as_str());
    if let Some(strange) = long.and_then(|_| sheet.columns.iter().find(strange)) {
        let sentence = format!(
            "{file}, row {}: a file of council,indicator,value has no column {strange}; take it out, or name a column for \
             each indicator",
            sheet.head
        );
        return Err(Refused::new("facts.columns", sentence));
    }
    let mut given = Vec::new();
    let mut seen = BTreeSet::new();
    for row in &sheet.rows {
        let code = row.fields[council].trim();
        let mut take = |indicator: &str, text: &str| -> Result<(), Refused> {
            let text = text.trim();
            let at = row.number;
            if indicator.is_empty() {
                return Err(Refused::new("facts.columns", format!("{file}, row {at}: no indicator is named")));
            }
            if text.is_empty() {
                return blank(at, indicator, code);
            }
            let amount = text.parse().map_err(|error: crate::NotDecimal| {
                Refused::new("facts.value", format!("{file}, row {at}, {indicator} of {code}: {error}"))
            })?;
            if !seen.insert((code.to_owned(), indicator.to_owned())) {
                let sentence = format!("{file}, row {at}: {indicator} of {code} is given a second time");
                return Err(Refused::new("facts.twice", sentence));
            }
            given.push((at, code.to_owned(), indicator.to_owned(), amount));
            Ok(())
        };
        match long {
            Some((indicator, value)) => take(row.fields[indicator].trim(), &row.fields[value])?,
            None => {
                for (at, indicator) in sheet.columns.iter().enumerate() {
                    if at != council && indicator != "name" {
                        take(indicator, &row.fields[at])?;
                    }
                }
            }
        }
    }
    if given.is_empty() {
        return Err(Refused::new("facts.empty", format!("{file} gives no values")));
    }
    Ok(given)
}
