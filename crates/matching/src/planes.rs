//! Facts of homes as planes: one bit for each home, sixty-four homes in a word, so that a search asks a thing of all of
//! them at once.

use crate::words::{Access, Faith, Kind, Language, Need, Sex, Trait};

/// How many homes a word has.
pub(crate) const LANES: usize = 64;

/// The lanes of a mask, the lowest first.
pub(crate) fn lanes(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lane = (mask != 0).then(|| mask.trailing_zeros() as usize)?;
        mask &= mask - 1;
        Some(lane)
    })
}

/// What is kept of a home: one plane for each word of its list, or one.
#[derive(Clone, Copy)]
pub(crate) enum Fact {
    /// It may have no child: not registered, or suspended.
    Unregistered,
    RegistrationUnsaid,
    Kind,
    Deprives,
    /// Ages for which it is not registered.
    NotAge,
    AgesUnsaid,
    NotSex,
    /// Needs that it cannot meet, for certain.
    LacksNeed,
    NeedUnsaid,
    LacksAccess,
    AccessUnsaid,
    /// Of some place nobody has said whether it is free.
    PlacesUnsaid,
    Withheld,
    /// Who and what is there, on some night or other.
    There,
    ThereUnsaid,
    /// Whom those who are there cannot live with.
    Refuses,
    RefusesUnsaid,
    Language,
    Faith,
}

/// How many planes each fact has, in the order of [`Fact`].
const WIDTHS: [usize; 19] = [
    1,
    1,
    Kind::ALL.len(),
    1,
    18,
    1,
    Sex::ALL.len(),
    Need::ALL.len(),
    Need::ALL.len(),
    Access::ALL.len(),
    Access::ALL.len(),
    1,
    1,
    Trait::ALL.len(),
    Trait::ALL.len(),
    Trait::ALL.len(),
    Trait::ALL.len(),
    Language::ALL.len(),
    Faith::ALL.len(),
];

/// Where the planes of so many facts end.
const fn before(facts: usize) -> usize {
    let (mut planes, mut fact) = (0, 0);
    while fact < facts {
        planes += WIDTHS[fact];
        fact += 1;
    }
    planes
}

/// Every plane of every fact.
#[derive(Clone, Debug)]
pub(crate) struct Planes {
    words: usize,
    /// Plane after plane.
    bits: Vec<u64>,
}

impl Planes {
    pub fn new(homes: usize) -> Planes {
        let words = homes.div_ceil(LANES);
        Planes { words, bits: vec![0; words * before(WIDTHS.len())] }
    }

    /// Notes which words of its list a home has of a fact.
    pub fn note(&mut self, home: usize, fact: Fact, words: u64) {
        for word in lanes(words) {
            let plane = before(fact as usize) + word;
            self.bits[plane * self.words + home / LANES] |= 1 << (home % LANES);
        }
    }

    /// Where the planes of these words of a fact begin; those left out that no home has.
    pub fn of(&self, fact: Fact, words: u64) -> impl Iterator<Item = usize> {
        let begins = lanes(words).map(move |word| (before(fact as usize) + word) * self.words);
        begins.filter(|&begin| self.bits[begin..begin + self.words].iter().any(|&word| word != 0))
    }

    /// The homes of a word that have what the plane beginning here tells.
    #[inline]
    pub fn word(&self, begin: usize, word: usize) -> u64 {
        self.bits[begin + word]
    }

    /// The homes of a word that have what one of these planes tells.
    #[inline]
    pub fn any(&self, begins: &[usize], word: usize) -> u64 {
        begins.iter().fold(0, |all, &begin| all | self.bits[begin + word])
    }
}

/// One night of each home, kept so that sixty-four homes are compared with a night at once: which of all the different
/// nights it is, in binary figures, a plane for each.
#[derive(Clone, Debug)]
pub(crate) struct Ranked {
    /// The different nights, the first first.
    nights: Vec<i32>,
    figures: usize,
    /// The figures of each word of homes, the highest first.
    planes: Vec<u64>,
}

impl Ranked {
    pub fn new(of_homes: &[i32]) -> Ranked {
        let mut nights = of_homes.to_vec();
        nights.sort_unstable();
        nights.dedup();
        let figures = nights.len().next_power_of_two().trailing_zeros() as usize;
        let mut planes = vec![0; of_homes.len().div_ceil(LANES) * figures];
        for (home, night) in of_homes.iter().enumerate() {
            let rank = nights.partition_point(|other| other < night);
            for (figure, plane) in planes[home / LANES * figures..][..figures].iter_mut().enumerate() {
                *plane |= (rank as u64 >> (figures - 1 - figure) & 1) << (home % LANES);
            }
        }
        Ranked { nights, figures, planes }
    }

    /// How many of the different nights are before this one: what [`Ranked::before`] compares with.
    pub fn rank(&self, night: i32) -> usize {
        self.nights.partition_point(|&other| other < night)
    }

    /// The homes of a word whose night is before the one with this rank.
    #[inline]
    pub fn before(&self, rank: usize, word: usize) -> u64 {
        if rank == self.nights.len() {
            return u64::MAX;
        }
        let (mut less, mut equal) = (0, u64::MAX);
        for (figure, plane) in self.planes[word * self.figures..][..self.figures].iter().enumerate() {
            match rank >> (self.figures - 1 - figure) & 1 {
                0 => equal &= !plane,
                _ => (less, equal) = (less | equal & !plane, equal & plane),
            }
        }
        less
    }
}

/// A few homes, as masks of the words that have any.
#[derive(Clone, Debug, Default)]
pub(crate) struct Few(Vec<(usize, u64)>);

impl Few {
    pub fn new(mut homes: Vec<u32>) -> Few {
        homes.sort_unstable();
        let mut few: Vec<(usize, u64)> = Vec::new();
        for home in homes {
            let (word, bit) = (home as usize / LANES, 1 << (home as usize % LANES));
            match few.last_mut().filter(|last| last.0 == word) {
                Some(last) => last.1 |= bit,
                None => few.push((word, bit)),
            }
        }
        Few(few)
    }

    /// Those of a word.
    #[inline]
    pub fn word(&self, word: usize) -> u64 {
        self.0.binary_search_by_key(&word, |few| few.0).map_or(0, |at| self.0[at].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nights_of_many_homes_at_once_compare_as_each_does() {
        for different in [1, 2, 3, 4, 5, 17] {
            let nights: Vec<i32> = (0..200).map(|home| (home * 7919 + 13) % different * 3 - 4).collect();
            let ranked = Ranked::new(&nights);
            for night in -6..60 {
                let rank = ranked.rank(night);
                for (home, &of_home) in nights.iter().enumerate() {
                    let before = ranked.before(rank, home / LANES) >> (home % LANES) & 1 == 1;
                    assert_eq!(before, of_home < night, "{different} nights, home {home}, night {night}");
                }
            }
        }
    }

    #[test]
    fn every_plane_is_its_own() {
        let mut planes = Planes::new(70);
        planes.note(69, Fact::Faith, 1 << (Faith::ALL.len() - 1));
        planes.note(3, Fact::Language, 0b101);
        assert_eq!(planes.of(Fact::Faith, u64::MAX >> (64 - Faith::ALL.len())).count(), 1);
        let languages: Vec<usize> = planes.of(Fact::Language, 0b111).collect();
        assert_eq!(languages.len(), 2, "the one between is no home's");
        assert_eq!((planes.any(&languages, 0), planes.any(&languages, 1)), (1 << 3, 0));
        assert_eq!(planes.of(Fact::RefusesUnsaid, 0xFFFF).count(), 0);
        assert_eq!(lanes(0b1001_0010).collect::<Vec<_>>(), [1, 4, 7]);
    }
}
