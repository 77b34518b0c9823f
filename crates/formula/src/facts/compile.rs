//! From the publishers' files to our tables. All or nothing: the first thing wrong refuses the whole, with its file,
//! line and reason.

use std::collections::BTreeMap;

use kernel::{CouncilCode, Night, Region};

use super::catalogue::Catalogue;
use super::fill::{self, Cells, Children, Column, apportion, current};
use super::geography::{Districts, predecessors};
use super::inputs::{FileReport, Inputs, LAIT, Use, Year};
use super::sheet::{Cell, MOST_PEOPLE};
use super::sources::{self, CHILD_AGES, CareCount, Kind};
use super::table::{self, Made};
use super::{Basis, CATALOGUE, Refusal, hexes, project};
use crate::Decimal;

/// The tables, and what was read to make them.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// File names and what they hold, to be written side by side.
    pub tables: Vec<(String, String)>,
    /// What was read, withheld and estimated.
    pub report: CompileReport,
}

/// What a compilation did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CompileReport {
    /// Each file, by name.
    pub files: Vec<FileReport>,
    /// Each indicator, in the order of the catalogue.
    pub indicators: Vec<IndicatorReport>,
}

/// One indicator.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct IndicatorReport {
    /// Its name.
    pub id: String,
    /// Values as published.
    pub published: usize,
    /// Values estimated or projected, by method.
    pub estimated: BTreeMap<String, usize>,
}

/// Indicators from the department's file of looked-after children.
const LOOKED_AFTER: [(&str, &str); 3] = [
    ("looked_after", "Children looked after at 31 March each year"),
    ("started_looked_after", "Children starting to be looked after each year"),
    ("ceased_looked_after", "Children ceasing to be looked after each year"),
];
const LOOKED_AFTER_YEARS: std::ops::RangeInclusive<u16> = 2020..=2024;

/// The one council that the mid-2020 table lacks.
const NORTHAMPTONSHIRE: &str = "E10000021";

/// The tool's numbers of the regions, and of England.
fn lait_region(region: Region) -> u16 {
    match region {
        Region::NorthEast => 980,
        Region::NorthWest => 981,
        Region::Yorkshire => 982,
        Region::EastMidlands => 983,
        Region::WestMidlands => 984,
        Region::East => 985,
        Region::London => 986,
        Region::SouthEast => 989,
        Region::SouthWest => 990,
    }
}
const LAIT_ENGLAND: u16 = 970;

/// Makes the tables from files given as (name, bytes), whatever they are called.
///
/// # Errors
/// The first thing that is wrong with a file, or the kind of file that is not among them.
pub fn compile(files: &[(String, Vec<u8>)]) -> Result<Compiled, Refusal> {
    let catalogue = Catalogue::read(CATALOGUE)?;
    let mut inputs = Inputs::default();
    let mut reports = Vec::new();
    for (name, bytes) in files {
        reports.push(inputs.read(name, bytes)?);
    }
    if let Some(missing) = Kind::ALL.into_iter().find(|kind| !inputs.files.contains_key(kind)) {
        return Err(Refusal::of("(no file)", None, format!("there is no file of this kind: {}", missing.name())));
    }
    let maker = Maker::new(&inputs, &catalogue)?;
    let columns = maker.columns()?;
    let mut tables = Vec::new();
    for table in catalogue.tables() {
        let wanted = catalogue.columns(table);
        if let Some(absent) = wanted.iter().find(|indicator| !columns.contains_key(&indicator.id)) {
            let reason = format!("nothing here makes indicator {}", absent.id);
            return Err(Refusal::of("indicators.toml", None, reason));
        }
        tables.push((format!("{table}.csv"), table::write(table, &wanted, &columns)));
    }
    let map = hexes::write(&inputs.hexes).map_err(|reason| inputs.refuse(Kind::Hexes, reason))?;
    tables.push(("hexes.csv".to_owned(), map));
    let indicators =
        catalogue.indicators.iter().map(|indicator| reported(indicator, &columns[&indicator.id])).collect();
    Ok(Compiled { tables, report: CompileReport { files: reports, indicators } })
}

fn reported(indicator: &super::Indicator, column: &Column) -> IndicatorReport {
    let mut report = IndicatorReport { id: indicator.id.clone(), published: 0, estimated: BTreeMap::new() };
    for made in column.values() {
        match (made.method, &indicator.basis) {
            (None, Basis::Published) => report.published += 1,
            (Some(method), _) => *report.estimated.entry(method.to_owned()).or_default() += 1,
            (None, Basis::Estimate(method) | Basis::Projected(method)) => {
                *report.estimated.entry(method.clone()).or_default() += 1;
            }
        }
    }
    report
}

/// Children of a district or council in the census, with all residents.
#[derive(Clone, Copy, Default)]
struct Census {
    total: i64,
    ages: [i64; sources::CENSUS_AGES],
}

impl Census {
    fn children(&self) -> i64 {
        self.ages[..CHILD_AGES].iter().sum()
    }
}

struct Maker<'i> {
    inputs: &'i Inputs,
    catalogue: &'i Catalogue,
    districts: Districts,
    census: BTreeMap<CouncilCode, Census>,
    /// Children at mid-2023 as published.
    children: Children,
}

type Columns = BTreeMap<String, Column>;

impl<'i> Maker<'i> {
    fn new(inputs: &'i Inputs, catalogue: &'i Catalogue) -> Result<Maker<'i>, Refusal> {
        let districts = Districts { above: inputs.above.clone(), replaced: inputs.replaced.clone() };
        let mut maker = Maker { inputs, catalogue, districts, census: BTreeMap::new(), children: Children::new() };
        for (district, residents) in &inputs.census {
            let council = maker.above(Kind::CensusAge, district)?;
            let sum = maker.census.entry(council).or_default();
            sum.total += residents.total;
            for (into, &age) in sum.ages.iter_mut().zip(&residents.ages) {
                *into += age;
            }
        }
        // Counts of districts are perturbed one by one, so that they need not sum to England's to the last person.
        let residents: i64 = inputs.census.values().map(|found| found.total).sum();
        let england = catalogue.anchor("england_residents_2021")?.floor();
        if usize::try_from((residents - england).abs()).unwrap_or(usize::MAX) > inputs.census.len() {
            let reason =
                format!("residents of districts sum to {residents}, and England's published total is {england}");
            return Err(inputs.refuse(Kind::CensusAge, reason));
        }
        maker.children = maker.mid_2023()?;
        Ok(maker)
    }

    fn above(&self, kind: Kind, district: &str) -> Result<CouncilCode, Refusal> {
        self.districts
            .council(district)
            .ok_or_else(|| self.inputs.refuse(kind, format!("district {district} lies in no council that we know")))
    }

    /// Children at mid-2023: the denominators of the year that ended on 31 March 2024, each published.
    fn mid_2023(&self) -> Result<Children, Refusal> {
        let counts = self.looked_after(LOOKED_AFTER[0].1, project::BASE + 1)?;
        current()
            .map(|council| {
                let population = counts.get(&council.code).and_then(|count| count.population.number());
                let missing = || format!("{} has no population in {}", council.name, project::BASE + 1);
                let population = population.ok_or_else(|| self.inputs.refuse(Kind::LookedAfter, missing()))?;
                if population.is_negative() || population > Decimal::whole(MOST_PEOPLE) {
                    let reason = format!("{population} is no number of children of {}", council.name);
                    return Err(self.inputs.refuse(Kind::LookedAfter, reason));
                }
                Ok((council.code, population.floor()))
            })
            .collect()
    }

    fn looked_after(&self, what: &str, year: u16) -> Result<&'i BTreeMap<CouncilCode, CareCount>, Refusal> {
        let absent = || self.inputs.refuse(Kind::LookedAfter, format!("there is nothing about `{what}` in {year}"));
        self.inputs.looked_after.get(&(what.to_owned(), year)).ok_or_else(absent)
    }

    fn columns(&self) -> Result<Columns, Refusal> {
        let mut columns = Columns::new();
        self.population_2020(&mut columns)?;
        self.population_2021(&mut columns)?;
        self.population_since(&mut columns)?;
        self.denominators(&mut columns)?;
        self.carers(&mut columns)?;
        self.deprivation(&mut columns)?;
        self.looked_after_children(&mut columns)?;
        self.interactive_tool(&mut columns)?;
        other_placements(&mut columns);
        let one = current().map(|council| (council.code, Made::plain(Decimal::ONE))).collect();
        columns.insert("area_cost_2025".to_owned(), one);
        Ok(columns)
    }

    /// Mid-2020, as published before the census. Northamptonshire, which the table lacks, has the total that the
    /// Department for Education published of it, at the ages that the census found there; councils split since have their
    /// parts by age. All of them sum to England's published total, or the table is refused.
    fn population_2020(&self, columns: &mut Columns) -> Result<(), Refusal> {
        let kind = Kind::MidYear2020;
        let night = Night::parse_iso("2020-06-30").expect("a date");
        let mut columns_2020: Vec<Column> = vec![Column::new(); CHILD_AGES];
        let mut sum = 0;
        for council in kernel::councils().iter().filter(|council| council.in_force(night)) {
            let (ages, method) = match self.inputs.mid_year.get(&council.code) {
                Some(ages) => (*ages, None),
                None if council.code.as_str() == NORTHAMPTONSHIRE => {
                    let total = self.catalogue.anchor("northamptonshire_0_17_mid_2020")?.floor();
                    let found = self.successors_census(council.code);
                    let ages = apportion(total, &found.ages[..CHILD_AGES]).and_then(|ages| ages.try_into().ok());
                    let nobody =
                        || self.inputs.refuse(kind, format!("the census found no children in {}", council.name));
                    (ages.ok_or_else(nobody)?, Some("total-by-census"))
                }
                None => return Err(self.inputs.refuse(kind, format!("nothing about {}", council.name))),
            };
            sum += ages.iter().sum::<i64>();
            for (age, &people) in ages.iter().enumerate() {
                self.to_successors(council, people, age, method, &mut columns_2020[age])?;
            }
        }
        self.sums_to(kind, sum, "england_0_17_mid_2020", 1)?;
        columns.insert("population_0_17_2020".to_owned(), summed(&columns_2020));
        for (age, column) in columns_2020.into_iter().enumerate() {
            columns.insert(format!("population_{age}_2020"), column);
        }
        Ok(())
    }

    /// Refuses a table whose children of England are not as many as an anchor says, which is published to the nearest
    /// `step`.
    fn sums_to(&self, kind: Kind, sum: i64, anchor: &str, step: i64) -> Result<(), Refusal> {
        let england = self.catalogue.anchor(anchor)?.floor();
        if (sum - england).abs() * 2 <= step {
            return Ok(());
        }
        let reason = format!("children of England sum to {sum}, and their published total is {england}");
        Err(self.inputs.refuse(kind, reason))
    }

    /// The census of the councils that a former council became.
    fn successors_census(&self, council: CouncilCode) -> Census {
        let mut sum = Census::default();
        for successor in &kernel::council(council).successors {
            let found = self.census.get(successor).copied().unwrap_or_default();
            sum.total += found.total;
            for (into, age) in sum.ages.iter_mut().zip(found.ages) {
                *into += age;
            }
        }
        sum
    }

    /// Gives one age of a council of 2020 to itself or to its successors.
    fn to_successors(
        &self,
        council: &kernel::Council,
        people: i64,
        age: usize,
        method: Option<&'static str>,
        column: &mut Column,
    ) -> Result<(), Refusal> {
        if council.until.is_none() {
            column.insert(council.code, Made { amount: Decimal::whole(people), method, mark: None });
            return Ok(());
        }
        let method = method.unwrap_or(if council.successors.len() == 1 { "predecessor" } else { "split" });
        let weights: Vec<i64> =
            council.successors.iter().map(|code| self.census.get(code).map_or(0, |found| found.ages[age])).collect();
        let nobody =
            || self.inputs.refuse(Kind::CensusAge, format!("there is no census of what {} became", council.name));
        for (&successor, part) in council.successors.iter().zip(apportion(people, &weights).ok_or_else(nobody)?) {
            column.insert(successor, Made::by(Decimal::whole(part), method));
        }
        Ok(())
    }

    fn population_2021(&self, columns: &mut Columns) -> Result<(), Refusal> {
        let mut totals = Column::new();
        let mut from_five = Column::new();
        for council in current() {
            let absent = || self.inputs.refuse(Kind::CensusAge, format!("nothing about {}", council.name));
            let found = self.census.get(&council.code).ok_or_else(absent)?;
            for (age, &people) in found.ages.iter().enumerate() {
                let column = columns.entry(format!("population_{age}_2021")).or_default();
                column.insert(council.code, Made::plain(Decimal::whole(people)));
            }
            totals.insert(council.code, Made::plain(Decimal::whole(found.children())));
            from_five.insert(council.code, Made::plain(Decimal::whole(found.ages[5..CHILD_AGES].iter().sum())));
        }
        let sum = self.census.values().map(Census::children).sum();
        self.sums_to(Kind::CensusAge, sum, "england_0_17_census_2021", 10)?;
        columns.insert("population_0_17_2021".to_owned(), totals);
        columns.insert("population_5_17_2021".to_owned(), from_five);
        Ok(())
    }

    /// Mid-2023 and the years after.
    fn population_since(&self, columns: &mut Columns) -> Result<(), Refusal> {
        let mut base = BTreeMap::new();
        for (&council, &total) in &self.children {
            let found = self.census.get(&council).copied().unwrap_or_default();
            let nobody =
                || self.inputs.refuse(Kind::CensusAge, format!("no children in {}", kernel::council(council).name));
            base.insert(council, project::aged(&found.ages, total).ok_or_else(nobody)?);
        }
        let vanished = || self.inputs.refuse(Kind::Projection, "a band of a region has nobody in it");
        let mut years = project::projected(&base, &self.inputs.projection).ok_or_else(vanished)?;
        years.insert(project::BASE, base);
        for (year, councils) in years {
            let by_age: Vec<Column> = (0..CHILD_AGES)
                .map(|age| {
                    councils.iter().map(|(&code, ages)| (code, Made::plain(Decimal::whole(ages[age])))).collect()
                })
                .collect();
            columns.insert(format!("population_0_17_{year}"), summed(&by_age));
            for (age, column) in by_age.into_iter().enumerate() {
                columns.insert(format!("population_{age}_{year}"), column);
            }
        }
        Ok(())
    }

    /// The populations that the department's rates are of, of the mid-years since the census was taken into account.
    fn denominators(&self, columns: &mut Columns) -> Result<(), Refusal> {
        let what = LOOKED_AFTER[0].1;
        for year in LOOKED_AFTER_YEARS {
            let counts = self.looked_after(what, year)?;
            let sum: Decimal = counts.values().filter_map(|count| count.population.number()).sum();
            let england = self.inputs.looked_after_england.get(&(what.to_owned(), year));
            let england = england.and_then(|count| count.population.number());
            if england != Some(sum) {
                let said = england.map_or("nothing".to_owned(), |total| total.to_string());
                let reason = format!("populations of councils in {year} sum to {sum}, and England's row says {said}");
                return Err(self.inputs.refuse(Kind::LookedAfter, reason));
            }
            if year - 1 < project::BASE {
                let cells = counts.iter().map(|(&code, count)| (code, count.population.clone())).collect();
                let column = fill::counts(&cells, &self.children, 0);
                let column = column.map_err(|reason| self.inputs.refuse(Kind::LookedAfter, reason))?;
                columns.insert(format!("population_0_17_rebased_{}", year - 1), column);
            }
        }
        Ok(())
    }

    /// Unpaid carers of all ages as counted, and of them the young ones as estimated: England's published number,
    /// shared out by children aged 5 to 17 × the rate of unpaid care at all ages.
    fn carers(&self, columns: &mut Columns) -> Result<(), Refusal> {
        let mut sums: BTreeMap<CouncilCode, (i64, i64)> = BTreeMap::new();
        for (district, &(people, carers)) in &self.inputs.care {
            let sum = sums.entry(self.above(Kind::CensusCare, district)?).or_default();
            sum.0 += people;
            sum.1 += carers;
        }
        let mut weights = Vec::new();
        let mut counted = Column::new();
        for council in current() {
            let absent = || self.inputs.refuse(Kind::CensusCare, format!("nothing about {}", council.name));
            let &(people, carers) = sums.get(&council.code).ok_or_else(absent)?;
            let young: i64 = self.census.get(&council.code).map_or(0, |found| found.ages[5..CHILD_AGES].iter().sum());
            let weight = (Decimal::whole(young) * Decimal::whole(carers)).checked_div(Decimal::whole(people));
            weights.push((council.code, weight.ok_or_else(absent)?));
            counted.insert(council.code, Made::plain(Decimal::whole(carers)));
        }
        columns.insert("unpaid_carers_2021".to_owned(), counted);
        let england = self.catalogue.anchor("england_young_carers_2021")?;
        let total: Decimal = weights.iter().map(|(_, weight)| *weight).sum();
        let share = |weight: Decimal| (england * weight).checked_div(total).map(|young| young.round(1));
        let young = weights.into_iter().map(|(code, weight)| Some((code, Made::plain(share(weight)?)))).collect();
        let young: Option<Column> = young;
        let nobody = || self.inputs.refuse(Kind::CensusCare, "nobody gives unpaid care");
        columns.insert("unpaid_carers_5_17_2021".to_owned(), young.ok_or_else(nobody)?);
        Ok(())
    }

    fn deprivation(&self, columns: &mut Columns) -> Result<(), Refusal> {
        let mut sums: BTreeMap<CouncilCode, (Decimal, i64, usize)> = BTreeMap::new();
        for (district, &score) in &self.inputs.imd_2025 {
            let council = self.above(Kind::Imd2025, district)?;
            let residents = self.district_residents(district, council)?;
            let sum = sums.entry(council).or_insert((Decimal::ZERO, 0, 0));
            *sum = (sum.0 + score * Decimal::whole(residents), sum.1 + residents, sum.2 + 1);
        }
        let mut scores = Column::new();
        for council in current() {
            let absent = || self.inputs.refuse(Kind::Imd2025, format!("nothing about {}", council.name));
            let &(weighted, residents, districts) = sums.get(&council.code).ok_or_else(absent)?;
            let mean = weighted.checked_div(Decimal::whole(residents)).ok_or_else(absent)?.round(3);
            scores
                .insert(council.code, if districts == 1 { Made::plain(mean) } else { Made::by(mean, "district-mean") });
        }
        columns.insert("imd_2019_average_score".to_owned(), self.deprivation_2019(&scores)?);
        columns.insert("imd_2025_average_score".to_owned(), scores);
        Ok(())
    }

    /// Residents of a district of 2024 at the census: its own, or those of the districts that it replaced.
    fn district_residents(&self, district: &str, council: CouncilCode) -> Result<i64, Refusal> {
        if let Some(residents) = self.inputs.census.get(district) {
            return Ok(residents.total);
        }
        let whole = self.census.get(&council).filter(|_| CouncilCode::parse(district) == Some(council));
        let absent = || self.inputs.refuse(Kind::CensusAge, format!("nothing about district {district}"));
        whole.map(|found| found.total).ok_or_else(absent)
    }

    /// A council younger than the index has its predecessor's score; of two that share one, each has it × its own score
    /// of 2025 over the mean of the two, weighted by residents.
    fn deprivation_2019(&self, newer: &Column) -> Result<Column, Refusal> {
        let mut column = Column::new();
        for council in current() {
            let absent = || self.inputs.refuse(Kind::Imd2019, format!("nothing about {}", council.name));
            if let Some(&score) = self.inputs.imd_2019.get(&council.code) {
                column.insert(council.code, Made::plain(score));
                continue;
            }
            let [former] = predecessors(council.code)[..] else { return Err(absent()) };
            let &score = self.inputs.imd_2019.get(&former).ok_or_else(absent)?;
            let successors = &kernel::council(former).successors;
            let made = if successors.len() == 1 {
                Made::by(score, "predecessor")
            } else {
                let residents =
                    |code: &CouncilCode| Decimal::whole(self.census.get(code).map_or(0, |found| found.total));
                let weighted: Decimal = successors.iter().map(|code| newer[code].amount * residents(code)).sum();
                let mean = weighted.checked_div(successors.iter().map(residents).sum()).ok_or_else(absent)?;
                let own = (score * newer[&council.code].amount).checked_div(mean).ok_or_else(absent)?;
                Made::by(own.round(3), "later-pattern")
            };
            column.insert(council.code, made);
        }
        Ok(column)
    }

    fn looked_after_children(&self, columns: &mut Columns) -> Result<(), Refusal> {
        for (id, what) in LOOKED_AFTER {
            for year in LOOKED_AFTER_YEARS {
                let counts = self.looked_after(what, year)?;
                let cells = counts.iter().map(|(&code, count)| (code, count.number.clone())).collect();
                let numbers = fill::counts(&cells, &self.children, 2);
                let numbers = numbers.map_err(|reason| self.inputs.refuse(Kind::LookedAfter, reason))?;
                if id == "looked_after" {
                    let rates =
                        numbers.iter().map(|(&code, made)| Some((code, self.rate(code, made, counts, year, columns)?)));
                    let rates: Option<Column> = rates.collect();
                    let nobody =
                        || self.inputs.refuse(Kind::LookedAfter, format!("a council had no children in {year}"));
                    columns.insert(format!("looked_after_rate_{year}"), rates.ok_or_else(nobody)?);
                }
                columns.insert(format!("{id}_{year}"), numbers);
            }
        }
        Ok(())
    }

    /// The rate as published, or worked out from the estimated number and population.
    fn rate(
        &self,
        council: CouncilCode,
        number: &Made,
        counts: &BTreeMap<CouncilCode, CareCount>,
        year: u16,
        columns: &Columns,
    ) -> Option<Made> {
        let mark = match counts.get(&council).map(|count| &count.rate) {
            Some(Cell::Number(rate)) => return Some(Made::plain(*rate)),
            Some(Cell::Mark(mark)) => Some(mark.clone()),
            None => None,
        };
        let population = match year - 1 {
            project::BASE => Decimal::whole(self.children[&council]),
            earlier => columns.get(&format!("population_0_17_rebased_{earlier}"))?.get(&council)?.amount,
        };
        let amount = (number.amount * Decimal::whole(10_000)).checked_div(population)?.round(1);
        Some(Made { amount, method: Some(number.method.unwrap_or("from-number")), mark })
    }

    fn interactive_tool(&self, columns: &mut Columns) -> Result<(), Refusal> {
        for &(id, measure, used, written, years) in LAIT {
            for &year in years {
                let key = match written {
                    Year::Plain => year.to_string(),
                    Year::Outturn => format!("{}-{:02} (OT)", year - 1, year % 100),
                    Year::Financial => format!("{}-{:02}", year - 1, year % 100),
                };
                let absent = || self.inputs.refuse(Kind::Lait, format!("measure {measure} has no year {key}"));
                let values = self.inputs.lait.get(&(measure.to_owned(), key.clone())).ok_or_else(absent)?;
                let column = match used {
                    Use::Count(places) => fill::counts(&by_council(values), &self.children, places),
                    Use::Rate => {
                        let figure = |number: u16| values.get(&number).and_then(Cell::number);
                        let regional = |region: Region| figure(lait_region(region));
                        fill::rates(&by_council(values), &regional, figure(LAIT_ENGLAND))
                    }
                };
                let wrong =
                    |reason: String| self.inputs.refuse(Kind::Lait, format!("measure {measure}, {key}: {reason}"));
                columns.insert(format!("{id}_{year}"), column.map_err(wrong)?);
            }
        }
        Ok(())
    }
}

/// Areas by DfE number, as councils: the one of today, or else the last one that had the number.
fn by_council(values: &BTreeMap<u16, Cell>) -> Cells {
    let council = |number: &u16| kernel::find(&number.to_string()).map(|council| council.code);
    values.iter().filter_map(|(number, cell)| Some((council(number)?, cell.clone()))).collect()
}

/// The sum of columns; an estimate if a part of it is one.
fn summed(columns: &[Column]) -> Column {
    let mut sum = Column::new();
    for (&council, made) in columns.iter().flatten() {
        let total = sum.entry(council).or_insert(Made::plain(Decimal::ZERO));
        total.amount += made.amount;
        total.method = total.method.or(made.method);
    }
    sum
}

/// What is left of a hundred beside the four kinds of placement, and never below nought.
fn other_placements(columns: &mut Columns) {
    let parts = ["placed_foster", "placed_childrens_homes", "placed_supported", "placed_parents"];
    let parts = parts.map(|part| columns[&format!("{part}_2024")].clone());
    let rest = current().map(|council| {
        let placed: Decimal = parts.iter().map(|part| part[&council.code].amount).sum();
        (council.code, Made::plain((Decimal::whole(100) - placed).max(Decimal::ZERO)))
    });
    let rest = rest.collect();
    columns.insert("placed_other_2024".to_owned(), rest);
}
