//! The canonical dump: every row of every table, in a fixed order and form, the same for both engines.

use sha2::{Digest, Sha256};
use store::{Fault, TABLES, Wing};

use crate::office::Office;
use crate::problem::Problem;

impl Office {
    /// Gives each line of the dump to `each` and returns the SHA-256 of all of them.
    pub fn dump(&self, each: &mut dyn FnMut(&str) -> std::io::Result<()>) -> Result<String, Problem> {
        let mut db = self.open(Wing::Whole)?;
        let mut hash = Sha256::new();
        db.snapshot(|db| {
            for table in TABLES {
                db.dump(table, &mut |line| {
                    hash.update(line.as_bytes());
                    hash.update(b"\n");
                    each(line).map_err(|error| Fault::Other(format!("the dump cannot be written: {error}")))
                })?;
            }
            Ok::<_, Fault>(())
        })?;
        Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}
