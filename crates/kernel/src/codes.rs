//! The SSDA903 code sets, each row dated by the returns in which it is valid.
//!
//! ```
//! use kernel::{CodeSet, ReturnYear};
//!
//! let (old, new) = (ReturnYear::try_new(2024).unwrap(), ReturnYear::try_new(2025).unwrap());
//! assert!(CodeSet::Sex.contains(old, "2") && !CodeSet::Sex.contains(new, "2"));
//! assert_eq!(CodeSet::LegalStatus.meaning("C2"), Some("full care order"));
//! ```

mod tables;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::years::ReturnYear;

/// One SSDA903 code, held inline: one to seven capital letters and figures, such as `C2`, `E4A` or `CUSTOD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code([u8; Code::SPACE]);

impl Code {
    /// The longest code, in characters.
    pub const LONGEST: usize = 7;
    /// One more than the longest, so that a code is one machine word and always ends in a nought.
    const SPACE: usize = 8;

    /// From text, trimmed and upper-cased. `None` when it is blank, too long, or holds anything but
    /// unaccented letters and figures. Whether a set has the code is [`CodeSet::read`]'s question.
    pub fn parse(text: &str) -> Option<Code> {
        let text = text.trim().as_bytes();
        if text.is_empty() || text.len() > Code::LONGEST || !text.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        Some(Code::filled(text))
    }

    /// Copies at most seven bytes, upper-cased; `const` so that the tables are built by the compiler.
    const fn filled(text: &[u8]) -> Code {
        assert!(text.len() <= Code::LONGEST);
        let mut held = [0; Code::SPACE];
        let mut place = 0;
        while place < text.len() {
            held[place] = text[place].to_ascii_uppercase();
            place += 1;
        }
        Code(held)
    }

    /// The code as written in a return.
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|&byte| byte == 0).unwrap_or(Code::LONGEST);
        std::str::from_utf8(&self.0[..length]).expect("a code is made of ASCII letters and figures alone")
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Code, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Code::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("not a code: one to seven letters and figures, such as C2"))
    }
}

/// A set of SSDA903 codes, named for the field it fills. The tables name their sources.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CodeSet {
    /// SEX.
    Sex,
    /// ETHNIC.
    Ethnic,
    /// RNE, the reason for a new episode.
    Rne,
    /// LS.
    LegalStatus,
    /// CIN, the category of need.
    Need,
    /// PLACE, the kind of placement.
    Place,
    /// PLACE_PROVIDER.
    Provider,
    /// REC, the reason an episode ceased.
    Rec,
    /// REASON_PLACE_CHANGE.
    PlaceChange,
}

impl CodeSet {
    /// Every set.
    pub const ALL: [CodeSet; 9] = [
        CodeSet::Sex,
        CodeSet::Ethnic,
        CodeSet::Rne,
        CodeSet::LegalStatus,
        CodeSet::Need,
        CodeSet::Place,
        CodeSet::Provider,
        CodeSet::Rec,
        CodeSet::PlaceChange,
    ];

    /// The code that a text writes, if the set has it in that year's return.
    pub fn read(self, year: ReturnYear, text: &str) -> Option<Code> {
        let code = Code::parse(text)?;
        self.rows().iter().any(|row| row.code == code && row.valid(year)).then_some(code)
    }

    /// Whether that year's return may write this code, in either case.
    pub fn contains(self, year: ReturnYear, code: &str) -> bool {
        self.read(year, code).is_some()
    }

    /// What the code means, in whichever year it was valid.
    pub fn meaning(self, code: &str) -> Option<&'static str> {
        let code = Code::parse(code)?;
        self.rows().iter().find(|row| row.code == code).map(|row| row.meaning)
    }

    /// The codes of that year's return with their meanings.
    pub fn all(self, year: ReturnYear) -> impl Iterator<Item = (Code, &'static str)> {
        self.rows().iter().filter(move |row| row.valid(year)).map(|row| (row.code, row.meaning))
    }

    fn rows(self) -> &'static [tables::Row] {
        match self {
            CodeSet::Sex => tables::SEX,
            CodeSet::Ethnic => tables::ETHNIC,
            CodeSet::Rne => tables::RNE,
            CodeSet::LegalStatus => tables::LEGAL_STATUS,
            CodeSet::Need => tables::NEED,
            CodeSet::Place => tables::PLACE,
            CodeSet::Provider => tables::PROVIDER,
            CodeSet::Rec => tables::REC,
            CodeSet::PlaceChange => tables::PLACE_CHANGE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(ends: i16) -> ReturnYear {
        ReturnYear::try_new(ends).unwrap()
    }

    fn years(set: CodeSet, code: &str) -> Vec<i16> {
        (2018..=2027).filter(|&ends| set.contains(year(ends), code)).collect()
    }

    #[test]
    fn a_code_is_one_to_seven_letters_and_figures_in_capitals() {
        assert_eq!(Code::parse(" e4a ").unwrap().as_str(), "E4A");
        assert_eq!(Code::parse("ABCDEFG").unwrap().to_string(), "ABCDEFG");
        for wrong in ["", "  ", "ABCDEFGH", "C-2", "C 2", "É1", "C\0"] {
            assert_eq!(Code::parse(wrong), None, "{wrong:?}");
        }
        assert!(Code::parse("C1") < Code::parse("C2"));
        assert!(Code::parse("E1") < Code::parse("E11"));
    }

    #[test]
    fn a_code_travels_as_text() {
        use serde::de::IntoDeserializer;
        use serde::de::value::{Error, StrDeserializer};
        let read = |text: &'static str| {
            let from: StrDeserializer<'_, Error> = text.into_deserializer();
            Code::deserialize(from)
        };
        assert_eq!(read("custod").unwrap(), Code::parse("CUSTOD").unwrap());
        assert!(read("not a code").is_err());
    }

    #[test]
    fn sex_changes_from_figures_to_letters_with_2024_25() {
        assert_eq!(years(CodeSet::Sex, "1"), (2018..=2024).collect::<Vec<_>>());
        assert_eq!(years(CodeSet::Sex, "u"), (2025..=2027).collect::<Vec<_>>());
    }

    #[test]
    fn supported_accommodation_arrives_with_2023_24_beside_what_it_replaces() {
        assert_eq!(years(CodeSet::Place, "K3"), (2024..=2027).collect::<Vec<_>>());
        assert_eq!(years(CodeSet::Place, "H5"), (2018..=2024).collect::<Vec<_>>());
        assert_eq!(years(CodeSet::Place, "P2"), (2018..=2024).collect::<Vec<_>>());
    }

    #[test]
    fn other_placements_split_in_four_with_2025_26() {
        assert_eq!(years(CodeSet::Place, "Z1"), (2018..=2026).collect::<Vec<_>>());
        for code in ["Z11", "Z12", "Z13", "Z14"] {
            assert_eq!(years(CodeSet::Place, code), [2026, 2027], "{code}");
        }
    }

    #[test]
    fn special_guardianship_reasons_overlap_in_2017_18() {
        assert_eq!(years(CodeSet::Rec, "E43"), [2018]);
        assert_eq!(years(CodeSet::Rec, "E48").len(), 10);
        assert_eq!(years(CodeSet::PlaceChange, "CUSTOD").len(), 10);
    }

    /// In the order of `ALL`. Those of 2022-23 and 2026-27 are the sizes of the validator's own lists; between
    /// them the placements differ from it as their table says.
    #[test]
    fn each_set_is_as_large_as_the_collection_says() {
        let size = |set: CodeSet, ends: i16| set.all(year(ends)).count();
        let sizes = |ends| CodeSet::ALL.map(|set| size(set, ends));
        assert_eq!(sizes(2018), [2, 20, 6, 13, 8, 27, 6, 24, 12]);
        assert_eq!(sizes(2023), [2, 20, 6, 13, 8, 27, 6, 22, 12]);
        assert_eq!(sizes(2024), [2, 20, 6, 13, 8, 28, 6, 22, 12]);
        assert_eq!(sizes(2025), [3, 20, 6, 13, 8, 26, 6, 22, 12]);
        assert_eq!(sizes(2026), [3, 20, 6, 13, 8, 30, 6, 22, 12]);
        assert_eq!(sizes(2027), [3, 20, 6, 13, 8, 29, 6, 22, 12]);
    }

    #[test]
    fn no_set_has_a_code_twice_and_every_code_has_a_meaning() {
        for set in CodeSet::ALL {
            let mut codes: Vec<Code> = set.rows().iter().map(|row| row.code).collect();
            codes.sort();
            codes.dedup();
            assert_eq!(codes.len(), set.rows().len(), "{set:?}");
            for code in codes {
                assert!(set.meaning(code.as_str()).is_some_and(|meaning| !meaning.is_empty()));
            }
        }
    }
}
