//! Files as they come: any name, order, encoding and damage.

use std::io::{self, Read};

use formats::ssda903::{Refusal, Source, Table, load, read};
use proptest::prelude::*;

use crate::{CHILD, EPISODE, EPISODES, HEADER, UASC, check_sums, gist, read_files, year};

fn header() -> String {
    format!("{HEADER}{CHILD}")
}

fn episodes() -> String {
    format!("{EPISODES}{EPISODE}")
}

fn refused(files: &[(&str, &[u8])]) -> Refusal {
    let refusal = read_files(files, 2025).unwrap_err();
    assert!(refusal.to_string().ends_with('.'), "{refusal}");
    assert!(!refusal.to_string().contains("  "), "{refusal}");
    refusal
}

#[test]
fn tables_are_known_by_their_columns_whatever_the_files_are_called() {
    let (header, episodes) = (header(), episodes());
    let uasc = format!("{UASC}101,M,14/05/2011,\n");
    let one = read_files(&[("1", header.as_bytes()), ("2", episodes.as_bytes()), ("3", uasc.as_bytes())], 2025);
    let other = read_files(&[("3", header.as_bytes()), ("2", uasc.as_bytes()), ("1", episodes.as_bytes())], 2025);
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!((&one.headers, &one.episodes, &one.uasc), (&other.headers, &other.episodes, &other.uasc));
    let known: Vec<Table> = other.tables.iter().map(|table| table.table).collect();
    assert_eq!(known, [Table::Header, Table::Episodes, Table::Uasc]);
}

#[test]
fn columns_stand_in_any_order_and_case_and_unknown_ones_are_passed_over() {
    let header = "Mc_Dob, upn ,Extra,ethnic,dob,mother,sex,child\n,UN1,x,WBRI,14/05/2011,,M,101\n";
    let read = read_files(&[("h", header.as_bytes()), ("e", episodes().as_bytes())], 2025).unwrap();
    assert_eq!(gist(&read), []);
    assert_eq!((read.headers[0].child.reveal(), read.episodes.len()), ("101", 1));
    assert_eq!(read.tables[0].ignored, ["Extra"]);
}

#[test]
fn the_nine_other_tables_are_known_by_their_columns() {
    let others = [
        ("CHILD,DOB,REVIEW,REVIEW_CODE", Table::Reviews),
        ("CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED", Table::Oc2),
        ("CHILD,DOB,IN_TOUCH,ACTIV,ACCOM", Table::Oc3),
        ("CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE", Table::Ad1),
        ("CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED", Table::PlacedAdoption),
        ("CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM", Table::PrevPerm),
        ("CHILD,DOB,MISSING,MIS_START,MIS_END", Table::Missing),
        ("CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON", Table::SwEpisodes),
        ("CHILD,DOB,DOLO_START,DOLO_END", Table::DoLo),
    ];
    for (columns, table) in others {
        let blank = ",".repeat(columns.split(',').count() - 1);
        let file = format!("{columns}\n\n101{blank}\n");
        let files = [("h", header()), ("e", episodes()), ("o", file)];
        let sources = files.iter().map(|(name, text)| Source::new(*name, text.as_bytes())).collect();
        let sheets = load(sources, year(2025)).unwrap();
        let sheet = sheets.get(table).unwrap();
        assert_eq!((sheet.len(), sheet.row(0).line(), sheet.row(0).text(0)), (1, 3, "101"), "{table}");
        assert_eq!(sheets.sheets.len(), 3);
    }
}

#[test]
fn what_is_no_table_is_reported_and_passed_over() {
    let files: [(&str, &[u8]); 5] = [
        ("h", &header().into_bytes()),
        ("e", &episodes().into_bytes()),
        ("notes", b"Name,Date\nAnn,1\n"),
        ("pupils", b"UPN,Surname\n"),
        ("empty", b"\xEF\xBB\xBF\r\n , \r\n"),
    ];
    let read = read_files(&files, 2025).unwrap();
    assert_eq!(gist(&read), [("CB08", 0, "", false), ("CB09", 0, "", false), ("CB09", 0, "", false)]);
    assert_eq!(&*read.findings[0].file, "empty");
    assert!(read.findings.iter().all(|finding| finding.table.is_none()));
}

#[test]
fn a_return_without_header_or_episodes_is_refused() {
    let refusal = refused(&[("h", header().as_bytes())]);
    assert_eq!((refusal.code(), &refusal), ("CB21", &Refusal::Missing { table: Table::Episodes }));
    assert!(refusal.to_string().contains("CHILD, DECOM, RNE"));
    let refusal = refused(&[("e", episodes().as_bytes())]);
    assert_eq!(refusal, Refusal::Missing { table: Table::Header });
    assert_eq!(refused(&[]).code(), "CB20");
    assert_eq!(refused(&[("a", b""), ("b", b"\0\0\0")]).code(), "CB20");
}

#[test]
fn several_years_in_one_folder_are_refused() {
    let (header, episodes) = (header(), episodes());
    let refusal = refused(&[
        ("2017-header.csv", header.as_bytes()),
        ("2017-episodes.csv", episodes.as_bytes()),
        ("2018-header.csv", header.as_bytes()),
        ("2018-episodes.csv", episodes.as_bytes()),
    ]);
    assert_eq!(refusal.code(), "CB22");
    assert_eq!(
        refusal.to_string(),
        "2017-header.csv and 2018-header.csv both hold the Header table, so these are several years; name the \
         files of one year."
    );
}

#[test]
fn a_table_we_need_with_a_column_missing_or_twice_is_refused() {
    let header = header();
    let refusal = refused(&[("h", header.as_bytes()), ("e", b"CHILD,DECOM,RNE,LS,CIN,PLACE,DEC,REC\n")]);
    assert_eq!(refusal.code(), "CB23");
    assert!(refusal.to_string().starts_with(
        "e looks like the Episodes table but has no column PLACE_PROVIDER, REASON_PLACE_CHANGE, HOME_POST"
    ));
    let twice = format!("dob,{HEADER}");
    let refusal = refused(&[("h", twice.as_bytes()), ("e", episodes().as_bytes())]);
    assert_eq!(refusal.code(), "CB24");
}

/// A disk that fails after its first bytes.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() { Err(io::Error::other("the disk is gone")) } else { self.0.read(into) }
    }
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_refuses_the_return() {
    for bytes in [&b""[..], header().as_bytes()] {
        let (episodes, failing) = (episodes(), Failing(bytes));
        let sources = vec![Source::new("e", episodes.as_bytes()), Source::new("h", failing)];
        let refusal = read(sources, year(2025)).unwrap_err();
        assert_eq!(refusal.code(), "CB25");
        assert!(refusal.to_string().contains("h could not be read: the disk is gone."));
    }
}

#[test]
fn every_encoding_reads_alike() {
    let text = format!("{HEADER}{}", CHILD.replace("101", "É1"));
    let episodes = format!("{EPISODES}{}", EPISODE.replace("101", "É1"));
    let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| {
        text.encode_utf16().fold(bytes(0xFEFF).to_vec(), |mut out, unit| {
            out.extend(bytes(unit));
            out
        })
    };
    let legacy = |text: &str| text.replace('É', "\u{1}").bytes().map(|b| if b == 1 { 0xC9 } else { b }).collect();
    let marked = |text: &str| format!("\u{FEFF}{text}").into_bytes();
    let plain = |text: &str| text.as_bytes().to_vec();
    type Encode<'e> = &'e dyn Fn(&str) -> Vec<u8>;
    let encodings: [(&str, Encode<'_>); 5] = [
        ("UTF-8", &plain),
        ("UTF-8", &marked),
        ("UTF-16LE", &|text: &str| wide(text, u16::to_le_bytes)),
        ("UTF-16BE", &|text: &str| wide(text, u16::to_be_bytes)),
        ("windows-1252", &legacy),
    ];
    for (name, encode) in encodings {
        for ending in ["\n", "\r\n", "\r"] {
            let files = [encode(&text.replace('\n', ending)), encode(&episodes.replace('\n', ending))];
            let read = read_files(&[("h", &files[0]), ("e", &files[1])], 2025).unwrap();
            assert_eq!(gist(&read), [], "{name} {ending:?}");
            assert_eq!(read.tables[0].encoding, name);
            assert_eq!((read.headers[0].child.reveal(), read.episodes.len()), ("É1", 1));
        }
    }
}

#[test]
fn damage_costs_only_its_own_line() {
    let second = CHILD.replace("101", "102");
    let long = "x".repeat(70_000);
    for (damage, code) in [
        ("101,M,14/05/2011,WBRI,UN1,", "CB02"),
        ("101,M,14/05/2011,WBRI,UN1,,,", "CB02"),
        (&",".repeat(300), "CB02"),
        ("\"101,M,14/05/2011,WBRI,UN1,,", "CB03"),
        (&long, "CB04"),
        ("101,M,14/05/2011,WB\0I,UN1,,", "CB05"),
        ("\u{1a}", "CB05"),
    ] {
        let header = format!("{HEADER}\n{damage}\r\n,,,,,,\n{second}");
        let read = read_files(&[("h", header.as_bytes()), ("e", EPISODES.as_bytes())], 2025).unwrap();
        assert_eq!(gist(&read), [(code, 3, "", true)], "{:?}", read.findings);
        assert_eq!((read.headers.len(), read.headers[0].line, read.tables[0].rows), (1, 5, 2));
    }
}

#[test]
fn quotes_around_values_are_not_part_of_them() {
    let header = format!("{HEADER}\"101\",\"M\",\"14/05/2011\",\"WBRI\",\"\",,\"\"\n");
    let read = read_files(&[("h", header.as_bytes()), ("e", episodes().as_bytes())], 2025).unwrap();
    assert_eq!((gist(&read), read.headers.len()), (vec![], 1));
}

/// Field values that go wrong in every way, and right often enough to get past one another.
fn value() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "",
        "1",
        "2",
        "3",
        "M",
        "S",
        "L",
        "C2",
        "D1",
        "N1",
        "U4",
        "T0",
        "PR1",
        "X1",
        "E43",
        "WBRI",
        "UN1",
        "01/04/2010",
        "14/05/2011",
        "03/06/2022",
        "03/06/2022",
        "04/06/2022",
        "99/99/9999",
        "CHILD",
        "M1 1AA",
        "1234567",
        "XXXXXXX",
        "\"",
        "\"\"",
        "\u{FFFD}",
        "é",
    ]);
    prop_oneof![9 => known.prop_map(str::to_string), 1 => ".{0,8}"]
}

fn table(columns: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let width = columns.split(',').count();
    let row = prop::collection::vec(value(), width - 1..=width + 1).prop_map(|row| row.join(","));
    let right = prop::collection::vec(value(), width).prop_map(|row| row.join(","));
    let rows = prop::collection::vec(prop_oneof![1 => row, 5 => right], 0..12);
    rows.prop_map(move |rows| format!("{columns}{}", rows.join("\n")).into_bytes())
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(
        one in prop::collection::vec(any::<u8>(), 0..400),
        other in prop::collection::vec(any::<u8>(), 0..400),
        ends in 2018i16..=2027,
    ) {
        // As files of their own, and as the rows of the tables that are read.
        let _ = read_files(&[("a", &one), ("b", &other)], ends);
        let (header, episodes) = ([HEADER.as_bytes(), &one].concat(), [EPISODES.as_bytes(), &other].concat());
        let uasc = [UASC.as_bytes(), &one].concat();
        let read = read_files(&[("h", &header), ("e", &episodes), ("u", &uasc)], ends);
        check_sums(&read.unwrap());
    }

    #[test]
    fn every_row_stands_is_held_or_repeats_another(
        header in table(HEADER),
        episodes in table(EPISODES),
        uasc in table(UASC),
        ends in 2018i16..=2027,
    ) {
        // `read_files` checks the sums; the order of the files changes nothing.
        let read = read_files(&[("h", &header), ("e", &episodes), ("u", &uasc)], ends).unwrap();
        prop_assert_eq!(read_files(&[("u", &uasc), ("h", &header), ("e", &episodes)], ends).unwrap(), read);
    }
}
