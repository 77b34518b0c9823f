//! The council told late: what a payee keeps, what the council bears, what stands to be recovered.

use std::sync::OnceLock;

use door::PlacementNotice;
use funding::{Agreement, Line, Lost, Policy, PriceBook, SHIPPED, Scope, Unit, lines, lost, reconcile, required};
use kernel::{Nights, Seq};
use ledger::{AccountId, Chart, Class, Part, Standing};
use money::Pence;
use proptest::prelude::*;

use crate::calendar::{day, night};
use crate::oracle::{WHOLE, round};
use crate::world::{World, config};

/// One stay in a home with an agreed price, of which a later return says otherwise.
#[derive(Clone, Debug)]
struct Late {
    weekly: i64,
    ret: i64,
    arrival: i64,
    paid: i64,
    /// How much of the start and of the end was never so.
    late_start: i64,
    early_end: i64,
    /// The weekly price as known afterwards.
    weekly_now: i64,
    limit: i64,
}

fn late() -> impl Strategy<Value = Late> {
    let lost = || prop_oneof![1 => Just(0), 3 => 0..40i64];
    let arrival = (0..300i64).prop_map(|after| day(2025, 4, 1) + after);
    let other_price = prop_oneof![3 => Just(0), 1 => -100_000..100_000i64];
    (1..700_000i64, 0..100_000i64, arrival, 1..60i64, lost(), lost(), other_price, 0..15i64).prop_map(
        |(weekly, ret, arrival, paid, late_start, early_end, change, limit)| Late {
            weekly,
            ret,
            arrival,
            paid,
            late_start: late_start.min(paid),
            early_end: early_end.min(paid - late_start.min(paid)),
            weekly_now: (weekly + change).max(0),
            limit,
        },
    )
}

impl Late {
    fn notice(&self, late_start: i64, early_end: i64) -> PlacementNotice {
        let (from, end) = (self.arrival + late_start, self.arrival + self.paid - early_end);
        let world = World {
            born: (2014, 1, 1),
            kind: "K2",
            sector: door::Sector::Private,
            urn: true,
            region: kernel::Region::East,
            nights: vec![(self.arrival, self.arrival + self.paid)],
            back: None,
            departed: false,
            known_through: self.arrival + self.paid - 1,
            absences: Vec::new(),
            statuses: vec![(self.arrival, self.arrival + self.paid, "C2")],
            scheme_start: day(2017, 4, 1),
            terms: Vec::new(),
            entitlement: Vec::new(),
            agreed: Vec::new(),
            second_year: true,
            through: 0,
        };
        let nights = if from < end { vec![Nights::try_new(night(from), night(end)).unwrap()] } else { Vec::new() };
        PlacementNotice { nights, ..world.notice() }
    }

    fn lines(&self, notice: &PlacementNotice, weekly: i64) -> Vec<Line> {
        static POLICY: OnceLock<Policy> = OnceLock::new();
        let policy = POLICY.get_or_init(|| Policy::parse(SHIPPED.iter().copied()).unwrap());
        let agreement = Agreement {
            seq: Seq(5),
            scope: Scope::Setting(crate::world::URN.to_owned()),
            from: night(day(2025, 1, 1)),
            until: None,
            care: Pence::new(weekly),
            ret: Pence::new(self.ret),
            unit: Unit::Week,
            notice_nights: 0,
            split_assumed: false,
        };
        let through = night(self.arrival + self.paid - 1);
        lines(notice, policy, &PriceBook::new([agreement], Seq(1)), through).unwrap()
    }
}

/// What is kept in good faith where nothing has moved to another placement.
fn good_faith(before: &[Line], now: &[Line], limit: u16) -> Pence {
    let lost = lost(before, now, &[], limit);
    assert_eq!(lost.moved, Pence::ZERO);
    lost.kept
}

fn keeping(kept: Pence) -> Lost {
    Lost { kept, ..Lost::default() }
}

struct Books {
    standing: Standing,
    chart: Chart,
}

impl Books {
    fn run(&mut self, notice: &PlacementNotice, now: &[Line], borne: Pence) {
        let owed = required(now);
        let entries =
            reconcile(notice, &owed, Some(&owed), &self.standing, &mut self.chart, |_: AccountId| keeping(borne));
        for (payee, entry) in entries {
            entry.transfers().iter().for_each(|transfer| self.standing.post(payee, transfer));
        }
    }

    fn sum(&self, class: Class) -> i64 {
        let lines = self.standing.lines().iter();
        lines.filter(|line| self.chart.class(line.account) == class).map(|line| line.pence.get()).sum()
    }
}

proptest! {
    #![proptest_config(config(3_000))]

    #[test]
    fn what_was_lost_is_borne_recovered_and_brought_back(late in late()) {
        let before = late.notice(0, 0);
        let after = late.notice(late.late_start, late.early_end);
        let believed = late.lines(&before, late.weekly);
        let now = late.lines(&after, late.weekly_now);
        let mut books = Books { standing: Standing::default(), chart: Chart::default() };
        books.run(&before, &believed, Pence::ZERO);

        let nightly = i128::from(late.weekly) * WHOLE / 7;
        let nights_now = late.paid - late.late_start - late.early_end;
        let credited = round(nightly * i128::from(late.paid));
        let earned = round(i128::from(late.weekly_now) * WHOLE / 7 * i128::from(nights_now));
        let excess = (credited - earned).max(0);
        // The care of the first nights that were lost, on top of those kept, as the payee was paid for them.
        let told_late = late.limit.min(late.late_start + late.early_end);
        let kept = nightly * i128::from(nights_now);
        let word = round(kept + nightly * i128::from(told_late)) - round(kept);
        let borne = word.min(excess);

        let limit = u16::try_from(late.limit).unwrap();
        prop_assert_eq!(good_faith(&believed, &now, limit).get(), word);
        books.run(&after, &now, good_faith(&believed, &now, limit));
        prop_assert_eq!(books.sum(Class::Payable), -(earned + excess), "what was paid is not taken back");
        prop_assert_eq!(books.sum(Class::GoodFaith), borne);
        prop_assert_eq!(books.sum(Class::Recoverable), excess - borne);
        prop_assert_eq!(books.sum(Class::Care), earned);
        let ret = round(i128::from(late.ret) * WHOLE / 7 * i128::from(nights_now) + i128::from(late.weekly_now) * WHOLE / 7 * i128::from(nights_now)) - earned;
        prop_assert_eq!(books.sum(Class::Held), -ret, "return is simply no longer earned");

        // Asked again, nothing; told the first story again, as if nothing had been said.
        let stands = books.standing.clone();
        books.run(&after, &now, good_faith(&believed, &now, limit));
        prop_assert_eq!(&books.standing, &stands);
        books.run(&before, &believed, good_faith(&believed, &believed, limit));
        prop_assert_eq!(books.sum(Class::Payable), -credited.max(earned + excess));
        prop_assert_eq!(books.sum(Class::GoodFaith), 0);
        prop_assert_eq!(books.sum(Class::Recoverable), credited.max(earned + excess) - credited);
        prop_assert_eq!(books.sum(Class::Care), credited);
    }

    /// Another payee is found to have had the child: the first keeps its good-faith nights, the second is owed all.
    #[test]
    fn another_payee_is_owed_all_and_the_first_keeps_its_word(late in late()) {
        let before = late.notice(0, 0);
        let after = PlacementNotice { payee: Some(door::Payee::provider("SC000002")), ..late.notice(0, 0) };
        let believed = late.lines(&before, late.weekly);
        let mut books = Books { standing: Standing::default(), chart: Chart::default() };
        books.run(&before, &believed, Pence::ZERO);
        let credited = round(i128::from(late.weekly) * WHOLE / 7 * i128::from(late.paid));
        let borne = good_faith(&believed, &[], u16::try_from(late.limit).unwrap());
        let old = books.chart.find(&ledger::Account::payable("urn/SC000001"));
        let owed = required(&believed);
        let entries = reconcile(&after, &owed, Some(&owed), &books.standing, &mut books.chart, |payee| {
            keeping(if Some(payee) == old { borne } else { Pence::ZERO })
        });
        for (payee, entry) in entries {
            entry.transfers().iter().for_each(|transfer| books.standing.post(payee, transfer));
        }
        let word = round(i128::from(late.weekly) * WHOLE / 7 * i128::from(late.limit.min(late.paid)));
        prop_assert_eq!(books.sum(Class::GoodFaith), word.min(credited));
        prop_assert_eq!(books.sum(Class::Recoverable), credited - word.min(credited));
        prop_assert_eq!(books.sum(Class::Payable), -2 * credited, "the first was paid, the second is owed");
        prop_assert_eq!(books.sum(Class::Care), credited, "the fund bears the care once");
    }

    /// What was accrued for a payee not yet identified reached nobody and is simply taken back.
    #[test]
    fn what_reached_nobody_is_never_recovered(late in late()) {
        let unknown = |notice: PlacementNotice| {
            let payee = Some(door::Payee::unidentified(notice.council));
            PlacementNotice { payee, ..notice }
        };
        let (before, after) = (unknown(late.notice(0, 0)), unknown(late.notice(late.late_start, late.early_end)));
        let (believed, now) = (late.lines(&before, late.weekly), late.lines(&after, late.weekly));
        let mut books = Books { standing: Standing::default(), chart: Chart::default() };
        books.run(&before, &believed, Pence::ZERO);
        books.run(&after, &now, good_faith(&believed, &now, 7));
        prop_assert_eq!((books.sum(Class::GoodFaith), books.sum(Class::Recoverable)), (0, 0));
        let care: Pence = required(&now).iter().filter(|(cost, _)| cost.part == Part::Care).map(|owed| owed.1).sum();
        prop_assert_eq!(books.sum(Class::Payable), -care.get());
    }
}
