//! The shipped facts: every council, every indicator, sums as published, nothing withheld read as nought; and the
//! refusals of the readers.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::collections::BTreeMap;

use formula::Decimal;
use formula::facts::{Basis, Facts, compile, to_current, to_former};
use kernel::{Council, CouncilCode, Night};
use proptest::prelude::*;

const CATALOGUE: &str = include_str!("../facts/indicators.toml");
const NEED: &str = include_str!("../facts/need.csv");

fn today() -> impl Iterator<Item = &'static Council> {
    kernel::councils().iter().filter(|council| council.until.is_none())
}

fn code(text: &str) -> CouncilCode {
    CouncilCode::parse(text).unwrap()
}

fn amount(facts: &Facts, indicator: &str, council: &str) -> Decimal {
    facts.get(indicator, council).unwrap_or_else(|| panic!("{indicator} of {council}")).amount
}

fn england(facts: &Facts, indicator: &str) -> Decimal {
    facts.column(indicator).map(|(_, value)| value.amount).sum()
}

#[test]
fn every_council_of_today_has_every_indicator_or_a_named_estimate() {
    let facts = Facts::shipped();
    assert!(facts.indicators().len() > 300);
    for indicator in facts.indicators() {
        assert_eq!(facts.column(&indicator.id).count(), 153, "{}", indicator.id);
        for council in today() {
            let value = facts.get(&indicator.id, council.code.as_str()).unwrap();
            if let Basis::Estimate(method) | Basis::Projected(method) = &value.basis {
                assert!(facts.methods()[method].len() > 20, "{method}");
            }
        }
    }
}

#[test]
fn every_indicator_says_whose_it_is_and_of_when() {
    for indicator in Facts::shipped().indicators() {
        let texts =
            [&indicator.title, &indicator.unit, &indicator.vintage, &indicator.source.title, &indicator.source.licence];
        assert!(texts.iter().all(|text| !text.trim().is_empty() && !text.contains('{')), "{indicator:?}");
        assert!(indicator.known_from > Night::try_new(2020, 1, 1).unwrap(), "{}", indicator.id);
    }
}

#[test]
fn children_of_england_sum_to_the_published_totals() {
    let facts = Facts::shipped();
    // Mid-2020 (ONS, as NHS England printed it); the census as the DfE printed it in 2022; its denominators of 2020 to 2024.
    for (indicator, published) in [
        ("population_0_17_2020", 12_093_288),
        ("population_0_17_2021", 11_774_610),
        ("population_0_17_rebased_2019", 11_790_492),
        ("population_0_17_rebased_2020", 11_787_794),
        ("population_0_17_rebased_2021", 11_762_878),
        ("population_0_17_rebased_2022", 11_885_789),
        ("population_0_17_2023", 11_998_646),
    ] {
        assert_eq!(england(&facts, indicator), Decimal::whole(published), "{indicator}");
    }
}

/// The published England of mid-2020 by age, as NHS England printed it ("ONS 2020 population estimates",
/// COVID-19-weekly-announced-vaccinations-16-September-2021.xlsx): 0–17, 18–24, then fives to 75–79, and 80 on.
const ENGLAND_2020: [i64; 14] = [
    12_093_288, 4_709_589, 3_771_493, 3_824_652, 3_738_209, 3_476_303, 3_638_639, 3_875_351, 3_761_782, 3_196_813,
    2_784_300, 2_814_128, 2_009_992, 2_855_599,
];

/// The mid-2020 table lacks Northamptonshire alone; the City of London and the Isles of Scilly are in it. What the
/// Department for Education printed of the county (children looked after 2022, population estimate of 2021) makes the
/// table of the ONS the England that NHS England printed, and that is the England of the mid-2020 estimates: its ages sum
/// to all residents of them (56,550,138).
#[test]
fn three_publishers_agree_on_the_children_of_mid_2020() {
    assert_eq!(ENGLAND_2020.iter().sum::<i64>(), 56_550_138);
    let facts = Facts::shipped();
    let northamptonshire =
        amount(&facts, "population_0_17_2020", "E06000061") + amount(&facts, "population_0_17_2020", "E06000062");
    assert_eq!(northamptonshire, Decimal::whole(173_087));
    let of_table = england(&facts, "population_0_17_2020") - northamptonshire;
    assert_eq!(of_table, Decimal::whole(11_920_201));
    assert_eq!(ENGLAND_2020[0], 11_920_201 + 173_087);
}

/// Children of the census in each region, in the ONS's order: as it has them by single year of age, in a table of its own
/// whose counts are perturbed apart from those of the districts, and as the Department for Education printed them, to the
/// nearest 10.
const CENSUS_REGIONS: [(i64, i64); 9] = [
    (525_303, 525_300),
    (1_563_191, 1_563_190),
    (1_147_648, 1_147_650),
    (990_789, 990_790),
    (1_293_234, 1_293_240),
    (1_330_436, 1_330_450),
    (1_898_062, 1_898_070),
    (1_938_059, 1_938_070),
    (1_087_873, 1_087_870),
];

#[test]
fn the_children_of_the_census_are_those_published_of_england_and_its_regions() {
    let facts = Facts::shipped();
    assert_eq!(england(&facts, "population_0_17_2021"), Decimal::whole(11_774_610));
    for (region, (by_ons, by_dfe)) in kernel::Region::ALL.into_iter().zip(CENSUS_REGIONS) {
        let councils = kernel::councils().iter().filter(|council| council.until.is_none());
        let of_region = councils.filter(|council| council.region == region);
        let ours: Decimal =
            of_region.map(|council| amount(&facts, "population_0_17_2021", council.code.as_str())).sum();
        assert!((ours - Decimal::whole(by_dfe)).abs() <= Decimal::whole(5), "{region:?}: {ours}");
        assert!((ours - Decimal::whole(by_ons)).abs() <= Decimal::whole(20), "{region:?}: {ours}");
    }
}

#[test]
fn estimates_name_the_method_they_were_made_by() {
    let facts = Facts::shipped();
    for (indicator, council, method) in [
        ("population_0_17_2020", "E06000061", "total-by-census"),
        ("population_0_17_2020", "E06000063", "split"),
        ("population_0_17_2020", "E06000065", "predecessor"),
        ("imd_2019_average_score", "E06000060", "predecessor"),
        ("imd_2019_average_score", "E06000064", "later-pattern"),
        ("imd_2025_average_score", "E10000016", "district-mean"),
    ] {
        let basis = &facts.get(indicator, council).unwrap().basis;
        assert_eq!(basis, &Basis::Estimate(method.to_owned()), "{indicator} {council}");
    }
    for council in ["E09000001", "E06000053"] {
        assert_eq!(facts.get("population_0_17_2020", council).unwrap().basis, Basis::Published);
    }
}

#[test]
fn ages_sum_to_children_in_every_year() {
    let facts = Facts::shipped();
    for year in [2020, 2021].into_iter().chain(2023..=2034) {
        for council in today() {
            let ages = (0..18).map(|age| amount(&facts, &format!("population_{age}_{year}"), council.code.as_str()));
            let children = amount(&facts, &format!("population_0_17_{year}"), council.code.as_str());
            assert_eq!(ages.sum::<Decimal>(), children, "{} {year}", council.name);
        }
    }
}

#[test]
fn what_a_publisher_withheld_is_never_nought_and_never_published() {
    let facts = Facts::shipped();
    let mut marks = BTreeMap::new();
    for indicator in facts.indicators() {
        for council in today() {
            let Some(mark) = facts.mark(&indicator.id, council.code.as_str()) else { continue };
            let value = facts.get(&indicator.id, council.code.as_str()).unwrap();
            assert!(matches!(value.basis, Basis::Estimate(_)), "{} {}", indicator.id, council.name);
            // A council that its predecessor's own nought was split to could have nought; none has.
            assert!(value.amount > Decimal::ZERO, "{} {}", indicator.id, council.name);
            *marks.entry(mark.to_owned()).or_insert(0) += 1;
        }
    }
    assert!(["c", "x", "z", "-"].iter().all(|mark| marks.contains_key(*mark)), "{marks:?}");
}

#[test]
fn a_split_keeps_the_former_councils_count() {
    let facts = Facts::shipped();
    // Cumbria as published: 734 children looked after on 31 March 2022 and 740 a year later.
    for (year, published) in [(2022, 734), (2023, 740)] {
        let parts = ["E06000063", "E06000064"].map(|part| amount(&facts, &format!("looked_after_{year}"), part));
        assert_eq!(parts[0] + parts[1], Decimal::whole(published));
    }
}

#[test]
fn councils_that_share_a_score_keep_its_mean() {
    let facts = Facts::shipped();
    // Weighted by children here, by residents in the making: near enough for a tenth of a point.
    for (parts, published) in [(["E06000061", "E06000062"], "18.605"), (["E06000063", "E06000064"], "21.261")] {
        let weights = parts.map(|part| amount(&facts, "population_0_17_2021", part));
        let scores = parts.map(|part| amount(&facts, "imd_2019_average_score", part));
        let mean = (scores[0] * weights[0] + scores[1] * weights[1]).checked_div(weights[0] + weights[1]).unwrap();
        let published: Decimal = published.parse().unwrap();
        assert!((mean - published).abs() < "0.15".parse().unwrap(), "{mean} {published}");
    }
}

#[test]
fn young_carers_are_the_published_number_and_share() {
    let facts = Facts::shipped();
    let young = england(&facts, "unpaid_carers_5_17_2021");
    assert!((young - Decimal::whole(120_000)).abs() < Decimal::whole(10), "{young}");
    // The publisher's other figure: 1.4 per cent of children aged 5 to 17.
    let percent = (young * Decimal::whole(100)).checked_div(england(&facts, "population_5_17_2021")).unwrap();
    assert_eq!(percent.fixed(1), "1.4");
}

#[test]
fn projections_move_as_their_region_does() {
    let facts = Facts::shipped();
    let kent = "E10000016";
    let aged = |age: u16, year: u16| amount(&facts, &format!("population_{age}_{year}"), kent);
    // Those aged 8 in 2023 are those aged 13 in 2028, but for the region's scaling of a few per cent.
    let ratio = aged(13, 2028).checked_div(aged(8, 2023)).unwrap();
    assert!(ratio > "0.9".parse().unwrap() && ratio < "1.1".parse().unwrap(), "{ratio}");
    assert!(
        matches!(facts.get("population_0_17_2028", kent).unwrap().basis, Basis::Projected(ref by) if by == "cohort")
    );
    assert!(
        matches!(facts.get("population_0_17_2029", kent).unwrap().basis, Basis::Projected(ref by) if by == "cohort-extended")
    );
}

#[test]
fn the_first_tenth_is_the_most_deprived() {
    let facts = Facts::shipped();
    let tenths: Vec<u8> =
        today().map(|council| facts.decile("imd_2025_average_score", council.code.as_str()).unwrap()).collect();
    assert_eq!((tenths.iter().min(), tenths.iter().max()), (Some(&1), Some(&10)));
    assert!((1..=10).all(|tenth| (15..=16).contains(&tenths.iter().filter(|&&found| found == tenth).count())));
    assert_eq!(facts.decile("imd_2025_average_score", "E06000009"), Some(1)); // Blackpool
}

fn refused(need: &str) -> String {
    Facts::read(CATALOGUE, &[("need", need)]).unwrap_err().to_string()
}

#[test]
fn a_wrong_table_is_refused_with_file_line_and_reason() {
    let hartlepool = NEED.lines().position(|line| line.starts_with("E06000001,")).unwrap();
    let with = |change: &dyn Fn(&str) -> String| {
        let lines: Vec<String> = NEED
            .lines()
            .enumerate()
            .map(|(at, line)| if at == hartlepool { change(line) } else { line.to_owned() })
            .collect();
        lines.join("\n")
    };
    let line = format!("need.csv, line {}", hartlepool + 1);
    for (wrong, reason) in [
        (with(&|row| row.replacen("740", "", 1)), "ehc_plans_2022"),
        (with(&|row| row.replacen("740", "7,40", 1)), "fields"),
        (with(&|row| row.replacen("740", "740~guess", 1)), "`guess` is no method"),
        (with(&|row| row.replacen("740", "740~split:!", 1)), "mark"),
        (with(&|row| row.replacen("E06000001", "E06000002", 1)), "twice"),
        (with(&|row| row.replacen("E06000001", "E10000006", 1)), "no council of today"),
    ] {
        let sentence = refused(&wrong);
        assert!(sentence.contains(reason), "{reason}: {sentence}");
        assert!(
            sentence.starts_with(&line) || sentence.contains(&format!("row {}", hartlepool + 1)) || reason == "twice",
            "{sentence}"
        );
    }
    let lines: Vec<&str> = NEED.lines().filter(|line| !line.starts_with("E06000053,")).collect();
    assert_eq!(refused(&lines.join("\n")), "need.csv: there is no row for council E06000053");
    assert!(refused(&NEED.replacen("area_cost_2025", "area_cost", 1)).contains("area_cost"));
    // The tables that are not given lack their columns.
    assert!(refused(NEED).contains("has no column population_0_17_2020"));
}

/// A publisher's file with one thing wrong, and what must be said of it.
#[test]
fn a_wrong_file_is_refused_with_file_line_and_reason() {
    let ages: String = (0..18).map(|age| format!(",{age}")).collect();
    let mid_year = |row: &str| format!("utla20_code,utla20_name,total_population{ages}\n{row}\n");
    let counts = ",10".repeat(18);
    let looked_after =
        "time_period,geographic_level,new_la_code,population_count,population_estimate,number,rate_per_10000\n";
    for (text, line, reason) in [
        (mid_year(&format!("E06000001,A,500{counts}\nE06000001,A,500{counts}")), 3, "twice"),
        (mid_year(&format!("E06000099,A,500{counts}")), 2, "no code of a council"),
        (mid_year(&format!("E06000001,A,100{counts}")), 2, "more than the 100 residents"),
        (mid_year(&format!("E06000001,A,500{}", counts.replacen("10", "", 1))), 2, "`0` is blank"),
        (mid_year(&format!("E06000001,A,500{}", counts.replacen("10", "c", 1))), 2, "cannot be withheld"),
        (mid_year(&format!("E06000001,A,500{}", counts.replacen("10", "-10", 1))), 2, "below nought"),
        (mid_year(&format!("E06000001,A,500{}", counts.replacen("10", "1.5", 1))), 2, "in parts"),
        (format!("{looked_after}2024,Local authority,E06000001,x,many,1,1\n"), 2, "`many`"),
        (format!("{looked_after}soon,National,,x,1,1,1\n"), 2, "no year"),
        (format!("{looked_after}2024,Parish,E06000001,x,1,1,1\n"), 2, "no geographic level"),
        (
            "measure,year,area,la_number,region,value\nLACFinance,2023-24 (OT),A,three,,5\n".to_owned(),
            2,
            "no DfE number",
        ),
        ("measure,year,area,la_number,region,value\nLACFinance,2023-24 (OT),A,301.0,,n/a\n".to_owned(), 2, "`n/a`"),
        ("ltla24_code,imd_average_score\nE06000001,\n".to_owned(), 2, "blank"),
        ("ltla24_code,imd_average_score\nE06000001,130\n".to_owned(), 2, "between 0 and 100"),
        (mid_year(&format!("E06000001,A,500{}", counts.replacen("10", "99999999", 1))), 2, "more people"),
        (format!("{looked_after}2024,Local authority,E06000001,x,1,999999999999,1\n"), 2, "no publisher can mean"),
        (format!("{looked_after}2024,Local authority,E06000001,x,1,-7,1\n"), 2, "below nought"),
        ("ltla23_code,utla23_code\nE07000008,E10000099\n".to_owned(), 2, "no code of a council"),
    ] {
        let refusal = compile(&[("file.csv".to_owned(), text.clone().into_bytes())]).unwrap_err();
        assert_eq!((refusal.file.as_str(), refusal.line), ("file.csv", Some(line)), "{refusal} in {text}");
        assert!(refusal.reason.contains(reason), "{reason}: {refusal}");
    }
    let refusal =
        compile(&[("file.csv".to_owned(), b"ltla24_code,imd_average_score\nE0600000\xff,1\n".to_vec())]).unwrap_err();
    assert!(refusal.to_string().contains("UTF-8"), "{refusal}");
    let refusal = compile(&[]).unwrap_err();
    assert!(refusal.reason.contains("there is no file of this kind"), "{refusal}");
}

#[test]
fn a_shared_area_is_never_split_by_a_guess() {
    let cumbria = BTreeMap::from([(code("E10000006"), Decimal::whole(740))]);
    assert!(to_current(&cumbria, &|_, _| None).unwrap_err().contains("Cumbria"));
    assert!(to_current(&cumbria, &|_, _| Some(Decimal::ZERO)).is_err());
    // Bournemouth, Christchurch and Poole came from three councils.
    let today = BTreeMap::from([(code("E06000058"), Decimal::whole(500))]);
    let before = Night::parse_iso("2019-03-31").unwrap();
    assert!(to_former(&today, before, &|_, _| None).is_err());
    let thirds = to_former(&today, before, &|_, _| Some(Decimal::ONE)).unwrap();
    assert_eq!(thirds.len(), 3);
    assert_eq!(thirds.values().map(|part| part.amount).sum::<Decimal>(), Decimal::whole(500));
}

/// First lines of the files that are read, and of none.
const HEADERS: [&str; 6] = [
    "measure,year,area,la_number,region,value",
    "ltla24_code,imd_average_score",
    "ltla23_code,utla23_code",
    "time_period,geographic_level,new_la_code,population_count,population_estimate,number,rate_per_10000",
    "name,unit,reference,2023,2024,2025,2026,2027,2028",
    "local-authority-code,gss-code,replaced-by",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in a file, it is refused with a sentence (alone, one file is never enough), and nothing panics.
    #[test]
    fn no_file_makes_the_readers_panic(
        header in prop::sample::select(HEADERS.to_vec()),
        cells in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec![
                    "E06000001", "E10000006", "London", "london_age_0_9", "person-k", "2024", "LACnum", "National",
                    "Local authority", "301.0", "-1", "c", "-", "", "\"", "99999999999999999999", "1e5", "0.000000000000000000001",
                    "19.899999999999999", "1.€€€€€€€", "ABC", "\u{feff}", "#",
                ]).prop_map(str::to_owned),
                "\\PC{0,12}",
            ],
            0..60,
        ),
    ) {
        let width = header.split(',').count();
        let rows: Vec<String> = cells.chunks(width).map(|row| row.join(",")).collect();
        let text = format!("{header}\n{}\n", rows.join("\n"));
        let refusal = compile(&[("file.csv".to_owned(), text.into_bytes())]).unwrap_err();
        prop_assert!(!refusal.to_string().is_empty());
    }

    /// Whatever the councils of a night held and however their areas were cut: carried to today's councils and back it
    /// is the same, and nothing is lost on the way.
    #[test]
    fn carried_forward_and_back_every_council_has_its_own(
        night in prop::sample::select(vec!["2019-06-01", "2020-06-30", "2022-03-31", "2024-01-01"]),
        amounts in prop::collection::vec(0i64..1_000_000_000, 161),
        weights in prop::collection::vec(1i64..1_000_000, 161),
    ) {
        let night = Night::parse_iso(night).unwrap();
        let held: BTreeMap<CouncilCode, Decimal> = kernel::councils()
            .iter()
            .zip(amounts)
            .filter(|(council, _)| council.in_force(night))
            .map(|(council, amount)| (council.code, Decimal::hundredths(amount)))
            .collect();
        let weight = |_: CouncilCode, successor: CouncilCode| {
            let at = kernel::councils().iter().position(|council| council.code == successor)?;
            Some(Decimal::whole(weights[at]))
        };
        let forward = to_current(&held, &weight).unwrap();
        prop_assert_eq!(forward.len(), 153);
        let carried: BTreeMap<CouncilCode, Decimal> = forward.iter().map(|(&code, part)| (code, part.amount)).collect();
        prop_assert_eq!(carried.values().copied().sum::<Decimal>(), held.values().copied().sum::<Decimal>());
        let back = to_former(&carried, night, &weight).unwrap();
        let back: BTreeMap<CouncilCode, Decimal> = back.into_iter().map(|(code, part)| (code, part.amount)).collect();
        prop_assert_eq!(back, held);
    }
}
