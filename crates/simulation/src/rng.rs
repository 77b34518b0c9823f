//! The one source of chance, made from a seed and passed in.

/// SplitMix64 (Steele, Lea and Flood, 2014): small, fast, the same on every machine. Not for secrets.
pub(crate) struct Rng(u64);

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Rng {
    /// The numbered stream of a seed. Every child draws from a stream of their own, so that one child's
    /// life can change without touching another's.
    pub(crate) fn stream(seed: u64, number: u64) -> Rng {
        Rng(mix(mix(seed).wrapping_add(GAMMA.wrapping_mul(number + 1))))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }

    /// From 0 to `bound` − 1; 0 when there is nothing to choose from. The bias, below one in 2³², is nobody's loss.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        (((self.next() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// From `least` to `most`, both included; `least` when they are the wrong way round.
    pub(crate) fn between(&mut self, least: i32, most: i32) -> i32 {
        least + self.below((most - least + 1).max(1) as u32) as i32
    }

    /// True this many times in a thousand.
    pub(crate) fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of the values, each as likely as its weight. At least one weight must be positive.
    pub(crate) fn weigh<T: Copy>(&mut self, choices: &[(T, u32)]) -> T {
        let mut left = self.below(choices.iter().map(|c| c.1).sum());
        for &(value, weight) in choices {
            if left < weight {
                return value;
            }
            left -= weight;
        }
        choices[0].0
    }

    /// One of the values, all alike. There must be one.
    pub(crate) fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u32) as usize]
    }
}

/// The stream of a name made of numbers: whoever else draws, this one draws the same.
pub(crate) fn keyed(seed: u64, key: &[u64]) -> Rng {
    let name = key.iter().fold(mix(seed ^ GAMMA), |name, part| mix(name.wrapping_add(GAMMA).wrapping_add(*part)));
    Rng(name)
}

/// −ln(1 − i/32) in thousandths; the last reaches as far as the mean of the tail asks.
const EXPONENTIAL: [u32; 33] = [
    0, 32, 65, 98, 134, 170, 208, 247, 288, 330, 375, 421, 470, 521, 575, 633, 693, 758, 827, 901, 981, 1068, 1163,
    1269, 1386, 1520, 1674, 1856, 2079, 2367, 2773, 3466, 5500,
];

impl Rng {
    /// Nights until something that happens at random once in `mean` nights on average; at least one.
    pub(crate) fn after(&mut self, mean: u32) -> i32 {
        let step = self.below(32) as usize;
        let (low, high) = (u64::from(EXPONENTIAL[step]), u64::from(EXPONENTIAL[step + 1]));
        let thousandths = low + (high - low) * u64::from(self.below(1000)) / 1000;
        ((u64::from(mean) * thousandths / 1000) as i32).max(1)
    }

    /// The place of one of the weights, each as likely as it is heavy; the first when none is.
    pub(crate) fn heavy(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let sum: u64 = weights.clone().map(u64::from).sum();
        let mut left = ((u128::from(self.next()) * u128::from(sum)) >> 64) as u64;
        for (place, weight) in weights.enumerate() {
            if left < u64::from(weight) {
                return place;
            }
            left -= u64::from(weight);
        }
        0
    }

    /// The whole part of a share of `n`, and one more as often as the rest asks: `n × per ÷ of` on average.
    pub(crate) fn share(&mut self, n: u32, per: u32, of: u32) -> u32 {
        let exact = u64::from(n) * u64::from(per);
        let whole = (exact / u64::from(of)) as u32;
        whole + u32::from(u64::from(self.below(of)) < exact % u64::from(of))
    }
}
