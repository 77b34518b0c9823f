//! What a setting and a place are called.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest name of a household.
const LONGEST_HOUSEHOLD: usize = 40;
/// The highest number of a place: no setting in England is registered for more.
const MOST_PLACES: u16 = 2_000;

/// A setting: `urn/SC012345` by its Ofsted number, or `household/KENT-0012` by the number that a council or an agency
/// gives a fostering, kinship or adoptive household. Never a name or an address.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SettingRef(String);

impl SettingRef {
    /// From text, upper-cased behind the first stroke. `None` if it has not the shape of either.
    pub fn parse(text: &str) -> Option<SettingRef> {
        let (kind, rest) = text.trim().split_once('/')?;
        let rest = rest.to_ascii_uppercase();
        match kind {
            "urn" => SettingRef::urn(&rest),
            "household" => {
                let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
                let sound = !rest.is_empty() && rest.len() <= LONGEST_HOUSEHOLD && rest.chars().all(plain);
                sound.then(|| SettingRef(format!("household/{rest}")))
            }
            _ => None,
        }
    }

    /// From an Ofsted number alone: seven figures, or `SC` and six.
    pub fn urn(text: &str) -> Option<SettingRef> {
        let text = text.trim().to_ascii_uppercase();
        let figures = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
        let sound = figures(&text, 7) || text.strip_prefix("SC").is_some_and(|rest| figures(rest, 6));
        sound.then(|| SettingRef(format!("urn/{text}")))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The Ofsted number, if it has one.
    pub fn number(&self) -> Option<&str> {
        self.0.strip_prefix("urn/")
    }

    /// Whether it is a household, which no list of Ofsted's has.
    pub fn is_household(&self) -> bool {
        self.number().is_none()
    }
}

impl fmt::Display for SettingRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for SettingRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SettingRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SettingRef, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        SettingRef::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("not a setting: {text}")))
    }
}

/// One registered place of a setting, counted from 1: `urn/SC012345/2`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PlaceRef {
    /// Whose place.
    pub setting: SettingRef,
    /// Which, from 1 to the registered number.
    pub number: u16,
}

impl PlaceRef {
    /// From `urn/SC012345/2`.
    pub fn parse(text: &str) -> Option<PlaceRef> {
        let (setting, number) = text.trim().rsplit_once('/')?;
        let figures = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let number: u16 = figures.then(|| number.parse().ok()).flatten()?;
        PlaceRef::try_new(SettingRef::parse(setting)?, number)
    }

    /// `None` unless the number is one that a place may have.
    pub fn try_new(setting: SettingRef, number: u16) -> Option<PlaceRef> {
        (1..=MOST_PLACES).contains(&number).then_some(PlaceRef { setting, number })
    }
}

impl fmt::Display for PlaceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.setting, self.number))
    }
}

impl Serialize for PlaceRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_an_ofsted_number_or_a_household() {
        assert_eq!(SettingRef::parse(" urn/sc012345 ").unwrap().as_str(), "urn/SC012345");
        assert_eq!(SettingRef::parse("urn/2523028").unwrap().number(), Some("2523028"));
        assert!(SettingRef::parse("household/kent-0012").unwrap().is_household());
        for wrong in ["SC012345", "urn/", "urn/12345678", "urn/SC12", "household/", "household/Mr Smith", "x/1234567"] {
            assert_eq!(SettingRef::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_place_is_a_setting_and_a_number_from_1() {
        assert_eq!(PlaceRef::parse("urn/SC012345/12").unwrap().to_string(), "urn/SC012345/12");
        for wrong in ["urn/SC012345", "urn/SC012345/0", "urn/SC012345/-1", "urn/SC012345/+1", "urn/SC012345/99999"] {
            assert_eq!(PlaceRef::parse(wrong), None, "{wrong}");
        }
    }
}
