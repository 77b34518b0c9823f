//! The reader of SSDA903 returns, from outside: its rules, its files, and the public sample returns.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod checks;
mod examples;
mod files;
mod fuzz;
mod rules;
mod samples;
mod xml;

use formats::ssda903::{Finding, Refusal, Return, Source, read};
use kernel::ReturnYear;

const HEADER: &str = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n";
const EPISODES: &str =
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n";
const UASC: &str = "CHILD,SEX,DOB,DUC\n";
/// A child with nothing wrong in 2024-25, and an episode of theirs.
const CHILD: &str = "101,M,14/05/2011,WBRI,A123456789012,,\n";
const EPISODE: &str = "101,03/06/2022,S,C2,N1,U4,PR1,,,,M1 1AA,M2 2BB,1234567\n";

fn year(ends: i16) -> ReturnYear {
    ReturnYear::try_new(ends).unwrap()
}

fn read_files(files: &[(&str, &[u8])], ends: i16) -> Result<Return, Refusal> {
    let sources = files.iter().map(|(name, bytes)| Source::new(*name, *bytes)).collect();
    let read = read(sources, year(ends));
    if let Ok(read) = &read {
        check_sums(read);
    }
    read
}

/// What holds of every return.
fn check_sums(read: &Return) {
    for table in read.tables.iter().filter(|table| table.read) {
        assert_eq!(table.rows, table.stood + table.held + table.repeated, "{table:?}");
        let held: std::collections::HashSet<u32> = read
            .findings
            .iter()
            .filter(|finding| finding.table == Some(table.table) && finding.held)
            .map(|finding| finding.line)
            .collect();
        assert_eq!(table.held as usize, held.len(), "every held row says why, and stands nowhere");
    }
    let stood = |name: &str| read.tables.iter().find(|t| t.table.name() == name).map_or(0, |t| t.stood as usize);
    assert_eq!(stood("Header"), read.headers.len());
    let without_a_night = |finding: &&Finding| finding.code == "CB07" && !finding.held;
    assert_eq!(stood("Episodes"), read.episodes.len() + read.findings.iter().filter(without_a_night).count());
    assert_eq!(stood("UASC"), read.uasc.len());
    let children: std::collections::HashSet<&str> = read.headers.iter().map(|h| h.child.reveal()).collect();
    assert_eq!(children.len(), read.headers.len());
    let keys: std::collections::HashSet<_> = read.episodes.iter().map(|e| (e.child.reveal(), e.decom)).collect();
    assert_eq!(keys.len(), read.episodes.len());
    assert!(keys.iter().all(|(child, _)| children.contains(child)));
}

/// Reads rows of the three tables, below their column names, as of one year.
fn read_rows(ends: i16, header: &str, episodes: &str, uasc: &str) -> Return {
    let files = [
        ("header.csv", format!("{HEADER}{header}")),
        ("episodes.csv", format!("{EPISODES}{episodes}")),
        ("uasc.csv", format!("{UASC}{uasc}")),
    ];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    read_files(&files, ends).unwrap()
}

/// Code, line, field and held of each finding.
fn gist(read: &Return) -> Vec<(&str, u32, &str, bool)> {
    read.findings.iter().map(|f: &Finding| (f.code, f.line, f.field, f.held)).collect()
}
