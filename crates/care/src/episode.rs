//! What a council reports: one legal status in one place, from a date to a date.

use kernel::{ChildRef, Code, CouncilCode, EpisodeId, Masked, Night, Nights, Seq};

/// A child as far as placements need to know: opaque, with the date of birth that ages come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child {
    /// The opaque reference.
    pub child: ChildRef,
    /// The responsible council.
    pub council: CouncilCode,
    /// Date of birth.
    pub born: Night,
}

/// Nights claimed without a break since a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Which nights.
    pub nights: Nights,
    /// Recorded first under this number.
    pub since: Seq,
}

/// One SSDA903 episode, in the version that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// The same through all corrections.
    pub id: EpisodeId,
    /// Since when its nights have been claimed, but for those in `held`: decides between claims to one night.
    pub claimed: Seq,
    /// Nights that it has claimed without a break since an earlier telling, in order.
    pub held: Vec<Claim>,
    /// DECOM: the first night.
    pub start: Night,
    /// DEC: the date of departure; none while it goes on.
    pub end: Option<Night>,
    /// The last night on which the source is evidence.
    pub known_through: Night,
    /// Reason for the new episode: S, L, P, T, B or U.
    pub rne: Code,
    /// Legal status.
    pub status: Code,
    /// Placement code.
    pub place: Code,
    /// Provider code, PR0 to PR5.
    pub provider: Option<Code>,
    /// The setting's Ofsted number.
    pub urn: Option<String>,
    /// Placement postcode: only ever compared, never shown.
    pub postcode: Masked,
}

impl Episode {
    /// Whether two episodes are in the same place: code, provider, setting and postcode.
    pub fn same_place(&self, other: &Episode) -> bool {
        (self.place, self.provider, &self.urn, &self.postcode)
            == (other.place, other.provider, &other.urn, &other.postcode)
    }

    /// Whether this episode is on a temporary code.
    pub fn is_temporary(&self) -> bool {
        is_temporary(self.place)
    }

    /// The nights claimed, none past the evidence.
    pub fn nights(&self) -> Option<Nights> {
        let evidence = self.known_through.next();
        Nights::try_new(self.start, self.end.map_or(evidence, |end| end.min(evidence)))
    }

    /// Since when each of `nights` has been claimed, in order.
    pub(crate) fn claims(&self, nights: Nights) -> Vec<Claim> {
        let mut claims = Vec::with_capacity(self.held.len() + 1);
        let mut rest = Some(nights);
        let fresh = |nights| Claim { nights, since: self.claimed };
        for held in &self.held {
            let Some(left) = rest else { break };
            let Some(kept) = left.intersect(held.nights) else { continue };
            let (before, after) = left.without(kept);
            claims.extend(before.map(fresh));
            claims.push(Claim { nights: kept, since: held.since });
            rest = after;
        }
        claims.extend(rest.map(fresh));
        claims
    }
}

/// T0 to T4: the main place is kept while the child is in hospital, on holiday or in respite.
pub fn is_temporary(place: Code) -> bool {
    place.as_str().starts_with('T')
}
