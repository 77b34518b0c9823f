//! Whatever is corrected, however often, between runs: the books stay sound.

use app::{AsOf, Night, Pence, PriceTerms, RunOutcome};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::bank::{Bank, kent, night};
use crate::world::{AWAY, Child, Episode, HOMES, LAST, Tried, YEARS, cases, told, town};

/// What a later return says otherwise, of the child and episode that the numbers fall on.
#[derive(Clone, Debug)]
enum Otherwise {
    Start(i32),
    End(Option<i32>),
    Home(usize),
    Away(usize),
    Status(&'static str),
    Never,
    Also(i32, i32, usize),
    Born(i32),
    Back,
}

#[derive(Clone, Debug)]
enum Step {
    Told { year: usize, changes: Vec<(Index, Index, Otherwise)>, whole: bool },
    Run(i32),
    Price(usize, i64, i64, i32),
}

fn otherwise() -> impl Strategy<Value = Otherwise> {
    prop_oneof![
        3 => (-9..10i32).prop_map(Otherwise::Start),
        3 => prop::option::weighted(0.8, -20..20i32).prop_map(Otherwise::End),
        2 => (0..HOMES.len()).prop_map(Otherwise::Home),
        1 => (0..AWAY.len()).prop_map(Otherwise::Away),
        2 => prop::sample::select(vec!["C1", "C2", "V2", "L1", "J1", "V4", "E1"]).prop_map(Otherwise::Status),
        1 => Just(Otherwise::Never),
        2 => (-30..30i32, 0..40i32, 0..HOMES.len()).prop_map(|(from, nights, home)| Otherwise::Also(from, nights, home)),
        1 => (-900..900i32).prop_map(Otherwise::Born),
        2 => Just(Otherwise::Back),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let changes = prop::collection::vec((any::<Index>(), any::<Index>(), otherwise()), 1..25);
    let step = prop_oneof![
        4 => (0..YEARS.len(), changes, prop::bool::weighted(0.2))
            .prop_map(|(year, changes, whole)| Step::Told { year, changes, whole }),
        3 => (0..150i32).prop_map(Step::Run),
        1 => (0..3usize, 0..600_000i64, 0..90_000i64, 0..900i32)
            .prop_map(|(home, care, ret, from)| Step::Price(home, care, ret, from)),
    ];
    prop::collection::vec(step, 3..12)
}

fn changed(mut children: Vec<Child>, first: &[Child], step: (usize, usize), what: &Otherwise) -> Vec<Child> {
    let (child, episode) = step;
    let life = &mut children[child].episodes;
    if let Otherwise::Born(days) = what {
        children[child].born = children[child].born.plus(*days).min(night("2023-05-31"));
        return children;
    }
    if let Otherwise::Back = what {
        children[child] = first[child].clone();
        return children;
    }
    if life.is_empty() {
        return children;
    }
    let at = episode % life.len();
    let told = &mut life[at];
    match what {
        Otherwise::Start(days) => told.start = told.start.plus(*days),
        Otherwise::End(days) => told.end = days.map(|days| told.end.unwrap_or(night(LAST)).plus(days).max(told.start)),
        Otherwise::Home(home) => told.place = HOMES[*home],
        Otherwise::Away(away) => told.place = AWAY[*away],
        Otherwise::Status(status) => told.status = status,
        Otherwise::Never => {
            life.remove(at);
        }
        Otherwise::Also(from, nights, home) => {
            let start = told.start.plus(*from);
            let also = Episode { start, end: Some(start.plus(*nights)), rne: "P", status: "C2", place: HOMES[*home] };
            life.push(also);
        }
        Otherwise::Born(_) | Otherwise::Back => {}
    }
    // A return that contradicts itself on a date of arrival is not what is tried here.
    if let Some(told) = life.get_mut(at) {
        told.end = told.end.map(|end| end.max(told.start));
    }
    children
}

/// What must be so of every placement after any run: nobody owes for care or holds back what was not earned.
fn assert_signs(bank: &Bank) {
    for ((placement, account, part), pence) in bank.posted() {
        let credit = account.starts_with("payable/") || account.starts_with("held/");
        assert!(credit == (pence < 0), "{placement} {account} {part}: {pence}");
        let return_part = account.starts_with("return/") || account.starts_with("held/");
        let either = account.starts_with("due/") && !account.ends_with("/good-faith");
        assert!(either || return_part == (part == "1"), "{placement} {account} {part}: {pence}");
        assert!(!account.starts_with("recoverable/unidentified"), "{placement}: what reached nobody is not recovered");
    }
}

/// What the runs said they posted, summed: payable, held, fund's care, fund's return, councils', told late, recoverable.
#[derive(Default, PartialEq, Eq, Debug)]
struct Said([i64; 7]);

impl Said {
    fn hear(&mut self, outcome: Option<RunOutcome>) {
        let Some(outcome) = outcome.filter(|outcome| outcome.posted) else { return };
        let report = outcome.report;
        let changes = [
            report.payable_pence,
            report.held_pence,
            report.fund_care_pence,
            report.fund_return_pence,
            report.council_pence,
            report.good_faith_pence,
            report.recoverable_pence,
        ];
        self.0.iter_mut().zip(changes).for_each(|(sum, change)| *sum += change.get());
    }
}

/// The same sums from the ledger's accounts.
fn stands(bank: &Bank) -> Said {
    let mut stands = Said::default();
    for (account, pence) in bank.accounts() {
        let (place, sign) = match account.split('/').next().unwrap() {
            "payable" => (0, -1),
            "held" => (1, -1),
            "care" => (2, 1),
            "return" => (3, 1),
            "due" if account.ends_with("/good-faith") => (5, 1),
            "due" => (4, 1),
            _ => (6, 1),
        };
        stands.0[place] += sign * pence;
    }
    stands
}

/// Law 7: the trial balance, the payees' statements and the council's are the same sums, for any date.
fn assert_statements_add_up(bank: &Bank, as_of: Night) {
    let view = AsOf { as_of: Some(as_of), known_at: None };
    let balance = bank.office.balance(&view).unwrap();
    assert_eq!(balance.off_pence, Pence::ZERO);
    let mut payable = Pence::ZERO;
    for line in &balance.accounts {
        if let Some(payee) = line.account.strip_prefix("payable/") {
            let statement = bank.office.statement_payee(payee, &view).unwrap();
            assert_eq!(statement.posted.payable_pence, -line.balance_pence, "{payee} through {as_of}");
            let runs: Pence = statement.runs.iter().map(|run| run.posted.payable_pence).sum();
            assert_eq!(runs, statement.posted.payable_pence, "{payee}: its runs through {as_of}");
            let placements: Pence = statement.placements.iter().map(|report| report.posted.payable_pence).sum();
            assert_eq!(placements, statement.posted.payable_pence, "{payee}: its placements through {as_of}");
            payable += statement.posted.payable_pence;
        }
    }
    if let Ok(council) = bank.office.statement_council(kent(), &view) {
        assert_eq!(council.posted.payable_pence, payable, "the council through {as_of}");
    }
}

#[test]
fn law_3_paid_is_entitled_whatever_is_corrected_and_however_often() {
    let (ready, tried) = (Bank::new(), Tried::default());
    cases(60, (town(), steps()), |(first, steps)| {
        tried.more(first.len());
        let bank = ready.copy();
        let mut lives = first.clone();
        let mut through: Night = night("2024-03-31");
        for year in YEARS {
            bank.import(&told(&lives, year, 1)).unwrap();
        }
        let mut said = Said::default();
        said.hear(bank.run(&through.iso()));
        for step in &steps {
            match step {
                Step::Told { year, changes, whole } => {
                    for (child, episode, what) in changes {
                        let at = (child.index(lives.len()), episode.index(64));
                        lives = changed(lives, &first, at, what);
                    }
                    let files = told(&lives, YEARS[*year], 2);
                    // An emptied return is refused, whole; a self-contradicting row is set aside.
                    let _ = bank.import_as(&files, *whole);
                }
                Step::Run(nights) => {
                    through = through.plus(*nights);
                    said.hear(bank.run(&through.iso()));
                    assert_signs(&bank);
                }
                Step::Price(home, care, ret, from) => {
                    let terms = PriceTerms {
                        subject: ["urn/SC000001", "urn/SC000002", "council/E10000016"][*home].to_owned(),
                        kind: None,
                        from: night("2023-06-01").plus(*from),
                        until: (care % 3 == 0).then(|| night("2023-06-01").plus(from + 90)),
                        care: Some(Pence::new(*care)),
                        ret: Some(Pence::new(*ret)),
                        total: None,
                        nightly: false,
                        notice_nights: (ret % 9) as u16,
                        reason: String::new(),
                    };
                    bank.office.agree_price(&terms).unwrap();
                }
            }
        }
        said.hear(bank.run(&through.iso()));
        assert_signs(&bank);
        bank.assert_sound();
        prop_assert_eq!(said, stands(&bank), "what the runs said they posted is what they posted");
        for as_of in [through, through.plus(-40), night("2024-02-29")] {
            assert_statements_add_up(&bank, as_of);
        }
        let digest = bank.digest();
        bank.run(&through.iso());
        prop_assert_eq!(bank.digest(), digest, "a run again posts nothing");
        Ok(())
    });
    tried.assert_thousands();
}
