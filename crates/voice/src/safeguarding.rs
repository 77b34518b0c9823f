//! The way of a disclosure: to a duty person at once, and on to the next until a named person has acknowledged it.

use serde::Serialize;

use crate::protocol::Version;

/// A disclosure as the route sees it. Neither child nor words are part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Alert {
    /// When it was received, in minutes since 1 January 1970, UTC.
    pub received: i64,
}

/// Who has taken it on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Acknowledged {
    /// The person by name: a role or a shared mailbox cannot acknowledge.
    pub person: String,
    /// When, in minutes.
    pub at: i64,
}

/// Who is to be told, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Told {
    /// Minutes since 1 January 1970, UTC.
    pub at: i64,
    /// The role.
    pub role: String,
}

/// Everyone who is to have been told by `now`. After the last step its role is told again and again, as far apart as the
/// last two steps are, until a named person has acknowledged.
pub fn told(alert: Alert, acknowledged: Option<&Acknowledged>, now: i64, version: &Version) -> Vec<Told> {
    let named = acknowledged.filter(|by| !by.person.trim().is_empty() && by.at >= alert.received);
    let until = named.map_or(now, |by| by.at.min(now));
    let mut told = Vec::new();
    let (mut last, mut apart) = (0, 60);
    for step in &version.escalation {
        let after = i64::from(step.after_minutes);
        apart = (after - last).max(1);
        last = after;
        if alert.received + after <= until {
            told.push(Told { at: alert.received + after, role: step.role.clone() });
        }
    }
    let mut next = alert.received + last + apart;
    while next <= until && told.len() < MOST_TELLINGS {
        let role = version.escalation.last().map(|step| step.role.clone()).unwrap_or_default();
        told.push(Told { at: next, role });
        next += apart;
    }
    told
}

/// A year of telling every two hours: beyond it a list helps nobody.
const MOST_TELLINGS: usize = 4_400;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protocol;

    #[test]
    fn voice_a_disclosure_is_told_on_until_a_named_person_has_acknowledged() {
        let protocol = Protocol::shipped();
        let version = protocol.on(kernel::Night::parse_iso("2026-01-01").unwrap());
        let alert = Alert { received: 1_000 };
        let roles = |ack: Option<&Acknowledged>, now| told(alert, ack, now, version).len();
        assert_eq!(roles(None, 1_000), 1, "at once");
        assert_eq!((roles(None, 1_029), roles(None, 1_030)), (1, 2));
        assert_eq!(roles(None, 1_000 + 240 + 120 * 10), 14, "the last goes on being told");
        let nobody = Acknowledged { person: " ".into(), at: 1_005 };
        assert_eq!(roles(Some(&nobody), 1_030), 2, "a mailbox cannot acknowledge");
        let somebody = Acknowledged { person: "A. Person".into(), at: 1_005 };
        assert_eq!(roles(Some(&somebody), 100_000), 1);
    }
}
