//! A setting as a source describes it: each field as it was written, read into types only when asked.

use std::collections::BTreeMap;

use kernel::{Council, Night, Region, councils, find_on};
use serde::{Deserialize, Serialize};

use crate::kind::{Kind, Status, fold};

/// What a source may say of a setting.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// What sort of setting.
    Kind,
    /// How it stands with the regulator.
    Status,
    /// Its name; often withheld.
    Name,
    /// First line of its address; often withheld.
    Address,
    /// Second line.
    Address2,
    /// Town; often withheld.
    Town,
    /// Postal county; often withheld.
    County,
    /// Postcode; often withheld.
    Postcode,
    /// The regulator's own region.
    OfstedRegion,
    /// The region.
    Region,
    /// The council in whose area it is, as the source names it.
    Council,
    /// Parliamentary constituency.
    Constituency,
    /// Private, voluntary, local authority…
    Sector,
    /// How many places it is registered for.
    Places,
    /// Whether it gives short breaks alone.
    ShortBreaks,
    /// Whether it has several buildings.
    MultiBuilding,
    /// The organisation that owns it.
    Owner,
    /// Its number as a school.
    SchoolUrn,
    /// Since when it has been registered.
    Registered,
    /// When its registration ended.
    Ended,
    /// What the last inspection was.
    Inspection,
    /// When.
    Inspected,
    /// When its report was published.
    Published,
    /// The inspection's number.
    InspectionNumber,
    /// Its judgement overall. A blank is *not yet inspected*, which is nothing bad.
    Overall,
    /// Its judgement of education.
    Education,
    /// Its judgement of health services.
    Health,
    /// Its judgement of help and protection.
    Protection,
    /// Its judgement of leaders and managers.
    Leaders,
    /// The placement codes that it may stand for in a return.
    PlaceCodes,
    /// The provider codes that it may stand for.
    ProviderCodes,
}

impl Field {
    /// Its name in pages and JSON.
    pub fn name(self) -> String {
        // A unit variant is written as its own name.
        format!("{self:?}").chars().fold(String::new(), |mut name, c| {
            if c.is_uppercase() && !name.is_empty() {
                name.push(' ');
            }
            name.extend(c.to_lowercase());
            name
        })
    }
}

/// What one source said of a setting, or all of them together. A blank is a thing said: that there is none.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Setting(BTreeMap<Field, String>);

impl Setting {
    /// Says a field. White space around it is not part of it.
    pub fn say(&mut self, field: Field, text: &str) {
        self.0.insert(field, text.trim().to_owned());
    }

    /// What is said of a field; `None` if it is blank or nothing was said.
    pub fn text(&self, field: Field) -> Option<&str> {
        self.0.get(&field).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The fields said, with blanks.
    pub fn said(&self) -> impl Iterator<Item = (Field, &str)> {
        self.0.iter().map(|(&field, text)| (field, text.as_str()))
    }

    /// Lays another over this one: what it says counts, what it does not say stays.
    pub fn overlay(&mut self, other: &Setting) {
        self.0.extend(other.0.iter().map(|(&field, text)| (field, text.clone())));
    }

    /// The fields in which two differ: field, this one's text, the other's.
    pub fn differences(&self, other: &Setting) -> Vec<(Field, Option<String>, Option<String>)> {
        let mut fields: Vec<Field> = self.0.keys().chain(other.0.keys()).copied().collect();
        fields.sort_unstable();
        fields.dedup();
        let owned = |setting: &Setting, field| setting.text(field).map(str::to_owned);
        fields
            .into_iter()
            .map(|field| (field, owned(self, field), owned(other, field)))
            .filter(|(_, one, other)| one != other)
            .collect()
    }

    /// What sort, if it is one that we know.
    pub fn kind(&self) -> Option<Kind> {
        self.text(Field::Kind).and_then(Kind::read)
    }

    /// How it stands, if in a word that we know.
    pub fn status(&self) -> Option<Status> {
        self.text(Field::Status).and_then(Status::read)
    }

    /// How many places it is registered for, if that is a number.
    pub fn places(&self) -> Option<u16> {
        self.text(Field::Places).and_then(|text| text.parse().ok())
    }

    /// The council in whose area it is, of those in being on a night.
    pub fn council(&self, on: Night) -> Option<&'static Council> {
        self.text(Field::Council).and_then(|text| council_named(text, on))
    }

    /// Its region: that of its council, or as the source names it.
    pub fn region(&self, on: Night) -> Option<Region> {
        let named = || {
            let folded = fold(self.text(Field::Region)?);
            Region::ALL.into_iter().find(|region| fold(region.name()) == folded || fold(region.code()) == folded)
        };
        self.council(on).map(|council| council.region).or_else(named)
    }

    /// Whether it says that it is registered on a night: by its status, and by its dates where it has them. A status
    /// that we do not know counts as registered: nothing is dropped because it is spelled differently.
    pub fn is_registered(&self, night: Night) -> bool {
        let date = |field| self.text(field).and_then(Night::parse_british);
        self.status().is_none_or(Status::is_registered)
            && date(Field::Registered).is_none_or(|from| from <= night)
            && date(Field::Ended).is_none_or(|ended| night < ended)
    }
}

/// The council that a text names on a night, whatever the case, the hyphens and the `&`.
pub fn council_named(text: &str, on: Night) -> Option<&'static Council> {
    find_on(text, on).or_else(|| {
        let folded = fold(text);
        let named = |council: &&Council| {
            std::iter::once(council.name).chain(council.also.iter().copied()).any(|name| fold(name) == folded)
        };
        let there: Vec<&'static Council> = councils().iter().filter(named).collect();
        let in_force = there.iter().copied().find(|council| council.in_force(on));
        in_force.or_else(|| there.into_iter().max_by_key(|council| (council.until.is_none(), council.until)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_council_is_known_however_it_is_spelled() {
        let on = Night::parse_iso("2023-03-31").unwrap();
        let code = |text| council_named(text, on).map(|council| council.code.as_str());
        assert_eq!(code("Bournemouth, Christchurch & Poole"), Some("E06000058"));
        assert_eq!(code("Southend on Sea"), Some("E06000033"));
        assert_eq!(code("WORCESTERSHIRE"), Some("E10000034"));
        assert_eq!(code("Cumbria"), Some("E10000006"));
        assert_eq!(code("Atlantis"), None);
    }

    #[test]
    fn a_status_that_we_do_not_know_is_no_reason_to_drop_a_setting() {
        let night = Night::parse_iso("2023-03-31").unwrap();
        let mut setting = Setting::default();
        setting.say(Field::Status, "Paused at its own wish");
        assert_eq!((setting.status(), setting.is_registered(night)), (None, true));
        setting.say(Field::Ended, "31/03/2023");
        assert!(!setting.is_registered(night));
        assert_eq!(Field::SchoolUrn.name(), "school urn");
    }
}
