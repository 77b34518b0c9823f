//! Chance that follows from a key: the same seed, draw, council and input give the same number, whatever else is drawn,
//! in whatever order and on however many threads. Whole-number arithmetic alone, so every machine agrees.

use crate::Decimal;

/// A key; the words of its parts are mixed in one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(u64);

impl Key {
    /// The root of a study.
    pub fn new(seed: u64) -> Key {
        Key(mix(seed ^ 0x6c62_272e_07bb_0142))
    }

    /// With a number, such as that of the draw.
    pub fn and(self, number: u64) -> Key {
        Key(mix(self.0 ^ mix(number)))
    }

    /// With a word, such as a council's code.
    pub fn word(self, word: &str) -> Key {
        let hash = word
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        self.and(hash)
    }

    /// The key as a number, to be part of another.
    pub fn number(self) -> u64 {
        self.0
    }

    fn bits(self, counter: u64) -> u64 {
        mix(self.0.wrapping_add(counter.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// Even over [0, 1), in steps of 2⁻³².
    pub fn even(self) -> Decimal {
        let steps = i128::from(self.bits(0) >> 32);
        Decimal::raw((steps * Decimal::ONE.to_raw()) >> 32)
    }

    /// Close to the standard normal: twelve even draws of sixteen bits less their mean (Irwin and Hall). Mean 0,
    /// variance 1 to one part in 2³², never beyond six, tails thinner than the normal's from three on.
    pub fn normal(self) -> Decimal {
        let mut sum: i64 = 0;
        for counter in 0..3 {
            let bits = self.bits(counter);
            for part in 0..4 {
                sum += i64::from((bits >> (16 * part)) as u16);
            }
        }
        // Each part has the mean (2¹⁶ − 1)/2, so twice the sum less twelve times 2¹⁶ − 1 is centred.
        let centred = i128::from(2 * sum - 12 * 65_535);
        Decimal::raw((centred * Decimal::ONE.to_raw()) >> 17)
    }
}

/// The finaliser of splitmix64 (Steele, Lea and Flood 2014).
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_draws_have_the_moments_of_the_normal() {
        let draws: Vec<Decimal> = (0..40_000).map(|draw| Key::new(7).and(draw).word("E06000001").normal()).collect();
        let count = Decimal::whole(draws.len() as i64);
        let mean = draws.iter().copied().sum::<Decimal>().checked_div(count).unwrap();
        let variance = draws.iter().map(|draw| *draw * *draw).sum::<Decimal>().checked_div(count).unwrap();
        assert!(mean.abs() < Decimal::raw(20_000_000_000_000_000), "{mean}");
        assert!((variance - Decimal::ONE).abs() < Decimal::raw(30_000_000_000_000_000), "{variance}");
        let beyond = draws.iter().filter(|draw| draw.abs() > "1.96".parse().unwrap()).count();
        assert!((1_800..2_200).contains(&beyond), "{beyond} of 40,000 beyond 1.96");
    }

    #[test]
    fn keys_that_differ_in_anything_draw_apart() {
        let key = Key::new(1);
        assert_ne!(key.and(1).word("a").even(), key.and(2).word("a").even());
        assert_ne!(key.and(1).word("a").even(), key.and(1).word("b").even());
        assert_ne!(key.and(1).word("a").even(), Key::new(2).and(1).word("a").even());
        assert_eq!(key.and(1).word("a").normal(), Key::new(1).and(1).word("a").normal());
    }
}
