//! Ofsted's lists: found headers, kept spellings, refused damage; and the published list where it is at hand.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use formats::ofsted::{ProviderList, Refusal, read};
use proptest::prelude::*;

const LIST: &str = "\u{feff}Children's social care data in England 2031,,,,,,,\n\
    This worksheet contains one table.,,,,,,,\n\
    Web link,URN,Provision type,Registration status,Local authority,Sector,Places,Name\n\
    Page,SC000001,Children's home,Active,Kent,Private,4,REDACTED\n\
    Page,1234567,Children's Home,Active,Kent,Private,3,\"Oak, Ash and Elm\"\n\
    Page,SC000003,Castle in the air,Resting,Kent,Voluntary,many,\n\
    ,,,,,,,\n";

fn of(text: &str) -> Result<ProviderList, Refusal> {
    read("list.csv", text.as_bytes())
}

fn code(text: &str) -> &'static str {
    of(text).unwrap_err().code()
}

#[test]
fn a_list_is_read_under_its_title() {
    let list = of(LIST).unwrap();
    assert_eq!((list.header, list.rows.len(), list.withheld, list.is_of_movements()), (3, 3, 1, false));
    assert_eq!(list.ignored, ["Web link"]);
    assert_eq!(list.rows[1].text("name"), Some("Oak, Ash and Elm"));
    assert!(list.rows[0].said.iter().all(|(column, _)| *column != "name"), "what is withheld is not said");
}

#[test]
fn what_is_spelled_differently_is_kept() {
    let list = of(LIST).unwrap();
    let kinds: Vec<_> = list.rows.iter().map(|row| row.text("kind").unwrap()).collect();
    assert_eq!(kinds, ["Children's home", "Children's Home", "Castle in the air"]);
    assert_eq!(list.rows[2].text("places"), Some("many"));
    assert_eq!((list.findings.len(), list.findings[0].code, list.findings[0].line), (1, "CB70", 6));
}

#[test]
fn a_list_of_windows_1252_is_read() {
    let mut bytes = LIST.replace('\u{feff}', "").replace("Oak", "Caf~ Oak").into_bytes();
    let place = bytes.iter().position(|&byte| byte == b'~').unwrap();
    bytes[place] = 0xE9;
    let list = read("list.csv", bytes.as_slice()).unwrap();
    assert_eq!(list.rows[1].text("name"), Some("Café Oak, Ash and Elm"));
    assert_eq!(list.encoding, "windows-1252");
}

#[test]
fn a_refusal_names_file_line_and_what_to_mend() {
    let cases = [
        ("CB60", "".to_owned(), "list.csv"),
        ("CB60", "a,b\n1,2\n".to_owned(), "column names"),
        ("CB61", LIST.replace(",Sector", ",Colour"), "line 3: the header has no column for sector"),
        ("CB62", LIST.replace(",Name", ",URN"), "columns 2 and 8"),
        ("CB63", LIST.replace("Oak, Ash and Elm\"", "Oak"), "line 5"),
        ("CB63", LIST.replace("Resting", "Res\u{0}ting"), "line 6"),
        ("CB64", LIST.replace("Page,SC000003,", "Page,SC000003,,"), "line 6: 9 fields where the header has 8"),
        ("CB65", LIST.replace("SC000003", ""), "line 6: the URN is blank"),
        ("CB65", LIST.replace("SC000003", "SC3"), "line 6: the URN is SC3"),
        ("CB66", LIST.replace("SC000003", "SC000001"), "SC000001 is on line 4 already"),
        ("CB68", LIST.lines().take(3).map(|line| format!("{line}\n")).collect(), "line 3"),
    ];
    for (expected, text, says) in cases {
        let refusal = of(&text).unwrap_err();
        assert_eq!(refusal.code(), expected, "{text}");
        assert!(refusal.to_string().contains(says), "{refusal}");
    }
}

#[test]
fn a_row_that_repeats_another_is_counted_once() {
    let again =
        LIST.replace("Page,SC000003", "Page,SC000001,Children's home,Active,Kent,Private,4,REDACTED\nPage,SC000003");
    let list = of(&again).unwrap();
    assert_eq!((list.rows.len(), list.repeated), (3, 1));
    assert_eq!(code(&again.replacen("Private,4", "Private,5", 1)), "CB66");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// No panic; and what is not refused has as many rows as lines under its header that are not blank.
    #[test]
    fn a_harmed_list_is_refused_or_whole(
        harm in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        let mut bytes = LIST.as_bytes().to_vec();
        for (place, byte) in harm {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(list) = read("list.csv", bytes.as_slice()) {
            let lines = bytes.split(|&b| b == b'\n' || b == b'\r').filter(|line| {
                line.iter().any(|&byte| byte != b',' && !byte.is_ascii_whitespace() && byte != b'"')
            });
            let rows = list.rows.len() + list.repeated;
            prop_assert!(rows > 0 && rows <= lines.count());
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read("list.csv", bytes.as_slice());
    }
}

fn published(name: &str) -> Option<ProviderList> {
    let Some(data) = std::env::var_os("CAREBANK_SHARED_DATA").map(PathBuf::from) else {
        println!("SKIPPED: CAREBANK_SHARED_DATA does not name a folder with Ofsted's list");
        return None;
    };
    Some(read(name, std::fs::File::open(data.join("providers").join(name)).unwrap()).unwrap())
}

#[test]
fn the_published_list_of_2023_is_read_whole() {
    let Some(list) = published("provider_at_march.csv") else { return };
    assert_eq!((list.header, list.rows.len(), list.repeated, list.findings.len()), (4, 3546, 0, 0));
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &list.rows {
        *kinds.entry(row.text("kind").unwrap()).or_default() += 1;
    }
    assert_eq!((kinds["Children's home"], kinds["Children's Home"], kinds["Secure children's home"]), (2814, 7, 13));
    let owners: BTreeSet<&str> = list.rows.iter().filter_map(|row| row.text("owner")).collect();
    assert_eq!(owners.len(), 1323);
}

#[test]
fn the_published_joiners_and_leavers_of_2022_are_read() {
    let Some(list) = published("joiners_leavers_22.csv") else { return };
    assert!(list.is_of_movements());
    assert_eq!((list.header, list.rows.len()), (4, 504));
}
