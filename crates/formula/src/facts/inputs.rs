//! What all the publishers' files of one compilation hold, and what was read from each.

use std::collections::{BTreeMap, BTreeSet};

use kernel::CouncilCode;

use super::Refusal;
use super::sheet::{Cell, Sheet};
use super::sources::{self, CHILD_AGES, CareCounts, EnglandCounts, Kind, LaitValues, Residents};
use crate::Decimal;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FileReport {
    /// Its name.
    pub file: String,
    /// What it was taken for; nothing for a file that no table needs.
    pub kind: Option<Kind>,
    /// Rows in it, without the header.
    pub rows: usize,
    /// Councils, districts or regions that were read from it.
    pub areas: usize,
    /// Cells that the publisher withheld, by the mark it wrote.
    pub withheld: BTreeMap<String, usize>,
}

/// What all the files hold.
#[derive(Default)]
pub(super) struct Inputs {
    pub(super) mid_year: BTreeMap<CouncilCode, [i64; CHILD_AGES]>,
    pub(super) census: BTreeMap<String, Residents>,
    pub(super) care: BTreeMap<String, (i64, i64)>,
    pub(super) looked_after: CareCounts,
    pub(super) looked_after_england: EnglandCounts,
    pub(super) lait: LaitValues,
    pub(super) imd_2019: BTreeMap<CouncilCode, Decimal>,
    pub(super) imd_2025: BTreeMap<String, Decimal>,
    pub(super) projection: sources::Projection,
    pub(super) above: BTreeMap<String, CouncilCode>,
    pub(super) replaced: BTreeMap<String, String>,
    pub(super) hexes: BTreeMap<CouncilCode, (i16, i16)>,
    /// The file of each kind, to name in refusals.
    pub(super) files: BTreeMap<Kind, String>,
}

/// How a measure of the Interactive Tool is used.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Use {
    /// A count or a sum of money, kept to so many decimals where it is estimated.
    Count(u32),
    /// A rate, percentage or unit cost.
    Rate,
}

/// How the tool writes the year 2024.
#[derive(Clone, Copy)]
pub(super) enum Year {
    /// `2024`
    Plain,
    /// `2023-24 (OT)`
    Outturn,
    /// `2023-24`
    Financial,
}

/// Indicators (without their year) from measures of the Interactive Tool.
pub(super) const LAIT: &[(&str, &str, Use, Year, &[u16])] = &[
    ("ehc_plans", "SEN_CASES_JAN", Use::Count(2), Year::Plain, &[2022, 2023, 2024]),
    ("children_low_income", "ChildPov", Use::Rate, Year::Plain, &[2022, 2023, 2024]),
    ("children_in_need_rate", "CIN", Use::Rate, Year::Plain, &[2022, 2023, 2024]),
    ("child_protection_plans", "CPP_Num", Use::Count(2), Year::Plain, &[2022, 2023, 2024]),
    ("unaccompanied_children", "Unacc_Asylmn_Seek_Childn", Use::Count(2), Year::Plain, &[2022, 2023, 2024]),
    ("care_leavers_19_21", "NoCareLeavers", Use::Count(2), Year::Plain, &[2024]),
    ("placed_foster", "LAC_Foster_Placements", Use::Rate, Year::Plain, &[2024]),
    ("placed_childrens_homes", "LAC_SecHome_And_ChildHome", Use::Rate, Year::Plain, &[2024]),
    ("placed_supported", "LAC_Ind_SInd_Liv_Arr", Use::Rate, Year::Plain, &[2024]),
    ("placed_parents", "LAC_Parents_OR_Others", Use::Rate, Year::Plain, &[2024]),
    ("s251_childrens_services", "C&YPExpenditure", Use::Count(0), Year::Outturn, &[2022, 2023, 2024]),
    ("s251_looked_after", "TotalLACFinance", Use::Count(0), Year::Outturn, &[2022, 2023, 2024]),
    ("s251_safeguarding", "SafeguardingFinance", Use::Count(0), Year::Outturn, &[2022, 2023, 2024]),
    ("s251_family_support", "FamilySupportFinance", Use::Count(0), Year::Outturn, &[2022, 2023, 2024]),
    ("s251_young_people", "YoungPeopleFinance", Use::Count(0), Year::Outturn, &[2022, 2023, 2024]),
    ("s251_youth_justice", "YouthJusticeFinance", Use::Count(0), Year::Outturn, &[2022, 2023, 2024]),
    ("s251_childrens_centres", "SureStartFinance", Use::Count(0), Year::Outturn, &[2022, 2023, 2024]),
    ("s251_other", "OtherChildren&FamilyFinance", Use::Count(0), Year::Outturn, &[2022, 2023, 2024]),
    ("s251_leaving_care", "LeaveCareSupServTotExp", Use::Count(0), Year::Financial, &[2022, 2023, 2024]),
    ("unit_cost_looked_after", "LACFinance", Use::Rate, Year::Outturn, &[2023, 2024]),
    ("unit_cost_residential", "RescareFinance", Use::Rate, Year::Outturn, &[2023, 2024]),
    ("unit_cost_fostering", "FosteringFinance", Use::Rate, Year::Outturn, &[2023, 2024]),
    ("unit_cost_adoption", "AdoptionFinance", Use::Rate, Year::Outturn, &[2024]),
    ("unit_cost_social_work", "SWFinance", Use::Rate, Year::Outturn, &[2024]),
    ("unit_cost_sen", "SENFinance", Use::Rate, Year::Outturn, &[2024]),
];

impl Inputs {
    /// Reads one file into what it is. All kinds but the Interactive Tool stand in one file each.
    pub(super) fn read(&mut self, file: &str, bytes: &[u8]) -> Result<FileReport, Refusal> {
        let kind = Kind::of(bytes);
        let mut report = FileReport { file: file.to_owned(), kind, rows: 0, areas: 0, withheld: BTreeMap::new() };
        let Some(kind) = kind else { return Ok(report) };
        if let Some(other) = self.files.insert(kind, file.to_owned()).filter(|_| kind != Kind::Lait) {
            return Err(Refusal::of(file, None, format!("{other} is a file of the same kind; give one of them")));
        }
        if kind == Kind::Hexes {
            self.hexes = sources::hexes(file, bytes)?;
            (report.rows, report.areas) = (self.hexes.len(), self.hexes.len());
            return Ok(report);
        }
        let sheet = Sheet::read(file, bytes)?;
        report.rows = sheet.rows.len();
        report.areas = match kind {
            Kind::MidYear2020 => kept(&mut self.mid_year, sources::mid_year(&sheet)?),
            Kind::CensusAge => kept(&mut self.census, sources::census_age(&sheet)?),
            Kind::CensusCare => kept(&mut self.care, sources::census_care(&sheet)?),
            Kind::Imd2019 => kept(&mut self.imd_2019, sources::imd_2019(&sheet)?),
            Kind::Imd2025 => kept(&mut self.imd_2025, sources::imd_2025(&sheet)?),
            Kind::Districts => kept(&mut self.above, sources::districts(&sheet)?),
            Kind::Register => kept(&mut self.replaced, sources::register(&sheet)?),
            Kind::Projection => kept(&mut self.projection, sources::projection(&sheet)?) / 2,
            Kind::LookedAfter => {
                (self.looked_after, self.looked_after_england) = sources::looked_after(&sheet)?;
                let cells = self.looked_after.values().flat_map(BTreeMap::values);
                withheld(cells.flat_map(|count| [&count.population, &count.number, &count.rate]), &mut report.withheld);
                self.looked_after.values().map(BTreeMap::len).max().unwrap_or(0)
            }
            Kind::Lait => {
                let wanted: BTreeSet<&str> = LAIT.iter().map(|(_, measure, ..)| *measure).collect();
                let mut read = LaitValues::new();
                sources::lait(&sheet, &wanted, &mut read)?;
                withheld(read.values().flat_map(BTreeMap::values), &mut report.withheld);
                let areas = read.values().map(BTreeMap::len).max().unwrap_or(0);
                if let Some(((measure, _), _)) = read.iter().find(|(key, _)| self.lait.contains_key(key)) {
                    return Err(Refusal::of(file, None, format!("measure {measure} stands in another file too")));
                }
                self.lait.extend(read);
                areas
            }
            Kind::Hexes => 0,
        };
        Ok(report)
    }

    /// A refusal that names the file of a kind.
    pub(super) fn refuse(&self, kind: Kind, reason: impl Into<String>) -> Refusal {
        Refusal::of(self.files.get(&kind).map_or("?", String::as_str), None, reason)
    }
}

fn kept<K, V>(into: &mut BTreeMap<K, V>, read: BTreeMap<K, V>) -> usize {
    *into = read;
    into.len()
}

fn withheld<'c>(cells: impl Iterator<Item = &'c Cell>, marks: &mut BTreeMap<String, usize>) {
    for cell in cells {
        if let Cell::Mark(mark) = cell {
            *marks.entry(mark.clone()).or_default() += 1;
        }
    }
}
