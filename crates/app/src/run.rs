//! The pay run: for every placement *required − posted*, posted once, sealed, chained.
//!
//! A run is a reconciliation, not a queue of events: it commits as one, running it again changes nothing, a crash costs
//! nothing, and a back-dated fact repairs itself. Cost, for P placements with N postings:
//!
//! | what | rows | statements |
//! |---|---|---|
//! | read notices and standings | 2 P | P / 2,500 pages of each |
//! | write postings | N | one prepared insert each, or COPY |
//! | write standings | placements posted for | the same |
//! | write totals | accounts × effective dates | the same |
//!
//! The physical limit is the bulk insert of N rows and one synchronised commit. Memory holds one page and the totals.
//! If nothing was recorded since the last run through the same night, nothing is read at all.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use door::PlacementNotice;
use funding::{
    Cost, Elsewhere, Flag, Line, LineKind, Lost, Unpriced, clipped, lines, loses_nights, lost, reconcile, required,
};
use kernel::{Night, Nights, PlacementId, Seq};
use ledger::{Account, AccountId, Chart, Class, GENESIS, Posting, Sealer, Standing};
use money::Pence;
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Run, StoredNotice, Total, Wing};

use crate::knowledge::Terms;
use crate::office::{Committed, Office, Progress};
use crate::problem::Problem;

/// Rows of notice history in a page.
const PAGE: i64 = 2_500;
/// How many pages are worked out ahead.
const PAGES_AHEAD: usize = 2;
/// How often progress is told, in placements.
const TELL_EVERY: i64 = 10_000;
/// How many unpriced placements a report names; all are counted.
const NAMED: usize = 200;
/// How many nights before a retainer runs out the alert is given.
const RETAINER_ALERT: i32 = 3;

/// A placement that no price was ever known for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnpricedPlacement {
    /// The placement.
    pub placement: PlacementId,
    /// Its code.
    pub kind: String,
    /// Why, and how to mend it.
    pub sentence: String,
}

/// What a run looked at and posted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunReport {
    /// Placements and stays looked at.
    pub placements: i64,
    /// Of them, with a posting in this run.
    pub posted_for: i64,
    /// Nights with a bed line, of the placements looked at, from the scheme's start.
    pub bed_nights: i64,
    /// Change in what the fund bears for care.
    pub fund_care_pence: Pence,
    /// Change in what the fund bears for return, all of it held.
    pub fund_return_pence: Pence,
    /// Change in what councils are charged for their own nights.
    pub council_pence: Pence,
    /// Change in what councils are charged because they told late.
    pub good_faith_pence: Pence,
    /// Change in what is owed to payees.
    pub payable_pence: Pence,
    /// Of it, to payees not yet identified: accrued, not payable.
    pub unidentified_pence: Pence,
    /// Change in return held.
    pub held_pence: Pence,
    /// Change in what stands to be recovered.
    pub recoverable_pence: Pence,
    /// Placements with a rate that is an assumption.
    pub assumed: i64,
    /// Placements paid the interim tariff's care part.
    pub interim: i64,
    /// Placements with a rate that has run out.
    pub provisional: i64,
    /// Placements paid on the council's word.
    pub on_word: i64,
    /// Placements that are not lawful for the child: the regulator is told.
    pub unlawful: Vec<PlacementId>,
    /// Placements whose payee is not identified.
    pub unidentified: i64,
    /// Placements whose retainer runs out within three nights.
    pub retainers_ending: Vec<PlacementId>,
    /// How many placements no price was ever known for.
    pub unpriced_count: i64,
    /// The first of them.
    pub unpriced: Vec<UnpricedPlacement>,
}

/// What came of asking for a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunOutcome {
    /// The run's number; that of the last run if there was nothing to post.
    pub run: i64,
    /// The last night paid for.
    pub through: Night,
    /// Whether anything was posted now.
    pub posted: bool,
    /// How many postings.
    pub postings: i64,
    /// The run's seal.
    pub hash: String,
    /// What it looked at and posted.
    pub report: RunReport,
}

impl RunOutcome {
    fn of(run: &Run, posted: bool) -> RunOutcome {
        RunOutcome {
            run: run.run,
            through: run.through,
            posted,
            postings: if posted { run.postings } else { 0 },
            hash: run.hash.to_string(),
            report: serde_json::from_str(&run.report).unwrap_or_default(),
        }
    }
}

impl Office {
    /// Works out every night up to and including `through` and posts what is required and not yet posted.
    pub fn pay_run(&self, through: Night, progress: Progress<'_>) -> Result<RunOutcome, Problem> {
        let mut db = self.open(Wing::Bank)?;
        let content = format!("through {}", through.iso());
        let committed = self.commit(&mut db, "pay run", &content, |db, seq| {
            let last = db.latest_run(Seq::NOW)?;
            if let Some(last) = last.as_ref().filter(|last| through < last.through) {
                return Err(Problem::asked(
                    "run.earlier",
                    format!("nights through {} have been run already; run through that night or later", last.through),
                ));
            }
            let latest_terms = db.latest_terms(Seq::NOW)?;
            let terms_changed = last.as_ref().is_none_or(|last| last.seq < latest_terms);
            let same_night = last.as_ref().is_some_and(|last| last.through == through);
            let scope = if same_night && !terms_changed {
                let since = last.as_ref().map_or(Seq(0), |last| last.seq);
                Some(db.placements_noticed_since(since)?)
            } else {
                None
            };
            if scope.as_ref().is_some_and(Vec::is_empty) {
                return Ok(None);
            }
            let last_through = last.as_ref().map(|last| last.through);
            let run = Reconciling::new(db, seq, through, last, terms_changed)?;
            let run = match scope {
                Some(scope) => run.some(db, &scope),
                None => run.country(db, self.open(Wing::Bank)?, progress),
            }?;
            // Evidence may end before the night asked for: a run that got no further than the last is none.
            let no_further = |run: &Run| last_through == Some(run.through) && run.postings == 0;
            Ok(run.filter(|run| !no_further(run)))
        })?;
        match committed {
            Committed::Recorded(_, run) => Ok(RunOutcome::of(&run, true)),
            Committed::Replayed(seq) => {
                let run = db.latest_run(seq)?;
                run.map(|run| RunOutcome::of(&run, false)).ok_or_else(nothing_to_pay)
            }
            Committed::Nothing => {
                let run = db.latest_run(Seq::NOW)?;
                run.map(|run| RunOutcome::of(&run, false)).ok_or_else(nothing_to_pay)
            }
        }
    }
}

fn nothing_to_pay() -> Problem {
    Problem::asked("run.empty", "there are no placements to pay for; begin with `carebank import ssda903`")
}

/// A placement with what stood posted for it before this run, and all that is worked out from its notice alone.
struct Prepared {
    noticed: Seq,
    notice: PlacementNotice,
    standing: Standing,
    owed: Result<Owed, Unpriced>,
}

struct Owed {
    lines: Vec<Line>,
    required: Vec<(Cost, Pence)>,
}

fn prepare(terms: &Terms, through: Night, noticed: Seq, notice: PlacementNotice, standing: Standing) -> Prepared {
    let owed =
        lines(&notice, &terms.policy, &terms.book, through).map(|lines| Owed { required: required(&lines), lines });
    Prepared { noticed, notice, standing, owed }
}

/// Opens a page of notices and works them out.
fn prepared(reader: &mut Db, terms: &Terms, through: Night, page: &[StoredNotice]) -> Result<Vec<Prepared>, Fault> {
    let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(Vec::new()) };
    let mut standings = reader.standings(first.placement, last.placement)?.into_iter().peekable();
    let open = |stored: &StoredNotice| {
        while standings.next_if(|standing| standing.0 < stored.placement).is_some() {}
        let standing = standings.next_if(|standing| standing.0 == stored.placement);
        let standing = standing.map_or_else(Standing::default, |(_, standing)| standing);
        Ok(prepare(terms, through, stored.seq, stored.open()?, standing))
    };
    page.iter().map(open).collect()
}

struct Reconciling {
    seq: Seq,
    through: Night,
    /// The last night that any source is evidence of.
    evidence: Night,
    number: i64,
    last: Option<Run>,
    terms_changed: bool,
    terms: Arc<Terms>,
    earlier: HashMap<Seq, Terms>,
    chart: Chart,
    accounts_recorded: usize,
    sealer: Sealer,
    totals: BTreeMap<(AccountId, Night), (Pence, Pence)>,
    report: RunReport,
}

impl Reconciling {
    fn new(
        db: &mut Db,
        seq: Seq,
        through: Night,
        last: Option<Run>,
        terms_changed: bool,
    ) -> Result<Reconciling, Problem> {
        let number = last.as_ref().map_or(1, |last| last.run + 1);
        let terms = Terms::load(db, seq)?;
        let previous = last.as_ref().map_or(GENESIS, |last| last.hash);
        let chart = db.chart()?;
        Ok(Reconciling {
            seq,
            through,
            evidence: terms.policy.scheme_start(),
            number,
            last,
            terms_changed,
            terms: Arc::new(terms),
            earlier: HashMap::new(),
            accounts_recorded: chart.all().count(),
            chart,
            sealer: Sealer::new(previous),
            totals: BTreeMap::new(),
            report: RunReport::default(),
        })
    }

    /// The placements noticed since the last run.
    fn some(mut self, db: &mut Db, scope: &[PlacementId]) -> Result<Option<Run>, Problem> {
        let mut page = Vec::with_capacity(scope.len());
        for &placement in scope {
            if let Some(notice) = db.notice(placement, self.seq)? {
                let stored = db.standings(placement.stored(), placement.stored())?.pop();
                let standing = stored.map_or_else(Standing::default, |(_, standing)| standing);
                page.push(prepare(&self.terms, self.through, self.seq, notice, standing));
            }
        }
        self.page(db, page)?;
        self.seal(db)
    }

    /// Every placement, page by page. A second core reads over a connection of its own and works the pages out ahead;
    /// this one decides and writes, in order. What it reads is what was committed before this run, which holds the
    /// writer's lock: no notice comes meanwhile, and no placement is looked at twice.
    fn country(mut self, db: &mut Db, mut reader: Db, progress: Progress<'_>) -> Result<Option<Run>, Problem> {
        let (terms, through, known) = (Arc::clone(&self.terms), self.through, self.seq);
        std::thread::scope(|scope| {
            let (to_main, pages) = sync_channel::<Result<Vec<Prepared>, Fault>>(PAGES_AHEAD);
            scope.spawn(move || {
                let (mut after, mut page) = (Some(-1), Vec::new());
                while let Some(from) = after {
                    let read = reader.notice_page(from, known, PAGE, &mut page);
                    let read = read.and_then(|next| Ok((next, prepared(&mut reader, &terms, through, &page)?)));
                    after = read.as_ref().ok().and_then(|read| read.0);
                    if to_main.send(read.map(|read| read.1)).is_err() {
                        return;
                    }
                }
            });
            let mut told = 0;
            for page in pages {
                self.page(db, page?)?;
                if self.report.placements - told >= TELL_EVERY {
                    told = self.report.placements;
                    progress(&format!("{told} placements worked out"));
                }
            }
            Ok::<_, Problem>(())
        })?;
        self.seal(db)
    }

    fn page(&mut self, db: &mut Db, page: Vec<Prepared>) -> Result<(), Problem> {
        let mut postings = Vec::with_capacity(page.len() * 2);
        let mut kept = Vec::with_capacity(page.len());
        for prepared in page {
            let placement = prepared.notice.placement;
            if let Some(standing) = self.placement(db, prepared, &mut postings)? {
                kept.push((placement, standing));
            }
        }
        let opened: Vec<(AccountId, Account)> =
            self.chart.all().skip(self.accounts_recorded).map(|(id, account)| (id, account.clone())).collect();
        self.accounts_recorded += opened.len();
        let opened: Vec<(AccountId, &Account)> = opened.iter().map(|(id, account)| (*id, account)).collect();
        if !opened.is_empty() {
            db.record_accounts(self.number, &opened)?;
        }
        if !postings.is_empty() {
            db.record_postings(&postings)?;
            db.keep_standings(&kept)?;
        }
        Ok(())
    }

    /// One placement: its postings, and what stands afterwards if anything was posted.
    fn placement(
        &mut self,
        db: &mut Db,
        prepared: Prepared,
        postings: &mut Vec<Posting>,
    ) -> Result<Option<Standing>, Problem> {
        self.report.placements += 1;
        let Prepared { noticed, notice, standing: mut stored, owed } = prepared;
        self.evidence = self.evidence.max(notice.known_through);
        let Owed { lines: now, required } = match owed {
            Ok(owed) => owed,
            Err(unpriced) => {
                self.unpriced(&notice, unpriced.to_string());
                return Ok(None);
            }
        };
        self.tell(&notice, &now);
        let run_before = self.run_before(noticed, &now);
        let lost = match &run_before {
            Some(_) if !stored.lines().is_empty() => self.lost(db, &notice, &now)?,
            _ => None,
        };
        let entries = reconcile(&notice, &required, run_before.as_deref(), &stored, &mut self.chart, |payee| {
            lost.filter(|lost| lost.0 == payee).map_or(Lost::default(), |lost| lost.1)
        });
        if entries.is_empty() {
            return Ok(None);
        }
        let nights = self.nights_concerned(db, noticed, &notice, &now)?;
        let terms = now.iter().map(|line| line.version).max().unwrap_or(self.seq);
        let mut line = 0;
        for (payee, entry) in entries {
            for &transfer in entry.transfers() {
                let posting = Posting {
                    run: self.number,
                    placement: notice.placement,
                    line,
                    transfer,
                    payee,
                    council: notice.council,
                    nights,
                    terms,
                };
                line += 1;
                self.post(&posting);
                stored.post(payee, &transfer);
                postings.push(posting);
            }
        }
        self.report.posted_for += 1;
        Ok(Some(stored))
    }

    fn post(&mut self, posting: &Posting) {
        self.sealer.posting(posting);
        let pence = posting.transfer.pence;
        for (account, debit, credit) in
            [(posting.transfer.debit, pence, Pence::ZERO), (posting.transfer.credit, Pence::ZERO, pence)]
        {
            let total = self.totals.entry((account, posting.effective())).or_default();
            total.0 += debit;
            total.1 += credit;
            let change = debit - credit;
            let report = &mut self.report;
            match self.chart.class(account) {
                Class::Care => report.fund_care_pence += change,
                Class::Return => report.fund_return_pence += change,
                Class::Due => report.council_pence += change,
                Class::GoodFaith => report.good_faith_pence += change,
                Class::Recoverable => report.recoverable_pence += change,
                Class::Held => report.held_pence -= change,
                Class::Payable => {
                    report.payable_pence -= change;
                    if self.chart.account(account).subject().starts_with("unidentified/") {
                        report.unidentified_pence -= change;
                    }
                }
            }
        }
    }

    /// What is required now of the nights that were run before; none if nothing was recorded that could change it.
    fn run_before(&self, noticed: Seq, now: &[Line]) -> Option<Vec<(Cost, Pence)>> {
        let Some(last) = &self.last else { return Some(Vec::new()) };
        (noticed > last.seq || self.terms_changed).then(|| required(&clipped(now, last.through)))
    }

    /// What becomes of the nights that were believed at the last run and are lost, and for which payee.
    fn lost(
        &mut self,
        db: &mut Db,
        notice: &PlacementNotice,
        now: &[Line],
    ) -> Result<Option<(AccountId, Lost)>, Problem> {
        let Some((seq, through)) = self.last.as_ref().map(|last| (last.seq, last.through)) else { return Ok(None) };
        let Some((believed, before)) = self.believed(db, notice.placement, seq, through)? else { return Ok(None) };
        let payee = believed.payee.as_ref().and_then(|payee| self.chart.find(&Account::payable(payee.as_str())));
        let Some(payee) = payee else { return Ok(None) };
        // Lines of another payee pay this one for nothing.
        let still: &[Line] = if believed.payee == notice.payee { now } else { &[] };
        if !loses_nights(&before, still) {
            return Ok(None);
        }
        let elsewhere = self.elsewhere(db, &believed, notice.goes_on, payee, (seq, through))?;
        let limit = self.terms.policy.terms(self.through).good_faith_nights;
        Ok(Some((payee, lost(&before, still, &elsewhere, limit))))
    }

    /// The child's other placements with the payee of `believed`, also the one that `goes_on` with another council. One that the payee owes something back for is left
    /// out: the nights it gains settle that first.
    fn elsewhere(
        &mut self,
        db: &mut Db,
        believed: &PlacementNotice,
        goes_on: Option<PlacementId>,
        payee: AccountId,
        (seq, through): (Seq, Night),
    ) -> Result<Vec<Elsewhere>, Problem> {
        let mut elsewhere = Vec::new();
        let mut others = db.notices_of_child(believed.child, self.seq)?;
        others.extend(goes_on.map(|other| db.notice(other, self.seq)).transpose()?.flatten());
        for other in others {
            if other.placement == believed.placement || other.payee != believed.payee {
                continue;
            }
            let now = lines(&other, &self.terms.policy, &self.terms.book, through).unwrap_or_default();
            if now.is_empty() || self.owes_back(db, other.placement, payee, seq)? {
                continue;
            }
            let before = self.believed(db, other.placement, seq, through)?;
            let before = before.filter(|(before, _)| before.payee == other.payee).map(|(_, lines)| lines);
            elsewhere.push(Elsewhere { now, before: before.unwrap_or_default() });
        }
        Ok(elsewhere)
    }

    /// Whether anything stood to be recovered, or was kept in good faith, for a placement and payee by `seq`.
    fn owes_back(&self, db: &mut Db, placement: PlacementId, payee: AccountId, seq: Seq) -> Result<bool, Problem> {
        let mut stood = Standing::default();
        for posting in db.postings_of_placement(placement, seq)? {
            stood.post(posting.payee, &posting.transfer);
        }
        Ok(stood.lines().iter().any(|line| {
            line.payee == payee && matches!(self.chart.class(line.account), Class::Recoverable | Class::GoodFaith)
        }))
    }

    /// A placement's notice and lines as they were believed by the run committed under `seq`.
    fn believed(
        &mut self,
        db: &mut Db,
        placement: PlacementId,
        seq: Seq,
        through: Night,
    ) -> Result<Option<(PlacementNotice, Vec<Line>)>, Problem> {
        let Some(notice) = db.notice(placement, seq)? else { return Ok(None) };
        let terms = match self.earlier.entry(seq) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(Terms::load(db, seq)?),
        };
        let lines = lines(&notice, &terms.policy, &terms.book, through).unwrap_or_default();
        Ok(Some((notice, lines)))
    }

    /// The nights that a posting concerns: from the first night on which anything differs from what was believed at
    /// the last run, to the last night that either knows.
    fn nights_concerned(
        &mut self,
        db: &mut Db,
        noticed: Seq,
        notice: &PlacementNotice,
        now: &[Line],
    ) -> Result<Nights, Problem> {
        let last = self.last.as_ref().map(|last| (last.seq, last.through));
        let first_line = now.first().map(|line| line.nights.start());
        let last_line = now.last().map(|line| line.nights.end());
        if let (Some((seq, through)), Some(first), Some(end)) = (last, first_line, last_line) {
            let on_word = now.iter().any(|line| line.flags.has(Flag::OnWord))
                || notice.statuses.iter().any(|span| matches!(span.code.as_str(), "L1" | "L2" | "J1"));
            if noticed <= seq && !self.terms_changed && !on_word {
                let fresh = Nights::try_new(first.max(through.next()), end);
                return Ok(fresh.unwrap_or_else(|| Nights::try_new(first, end).expect("lines have nights")));
            }
        }
        let before = match last {
            Some((seq, through)) => {
                self.believed(db, notice.placement, seq, through)?.map(|(_, lines)| lines).unwrap_or_default()
            }
            None => Vec::new(),
        };
        let end = last_line.max(before.last().map(|line| line.nights.end()));
        let start = first_difference(&before, now).or(first_line).or(before.first().map(|line| line.nights.start()));
        let range = start.zip(end).and_then(|(start, end)| Nights::try_new(start, end));
        Ok(range.unwrap_or_else(|| Nights::try_new(self.through, self.through.next()).expect("one night")))
    }

    fn unpriced(&mut self, notice: &PlacementNotice, sentence: String) {
        self.report.unpriced_count += 1;
        if self.report.unpriced.len() < NAMED {
            let kind = notice.kind.to_string();
            self.report.unpriced.push(UnpricedPlacement { placement: notice.placement, kind, sentence });
        }
    }

    /// Counts what every page that shows the run must say.
    fn tell(&mut self, notice: &PlacementNotice, now: &[Line]) {
        let any = |flag| i64::from(now.iter().any(|line| line.flags.has(flag)));
        let report = &mut self.report;
        report.bed_nights +=
            now.iter().filter(|line| line.kind == LineKind::Bed).map(|line| line.nights.count()).sum::<i64>();
        report.assumed += any(Flag::Assumed);
        report.interim += any(Flag::Interim);
        report.provisional += any(Flag::Provisional);
        report.on_word += any(Flag::OnWord);
        if any(Flag::Unlawful) > 0 {
            report.unlawful.push(notice.placement);
        }
        let paid = now.iter().any(|line| !line.care.is_nil());
        if paid && notice.payee.as_ref().is_some_and(|payee| !payee.is_identified()) {
            report.unidentified += 1;
        }
        let ending = notice.absences.iter().any(|absence| {
            let limit = self.terms.policy.terms(absence.nights.start()).retainer_limit_nights;
            let runs_out = absence.nights.start().plus(i32::from(limit));
            absence.nights.contains(self.through)
                && self.through < runs_out
                && runs_out <= self.through.plus(RETAINER_ALERT)
        });
        if ending {
            report.retainers_ending.push(notice.placement);
        }
    }

    /// Nothing to look at is no run.
    fn seal(self, db: &mut Db) -> Result<Option<Run>, Problem> {
        if self.report.placements == 0 {
            return Ok(None);
        }
        // Nothing is computed past the evidence, and no run says it went further than any evidence does.
        let through =
            self.last.as_ref().map_or(self.evidence, |last| last.through.max(self.evidence)).min(self.through);
        let totals: Vec<Total> = self
            .totals
            .iter()
            .map(|(&(account, effective), &(debit, credit))| Total { account, effective, debit, credit })
            .collect();
        db.record_totals(self.number, &totals)?;
        let header = header(self.number, self.seq, through, self.terms.policy.scheme());
        let seal = self.sealer.finish(self.chart.opened(), &header);
        let report = serde_json::to_string(&self.report)
            .map_err(|error| Problem::asked("run.report", format!("the report cannot be written: {error}")))?;
        let run = Run {
            run: self.number,
            seq: self.seq,
            through,
            placements: self.report.posted_for,
            postings: seal.postings,
            pence: seal.pence,
            previous: self.last.as_ref().map_or(GENESIS, |last| last.hash),
            hash: seal.hash,
            report,
        };
        db.record_run(&run)?;
        Ok(Some(run))
    }
}

/// A run's own terms, in the canonical line that its seal ends with.
pub(crate) fn header(number: i64, seq: Seq, through: Night, scheme: &str) -> String {
    format!("run {number} tx {seq} through {} scheme {scheme}", through.iso())
}

/// The first night on which two sequences of lines differ in rate, kind or payer.
fn first_difference(before: &[Line], now: &[Line]) -> Option<Night> {
    let starts = |lines: &[Line]| lines.iter().flat_map(|line| [line.nights.start(), line.nights.end()]).collect();
    let mut cuts: Vec<Night> = starts(before);
    let more: Vec<Night> = starts(now);
    cuts.extend(more);
    cuts.sort_unstable();
    cuts.dedup();
    let on = |lines: &[Line], night: Night| {
        lines.iter().find(|line| line.nights.contains(night)).map(|line| (line.kind, line.payer, line.care, line.ret))
    };
    cuts.into_iter().find(|&night| on(before, night) != on(now, night))
}
