//! Text about a person that must not reach a log, an error or a ledger.

use std::fmt;

use smol_str::SmolStr;

/// Text that prints as `•••` everywhere but where it is asked for by name. It cannot be serialised. Most are a reference or
/// a postcode, short enough to lie in place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Masked(SmolStr);

impl Masked {
    /// Masks a text.
    pub fn new(text: impl Into<SmolStr>) -> Masked {
        Masked(text.into())
    }

    /// The text itself, for the care wing's own tables and pages.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}
