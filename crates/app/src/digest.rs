//! The digest of a return: the same for the same rows, whatever the order of rows and files.
//!
//! It is recorded with the import and compared when an idempotency key comes again, so its bytes never change. Each row
//! is written as `{:?}` would write it, by hand, because there are half a million of them.

use formats::ssda903::{EpisodeRow, HeaderRow, Return};
use kernel::{Code, Night};
use sha2::{Digest, Sha256};

use crate::import::ImportOptions;

/// A digest of what was read, whatever the order of rows and files.
pub(crate) fn digest(options: &ImportOptions, read: &Return) -> String {
    let mut rows: Vec<[u8; 32]> = Vec::with_capacity(read.headers.len() + read.episodes.len() + read.uasc.len());
    let mut text = String::new();
    for (place, row) in read.headers.iter().enumerate() {
        header(row, &mut text);
        for line in read.told.of(place) {
            text.push('\n');
            text.push_str(line);
        }
        rows.push(Sha256::digest(&text).into());
    }
    for row in &read.episodes {
        episode(row, &mut text);
        rows.push(Sha256::digest(&text).into());
    }
    rows.extend(read.uasc.iter().map(|row| <[u8; 32]>::from(Sha256::digest(row.child.reveal()))));
    rows.sort_unstable();
    let mut hash = Sha256::new();
    hash.update(format!("{}|{}|{}", options.council, options.year.ends(), options.whole));
    rows.iter().for_each(|row| hash.update(row));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `child|dob|Some(sex)|Some(ethnic)`.
fn header(row: &HeaderRow, text: &mut String) {
    text.clear();
    text.push_str(row.child.reveal());
    text.push('|');
    number(row.dob, text);
    text.push('|');
    optional(&row.sex, text);
    text.push('|');
    optional(&row.ethnic, text);
}

/// `child|(decom, Some(dec))|(rne, ls, Some(cin), place, …)|("home", "placement")|Some(urn)`.
fn episode(row: &EpisodeRow, text: &mut String) {
    text.clear();
    text.push_str(row.child.reveal());
    text.push_str("|(");
    number(row.decom, text);
    match row.dec {
        Some(dec) => {
            text.push_str(", Some(");
            number(dec, text);
            text.push_str("))|(");
        }
        None => text.push_str(", None)|("),
    }
    text.push_str(row.rne.as_str());
    text.push_str(", ");
    text.push_str(row.ls.as_str());
    text.push_str(", ");
    optional(&row.cin, text);
    text.push_str(", ");
    text.push_str(row.place.as_str());
    for code in [&row.provider, &row.rec, &row.reason] {
        text.push_str(", ");
        optional(code, text);
    }
    // Postcodes are letters and figures: nothing in them is escaped.
    text.push_str(")|(\"");
    text.push_str(row.home_post.reveal());
    text.push_str("\", \"");
    text.push_str(row.pl_post.reveal());
    text.push_str("\")|");
    match &row.urn {
        Some(urn) => {
            text.push_str("Some(");
            text.push_str(urn.as_str());
            text.push(')');
        }
        None => text.push_str("None"),
    }
}

fn optional(code: &Option<Code>, text: &mut String) {
    match code {
        Some(code) => {
            text.push_str("Some(");
            text.push_str(code.as_str());
            text.push(')');
        }
        None => text.push_str("None"),
    }
}

/// Days since 1 January 1970.
fn number(night: Night, text: &mut String) {
    let days = night.days();
    if days < 0 {
        text.push('-');
    }
    let days = days.unsigned_abs();
    let from = (0..=18).rev().find(|&place| days >= 10_u64.pow(place)).unwrap_or(0);
    text.extend((0..=from).rev().map(|place| char::from(b'0' + (days / 10_u64.pow(place) % 10) as u8)));
}

#[cfg(test)]
mod tests {
    use formats::ssda903::{Source, read};
    use kernel::ReturnYear;

    use super::*;

    const HEADER: &str = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,1,26/03/2015,WBRI,,,\né2,9,31/12/1999,ZZ,,,\n\
                          3,2,31/12/2003,,,,\n";
    const EPISODES: &str = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n\
                            1,01/06/2022,S,C2,N1,U6,PR4,,,,m11ae,EC1A 1BB,sc123456\n\
                            1,02/05/2022,S,C2,,P1,,01/06/2022,X1,CUSTOD,,,\n\
                            é2,31/12/2009,S,V2,N8,K2,PR5,01/05/2022,E4A,,,M1 1AE,1234567\n";

    /// As released: the oracle.
    fn formatted(row: &EpisodeRow) -> String {
        let nights = (row.decom.days(), row.dec.map(Night::days));
        let posts = (row.home_post.reveal(), row.pl_post.reveal());
        let codes = (row.rne, row.ls, row.cin, row.place, row.provider, row.rec, row.reason);
        format!("{}|{nights:?}|{codes:?}|{posts:?}|{:?}", row.child.reveal(), row.urn)
    }

    #[test]
    fn rows_are_written_as_they_were_when_they_were_formatted() {
        let year = ReturnYear::try_new(2023).unwrap();
        let sources = vec![Source::new("h", HEADER.as_bytes()), Source::new("e", EPISODES.as_bytes())];
        let read = read(sources, year).unwrap();
        assert_eq!((read.headers.len(), read.episodes.len()), (3, 3), "{:?}", read.findings);
        let mut text = String::new();
        for row in &read.headers {
            header(row, &mut text);
            assert_eq!(text, format!("{}|{}|{:?}|{:?}", row.child.reveal(), row.dob.days(), row.sex, row.ethnic));
        }
        for row in &read.episodes {
            episode(row, &mut text);
            assert_eq!(text, formatted(row));
        }
        for days in [-25_567, -1, 0, 9, 10, 99, 100, 20_544, 84_006] {
            text.clear();
            number(Night::from_days(days).unwrap(), &mut text);
            assert_eq!(text, days.to_string());
        }
    }
}
