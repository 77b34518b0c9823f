//! Where the child lives, as far as the postcodes tell, and whether Ofsted registers who provides it. Distance and council
//! of placement are in no file: the Department works them out from the postcodes, and so do we.

use kernel::{GridPoint, Night};

use super::Decides::{Duty, Money};
use super::case::Case;
use super::codes::{FOR_ADOPTION, FOSTERED, OTHER, TEMPORARY};
use super::columns::episodes::*;
use super::{Asks, Found, Rule, rule};
use crate::postcodes::{Area, Gazetteer, Place};
use crate::ssda903::Urn;
use crate::ssda903::beside::Provider;
use crate::ssda903::sheet::Row;
use crate::ssda903::tables::Table::{Episodes, Uasc};

const SHORT_BREAKS: &[&str] = &["V3", "V4"];
/// URN of a provider whose number is not known to the council.
const UNKNOWN: &str = Urn::UNKNOWN;
/// Tenths of a mile (rule 454) over which a distance is taken for a wrong postcode.
const FARTHEST: i64 = 3_500;
/// Tenths of a mile by which two distances differ.
const DIFFERENT: i64 = 2;

/// Tenths of a mile by the formula of the collection guide, which takes 1,609.3 metres for a mile.
fn tenths(home: GridPoint, placement: GridPoint) -> i64 {
    let halves = (home.distance_squared(placement) * 40_000).isqrt() / 16_093;
    (halves + 1) / 2
}

/// What the postcodes of one episode tell.
#[derive(Clone, Copy, Default)]
struct Whereabouts {
    /// Of the placement.
    area: Option<Area>,
    /// From home, in tenths of a mile.
    distance: Option<i64>,
}

/// The postcodes looked up, for the rules that are run only with them.
struct Map<'c, 's> {
    case: &'c Case<'s>,
    places: &'s Gazetteer,
}

impl<'c, 's> Map<'c, 's> {
    fn of(case: &'c Case<'s>) -> Option<Map<'c, 's>> {
        Some(Map { case, places: case.beside_return().postcodes.as_ref()? })
    }

    fn find(&self, row: Row<'_>, column: usize) -> Option<Place> {
        self.places.find(row.text(column)).filter(|_| row.has(column))
    }

    fn whereabouts(&self, row: Row<'_>) -> Whereabouts {
        let (home, placement) = (self.find(row, HOME_POST), self.find(row, PL_POST));
        let at = |place: Option<Place>| place?.at;
        let distance = at(home).zip(at(placement)).map(|(home, placement)| tenths(home, placement));
        Whereabouts { area: placement.and_then(|place| place.area), distance }
    }

    /// `IN` or `OUT` of the council's own area; none where it cannot be told.
    fn is_in(&self, area: Option<Area>) -> Option<bool> {
        Some(area? == Area::Council(self.case.beside_return().council?))
    }

    /// The episodes of which something is so.
    fn those(&self, found: &mut Found, wrong: impl Fn(Row<'_>, Whereabouts) -> bool) {
        found.those(self.case.rows(Episodes), |row| wrong(row, self.whereabouts(row)));
    }
}

/// Runs on the postcodes; a rule that asks for them is not run without.
fn mapped(case: &Case<'_>, found: &mut Found, wrong: impl Fn(&Map<'_, '_>, Row<'_>, Whereabouts) -> bool) {
    if let Some(map) = Map::of(case) {
        map.those(found, |row, at| wrong(&map, row, at));
    }
}

/// The first episode of a child held against the last of the year before, if that one was open.
fn goes_on(
    case: &Case<'_>,
    found: &mut Found,
    wrong: impl Fn(&Map<'_, '_>, (Row<'_>, Whereabouts), (Row<'_>, Whereabouts)) -> bool,
) {
    if let Some(map) = Map::of(case) {
        super::previous::goes_on(case, found, |first, last| {
            wrong(&map, (first, map.whereabouts(first)), (last, map.whereabouts(last)))
        });
    }
}

/// In another council or nation; the islands are in none.
fn is_elsewhere_now(now: Whereabouts, last: Whereabouts) -> bool {
    let area = |at: Whereabouts| at.area.filter(|area| *area != Area::Islands);
    area(now) != area(last)
}

/// Farther from home than last year said, or told for the first time.
fn moved(now: Whereabouts, last: Whereabouts) -> bool {
    match (now.distance, last.distance) {
        (Some(now), Some(last)) => (now - last).abs() >= DIFFERENT,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Whether a placement is outside England as far as it can be told. Where it cannot, it was taken to be outside until the
/// return of 2024-25, and to be in England since.
fn abroad(area: Option<Area>, ends: i16) -> bool {
    match area {
        Some(Area::Wales | Area::Scotland | Area::NorthernIreland) => true,
        Some(Area::Council(_)) => false,
        Some(Area::Islands) | None => ends < 2026,
    }
}

/// Placements that need no URN, as rule 218 has them.
fn needs_no_urn(place: &str, ends: i16) -> bool {
    match place {
        "P1" | "P3" | "R1" | "R2" | "R5" => true,
        "H5" | "P2" => ends < 2025,
        "Z1" => ends < 2026,
        other => TEMPORARY.contains(&other) || (ends >= 2026 && OTHER.contains(&other)),
    }
}

/// Placements at an address of their own, by year, as rule 221 has them.
fn has_an_address(place: &str, ends: i16) -> bool {
    match place {
        "K1" | "K2" | "R3" | "S1" => true,
        "H5" => ends == 2024,
        "K3" => ends >= 2025,
        _ => false,
    }
}

/// An unaccompanied child has no home here, so no distance from it.
fn is_unaccompanied(case: &Case<'_>, row: Row<'_>) -> bool {
    case.beside(Uasc, row).next().is_some() || case.last_year(Uasc, row).next().is_some()
}

/// Episodes with a URN and what Ofsted's lists say of it, where they name it.
fn registered(case: &Case<'_>, found: &mut Found, wrong: impl Fn(Row<'_>, &Provider) -> bool) {
    let Some(providers) = &case.beside_return().providers else { return };
    found.those(case.rows(Episodes), |row| {
        row.has(URN) && !row.is(URN, &[UNKNOWN]) && providers.get(row.text(URN)).is_some_and(|of| wrong(row, of))
    });
}

/// The council of a provider: that of its postcode, or the one that the list names.
fn council_of(case: &Case<'_>, provider: &Provider) -> Option<kernel::CouncilCode> {
    let by_postcode = || match case.beside_return().postcodes.as_ref()?.find(provider.postcode.as_deref()?)?.area? {
        Area::Council(council) => Some(council),
        _ => None,
    };
    by_postcode().or(provider.council)
}

/// 229: the council's own provision is another's, or another's is its own.
fn other_council(case: &Case<'_>, row: Row<'_>, provider: &Provider) -> bool {
    let (Some(of), Some(own)) = (council_of(case, provider), case.beside_return().council) else { return false };
    match row.text(PLACE_PROVIDER) {
        "PR1" => of != own,
        "PR2" => of == own,
        _ => false,
    }
}

/// Placements that rule 229 leaves out from 2025-26 on.
fn is_elsewhere(place: &str, ends: i16) -> bool {
    ends >= 2026 && (place == "K3" || needs_no_urn(place, ends))
}

fn ends_by(case: &Case<'_>, row: Row<'_>) -> Option<Night> {
    if row.has(DEC) { row.date(DEC) } else { Some(case.end) }
}

const MAP: &[Asks] = &[Asks::Postcodes];
const LIST: &[Asks] = &[Asks::Providers];
const OTHER_LAST_YEAR: &str =
    "The first episode goes on from last year's, and its postcode says another place; correct the year that is wrong.";

pub(super) const RULES: &[Rule] = &[
    rule("392c", Duty, Episodes, "PL_POST", "HOME_POST or PL_POST is no postcode; correct it.", |c, f| {
        mapped(c, f, |map, r, _| [HOME_POST, PL_POST].iter().any(|&post| r.has(post) && map.find(r, post).is_none()));
    })
    .asking(MAP),
    rule(
        "392b",
        Duty,
        Episodes,
        "PL_POST",
        "HOME_POST or PL_POST is blank, so nobody can tell how far from home the child is; write it.",
        |c, f| {
            f.those(c.rows(Episodes), |r| {
                let lacks = !r.has(HOME_POST) || !r.has(PL_POST);
                lacks && !r.is(LS, SHORT_BREAKS) && !is_unaccompanied(c, r)
            });
        },
    ),
    rule(
        "392a",
        Duty,
        Episodes,
        "PL_POST",
        "How far from home the child is cannot be told from the postcodes; correct them.",
        |c, f| {
            mapped(c, f, |_, r, at| at.distance.is_none() && !r.is(LS, SHORT_BREAKS) && !is_unaccompanied(c, r));
        },
    )
    .asking(MAP),
    rule(
        "392d",
        Money,
        Episodes,
        "PL_POST",
        "The child lives at home by the postcodes, and is not placed with parents (P1); correct one.",
        |c, f| {
            f.those(c.rows(Episodes), |r| {
                r.has(PL_POST) && r.text(HOME_POST) == r.text(PL_POST) && !r.is(PLACE, &["P1"])
            });
        },
    ),
    rule(
        "169",
        Duty,
        Episodes,
        "PL_POST",
        "Which council the child lives in cannot be told from PL_POST; correct it.",
        |c, f| {
            mapped(c, f, |_, r, at| matches!(at.area, None | Some(Area::Islands)) && !r.is(LS, SHORT_BREAKS));
        },
    )
    .asking(MAP),
    rule(
        "454",
        Duty,
        Episodes,
        "PL_POST",
        "The child lives more than 350 miles from home by the postcodes; check both.",
        |c, f| {
            mapped(c, f, |_, _, at| at.distance.is_some_and(|tenths| tenths > FARTHEST));
        },
    )
    .since(2026)
    .asking(MAP),
    rule(
        "1015",
        Money,
        Episodes,
        "PL_POST",
        "The council provides the placement itself (PR1), and it is in another council; correct one.",
        |c, f| {
            mapped(c, f, |map, r, at| {
                let place = r.text(PLACE);
                let anywhere = FOR_ADOPTION.contains(&place)
                    || FOSTERED.contains(&place)
                    || (c.year().ends() >= 2026 && place == "K3");
                let own = r.is(PLACE_PROVIDER, &["PR1"]) && !r.is(LS, SHORT_BREAKS) && r.has(LS) && r.has(PLACE);
                own && !anywhere && map.is_in(at.area) != Some(true)
            });
        },
    )
    .asking(MAP),
    rule("218", Money, Episodes, "URN", "This placement is registered with Ofsted; write its URN.", |c, f| {
        mapped(c, f, |_, r, at| {
            let ends = c.year().ends();
            let in_year = if r.has(DEC) { r.date(DEC) >= Some(c.start) } else { true };
            in_year && !r.has(URN) && !needs_no_urn(r.text(PLACE), ends) && !abroad(at.area, ends)
        });
    })
    .asking(MAP),
    rule(
        "230",
        Money,
        Episodes,
        "URN",
        "Supported accommodation (H5) is registered with Ofsted from 28 October 2023; write its URN.",
        |c, f| {
            let registered = Night::try_new(2023, 10, 29);
            mapped(c, f, |_, r, at| {
                let later = if r.has(DEC) { r.date(DEC) >= registered } else { true };
                r.is(PLACE, &["H5"]) && later && r.is(URN, &["", UNKNOWN]) && !abroad(at.area, c.year().ends())
            });
        },
    )
    .since(2024)
    .until(2024)
    .asking(MAP),
    rule(
        "243",
        Money,
        Episodes,
        "URN",
        "The placement is not in England, so Ofsted does not register it; leave URN blank.",
        |c, f| {
            mapped(c, f, |_, r, at| {
                r.has(URN) && matches!(at.area, Some(Area::Wales | Area::Scotland | Area::NorthernIreland))
            });
        },
    )
    .since(2026)
    .asking(MAP),
    rule("1008", Money, Episodes, "URN", "URN is on none of Ofsted's lists that were given; correct it.", |c, f| {
        let Some(providers) = &c.beside_return().providers else { return };
        f.those(c.rows(Episodes), |r| r.has(URN) && !r.is(URN, &[UNKNOWN]) && providers.get(r.text(URN)).is_none());
    })
    .asking(LIST),
    rule(
        "219",
        Money,
        Episodes,
        "URN",
        "Ofsted registers this URN for another kind of placement; correct URN or PLACE.",
        |c, f| {
            registered(c, f, |r, of| !of.places.is_empty() && !of.places.iter().any(|place| place == r.text(PLACE)));
        },
    )
    .asking(LIST),
    rule(
        "224",
        Money,
        Episodes,
        "PLACE_PROVIDER",
        "Ofsted registers this URN for another kind of provider; correct URN or PLACE_PROVIDER.",
        |c, f| {
            registered(c, f, |r, of| {
                let other = !of.codes.is_empty() && !of.codes.iter().any(|code| code == r.text(PLACE_PROVIDER));
                r.has(PLACE_PROVIDER) && other
            });
        },
    )
    .asking(LIST),
    rule(
        "221",
        Money,
        Episodes,
        "PL_POST",
        "Ofsted registers this URN at another postcode; correct URN or PL_POST.",
        |c, f| {
            registered(c, f, |r, of| {
                let here = r.has(PL_POST) && !r.is(LS, SHORT_BREAKS) && has_an_address(r.text(PLACE), c.year().ends());
                here && of.postcode.as_ref().is_some_and(|at| *at != crate::postcodes::compact(r.text(PL_POST)))
            });
        },
    )
    .asking(LIST),
    rule(
        "227",
        Money,
        Episodes,
        "URN",
        "The registration of this URN had ended when the episode began; correct URN or DECOM.",
        |c, f| {
            registered(c, f, |r, of| of.ended.is_some_and(|ended| r.date(DECOM) >= Some(ended)));
        },
    )
    .asking(LIST),
    rule(
        "228",
        Money,
        Episodes,
        "URN",
        "The registration of this URN ended before the episode did; correct URN or DEC.",
        |c, f| {
            registered(c, f, |r, of| of.ended.is_some_and(|ended| ends_by(c, r) > Some(ended)));
        },
    )
    .asking(LIST),
    rule(
        "229",
        Money,
        Episodes,
        "URN",
        "The provider is in another council than PR1 or PR2 says; correct PLACE_PROVIDER or URN.",
        |c, f| {
            registered(c, f, |r, of| !is_elsewhere(r.text(PLACE), c.year().ends()) && other_council(c, r, of));
        },
    )
    .asking(LIST),
    rule("503G", Money, Episodes, "PL_POST", OTHER_LAST_YEAR, |c, f| {
        goes_on(c, f, |_, (_, now), (_, last)| moved(now, last));
    })
    .after(&[Episodes])
    .asking(MAP),
    rule("453", Money, Episodes, "PL_POST", OTHER_LAST_YEAR, |c, f| {
        goes_on(c, f, |_, (first, now), (before, last)| moved(now, last) && first.text(RNE) == before.text(RNE));
    })
    .after(&[Episodes])
    .asking(MAP),
    rule("503H", Money, Episodes, "PL_POST", OTHER_LAST_YEAR, |c, f| {
        goes_on(c, f, |_, (_, now), (_, last)| is_elsewhere_now(now, last));
    })
    .after(&[Episodes])
    .asking(MAP),
    rule("452", Money, Episodes, "PL_POST", OTHER_LAST_YEAR, |c, f| {
        goes_on(c, f, |_, (first, now), (before, last)| {
            is_elsewhere_now(now, last) && first.text(RNE) == before.text(RNE)
        });
    })
    .after(&[Episodes])
    .asking(MAP),
    rule("503J", Money, Episodes, "PL_POST", OTHER_LAST_YEAR, |c, f| {
        goes_on(c, f, |map, (_, now), (_, last)| map.is_in(now.area) != map.is_in(last.area));
    })
    .after(&[Episodes])
    .asking(MAP),
];

#[cfg(test)]
#[test]
fn a_distance_is_rounded_to_the_nearest_tenth_of_the_guides_mile() {
    let at = |east: i32| GridPoint::try_new(east, 0).unwrap();
    for metres in 0..40_000i32 {
        // The definition, in whole numbers: t is told from (t - 1/2) tenths on, ten thousand tenths being 1,609,300 m.
        let (t, scaled) = (tenths(at(0), at(metres)), i64::from(metres) * 20_000);
        assert!((2 * t - 1) * 1_609_300 <= scaled && scaled < (2 * t + 1) * 1_609_300, "{metres}");
    }
}
