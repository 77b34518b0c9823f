//! One example a rule, in 2024-25 unless the rule turns on the year.

use formats::ssda903::Return;
use kernel::Night;

use crate::{CHILD, EPISODE, gist, read_rows};

fn header(row: &str) -> Return {
    read_rows(2025, &format!("{row}\n"), "", "")
}

fn episode_in(ends: i16, row: &str) -> Return {
    let child = if ends < 2025 { CHILD.replace(",M,", ",1,") } else { CHILD.to_string() };
    read_rows(ends, &child, &format!("{row}\n"), "")
}

fn episode(row: &str) -> Return {
    episode_in(2025, row)
}

fn uasc(row: &str) -> Return {
    read_rows(2025, CHILD, "", &format!("{row}\n"))
}

/// The row is held for one rule, at one field.
fn held(read: &Return, code: &str, field: &str) {
    assert_eq!(gist(read), [(code, 2, field, true)], "{:?}", read.findings);
}

/// The row stands, with one rule noted.
fn noted(read: &Return, code: &str, field: &str) {
    assert_eq!(gist(read), [(code, 2, field, false)], "{:?}", read.findings);
}

fn night(text: &str) -> Night {
    Night::parse_british(text).unwrap()
}

#[test]
fn a_return_with_nothing_wrong_has_no_findings() {
    let read = read_rows(2025, CHILD, EPISODE, "101,M,14/05/2011,14/05/2029\n");
    assert_eq!(gist(&read), []);
    let (child, episode, uasc) = (&read.headers[0], &read.episodes[0], &read.uasc[0]);
    assert_eq!(child.child.reveal(), "101");
    assert_eq!(child.upn.as_ref().map(|upn| upn.reveal()), Some("A123456789012"));
    assert_eq!((child.dob, child.line, child.mother), (night("14/05/2011"), 2, None));
    assert_eq!((episode.decom, episode.dec, episode.rec), (night("03/06/2022"), None, None));
    assert_eq!(episode.urn.map(|urn| urn.to_string()).as_deref(), Some("1234567"));
    assert_eq!((episode.ls.as_str(), episode.place.as_str()), ("C2", "U4"));
    assert_eq!((episode.home_post.reveal(), episode.pl_post.reveal()), ("M1 1AA", "M2 2BB"));
    assert_eq!(uasc.duc, Some(night("14/05/2029")));
}

#[test]
fn cb01_a_row_without_a_child_is_held() {
    held(&header(",M,14/05/2011,WBRI,UN1,,"), "CB01", "CHILD");
    held(&header("123456789012345678901,M,14/05/2011,WBRI,UN1,,"), "CB01", "CHILD");
    held(&episode(",03/06/2022,S,C2,N1,U4,PR1,,,,,,"), "CB01", "CHILD");
    held(&uasc(",M,14/05/2011,"), "CB01", "CHILD");
}

#[test]
fn r101_sex_is_of_the_year() {
    noted(&header("101,1,14/05/2011,WBRI,UN1,,"), "101", "SEX");
    noted(&header("101,,14/05/2011,WBRI,UN1,,"), "101", "SEX");
    let read = header("101,1,14/05/2011,WBRI,UN1,,");
    assert_eq!(read.headers[0].sex, None);
    assert_eq!(
        read.findings[0].sentence,
        "SEX 1 is not a code for sex of the 2024-25 return, though other years have it; write one, such as M."
    );
    assert_eq!(gist(&read_rows(2024, "101,1,14/05/2011,WBRI,UN1,,\n", "", "")), []);
}

#[test]
fn r102_a_child_without_a_date_of_birth_is_held() {
    for dob in ["", "14/13/2011", "2011-05-14", "14/05/11", "14/05/2011 00:00:00", "29/02/2011"] {
        held(&header(&format!("101,M,{dob},WBRI,UN1,,")), "102", "DOB");
    }
    held(&uasc("101,M,40/05/2011,"), "102", "DOB");
}

#[test]
fn r103_ethnicity_is_noted() {
    noted(&header("101,M,14/05/2011,,UN1,,"), "103", "ETHNIC");
    noted(&header("101,M,14/05/2011,XXXX,UN1,,"), "103", "ETHNIC");
}

#[test]
fn r165_mother_is_nought_or_one() {
    noted(&header("101,F,14/05/2008,WBRI,UN1,1.0,"), "165", "MOTHER");
    let read = header("101,F,14/05/2008,WBRI,UN1,1,02/02/2025");
    assert_eq!((gist(&read), read.headers[0].mother), (vec![], Some(true)));
}

#[test]
fn r168_a_pupil_number_is_one_or_none() {
    noted(&header("101,M,14/05/2011,WBRI,S123456789012,,"), "168", "UPN");
    noted(&header("101,M,14/05/2011,WBRI,UN6,,"), "168", "UPN");
    for none in ["", "UN1", "un5"] {
        let read = header(&format!("101,M,14/05/2011,WBRI,{none},,"));
        assert_eq!((gist(&read), &read.headers[0].upn), (vec![], &None));
    }
}

#[test]
fn r171_the_birth_of_a_mothers_child_is_a_date() {
    noted(&header("101,F,14/05/2008,WBRI,UN1,1,02/2025"), "171", "MC_DOB");
}

#[test]
fn r301_nobody_is_born_after_the_year() {
    held(&header("101,M,01/04/2025,WBRI,UN1,,"), "301", "DOB");
    assert_eq!(gist(&header("101,M,31/03/2025,WBRI,UN1,,")), []);
}

#[test]
fn r351_nobody_is_over_25_when_the_year_begins() {
    held(&header("101,M,31/03/1999,WBRI,UN1,,"), "351", "DOB");
    assert_eq!(gist(&header("101,M,01/04/1999,WBRI,UN1,,")), []);
}

#[test]
fn int32_a_child_has_one_row_in_the_header() {
    let read = read_rows(2025, &format!("{CHILD}{CHILD}"), "", "");
    assert_eq!(gist(&read), [("INT32", 3, "CHILD", false)]);
    assert_eq!((read.headers.len(), read.tables[0].repeated), (1, 1));

    let other = CHILD.replace("2011", "2012");
    let read = read_rows(2025, &format!("{CHILD}{other}"), EPISODE, "");
    assert_eq!(gist(&read), [("INT32", 3, "CHILD", true)]);
    assert_eq!((read.headers[0].dob, read.episodes.len()), (night("14/05/2011"), 1));
}

#[test]
fn a_second_row_stands_when_the_first_is_held() {
    let read = read_rows(2025, &format!("101,M,,WBRI,UN1,,\n{CHILD}"), EPISODE, "");
    assert_eq!(gist(&read), [("102", 2, "DOB", true)]);
    assert_eq!((read.headers.len(), read.episodes.len()), (1, 1));
}

#[test]
fn int03_an_episode_is_of_a_child_in_the_header() {
    let read = episode("102,03/06/2022,S,C2,N1,U4,PR1,,,,,,");
    held(&read, "INT03", "CHILD");
    assert!(read.findings[0].sentence.contains("is not in the Header"));

    let read = read_rows(2025, "101,M,,WBRI,UN1,,\n", EPISODE, "");
    assert_eq!(gist(&read), [("102", 2, "DOB", true), ("INT03", 2, "CHILD", true)]);
    assert!(read.findings[1].sentence.contains("Header is held"));
}

#[test]
fn fields_that_decide_nights_or_money_hold_the_episode() {
    for (row, code, field) in [
        ("101,,S,C2,N1,U4,PR1,,,,,,", "141", "DECOM"),
        ("101,2022-06-03,S,C2,N1,U4,PR1,,,,,,", "141", "DECOM"),
        ("101,03/06/2022,,C2,N1,U4,PR1,,,,,,", "143", "RNE"),
        ("101,03/06/2022,Z,C2,N1,U4,PR1,,,,,,", "143", "RNE"),
        ("101,03/06/2022,S,,N1,U4,PR1,,,,,,", "144", "LS"),
        ("101,03/06/2022,S,C3,N1,U4,PR1,,,,,,", "144", "LS"),
        ("101,03/06/2022,S,C2,N1,,PR1,,,,,,", "146", "PLACE"),
        ("101,03/06/2022,S,C2,N1,H5,PR1,,,,,,", "146", "PLACE"),
        ("101,03/06/2022,S,C2,N1,U4,PR9,,,,,,", "178", "PLACE_PROVIDER"),
        ("101,03/06/2022,S,C2,N1,U4,PR1,31/09/2024,X1,,,,", "147", "DEC"),
        ("101,03/06/2022,S,C2,N1,U4,PR1,30/09/2024,E43,,,,", "149", "REC"),
        ("101,13/10/1991,S,C2,N1,U4,PR1,,,,,,", "353", "DECOM"),
        ("101,01/04/2025,S,C2,N1,U4,PR1,,,,,,", "354", "DECOM"),
        ("101,03/06/2022,S,C2,N1,U4,PR1,02/06/2022,X1,,,,", "356", "DEC"),
        ("101,03/06/2022,S,C2,N1,U4,PR1,01/04/2025,X1,,,,", "385", "DEC"),
        ("101,13/05/2011,S,C2,N1,U4,PR1,,,,,,", "302", "DECOM"),
    ] {
        let read = episode(row);
        let last = &read.findings[0];
        assert_eq!((last.code, last.field, last.held), (code, field, true), "{row}");
        assert!(read.episodes.is_empty());
        // An episode before the Act is before this child's birth too.
        assert_eq!(read.findings.len(), if code == "353" { 2 } else { 1 }, "{:?}", read.findings);
    }
}

#[test]
fn fields_that_decide_neither_are_left_empty() {
    for (row, code, field) in [
        ("101,03/06/2022,S,C2,N9,U4,PR1,,,,,,", "145", "CIN"),
        ("101,03/06/2022,S,C2,N1,U4,PR1,,,WISH,,,", "1009", "REASON_PLACE_CHANGE"),
        ("101,03/06/2022,S,C2,N1,U4,PR1,,,,NOWHERE,,", "392c", "HOME_POST"),
        ("101,03/06/2022,S,C2,N1,U4,PR1,,,,,M1,", "392c", "PL_POST"),
        ("101,03/06/2022,S,C2,N1,U4,PR1,,,,,,12345", "1008", "URN"),
        ("101,03/06/2022,S,C2,N1,U4,,,,,,,", "526", "PLACE_PROVIDER"),
        ("101,03/06/2022,S,C2,N1,T2,PR1,,,,,,", "213", "PLACE_PROVIDER"),
    ] {
        let read = episode(row);
        noted(&read, code, field);
        let episode = &read.episodes[0];
        match code {
            "145" => assert_eq!(episode.cin, None),
            "1009" => assert_eq!(episode.reason, None),
            "392c" => assert!(episode.home_post.reveal().is_empty() && episode.pl_post.reveal().is_empty()),
            "1008" => assert_eq!(episode.urn, None),
            _ => assert_eq!(episode.provider, None),
        }
    }
}

#[test]
fn r148_an_end_has_a_date_and_a_reason() {
    let read = episode("101,03/06/2022,S,C2,N1,U4,PR1,,X1,,,,");
    noted(&read, "148", "DEC");
    assert_eq!((read.episodes[0].dec, read.episodes[0].rec), (None, None));

    let read = episode("101,03/06/2022,S,C2,N1,U4,PR1,09/09/2024,,,,,");
    noted(&read, "148", "REC");
    assert_eq!((read.episodes[0].dec, read.episodes[0].rec), (Some(night("09/09/2024")), None));
}

#[test]
fn r213_and_r526_temporary_and_other_placements_have_no_provider() {
    for place in ["T0", "T1", "T2", "T3", "Z1"] {
        noted(&episode(&format!("101,03/06/2022,S,C2,N1,{place},PR4,,,,,,")), "213", "PLACE_PROVIDER");
        assert_eq!(gist(&episode(&format!("101,03/06/2022,S,C2,N1,{place},,,,,,,"))), []);
    }
    for provider in ["PR4", ""] {
        assert_eq!(gist(&episode(&format!("101,03/06/2022,S,C2,N1,T4,{provider},,,,,,"))), []);
    }
}

#[test]
fn r355_an_episode_of_no_night_stands() {
    let read = episode("101,03/06/2022,S,C2,N1,U4,PR1,03/06/2022,X1,,,,");
    noted(&read, "355", "DEC");
    assert_eq!(read.episodes.len(), 1);
}

#[test]
fn r445_freeing_orders_are_noted_until_the_rule_was_withdrawn() {
    let row = "101,03/06/2022,S,D1,N1,U4,PR1,,,,,,";
    noted(&episode_in(2024, row), "445", "LS");
    assert_eq!(gist(&episode_in(2025, row)), []);
}

#[test]
fn r1008_an_unknown_number_is_said_with_seven_crosses() {
    let read = episode("101,03/06/2022,S,C2,N1,K2,PR4,,,,,,XXXXXXX");
    assert_eq!((gist(&read), read.episodes[0].urn), (vec![], None));
}

#[test]
fn cb06_the_same_episode_twice_counts_once() {
    let read = read_rows(2025, CHILD, &format!("{EPISODE}{EPISODE}"), "");
    assert_eq!(gist(&read), [("CB06", 3, "CHILD", false)]);
    assert_eq!((read.episodes.len(), read.tables[1].repeated), (1, 1));
}

#[test]
fn cb06_a_repeated_row_repeats_no_finding() {
    let row = "101,03/06/2022,S,C2,N9,U4,PR1,,,,,,\n";
    let read = read_rows(2025, CHILD, &format!("{row}{row}"), "");
    assert_eq!(gist(&read), [("145", 2, "CIN", false), ("CB06", 3, "CHILD", false)]);
}

#[test]
fn cb07_of_two_episodes_that_start_on_one_day_the_first_stands() {
    let other = EPISODE.replace("U4", "K2");
    let read = read_rows(2025, CHILD, &format!("{EPISODE}{other}"), "");
    assert_eq!(gist(&read), [("CB07", 3, "DECOM", true)]);
    assert_eq!(read.episodes[0].place.as_str(), "U4");
}

#[test]
fn cb07_an_episode_of_no_night_never_stands_in_the_way_of_one_with_nights() {
    let none = "101,03/06/2022,S,C2,N1,U4,PR1,03/06/2022,X1,,,,\n";
    for rows in [format!("{none}{EPISODE}"), format!("{EPISODE}{none}")] {
        let read = read_rows(2025, CHILD, &rows, "");
        assert_eq!((read.episodes.len(), read.episodes[0].dec), (1, None));
        let line_of_none = if rows.starts_with(none) { 2 } else { 3 };
        // To arrive and leave on one date is no fault: the row is counted, and nobody's rows are kept because of it.
        assert!(gist(&read).contains(&("CB07", line_of_none, "DECOM", false)));
        assert!(read.doubtful.children.is_empty());
    }
}

#[test]
fn uasc_rows_stand_beside_the_header() {
    noted(&uasc("101,M,14/05/2011,99/99/2029"), "104", "DUC");
    noted(&uasc("101,M,15/05/2011,"), "INT18", "DOB");
    noted(&uasc("102,M,15/05/2011,"), "INT09", "CHILD");
    let twice = "101,M,14/05/2011,\n";
    let read = read_rows(2025, CHILD, "", &format!("{twice}{twice}101,M,14/05/2011,01/01/2025\n"));
    assert_eq!(gist(&read), [("CB06", 3, "CHILD", false), ("CB07", 4, "CHILD", true)]);
}

#[test]
fn a_row_with_several_faults_has_a_finding_for_each_and_is_held_once() {
    let read = episode("101,32/06/2022,Q,C9,N1,U4,PR1,,,,,,");
    assert_eq!(gist(&read), [("141", 2, "DECOM", true), ("143", 2, "RNE", true), ("144", 2, "LS", true)]);
    assert_eq!(read.tables[1].held, 1);
}

#[test]
fn no_sentence_names_a_child() {
    // Every field slips one place, so that the reference stands where codes and dates should.
    let child = "AB12,AB12,AB12,AB12,AB12,AB12,AB12\n";
    let episodes = "AB12,AB12,AB12,AB12,AB12,AB12,AB12,AB12,AB12,AB12,AB12,AB12,AB12\n\
                    101,A123456789012,M1 1AA,M11AA,A123456789012,M11AA,M11AA,M1 1AA,M1 1AA,M11AA,M11AA1,M11,A1\n";
    let read = read_rows(2025, &format!("{CHILD}{child}"), episodes, "AB12,AB12,AB12,AB12\n");
    assert!(read.findings.len() > 20);
    for finding in &read.findings {
        for private in ["AB12", "101", "A123456789012", "M1 1AA", "M11AA"] {
            assert!(!finding.sentence.contains(private), "{finding:?}");
        }
    }
    assert!(!format!("{read:?}").contains("A123456789012"));
}

#[test]
fn every_sentence_ends_and_says_how_to_mend() {
    let read = read_rows(
        2025,
        &format!("{CHILD},,,,,,x\n101,9,x,x,x,x,x\n"),
        &format!("{EPISODE}x,x,x,x,x,x,x,x,x,x,x,x,x\n101,,,,,,,,,,,,x\n101,02/02/2024,S,C2,,T1,PR1,,X1,,,,\n"),
        "x,x,x,x\n101,M,01/01/2010,\n",
    );
    assert!(read.findings.len() > 20);
    for finding in &read.findings {
        assert!(finding.sentence.ends_with('.') && finding.sentence.len() < 180, "{finding:?}");
        assert!(finding.sentence.contains([';', ',']), "{finding:?}");
        assert!(!finding.sentence.contains("  "), "{finding:?}");
    }
}
