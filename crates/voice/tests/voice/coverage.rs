//! Which nights are covered.

use kernel::{Night, Nights};
use proptest::prelude::*;
use voice::*;

use crate::oracle::{self, Oracle};
use crate::world::{History, fact, histories, on, place, stay};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn voice_coverage_is_what_listing_nights_one_by_one_gives(history in histories()) {
        for (tenure, dues, coverage) in history.covered() {
            let oracle = Oracle::new(&tenure, &dues, &history.facts, history.known);
            for night in tenure.nights().iter() {
                let uncovered = coverage.uncovered.iter().any(|(nights, _)| nights.contains(night));
                prop_assert_eq!(uncovered, oracle.uncovered(night), "{:?} of {:?}", night, tenure);
            }
        }
    }

    #[test]
    fn voice_coverage_is_the_same_whatever_the_order_in_which_facts_arrive(
        (history, shuffled) in histories().prop_flat_map(|history| {
            let facts = Just(history.facts.clone()).prop_shuffle();
            let stays = Just(history.stays.clone()).prop_shuffle();
            // A review may be told twice: by an officer, and by a return.
            let held = Just([history.held.clone(), history.held.clone()].concat()).prop_shuffle();
            (Just(history), (facts, stays, held))
        })
    ) {
        let (facts, stays, held) = shuffled;
        let other = History { facts, stays, held, ..history.clone() };
        let of = |history: &History| history.covered().into_iter().map(|covered| covered.2).collect::<Vec<_>>();
        prop_assert_eq!(of(&history), of(&other));
    }

    #[test]
    fn voice_affirmed_never_reaches_over_a_no(history in histories(), day in 0i32..800) {
        let Some(no) = history.facts.iter().find(|fact| fact.what == What::Answered(Signal::NotAffirmed)) else { return Ok(()) };
        let answer = Fact { on: no.on.plus(day), what: What::Answered(Signal::Affirmed), ..*no };
        let known = history.known.max(answer.on);
        let before = History { known, ..history.clone() };
        let mut after = before.clone();
        after.facts.push(answer);
        let (still, were) = (after.uncovered(), before.uncovered());
        let still: std::collections::BTreeSet<Night> = still.into_iter().collect();
        // What was uncovered up to the "no", within its tenure, stays uncovered.
        for (tenure, ..) in before.covered().into_iter().filter(|(tenure, ..)| tenure.has(no.placement)) {
            for &night in &were {
                if tenure.nights().contains(night) && night <= no.on && day > 0 {
                    prop_assert!(still.contains(&night), "{:?} was covered by an answer on {:?}", night, answer.on);
                }
            }
        }
    }

    #[test]
    fn voice_a_move_inside_an_owner_group_gives_no_fresh_window(history in histories(), at in 1i32..200) {
        let whole = &history.stays[0];
        let Some(first) = Nights::try_new(whole.nights.start(), whole.nights.start().plus(at)) else { return Ok(()) };
        let Some(rest) = Nights::try_new(first.end(), whole.nights.end()) else { return Ok(()) };
        let mut moved = history.clone();
        moved.stays[0].nights = rest;
        let other = kernel::PlacementId::from_hash(*b"another!");
        moved.stays.push(Stay { placement: other, nights: first, departed: true, on_childs_view: false, ..whole.clone() });
        prop_assert_eq!(history.uncovered(), moved.uncovered());
    }

    #[test]
    fn voice_a_council_that_takes_over_finds_what_was_said_before(history in histories(), at in 1i32..200) {
        let whole = &history.stays[0];
        let Some(first) = Nights::try_new(whole.nights.start(), whole.nights.start().plus(at)) else { return Ok(()) };
        let Some(rest) = Nights::try_new(first.end(), whole.nights.end()) else { return Ok(()) };
        let mut taken = history.clone();
        // What was said before is known of the placement under the council before, the rest of the one that went on. A
        // payee of another name changes nothing.
        let before = kernel::PlacementId::from_hash(*b"another!");
        for fact in taken.facts.iter_mut().filter(|fact| fact.placement == whole.placement && fact.on < first.end()) {
            fact.placement = before;
        }
        let there = Stay { nights: first, departed: true, on_childs_view: false, ..whole.clone() };
        taken.stays[0] = Stay { nights: rest, same_bed: true, ..whole.clone() };
        taken.stays.push(Stay { placement: before, owner: Owner::new("another"), ..there });
        prop_assert_eq!(history.uncovered(), taken.uncovered());
    }

    #[test]
    fn voice_a_disclosure_uncovers_nothing_before_people_have_decided(history in histories(), day in 0i32..720) {
        let disclosed = on("2024-01-01").plus(day);
        let mut told = history.clone();
        told.facts.push(fact(0, disclosed, What::Answered(Signal::Safety)));
        let (before, after) = (history.uncovered(), told.uncovered());
        let before: std::collections::BTreeSet<Night> = before.into_iter().collect();
        prop_assert!(after.iter().all(|night| before.contains(night)));
        // A decision of a later day changes nothing as known before it.
        let decided = history.known.next();
        told.facts.push(fact(0, decided, What::Decided { disclosed, substantiated: true }));
        prop_assert_eq!(told.uncovered(), after);
    }

    #[test]
    fn voice_not_being_asked_uncovers_nothing(mut history in histories()) {
        history.facts.clear();
        prop_assert!(history.uncovered().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn voice_due_dates_are_what_walking_from_day_to_day_gives(history in histories()) {
        for (tenure, dues, _) in history.covered() {
            prop_assert_eq!(dues, oracle::dues(&tenure, history.looked_after, &history.held));
        }
    }

    #[test]
    fn voice_a_disclosure_changes_nothing_where_the_child_is_heard_or_not_asked(
        mut history in histories(), days in prop::collection::vec((0i32..720, 0i32..90), 1..4)
    ) {
        history.facts.retain(|fact| !matches!(
            fact.what,
            What::Asked
                | What::Answered(Signal::Declined | Signal::NotAffirmed)
                | What::Decided { .. }
                | What::Stands { .. }
        ));
        let before = history.uncovered();
        for (day, later) in days {
            let disclosed = on("2024-01-01").plus(day);
            history.facts.push(fact(0, disclosed, What::Answered(Signal::Safety)));
            prop_assert_eq!(&history.uncovered(), &before);
            // That it was found unsubstantiated changes nothing either.
            let unfounded = What::Decided { disclosed, substantiated: false };
            history.facts.push(fact(0, disclosed.plus(later), unfounded));
            prop_assert_eq!(&history.uncovered(), &before);
        }
        prop_assert!(before.is_empty());
    }

    #[test]
    fn voice_a_disclosure_uncovers_from_its_day_once_people_have_found_it_substantiated(
        history in histories(), day in 0i32..720, later in 0i32..90
    ) {
        let disclosed = on("2024-01-01").plus(day);
        let mut told = history.clone();
        told.facts.push(fact(0, disclosed, What::Answered(Signal::Safety)));
        let undecided = told.clone();
        told.facts.push(fact(0, disclosed.plus(later), What::Decided { disclosed, substantiated: true }));
        let (before, after) = (undecided.covered(), told.covered());
        for ((tenure, _, before), (_, _, after)) in before.iter().zip(&after) {
            let known = told.known >= disclosed.plus(later);
            for night in tenure.nights().iter() {
                let of = |coverage: &Coverage| coverage.uncovered.iter().any(|(nights, _)| nights.contains(night));
                if !known || !tenure.has(place(0)) {
                    prop_assert_eq!(of(before), of(after), "{:?}, not decided", night);
                } else {
                    let uncovered = of(after) || (night < disclosed && !of(before));
                    prop_assert!(uncovered, "{:?} is covered after a substantiated disclosure", night);
                }
            }
        }
    }
}

fn history(stays: Vec<Stay>, facts: Vec<Fact>, known: &str) -> History {
    let looked_after = stays[0].nights.start();
    History { stays, looked_after, held: Vec::new(), facts, known: on(known) }
}

fn spans(history: &History) -> Vec<(String, String, Why)> {
    let all = history.covered().into_iter().flat_map(|(_, _, coverage)| coverage.uncovered);
    all.map(|(nights, why)| (nights.start().iso(), nights.end().iso(), why)).collect()
}

fn span(from: &str, to: &str, why: Why) -> (String, String, Why) {
    (from.to_owned(), to.to_owned(), why)
}

/// Looked after and placed on 1 May 2025: due on 16 May (settling-in), 2 June, 2 September 2025 and 2 March 2026.
fn home() -> Stay {
    stay(1, "2025-05-01", "2026-04-01", "one")
}

#[test]
fn voice_the_first_window_is_covered_without_an_answer() {
    let asked = fact(1, on("2025-05-12"), What::Asked);
    assert!(spans(&history(vec![home()], vec![asked], "2025-05-16")).is_empty());
}

#[test]
fn voice_silence_counts_when_grace_is_over_and_from_the_due_date() {
    let asked = fact(1, on("2025-05-12"), What::Asked);
    // Ten working days after 16 May, one of them the bank holiday of 26 May.
    assert!(spans(&history(vec![home()], vec![asked], "2025-06-02")).is_empty());
    let silent = history(vec![home()], vec![asked], "2025-06-03");
    // The asking of 12 May is early enough for the review of 2 June too, whose own grace is not over.
    assert_eq!(spans(&silent), [span("2025-05-16", "2025-06-02", Why::Silence)]);
}

#[test]
fn voice_an_answer_reaches_back_over_silence_and_on_to_the_next_due_date() {
    let asked = fact(1, on("2025-05-16"), What::Asked);
    let again = fact(1, on("2025-08-25"), What::Asked);
    let yes = fact(1, on("2025-06-20"), What::Answered(Signal::Mixed));
    let heard = history(vec![home()], vec![asked, yes, again], "2026-01-15");
    assert_eq!(spans(&heard), [span("2025-09-02", "2026-03-02", Why::Silence)]);
}

#[test]
fn voice_a_no_stands_until_a_review_ends_with_changes_that_the_child_affirms() {
    let no = fact(1, on("2025-05-15"), What::Answered(Signal::NotAffirmed));
    let changed = fact(1, on("2025-06-10"), What::ReviewEnded(Outcome::Changes));
    let as_it_was = fact(1, on("2025-06-10"), What::ReviewEnded(Outcome::NoChange));
    let yes = fact(1, on("2025-06-17"), What::Answered(Signal::Affirmed));
    let all = || vec![span("2025-05-15", "2026-04-01", Why::NotAffirmed)];
    assert_eq!(spans(&history(vec![home()], vec![no, changed], "2025-08-01")), all());
    assert_eq!(spans(&history(vec![home()], vec![no, as_it_was, yes], "2025-08-01")), all());
    let mended = history(vec![home()], vec![yes, changed, no], "2025-08-01");
    assert_eq!(spans(&mended), [span("2025-05-15", "2025-06-17", Why::NotAffirmed)]);
}

#[test]
fn voice_a_no_out_of_turn_counts_from_the_day_it_is_said() {
    let yes = fact(1, on("2025-08-28"), What::Answered(Signal::Affirmed));
    let no = fact(1, on("2025-11-03"), What::Answered(Signal::NotAffirmed));
    let said = history(vec![home()], vec![yes, no], "2025-12-01");
    assert_eq!(spans(&said), [span("2025-11-03", "2026-04-01", Why::NotAffirmed)]);
    // Silent at the due date, then no: from the due date.
    let asked = fact(1, on("2025-08-25"), What::Asked);
    let later = history(vec![home()], vec![asked, no], "2025-12-01");
    assert_eq!(spans(&later), [span("2025-09-02", "2026-04-01", Why::NotAffirmed)]);
}

#[test]
fn voice_a_move_on_the_childs_view_leaves_nights_uncovered_for_good() {
    let mut left = stay(1, "2025-05-01", "2025-10-01", "one");
    left.departed = true;
    let facts = vec![
        fact(1, on("2025-05-14"), What::Answered(Signal::Affirmed)),
        fact(1, on("2025-08-25"), What::Asked),
        fact(1, on("2025-10-03"), What::Answered(Signal::Affirmed)),
    ];
    assert!(
        spans(&history(vec![left.clone()], facts.clone(), "2025-12-01")).is_empty(),
        "asked on leaving: reaches back"
    );
    left.on_childs_view = true;
    let moved = history(vec![left], facts, "2025-12-01");
    assert_eq!(spans(&moved), [span("2025-09-02", "2025-10-01", Why::Silence)]);
}

#[test]
fn voice_not_asked_is_covered_and_named() {
    let covered = history(vec![home()], Vec::new(), "2025-06-03").covered().remove(0).2;
    assert!(covered.uncovered.is_empty());
    assert_eq!(covered.not_asked, [on("2025-05-16"), on("2025-06-02")]);
}

#[test]
fn voice_a_substantiated_disclosure_uncovers_from_the_day_of_it() {
    let told = fact(1, on("2025-07-01"), What::Answered(Signal::Safety));
    let decided =
        |substantiated| fact(1, on("2025-07-20"), What::Decided { disclosed: on("2025-07-01"), substantiated });
    let of = |facts| spans(&history(vec![home()], facts, "2025-08-01"));
    assert!(of(vec![told]).is_empty());
    assert!(of(vec![told, decided(false)]).is_empty());
    assert_eq!(of(vec![told, decided(true)]), [span("2025-07-01", "2026-04-01", Why::Substantiated)]);
}

#[test]
fn voice_a_no_beside_a_disclosure_counts_once_the_disclosure_is_not_substantiated() {
    let asked = fact(1, on("2025-06-30"), What::Asked);
    let told = fact(1, on("2025-07-01"), What::Answered(Signal::Safety));
    let decided = fact(1, on("2025-07-20"), What::Decided { disclosed: on("2025-07-01"), substantiated: false });
    let stands = fact(1, on("2025-07-20"), What::Stands { said: on("2025-07-01"), signal: Signal::NotAffirmed });
    let of = |known| spans(&history(vec![home()], vec![asked, told, decided, stands], known));
    assert!(of("2025-07-19").is_empty(), "as if covered until people have decided");
    assert_eq!(of("2025-07-20"), [span("2025-06-02", "2026-04-01", Why::NotAffirmed)]);
    let said = history(vec![home()], vec![told, stands], "2025-07-20");
    let (tenure, dues, _) = said.covered().remove(0);
    let follow = follow_ups(&tenure, &dues, &said.facts, said.known, &Protocol::shipped(), Calendar::shipped());
    let review = follow.iter().find(|follow| follow.kind == FollowKind::Review).unwrap();
    assert_eq!((review.since, review.by), (on("2025-07-01"), on("2025-07-25")), "five working days from the decision");
    assert!(follow.iter().any(|follow| follow.kind == FollowKind::Reply), "every answer that asks for something");
}

#[test]
fn voice_what_people_do_next_has_a_date_and_conversations_know_no_answer() {
    let (protocol, calendar) = (Protocol::shipped(), Calendar::shipped());
    let facts =
        vec![fact(1, on("2025-05-15"), What::Answered(Signal::NotAffirmed)), fact(1, on("2025-08-25"), What::Asked)];
    let said = history(vec![home()], facts.clone(), "2025-12-01");
    let (tenure, dues, _) = said.covered().remove(0);
    let follow = follow_ups(&tenure, &dues, &facts, said.known, &protocol, calendar);
    let by = |kind| follow.iter().find(|follow| follow.kind == kind).map(|follow| follow.by);
    assert_eq!(by(FollowKind::Review), Some(on("2025-05-22")));
    assert_eq!(by(FollowKind::Reply), Some(on("2025-05-30")));
    // A review with changes: the child is asked whether they affirm them. One of nothing that was refused asks nobody.
    assert_eq!(by(FollowKind::AskOfChanges), None);
    let review = fact(1, on("2025-05-21"), What::ReviewEnded(Outcome::Changes));
    let again = |facts: &[Fact]| {
        let follow = follow_ups(&tenure, &dues, facts, said.known, &protocol, calendar);
        follow.iter().find(|follow| follow.kind == FollowKind::AskOfChanges).map(|follow| (follow.since, follow.by))
    };
    assert_eq!(again(&[facts[0], review]), Some((on("2025-05-21"), on("2025-05-29"))));
    let lifted = fact(1, on("2025-06-01"), What::Answered(Signal::Affirmed));
    let later = Fact { on: on("2025-07-01"), ..review };
    assert_eq!(again(&[facts[0], review, lifted, later]), again(&[facts[0], review]), "lifted: nothing more to ask");
    assert_eq!((again(&[review]), again(&[facts[0], Fact { on: on("2025-05-14"), ..review }])), (None, None));
    let silent = Fact { on: on("2025-05-20"), what: What::Asked, ..facts[1] };
    let follow = follow_ups(&tenure, &dues, &[silent], said.known, &protocol, calendar);
    let kinds: Vec<FollowKind> = follow.iter().map(|follow| follow.kind).collect();
    assert!(kinds.contains(&FollowKind::Visit) && kinds.contains(&FollowKind::NotAsked), "{kinds:?}");
    assert_eq!(conversations(&dues, &protocol, calendar).len(), dues.len());
    let open = to_ask(&tenure, &dues, &[], on("2025-05-16"), &protocol, calendar);
    let due: Vec<Night> = open.iter().map(|ask| ask.due).collect();
    assert_eq!(due, [on("2025-05-16"), on("2025-06-02")], "an answer now satisfies both");
}
