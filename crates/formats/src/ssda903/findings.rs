//! What is wrong with a row, in plain words.
//!
//! Codes are the Department for Education's own rule numbers where it has one (collection 2024-25), else ours:
//!
//! | code | what | the row |
//! |---|---|---|
//! | CB01 | CHILD is blank or too long | held |
//! | CB02 | more or fewer fields than columns | held |
//! | CB03 | a quote is opened and not closed | held |
//! | CB04 | the line is longer than any row can be | held |
//! | CB05 | characters that no text has | held |
//! | CB06 | a row that is there already | counted once |
//! | CB07 | a second, different row for one child (and, of episodes, one DECOM) | held; one of no night is only told |
//! | CB08 | the file is empty | passed over |
//! | CB09 | the file is no table we know | passed over |
//!
//! A sentence may show codes and dates, never a CHILD, a UPN or a postcode. Fields slip into one another's
//! places, so a value is shown only if it has the shape of a code or a date and is not the row's CHILD.

use std::borrow::Cow;
use std::sync::Arc;

use kernel::{Code, CodeSet, Night, ReturnYear};

use super::Table;
use super::sheet::Row;

/// One thing to mend, or to know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The table, unless the file is none.
    pub table: Option<Table>,
    /// The file as it was named to us.
    pub file: Arc<str>,
    /// The line in the file, the first being 1; 0 when the finding is about the file.
    pub line: u32,
    /// The column, empty when the finding is about the line or the file.
    pub field: &'static str,
    /// The rule, as listed in the module's table.
    pub code: &'static str,
    /// Whether the row is left out. Otherwise it stands, with the field left empty or read as the sentence says.
    pub held: bool,
    /// What, and how to mend it.
    pub sentence: Cow<'static, str>,
}

/// What becomes of a row with a fault in one field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// The field decides identity, nights or money: the row is held.
    Hold,
    /// The row stands without it.
    Note,
}

/// The longest CHILD we take for one.
pub(super) const LONGEST_CHILD: usize = 20;

/// One row under examination.
pub(super) struct Check<'c> {
    pub(super) table: Table,
    pub(super) file: &'c Arc<str>,
    pub(super) year: ReturnYear,
    pub(super) line: u32,
    pub(super) row: Row<'c>,
    pub(super) findings: &'c mut Vec<Finding>,
    /// How many findings there were before this row.
    pub(super) before: usize,
    pub(super) held: bool,
}

impl<'c> Check<'c> {
    /// The trimmed text of a column, by its place in [`Table::columns`].
    pub(super) fn text(&self, column: usize) -> &'c str {
        self.row.text(column)
    }

    pub(super) fn find(
        &mut self,
        column: usize,
        code: &'static str,
        weight: Weight,
        sentence: impl Into<Cow<'static, str>>,
    ) {
        self.held |= weight == Weight::Hold;
        self.findings.push(Finding {
            table: Some(self.table),
            file: Arc::clone(self.file),
            line: self.line,
            field: self.table.columns()[column],
            code,
            held: weight == Weight::Hold,
            sentence: sentence.into(),
        });
    }

    /// CHILD is the first column of every table.
    pub(super) fn child(&mut self) -> Option<&'c str> {
        let child = self.text(0);
        let wrong = if child.is_empty() {
            "is blank"
        } else if child.chars().count() > LONGEST_CHILD {
            "is too long"
        } else {
            return Some(child);
        };
        let sentence = format!(
            "CHILD {wrong}; write the child's local reference, at most {LONGEST_CHILD} characters, as in the Header."
        );
        self.find(0, "CB01", Weight::Hold, sentence);
        None
    }

    /// A date; `None` if blank or wrong. A blank is reported only where `needed`.
    pub(super) fn date(&mut self, column: usize, rule: &'static str, weight: Weight, needed: bool) -> Option<Night> {
        let (text, night) = (self.text(column), self.row.date(column));
        if night.is_some() || (text.is_empty() && !needed) {
            return night;
        }
        let field = self.table.columns()[column];
        let sentence = if text.is_empty() {
            format!("{field} is blank; write day/month/year, such as 14/05/2025.")
        } else {
            let shown = self.shown(text, date_shaped);
            format!("{field}{shown} is not a date; write day/month/year, such as 14/05/2025.")
        };
        self.find(column, rule, weight, sentence);
        None
    }

    /// A code of a set in the year of the return; `None` if blank or wrong.
    pub(super) fn code(
        &mut self,
        column: usize,
        set: CodeSet,
        rule: &'static str,
        weight: Weight,
        needed: bool,
    ) -> Option<Code> {
        let text = self.text(column);
        let code = set.read(self.year, text);
        if code.is_some() || (text.is_empty() && !needed) {
            return code;
        }
        let field = self.table.columns()[column];
        let (what, year) = (name(set), self.year);
        let example = set.all(year).next().map(|(code, _)| code.to_string()).unwrap_or_default();
        let sentence = if text.is_empty() {
            format!("{field} is blank; write {what}, such as {example}.")
        } else {
            let shown = self.shown(text, code_shaped);
            let elsewhere = if set.meaning(text).is_some() { ", though other years have it" } else { "" };
            format!("{field}{shown} is not {what} of the {year} return{elsewhere}; write one, such as {example}.")
        };
        self.find(column, rule, weight, sentence);
        None
    }

    /// The row is there already: what was found in it was found there.
    pub(super) fn repeated(&mut self, first: u32, rule: &'static str) {
        self.findings.truncate(self.before);
        let sentence = format!("This row repeats line {first} and is counted once; delete one of the two.");
        self.find(0, rule, Weight::Note, sentence);
    }

    /// A space and the value, if it may be shown.
    fn shown(&self, text: &str, shaped: fn(&str) -> bool) -> String {
        if shaped(text) && text != self.text(0) { format!(" {text}") } else { String::new() }
    }
}

/// One to six letters, or one to three and one or two figures and perhaps a letter, or one figure: no
/// postcode, UPN or reference number is written so.
fn code_shaped(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let figures = text.bytes().skip(letters).take_while(u8::is_ascii_digit).count();
    let after = text.len() - letters - figures;
    match (letters, figures) {
        (0, 1) => after == 0,
        (1..=6, 0) => after == 0,
        (1..=3, 1..=2) => after == 0 || (after == 1 && text.ends_with(|last: char| last.is_ascii_alphabetic())),
        _ => false,
    }
}

/// Figures in three parts.
fn date_shaped(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let figures = |part: &&str| matches!(part.len(), 1..=4) && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(figures)
}

fn name(set: CodeSet) -> &'static str {
    match set {
        CodeSet::Sex => "a code for sex",
        CodeSet::Ethnic => "an ethnicity code",
        CodeSet::Rne => "a reason for a new episode",
        CodeSet::LegalStatus => "a legal status code",
        CodeSet::Need => "a category of need",
        CodeSet::Place => "a placement code",
        CodeSet::Provider => "a provider code",
        CodeSet::Rec => "a reason for an episode to cease",
        CodeSet::PlaceChange => "a reason for a change of placement",
    }
}

/// A date as the return writes it.
pub(super) fn british(night: Night) -> String {
    let mut text = String::with_capacity(10);
    push_british(night, &mut text);
    text
}

/// Appends a date as the return writes it. A return has some hundred thousand, and `write!` takes several times as long.
pub(super) fn push_british(night: Night, text: &mut String) {
    let date = night.date();
    let (day, month, year) = (i16::from(date.day()), i16::from(date.month()), date.year());
    let figure = |number: i16| char::from(b'0' + (number % 10) as u8);
    for two in [day, month] {
        text.extend([figure(two / 10), figure(two), '/']);
    }
    match year {
        1000..=9999 => text.extend([year / 1000, year / 100, year / 10, year].map(figure)),
        _ => text.push_str(&year.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_it_is_formatted() {
        for days in (-800_000..3_000_000).step_by(97) {
            let date = Night::from_days(days).map(|night| (night, night.date()));
            let Some((night, date)) = date else { continue };
            assert_eq!(british(night), format!("{:02}/{:02}/{}", date.day(), date.month(), date.year()));
        }
    }

    #[test]
    fn what_may_name_a_child_has_not_the_shape_of_a_code() {
        for code in ["C2", "E4A", "PR1", "CUSTOD", "1", "Z14", "ZZ", "WBRI"] {
            assert!(code_shaped(code), "{code}");
        }
        for other in ["123456", "M1 1AA", "M11AA", "SW1A1AA", "EC1A1BB", "A123456789012", "UN 1", "Ann-Marie", "", "Ç1"]
        {
            assert!(!code_shaped(other), "{other}");
        }
        assert!(date_shaped("31/13/2025") && date_shaped("2025-05-14") && date_shaped("1.2.25"));
        assert!(!date_shaped("12345") && !date_shaped("14 May 2025") && !date_shaped("M1/1AA/2"));
    }
}
