//! Statements for a child, a payee or a council: what should stand and what stands posted, for nights through a date,
//! as known at a moment. The same point of view always gives the same statement.

use door::{Payee, PlacementNotice};
use funding::{Cost, Flag, Line, Payer, lines, required};
use kernel::{ChildRef, CodeSet, CouncilCode, Masked, Night, Nights, PlacementId, Seq, council};
use ledger::{Chart, Class, Part, Posting};
use money::{Exact, Pence};
use serde::Serialize;
use store::{Db, Run, Wing};

use crate::knowledge::Terms;
use crate::office::{AsOf, Known, Office};
use crate::problem::Problem;
use crate::reference::ReferenceKey;
use crate::settle::settled;

/// Nights at one rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineReport {
    /// `bed`, `retainer` or `notice`.
    pub kind: String,
    /// The first night.
    pub from: Night,
    /// The last night.
    pub last: Night,
    /// How many.
    pub nights: i64,
    /// `fund` or `council`.
    pub payer: String,
    /// Care of these nights, exactly.
    pub care_exact: String,
    /// Return of these nights, exactly.
    pub return_exact: String,
    /// What must be said of it: `provisional`, `assumed`, `interim`, `unlawful`, `on-word`.
    pub flags: Vec<String>,
}

/// What stands in the ledger, by account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PostedAmounts {
    /// Care borne by the fund.
    pub fund_care_pence: Pence,
    /// Return borne by the fund.
    pub fund_return_pence: Pence,
    /// Charged to the council for its own nights.
    pub council_pence: Pence,
    /// Charged to the council because it told late.
    pub good_faith_pence: Pence,
    /// Owed to the payee.
    pub payable_pence: Pence,
    /// Return held for the payee.
    pub held_pence: Pence,
    /// Overpaid to the payee.
    pub recoverable_pence: Pence,
}

impl PostedAmounts {
    fn add(&mut self, chart: &Chart, posting: &Posting) {
        let pence = posting.transfer.pence;
        for (account, change) in [(posting.transfer.debit, pence), (posting.transfer.credit, -pence)] {
            match chart.class(account) {
                Class::Care => self.fund_care_pence += change,
                Class::Return => self.fund_return_pence += change,
                Class::Due => self.council_pence += change,
                Class::GoodFaith => self.good_faith_pence += change,
                Class::Recoverable => self.recoverable_pence += change,
                Class::Payable => self.payable_pence -= change,
                Class::Held => self.held_pence -= change,
            }
        }
    }

    fn plus(&mut self, other: &PostedAmounts) {
        self.fund_care_pence += other.fund_care_pence;
        self.fund_return_pence += other.fund_return_pence;
        self.council_pence += other.council_pence;
        self.good_faith_pence += other.good_faith_pence;
        self.payable_pence += other.payable_pence;
        self.held_pence += other.held_pence;
        self.recoverable_pence += other.recoverable_pence;
    }
}

/// One placement in a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlacementReport {
    /// The placement.
    pub placement: PlacementId,
    /// The SSDA903 placement code.
    pub kind: String,
    /// What the code means.
    pub meaning: String,
    /// Who is paid, as known now.
    pub payee: Option<String>,
    /// The first night in force.
    pub from: Option<Night>,
    /// The last night in force, by the evidence.
    pub last: Option<Night>,
    /// The date of departure, if known.
    pub departed: Option<Night>,
    /// Nights through the date of the statement, absences included.
    pub nights: i64,
    /// Of them, absent on temporary codes.
    pub nights_absent: i64,
    /// The placement that is kept meanwhile, for a temporary stay.
    pub absent_from: Option<PlacementId>,
    /// The lines.
    pub lines: Vec<LineReport>,
    /// Care that should stand.
    pub care_pence: Pence,
    /// Return that should stand.
    pub return_pence: Pence,
    /// What stands in the ledger.
    pub posted: PostedAmounts,
    /// Why it could not be priced.
    pub unpriced: Option<String>,
}

/// A claim that waits because another has the night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitingReport {
    /// The claim.
    pub episode: String,
    /// The first night it waits for.
    pub from: Night,
    /// The last.
    pub last: Night,
    /// The claim that has them.
    pub behind: String,
}

/// A child's statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChildStatement {
    /// The point of view.
    pub known: Known,
    /// The child, opaque.
    pub child: ChildRef,
    /// The responsible council.
    pub council: String,
    /// Placements and temporary stays, in order of arrival.
    pub placements: Vec<PlacementReport>,
    /// Claims that wait, unpaid.
    pub waiting: Vec<WaitingReport>,
    /// Nights in care through the date of the statement, each with one bed.
    pub nights: i64,
    /// The sum of the placements.
    pub posted: PostedAmounts,
}

/// What one run posted for a payee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunAmounts {
    /// The run.
    pub run: i64,
    /// Through which night it paid.
    pub through: Night,
    /// What it posted.
    pub posted: PostedAmounts,
}

/// A payee's statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PayeeStatement {
    /// The point of view.
    pub known: Known,
    /// The payee.
    pub payee: String,
    /// Whether money owed to it can be sent to anyone.
    pub identified: bool,
    /// Its placements.
    pub placements: Vec<PlacementReport>,
    /// What each run posted.
    pub runs: Vec<RunAmounts>,
    /// The sum.
    pub posted: PostedAmounts,
}

/// A council's statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CouncilStatement {
    /// The point of view.
    pub known: Known,
    /// The council.
    pub council: String,
    /// Its name.
    pub name: String,
    /// Placements of its children.
    pub placements: Vec<PlacementReport>,
    /// What each run posted.
    pub runs: Vec<RunAmounts>,
    /// The sum.
    pub posted: PostedAmounts,
}

impl Office {
    /// The reference of the child whom a council knows by its own number.
    pub fn child_reference(&self, council: CouncilCode, local_id: &str) -> Result<ChildRef, Problem> {
        let mut db = self.open(Wing::Care)?;
        let key = db
            .reference_key()?
            .ok_or_else(|| Problem::asked("store.key", "the store was not finished; run `carebank init` again"))?;
        let child = ReferenceKey::new(key).child(council, &Masked::new(local_id));
        db.child(child, Seq::NOW)?.map(|child| child.child).ok_or_else(|| {
            Problem::not_found("child", format!("{council} has reported no child under that number; check both"))
        })
    }

    /// A child's statement.
    pub fn statement_child(&self, child: ChildRef, view: &AsOf) -> Result<ChildStatement, Problem> {
        let mut care = self.open(Wing::Care)?;
        let stored_now = care.child(child, Seq::NOW)?;
        if stored_now.is_none() {
            return Err(Problem::not_found(
                "child",
                format!("there is no child {child}; references look like C-7F3K-9M2Q-X4AB"),
            ));
        }
        let mut bank = self.open(Wing::Bank)?;
        let viewer = Viewer::new(self, &mut bank, view)?;
        let stored = care.child(child, viewer.known.tx)?.ok_or_else(|| {
            Problem::not_found("child", format!("{child} was not known yet at {}", viewer.known.known_at))
        })?;
        let versions = care.episode_versions(child, viewer.known.tx)?;
        let waiting = settled(&stored, &versions, &[])
            .waiting
            .into_iter()
            .map(|wait| WaitingReport {
                episode: wait.episode.to_string(),
                from: wait.nights.start(),
                last: wait.nights.last(),
                behind: wait.behind.to_string(),
            })
            .collect();
        let notices = bank.notices_of_child(child, viewer.known.tx)?;
        let mut placements = Vec::new();
        let mut posted = PostedAmounts::default();
        for notice in &notices {
            let (report, _) = viewer.placement(&mut bank, notice, None)?;
            posted.plus(&report.posted);
            placements.push(report);
        }
        placements.retain(|report| report.from.is_some() || report.posted != PostedAmounts::default());
        placements.sort_by_key(|report| (report.from, report.placement));
        let nights = placements.iter().map(|report| report.nights - report.nights_absent).sum();
        let council = stored.council.to_string();
        Ok(ChildStatement { known: viewer.known, child, council, placements, waiting, nights, posted })
    }

    /// A payee's statement.
    pub fn statement_payee(&self, payee: &str, view: &AsOf) -> Result<PayeeStatement, Problem> {
        let payee = Payee::parse(payee).ok_or_else(|| {
            Problem::asked(
                "payee.form",
                format!(
                    "{payee} is no payee; they look like council/E10000016, urn/SC012345 or unidentified/E10000016"
                ),
            )
        })?;
        let mut db = self.open(Wing::Bank)?;
        let viewer = Viewer::new(self, &mut db, view)?;
        let ids = db.placements_of_payee(payee.as_str(), viewer.known.tx)?;
        if ids.is_empty() {
            return Err(Problem::not_found(
                "payee",
                format!("no placement has named {payee}; `carebank balance --all` lists payees"),
            ));
        }
        let (placements, runs, posted) = viewer.placements(&mut db, &ids, Some(&payee))?;
        let identified = payee.is_identified();
        Ok(PayeeStatement { known: viewer.known, payee: payee.to_string(), identified, placements, runs, posted })
    }

    /// A council's statement.
    pub fn statement_council(&self, code: CouncilCode, view: &AsOf) -> Result<CouncilStatement, Problem> {
        let mut db = self.open(Wing::Bank)?;
        let viewer = Viewer::new(self, &mut db, view)?;
        let ids = db.placements_of_council(code, viewer.known.tx)?;
        if ids.is_empty() {
            return Err(Problem::not_found("council", format!("no return of {code} has been imported")));
        }
        let (placements, runs, posted) = viewer.placements(&mut db, &ids, None)?;
        let name = council(code).name.to_owned();
        Ok(CouncilStatement { known: viewer.known, council: code.to_string(), name, placements, runs, posted })
    }
}

type Statement = (Vec<PlacementReport>, Vec<RunAmounts>, PostedAmounts);

/// One point of view on the Bank's books.
pub(crate) struct Viewer {
    pub(crate) known: Known,
    pub(crate) terms: Terms,
    pub(crate) chart: Chart,
    pub(crate) runs: Vec<Run>,
}

impl Viewer {
    pub(crate) fn new(office: &Office, db: &mut Db, view: &AsOf) -> Result<Viewer, Problem> {
        let known = office.known(db, view)?;
        let terms = Terms::load(db, known.tx)?;
        let runs = db.runs(known.tx)?;
        Ok(Viewer { terms, chart: db.chart()?, runs, known })
    }

    fn placements(&self, db: &mut Db, ids: &[PlacementId], payee: Option<&Payee>) -> Result<Statement, Problem> {
        let mut placements = Vec::new();
        let mut sum = PostedAmounts::default();
        let mut by_run: Vec<RunAmounts> = self
            .runs
            .iter()
            .map(|run| RunAmounts { run: run.run, through: run.through, posted: PostedAmounts::default() })
            .collect();
        for &id in ids {
            let Some(notice) = db.notice(id, self.known.tx)? else { continue };
            let (report, postings) = self.placement(db, &notice, payee)?;
            sum.plus(&report.posted);
            for posting in &postings {
                if let Some(run) = by_run.iter_mut().find(|run| run.run == posting.run) {
                    run.posted.add(&self.chart, posting);
                }
            }
            placements.push(report);
        }
        placements.retain(|report| {
            let theirs = payee.is_none_or(|payee| report.payee.as_deref() == Some(payee.as_str()));
            (theirs && report.nights > 0) || report.posted != PostedAmounts::default()
        });
        placements.sort_by_key(|report| (report.from, report.placement));
        by_run.retain(|run| run.posted != PostedAmounts::default());
        Ok((placements, by_run, sum))
    }

    /// One placement through the date of the statement; of its postings only those of `payee`, if one is named.
    pub(crate) fn placement(
        &self,
        db: &mut Db,
        notice: &PlacementNotice,
        payee: Option<&Payee>,
    ) -> Result<(PlacementReport, Vec<Posting>), Problem> {
        let theirs = payee.is_none_or(|payee| notice.payee.as_ref() == Some(payee));
        let (lines, unpriced) = match lines(notice, &self.terms.policy, &self.terms.book, self.known.as_of) {
            Ok(lines) => (lines, None),
            Err(unpriced) => (Vec::new(), Some(unpriced.to_string())),
        };
        let required = required(&lines);
        let sum = |part| -> Pence {
            required.iter().filter(|(cost, _)| theirs && cost.part == part).map(|&(_, pence)| pence).sum()
        };
        let postings: Vec<Posting> = db
            .postings_of_placement(notice.placement, self.known.tx)?
            .into_iter()
            .filter(|posting| posting.effective() <= self.known.as_of)
            .filter(|posting| payee.is_none_or(|payee| self.chart.account(posting.payee).subject() == payee.as_str()))
            .collect();
        let mut posted = PostedAmounts::default();
        postings.iter().for_each(|posting| posted.add(&self.chart, posting));
        let window = |nights: &Nights| {
            Nights::try_new(nights.start(), nights.end().min(self.known.as_of.next())).map_or(0, Nights::count)
        };
        let report = PlacementReport {
            placement: notice.placement,
            kind: notice.kind.to_string(),
            meaning: CodeSet::Place.meaning(notice.kind.as_str()).unwrap_or("unknown").to_owned(),
            payee: notice.payee.as_ref().map(Payee::to_string),
            from: notice.nights.first().map(|nights| nights.start()),
            last: notice.nights.last().map(|nights| nights.last()),
            departed: notice.departed,
            nights: notice.nights.iter().map(window).sum(),
            nights_absent: notice.absences.iter().map(|absence| window(&absence.nights)).sum(),
            absent_from: notice.absent_from,
            lines: lines.iter().map(line_report).collect(),
            care_pence: sum(Part::Care),
            return_pence: sum(Part::Return),
            posted,
            unpriced,
        };
        Ok((report, postings))
    }
}

fn line_report(line: &Line) -> LineReport {
    let count = line.nights.count();
    let shown = |exact: Exact| exact.to_string();
    LineReport {
        kind: line.kind.to_string(),
        from: line.nights.start(),
        last: line.nights.last(),
        nights: count,
        payer: payer_name(line.payer).to_owned(),
        care_exact: shown(line.care.times(count)),
        return_exact: shown(line.ret.times(count)),
        flags: flag_names(line),
    }
}

pub(crate) fn payer_name(payer: Payer) -> &'static str {
    match payer {
        Payer::Fund => "fund",
        Payer::Council => "council",
    }
}

pub(crate) fn flag_names(line: &Line) -> Vec<String> {
    [
        (Flag::Provisional, "provisional"),
        (Flag::Assumed, "assumed"),
        (Flag::Interim, "interim"),
        (Flag::Unlawful, "unlawful"),
        (Flag::OnWord, "on-word"),
    ]
    .into_iter()
    .filter(|&(flag, _)| line.flags.has(flag))
    .map(|(_, name)| name.to_owned())
    .collect()
}

pub(crate) fn cost_name(cost: Cost) -> String {
    format!("{}, {}, {}", cost.part, payer_name(cost.payer), cost.kind)
}
