//! A return is checked before it is sent, or before it is believed. No store is needed, and nothing is recorded.
//!
//! Law 10: what is printed and the page name rows by table and line alone. Only the list that is asked for as a file
//! holds the council's own numbers of its children, for the council's own officer to find them by.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use formats::ofsted;
use formats::postcodes::Gazetteer;
use formats::ssda903::checks::{self, Asks, Checked, Flag, Rule, Why};
use formats::ssda903::{self, Beside, Providers, Sheets, Source, postcodes_of};
use kernel::{CouncilCode, ReturnYear, council};
use serde::{Serialize, Serializer};

use crate::import::{FindingReport, TableReport};
use crate::problem::Problem;

/// How many rows of one rule the page lists; the list in the file has all.
const PAGE_ROWS: usize = 100;

/// What one rule found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleReport {
    /// The Department's number for it.
    pub code: &'static str,
    /// `money`, `duty` or `identity`.
    pub decides: &'static str,
    /// The table in which it is mended.
    pub table: &'static str,
    /// The column in which it is mended first.
    pub field: &'static str,
    /// What is wrong and how to mend it.
    pub sentence: &'static str,
    /// Rows to mend.
    pub rows: usize,
    /// Rows of other tables that they were held against.
    pub beside: usize,
}

/// Rules that could not be run, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotRun {
    /// What is not there, and how to give it.
    pub why: String,
    /// Their codes.
    pub rules: Vec<&'static str>,
}

/// What some rules need beside the return; each part may be left out.
#[derive(Default)]
pub struct CheckBeside<'a> {
    /// Last year's return.
    pub previous: Vec<Source<'a>>,
    /// Opens the publisher's file of postcodes of a first letter; `None` for a letter without one.
    pub postcodes: Option<&'a LetterFile<'a>>,
    /// Ofsted's lists of providers, the earlier first.
    pub providers: Vec<Source<'a>>,
}

/// Opens the file of postcodes of a first letter, under its name.
pub type LetterFile<'a> = dyn Fn(char) -> Result<Option<(String, Box<dyn Read>)>, Problem> + 'a;

/// What the check of a return found.
#[derive(Serialize)]
pub struct CheckReport {
    /// The council.
    pub council: String,
    /// Its name.
    pub council_name: String,
    /// The collection year.
    pub year: ReturnYear,
    /// What was read, and how many rows an import would set aside.
    pub tables: Vec<TableReport>,
    /// Lines that are no row, and files that are no table.
    pub unread: Vec<FindingReport>,
    /// How many rules were run.
    pub rules_run: usize,
    /// The rules that could not be run.
    pub not_run: Vec<&'static str>,
    /// Why not, and which.
    pub not_run_because: Vec<NotRun>,
    /// The rules that found something, the most rows first.
    pub rules: Vec<RuleReport>,
    /// Rows to mend, over all rules.
    pub to_mend: usize,
    /// Every row flagged.
    pub findings: Findings,
}

/// What the rules found that need nothing but the return, counted by rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RulesRun {
    /// How many rules were run.
    pub rules_run: usize,
    /// How many could not be, for want of last year's return, postcodes, lists or a table.
    pub rules_not_run: usize,
    /// The rules that found something, the most rows first.
    pub rules: Vec<RuleReport>,
    /// Rows to mend, over all rules.
    pub to_mend: usize,
}

impl RulesRun {
    /// Runs them.
    pub(crate) fn of(sheets: &Sheets, council: CouncilCode) -> RulesRun {
        let checked = checks::check(sheets, None, &Beside { council: Some(council), postcodes: None, providers: None });
        let rules = count(&checked);
        let to_mend = rules.iter().map(|rule| rule.rows).sum();
        RulesRun { rules_run: checked.run.len(), rules_not_run: checked.not_run.len(), rules, to_mend }
    }
}

/// Every row flagged, by rule, table and line.
pub struct Findings {
    sheets: Sheets,
    checked: Checked,
}

/// One row flagged.
#[derive(Serialize)]
struct Finding<'f> {
    rule: &'static str,
    table: &'static str,
    file: &'f str,
    line: u32,
    field: &'static str,
    to_mend: bool,
}

impl Findings {
    fn each(&self) -> impl Iterator<Item = (&Flag, &'static Rule, Finding<'_>)> {
        self.checked.flags.iter().filter_map(|flag| {
            let rule = self.checked.rule(flag);
            let sheet = self.sheets.get(flag.table)?;
            let to_mend = self.checked.to_mend(flag);
            let finding = Finding {
                rule: rule.code,
                table: flag.table.name(),
                file: &sheet.file,
                line: sheet.row(flag.row as usize).line(),
                field: match (flag.table == rule.table, to_mend) {
                    (true, _) => rule.field,
                    (false, true) => "CHILD",
                    (false, false) => "",
                },
                to_mend,
            };
            Some((flag, rule, finding))
        })
    }

    /// The list for the council's own officer, as CSV. It alone holds the council's numbers of its children.
    pub fn write_csv(&self, mut to: impl Write) -> io::Result<()> {
        to.write_all(b"rule,decides,table,file,line,child,field,mend,sentence\r\n")?;
        for (flag, rule, finding) in self.each() {
            let sheet = self.sheets.get(flag.table);
            let child = sheet.map_or("", |sheet| sheet.row(flag.row as usize).text(0));
            let mend = if finding.to_mend { "here" } else { "beside" };
            write!(to, "{},{},{},", rule.code, rule.decides.word(), finding.table)?;
            quoted(&mut to, finding.file)?;
            write!(to, ",{},", finding.line)?;
            quoted(&mut to, child)?;
            write!(to, ",{},{mend},", finding.field)?;
            quoted(&mut to, rule.sentence)?;
            to.write_all(b"\r\n")?;
        }
        to.flush()
    }
}

impl Serialize for Findings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.each().map(|(_, _, finding)| finding))
    }
}

/// A field of CSV. One that a spreadsheet would take for a formula gets an apostrophe, so that it stays text.
fn quoted(to: &mut impl Write, text: &str) -> io::Result<()> {
    let formula = text.starts_with(['=', '+', '-', '@', '\t']);
    if !formula && !text.contains(['"', ',', '\n', '\r']) {
        return to.write_all(text.as_bytes());
    }
    write!(to, "\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

/// Checks a return against the rules of its year, and against last year's return, postcodes and Ofsted's lists where they
/// are given.
pub fn check_ssda903(
    of: CouncilCode,
    year: ReturnYear,
    sources: Vec<Source<'_>>,
    with: CheckBeside<'_>,
) -> Result<CheckReport, Problem> {
    let refused =
        |refusal: ssda903::Refusal| Problem::refused(&format!("check.{}", refusal.code()), refusal.to_string());
    let sheets = ssda903::load(sources, year).map_err(refused)?;
    let stood = ssda903::stand(&sheets).map_err(refused)?;
    let last = match (with.previous.is_empty(), ReturnYear::try_new(year.ends() - 1)) {
        (true, _) => None,
        (false, Some(last)) => Some(ssda903::load(with.previous, last).map_err(refused)?),
        (false, None) => {
            let why = format!("the return before {year} is of a year whose codes we do not know; leave --previous out");
            return Err(Problem::asked("check.previous", why));
        }
    };
    let providers = providers(with.providers)?;
    let postcodes = match with.postcodes {
        Some(open) => Some(gazetteer(open, [Some(&sheets), last.as_ref()], providers.as_ref())?),
        None => None,
    };
    let beside = Beside { council: Some(of), postcodes, providers };
    let checked = checks::check(&sheets, last.as_ref(), &beside);
    let council = council(of);
    let unread = |finding: &&ssda903::Finding| finding.field.is_empty();
    let rules = count(&checked);
    Ok(CheckReport {
        council: council.code.to_string(),
        council_name: council.name.to_owned(),
        year,
        tables: stood.tables.iter().map(TableReport::new).collect(),
        unread: stood.findings.iter().filter(unread).cloned().map(FindingReport::from).collect(),
        rules_run: checked.run.len(),
        not_run: checked.not_run.iter().map(|(rule, _)| rule.code).collect(),
        not_run_because: because(&checked.not_run),
        to_mend: rules.iter().map(|rule| rule.rows).sum(),
        rules,
        findings: Findings { sheets, checked },
    })
}

/// Whom the lists name; none if there is no list.
fn providers(lists: Vec<Source<'_>>) -> Result<Option<Providers>, Problem> {
    let mut providers = Providers::default();
    for list in lists {
        let read = ofsted::read(&list.name, list.data);
        let refused =
            |refusal: ofsted::Refusal| Problem::refused(&format!("register.{}", refusal.code()), refusal.to_string());
        providers.add(&read.map_err(refused)?);
    }
    Ok(Some(providers).filter(|providers| !providers.is_empty()))
}

/// Where the postcodes of the returns and of the providers are; of the publisher's files only those of their first letters
/// are read.
fn gazetteer(
    open: &LetterFile<'_>,
    returns: [Option<&Sheets>; 2],
    providers: Option<&Providers>,
) -> Result<Gazetteer, Problem> {
    let mut wanted = returns.into_iter().flatten().fold(std::collections::HashSet::new(), |mut wanted, sheets| {
        wanted.extend(postcodes_of(sheets));
        wanted
    });
    wanted.extend(providers.into_iter().flat_map(Providers::postcodes).map(str::to_owned));
    let letters: BTreeSet<char> = wanted.iter().filter_map(|text| text.chars().next()).collect();
    let mut gazetteer = Gazetteer::default();
    for letter in letters.into_iter().filter(char::is_ascii_uppercase) {
        let Some((name, data)) = open(letter)? else { continue };
        let added = gazetteer.add(&name, data, &wanted);
        added.map_err(|refusal| Problem::refused(&format!("register.{}", refusal.code()), refusal.to_string()))?;
    }
    Ok(gazetteer)
}

/// Why the rules that were not run were not, in order of the reason.
fn because(not_run: &[(&'static Rule, Why)]) -> Vec<NotRun> {
    let mut by_reason: BTreeMap<Why, Vec<&'static str>> = BTreeMap::new();
    for (rule, why) in not_run {
        by_reason.entry(*why).or_default().push(rule.code);
    }
    let of = |(why, rules)| {
        let why = match why {
            Why::Table(table) => format!("{table} is not among the files"),
            Why::LastYear(table) => format!("last year's {table} is not among the files of --previous"),
            Why::Asks(Asks::Postcodes) => "the postcodes were not given (--postcodes)".to_owned(),
            Why::Asks(Asks::Providers) => "no list of Ofsted's was given (--providers)".to_owned(),
        };
        NotRun { why, rules }
    };
    by_reason.into_iter().map(of).collect()
}

fn count(checked: &Checked) -> Vec<RuleReport> {
    let mut rules: Vec<RuleReport> = Vec::new();
    for flags in checked.flags.chunk_by(|one, other| checked.rule(one).code == checked.rule(other).code) {
        let rule = checked.rule(&flags[0]);
        let rows = flags.iter().filter(|flag| checked.to_mend(flag)).count();
        rules.push(RuleReport { rows, beside: flags.len() - rows, ..RuleReport::new(rule) });
    }
    rules.sort_by_key(|rule| (std::cmp::Reverse(rule.rows), rule.code));
    rules
}

/// The rules that the return of a year is held to, with nothing found.
pub fn check_rules(ends: i16) -> Vec<RuleReport> {
    checks::rules().filter(|rule| rule.applies(ends)).map(RuleReport::new).collect()
}

impl RuleReport {
    fn new(rule: &Rule) -> RuleReport {
        RuleReport {
            code: rule.code,
            decides: rule.decides.word(),
            table: rule.table.name(),
            field: rule.field,
            sentence: rule.sentence,
            rows: 0,
            beside: 0,
        }
    }
}

impl CheckReport {
    /// A page to work through: counts by rule, then each rule with the lines to mend. It names no child.
    pub fn write_page(&self, mut to: impl Write) -> io::Result<()> {
        let title = format!("SSDA903 {} of {}: {} rows to mend", self.year, self.council_name, self.to_mend);
        write!(
            to,
            "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n\
             <style>{STYLE}</style></head>\n<body><main>\n<h1>{0}</h1>\n",
            escaped(&title)
        )?;
        writeln!(
            to,
            "<p>{} rules were run, {} could not be. Lines are those of the files. This page names no child.</p>",
            self.rules_run,
            self.not_run.len()
        )?;
        if !self.not_run_because.is_empty() {
            writeln!(to, "<ul>")?;
            for reason in &self.not_run_because {
                writeln!(to, "<li>Not run, because {}: {}.", escaped(&reason.why), reason.rules.join(", "))?;
            }
            writeln!(to, "</ul>")?;
        }
        self.write_tables(&mut to)?;
        writeln!(
            to,
            "<h2>Rules</h2>\n<table><thead><tr><th scope=\"col\">Rule<th scope=\"col\">Decides<th scope=\"col\">Where"
        )?;
        writeln!(to, "<th scope=\"col\" class=\"n\">Rows<th scope=\"col\">What, and how to mend it</thead><tbody>")?;
        for rule in &self.rules {
            writeln!(
                to,
                "<tr><th scope=\"row\"><a href=\"#r{0}\">{0}</a><td>{1}<td>{2} {3}<td class=\"n\">{4}<td>{5}",
                rule.code,
                rule.decides,
                rule.table,
                rule.field,
                rule.rows,
                escaped(rule.sentence)
            )?;
        }
        writeln!(to, "</tbody></table>")?;
        for rule in &self.rules {
            self.write_rule(&mut to, rule)?;
        }
        writeln!(to, "</main></body></html>")?;
        to.flush()
    }

    fn write_tables(&self, to: &mut impl Write) -> io::Result<()> {
        writeln!(to, "<h2>Tables</h2>\n<table><thead><tr><th scope=\"col\">Table<th scope=\"col\">File")?;
        writeln!(
            to,
            "<th scope=\"col\" class=\"n\">Rows<th scope=\"col\" class=\"n\">Set aside by an import</thead><tbody>"
        )?;
        for table in &self.tables {
            writeln!(
                to,
                "<tr><th scope=\"row\">{}<td>{}<td class=\"n\">{}<td class=\"n\">{}",
                table.table,
                escaped(&table.file),
                table.rows,
                table.held
            )?;
        }
        writeln!(to, "</tbody></table>")?;
        if !self.unread.is_empty() {
            writeln!(to, "<h2>Not read</h2>\n<ul>")?;
            for finding in self.unread.iter().take(PAGE_ROWS) {
                let (file, sentence) = (escaped(&finding.file), escaped(&finding.sentence));
                writeln!(to, "<li>{file}, line {}: {sentence} [{}]", finding.line, finding.code)?;
            }
            writeln!(to, "</ul>")?;
        }
        Ok(())
    }

    fn write_rule(&self, to: &mut impl Write, rule: &RuleReport) -> io::Result<()> {
        let (code, table, field) = (rule.code, rule.table, rule.field);
        writeln!(to, "<h2 id=\"r{code}\">{code}: {table} {field}</h2>\n<p>{}</p>", escaped(rule.sentence))?;
        let own = self.findings.each().filter(|(_, found, finding)| found.code == code && finding.to_mend);
        let mut by_file: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (_, _, finding) in own.take(PAGE_ROWS) {
            by_file.entry(finding.file).or_default().push(finding.line.to_string());
        }
        let shown: usize = by_file.values().map(Vec::len).sum();
        let in_file = |(file, lines): (&str, &Vec<String>)| {
            format!("In {}, line{} {}", escaped(file), if lines.len() == 1 { "" } else { "s" }, lines.join(", "))
        };
        let files: Vec<String> = by_file.iter().map(|(file, lines)| in_file((file, lines))).collect();
        write!(to, "<p>{}", files.join(". "))?;
        match rule.rows.saturating_sub(shown) {
            0 => writeln!(to, ".</p>"),
            more => writeln!(to, " and {more} more, which the list of findings has.</p>"),
        }
    }
}

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;margin:0;color:#0b0c0c}main{max-width:70rem;margin:auto;\
                     padding:1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;\
                     padding:.4rem .8rem .4rem 0;border-bottom:1px solid #b1b4b6}.n{text-align:right}a{color:#1d70b8}";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spreadsheet_takes_a_field_for_a_formula() {
        let shown = |text: &str| {
            let mut out = Vec::new();
            quoted(&mut out, text).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(shown("100371"), "100371");
        assert_eq!(shown("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(shown("a,b"), "\"a,b\"");
    }
}
