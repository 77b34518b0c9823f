//! The Header: one row a child.

use std::collections::HashSet;

use kernel::{Code, CodeSet, Masked, Night};

use super::findings::{Check, Weight, british};
use super::read::Fate;
use super::sheet::Row;

/// One child as the Header has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeaderRow {
    /// The line in the file.
    pub line: u32,
    /// CHILD, the council's own reference.
    pub child: Masked,
    /// SEX, if valid.
    pub sex: Option<Code>,
    /// DOB.
    pub dob: Night,
    /// ETHNIC, if valid.
    pub ethnic: Option<Code>,
    /// UPN, if there is one: UN1 to UN5 say that there is none, and read as none.
    pub upn: Option<Masked>,
    /// MOTHER: whether the child is a mother, if said.
    pub mother: Option<bool>,
    /// MC_DOB, the date of birth of the mother's child.
    pub mc_dob: Option<Night>,
}

const SEX: usize = 1;
const DOB: usize = 2;
const ETHNIC: usize = 3;
const UPN: usize = 4;
const MOTHER: usize = 5;
const MC_DOB: usize = 6;

/// Over this age at the start of the year nobody is looked after, nor a care leaver (rule 351).
const OLDEST: i16 = 25;

/// The children of a return: who stands in the Header, and whose row is held.
#[derive(Default)]
pub(super) struct Children {
    pub(super) rows: Vec<HeaderRow>,
    /// The place of each child that the sheets name, by number.
    places: Vec<Option<u32>>,
    held: HashSet<String>,
}

impl Children {
    /// The place of a row's child among the rows.
    pub(super) fn place(&self, row: Row<'_>) -> Option<usize> {
        let place = self.places.get(row.child()? as usize)?;
        place.map(|place| place as usize)
    }

    /// Whether the child had a row, but one that is held.
    pub(super) fn is_held(&self, child: &str) -> bool {
        self.held.contains(child)
    }

    /// Takes one row, or says why not.
    pub(super) fn take(&mut self, check: &mut Check<'_>) -> Fate {
        let child = check.child();
        let row = read(check, child);
        let Some(row) = row.filter(|_| !check.held) else {
            self.held.extend(child.map(str::to_string));
            return Fate::Held;
        };
        let Some(first) = self.place(check.row) else {
            self.stand(check.row, row);
            return Fate::Stood;
        };
        let stands = &self.rows[first];
        if *stands == (HeaderRow { line: stands.line, ..row }) {
            check.repeated(stands.line, "INT32");
            return Fate::Repeated;
        }
        let sentence = format!(
            "This CHILD is on line {} with other details; keep the row that is right and delete the other.",
            stands.line
        );
        check.find(0, "INT32", Weight::Hold, sentence);
        Fate::Held
    }

    fn stand(&mut self, from: Row<'_>, row: HeaderRow) {
        let number = from.child().expect("a row that stands names a child") as usize;
        if self.places.len() <= number {
            self.places.resize(number + 1, None);
        }
        self.places[number] = Some(self.rows.len() as u32);
        self.rows.push(row);
    }
}

fn read(check: &mut Check<'_>, child: Option<&str>) -> Option<HeaderRow> {
    let sex = check.code(SEX, CodeSet::Sex, "101", Weight::Note, true);
    let dob = birth(check);
    let ethnic = check.code(ETHNIC, CodeSet::Ethnic, "103", Weight::Note, true);
    let upn = pupil_number(check);
    let mother = mother(check);
    let mc_dob = check.date(MC_DOB, "171", Weight::Note, false);
    Some(HeaderRow { line: check.line, child: Masked::new(child?), sex, dob: dob?, ethnic, upn, mother, mc_dob })
}

fn birth(check: &mut Check<'_>) -> Option<Night> {
    let dob = check.date(DOB, "102", Weight::Hold, true)?;
    let year = check.year;
    if dob > year.known_through() {
        let sentence = format!(
            "DOB {} is after the {year} return ends; correct it, or leave the child to a later return.",
            british(dob)
        );
        check.find(DOB, "301", Weight::Hold, sentence);
    } else if dob.birthday(OLDEST) < year.nights().start() {
        let shown = british(dob);
        let sentence = format!("DOB {shown} makes the child over {OLDEST} when the {year} return begins; correct it.");
        check.find(DOB, "351", Weight::Hold, sentence);
    }
    Some(dob)
}

fn pupil_number(check: &mut Check<'_>) -> Option<Masked> {
    match check.text(UPN) {
        "" | "UN1" | "UN2" | "UN3" | "UN4" | "UN5" => None,
        number if is_pupil_number(number.as_bytes()) => Some(Masked::new(number)),
        _ => {
            let sentence = "UPN is not a unique pupil number; write its letter and twelve figures, or UN1 to \
                            UN5 if there is none.";
            check.find(UPN, "168", Weight::Note, sentence);
            None
        }
    }
}

/// A letter other than I, O and S, eleven figures, and a figure or (a temporary number) a letter.
pub(super) fn is_pupil_number(number: &[u8]) -> bool {
    let [first, middle @ .., last] = number else { return false };
    first.is_ascii_uppercase()
        && !b"IOS".contains(first)
        && middle.len() == 11
        && middle.iter().all(u8::is_ascii_digit)
        && (last.is_ascii_digit() || last.is_ascii_uppercase())
}

/// Rule 165 also asks whether a boy is a mother and whether every girl is answered for; that is the
/// collection's business, not ours.
fn mother(check: &mut Check<'_>) -> Option<bool> {
    match check.text(MOTHER) {
        "" => None,
        "0" => Some(false),
        "1" => Some(true),
        _ => {
            let sentence = "MOTHER is neither 0 nor 1; write 1 for a mother, 0 otherwise, or leave it blank.";
            check.find(MOTHER, "165", Weight::Note, sentence);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::*;

    #[test]
    fn the_columns_stand_where_the_reader_thinks() {
        let columns = Table::Header.columns();
        let places = [0, SEX, DOB, ETHNIC, UPN, MOTHER, MC_DOB].map(|place| columns[place]);
        assert_eq!(places, ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"]);
    }

    #[test]
    fn a_pupil_number_is_a_letter_and_twelve_figures() {
        for right in ["A123456789012", "Z12345678901B"] {
            assert!(is_pupil_number(right.as_bytes()), "{right}");
        }
        for wrong in ["I123456789012", "A12345678901", "A1234567890123", "A123456B89012", "1123456789012", "A"] {
            assert!(!is_pupil_number(wrong.as_bytes()), "{wrong}");
        }
    }
}
