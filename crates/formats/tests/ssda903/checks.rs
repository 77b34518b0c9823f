//! The checks. That each flags what the sector's validator flags is held by `scripts/peer-ssda903`; here are the laws of
//! the set, and examples where money turns on a rule or where we differ on purpose.

use std::collections::HashSet;

use formats::ssda903::checks::{check, rules};
use formats::ssda903::{Beside, Sheets, Source, Table, load};

use crate::{EPISODES, HEADER, year};

fn sheets(ends: i16, tables: &[(&str, &str)]) -> Sheets {
    let texts: Vec<String> = tables.iter().map(|(columns, rows)| format!("{}\n{rows}", columns.trim_end())).collect();
    let sources = texts.iter().enumerate().map(|(n, text)| Source::new(format!("{n}"), text.as_bytes())).collect();
    load(sources, year(ends)).unwrap()
}

/// The rows to mend that a rule flags, by line.
fn lines(code: &str, now: &Sheets, last: Option<&Sheets>) -> Vec<u32> {
    let checked = check(now, last, &Beside::default());
    assert!(checked.run.iter().any(|rule| rule.code == code), "{code} was run");
    let flags = checked.flags.iter().filter(|flag| checked.rule(flag).code == code && checked.to_mend(flag));
    flags.map(|flag| now.get(flag.table).unwrap().row(flag.row as usize).line()).collect()
}

const KID: &str = "101,1,14/05/2011,WBRI,UN2,,\n";

fn of_episodes(code: &str, ends: i16, rows: &str) -> Vec<u32> {
    lines(code, &sheets(ends, &[(HEADER, KID), (EPISODES, rows)]), None)
}

#[test]
fn a_number_stands_once_in_a_year_and_says_what_to_do() {
    for ends in 2018..=2027 {
        let of_year: Vec<_> = rules().filter(|rule| rule.applies(ends)).collect();
        let codes: HashSet<&str> = of_year.iter().map(|rule| rule.code).collect();
        assert_eq!(codes.len(), of_year.len(), "{ends}");
        assert!(of_year.len() >= 120, "{ends}: {}", of_year.len());
    }
    for rule in rules() {
        assert!(rule.sentence.ends_with('.') && rule.sentence.len() > 20, "{}: {}", rule.code, rule.sentence);
        assert!(rule.table.columns().contains(&rule.field), "{}", rule.code);
        assert!(rule.table.since() <= rule.first || rule.table.since() <= 2018, "{}", rule.code);
    }
}

#[test]
fn r371_an_open_night_in_supported_accommodation_under_16_is_flagged() {
    let open = "101,03/06/2025,S,C2,N1,K3,PR4,,,,,,1234567\n101,15/05/2027,S,C2,N1,K3,PR4,,,,,,1234567\n";
    assert_eq!(of_episodes("371", 2026, open), [2], "the validator leaves out episodes that have not ended");
    let h5 = "101,03/06/2023,S,C2,N1,H5,PR4,04/06/2023,E8,,,,\n";
    assert_eq!(of_episodes("371", 2024, h5), [2]);
    assert_eq!(of_episodes("371", 2023, "101,13/05/2025,S,C2,N1,H5,PR4,,,,,,\n"), [2], "under 14 until 2022-23");
}

#[test]
fn r501_two_beds_in_one_night_are_flagged() {
    let rows = "101,03/06/2022,S,C2,N1,U4,PR1,10/06/2022,X1,CHILD,,,\n101,09/06/2022,P,C2,N1,K2,PR4,,,,,,\n";
    assert_eq!(of_episodes("501", 2023, rows), [3]);
    assert_eq!(of_episodes("501", 2023, &rows.replace("09/06", "10/06")), [0u32; 0]);
    assert_eq!(of_episodes("388", 2023, rows), [2], "X1 needs an episode that begins on DEC");
    assert_eq!(of_episodes("433", 2023, rows), [3]);
}

#[test]
fn r435_a_column_blank_in_both_rows_has_not_changed() {
    let rows =
        "101,03/06/2022,S,C2,N1,U4,PR1,10/06/2022,X1,CHILD,,M1 1AA,\n101,10/06/2022,P,C2,N1,U4,PR1,,,,,M1 1AA,\n";
    assert_eq!(of_episodes("435", 2023, rows), [3], "the validator compares blanks as different");
}

#[test]
fn r362_an_order_interrupted_is_two_orders() {
    let two = "101,01/05/2022,S,L2,N1,U6,PR1,15/05/2022,X1,,,,\n101,15/05/2022,L,C1,N1,U6,PR1,20/05/2022,X1,,,,\n\
               101,20/05/2022,L,L2,N1,U6,PR1,05/06/2022,X1,,,,\n";
    assert_eq!(of_episodes("362", 2023, two), [0u32; 0]);
    let one = "101,01/05/2022,S,L2,N1,U6,PR1,15/05/2022,X1,,,,\n101,15/05/2022,P,L2,N1,K2,PR1,05/06/2022,X1,,,,\n";
    assert_eq!(of_episodes("362", 2023, one), [2, 3]);
}

#[test]
fn r503d_a_code_that_was_replaced_is_no_contradiction() {
    let last = sheets(2025, &[(HEADER, KID), (EPISODES, "101,03/06/2024,S,C2,N1,Z1,,,,,,,\n")]);
    let now =
        |place: &str| sheets(2026, &[(HEADER, KID), (EPISODES, &format!("101,03/06/2024,S,C2,N1,{place},,,,,,,\n"))]);
    assert_eq!(lines("503D", &now("Z12"), Some(&last)), [0u32; 0]);
    assert_eq!(lines("503D", &now("K2"), Some(&last)), [2]);
    assert_eq!(lines("502", &now("Z12"), Some(&last)), [0u32; 0]);
}

#[test]
fn a_rule_whose_table_is_not_there_is_named_and_not_run() {
    let checked = check(&sheets(2025, &[(HEADER, KID), (EPISODES, "")]), None, &Beside::default());
    let not_run: HashSet<&str> = checked.not_run.iter().map(|(rule, _)| rule.code).collect();
    for code in ["551", "166", "503A", "SW08STG2"] {
        assert!(not_run.contains(code), "{code}");
    }
    assert!(!not_run.contains("501"));
}

#[test]
fn what_a_row_was_held_against_is_flagged_beside_it() {
    let now = sheets(2023, &[(HEADER, KID), (EPISODES, "101,03/06/2010,S,C2,N1,U4,PR1,,,,,,\n")]);
    let checked = check(&now, None, &Beside::default());
    let of: Vec<_> = checked.flags.iter().filter(|flag| checked.rule(flag).code == "302").collect();
    assert_eq!(of.len(), 2);
    assert_eq!((of[0].table, checked.to_mend(of[0])), (Table::Header, false));
    assert_eq!((of[1].table, checked.to_mend(of[1])), (Table::Episodes, true));
}
