//! From stored versions of episodes to what the care wing makes of them.

use care::{Child, Episode, Settled, settle};
use kernel::{Night, ReturnYear, Seq};
use store::{EpisodeVersion, StoredChild};

/// What follows from all versions of a child's episodes, in order of episode and version.
pub(crate) fn settled(child: &StoredChild, versions: &[EpisodeVersion]) -> Settled {
    let who = Child { child: child.child, council: child.council, born: child.born };
    settle(&who, &episodes(versions))
}

/// The episodes that stand: the last version of each that was not withdrawn.
pub(crate) fn episodes(versions: &[EpisodeVersion]) -> Vec<Episode> {
    versions
        .chunk_by(|one, other| one.episode == other.episode)
        .filter_map(|history| {
            let last = history.last().filter(|last| !last.withdrawn)?;
            Some(Episode {
                id: last.episode,
                claimed: claimed(history),
                start: last.decom,
                end: last.dec,
                known_through: known_through(last.year),
                rne: last.rne,
                status: last.ls,
                place: last.place,
                provider: last.provider,
                urn: last.urn.clone(),
                postcode: last.pl_post.clone(),
            })
        })
        .collect()
}

/// A return is evidence through its 31 March.
fn known_through(year: i16) -> Night {
    ReturnYear::try_new(year).map_or_else(|| Night::from_days(0).expect("1970"), ReturnYear::known_through)
}

/// Since when the nights of the last version have been claimed without a break: a version that only narrows the
/// nights, or changes something else, keeps its place in the queue.
fn claimed(history: &[EpisodeVersion]) -> Seq {
    let mut since = Seq(0);
    let mut before: Option<&EpisodeVersion> = None;
    for version in history {
        let within = before.is_some_and(|before| {
            let ends_within = match (before.dec, version.dec) {
                (None, None) => true,
                (Some(before), Some(end)) => end <= before,
                // An open claim never held the nights that a later start had taken: saying now when it ended is a
                // new claim to them, behind what was recorded meanwhile.
                (None, Some(_)) | (Some(_), None) => false,
            };
            !before.withdrawn && before.decom <= version.decom && ends_within
        });
        if !within {
            since = version.seq;
        }
        before = Some(version);
    }
    since
}
