//! Integrity flags: for the independent person, and for nothing else. They change no signal and no coverage.

use kernel::{ChildRef, PlacementId};
use serde::Serialize;

use crate::answer::Observation;

/// An answer as the check sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// The child.
    pub child: ChildRef,
    /// The placement.
    pub placement: PlacementId,
    /// The setting's number.
    pub setting: String,
    /// Minutes since 1 January 1970, UTC.
    pub at: i64,
    /// The marks.
    pub marks: Observation,
    /// Whether it came from a device that is known to be the provider's.
    pub providers_device: bool,
}

/// Something for the independent person to look at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntegrityFlag {
    /// Another child of the setting marked exactly the same within minutes.
    Identical(ChildRef),
    /// It came from the provider's own device.
    ProvidersDevice(ChildRef),
}

/// Flags, in order, each once.
pub fn integrity(answers: &[Given], within_minutes: u32) -> Vec<IntegrityFlag> {
    let mut flags = Vec::new();
    let mut by_setting: Vec<&Given> = answers.iter().collect();
    by_setting.sort_by(|one, other| (&one.setting, one.at, one.child).cmp(&(&other.setting, other.at, other.child)));
    for (at, one) in by_setting.iter().enumerate() {
        if one.providers_device {
            flags.push(IntegrityFlag::ProvidersDevice(one.child));
        }
        let near = by_setting[at + 1..]
            .iter()
            .take_while(|other| other.setting == one.setting && other.at - one.at <= i64::from(within_minutes));
        for other in near.filter(|other| other.child != one.child && other.marks == one.marks) {
            if one.marks != Observation::default() {
                flags.extend([IntegrityFlag::Identical(one.child), IntegrityFlag::Identical(other.child)]);
            }
        }
    }
    flags.sort_unstable();
    flags.dedup();
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voice_identical_answers_within_minutes_raise_a_flag() {
        let given = |child: u8, at, mark, providers_device| Given {
            child: ChildRef::from_hash([child; 8]),
            placement: PlacementId::from_hash([child; 8]),
            setting: "SC1".into(),
            at,
            marks: Observation { marks: [Some(mark); 6] },
            providers_device,
        };
        let flagged = |answers: &[Given]| integrity(answers, 15).len();
        assert_eq!(flagged(&[given(1, 0, 5, false), given(2, 15, 5, false)]), 2);
        assert_eq!(flagged(&[given(1, 0, 5, false), given(2, 16, 5, false)]), 0);
        assert_eq!(flagged(&[given(1, 0, 5, false), given(2, 1, 4, false)]), 0);
        assert_eq!(flagged(&[given(1, 0, 5, false), given(1, 1, 5, false)]), 0, "one child twice");
        assert_eq!(flagged(&[given(1, 0, 5, true)]), 1);
    }
}
