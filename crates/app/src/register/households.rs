//! A council's list of its households goes in: fostering, kinship and adoptive. Who is on it and was not has joined, who
//! was and is not has left; it says nothing of other councils' households, nor of those written in by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use formats::households::{self, HouseholdRow};
use kernel::{CouncilCode, Night, Seq};
use register::{Field, History, Kind, List, ListRow, Setting, SettingRef, take};
use store::{ListRecord, Wing};

use super::import::{ListOptions, ListReport, digest, kinds, summary, told};
use crate::office::{Committed, Office};
use crate::problem::Problem;

fn broken(file: &str, row: &HouseholdRow, why: &str) -> Problem {
    let sentence = format!("{file}, line {}: {why}. Nothing was loaded.", row.line);
    Problem::refused("register.household", sentence)
}

/// One row as the register has it. Where a family lives it knows by district alone.
fn standing(file: &str, row: &HouseholdRow, council: CouncilCode, at: Night) -> Result<ListRow, Problem> {
    let [number, kind, places, postcode, owner, status] = row.said.each_ref().map(Option::as_deref);
    let (number, kind, places) = (number.unwrap_or(""), kind.unwrap_or(""), places.unwrap_or(""));
    let number = number.strip_prefix("household/").unwrap_or(number);
    let setting = SettingRef::parse(&format!("household/{number}")).ok_or_else(|| {
        broken(file, row, "the number is no letters, figures and hyphens, 40 at most; write it as KENT-0012")
    })?;
    let Some(kind) = Kind::read(kind).filter(|kind| kind.is_household()) else {
        return Err(broken(file, row, "the kind is no Fostering household, Kinship household or Adoptive household"));
    };
    let mut facts = Setting::default();
    facts.say(Field::Kind, kind.name());
    facts.say(Field::Council, kernel::council(council).name);
    facts.say(Field::Status, status.filter(|status| !status.is_empty()).unwrap_or("Active"));
    // A column that the list has not says nothing; a blank in one that it has says that there is none.
    if let Some(owner) = owner {
        facts.say(Field::Owner, owner);
    }
    facts.say(Field::Places, places);
    if facts.places().is_none() {
        return Err(broken(file, row, "places is no number; write for how many children it is approved, such as 2"));
    }
    if let Some(postcode) = postcode {
        let outcode = kernel::outcode(postcode);
        if outcode.is_none() && !postcode.is_empty() {
            return Err(broken(file, row, "the postcode is none; write it as BL3 4HF, or its district as BL3"));
        }
        facts.say(Field::Postcode, outcode.as_deref().unwrap_or(""));
    }
    Ok(ListRow { setting, from: at, listed: true, facts })
}

impl Office {
    /// Takes a council's list of households, all or nothing. The same list again changes nothing.
    pub fn import_households<'a>(
        &self,
        council: CouncilCode,
        options: &ListOptions,
        data: impl Read + 'a,
    ) -> Result<ListReport, Problem> {
        self.list_has_come(options)?;
        let read = households::read(&options.file, data)
            .map_err(|refusal| Problem::refused(&format!("register.{}", refusal.code()), refusal.to_string()))?;
        let rows: Result<Vec<ListRow>, Problem> =
            read.iter().map(|row| standing(&options.file, row, council, options.at)).collect();
        let list = List { at: options.at, whole: true, rows: rows? };
        let source = format!("households/{council}");
        let digest = digest(&format!("{source} {}", options.at.iso()), &list);
        let all: Vec<Setting> = list.rows.iter().map(|row| row.facts.clone()).collect();
        let mut report = ListReport { kinds: kinds(&all), rows: list.rows.len(), ..ListReport::new(options) };
        let mut db = self.open(Wing::Care)?;
        let committed = self.commit(&mut db, "register import households", &digest, |db, seq| {
            let before: Vec<ListRecord> =
                db.lists(Seq::NOW)?.into_iter().filter(|list| list.source == source).collect();
            let known = own(db.settings(Seq::NOW)?, council, options.at);
            if let Some(row) = list.rows.iter().find(|row| known.foreign.contains(&row.setting)) {
                let why = format!(
                    "{}: {} is another council's; give the household a number of your own, such as {}-1. Nothing was loaded.",
                    options.file,
                    row.setting,
                    kernel::council(council).name.to_ascii_uppercase().replace(' ', "-")
                );
                return Err(Problem::refused("register.household", why));
            }
            let whole: BTreeSet<Night> = before.iter().map(|list| list.as_at).collect();
            let taken = take(&known.own, &whole, &list, seq);
            let newest = before.iter().rfind(|list| list.as_at == options.at);
            told(&mut report, &taken);
            if taken.versions.is_empty() && newest.is_some_and(|newest| newest.digest == digest) {
                return Ok(None);
            }
            db.record_settings(&taken.versions)?;
            db.record_list(&ListRecord {
                seq,
                source: source.clone(),
                as_at: options.at,
                whole: true,
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

/// Households by whose they are.
struct Known {
    own: BTreeMap<SettingRef, History>,
    foreign: BTreeSet<SettingRef>,
}

fn own(settings: BTreeMap<SettingRef, History>, council: CouncilCode, at: Night) -> Known {
    let mut known = Known { own: BTreeMap::new(), foreign: BTreeSet::new() };
    for (setting, history) in settings.into_iter().filter(|(setting, _)| setting.is_household()) {
        let latest = history.versions().last().map_or(at, |version| version.from);
        let standing = history.on(latest, Seq::NOW);
        let whose = standing.and_then(|standing| standing.facts.council(at)).map(|council| council.code);
        match whose {
            Some(other) if other != council => drop(known.foreign.insert(setting)),
            _ => drop(known.own.insert(setting, history)),
        }
    }
    known
}
