//! What a return tells of a child beside the episodes: reviews, adoption, earlier permanence, times missing, social
//! workers, deprivation of liberty, and of the Header and UASC what decides no night. Health (OC2) and care leavers (OC3)
//! are not kept: no money, duty or identity of a looked-after child turns on them.
//!
//! Each row is one line: the table and its columns after CHILD and DOB, with tabs between, dates as the return writes
//! them.

use kernel::Masked;

use super::Table;
use super::findings::{Check, Weight, push_british};
use super::header::{Children, is_pupil_number};
use super::read::Fate;

/// The columns of a table that are told, by place; none of a table whose rows are kept elsewhere or not at all.
pub(super) fn columns(table: Table) -> &'static [usize] {
    match table {
        Table::Header => &[4, 5, 6],
        Table::Uasc => &[3],
        Table::Reviews => &[2, 3],
        Table::Ad1 => &[2, 3, 4, 5, 6, 7],
        Table::PlacedAdoption | Table::PrevPerm | Table::Missing => &[2, 3, 4],
        Table::SwEpisodes => &[2, 3, 4, 5],
        Table::DoLo => &[2, 3],
        Table::Episodes | Table::Oc2 | Table::Oc3 => &[],
    }
}

/// The date without which a row says nothing, and the rule that asks for it.
fn key(table: Table) -> Option<(usize, &'static str)> {
    match table {
        Table::Reviews => Some((2, "166")),
        Table::Missing => Some((3, "1004")),
        Table::SwEpisodes => Some((3, "SW04STG1")),
        Table::DoLo => Some((2, "700")),
        _ => None,
    }
}

/// Lines by child.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Told {
    text: String,
    /// The child's place among the headers, and where the line ends; it begins where the one before ends.
    lines: Vec<(u32, u32)>,
    /// Lines in order of child, then of text, once all are there.
    order: Vec<u32>,
    /// For each place of the Header, where its lines begin in `order`; they end where the next begin.
    starts: Vec<u32>,
    /// Tables of which a row of a child is held, so that the return may not tell all.
    held: Vec<(Table, Option<Masked>)>,
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} lines", self.lines.len())
    }
}

impl Told {
    fn line(&self, line: u32) -> &str {
        let start = if line == 0 { 0 } else { self.lines[line as usize - 1].1 };
        &self.text[start as usize..self.lines[line as usize].1 as usize]
    }

    /// Keeps a row of the child at a place of the Header.
    pub(super) fn keep(&mut self, place: u32, check: &Check<'_>) {
        self.text.push_str(check.table.name());
        for &column in columns(check.table) {
            self.text.push('\t');
            let text = check.text(column);
            match check.table.dates().contains(&column).then(|| check.row.date(column)) {
                Some(Some(night)) => push_british(night, &mut self.text),
                Some(None) => {}
                None if check.table == Table::Header && column == 4 && !is_upn(text) => {}
                None => self.text.extend(text.chars().map(|one| if one == '\t' { ' ' } else { one })),
            }
        }
        self.lines.push((place, self.text.len() as u32));
    }

    /// Takes one row of a table that is told line by line, or says why not.
    pub(super) fn take(&mut self, children: &Children, check: &mut Check<'_>) -> Fate {
        let child = check.child();
        let place = child.and_then(|_| children.place(check.row));
        if let (Some(child), None) = (child, place) {
            let sentence = if children.is_held(child) {
                "This CHILD's row in the Header is held; mend that row, and this one follows."
            } else {
                "This CHILD is not in the Header; add the child there, or correct CHILD."
            };
            check.find(0, not_in_header(check.table), Weight::Hold, sentence);
        }
        if let Some((column, rule)) = key(check.table) {
            check.date(column, rule, Weight::Hold, true);
        }
        match (place, check.held) {
            (Some(place), false) => {
                self.keep(place as u32, check);
                Fate::Stood
            }
            _ => {
                self.held.push((check.table, child.map(Masked::new)));
                Fate::Held
            }
        }
    }

    /// A line of a table was too broken to say whose it is.
    pub(super) fn broken(&mut self, table: Table) {
        self.held.push((table, None));
    }

    pub(super) fn finish(&mut self) {
        let children = self.lines.iter().map(|line| line.0 as usize + 1).max().unwrap_or(0);
        // Counted into their places by child, then sorted within each.
        let mut starts = vec![0u32; children + 1];
        self.lines.iter().for_each(|line| starts[line.0 as usize + 1] += 1);
        (0..children).for_each(|place| starts[place + 1] += starts[place]);
        let (mut next, mut order) = (starts.clone(), vec![0u32; self.lines.len()]);
        for (line, &(place, _)) in (0..).zip(&self.lines) {
            order[next[place as usize] as usize] = line;
            next[place as usize] += 1;
        }
        let mut kept = 0;
        for place in 0..children {
            let own = starts[place] as usize..starts[place + 1] as usize;
            order[own.clone()].sort_unstable_by(|&one, &other| self.line(one).cmp(self.line(other)));
            starts[place] = kept as u32;
            let first = kept;
            for at in own {
                if kept == first || self.line(order[kept - 1]) != self.line(order[at]) {
                    order[kept] = order[at];
                    kept += 1;
                }
            }
        }
        starts[children] = kept as u32;
        order.truncate(kept);
        (self.order, self.starts) = (order, starts);
        self.held.sort();
        self.held.dedup();
    }

    /// The lines of the child at a place of the Header, in order of their text, each once.
    pub fn of(&self, place: usize) -> impl Iterator<Item = &str> {
        let own = match self.starts.get(place..place + 2) {
            Some(&[from, to]) => &self.order[from as usize..to as usize],
            _ => &[],
        };
        own.iter().map(|&line| self.line(line))
    }

    /// Whether rows of a table of a child are held, or may be.
    pub fn is_doubtful(&self, table: Table, child: &Masked) -> bool {
        let held = |whose: Option<&Masked>| {
            self.held.binary_search_by(|(held, one)| held.cmp(&table).then_with(|| one.as_ref().cmp(&whose))).is_ok()
        };
        held(None) || held(Some(child))
    }
}

fn is_upn(text: &str) -> bool {
    is_pupil_number(text.as_bytes()) || matches!(text, "UN1" | "UN2" | "UN3" | "UN4" | "UN5")
}

fn not_in_header(table: Table) -> &'static str {
    match table {
        Table::Ad1 => "INT01",
        Table::PlacedAdoption => "INT02",
        Table::Missing => "INT04",
        Table::PrevPerm => "INT07",
        Table::Reviews => "INT08",
        _ => "INT03",
    }
}

/// The row of a table that a line tells of a child: the fields in the order of [`Table::columns`]. `None` for a line of
/// no table we know.
pub fn told_row(line: &str, child: &str, born: &str, sex: &str) -> Option<(Table, Vec<String>)> {
    let mut parts = line.split('\t');
    let name = parts.next()?;
    let table = Table::ALL.into_iter().find(|table| table.name() == name)?;
    let mut row: Vec<String> = table
        .columns()
        .iter()
        .map(|column| match *column {
            "CHILD" => child.to_owned(),
            "DOB" => born.to_owned(),
            "SEX" => sex.to_owned(),
            _ => String::new(),
        })
        .collect();
    for (&column, part) in columns(table).iter().zip(parts) {
        part.clone_into(&mut row[column]);
    }
    Some((table, row))
}
