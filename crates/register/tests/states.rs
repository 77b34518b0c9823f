//! The state of a place against an oracle that paints one night after another; lists in any order the same end.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Night, Nights, Seq};
use proptest::prelude::*;
use register::{
    Field, History, Instant, List, ListRow, PlaceRef, Says, Setting, SettingRef, State, Statement, View, state, take,
};

fn night(days: i64) -> Night {
    Night::from_days(20_000 + days).unwrap()
}

fn instant(hour: u32) -> Instant {
    Instant::parse(&format!("2025-01-{:02}T{:02}:00:00.000000Z", 1 + hour / 24, hour % 24)).unwrap()
}

/// Statements one an hour, the first recorded at hour 1 under number 1.
fn statements() -> impl Strategy<Value = Vec<Statement>> {
    let nights = (0..20i64, proptest::option::of(1..12i64), 0..3u16);
    let one = (0..5u8, nights, proptest::option::of(0..30u32), 0..12usize, 0..2usize);
    proptest::collection::vec(one, 0..9).prop_map(|drawn| {
        let mut made: Vec<Statement> = Vec::new();
        for (says, (from, length, turnaround), expires, replaces, by) in drawn {
            let seq = made.len() as i64 + 1;
            let says = match says {
                0 => Says::Free,
                1 => Says::Held,
                2 => Says::Filled,
                3 => Says::NotAvailable("repairs".to_owned()),
                _ => Says::Withdrawn,
            };
            let replaces = made.get(replaces).map(|other| other.seq);
            made.push(Statement {
                seq: Seq(seq),
                place: PlaceRef::parse("urn/SC012345/1").unwrap(),
                from: night(from),
                until: length.map(|length| night(from + length)),
                turnaround: if says == Says::Filled { turnaround } else { 0 },
                expires: expires.filter(|_| matches!(says, Says::Free | Says::Held)).map(instant),
                says,
                replaces,
                by: ["the home", "Kent search 1"][by].to_owned(),
                at: instant(seq as u32),
            });
        }
        made
    })
}

/// Paints each statement that still stands over a calendar, the earlier first.
fn painted(statements: &[Statement], known: i64, hour: u32) -> BTreeMap<i64, (&'static str, Option<i64>)> {
    let mut calendar: BTreeMap<i64, (&'static str, Option<i64>)> = BTreeMap::new();
    // Whether one was taken back is asked of those that withdraw it, and so on; and whether one has another in its place,
    // of those that came in it.
    let after = |seq: i64| statements.iter().filter(move |s| s.seq.0 <= known && s.replaces == Some(Seq(seq)));
    fn taken_back(after: &dyn Fn(i64) -> Vec<Statement>, seq: i64) -> bool {
        let by = after(seq);
        let gone = by.iter().any(|s| s.says == Says::Withdrawn && !taken_back(after, s.seq.0));
        // Who has come in its place went on from it: what it replaced stays replaced.
        gone && !moved_on(after, seq)
    }
    fn moved_on(after: &dyn Fn(i64) -> Vec<Statement>, seq: i64) -> bool {
        after(seq).iter().any(|s| s.says != Says::Withdrawn && !taken_back(after, s.seq.0))
    }
    let after: &dyn Fn(i64) -> Vec<Statement> = &|seq| after(seq).cloned().collect();
    let stands = |seq: i64| !taken_back(after, seq) && !moved_on(after, seq);
    let came = |hold: &Statement| {
        let nights = |s: &Statement| -> BTreeSet<i64> {
            (0..60).filter(|day| s.from <= night(*day) && s.until.is_none_or(|until| night(*day) < until)).collect()
        };
        statements.iter().any(|s| {
            s.says == Says::Filled
                && s.by == hold.by
                && (hold.seq.0 + 1..=known).contains(&s.seq.0)
                && stands(s.seq.0)
                && !nights(s).is_disjoint(&nights(hold))
        })
    };
    for said in statements.iter().filter(|s| s.seq.0 <= known && stands(s.seq.0)) {
        let expired = said.expires.as_ref().is_some_and(|expires| *expires <= instant(hour));
        for day in 0..60 {
            let here = night(day);
            if here < said.from {
                continue;
            }
            let within = said.until.is_none() || said.until.is_some_and(|until| here < until);
            let ready = said.until.is_some_and(|until| here >= until.plus(i32::from(said.turnaround)));
            let word = match (&said.says, within) {
                (Says::Free, true) if expired => "unknown",
                (Says::Withdrawn, _) => continue,
                (Says::Held, true) if expired || came(said) => continue,
                (says, true) => says.code(),
                (Says::Filled, false) if !ready => "turnaround",
                _ => continue,
            };
            calendar.insert(day, (word, Some(said.seq.0)));
        }
    }
    calendar
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn the_state_of_a_place_is_what_was_painted_last(
        made in statements(), known in 0..10i64, hour in 0..40u32, shuffle in any::<bool>(),
    ) {
        let calendar = painted(&made, known, hour);
        let mut given = made.clone();
        if shuffle {
            given.reverse();
        }
        let view = View { known: Seq(known), at: instant(hour) };
        for day in 0..60 {
            let found = state(&given, night(day), &view);
            let seq = found.statement().map(|said| said.seq.0);
            let (word, painted_by) = calendar.get(&day).copied().unwrap_or(("unknown", None));
            prop_assert_eq!((found.code(), seq), (word, painted_by), "night {}", day);
        }
    }

    #[test]
    fn spans_say_of_each_night_what_its_state_is(made in statements(), known in 0..13i64, hour in 0..40u32, from in 0..20i64, nights in 1..20i64) {
        let stay = Nights::try_new(night(from), night(from + nights)).unwrap();
        let view = View { known: Seq(known), at: instant(hour) };
        let spans = register::spans(&made, stay, &view);
        let painted: Vec<(Night, State<'_>)> =
            spans.iter().flat_map(|(nights, state)| nights.iter().map(move |night| (night, *state))).collect();
        let one_by_one: Vec<(Night, State<'_>)> = stay.iter().map(|night| (night, state(&made, night, &view))).collect();
        prop_assert_eq!(painted, one_by_one);
    }

    /// What was known at a moment is what a place told then, whatever was recorded since.
    #[test]
    fn law_6_a_later_statement_changes_nothing_that_was_known(made in statements(), known in 0..9i64, hour in 0..40u32) {
        let view = View { known: Seq(known), at: instant(hour) };
        let then: Vec<Statement> = made.iter().filter(|said| said.seq.0 <= known).cloned().collect();
        for day in 0..40 {
            prop_assert_eq!(state(&made, night(day), &view), state(&then, night(day), &view));
        }
    }
}

fn setting(number: u32) -> SettingRef {
    SettingRef::urn(&format!("{:07}", 1_000_000 + number)).unwrap()
}

fn facts(places: u8, owner: u8) -> Setting {
    let mut facts = Setting::default();
    facts.say(Field::Places, &places.to_string());
    facts.say(Field::Owner, &format!("Owner {owner}"));
    facts
}

type Drawn = BTreeMap<u32, (u8, u8)>;

fn list(at: i64, drawn: &Drawn) -> List {
    let rows = drawn.iter().map(|(&number, &(places, owner))| ListRow {
        setting: setting(number),
        from: night(at),
        listed: true,
        facts: facts(places, owner),
    });
    List { at: night(at), whole: true, rows: rows.collect() }
}

/// Takes lists one after another, as the store would.
fn taken(lists: &[List]) -> BTreeMap<SettingRef, History> {
    let mut known: BTreeMap<SettingRef, History> = BTreeMap::new();
    let mut whole = BTreeSet::new();
    for (seq, list) in (1..).map(Seq).zip(lists) {
        let taken = take(&known, &whole, list, seq);
        for (setting, version) in taken.versions {
            known.entry(setting).or_default().add(version);
        }
        whole.insert(list.at);
        let again = take(&known, &whole, list, Seq(seq.0 + 1));
        assert_eq!((again.versions.len(), again.same), (0, list.rows.len()), "the same list again says nothing new");
    }
    known
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// The oracle is the newest list not after the night: who is in it, and with which facts.
    #[test]
    fn lists_in_any_order_tell_what_the_newest_list_by_then_told(
        drawn in proptest::collection::vec(proptest::collection::btree_map(0..5u32, (0..3u8, 0..2u8), 0..5), 1..5),
        order in any::<proptest::sample::Index>(),
        turn in any::<bool>(),
    ) {
        let mut lists: Vec<List> = drawn.iter().enumerate().map(|(nth, drawn)| list(nth as i64 * 10, drawn)).collect();
        let by = order.index(lists.len());
        lists.rotate_left(by);
        if turn {
            lists.reverse();
        }
        let known = taken(&lists);
        for (nth, newest) in drawn.iter().enumerate() {
            for day in [nth as i64 * 10, nth as i64 * 10 + 9] {
                for number in 0..5 {
                    let standing = known.get(&setting(number)).and_then(|history| history.on(night(day), Seq::NOW));
                    let told = standing.filter(|standing| standing.listed).map(|standing| standing.facts);
                    let meant = newest.get(&number).map(|&(places, owner)| facts(places, owner));
                    prop_assert_eq!(told, meant, "setting {} on night {}", number, day);
                }
            }
        }
    }
}

#[test]
fn a_household_is_not_missed_by_a_list_of_agencies() {
    let household = SettingRef::parse("household/KENT-1").unwrap();
    let by_hand =
        register::Version { from: night(0), seq: Seq(1), listed: true, by_list: false, facts: Setting::default() };
    let known = BTreeMap::from([(household, History::new(vec![by_hand]))]);
    assert_eq!(take(&known, &BTreeSet::new(), &list(5, &Drawn::new()), Seq(2)).left, []);
}

#[test]
fn what_joined_left_changed_and_came_back_is_told_apart() {
    let lists = [
        list(0, &Drawn::from([(1, (4, 0)), (2, (3, 0)), (3, (2, 0))])),
        list(10, &Drawn::from([(1, (4, 0)), (2, (5, 1)), (4, (1, 0))])),
        list(20, &Drawn::from([(3, (2, 0))])),
    ];
    let known = taken(&lists[..1]);
    let second = take(&known, &BTreeSet::from([night(0)]), &lists[1], Seq(2));
    assert_eq!((second.joined, second.left, second.same), (vec![setting(4)], vec![setting(3)], 1));
    assert_eq!(second.changed[0].setting, setting(2));
    let fields: Vec<Field> = second.changed[0].fields.iter().map(|(field, ..)| *field).collect();
    assert_eq!(fields, [Field::Places, Field::Owner]);
    let known = taken(&lists[..2]);
    let third = take(&known, &BTreeSet::from([night(0), night(10)]), &lists[2], Seq(3));
    assert_eq!((third.returned, third.left.len()), (vec![setting(3)], 3));
}

/// A list of movements tells of a home that came and went within the year, after the list of everybody is known.
#[test]
fn who_joined_and_left_between_two_lists_is_known_in_between() {
    let known = taken(&[list(0, &Drawn::new()), list(100, &Drawn::from([(1, (4, 0))]))]);
    let row = |from, listed| ListRow { setting: setting(2), from: night(from), listed, facts: facts(2, 0) };
    let movements = List { at: night(90), whole: false, rows: vec![row(10, true), row(40, false)] };
    let whole = BTreeSet::from([night(0), night(100)]);
    let came_and_went = take(&known, &whole, &movements, Seq(3));
    let mut history = History::default();
    came_and_went.versions.into_iter().for_each(|(_, version)| history.add(version));
    let here = |day| history.on(night(day), Seq::NOW).map(|standing| standing.listed);
    assert_eq!([9, 10, 39, 40, 100].map(here), [None, Some(true), Some(true), Some(false), Some(false)]);
    let open = List { rows: vec![row(10, true)], ..movements };
    let joined = take(&known, &whole, &open, Seq(3));
    let mut history = History::default();
    joined.versions.into_iter().for_each(|(_, version)| history.add(version));
    let here = |day| history.on(night(day), Seq::NOW).map(|standing| standing.listed);
    assert_eq!([99, 100].map(here), [Some(true), Some(false)], "the later list of everybody has it not");
}
