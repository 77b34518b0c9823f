//! The seal of a run: a SHA-256 hash over everything the run posted, chained to the run before. Changing,
//! removing or adding one posting of any earlier run breaks every seal after it.

use std::fmt;

use money::Pence;
use sha2::{Digest, Sha256};

use crate::account::{Account, AccountId};
use crate::entry::Posting;

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

/// What the first run chains to.
pub const GENESIS: Hash = Hash([0; 32]);

impl Hash {
    /// From 64 hexadecimal figures.
    pub fn parse(text: &str) -> Option<Hash> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(Hash(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a run comes to, and the hash that proves it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seal {
    /// How many postings.
    pub postings: i64,
    /// The sum of their amounts.
    pub pence: Pence,
    /// Over the previous hash, the run's postings in order, the accounts it opened and its own terms.
    pub hash: Hash,
}

/// Works out a seal posting by posting, in the order of the ledger: placement, then line.
pub struct Sealer {
    digest: Sha256,
    postings: i64,
    pence: Pence,
}

impl Sealer {
    /// Begins a seal on that of the run before.
    pub fn new(previous: Hash) -> Sealer {
        let mut digest = Sha256::new();
        digest.update(previous.0);
        Sealer { digest, postings: 0, pence: Pence::ZERO }
    }

    /// A posting.
    pub fn posting(&mut self, posting: &Posting) {
        let mut bytes = [0u8; 96];
        let words = [
            posting.run,
            posting.placement.stored(),
            posting.line,
            posting.transfer.debit.0,
            posting.transfer.credit.0,
            posting.transfer.part.stored(),
            posting.transfer.pence.get(),
            posting.payee.0,
            posting.nights.start().days(),
            posting.nights.end().days(),
            posting.terms.0,
        ];
        for (word, slot) in words.iter().zip(bytes.chunks_exact_mut(8)) {
            slot.copy_from_slice(&word.to_be_bytes());
        }
        let council = posting.council.as_str().as_bytes();
        let (filled, rest) = (words.len() * 8, council.len().min(8));
        // The last eight of the nine characters: the first is always E.
        bytes[filled..filled + rest].copy_from_slice(&council[council.len() - rest..]);
        self.digest.update(bytes);
        self.postings += 1;
        self.pence += posting.transfer.pence;
    }

    /// Accounts that the run opened and its own terms, in a canonical line of text; then the seal.
    pub fn finish<'a>(mut self, opened: impl Iterator<Item = (AccountId, &'a Account)>, terms: &str) -> Seal {
        for (id, account) in opened {
            self.digest.update(id.0.to_be_bytes());
            self.digest.update(account.as_str().as_bytes());
            self.digest.update([0]);
        }
        self.digest.update(terms.as_bytes());
        Seal { postings: self.postings, pence: self.pence, hash: Hash(self.digest.finalize().into()) }
    }
}
