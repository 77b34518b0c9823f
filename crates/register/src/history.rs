//! What is known of one setting on any night, as known at any moment.

use kernel::{Night, Seq};

use crate::setting::Setting;

/// One version of a setting: what a source said, from which night on, recorded under which commit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// From this night on.
    pub from: Night,
    /// Recorded under this number.
    pub seq: Seq,
    /// Whether the setting is in the register from then on. Otherwise it has left.
    pub listed: bool,
    /// Whether a list said so, rather than a person. Whom a list has named, the next list can miss.
    pub by_list: bool,
    /// What was said; what was not, stays as it was.
    pub facts: Setting,
}

/// How a setting stands on a night, all that was said until then laid together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Whether it is in the register.
    pub listed: bool,
    /// The version that said the last of it.
    pub since: Night,
    /// Under which number that was recorded.
    pub seq: Seq,
    /// What is known of it.
    pub facts: Setting,
}

/// Every version of one setting.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct History {
    /// In order of night, then of commit, then of arrival.
    versions: Vec<Version>,
}

impl History {
    /// From versions in any order.
    pub fn new(mut versions: Vec<Version>) -> History {
        versions.sort_by_key(|version| (version.from, version.seq));
        History { versions }
    }

    /// Adds a version.
    pub fn add(&mut self, version: Version) {
        let place = self.versions.partition_point(|other| (other.from, other.seq) <= (version.from, version.seq));
        self.versions.insert(place, version);
    }

    /// All of them, in order of night and commit.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// How the setting stands on a night, as known. `None` if nothing was said of it by then.
    pub fn on(&self, night: Night, known: Seq) -> Option<Standing> {
        let said = self.versions.iter().filter(|version| version.seq <= known && version.from <= night);
        said.fold(None, |standing: Option<Standing>, version| {
            let mut facts = standing.map(|standing| standing.facts).unwrap_or_default();
            facts.overlay(&version.facts);
            Some(Standing { listed: version.listed, since: version.from, seq: version.seq, facts })
        })
    }

    /// Whether a list has named it by now.
    pub(crate) fn is_listed_by_list(&self) -> bool {
        self.versions.iter().any(|version| version.by_list)
    }
}
