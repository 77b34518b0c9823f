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
        }
    }

    #[inline]
    fn band(&self, square: i64) -> u64 {
        self.bands.iter().map(|&edge| u64::from(square <= edge)).sum()
    }

    /// Which wishes the home meets; `None` if the home itself has to be asked.
    #[inline]
    fn wishes(&self, register: &Register, at: usize) -> Option<u64> {
        let facts = register.facts(at);
        let mut met = 0;
        for (seen, bit) in &self.wishes {
            let yes = match seen {
                Seen::Fact(mask) => facts & mask != 0,
                Seen::Near(points, most) => points.iter().any(|&point| register.square(at, point) <= *most),
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
        let Some(wishes) = self.wishes(register, at) else { return exact() };
        if Standing::wishes_at_most(wishes) < least {
            return None;
        }
        let facts = register.facts(at);
        let near = |point: GridPoint| self.band(register.square(at, point));
        let closeness = search.home.map_or(0, near) + search.school.map_or(0, near);
        let siblings = search.siblings.iter().filter_map(|sibling| sibling.at).map(near).sum();
        let places: u64 = search.near.iter().map(|&point| near(point)).sum();
        let language = if facts & self.language != 0 { u64::from(self.rules.language) } else { 0 };
        let faith = if facts & self.faith != 0 { u64::from(self.rules.faith) } else { 0 };
        let rest = language + faith + places * u64::from(self.rules.near_place);
        Some(Standing::packed(wishes, siblings, closeness, rest))
    }
}
