//! From the placement of a search to what the council reports of it: one episode, or several where the child was away.

use kernel::{Code, Night};

use super::case::Placed;

/// One piece of a placement: an episode that a return would have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// The first night.
    pub start: Night,
    /// The date on which it ends; none while it goes on.
    pub end: Option<Night>,
    /// The temporary code of a time away; `None` at home.
    pub away: Option<Code>,
}

/// The placement in pieces, in order. The home is kept through every time away, so what follows is at home again.
pub fn pieces(placed: &Placed) -> Vec<Piece> {
    let ended = placed.ended.map(|(on, ..)| on);
    let mut pieces = Vec::with_capacity(1 + 2 * placed.away.len());
    let mut from = placed.arrived;
    let mut away: Vec<&(Code, Night, Option<Night>)> = placed.away.iter().collect();
    away.sort_by_key(|time| time.1);
    for (code, left, back) in away {
        if *left > from {
            pieces.push(Piece { start: from, end: Some(*left), away: None });
        }
        pieces.push(Piece { start: *left, end: *back, away: Some(*code) });
        match back {
            Some(back) => from = *back,
            None => return pieces,
        }
    }
    if ended.is_none_or(|ended| from < ended) {
        pieces.push(Piece { start: from, end: ended, away: None });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use kernel::EpisodeId;

    use super::*;

    fn night(text: &str) -> Night {
        Night::parse_iso(text).unwrap()
    }

    #[test]
    fn times_away_cut_a_placement_and_no_night_is_lost_or_double() {
        let hospital = Code::parse("T1").unwrap();
        let placed = Placed {
            episode: EpisodeId::from_hash(*b"episode1"),
            arrived: night("2026-11-23"),
            away: vec![
                (hospital, night("2026-12-10"), Some(night("2026-12-14"))),
                (hospital, night("2026-12-01"), Some(night("2026-12-03"))),
            ],
            ended: Some((night("2027-01-10"), Code::parse("X1").unwrap(), None)),
            notice: None,
            transferred: false,
            visits: Vec::new(),
            done: Vec::new(),
        };
        let pieces = pieces(&placed);
        assert_eq!(pieces.len(), 5);
        assert_eq!((pieces[0].start, pieces[4].end), (placed.arrived, Some(night("2027-01-10"))));
        assert!(pieces.windows(2).all(|pair| pair[0].end == Some(pair[1].start)));
        assert_eq!(
            pieces.iter().map(|piece| piece.away.is_some()).collect::<Vec<_>>(),
            [false, true, false, true, false]
        );
    }
}
