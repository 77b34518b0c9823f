//! Bad files: whatever bytes come, the readers and the checks neither panic nor keep more than the file was long.
//! Bounded to some seconds; the same mutations every time.

use formats::postcodes::Gazetteer;
use formats::ssda903::checks::check;
use formats::ssda903::{Beside, Providers, Source, Table, load, stand};

use crate::year;

/// The xorshift generator: no more is asked of it than to be the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// One row a table, right in most of its columns.
fn seed(table: Table) -> String {
    let field = |column: &&str| match *column {
        "CHILD" => "101",
        "DOB" => "14/05/2011",
        "DECOM" | "REVIEW" | "DATE_INT" | "DATE_PLACED" | "MIS_START" | "SW_DECOM" | "DOLO_START" => "03/06/2024",
        "DEC" | "DATE_MATCH" | "MIS_END" | "SW_DEC" | "DOLO_END" => "09/06/2024",
        "LS" => "C2",
        "RNE" => "S",
        "PLACE" => "K2",
        "SEX" => "M",
        _ => "",
    };
    let row: Vec<&str> = table.columns().iter().map(field).collect();
    format!("{}\n{}\n{}\n", table.columns().join(","), row.join(","), row.join(","))
}

const DOCUMENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><EXPSSDA903><CHILD><HEADER><CHILDID>101</CHILDID>\
<DOB>14/05/2011</DOB><UASC>1</UASC><DUC>14/05/2029</DUC><AREVIEW><REVIEW>01/05/2024</REVIEW></AREVIEW>&amp;&#65;\
<AMISSING><MIS_START>02/06/2024</MIS_START></AMISSING></HEADER><EPISODE><DECOM>03/06/2022</DECOM><PL>U4</PL></EPISODE>\
</CHILD></EXPSSDA903>";

fn mutated(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    const PIECES: [&[u8]; 12] = [
        b"\"",
        b",",
        b"\r",
        b"\n",
        b"\0",
        b"\xFF\xFE",
        b"<",
        b"&#0;",
        b"</",
        b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
        b"<![CDATA[",
        b"\xEF\xBB\xBF",
    ];
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(bytes.len() + 1);
        match dice.roll(5) {
            0 => bytes.truncate(at),
            1 => {
                let piece = PIECES[dice.roll(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            2 if at < bytes.len() => bytes[at] = dice.roll(256) as u8,
            3 => {
                let copied: Vec<u8> = bytes[at.min(bytes.len())..].iter().copied().take(dice.roll(60)).collect();
                bytes.splice(at..at, copied);
            }
            _ if at < bytes.len() => {
                bytes.remove(at);
            }
            _ => {}
        }
    }
    bytes
}

fn take(files: &[Vec<u8>], ends: i16) {
    let sources = files.iter().enumerate().map(|(n, bytes)| Source::new(n.to_string(), bytes.as_slice())).collect();
    let Ok(sheets) = load(sources, year(ends)) else { return };
    let rows: usize = sheets.sheets.iter().map(|sheet| sheet.len()).sum();
    assert!(rows <= files.iter().map(Vec::len).sum(), "no row of nothing");
    // Nothing is in either, but the rules that ask for them are run.
    let beside = Beside { council: None, postcodes: Some(Gazetteer::default()), providers: Some(Providers::default()) };
    let checked = check(&sheets, Some(&sheets), &beside);
    assert!(
        checked.flags.iter().all(|flag| sheets.get(flag.table).is_some_and(|sheet| (flag.row as usize) < sheet.len()))
    );
    let _ = stand(&sheets);
}

#[test]
fn mutated_tables_never_panic() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for round in 0..300 {
        let files: Vec<Vec<u8>> = Table::ALL
            .iter()
            .map(|&table| {
                let seed = seed(table).into_bytes();
                if dice.roll(3) == 0 { mutated(seed, &mut dice) } else { seed }
            })
            .collect();
        take(&files, 2018 + (round % 10) as i16);
    }
}

#[test]
fn mutated_documents_never_panic() {
    let mut dice = Dice(0xD1B5_4A32_D192_ED03);
    for round in 0..1_500 {
        take(&[mutated(DOCUMENT.as_bytes().to_vec(), &mut dice)], 2018 + (round % 10) as i16);
    }
}

/// A source of bytes without end.
struct Endless(&'static [u8], usize);

impl std::io::Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        for byte in into.iter_mut() {
            *byte = self.0[self.1 % self.0.len()];
            self.1 += 1;
        }
        Ok(into.len())
    }
}

#[test]
fn a_document_without_end_is_refused_before_it_fills_the_memory() {
    for piece in [&b"<a>"[..], b"<a b=\"", b"<!-- x", b"<a>text", b"<a><CHILD><HEADER><b>c</b>", b"<?pi "] {
        let refusal = load(vec![Source::new("endless", Endless(piece, 0))], year(2025)).err().expect("refused");
        assert_eq!(refusal.code(), "CB26", "{}", String::from_utf8_lossy(piece));
    }
}
