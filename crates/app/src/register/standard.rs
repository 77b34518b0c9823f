//! The Placements Data Standard against the register: which places are filled goes out, and comes in. No price and no
//! child's number passes.

use std::collections::BTreeMap;
use std::io::Read;

use formats::placements_standard::{self as standard, Completeness, Finding, Placement};
use kernel::{CouncilCode, Masked, Night, Seq};
use register::{Field, Kind, PlaceRef, Says, SettingRef, State, Statement, View, conditions_on, state};
use serde::Serialize;
use store::{Db, Wing};

use super::{SettingFilter, instant, standing};
use crate::office::{AsOf, Committed, Office};
use crate::problem::Problem;
use crate::reference::{ReferenceKey, sha256};

/// How many letters of a digest mark a placement that came in.
const MARK: usize = 12;

/// What taking placements in did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StandardReport {
    /// The commit; none if nothing was recorded.
    pub tx: Option<Seq>,
    /// The file.
    pub file: String,
    /// Records in it.
    pub records: usize,
    /// Weekly costs that were left out.
    pub costs_left_out: usize,
    /// Places recorded as filled.
    pub filled: Vec<PlaceRef>,
    /// Records known from before.
    pub known: usize,
    /// Records without a setting's number or a date of placement.
    pub without_place: usize,
    /// Numbers that the register has not.
    pub unknown_settings: Vec<String>,
    /// Settings that had no place left.
    pub full: Vec<SettingRef>,
    /// What does not follow the standard.
    pub findings: Vec<Finding>,
}

impl Office {
    /// Takes placements in as filled places, all or nothing: a file with findings is refused unless it is only to be
    /// checked.
    pub fn import_placements<'a>(
        &self,
        council: CouncilCode,
        file: &str,
        data: impl Read + 'a,
        only_check: bool,
    ) -> Result<StandardReport, Problem> {
        let read = standard::read(file, data, Completeness::Part)
            .map_err(|refusal| Problem::refused(&format!("register.{}", refusal.code()), refusal.to_string()))?;
        let mut report = StandardReport {
            tx: None,
            file: file.to_owned(),
            records: read.placements.len(),
            costs_left_out: read.costs,
            filled: Vec::new(),
            known: 0,
            without_place: 0,
            unknown_settings: Vec::new(),
            full: Vec::new(),
            findings: read.findings,
        };
        if only_check {
            return Ok(report);
        }
        if let Some(first) = report.findings.first() {
            let more = report.findings.len();
            return Err(Problem::refused(
                &format!("register.{}", first.code),
                format!(
                    "{file}, record {}, {}: {} There are {more} such findings; --check lists them. Nothing was loaded.",
                    first.record, first.field, first.sentence
                ),
            ));
        }
        let mut db = self.open(Wing::Care)?;
        let now = self.clock.now();
        let content = sha256(&standard::write(&read.placements, council.as_str()));
        let committed = self.commit(&mut db, "register import placements-standard", &content, |db, seq| {
            let key = db
                .reference_key()?
                .ok_or_else(|| Problem::asked("store.key", "the store was not finished; run `carebank init` again"))?;
            let at = db.tx(seq)?.map_or_else(|| now.as_str().to_owned(), |tx| tx.at);
            let view = View { known: Seq::NOW, at: instant(&at)? };
            let mut filling = Filling { seq, council, key: ReferenceKey::new(key), view, statements: Vec::new() };
            for placement in &read.placements {
                filling.one(db, placement, &mut report)?;
            }
            if filling.statements.is_empty() {
                return Ok(None);
            }
            db.record_statements(&filling.statements)?;
            Ok(Some(()))
        })?;
        report.tx = match committed {
            Committed::Recorded(seq, ()) | Committed::Replayed(seq) => Some(seq),
            Committed::Nothing => None,
        };
        Ok(report)
    }

    /// The places that are filled, in the standard's words: what the register knows of each placement.
    pub fn export_placements(&self, filter: &SettingFilter, view: &AsOf) -> Result<String, Problem> {
        let mut db = self.open(Wing::Care)?;
        let (known, expiry) = self.look(&mut db, view)?;
        let mut about: BTreeMap<PlaceRef, Vec<Statement>> = BTreeMap::new();
        for said in db.statements(known.tx)? {
            about.entry(said.place.clone()).or_default().push(said);
        }
        let here: BTreeMap<_, _> = standing(&mut db, known.tx, known.as_of)?.into_iter().collect();
        let mut placements = Vec::new();
        for (place, said) in &about {
            let standing = here.get(&place.setting).filter(|standing| filter.takes(&standing.facts, known.as_of));
            if let (Some(standing), State::Filled(filled)) = (standing, state(said, known.as_of, &expiry)) {
                placements.push(placement(&place.setting, &standing.facts, filled.from, known.as_of));
            }
        }
        let note = "What a register knows of placements: where, of what type, since when. The fields of the child, the \
                    referral and the cost are with those who have them.";
        Ok(standard::write(&placements, note))
    }
}

fn placement(setting: &SettingRef, facts: &register::Setting, from: Night, on: Night) -> Placement {
    let mut placement = Placement::default();
    let council = facts.council(on).map(|council| council.name).or_else(|| facts.text(Field::Council));
    placement.say("ActualPlacement", "placementLocation", council.unwrap_or("not told").into());
    if let Some(urn) = setting.number() {
        placement.say("ActualPlacement", "providerURN", urn.into());
    }
    let kind = match facts.kind() {
        Some(Kind::FosteringAgency | Kind::CouncilFostering | Kind::FosteringHousehold | Kind::KinshipHousehold) => {
            Some("Foster")
        }
        Some(Kind::SupportedAccommodation) => Some("Supported Accommodation"),
        Some(kind) if kind.is_childrens_home() => Some("Residential"),
        Some(Kind::ResidentialFamilyCentre | Kind::ResidentialSpecialSchool) => Some("Residential"),
        _ => None,
    };
    if let Some(kind) = kind {
        placement.say("ActualPlacement", "placementType", kind.into());
    }
    placement.say("QualityAssurance", "placementDate", from.iso().into());
    placement
}

struct Filling {
    seq: Seq,
    council: CouncilCode,
    key: ReferenceKey,
    view: View,
    statements: Vec<Statement>,
}

impl Filling {
    fn one(&mut self, db: &mut Db, placement: &Placement, report: &mut StandardReport) -> Result<(), Problem> {
        let urn = placement.text("ActualPlacement", "providerURN");
        let from = placement.text("QualityAssurance", "placementDate").and_then(Night::parse_iso);
        let Some((urn, from)) = urn.zip(from) else {
            report.without_place += 1;
            return Ok(());
        };
        let setting = SettingRef::urn(urn);
        let history = setting.as_ref().map(|setting| db.setting(setting, Seq::NOW)).transpose()?;
        let there = history.and_then(|history| history.on(from, Seq::NOW)).filter(|standing| standing.listed);
        let Some((setting, standing)) = setting.zip(there) else {
            report.unknown_settings.push(urn.chars().take(MARK).collect());
            return Ok(());
        };
        let by = self.mark(placement, &setting, from);
        let mut said = db.statements_of(&setting, Seq::NOW)?;
        said.extend(self.statements.iter().filter(|fresh| fresh.place.setting == setting).cloned());
        if said.iter().any(|said| said.by == by) {
            report.known += 1;
            return Ok(());
        }
        let conditions = conditions_on(&db.conditions(&setting, Seq::NOW)?, 0, from, Seq::NOW);
        let number = conditions.most.or_else(|| standing.facts.places()).unwrap_or(0);
        let open = (1..=number).filter_map(|nth| PlaceRef::try_new(setting.clone(), nth)).find(|place| {
            let about: Vec<Statement> = said.iter().filter(|said| said.place == *place).cloned().collect();
            // Nothing said later may be overrun either: the new statement has no end.
            about.iter().all(|said| said.from <= from)
                && !matches!(state(&about, from, &self.view), State::Filled(_) | State::Held(_))
        });
        let Some(place) = open else {
            report.full.push(setting);
            return Ok(());
        };
        report.filled.push(place.clone());
        self.statements.push(Statement {
            seq: self.seq,
            place,
            from,
            until: None,
            says: Says::Filled,
            turnaround: 0,
            expires: None,
            replaces: None,
            by,
            at: self.view.at.clone(),
        });
        Ok(())
    }

    /// Tells this placement from others when it comes again, and tells nobody whose it is.
    fn mark(&self, placement: &Placement, setting: &SettingRef, from: Night) -> String {
        let child = placement.value("PlacementAvailability", "childId").map(ToString::to_string).unwrap_or_default();
        let reference = self.key.child(self.council, &Masked::new(child));
        let digest = sha256(&format!("{reference} {setting} {}", from.iso()));
        format!("{} ({})", kernel::council(self.council).name, &digest[..MARK])
    }
}
