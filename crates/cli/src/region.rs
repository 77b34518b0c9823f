//! The tour of a region, or of England: returns of every council imported, priced, paid for eighteen months, corrected
//! late, explained and proved.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use app::kernel::{CouncilCode, Period, Region};
use app::ssda903::Source;
use app::{
    AsOf, Clock, ImportOptions, ImportReport, InitOptions, Moment, Night, Office, Pence, PlacementReport, PriceTerms,
    Problem, ReturnYear, Target,
};
use simulation::country::{CouncilReturn, Country, Telling};

use crate::args::Demo;
use crate::simulate::each_council;
use crate::voices::Heard;
use crate::{render, say};

/// The first night paid for: eighteen months before the end of the second return.
const SCHEME_START: &str = "2024-10-01";
/// When each council's return of a year is taken in. A return is a year's evidence; here it stands in for the notices
/// that a council would send as it goes.
const FIRST_RETURNS: &str = "2024-10-01T09:00:00";
const SECOND_RETURNS: &str = "2025-04-02T12:00:00";
/// The last month paid for before the corrected returns come.
const BEFORE_CORRECTION: &str = "2026-01";

/// The weekly price of a home: the average that the NAO found for 2023-24 (Managing children's residential care,
/// September 2025: £318,400 a year), and of agency fostering: that of the CMA for 2020 (interim report, October 2021).
/// Their parts above cost are the CMA's margins of the largest providers, in ten-thousandths.
const HOME: (i64, i64) = (610_600, 2_260);
const AGENCY: (i64, i64) = (82_000, 1_940);
/// How far each home's price lies from it, in per cent: from 85 to 115, by its number. Invented.
const SPREAD: i64 = 31;

/// What is told of one council.
struct Told {
    code: CouncilCode,
    first_year: CouncilReturn,
    second_year: CouncilReturn,
    corrected: CouncilReturn,
}

pub(crate) struct Tour {
    pub(crate) office: Office,
    json: bool,
    began: Instant,
    pub(crate) told: BTreeMap<String, serde_json::Value>,
    runs: Vec<serde_json::Value>,
    pub(crate) heard: Heard,
}

pub fn demo(options: &Demo, json: bool) -> Result<(), Problem> {
    let began = Instant::now();
    let failed = |error: std::io::Error| Problem::asked("demo.folder", format!("no folder for the demo: {error}"));
    let temporary = tempfile::tempdir().map_err(failed)?;
    let folder = options.keep.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let region = if options.england { None } else { Some(options.region.unwrap_or(Region::SouthEast)) };
    let target = Target::Folder(folder.join("store"));
    let mut tour = Tour {
        office: Office::new(target, "demo"),
        json,
        began,
        told: BTreeMap::new(),
        runs: Vec::new(),
        heard: Heard::new(options.seed),
    };

    let country = Country::sized(options.seed, if options.england { 1000 } else { options.share });
    let councils = Country::councils(region);
    tour.chapter(
        &format!("{} and its children", region.map_or("England", Region::name)),
        "Everybody and every place is invented; how many of what follows what is published. See docs/country.md.",
    );
    let [first, second] = Country::years();
    let told = each_council(&country, &councils, |lives| Told {
        code: lives.code(),
        first_year: lives.told(first, Telling::Corrected),
        second_year: lives.told(second, Telling::First),
        corrected: lives.told(second, Telling::Corrected),
    });
    if options.keep.is_some() {
        write(&folder, &told, &country).map_err(failed)?;
    }
    tour.go(&country, &told)?;
    if json {
        let runs = serde_json::Value::Array(std::mem::take(&mut tour.runs));
        tour.told.insert("runs".to_owned(), runs);
        say(&format!("{:#}\n", serde_json::json!(tour.told)));
    } else if let Some(kept) = &options.keep {
        say(&format!("\nKept: carebank --data {} balance\n", kept.join("store").display()));
    }
    Ok(())
}

/// Keeps what the tour was made of: the returns of each year, as first told and as corrected, and the list of
/// providers.
fn write(folder: &std::path::Path, told: &[Told], country: &Country) -> std::io::Result<()> {
    for council in told {
        for (name, made) in
            [("2025", &council.first_year), ("2026", &council.second_year), ("2026-corrected", &council.corrected)]
        {
            let folder = folder.join("returns").join(name).join(council.code.as_str());
            std::fs::create_dir_all(&folder)?;
            for (table, text) in made.tables() {
                std::fs::write(folder.join(table).with_extension("csv"), text)?;
            }
        }
    }
    std::fs::write(folder.join("providers.csv"), country.provider_list())
}

impl Tour {
    fn go(&mut self, country: &Country, told: &[Told]) -> Result<(), Problem> {
        let [first, second] = Country::years();
        let start = Night::parse_iso(SCHEME_START).ok_or_else(|| Problem::asked("demo.start", "not a night"))?;
        self.at(FIRST_RETURNS)?;
        self.office.init(&InitOptions {
            scheme_start: start,
            reference_key: Some("demonstration".to_owned()),
            ..InitOptions::default()
        })?;
        self.imports("2024-25", first, told, |council| &council.first_year)?;

        self.chapter(
            "Prices are agreed with providers, independent of any placement",
            "The largest owners' homes and agencies agree a price around published averages (NAO £6,106 a week, CMA £820).\n\
             The others are paid the reference tariff's care part; foster care by councils, the National Minimum Allowance.",
        );
        self.office.voice_key(Some("demonstration"))?;
        let agreed = self.agree(country, told, start)?;
        self.tell(&format!("{agreed} homes and agencies have an agreement.\n"));

        self.chapter("Monthly runs", "");
        let mut period = Period::of(start);
        while period.last_night() <= first.known_through() {
            self.run(period)?;
            period = period.next();
        }
        self.at(SECOND_RETURNS)?;
        self.imports("2025-26", second, told, |council| &council.second_year)?;
        let before = Period::parse(BEFORE_CORRECTION).ok_or_else(|| Problem::asked("demo.month", "not a month"))?;
        while period <= before {
            self.run(period)?;
            period = period.next();
        }
        self.corrected(second, told, before)?;
        while period.last_night() <= second.known_through() {
            self.run(period)?;
            period = period.next();
        }
        self.voice()?;
        self.proved(second.known_through())
    }

    /// One child's statement, one night of it explained, and both again when the corrected returns are in.
    fn corrected(&mut self, year: ReturnYear, told: &[Told], before: Period) -> Result<(), Problem> {
        let (council, local, moved) = late_child(told, before)?;
        let child = self.office.child_reference(council, &local)?;
        self.chapter("The statement of one child, before a correction", "");
        let statement = self.office.statement_child(child, &AsOf::default())?;
        self.page("statement_before", &statement, render::child);
        let there = |report: &&PlacementReport| {
            let known = report.from.is_some_and(|from| from <= moved) && report.last.is_some_and(|last| moved <= last);
            known && report.absent_from.is_none()
        };
        let placement = statement.placements.iter().rev().find(there);
        let missing = || Problem::asked("demo.child", "the demo's child has no placement");
        let placement = placement.ok_or_else(missing)?.placement;
        self.chapter("One night, explained", "");
        let explanation = self.office.explain(placement, moved, &AsOf::default())?;
        self.page("explanation", &explanation, render::explanation);

        let day = before.last_night().plus(9).iso();
        self.at(&format!("{day}T11:00:00"))?;
        let told_before = Moment::parse(&format!("{day}T10:59:00"));
        self.chapter("Late facts arrive", "Every council sends its return of 2025-26 again, corrected.");
        self.imports("2025-26, corrected", year, told, |council| &council.corrected)?;
        let outcome = self.office.pay_run(before.last_night(), &|_| ())?;
        self.page("correction", &outcome, render::run);
        self.chapter("The statement after", &format!("The child had moved on {moved}, earlier than was told."));
        self.page("statement_after", &self.office.statement_child(child, &AsOf::default())?, render::child);
        let again = self.office.statement_child(child, &AsOf { as_of: None, known_at: told_before })?;
        let same = again.placements == statement.placements;
        self.tell(&format!(
            "\nAs known a minute before the corrections, the statement is {}.\n",
            if same { "the one shown then" } else { "DIFFERENT" }
        ));
        self.told.insert("as_known_before_is_as_shown_before".to_owned(), same.into());
        self.chapter("The last runs", "");
        Ok(())
    }

    fn proved(&mut self, through: Night) -> Result<(), Problem> {
        self.chapter("The books after eighteen months", "");
        self.page("balance", &self.office.balance(&AsOf::default())?, |balance| render::balance(balance, false));
        let again = self.office.pay_run(through, &|_| ())?;
        self.tell(&format!("\nThe same run again posts {} postings.\n", again.postings));
        self.chapter("Everything worked out again", "");
        let verification = self.office.verify(&|_| ())?;
        self.page("verify", &verification, render::verification);
        self.tell(&format!("Ready after {:.0?}.\n", self.began.elapsed()));
        if !verification.is_sound() {
            return Err(Problem {
                exit: 1,
                ..Problem::asked("verify.failed", "the demonstration's store is not sound")
            });
        }
        Ok(())
    }

    /// Imports a year's return of every council, and sums up.
    fn imports(
        &mut self,
        name: &str,
        year: ReturnYear,
        told: &[Told],
        of: impl Fn(&Told) -> &CouncilReturn,
    ) -> Result<(), Problem> {
        let mut sum = Imported::default();
        for council in told {
            let made = of(council);
            let source = |table: &'static str| {
                Source::new(
                    format!("{table}.csv"),
                    std::io::Cursor::new(made.table(table).unwrap_or_default().to_owned()),
                )
            };
            let sources = ["header", "episodes", "uasc"].map(source).into();
            let options = ImportOptions { council: council.code, year, whole: false, check: false };
            sum.add(&self.office.import_ssda903(&options, sources, &|_| ())?);
        }
        self.tell(&format!(
            "Returns of {name}: {} councils, {} children, {} episodes ({} new, {} changed), {} placements and {} stays \
             away; {} rows set aside, {} claims wait.\n",
            told.len(),
            sum.children,
            sum.episodes,
            sum.new,
            sum.changed,
            sum.placements,
            sum.absences,
            sum.held,
            sum.waiting
        ));
        for (code, (held, noted)) in &sum.codes {
            self.tell(&format!("  {code:<6} {held:>6} set aside {noted:>6} noted\n"));
        }
        self.told.insert(
            format!("returns {name}"),
            serde_json::json!({
                "children": sum.children, "episodes": sum.episodes, "new": sum.new, "changed": sum.changed,
                "placements": sum.placements, "absences": sum.absences, "held": sum.held, "waiting": sum.waiting,
            }),
        );
        Ok(())
    }

    /// Agrees a price with every home and agency of the largest owners that anybody lives in.
    fn agree(&self, country: &Country, told: &[Told], from: Night) -> Result<usize, Problem> {
        let rows = told.iter().flat_map(|told| [&told.first_year, &told.second_year, &told.corrected]);
        let used: BTreeSet<&str> = rows
            .filter_map(|told| told.table("episodes"))
            .flat_map(str::lines)
            .filter_map(|row| row.rsplit(',').next())
            .collect();
        let mut agreed = 0;
        for (urn, agency) in country.largest() {
            if !used.contains(urn.to_string().as_str()) {
                continue;
            }
            let (average, margin) = if agency { AGENCY } else { HOME };
            let total = average * (85 + i64::from(urn) % SPREAD) / 100;
            let ret = total * margin / 10_000;
            self.office.agree_price(&PriceTerms {
                subject: format!("urn/{urn}"),
                kind: None,
                from,
                until: None,
                care: Some(Pence::new(total - ret)),
                ret: Some(Pence::new(ret)),
                total: None,
                nightly: false,
                notice_nights: 0,
                reason: "a published average, varied for the demonstration".to_owned(),
            })?;
            agreed += 1;
        }
        Ok(agreed)
    }

    fn run(&mut self, period: Period) -> Result<(), Problem> {
        self.at(&format!("{}T10:00:00", period.last_night().plus(2).iso()))?;
        let outcome = self.office.pay_run(period.last_night(), &|_| ())?;
        let report = &outcome.report;
        self.tell(&format!(
            "run {:>2} through {:<18} {:>7} postings  {:>17} owed  {:>15} return held\n",
            outcome.run, outcome.through, outcome.postings, report.payable_pence, report.held_pence
        ));
        self.listen()?;
        self.runs.push(serde_json::json!({
            "run": outcome.run, "through": outcome.through, "postings": outcome.postings,
            "payable_pence": report.payable_pence, "held_pence": report.held_pence,
        }));
        Ok(())
    }

    pub(crate) fn at(&mut self, moment: &str) -> Result<(), Problem> {
        let moment = Moment::parse(moment).ok_or_else(|| Problem::asked("demo.clock", "not a moment"))?;
        self.office.clock = Clock::Fixed(moment);
        Ok(())
    }

    pub(crate) fn chapter(&self, title: &str, text: &str) {
        let text = if text.is_empty() { String::new() } else { format!("{text}\n") };
        self.tell(&format!("\n── {title} ──\n{text}\n"));
    }

    pub(crate) fn tell(&self, text: &str) {
        if !self.json {
            say(text);
        }
    }

    pub(crate) fn page<T: serde::Serialize>(&mut self, name: &str, answer: &T, page: impl FnOnce(&T) -> String) {
        self.tell(&page(answer));
        self.told.insert(name.to_owned(), serde_json::json!(answer));
    }
}

#[derive(Default)]
struct Imported {
    children: usize,
    episodes: usize,
    new: usize,
    changed: usize,
    placements: usize,
    absences: usize,
    held: usize,
    waiting: usize,
    codes: BTreeMap<String, (usize, usize)>,
}

impl Imported {
    fn add(&mut self, report: &ImportReport) {
        self.children += report.children;
        self.episodes += report.episodes;
        self.new += report.episodes_new;
        self.changed += report.episodes_changed;
        self.placements += report.placements;
        self.absences += report.absences;
        self.held += report.tables.iter().map(|table| table.held as usize).sum::<usize>();
        self.waiting += report.waiting;
        for (code, (held, noted)) in &report.codes {
            let sum = self.codes.entry(code.clone()).or_default();
            (sum.0, sum.1) = (sum.0 + held, sum.1 + noted);
        }
    }
}

/// A child whose move was told late, so late that a month has been paid in which the wrong place counted: from one home
/// to another if there is such, else as nearly. Gives the council, its number for the child and when the child moved.
fn late_child(told: &[Told], before: Period) -> Result<(CouncilCode, String, Night), Problem> {
    let mut best: Option<(usize, (CouncilCode, String, Night))> = None;
    for council in told {
        for mistake in council.second_year.mistakes.iter().filter(|mistake| mistake.kind == "late-move") {
            let (moved, said) = (Night::parse_british(&mistake.meant), Night::parse_british(&mistake.told));
            let (Some(moved), Some(said)) = (moved, said) else { continue };
            if before.last_night() <= said || Period::of(moved) == Period::of(said) {
                continue;
            }
            let child = mistake.child.to_string();
            let rows = council.corrected.table("episodes").unwrap_or_default().lines();
            let rows =
                rows.map(|row| row.split(',').collect::<Vec<_>>()).filter(|row| row.first() == Some(&child.as_str()));
            let here = rows.filter(|row| {
                row.get(1) == Some(&mistake.meant.as_str()) || row.get(7) == Some(&mistake.meant.as_str())
            });
            let homes = here.filter(|row| row.get(5) == Some(&"K2") && row.get(6) == Some(&"PR4")).count();
            if best.as_ref().is_none_or(|(most, _)| *most < homes) {
                best = Some((homes, (council.code, child, moved)));
            }
        }
    }
    best.map(|(_, found)| found)
        .ok_or_else(|| Problem::asked("demo.difference", "no move was told late in this demo; choose another --seed"))
}
