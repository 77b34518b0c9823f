//! Policy files: listed, and loaded as facts.

use funding::Policy;
use kernel::Seq;
use serde::Serialize;
use store::Wing;

use crate::init::record;
use crate::knowledge::parsed;
use crate::office::{AsOf, Committed, Office};
use crate::problem::Problem;
use crate::protocol::is_protocol;
use crate::reference::sha256;

/// A policy file in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicyListing {
    /// The name it goes by.
    pub name: String,
    /// SHA-256 of its text.
    pub sha256: String,
    /// Its text.
    pub body: String,
}

impl Office {
    /// The policy files in force as known.
    pub fn policies(&self, view: &AsOf) -> Result<Vec<PolicyListing>, Problem> {
        let mut db = self.open(Wing::Bank)?;
        let known = self.known(&mut db, view)?;
        let files = db.policy_files(known.tx)?;
        let mut listed: Vec<PolicyListing> = files
            .into_iter()
            .map(|file| PolicyListing { name: file.name, sha256: file.sha256, body: file.body })
            .collect();
        listed.push(self.protocol_listing(view)?);
        Ok(listed)
    }

    /// Loads a policy file. It replaces the former of its name for every run from now on; the difference it makes to
    /// nights already paid is posted by the next run. The protocol of the voice is the care wing's own. Gives its name,
    /// and whether anything changed.
    pub fn load_policy(&self, body: &str) -> Result<(String, bool), Problem> {
        if is_protocol(body) {
            return Ok((::voice::PROTOCOL.to_owned(), self.load_protocol(body)?));
        }
        let name = Policy::check(body)?;
        let mut db = self.open(Wing::Bank)?;
        let committed = self.commit(&mut db, "policy load", &sha256(body), |db, seq| {
            let mut files: Vec<(String, String)> =
                db.policy_files(Seq::NOW)?.into_iter().map(|file| (file.name, file.body)).collect();
            match files.iter_mut().find(|file| file.0 == name) {
                Some(former) if former.1 == body => return Ok(None),
                Some(former) => former.1 = body.to_owned(),
                None => files.push((name.clone(), body.to_owned())),
            }
            parsed(&files)?;
            record(db, seq, &name, body)?;
            Ok(Some(()))
        })?;
        Ok((name, matches!(committed, Committed::Recorded(..))))
    }
}
