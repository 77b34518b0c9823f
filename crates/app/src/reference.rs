//! Opaque references: a keyed hash of what they stand for. Whoever lacks the key cannot go back from a reference to a
//! child; whoever has the same key and facts makes the same references, in whatever order the facts come.

use kernel::{ChildRef, CouncilCode, EpisodeId, Masked, Night};
use sha2::{Digest, Sha256};

const BLOCK: usize = 64;

/// The key of one store, as the two hashes that begin every HMAC-SHA-256 (RFC 2104) with it.
pub(crate) struct ReferenceKey {
    inner: Sha256,
    outer: Sha256,
}

impl ReferenceKey {
    pub(crate) fn new(key: String) -> ReferenceKey {
        let mut block = [0u8; BLOCK];
        let key = Sha256::digest(key.as_bytes());
        block[..key.len()].copy_from_slice(&key);
        ReferenceKey {
            inner: Sha256::new_with_prefix(block.map(|byte| byte ^ 0x36)),
            outer: Sha256::new_with_prefix(block.map(|byte| byte ^ 0x5c)),
        }
    }

    /// The child that a council knows by this number.
    pub(crate) fn child(&self, council: CouncilCode, local_id: &Masked) -> ChildRef {
        ChildRef::from_hash(self.hash(&["child", council.as_str(), local_id.reveal()]))
    }

    /// The episode that was first reported to start on this date; `nth` tells apart those that share a date because
    /// another's start was corrected.
    pub(crate) fn episode(&self, child: ChildRef, decom: Night, nth: usize) -> EpisodeId {
        EpisodeId::from_hash(self.hash(&["episode", &child.to_string(), &decom.iso(), &nth.to_string()]))
    }

    /// The first eight bytes of the HMAC.
    fn hash(&self, words: &[&str]) -> [u8; 8] {
        let mut inner = self.inner.clone();
        for word in words {
            inner.update(word.as_bytes());
            inner.update([0]);
        }
        let mut outer = self.outer.clone();
        outer.update(inner.finalize());
        let digest = outer.finalize();
        std::array::from_fn(|at| digest[at])
    }
}

/// SHA-256 of a text, in hexadecimal.
pub(crate) fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
