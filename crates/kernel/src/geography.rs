//! Places on an integer grid: the postcode districts of Great Britain with their centres and councils, and distances
//! that are compared as whole numbers. There is no float in an order, so every machine has the same nearest home.
//!
//! A district is all that most questions need: it tells how far without telling where a child lives.
//!
//! ```
//! use kernel::{district, outcode};
//!
//! let home = district(&outcode("bl3 4hf").unwrap()).unwrap();
//! let school = district("M1").unwrap();
//! assert_eq!(home.centre.miles(school.centre).to_string(), "10.1 miles");
//! assert_eq!(home.council.unwrap().as_str(), "E08000001"); // Bolton
//! ```

use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize, Serializer};

use crate::council::CouncilCode;

/// The facts, with source, year and licence in the head of each file.
const OUTCODES: &str = include_str!("../facts/outcodes.csv");
const COUNTIES: &str = include_str!("../facts/county_districts.csv");
/// The columns of the first. Eastings and northings are in units of 100 m.
const COLUMNS: &str = "outcode,nation,east,north,postcodes,council,share,others";

/// The grid of Great Britain goes no further, in metres.
const MOST_EAST: i32 = 700_000;
const MOST_NORTH: i32 = 1_300_000;
/// Millimetres in a mile (Weights and Measures Act 1985).
const MILE: u128 = 1_609_344;

/// A point of the National Grid (OSGB36), in whole metres. Of a child, to a district's centre or coarser, never to a door.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "RawPoint")]
pub struct GridPoint {
    east: i32,
    north: i32,
}

#[derive(Deserialize)]
struct RawPoint {
    east: i32,
    north: i32,
}

impl TryFrom<RawPoint> for GridPoint {
    type Error = String;

    fn try_from(raw: RawPoint) -> Result<GridPoint, String> {
        GridPoint::try_new(raw.east, raw.north).ok_or_else(|| {
            format!(
                "east {} north {} is not on the National Grid (0 to {MOST_EAST}, 0 to {MOST_NORTH} m)",
                raw.east, raw.north
            )
        })
    }
}

impl GridPoint {
    /// `None` off the grid of Great Britain.
    pub fn try_new(east: i32, north: i32) -> Option<GridPoint> {
        ((0..=MOST_EAST).contains(&east) && (0..=MOST_NORTH).contains(&north)).then_some(GridPoint { east, north })
    }

    /// Metres east of the grid's origin.
    pub fn east(self) -> i32 {
        self.east
    }

    /// Metres north of it.
    pub fn north(self) -> i32 {
        self.north
    }

    /// The distance squared, in square metres, at most 2.2 × 10¹²: what distances are compared by.
    #[inline]
    pub fn distance_squared(self, other: GridPoint) -> i64 {
        let (east, north) = (i64::from(self.east - other.east), i64::from(self.north - other.north));
        east * east + north * north
    }

    /// Whether the other is no further than so many metres.
    #[inline]
    pub fn within(self, other: GridPoint, metres: u32) -> bool {
        self.distance_squared(other) <= i64::from(metres) * i64::from(metres)
    }

    /// Whole metres between two points, rounded down: for people to read, not to order by.
    pub fn metres(self, other: GridPoint) -> u32 {
        self.distance_squared(other).isqrt() as u32
    }

    /// The distance for a person to read: rounded, so two of them must not be compared.
    pub fn miles(self, other: GridPoint) -> Tenths {
        // The greatest t with (t - 1/2) tenths of a mile no more than the distance, all multiplied until it is whole.
        let squared = u128::from(self.distance_squared(other).unsigned_abs());
        let halves = (squared * 400_000_000).isqrt() / MILE;
        Tenths(u32::try_from(halves.div_ceil(2)).unwrap_or(u32::MAX))
    }
}

/// Tenths of a mile, for display. Without an order on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tenths(u32);

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{} miles", self.0 / 10, self.0 % 10))
    }
}

impl Serialize for Tenths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{}.{}", self.0 / 10, self.0 % 10))
    }
}

/// A nation of Great Britain. Northern Ireland has another grid and is not here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nation {
    /// England.
    England,
    /// Wales.
    Wales,
    /// Scotland.
    Scotland,
}

impl Nation {
    /// The letter that its codes begin with.
    pub fn letter(self) -> char {
        match self {
            Nation::England => 'E',
            Nation::Wales => 'W',
            Nation::Scotland => 'S',
        }
    }

    /// From that letter.
    pub fn from_letter(letter: char) -> Option<Nation> {
        [Nation::England, Nation::Wales, Nation::Scotland].into_iter().find(|nation| nation.letter() == letter)
    }
}

/// A postcode district: the first half of its postcodes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct District {
    /// `BL3`.
    pub outcode: &'static str,
    /// The nation that most of its postcodes are in.
    pub nation: Nation,
    /// The mean of its postcodes, to 100 m.
    pub centre: GridPoint,
    /// How many postcodes that is the mean of, terminated ones among them.
    pub postcodes: u32,
    /// The council of 1 April 2023 that most of its English postcodes are in; none if it has none.
    pub council: Option<CouncilCode>,
    /// That council's share of all its postcodes, in per cent, rounded down.
    pub share: u8,
    /// Other English councils that have at least one per cent of them, the larger share first.
    pub others: Vec<(CouncilCode, u8)>,
}

impl District {
    fn read(line: &'static str) -> Option<District> {
        let mut fields = line.split(',');
        let mut next = || fields.next();
        let outcode = next().filter(|text| is_outcode(text))?;
        let nation = Nation::from_letter(next()?.chars().next()?)?;
        let hectometres = |text: &str| text.parse::<i32>().ok()?.checked_mul(100);
        let (east, north) = (hectometres(next()?)?, hectometres(next()?)?);
        let postcodes = next()?.parse().ok()?;
        let council = match next()? {
            "" => None,
            code => Some(CouncilCode::parse(code)?),
        };
        let share = next()?.parse().ok().filter(|share| *share <= 100)?;
        let other = |text: &str| {
            let (code, share) = text.split_once(':')?;
            Some((CouncilCode::parse(code)?, share.parse().ok()?))
        };
        let others = next()?.split(';').filter(|text| !text.is_empty()).map(other).collect::<Option<_>>()?;
        let centre = GridPoint::try_new(east, north)?;
        Some(District { outcode, nation, centre, postcodes, council, share, others })
    }
}

fn read_districts(facts: &'static str) -> Option<Vec<District>> {
    let mut lines = facts.lines().filter(|line| !line.starts_with('#'));
    if lines.next()? != COLUMNS {
        return None;
    }
    let districts: Vec<District> = lines.map(District::read).collect::<Option<_>>()?;
    districts.is_sorted_by(|one, other| one.outcode < other.outcode).then_some(districts)
}

/// Every postcode district of Great Britain, in order of outcode.
pub fn districts() -> &'static [District] {
    static DISTRICTS: OnceLock<Vec<District>> = OnceLock::new();
    DISTRICTS.get_or_init(|| {
        read_districts(OUTCODES).expect("the districts in this crate read, in order: a test reads them")
    })
}

/// The district of an outcode, in either case.
pub fn district(outcode: &str) -> Option<&'static District> {
    let wanted = outcode.trim().to_ascii_uppercase();
    let place = districts().binary_search_by(|district| district.outcode.cmp(&wanted)).ok()?;
    districts().get(place)
}

/// The outcode of a postcode, however it is spaced; of an outcode alone, itself. `None` for what is neither.
pub fn outcode(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let inward = |tail: &str| {
        let bytes = tail.as_bytes();
        bytes.len() == 3 && bytes[0].is_ascii_digit() && bytes[1..].iter().all(u8::is_ascii_uppercase)
    };
    let cut = text.len().checked_sub(3).filter(|cut| text.is_char_boundary(*cut));
    if let Some((head, tail)) = cut.map(|cut| text.split_at(cut))
        && inward(tail)
        && is_outcode(head)
    {
        return Some(head.to_owned());
    }
    is_outcode(&text).then_some(text)
}

/// A9, A99, A9A, AA9, AA99 or AA9A.
fn is_outcode(text: &str) -> bool {
    let kind = |byte: u8| match byte {
        b'A'..=b'Z' => b'A',
        b'0'..=b'9' => b'9',
        _ => b'?',
    };
    let shape: Vec<u8> = text.bytes().map(kind).collect();
    matches!(shape.as_slice(), b"A9" | b"A99" | b"A9A" | b"AA9" | b"AA99" | b"AA9A")
}

/// The council responsible for children's services in an English district of any tier, by its ONS code: the county for
/// a county's district, otherwise the council itself. `None` for what is not in England or not known.
pub fn upper_tier(code: &str) -> Option<CouncilCode> {
    if !code.starts_with("E07") {
        return CouncilCode::parse(code);
    }
    static COUNTY: OnceLock<Vec<(&'static str, &'static str)>> = OnceLock::new();
    let counties = COUNTY.get_or_init(|| {
        let rows = COUNTIES.lines().filter(|line| line.starts_with('E'));
        rows.filter_map(|line| line.split_once(',')).collect()
    });
    let place = counties.binary_search_by_key(&code, |(district, _)| district).ok()?;
    counties.get(place).and_then(|(_, county)| CouncilCode::parse(county))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::council::councils;
    use crate::night::Night;

    #[test]
    fn the_districts_read_and_every_council_of_2023_has_one() {
        let all = read_districts(OUTCODES).unwrap();
        assert!(OUTCODES.len() < 400_000, "the file stays small");
        assert_eq!(all.iter().filter(|district| district.council.is_some()).count(), ENGLISH);
        let named: BTreeSet<CouncilCode> =
            all.iter().flat_map(|d| d.council.into_iter().chain(d.others.iter().map(|(code, _)| *code))).collect();
        let on = Night::parse_iso("2023-04-01").unwrap();
        let missing: Vec<&str> =
            councils().iter().filter(|c| c.in_force(on) && !named.contains(&c.code)).map(|c| c.name).collect();
        assert_eq!(missing, [""; 0]);
        assert!(all.iter().all(|d| d.others.is_sorted_by(|one, other| one.1 >= other.1)));
        assert!(all.iter().all(|d| d.nation != Nation::England || d.council.is_some()));
    }

    /// Of Great Britain's districts those with an English postcode.
    const ENGLISH: usize = 2323;

    #[test]
    fn every_county_district_has_its_county() {
        let rows: Vec<&str> = COUNTIES.lines().filter(|line| line.starts_with('E')).collect();
        assert_eq!(rows.len(), 164);
        assert!(rows.is_sorted());
        assert!(rows.iter().all(|row| upper_tier(&row[..9]).is_some_and(|county| county.as_str() == &row[10..])));
        assert_eq!(upper_tier("E08000038").unwrap().as_str(), "E08000016", "Barnsley by its code of 2025");
        assert_eq!(upper_tier("E07999999"), None);
        assert_eq!(upper_tier("W06000015"), None);
    }

    #[test]
    fn an_outcode_is_found_however_it_is_written() {
        for (written, meant) in
            [("bl3 4hf", "BL3"), ("SW1A1AA", "SW1A"), (" e1 ", "E1"), ("M11AE", "M1"), ("EC1A", "EC1A"), ("W1A", "W1A")]
        {
            assert_eq!(outcode(written).as_deref(), Some(meant), "{written}");
        }
        for wrong in ["", "12", "BL34HF4", "Bolton", "é1", "GIR 0AA"] {
            assert_eq!(outcode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn miles_are_rounded_to_the_nearest_tenth_and_whole_numbers_decide() {
        let at = |east, north| GridPoint::try_new(east, north).unwrap();
        let from = at(0, 0);
        for (metres, shown) in [(0, "0.0"), (80, "0.0"), (81, "0.1"), (1609, "1.0"), (16_012, "9.9"), (16_013, "10.0")]
        {
            assert_eq!(from.miles(at(metres, 0)).to_string(), format!("{shown} miles"), "{metres}");
        }
        // Against the definition, tenth by tenth: t is shown from (t - 1/2) tenths on.
        for metres in 0..20_000i32 {
            let Tenths(tenths) = from.miles(at(metres, 0));
            let (metres, tenths) = (i64::from(metres) * 20_000, i64::from(tenths));
            assert!((2 * tenths - 1) * 1_609_344 <= metres && metres < (2 * tenths + 1) * 1_609_344);
        }
        assert_eq!(at(3, 0).distance_squared(at(0, 4)), 25);
        assert_eq!(at(MOST_EAST, MOST_NORTH).distance_squared(from), 2_180_000_000_000);
        assert_eq!(GridPoint::try_new(-1, 0), None);
        assert!(at(0, 3_000).within(at(4_000, 0), 5_000) && !at(0, 3_000).within(at(4_000, 0), 4_999));
        assert_eq!(at(0, 3_000).metres(at(4_000, 0)), 5_000);
    }
}
