//! One pass over the columns for one child: what fails is counted, and what does not is offered, best first.

use crate::order::{Rules, Standing, standing, wish_bit};
use crate::register::{Asked, FACT_FAITHS, FACT_KINDS, Register, sketch};
use crate::search::{Search, Wish};
use kernel::GridPoint;

/// A wish, as the columns can answer it.
enum Seen {
    /// One of these facts.
    Fact(u64),
    /// Within a square distance of one of these.
    Near(Vec<GridPoint>, i64),
    /// One of these traits is there.
    Having(u16),
    /// None of these is, for certain.
    Without(u16),
    /// Somebody of these sketches: if one fits, the home itself tells.
    Person(Vec<u64>),
}

impl Seen {
    fn of(wish: &Wish, search: &Search) -> Seen {
        let square = |metres: u32| i64::from(metres) * i64::from(metres);
        match *wish {
            Wish::Kind(kinds) => Seen::Fact(kinds.bits() << FACT_KINDS),
            Wish::NearHome(metres) => Seen::Near(search.home.into_iter().collect(), square(metres)),
            Wish::NearSchool(metres) => Seen::Near(search.school.into_iter().collect(), square(metres)),
            Wish::NearPlace(metres) => Seen::Near(search.near.clone(), square(metres)),
            Wish::With(person) => Seen::Person(vec![sketch(person)]),
            Wish::WithSibling => Seen::Person(search.siblings.iter().map(|sibling| sketch(sibling.person)).collect()),
            Wish::Language(languages) => Seen::Fact(languages.bits()),
            Wish::Faith(faiths) => Seen::Fact(faiths.bits() << FACT_FAITHS),
            Wish::Having(traits) => Seen::Having(traits.bits() as u16),
            Wish::Without(traits) => Seen::Without(traits.bits() as u16),
        }
    }
}

/// A search and the tables, made ready for columns.
pub(crate) struct Scan<'a> {
    pub asked: Asked<'a>,
    pub rules: &'a Rules,
    wishes: Vec<(Seen, u64)>,
    /// The sketch of each brother or sister.
    siblings: Vec<u64>,
    language: u64,
    faith: u64,
    bands: [i64; 6],
    around: Around,
}

/// A box outside of which no distance counts: every point that the search names is further than the last band and than
/// any wish to be near.
struct Around {
    east: i32,
    north: i32,
    wide: u32,
    high: u32,
}

impl Around {
    /// Further than anything on the grid.
    const FAR: u32 = 1 << 24;

    fn of(search: &Search, rules: &Rules) -> Around {
        let wished = search.wishes.iter().map(|wish| match *wish {
            Wish::NearHome(metres) | Wish::NearSchool(metres) | Wish::NearPlace(metres) => metres,
            _ => 0,
        });
        let reach = wished.chain(rules.bands).max().unwrap_or(0).min(Around::FAR) as i32;
        let siblings = search.siblings.iter().filter_map(|sibling| sibling.at);
        let points = search.home.into_iter().chain(search.school).chain(search.near.iter().copied()).chain(siblings);
        let mut sides: Option<[i32; 4]> = None;
        for point in points {
            let (east, north) = (point.east(), point.north());
            let [west, last, south, top] = sides.unwrap_or([east, east, north, north]);
            sides = Some([west.min(east), last.max(east), south.min(north), top.max(north)]);
        }
        // Without a point no home is inside: one metre that lies off the grid.
        let [west, last, south, top] = sides
            .map_or([i32::MIN; 4], |[west, last, south, top]| [west - reach, last + reach, south - reach, top + reach]);
        Around { east: west, north: south, wide: last.abs_diff(west), high: top.abs_diff(south) }
    }

    #[inline]
    fn has(&self, register: &Register, at: usize) -> bool {
        let east = register.east[at].wrapping_sub(self.east) as u32;
        let north = register.north[at].wrapping_sub(self.north) as u32;
        east <= self.wide && north <= self.high
    }
}

impl<'a> Scan<'a> {
    pub fn new(search: &'a Search, rules: &'a Rules) -> Scan<'a> {
        let wishes = search.wishes.iter().enumerate();
        Scan {
            asked: Asked::new(search),
            rules,
            wishes: wishes.map(|(at, wish)| (Seen::of(wish, search), wish_bit(at))).collect(),
            siblings: search.siblings.iter().map(|sibling| sketch(sibling.person)).collect(),
            language: search.languages.bits(),
            faith: search.faith.map_or(0, |faith| 1 << (FACT_FAITHS + faith as u32)),
            bands: rules.bands.map(|edge| i64::from(edge) * i64::from(edge)),
            around: Around::of(search, rules),
        }
    }

    #[inline]
    fn band(&self, square: i64) -> u64 {
        self.bands.iter().map(|&edge| u64::from(square <= edge)).sum()
    }

    /// Which wishes the home meets; `None` if the home itself has to be asked.
    #[inline]
    fn wishes(&self, register: &Register, at: usize, inside: bool) -> Option<u64> {
        let facts = register.facts(at);
        let mut met = 0;
        for (seen, bit) in &self.wishes {
            let yes = match seen {
                Seen::Fact(mask) => facts & mask != 0,
                Seen::Near(points, most) => inside && points.iter().any(|&point| register.square(at, point) <= *most),
                Seen::Having(mask) => register.traits(&self.asked, at)?.0 & mask != 0,
                Seen::Without(mask) => {
                    let (there, unknown) = register.traits(&self.asked, at)?;
                    (there | unknown) & mask == 0
                }
                Seen::Person(people) if register.may_have(people, at) => return None,
                Seen::Person(_) => false,
            };
            met |= if yes { *bit } else { 0 };
        }
        Some(met)
    }

    /// Where the home stands, if not surely below `least`. The same as [`standing`] says.
    #[inline]
    pub fn standing(&self, register: &Register, at: usize, least: Standing) -> Option<Standing> {
        let search = self.asked.search;
        let exact = || Some(standing(search, &register.homes()[at], self.rules));
        if register.may_have(&self.siblings, at) {
            return exact();
        }
        let inside = self.around.has(register, at);
        let Some(wishes) = self.wishes(register, at, inside) else { return exact() };
        if Standing::wishes_at_most(wishes) < least {
            return None;
        }
        let facts = register.facts(at);
        let language = if facts & self.language != 0 { u64::from(self.rules.language) } else { 0 };
        let faith = if facts & self.faith != 0 { u64::from(self.rules.faith) } else { 0 };
        if !inside {
            return Some(Standing::packed(wishes, 0, 0, language + faith));
        }
        let near = |point: GridPoint| self.band(register.square(at, point));
        let closeness = search.home.map_or(0, near) + search.school.map_or(0, near);
        let siblings = search.siblings.iter().filter_map(|sibling| sibling.at).map(near).sum();
        let places: u64 = search.near.iter().map(|&point| near(point)).sum();
        let rest = language + faith + places * u64::from(self.rules.near_place);
        Some(Standing::packed(wishes, siblings, closeness, rest))
    }
}
