//! What is published of the voice for a closed half-year, by council and region. Care wing alone.

use std::collections::{BTreeMap, BTreeSet};

use ::voice::{Calendar, Counts, PublishedRow, Tenure, coverage, published};
use door::HalfYear;
use kernel::{ChildRef, CouncilCode, Night, Nights, council};
use serde::Serialize;
use store::Wing;

use crate::lives::{Lives, Noticed, Said};
use crate::office::Office;
use crate::problem::Problem;
use crate::protocol::protocol;
use crate::settlement::closes;
use crate::voice::Body;

/// What is published of a half-year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VoicePublished {
    /// The half-year.
    pub half_year: HalfYear,
    /// Counts below this are suppressed.
    pub suppress_below: u32,
    /// Councils by region, each region after its councils, the whole at the end.
    pub rows: Vec<PublishedRow>,
}

impl Office {
    /// Rates of a closed half-year, as known when it was closed: figures that came out day by day could be subtracted
    /// from each other.
    pub fn voice_published(&self, half_year: HalfYear) -> Result<VoicePublished, Problem> {
        let mut db = self.open(Wing::Care)?;
        let closed = db.closed_in(half_year)?.ok_or_else(|| {
            let why = format!("{half_year} is not closed; its figures are published once, when it is");
            Problem::asked("voice.open", why)
        })?;
        let said = Said::load(&mut db, closed)?;
        let known = closes(&protocol(&mut db)?, half_year);
        let lives = Lives::load(self, &mut db, None, (closed, known))?;
        let (protocol, calendar, period) = (&lives.protocol, Calendar::shipped(), half_year.nights());
        let parts = lives.fold(&said, BTreeMap::new, |all: &mut BTreeMap<CouncilCode, Counts>, life| {
            let (mut of_child, mut last) = (BTreeMap::<CouncilCode, Counts>::new(), None);
            for (tenure, dues) in life.tenures.iter().filter(|(tenure, _)| tenure.nights().intersect(period).is_some())
            {
                let covered = coverage(tenure, dues, &life.facts, known, protocol, calendar);
                // Each council's own nights, where another took over.
                for (council, mine) in responsible(tenure, life.notices) {
                    let Some(nights) = mine.intersect(period) else { continue };
                    let ends = mine.end() == tenure.nights().end();
                    let is_mine = |due: &&Night| mine.contains(**due) || ends && **due == mine.end();
                    let in_it = |dues: &[Night]| {
                        dues.iter().filter(|due| period.contains(**due)).filter(is_mine).count() as i64
                    };
                    let counts = of_child.entry(council).or_default();
                    counts.windows += in_it(dues);
                    counts.not_asked += in_it(&covered.not_asked);
                    counts.answered += in_it(&covered.answered);
                    counts.nights += nights.count();
                    counts.covered += covered.covered(nights);
                    last = last.max(Some((nights.end(), council)));
                }
            }
            for (council, mut counts) in of_child {
                if last.is_some_and(|(_, last)| last == council) {
                    counts.children = 1;
                    counts.uncovered_children = i64::from(counts.covered < counts.nights);
                    counts.answered_children = i64::from(counts.answered > 0);
                    counts.unanswered_children = i64::from(counts.answered < counts.windows);
                    counts.not_asked_children = i64::from(counts.not_asked > 0);
                }
                let sum = all.entry(council).or_default();
                *sum = sum.plus(&counts);
            }
        });
        let mut all: BTreeMap<CouncilCode, Counts> = BTreeMap::new();
        for (council, part) in parts.into_iter().flatten() {
            let sum = all.entry(council).or_default();
            *sum = sum.plus(&part);
        }
        let of: BTreeMap<ChildRef, CouncilCode> =
            lives.children().flatten().map(|notice| (notice.known_as, notice.council)).collect();
        // The first reply to an answer of the half-year counts.
        let (mut replied, mut children) = (BTreeSet::<(ChildRef, Night)>::new(), BTreeSet::<ChildRef>::new());
        db.each_voice_fact(closed, |child, _, on, kind, body| {
            if kind == "reply"
                && let Some(since) = Body::read(body)?.since.filter(|since| period.contains(*since))
                && let Some(counts) = of.get(&child).and_then(|council| all.get_mut(council))
                && replied.insert((child, since))
            {
                counts.replies += 1;
                counts.reply_days += calendar.between(since, on);
                counts.replied_children += i64::from(children.insert(lives.transfers.first(child)));
            }
            Ok(())
        })?;
        let councils: Vec<_> = all.into_iter().map(|(code, counts)| (code, council(code).region, counts)).collect();
        let suppress_below = protocol.on(period.start()).suppress_below;
        Ok(VoicePublished { half_year, suppress_below, rows: published(&councils, suppress_below) })
    }
}

/// The councils that were responsible during a tenure, one after another, and the nights of each.
fn responsible(tenure: &Tenure, notices: &[Noticed]) -> Vec<(CouncilCode, Nights)> {
    let mut all: Vec<(CouncilCode, Nights)> = Vec::with_capacity(1);
    for stay in tenure.stays() {
        let Some(notice) = notices.iter().find(|notice| notice.placement == stay.placement) else { continue };
        match all.last_mut().filter(|(council, _)| *council == notice.council) {
            Some((_, nights)) => *nights = Nights::try_new(nights.start(), stay.nights.end()).unwrap_or(*nights),
            None => all.push((notice.council, stay.nights)),
        }
    }
    all
}
