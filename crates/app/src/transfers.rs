//! Children for whom another council took over: it knows them by another reference, and they are the same children in the
//! same bed. What they said before goes on to count. Care wing alone.

use std::collections::HashMap;

use care::home::What;
use kernel::{ChildRef, Night, PlacementId, Seq};
use store::{Db, Fault};

/// How another council came to be responsible.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// The reference of the council before.
    pub(crate) from: ChildRef,
    /// The first night for which the other is responsible.
    pub(crate) on: Night,
    /// The placement that went on, as the council that took over knows it.
    placement: PlacementId,
}

/// The references of children who have several.
#[derive(Default)]
pub(crate) struct Transfers {
    /// By the later reference.
    taken: HashMap<ChildRef, Taken>,
    /// By the first, all that came after, in order.
    later: HashMap<ChildRef, Vec<ChildRef>>,
}

impl Transfers {
    /// Those known by `known`.
    pub(crate) fn load(db: &mut Db, known: Seq) -> Result<Transfers, Fault> {
        let mut transfers = Transfers::default();
        let mut moved = db.home_events_of_kind("transferred", known)?;
        moved.sort_by_key(|event| (event.seq, event.item));
        for event in moved {
            let Ok(What::Transferred { child, .. }) = serde_json::from_str(&event.body) else {
                return Err(Fault::Damaged("a stored transfer cannot be read".to_owned()));
            };
            // The arrival there was recorded with it.
            let there = db.home_events_of(child, known)?;
            let arrived = there.iter().find_map(|event| match serde_json::from_str(&event.body) {
                Ok(What::Arrived { episode, .. }) => PlacementId::from_stored(episode.stored()),
                _ => None,
            });
            let Some(placement) = arrived else {
                return Err(Fault::Damaged("a transfer has no arrival at the other council".to_owned()));
            };
            transfers.taken.insert(child, Taken { from: event.child, on: event.on, placement });
            transfers.later.entry(transfers.first(child)).or_default().push(child);
        }
        Ok(transfers)
    }

    /// How the council that knows a child by this reference took over, if it did.
    pub(crate) fn taken(&self, child: ChildRef) -> Option<Taken> {
        self.taken.get(&child).copied()
    }

    /// The reference by which the child was known first.
    pub(crate) fn first(&self, child: ChildRef) -> ChildRef {
        let mut first = child;
        while let Some(taken) = self.taken.get(&first) {
            first = taken.from;
        }
        first
    }

    /// Every reference of the child who was first known by `first`, in order.
    pub(crate) fn all(&self, first: ChildRef) -> impl Iterator<Item = ChildRef> {
        let later = self.later.get(&first).into_iter().flatten().copied();
        std::iter::once(first).chain(later)
    }

    /// Whether the child has several references.
    pub(crate) fn has(&self, child: ChildRef) -> bool {
        self.taken.contains_key(&child) || self.later.contains_key(&child)
    }

    /// Whether the placement is one that went on while another council took over.
    pub(crate) fn went_on(&self, child: ChildRef, placement: PlacementId) -> bool {
        self.taken.get(&child).is_some_and(|taken| taken.placement == placement)
    }
}
