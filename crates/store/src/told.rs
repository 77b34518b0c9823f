//! What a year's return told of a child beside the episodes: one row a child, year and commit, replaced as a whole.

use std::collections::HashMap;

use kernel::{ChildRef, CouncilCode, Masked, Seq};

use crate::care::{EpisodeVersion, StoredChild, push_latest, read_child, read_episode};
use crate::db::Db;
use crate::fault::Fault;

/// What the return of a year told of a child, in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldVersion {
    /// Whose.
    pub child: ChildRef,
    /// The collection year.
    pub year: i16,
    /// One line a row of the return, in order; empty when all of it is taken back.
    pub body: Masked,
}

impl Db {
    /// What the return of a year told of each child of a council, as known. CROSS JOIN keeps SQLite from looking through
    /// what every other council told.
    pub fn told(&mut self, of: CouncilCode, year: i16, known: Seq) -> Result<HashMap<ChildRef, Masked>, Fault> {
        let mut told = HashMap::new();
        // In order of version, so that the last stays.
        self.each(
            "SELECT t.child, t.body
             FROM (SELECT DISTINCT child FROM care_child WHERE council = ?1) c CROSS JOIN care_told t
             WHERE t.child = c.child AND t.year = ?2 AND t.seq <= ?3 ORDER BY t.child, t.seq",
            &[of.as_str().into(), i64::from(year).into(), known.0.into()],
            |row| {
                let child = ChildRef::from_stored(row.int(0)?)
                    .ok_or_else(|| Fault::Damaged("a stored reference cannot be read".to_owned()))?;
                told.insert(child, Masked::new(row.text(1)?));
                Ok(())
            },
        )?;
        Ok(told)
    }

    /// Gives what the return of each year told of every child, by child and year: the last version by `known`.
    pub fn each_told(&mut self, known: Seq, mut each: impl FnMut(ChildRef, &str)) -> Result<(), Fault> {
        self.each(
            "SELECT t.child, t.body FROM care_told t WHERE t.seq = (
                 SELECT MAX(l.seq) FROM care_told l WHERE l.child = t.child AND l.year = t.year AND l.seq <= ?1
             ) ORDER BY t.child, t.year",
            &[known.0.into()],
            |row| {
                let child = ChildRef::from_stored(row.int(0)?)
                    .ok_or_else(|| Fault::Damaged("a stored reference cannot be read".to_owned()))?;
                each(child, row.text(1)?);
                Ok(())
            },
        )
    }

    /// Records what a return told under a commit.
    pub fn record_told(&mut self, seq: Seq, told: &[ToldVersion]) -> Result<(), Fault> {
        self.bulk("care_told", &["child", "year", "seq", "body"], &mut |rows| {
            told.iter().try_for_each(|one| {
                rows.put(&[
                    one.child.stored().into(),
                    i64::from(one.year).into(),
                    seq.0.into(),
                    one.body.reveal().into(),
                ])
            })
        })
    }

    /// The children of a council as returns of years up to `year` told of them, in order of reference.
    pub fn children_through(&mut self, of: CouncilCode, year: i16, known: Seq) -> Result<Vec<StoredChild>, Fault> {
        let mut children = Vec::new();
        self.each(
            "SELECT child, council, local_id, born, sex, ethnic, uasc, year FROM care_child
             WHERE council = ?1 AND seq <= ?2 AND year <= ?3 ORDER BY child, seq",
            &[of.as_str().into(), known.0.into(), i64::from(year).into()],
            |row| {
                push_latest(&mut children, read_child(row)?, |one, other| one.child == other.child);
                Ok(())
            },
        )?;
        Ok(children)
    }

    /// Of each episode the last version that a return of a year up to `year` told, withdrawn ones too, in order.
    pub fn episodes_through(&mut self, year: i16, known: Seq) -> Result<Vec<EpisodeVersion>, Fault> {
        let mut episodes = Vec::new();
        self.each(
            "SELECT episode, seq, child, year, decom, dec, rne, ls, cin, place, provider, rec, reason, home_post,
                    pl_post, urn, withdrawn
             FROM care_episode WHERE seq <= ?1 AND year <= ?2 ORDER BY episode, seq",
            &[known.0.into(), i64::from(year).into()],
            |row| {
                push_latest(&mut episodes, read_episode(row)?, |one: &EpisodeVersion, other| {
                    one.episode == other.episode
                });
                Ok(())
            },
        )?;
        Ok(episodes)
    }
}
