//! The noise on a pool's share: keyed, committed beforehand, of mean nought, in whole millionths.
//!
//! The key stays in the care wing. Its hash is recorded before the half-year closes, so that nobody can choose the
//! noise afterwards; an auditor who is handed the key of one half-year can check its hash and work out every figure
//! again, and learns nothing of another half-year.

use std::fmt;

use door::{HalfYear, Payee};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// A key of 32 bytes. It prints as `•••`.
#[derive(Clone, PartialEq, Eq)]
pub struct NoiseKey([u8; 32]);

/// The hash of a key, recorded before the key is used.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Commitment(String);

impl Commitment {
    /// From its 64 hexadecimal figures.
    pub fn parse(text: &str) -> Option<Commitment> {
        (text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Commitment(text.to_ascii_lowercase()))
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for NoiseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

impl NoiseKey {
    /// From 32 bytes of chance that the caller drew.
    pub fn new(bytes: [u8; 32]) -> NoiseKey {
        NoiseKey(bytes)
    }

    /// From its 64 hexadecimal figures.
    pub fn parse(text: &str) -> Option<NoiseKey> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(NoiseKey(bytes))
    }

    /// Its figures, for the care wing's own secret table and for an auditor.
    pub fn reveal(&self) -> String {
        hex(&self.0)
    }

    /// The key of one half-year, which may be shown to an auditor by itself.
    pub fn of_half_year(&self, half_year: HalfYear) -> NoiseKey {
        NoiseKey(self.mac(&format!("half-year/{half_year}")))
    }

    /// The key that puts smaller providers in order; the same in every half-year, so that pools stay together.
    pub fn of_order(&self) -> NoiseKey {
        NoiseKey(self.mac("order"))
    }

    /// Its hash, to be recorded before it is used.
    pub fn commitment(&self) -> Commitment {
        Commitment(hex(&Sha256::new_with_prefix(b"carebank/voice/noise-key/").chain_update(self.0).finalize()))
    }

    /// The noise on a pool's share with this standard deviation, in millionths. Of mean nought and the same for the
    /// same pool: the sum of twelve uniform numbers less its middle, which is near enough a normal distribution and
    /// needs no fraction.
    pub fn noise(&self, pool: &str, scale_ppm: u32) -> i64 {
        const MIDDLE: i64 = 12 * 65_535 / 2;
        const DEVIATION: i64 = 65_536;
        let bytes = self.mac(&format!("noise/{pool}"));
        let sum: i64 = bytes.chunks_exact(2).take(12).map(|two| i64::from(u16::from_be_bytes([two[0], two[1]]))).sum();
        (sum - MIDDLE) * i64::from(scale_ppm) / DEVIATION
    }

    /// The place of a payee among others.
    pub(crate) fn place(&self, payee: &Payee) -> [u8; 32] {
        self.mac(&format!("payee/{payee}"))
    }

    fn mac(&self, message: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length will do");
        mac.update(message.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_mean_nought_and_its_scale() {
        let key = NoiseKey::new([7; 32]);
        let drawn: Vec<i64> = (0..20_000).map(|pool| key.noise(&format!("pool {pool}"), 100_000)).collect();
        let mean = drawn.iter().sum::<i64>() / 20_000;
        let variance = drawn.iter().map(|noise| noise * noise).sum::<i64>() / 20_000;
        assert!(mean.abs() < 2_500, "{mean}");
        assert!((95_000i64.pow(2)..105_000i64.pow(2)).contains(&variance), "{variance}");
    }

    #[test]
    fn a_key_shows_itself_to_nobody_who_did_not_ask() {
        let key = NoiseKey::new([7; 32]);
        assert_eq!(format!("{key:?}"), "•••");
        assert_eq!(NoiseKey::parse(&key.reveal()), Some(key.clone()));
        assert_ne!(key.commitment().to_string(), key.reveal());
    }
}
