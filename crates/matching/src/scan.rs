//! Where homes stand for one child, a word of homes at a time: those that cannot come near what is sought are passed over
//! together, and only the others are placed in the order one by one.

use crate::asked::Asked;
use crate::order::{Points, Rules, Standing, standing, wish_bit};
use crate::planes::{Fact, Few, LANES, lanes};
use crate::register::Register;
use crate::search::{MOST_WISHES, Search, Wish};
use kernel::GridPoint;

/// A wish, as the planes can answer it.
enum Seen {
    /// One of these planes has the home.
    Any(Vec<usize>),
    /// Within so many metres of one of these.
    Near(Vec<GridPoint>, u32),
    /// One of these traits is there.
    Having(Vec<usize>),
    /// None of these is; the second are planes of homes that have not said.
    Without(Vec<usize>, Vec<usize>),
    /// Where somebody may be: the home itself tells.
    Person(Few),
}

impl Seen {
    fn of(wish: &Wish, search: &Search, register: &Register) -> Seen {
        let planes = |fact, words| register.planes.of(fact, words).collect();
        match *wish {
            Wish::Kind(kinds) => Seen::Any(planes(Fact::Kind, kinds.bits())),
            Wish::NearHome(metres) => Seen::Near(search.home.into_iter().collect(), metres),
            Wish::NearSchool(metres) => Seen::Near(search.school.into_iter().collect(), metres),
            Wish::NearPlace(metres) => Seen::Near(search.near.clone(), metres),
            Wish::With(person) => Seen::Person(register.homes_of([person])),
            Wish::WithSibling => Seen::Person(siblings(search, register)),
            Wish::Language(languages) => Seen::Any(planes(Fact::Language, languages.bits())),
            Wish::Faith(faiths) => Seen::Any(planes(Fact::Faith, faiths.bits())),
            Wish::Having(traits) => Seen::Having(planes(Fact::There, traits.bits())),
            Wish::Without(traits) => {
                Seen::Without(planes(Fact::There, traits.bits()), planes(Fact::ThereUnsaid, traits.bits()))
            }
        }
    }
}

/// Where a brother or sister may be.
fn siblings(search: &Search, register: &Register) -> Few {
    register.homes_of(search.siblings.iter().map(|sibling| sibling.person))
}

/// A search and the tables, made ready for a register.
pub(crate) struct Scan<'a> {
    pub asked: Asked<'a>,
    rules: &'a Rules,
    wishes: Vec<Seen>,
    siblings: Few,
    languages: Vec<usize>,
    faith: Vec<usize>,
    bands: [i64; 6],
}

/// What some homes of a word have of what the child wishes.
pub(crate) struct Sight {
    word: usize,
    /// The homes that are looked at.
    pub homes: u64,
    /// By wish, those that meet it.
    pub met: [u64; MOST_WISHES],
    /// Those that have to be asked themselves: somebody may be there, or the household changes within the stay.
    pub itself: u64,
    language: u64,
    faith: u64,
}

impl<'a> Scan<'a> {
    pub fn new(search: &'a Search, register: &'a Register, rules: &'a Rules) -> Scan<'a> {
        let faith = search.faith.map_or(0, |faith| 1 << faith as u32);
        Scan {
            asked: Asked::new(search, register),
            rules,
            wishes: search.wishes.iter().map(|wish| Seen::of(wish, search, register)).collect(),
            siblings: siblings(search, register),
            languages: register.planes.of(Fact::Language, search.languages.bits()).collect(),
            faith: register.planes.of(Fact::Faith, faith).collect(),
            bands: rules.bands.map(|edge| i64::from(edge) * i64::from(edge)),
        }
    }

    #[inline]
    fn band(&self, square: i64) -> u64 {
        self.bands.iter().map(|&edge| u64::from(square <= edge)).sum()
    }

    /// What these homes of a word have of what the child wishes.
    #[inline]
    pub fn sight(&self, word: usize, homes: u64) -> Sight {
        let Register { planes, ground, .. } = self.asked.register;
        let (language, faith) = (planes.any(&self.languages, word), planes.any(&self.faith, word));
        let mut sight = Sight { word, homes, met: [0; MOST_WISHES], itself: self.siblings.word(word), language, faith };
        let mut household = 0;
        for (met, seen) in sight.met.iter_mut().zip(&self.wishes) {
            match seen {
                Seen::Any(wished) => *met = planes.any(wished, word),
                Seen::Near(points, metres) => {
                    *met = points.iter().fold(0, |near, &point| near | ground.within(word, point, *metres));
                }
                Seen::Having(wished) => {
                    *met = planes.any(wished, word);
                    household |= *met;
                }
                Seen::Without(unwished, unsaid) => {
                    let there = planes.any(unwished, word);
                    *met = !(there | planes.any(unsaid, word));
                    household |= there;
                }
                Seen::Person(few) => sight.itself |= few.word(word),
            }
        }
        if household & homes != 0 {
            sight.itself |= household & !self.asked.all_there(word);
        }
        sight.itself &= homes;
        sight
    }

    /// The most that any home of the word can have beside its wishes.
    #[inline]
    pub fn most(&self, sight: &Sight) -> Points {
        let any = |homes: u64| homes & sight.homes != 0;
        self.points(any(sight.language), any(sight.faith), |point| {
            self.band(self.asked.register.ground.nearest(sight.word, point))
        })
    }

    /// What a home has beside its wishes, brothers and sisters who live elsewhere counted by how near they are.
    #[inline]
    fn points(&self, language: bool, faith: bool, near: impl Fn(GridPoint) -> u64) -> Points {
        let search = self.asked.search;
        let language = if language { u64::from(self.rules.language) } else { 0 };
        let faith = if faith { u64::from(self.rules.faith) } else { 0 };
        let places: u64 = search.near.iter().map(|&point| near(point)).sum();
        Points {
            wishes: 0,
            siblings: search.siblings.iter().filter_map(|sibling| sibling.at).map(&near).sum(),
            closeness: search.home.map_or(0, &near) + search.school.map_or(0, &near),
            rest: language + faith + places * u64::from(self.rules.near_place),
        }
    }

    /// Gives each of these homes that is not surely below a standing, with where it stands.
    #[inline]
    pub fn each(&self, word: usize, homes: u64, least: Standing, mut take: impl FnMut(usize, Standing)) {
        if homes == 0 {
            return;
        }
        let sight = self.sight(word, homes);
        let wished = least.points().wishes;
        let (mut above, mut equal) = (0, homes);
        for (at, &met) in sight.met[..self.wishes.len()].iter().enumerate() {
            if wished & wish_bit(at) != 0 {
                equal &= met;
            } else {
                (above, equal) = (above | equal & met, equal & !met);
            }
        }
        let mut worth = above | equal | sight.itself;
        if equal != 0 && Standing::new(Points { wishes: wished, ..self.most(&sight) }) < least {
            worth = above | sight.itself;
        }
        for lane in lanes(worth) {
            take(word * LANES + lane, self.standing(&sight, lane));
        }
    }

    /// Where one home of the word stands. The same as [`standing`] says.
    #[inline]
    pub fn standing(&self, sight: &Sight, lane: usize) -> Standing {
        let (at, has) = (sight.word * LANES + lane, |homes: u64| homes >> lane & 1 == 1);
        let register = self.asked.register;
        if has(sight.itself) {
            return standing(self.asked.search, &register.homes()[at], self.rules);
        }
        let met = sight.met[..self.wishes.len()].iter().enumerate();
        let wishes = met.map(|(at, &met)| if has(met) { wish_bit(at) } else { 0 }).sum();
        let beside =
            self.points(has(sight.language), has(sight.faith), |point| self.band(register.ground.square(at, point)));
        Standing::new(Points { wishes, ..beside })
    }
}
