//! The publishers' own files, each known by its column names, read into what the tables are made of.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{CouncilCode, Region};
use serde::Deserialize;

use super::Refusal;
use super::sheet::{Cell, Row, Sheet};
use crate::Decimal;

/// Single years of age that the census is read for: 0 to 24.
pub(super) const CENSUS_AGES: usize = 25;
/// Single years of childhood: 0 to 17.
pub(super) const CHILD_AGES: usize = 18;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// ONS mid-2020 population estimates of upper-tier councils by single year of age.
    MidYear2020,
    /// Census 2021 usual residents of districts by single year of age (Nomis).
    CensusAge,
    /// Census 2021 provision of unpaid care by district, all ages from 5 (Nomis).
    CensusCare,
    /// DfE numbers and rates of children looked after, with the population each rate is of.
    LookedAfter,
    /// DfE Local Authority Interactive Tool, one row a measure, year and area.
    Lait,
    /// Indices of deprivation 2019, upper-tier summaries.
    Imd2019,
    /// Indices of deprivation 2025, lower-tier summaries.
    Imd2025,
    /// Projected population of regions by ten-year age, in thousands.
    Projection,
    /// ONS lookup of lower-tier districts to upper-tier councils, 2023.
    Districts,
    /// Register of councils with what replaced them.
    Register,
    /// A hex map of upper-tier councils (HexJSON).
    Hexes,
}

impl Kind {
    /// Every kind that a compilation needs.
    pub const ALL: [Kind; 11] = [
        Kind::MidYear2020,
        Kind::CensusAge,
        Kind::CensusCare,
        Kind::LookedAfter,
        Kind::Lait,
        Kind::Imd2019,
        Kind::Imd2025,
        Kind::Projection,
        Kind::Districts,
        Kind::Register,
        Kind::Hexes,
    ];

    /// The columns that tell a file of this kind from every other.
    fn marks(self) -> &'static [&'static str] {
        match self {
            Kind::MidYear2020 => &["utla20_code", "total_population", "17"],
            Kind::CensusAge => &["geography code", AGE_TOTAL],
            Kind::CensusCare => &["geography code", CARE_TOTAL, CARE_NONE],
            Kind::LookedAfter => &["new_la_code", "population_count", "population_estimate", "rate_per_10000"],
            Kind::Lait => &["measure", "year", "la_number", "value"],
            Kind::Imd2019 => &["Upper Tier Local Authority District code (2019)", "IMD - Average score"],
            Kind::Imd2025 => &["ltla24_code", "imd_average_score"],
            Kind::Projection => &["name", "unit", "reference", "2028"],
            Kind::Districts => &["ltla23_code", "utla23_code"],
            Kind::Register => &["local-authority-code", "gss-code", "replaced-by"],
            Kind::Hexes => &[],
        }
    }

    /// What a file is by its first line, whatever it is called. `None` for a stranger.
    pub(super) fn of(bytes: &[u8]) -> Option<Kind> {
        if bytes.trim_ascii_start().starts_with(b"{") {
            return serde_json::from_slice::<HexFile>(bytes).is_ok().then_some(Kind::Hexes);
        }
        let header = Sheet::header(bytes);
        let has = |name: &&str| header.iter().any(|column| column == name);
        Kind::ALL.into_iter().find(|kind| !kind.marks().is_empty() && kind.marks().iter().all(has))
    }

    /// What it is, for a person.
    pub fn name(self) -> &'static str {
        match self {
            Kind::MidYear2020 => "mid-2020 population by single year of age (columns utla20_code, 0, 1, …)",
            Kind::CensusAge => "Census 2021 age by district (Nomis columns `Age: …`)",
            Kind::CensusCare => "Census 2021 unpaid care by district (Nomis columns `Provision of unpaid care: …`)",
            Kind::LookedAfter => "DfE numbers and rates of children looked after (population_estimate, number, …)",
            Kind::Lait => "DfE Local Authority Interactive Tool (measure, year, area, la_number, region, value)",
            Kind::Imd2019 => "indices of deprivation 2019, upper tier",
            Kind::Imd2025 => "indices of deprivation 2025, lower tier (ltla24_code, imd_average_score)",
            Kind::Projection => "regional projection by ten-year age (name, unit, reference, 2018, …)",
            Kind::Districts => "lookup of districts to councils, 2023 (ltla23_code, utla23_code)",
            Kind::Register => "register of councils with what replaced them (gss-code, replaced-by)",
            Kind::Hexes => "hex map (HexJSON)",
        }
    }
}

const AGE_TOTAL: &str = "Age: Total; measures: Value";
const CARE_TOTAL: &str = "Provision of unpaid care: Total: All usual residents aged 5 and over";
const CARE_NONE: &str = "Provision of unpaid care: Provides no unpaid care";

/// One district in the census.
pub(super) struct Residents {
    pub(super) total: i64,
    pub(super) ages: [i64; CENSUS_AGES],
}

/// One council's row, or England's, of looked-after children.
pub(super) struct CareCount {
    pub(super) population: Cell,
    pub(super) number: Cell,
    pub(super) rate: Cell,
}

/// The measures read from one file of looked-after children: by what was counted and year.
pub(super) type CareCounts = BTreeMap<(String, u16), BTreeMap<CouncilCode, CareCount>>;
/// England's own rows of the same.
pub(super) type EnglandCounts = BTreeMap<(String, u16), CareCount>;
/// Values by measure and year as written (`2024`, `2023-24 (OT)`), then by the DfE number of the area.
pub(super) type LaitValues = BTreeMap<(String, String), BTreeMap<u16, Cell>>;

/// Puts a row in once: the same key twice is refused.
fn once<K: Ord, V>(into: &mut BTreeMap<K, V>, key: K, value: V, sheet: &Sheet, row: &Row) -> Result<(), Refusal> {
    match into.insert(key, value) {
        None => Ok(()),
        Some(_) => Err(sheet.refuse(row, "this area stands here twice")),
    }
}

/// A code that the register of councils has.
fn council(sheet: &Sheet, row: &Row, column: usize) -> Result<CouncilCode, Refusal> {
    let text = sheet.text(row, column);
    CouncilCode::parse(text)
        .ok_or_else(|| sheet.refuse(row, format!("`{text}` is no code of a council that the register has")))
}

/// Mid-2020 children by single year of age.
pub(super) fn mid_year(sheet: &Sheet) -> Result<BTreeMap<CouncilCode, [i64; CHILD_AGES]>, Refusal> {
    let code = sheet.column("utla20_code")?;
    let all = sheet.column("total_population")?;
    let columns = (0..CHILD_AGES).map(|age| sheet.column(&age.to_string())).collect::<Result<Vec<_>, _>>()?;
    let mut read = BTreeMap::new();
    for row in &sheet.rows {
        let mut ages = [0; CHILD_AGES];
        for (age, &column) in ages.iter_mut().zip(&columns) {
            *age = sheet.count(row, column)?;
        }
        let (children, everyone) = (ages.iter().sum::<i64>(), sheet.count(row, all)?);
        if children > everyone {
            return Err(sheet.refuse(row, format!("{children} children are more than the {everyone} residents")));
        }
        once(&mut read, council(sheet, row, code)?, ages, sheet, row)?;
    }
    Ok(read)
}

/// Residents of each district of England; rows of Wales are passed over.
pub(super) fn census_age(sheet: &Sheet) -> Result<BTreeMap<String, Residents>, Refusal> {
    let code = sheet.column("geography code")?;
    let all = sheet.column(AGE_TOTAL)?;
    let single = |age: usize| match age {
        0 => "Age: Aged under 1 year; measures: Value".to_owned(),
        1 => "Age: Aged 1 year; measures: Value".to_owned(),
        _ => format!("Age: Aged {age} years; measures: Value"),
    };
    let columns = (0..CENSUS_AGES).map(|age| sheet.column(&single(age))).collect::<Result<Vec<_>, _>>()?;
    // The publisher's own sums, against which each row is checked.
    let sums =
        [("4 years and under", 0..5), ("5 to 9 years", 5..10), ("10 to 15 years", 10..16), ("20 to 24 years", 20..25)];
    let mut checks = Vec::new();
    for (name, ages) in sums {
        checks.push((sheet.column(&format!("Age: Aged {name}; measures: Value"))?, name, ages));
    }
    let mut read = BTreeMap::new();
    for row in sheet.rows.iter().filter(|row| sheet.text(row, code).starts_with('E')) {
        let mut ages = [0; CENSUS_AGES];
        for (age, &column) in ages.iter_mut().zip(&columns) {
            *age = sheet.count(row, column)?;
        }
        for (column, name, range) in &checks {
            let (sum, said) = (ages[range.clone()].iter().sum::<i64>(), sheet.count(row, *column)?);
            // Cell-key perturbation moves small counts, so that parts differ from their sum by a handful.
            if (sum - said).abs() > 30 {
                return Err(sheet.refuse(row, format!("ages {name} sum to {sum}, and their total says {said}")));
            }
        }
        let residents = Residents { total: sheet.count(row, all)?, ages };
        once(&mut read, sheet.text(row, code).to_owned(), residents, sheet, row)?;
    }
    Ok(read)
}

/// Of each district of England: residents aged 5 and over, and those of them who give unpaid care.
pub(super) fn census_care(sheet: &Sheet) -> Result<BTreeMap<String, (i64, i64)>, Refusal> {
    let (code, all, none) = (sheet.column("geography code")?, sheet.column(CARE_TOTAL)?, sheet.column(CARE_NONE)?);
    let mut read = BTreeMap::new();
    for row in sheet.rows.iter().filter(|row| sheet.text(row, code).starts_with('E')) {
        let (people, without) = (sheet.count(row, all)?, sheet.count(row, none)?);
        if without > people {
            return Err(
                sheet.refuse(row, format!("{without} without unpaid care are more than the {people} residents"))
            );
        }
        once(&mut read, sheet.text(row, code).to_owned(), (people, people - without), sheet, row)?;
    }
    Ok(read)
}

/// Councils, and England, by what was counted and the year that ended on 31 March.
pub(super) fn looked_after(sheet: &Sheet) -> Result<(CareCounts, EnglandCounts), Refusal> {
    let [year, level, code, what] =
        ["time_period", "geographic_level", "new_la_code", "population_count"].map(|name| sheet.column(name));
    let [population, number, rate] = ["population_estimate", "number", "rate_per_10000"].map(|name| sheet.column(name));
    let (year, level, code, what) = (year?, level?, code?, what?);
    let (population, number, rate) = (population?, number?, rate?);
    let (mut councils, mut england) = (CareCounts::new(), BTreeMap::new());
    for row in &sheet.rows {
        let written = sheet.text(row, year);
        let ending: u16 = written.parse().map_err(|_| sheet.refuse(row, format!("`{written}` is no year")))?;
        let key = (sheet.text(row, what).to_owned(), ending);
        let count = || -> Result<CareCount, Refusal> {
            Ok(CareCount {
                population: sheet.cell(row, population)?,
                number: sheet.cell(row, number)?,
                rate: sheet.cell(row, rate)?,
            })
        };
        match sheet.text(row, level) {
            "National" => once(&mut england, key, count()?, sheet, row)?,
            "Local authority" => {
                let council = council(sheet, row, code)?;
                once(councils.entry(key).or_default(), council, count()?, sheet, row)?;
            }
            "Regional" => {}
            other => return Err(sheet.refuse(row, format!("`{other}` is no geographic level that we know"))),
        }
    }
    Ok((councils, england))
}

/// The wanted measures; every row of another measure is passed over.
pub(super) fn lait(sheet: &Sheet, wanted: &BTreeSet<&str>, into: &mut LaitValues) -> Result<(), Refusal> {
    let [measure, year, number, value] = ["measure", "year", "la_number", "value"].map(|name| sheet.column(name));
    let (measure, year, number, value) = (measure?, year?, number?, value?);
    for row in sheet.rows.iter().filter(|row| wanted.contains(sheet.text(row, measure))) {
        let key = (sheet.text(row, measure).to_owned(), sheet.text(row, year).to_owned());
        let written = sheet.text(row, number);
        let area: u16 = written
            .strip_suffix(".0")
            .unwrap_or(written)
            .parse()
            .map_err(|_| sheet.refuse(row, format!("`{written}` is no DfE number of an area")))?;
        once(into.entry(key).or_default(), area, sheet.cell(row, value)?, sheet, row)?;
    }
    Ok(())
}

/// A score of deprivation: between 0 and 100.
fn score(sheet: &Sheet, row: &Row, column: usize) -> Result<Decimal, Refusal> {
    let score = sheet.amount(row, column)?;
    if score > Decimal::whole(100) {
        return Err(sheet.refuse(row, format!("an average score lies between 0 and 100, and this is {score}")));
    }
    Ok(score)
}

/// Average scores of upper-tier councils.
pub(super) fn imd_2019(sheet: &Sheet) -> Result<BTreeMap<CouncilCode, Decimal>, Refusal> {
    let code = sheet.column("Upper Tier Local Authority District code (2019)")?;
    let average = sheet.column("IMD - Average score")?;
    let mut read = BTreeMap::new();
    for row in &sheet.rows {
        once(&mut read, council(sheet, row, code)?, score(sheet, row, average)?, sheet, row)?;
    }
    Ok(read)
}

/// Average scores of lower-tier districts.
pub(super) fn imd_2025(sheet: &Sheet) -> Result<BTreeMap<String, Decimal>, Refusal> {
    let (code, average) = (sheet.column("ltla24_code")?, sheet.column("imd_average_score")?);
    let mut read = BTreeMap::new();
    for row in &sheet.rows {
        once(&mut read, sheet.text(row, code).to_owned(), score(sheet, row, average)?, sheet, row)?;
    }
    Ok(read)
}

/// Thousands of people by region, first age of a ten-year band (0 or 10), and year.
pub(super) type Projection = BTreeMap<(Region, u16), BTreeMap<u16, Decimal>>;

/// The years that a projection must have.
pub(super) const PROJECTED: std::ops::RangeInclusive<u16> = 2023..=2028;

/// The bands 0–9 and 10–19 of the nine regions; other rows are passed over.
pub(super) fn projection(sheet: &Sheet) -> Result<Projection, Refusal> {
    let (name, unit) = (sheet.column("name")?, sheet.column("unit")?);
    let years =
        PROJECTED.map(|year| Ok((year, sheet.column(&year.to_string())?))).collect::<Result<Vec<_>, Refusal>>()?;
    let mut read = Projection::new();
    for row in &sheet.rows {
        let Some(key) = band(sheet.text(row, name)) else { continue };
        if sheet.text(row, unit) != "person-k" {
            return Err(sheet.refuse(row, "the unit must be person-k, thousands of people"));
        }
        let mut of_year = BTreeMap::new();
        for &(year, column) in &years {
            let thousands = sheet.amount(row, column)?;
            if thousands.is_zero() {
                return Err(sheet.refuse(row, format!("{year} has nobody")));
            }
            of_year.insert(year, thousands);
        }
        let base = of_year[PROJECTED.start()];
        if let Some((year, _)) = of_year.iter().find(|(_, now)| **now > base + base || base > **now + **now) {
            let start = PROJECTED.start();
            return Err(sheet.refuse(row, format!("a band of a region halves or doubles between {start} and {year}")));
        }
        once(&mut read, key, of_year, sheet, row)?;
    }
    for region in Region::ALL {
        if let Some(age) = [0, 10].into_iter().find(|&age| !read.contains_key(&(region, age))) {
            return Err(Refusal::of(&sheet.file, None, format!("there is no row for {region}, ages from {age}")));
        }
    }
    Ok(read)
}

fn band(name: &str) -> Option<(Region, u16)> {
    let (region, age) = [("_age_0_9", 0), ("_age_10_19", 10)]
        .into_iter()
        .find_map(|(end, age)| Some((name.strip_suffix(end)?, age)))?;
    let region = match region {
        "yorkshire" | "yorkshire_and_the_humber" => Region::Yorkshire,
        "east" | "east_of_england" => Region::East,
        other => Region::parse(&other.replace('_', "-"))?,
    };
    Some((region, age))
}

/// Districts to the council of today above them.
pub(super) fn districts(sheet: &Sheet) -> Result<BTreeMap<String, CouncilCode>, Refusal> {
    let (district, above) = (sheet.column("ltla23_code")?, sheet.column("utla23_code")?);
    let mut read = BTreeMap::new();
    for row in sheet.rows.iter().filter(|row| sheet.text(row, district).starts_with('E')) {
        once(&mut read, sheet.text(row, district).to_owned(), council(sheet, row, above)?, sheet, row)?;
    }
    Ok(read)
}

/// Abolished councils of England by ONS code, to the one that replaced each. One that several replaced is left out:
/// it is a county, which the register of councils knows.
pub(super) fn register(sheet: &Sheet) -> Result<BTreeMap<String, String>, Refusal> {
    let (own, gss, next) =
        (sheet.column("local-authority-code")?, sheet.column("gss-code")?, sheet.column("replaced-by")?);
    let codes: BTreeMap<&str, &str> =
        sheet.rows.iter().map(|row| (sheet.text(row, own), sheet.text(row, gss))).collect();
    let mut read = BTreeMap::new();
    for row in &sheet.rows {
        let (code, successor) = (sheet.text(row, gss), sheet.text(row, next));
        if !code.starts_with('E') || successor.is_empty() || successor.contains(',') {
            continue;
        }
        let successor = codes
            .get(successor)
            .ok_or_else(|| sheet.refuse(row, format!("`{successor}` replaced it, and has no row here")))?;
        read.insert(code.to_owned(), (*successor).to_owned());
    }
    Ok(read)
}

#[derive(Deserialize)]
struct HexFile {
    layout: String,
    hexes: BTreeMap<String, HexAt>,
}

#[derive(Deserialize)]
struct HexAt {
    q: i16,
    r: i16,
}

/// Where each council of England stands on the map, as (column, row).
pub(super) fn hexes(file: &str, bytes: &[u8]) -> Result<BTreeMap<CouncilCode, (i16, i16)>, Refusal> {
    let refuse = |reason: String| Refusal::of(file, None, reason);
    let read: HexFile =
        serde_json::from_slice(bytes).map_err(|error| refuse(format!("this is no HexJSON ({error})")))?;
    if read.layout != "odd-r" {
        return Err(refuse(format!("its layout is {}; we read odd-r, whose odd rows are pushed right", read.layout)));
    }
    let mut places = BTreeMap::new();
    let english = read.hexes.iter().filter(|(code, _)| code.starts_with('E'));
    for (code, at) in english {
        let council =
            CouncilCode::parse(code).ok_or_else(|| refuse(format!("`{code}` is no council that the register has")))?;
        places.insert(council, (at.q, at.r));
    }
    Ok(places)
}
