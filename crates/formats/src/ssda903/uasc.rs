//! Unaccompanied asylum-seeking children.

use std::collections::HashMap;

use kernel::{Masked, Night};

use super::findings::{Check, Weight, british};
use super::header::Children;
use super::read::Fate;

/// One child's status as an unaccompanied asylum-seeking child.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UascRow {
    /// The line in the file.
    pub line: u32,
    /// CHILD. The row stands even if no row of the Header does (INT09); whoever uses it looks the child up.
    pub child: Masked,
    /// DOB as this table has it; where the Header differs (INT18) the Header's is the one to use.
    pub dob: Night,
    /// DUC, the date on which the status ceases, if valid.
    pub duc: Option<Night>,
}

const DOB: usize = 2;
const DUC: usize = 3;

/// The rows that stand so far.
#[derive(Default)]
pub(super) struct Uasc {
    pub(super) rows: Vec<UascRow>,
    by_child: HashMap<String, usize>,
}

impl Uasc {
    /// Takes one row, or says why not.
    pub(super) fn take(&mut self, children: &Children, check: &mut Check<'_>) -> Fate {
        let child = check.child();
        let dob = check.date(DOB, "102", Weight::Hold, true);
        let duc = check.date(DUC, "104", Weight::Note, false);
        let (Some(child), Some(dob), false) = (child, dob, check.held) else { return Fate::Held };
        agrees_with_header(check, children, child, dob);
        let row = UascRow { line: check.line, child: Masked::new(child), dob, duc };
        let Some(first) = self.by_child.get(child).map(|&first| &self.rows[first]) else {
            self.by_child.insert(child.to_string(), self.rows.len());
            self.rows.push(row);
            return Fate::Stood;
        };
        if (first.dob, first.duc) == (dob, duc) {
            check.repeated(first.line, "CB06");
            return Fate::Repeated;
        }
        let sentence = format!(
            "This CHILD is on line {} with other dates; keep the row that is right and delete the other.",
            first.line
        );
        check.find(0, "CB07", Weight::Hold, sentence);
        Fate::Held
    }
}

fn agrees_with_header(check: &mut Check<'_>, children: &Children, child: &str, dob: Night) {
    let Some(person) = children.place(check.row) else {
        let sentence = if children.is_held(child) {
            "This CHILD's row in the Header is held; mend that row."
        } else {
            "This CHILD is not in the Header; add the child there, or correct CHILD."
        };
        check.find(0, "INT09", Weight::Note, sentence);
        return;
    };
    let header = children.rows[person].dob;
    if header != dob {
        let sentence = format!(
            "DOB {} is {} in the Header; correct whichever is wrong. The Header's is used.",
            british(dob),
            british(header)
        );
        check.find(DOB, "INT18", Weight::Note, sentence);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::*;

    #[test]
    fn the_columns_stand_where_the_reader_thinks() {
        let columns = Table::Uasc.columns();
        assert_eq!([columns[0], columns[DOB], columns[DUC]], ["CHILD", "DOB", "DUC"]);
    }
}
