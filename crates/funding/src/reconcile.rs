//! Required minus posted: the only thing that decides what a run posts.

use std::collections::BTreeMap;

use door::{Payee, PlacementNotice};
use kernel::{Night, Nights};
use ledger::{Account, AccountId, Chart, Class, Entry, Leg, Part, Standing};
use money::{Exact, NightlyRate, Pence, telescope};

use crate::lines::{Line, LineKind, Payer};

/// A part of what a placement costs, in the fixed order of rounding: care then return; fund, then council.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cost {
    /// Care or return.
    pub part: Part,
    /// Who bears it.
    pub payer: Payer,
    /// What kind of line.
    pub kind: LineKind,
}

impl Cost {
    /// The account that it stands on.
    pub fn account(self, council: &str) -> Account {
        match (self.payer, self.part) {
            (Payer::Fund, Part::Care) => Account::care(self.kind.name()),
            (Payer::Fund, Part::Return) => Account::ret(self.kind.name()),
            (Payer::Council, _) => Account::due(council, self.kind.name()),
        }
    }
}

/// What must stand posted for these lines: for part k, R(S_k) − R(S_{k−1}), so that the parts sum to the rounded
/// total and any cut into runs posts the same pence. Nil lines are not posted.
pub fn required(lines: &[Line]) -> Vec<(Cost, Pence)> {
    let mut sums: BTreeMap<Cost, Exact> = BTreeMap::new();
    for line in lines {
        let cost = |part| Cost { part, payer: line.payer, kind: line.kind };
        for (part, rate) in [(Part::Care, line.care), (Part::Return, line.ret)] {
            if !rate.is_nil() {
                *sums.entry(cost(part)).or_default() += rate.times(line.nights.count());
            }
        }
    }
    let exact: Vec<Exact> = sums.values().copied().collect();
    sums.into_keys().zip(telescope(&exact)).collect()
}

/// What becomes of the care of nights that were paid and are paid no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Lost {
    /// The same payee is paid for them under another placement now: nothing is lost, only a name has changed.
    pub moved: Pence,
    /// Kept in good faith: the council told late, and bears it.
    pub kept: Pence,
}

/// Another placement of the same child and payee, as lines: what it pays now, and what it was believed to pay.
pub struct Elsewhere {
    /// As known now.
    pub now: Vec<Line>,
    /// As believed at the last run.
    pub before: Vec<Line>,
}

impl Elsewhere {
    /// The care that it pays for a night of `kind` and did not pay before.
    fn gained(&self, kind: LineKind, night: Night) -> Option<NightlyRate> {
        let on = |lines: &[Line]| {
            lines.iter().find(|line| line.kind == kind && line.nights.contains(night)).map(|line| line.care)
        };
        on(&self.now).filter(|_| on(&self.before).is_none_or(NightlyRate::is_nil))
    }
}

/// Whether `before` paid care for a night that `now` does not.
pub fn loses_nights(before: &[Line], now: &[Line]) -> bool {
    let paid_now = |night: Night| now.iter().any(|line| line.nights.contains(night));
    before.iter().any(|line| !line.care.is_nil() && line.nights.iter().any(|night| !paid_now(night)))
}

/// Shares out the care of the nights that `before` paid and `now` does not: what has moved `elsewhere`, and of the rest
/// the first `limit` nights, which a payee keeps in good faith because the council told late.
pub fn lost(before: &[Line], now: &[Line], elsewhere: &[Elsewhere], limit: u16) -> Lost {
    let paid_now = |night: Night| now.iter().any(|line| line.nights.contains(night));
    let (mut still, mut moved, mut kept, mut left) = (Exact::ZERO, Exact::ZERO, Exact::ZERO, limit);
    for line in before.iter().filter(|line| !line.care.is_nil()) {
        for night in line.nights.iter() {
            let one = line.care.times(1);
            if paid_now(night) {
                still += one;
            } else if let Some(care) = elsewhere.iter().find_map(|other| other.gained(line.kind, night)) {
                moved += one.min(care.times(1));
            } else if left > 0 {
                kept += one;
                left -= 1;
            }
        }
    }
    // Rounded as the sums that were posted are: each part on top of those before it.
    let upto = [still, still + moved, still + moved + kept].map(Exact::round);
    Lost { moved: upto[1] - upto[0], kept: upto[2] - upto[1] }
}

/// What of these lines lies on nights up to and including `last`.
pub fn clipped(lines: &[Line], last: Night) -> Vec<Line> {
    let upto = |line: &Line| Nights::try_new(line.nights.start(), line.nights.end().min(last.next()));
    lines.iter().filter_map(|line| Some(Line { nights: upto(line)?, ..*line })).collect()
}

/// Works out the entries, one a payee, that make what stands posted what is required.
///
/// `run_before` is what is required now of the nights that were run before; none says that nothing about them has
/// changed. Care goes to `payable`, return to `held`. Where those nights came to less than stands posted for them, the
/// payee is not charged silently: `lost` says how much of the loss is owed under another placement now, how much the
/// council bears at most, and the rest stands in `recoverable`, whatever later nights earn. If a later fact brings nights
/// back, the recoverable and then the good faith are cleared before anything is owed for them again. What was accrued for a payee not yet identified
/// reached nobody and is simply taken back.
pub fn reconcile(
    notice: &PlacementNotice,
    required: &[(Cost, Pence)],
    run_before: Option<&[(Cost, Pence)]>,
    standing: &Standing,
    chart: &mut Chart,
    lost: impl Fn(AccountId) -> Lost,
) -> Vec<(AccountId, Entry)> {
    let council = notice.council.as_str();
    // A kind without a payee costs nothing by the policy shipped; where another policy prices it, nobody is known yet.
    let payee = notice.payee.clone().unwrap_or_else(|| Payee::unidentified(notice.council));
    let payee_now = (!required.is_empty()).then(|| chart.open(&Account::payable(payee.as_str())));
    let mut payees = standing.payees();
    if let Some(payee) = payee_now.filter(|payee| !payees.contains(payee)) {
        payees.push(payee);
    }
    let mut entries = Vec::new();
    for payee in payees {
        let wanted: Vec<(AccountId, Part, Pence)> = if Some(payee) == payee_now {
            required.iter().map(|&(cost, pence)| (chart.open(&cost.account(council)), cost.part, pence)).collect()
        } else {
            Vec::new()
        };
        let of_care = |costs: &[(Cost, Pence)]| -> Pence {
            costs.iter().filter(|(cost, _)| cost.part == Part::Care).map(|&(_, pence)| pence).sum()
        };
        let run_before = if Some(payee) == payee_now { run_before.map(of_care) } else { Some(Pence::ZERO) };
        let legs = Difference { payee, wanted: &wanted, run_before, standing, chart, council }.legs(&lost);
        let entry = Entry::balanced(legs).expect("care and return are each balanced by what is owed for them");
        if !entry.transfers().is_empty() {
            entries.push((payee, entry));
        }
    }
    entries
}

struct Difference<'a> {
    payee: AccountId,
    wanted: &'a [(AccountId, Part, Pence)],
    /// Care now required of the nights that were run before, if anything about them has changed.
    run_before: Option<Pence>,
    standing: &'a Standing,
    chart: &'a mut Chart,
    council: &'a str,
}

impl Difference<'_> {
    fn legs(mut self, lost: &impl Fn(AccountId) -> Lost) -> Vec<Leg> {
        let mut legs = self.costs();
        self.care(&mut legs, lost);
        self.ret(&mut legs);
        legs.retain(|leg| leg.pence != Pence::ZERO);
        legs
    }

    fn total(&self, part: Part) -> Pence {
        self.wanted.iter().filter(|wanted| wanted.1 == part).map(|wanted| wanted.2).sum()
    }

    fn leg(&self, account: AccountId, part: Part, wanted: Pence) -> Leg {
        Leg { account, part, pence: wanted - self.standing.on(self.payee, part, account) }
    }

    /// Costs as wanted, and those that stand but are wanted no more.
    fn costs(&self) -> Vec<Leg> {
        let mut legs: Vec<Leg> =
            self.wanted.iter().map(|&(account, part, pence)| self.leg(account, part, pence)).collect();
        for line in self.standing.lines().iter().filter(|line| line.payee == self.payee) {
            let is_cost = matches!(self.chart.class(line.account), Class::Care | Class::Return | Class::Due);
            let wanted = self.wanted.iter().any(|wanted| (wanted.0, wanted.1) == (line.account, line.part));
            if is_cost && !wanted {
                legs.push(self.leg(line.account, line.part, Pence::ZERO));
            }
        }
        legs
    }

    /// What stands for the payee on accounts of a class.
    fn stands(&self, part: Part, class: Class) -> Pence {
        self.standing.sum(self.payee, part, |account| self.chart.class(account) == class)
    }

    fn care(&mut self, legs: &mut Vec<Leg>, lost: &impl Fn(AccountId) -> Lost) {
        let earned = self.total(Part::Care);
        let stood = [Class::GoodFaith, Class::Recoverable].map(|class| self.stands(Part::Care, class));
        let [mut borne, mut recover] = stood;
        let past = self.run_before.map_or(Pence::ZERO, |run_before| run_before - self.posted_care());
        if past < Pence::ZERO && self.subject().starts_with("unidentified/") {
            [borne, recover] = [Pence::ZERO; 2];
        } else if past < Pence::ZERO {
            let Lost { moved, kept } = lost(self.payee);
            let loss = -past - moved.clamp(Pence::ZERO, -past);
            let kept = kept.clamp(Pence::ZERO, loss);
            borne += kept;
            recover += loss - kept;
        } else {
            let returned = past.min(recover);
            recover -= returned;
            borne -= (past - returned).min(borne);
        }
        legs.push(self.leg(self.payee, Part::Care, -(earned + recover + borne)));
        let changed = [borne, recover].into_iter().zip(stood).map(|(wanted, stood)| wanted - stood);
        for (class, pence) in [Class::GoodFaith, Class::Recoverable].into_iter().zip(changed) {
            if pence != Pence::ZERO {
                let account = match class {
                    Class::GoodFaith => Account::good_faith(self.council),
                    _ => Account::recoverable(self.subject()),
                };
                legs.push(Leg { account: self.chart.open(&account), part: Part::Care, pence });
            }
        }
    }

    /// The payee's name.
    fn subject(&self) -> &str {
        self.chart.account(self.payee).subject()
    }

    /// The care that stands on cost accounts for this payee.
    fn posted_care(&self) -> Pence {
        self.standing
            .sum(self.payee, Part::Care, |account| matches!(self.chart.class(account), Class::Care | Class::Due))
    }

    fn ret(&mut self, legs: &mut Vec<Leg>) {
        let pence = -self.total(Part::Return) - self.stands(Part::Return, Class::Held);
        if pence != Pence::ZERO {
            let held = Account::held(self.subject());
            legs.push(Leg { account: self.chart.open(&held), part: Part::Return, pence });
        }
    }
}
