//! Who the children are: families, ages, sex, ethnicity, category of need.

use kernel::Night;

use super::land::{Land, Spot};
use crate::rng::Rng;

/// One child, as far as the child is not what happens to them.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// The council's own number for the child.
    pub(super) number: u64,
    pub(super) male: bool,
    pub(super) born: i32,
    /// The sixteenth and the eighteenth birthday.
    pub(super) sixteen: i32,
    pub(super) eighteen: i32,
    pub(super) ethnic: &'static str,
    pub(super) need: &'static str,
    pub(super) home: Spot,
    /// Unaccompanied and seeking asylum.
    pub(super) alone: bool,
}

/// Days of age and how many of the children are of it. The oldest are a week short of eighteen.
type Ages = [((i32, i32), u32); 6];

/// At 31 March 2024, less the unaccompanied: DfE 2024, age group.
const OF_THE_STOCK: Ages = [
    ((5, 60), 1_000),
    ((61, 364), 4_000),
    ((365, 1825), 10_900),
    ((1826, 3651), 10_500),
    ((3652, 5843), 29_500),
    ((5844, 6568), 23_500),
];
/// Those who started in the year to 31 March 2024, less the unaccompanied: DfE 2024, age on starting. Brothers and
/// sisters are drawn from around the first child's age, so the first child's bands are not the published ones: they are
/// chosen so that all together are.
const OF_THOSE_STARTING: Ages = [
    ((1, 30), 7_300),
    ((31, 364), 1_900),
    ((365, 1825), 3_800),
    ((1826, 3651), 3_200),
    ((3652, 5843), 7_900),
    ((5844, 6540), 4_600),
];

/// How many brothers and sisters start together, weighed. No total is published: an assumption, of which about a
/// half of all children looked after have a brother or sister who is.
const TOGETHER: [(u32, u32); 4] = [(1, 62), (2, 24), (3, 10), (4, 4)];

/// Ethnicity at 31 March 2024, without the unaccompanied as assumed below: DfE 2024.
const ETHNIC: [(&str, u32); 20] = [
    ("WBRI", 55_140),
    ("WIRI", 180),
    ("WIRT", 180),
    ("WROM", 580),
    ("WOTH", 2_380),
    ("MWBC", 2_920),
    ("MWBA", 1_090),
    ("MWAS", 1_770),
    ("MOTH", 3_150),
    ("AIND", 350),
    ("APKN", 1_070),
    ("ABAN", 390),
    ("CHNE", 100),
    ("AOTH", 1_010),
    ("BCRB", 1_250),
    ("BAFR", 1_590),
    ("BOTH", 790),
    ("OOTH", 1_460),
    ("REFU", 130),
    ("NOBT", 680),
];
/// Ethnicity of the unaccompanied: an assumption, from how the published groups of all who start differ from the rest.
const ETHNIC_ALONE: [(&str, u32); 5] = [("OOTH", 33), ("BAFR", 28), ("AOTH", 20), ("WOTH", 12), ("BOTH", 7)];
/// Category of need at 31 March 2024: DfE 2024; absent parenting is nearly all the unaccompanied.
const NEED: [(&str, u32); 8] =
    [("N1", 55_190), ("N2", 1_930), ("N3", 2_010), ("N4", 6_130), ("N5", 10_180), ("N6", 840), ("N7", 80), ("N8", 200)];
/// Boys in a thousand, so that with the unaccompanied, 95 % boys (an assumption), 57 % of all are (DfE 2024).
const BOYS: u32 = 540;
const BOYS_ALONE: u32 = 950;
/// Family homes in a thousand that are in the council itself. An assumption.
const FAMILY_HERE: u32 = 960;

/// Brothers and sisters who start on one date, the youngest first.
pub(super) fn family(council: usize, first: u64, on: i32, stock: bool, land: &Land, rng: &mut Rng) -> Vec<Person> {
    let bands = if stock { &OF_THE_STOCK } else { &OF_THOSE_STARTING };
    let (least, most) = rng.weigh(bands);
    let mut ages = vec![rng.between(least, most)];
    for _ in 1..rng.weigh(&TOGETHER) {
        let gap = rng.between(400, 1_900);
        let (youngest, oldest) = (ages[0], ages[ages.len() - 1]);
        let older = youngest <= gap || (oldest + gap < 6_500 && rng.chance(500));
        if older && oldest + gap < 6_560 {
            ages.push(oldest + gap);
        } else if !older && youngest > gap {
            ages.insert(0, youngest - gap);
        }
    }
    let home = if rng.chance(FAMILY_HERE) { land.inside(council, rng) } else { land.outside(council, false, rng) };
    let (ethnic, need) = (rng.weigh(&ETHNIC), rng.weigh(&NEED));
    let person = |(nth, age): (u64, i32), rng: &mut Rng| {
        Person::new(first + nth, on - age, rng.chance(BOYS), (ethnic, need), home, false)
    };
    (0..).zip(ages).map(|child| person(child, rng)).collect()
}

/// A child who came alone.
pub(super) fn unaccompanied(council: usize, number: u64, on: i32, stock: bool, land: &Land, rng: &mut Rng) -> Person {
    let age = match rng.below(100) {
        0..6 => rng.between(4_400, 5_478),
        6..16 => rng.between(5_479, 5_843),
        16..45 => rng.between(5_844, 6_208),
        _ => rng.between(6_209, if stock { 6_566 } else { 6_540 }),
    };
    let need = if rng.chance(955) { "N8" } else { "N1" };
    Person::new(
        number,
        on - age,
        rng.chance(BOYS_ALONE),
        (rng.weigh(&ETHNIC_ALONE), need),
        land.inside(council, rng),
        true,
    )
}

impl Person {
    fn new(number: u64, born: i32, male: bool, codes: (&'static str, &'static str), home: Spot, alone: bool) -> Person {
        let birth = night(born);
        let birthday = |years| birth.birthday(years).days() as i32;
        let (ethnic, need) = codes;
        Person { number, male, born, sixteen: birthday(16), eighteen: birthday(18), ethnic, need, home, alone }
    }
}

/// The night of a day number.
pub(super) fn night(day: i32) -> Night {
    Night::from_days(i64::from(day)).expect("days of this century")
}
