//! A council's or an agency's list of its households, as CSV: who fosters, cares for kin or adopts, and for how many. No
//! publisher has such a list; the columns are ours, and the words those of the register.
//!
//! | column | |
//! |---|---|
//! | `household` | The number that the council or agency gives the household; the same from list to list |
//! | `kind` | `Fostering household`, `Kinship household` or `Adoptive household` |
//! | `places` | For how many children it is approved |
//! | `postcode` | Kept to its district alone; may be left out |
//! | `owner` | The agency, if it is not the council's own; may be left out |
//! | `status` | `Active` if left out |
//!
//! A list says by silence who is not there any more, so a line that cannot be read refuses the whole file.

use std::collections::HashMap;
use std::io::Read;

use crate::ssda903::record::Splitter;
use crate::text::{Line, Lines};

/// The columns, in the order of a row's fields.
pub const COLUMNS: [&str; 6] = ["household", "kind", "places", "postcode", "owner", "status"];
/// Those that a list cannot do without.
const NEEDED: usize = 3;

/// Why a list of households is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The first line has not the columns.
    #[error("{file}, line 1: there is no column {column}; name the columns {}.", COLUMNS.join(", "))]
    Column {
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
    },
    /// A line cannot be read.
    #[error(
        "{file}, line {line}: {why}. Nothing was loaded: a household whose line is lost would look as if it had left."
    )]
    Broken {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// What is wrong and how to mend it.
        why: String,
    },
    /// A household stands twice.
    #[error("{file}, line {line}: this household is on line {first} too; keep the line that is right.")]
    Twice {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// Where it stood first.
        first: u32,
    },
    /// The file cannot be read, or has no household in it.
    #[error("{file}: {why}; name a file with the columns {}.", COLUMNS.join(", "))]
    Empty {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
}

impl Refusal {
    /// A code that stays the same from version to version.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Column { .. } => "CB83",
            Refusal::Broken { .. } => "CB84",
            Refusal::Twice { .. } => "CB85",
            Refusal::Empty { .. } => "CB86",
        }
    }
}

/// One household.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HouseholdRow {
    /// The line in the file.
    pub line: u32,
    /// What it says, in the order of [`COLUMNS`]; none of a column that the list has not.
    pub said: [Option<String>; COLUMNS.len()],
}

/// Reads a list, all or nothing.
pub fn read<'a>(file: &str, data: impl Read + 'a) -> Result<Vec<HouseholdRow>, Refusal> {
    let empty = |why: String| Refusal::Empty { file: file.to_owned(), why };
    let mut lines = Lines::new(Box::new(data)).map_err(|error| empty(error.to_string()))?;
    let mut splitter = Splitter::new();
    let mut places: Option<([Option<usize>; COLUMNS.len()], usize)> = None;
    let (mut rows, mut met): (Vec<HouseholdRow>, HashMap<String, u32>) = (Vec::new(), HashMap::new());
    loop {
        let line = lines.number().saturating_add(1);
        let Some(text) = lines.next().map_err(|error| empty(error.to_string()))? else { break };
        let broken = |why: &str| Refusal::Broken { file: file.to_owned(), line, why: why.to_owned() };
        let Line::Text(text) = text else { return Err(broken("it is longer than any row can be")) };
        if text.chars().any(|c| c.is_control() || c == '\u{FFFD}') {
            return Err(broken("it holds characters that no text has; export the list again as CSV in UTF-8"));
        }
        let Ok(record) = splitter.split(&text) else { return Err(broken("a quote is not closed; close it")) };
        if record.is_blank() {
            continue;
        }
        let Some((places, width)) = places else {
            places = Some((header(file, record.fields())?, record.len()));
            continue;
        };
        if record.len() != width {
            let why = format!("{} fields where the header has {width} columns; leave no comma out", record.len());
            return Err(broken(&why));
        }
        let said = places.map(|place| place.map(|place| record.get(place).to_owned()));
        let Some(number) = said[0].as_ref().filter(|number| !number.is_empty()) else {
            return Err(broken("the household has no number; write the one it is known by"));
        };
        if let Some(first) = met.insert(number.to_ascii_uppercase(), line) {
            return Err(Refusal::Twice { file: file.to_owned(), line, first });
        }
        rows.push(HouseholdRow { line, said });
    }
    if rows.is_empty() {
        return Err(empty("there is no household in it".to_owned()));
    }
    Ok(rows)
}

fn header<'f>(file: &str, fields: impl Iterator<Item = &'f str>) -> Result<[Option<usize>; COLUMNS.len()], Refusal> {
    let names: Vec<String> = fields.map(|field| field.trim_start_matches('\u{feff}').to_ascii_lowercase()).collect();
    let places = COLUMNS.map(|column| names.iter().position(|name| name == column));
    match places.iter().take(NEEDED).position(Option::is_none) {
        Some(missing) => Err(Refusal::Column { file: file.to_owned(), column: COLUMNS[missing] }),
        None => Ok(places),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        read("list.csv", text.as_bytes()).unwrap_err().code()
    }

    #[test]
    fn a_list_is_read_by_its_columns_in_any_order() {
        let rows = read(
            "list.csv",
            "Places,kind,HOUSEHOLD\n2,Fostering household,K1\n\n,,\n1,Kinship household,K2\n".as_bytes(),
        );
        let rows = rows.unwrap();
        assert_eq!(
            rows.iter().map(|row| (row.line, row.said[0].as_deref().unwrap())).collect::<Vec<_>>(),
            [(2, "K1"), (5, "K2")]
        );
        let said = [Some("K1"), Some("Fostering household"), Some("2"), None, None, None];
        assert_eq!(rows[0].said, said.map(|text| text.map(str::to_owned)));
    }

    #[test]
    fn what_cannot_be_read_refuses_the_file() {
        assert_eq!(code("household,kind\nK1,Fostering household\n"), "CB83");
        assert_eq!(code("household,kind,places\nK1,Fostering household\n"), "CB84");
        assert_eq!(code("household,kind,places\n,Fostering household,2\n"), "CB84");
        assert_eq!(code("household,kind,places\nK1,\"Fostering,2\n"), "CB84");
        assert_eq!(code("household,kind,places\nK1,Fostering household,2\nk1,Fostering household,2\n"), "CB85");
        assert_eq!(code("household,kind,places\n"), "CB86");
        assert_eq!(code(""), "CB86");
    }
}
