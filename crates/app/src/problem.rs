//! Why something was not done: a stable code, a sentence for the person, and the program's exit code.

use std::fmt;

use store::Fault;

/// A refusal or a fault. Nothing was half-done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable: `import.refused`, `run.earlier`, `store.missing`…
    pub code: String,
    /// What, where, and how to mend it.
    pub sentence: String,
    /// 2 for what the person asked wrongly, 3 for a return that was refused, 4 for what was not found, 5 for the
    /// store.
    pub exit: u8,
}

impl Problem {
    /// What was asked cannot be.
    pub fn asked(code: &str, sentence: impl Into<String>) -> Problem {
        Problem { code: code.to_owned(), sentence: sentence.into(), exit: 2 }
    }

    /// What was given to import cannot be read.
    pub fn refused(code: &str, sentence: impl Into<String>) -> Problem {
        Problem { exit: 3, ..Problem::asked(code, sentence) }
    }

    /// There is no such thing.
    pub fn not_found(what: &str, sentence: impl Into<String>) -> Problem {
        Problem { exit: 4, ..Problem::asked(&format!("{what}.not-found"), sentence) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.sentence, self.code)
    }
}

impl std::error::Error for Problem {}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        // The store is sound when one key is used for two commands: that was asked wrongly.
        let exit = if matches!(fault, Fault::KeyConflict { .. }) { 2 } else { 5 };
        Problem { code: fault.code().to_owned(), sentence: fault.to_string(), exit }
    }
}

impl From<funding::PolicyError> for Problem {
    fn from(error: funding::PolicyError) -> Problem {
        Problem::asked("policy.wrong", error.to_string())
    }
}
