//! Everything that can be worked out again is worked out again and compared.

use std::collections::{BTreeMap, HashMap, HashSet};

use ::register::PlaceRef;
use funding::{lines, required};
use kernel::{Night, PlacementId, Seq};
use ledger::{AccountId, Chart, Class, GENESIS, Part, Posting, Sealer, Standing};
use money::Pence;
use serde::Serialize;
use store::{Db, Fault, Run, Total, Wing};

use crate::import::changed;
use crate::knowledge::Terms;
use crate::office::{Office, Progress};
use crate::problem::Problem;
use crate::reference::sha256;
use crate::run::header;
use crate::settle::settled;
use crate::settlement::seal;
use crate::transfers::Transfers;

/// How many failures of one check are named; all are counted.
const NAMED: usize = 20;
const PAGE: i64 = 2_500;

/// One thing that must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What must hold.
    pub what: String,
    /// How many things were looked at.
    pub looked_at: i64,
    /// How many failed.
    pub failed: i64,
    /// The first failures.
    pub failures: Vec<String>,
}

/// What `verify` found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// The checks, in order.
    pub checks: Vec<Check>,
    /// The last commit.
    pub tx: Seq,
    /// How safe a commit is, as the engine reports it.
    pub durability: String,
}

impl Verification {
    /// Whether every check holds.
    pub fn is_sound(&self) -> bool {
        self.checks.iter().all(|check| check.failed == 0)
    }
}

impl Check {
    fn new(what: &str) -> Check {
        Check { what: what.to_owned(), looked_at: 0, failed: 0, failures: Vec::new() }
    }

    fn look(&mut self, holds: bool, failure: impl FnOnce() -> String) {
        self.looked_at += 1;
        if !holds {
            self.failed += 1;
            if self.failures.len() < NAMED {
                self.failures.push(failure());
            }
        }
    }
}

impl Office {
    /// Verifies the store.
    pub fn verify(&self, progress: Progress<'_>) -> Result<Verification, Problem> {
        let mut db = self.open(Wing::Whole)?;
        let durability = db.durability()?;
        db.snapshot(|db| {
            let tx = db.latest_tx()?.map_or(Seq(0), |tx| tx.seq);
            let mut checks = vec![policy(db)?];
            if !db.is_postgres() {
                checks.push(physical(db)?);
                progress("the file is looked through");
            }
            let runs = db.runs(Seq::NOW)?;
            let replay = Replay::of(db, &runs, progress)?;
            checks.extend(replay.checks);
            checks.push(standings(db, &replay.standings)?);
            progress("the ledger is worked out again");
            let (notices, beds, names) = care(db)?;
            checks.extend([notices, beds, names]);
            checks.extend(register(db)?);
            progress("placements are worked out again");
            checks.push(paid_is_required(db, runs.last(), &replay.standings, &replay.chart)?);
            let settled = settlements(db)?;
            checks.extend((settled.looked_at > 0).then_some(settled));
            Ok(Verification { checks, tx, durability })
        })
    }
}

fn policy(db: &mut Db) -> Result<Check, Problem> {
    let mut check = Check::new("each policy file is the text that was recorded");
    for file in db.policy_files(Seq::NOW)? {
        check.look(sha256(&file.body) == file.sha256, || format!("{} was changed", file.name));
    }
    Ok(check)
}

fn physical(db: &mut Db) -> Result<Check, Problem> {
    let mut check = Check::new("the database's own check of its file finds nothing");
    let findings = db.physical_check()?;
    check.look(findings.is_empty(), || findings.join("; "));
    Ok(check)
}

/// The ledger, replayed posting by posting.
struct Replay {
    checks: Vec<Check>,
    standings: HashMap<PlacementId, Standing>,
    chart: Chart,
}

impl Replay {
    fn of(db: &mut Db, runs: &[Run], progress: Progress<'_>) -> Result<Replay, Problem> {
        let chart = db.chart()?;
        let opened_in = db.accounts_opened()?;
        let mut chain = Check::new("each run's seal follows from the run before and from its postings");
        let mut totals = Check::new("each run's totals are the sums of its postings");
        let mut standings: HashMap<PlacementId, Standing> = HashMap::new();
        let mut previous = GENESIS;
        let mut balance = Pence::ZERO;
        for run in runs {
            let scheme = Terms::load(db, run.seq)?.policy.scheme().to_owned();
            let mut sealer = Sealer::new(previous);
            let mut sums: BTreeMap<(AccountId, Night), (Pence, Pence)> = BTreeMap::new();
            db.postings_of_run(run.run, &mut |posting: Posting| {
                let transfer = posting.transfer;
                if !chart.has(transfer.debit) || !chart.has(transfer.credit) || !chart.has(posting.payee) {
                    return Err(Fault::Damaged(format!("run {} posts to an account that is not open", run.run)));
                }
                sealer.posting(&posting);
                sums.entry((transfer.debit, posting.effective())).or_default().0 += transfer.pence;
                sums.entry((transfer.credit, posting.effective())).or_default().1 += transfer.pence;
                let standing = standings.entry(posting.placement).or_default();
                standing.post(posting.payee, &transfer);
                Ok(())
            })?;
            let opened =
                opened_in.iter().filter(|(_, opened)| *opened == run.run).map(|&(id, _)| (id, chart.account(id)));
            let seal = sealer.finish(opened, &header(run.run, run.seq, run.through, &scheme));
            let holds =
                (seal.hash, seal.postings, seal.pence, previous) == (run.hash, run.postings, run.pence, run.previous);
            chain.look(holds, || format!("run {}: its seal is broken", run.run));
            let stored: Vec<Total> = db.totals_of_run(run.run)?;
            let again: Vec<Total> = sums
                .into_iter()
                .map(|((account, effective), (debit, credit))| Total { account, effective, debit, credit })
                .collect();
            balance += stored.iter().map(|total| total.debit - total.credit).sum();
            totals.look(stored == again, || format!("run {}: its totals differ from its postings", run.run));
            previous = run.hash;
            progress(&format!("run {} replayed", run.run));
        }
        let mut balanced = Check::new("debits equal credits");
        balanced.look(balance == Pence::ZERO, || format!("they differ by {balance}"));
        Ok(Replay { checks: vec![chain, totals, balanced], standings, chart })
    }
}

fn standings(db: &mut Db, replayed: &HashMap<PlacementId, Standing>) -> Result<Check, Problem> {
    let mut check = Check::new("what is kept as standing for each placement is the sum of its postings");
    let mut seen = 0;
    for (placement, stored) in db.standings(0, i64::MAX)? {
        let again = PlacementId::from_stored(placement).and_then(|placement| replayed.get(&placement));
        seen += usize::from(again.is_some());
        let holds = again == Some(&stored);
        check.look(holds, || format!("placement number {placement} differs"));
    }
    check.look(seen == replayed.len(), || "a placement with postings has no standing".to_owned());
    Ok(check)
}

/// Notices follow from episodes; each night has one bed; no council's number for a child is at the door.
fn care(db: &mut Db) -> Result<(Check, Check, Check), Problem> {
    let mut derived = Check::new("the notices at the door follow from the episodes reported");
    let mut beds = Check::new("law 3: each night of a child has exactly one bed");
    let mut names = Check::new("law 10: no council's own number for a child, and no postcode, is at the door");
    let transfers = Transfers::load(db, Seq::NOW)?;
    for child in db.children(None, Seq::NOW)? {
        let versions = db.episode_versions(child.child, Seq::NOW)?;
        let stored = db.notices_of_child(child.child, Seq::NOW)?;
        let again = settled(&child, &versions, &transfers.gone(child.child));
        let differing = changed(&stored, again.notices);
        derived.look(differing.is_empty(), || format!("child {}: {} notices differ", child.child, differing.len()));
        let mut slept: HashSet<Night> = HashSet::new();
        let mut twice = 0;
        let mut claimed: HashSet<Night> = HashSet::new();
        for notice in &stored {
            for nights in &notice.nights {
                claimed.extend(nights.iter());
                let bed = nights.iter().filter(|&night| notice.absence(night).is_none());
                twice += bed.filter(|&night| !slept.insert(night)).count();
            }
        }
        let bedless = claimed.iter().filter(|night| !slept.contains(night)).count();
        beds.look(twice == 0 && bedless == 0, || {
            format!("child {}: {twice} nights with two beds, {bedless} with none", child.child)
        });
        let text = serde_json::to_string(&stored).unwrap_or_default();
        let post = versions.iter().any(|version| {
            let post = version.pl_post.reveal();
            !post.is_empty() && text.contains(post)
        });
        // A council may number a child as a code, its own code or a home's number is written: that is no leak.
        let id = child.local_id.reveal();
        let meant = stored.iter().any(|notice| {
            let mut codes = notice.statuses.iter().map(|span| span.code).chain([notice.kind]);
            let mut away = notice.absences.iter().map(|absence| absence.code);
            codes.any(|code| code.as_str() == id) || away.any(|code| code.as_str() == id)
        }) || child.council.as_str() == id
            || versions.iter().any(|version| version.urn.as_deref() == Some(id));
        names.look(!post && (meant || !text.contains(&format!("\"{id}\""))), || format!("child {}", child.child));
    }
    Ok((derived, beds, names))
}

/// The register reads back whole. Where nothing was ever recorded in it there is nothing to say of it.
fn register(db: &mut Db) -> Result<Option<Check>, Problem> {
    let mut check = Check::new("the register reads back, and speaks of no setting that it has not");
    let settings = db.settings(Seq::NOW)?;
    let mut recorded: HashMap<Seq, usize> = HashMap::new();
    for version in settings.values().flat_map(|history| history.versions()) {
        *recorded.entry(version.seq).or_default() += 1;
    }
    for list in db.lists(Seq::NOW)? {
        let summary: serde_json::Value = serde_json::from_str(&list.summary).unwrap_or_default();
        let moved = ["joined", "left", "returned", "changed"].map(|what| summary[what].as_u64().unwrap_or(0));
        let versions = recorded.get(&list.seq).copied().unwrap_or(0);
        let holds = (moved.iter().sum::<u64>() > 0) == (versions > 0);
        check.look(holds, || format!("the list of {} moved {moved:?} and has {versions} versions", list.as_at));
    }
    let statements = db.statements(Seq::NOW)?;
    let there: HashSet<(&PlaceRef, Seq)> = statements.iter().map(|said| (&said.place, said.seq)).collect();
    for said in &statements {
        let replaced = said.replaces.is_none_or(|seq| seq < said.seq && there.contains(&(&said.place, seq)));
        check.look(replaced, || format!("{} replaces a statement that is not there", said.place));
        check.look(settings.contains_key(&said.place.setting), || format!("{} is of no setting", said.place));
    }
    let missing = db.settings_missing()?;
    check.look(missing.is_empty(), || format!("no setting {}", missing.iter().cloned().collect::<Vec<_>>().join(", ")));
    Ok((check.looked_at > 1).then_some(check))
}

/// The settlements chain to each other.
fn settlements(db: &mut Db) -> Result<Check, Problem> {
    let mut check = Check::new("settlements follow each other, and each seal is that of its rows");
    let mut rows = db.settled(Seq::NOW)?.into_iter().peekable();
    let (mut previous, mut number) = (GENESIS, 0);
    for settlement in db.settlements(Seq::NOW)? {
        let mut of = Vec::new();
        while let Some(row) = rows.next_if(|row| row.settlement == settlement.settlement) {
            of.push(row);
        }
        number += 1;
        let hash = seal(previous, settlement.settlement, settlement.through, settlement.closed, &of);
        let sums = (of.len() as i64, of.iter().map(|row| row.pence).sum::<Pence>());
        let holds = (settlement.settlement, settlement.previous, settlement.hash) == (number, previous, hash)
            && (settlement.postings, settlement.pence) == sums;
        check.look(holds, || format!("settlement {}: its seal is broken", settlement.settlement));
        previous = settlement.hash;
    }
    Ok(check)
}

/// What stands posted is what was required, as known at the last run.
fn paid_is_required(
    db: &mut Db,
    last: Option<&Run>,
    standings: &HashMap<PlacementId, Standing>,
    chart: &Chart,
) -> Result<Check, Problem> {
    let mut check = Check::new("paid = required: costs posted are those required, as known at the last run");
    let Some(last) = last else { return Ok(check) };
    let terms = Terms::load(db, last.seq)?;
    let (mut page, mut after) = (Vec::new(), Some(-1));
    let nothing = Standing::default();
    while let Some(from) = after {
        after = db.notice_page(from, last.seq, PAGE, &mut page)?;
        for stored in &page {
            let notice = stored.open()?;
            // A placement that no price was known for keeps what stood before: it is listed by the run.
            let Ok(lines) = lines(&notice, &terms.policy, &terms.book, last.through) else { continue };
            let mut wanted: BTreeMap<(String, Part), Pence> = BTreeMap::new();
            for (cost, pence) in required(&lines).into_iter().filter(|&(_, pence)| pence != Pence::ZERO) {
                *wanted.entry((cost.account(notice.council.as_str()).to_string(), cost.part)).or_default() += pence;
            }
            let standing = standings.get(&notice.placement).unwrap_or(&nothing);
            let mut posted: BTreeMap<(String, Part), Pence> = BTreeMap::new();
            for line in standing.lines() {
                if matches!(chart.class(line.account), Class::Care | Class::Return | Class::Due) {
                    *posted.entry((chart.account(line.account).to_string(), line.part)).or_default() += line.pence;
                }
            }
            posted.retain(|_, pence| *pence != Pence::ZERO);
            check.look(wanted == posted, || {
                format!("placement {}: {wanted:?} required, {posted:?} posted", notice.placement)
            });
        }
    }
    Ok(check)
}
