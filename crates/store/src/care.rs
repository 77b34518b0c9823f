//! Statements of the care wing and of the door.

use std::borrow::Cow;

use door::PlacementNotice;
use kernel::{ChildRef, Code, CouncilCode, EpisodeId, Masked, Night, PlacementId, Seq};

use crate::db::{Db, Row, Val};
use crate::fault::Fault;
use crate::notice;

/// Lines of which the same is said lie in one row: a column that is wrong throughout is one reason, not a hundred thousand.
pub(crate) const DDL_4: &str = "
ALTER TABLE care_quarantine ADD COLUMN more {text};
";

/// A child as recorded, in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChild {
    /// The opaque reference.
    pub child: ChildRef,
    /// The responsible council.
    pub council: CouncilCode,
    /// The council's own number for the child.
    pub local_id: Masked,
    /// Date of birth.
    pub born: Night,
    /// Sex, as the return codes it.
    pub sex: Option<Code>,
    /// Ethnic group.
    pub ethnic: Option<Code>,
    /// Whether the child is an unaccompanied asylum-seeking child.
    pub uasc: bool,
    /// The collection year of the return that said so.
    pub year: i16,
}

/// An episode as recorded, in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpisodeVersion {
    /// The same through all versions.
    pub episode: EpisodeId,
    /// Recorded under this number.
    pub seq: Seq,
    /// Whose.
    pub child: ChildRef,
    /// The collection year of the return that said so: evidence through its 31 March.
    pub year: i16,
    /// The first night.
    pub decom: Night,
    /// The date of departure.
    pub dec: Option<Night>,
    /// Reason for the new episode.
    pub rne: Code,
    /// Legal status.
    pub ls: Code,
    /// Category of need.
    pub cin: Option<Code>,
    /// Placement code.
    pub place: Code,
    /// Provider code.
    pub provider: Option<Code>,
    /// Reason the episode ceased.
    pub rec: Option<Code>,
    /// Reason for the change of placement.
    pub reason: Option<Code>,
    /// Home postcode.
    pub home_post: Masked,
    /// Placement postcode.
    pub pl_post: Masked,
    /// Ofsted number of the setting.
    pub urn: Option<String>,
    /// Whether this version takes the episode back.
    pub withdrawn: bool,
}

/// An import as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Recorded under this number.
    pub seq: Seq,
    /// Whose return.
    pub council: CouncilCode,
    /// Which collection year.
    pub year: i16,
    /// A digest of the rows read.
    pub digest: String,
    /// Counts, as JSON.
    pub summary: String,
}

/// Rows set aside, or fields left empty, for one reason, as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineRow<'a> {
    /// The SSDA903 table.
    pub table: Cow<'a, str>,
    /// The file.
    pub file: Cow<'a, str>,
    /// The first line in it, from 1.
    pub line: i64,
    /// Further lines of which the very same is said, as `3-5,9`; empty if there is none.
    pub more: Cow<'a, str>,
    /// The field.
    pub field: Cow<'a, str>,
    /// The DfE rule, or our own code.
    pub code: Cow<'a, str>,
    /// Whether the row was set aside.
    pub held: bool,
    /// What is wrong and how to mend it.
    pub sentence: Cow<'a, str>,
}

/// A notice as it lies at the door, not yet opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredNotice {
    /// The placement, as stored.
    pub placement: i64,
    /// Recorded under this number.
    pub seq: Seq,
    body: String,
}

impl StoredNotice {
    /// Opens it.
    pub fn open(&self) -> Result<PlacementNotice, Fault> {
        notice::open_notice(&self.body)
    }
}

fn damaged(what: &str) -> Fault {
    Fault::Damaged(format!("a stored {what} cannot be read"))
}

fn night(days: i64) -> Result<Night, Fault> {
    Night::from_days(days).ok_or_else(|| damaged("night"))
}

fn code(text: &str) -> Result<Code, Fault> {
    Code::parse(text).ok_or_else(|| damaged("code"))
}

fn opt_code(text: Option<&str>) -> Result<Option<Code>, Fault> {
    text.map(code).transpose()
}

fn council(text: &str) -> Result<CouncilCode, Fault> {
    CouncilCode::parse(text).ok_or_else(|| damaged("council"))
}

fn text_of(code: &Option<Code>) -> Option<&str> {
    code.as_ref().map(Code::as_str)
}

pub(crate) fn read_episode(row: &Row<'_>) -> Result<EpisodeVersion, Fault> {
    Ok(EpisodeVersion {
        episode: EpisodeId::from_stored(row.int(0)?).ok_or_else(|| damaged("reference"))?,
        seq: Seq(row.int(1)?),
        child: ChildRef::from_stored(row.int(2)?).ok_or_else(|| damaged("reference"))?,
        year: row.int(3)? as i16,
        decom: night(row.int(4)?)?,
        dec: row.opt_int(5)?.map(night).transpose()?,
        rne: code(row.text(6)?)?,
        ls: code(row.text(7)?)?,
        cin: opt_code(row.opt_text(8)?)?,
        place: code(row.text(9)?)?,
        provider: opt_code(row.opt_text(10)?)?,
        rec: opt_code(row.opt_text(11)?)?,
        reason: opt_code(row.opt_text(12)?)?,
        home_post: Masked::new(row.text(13)?),
        pl_post: Masked::new(row.text(14)?),
        urn: row.opt_text(15)?.map(str::to_owned),
        withdrawn: row.int(16)? != 0,
    })
}

pub(crate) fn read_child(row: &Row<'_>) -> Result<StoredChild, Fault> {
    Ok(StoredChild {
        child: ChildRef::from_stored(row.int(0)?).ok_or_else(|| damaged("reference"))?,
        council: council(row.text(1)?)?,
        local_id: Masked::new(row.text(2)?),
        born: night(row.int(3)?)?,
        sex: opt_code(row.opt_text(4)?)?,
        ethnic: opt_code(row.opt_text(5)?)?,
        uasc: row.int(6)? != 0,
        year: row.int(7)? as i16,
    })
}

/// Notices on their way to the door, as they will lie there: an import makes a hundred thousand, and as text they take a
/// fifth of the room.
#[derive(Default)]
pub struct WrittenNotices {
    rows: Vec<WrittenNotice>,
    /// Payee and body of one after another.
    text: String,
}

struct WrittenNotice {
    placement: i64,
    child: i64,
    council: CouncilCode,
    payee_from: usize,
    body_from: usize,
    end: usize,
}

impl WrittenNotices {
    /// Writes one down.
    pub fn push(&mut self, notice: &PlacementNotice) -> Result<(), Fault> {
        let payee_from = self.text.len();
        self.text.push_str(notice.payee.as_ref().map(door::Payee::as_str).unwrap_or_default());
        let body_from = self.text.len();
        notice::write(notice, &mut self.text)?;
        self.rows.push(WrittenNotice {
            placement: notice.placement.stored(),
            child: notice.child.stored(),
            council: notice.council,
            payee_from,
            body_from,
            end: self.text.len(),
        });
        Ok(())
    }
}

fn read_notice(row: &Row<'_>) -> Result<PlacementNotice, Fault> {
    notice::open_notice(row.text(0)?)
}

/// Keeps of rows in order of a key and then of their number only the last for each key.
pub(crate) fn push_latest<T>(rows: &mut Vec<T>, row: T, same: impl Fn(&T, &T) -> bool) {
    match rows.last_mut().filter(|last| same(last, &row)) {
        Some(last) => *last = row,
        None => rows.push(row),
    }
}

impl Db {
    /// Keeps the key that references are made with. It never leaves the care wing.
    pub fn record_reference_key(&mut self, key: &str) -> Result<(), Fault> {
        self.exec("INSERT INTO care_secret (name, value) VALUES ('reference-key', ?1)", &[key.into()])?;
        Ok(())
    }

    /// The key that references are made with.
    pub fn reference_key(&mut self) -> Result<Option<String>, Fault> {
        self.row("SELECT value FROM care_secret WHERE name = 'reference-key'", &[], |row| Ok(row.text(0)?.to_owned()))
    }

    /// A child as known: the latest version recorded by `known`.
    pub fn child(&mut self, child: ChildRef, known: Seq) -> Result<Option<StoredChild>, Fault> {
        self.row(
            "SELECT child, council, local_id, born, sex, ethnic, uasc, year FROM care_child
             WHERE child = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1",
            &[child.stored().into(), known.0.into()],
            read_child,
        )
    }

    /// All children of a council as known, in order of reference; of every council if none is named.
    pub fn children(&mut self, of: Option<CouncilCode>, known: Seq) -> Result<Vec<StoredChild>, Fault> {
        let mut children = Vec::new();
        let mut keep = |row: &Row<'_>| {
            push_latest(&mut children, read_child(row)?, |one, other| one.child == other.child);
            Ok(())
        };
        match of {
            Some(council) => self.each(
                "SELECT child, council, local_id, born, sex, ethnic, uasc, year FROM care_child
                 WHERE council = ?1 AND seq <= ?2 ORDER BY child, seq",
                &[council.as_str().into(), known.0.into()],
                &mut keep,
            )?,
            None => self.each(
                "SELECT child, council, local_id, born, sex, ethnic, uasc, year FROM care_child
                 WHERE seq <= ?1 ORDER BY child, seq",
                &[known.0.into()],
                &mut keep,
            )?,
        }
        Ok(children)
    }

    /// Records versions of children under a commit.
    pub fn record_children(&mut self, seq: Seq, children: &[StoredChild]) -> Result<(), Fault> {
        self.bulk(
            "care_child",
            &["child", "seq", "council", "local_id", "born", "sex", "ethnic", "uasc", "year"],
            &mut |rows| {
                children.iter().try_for_each(|child| {
                    rows.put(&[
                        child.child.stored().into(),
                        seq.0.into(),
                        child.council.as_str().into(),
                        child.local_id.reveal().into(),
                        child.born.days().into(),
                        text_of(&child.sex).into(),
                        text_of(&child.ethnic).into(),
                        i64::from(child.uasc).into(),
                        i64::from(child.year).into(),
                    ])
                })
            },
        )
    }

    /// Every version of a child's episodes recorded by `known`, in order of episode and version.
    pub fn episode_versions(&mut self, child: ChildRef, known: Seq) -> Result<Vec<EpisodeVersion>, Fault> {
        self.rows(
            "SELECT episode, seq, child, year, decom, dec, rne, ls, cin, place, provider, rec, reason, home_post,
                    pl_post, urn, withdrawn
             FROM care_episode WHERE child = ?1 AND seq <= ?2 ORDER BY episode, seq",
            &[child.stored().into(), known.0.into()],
            read_episode,
        )
    }

    /// Records versions of episodes, each under its own number.
    pub fn record_episodes(&mut self, versions: &[EpisodeVersion]) -> Result<(), Fault> {
        self.bulk_many(
            "care_episode",
            &[
                "episode",
                "seq",
                "child",
                "year",
                "decom",
                "dec",
                "rne",
                "ls",
                "cin",
                "place",
                "provider",
                "rec",
                "reason",
                "home_post",
                "pl_post",
                "urn",
                "withdrawn",
            ],
            versions.len(),
            &mut |rows| {
                versions.iter().try_for_each(|version| {
                    rows.put(&[
                        version.episode.stored().into(),
                        version.seq.0.into(),
                        version.child.stored().into(),
                        i64::from(version.year).into(),
                        version.decom.days().into(),
                        version.dec.map(Night::days).into(),
                        version.rne.as_str().into(),
                        version.ls.as_str().into(),
                        text_of(&version.cin).into(),
                        version.place.as_str().into(),
                        text_of(&version.provider).into(),
                        text_of(&version.rec).into(),
                        text_of(&version.reason).into(),
                        version.home_post.reveal().into(),
                        version.pl_post.reveal().into(),
                        version.urn.as_deref().into(),
                        i64::from(version.withdrawn).into(),
                    ])
                })
            },
        )
    }

    /// Records an import and what it set aside or left empty.
    pub fn record_import(
        &mut self,
        import: &ImportRow,
        quarantine: &mut dyn Iterator<Item = QuarantineRow<'_>>,
    ) -> Result<(), Fault> {
        self.exec(
            "INSERT INTO care_import (seq, council, year, digest, summary) VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                import.seq.0.into(),
                import.council.as_str().into(),
                i64::from(import.year).into(),
                import.digest.as_str().into(),
                import.summary.as_str().into(),
            ],
        )?;
        self.bulk(
            "care_quarantine",
            &["seq", "item", "source_table", "file", "line", "field", "code", "held", "sentence", "more"],
            &mut |rows| {
                (1i64..).zip(&mut *quarantine).try_for_each(|(item, row)| {
                    rows.put(&[
                        import.seq.0.into(),
                        item.into(),
                        row.table.as_ref().into(),
                        row.file.as_ref().into(),
                        row.line.into(),
                        row.field.as_ref().into(),
                        row.code.as_ref().into(),
                        i64::from(row.held).into(),
                        row.sentence.as_ref().into(),
                        Some(row.more.as_ref()).filter(|more| !more.is_empty()).into(),
                    ])
                })
            },
        )
    }

    /// Imports recorded by `known`, in order.
    pub fn imports(&mut self, known: Seq) -> Result<Vec<ImportRow>, Fault> {
        self.rows(
            "SELECT seq, council, year, digest, summary FROM care_import WHERE seq <= ?1 ORDER BY seq",
            &[known.0.into()],
            |row| {
                Ok(ImportRow {
                    seq: Seq(row.int(0)?),
                    council: council(row.text(1)?)?,
                    year: row.int(2)? as i16,
                    digest: row.text(3)?.to_owned(),
                    summary: row.text(4)?.to_owned(),
                })
            },
        )
    }

    /// What an import set aside or left empty, in order.
    pub fn quarantine(&mut self, import: Seq) -> Result<Vec<QuarantineRow<'static>>, Fault> {
        self.rows(
            "SELECT source_table, file, line, field, code, held, sentence, more FROM care_quarantine
             WHERE seq = ?1 ORDER BY item",
            &[import.0.into()],
            |row| {
                Ok(QuarantineRow {
                    table: row.text(0)?.to_owned().into(),
                    file: row.text(1)?.to_owned().into(),
                    line: row.int(2)?,
                    field: row.text(3)?.to_owned().into(),
                    code: row.text(4)?.to_owned().into(),
                    held: row.int(5)? != 0,
                    sentence: row.text(6)?.to_owned().into(),
                    more: row.opt_text(7)?.unwrap_or_default().to_owned().into(),
                })
            },
        )
    }

    /// Puts notices at the door.
    pub fn record_notices(&mut self, seq: Seq, notices: &[PlacementNotice]) -> Result<(), Fault> {
        let mut written = WrittenNotices::default();
        notices.iter().try_for_each(|notice| written.push(notice))?;
        self.record_written_notices(seq, written)
    }

    /// Puts notices at the door that were written down as they were made.
    pub fn record_written_notices(&mut self, seq: Seq, mut notices: WrittenNotices) -> Result<(), Fault> {
        const COLUMNS: &[&str] = &["placement", "seq", "child", "council", "payee", "body"];
        // In the order of their keys, so that the store writes each of its pages once.
        notices.rows.sort_by_key(|row| row.placement);
        let text = &notices.text;
        self.bulk_many("door_notice", COLUMNS, notices.rows.len(), &mut |rows| {
            notices.rows.iter().try_for_each(|row| {
                let payee = row.payee_from..row.body_from;
                rows.put(&[
                    row.placement.into(),
                    seq.0.into(),
                    row.child.into(),
                    row.council.as_str().into(),
                    Some(&text[payee]).filter(|payee| !payee.is_empty()).into(),
                    Val::Text(&text[row.body_from..row.end]),
                ])
            })
        })
    }

    /// A placement's notice as known.
    pub fn notice(&mut self, placement: PlacementId, known: Seq) -> Result<Option<PlacementNotice>, Fault> {
        self.row(
            "SELECT body FROM door_notice WHERE placement = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1",
            &[placement.stored().into(), known.0.into()],
            read_notice,
        )
    }

    /// A child's notices as known, withdrawn ones too, in order of placement.
    pub fn notices_of_child(&mut self, child: ChildRef, known: Seq) -> Result<Vec<PlacementNotice>, Fault> {
        let mut notices: Vec<PlacementNotice> = Vec::new();
        self.each(
            "SELECT body FROM door_notice WHERE child = ?1 AND seq <= ?2 ORDER BY placement, seq",
            &[child.stored().into(), known.0.into()],
            |row| {
                push_latest(&mut notices, read_notice(row)?, |one, other| one.placement == other.placement);
                Ok(())
            },
        )?;
        Ok(notices)
    }

    /// The placements that a payee was ever named for by `known`, in order.
    pub fn placements_of_payee(&mut self, payee: &str, known: Seq) -> Result<Vec<PlacementId>, Fault> {
        self.rows(
            "SELECT DISTINCT placement FROM door_notice WHERE payee = ?1 AND seq <= ?2 ORDER BY placement",
            &[payee.into(), known.0.into()],
            read_placement,
        )
    }

    /// The placements of a council's children by `known`, in order.
    pub fn placements_of_council(&mut self, council: CouncilCode, known: Seq) -> Result<Vec<PlacementId>, Fault> {
        self.rows(
            "SELECT DISTINCT placement FROM door_notice WHERE council = ?1 AND seq <= ?2 ORDER BY placement",
            &[council.as_str().into(), known.0.into()],
            read_placement,
        )
    }

    /// The placements whose notices were recorded after `after`, in order.
    pub fn placements_noticed_since(&mut self, after: Seq) -> Result<Vec<PlacementId>, Fault> {
        // Sorted here: asked for DISTINCT in order, SQLite would read the whole table in that order.
        let mut placements =
            self.rows("SELECT placement FROM door_notice WHERE seq > ?1", &[after.0.into()], read_placement)?;
        placements.sort_unstable();
        placements.dedup();
        Ok(placements)
    }

    /// A page of notices as known, in order of placement: those after `after`, at most `limit` rows of history. Gives
    /// the placement to go on from, or none at the end.
    pub fn notice_page(
        &mut self,
        after: i64,
        known: Seq,
        limit: i64,
        page: &mut Vec<StoredNotice>,
    ) -> Result<Option<i64>, Fault> {
        page.clear();
        let mut rows = 0;
        self.each(
            "SELECT placement, seq, body FROM door_notice WHERE placement > ?1 AND seq <= ?2
             ORDER BY placement, seq LIMIT ?3",
            &[after.into(), known.0.into(), limit.into()],
            |row| {
                rows += 1;
                let next =
                    StoredNotice { placement: row.int(0)?, seq: Seq(row.int(1)?), body: row.text(2)?.to_owned() };
                push_latest(page, next, |one, other| one.placement == other.placement);
                Ok(())
            },
        )?;
        let Some(last) = page.last().filter(|_| rows == limit).map(|last| last.placement) else { return Ok(None) };
        // A full page may have cut the history of its last placement short: that one begins the next page, unless it
        // is all of this one.
        if page.len() > 1 {
            page.pop();
            return Ok(Some(last - 1));
        }
        let latest = "SELECT seq, body FROM door_notice WHERE placement = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1";
        let latest = self.rows(latest, &[last.into(), known.0.into()], |row| {
            Ok(StoredNotice { placement: last, seq: Seq(row.int(0)?), body: row.text(1)?.to_owned() })
        })?;
        *page = latest;
        Ok(Some(last))
    }
}

fn read_placement(row: &Row<'_>) -> Result<PlacementId, Fault> {
    PlacementId::from_stored(row.int(0)?).ok_or_else(|| damaged("reference"))
}
