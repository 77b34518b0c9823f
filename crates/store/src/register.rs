//! Statements of the register: the care wing writes, both wings read.

use std::collections::{BTreeMap, BTreeSet};

use ::register::{ConditionsVersion, History, Instant, PlaceRef, Says, SettingRef, Statement, Version};
use kernel::{Night, Seq};

use crate::db::{Db, Row, Val};
use crate::fault::Fault;

/// A list as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRecord {
    /// Recorded under this number.
    pub seq: Seq,
    /// Whose list: `ofsted`, or `households/` and the council's code.
    pub source: String,
    /// The date as at which it was made.
    pub as_at: Night,
    /// Whether it names everybody.
    pub whole: bool,
    /// The file, as it was called.
    pub file: String,
    /// A digest of the rows read.
    pub digest: String,
    /// Counts, as JSON.
    pub summary: String,
}

fn damaged(what: &str) -> Fault {
    Fault::Damaged(format!("a stored {what} cannot be read"))
}

fn night(days: i64) -> Result<Night, Fault> {
    Night::from_days(days).ok_or_else(|| damaged("night"))
}

fn instant(text: &str) -> Result<Instant, Fault> {
    Instant::parse(text).ok_or_else(|| damaged("moment"))
}

fn setting(text: &str) -> Result<SettingRef, Fault> {
    SettingRef::parse(text).ok_or_else(|| damaged("setting"))
}

fn place(row: &Row<'_>, column: usize) -> Result<u16, Fault> {
    u16::try_from(row.int(column)?).map_err(|_| damaged("place"))
}

fn read_version(row: &Row<'_>) -> Result<(SettingRef, Version), Fault> {
    let version = Version {
        from: night(row.int(1)?)?,
        seq: Seq(row.int(2)?),
        listed: row.int(3)? != 0,
        by_list: row.int(4)? != 0,
        facts: serde_json::from_str(row.text(5)?).map_err(|_| damaged("setting"))?,
    };
    Ok((setting(row.text(0)?)?, version))
}

fn read_conditions(row: &Row<'_>) -> Result<ConditionsVersion, Fault> {
    Ok(ConditionsVersion {
        setting: setting(row.text(0)?)?,
        place: place(row, 1)?,
        from: night(row.int(2)?)?,
        seq: Seq(row.int(3)?),
        conditions: serde_json::from_str(row.text(4)?).map_err(|_| damaged("condition"))?,
    })
}

fn read_statement(row: &Row<'_>) -> Result<Statement, Fault> {
    Ok(Statement {
        place: PlaceRef::try_new(setting(row.text(0)?)?, place(row, 1)?).ok_or_else(|| damaged("place"))?,
        seq: Seq(row.int(2)?),
        from: night(row.int(3)?)?,
        until: row.opt_int(4)?.map(night).transpose()?,
        says: Says::parse(row.text(5)?, row.text(6)?).ok_or_else(|| damaged("statement"))?,
        turnaround: u16::try_from(row.int(7)?).map_err(|_| damaged("statement"))?,
        expires: row.opt_text(8)?.map(instant).transpose()?,
        replaces: row.opt_int(9)?.map(Seq),
        by: row.text(10)?.to_owned(),
        at: instant(row.text(11)?)?,
    })
}

impl Db {
    /// Records a list that was taken.
    pub fn record_list(&mut self, list: &ListRecord) -> Result<(), Fault> {
        self.exec(
            "INSERT INTO register_list (seq, source, as_at, whole, file, digest, summary)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            &[
                list.seq.0.into(),
                list.source.as_str().into(),
                list.as_at.days().into(),
                i64::from(list.whole).into(),
                list.file.as_str().into(),
                list.digest.as_str().into(),
                list.summary.as_str().into(),
            ],
        )?;
        Ok(())
    }

    /// Lists recorded by `known`, in order.
    pub fn lists(&mut self, known: Seq) -> Result<Vec<ListRecord>, Fault> {
        self.rows(
            "SELECT seq, source, as_at, whole, file, digest, summary FROM register_list WHERE seq <= ?1 ORDER BY seq",
            &[known.0.into()],
            |row| {
                Ok(ListRecord {
                    seq: Seq(row.int(0)?),
                    source: row.text(1)?.to_owned(),
                    as_at: night(row.int(2)?)?,
                    whole: row.int(3)? != 0,
                    file: row.text(4)?.to_owned(),
                    digest: row.text(5)?.to_owned(),
                    summary: row.text(6)?.to_owned(),
                })
            },
        )
    }

    /// Records versions of settings, each under its own number.
    pub fn record_settings(&mut self, versions: &[(SettingRef, Version)]) -> Result<(), Fault> {
        self.bulk("register_setting", &["setting", "from_night", "seq", "listed", "by_list", "body"], &mut |rows| {
            versions.iter().try_for_each(|(setting, version)| {
                let body = json(&version.facts)?;
                rows.put(&[
                    setting.as_str().into(),
                    version.from.days().into(),
                    version.seq.0.into(),
                    i64::from(version.listed).into(),
                    i64::from(version.by_list).into(),
                    Val::Text(&body),
                ])
            })
        })
    }

    /// Every setting with its versions recorded by `known`.
    pub fn settings(&mut self, known: Seq) -> Result<BTreeMap<SettingRef, History>, Fault> {
        let mut settings: BTreeMap<SettingRef, Vec<Version>> = BTreeMap::new();
        self.each(
            "SELECT setting, from_night, seq, listed, by_list, body FROM register_setting
             WHERE seq <= ?1 ORDER BY setting, from_night, seq",
            &[known.0.into()],
            |row| {
                let (setting, version) = read_version(row)?;
                settings.entry(setting).or_default().push(version);
                Ok(())
            },
        )?;
        Ok(settings.into_iter().map(|(setting, versions)| (setting, History::new(versions))).collect())
    }

    /// One setting's versions recorded by `known`; empty if there is none.
    pub fn setting(&mut self, setting: &SettingRef, known: Seq) -> Result<History, Fault> {
        let versions = self.rows(
            "SELECT setting, from_night, seq, listed, by_list, body FROM register_setting
             WHERE setting = ?1 AND seq <= ?2 ORDER BY from_night, seq",
            &[setting.as_str().into(), known.0.into()],
            |row| Ok(read_version(row)?.1),
        )?;
        Ok(History::new(versions))
    }

    /// Records conditions of a setting or of one of its places.
    pub fn record_conditions(&mut self, version: &ConditionsVersion) -> Result<(), Fault> {
        let body = json(&version.conditions)?;
        self.exec(
            "INSERT INTO register_condition (setting, place, from_night, seq, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                version.setting.as_str().into(),
                i64::from(version.place).into(),
                version.from.days().into(),
                version.seq.0.into(),
                Val::Text(&body),
            ],
        )?;
        Ok(())
    }

    /// Conditions of a setting and its places recorded by `known`.
    pub fn conditions(&mut self, setting: &SettingRef, known: Seq) -> Result<Vec<ConditionsVersion>, Fault> {
        self.rows(
            "SELECT setting, place, from_night, seq, body FROM register_condition
             WHERE setting = ?1 AND seq <= ?2 ORDER BY place, from_night, seq",
            &[setting.as_str().into(), known.0.into()],
            read_conditions,
        )
    }

    /// Conditions of every setting recorded by `known`.
    pub fn all_conditions(&mut self, known: Seq) -> Result<BTreeMap<SettingRef, Vec<ConditionsVersion>>, Fault> {
        let mut all: BTreeMap<SettingRef, Vec<ConditionsVersion>> = BTreeMap::new();
        self.each(
            "SELECT setting, place, from_night, seq, body FROM register_condition
             WHERE seq <= ?1 ORDER BY setting, place, from_night, seq",
            &[known.0.into()],
            |row| {
                let version = read_conditions(row)?;
                all.entry(version.setting.clone()).or_default().push(version);
                Ok(())
            },
        )?;
        Ok(all)
    }

    /// Records statements about places, each under its own number.
    pub fn record_statements(&mut self, statements: &[Statement]) -> Result<(), Fault> {
        self.bulk(
            "register_statement",
            &[
                "setting",
                "place",
                "seq",
                "from_night",
                "until_night",
                "says",
                "reason",
                "turnaround",
                "expires",
                "replaces",
                "said_by",
                "said_at",
            ],
            &mut |rows| {
                statements.iter().try_for_each(|said| {
                    let reason = match &said.says {
                        Says::NotAvailable(reason) => reason.as_str(),
                        _ => "",
                    };
                    rows.put(&[
                        said.place.setting.as_str().into(),
                        i64::from(said.place.number).into(),
                        said.seq.0.into(),
                        said.from.days().into(),
                        said.until.map(Night::days).into(),
                        said.says.code().into(),
                        reason.into(),
                        i64::from(said.turnaround).into(),
                        said.expires.as_ref().map(Instant::as_str).into(),
                        said.replaces.map(|seq| seq.0).into(),
                        said.by.as_str().into(),
                        said.at.as_str().into(),
                    ])
                })
            },
        )
    }

    /// Statements about the places of a setting recorded by `known`, by place and number.
    pub fn statements_of(&mut self, setting: &SettingRef, known: Seq) -> Result<Vec<Statement>, Fault> {
        self.rows(
            "SELECT setting, place, seq, from_night, until_night, says, reason, turnaround, expires, replaces, said_by,
                    said_at
             FROM register_statement WHERE setting = ?1 AND seq <= ?2 ORDER BY place, seq",
            &[setting.as_str().into(), known.0.into()],
            read_statement,
        )
    }

    /// Every statement recorded by `known`, by setting, place and number.
    pub fn statements(&mut self, known: Seq) -> Result<Vec<Statement>, Fault> {
        self.rows(
            "SELECT setting, place, seq, from_night, until_night, says, reason, turnaround, expires, replaces, said_by,
                    said_at
             FROM register_statement WHERE seq <= ?1 ORDER BY setting, place, seq",
            &[known.0.into()],
            read_statement,
        )
    }

    /// Settings about which something was recorded that the register has not: there should be none.
    pub fn settings_missing(&mut self) -> Result<BTreeSet<String>, Fault> {
        let missing = self.rows(
            "SELECT setting FROM register_statement WHERE setting NOT IN (SELECT setting FROM register_setting)
             UNION
             SELECT setting FROM register_condition WHERE setting NOT IN (SELECT setting FROM register_setting)",
            &[],
            |row| Ok(row.text(0)?.to_owned()),
        )?;
        Ok(missing.into_iter().collect())
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|error| Fault::Other(error.to_string()))
}
