//! `grants facts`: make the tables of the funding formula from the publishers' files, list them, show a council's.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use app::{CompileReport, CouncilFacts, IndicatorListing, Problem};
use clap::Subcommand;

/// Folders below the one named that are looked into for publishers' files.
const DEEPEST: usize = 2;

/// What to do with the facts.
#[derive(Subcommand)]
pub enum GrantsFacts {
    /// Make the tables from the publishers' own files: all of them, or none if anything is wrong.
    #[command(
        after_help = "Files are known by their columns, whatever they are called; gzip is unpacked; what no table needs \
                      is passed over and listed. docs/indicators.md says which files are wanted.\n\nExample:\n  \
                      carebank grants facts compile --from downloads/ --out tables/"
    )]
    Compile {
        /// The folder of the publishers' files, and the folders in it.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// Where the tables go; made if it is not there.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Every indicator that ships: of when, whose, how many councils published and estimated.
    #[command(after_help = "Example:\n  carebank grants facts list --all")]
    List {
        /// Single years of age too.
        #[arg(long)]
        all: bool,
    },
    /// One council's values, how each stands, and what the publisher wrote where it withheld one.
    #[command(after_help = "Example:\n  carebank grants facts show \"Isles of Scilly\"")]
    Show {
        /// The council: its code (E06000053), DfE number (420) or name.
        council: String,
        /// Single years of age too.
        #[arg(long)]
        all: bool,
    },
}

/// Reads, and asks the use case; writes only when everything was right.
pub fn compile(from: &Path, out: &Path) -> Result<CompileReport, Problem> {
    let mut paths = Vec::new();
    find(from, DEEPEST, &mut paths)?;
    paths.sort();
    let mut files = Vec::new();
    for path in &paths {
        let bytes = std::fs::read(path).map_err(|error| crate::unreadable(path, &error))?;
        let name = path.strip_prefix(from).unwrap_or(path);
        files.push((name.display().to_string(), bytes));
    }
    let compiled = app::compile_facts(files)?;
    let unwritable = |path: &Path, error: std::io::Error| {
        Problem::asked("file.unwritable", format!("{} cannot be written: {error}", path.display()))
    };
    std::fs::create_dir_all(out).map_err(|error| unwritable(out, error))?;
    // Each under another name first, so that a full disk leaves no half of a table under its own.
    let placed = |name: &str, end: &str| out.join(format!("{name}{end}"));
    for (name, text) in &compiled.tables {
        let path = placed(name, ".new");
        std::fs::write(&path, text).map_err(|error| unwritable(&path, error))?;
    }
    for (name, _) in &compiled.tables {
        let path = placed(name, "");
        std::fs::rename(placed(name, ".new"), &path).map_err(|error| unwritable(&path, error))?;
    }
    Ok(compiled.report)
}

/// The CSV, gzipped CSV and HexJSON files of a folder and of those in it.
fn find(folder: &Path, depth: usize, into: &mut Vec<PathBuf>) -> Result<(), Problem> {
    let entries = std::fs::read_dir(folder).map_err(|error| crate::unreadable(folder, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| crate::unreadable(folder, &error))?.path();
        let name = path.to_string_lossy().to_ascii_lowercase();
        if path.is_dir() && depth > 0 {
            find(&path, depth - 1, into)?;
        } else if [".csv", ".csv.gz", ".hexjson"].iter().any(|end| name.ends_with(end)) {
            into.push(path);
        }
    }
    Ok(())
}

fn counts(of: &std::collections::BTreeMap<String, usize>) -> String {
    of.iter().map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(", ")
}

/// `population_7_2024`, of which there are hundreds.
fn single_age(id: &str) -> bool {
    let mut words = id.split('_');
    words.next() == Some("population") && words.clone().count() == 2 && words.all(|word| word.parse::<u16>().is_ok())
}

/// What a compilation read and made.
pub fn compiled(report: &CompileReport) -> String {
    let mut page = String::from("Read:\n");
    for file in report.files.iter().filter(|file| file.kind.is_some()) {
        let withheld =
            if file.withheld.is_empty() { String::new() } else { format!(", withheld: {}", counts(&file.withheld)) };
        let _ = writeln!(page, "  {}: {} rows, {} areas{withheld}", file.file, file.rows, file.areas);
    }
    let strangers: Vec<&str> =
        report.files.iter().filter(|file| file.kind.is_none()).map(|file| file.file.as_str()).collect();
    if !strangers.is_empty() {
        let _ = writeln!(page, "Passed over, no table needs them: {}", strangers.join(", "));
    }
    page.push_str("Made, by indicator (councils published; estimated by method):\n");
    for made in report.indicators.iter().filter(|made| !single_age(&made.id)) {
        let _ = writeln!(page, "  {:<36} {:>3}; {}", made.id, made.published, counts(&made.estimated));
    }
    let ages = report.indicators.iter().filter(|made| single_age(&made.id)).count();
    let _ = writeln!(page, "  and {ages} indicators of a single year of age");
    page
}

/// The list of indicators.
pub fn list(indicators: &[IndicatorListing], all: bool) -> String {
    let mut page = String::new();
    for listed in indicators.iter().filter(|listed| all || !single_age(&listed.id)) {
        let _ = writeln!(page, "{}  ({}, {})", listed.id, listed.unit, listed.vintage);
        let _ = writeln!(page, "  {}", listed.title);
        let _ = writeln!(page, "  published {}; estimated {}", listed.published, counts(&listed.estimated));
        let _ = writeln!(
            page,
            "  {} <{}> {}; read {}",
            listed.source.title, listed.source.url, listed.source.licence, listed.known_from
        );
        if let Some(proxy) = &listed.proxy {
            let _ = writeln!(page, "  Note: {proxy}");
        }
    }
    let ages = indicators.iter().filter(|listed| single_age(&listed.id)).count();
    if !all {
        let _ = writeln!(page, "And {ages} indicators of a single year of age; --all lists them.");
    }
    page
}

/// One council's values.
pub fn show(facts: &CouncilFacts, all: bool) -> String {
    let mut page = format!("{} ({}), {}", facts.name, facts.code, facts.region);
    if let Some(decile) = facts.deprivation_decile {
        let _ = write!(page, "; tenth {decile} of councils by deprivation (1 is the most deprived)");
    }
    page.push('\n');
    for fact in facts.values.iter().filter(|fact| all || !single_age(&fact.id)) {
        let basis =
            fact.method.as_ref().map_or(fact.basis.to_owned(), |(method, _)| format!("{}: {method}", fact.basis));
        let mark = fact.mark.as_ref().map_or(String::new(), |mark| format!(", the publisher wrote `{mark}`"));
        let _ = writeln!(page, "  {:<36} {:>16}  {} [{basis}{mark}]", fact.id, fact.amount, fact.unit);
    }
    page
}
