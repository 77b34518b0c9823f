//! From episodes to placements, absences, legal statuses and the notices that tell the Bank.

use door::{AGES_THAT_MATTER, Absence, Birthday, Payee, PlacementNotice, Sector, StatusSpan};
use kernel::{Night, Nights, PlacementId, council};

use crate::episode::{Child, Episode};
use crate::in_force::{Waiting, in_force, spanning};

/// All that follows from a child's episodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// One notice a stay, in order of arrival.
    pub notices: Vec<PlacementNotice>,
    /// Claims that wait, unpaid.
    pub waiting: Vec<Waiting>,
}

/// A piece of an episode that is in force.
struct Piece<'a> {
    episode: &'a Episode,
    nights: Nights,
}

/// A stay under construction: pieces in one place, by position; and what it is away from, if temporary.
struct Stay {
    pieces: Vec<usize>,
    absent_from: Option<usize>,
}

/// Works out placements, absences and statuses. Independent of the order of `episodes`.
pub fn settle(child: &Child, episodes: &[Episode]) -> Settled {
    let (standing, waiting) = in_force(episodes);
    let adult = child.born.birthday(18);
    let pieces: Vec<Piece<'_>> = standing
        .into_iter()
        .filter_map(|(position, nights)| {
            // Turning 18 ends the placement's nights at the eve of the birthday.
            let nights = Nights::try_new(nights.start(), nights.end().min(adult))?;
            Some(Piece { episode: &episodes[position], nights })
        })
        .collect();
    let stays = kept_through_absences(&pieces, stays(&pieces));
    let periods = periods_of_care(&pieces);
    let birthdays = AGES_THAT_MATTER.map(|age| Birthday { age, on: child.born.birthday(i16::from(age)) });
    let mut notices: Vec<PlacementNotice> = (0..stays.len())
        .filter(|&stay| !stays[stay].pieces.is_empty())
        .map(|stay| PlacementNotice { birthdays: birthdays.to_vec(), ..notice(child, &pieces, &stays, stay, &periods) })
        .collect();
    notices.sort_by_key(|notice| (notice.nights.first().copied(), notice.placement));
    Settled { notices, waiting }
}

/// Joins pieces into stays: a hole in one episode, or a change of legal status alone (RNE L), is no move.
fn stays(pieces: &[Piece<'_>]) -> Vec<Stay> {
    let mut stays: Vec<Stay> = Vec::new();
    for (position, piece) in pieces.iter().enumerate() {
        let same_episode = stays
            .iter_mut()
            .find(|stay| stay.pieces.iter().any(|&earlier| pieces[earlier].episode.id == piece.episode.id));
        if let Some(stay) = same_episode {
            stay.pieces.push(position);
            continue;
        }
        let status_only = position.checked_sub(1).filter(|&before| {
            let before = &pieces[before];
            before.nights.end() == piece.nights.start()
                && piece.episode.rne.as_str() == "L"
                && before.episode.same_place(piece.episode)
        });
        let joined = status_only.and_then(|before| stays.iter_mut().find(|stay| stay.pieces.contains(&before)));
        match joined {
            Some(stay) => stay.pieces.push(position),
            None => stays.push(Stay { pieces: vec![position], absent_from: None }),
        }
    }
    stays
}

/// A temporary code between two episodes with the same placement code, provider, setting and placement postcode
/// is an absence from one placement, not three placements. Several temporary stays in a row are one time away.
fn kept_through_absences(pieces: &[Piece<'_>], mut stays: Vec<Stay>) -> Vec<Stay> {
    let mut first = 0;
    for run in pieces.chunk_by(|one, other| one.episode.is_temporary() == other.episode.is_temporary()) {
        let (from, to) = (first, first + run.len());
        first = to;
        let unbroken = |at: usize| pieces[at - 1].nights.end() == pieces[at].nights.start();
        let between = run[0].episode.is_temporary() && from > 0 && to < pieces.len();
        if !between || !(from..=to).all(unbroken) || !pieces[from - 1].episode.same_place(pieces[to].episode) {
            continue;
        }
        let of = |stays: &[Stay], piece: usize| stays.iter().position(|stay| stay.pieces.contains(&piece));
        let (Some(main), Some(resumed)) = (of(&stays, from - 1), of(&stays, to)) else { continue };
        // Where another claim has nights of the time away, which nights were away is itself contested: no absence.
        let whole = |stay: &Stay| stay.pieces.iter().all(|piece| (from..to).contains(piece));
        if !stays.iter().filter(|stay| stay.pieces.iter().any(|piece| (from..to).contains(piece))).all(whole) {
            continue;
        }
        // A stay that began before the time away resumes itself: its nights were another claim's, not an absence.
        if stays[resumed].pieces[0] != to {
            continue;
        }
        let pieces = std::mem::take(&mut stays[resumed].pieces);
        stays[main].pieces.extend(pieces);
        stays[main].pieces.sort_unstable();
        for away in from..to {
            if let Some(temporary) = of(&stays, away) {
                stays[temporary].absent_from = Some(main);
            }
        }
    }
    stays
}

/// A period of care: nights without a break, from a start to be looked after, and the statuses in it.
struct Period {
    nights: Nights,
    statuses: Vec<StatusSpan>,
}

fn periods_of_care(pieces: &[Piece<'_>]) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for (position, piece) in pieces.iter().enumerate() {
        // It begins with the episode that says so, not again after another claim's nights.
        let met = || pieces[..position].iter().any(|earlier| earlier.episode.id == piece.episode.id);
        let begins = piece.episode.rne.as_str() == "S" && !met();
        let span = StatusSpan { code: piece.episode.status, nights: piece.nights };
        let goes_on = periods.last_mut().filter(|period| period.nights.end() == piece.nights.start() && !begins);
        let Some(period) = goes_on else {
            periods.push(Period { nights: piece.nights, statuses: vec![span] });
            continue;
        };
        period.nights = spanning(period.nights, piece.nights);
        match period.statuses.last_mut().filter(|last| last.code == span.code) {
            Some(last) => last.nights = spanning(last.nights, span.nights),
            None => period.statuses.push(span),
        }
    }
    periods
}

fn notice(child: &Child, pieces: &[Piece<'_>], stays: &[Stay], position: usize, periods: &[Period]) -> PlacementNotice {
    let stay = &stays[position];
    let first = pieces[stay.pieces[0]].episode;
    let last = &pieces[stay.pieces[stay.pieces.len() - 1]];
    let absences = absences(pieces, stays, position);
    let council = council(child.council);
    let departed = last.episode.end.filter(|&end| end == last.nights.end());
    PlacementNotice {
        placement: placement_of(first),
        child: child.child,
        council: child.council,
        kind: first.place,
        sector: Sector::of(first.provider),
        setting: first.urn.clone(),
        payee: payee(child, first),
        region: council.region,
        region_assumed: true,
        nights: joined(stay.pieces.iter().map(|&at| pieces[at].nights).chain(absences.iter().map(|away| away.nights))),
        known_through: stay
            .pieces
            .iter()
            .map(|&at| pieces[at].episode.known_through)
            .max()
            .expect("a stay has a piece"),
        departed,
        back: departed.and_then(|departed| back(pieces, last.episode, departed)),
        goes_on: None,
        absences,
        absent_from: stay.absent_from.map(|main| placement_of(pieces[stays[main].pieces[0]].episode)),
        statuses: periods
            .iter()
            .filter(|period| stay.pieces.iter().any(|&at| period.nights.contains(pieces[at].nights.start())))
            .flat_map(|period| period.statuses.iter().copied())
            .collect(),
        birthdays: Vec::new(),
    }
}

/// The first night from a departure on for which the child is in the same bed again: with the same carer, as the reason
/// for the new episode says (RNE T or U), or in the same place under whatever code.
fn back(pieces: &[Piece<'_>], left: &Episode, departed: Night) -> Option<Night> {
    let same_bed = |piece: &&Piece<'_>| {
        let same_carer = piece.nights.start() == departed && matches!(piece.episode.rne.as_str(), "T" | "U");
        let place = |of: &Episode| (of.provider, of.urn.clone(), of.postcode.clone());
        same_carer || place(piece.episode) == place(left)
    };
    let after = pieces.iter().filter(|piece| piece.nights.start() >= departed);
    after.filter(same_bed).map(|piece| piece.nights.start()).min()
}

/// A placement is known by the first episode of it, so that its reference outlives every later change.
fn placement_of(first: &Episode) -> PlacementId {
    PlacementId::from_stored(first.id.stored()).expect("both references have sixty bits")
}

fn absences(pieces: &[Piece<'_>], stays: &[Stay], main: usize) -> Vec<Absence> {
    stays
        .iter()
        .filter(|stay| stay.absent_from == Some(main))
        .flat_map(|stay| {
            let first = pieces[stay.pieces[0]].episode;
            let nights = joined(stay.pieces.iter().map(|&at| pieces[at].nights));
            nights.into_iter().map(move |nights| Absence { stay: placement_of(first), nights, code: first.place })
        })
        .collect()
}

/// Ranges in order, with those that touch made one.
fn joined(ranges: impl Iterator<Item = Nights>) -> Vec<Nights> {
    let mut sorted: Vec<Nights> = ranges.collect();
    sorted.sort();
    let mut joined: Vec<Nights> = Vec::with_capacity(sorted.len());
    for range in sorted {
        match joined.last_mut().filter(|last| last.end() == range.start()) {
            Some(last) => *last = spanning(*last, range),
            None => joined.push(range),
        }
    }
    joined
}

/// Who is paid, as far as a return tells. A council's own provision is paid to the council; a place known by its
/// Ofsted number, to whoever runs it; own parents, a hospital and the child's own holiday, to nobody.
fn payee(child: &Child, episode: &Episode) -> Option<Payee> {
    if matches!(episode.place.as_str(), "P1" | "T1" | "T2") {
        return None;
    }
    Some(match (Sector::of(episode.provider), &episode.urn) {
        (Sector::Own, _) => Payee::council(child.council),
        (_, Some(urn)) => Payee::provider(urn),
        (_, None) => Payee::unidentified(child.council),
    })
}
