//! `grants`: every council's grant by formula, its reasons, and the studies beside it. Needs no store.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use app::formula::{Decimal, page, pdf};
use app::{Grants, GrantsRequest, Night, Pence, Problem, Texts};
use clap::{Args, Subcommand};

use crate::grants_render as render;
use crate::show;

fn decimal(text: &str) -> Result<Decimal, String> {
    text.parse().map_err(|error: app::formula::NotDecimal| error.to_string())
}

fn growth(text: &str) -> Result<Decimal, String> {
    let growth = decimal(text)?;
    let falls_to_nothing = growth <= -Decimal::ONE;
    if falls_to_nothing {
        Err("a total that falls by all of itself leaves nothing to split".to_owned())
    } else {
        Ok(growth)
    }
}

fn total(text: &str) -> Result<Pence, String> {
    app::parse_total(text).ok_or_else(|| {
        "write a total above nought and below a thousand million million, as 12.5bn, 950m or 12500000000.00".to_owned()
    })
}

fn day(text: &str) -> Result<Night, String> {
    Night::parse_iso(text).ok_or_else(|| "write a date as 2026-03-31".to_owned())
}

fn given(text: &str) -> Result<(String, Decimal), String> {
    let (id, value) = text.split_once('=').ok_or("write it as name=0.3")?;
    Ok((id.trim().to_owned(), decimal(value.trim())?))
}

/// What a grant rests on.
#[derive(Args, Clone)]
pub struct Rests {
    /// A shipped formula (children-act, equal-per-child, todays-spending, need-led, youth-community) or a file of your own.
    #[arg(long, default_value = "children-act", value_name = "NAME|FILE")]
    pub formula: String,
    #[command(flatten)]
    pub with: With,
}

/// What a grant rests on besides its formula.
#[derive(Args, Clone)]
pub struct With {
    /// Your own figures as CSV over the shipped facts: council,INDICATOR,… or council,indicator,value. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub facts: Vec<PathBuf>,
    /// Your own parameters as TOML over the shipped ones: a reform. Repeatable.
    #[arg(long, value_name = "FILE")]
    pub overlay: Vec<PathBuf>,
    /// A weight: children, disability or deprivation. Repeatable.
    #[arg(long, value_name = "NAME=NUMBER", value_parser = given)]
    pub weight: Vec<(String, Decimal)>,
    /// Any parameter by its id. Repeatable.
    #[arg(long, value_name = "ID=NUMBER", value_parser = given)]
    pub set: Vec<(String, Decimal)>,
    /// What is split in the first year: 12.5bn, 950m or pounds. Today's spending otherwise.
    #[arg(long, value_name = "POUNDS", value_parser = total, allow_hyphen_values = true)]
    pub total: Option<Pence>,
    /// By what part the total grows each year; -0.02 where it falls.
    #[arg(long, value_name = "NUMBER", value_parser = growth, default_value = "0", allow_hyphen_values = true)]
    pub growth: Decimal,
    /// The first year of the grant: 2026 is 2026-27.
    #[arg(long, default_value_t = 2026)]
    pub year: i16,
    /// How many years: one to five.
    #[arg(long, default_value_t = 1)]
    pub years: u8,
    /// The last year whose children are counted, not projected.
    #[arg(long, value_name = "YEAR")]
    pub base: Option<i16>,
    /// Parameters and facts as known on this date: facts known later are refused. Otherwise parameters as on the eve of the
    /// first year, and facts known later are told.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub known: Option<Night>,
    /// The indicator that holds last year's grants, in pounds, for floor and cap of the first year.
    #[arg(long, value_name = "INDICATOR")]
    pub previous: Option<String>,
    /// Weights that do not sum to 1 are meant: only their proportions to each other count. Otherwise they are refused.
    #[arg(long)]
    pub proportions: bool,
}

/// What to do.
#[derive(Subcommand)]
pub enum GrantsCommand {
    /// Every council's grant, to the penny.
    #[command(after_help = "Examples:\n  \
                            carebank grants allocate --total 12.5bn --years 4 --growth 0.02\n  \
                            carebank grants allocate --weight deprivation=0.4 --weight children=0.4 --csv grants.csv\n  \
                            carebank grants allocate --facts mine.csv --overlay reform.toml --json\n  \
                            carebank grants allocate --years 4 --rebase 2028 --rebase-facts newer.csv")]
    Allocate {
        #[command(flatten)]
        rests: Rests,
        /// Write every line of every figure to a CSV file.
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        /// Work the years from this one on out again on newer facts; years before it stand.
        #[arg(long, value_name = "YEAR", requires = "rebase_facts")]
        rebase: Option<i16>,
        /// The newer facts, over the others.
        #[arg(long, value_name = "FILE", requires = "rebase")]
        rebase_facts: Vec<PathBuf>,
        /// Take back, or make good, what the years already paid would have differed by.
        #[arg(long, requires = "rebase")]
        claw_back: bool,
    },
    /// One council's figure with its whole arithmetic.
    #[command(after_help = "Examples:\n  \
                            carebank grants explain Warrington --total 12.5bn\n  \
                            carebank grants explain E10000016 --years 4 --of 2028 --pdf kent.pdf\n  \
                            carebank grants explain R651 --formula youth-community --year 2008 --facts one.csv")]
    Explain {
        /// The council: its code, DfE number or name.
        council: String,
        /// The year whose arithmetic is shown; the first otherwise.
        #[arg(long, value_name = "YEAR")]
        of: Option<i16>,
        /// Write the page as PDF.
        #[arg(long, value_name = "FILE")]
        pdf: Option<PathBuf>,
        #[command(flatten)]
        rests: Rests,
    },
    /// Two versions side by side: gainers, losers, a child, by deprivation, and what makes the difference.
    #[command(after_help = "Examples:\n  \
                            carebank grants compare todays-spending children-act\n  \
                            carebank grants compare children-act children-act --to-weight deprivation=0.4 --to-weight children=0.4\n  \
                            carebank grants compare equal-per-child mine.toml --pictures pictures/")]
    Compare {
        /// The first formula: shipped or a file.
        from: String,
        /// The second.
        to: String,
        #[command(flatten)]
        with: With,
        /// A weight of the second alone.
        #[arg(long, value_name = "NAME=NUMBER", value_parser = given)]
        to_weight: Vec<(String, Decimal)>,
        /// A parameter of the second alone.
        #[arg(long, value_name = "ID=NUMBER", value_parser = given)]
        to_set: Vec<(String, Decimal)>,
        /// A file of parameters of the second alone.
        #[arg(long, value_name = "FILE")]
        to_overlay: Vec<PathBuf>,
        /// A file of facts of the second alone.
        #[arg(long, value_name = "FILE")]
        to_facts: Vec<PathBuf>,
        /// The total of the second alone.
        #[arg(long, value_name = "POUNDS", value_parser = total, allow_hyphen_values = true)]
        to_total: Option<Pence>,
        /// Write a hex map and bars as SVG, each with its table, into this folder.
        #[arg(long, value_name = "DIR")]
        pictures: Option<PathBuf>,
    },
    /// How certain each grant is, and what it hangs on.
    #[command(after_help = "Example:\n  carebank grants sensitivity --draws 10000 --council Kent --pictures pictures/")]
    Sensitivity {
        #[command(flatten)]
        rests: Rests,
        /// Draws for the intervals.
        #[arg(long, default_value_t = 2000)]
        draws: u32,
        /// Rows of the design for the Sobol indices.
        #[arg(long, default_value_t = 256)]
        rows: u64,
        /// The seed: the same seed gives the same figures.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// A council whose tornado is shown.
        #[arg(long)]
        council: Option<String>,
        /// Write the tornado and the intervals into this folder.
        #[arg(long, value_name = "DIR")]
        pictures: Option<PathBuf>,
    },
    /// What sufficient funding would cost, beside the total given; the shortfall of England and of each council.
    #[command(after_help = "Example:\n  carebank grants sufficiency --total 14bn")]
    Sufficiency {
        #[command(flatten)]
        rests: Rests,
    },
    /// What is wrong with parameters and formula: unsourced, gaps, overlaps, unknown names, units. Exit code 1 if anything.
    #[command(after_help = "Example:\n  carebank grants lint --formula mine.toml --overlay reform.toml")]
    Lint {
        #[command(flatten)]
        rests: Rests,
    },
    /// Everything that an award rests on and gives, with hashes, for another analyst to work out again.
    #[command(after_help = "Examples:\n  \
                            carebank grants bundle --out award-2026 --total 12.5bn --years 4\n  \
                            carebank grants bundle --verify award-2026")]
    Bundle {
        /// The folder to make; it must not be there yet.
        #[arg(long, value_name = "DIR", required_unless_present = "verify", conflicts_with = "verify")]
        out: Option<PathBuf>,
        /// Check a folder and work its results out again. Exit code 1 if anything differs.
        #[arg(long, value_name = "DIR")]
        verify: Option<PathBuf>,
        #[command(flatten)]
        rests: Rests,
    },
}

impl With {
    /// The request, and the texts of the files that it names.
    fn request(&self, formula: &str) -> Result<(GrantsRequest, Texts), Problem> {
        let mut texts = Texts::new();
        let is_file = Path::new(formula).extension().is_some_and(|kind| kind == "toml" || kind == "json");
        if is_file {
            read(&mut texts, Path::new(formula))?;
        }
        let mut named = |paths: &[PathBuf]| -> Result<Vec<String>, Problem> {
            paths.iter().map(|path| read(&mut texts, path)).collect()
        };
        let (facts, overlays) = (named(&self.facts)?, named(&self.overlay)?);
        let request = GrantsRequest {
            formula: formula.to_owned(),
            facts,
            overlays,
            set: weights(&self.weight).chain(self.set.iter().cloned()).collect(),
            total: self.total,
            growth: self.growth,
            year: self.year,
            years: self.years,
            base: self.base,
            known: self.known,
            previous: self.previous.clone(),
            proportions: self.proportions,
        };
        Ok((request, texts))
    }
}

fn weights(given: &[(String, Decimal)]) -> impl Iterator<Item = (String, Decimal)> + '_ {
    given.iter().map(|(name, value)| (format!("weight.{name}"), *value))
}

fn read(texts: &mut Texts, path: &Path) -> Result<String, Problem> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| crate::unreadable(path, &error))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Problem::refused("file.encoding", format!("{name} is not UTF-8; save it as UTF-8 and try again"))
    })?;
    texts.insert(name.clone(), text);
    Ok(name)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::asked("file.unwritable", format!("{} cannot be written: {error}", path.display()))
}

/// Beside its place.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".partial-{}", std::process::id()));
    path.with_file_name(name)
}

fn written(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}

/// Files that stand for each other: each is written whole beside its place, and none is put there unless all could be,
/// so that a full disk leaves no half of anything under its own name.
fn write_all(files: &[(PathBuf, Vec<u8>)]) -> Result<(), Problem> {
    let undo = || {
        for (path, _) in files {
            let _ = std::fs::remove_file(beside(path));
        }
    };
    for (path, bytes) in files {
        let taken = || std::io::Error::new(std::io::ErrorKind::IsADirectory, "it is a folder");
        let done = if path.is_dir() { Err(taken()) } else { written(&beside(path), bytes) };
        done.map_err(|error| {
            undo();
            unwritable(path, &error)
        })?;
    }
    for (path, _) in files {
        std::fs::rename(beside(path), path).map_err(|error| {
            undo();
            unwritable(path, &error)
        })?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    write_all(&[(path.to_owned(), bytes.to_owned())])
}

fn pictures(folder: &Path, files: impl IntoIterator<Item = (String, String)>) -> Result<(), Problem> {
    let placed = files.into_iter().map(|(name, text)| (folder.join(name), text.into_bytes()));
    write_all(&placed.collect::<Vec<_>>())
}

fn prepared(rests: &Rests) -> Result<Grants, Problem> {
    let (request, texts) = rests.with.request(&rests.formula)?;
    Grants::prepare(&request, &texts)
}

/// Does it. `false` if `lint` or `bundle --verify` found something.
pub fn run(json: bool, command: GrantsCommand) -> Result<bool, Problem> {
    match command {
        GrantsCommand::Allocate { rests, csv, rebase, rebase_facts, claw_back } => {
            let grants = prepared(&rests)?;
            if let Some(from) = rebase {
                let mut with = rests.with.clone();
                with.facts.extend(rebase_facts);
                let newer = prepared(&Rests { with, ..rests })?;
                let report = grants.rebase(&newer, from, claw_back)?;
                if let Some(path) = csv {
                    write(&path, report.report.csv().as_bytes())?;
                }
                show(json, &report, |report| render::rebased(report, from, claw_back))?;
                return Ok(true);
            }
            let report = grants.allocate()?;
            if let Some(path) = csv {
                write(&path, report.csv().as_bytes())?;
            }
            show(json, &report, |report| render::allocation(report, grants.total_from.as_deref()))?;
        }
        GrantsCommand::Explain { council, of, pdf, rests } => explain(json, &rests, &council, of, pdf.as_deref())?,
        GrantsCommand::Compare {
            from,
            to,
            with,
            to_weight,
            to_set,
            to_overlay,
            to_facts,
            to_total,
            pictures: to_pictures,
        } => {
            let mut second = with.clone();
            second.weight.extend(to_weight);
            second.set.extend(to_set);
            second.overlay.extend(to_overlay);
            second.facts.extend(to_facts);
            second.total = to_total.or(second.total);
            let (one, other) = (with.request(&from)?, second.request(&to)?);
            let (one, other) = (Grants::prepare(&one.0, &one.1)?, Grants::prepare(&other.0, &other.1)?);
            let report = one.compare(other)?;
            if let Some(folder) = to_pictures {
                pictures(&folder, render::comparison_pictures(&report))?;
            }
            show(json, &report, render::comparison)?;
        }
        GrantsCommand::Sensitivity { rests, draws, rows, seed, council, pictures: to_pictures } => {
            let report = prepared(&rests)?.sensitivity(draws, rows, seed, council.as_deref())?;
            if let Some(folder) = to_pictures {
                pictures(&folder, render::sensitivity_pictures(&report))?;
            }
            show(json, &report, render::sensitivity)?;
        }
        GrantsCommand::Sufficiency { rests } => show(json, &prepared(&rests)?.sufficiency()?, render::sufficiency)?,
        GrantsCommand::Lint { rests } => {
            let findings = prepared(&rests)?.lint()?;
            show(json, &findings, |findings| render::findings(findings))?;
            return Ok(findings.is_empty());
        }
        GrantsCommand::Bundle { verify: Some(folder), .. } => {
            let wrong = app::verify_bundle(&folder_files(&folder)?)?;
            show(json, &wrong, |wrong| render::verified(wrong))?;
            return Ok(wrong.is_empty());
        }
        GrantsCommand::Bundle { out, rests, .. } => {
            let folder = out.unwrap_or_else(|| PathBuf::from("bundle"));
            let (request, texts) = rests.with.request(&rests.formula)?;
            let files = app::bundle(&request, &texts)?;
            write_folder(&folder, &files)?;
            let made = serde_json::json!({"folder": folder.display().to_string(), "files": files.len()});
            show(json, &made, |_| {
                format!("{}: {} files; `carebank grants bundle --verify` checks them.\n", folder.display(), files.len())
            })?;
        }
    }
    Ok(true)
}

fn explain(json: bool, rests: &Rests, council: &str, of: Option<i16>, to_pdf: Option<&Path>) -> Result<(), Problem> {
    let (explained, waterfall) = prepared(rests)?.explain(council, of)?;
    let waterfall: Vec<(String, Decimal)> =
        waterfall.into_iter().map(|(change, pounds)| (change.title, pounds)).collect();
    let blocks = page::page(&explained, &waterfall);
    if let Some(path) = to_pdf {
        write(path, &pdf::pdf(&explained.council.name, &blocks))?;
    }
    let document = serde_json::json!({"explained": explained, "from_equal_per_child": waterfall});
    show(json, &document, |_| page::text(&blocks))
}

/// Written whole beside its place and then moved there, so that a bundle is there in whole or not at all.
fn write_folder(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), Problem> {
    if folder.exists() {
        return Err(Problem::asked(
            "bundle.exists",
            format!("{} is there already; name another folder", folder.display()),
        ));
    }
    let partial = beside(folder);
    let whole = || -> std::io::Result<()> {
        for (path, bytes) in files {
            written(&partial.join(path), bytes)?;
        }
        std::fs::rename(&partial, folder)
    };
    whole().map_err(|error| {
        let _ = std::fs::remove_dir_all(&partial);
        unwritable(folder, &error)
    })
}

fn folder_files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Problem> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        for entry in std::fs::read_dir(&inside).map_err(|error| crate::unreadable(&inside, &error))? {
            let path = entry.map_err(|error| crate::unreadable(&inside, &error))?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).map_err(|error| crate::unreadable(&path, &error))?;
            let parts = path.strip_prefix(folder).unwrap_or(&path).iter().map(|part| part.to_string_lossy());
            files.insert(parts.collect::<Vec<_>>().join("/"), bytes);
        }
    }
    Ok(files)
}
