//! `carebank`: the one binary. It reads arguments, calls the use cases of `app`, and prints what they give: a page for
//! a person, or with `--json` one document for a program. Everything else goes to standard error.
//!
//! Exit codes: 0 done; 1 `verify` found something wrong, or `voice tell` told nobody; 2 asked wrongly; 3 a return was refused; 4 not found;
//! 5 the store cannot be used.

mod args;
mod check;
mod demo;
mod export;
mod grants;
mod grants_facts;
mod grants_render;
mod home;
mod home_pages;
mod matching;
mod region;
mod register;
mod register_pages;
mod render;
mod simulate;
mod study;
mod voice;
mod voices;

use std::fs::File;
use std::io::{BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use app::ssda903::Source;
use app::{AsOf, ChildRef, Clock, Copied, ImportOptions, Moment, Office, PriceTerms, Problem, ReturnYear, Target};
use clap::Parser;
use grants_facts::GrantsFacts;
use serde::Serialize;

use args::{Args, Command, Grants, Import, Pay, Policy, Price, Simulate, Statement, View};

/// What is wrong with the words of a command, in one line: clap says it before its advice, over several.
fn usage_sentence(said: &str) -> String {
    let wrong = said.lines().take_while(|line| !line.trim().is_empty());
    wrong.map(str::trim).collect::<Vec<_>>().join(" ").trim_start_matches("error: ").to_owned()
}

/// After how long a silent command begins to tell its progress to a log.
const PATIENCE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let _ = error.print();
            let json = std::env::args_os().any(|argument| argument == "--json");
            if json && error.use_stderr() {
                let sentence = usage_sentence(&error.to_string());
                let document = serde_json::json!({"error": {"code": "usage", "sentence": sentence}});
                say(&format!("{document:#}\n"));
            }
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let json = args.json;
    match run(args) {
        Ok(sound) => ExitCode::from(u8::from(!sound)),
        Err(problem) => {
            if json {
                let document = serde_json::json!({"error": {"code": problem.code, "sentence": problem.sentence}});
                say(&format!("{document:#}\n"));
            }
            let _ = writeln!(std::io::stderr(), "carebank: {problem}");
            ExitCode::from(problem.exit)
        }
    }
}

/// Writes to standard output. Whoever reads it may have gone, as with `| head`: that is no failure.
fn say(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

fn show<T: Serialize>(json: bool, answer: &T, page: impl FnOnce(&T) -> String) -> Result<(), Problem> {
    if json {
        let document =
            serde_json::to_string_pretty(answer).map_err(|error| Problem::asked("json.failed", error.to_string()))?;
        say(&document);
        say("\n");
    } else {
        say(&page(answer));
    }
    Ok(())
}

/// Does what was asked. `false` if `verify` found something wrong.
fn run(args: Args) -> Result<bool, Problem> {
    let json = args.json;
    let target = match args.database {
        Some(url) => Target::Database(url),
        None => Target::Folder(args.data),
    };
    let mut office = Office::new(target, &args.actor);
    office.key = args.key;
    if let Some(clock) = args.clock {
        office.clock = Clock::Fixed(clock);
    }
    let began = Instant::now();
    let terminal = std::io::stderr().is_terminal();
    let progress = |sentence: &str| {
        if terminal || began.elapsed() > PATIENCE {
            let _ = writeln!(std::io::stderr(), "… {sentence}");
        }
    };
    if args.command.records()
        && let Ok(Some(last)) = office.clock_behind()
    {
        let last = Moment::shown(&last);
        let _ = writeln!(
            std::io::stderr(),
            "carebank: the clock is before the last record of {last}; what is recorded now carries that moment"
        );
    }
    match args.command {
        Command::Init(options) => {
            let options = options.options().checked()?;
            office.init(&options)?;
            let made = serde_json::json!({
                "store": office.target.shown(),
                "scheme": options.scheme,
                "scheme_start": options.scheme_start,
                "entitlement": options.entitlement,
            });
            show(json, &made, |_| render::made(&office.target.shown(), &options))?;
        }
        Command::Import(Import::Ssda903 { authority, year, whole, check, all_findings, paths }) => {
            let (year, council) = year_and_council(year, &authority)?;
            let options = ImportOptions { council, year, whole, check };
            let report = office.import_ssda903(&options, sources(&paths)?, &progress)?;
            show(json, &report, |report| render::import(report, all_findings))?;
        }
        Command::Register(command) => register::run(&office, json, command, &progress)?,
        Command::Check(check) => check::check(check, json)?,
        Command::Export(export) => export::export(&office, json, export)?,
        Command::Price(Price::Agree(agree)) => {
            let terms: PriceTerms = agree.terms();
            let (number, recorded) = office.agree_price(&terms)?;
            let document = serde_json::json!({"number": number, "recorded": recorded});
            show(json, &document, |_| render::agreed(number, recorded, &terms))?;
        }
        Command::Price(Price::List { view }) => {
            show(json, &office.prices(&view.view())?, |prices| render::prices(prices))?;
        }
        Command::Policy(Policy::List { view }) => {
            show(json, &office.policies(&view.view())?, |files| render::policies(files))?;
        }
        Command::Policy(Policy::Show { name, view }) => {
            let files = office.policies(&view.view())?;
            let file = files.into_iter().find(|file| file.name == name).ok_or_else(|| {
                Problem::not_found("policy", format!("there is no policy file {name}; see `carebank policy list`"))
            })?;
            show(json, &file, |file| file.body.clone())?;
        }
        Command::Policy(Policy::Load { file }) => {
            let body = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
            let (name, recorded) = office.load_policy(&body)?;
            let document = serde_json::json!({"name": name, "recorded": recorded});
            show(json, &document, |_| render::policy_loaded(&name, recorded))?;
        }
        Command::Home(command) => home::run(&office, json, *command)?,
        Command::Match(command) => matching::run(json, command)?,
        Command::Pay(Pay::Run { through }) => {
            let outcome = office.pay_run(through, &progress)?;
            show(json, &outcome, render::run)?;
        }
        Command::Pay(Pay::Settle { close }) => {
            show(json, &office.pay_settle(close, &progress)?, voice::settled)?;
        }
        Command::Pay(Pay::Explain { payee, half_year, auditor }) => {
            show(json, &office.explain_settlement(&payee, half_year, auditor)?, voice::explained)?;
        }
        Command::Voice(asked) => return voice::run(&office, asked, json),
        Command::Statement(statement) => self::statement(&office, json, statement)?,
        Command::Explain { placement, night, view } => {
            show(json, &office.explain(placement, night, &view.view())?, render::explanation)?;
        }
        Command::Balance { all, view } => {
            show(json, &office.balance(&view.view())?, |balance| render::balance(balance, all))?;
        }
        Command::Verify => {
            let verification = office.verify(&progress)?;
            show(json, &verification, render::verification)?;
            return Ok(verification.is_sound());
        }
        Command::Backup { to } => return copied(json, &office.backup(&to, &progress)?),
        Command::Restore { from } => return copied(json, &office.restore(&from, &progress)?),
        Command::Upgrade => {
            let (from, to) = office.upgrade()?;
            let document = serde_json::json!({"store": office.target.shown(), "from": from, "to": to});
            show(json, &document, |_| render::upgraded(&office.target.shown(), from, to))?;
        }
        Command::Grants(Grants::Facts(facts)) => self::facts(json, facts)?,
        Command::Grants(Grants::Do(command)) => return grants::run(json, *command),
        Command::Dump { digest } => dump(&office, json, digest)?,
        Command::Demo(options) if options.council => demo::demo(&options, json)?,
        Command::Demo(options) => region::demo(&options, json)?,
        Command::Simulate(Simulate::Country(options)) => simulate::country(&options, json)?,
        Command::Study(asked) => study::run(asked, json)?,
    }
    Ok(true)
}

fn statement(office: &Office, json: bool, statement: Statement) -> Result<(), Problem> {
    match statement {
        Statement::Child { child, council, local_id, view } => {
            let child: ChildRef = match (child, council, local_id) {
                (Some(child), None, None) => child,
                (None, Some(council), Some(local_id)) => office.child_reference(council, &local_id)?,
                _ => {
                    let why = "name a child by reference (C-…), or by --council and --local-id";
                    return Err(Problem::asked("child.which", why));
                }
            };
            show(json, &office.statement_child(child, &view.view())?, render::child)
        }
        Statement::Payee { payee, view } => show(json, &office.statement_payee(&payee, &view.view())?, render::payee),
        Statement::Council { council, view } => {
            show(json, &office.statement_council(council, &view.view())?, render::council)
        }
    }
}

/// Shows what was copied. `false` if it is not sound.
fn copied(json: bool, copied: &Copied) -> Result<bool, Problem> {
    show(json, copied, render::copied)?;
    Ok(copied.verification.is_sound())
}

fn facts(json: bool, facts: GrantsFacts) -> Result<(), Problem> {
    match facts {
        GrantsFacts::Compile { from, out } => show(json, &grants_facts::compile(&from, &out)?, grants_facts::compiled),
        GrantsFacts::List { all } => show(json, &app::list_facts(), |listed| grants_facts::list(listed, all)),
        GrantsFacts::Show { council, all } => {
            let known = app::kernel::find(&council).ok_or_else(|| {
                let sentence = format!("{council} is no council's code (E06000053), DfE number (420) or name");
                Problem::not_found("council", sentence)
            })?;
            show(json, &app::council_facts(known)?, |facts| grants_facts::show(facts, all))
        }
    }
}

fn dump(office: &Office, json: bool, digest_only: bool) -> Result<(), Problem> {
    let quiet = digest_only || json;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let digest = office.dump(&mut |line| if quiet { Ok(()) } else { writeln!(out, "{line}") })?;
    drop(out);
    if json {
        say(&format!("{:#}\n", serde_json::json!({"sha256": digest})));
    } else if digest_only {
        say(&format!("{digest}\n"));
    }
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::refused("file.unreadable", format!("{} cannot be read: {error}", path.display()))
}

/// A collection year, and the council that was called so at its end.
fn year_and_council(year: i16, authority: &str) -> Result<(ReturnYear, app::kernel::CouncilCode), Problem> {
    let year = ReturnYear::try_new(year).ok_or_else(|| {
        Problem::asked(
            "import.year",
            format!("{year} is no collection year we read: 2018 to 2027, the year it ends in"),
        )
    })?;
    let council = app::kernel::find_on(authority, year.known_through())
        .or_else(|| app::kernel::find(authority))
        .ok_or_else(|| {
            Problem::not_found(
                "council",
                format!("{authority} is no council's code (E09000027), DfE number (318) or name"),
            )
        })?;
    Ok((year, council.code))
}

/// The files named, and the CSV and XML files of the folders named.
fn sources(paths: &[PathBuf]) -> Result<Vec<Source<'static>>, Problem> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
        for entry in entries {
            let file = entry.map_err(|error| unreadable(path, &error))?.path();
            let kinds = ["csv", "xml"];
            let known = |extension: &std::ffi::OsStr| kinds.iter().any(|kind| extension.eq_ignore_ascii_case(kind));
            if file.extension().is_some_and(known) && file.is_file() {
                files.push(file);
            }
        }
    }
    files.sort();
    files.dedup();
    files
        .iter()
        .map(|path| {
            let file = File::open(path).map_err(|error| unreadable(path, &error))?;
            let name =
                path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
            Ok(Source::new(name, BufReader::new(file)))
        })
        .collect()
}

impl View {
    fn view(&self) -> AsOf {
        AsOf { as_of: self.as_of, known_at: self.known_at.clone() }
    }
}
