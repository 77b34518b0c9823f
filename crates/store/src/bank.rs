//! Statements of the Bank.

use door::Payee;
use funding::{Agreement, Scope, Unit};
use kernel::{Code, CouncilCode, Night, Nights, PlacementId, Seq};
use ledger::{Account, AccountId, Chart, Hash, Part, Posting, Standing, Transfer};
use money::Pence;

use crate::db::{Db, Row, Val};
use crate::fault::Fault;

/// A policy file as recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// The name it goes by.
    pub name: String,
    /// Recorded under this number.
    pub seq: Seq,
    /// SHA-256 of its text.
    pub sha256: String,
    /// Its text.
    pub body: String,
}

/// A sealed run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number, from 1 without a gap.
    pub run: i64,
    /// The commit that posted it; it knew all that was recorded before.
    pub seq: Seq,
    /// The last night it paid for.
    pub through: Night,
    /// How many placements it posted for.
    pub placements: i64,
    /// How many postings.
    pub postings: i64,
    /// Their sum.
    pub pence: Pence,
    /// The hash of the run before.
    pub previous: Hash,
    /// Its own.
    pub hash: Hash,
    /// What it reported, as JSON.
    pub report: String,
}

/// What one run debited and credited to an account with one effective date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// The account.
    pub account: AccountId,
    /// The effective date.
    pub effective: Night,
    /// Debited.
    pub debit: Pence,
    /// Credited.
    pub credit: Pence,
}

fn damaged(what: &str) -> Fault {
    Fault::Damaged(format!("a stored {what} cannot be read"))
}

fn night(days: i64) -> Result<Night, Fault> {
    Night::from_days(days).ok_or_else(|| damaged("night"))
}

fn read_run(row: &Row<'_>) -> Result<Run, Fault> {
    Ok(Run {
        run: row.int(0)?,
        seq: Seq(row.int(1)?),
        through: night(row.int(2)?)?,
        placements: row.int(3)?,
        postings: row.int(4)?,
        pence: Pence::new(row.int(5)?),
        previous: Hash::parse(row.text(6)?).ok_or_else(|| damaged("hash"))?,
        hash: Hash::parse(row.text(7)?).ok_or_else(|| damaged("hash"))?,
        report: row.text(8)?.to_owned(),
    })
}

fn read_posting(row: &Row<'_>) -> Result<Posting, Fault> {
    let nights = Nights::try_new(night(row.int(9)?)?, night(row.int(10)?)?);
    Ok(Posting {
        run: row.int(0)?,
        placement: PlacementId::from_stored(row.int(1)?).ok_or_else(|| damaged("reference"))?,
        line: row.int(2)?,
        transfer: Transfer {
            debit: AccountId(row.int(3)?),
            credit: AccountId(row.int(4)?),
            part: Part::from_stored(row.int(5)?).ok_or_else(|| damaged("part"))?,
            pence: Pence::new(row.int(6)?),
        },
        payee: AccountId(row.int(7)?),
        council: CouncilCode::parse(row.text(8)?).ok_or_else(|| damaged("council"))?,
        nights: nights.ok_or_else(|| damaged("range of nights"))?,
        terms: Seq(row.int(11)?),
    })
}

fn read_agreement(row: &Row<'_>) -> Result<Agreement, Fault> {
    let subject = row.text(2)?.to_owned();
    let kind = row.opt_text(3)?.and_then(Code::parse);
    let scope = match row.text(1)? {
        "placement" => PlacementId::parse(&subject).map(Scope::Placement),
        "setting" => Some(Scope::Setting(subject)),
        "provider" => Payee::parse(&subject).map(|payee| Scope::Provider { payee, kind }),
        _ => None,
    };
    Ok(Agreement {
        seq: Seq(row.int(0)?),
        scope: scope.ok_or_else(|| damaged("price"))?,
        from: night(row.int(4)?)?,
        until: row.opt_int(5)?.map(night).transpose()?,
        care: Pence::new(row.int(6)?),
        ret: Pence::new(row.int(7)?),
        unit: if row.text(8)? == "night" { Unit::Night } else { Unit::Week },
        notice_nights: row.int(9)? as u16,
        split_assumed: row.int(10)? != 0,
    })
}

impl Db {
    /// Records a policy file.
    pub fn record_policy(&mut self, file: &PolicyFile) -> Result<(), Fault> {
        self.exec(
            "INSERT INTO bank_policy (name, seq, sha256, body) VALUES (?1, ?2, ?3, ?4)",
            &[file.name.as_str().into(), file.seq.0.into(), file.sha256.as_str().into(), file.body.as_str().into()],
        )?;
        Ok(())
    }

    /// The policy files as known: the latest under each name, in order of name.
    pub fn policy_files(&mut self, known: Seq) -> Result<Vec<PolicyFile>, Fault> {
        let mut files: Vec<PolicyFile> = Vec::new();
        self.each(
            "SELECT name, seq, sha256, body FROM bank_policy WHERE seq <= ?1 ORDER BY name, seq",
            &[known.0.into()],
            |row| {
                let file = PolicyFile {
                    name: row.text(0)?.to_owned(),
                    seq: Seq(row.int(1)?),
                    sha256: row.text(2)?.to_owned(),
                    body: row.text(3)?.to_owned(),
                };
                match files.last_mut().filter(|last| last.name == file.name) {
                    Some(last) => *last = file,
                    None => files.push(file),
                }
                Ok(())
            },
        )?;
        Ok(files)
    }

    /// Records a price.
    pub fn record_price(&mut self, price: &Agreement, reason: &str) -> Result<(), Fault> {
        let (scope, subject, kind) = match &price.scope {
            Scope::Placement(placement) => ("placement", placement.to_string(), None),
            Scope::Setting(urn) => ("setting", urn.clone(), None),
            Scope::Provider { payee, kind } => ("provider", payee.as_str().to_owned(), *kind),
        };
        self.exec(
            "INSERT INTO bank_price (seq, scope, subject, kind, first_night, last_night, care, ret, unit,
                                     notice_nights, split_assumed, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            &[
                price.seq.0.into(),
                scope.into(),
                subject.as_str().into(),
                kind.as_ref().map(Code::as_str).into(),
                price.from.days().into(),
                price.until.map(Night::days).into(),
                price.care.get().into(),
                price.ret.get().into(),
                Val::Text(if price.unit == Unit::Night { "night" } else { "week" }),
                i64::from(price.notice_nights).into(),
                i64::from(price.split_assumed).into(),
                reason.into(),
            ],
        )?;
        Ok(())
    }

    /// Prices as known, in order of record, each with its reason.
    pub fn prices(&mut self, known: Seq) -> Result<Vec<(Agreement, String)>, Fault> {
        self.rows(
            "SELECT seq, scope, subject, kind, first_night, last_night, care, ret, unit, notice_nights,
                    split_assumed, reason
             FROM bank_price WHERE seq <= ?1 ORDER BY seq",
            &[known.0.into()],
            |row| Ok((read_agreement(row)?, row.text(11)?.to_owned())),
        )
    }

    /// The number under which the latest price or policy file was recorded.
    pub fn latest_terms(&mut self, known: Seq) -> Result<Seq, Fault> {
        let latest = self.row(
            "SELECT MAX(seq) FROM (SELECT MAX(seq) AS seq FROM bank_price WHERE seq <= ?1
                                   UNION ALL SELECT MAX(seq) AS seq FROM bank_policy WHERE seq <= ?1) AS latest",
            &[known.0.into()],
            |row| row.opt_int(0),
        )?;
        Ok(Seq(latest.flatten().unwrap_or(0)))
    }

    /// The chart of accounts.
    pub fn chart(&mut self) -> Result<Chart, Fault> {
        let rows = self.rows("SELECT id, name FROM bank_account ORDER BY id", &[], |row| {
            let account = Account::parse(row.text(1)?).ok_or_else(|| damaged("account"))?;
            Ok((AccountId(row.int(0)?), account))
        })?;
        Chart::from_stored(rows).ok_or_else(|| damaged("chart of accounts"))
    }

    /// Accounts with the run that opened each.
    pub fn accounts_opened(&mut self) -> Result<Vec<(AccountId, i64)>, Fault> {
        self.rows("SELECT id, run FROM bank_account ORDER BY id", &[], |row| Ok((AccountId(row.int(0)?), row.int(1)?)))
    }

    /// Records accounts that a run opened.
    pub fn record_accounts(&mut self, run: i64, opened: &[(AccountId, &Account)]) -> Result<(), Fault> {
        self.bulk("bank_account", &["id", "name", "run"], &mut |rows| {
            opened.iter().try_for_each(|(id, account)| rows.put(&[id.0.into(), account.as_str().into(), run.into()]))
        })
    }

    /// Runs recorded by `known`, in order.
    pub fn runs(&mut self, known: Seq) -> Result<Vec<Run>, Fault> {
        self.rows(
            "SELECT run, seq, through, placements, postings, pence, previous, hash, report FROM bank_run
             WHERE seq <= ?1 ORDER BY run",
            &[known.0.into()],
            read_run,
        )
    }

    /// The last run recorded by `known`.
    pub fn latest_run(&mut self, known: Seq) -> Result<Option<Run>, Fault> {
        self.row(
            "SELECT run, seq, through, placements, postings, pence, previous, hash, report FROM bank_run
             WHERE seq <= ?1 ORDER BY run DESC LIMIT 1",
            &[known.0.into()],
            read_run,
        )
    }

    /// Records postings of a run that is not sealed yet.
    pub fn record_postings(&mut self, postings: &[Posting]) -> Result<(), Fault> {
        self.bulk(
            "bank_posting",
            &[
                "run",
                "placement",
                "line",
                "debit",
                "credit",
                "part",
                "pence",
                "payee",
                "council",
                "first_night",
                "end_night",
                "terms",
            ],
            &mut |rows| {
                postings.iter().try_for_each(|posting| {
                    rows.put(&[
                        posting.run.into(),
                        posting.placement.stored().into(),
                        posting.line.into(),
                        posting.transfer.debit.0.into(),
                        posting.transfer.credit.0.into(),
                        posting.transfer.part.stored().into(),
                        posting.transfer.pence.get().into(),
                        posting.payee.0.into(),
                        posting.council.as_str().into(),
                        posting.nights.start().days().into(),
                        posting.nights.end().days().into(),
                        posting.terms.0.into(),
                    ])
                })
            },
        )
    }

    /// Records what a run came to by account and effective date.
    pub fn record_totals(&mut self, run: i64, totals: &[Total]) -> Result<(), Fault> {
        self.bulk("bank_total", &["run", "account", "effective", "debit", "credit"], &mut |rows| {
            totals.iter().try_for_each(|total| {
                rows.put(&[
                    run.into(),
                    total.account.0.into(),
                    total.effective.days().into(),
                    total.debit.get().into(),
                    total.credit.get().into(),
                ])
            })
        })
    }

    /// Seals a run: after this no row can be added to it.
    pub fn record_run(&mut self, run: &Run) -> Result<(), Fault> {
        self.exec(
            "INSERT INTO bank_run (run, seq, through, placements, postings, pence, previous, hash, report)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            &[
                run.run.into(),
                run.seq.0.into(),
                run.through.days().into(),
                run.placements.into(),
                run.postings.into(),
                run.pence.get().into(),
                Val::Text(&run.previous.to_string()),
                Val::Text(&run.hash.to_string()),
                run.report.as_str().into(),
            ],
        )?;
        Ok(())
    }

    /// Every posting of a run, in order.
    pub fn postings_of_run(
        &mut self,
        run: i64,
        each: &mut dyn FnMut(Posting) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.each(
            "SELECT run, placement, line, debit, credit, part, pence, payee, council, first_night, end_night, terms
             FROM bank_posting WHERE run = ?1 ORDER BY placement, line",
            &[run.into()],
            |row| each(read_posting(row)?),
        )
    }

    /// A placement's postings in runs recorded by `known`, in order: one seek a run, no index to keep. CROSS JOIN keeps
    /// SQLite from looking through every posting first.
    pub fn postings_of_placement(&mut self, placement: PlacementId, known: Seq) -> Result<Vec<Posting>, Fault> {
        self.rows(
            "SELECT p.run, p.placement, p.line, p.debit, p.credit, p.part, p.pence, p.payee, p.council,
                    p.first_night, p.end_night, p.terms
             FROM bank_run r CROSS JOIN bank_posting p
             WHERE r.seq <= ?2 AND p.run = r.run AND p.placement = ?1 ORDER BY p.run, p.line",
            &[placement.stored().into(), known.0.into()],
            read_posting,
        )
    }

    /// Balances of accounts: debits and credits of runs recorded by `known`, effective by `as_of`.
    pub fn balances(&mut self, as_of: Night, known: Seq) -> Result<Vec<(AccountId, Pence, Pence)>, Fault> {
        self.rows(
            "SELECT t.account, CAST(SUM(t.debit) AS BIGINT), CAST(SUM(t.credit) AS BIGINT)
             FROM bank_run r CROSS JOIN bank_total t
             WHERE t.run = r.run AND r.seq <= ?1 AND t.effective <= ?2 GROUP BY t.account ORDER BY t.account",
            &[known.0.into(), as_of.days().into()],
            |row| Ok((AccountId(row.int(0)?), Pence::new(row.int(1)?), Pence::new(row.int(2)?))),
        )
    }

    /// The totals of a run, in order.
    pub fn totals_of_run(&mut self, run: i64) -> Result<Vec<Total>, Fault> {
        self.rows(
            "SELECT account, effective, debit, credit FROM bank_total WHERE run = ?1 ORDER BY account, effective",
            &[run.into()],
            |row| {
                Ok(Total {
                    account: AccountId(row.int(0)?),
                    effective: night(row.int(1)?)?,
                    debit: Pence::new(row.int(2)?),
                    credit: Pence::new(row.int(3)?),
                })
            },
        )
    }

    /// What stands posted for placements from `from` to `to`, in order.
    pub fn standings(&mut self, from: i64, to: i64) -> Result<Vec<(i64, Standing)>, Fault> {
        self.rows(
            "SELECT placement, body FROM bank_standing
             WHERE placement >= ?1 AND placement <= ?2 ORDER BY placement",
            &[from.into(), to.into()],
            |row| {
                let standing = Standing::from_stored(row.text(1)?).ok_or_else(|| damaged("standing"))?;
                Ok((row.int(0)?, standing))
            },
        )
    }

    /// Keeps what stands posted for placements.
    pub fn keep_standings(&mut self, standings: &[(PlacementId, Standing)]) -> Result<(), Fault> {
        self.bulk_replace("bank_standing", &["placement", "body"], "placement", &mut |rows| {
            standings.iter().try_for_each(|(placement, stored)| {
                let body = stored.to_stored();
                rows.put(&[placement.stored().into(), Val::Text(&body)])
            })
        })
    }
}
