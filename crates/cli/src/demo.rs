//! The tour: a generated return is imported, priced, paid by monthly runs, corrected late, explained and proved.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use app::kernel::{CouncilCode, Period};
use app::ssda903::Source;
use app::{
    AsOf, Clock, ImportOptions, InitOptions, Moment, Night, Office, Pence, PriceTerms, Problem, ReturnYear, Target,
};
use simulation::{GeneratedReturn, Plan, with_late_correction};

use crate::args::Demo;
use crate::{render, say};

/// Kent, in the South East, so that the allowances have a region of their own.
const COUNCIL: &str = "E10000016";
/// 2025-26: inside the years of the allowance tables that the product ships.
const YEAR: i16 = 2026;

struct Tour {
    office: Office,
    council: CouncilCode,
    year: ReturnYear,
    json: bool,
    told: BTreeMap<String, serde_json::Value>,
}

pub fn demo(options: &Demo, json: bool) -> Result<(), Problem> {
    let failed = |error: std::io::Error| Problem::asked("demo.folder", format!("no folder for the demo: {error}"));
    let temporary = tempfile::tempdir().map_err(failed)?;
    let folder = options.keep.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let year = ReturnYear::try_new(YEAR).ok_or_else(|| Problem::asked("demo.year", "the demo's year is not known"))?;
    let council = CouncilCode::parse(COUNCIL).ok_or_else(|| Problem::asked("demo.council", "no such council"))?;
    let plan = Plan { seed: options.seed, children: options.children.max(1), year };
    let (first, corrected, difference) = with_late_correction(&plan);
    for (name, made) in [("return", &first), ("return-corrected", &corrected)] {
        write(&folder.join(name), made).map_err(failed)?;
    }
    let target = Target::Folder(folder.join("store"));
    let mut tour = Tour { office: Office::new(target, "demo"), council, year, json, told: BTreeMap::new() };
    tour.go(&first, &corrected, &difference)?;
    if json {
        say(&format!("{:#}\n", serde_json::json!(tour.told)));
    } else if let Some(kept) = &options.keep {
        say(&format!("\nKept: carebank --data {} balance\n", kept.join("store").display()));
    }
    Ok(())
}

fn write(folder: &Path, made: &GeneratedReturn) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("header.csv"), &made.header)?;
    std::fs::write(folder.join("episodes.csv"), &made.episodes)?;
    std::fs::write(folder.join("uasc.csv"), &made.uasc)
}

impl Tour {
    fn go(&mut self, first: &GeneratedReturn, corrected: &GeneratedReturn, difference: &str) -> Result<(), Problem> {
        self.at("2025-04-01T09:00:00")?;
        self.office.init(&InitOptions {
            scheme_start: self.year.nights().start(),
            reference_key: Some("demonstration".to_owned()),
            ..InitOptions::default()
        })?;
        self.chapter(
            "A council's return goes in",
            "A return is a year's evidence; here it stands in for the notices that a council would send as it goes.",
        );
        let report = self.import(first)?;
        self.page("import", &report, |report| render::import(report, false));

        self.chapter(
            "Prices are agreed with providers, independent of any placement",
            "The amounts are invented. Foster care is paid by the National Minimum Allowance.",
        );
        let agreed = self.agree(&first.episodes)?;
        self.tell(&format!("{agreed} homes and providers of supported accommodation have an agreement.\n"));

        let (child, moved) = self.late_child(first, corrected)?;
        let before_told = Period::of(moved).last_night();
        self.chapter("Monthly runs", "");
        let mut period = Period::of(self.year.nights().start());
        while period.last_night() < before_told {
            self.run(period)?;
            period = period.next();
        }
        self.at(&format!("{}T10:00:00", before_told.plus(2).iso()))?;
        let outcome = self.office.pay_run(before_told, &|_| ())?;
        self.page("run", &outcome, render::run);
        period = period.next();

        self.chapter("The statement of one child, before a correction", "");
        let statement = self.office.statement_child(child, &AsOf::default())?;
        let placement = statement.placements.iter().rev().find(|report| report.from.is_some_and(|from| from <= moved));
        let placement =
            placement.ok_or_else(|| Problem::asked("demo.child", "the demo's child has no placement"))?.placement;
        self.page("statement_before", &statement, render::child);

        self.chapter("One night, explained", "");
        let explanation = self.office.explain(placement, moved, &AsOf::default())?;
        self.page("explanation", &explanation, render::explanation);

        self.chapter(
            "A late fact arrives",
            &format!(
                "{difference}\nThe corrected return is imported; the run through the same night posts one difference."
            ),
        );
        self.at(&format!("{}T11:00:00", before_told.plus(9).iso()))?;
        let told_before = Moment::parse(&format!("{}T10:59:00", before_told.plus(9).iso()));
        self.import(corrected)?;
        let outcome = self.office.pay_run(before_told, &|_| ())?;
        self.page("correction", &outcome, render::run);

        self.chapter("The statement after", "");
        self.page("statement_after", &self.office.statement_child(child, &AsOf::default())?, render::child);
        let back = AsOf { as_of: None, known_at: told_before };
        let again = self.office.statement_child(child, &back)?;
        let same = again.placements == statement.placements;
        self.tell(&format!(
            "\nAs known a minute before the correction, the statement is {}.\n",
            if same { "the one shown then" } else { "DIFFERENT" }
        ));
        self.told.insert("as_known_before_is_as_shown_before".to_owned(), same.into());

        while period.last_night() <= self.year.known_through() {
            self.run(period)?;
            period = period.next();
        }
        self.chapter("The books at the end of the year", "");
        self.page("balance", &self.office.balance(&AsOf::default())?, |balance| render::balance(balance, false));
        let again = self.office.pay_run(self.year.known_through(), &|_| ())?;
        self.tell(&format!("\nThe same run again posts {} postings.\n", again.postings));
        self.chapter("Everything worked out again", "");
        let verification = self.office.verify(&|_| ())?;
        self.page("verify", &verification, render::verification);
        if !verification.is_sound() {
            return Err(Problem {
                exit: 1,
                ..Problem::asked("verify.failed", "the demonstration's store is not sound")
            });
        }
        Ok(())
    }

    fn at(&mut self, moment: &str) -> Result<(), Problem> {
        let moment = Moment::parse(moment).ok_or_else(|| Problem::asked("demo.clock", "not a moment"))?;
        self.office.clock = Clock::Fixed(moment);
        Ok(())
    }

    fn chapter(&self, title: &str, text: &str) {
        let text = if text.is_empty() { String::new() } else { format!("{text}\n") };
        self.tell(&format!("\n── {title} ──\n{text}\n"));
    }

    fn tell(&self, text: &str) {
        if !self.json {
            say(text);
        }
    }

    fn page<T: serde::Serialize>(&mut self, name: &str, answer: &T, page: impl FnOnce(&T) -> String) {
        self.tell(&page(answer));
        self.told.insert(name.to_owned(), serde_json::json!(answer));
    }

    fn import(&self, made: &GeneratedReturn) -> Result<app::ImportReport, Problem> {
        let sources = vec![
            Source::new("header.csv", std::io::Cursor::new(made.header.clone())),
            Source::new("episodes.csv", std::io::Cursor::new(made.episodes.clone())),
            Source::new("uasc.csv", std::io::Cursor::new(made.uasc.clone())),
        ];
        let options = ImportOptions { council: self.council, year: self.year, whole: false, check: false };
        self.office.import_ssda903(&options, sources, &|_| ())
    }

    fn run(&mut self, period: Period) -> Result<(), Problem> {
        self.at(&format!("{}T10:00:00", period.last_night().plus(2).iso()))?;
        let outcome = self.office.pay_run(period.last_night(), &|_| ())?;
        let report = &outcome.report;
        self.tell(&format!(
            "run {:>2} through {:<18} {:>6} postings  {:>16} owed  {:>14} return held\n",
            outcome.run, outcome.through, outcome.postings, report.payable_pence, report.held_pence
        ));
        Ok(())
    }

    /// Agrees an invented price with every home and provider of supported accommodation that the return names.
    fn agree(&self, episodes: &str) -> Result<usize, Problem> {
        let settings: BTreeSet<(&str, &str)> = episodes
            .lines()
            .skip(1)
            .filter_map(|row| {
                let fields: Vec<&str> = row.split(',').collect();
                let (kind, urn) = (*fields.get(5)?, *fields.get(12)?);
                (matches!(kind, "K2" | "K3" | "R1" | "R3" | "S1") && !urn.is_empty()).then_some((urn, kind))
            })
            .collect();
        let from = self.year.nights().start();
        for (nth, (urn, kind)) in (0i64..).zip(&settings) {
            let supported = *kind == "K3";
            let care = if supported { 90_000 } else { 410_000 } + nth % 7 * 5_000;
            let ret = if supported { 15_000 } else { 70_000 } + nth % 5 * 4_000;
            self.office.agree_price(&PriceTerms {
                subject: format!("urn/{urn}"),
                kind: None,
                from,
                until: None,
                care: Some(Pence::new(care)),
                ret: Some(Pence::new(ret)),
                total: None,
                nightly: false,
                notice_nights: 0,
                reason: "invented for the demonstration".to_owned(),
            })?;
        }
        Ok(settings.len())
    }

    /// The child whose move is told late, and the true date of it: the first row that the corrected return changes.
    fn late_child(
        &self,
        first: &GeneratedReturn,
        corrected: &GeneratedReturn,
    ) -> Result<(app::ChildRef, Night), Problem> {
        let row = corrected.episodes.lines().zip(first.episodes.lines()).find(|(now, before)| now != before);
        let fields: Vec<&str> = row.map(|(now, _)| now.split(',').collect()).unwrap_or_default();
        let moved = fields.get(7).and_then(|dec| Night::parse_british(dec));
        let (Some(local), Some(moved)) = (fields.first(), moved) else {
            return Err(Problem::asked("demo.difference", "the generated returns do not differ by a move"));
        };
        Ok((self.office.child_reference(self.council, local)?, moved))
    }
}
