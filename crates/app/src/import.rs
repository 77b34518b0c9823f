//! A council's SSDA903 return goes in; statuses, placements and notices come out.
//!
//! A return is evidence for one council and year. Imported again it replaces, child by child, what the same year's
//! return said before: changed rows supersede, new rows are added, rows that are gone are withdrawn. A child of whom
//! a row is held loses nothing; a child missing from the new return altogether is kept, unless it is said to be whole.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use care::Waiting;
use door::PlacementNotice;
use formats::ssda903::{self, EpisodeRow, Return, Source};
use kernel::{ChildRef, CouncilCode, EpisodeId, Masked, Night, PlacementId, ReturnYear, Seq, council};
use serde::Serialize;
use store::{Db, EpisodeVersion, ImportRow, QuarantineRow, StoredChild, ToldVersion, Wing, WrittenNotices};

use crate::check::RulesRun;
use crate::digest::digest;
use crate::office::{Committed, Office, Progress};
use crate::problem::Problem;
use crate::reference::ReferenceKey;
use crate::settle::settled;
use crate::transfers::Transfers;

/// How often progress is told, in children.
const TELL_EVERY: usize = 5_000;

/// Whose return, of which year.
#[derive(Clone, Copy, Debug)]
pub struct ImportOptions {
    /// The responsible council.
    pub council: CouncilCode,
    /// The collection year.
    pub year: ReturnYear,
    /// Whether children that are missing from it are withdrawn.
    pub whole: bool,
    /// Whether it is held against the Department's rules as well, as far as they need nothing else.
    pub check: bool,
}

/// What was read of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// The SSDA903 table.
    pub table: String,
    /// The file.
    pub file: String,
    /// Rows in it.
    pub rows: u32,
    /// Rows that stand.
    pub stood: u32,
    /// Rows set aside.
    pub held: u32,
    /// Rows that repeat another.
    pub repeated: u32,
    /// Whether this version reads the table.
    pub read: bool,
    /// The encoding found.
    pub encoding: String,
    /// Columns passed over.
    pub ignored: Vec<String>,
}

/// A row set aside, or a field left empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingReport {
    /// The SSDA903 table; empty for a file that is none.
    pub table: &'static str,
    /// The file.
    pub file: Arc<str>,
    /// The line in it, from 1; 0 for the file itself.
    pub line: i64,
    /// The field.
    pub field: &'static str,
    /// The DfE rule, or our own code.
    pub code: &'static str,
    /// Whether the row was set aside.
    pub held: bool,
    /// What is wrong and how to mend it.
    pub sentence: Cow<'static, str>,
}

impl TableReport {
    pub(crate) fn new(table: &ssda903::TableRead) -> TableReport {
        TableReport {
            table: table.table.name().to_owned(),
            file: table.file.clone(),
            rows: table.rows,
            stood: table.stood,
            held: table.held,
            repeated: table.repeated,
            read: table.read,
            encoding: table.encoding.to_owned(),
            ignored: table.ignored.clone(),
        }
    }
}

impl From<ssda903::Finding> for FindingReport {
    fn from(finding: ssda903::Finding) -> FindingReport {
        FindingReport {
            table: finding.table.map_or("", |table| table.name()),
            file: finding.file,
            line: i64::from(finding.line),
            field: finding.field,
            code: finding.code,
            held: finding.held,
            sentence: finding.sentence,
        }
    }
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The commit; none if nothing changed.
    pub tx: Option<Seq>,
    /// The council.
    pub council: String,
    /// Its name.
    pub council_name: String,
    /// The collection year.
    pub year: ReturnYear,
    /// What was read.
    pub tables: Vec<TableReport>,
    /// Children that stand in the return.
    pub children: usize,
    /// Of them, new.
    pub children_new: usize,
    /// Children of an earlier import of this year that this return does not have, and who were kept.
    pub children_missing: usize,
    /// Episodes that stand in the return.
    pub episodes: usize,
    /// Of them, new.
    pub episodes_new: usize,
    /// Of them, different from what was known.
    pub episodes_changed: usize,
    /// Episodes that this return takes back.
    pub episodes_withdrawn: usize,
    /// Episodes of which a later year's return says more, so that nothing changed.
    pub episodes_superseded: usize,
    /// Children of whom it tells something else beside the episodes than was known: reviews, adoption, times missing…
    pub told_changed: usize,
    /// Placements and temporary stays of these children that are in force.
    pub placements: usize,
    /// Absences on temporary codes among them.
    pub absences: usize,
    /// Notices put at the door.
    pub notices: usize,
    /// Claims that wait because another has the night.
    pub waiting: usize,
    /// Nights in those claims.
    pub waiting_nights: i64,
    /// The children whose claims they are.
    pub waiting_children: Vec<ChildRef>,
    /// Children of this return with no episode that stands in it.
    pub children_without_episodes: usize,
    /// Children whose last episode was open when the year before ended, and of whom this return has no episode. They
    /// have no bed from the first night of this year on; ask where they are.
    pub children_untold: Vec<ChildRef>,
    /// Findings by code: how many rows were set aside, and how many fields left empty or read as said.
    pub codes: BTreeMap<String, (usize, usize)>,
    /// Every finding, in order.
    pub findings: Vec<FindingReport>,
    /// What the Department's rules say of it, if that was asked. Nothing is set aside for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<RulesRun>,
}

impl Office {
    /// Imports a return, all or nothing.
    pub fn import_ssda903(
        &self,
        options: &ImportOptions,
        sources: Vec<Source<'_>>,
        progress: Progress<'_>,
    ) -> Result<ImportReport, Problem> {
        let council = council(options.council);
        if !council.in_force(options.year.known_through()) {
            let successors: Vec<&str> = council.successors.iter().map(CouncilCode::as_str).collect();
            let follow = if successors.is_empty() { String::new() } else { format!("; see {}", successors.join(", ")) };
            return Err(Problem::asked(
                "council.year",
                format!(
                    "{} ({}) was not responsible for children's services on {}{follow}",
                    council.name,
                    council.code,
                    options.year.known_through()
                ),
            ));
        }
        let mut db = self.open(Wing::Care)?;
        let refused =
            |refusal: ssda903::Refusal| Problem::refused(&format!("import.{}", refusal.code()), refusal.to_string());
        let sheets = ssda903::load(sources, options.year).map_err(refused)?;
        let mut read = ssda903::stand(&sheets).map_err(refused)?;
        let checked = options.check.then(|| RulesRun::of(&sheets, options.council));
        drop(sheets);
        progress(&format!("{} children and {} episodes read", read.headers.len(), read.episodes.len()));
        let digest = digest(options, &read);
        let findings = std::mem::take(&mut read.findings);
        let mut report = ImportReport { checked, ..report(options, &read, findings) };
        let committed = self.commit(&mut db, "import ssda903", &digest, |db, seq| {
            let key = db
                .reference_key()?
                .ok_or_else(|| Problem::asked("store.key", "the store was not finished; run `carebank init` again"))?;
            let mut import = Import {
                seq,
                options,
                key: ReferenceKey::new(key),
                report: &mut report,
                children: Vec::with_capacity(read.headers.len()),
                versions: Vec::with_capacity(read.episodes.len()),
                notices: WrittenNotices::default(),
                told: Vec::with_capacity(read.headers.len()),
                transfers: Transfers::load(db, Seq::NOW)?,
            };
            import.all(db, &read, progress)?;
            if import.children.is_empty() && import.versions.is_empty() && import.told.is_empty() {
                return Ok(None);
            }
            // In the order of their keys, so that the store writes each of its pages once. Rows are wide: their keys are
            // sorted, and each row is moved once.
            import.told.sort_by_cached_key(|told| told.child);
            import.children.sort_by_cached_key(|child| child.child);
            import.versions.sort_by_cached_key(|version| version.episode);
            db.record_children(seq, &import.children)?;
            db.record_told(seq, &import.told)?;
            db.record_episodes(&import.versions)?;
            db.record_written_notices(seq, import.notices)?;
            let row = ImportRow {
                seq,
                council: options.council,
                year: options.year.ends(),
                digest: digest.clone(),
                summary: summary(&report),
            };
            db.record_import(&row, &mut quarantine(&report))?;
            Ok(Some(()))
        })?;
        report.tx = match committed {
            Committed::Recorded(seq, ()) | Committed::Replayed(seq) => Some(seq),
            Committed::Nothing => None,
        };
        Ok(report)
    }
}

struct Import<'a> {
    seq: Seq,
    options: &'a ImportOptions,
    key: ReferenceKey,
    report: &'a mut ImportReport,
    children: Vec<StoredChild>,
    versions: Vec<EpisodeVersion>,
    notices: WrittenNotices,
    told: Vec<ToldVersion>,
    transfers: Transfers,
}

impl Import<'_> {
    fn all(&mut self, db: &mut Db, read: &Return, progress: Progress<'_>) -> Result<(), Problem> {
        let known: HashMap<ChildRef, StoredChild> =
            db.children(Some(self.options.council), Seq::NOW)?.into_iter().map(|child| (child.child, child)).collect();
        let mut rows: Vec<&EpisodeRow> = read.episodes.iter().collect();
        rows.sort_unstable_by_key(|row| (row.header, row.decom, row.line));
        let mut rows = rows.as_slice();
        let told_before = db.told(self.options.council, self.options.year.ends(), Seq::NOW)?;
        let uasc: HashSet<&Masked> = read.uasc.iter().map(|row| &row.child).collect();
        let mut present = HashSet::with_capacity(read.headers.len());
        for (done, header) in read.headers.iter().enumerate() {
            if done > 0 && done % TELL_EVERY == 0 {
                progress(&format!("{done} of {} children", read.headers.len()));
            }
            let said = StoredChild {
                child: self.key.child(self.options.council, &header.child),
                council: self.options.council,
                local_id: header.child.clone(),
                born: header.dob,
                sex: header.sex,
                ethnic: header.ethnic,
                uasc: uasc.contains(&header.child),
                year: self.options.year.ends(),
            };
            if !present.insert(said.child) {
                return Err(Problem::asked("reference.clash", "two children have one reference; use another key"));
            }
            let before = known.get(&said.child);
            let child = self.child(said, before);
            self.tell(read, done, child.child, told_before.get(&child.child));
            let own = rows.iter().take_while(|row| row.header as usize <= done).count();
            let (own, others) = rows.split_at(own);
            rows = others;
            let complete = !read.doubtful.is(&header.child);
            self.episodes(db, &child, before, own, complete)?;
        }
        let doubtful: BTreeSet<ChildRef> =
            read.doubtful.children.iter().map(|local| self.key.child(self.options.council, local)).collect();
        let whole = self.options.whole && !read.doubtful.anybody;
        if whole {
            let gone = known.keys().filter(|child| !present.contains(child) && !doubtful.contains(child));
            let gone = gone.filter(|child| told_before.get(child).is_some_and(|body| !body.reveal().is_empty()));
            let year = self.options.year.ends();
            self.told.extend(gone.map(|&child| ToldVersion { child, year, body: Masked::default() }));
        }
        self.missing(db, &known, &present, &doubtful, whole)
    }

    /// Records what the return tells of a child beside the episodes, if it is something new. Of a table that the return
    /// has not, or of which a row of the child is held, what was known stays.
    fn tell(&mut self, read: &Return, place: usize, child: ChildRef, before: Option<&Masked>) {
        let before = before.map_or("", Masked::reveal);
        let mut body = String::with_capacity(read.told.of(place).map(|line| line.len() + 1).sum());
        for line in read.told.of(place) {
            body.push_str(line);
            body.push('\n');
        }
        if body == before {
            return;
        }
        let local = &read.headers[place].child;
        let silent = |line: &&str| {
            let name = line.split('\t').next().unwrap_or_default();
            let table = read.tables.iter().find(|read| read.table.name() == name);
            table.is_none_or(|read_of| read.told.is_doubtful(read_of.table, local))
        };
        let kept: Vec<&str> = before.lines().filter(silent).collect();
        if !kept.is_empty() {
            let mut lines: Vec<&str> = body.lines().chain(kept).collect();
            lines.sort_unstable();
            lines.dedup();
            body = lines.iter().flat_map(|line| [line, "\n"]).collect();
            if body == before {
                return;
            }
        }
        self.report.told_changed += 1;
        self.told.push(ToldVersion { child, year: self.options.year.ends(), body: Masked::new(body) });
    }

    /// Records the child if this return says something new; gives the version that stands.
    fn child(&mut self, said: StoredChild, before: Option<&StoredChild>) -> StoredChild {
        match before {
            None => self.report.children_new += 1,
            // A later year's return knows better. The same words in a later year are recorded, so that they go on
            // knowing better when an older return is corrected.
            Some(before) if before.year > said.year || *before == said => return before.clone(),
            Some(_) => {}
        }
        self.children.push(said.clone());
        said
    }

    fn episodes(
        &mut self,
        db: &mut Db,
        child: &StoredChild,
        before: Option<&StoredChild>,
        rows: &[&EpisodeRow],
        complete: bool,
    ) -> Result<(), Problem> {
        let mut versions = match before {
            Some(_) => db.episode_versions(child.child, Seq::NOW)?,
            None => Vec::new(),
        };
        let fresh = self.fresh(child, &versions, rows, complete);
        let born_changed = before.is_some_and(|before| before.born != child.born);
        let any_fresh = !fresh.is_empty();
        if before.is_some() {
            self.versions.extend(fresh.iter().cloned());
        }
        versions.extend(fresh);
        versions.sort_by_key(|version| (version.episode, version.seq));
        let settled = settled(child, &versions, &self.transfers.gone(child.child));
        self.report.children_without_episodes += usize::from(rows.is_empty());
        if rows.is_empty() && left_open(&versions, self.options.year) {
            self.report.children_untold.push(child.child);
        }
        if !settled.waiting.is_empty() {
            self.report.waiting_children.push(child.child);
        }
        self.count(&settled.notices, &settled.waiting);
        if before.is_none() || born_changed || any_fresh {
            let stored = match before {
                Some(_) => db.notices_of_child(child.child, Seq::NOW)?,
                None => Vec::new(),
            };
            let changed = changed(&stored, settled.notices);
            self.put(&changed)?;
        }
        // Of a child who is new every version is.
        if before.is_none() {
            self.versions.extend(versions);
        }
        Ok(())
    }

    /// The versions that this return adds to what is known of a child.
    fn fresh(
        &mut self,
        child: &StoredChild,
        known: &[EpisodeVersion],
        rows: &[&EpisodeRow],
        complete: bool,
    ) -> Vec<EpisodeVersion> {
        let year = self.options.year.ends();
        let mut latest: Vec<&EpisodeVersion> =
            known.chunk_by(|one, other| one.episode == other.episode).filter_map(<[_]>::last).collect();
        // By date, not by reference: the key of the references decides nothing.
        latest.sort_by_key(|before| (before.decom, before.dec, before.seq));
        let mut taken: BTreeSet<EpisodeId> = BTreeSet::new();
        let mut fresh = Vec::new();
        let mut unmatched = Vec::new();
        for row in rows {
            match latest.iter().find(|before| !before.withdrawn && before.decom == row.decom) {
                Some(before) => {
                    taken.insert(before.episode);
                    self.supersede(before, row, &mut fresh);
                }
                None => unmatched.push(*row),
            }
        }
        for row in unmatched {
            // A row of the same place and time whose start was corrected is the same episode.
            let moved = latest
                .iter()
                .filter(|before| !before.withdrawn && !taken.contains(&before.episode) && same_stay(before, row, year))
                .min_by_key(|before| ((before.decom.days() - row.decom.days()).abs(), before.decom));
            match moved {
                Some(before) => {
                    taken.insert(before.episode);
                    self.supersede(before, row, &mut fresh);
                }
                None => {
                    let id = self.new_id(child, row.decom, known, &fresh);
                    self.report.episodes_new += 1;
                    fresh.push(self.version(id, child.child, row));
                }
            }
        }
        if complete {
            for before in latest {
                if !before.withdrawn && before.year == year && !taken.contains(&before.episode) {
                    self.withdraw(before, &mut fresh);
                }
            }
        }
        fresh
    }

    fn supersede(&mut self, before: &EpisodeVersion, row: &EpisodeRow, fresh: &mut Vec<EpisodeVersion>) {
        let said = self.version(before.episode, before.child, row);
        if before.year > said.year {
            self.report.episodes_superseded += 1;
        } else if (EpisodeVersion { seq: before.seq, ..said.clone() }) != *before {
            self.report.episodes_changed += 1;
            fresh.push(said);
        }
    }

    fn withdraw(&mut self, before: &EpisodeVersion, fresh: &mut Vec<EpisodeVersion>) {
        self.report.episodes_withdrawn += 1;
        fresh.push(EpisodeVersion { seq: self.seq, withdrawn: true, ..before.clone() });
    }

    fn version(&self, episode: EpisodeId, child: ChildRef, row: &EpisodeRow) -> EpisodeVersion {
        EpisodeVersion {
            episode,
            seq: self.seq,
            child,
            year: self.options.year.ends(),
            decom: row.decom,
            dec: row.dec,
            rne: row.rne,
            ls: row.ls,
            cin: row.cin,
            place: row.place,
            provider: row.provider,
            rec: row.rec,
            reason: row.reason,
            home_post: row.home_post.clone(),
            pl_post: row.pl_post.clone(),
            urn: row.urn.map(|urn| urn.as_str().to_owned()),
            withdrawn: false,
        }
    }

    fn new_id(
        &self,
        child: &StoredChild,
        decom: Night,
        known: &[EpisodeVersion],
        fresh: &[EpisodeVersion],
    ) -> EpisodeId {
        (0..)
            .map(|nth| self.key.episode(child.child, decom, nth))
            .find(|id| !known.iter().chain(fresh).any(|version| version.episode == *id))
            .expect("there are more references than episodes")
    }

    /// Children whom an earlier import of this year had and this return has not.
    fn missing(
        &mut self,
        db: &mut Db,
        known: &HashMap<ChildRef, StoredChild>,
        present: &HashSet<ChildRef>,
        doubtful: &BTreeSet<ChildRef>,
        whole: bool,
    ) -> Result<(), Problem> {
        let year = self.options.year.ends();
        let absent: BTreeMap<_, _> = known.iter().filter(|(child, _)| !present.contains(child)).collect();
        for (child, stored) in absent {
            let versions = db.episode_versions(*child, Seq::NOW)?;
            if left_open(&versions, self.options.year) {
                self.report.children_untold.push(*child);
            }
            let latest: Vec<&EpisodeVersion> = versions
                .chunk_by(|one, other| one.episode == other.episode)
                .filter_map(<[_]>::last)
                .filter(|last| !last.withdrawn && last.year == year)
                .collect();
            if latest.is_empty() {
                continue;
            }
            self.report.children_missing += usize::from(!whole || doubtful.contains(child));
            if whole && !doubtful.contains(child) {
                let mut fresh = Vec::new();
                latest.iter().for_each(|before| self.withdraw(before, &mut fresh));
                let mut all: Vec<EpisodeVersion> = versions.iter().chain(&fresh).cloned().collect();
                all.sort_by_key(|version| (version.episode, version.seq));
                let settled = settled(stored, &all, &self.transfers.gone(*child));
                let changed = changed(&db.notices_of_child(*child, Seq::NOW)?, settled.notices);
                self.put(&changed)?;
                self.versions.extend(fresh);
            }
        }
        Ok(())
    }

    fn put(&mut self, notices: &[PlacementNotice]) -> Result<(), Problem> {
        self.report.notices += notices.len();
        Ok(notices.iter().try_for_each(|notice| self.notices.push(notice))?)
    }

    fn count(&mut self, notices: &[PlacementNotice], waiting: &[Waiting]) {
        let absences = notices.iter().filter(|notice| notice.absent_from.is_some()).count();
        self.report.placements += notices.len() - absences;
        self.report.absences += absences;
        self.report.waiting += waiting.len();
        self.report.waiting_nights += waiting.iter().map(|wait| wait.nights.count()).sum::<i64>();
    }
}

/// Whether a row of that year's return is the same stay as a known episode whose DECOM was different. An open end
/// reaches no further than the evidence of its return.
fn same_stay(before: &EpisodeVersion, row: &EpisodeRow, year: i16) -> bool {
    let place = (before.place, before.provider, before.urn.as_deref());
    let end = |dec: Option<Night>, year| dec.or(ReturnYear::try_new(year).map(|year| year.nights().end()));
    let overlap = end(row.dec, year).is_none_or(|end| before.decom < end)
        && end(before.dec, before.year).is_none_or(|end| row.decom < end);
    overlap
        && place == (row.place, row.provider, row.urn.as_ref().map(|urn| urn.as_str()))
        && same_postcode(before.pl_post.reveal(), row.pl_post.reveal())
}

/// Whether two postcodes are of one place: alike; or the one is the other's district, which is all that is known here of a
/// home before a return tells of it.
fn same_postcode(one: &str, other: &str) -> bool {
    let district = |district: &str, whole: &str| {
        let is_district = !district.is_empty() && !district.contains(' ');
        is_district && whole.split_once(' ').is_some_and(|(outward, _)| outward == district)
    };
    one == other || district(one, other) || district(other, one)
}

/// Whether the year before this one left the child in care, and nothing later is known.
fn left_open(versions: &[EpisodeVersion], year: ReturnYear) -> bool {
    let latest = versions.chunk_by(|one, other| one.episode == other.episode).filter_map(<[_]>::last);
    let last = latest.filter(|last| !last.withdrawn).max_by_key(|last| (last.year, last.decom));
    last.is_some_and(|last| last.dec.is_none() && last.year == year.ends() - 1)
}

/// The notices to put at the door: those that differ from what stands there, and withdrawals of those no more in force.
pub(crate) fn changed(stored: &[PlacementNotice], mut now: Vec<PlacementNotice>) -> Vec<PlacementNotice> {
    if stored.is_empty() {
        now.sort_by_key(|notice| notice.placement);
        return now;
    }
    let standing: HashMap<PlacementId, &PlacementNotice> =
        stored.iter().map(|notice| (notice.placement, notice)).collect();
    let current: BTreeSet<PlacementId> = now.iter().map(|notice| notice.placement).collect();
    let withdrawn = stored
        .iter()
        .filter(|notice| !current.contains(&notice.placement) && !notice.nights.is_empty())
        .map(PlacementNotice::withdrawn);
    let mut changed: Vec<PlacementNotice> = withdrawn.collect();
    changed.extend(now.into_iter().filter(|notice| standing.get(&notice.placement) != Some(&notice)));
    changed.sort_by_key(|notice| notice.placement);
    changed
}

fn report(options: &ImportOptions, read: &Return, findings: Vec<ssda903::Finding>) -> ImportReport {
    let mut codes: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for finding in &findings {
        let count = match codes.get_mut(finding.code) {
            Some(count) => count,
            None => codes.entry(finding.code.to_owned()).or_default(),
        };
        if finding.held {
            count.0 += 1;
        } else {
            count.1 += 1;
        }
    }
    ImportReport {
        tx: None,
        council: options.council.to_string(),
        council_name: council(options.council).name.to_owned(),
        year: options.year,
        tables: read.tables.iter().map(TableReport::new).collect(),
        children: read.headers.len(),
        children_new: 0,
        children_missing: 0,
        episodes: read.episodes.len(),
        episodes_new: 0,
        episodes_changed: 0,
        episodes_withdrawn: 0,
        episodes_superseded: 0,
        told_changed: 0,
        placements: 0,
        absences: 0,
        notices: 0,
        waiting: 0,
        waiting_nights: 0,
        waiting_children: Vec::new(),
        children_without_episodes: 0,
        children_untold: Vec::new(),
        codes,
        findings: findings.into_iter().map(FindingReport::from).collect(),
        checked: None,
    }
}

/// The counts, for the record.
fn summary(report: &ImportReport) -> String {
    format!(
        "{{\"children\":{},\"episodes\":{},\"new\":{},\"changed\":{},\"withdrawn\":{},\"notices\":{}}}",
        report.children,
        report.episodes,
        report.episodes_new,
        report.episodes_changed,
        report.episodes_withdrawn,
        report.notices
    )
}

/// What was set aside or left empty, in order of the first line of each reason.
fn quarantine(report: &ImportReport) -> impl Iterator<Item = QuarantineRow<'_>> + '_ {
    let mut reasons: Vec<(&FindingReport, Vec<i64>)> = Vec::new();
    let mut found = HashMap::new();
    for finding in &report.findings {
        let reason = (&*finding.sentence, finding.code, finding.field, finding.held, &*finding.file);
        let place = *found.entry((reason, finding.table)).or_insert_with(|| {
            reasons.push((finding, Vec::new()));
            reasons.len() - 1
        });
        reasons[place].1.push(finding.line);
    }
    reasons.into_iter().map(|(finding, lines)| QuarantineRow {
        table: finding.table.into(),
        file: finding.file.as_ref().into(),
        line: lines[0],
        more: ranges(&lines[1..]).into(),
        field: finding.field.into(),
        code: finding.code.into(),
        held: finding.held,
        sentence: finding.sentence.as_ref().into(),
    })
}

/// Line numbers in order as `3-5,9`.
fn ranges(lines: &[i64]) -> String {
    let runs = lines.chunk_by(|one, next| one + 1 == *next);
    let runs = runs.map(|run| match run {
        [only] => only.to_string(),
        _ => format!("{}-{}", run[0], run[run.len() - 1]),
    });
    runs.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn lines_are_told_as_ranges() {
        assert_eq!(ranges(&[]), "");
        assert_eq!(ranges(&[3, 4, 5, 9, 11, 12]), "3-5,9,11-12");
    }
}
