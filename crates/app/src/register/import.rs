//! A list of Ofsted's goes in; who joined, left and changed comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use formats::ofsted::{self, ProviderList, ProviderRow};
use kernel::{Night, Seq};
use register::{Change, Field, List, ListRow, Setting, SettingRef, Taken, fold, take};
use serde::Serialize;
use serde::de::IntoDeserializer;
use store::{ListRecord, Wing};

use super::Tally;
use crate::office::{Committed, Office, Progress};
use crate::problem::Problem;
use crate::reference::sha256;

const SOURCE: &str = "ofsted";

/// Which list.
#[derive(Clone, Debug)]
pub struct ListOptions {
    /// The date as at which it was made.
    pub at: Night,
    /// The file, as it is called.
    pub file: String,
}

/// Settings of one sort, as the list spells it, and of one status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindLine {
    /// The sort, as spelled.
    pub kind: String,
    /// Whether it is a sort that we know.
    pub known: bool,
    /// The status, as spelled.
    pub status: String,
    /// The sector, as spelled.
    pub sector: String,
    /// How many.
    #[serde(flatten)]
    pub tally: Tally,
}

/// Children's homes of every type, counted one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HomesLine {
    /// Which are counted.
    pub which: String,
    /// Homes.
    pub homes: usize,
    /// Places that they are registered for.
    pub places: u32,
    /// Homes of the private sector.
    pub private: usize,
    /// Organisations that own them, by their names as spelled.
    pub owners: usize,
    /// The same where case, spaces and punctuation make no difference.
    pub owners_folded: usize,
}

/// A value that was kept as text because it could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListFinding {
    /// The line in the file.
    pub line: u32,
    /// The column.
    pub column: String,
    /// A stable code.
    pub code: String,
    /// What, and how to mend it.
    pub sentence: String,
}

/// What taking a list did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListReport {
    /// The commit; none if nothing changed.
    pub tx: Option<Seq>,
    /// The file.
    pub file: String,
    /// The date as at which it was made.
    pub at: Night,
    /// Whether it names everybody, or only those who came and went.
    pub whole: bool,
    /// The line of its header.
    pub header: u32,
    /// The encoding found.
    pub encoding: String,
    /// Rows in it.
    pub rows: usize,
    /// Rows that repeat another.
    pub repeated: usize,
    /// Values that the publisher withheld.
    pub withheld: usize,
    /// Columns passed over.
    pub ignored: Vec<String>,
    /// In this list and in none before.
    pub joined: Vec<SettingRef>,
    /// In the register until now, and gone.
    pub left: Vec<SettingRef>,
    /// Gone before, and here again.
    pub returned: Vec<SettingRef>,
    /// Here before and now, and different.
    pub changed: Vec<Change>,
    /// Here before and now, and the same.
    pub same: usize,
    /// By sort, status and sector, as spelled.
    pub kinds: Vec<KindLine>,
    /// Children's homes of every type, counted several ways; empty if there is none.
    pub homes: Vec<HomesLine>,
    /// Values kept as text.
    pub findings: Vec<ListFinding>,
}

impl Office {
    /// Takes a list, all or nothing. The same list again changes nothing.
    pub fn import_ofsted<'a>(
        &self,
        options: &ListOptions,
        data: impl Read + 'a,
        progress: Progress<'_>,
    ) -> Result<ListReport, Problem> {
        self.list_has_come(options)?;
        let mut db = self.open(Wing::Care)?;
        let read = ofsted::read(&options.file, data)
            .map_err(|refusal| Problem::refused(&format!("register.{}", refusal.code()), refusal.to_string()))?;
        progress(&format!("{} rows read", read.rows.len()));
        let list = list(options, &read);
        let digest = digest(&options.at.iso(), &list);
        let mut report = report(options, &read);
        let committed = self.commit(&mut db, "register import ofsted", &digest, |db, seq| {
            // A list of Ofsted's says nothing of households, nor a council's list of households of anybody else.
            let before: Vec<ListRecord> =
                db.lists(Seq::NOW)?.into_iter().filter(|list| list.source == SOURCE).collect();
            let mut known = db.settings(Seq::NOW)?;
            known.retain(|setting, _| !setting.is_household());
            let whole: BTreeSet<Night> = before.iter().filter(|list| list.whole).map(|list| list.as_at).collect();
            let taken = take(&known, &whole, &list, seq);
            let newest = before.iter().rfind(|list| list.as_at == options.at);
            let repeated = taken.versions.is_empty() && newest.is_some_and(|newest| newest.digest == digest);
            told(&mut report, &taken);
            if repeated {
                return Ok(None);
            }
            db.record_settings(&taken.versions)?;
            db.record_list(&ListRecord {
                seq,
                source: SOURCE.to_owned(),
                as_at: options.at,
                whole: list.whole,
                file: options.file.clone(),
                digest: digest.clone(),
                summary: summary(&report),
            })?;
            Ok(Some(()))
        })?;
        report.tx = match committed {
            Committed::Recorded(seq, ()) | Committed::Replayed(seq) => Some(seq),
            Committed::Nothing => None,
        };
        Ok(report)
    }
}

impl Office {
    /// A list says what was so on a day: of a day to come nobody can say it.
    pub(super) fn list_has_come(&self, options: &ListOptions) -> Result<(), Problem> {
        if options.at <= self.today() {
            return Ok(());
        }
        let sentence = format!(
            "{} has not come yet: give with --at the day as at which {} was drawn up. Nothing was loaded.",
            options.at, options.file
        );
        Err(Problem::asked("register.date", sentence))
    }
}

/// The field of a column, by the name that both have.
fn field(column: &str) -> Option<Field> {
    use serde::Deserialize;
    let text: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = column.into_deserializer();
    Field::deserialize(text).ok()
}

fn list(options: &ListOptions, read: &ProviderList) -> List {
    let whole = !read.is_of_movements();
    let rows =
        read.rows.iter().flat_map(|row| if whole { vec![standing(row, options.at)] } else { moved(row, options.at) });
    List { at: options.at, whole, rows: rows.collect() }
}

fn facts(row: &ProviderRow) -> (SettingRef, Setting) {
    let mut facts = Setting::default();
    for (column, text) in &row.said {
        if let Some(field) = field(column) {
            facts.say(field, text);
        }
    }
    let setting = SettingRef::urn(row.urn.as_str()).expect("a URN of a list has the shape that the register asks");
    (setting, facts)
}

fn standing(row: &ProviderRow, at: Night) -> ListRow {
    let (setting, facts) = facts(row);
    ListRow { setting, from: at, listed: true, facts }
}

/// Who joined stands from its registration on, who left until its registration ended; some did both.
fn moved(row: &ProviderRow, at: Night) -> Vec<ListRow> {
    let (setting, facts) = facts(row);
    let date = |field| facts.text(field).and_then(Night::parse_british);
    let joined = row.text("joiner").is_some();
    let left = row.text("leaver").is_some();
    let mut rows = Vec::new();
    if joined || !left {
        let mut facts = facts.clone();
        if left {
            // What it came to in the end it was not yet when it joined.
            facts.say(Field::Status, "Active");
            facts.say(Field::Ended, "");
        }
        let from = date(Field::Registered).filter(|from| *from <= at).unwrap_or(at);
        rows.push(ListRow { setting: setting.clone(), from, listed: true, facts });
    }
    if left {
        let from = date(Field::Ended).filter(|from| *from <= at).unwrap_or(at);
        rows.push(ListRow { setting, from, listed: false, facts });
    }
    rows
}

/// What the list says, whatever the file looks like.
pub(super) fn digest(head: &str, list: &List) -> String {
    let mut text = format!("{head} {}\n", list.whole);
    let mut rows: Vec<String> = list
        .rows
        .iter()
        .map(|row| {
            let said: Vec<String> = row.facts.said().map(|(field, text)| format!("{field:?}={text:?}")).collect();
            format!("{} {} {} {}\n", row.setting, row.from.iso(), row.listed, said.join(" "))
        })
        .collect();
    rows.sort();
    text.extend(rows);
    sha256(&text)
}

fn report(options: &ListOptions, read: &ProviderList) -> ListReport {
    let all: Vec<Setting> = read.rows.iter().map(|row| facts(row).1).collect();
    let findings = read.findings.iter().map(|finding| ListFinding {
        line: finding.line,
        column: finding.column.to_owned(),
        code: finding.code.to_owned(),
        sentence: finding.sentence.clone(),
    });
    let mut findings: Vec<ListFinding> = findings.chain(unknown_words(options.at, read, &all)).collect();
    findings.sort_by_key(|finding| finding.line);
    ListReport {
        whole: !read.is_of_movements(),
        header: read.header,
        encoding: read.encoding.to_owned(),
        rows: read.rows.len(),
        repeated: read.repeated,
        withheld: read.withheld,
        ignored: read.ignored.clone(),
        kinds: kinds(&all),
        homes: if read.is_of_movements() { Vec::new() } else { homes(&all) },
        findings,
        ..ListReport::new(options)
    }
}

impl ListReport {
    /// Of a whole list of which nothing has been told yet.
    pub(super) fn new(options: &ListOptions) -> ListReport {
        ListReport {
            tx: None,
            file: options.file.clone(),
            at: options.at,
            whole: true,
            header: 1,
            encoding: "UTF-8".to_owned(),
            rows: 0,
            repeated: 0,
            withheld: 0,
            ignored: Vec::new(),
            joined: Vec::new(),
            left: Vec::new(),
            returned: Vec::new(),
            changed: Vec::new(),
            same: 0,
            kinds: Vec::new(),
            homes: Vec::new(),
            findings: Vec::new(),
        }
    }
}

/// Words that this version does not know: kept, and counted, so that somebody can say what they are.
fn unknown_words<'a>(
    at: Night,
    read: &'a ProviderList,
    all: &'a [Setting],
) -> impl Iterator<Item = ListFinding> + use<'a> {
    read.rows.iter().zip(all).flat_map(move |(row, facts)| {
        let unknown = |code: &str, field: Field, what: &str| ListFinding {
            line: row.line,
            column: field.name(),
            code: code.to_owned(),
            sentence: format!(
                "\"{}\" is {what} that this version does not know; it is kept as it is written.",
                facts.text(field).unwrap_or_default()
            ),
        };
        let says = |field| facts.text(field).is_some();
        [
            (says(Field::Kind) && facts.kind().is_none()).then(|| unknown("CB72", Field::Kind, "a sort of setting")),
            (says(Field::Status) && facts.status().is_none()).then(|| unknown("CB73", Field::Status, "a status")),
            (says(Field::Council) && facts.council(at).is_none()).then(|| unknown("CB74", Field::Council, "a council")),
        ]
        .into_iter()
        .flatten()
    })
}

pub(super) fn kinds(all: &[Setting]) -> Vec<KindLine> {
    let mut lines: BTreeMap<(String, String, String), (bool, Tally)> = BTreeMap::new();
    let text = |facts: &Setting, field| facts.text(field).unwrap_or("(blank)").to_owned();
    for facts in all {
        let key = (text(facts, Field::Kind), text(facts, Field::Status), text(facts, Field::Sector));
        let (known, tally) = lines.entry(key).or_default();
        *known = facts.kind().is_some();
        tally.count(facts);
    }
    lines
        .into_iter()
        .map(|((kind, status, sector), (known, tally))| KindLine { kind, known, status, sector, tally })
        .collect()
}

/// Children's homes of every type counted by status and by spelling: a count taken by one spelling alone can be
/// found again here, and so can what it missed.
fn homes(all: &[Setting]) -> Vec<HomesLine> {
    let homes: Vec<&Setting> = all.iter().filter(|facts| facts.kind().is_some_and(|k| k.is_childrens_home())).collect();
    if homes.is_empty() {
        return Vec::new();
    }
    let mut spellings: BTreeMap<&str, usize> = BTreeMap::new();
    for facts in &homes {
        *spellings.entry(facts.text(Field::Kind).unwrap_or_default()).or_default() += 1;
    }
    // Of each sort the spelling that most rows have is the usual one.
    let usual = |facts: &Setting| {
        let own = facts.text(Field::Kind).unwrap_or_default();
        !spellings.iter().any(|(other, count)| fold(other) == fold(own) && *count > spellings[own])
    };
    let active = |facts: &Setting| facts.status() == Some(register::Status::Active);
    let mut lines = vec![
        homes_line("active, however spelled", homes.iter().copied().filter(|facts| active(facts))),
        homes_line("not active", homes.iter().copied().filter(|facts| !active(facts))),
        homes_line("all, however spelled", homes.iter().copied()),
    ];
    if homes.iter().any(|facts| !usual(facts)) {
        lines.push(homes_line("all, in the usual spelling", homes.iter().copied().filter(|facts| usual(facts))));
        lines.push(homes_line("all, spelled otherwise", homes.iter().copied().filter(|facts| !usual(facts))));
    }
    lines
}

fn homes_line<'a>(which: &str, homes: impl Iterator<Item = &'a Setting>) -> HomesLine {
    let mut line = HomesLine { which: which.to_owned(), homes: 0, places: 0, private: 0, owners: 0, owners_folded: 0 };
    let mut owners: BTreeSet<&str> = BTreeSet::new();
    for facts in homes {
        line.homes += 1;
        line.places += u32::from(facts.places().unwrap_or(0));
        line.private += usize::from(facts.text(Field::Sector).is_some_and(|sector| fold(sector) == "private"));
        owners.extend(facts.text(Field::Owner));
    }
    line.owners = owners.len();
    line.owners_folded = owners.iter().map(|owner| fold(owner)).collect::<BTreeSet<String>>().len();
    line
}

pub(super) fn told(report: &mut ListReport, taken: &Taken) {
    report.joined.clone_from(&taken.joined);
    report.left.clone_from(&taken.left);
    report.returned.clone_from(&taken.returned);
    report.changed.clone_from(&taken.changed);
    report.same = taken.same;
}

pub(super) fn summary(report: &ListReport) -> String {
    serde_json::json!({
        "rows": report.rows,
        "joined": report.joined.len(),
        "left": report.left.len(),
        "returned": report.returned.len(),
        "changed": report.changed.len(),
        "same": report.same,
        "findings": report.findings.len(),
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_a_list_is_a_field_of_a_setting() {
        for column in formats::ofsted::COLUMNS {
            let known = matches!(column.name, "urn" | "joiner" | "leaver");
            assert_eq!(field(column.name).is_some(), !known, "{}", column.name);
        }
    }
}
