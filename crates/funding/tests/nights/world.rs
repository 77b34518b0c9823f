//! A placement, its policy and its prices, as plain numbers: what the oracle reads, and what makes the real things.

use door::{Absence, Birthday, Payee, PlacementNotice, Sector, StatusSpan};
use funding::{Agreement, Policy, PriceBook, SHIPPED, Scope, Unit};
use kernel::{ChildRef, Code, CouncilCode, Nights, PlacementId, Region, Seq};
use money::Pence;
use proptest::prelude::*;

use crate::calendar::{birthday, day, night};

pub const COUNCIL: &str = "E10000016";
pub const URN: &str = "SC000001";

/// So many cases, and no file of past failures: what was once found wrong has a test of its own.
pub fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() }
}

#[derive(Clone, Debug)]
pub struct Terms {
    pub from: i64,
    pub share: i64,
    pub limit: i64,
    pub on_word: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum For {
    Setting,
    /// Of this payee, and of this kind only if it says so.
    Provider(bool),
    /// Of this payee, but of another kind than the placement's.
    OtherKind,
    Child,
}

#[derive(Clone, Debug)]
pub struct Agreed {
    pub what: For,
    pub from: i64,
    pub until: Option<i64>,
    pub care: i64,
    pub ret: i64,
    pub nightly: bool,
    pub notice: i64,
}

#[derive(Clone, Debug)]
pub struct World {
    pub born: (i64, i64, i64),
    pub kind: &'static str,
    pub sector: Sector,
    pub urn: bool,
    pub region: Region,
    /// First nights and dates of departure, in order.
    pub nights: Vec<(i64, i64)>,
    pub departed: bool,
    /// After how many nights the child is in the same bed again.
    pub back: Option<i64>,
    pub known_through: i64,
    /// Within `nights`: first night, end, code. Those that touch are one time away.
    pub absences: Vec<(i64, i64, &'static str)>,
    pub statuses: Vec<(i64, i64, &'static str)>,
    pub scheme_start: i64,
    pub terms: Vec<Terms>,
    pub entitlement: Vec<(i64, &'static str)>,
    /// In the order of record.
    pub agreed: Vec<Agreed>,
    /// Whether the table of 2025-26 is known.
    pub second_year: bool,
    pub through: i64,
}

impl World {
    /// Nobody is paid for the child's own parents, a hospital, its own holiday.
    pub fn payee(&self) -> Option<Payee> {
        let council = CouncilCode::parse(COUNCIL).unwrap();
        match (self.kind, self.sector, self.urn) {
            ("P1" | "T1" | "T2", ..) => None,
            (_, Sector::Own, _) => Some(Payee::council(council)),
            (_, _, true) => Some(Payee::provider(URN)),
            _ => Some(Payee::unidentified(council)),
        }
    }

    pub fn notice(&self) -> PlacementNotice {
        let range = |from, end| Nights::try_new(night(from), night(end)).unwrap();
        PlacementNotice {
            placement: PlacementId::from_hash(*b"theplace"),
            child: ChildRef::from_hash(*b"somebody"),
            council: CouncilCode::parse(COUNCIL).unwrap(),
            kind: Code::parse(self.kind).unwrap(),
            sector: self.sector,
            setting: self.urn.then(|| URN.to_owned()),
            payee: self.payee(),
            region: self.region,
            region_assumed: true,
            nights: self.nights.iter().map(|&(from, end)| range(from, end)).collect(),
            known_through: night(self.known_through),
            departed: self.nights.last().filter(|_| self.departed).map(|&(_, end)| night(end)),
            goes_on: None,
            back: self.back.filter(|_| self.departed).map(|after| night(self.nights.last().unwrap().1 + after)),
            absences: (0u8..)
                .zip(&self.absences)
                .map(|(number, &(from, end, code))| Absence {
                    stay: PlacementId::from_hash([b'a', number, 0, 0, 0, 0, 0, 0]),
                    nights: range(from, end),
                    code: Code::parse(code).unwrap(),
                })
                .collect(),
            absent_from: None,
            statuses: self
                .statuses
                .iter()
                .map(|&(from, end, code)| StatusSpan { code: Code::parse(code).unwrap(), nights: range(from, end) })
                .collect(),
            birthdays: [3u8, 5, 11, 16, 18]
                .map(|age| Birthday { age, on: night(birthday(self.born, i64::from(age))) })
                .to_vec(),
        }
    }

    pub fn policy(&self) -> Policy {
        let mut payments = "name = \"payments\"\ntitle = \"Payments\"\n".to_owned();
        for terms in &self.terms {
            payments += &format!(
                "[[terms]]\nfrom = \"{}\"\nretainer_share = {}\nretainer_limit_nights = {}\nprovisional_nights = {}\n\
                 good_faith_nights = 7\nstatus = \"assumption\"\nsource = \"this test\"\n",
                night(terms.from).iso(),
                terms.share,
                terms.limit,
                terms.on_word
            );
        }
        let shipped = |wanted: &str| SHIPPED.iter().find(|(name, _)| *name == wanted).unwrap().1;
        // The settings that are not lawful and the shares stand in the file that is replaced here.
        let rest = shipped("payments");
        payments += &rest[rest.find("[[unlawful]]").unwrap()..];
        let mut entitlement = "name = \"entitlement\"\ntitle = \"Entitlement\"\n".to_owned();
        for (from, policy) in &self.entitlement {
            entitlement += &format!(
                "[[entitlement]]\nfrom = \"{}\"\npolicy = \"{policy}\"\nstatus = \"assumption\"\nsource = \"this test\"\n",
                night(*from).iso()
            );
        }
        let scheme = format!(
            "name = \"scheme\"\ntitle = \"Scheme\"\n[scheme]\nname = \"test\"\nstart = \"{}\"\n",
            night(self.scheme_start).iso()
        );
        let mut files = vec![
            ("kinds", shipped("kinds")),
            ("payments", payments.as_str()),
            ("tariff", shipped("tariff")),
            ("allowances-2024-25", shipped("allowances-2024-25")),
            ("scheme", scheme.as_str()),
            ("entitlement", entitlement.as_str()),
        ];
        if self.second_year {
            files.push(("allowances-2025-26", shipped("allowances-2025-26")));
        }
        Policy::parse(files).unwrap()
    }

    pub fn book(&self) -> PriceBook {
        let payee = self.payee();
        let agreements = (10..).zip(&self.agreed).filter_map(|(seq, agreed)| {
            let scope = match agreed.what {
                For::Setting => Scope::Setting(URN.to_owned()),
                For::Provider(kind) => {
                    Scope::Provider { payee: payee.clone()?, kind: kind.then(|| Code::parse(self.kind).unwrap()) }
                }
                For::OtherKind => Scope::Provider { payee: payee.clone()?, kind: Code::parse("S1") },
                For::Child => Scope::Placement(PlacementId::from_hash(*b"theplace")),
            };
            Some(Agreement {
                seq: Seq(seq),
                scope,
                from: night(agreed.from),
                until: agreed.until.map(night),
                care: Pence::new(agreed.care),
                ret: Pence::new(agreed.ret),
                unit: if agreed.nightly { Unit::Night } else { Unit::Week },
                notice_nights: agreed.notice as u16,
                split_assumed: false,
            })
        });
        PriceBook::new(agreements, Seq(1))
    }
}

/// Everything happens between these, around the hand-over from tariff to allowances and two new tables.
const FIRST: (i64, i64, i64) = (2024, 2, 1);
const LENGTH: i64 = 620;

const KINDS: [&str; 14] = ["U4", "U4", "U6", "A5", "K2", "K2", "R1", "K3", "H5", "P1", "R5", "T1", "T4", "Z1"];
const SECTORS: [Sector; 6] =
    [Sector::Own, Sector::Own, Sector::OtherCouncil, Sector::Private, Sector::Voluntary, Sector::Unknown];
const REGIONS: [Region; 4] = [Region::London, Region::SouthEast, Region::NorthEast, Region::East];
const POLICIES: [&str; 3] = ["care-order-only", "seed-purposive", "all-looked-after"];
/// What a period of care is made of. No status comes before an emergency but voluntary ones: see `named`.
const STATUSES: [&str; 12] = ["C1", "C2", "C2", "E1", "D1", "V2", "V3", "V4", "L3", "J2", "J3", "C1"];

fn on() -> impl Strategy<Value = i64> {
    let first = day(FIRST.0, FIRST.1, FIRST.2);
    (0..LENGTH).prop_map(move |after| first + after)
}

/// Some boundary or any night: mistakes live at boundaries.
fn telling() -> impl Strategy<Value = i64> {
    let boundaries = [(2024, 4, 1), (2024, 4, 6), (2025, 4, 1), (2025, 4, 6)].map(|(y, m, d)| day(y, m, d));
    prop_oneof![1 => prop::sample::select(boundaries.to_vec()), 3 => on()]
}

fn born() -> impl Strategy<Value = (i64, i64, i64)> {
    // An age that matters falls in the window for most.
    let near = (prop::sample::select(vec![3, 5, 11, 16, 18]), 0..LENGTH).prop_map(|(age, after)| {
        let date = night(day(FIRST.0, FIRST.1, FIRST.2) + after).date();
        let (month, of_month) = (i64::from(date.month()), i64::from(date.day()));
        (i64::from(date.year()) - age, month, if (month, of_month) == (2, 29) { 28 } else { of_month })
    });
    prop_oneof![4 => near, 1 => Just((2008, 2, 29)), 1 => (2008..2024i64, 1..13i64, 1..29i64)]
}

fn agreed() -> impl Strategy<Value = Agreed> {
    let what = prop::sample::select(vec![
        For::Setting,
        For::Setting,
        For::Provider(false),
        For::Provider(true),
        For::OtherKind,
        For::Child,
    ]);
    let from = prop_oneof![1 => Just(day(2024, 1, 1)), 1 => telling()];
    let length = prop::option::weighted(0.4, 0..300i64);
    (what, from, length, 0..700_000i64, 0..200_000i64, any::<bool>(), 0..28i64).prop_map(
        |(what, from, length, care, ret, nightly, notice)| {
            let (care, ret) = if nightly { (care / 7, ret / 7) } else { (care, ret) };
            let until = length.map(|length| from + length);
            Agreed { what, from, until, care, ret, nightly, notice: if notice > 14 { 0 } else { notice } }
        },
    )
}

fn terms() -> impl Strategy<Value = Vec<Terms>> {
    let one = (telling(), 0..10_001i64, 0..30i64, 0..40i64).prop_map(|(from, share, limit, on_word)| Terms {
        from,
        share,
        limit,
        on_word,
    });
    prop::collection::vec(one, 0..2).prop_map(|mut later| {
        later.insert(0, Terms { from: day(2017, 4, 1), share: 10_000, limit: 14, on_word: 28 });
        later
    })
}

fn entitlement() -> impl Strategy<Value = Vec<(i64, &'static str)>> {
    let policy = || prop::sample::select(POLICIES.to_vec());
    let default = prop_oneof![2 => Just("seed-purposive"), 1 => policy()];
    (default, prop::option::weighted(0.3, (telling(), policy()))).prop_map(|(first, later)| {
        let mut rows = vec![(day(2017, 4, 1), first)];
        rows.extend(later.filter(|later| later.1 != first));
        rows
    })
}

/// Statuses without a gap from `from` to `end`; an emergency may come first or after a voluntary start.
fn statuses(from: i64, end: i64) -> impl Strategy<Value = Vec<(i64, i64, &'static str)>> {
    let emergency =
        prop::option::weighted(0.5, (any::<bool>(), prop::sample::select(vec!["L1", "L2", "J1"]), 1..60i64));
    let after = prop::collection::vec((prop::sample::select(STATUSES.to_vec()), 1..200i64), 1..6);
    (emergency, 1..40i64, after).prop_map(move |(emergency, voluntary, after)| {
        let mut wanted: Vec<(&'static str, i64)> = Vec::new();
        if let Some((at_once, code, nights)) = emergency {
            if !at_once {
                wanted.push(("V2", voluntary));
            }
            wanted.push((code, nights));
        }
        wanted.extend(after);
        let mut spans: Vec<(i64, i64, &'static str)> = Vec::new();
        let mut at = from;
        let count = wanted.len();
        for (number, (code, nights)) in wanted.into_iter().enumerate() {
            let until = if number + 1 == count { end } else { (at + nights).min(end) };
            if at < until {
                spans.push((at, until, code));
            }
            at = at.max(until);
        }
        spans
    })
}

/// Stays and times away, as fractions of what there is.
type Shape = (i64, i64, i64, Vec<(i64, i64, bool)>);

fn shape() -> impl Strategy<Value = Shape> {
    let away = prop::collection::vec((1..40i64, 1..25i64, prop::bool::weighted(0.4)), 0..3);
    (1..400i64, prop_oneof![3 => Just(0), 1 => 1..30i64], 1..60i64, away)
}

pub fn world() -> impl Strategy<Value = World> {
    let who = (born(), 0..KINDS.len(), 0..SECTORS.len(), any::<bool>(), 0..REGIONS.len());
    let money = (terms(), entitlement(), prop::collection::vec(agreed(), 0..5), any::<bool>());
    let scheme = prop_oneof![2 => Just(day(2017, 4, 1)), 1 => telling()];
    let through = prop_oneof![1 => -80..0i64, 2 => 0..60i64, 1 => 60..500i64];
    let back = prop::option::weighted(0.3, 0..12i64);
    let ends = (through, -40..300i64, any::<bool>(), back);
    (who, on(), shape(), money, scheme, ends).prop_flat_map(
        |((born, kind, sector, urn, region), arrival, (stay, hole, again, away), money, scheme_start, ends)| {
            let eighteen = birthday(born, 18);
            // Mostly in care on the nights that a birthday changes.
            let arrival = if arrival + 1 >= eighteen { eighteen - 1 - arrival % 200 } else { arrival };
            let mut nights = vec![(arrival, (arrival + stay).min(eighteen))];
            let second = arrival + stay + hole;
            if hole > 0 && second < eighteen {
                nights.push((second, (second + again).min(eighteen)));
            }
            let end = nights[nights.len() - 1].1;
            statuses(arrival, end).prop_map(move |statuses| {
                let (terms, entitlement, agreed, second_year) = money.clone();
                let (after, beyond, departed, back) = ends;
                let kind = KINDS[kind];
                let mut world = World {
                    born,
                    kind,
                    sector: if kind == "P1" { Sector::Parents } else { SECTORS[sector] },
                    urn,
                    region: REGIONS[region],
                    nights: nights.clone(),
                    departed,
                    back,
                    known_through: (end - 1).max(end - 1 + beyond),
                    absences: absences(nights[0], &away, kind),
                    statuses,
                    scheme_start,
                    terms,
                    entitlement,
                    agreed,
                    second_year,
                    through: end - 1 + after,
                };
                sensible(&mut world);
                world
            })
        },
    )
}

/// Times away within the first stay, with a night at home before and after; some touch.
fn absences((from, end): (i64, i64), wanted: &[(i64, i64, bool)], kind: &str) -> Vec<(i64, i64, &'static str)> {
    let mut absences = Vec::new();
    let mut at = from;
    if kind.starts_with('T') {
        return absences;
    }
    for &(gap, nights, touches) in wanted {
        let start = if touches && !absences.is_empty() { at } else { at + gap };
        let back = (start + nights).min(end - 1);
        if start < back {
            absences.push((start, back, if nights % 2 == 0 { "T1" } else { "T4" }));
            at = back;
        }
    }
    absences
}

/// Leaves out what the specification does not decide: what an agreement means for a kind that costs the payer
/// nothing although someone could be paid, and an addition to nothing.
fn sensible(world: &mut World) {
    let nil = crate::tables::class(world.kind) == crate::tables::Class::Nil;
    let payable = world.payee().is_some();
    world.agreed.retain(|agreed| match agreed.what {
        For::Child => !nil,
        For::Setting => !(nil && payable),
        _ => true,
    });
}
