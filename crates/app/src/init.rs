//! Making a store.

use funding::{Entitlement, SHIPPED};
use kernel::{Night, Seq};
use store::{Db, PolicyFile, Stamp, Wing};

use crate::knowledge::parsed;
use crate::office::Office;
use crate::problem::Problem;
use crate::reference::sha256;

/// What can be chosen when a store is made.
#[derive(Clone, Debug)]
pub struct InitOptions {
    /// The name of the scheme whose fund pays.
    pub scheme: String,
    /// The first night of the scheme.
    pub scheme_start: Night,
    /// The entitlement policy from that night on: `care-order-only`, `seed-purposive` or `all-looked-after`.
    pub entitlement: String,
    /// The key that references are made with; drawn at random unless given.
    pub reference_key: Option<String>,
}

impl Default for InitOptions {
    fn default() -> InitOptions {
        InitOptions {
            scheme: "care-bank".to_owned(),
            scheme_start: Night::parse_iso("2017-04-01").expect("the first day of the first return we read"),
            entitlement: Entitlement::SeedPurposive.name().to_owned(),
            reference_key: None,
        }
    }
}

impl Office {
    /// Makes a store and records the policy that the product ships, so that "as known at" has it from the start.
    pub fn init(&self, options: &InitOptions) -> Result<(), Problem> {
        if Entitlement::parse(&options.entitlement).is_none() {
            return Err(Problem::asked(
                "policy.unknown",
                format!(
                    "there is no entitlement policy {}; choose care-order-only, seed-purposive or all-looked-after",
                    options.entitlement
                ),
            ));
        }
        let mut files: Vec<(String, String)> =
            SHIPPED.iter().map(|&(name, body)| (name.to_owned(), body.to_owned())).collect();
        files.extend(chosen(options));
        parsed(&files)?;
        let key = match &options.reference_key {
            Some(key) => key.clone(),
            None => random_key()?,
        };
        Db::init(&self.target)?;
        let mut db = self.open(Wing::Whole)?;
        let at = self.clock.now();
        let stamp = Stamp { at: at.as_str(), actor: &self.actor, key: None, command: "init", content: "" };
        db.commit(&stamp, |db, seq| {
            db.record_reference_key(&key)?;
            for (name, body) in &files {
                record(db, seq, name, body)?;
            }
            Ok::<_, Problem>(Some(()))
        })?;
        Ok(())
    }
}

impl Office {
    /// Brings a store of an older version up to date. No row is changed. Gives the schema version it had and the one it
    /// has now.
    pub fn upgrade(&self) -> Result<(i64, i64), Problem> {
        Ok(Db::upgrade(&self.target)?)
    }
}

pub(crate) fn record(db: &mut Db, seq: Seq, name: &str, body: &str) -> Result<(), Problem> {
    let file = PolicyFile { name: name.to_owned(), seq, sha256: sha256(body), body: body.to_owned() };
    Ok(db.record_policy(&file)?)
}

/// The scheme and its entitlement policy, as files like any other.
fn chosen(options: &InitOptions) -> [(String, String); 2] {
    let (name, start) = (&options.scheme, options.scheme_start.iso());
    [
        (
            "scheme".to_owned(),
            format!("name = \"scheme\"\ntitle = \"The scheme\"\n\n[scheme]\nname = \"{name}\"\nstart = \"{start}\"\n"),
        ),
        (
            "entitlement".to_owned(),
            format!(
                "# Which legal statuses the fund pays for. To change it from a date on, add a row and load the file.\n\
                 name = \"entitlement\"\ntitle = \"Entitlement policy\"\n\n[[entitlement]]\nfrom = \"{start}\"\n\
                 policy = \"{}\"\nstatus = \"assumption\"\nsource = \"Chosen when the store was made\"\n",
                options.entitlement
            ),
        ),
    ]
}

pub(crate) fn random_key() -> Result<String, Problem> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Problem::asked("system.random", format!("the system gives no random numbers: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl InitOptions {
    /// Refuses a scheme's name that could not stand in a file.
    pub fn checked(self) -> Result<InitOptions, Problem> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.scheme.is_empty() || !self.scheme.chars().all(plain) {
            return Err(Problem::asked("scheme.name", "a scheme's name holds small letters, figures and hyphens"));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use funding::Policy;

    use super::*;

    #[test]
    fn the_policy_shipped_and_chosen_reads_back() {
        let files = chosen(&InitOptions::default());
        let policy = Policy::parse(
            SHIPPED.iter().copied().chain(files.iter().map(|(name, body)| (name.as_str(), body.as_str()))),
        )
        .unwrap();
        assert_eq!(policy.scheme(), "care-bank");
    }
}
