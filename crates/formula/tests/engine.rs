//! The engine's operations one by one, the traces they leave, and the studies against plain oracles.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use formula::compare::shapley;
use formula::facts::Facts;
use formula::{
    Decimal, Formula, Model, Parameters, Program, Table, Terms, Years, award, intervals, lint_formula, lint_parameters,
    shipped, trace,
};
use kernel::Night;
use money::Pence;
use proptest::prelude::*;

const FACTS: &str = "council,children\nE06000001,10\nE06000002,30\nE06000003,60\n";

/// The values of a step `x` on three councils, and its text and figures for the second.
fn worked_out(is: &str) -> (Vec<String>, String, String) {
    let text = format!(
        "id = \"t\"\ntitle = \"T\"\nneed = \"x\"\n[source]\ntitle = \"T\"\nurl = \"u\"\n[[step]]\nid = \"x\"\ntitle = \"X\"\nis = {is}\n"
    );
    let formula = Formula::parse("t.toml", &text).unwrap();
    let table = Table::alone("f.csv", FACTS).unwrap();
    let on = Night::try_new(2026, 4, 1).unwrap();
    let years = Years { year: 2026, base: 2023 };
    let program = Program::compile(&formula, &Parameters::default(), &table, years, on, on).unwrap();
    let registers = program.evaluate(&table).unwrap();
    let values = registers.column(program.register("x")).iter().map(ToString::to_string).collect();
    let step = trace(&formula, &program, &registers, &table, 1).remove(0);
    assert_eq!(step.value, step.tree.value, "the tree's root is the step");
    (values, step.text, step.figures)
}

#[test]
fn each_operation_and_its_words() {
    let c = "{ indicator = \"children\" }";
    let n = |number: &str| format!("{{ number = \"{number}\" }}");
    let check = |is: String, values: [&str; 3], text: &str| {
        let (found, words, _) = worked_out(&is);
        assert_eq!(found, values, "{is}");
        assert_eq!(words, text, "{is}");
    };
    check(format!("{{ sum = [{c}, {}] }}", n("1")), ["11", "31", "61"], "(a) + 1");
    check(format!("{{ product = [{{ sum = [{c}, {}] }}, {c}] }}", n("1")), ["110", "930", "3660"], "[(a) + 1] × (a)");
    check(
        format!("{{ difference = [{}, {{ sum = [{c}, {}] }}] }}", n("100"), n("1")),
        ["89", "69", "39"],
        "100 − [(a) + 1]",
    );
    check(
        format!("{{ quotient = [{c}, {{ product = [{}, {}] }}] }}", n("10"), n("10")),
        ["0.1", "0.3", "0.6"],
        "(a) ÷ [10 × 10]",
    );
    check(format!("{{ share = {c} }}"), ["0.1", "0.3", "0.6"], "(a) ÷ (b)");
    check(
        format!("{{ threshold = {{ of = {c}, above = {} }} }}", n("10")),
        ["0", "20", "50"],
        "[the part of (a) above 10]",
    );
    check(format!("{{ floor = {{ of = {c}, at = {} }} }}", n("20")), ["20", "30", "60"], "[(a), but at least 20]");
    check(format!("{{ cap = {{ of = {c}, at = {} }} }}", n("20")), ["10", "20", "20"], "[(a), but at most 20]");
    check(
        format!("{{ scale = {{ of = {c}, total = {} }} }}", n("1000")),
        ["100", "300", "600"],
        "[(a), scaled so that all councils come to 1,000]",
    );
    check(
        format!("{{ transition = {{ from = {c}, to = {}, part = {} }} }}", n("0"), n("0.1")),
        ["9", "27", "54"],
        "[1 − 0.1] × (a) + 0.1 × 0",
    );
    check(
        format!("{{ round = {{ of = {{ quotient = [{c}, {}] }}, places = 1 }} }}", n("100")),
        ["0.1", "0.3", "0.6"],
        "[(a) ÷ 100, rounded]",
    );
    let bands = format!(
        "[{{ below = {}, is = {} }}, {{ below = {}, is = {} }}, {{ is = {} }}]",
        n("10"),
        n("1"),
        n("60"),
        n("2"),
        n("3")
    );
    check(
        format!("{{ band = {{ of = {c}, bands = {bands} }} }}"),
        ["2", "2", "3"],
        "[the band of (a) among 10, 1, 60, 2, 3]",
    );
}

#[test]
fn figures_are_the_letters_with_values() {
    let (_, text, figures) = worked_out("{ share = { indicator = \"children\" } }");
    assert_eq!((text.as_str(), figures.as_str()), ("(a) ÷ (b)", "30 ÷ 100"));
}

#[test]
fn division_by_nought_and_empty_trees_are_refused_with_the_step() {
    let text = |is: &str| {
        format!(
            "id = \"t\"\ntitle = \"T\"\nneed = \"x\"\n[source]\ntitle = \"T\"\nurl = \"u\"\n[[step]]\nid = \"x\"\ntitle = \"X\"\nis = {is}\n"
        )
    };
    let run = |is: &str| {
        let formula = Formula::parse("t.toml", &text(is)).unwrap();
        let table = Table::alone("f.csv", FACTS).unwrap();
        let on = Night::try_new(2026, 4, 1).unwrap();
        let years = Years { year: 2026, base: 2023 };
        Program::compile(&formula, &Parameters::default(), &table, years, on, on)?.evaluate(&table)
    };
    let refused = run("{ quotient = [{ indicator = \"children\" }, { number = \"0\" }] }").unwrap_err();
    assert!(refused.sentence.contains("step x") && refused.sentence.contains("division by nought"), "{refused}");
    assert_eq!(run("{ sum = [] }").unwrap_err().code, "formula.empty");
    let large = "{ product = [{ number = \"900000000000000\" }, { number = \"900000000000000\" }] }";
    assert!(run(large).unwrap_err().sentence.contains("does not fit"));
    assert!(Formula::parse("t.toml", &text("{ number = 0.5 }")).is_err(), "a float is no decimal");
}

#[test]
fn what_ships_is_sound_and_every_council_has_every_indicator() {
    let parameters = shipped::parameters().unwrap();
    assert_eq!(lint_parameters(&parameters), []);
    let table = Table::of(&Facts::shipped());
    assert_eq!(table.places().len(), 153);
    let day = |text| Night::parse_iso(text).unwrap();
    for id in shipped::formulas().filter(|id| *id != "youth-community") {
        let formula = shipped::formula(id).unwrap();
        for year in 2026..=2030 {
            let on = Night::try_new(year, 4, 1).unwrap();
            let found = lint_formula(&formula, &parameters, &table, Years { year, base: 2023 }, on, day("2026-03-31"));
            assert_eq!(found, [], "{id} of {year}");
        }
    }
}

fn national() -> (Formula, Parameters, Table, Terms) {
    let known = Night::parse_iso("2026-03-31").unwrap();
    let terms = Terms { first: 2026, totals: vec![Pence::new(1_250_000_000_000)], base: 2023, known, previous: None };
    (shipped::formula("children-act").unwrap(), shipped::parameters().unwrap(), Table::of(&Facts::shipped()), terms)
}

#[test]
fn intervals_do_not_depend_on_threads_and_hold_the_grant() {
    let (formula, parameters, table, terms) = national();
    let award = award(&formula, &parameters, &table, &terms).unwrap();
    let model = Model::new(&formula, &parameters, &table, &award.years[0], &terms, None).unwrap();
    assert_eq!(model.uncertain.len(), 12);
    let one = intervals(&model, 5, 100, 1).unwrap();
    assert_eq!(one, intervals(&model, 5, 100, 3).unwrap());
    assert_ne!(one, intervals(&model, 6, 100, 1).unwrap());
    let held = one.iter().filter(|interval| interval.low <= interval.grant && interval.grant <= interval.high).count();
    assert!(held > 145, "{held} of 153");
    let mut room = model.room();
    assert_eq!(model.split(&model.chosen(), &mut room).unwrap(), model.chosen_grants(), "no error, no difference");
}

#[test]
fn a_page_is_one_leaf_of_pdf_and_the_same_bytes() {
    let (formula, parameters, table, terms) = national();
    let award = award(&formula, &parameters, &table, &terms).unwrap();
    let report = formula::report::report(&formula, &parameters, &table, &terms, &award);
    for place in [0, 100, 152] {
        let explained = formula::report::explain(&formula, &table, &award, &report, place, 0);
        let blocks = formula::page::page(&explained, &[]);
        let pdf = formula::pdf::pdf(&explained.council.name, &blocks);
        assert_eq!(pdf, formula::pdf::pdf(&explained.council.name, &blocks));
        let text = String::from_utf8_lossy(&pdf).into_owned();
        assert!(text.contains("/Count 1\n") || text.contains("/Count 2\n"), "council {place} takes more than a leaf");
    }
}

fn orders(of: usize) -> Vec<Vec<usize>> {
    if of == 0 {
        return vec![Vec::new()];
    }
    let with = |order: Vec<usize>| {
        (0..=order.len()).map(move |at| {
            let mut longer = order.clone();
            longer.insert(at, of - 1);
            longer
        })
    };
    orders(of - 1).into_iter().flat_map(with).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The oracle: the mean over all orders of what each adds.
    #[test]
    fn shapley_is_the_mean_over_all_orders(worths in prop::collection::vec(-1_000_000_000_i64..1_000_000_000, 16)) {
        let values = shapley(4, |mask| Ok(vec![worths[mask as usize]])).unwrap();
        let orders = orders(4);
        for (player, value) in values.iter().enumerate() {
            let added = orders.iter().map(|order| {
                let before: usize = order.iter().take_while(|other| **other != player).map(|other| 1 << other).sum();
                worths[before | (1 << player)] - worths[before]
            });
            let mean = Decimal::hundredths(added.sum()).checked_div(Decimal::whole(24)).unwrap();
            prop_assert!((mean - value[0]).abs() <= Decimal::raw(1));
        }
        let sum: Decimal = values.iter().map(|value| value[0]).sum();
        prop_assert!((sum - Decimal::hundredths(worths[15] - worths[0])).abs() <= Decimal::raw(4));
    }
}
