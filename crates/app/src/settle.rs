//! From stored versions of episodes to what the care wing makes of them.

use care::{Child, Episode, Settled, settle, told};
use kernel::{Night, PlacementId, ReturnYear, Seq};
use store::{EpisodeVersion, StoredChild};

/// What follows from all versions of a child's episodes, in order of episode and version, and from the nights from which on
/// another council is responsible, each with the placement there: the child has not left the bed, although the placement here
/// has ended.
pub(crate) fn settled(child: &StoredChild, versions: &[EpisodeVersion], gone: &[(Night, PlacementId)]) -> Settled {
    let who = Child { child: child.child, council: child.council, born: child.born };
    let mut settled = settle(&who, &episodes(versions));
    for notice in &mut settled.notices {
        let there = gone.iter().find(|(on, _)| notice.departed == Some(*on));
        notice.goes_on = there.map(|(_, placement)| *placement);
        notice.back = there.map(|(on, _)| *on).or(notice.back);
    }
    settled
}

/// The episodes that stand, each with since when it claims which nights.
pub(crate) fn episodes(versions: &[EpisodeVersion]) -> Vec<Episode> {
    let mut moments: Vec<Seq> = versions.iter().map(|version| version.seq).collect();
    moments.sort_unstable();
    moments.dedup();
    told(moments.into_iter().map(|seq| (seq, standing(versions, seq))).collect())
}

/// The last version of each episode by `known` that was not withdrawn.
fn standing(versions: &[EpisodeVersion], known: Seq) -> Vec<Episode> {
    versions
        .chunk_by(|one, other| one.episode == other.episode)
        .filter_map(|history| {
            let last = history.iter().rev().find(|version| version.seq <= known)?;
            (!last.withdrawn).then(|| episode(last))
        })
        .collect()
}

fn episode(version: &EpisodeVersion) -> Episode {
    Episode {
        id: version.episode,
        claimed: version.seq,
        held: Vec::new(),
        start: version.decom,
        end: version.dec,
        known_through: known_through(version.year),
        rne: version.rne,
        status: version.ls,
        place: version.place,
        provider: version.provider,
        urn: version.urn.clone(),
        postcode: version.pl_post.clone(),
    }
}

/// A return is evidence through its 31 March.
fn known_through(year: i16) -> Night {
    ReturnYear::try_new(year).map_or_else(|| Night::from_days(0).expect("1970"), ReturnYear::known_through)
}
