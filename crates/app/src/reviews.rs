//! Reviews of children's cases that were held: told by a return or recorded here, one fact in either case. What falls due
//! for a child and when the child is asked both follow from it. Care wing alone.

use std::collections::HashMap;

use care::home::{NOT_REVIEWED, REVIEWED, What, reviews_held};
use formats::ssda903::Table;
use kernel::{ChildRef, Night, Seq};
use store::{Db, Wing};

use crate::home::{Done, Step, done, known_child, row, searches};
use crate::office::Office;
use crate::problem::Problem;
use crate::transfers::Transfers;

/// The days on which each child's case was reviewed, by the reference by which the child was known first.
pub(crate) struct Reviews(HashMap<ChildRef, Vec<Night>>);

impl Reviews {
    /// Those of every child, known by `known`, through a day.
    pub(crate) fn load(db: &mut Db, transfers: &Transfers, known: Seq, through: Night) -> Result<Reviews, Problem> {
        let mut told: HashMap<ChildRef, Vec<Night>> = HashMap::new();
        db.each_told(known, |child, body| {
            let mut days = reviews_of(body).peekable();
            if days.peek().is_some() {
                told.entry(transfers.first(child)).or_default().extend(days);
            }
        })?;
        let mut said: HashMap<ChildRef, Vec<(Night, bool)>> = HashMap::new();
        db.each_event_of_kinds([REVIEWED, NOT_REVIEWED], known, |child, kind, on| {
            said.entry(transfers.first(child)).or_default().push((on, kind == REVIEWED));
        })?;
        let children: Vec<ChildRef> = told.keys().chain(said.keys()).copied().collect();
        let mut all = HashMap::with_capacity(children.len());
        for child in children {
            let (told, said) = (told.remove(&child).unwrap_or_default(), said.remove(&child).unwrap_or_default());
            if told.is_empty() && said.is_empty() {
                continue;
            }
            all.insert(child, reviews_held(told, said).into_iter().filter(|day| *day <= through).collect());
        }
        Ok(Reviews(all))
    }

    /// Those of the child who was first known by a reference, in order.
    pub(crate) fn of(&self, child: ChildRef) -> &[Night] {
        self.0.get(&child).map_or(&[], Vec::as_slice)
    }
}

/// The dates of REVIEW among what a return told of a child.
fn reviews_of(body: &str) -> impl Iterator<Item = Night> {
    body.lines().filter_map(|line| {
        let mut cells = line.split('\t');
        let of_reviews = cells.next() == Some(Table::Reviews.name());
        cells.next().filter(|_| of_reviews).and_then(Night::parse_british)
    })
}

impl Office {
    /// Records that a child's case was reviewed on a day, or that it was not after all. A review is of the child, whether
    /// or not a home was ever looked for here.
    pub(crate) fn home_reviewed(&self, child: ChildRef, on: Night, held: bool) -> Result<Done, Problem> {
        let mut db = self.open(Wing::Care)?;
        let stored = known_child(&mut db, child)?;
        let last = searches(&mut db, child, Seq::NOW)?.pop();
        if on > self.today() {
            return Err(Problem::asked("home.date", format!("{on} has not come yet; record what has happened")));
        }
        if on < stored.born {
            return Err(Problem::asked("home.date", format!("the child was not born by {on}; check the date")));
        }
        let in_care = |nights: &kernel::Nights| nights.start() <= on && on <= nights.end();
        let mut notices = Vec::new();
        for reference in Transfers::load(&mut db, Seq::NOW)?.all(child) {
            notices.extend(db.notices_of_child(reference, Seq::NOW)?);
        }
        let known = notices.iter().flat_map(|notice| &notice.nights).any(in_care);
        let told = if known {
            Vec::new()
        } else {
            vec![format!("{on} is in no placement of the child that is known; the review counts once one is")]
        };
        let (search, decision) = last.map_or((0, None), |last| (last.search, last.decision));
        let setting = decision.map(|decision| decision.setting);
        let what = if held { What::Reviewed } else { What::NotReviewed };
        let step = Step { on, setting, what, words: None };
        let content = self.home_step_content(&mut db, child, &step)?;
        let (kind, setting) = (step.what.kind(), step.setting.clone());
        let committed = self.commit(&mut db, "home", &content, |db, seq| {
            db.record_home_events(&[row(seq, 0, child, &step.event(search), None)])?;
            Ok(Some(()))
        })?;
        done(committed, child, search, kind, setting, told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reviews_are_read_from_what_a_return_told() {
        let body = "Header\t\t0\nReviews\t02/06/2025\tPN1\nReviews\t\tPN1\nMissing\tM\t03/06/2025\t04/06/2025";
        assert_eq!(reviews_of(body).collect::<Vec<_>>(), [Night::parse_iso("2025-06-02").unwrap()]);
    }
}
