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
    pub word: usize,
    /// The homes that are looked at.
    pub homes: u64,
    /// By wish, those that meet it.
    pub met: [u64; MOST_WISHES],
    /// Those that have to be asked themselves: somebody may be there, or the household changes within the stay.
    pub itself: u64,
    pub language: u64,
    pub faith: u64,
}

/// What the homes of a word have by where they are.
pub(crate) struct Reach {
    /// The most that any can have.
    pub most: Points,
    /// All have that.
    alike: bool,
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

    /// What the homes of a word have by where they are: the most that any can have, and whether all have that.
    #[inline]
    pub fn reach(&self, word: usize) -> Reach {
        let ground = &self.asked.register.ground;
        let most = self.near(|point| self.band(ground.nearest(word, point)));
        Reach { most, alike: most == self.near(|point| self.band(ground.furthest(word, point))) }
    }

    /// What a home has by where it is, given how many bands each point is within.
    #[inline]
    fn near(&self, bands: impl Fn(GridPoint) -> u64) -> Points {
        let search = self.asked.search;
        let places: u64 = search.near.iter().map(|&point| bands(point)).sum();
        Points {
            wishes: 0,
            siblings: search.siblings.iter().filter_map(|sibling| sibling.at).map(&bands).sum(),
            closeness: search.home.map_or(0, &bands) + search.school.map_or(0, &bands),
            rest: places * u64::from(self.rules.near_place),
        }
    }

    /// What a language and a faith that are shared count.
    #[inline]
    pub fn shared(&self, language: bool, faith: bool) -> u64 {
        u64::from(self.rules.language) * u64::from(language) + u64::from(self.rules.faith) * u64::from(faith)
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
        if above | equal | sight.itself == 0 {
            return;
        }
        let reach = self.reach(word);
        let rest = reach.most.rest + self.shared(sight.language & equal != 0, sight.faith & equal != 0);
        if Standing::new(Points { wishes: wished, rest, ..reach.most }) < least {
            equal = 0;
        }
        for lane in lanes(above | equal | sight.itself) {
            take(word * LANES + lane, self.standing(&sight, &reach, lane));
        }
    }

    /// Where one home of the word stands. The same as [`standing`] says.
    #[inline]
    pub fn standing(&self, sight: &Sight, reach: &Reach, lane: usize) -> Standing {
        let (at, has) = (sight.word * LANES + lane, |homes: u64| homes >> lane & 1 == 1);
        let register = self.asked.register;
        if has(sight.itself) {
            return standing(self.asked.search, &register.homes()[at], self.rules);
        }
        let met = sight.met[..self.wishes.len()].iter().enumerate();
        let wishes = met.map(|(at, &met)| if has(met) { wish_bit(at) } else { 0 }).sum();
        let near = match reach.alike {
            true => reach.most,
            false => self.near(|point| self.band(register.ground.square(at, point))),
        };
        let rest = near.rest + self.shared(has(sight.language), has(sight.faith));
        Standing::new(Points { wishes, rest, ..near })
    }
}
