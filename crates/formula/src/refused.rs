//! Why something was not worked out.

use std::fmt;

/// A refusal: nothing was worked out, nothing is half-done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Stable: `facts.value`, `formula.step`, `allocation.floors`…
    pub code: &'static str,
    /// What, where (file and row), and how to mend it.
    pub sentence: String,
}

impl Refused {
    /// With a code and a sentence.
    pub fn new(code: &'static str, sentence: impl Into<String>) -> Refused {
        Refused { code, sentence: sentence.into() }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.sentence, self.code)
    }
}

impl std::error::Error for Refused {}
