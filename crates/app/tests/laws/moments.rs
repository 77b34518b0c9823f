//! Law 6: any figure can be shown again as it was known.

use app::{AsOf, Moment, Night, Pence, PriceTerms};
use proptest::prelude::*;

use crate::bank::{Bank, kent, night};
use crate::world::{Child, Tried, YEARS, cases, city, told};

/// One thing that somebody does.
#[derive(Clone, Debug)]
enum Step {
    Import(usize, bool),
    Agree(i64),
    Run(i32),
    Allowances(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..YEARS.len(), any::<bool>()).prop_map(|(year, corrected)| Step::Import(year, corrected)),
        2 => (0..600_000i64).prop_map(Step::Agree),
        4 => (0..200i32).prop_map(Step::Run),
        1 => any::<bool>().prop_map(Step::Allowances),
    ];
    prop::collection::vec(step, 2..8)
}

/// The shipped table of 2025-26 with other rates for the South East.
fn allowances(more: bool) -> String {
    let (_, body) = funding::SHIPPED.iter().find(|(name, _)| *name == "allowances-2025-26").unwrap();
    let other = if more { "231.00" } else { "201.00" };
    body.replace("south_east = \"216.00\"", &format!("south_east = \"{other}\""))
}

/// Everything that can be asked, as a program would see it.
fn shown(bank: &Bank, children: &[Child], view: &AsOf) -> Vec<String> {
    let office = &bank.office;
    let text = |answer: Result<String, app::Problem>| answer.unwrap_or_else(|problem| problem.to_string());
    let mut shown = Vec::new();
    // The council's statement has every child's placements; one child is asked about by itself.
    for child in children.iter().take(1) {
        let Ok(reference) = office.child_reference(kent(), &child.local) else { continue };
        let statement = office.statement_child(reference, view);
        if let Ok(statement) = &statement {
            for report in statement.placements.iter().take(1) {
                let on = report.from.unwrap_or(night("2024-01-01"));
                shown.push(text(
                    office.explain(report.placement, on, view).map(|of| serde_json::to_string(&of).unwrap()),
                ));
            }
        }
        shown.push(text(statement.map(|of| serde_json::to_string(&of).unwrap())));
    }
    for payee in ["council/E10000016", "urn/SC000001", "urn/9000001", "unidentified/E10000016"] {
        shown.push(text(office.statement_payee(payee, view).map(|of| serde_json::to_string(&of).unwrap())));
    }
    shown.push(text(office.statement_council(kent(), view).map(|of| serde_json::to_string(&of).unwrap())));
    shown.push(text(office.balance(view).map(|of| serde_json::to_string(&of).unwrap())));
    shown.push(text(office.prices(view).map(|of| serde_json::to_string(&of).unwrap())));
    shown.push(text(office.policies(view).map(|of| serde_json::to_string(&of).unwrap())));
    shown
}

#[test]
fn law_6_what_was_shown_then_is_shown_again() {
    let (ready, tried) = (Bank::new(), Tried::default());
    cases(32, (city(), steps()), |(children, steps)| {
        tried.more(children.len());
        let mut bank = ready.copy();
        bank.import(&told(&children, YEARS[0], 3)).unwrap();
        let june = night("2024-06-15");
        let mut shown_then = Vec::new();
        let mut through = night("2024-01-31");
        for (number, step) in (1i8..).zip(&steps) {
            bank.at(&format!("2030-02-{number:02}T09:00:00"));
            done(&bank, &children, step, &mut through);
            let earlier = AsOf { as_of: Some(june), known_at: None };
            shown_then.push((number, shown(&bank, &children, &AsOf::default()), shown(&bank, &children, &earlier)));
        }
        for (number, now, earlier) in shown_then {
            let known_at = Moment::parse(&format!("2030-02-{number:02}T23:00:00"));
            let then = shown(&bank, &children, &AsOf { as_of: None, known_at: known_at.clone() });
            prop_assert_eq!(without_unknown(then), without_unknown(now), "as known after step {}", number);
            let then = shown(&bank, &children, &AsOf { as_of: Some(june), known_at });
            prop_assert_eq!(without_unknown(then), without_unknown(earlier), "through June after step {}", number);
        }
        bank.assert_sound();
        Ok(())
    });
    tried.assert_thousands();
}

fn done(bank: &Bank, children: &[Child], step: &Step, through: &mut Night) {
    match step {
        Step::Import(year, corrected) => {
            let mut lives = children.to_vec();
            if *corrected {
                for episode in lives.iter_mut().flat_map(|child| &mut child.episodes) {
                    episode.end = episode.end.map(|end| end.plus(-1).max(episode.start));
                }
            }
            bank.import(&told(&lives, YEARS[*year], 3)).unwrap();
        }
        Step::Agree(care) => {
            let terms = PriceTerms {
                subject: "urn/SC000001".to_owned(),
                kind: None,
                from: night("2024-01-01").plus((care % 500) as i32),
                until: None,
                care: Some(Pence::new(*care)),
                ret: Some(Pence::new(care / 5)),
                total: None,
                nightly: false,
                notice_nights: 0,
                reason: "agreed".to_owned(),
            };
            bank.office.agree_price(&terms).unwrap();
        }
        Step::Run(nights) => {
            *through = through.plus(*nights);
            bank.run(&through.iso());
        }
        Step::Allowances(more) => {
            bank.office.load_policy(&allowances(*more)).unwrap();
        }
    }
}

/// Without what was not there yet: it is refused then and now, in words that name the moment asked about.
fn without_unknown(shown: Vec<String>) -> Vec<String> {
    shown.into_iter().filter(|text| !text.ends_with(".not-found]")).collect()
}
