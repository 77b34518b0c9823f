//! Whatever is handed in as a return: never a panic, never half-loaded, and what loads is sound.

use proptest::prelude::*;

use crate::bank::{Bank, Files};
use crate::world::{LAST, cases, children, told};

/// One thing that happens to a file on its way.
#[derive(Clone, Debug)]
enum Harm {
    Byte(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Line(prop::sample::Index, prop::sample::Index),
    Twice(prop::sample::Index),
    Gone(prop::sample::Index),
    Field(prop::sample::Index, prop::sample::Index, &'static str),
}

const ODD: [&str; 14] = [
    "",
    "\"",
    "31/02/2025",
    "01/01/0001",
    "31/12/9999",
    "01/04/2200",
    "-1",
    "K2",
    "ZZ",
    "é",
    "\u{0}",
    "1e9",
    "SC000001",
    "9999999999999999999999",
];

fn harm() -> impl Strategy<Value = Harm> {
    let at = || any::<prop::sample::Index>();
    prop_oneof![
        2 => (at(), any::<u8>()).prop_map(|(at, byte)| Harm::Byte(at, byte)),
        1 => at().prop_map(Harm::Cut),
        1 => (at(), at()).prop_map(|(from, to)| Harm::Line(from, to)),
        1 => at().prop_map(Harm::Twice),
        1 => at().prop_map(Harm::Gone),
        4 => (at(), at(), prop::sample::select(ODD.to_vec())).prop_map(|(line, field, text)| Harm::Field(line, field, text)),
    ]
}

fn harmed(mut file: Vec<u8>, harm: &Harm) -> Vec<u8> {
    if file.is_empty() {
        return file;
    }
    let mut lines: Vec<Vec<u8>> = file.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    match harm {
        Harm::Byte(at, byte) => {
            let at = at.index(file.len());
            file[at] = *byte;
            return file;
        }
        Harm::Cut(at) => {
            file.truncate(at.index(file.len()));
            return file;
        }
        Harm::Line(from, to) => {
            let (from, to) = (from.index(lines.len()), to.index(lines.len()));
            lines.swap(from, to);
        }
        Harm::Twice(at) => {
            let line = lines[at.index(lines.len())].clone();
            lines.push(line);
        }
        Harm::Gone(at) => {
            lines.remove(at.index(lines.len()));
        }
        Harm::Field(line, field, text) => {
            let line = line.index(lines.len());
            let mut fields: Vec<Vec<u8>> = lines[line].split(|&byte| byte == b',').map(<[u8]>::to_vec).collect();
            let field = field.index(fields.len());
            fields[field] = text.as_bytes().to_vec();
            lines[line] = fields.join(&b","[..]);
        }
    }
    lines.join(&b"\n"[..])
}

#[test]
fn a_harmed_return_is_refused_whole_or_loads_soundly() {
    let ready = Bank::new();
    let harms = |least| prop::collection::vec(harm(), least..6);
    let story = (children(), harms(0), harms(1), any::<bool>(), any::<bool>());
    cases(150, story, |(children, header, episodes, whole, sixteen)| {
        let bank = ready.copy();
        let good = told(&children, 2025, 1);
        bank.import(&good).unwrap();
        let before = bank.digest();
        let mut bad = Files { year: 2025, ..good };
        for harm in header.iter().take(2) {
            bad.header = harmed(bad.header, harm);
        }
        for harm in &episodes {
            bad.episodes = harmed(bad.episodes, harm);
        }
        if sixteen && let Ok(text) = std::str::from_utf8(&bad.episodes) {
            bad.episodes = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        }
        match bank.import_as(&bad, whole) {
            Err(problem) => {
                prop_assert!(matches!(problem.exit, 2 | 3), "{}", problem);
                prop_assert_eq!(bank.digest(), before, "half-loaded");
            }
            Ok(report) => {
                for table in report.tables.iter().filter(|table| table.read) {
                    prop_assert_eq!(table.rows, table.stood + table.held + table.repeated);
                }
                if report.tx.is_none() {
                    prop_assert_eq!(bank.digest(), before, "nothing was recorded, and yet something changed");
                }
                bank.run(LAST);
                bank.assert_sound();
            }
        }
        Ok(())
    });
}

#[test]
fn bytes_that_are_no_return_change_nothing() {
    let bank = Bank::new();
    let before = bank.digest();
    let bytes = || prop::collection::vec(any::<u8>(), 0..400);
    cases(200, (bytes(), bytes()), |(header, episodes)| {
        let answer = bank.import(&Files { year: 2025, header, episodes });
        prop_assert!(answer.is_err_and(|problem| problem.exit == 3));
        prop_assert_eq!(bank.digest(), before.as_str());
        Ok(())
    });
}
