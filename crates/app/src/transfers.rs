//! Children for whom another council took over: it knows them by another reference, and they are the same children in the
//! same bed. What they said before goes on to count. Care wing alone.

use std::collections::HashMap;

use care::home::What;
use kernel::{ChildRef, CouncilCode, Night, PlacementId, Seq};
use store::{Db, Fault};

/// That a child's reference was taken over from another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// The reference of the council before.
    pub(crate) from: ChildRef,
    /// The reference of the council that took over.
    pub(crate) to: ChildRef,
    /// The first night for which that is responsible.
    pub(crate) on: Night,
    /// The placement that went on, as it was recorded with the transfer.
    placement: PlacementId,
}

impl Taken {
    /// Which of the placements that the other council tells of is the one that went on: the one recorded; or, if it was
    /// reported anew under another date, the one that begins nearest.
    pub(crate) fn went_on<T>(&self, stays: impl Iterator<Item = (PlacementId, Night, T)>) -> Option<T> {
        let distance = |(placement, start, _): &(PlacementId, Night, T)| {
            (*placement != self.placement, (start.days() - self.on.days()).abs(), *placement)
        };
        stays.min_by_key(distance).map(|(_, _, stay)| stay)
    }
}

/// The references of children who have several.
#[derive(Default)]
pub(crate) struct Transfers {
    /// By every reference of such a child, the first.
    first: HashMap<ChildRef, ChildRef>,
    /// By the first reference, what happened to the child, in order of night.
    taken: HashMap<ChildRef, Vec<Taken>>,
}

impl Transfers {
    /// Those known by `known`.
    pub(crate) fn load(db: &mut Db, known: Seq) -> Result<Transfers, Fault> {
        let mut transfers = Transfers::default();
        let mut moved = db.home_events_of_kind(TRANSFERRED, known)?;
        moved.sort_by_key(|event| (event.seq, event.item));
        for event in moved {
            let What::Transferred { child: to, .. } = read(&event.body)? else { continue };
            // The arrival there was recorded with it.
            let there = db.home_events_of(to, known)?;
            let arrived = there.iter().filter(|other| other.seq == event.seq && other.kind == ARRIVED);
            let Some(What::Arrived { episode, .. }) = arrived.map(|event| read(&event.body)).next().transpose()? else {
                return Err(Fault::Damaged("a transfer has no arrival at the other council".to_owned()));
            };
            let placement = PlacementId::from_stored(episode.stored())
                .ok_or_else(|| Fault::Damaged("a stored reference cannot be read".to_owned()))?;
            let first = transfers.first(event.child);
            transfers.first.insert(event.child, first);
            transfers.first.entry(to).or_insert(first);
            transfers.taken.entry(first).or_default().push(Taken { from: event.child, to, on: event.on, placement });
        }
        transfers.taken.values_mut().for_each(|taken| taken.sort_by_key(|taken| taken.on));
        Ok(transfers)
    }

    /// The reference by which the child was known first.
    pub(crate) fn first(&self, child: ChildRef) -> ChildRef {
        self.first.get(&child).copied().unwrap_or(child)
    }

    /// Whether the child has several references.
    pub(crate) fn has(&self, child: ChildRef) -> bool {
        self.first.contains_key(&child)
    }

    /// What happened to the child who is known by a reference, in order of night.
    pub(crate) fn of(&self, child: ChildRef) -> &[Taken] {
        self.taken.get(&self.first(child)).map_or(&[], Vec::as_slice)
    }

    /// Every reference of the child who is known by one.
    pub(crate) fn all(&self, child: ChildRef) -> Vec<ChildRef> {
        let mut all = vec![self.first(child)];
        all.extend(self.of(child).iter().map(|taken| taken.to));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// From which nights on a council is no longer responsible for the child whom it knows by a reference, each with the
    /// placement that goes on.
    pub(crate) fn gone(&self, child: ChildRef) -> Vec<(Night, PlacementId)> {
        self.of(child).iter().filter(|taken| taken.from == child).map(|taken| (taken.on, taken.placement)).collect()
    }

    /// The reference and council under which the child is looked after on some night from `night` on, if it is another.
    pub(crate) fn elsewhere(
        &self,
        db: &mut Db,
        child: ChildRef,
        night: Night,
    ) -> Result<Option<(ChildRef, CouncilCode)>, Fault> {
        for other in self.all(child).into_iter().filter(|other| *other != child) {
            let notices = db.notices_of_child(other, Seq::NOW)?;
            // Past what is known of it a placement goes on until it is told that the child has left.
            let goes_on = |notice: &&door::PlacementNotice| {
                notice.nights.last().is_some_and(|nights| notice.departed.is_none() || nights.end() > night)
            };
            let there = notices.iter().find(goes_on);
            if let Some(notice) = there {
                return Ok(Some((other, notice.council)));
            }
        }
        Ok(None)
    }
}

const TRANSFERRED: &str = "transferred";
const ARRIVED: &str = "arrived";

fn read(body: &str) -> Result<What, Fault> {
    serde_json::from_str(body).map_err(|_| Fault::Damaged("a stored transfer cannot be read".to_owned()))
}
