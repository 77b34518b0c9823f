//! Settlement of return: the care wing closes a half-year and tells one share a pool; the Bank pays by it.
//!
//! Two commits, one a wing. The first is done once for a half-year; the second is *required − posted* and may be run as
//! often as anybody likes.

use std::collections::{BTreeMap, HashSet};

use ::voice::{Calendar, Member, NoiseKey, PoolTerms, Protocol, Residuals, answer_pools, coverage, form_pools};
use door::{HalfYear, Payee, PlacementNotice};
use funding::{Earned, Settled, SettlementAccounts, Shares, clipped, lines, required, settle, settlement_entry};
use kernel::{ChildRef, Code, Night, Nights, Region, Seq};
use ledger::{Account, Chart, GENESIS, Hash, Part};
use money::{Pence, Share};
use serde::{Deserialize, Serialize};
use store::{Db, Fault, Run, SettledRow, SettlementRow, Wing};

use crate::knowledge::Terms;
use crate::lives::{Lives, Noticed, Said, parts};
use crate::moment::Moment;
use crate::office::{Committed, Office, Progress, VOICE};
use crate::problem::Problem;
use crate::protocol::protocol;
use crate::reference::sha256;

/// What a settlement did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettlementReport {
    /// Its number; that of the last if there was nothing to post.
    pub settlement: i64,
    /// The last night whose return it settles: that of the last run.
    pub through: Option<Night>,
    /// The half-year it closed.
    pub closed: Option<HalfYear>,
    /// Whether anything was posted now.
    pub posted: bool,
    /// Payees with a posting.
    pub payees: i64,
    /// Paid on account or finally.
    pub paid_pence: Pence,
    /// Returned to the fund: the named decision of the close.
    pub to_fund_pence: Pence,
    /// Paid on account beyond what is due, over all payees: made up for by later return.
    pub ahead_pence: Pence,
    /// Its seal.
    pub hash: String,
}

/// A settlement explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettlementExplained {
    /// The payee.
    pub payee: String,
    /// The half-year.
    pub half_year: HalfYear,
    /// Return that its nights earned, as of the last run.
    pub earned_pence: Pence,
    /// The share it is paid at, in basis points.
    pub share_basis_points: u16,
    /// Whether the half-year is closed, and the share frozen.
    pub closed: bool,
    /// Paid of all half-years.
    pub paid_pence: Pence,
    /// Returned to the fund of all half-years.
    pub to_fund_pence: Pence,
    /// For an auditor alone: how the share came about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<SettlementAudit>,
}

/// How a pool's share came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettlementAudit {
    /// The pool.
    pub pool: String,
    /// Its frozen members.
    pub members: Vec<String>,
    /// What the care wing kept of it.
    pub kept: Kept,
    /// The key of this half-year's noise.
    pub key: String,
    /// Its hash, recorded beforehand.
    pub commitment: String,
    /// When the hash was recorded.
    pub committed_at: String,
    /// Whether key, hash and noise agree.
    pub agrees: bool,
    /// Whether the hash was recorded before the half-year ended. If not, the noise could have been chosen.
    pub beforehand: bool,
}

/// What the care wing keeps of a pool's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Nights of the pool.
    pub nights: i64,
    /// Of them, covered.
    pub covered: i64,
    /// Noise, in millionths.
    pub noise_ppm: i64,
    /// Carried from the half-year before.
    pub carried_in_ppm: i64,
    /// Carried on.
    pub carried_on_ppm: i64,
}

fn no_key() -> Problem {
    Problem::asked("voice.uncommitted", "no key of the noise was committed to beforehand; run `carebank voice key`")
}

/// Who was paid for how many nights of whom, and how many are covered.
#[derive(Default)]
struct Gathered {
    nights: BTreeMap<ChildRef, i64>,
    regions: BTreeMap<Region, i64>,
    classes: BTreeMap<&'static str, i64>,
    total: i64,
    covered: i64,
}

impl Gathered {
    fn add(&mut self, child: ChildRef, notice: &Noticed, nights: i64, covered: i64) {
        *self.nights.entry(child).or_default() += nights;
        let region = self.regions.entry(notice.region).or_default();
        *region += nights;
        *self.classes.entry(class(notice.kind)).or_default() += nights;
        self.total += nights;
        self.covered += covered;
    }

    fn join(&mut self, other: Gathered) {
        other.nights.into_iter().for_each(|(child, nights)| *self.nights.entry(child).or_default() += nights);
        other.regions.into_iter().for_each(|(region, nights)| *self.regions.entry(region).or_default() += nights);
        other.classes.into_iter().for_each(|(class, nights)| *self.classes.entry(class).or_default() += nights);
        self.total += other.total;
        self.covered += other.covered;
    }
}

/// Providers of one sort of care are similar.
fn class(kind: Code) -> &'static str {
    match kind.as_str().chars().next() {
        Some('U') => "fostering",
        Some('K' | 'R' | 'S') => "residential",
        Some('H') => "supported",
        _ => "other",
    }
}

impl Office {
    /// Closes a half-year in the care wing: pools are formed and frozen, and each is answered once. `false` if that was
    /// done before.
    pub fn voice_close(&self, half_year: HalfYear, progress: Progress<'_>) -> Result<bool, Problem> {
        let mut db = self.open(Wing::Care)?;
        self.its_time(&mut db, half_year)?;
        let key = db.voice_key()?.and_then(|key| NoiseKey::parse(&key)).ok_or_else(no_key)?;
        let committed = self.commit(&mut db, VOICE, &format!("close {half_year}"), |db, seq| {
            let told = db.pool_answers()?;
            if told.iter().any(|(closed, ..)| *closed == half_year) {
                return Ok(None);
            }
            if let Some((later, ..)) = told.iter().find(|(closed, ..)| *closed > half_year) {
                let why = format!("{later} was closed before {half_year}; half-years are closed in order");
                return Err(Problem::asked("voice.order", why));
            }
            let mut carried = Residuals::new();
            for (_, pool, body) in told {
                let kept: Kept = serde_json::from_str(&body)
                    .map_err(|_| Fault::Damaged("a stored pool cannot be read".to_owned()))?;
                carried.insert(pool, kept.carried_on_ppm);
            }
            let (gathered, terms) = gather(self, db, half_year, progress)?;
            let members: Vec<Member> = gathered.iter().map(|(payee, gathered)| member(payee, gathered)).collect();
            let pools = form_pools(&members, &terms, &key.of_order());
            let count = |payee: &Payee| gathered.get(payee).map_or((0, 0), |one| (one.total, one.covered));
            let answers = answer_pools(&pools, half_year, count, &carried, &terms, &key.of_half_year(half_year));
            let kept: Vec<_> = answers
                .into_iter()
                .map(|answer| {
                    let kept = Kept {
                        nights: answer.nights,
                        covered: answer.covered,
                        noise_ppm: answer.noise_ppm,
                        carried_in_ppm: answer.carried_in_ppm,
                        carried_on_ppm: answer.carried_on_ppm,
                    };
                    (answer.share, serde_json::json!(kept).to_string())
                })
                .collect();
            if kept.is_empty() {
                return Err(Problem::not_found("nights", format!("nobody was paid for a night of {half_year}")));
            }
            db.record_pool_answers(seq, &kept)?;
            Ok(Some(()))
        })?;
        Ok(matches!(committed, Committed::Recorded(..)))
    }

    fn its_time(&self, db: &mut Db, half_year: HalfYear) -> Result<(), Problem> {
        let closes = closes(&protocol(db)?, half_year);
        if self.today() < closes {
            let why = format!("{half_year} is closed from {closes} on: silence has time to be heard");
            return Err(Problem::asked("voice.early", why));
        }
        Ok(())
    }

    /// Pays return on account and, if a half-year is named, closes it first. Posts what is required and not yet posted.
    pub fn pay_settle(&self, close: Option<HalfYear>, progress: Progress<'_>) -> Result<SettlementReport, Problem> {
        if let Some(half_year) = close {
            self.its_time(&mut self.open(Wing::Care)?, half_year)?;
            in_order(&mut self.open(Wing::Bank)?, half_year)?;
            // The key is for the payment: the close happens once by itself.
            Office { key: None, ..self.clone() }.voice_close(half_year, progress)?;
        }
        let mut db = self.open(Wing::Bank)?;
        let content = close.map_or("on account".to_owned(), |closed| format!("close {closed}"));
        let committed = self.commit(&mut db, "pay settle", &content, |db, seq| settlement(self, db, seq, close))?;
        match committed {
            Committed::Recorded(_, report) => Ok(report),
            Committed::Replayed(_) | Committed::Nothing => {
                let last = db.settlements(Seq::NOW)?.pop();
                Ok(SettlementReport {
                    settlement: last.as_ref().map_or(0, |last| last.settlement),
                    through: last.as_ref().map(|last| last.through),
                    closed: None,
                    posted: false,
                    payees: 0,
                    paid_pence: Pence::ZERO,
                    to_fund_pence: Pence::ZERO,
                    ahead_pence: Pence::ZERO,
                    hash: last.map_or(GENESIS, |last| last.hash).to_string(),
                })
            }
        }
    }

    /// Explains a payee's half-year: to the payee what it is paid and at which share; to an auditor how that came about.
    pub fn explain_settlement(
        &self,
        payee: &str,
        half_year: HalfYear,
        auditor: bool,
    ) -> Result<SettlementExplained, Problem> {
        let unknown = || Problem::not_found("payee", format!("nothing was earned by {payee} in {half_year}"));
        let payee = Payee::parse(payee).ok_or_else(unknown)?;
        let mut bank = self.open(Wing::Bank)?;
        let books = Books::load(self, &mut bank, Some(&payee))?;
        let earned = books.earned.get(&payee).ok_or_else(unknown)?;
        let one = earned.iter().find(|one| one.half_year == half_year).ok_or_else(unknown)?;
        let stands = books.stands.get(&payee).copied().unwrap_or_default();
        let audit = if auditor { Some(self.audit(&mut bank, &payee, half_year)?) } else { None };
        Ok(SettlementExplained {
            payee: payee.to_string(),
            half_year,
            earned_pence: one.pence,
            share_basis_points: one.share.basis_points(),
            closed: one.closed,
            paid_pence: stands.paid,
            to_fund_pence: stands.returned,
            audit,
        })
    }

    fn audit(&self, bank: &mut Db, payee: &Payee, half_year: HalfYear) -> Result<SettlementAudit, Problem> {
        let open =
            || Problem::not_found("share", format!("no share of {payee} was told for {half_year}; it is not closed"));
        let shares = bank.shares(Seq::NOW)?;
        let told = shares.into_iter().find(|share| share.half_year == half_year && share.members.contains(payee));
        let told = told.ok_or_else(open)?;
        let mut care = self.open(Wing::Care)?;
        let key = care.voice_key()?.and_then(|key| NoiseKey::parse(&key)).ok_or_else(no_key)?.of_half_year(half_year);
        let (_, commitment, committed_at) =
            care.commitments()?.into_iter().find(|(name, ..)| *name == half_year.to_string()).ok_or_else(no_key)?;
        let answers = care.pool_answers()?;
        let body = answers.into_iter().find(|(closed, pool, _)| *closed == half_year && *pool == told.pool);
        let kept: Kept = body.and_then(|(_, _, body)| serde_json::from_str(&body).ok()).ok_or_else(open)?;
        let scale = protocol(&mut care)?.on(half_year.nights().start()).pool.noise_ppm;
        let noise = if told.basis_points.is_some() { key.noise(&told.pool, scale) } else { 0 };
        let agrees = noise == kept.noise_ppm && key.commitment().to_string() == commitment;
        let members = told.members.iter().map(Payee::to_string).collect();
        let beforehand = Moment::date(&committed_at) < half_year.nights().end();
        let (pool, key) = (told.pool, key.reveal());
        Ok(SettlementAudit { pool, members, kept, key, commitment, committed_at, agrees, beforehand })
    }
}

fn nothing_run() -> Problem {
    Problem::asked("run.empty", "nothing was run yet; begin with `carebank pay run`")
}

/// Refuses to close a half-year while an earlier one with return in it is open: it could never be closed any more.
fn in_order(db: &mut Db, half_year: HalfYear) -> Result<(), Problem> {
    db.latest_run(Seq::NOW)?.ok_or_else(nothing_run)?;
    let closed = db.shares(Seq::NOW)?.into_iter().map(|share| share.half_year).max();
    if closed.is_some_and(|closed| closed >= half_year) {
        return Ok(());
    }
    let open_from = closed.map_or_else(|| Night::from_days(0).expect("1970"), |closed| closed.nights().end());
    match db.first_night_with_return(open_from)?.map(HalfYear::of).filter(|open| *open < half_year) {
        None => Ok(()),
        Some(open) => {
            let why =
                format!("{open} has return to settle and is not closed yet; close it first, half-years go in order");
            Err(Problem::asked("voice.order", why))
        }
    }
}

/// The first day on which a half-year may be closed, by the protocol in force when it began.
pub(crate) fn closes(protocol: &Protocol, half_year: HalfYear) -> Night {
    half_year.closes_after(protocol.on(half_year.nights().start()).pool.close_months)
}

/// Nights of a half-year by payee, and how many of them are covered as known at its close; and the terms of its pools.
fn gather(
    office: &Office,
    db: &mut Db,
    half_year: HalfYear,
    progress: Progress<'_>,
) -> Result<(BTreeMap<Payee, Gathered>, PoolTerms), Problem> {
    let said = Said::load(db, Seq::NOW)?;
    progress("what was said is read");
    let known = closes(&protocol(db)?, half_year);
    let lives = Lives::load(office, db, None, (Seq::NOW, known))?;
    progress("placements are read");
    let (protocol, calendar, period) = (&lives.protocol, Calendar::shipped(), half_year.nights());
    let parts = lives.fold(&said, BTreeMap::new, |gathered: &mut BTreeMap<Payee, Gathered>, life| {
        for (tenure, dues) in life.tenures.iter().filter(|(tenure, _)| tenure.nights().intersect(period).is_some()) {
            let coverage = coverage(tenure, dues, &life.facts, known, protocol, calendar);
            for stay in tenure.stays() {
                let Some(notice) = life.notices.iter().find(|notice| notice.placement == stay.placement) else {
                    continue;
                };
                let Some(payee) = notice.payee.as_ref().filter(|payee| payee.is_identified()) else { continue };
                let in_it = notice.nights.iter().filter_map(|nights| nights.intersect(period));
                let (nights, covered) =
                    in_it.fold((0, 0), |sum, one: Nights| (sum.0 + one.count(), sum.1 + coverage.covered(one)));
                if nights > 0 {
                    gathered.entry(payee.clone()).or_default().add(life.child, notice, nights, covered);
                }
            }
        }
    });
    let mut all: BTreeMap<Payee, Gathered> = BTreeMap::new();
    for (payee, part) in parts.into_iter().flatten() {
        all.entry(payee).or_default().join(part);
    }
    Ok((all, protocol.on(period.start()).pool))
}

fn member(payee: &Payee, gathered: &Gathered) -> Member {
    let region =
        gathered.regions.iter().max_by_key(|(region, nights)| (**nights, region.name())).map(|(region, _)| *region);
    let class = gathered.classes.iter().max_by_key(|(_, nights)| **nights).map_or("other", |(class, _)| class);
    Member {
        payee: payee.clone(),
        region: region.expect("a payee with nights has a region"),
        class: class.to_owned(),
        nights: gathered.nights.iter().map(|(child, nights)| (*child, *nights)).collect(),
    }
}

/// What each payee has earned as of the last run, and what stands settled.
struct Books {
    through: Option<Night>,
    earned: BTreeMap<Payee, Vec<Earned>>,
    stands: BTreeMap<Payee, Settled>,
    last: Option<SettlementRow>,
}

impl Books {
    /// Of everybody, or of one payee alone.
    fn load(office: &Office, db: &mut Db, only: Option<&Payee>) -> Result<Books, Problem> {
        let last = db.settlements(Seq::NOW)?.pop();
        let mut stands: BTreeMap<Payee, Settled> = BTreeMap::new();
        for row in db.settled(Seq::NOW)? {
            let Some(payee) = Payee::parse(&row.payee) else { continue };
            let (paid, back) = (row.credit.starts_with("payable/"), row.debit.starts_with("held/"));
            let of = stands.entry(payee).or_default();
            match (paid, back) {
                (true, _) => of.paid += row.pence,
                (false, true) => of.returned += row.pence,
                (false, false) => of.returned -= row.pence,
            }
        }
        let Some(run) = db.latest_run(Seq::NOW)? else {
            return Ok(Books { through: None, earned: BTreeMap::new(), stands, last });
        };
        let terms = Terms::load(db, run.seq)?;
        let sums = match only {
            Some(payee) => {
                let mut sums = Sums::new();
                for placement in db.placements_of_payee(payee.as_str(), run.seq)? {
                    if let Some(notice) = db.notice(placement, run.seq)?.filter(|it| it.payee.as_ref() == Some(payee)) {
                        add_return(&mut sums, &notice, &terms, run.through);
                    }
                }
                sums
            }
            None => returns(office, db, &run, &terms)?,
        };
        let mut shares = Shares::new(terms.policy.terms(run.through).first_share);
        for share in db.shares(Seq::NOW)? {
            shares.take(&share).map_err(|error| Fault::Damaged(error.to_string()))?;
        }
        let earned = sums
            .into_iter()
            .map(|(payee, sums)| {
                let of = |(half_year, pence)| {
                    let (share, closed): (Share, bool) = shares.of(&payee, half_year);
                    Earned { half_year, pence, share, closed }
                };
                let earned = sums.into_iter().map(of).collect();
                (payee, earned)
            })
            .collect();
        Ok(Books { through: Some(run.through), earned, stands, last })
    }
}

/// Return by payee and half-year.
type Sums = BTreeMap<Payee, BTreeMap<HalfYear, Pence>>;

/// The return of everybody's nights as of a run: one read of the notices, in parts at once. Whoever never had return held
/// has none, and their notices are not opened.
fn returns(office: &Office, db: &mut Db, run: &Run, terms: &Terms) -> Result<Sums, Problem> {
    let chart = db.chart()?;
    let held: HashSet<String> =
        chart.all().filter_map(|(_, account)| account.to_string().strip_prefix("held/").map(str::to_owned)).collect();
    let (held, known, through) = (&held, run.seq, run.through);
    let parts: Result<Vec<Sums>, Problem> = std::thread::scope(|scope| {
        let readers: Vec<_> = parts()
            .map(|part| {
                scope.spawn(move || {
                    let mut sums = Sums::new();
                    office.open(Wing::Bank)?.each_latest_notice(part, known, |payee, body| {
                        if payee.is_some_and(|payee| held.contains(payee)) {
                            let notice = store::open_notice(body)?;
                            add_return(&mut sums, &notice, terms, through);
                        }
                        Ok(())
                    })?;
                    Ok(sums)
                })
            })
            .collect();
        readers.into_iter().map(|reader| reader.join().expect("a reader ends as it began")).collect()
    });
    let mut all = Sums::new();
    for (payee, sums) in parts?.into_iter().flatten() {
        let of = all.entry(payee).or_default();
        sums.into_iter().for_each(|(half_year, pence)| *of.entry(half_year).or_default() += pence);
    }
    Ok(all)
}

fn add_return(sums: &mut Sums, notice: &PlacementNotice, terms: &Terms, through: Night) {
    let Some(payee) = notice.payee.as_ref().filter(|payee| payee.is_identified()) else { return };
    let Ok(lines) = lines(notice, &terms.policy, &terms.book, through) else { return };
    if lines.iter().all(|line| line.ret.is_nil()) {
        return;
    }
    let of = sums.entry(payee.clone()).or_default();
    return_by_half_year(&lines, |half_year, pence| *of.entry(half_year).or_default() += pence);
}

/// Return of lines by half-year, cumulative, so that all half-years sum to what the runs posted to `held`.
fn return_by_half_year(lines: &[funding::Line], mut each: impl FnMut(HalfYear, Pence)) {
    let (Some(first), Some(last)) = (lines.first(), lines.iter().map(|line| line.nights.last()).max()) else { return };
    let of = |lines: &[funding::Line]| -> Pence {
        required(lines).into_iter().filter(|(cost, _)| cost.part == Part::Return).map(|(_, pence)| pence).sum()
    };
    let (mut half_year, mut before) = (HalfYear::of(first.nights.start()), Pence::ZERO);
    while half_year.nights().start() <= last {
        let upto = of(&clipped(lines, half_year.nights().last()));
        if upto != before {
            each(half_year, upto - before);
        }
        before = upto;
        half_year = half_year.next();
    }
}

fn settlement(
    office: &Office,
    db: &mut Db,
    seq: Seq,
    closed: Option<HalfYear>,
) -> Result<Option<SettlementReport>, Problem> {
    let books = Books::load(office, db, None)?;
    let Some(through) = books.through else {
        return Err(nothing_run());
    };
    let number = books.last.as_ref().map_or(1, |last| last.settlement + 1);
    let mut rows: Vec<SettledRow> = Vec::new();
    let (mut paid, mut to_fund, mut ahead, mut payees) = (Pence::ZERO, Pence::ZERO, Pence::ZERO, 0);
    let nothing = Vec::new();
    let mut all: Vec<&Payee> = books.earned.keys().chain(books.stands.keys()).collect();
    all.sort_unstable();
    all.dedup();
    for payee in all {
        let settlement =
            settle(books.earned.get(payee).unwrap_or(&nothing), books.stands.get(payee).copied().unwrap_or_default());
        ahead += settlement.ahead;
        if settlement.is_nothing() {
            continue;
        }
        paid += settlement.pay;
        to_fund += settlement.to_fund;
        payees += 1;
        let mut chart = Chart::default();
        let accounts = SettlementAccounts {
            held: chart.open(&Account::held(payee.as_str())),
            payable: chart.open(&Account::payable(payee.as_str())),
            fund: chart.open(&Account::ret("settled")),
        };
        for transfer in settlement_entry(settlement, accounts).transfers() {
            let name = |account| chart.account(account).to_string();
            rows.push(SettledRow {
                settlement: number,
                line: rows.len() as i64,
                payee: payee.to_string(),
                debit: name(transfer.debit),
                credit: name(transfer.credit),
                pence: transfer.pence,
            });
        }
    }
    if rows.is_empty() {
        return Ok(None);
    }
    let previous = books.last.map_or(GENESIS, |last| last.hash);
    let hash = seal(previous, number, through, closed, &rows);
    let row = SettlementRow {
        settlement: number,
        seq,
        through,
        closed,
        postings: rows.len() as i64,
        pence: rows.iter().map(|row| row.pence).sum(),
        previous,
        hash,
    };
    db.record_settlement(&row, &rows)?;
    Ok(Some(SettlementReport {
        settlement: number,
        through: Some(through),
        closed,
        posted: true,
        payees,
        paid_pence: paid,
        to_fund_pence: to_fund,
        ahead_pence: ahead,
        hash: hash.to_string(),
    }))
}

/// The hash over a settlement and the one before.
pub(crate) fn seal(previous: Hash, number: i64, through: Night, closed: Option<HalfYear>, rows: &[SettledRow]) -> Hash {
    use std::fmt::Write;
    let closed = closed.map_or("-".to_owned(), |closed| closed.to_string());
    let mut text = format!("{previous}\nsettlement {number} through {} closed {closed}\n", through.iso());
    for row in rows {
        let _ = writeln!(text, "{}\t{}\t{}\t{}\t{}", row.line, row.payee, row.debit, row.credit, row.pence.get());
    }
    Hash::parse(&sha256(&text)).expect("a digest in hexadecimal is a hash")
}
