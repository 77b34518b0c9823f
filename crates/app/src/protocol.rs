//! The protocol of the child's voice in a store: a policy file of the care wing, shipped or loaded.

use ::voice::{PROTOCOL, Protocol, SHIPPED_PROTOCOL};
use kernel::Seq;
use serde::Deserialize;
use store::{Db, PolicyFile, Wing};

use crate::office::{AsOf, Committed, Office};
use crate::policies::PolicyListing;
use crate::problem::Problem;
use crate::reference::sha256;

/// Only the name of a policy file.
#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Whether a policy file is a protocol of the voice, which the care wing keeps.
pub(crate) fn is_protocol(body: &str) -> bool {
    toml::from_str::<Named>(body).is_ok_and(|file| file.name == PROTOCOL)
}

/// The protocol in force: the last that was loaded, or the one that the product ships.
pub(crate) fn protocol(db: &mut Db) -> Result<Protocol, Problem> {
    match db.care_policy(PROTOCOL, Seq::NOW)? {
        Some(file) => read(&file.body),
        None => Ok(Protocol::shipped()),
    }
}

fn read(body: &str) -> Result<Protocol, Problem> {
    Protocol::parse(body).map_err(|error| Problem::asked("policy.voice", error.to_string()))
}

impl Office {
    /// The protocol as a policy file like any other, as known.
    pub(crate) fn protocol_listing(&self, view: &AsOf) -> Result<PolicyListing, Problem> {
        let mut db = self.open(Wing::Care)?;
        let known = crate::office::seen(&mut db, view, "nothing has been recorded yet")?;
        let body = match db.care_policy(PROTOCOL, known.seq)? {
            Some(file) => file.body,
            None => SHIPPED_PROTOCOL.to_owned(),
        };
        Ok(PolicyListing { name: PROTOCOL.to_owned(), sha256: sha256(&body), body })
    }

    /// Loads a protocol. What children were asked and told under a version stays judged by it: once anything was recorded
    /// under the protocol, a file may add versions from tomorrow on, and may change none that is in force.
    pub(crate) fn load_protocol(&self, body: &str) -> Result<bool, Problem> {
        let wanted = read(body)?;
        let mut db = self.open(Wing::Care)?;
        let today = self.today();
        let committed = self.commit(&mut db, "policy load", &sha256(body), |db, seq| {
            let former = db.care_policy(PROTOCOL, Seq::NOW)?;
            if former.as_ref().map_or(SHIPPED_PROTOCOL, |file| file.body.as_str()) == body {
                return Ok(None);
            }
            let in_force = protocol(db)?;
            let used = db.voice_has_facts()? || !db.pool_answers()?.is_empty();
            if used && wanted.through(today) != in_force.through(today) {
                let version = &in_force.on(today).version;
                let why = format!(
                    "children were asked or told under version {version}: it and those before it stay word for word, and \
                     a new version begins after {today}"
                );
                return Err(Problem::asked("policy.voice-in-force", why));
            }
            let name = PROTOCOL.to_owned();
            db.record_care_policy(&PolicyFile { name, seq, sha256: sha256(body), body: body.to_owned() })?;
            Ok(Some(()))
        })?;
        Ok(matches!(committed, Committed::Recorded(..)))
    }
}
