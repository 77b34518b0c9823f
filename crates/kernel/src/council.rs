//! The register of councils: every English council responsible for children's services at any time since
//! 1 April 2017, each with the days between which it was in being.
//!
//! ```
//! use kernel::{Night, find, find_on};
//!
//! let night = Night::parse_iso("2019-06-01").unwrap();
//! assert_eq!(find_on("825", night).unwrap().code.as_str(), "E10000002"); // the county, until 2020
//! assert_eq!(find("825").unwrap().code.as_str(), "E06000060"); // the council of today
//! ```

use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::night::Night;

/// The facts, with the source of each column in the head of the file.
const FACTS: &str = include_str!("../facts/councils.csv");
const COLUMNS: &str = "gss,dfe,name,region,from,until,successors,also";

/// The nine-character ONS code of a council in the register, such as `E06000060`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CouncilCode([u8; 9]);

impl CouncilCode {
    /// From text in either case. `None` when the register does not have it; a code that ONS has since given
    /// the same council (Barnsley and Sheffield, 2025) is read as the code in the register.
    pub fn parse(text: &str) -> Option<CouncilCode> {
        let text = text.trim().to_ascii_uppercase();
        let wanted = CouncilCode::shaped(&text)?;
        match position(wanted) {
            Some(_) => Some(wanted),
            None => councils().iter().find(|council| council.also.contains(&text.as_str())).map(|c| c.code),
        }
    }

    /// Nine characters that look like a code for England, in the register or not.
    fn shaped(text: &str) -> Option<CouncilCode> {
        let code: [u8; 9] = text.as_bytes().try_into().ok()?;
        (code[0] == b'E' && code[1..].iter().all(u8::is_ascii_digit)).then_some(CouncilCode(code))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a council code is the letter E and eight figures")
    }
}

impl fmt::Display for CouncilCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CouncilCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CouncilCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CouncilCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CouncilCode, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        CouncilCode::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("not a council in the register: {text}")))
    }
}

/// The nine regions of England.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Region {
    /// North East.
    NorthEast,
    /// North West.
    NorthWest,
    /// Yorkshire and the Humber.
    Yorkshire,
    /// East Midlands.
    EastMidlands,
    /// West Midlands.
    WestMidlands,
    /// East of England.
    East,
    /// London.
    London,
    /// South East.
    SouthEast,
    /// South West.
    SouthWest,
}

impl Region {
    /// Every region, north to south as ONS lists them.
    pub const ALL: [Region; 9] = [
        Region::NorthEast,
        Region::NorthWest,
        Region::Yorkshire,
        Region::EastMidlands,
        Region::WestMidlands,
        Region::East,
        Region::London,
        Region::SouthEast,
        Region::SouthWest,
    ];

    /// The region's name.
    pub fn name(self) -> &'static str {
        match self {
            Region::NorthEast => "North East",
            Region::NorthWest => "North West",
            Region::Yorkshire => "Yorkshire and the Humber",
            Region::EastMidlands => "East Midlands",
            Region::WestMidlands => "West Midlands",
            Region::East => "East of England",
            Region::London => "London",
            Region::SouthEast => "South East",
            Region::SouthWest => "South West",
        }
    }

    /// A short stable token, for files, commands and addresses.
    pub fn code(self) -> &'static str {
        match self {
            Region::NorthEast => "north-east",
            Region::NorthWest => "north-west",
            Region::Yorkshire => "yorkshire-and-the-humber",
            Region::EastMidlands => "east-midlands",
            Region::WestMidlands => "west-midlands",
            Region::East => "east-of-england",
            Region::London => "london",
            Region::SouthEast => "south-east",
            Region::SouthWest => "south-west",
        }
    }

    /// From its token.
    pub fn parse(code: &str) -> Option<Region> {
        Region::ALL.into_iter().find(|region| region.code() == code)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One council of the register.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Council {
    /// Its ONS code, by which the register is ordered.
    pub code: CouncilCode,
    /// The Department for Education's number; a predecessor and its successor may share one.
    pub dfe: u16,
    /// Its name; a predecessor and its successor may share one.
    pub name: &'static str,
    /// Its region.
    pub region: Region,
    /// Its first day, or `None` if that was before 1 April 2017.
    pub from: Option<Night>,
    /// Its last day, or `None` while it lasts.
    pub until: Option<Night>,
    /// The councils that took its area over; empty while it lasts.
    pub successors: Vec<CouncilCode>,
    /// Other codes and names by which sources know it.
    pub also: Vec<&'static str>,
}

impl Council {
    /// Whether the council was in being on this night.
    pub fn in_force(&self, night: Night) -> bool {
        self.from.is_none_or(|from| from <= night) && self.until.is_none_or(|until| night <= until)
    }

    /// Whether a text is its ONS code, its DfE number or one of its names, whatever the case.
    fn answers_to(&self, text: &str) -> bool {
        self.code.as_str().eq_ignore_ascii_case(text)
            || self.name.eq_ignore_ascii_case(text)
            || (text.len() == 3 && text.parse() == Ok(self.dfe))
            || self.also.iter().any(|other| other.eq_ignore_ascii_case(text))
    }

    fn read(line: &'static str) -> Option<Council> {
        let [gss, dfe, name, region, from, until, successors, also] = fields(line);
        let codes = |text: &str| text.split(';').map(CouncilCode::shaped).collect::<Option<Vec<_>>>();
        let day = |text: &str| match text {
            "" => Some(None),
            written => Night::parse_iso(written).map(Some),
        };
        Some(Council {
            code: CouncilCode::shaped(gss)?,
            dfe: dfe.parse().ok().filter(|number| (201..=999).contains(number))?,
            name: Some(name).filter(|name| !name.is_empty())?,
            region: Region::parse(region)?,
            from: day(from)?,
            until: day(until)?,
            successors: if successors.is_empty() { Vec::new() } else { codes(successors)? },
            also: also.split(';').filter(|other| !other.is_empty()).collect(),
        })
    }
}

/// Cuts a line of our own file at its commas; a field that holds one stands between quotes.
fn fields<const N: usize>(line: &'static str) -> [&'static str; N] {
    let mut rest = line;
    std::array::from_fn(|_| {
        let (field, after) = match rest.strip_prefix('"').and_then(|open| open.split_once('"')) {
            Some((field, after)) => (field, after.strip_prefix(',').unwrap_or(after)),
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        rest = after;
        field
    })
}

fn read_register(facts: &'static str) -> Option<Vec<Council>> {
    let mut lines = facts.lines().filter(|line| !line.starts_with('#'));
    if lines.next()? != COLUMNS {
        return None;
    }
    let councils: Vec<Council> = lines.map(Council::read).collect::<Option<_>>()?;
    councils.is_sorted_by(|a, b| a.code < b.code).then_some(councils)
}

/// Every council of the register, in order of ONS code.
pub fn councils() -> &'static [Council] {
    static REGISTER: OnceLock<Vec<Council>> = OnceLock::new();
    REGISTER.get_or_init(|| read_register(FACTS).expect("the register in this crate reads, in order: a test reads it"))
}

fn position(code: CouncilCode) -> Option<usize> {
    councils().binary_search_by_key(&code, |council| council.code).ok()
}

/// The council of a code.
pub fn council(code: CouncilCode) -> &'static Council {
    let place = position(code).expect("a council code is made only from the register");
    &councils()[place]
}

/// The council that a text names by ONS code, DfE number or name. Of several that share a number or a name,
/// the latest: to have the one of a certain night, use [`find_on`].
pub fn find(text: &str) -> Option<&'static Council> {
    let text = text.trim();
    let named = councils().iter().filter(|council| council.answers_to(text));
    named.max_by_key(|council| (council.until.is_none(), council.until))
}

/// The council that a text names by ONS code, DfE number or name, and that was in being on that night.
pub fn find_on(text: &str, night: Night) -> Option<&'static Council> {
    let text = text.trim();
    councils().iter().find(|council| council.in_force(night) && council.answers_to(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> Night {
        Night::parse_iso(text).unwrap()
    }

    fn code(text: &str) -> CouncilCode {
        CouncilCode::parse(text).unwrap()
    }

    #[test]
    fn the_register_reads() {
        assert_eq!(read_register(FACTS).unwrap().len(), 161);
        assert!(read_register("gss,dfe\nE06000001,805\n").is_none());
    }

    #[test]
    fn as_many_councils_are_in_force_as_england_had() {
        let count = |night| councils().iter().filter(|council| council.in_force(on(night))).count();
        assert_eq!(count("2017-04-01"), 152);
        assert_eq!(count("2019-03-31"), 152);
        assert_eq!(count("2019-04-01"), 151); // Dorset's three became two
        assert_eq!(count("2020-04-01"), 151); // Buckinghamshire, one for one
        assert_eq!(count("2021-04-01"), 152); // Northamptonshire became two
        assert_eq!(count("2023-03-31"), 152);
        assert_eq!(count("2023-04-01"), 153); // Cumbria became two
        assert_eq!(count("2026-03-31"), 153);
    }

    #[test]
    fn no_night_falls_between_a_council_and_its_successors() {
        let ended: Vec<&Council> = councils().iter().filter(|council| council.until.is_some()).collect();
        assert_eq!(ended.len(), 8);
        for council_ended in ended {
            assert!(!council_ended.successors.is_empty());
            for &successor in &council_ended.successors {
                assert!(position(successor).is_some(), "{successor}");
                assert_eq!(council(successor).from, council_ended.until.map(Night::next), "{successor}");
            }
        }
        for begun in councils().iter().filter(|council| council.from.is_some()) {
            assert!(councils().iter().any(|council| council.successors.contains(&begun.code)), "{begun:?}");
        }
    }

    #[test]
    fn every_region_has_councils() {
        let sizes = Region::ALL.map(|region| {
            let there = |council: &&Council| council.region == region && council.in_force(on("2026-03-31"));
            councils().iter().filter(there).count()
        });
        assert_eq!(sizes, [12, 24, 15, 10, 14, 11, 33, 19, 15]);
        assert!(Region::ALL.iter().all(|&region| Region::parse(region.code()) == Some(region)));
    }

    #[test]
    fn on_any_night_a_number_or_a_name_means_one_council() {
        for night in ["2017-04-01", "2020-01-01", "2022-01-01", "2026-03-31"].map(on) {
            for council in councils().iter().filter(|council| council.in_force(night)) {
                let number = council.dfe.to_string();
                let names = [council.code.as_str(), council.name, &number];
                for text in names.into_iter().chain(council.also.iter().copied()) {
                    let named = councils().iter().filter(|c| c.in_force(night) && c.answers_to(text));
                    assert_eq!(named.count(), 1, "{text} on {night}");
                }
            }
        }
    }

    #[test]
    fn a_shared_number_is_told_apart_by_the_night() {
        for (number, before, after) in
            [("825", "E10000002", "E06000060"), ("815", "E10000023", "E06000065"), ("933", "E10000027", "E06000066")]
        {
            assert_eq!(find_on(number, on("2019-05-01")).unwrap().code, code(before));
            assert_eq!(find_on(number, on("2024-05-01")).unwrap().code, code(after));
            assert_eq!(find(number).unwrap().code, code(after));
        }
        assert_eq!(find_on("928", on("2024-05-01")), None);
        assert_eq!(find("928").unwrap().name, "Northamptonshire");
    }

    #[test]
    fn a_council_is_found_by_code_number_or_name() {
        assert_eq!(find(" e06000058 ").unwrap().dfe, 839);
        assert_eq!(find("bournemouth, christchurch and poole").unwrap().dfe, 839);
        assert_eq!(find("Bristol, City of").unwrap().name, "Bristol");
        assert_eq!(find("City of London").unwrap().dfe, 201);
        assert_eq!(find("Poole").unwrap().until, Some(on("2019-03-31")));
        assert_eq!(find(""), None);
        assert_eq!(find("+825"), None);
    }

    #[test]
    fn a_code_is_one_of_the_register() {
        assert_eq!(code("e06000060").to_string(), "E06000060");
        assert_eq!(code("E08000038").as_str(), "E08000016"); // Barnsley's code since 2025
        for wrong in ["E06000061X", "E07000026", "W06000015", "E0600006é", ""] {
            assert_eq!(CouncilCode::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_travels_as_text() {
        use serde::de::IntoDeserializer;
        use serde::de::value::{Error, StrDeserializer};
        let read = |text: &'static str| {
            let from: StrDeserializer<'_, Error> = text.into_deserializer();
            CouncilCode::deserialize(from)
        };
        assert_eq!(read("E09000001").unwrap(), code("E09000001"));
        assert!(read("E99999999").is_err());
    }
}
