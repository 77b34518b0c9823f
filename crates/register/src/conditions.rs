//! What a place is registered for: ages, sex, numbers, needs; and the days between one child and the next.

use kernel::{Night, Seq};
use serde::{Deserialize, Serialize};

use crate::reference::SettingRef;

/// Whom a place is for, by sex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Anybody.
    Any,
    /// Girls.
    Female,
    /// Boys.
    Male,
}

impl Sex {
    /// From its word.
    pub fn parse(text: &str) -> Option<Sex> {
        match text {
            "any" => Some(Sex::Any),
            "female" => Some(Sex::Female),
            "male" => Some(Sex::Male),
            _ => None,
        }
    }
}

/// Registration facts of a setting or of one place in it. What is not said is not known.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Conditions {
    /// From this age to that, both included, in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ages: Option<(u8, u8)>,
    /// Whom for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// The most children at one time. Of a setting alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u16>,
    /// Needs that it is registered for, or none if it says none; in the words of whoever registered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Vec<String>>,
    /// Nights between one child's departure and the next one's arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnaround: Option<u16>,
}

impl Conditions {
    /// Lays others over these: what they say counts.
    fn overlay(&mut self, other: &Conditions) {
        self.ages = other.ages.or(self.ages);
        self.sex = other.sex.or(self.sex);
        self.most = other.most.or(self.most);
        self.turnaround = other.turnaround.or(self.turnaround);
        if other.needs.is_some() {
            self.needs.clone_from(&other.needs);
        }
    }
}

/// Conditions as recorded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConditionsVersion {
    /// Whose.
    pub setting: SettingRef,
    /// Of which place; 0 for the whole setting.
    pub place: u16,
    /// From this night on.
    pub from: Night,
    /// Recorded under this number.
    pub seq: Seq,
    /// What was said.
    pub conditions: Conditions,
}

/// The conditions of a place (0: of the setting) on a night, as known: those of the setting, and over them its own.
pub fn conditions_on(versions: &[ConditionsVersion], place: u16, night: Night, known: Seq) -> Conditions {
    let mut said: Vec<&ConditionsVersion> = versions
        .iter()
        .filter(|version| version.from <= night && version.seq <= known)
        .filter(|version| version.place == 0 || version.place == place)
        .collect();
    said.sort_by_key(|version| (version.place, version.from, version.seq));
    said.iter().fold(Conditions::default(), |mut conditions, version| {
        conditions.overlay(&version.conditions);
        conditions
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_its_own_conditions_over_those_of_its_setting() {
        let night = |text| Night::parse_iso(text).unwrap();
        let version = |place, from, seq, conditions| ConditionsVersion {
            setting: SettingRef::parse("urn/SC012345").unwrap(),
            place,
            from: night(from),
            seq: Seq(seq),
            conditions,
        };
        let versions = [
            version(0, "2025-01-01", 1, Conditions { ages: Some((8, 17)), most: Some(4), ..Conditions::default() }),
            version(2, "2025-02-01", 2, Conditions { ages: Some((16, 17)), ..Conditions::default() }),
            version(0, "2025-03-01", 3, Conditions { sex: Some(Sex::Female), ..Conditions::default() }),
        ];
        let on = |place, date, known| conditions_on(&versions, place, night(date), known);
        assert_eq!(on(2, "2025-01-31", Seq::NOW).ages, Some((8, 17)));
        assert_eq!(on(2, "2025-02-01", Seq::NOW).ages, Some((16, 17)));
        assert_eq!(on(2, "2025-02-01", Seq(1)).ages, Some((8, 17)));
        assert_eq!(on(1, "2025-03-01", Seq::NOW).ages, Some((8, 17)));
        assert_eq!(on(2, "2025-03-01", Seq::NOW).sex, Some(Sex::Female));
        assert_eq!((on(1, "2024-12-31", Seq::NOW)), Conditions::default());
    }
}
