//! Ties. Two homes that are as good as each other for a child have to be shown in some order, and no order that somebody
//! could arrange for will do: not the owner's name, not who registered first, not the number they were given. So each
//! search has a key of its own, and equal homes are ordered by a keyed permutation of their references: stable for the
//! search, unforeseeable without the key, and different for the next search.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

/// The key of one search. `app` draws it and keeps it with the search, so that the order can be shown again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TieKey(u64, u64);

impl TieKey {
    /// From sixteen bytes.
    pub fn new(bytes: [u8; 16]) -> TieKey {
        let half = |at: usize| bytes[at..at + 8].iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
        TieKey(half(0), half(8))
    }

    fn round(self, round: u32, half: u32) -> u32 {
        let mut hasher = SipHasher13::new_with_keys(self.0, self.1);
        hasher.write_u64(u64::from(round) << 32 | u64::from(half));
        hasher.finish() as u32
    }

    /// Where a reference stands among its equals: the lower token comes first. A permutation (four Feistel rounds, Luby and
    /// Rackoff 1988), so two references never share a token and nothing else need decide.
    pub fn token(self, reference: u64) -> u64 {
        let (mut left, mut right) = ((reference >> 32) as u32, reference as u32);
        for round in 0..4 {
            (left, right) = (right, left ^ self.round(round, right));
        }
        u64::from(left) << 32 | u64::from(right)
    }

    /// The reference that has this token.
    pub fn reference(self, token: u64) -> u64 {
        let (mut left, mut right) = ((token >> 32) as u32, token as u32);
        for round in (0..4).rev() {
            (left, right) = (right ^ self.round(round, left), left);
        }
        u64::from(left) << 32 | u64::from(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_reference_and_keys_differ() {
        let (one, two) = (TieKey::new([7; 16]), TieKey::new([8; 16]));
        for reference in [0, 1, 2, u64::MAX, 0xDEAD_BEEF_0000_0001] {
            assert_eq!(one.reference(one.token(reference)), reference);
            assert_ne!(one.token(reference), two.token(reference));
        }
    }
}
