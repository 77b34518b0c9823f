//! Statements of the child's voice: what was said, in the care wing; shares at the door; settlements of the Bank.

use door::{HalfYear, PoolShare};
use kernel::{ChildRef, Masked, Night, PlacementId, Seq};
use ledger::Hash;
use money::Pence;

use crate::bank::PolicyFile;
use crate::db::{Db, Row};
use crate::fault::Fault;

/// Tables, columns and order of the canonical dump. Words of a child are in `care_voice_fact` and nowhere else.
pub(crate) const TABLES: [(&str, &str, &str); 7] = [
    ("care_voice_fact", "seq, item, child, placement, on_night, kind, body, words", "seq, item"),
    ("care_voice_commitment", "name, seq, hash", "name"),
    ("care_voice_pool", "half_year, pool, seq, body", "half_year, pool"),
    ("door_share", "half_year, pool, seq, body", "half_year, pool"),
    ("bank_settlement", "settlement, seq, through, closed, postings, pence, previous, hash", "settlement"),
    ("bank_settled", "settlement, line, payee, debit, credit, pence", "settlement, line"),
    ("care_policy", "name, seq, sha256, body", "name, seq"),
];

/// Policy of the care wing: the protocol of the voice.
pub(crate) const DDL_3: &str = "
CREATE TABLE care_policy (
    name {text} NOT NULL, seq {int} NOT NULL{fk_tx}, sha256 {text} NOT NULL, body {text} NOT NULL,
    PRIMARY KEY (name, seq)
){clustered};
";

pub(crate) const DDL: &str = "
CREATE TABLE care_voice_fact (
    seq {int} NOT NULL{fk_tx}, item {int} NOT NULL, child {int} NOT NULL, placement {int} NOT NULL,
    on_night {int} NOT NULL, kind {text} NOT NULL, body {text} NOT NULL, words {text},
    PRIMARY KEY (seq, item)
){clustered};
CREATE INDEX care_voice_fact_child ON care_voice_fact (child);
CREATE TABLE care_voice_commitment (
    name {text} NOT NULL PRIMARY KEY, seq {int} NOT NULL{fk_tx}, hash {text} NOT NULL
){plain};
CREATE TABLE care_voice_pool (
    half_year {text} NOT NULL, pool {text} NOT NULL, seq {int} NOT NULL{fk_tx}, body {text} NOT NULL,
    PRIMARY KEY (half_year, pool)
){clustered};
CREATE TABLE door_share (
    half_year {text} NOT NULL, pool {text} NOT NULL, seq {int} NOT NULL{fk_tx}, body {text} NOT NULL,
    PRIMARY KEY (half_year, pool)
){clustered};
CREATE TABLE bank_settlement (
    settlement {int} NOT NULL PRIMARY KEY, seq {int} NOT NULL UNIQUE{fk_tx}, through {int} NOT NULL, closed {text},
    postings {int} NOT NULL, pence {int} NOT NULL, previous {text} NOT NULL, hash {text} NOT NULL
){plain};
CREATE TABLE bank_settled (
    settlement {int} NOT NULL, line {int} NOT NULL, payee {text} NOT NULL, debit {text} NOT NULL,
    credit {text} NOT NULL, pence {int} NOT NULL,
    PRIMARY KEY (settlement, line)
){clustered};
CREATE INDEX bank_settled_payee ON bank_settled (payee);
";

/// One thing said or done about a placement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceFactRow {
    /// The commit.
    pub seq: Seq,
    /// Its place in the commit.
    pub item: i64,
    /// The child.
    pub child: ChildRef,
    /// The placement.
    pub placement: PlacementId,
    /// When.
    pub on: Night,
    /// `asked`, `answered`, `review`, `decided`, `reply`, `read`, `acknowledged`.
    pub kind: String,
    /// The rest, as JSON.
    pub body: String,
    /// The child's own words, for the care wing alone.
    pub words: Option<Masked>,
}

/// A settlement, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementRow {
    /// Its number, from 1 without a gap.
    pub settlement: i64,
    /// The commit.
    pub seq: Seq,
    /// The last night whose return it settles.
    pub through: Night,
    /// The half-year that it closed.
    pub closed: Option<HalfYear>,
    /// How many postings.
    pub postings: i64,
    /// Their sum.
    pub pence: Pence,
    /// The hash of the settlement before.
    pub previous: Hash,
    /// Its own.
    pub hash: Hash,
}

/// An amount that a settlement moved for a payee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledRow {
    /// Which settlement.
    pub settlement: i64,
    /// Its place in it, from 0.
    pub line: i64,
    /// The payee.
    pub payee: String,
    /// The account debited.
    pub debit: String,
    /// The account credited.
    pub credit: String,
    /// How much.
    pub pence: Pence,
}

const ALL_FACTS: &str = "SELECT seq, item, child, placement, on_night, kind, body FROM care_voice_fact
    WHERE seq <= ?1 ORDER BY seq, item";

fn damaged(what: &str) -> Fault {
    Fault::Damaged(format!("a stored {what} cannot be read"))
}

fn read_fact(row: &Row<'_>) -> Result<VoiceFactRow, Fault> {
    Ok(VoiceFactRow {
        seq: Seq(row.int(0)?),
        item: row.int(1)?,
        child: ChildRef::from_stored(row.int(2)?).ok_or_else(|| damaged("reference"))?,
        placement: PlacementId::from_stored(row.int(3)?).ok_or_else(|| damaged("reference"))?,
        on: Night::from_days(row.int(4)?).ok_or_else(|| damaged("night"))?,
        kind: row.text(5)?.to_owned(),
        body: row.text(6)?.to_owned(),
        words: None,
    })
}

impl Db {
    /// Keeps the key that noise is made with. It never leaves the care wing.
    pub fn record_voice_key(&mut self, key: &str) -> Result<(), Fault> {
        self.exec("INSERT INTO care_secret (name, value) VALUES ('voice-key', ?1)", &[key.into()])?;
        Ok(())
    }

    /// The key that noise is made with.
    pub fn voice_key(&mut self) -> Result<Option<String>, Fault> {
        self.row("SELECT value FROM care_secret WHERE name = 'voice-key'", &[], |row| Ok(row.text(0)?.to_owned()))
    }

    /// Records hashes of keys, by name.
    pub fn record_commitments(&mut self, seq: Seq, commitments: &[(String, String)]) -> Result<(), Fault> {
        self.bulk("care_voice_commitment", &["name", "seq", "hash"], &mut |rows| {
            commitments
                .iter()
                .try_for_each(|(name, hash)| rows.put(&[name.as_str().into(), seq.0.into(), hash.as_str().into()]))
        })
    }

    /// Hashes of keys, by name, with the moment each was recorded.
    pub fn commitments(&mut self) -> Result<Vec<(String, String, String)>, Fault> {
        self.rows(
            "SELECT c.name, c.hash, t.at FROM care_voice_commitment c JOIN tx t ON t.seq = c.seq ORDER BY c.name",
            &[],
            |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.text(2)?.to_owned())),
        )
    }

    /// Records what was said or done.
    pub fn record_voice_facts(&mut self, facts: &[VoiceFactRow]) -> Result<(), Fault> {
        let columns = &["seq", "item", "child", "placement", "on_night", "kind", "body", "words"];
        self.bulk("care_voice_fact", columns, &mut |rows| {
            facts.iter().try_for_each(|fact| {
                rows.put(&[
                    fact.seq.0.into(),
                    fact.item.into(),
                    fact.child.stored().into(),
                    fact.placement.stored().into(),
                    fact.on.days().into(),
                    fact.kind.as_str().into(),
                    fact.body.as_str().into(),
                    fact.words.as_ref().map(Masked::reveal).into(),
                ])
            })
        })
    }

    /// What was said or done about a child's placements, in order of record, without words.
    pub fn voice_facts_of(&mut self, child: ChildRef, known: Seq) -> Result<Vec<VoiceFactRow>, Fault> {
        self.rows(
            "SELECT seq, item, child, placement, on_night, kind, body FROM care_voice_fact
             WHERE child = ?1 AND seq <= ?2 ORDER BY seq, item",
            &[child.stored().into(), known.0.into()],
            read_fact,
        )
    }

    /// All that was said or done, in order of record, without words.
    pub fn voice_facts(&mut self, known: Seq) -> Result<Vec<VoiceFactRow>, Fault> {
        self.rows(ALL_FACTS, &[known.0.into()], read_fact)
    }

    /// Gives each thing that was said or done, in order of record, without words: the child, the placement, the day, the
    /// kind and the rest, as they are stored.
    pub fn each_voice_fact(
        &mut self,
        known: Seq,
        mut each: impl FnMut(ChildRef, PlacementId, Night, &str, &str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.each(ALL_FACTS, &[known.0.into()], |row| {
            let child = ChildRef::from_stored(row.int(2)?).ok_or_else(|| damaged("reference"))?;
            let placement = PlacementId::from_stored(row.int(3)?).ok_or_else(|| damaged("reference"))?;
            let on = Night::from_days(row.int(4)?).ok_or_else(|| damaged("night"))?;
            each(child, placement, on, row.text(5)?, row.text(6)?)
        })
    }

    /// Whether anything was said or done.
    pub fn voice_has_facts(&mut self) -> Result<bool, Fault> {
        Ok(self.row("SELECT seq FROM care_voice_fact LIMIT 1", &[], |row| row.int(0))?.is_some())
    }

    /// Gives the latest notice of each placement from `from` to before `until`, as it is stored, in order of placement:
    /// one read of a part of one table, in the order in which it lies. Parts can be read at once, each by its own
    /// connection.
    pub fn each_latest_notice(
        &mut self,
        (from, until): (i64, i64),
        known: Seq,
        mut each: impl FnMut(Option<&str>, &str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let (mut last, mut payee, mut body) = (None, None::<String>, String::new());
        self.each(
            "SELECT placement, payee, body FROM door_notice WHERE placement >= ?1 AND placement < ?2 AND seq <= ?3
             ORDER BY placement, seq",
            &[from.into(), until.into(), known.0.into()],
            |row| {
                let placement = row.int(0)?;
                if last.is_some_and(|last| last != placement) {
                    each(payee.as_deref(), &body)?;
                }
                last = Some(placement);
                payee = row.opt_text(1)?.map(str::to_owned);
                body.clear();
                body.push_str(row.text(2)?);
                Ok(())
            },
        )?;
        if last.is_some() { each(payee.as_deref(), &body) } else { Ok(()) }
    }

    /// Gives, for each episode that was ever said to have ended for `reason`, each of its versions recorded by `known`,
    /// in order: the child, the episode, the end, the reason, whether it was withdrawn.
    pub fn each_episode_once_ended_for(
        &mut self,
        reason: &str,
        known: Seq,
        mut each: impl FnMut(ChildRef, i64, Option<Night>, Option<&str>, bool),
    ) -> Result<(), Fault> {
        self.each(
            "SELECT child, episode, dec, reason, withdrawn FROM care_episode
             WHERE seq <= ?1 AND episode IN (SELECT episode FROM care_episode WHERE reason = ?2)
             ORDER BY episode, seq",
            &[known.0.into(), reason.into()],
            |row| {
                let child = ChildRef::from_stored(row.int(0)?).ok_or_else(|| damaged("reference"))?;
                let end = row.opt_int(2)?.and_then(Night::from_days);
                each(child, row.int(1)?, end, row.opt_text(3)?, row.int(4)? != 0);
                Ok(())
            },
        )
    }

    /// Records a policy file of the care wing.
    pub fn record_care_policy(&mut self, file: &PolicyFile) -> Result<(), Fault> {
        self.exec(
            "INSERT INTO care_policy (name, seq, sha256, body) VALUES (?1, ?2, ?3, ?4)",
            &[file.name.as_str().into(), file.seq.0.into(), file.sha256.as_str().into(), file.body.as_str().into()],
        )?;
        Ok(())
    }

    /// The care wing's policy file of a name as known, if one was recorded.
    pub fn care_policy(&mut self, name: &str, known: Seq) -> Result<Option<PolicyFile>, Fault> {
        self.row(
            "SELECT name, seq, sha256, body FROM care_policy WHERE name = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1",
            &[name.into(), known.0.into()],
            |row| {
                Ok(PolicyFile {
                    name: row.text(0)?.to_owned(),
                    seq: Seq(row.int(1)?),
                    sha256: row.text(2)?.to_owned(),
                    body: row.text(3)?.to_owned(),
                })
            },
        )
    }

    /// Keeps how each pool's share came about, and puts the share itself at the door.
    pub fn record_pool_answers(&mut self, seq: Seq, answers: &[(PoolShare, String)]) -> Result<(), Fault> {
        let columns = &["half_year", "pool", "seq", "body"];
        self.bulk("care_voice_pool", columns, &mut |rows| {
            answers.iter().try_for_each(|(share, body)| {
                let half_year = share.half_year.to_string();
                rows.put(&[half_year.as_str().into(), share.pool.as_str().into(), seq.0.into(), body.as_str().into()])
            })
        })?;
        self.bulk("door_share", columns, &mut |rows| {
            answers.iter().try_for_each(|(share, _)| {
                let half_year = share.half_year.to_string();
                let body = serde_json::to_string(share).map_err(|error| Fault::Other(error.to_string()))?;
                rows.put(&[half_year.as_str().into(), share.pool.as_str().into(), seq.0.into(), body.as_str().into()])
            })
        })
    }

    /// How the shares of all pools came about, in order of half-year and pool: the half-year, the pool, and what is kept.
    pub fn pool_answers(&mut self) -> Result<Vec<(HalfYear, String, String)>, Fault> {
        self.rows("SELECT half_year, pool, body FROM care_voice_pool ORDER BY half_year, pool", &[], |row| {
            let half_year = HalfYear::parse(row.text(0)?).ok_or_else(|| damaged("half-year"))?;
            Ok((half_year, row.text(1)?.to_owned(), row.text(2)?.to_owned()))
        })
    }

    /// The commit that closed a half-year, if it is closed.
    pub fn closed_in(&mut self, half_year: HalfYear) -> Result<Option<Seq>, Fault> {
        let half_year = half_year.to_string();
        self.row(
            "SELECT seq FROM care_voice_pool WHERE half_year = ?1 ORDER BY pool LIMIT 1",
            &[half_year.as_str().into()],
            |row| Ok(Seq(row.int(0)?)),
        )
    }

    /// Shares told by `known`, in order of half-year and pool.
    pub fn shares(&mut self, known: Seq) -> Result<Vec<PoolShare>, Fault> {
        self.rows("SELECT body FROM door_share WHERE seq <= ?1 ORDER BY half_year, pool", &[known.0.into()], |row| {
            serde_json::from_str(row.text(0)?).map_err(|_| damaged("share"))
        })
    }

    /// The first night from `from` on of which return was posted by a run.
    pub fn first_night_with_return(&mut self, from: Night) -> Result<Option<Night>, Fault> {
        let found = self.row(
            "SELECT MIN(first_night) FROM bank_posting WHERE part = 1 AND end_night > ?1",
            &[from.days().into()],
            |row| row.opt_int(0),
        )?;
        Ok(found.flatten().and_then(Night::from_days).map(|night| night.max(from)))
    }

    /// Seals a settlement with its rows.
    pub fn record_settlement(&mut self, settlement: &SettlementRow, rows: &[SettledRow]) -> Result<(), Fault> {
        let columns = &["settlement", "line", "payee", "debit", "credit", "pence"];
        self.bulk("bank_settled", columns, &mut |bulk| {
            rows.iter().try_for_each(|row| {
                bulk.put(&[
                    row.settlement.into(),
                    row.line.into(),
                    row.payee.as_str().into(),
                    row.debit.as_str().into(),
                    row.credit.as_str().into(),
                    row.pence.get().into(),
                ])
            })
        })?;
        let (closed, previous) = (settlement.closed.map(|closed| closed.to_string()), settlement.previous.to_string());
        let hash = settlement.hash.to_string();
        self.exec(
            "INSERT INTO bank_settlement (settlement, seq, through, closed, postings, pence, previous, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            &[
                settlement.settlement.into(),
                settlement.seq.0.into(),
                settlement.through.days().into(),
                closed.as_deref().into(),
                settlement.postings.into(),
                settlement.pence.get().into(),
                previous.as_str().into(),
                hash.as_str().into(),
            ],
        )?;
        Ok(())
    }

    /// Settlements recorded by `known`, in order.
    pub fn settlements(&mut self, known: Seq) -> Result<Vec<SettlementRow>, Fault> {
        self.rows(
            "SELECT settlement, seq, through, closed, postings, pence, previous, hash FROM bank_settlement
             WHERE seq <= ?1 ORDER BY settlement",
            &[known.0.into()],
            |row| {
                Ok(SettlementRow {
                    settlement: row.int(0)?,
                    seq: Seq(row.int(1)?),
                    through: Night::from_days(row.int(2)?).ok_or_else(|| damaged("night"))?,
                    closed: row.opt_text(3)?.and_then(HalfYear::parse),
                    postings: row.int(4)?,
                    pence: Pence::new(row.int(5)?),
                    previous: Hash::parse(row.text(6)?).ok_or_else(|| damaged("hash"))?,
                    hash: Hash::parse(row.text(7)?).ok_or_else(|| damaged("hash"))?,
                })
            },
        )
    }

    /// What settlements recorded by `known` moved, in order.
    pub fn settled(&mut self, known: Seq) -> Result<Vec<SettledRow>, Fault> {
        self.rows(
            "SELECT d.settlement, d.line, d.payee, d.debit, d.credit, d.pence
             FROM bank_settlement s JOIN bank_settled d ON d.settlement = s.settlement
             WHERE s.seq <= ?1 ORDER BY d.settlement, d.line",
            &[known.0.into()],
            |row| {
                Ok(SettledRow {
                    settlement: row.int(0)?,
                    line: row.int(1)?,
                    payee: row.text(2)?.to_owned(),
                    debit: row.text(3)?.to_owned(),
                    credit: row.text(4)?.to_owned(),
                    pence: Pence::new(row.int(5)?),
                })
            },
        )
    }
}
