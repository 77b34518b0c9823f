//! For each rule on health, care leavers, places, providers, social workers and the rest of adoption and identity: rows
//! that it flags and rows that it does not, by hand. A rule of these without an example fails the last test.

use std::collections::HashSet;

use formats::ofsted;
use formats::postcodes::{Area, Gazetteer, Place};
use formats::ssda903::checks::{Why, check, rules};
use formats::ssda903::{Beside, Providers, Sheets, Source, Table, load};
use kernel::{GridPoint, upper_tier};

use crate::year;

/// A table by its name in front, and its rows.
type Rows = &'static [(&'static str, &'static str)];

fn sheets(ends: i16, tables: Rows) -> Sheets {
    let table = |name: &str| Table::ALL.into_iter().find(|table| table.name() == name).unwrap();
    let texts = tables.iter().map(|(name, rows)| {
        let columns = table(name).columns();
        // What is blank at the end of a row is left out in the examples.
        let padded = rows.lines().map(|row| format!("{row}{}\n", ",".repeat(columns.len() - row.split(',').count())));
        (name, format!("{}\n{}", columns.join(","), padded.collect::<String>()))
    });
    let texts: Vec<(&&str, String)> = texts.collect();
    load(texts.iter().map(|(name, text)| Source::new(**name, text.as_bytes())).collect(), year(ends)).unwrap()
}

/// The year; this year's tables; last year's; the lines to mend.
struct Example(&'static str, i16, Rows, Rows, &'static [u32]);

const NONE: Rows = &[];

/// Postcodes of the examples: two of Bolton and one of Kent, one of Wales, one of Jersey.
fn beside() -> Beside {
    let mut postcodes = Gazetteer::default();
    let bolton = upper_tier("E08000001").map(Area::Council);
    let mut put = |postcode: &str, east, north, area| {
        postcodes.insert(postcode, Place { at: GridPoint::try_new(east, north), area });
    };
    put("BL1 1AA", 371_500, 409_000, bolton);
    put("BL3 4HF", 371_500, 407_800, bolton);
    put("CT1 1AA", 615_000, 158_000, upper_tier("E10000016").map(Area::Council));
    put("CF1 1AA", 318_000, 176_000, Some(Area::Wales));
    put("TR1 1AA", 182_000, 45_000, upper_tier("E06000052").map(Area::Council));
    put("NE1 1AA", 424_000, 1_100_000, upper_tier("E08000021").map(Area::Council));
    postcodes.insert("JE2 3AA", Place { at: None, area: Some(Area::Islands) });
    let list = "URN,Provision type,Registration status,Local authority,Sector,Places,Postcode,Deregistration date\n\
                1000001,Children's home,Active,Bolton,Private,4,BL3 4HF,\n\
                1000002,Independent Fostering Agency,Active,Kent,Voluntary,,,\n\
                1000003,Children's home,Resigned,Kent,Local Authority,3,REDACTED,30/09/2024\n";
    let mut providers = Providers::default();
    providers.add(&ofsted::read("list.csv", list.as_bytes()).unwrap());
    Beside { council: upper_tier("E08000001"), postcodes: Some(postcodes), providers: Some(providers) }
}

/// Two children of 14 in 2024-25.
const KIDS: (&str, &str) = ("Header", "101,M,14/05/2010,WBRI,UN5\n102,M,14/05/2010,WBRI,UN5");
/// Both looked after all year.
const IN_CARE: (&str, &str) =
    ("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1\n102,03/06/2022,S,C2,N1,U4,PR1\n103,03/06/2022,S,C2,N1,U4,PR1");
/// The first came into care in the year, the second was in care all year.
const ONE_NEW: (&str, &str) = ("Episodes", "101,03/06/2024,S,C2,N1,U4,PR1\n102,03/06/2022,S,C2,N1,U4,PR1");
/// Nobody's.
const NO_EPISODE: (&str, &str) = ("Episodes", "109,03/06/2022,S,C2,N1,U4,PR1");

#[rustfmt::skip]
const EXAMPLES: &[Example] = &[
    // Health.
    Example("180", 2025, &[("OC2", "101,,41\n102,,40")], NONE, &[2]),
    Example("196", 2025, &[("OC2", "101,,,SDQ6\n102,,,SDQ5")], NONE, &[2]),
    Example("197a", 2025, &[("OC2", "101,,12,SDQ2\n102,,12,")], NONE, &[2]),
    Example("186", 2025, &[IN_CARE, ("OC2", "101,14/05/2010\n102,14/05/2010,9\n103,14/05/2021")], NONE, &[2]),
    Example("197B", 2025, &[IN_CARE, ("OC2", "101,14/05/2020\n102,14/05/2020,9\n103,14/05/2010")], NONE, &[2]),
    Example("157", 2025, &[IN_CARE, ("OC2", "101,14/05/2010,,SDQ1\n102,14/05/2010,,SDQ2\n103,14/05/2021,,SDQ1")], NONE, &[2]),
    Example("188", 2025, &[("OC2", "101,01/04/2021,9\n102,31/03/2021,9")], NONE, &[2]),
    Example("189", 2025, &[("OC2", "101,31/03/2007,9\n102,01/04/2007,9")], NONE, &[2]),
    Example("185", 2025, &[ONE_NEW, ("OC2", "101,,9\n102,,9")], NONE, &[2]),
    Example("198", 2025, &[ONE_NEW, ("OC2", "101,,,SDQ2\n102,,,SDQ2")], NONE, &[2]),
    Example("190", 2025, &[ONE_NEW, ("OC2", "101,,,,,,1\n102,,,,,,1")], NONE, &[2]),
    Example("181", 2025, &[("OC2", "101,,,,2\n102,,,,1")], NONE, &[2]),
    Example("182", 2025, &[("OC2", "101,,,,1,,1,1,1,\n102,,,,1,,1,1,1,0")], NONE, &[2]),
    Example("191", 2025, &[IN_CARE, ("OC2", "101,,,,,,1,1,1,\n102,,,,,,1,1,1,0")], NONE, &[2, 4]),
    Example("158", 2025, &[("OC2", "101,,,,,,,,,1,1,0\n102,,,,,,,,,1,1,")], NONE, &[2]),
    Example("159", 2025, &[("OC2", "101,,,,,,,,,1,0,\n102,,,,,,,,,1,0,1")], NONE, &[2]),
    Example("192", 2025, &[("OC2", "101,,,,,,,,,1,,\n102,,,,,,,,,1,0,1")], NONE, &[2]),
    Example("193", 2025, &[("OC2", "101,,,,,,,,,0,1\n102,,,,,,,,,1,1")], NONE, &[2]),
    Example("542", 2025, &[("OC2", "101,01/04/2015,,,0\n102,31/03/2015,,,0")], NONE, &[2]),
    Example("543", 2025, &[IN_CARE, ("OC2", "101,30/03/2015\n102,30/03/2015,,,0\n103,31/03/2015")], NONE, &[2]),
    Example("544", 2025, &[("OC2", "101,,,,1,,1,1,1,\n102,,,,1,,1,1,1,0")], NONE, &[2]),
    Example("545", 2025, &[IN_CARE, ("OC2", "101,01/04/2020\n102,01/04/2020,,,,1\n103,31/03/2020")], NONE, &[2]),
    Example("546", 2025, &[IN_CARE, ("OC2", "101,31/03/2020,,,,1\n102,01/04/2020,,,,1")], NONE, &[2]),
    Example("547", 2025, &[("OC2", "101,,,,,1,1,1,1,\n102,,,,,1,1,1,1,0")], NONE, &[2]),
    // Care leavers.
    Example("131", 2025, &[("OC3", "101,,MAYBE\n102,,YES")], NONE, &[2]),
    Example("132", 2025, &[("OC3", "101,,YES,F3\n102,,YES,F2")], NONE, &[2]),
    Example("133", 2025, &[("OC3", "101,,YES,F2,T\n102,,YES,F2,T1")], NONE, &[2]),
    Example("153", 2025, &[("OC3", "101,,YES,F2\n102,,YES,F2,B1\n103")], NONE, &[2]),
    Example("344", 2025, &[("OC3", "101,,DIED,F2,0\n102,,DIED,0,0")], NONE, &[2]),
    Example("345", 2025, &[("OC3", "101,,YES,F2,0\n102,,NO,0,0")], NONE, &[2]),
    Example("347", 2025, &[("OC3", "101,01/04/2007,YES,F2,T1\n102,31/03/2007,YES,F2,T1")], NONE, &[2]),
    Example("348", 2026, &[("OC3", "101,,NO\n102,,DIED")], &[("OC3", "101,,DIED\n102,,DIED")], &[2]),
    Example("3001", 2025, &[("Header", "101,M,14/05/2007\n102,M,14/05/2006"), ("OC3", "101,,YES,F2,Z1\n102,,YES,F2,Z1")], NONE, &[2]),
    Example("391", 2025, &[("OC3", "101,01/04/2008,YES\n102,31/03/2008,YES")], NONE, &[2]),
    Example("134", 2025, &[("OC3", "101,,YES"), ("AD1", "101,,01/02/2025\n102,,01/02/2025")], NONE, &[2]),
    Example("187", 2025, &[ONE_NEW, ("OC3", "102,,YES\n101,,YES"), ("AD1", "101,,01/02/2025\n102,,01/02/2025")], NONE, &[2, 3]),
    Example("215", 2025, &[("OC3", "101,,YES\n102,,YES"), ("OC2", "101,,,,1")], NONE, &[2]),
    Example("1000", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,09/09/2024,E2\n102,03/06/2022,S,C2,N1,U4,PR1,09/09/2024,E6"), ("OC3", "101\n102")], NONE, &[2]),
    Example("1007", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1\n102,03/06/2022,S,C2,N1,U4,PR1,13/05/2024,E6"), ("OC3", "101,14/05/2007,YES\n102,14/05/2007,YES")], NONE, &[2]),
    Example("1016", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,14/05/2024,E6\n102,03/06/2022,S,C2,N1,U4,PR1,13/05/2024,E6"), ("OC3", "101,14/05/2007,YES\n102,14/05/2007,YES")], NONE, &[2]),
    Example("1010", 2025, &[("Episodes", "102,03/06/2022,S,C2,N1,U4,PR1"), ("OC3", "101\n102\n103")], &[("Episodes", "101,03/06/2022,S,C2,N1,U4\n102,03/06/2022,S,C2,N1,U4\n103,03/06/2022,S,C2,N1,U4,PR1,01/02/2024,E6")], &[2]),
    Example("1011", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,09/09/2024,E3\n102,03/06/2022,S,C2,N1,U4,PR1,09/09/2024,E6"), ("OC3", "101,,YES\n102,,YES")], NONE, &[2]),
    // Where the child lives.
    Example("392c", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,XX1 1XX\n102,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,BL3 4HF")], NONE, &[2]),
    Example("392b", 2025, &[("UASC", "103"), ("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,,BL3 4HF\n102,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,BL3 4HF\n103,03/06/2022,S,C2,N1,U4,PR1")], NONE, &[2]),
    Example("392a", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,JE2 3AA\n102,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,BL3 4HF")], NONE, &[2]),
    Example("392d", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,BL1 1AA\n102,03/06/2022,S,C2,N1,P1,PR0,,,,BL1 1AA,BL1 1AA")], NONE, &[2]),
    Example("169", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,,JE2 3AA\n102,03/06/2022,S,C2,N1,U4,PR1,,,,,CF1 1AA\n103,03/06/2022,S,V4,N1,U4,PR1")], NONE, &[2]),
    Example("454", 2026, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,TR1 1AA,NE1 1AA\n102,03/06/2022,S,C2,N1,U4,PR1,,,,TR1 1AA,BL3 4HF")], NONE, &[2]),
    Example("1015", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,K2,PR1,,,,,CT1 1AA\n102,03/06/2022,S,C2,N1,K2,PR1,,,,,BL3 4HF\n103,03/06/2022,S,C2,N1,U4,PR1,,,,,CT1 1AA")], NONE, &[2]),
    Example("218", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,K2,PR4,,,,,CT1 1AA,\n102,03/06/2022,S,C2,N1,K2,PR4,,,,,CF1 1AA,\n103,03/06/2022,S,C2,N1,K2,PR4,,,,,CT1 1AA,1000001")], NONE, &[2]),
    Example("230", 2024, &[("Episodes", "101,03/06/2022,S,C2,N1,H5,PR4,29/10/2023,E6,,,CT1 1AA,\n102,03/06/2022,S,C2,N1,H5,PR4,28/10/2023,E6,,,CT1 1AA,")], NONE, &[2]),
    Example("243", 2026, &[("Episodes", "101,03/06/2022,S,C2,N1,K2,PR4,,,,,CF1 1AA,1000001\n102,03/06/2022,S,C2,N1,K2,PR4,,,,,CT1 1AA,1000001")], NONE, &[2]),
    Example("503G", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,CT1 1AA\n102,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,BL3 4HF")], &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,BL3 4HF\n102,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,BL3 4HF")], &[2]),
    Example("453", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,CT1 1AA\n102,03/06/2022,P,C2,N1,U4,PR1,,,,BL1 1AA,CT1 1AA")], &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,BL3 4HF\n102,03/06/2022,S,C2,N1,U4,PR1,,,,BL1 1AA,BL3 4HF")], &[2]),
    Example("503H", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,,CT1 1AA\n102,03/06/2022,S,C2,N1,U4,PR1,,,,,BL1 1AA")], &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,,BL3 4HF\n102,03/06/2022,S,C2,N1,U4,PR1,,,,,BL3 4HF")], &[2]),
    Example("452", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,,CT1 1AA\n102,03/06/2022,P,C2,N1,U4,PR1,,,,,CT1 1AA")], &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,,BL3 4HF\n102,03/06/2022,S,C2,N1,U4,PR1,,,,,BL3 4HF")], &[2]),
    Example("503J", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,,CF1 1AA\n102,03/06/2022,S,C2,N1,U4,PR1,,,,,CF1 1AA")], &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR1,,,,,BL3 4HF\n102,03/06/2022,S,C2,N1,U4,PR1,,,,,CT1 1AA")], &[2]),
    // Who provides it.
    Example("1008", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,K2,PR4,,,,,,1000009\n102,03/06/2022,S,C2,N1,K2,PR4,,,,,,1000001\n103,03/06/2022,S,C2,N1,K2,PR4,,,,,,XXXXXXX")], NONE, &[2]),
    Example("219", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR4,,,,,,1000001\n102,03/06/2022,S,C2,N1,K2,PR4,,,,,,1000001\n103,03/06/2022,S,C2,N1,U4,PR4,,,,,,1000009")], NONE, &[2]),
    Example("224", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,K2,PR5,,,,,,1000001\n102,03/06/2022,S,C2,N1,K2,PR4,,,,,,1000001\n103,03/06/2022,S,C2,N1,T1,,,,,,,1000001")], NONE, &[2]),
    Example("221", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,K2,PR4,,,,,BL1 1AA,1000001\n102,03/06/2022,S,C2,N1,K2,PR4,,,,,bl34hf,1000001\n103,03/06/2022,S,C2,N1,K2,PR4,,,,,BL1 1AA,1000003")], NONE, &[2]),
    Example("227", 2025, &[("Episodes", "101,30/09/2024,S,C2,N1,K2,PR2,,,,,,1000003\n102,29/09/2024,S,C2,N1,K2,PR2,,,,,,1000003")], NONE, &[2]),
    Example("228", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,K2,PR2,01/10/2024,E6,,,,1000003\n102,03/06/2022,S,C2,N1,K2,PR2,30/09/2024,E6,,,,1000003\n103,03/06/2022,S,C2,N1,K2,PR2,,,,,,1000003")], NONE, &[2, 4]),
    Example("229", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,K2,PR1,,,,,,1000003\n102,03/06/2022,S,C2,N1,K2,PR2,,,,,,1000003\n103,03/06/2022,S,C2,N1,K2,PR2,,,,,,1000001")], NONE, &[2, 4]),
    // Identity.
    Example("INT05", 2025, &[KIDS, ("OC2", "109\n101")], NONE, &[2]),
    Example("INT06", 2025, &[KIDS, ("OC3", "109\n101")], NONE, &[2]),
    Example("INT14", 2025, &[KIDS, ("OC2", "101,15/05/2010\n102,14/05/2010")], NONE, &[2]),
    Example("INT15", 2025, &[KIDS, ("OC3", "101,15/05/2010\n102,14/05/2010")], NONE, &[2]),
    Example("INT33", 2025, &[KIDS, ("OC2", "101\n102\n101")], NONE, &[2, 4]),
    Example("INT34", 2025, &[KIDS, ("OC3", "101\n102\n101")], NONE, &[2, 4]),
    Example("209", 2025, &[("Header", "101,M,31/08/2019,WBRI,UN1\n102,M,01/09/2019,WBRI,UN1\n103,M,31/08/2019,WBRI,UN5")], NONE, &[2]),
    Example("210", 2025, &[("Header", "101,M,14/05/2010,WBRI,UN4\n102,M,14/05/2010,WBRI,UN4"), ("Episodes", "101,23/03/2025,S,C2,N1,U4\n102,24/03/2025,S,C2,N1,U4")], NONE, &[2]),
    Example("444", 2026, &[("Header", "101,M,14/05/2010,WBRI,A123456789012\n102,M,14/05/2010,WBRI,A123456789013\n103,M,14/05/2010,WBRI,A123456789012\n104,M,14/05/2010,WBRI,UN5\n105,M,14/05/2010,WBRI,UN5")], NONE, &[2, 4]),
    Example("232", 2025, &[("Header", "101,U,14/05/2010\n102,F,14/05/2010")], NONE, &[2]),
    Example("231", 2025, &[("Header", "101,M,01/04/2014\n102,M,31/03/2014\n103,M,01/04/2014"), ("UASC", "101\n102")], NONE, &[2]),
    Example("EPI", 2025, &[("Header", "101,M\n102,M\n103,M"), ("Episodes", "102,03/06/2022,S"), ("OC3", "103")], NONE, &[2]),
    Example("199", 2025, &[("Episodes", "101,03/06/2024,S,C2,N1,A3\n102,03/06/2024,S,C2,N1,A3,PR1,09/09/2024,E11")], &[("Episodes", "101,03/06/2022,S,C2,N1,A3,PR1,09/09/2023,E11")], &[2]),
    Example("632", 2025, &[("Episodes", "101,03/06/2024,S\n102,03/06/2024,S\n103,03/06/2024,S"), ("PrevPerm", "101,,P1,,ZZ/06/2024\n102,,P1,,ZZ/05/2024\n103,,P1,,MAY 2024")], NONE, &[2, 4]),
    Example("633", 2025, &[("PrevPerm", "101,,P1,111\n102,,P1,886\n103,,P1,WAL\n104,,P1,KENT")], NONE, &[2, 5]),
    Example("634", 2025, &[("Episodes", "101,31/03/2024,S\n102,01/04/2024,S"), ("PrevPerm", "101,,P1\n102,,P1")], NONE, &[2]),
    // Adoption.
    Example("335", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,A3,PR1,09/09/2024,E11\n102,03/06/2022,S,C2,N1,A4,PR1,09/09/2024,E11"), ("AD1", "101,,,,0\n102,,,,0")], NONE, &[2]),
    Example("582", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,A3,PR1,09/09/2024,E11\n102,03/06/2022,S,C2,N1,A4,PR1,09/09/2024,E11"), ("AD1", "101,,,09/09/2024\n102,,,08/09/2024")], NONE, &[2]),
    Example("554", 2025, &[("Episodes", "101,03/06/2022,S,E1\n102,03/06/2022,S,E1"), ("PlacedAdoption", "101,,04/06/2022\n102,,03/06/2022")], NONE, &[2]),
    Example("555", 2024, &[("Episodes", "101,03/06/2022,S,D1\n102,03/06/2022,S,D1\n103,03/06/2022,S,D1"), ("PlacedAdoption", "102,,03/06/2022\n103,,03/06/2022,04/06/2022,RD1")], NONE, &[2, 3]),
    Example("556", 2024, &[("Episodes", "101,03/06/2022,S,D1\n102,03/06/2022,S,D1"), ("PlacedAdoption", "101,,04/06/2022\n102,,03/06/2022")], NONE, &[2]),
    Example("557", 2025, &[("Episodes", "101,03/06/2022,S,E1,N1,U4,PR1,09/09/2024,E4A\n102,03/06/2022,S,E1,N1,U4,PR1,09/09/2024,E4A"), ("PlacedAdoption", "101,,04/06/2022\n102,,03/06/2022,01/09/2024,RD1")], NONE, &[2, 2]),
    Example("558", 2025, &[("Episodes", "101,03/06/2022,S,E1,N1,A3,PR1,09/09/2024,E11\n102,03/06/2022,S,E1,N1,A3,PR1,09/09/2024,E11"), ("PlacedAdoption", "101,,04/06/2022,01/09/2024\n102,,03/06/2022")], NONE, &[2]),
    Example("583", 2025, &[("PlacedAdoption", "101,,04/06/2022\n101,,01/09/2024\n102,,03/06/2022,01/07/2023,RD1\n102,,01/09/2023")], NONE, &[2]),
    Example("584", 2025, &[("PlacedAdoption", "101,,04/06/2022\n102,,05/06/2023")], &[("PlacedAdoption", "101,,04/06/2022,01/09/2022,RD1\n102,,04/06/2022,01/09/2022,RD1")], &[2]),
    // Statuses, placements and ages.
    Example("370", 2023, &[("Header", "101,1,14/05/2010\n102,1,14/05/2010"), ("Episodes", "101,13/05/2025,S,C2,N1,P2\n102,14/05/2025,S,C2,N1,P2")], NONE, &[2]),
    Example("370", 2024, &[("Header", "101,1,14/05/2010\n102,1,14/05/2010"), ("Episodes", "101,13/05/2026,S,C2,N1,P2\n102,14/05/2026,S,C2,N1,P2")], NONE, &[2]),
    Example("217t", 2024, &[("Episodes", "101,03/06/2022,S,C2,N1,P2,PR4,29/10/2023,X1\n102,03/06/2022,S,C2,N1,P2,PR4,28/10/2023,X1")], NONE, &[2]),
    Example("426", 2025, &[("Episodes", "101,03/06/2024,S,V3\n101,03/07/2024,S,V4\n102,03/06/2024,S,V3\n102,03/07/2024,S,V3")], NONE, &[2, 3]),
    Example("516", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,K2,PR4,09/09/2024,E45\n102,03/06/2022,S,C2,N1,U4,PR4,09/09/2024,E45")], NONE, &[2]),
    Example("233", 2026, &[("Episodes", "101,03/06/2022,S,C2,N1,K2,PR4,,,CHILD\n102,03/06/2022,S,C2,N1,U4,PR4,09/09/2025,X1,CHILD")], NONE, &[2]),
    Example("234", 2026, &[("Header", "101,M,14/05/2016\n102,M,14/05/2014"), ("Episodes", "101,03/06/2025,S,C2,N1,K2,PR4,09/09/2025,X1,CUSTOD\n102,03/06/2025,S,C2,N1,K2,PR4,09/09/2025,X1,CUSTOD")], NONE, &[2]),
    Example("580", 2025, &[("Episodes", "101,03/06/2022,S,C2,N1,U4,PR4,09/09/2024,E6\n102,03/06/2022,S,C2,N1,U4,PR4,09/09/2024,E8"), ("Missing", "101,09/09/2006,M,01/09/2024,09/09/2024\n102,09/09/2006,M,01/09/2024,09/09/2024")], NONE, &[2]),
    // Social workers.
    Example("SW01STG1", 2024, &[("Episodes", "101,03/06/2022,S,C2\n102,03/06/2022,S,C2\n103,03/06/2022,S,V4"), ("SWEpisodes", "102,,SW1,01/04/2023,,MANAGE")], NONE, &[2]),
    Example("SW03STG1", 2024, &[("SWEpisodes", "101,,,01/04/2023,,MANAGE\n102,,SW1,01/04/2023,,MANAGE")], NONE, &[2]),
    Example("SW01aSTG1", 2025, &[("SWEpisodes", "101,,,31/03/2023\n102,,,01/04/2023\n103,,SW1,")], NONE, &[2, 4]),
    Example("SW01bSTG1", 2025, &[("SWEpisodes", "101,,SW1,01/04/2023\n102,,SW1,31/03/2023")], NONE, &[2]),
    Example("SW10STG2", 2025, &[("SWEpisodes", "101,,SW1,01/04/2023,01/05/2023\n101,,SW2,09/05/2023\n102,,SW1,01/04/2023,01/05/2023\n102,,SW2,08/05/2023\n103,,SW1,01/04/2023,01/05/2023\n103,,SW2,09/06/2023,,FCONTA")], NONE, &[3]),
    Example("SW10aSTG2", 2026, &[("SWEpisodes", "101,,SW1,01/04/2023,01/05/2023\n101,,SW2,09/05/2023\n102,,SW1,01/04/2023,01/05/2023\n102,,SW2,08/05/2023")], NONE, &[3]),
    Example("SW10bSTG2", 2026, &[("SWEpisodes", "101,,SW1,01/04/2023,01/05/2023\n101,,SW2,01/05/2023,,FCONTA\n102,,SW1,01/04/2023,01/05/2023\n102,,SW2,02/05/2023,,FCONTA")], NONE, &[3]),
    Example("SW14STG2", 2024, &[("SWEpisodes", "101,,SW1,01/04/2023\n101,,SW2,01/05/2023\n102,,SW1,01/04/2023,01/05/2023\n102,,SW2,01/05/2023")], NONE, &[2]),
    Example("SW17STG2", 2026, &[("SWEpisodes", "101,,SW1,01/04/2023,01/05/2023\n102,,SW1,01/04/2023,01/05/2023\n102,,SW2,01/05/2023")], NONE, &[2]),
    Example("SW18STG2", 2026, &[("SWEpisodes", "101,,SW1,01/05/2023,01/05/2023\n102,,SW1,01/04/2023,01/05/2023")], NONE, &[2]),
    Example("SW19STG2", 2026, &[("SWEpisodes", "101,,SW1,01/05/2023\n101,,SW2,01/05/2023\n102,,SW1,01/05/2023\n102,,SW1,02/05/2023")], NONE, &[3]),
];

#[test]
fn each_rule_flags_what_is_wrong_and_nothing_beside_it() {
    let beside = beside();
    for Example(code, ends, now, last, wrong) in EXAMPLES {
        let own = sheets(*ends, now);
        let before = (!last.is_empty()).then(|| sheets(ends - 1, last));
        let checked = check(&own, before.as_ref(), &beside);
        let why = checked.not_run.iter().find(|(rule, _)| rule.code == *code).map(|(_, why)| why);
        assert!(checked.run.iter().any(|rule| rule.code == *code), "{code} of {ends} was not run: {why:?}");
        let flags = checked.flags.iter().filter(|flag| checked.rule(flag).code == *code && checked.to_mend(flag));
        let mut lines: Vec<u32> =
            flags.map(|flag| own.get(flag.table).unwrap().row(flag.row as usize).line()).collect();
        lines.sort_unstable();
        assert_eq!(lines, *wrong, "{code} of {ends}");
    }
}

#[test]
fn what_is_not_given_is_named_as_the_reason() {
    let own = sheets(2025, &[NO_EPISODE]);
    let checked = check(&own, None, &Beside::default());
    let because = |code: &str| {
        let (_, why) = checked.not_run.iter().find(|(rule, _)| rule.code == code).unwrap();
        format!("{why:?}")
    };
    assert_eq!(because("392c"), "Asks(Postcodes)");
    assert_eq!(because("1008"), "Asks(Providers)");
    assert_eq!(because("191"), "Table(Oc2)");
    assert_eq!(because("503G"), "LastYear(Episodes)");
    assert!(checked.not_run.iter().all(|(rule, why)| !matches!(why, Why::Asks(_)) || !rule.asks.is_empty()));
}

#[test]
fn every_rule_of_these_subjects_has_an_example() {
    let shown: HashSet<&str> = EXAMPLES.iter().map(|example| example.0).collect();
    let missing: Vec<&str> = rules()
        .filter(|rule| {
            let subject = matches!(rule.table, Table::Oc2 | Table::Oc3) || !rule.asks.is_empty();
            subject && !shown.contains(rule.code)
        })
        .map(|rule| rule.code)
        .collect();
    assert_eq!(missing, [""; 0]);
}
