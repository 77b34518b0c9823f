//! `carebank simulate`: a generated country, written down for others, and what it was made to agree with.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use app::Problem;
use app::kernel::CouncilCode;
use simulation::country::{Calibration, Country, Lives, RealPostcode, Telling};

use crate::args::SimulateCountry;
use crate::register::letter_file;
use crate::{say, show};

/// Does something for each council on as many threads as the machine has cores; what is given keeps their order.
pub fn each_council<T: Send>(
    country: &Country,
    councils: &[CouncilCode],
    work: impl Fn(&Lives<'_>) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Option<T>>> = Mutex::new(councils.iter().map(|_| None).collect());
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(councils.len().max(1));
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some((at, code)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, councils.get(at)?)))
                {
                    let made = country.council(*code).map(|lives| work(&lives));
                    done.lock().expect("no worker panics while it holds the lock")[at] = made;
                }
            });
        }
    });
    done.into_inner().expect("every worker has gone").into_iter().flatten().collect()
}

/// What was written.
#[derive(Clone, Copy, Default)]
struct Written {
    children: usize,
    returns: usize,
    rows: usize,
    mistakes: usize,
}

pub fn country(options: &SimulateCountry, json: bool) -> Result<(), Problem> {
    let country = Country::on(options.seed, 1000, &directory(options.postcodes.as_deref())?);
    let councils = match options.council {
        Some(code) => vec![code],
        None => Country::councils(options.region),
    };
    if let Some(code) = options.council.filter(|code| !Country::councils(None).contains(code)) {
        return Err(Problem::not_found(
            "council",
            format!("{code} is no council of today, and the country has only those"),
        ));
    }
    if let Some(out) = &options.out {
        let written = write(&country, &councils, out)?;
        let document = serde_json::json!({
            "out": out, "seed": options.seed, "councils": councils.len(), "children": written.children,
            "returns": written.returns, "rows": written.rows, "mistakes": written.mistakes,
        });
        if !options.calibration || !json {
            show(json, &document, |_| {
                format!(
                    "{} councils, {} children, {} returns with {} rows, {} things told late or wrong: in {}\n",
                    councils.len(),
                    written.children,
                    written.returns,
                    written.rows,
                    written.mistakes,
                    out.display()
                )
            })?;
        }
    }
    if options.calibration {
        calibration(&country, &councils, json);
    }
    Ok(())
}

/// The postcodes of the publisher's files, if a folder of them is named.
fn directory(folder: Option<&Path>) -> Result<Vec<RealPostcode>, Problem> {
    if folder.is_none() {
        return Ok(Vec::new());
    }
    let files = ('A'..='Z').filter_map(|letter| letter_file(folder, letter).transpose());
    let english = app::english_postcodes(files)?;
    Ok(english
        .into_iter()
        .map(|(compact, council, at)| RealPostcode { compact, council, at: (at.east(), at.north()) })
        .collect())
}

fn failed(what: &Path, error: &std::io::Error) -> Problem {
    Problem::asked("simulate.write", format!("{} cannot be written: {error}; choose another --out", what.display()))
}

/// Writes `returns/YEAR/COUNCIL` as first told and `corrected/YEAR/COUNCIL` as it was, `truth.csv` and `providers.csv`.
fn write(country: &Country, councils: &[CouncilCode], out: &Path) -> Result<Written, Problem> {
    std::fs::create_dir_all(out).map_err(|error| failed(out, &error))?;
    if std::fs::read_dir(out).map_err(|error| failed(out, &error))?.next().is_some() {
        let why = format!("{} is not empty; name a new folder", out.display());
        return Err(Problem::asked("simulate.folder", why));
    }
    let made = each_council(country, councils, |lives| council(lives, out));
    let mut truth = "council,year,child,kind,decom,field,told,meant\n".to_owned();
    let mut written = Written::default();
    for made in made {
        let (rows, one) = made?;
        truth.push_str(&rows);
        written.children += one.children;
        written.returns += one.returns;
        written.rows += one.rows;
        written.mistakes += one.mistakes;
    }
    for (name, text) in [("truth.csv", truth), ("providers.csv", country.provider_list())] {
        std::fs::write(out.join(name), text).map_err(|error| failed(&out.join(name), &error))?;
    }
    Ok(written)
}

/// Writes one council's returns; gives its part of the truth.
fn council(lives: &Lives<'_>, out: &Path) -> Result<(String, Written), Problem> {
    let mut truth = String::new();
    let mut written = Written { children: lives.children(), ..Written::default() };
    for year in Country::years() {
        for (folder, telling) in [("returns", Telling::First), ("corrected", Telling::Corrected)] {
            let told = lives.told(year, telling);
            let folder = out.join(folder).join(year.ends().to_string()).join(lives.code().as_str());
            std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
            for (name, text) in told.tables() {
                let file = folder.join(name).with_extension("csv");
                std::fs::write(&file, text).map_err(|error| failed(&file, &error))?;
                written.rows += text.lines().count() - 1;
            }
            written.returns += 1;
            written.mistakes += told.mistakes.len();
            for mistake in &told.mistakes {
                let of = (lives.code(), year.ends(), mistake.child);
                let row = format!(
                    "{},{},{},{},{},{},{},{}",
                    of.0, of.1, of.2, mistake.kind, mistake.decom, mistake.field, mistake.told, mistake.meant
                );
                truth.push_str(&row);
                truth.push('\n');
            }
        }
    }
    Ok((truth, written))
}

fn calibration(country: &Country, councils: &[CouncilCode], json: bool) {
    let parts = each_council(country, councils, |lives| {
        let mut counts = Calibration::default();
        counts.add(lives);
        counts
    });
    let mut made = Calibration::new(country);
    parts.iter().for_each(|part| made.merge(part));
    let lines = made.lines();
    if json {
        let rows: Vec<_> = lines
            .iter()
            .map(|line| {
                serde_json::json!({
                    "what": line.what, "published": line.published, "made": line.made,
                    "tolerance_percent": line.tolerance, "within": line.within(), "source": line.source,
                })
            })
            .collect();
        say(&format!("{:#}\n", serde_json::json!(rows)));
        return;
    }
    let mut page = String::new();
    let _ = writeln!(page, "{:<50}{:>10}{:>10}{:>8}  may differ by", "England", "published", "made", "differs");
    for line in &lines {
        let (made, published) = (i64::from(line.made), i64::from(line.published));
        let beyond = if line.within() { "" } else { "  beyond" };
        let differs = (made - published) * 100 / published.max(1);
        let _ = writeln!(page, "{:<50}{published:>10}{made:>10}{differs:>7}%  {} %{beyond}", line.what, line.tolerance);
    }
    let beyond = lines.iter().filter(|line| !line.within()).count();
    let _ = writeln!(page, "\n{} figures, {beyond} further off than they may be.", lines.len());
    let mut sources: Vec<&str> = lines.iter().map(|line| line.source).collect();
    sources.sort_unstable();
    sources.dedup();
    sources.iter().for_each(|source| {
        let _ = writeln!(page, "Source: {source}");
    });
    say(&page);
}
