//! The protocol: dated, sourced, versioned policy.

use kernel::Night;
use serde::Deserialize;
use thiserror::Error;

/// The file that the product ships, as text.
pub const SHIPPED: &str = include_str!("../policy/voice.toml");

/// The name of the protocol among policy files.
pub const NAME: &str = "voice";

/// Ages whose questions are put alike.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// `observed`, `faces`, `steps`, `steps-and-words`: the name of its texts.
    pub name: String,
    /// The first age of the band; it reaches to the next.
    pub from_age: u8,
    /// How many faces or steps an answer has: 3 or 5.
    pub steps: u8,
    /// Marks up to this are low.
    pub low: u8,
    /// Whether the child may write words.
    pub words: bool,
}

/// Who is told of a disclosure that nobody has acknowledged.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationStep {
    /// So many minutes after it was received.
    pub after_minutes: u32,
    /// `duty-social-worker`, `duty-manager`…
    pub role: String,
}

/// How pools are formed and what is added to their share. Shares are in millionths.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolTerms {
    /// The fewest children of a pool.
    pub children: u32,
    /// The greatest share of a pool's nights that one child may have.
    pub child_share_ppm: u32,
    /// The standard deviation of the noise.
    pub noise_ppm: u32,
    /// What a share is rounded to.
    pub step_ppm: u32,
    /// Months after a half-year's end from which it may be closed: time for silence to be heard.
    pub close_months: u8,
}

/// One version of the protocol.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Its name.
    pub version: String,
    /// The first due date that is judged by it.
    pub from: Night,
    /// `statute`, `official` or `assumption`.
    pub status: String,
    /// Where it comes from.
    pub source: String,
    /// Working days from arrival to the first due date of a placement.
    pub settling_in_working_days: u16,
    /// Working days from becoming looked after to the first review.
    pub first_review_working_days: u16,
    /// Months from the first review to the second.
    pub second_review_months: u8,
    /// Months between reviews from then on, at most.
    pub later_review_months: u8,
    /// Working days before a due date from which an answer satisfies it.
    pub early_working_days: u16,
    /// Working days after a due date until silence counts.
    pub grace_working_days: u16,
    /// Working days until a placement review opens.
    pub review_working_days: u16,
    /// Working days until a reply is due.
    pub reply_working_days: u16,
    /// Working days until an independent person visits.
    pub visit_working_days: u16,
    /// Working days until the ordinary conversation after every due date.
    pub conversation_working_days: u16,
    /// Minutes within which identical answers in one setting raise a flag.
    pub identical_minutes: u32,
    /// Published counts below this are suppressed.
    pub suppress_below: u32,
    /// From this age on a child who is able to answers, alone or with help; below it two adults observe.
    pub answers_from_age: u8,
    /// Ages, in order from 0.
    pub band: Vec<Band>,
    /// The way of a disclosure, in order of time from 0.
    pub escalation: Vec<EscalationStep>,
    /// Pools.
    pub pool: PoolTerms,
}

/// All versions, in order of date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Protocol {
    versions: Vec<Version>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    title: String,
    version: Vec<Version>,
}

/// Why a protocol cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ProtocolError {
    /// Not the form of a protocol.
    #[error("the voice policy cannot be read: {0}")]
    Unreadable(String),
    /// Read, and wrong.
    #[error("the voice policy, version {version}: {why}")]
    Wrong {
        /// Which version.
        version: String,
        /// What to mend.
        why: String,
    },
}

impl Protocol {
    /// The file that the product ships.
    pub fn shipped() -> Protocol {
        Protocol::parse(SHIPPED).expect("the shipped protocol is read in tests")
    }

    /// Reads a policy file.
    pub fn parse(body: &str) -> Result<Protocol, ProtocolError> {
        let file: File =
            toml::from_str(body).map_err(|error| ProtocolError::Unreadable(error.to_string().trim_end().to_owned()))?;
        if file.name != NAME || file.title.trim().is_empty() || file.version.is_empty() {
            return Err(ProtocolError::Unreadable("it needs the name voice, a title and a version".to_owned()));
        }
        let mut before: Option<Night> = None;
        for version in &file.version {
            if before.is_some_and(|before| version.from <= before) {
                return wrong(version, "versions must be in order of date");
            }
            before = Some(version.from);
            check(version)?;
        }
        Ok(Protocol { versions: file.version })
    }

    /// The versions that are in force by a date, in order; the first, if none is yet.
    pub fn through(&self, night: Night) -> &[Version] {
        let after = self.versions.partition_point(|version| version.from <= night);
        &self.versions[..after.max(1)]
    }

    /// The names of the bands of every version.
    pub fn bands(&self) -> impl Iterator<Item = &str> {
        self.versions.iter().flat_map(|version| version.band.iter().map(|band| band.name.as_str()))
    }

    /// The version in force on a date; the first before any was.
    pub fn on(&self, night: Night) -> &Version {
        let after = self.versions.partition_point(|version| version.from <= night);
        &self.versions[after.saturating_sub(1)]
    }
}

fn wrong<T>(version: &Version, why: &str) -> Result<T, ProtocolError> {
    Err(ProtocolError::Wrong { version: version.version.clone(), why: why.to_owned() })
}

fn check(version: &Version) -> Result<(), ProtocolError> {
    if version.source.trim().is_empty() || !matches!(version.status.as_str(), "statute" | "official" | "assumption") {
        return wrong(version, "it has no source, or its status is none of statute, official, assumption");
    }
    let rising = version.band.windows(2).all(|pair| pair[0].from_age < pair[1].from_age);
    if !rising || version.band.first().is_none_or(|band| band.from_age != 0) {
        return wrong(version, "bands must be in order of age, from 0");
    }
    if version.band.iter().any(|band| !matches!(band.steps, 3 | 5) || !(1..band.steps).contains(&band.low)) {
        return wrong(version, "an answer has 3 faces or 5 steps, of which some are low and some are not");
    }
    let later = version.escalation.windows(2).all(|pair| pair[0].after_minutes < pair[1].after_minutes);
    if !later || version.escalation.first().is_none_or(|step| step.after_minutes != 0) {
        return wrong(version, "somebody must be told of a disclosure at once, and others in order of time");
    }
    if version.settling_in_working_days == 0 || version.second_review_months == 0 || version.later_review_months == 0 {
        return wrong(version, "due dates need time between them");
    }
    let pool = version.pool;
    if pool.close_months == 0 || pool.close_months > 12 {
        return wrong(version, "a half-year is closed 1 to 12 months after its end");
    }
    if pool.step_ppm == 0 || 1_000_000 % pool.step_ppm != 0 || pool.noise_ppm > 1_000_000 {
        return wrong(version, "the step of a share must divide the whole, and noise is at most the whole");
    }
    Ok(())
}

impl Version {
    /// The band of an age.
    pub fn band(&self, age: i16) -> &Band {
        let after = self.band.partition_point(|band| i16::from(band.from_age) <= age);
        &self.band[after.saturating_sub(1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_that_tells_nobody_of_a_disclosure_is_refused() {
        let body = SHIPPED.replace("after_minutes = 0\n", "after_minutes = 5\n");
        assert!(Protocol::parse(&body).unwrap_err().to_string().contains("told of a disclosure at once"));
    }

    #[test]
    fn an_unsourced_protocol_is_refused() {
        let body = SHIPPED.replace("status = \"assumption\"", "status = \"official-ish\"");
        assert!(matches!(Protocol::parse(&body), Err(ProtocolError::Wrong { .. })));
    }

    #[test]
    fn bands_reach_to_the_next() {
        let protocol = Protocol::shipped();
        let version = protocol.on(Night::parse_iso("2025-05-01").unwrap());
        for (age, name) in
            [(0, "observed"), (3, "observed"), (4, "faces"), (7, "faces"), (8, "steps"), (17, "steps-and-words")]
        {
            assert_eq!(version.band(age).name, name, "{age}");
        }
    }
}
