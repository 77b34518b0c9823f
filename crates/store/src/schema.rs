//! The schema, written once with tokens for what the engines spell differently, and its guards.
//!
//! Tables of the care wing begin with `care_`, of the door with `door_`, of the Bank with `bank_`; those of the register
//! with `register_`: the care wing writes them, both wings read them. `tx` and `meta` belong to the house. Nights are days since 1 January 1970, amounts are pence, references are numbers, times are
//! text in UTC: the same bytes in both engines.

use ledger::GENESIS;

use crate::db::Db;
use crate::fault::Fault;
use crate::{care, home, voice};

/// The version of the schema that this program writes.
pub const SCHEMA_VERSION: i64 = 4;

/// Whether the database defends its own invariants. Off only to measure what that costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guards {
    /// Append-only, sealed runs, contiguous runs, foreign keys, checks.
    On,
    /// None of these.
    Off,
}

/// Every table with its columns and the order of its canonical dump. `care_secret`, which holds the key that
/// references are made with, is never dumped.
pub const TABLES: &[(&str, &str, &str)] = &[
    ("meta", "name, value", "name"),
    ("tx", "seq, at, actor, key, command, content", "seq"),
    ("care_child", "child, seq, council, local_id, born, sex, ethnic, uasc, year", "child, seq"),
    (
        "care_episode",
        "episode, seq, child, year, decom, dec, rne, ls, cin, place, provider, rec, reason, home_post, pl_post, urn, withdrawn",
        "episode, seq",
    ),
    ("care_told", "child, year, seq, body", "child, year, seq"),
    ("care_import", "seq, council, year, digest, summary", "seq"),
    ("care_quarantine", "seq, item, source_table, file, line, field, code, held, sentence, more", "seq, item"),
    ("register_list", "seq, source, as_at, whole, file, digest, summary", "seq"),
    ("register_setting", "setting, from_night, seq, listed, by_list, body", "setting, from_night, seq"),
    ("register_condition", "setting, place, from_night, seq, body", "setting, place, from_night, seq"),
    (
        "register_statement",
        "setting, place, seq, from_night, until_night, says, reason, turnaround, expires, replaces, said_by, said_at",
        "setting, place, seq",
    ),
    ("door_notice", "placement, seq, child, council, payee, body", "placement, seq"),
    ("bank_policy", "name, seq, sha256, body", "name, seq"),
    (
        "bank_price",
        "seq, scope, subject, kind, first_night, last_night, care, ret, unit, notice_nights, split_assumed, reason",
        "seq",
    ),
    ("bank_account", "id, name, run", "id"),
    ("bank_run", "run, seq, through, placements, postings, pence, previous, hash, report", "run"),
    (
        "bank_posting",
        "run, placement, line, debit, credit, part, pence, payee, council, first_night, end_night, terms",
        "run, placement, line",
    ),
    ("bank_total", "run, account, effective, debit, credit", "run, account, effective"),
    ("bank_standing", "placement, body", "placement"),
    voice::TABLES[0],
    voice::TABLES[1],
    voice::TABLES[2],
    voice::TABLES[3],
    voice::TABLES[4],
    voice::TABLES[5],
    voice::TABLES[6],
    home::TABLES[0],
    home::TABLES[1],
];

/// What each version of the schema added, oldest first: a new store runs all of it, an older one what it lacks. What was
/// released is never changed; `tests/released` has it as it was.
const VERSIONS: [&[&str]; SCHEMA_VERSION as usize] =
    [&[FIRST], &[SECOND, voice::DDL], &[voice::DDL_3, home::DDL], &[care::DDL_4]];

const FIRST: &str = "
CREATE TABLE meta (name {text} NOT NULL PRIMARY KEY, value {text} NOT NULL){plain};
CREATE TABLE tx (
    seq {int} NOT NULL PRIMARY KEY, at {text} NOT NULL, actor {text} NOT NULL, key {text} UNIQUE,
    command {text} NOT NULL, content {text} NOT NULL
){plain};
CREATE TABLE care_secret (name {text} NOT NULL PRIMARY KEY, value {text} NOT NULL){plain};
CREATE TABLE care_child (
    child {int} NOT NULL, seq {int} NOT NULL{fk_tx}, council {text} NOT NULL, local_id {text} NOT NULL,
    born {int} NOT NULL, sex {text}, ethnic {text}, uasc {int} NOT NULL, year {int} NOT NULL,
    PRIMARY KEY (child, seq)
){clustered};
CREATE INDEX care_child_council ON care_child (council);
CREATE TABLE care_episode (
    episode {int} NOT NULL, seq {int} NOT NULL{fk_tx}, child {int} NOT NULL, year {int} NOT NULL,
    decom {int} NOT NULL, dec {int}, rne {text} NOT NULL, ls {text} NOT NULL, cin {text},
    place {text} NOT NULL, provider {text}, rec {text}, reason {text}, home_post {text} NOT NULL,
    pl_post {text} NOT NULL, urn {text}, withdrawn {int} NOT NULL,
    PRIMARY KEY (episode, seq)
){clustered};
CREATE INDEX care_episode_child ON care_episode (child);
CREATE TABLE care_import (
    seq {int} NOT NULL PRIMARY KEY{fk_tx}, council {text} NOT NULL, year {int} NOT NULL, digest {text} NOT NULL,
    summary {text} NOT NULL
){plain};
CREATE TABLE care_quarantine (
    seq {int} NOT NULL{fk_tx}, item {int} NOT NULL, source_table {text} NOT NULL, file {text} NOT NULL,
    line {int} NOT NULL, field {text} NOT NULL, code {text} NOT NULL, held {int} NOT NULL, sentence {text} NOT NULL,
    PRIMARY KEY (seq, item)
){clustered};
CREATE TABLE door_notice (
    placement {int} NOT NULL, seq {int} NOT NULL{fk_tx}, child {int} NOT NULL, council {text} NOT NULL,
    payee {text}, body {text} NOT NULL,
    PRIMARY KEY (placement, seq)
){clustered};
CREATE INDEX door_notice_seq ON door_notice (seq);
CREATE INDEX door_notice_child ON door_notice (child);
CREATE INDEX door_notice_payee ON door_notice (payee);
CREATE INDEX door_notice_council ON door_notice (council);
CREATE TABLE bank_policy (
    name {text} NOT NULL, seq {int} NOT NULL{fk_tx}, sha256 {text} NOT NULL, body {text} NOT NULL,
    PRIMARY KEY (name, seq)
){clustered};
CREATE TABLE bank_price (
    seq {int} NOT NULL PRIMARY KEY{fk_tx}, scope {text} NOT NULL, subject {text} NOT NULL, kind {text},
    first_night {int} NOT NULL, last_night {int}, care {int} NOT NULL, ret {int} NOT NULL,
    unit {text} NOT NULL, notice_nights {int} NOT NULL, split_assumed {int} NOT NULL, reason {text} NOT NULL
    {check_price}
){plain};
CREATE TABLE bank_run (
    run {int} NOT NULL PRIMARY KEY, seq {int} NOT NULL UNIQUE{fk_tx}, through {int} NOT NULL,
    placements {int} NOT NULL, postings {int} NOT NULL, pence {int} NOT NULL, previous {text} NOT NULL,
    hash {text} NOT NULL, report {text} NOT NULL
){plain};
CREATE TABLE bank_account (
    id {int} NOT NULL PRIMARY KEY, name {text} NOT NULL UNIQUE, run {int} NOT NULL{fk_run}
){plain};
CREATE TABLE bank_posting (
    run {int} NOT NULL{fk_run}, placement {int} NOT NULL, line {int} NOT NULL,
    debit {int} NOT NULL, credit {int} NOT NULL, part {int} NOT NULL, pence {int} NOT NULL,
    payee {int} NOT NULL, council {text} NOT NULL, first_night {int} NOT NULL, end_night {int} NOT NULL,
    terms {int} NOT NULL,
    PRIMARY KEY (run, placement, line)
    {check_posting}
){clustered};
CREATE TABLE bank_total (
    run {int} NOT NULL{fk_run}, account {int} NOT NULL, effective {int} NOT NULL, debit {int} NOT NULL,
    credit {int} NOT NULL,
    PRIMARY KEY (run, account, effective)
){clustered};
CREATE TABLE bank_standing (
    placement {int} NOT NULL PRIMARY KEY, body {text} NOT NULL
){plain};
";

const SECOND: &str = "
CREATE TABLE care_told (
    child {int} NOT NULL, year {int} NOT NULL, seq {int} NOT NULL{fk_tx}, body {text} NOT NULL,
    PRIMARY KEY (child, year, seq)
){clustered};
CREATE TABLE register_list (
    seq {int} NOT NULL PRIMARY KEY{fk_tx}, source {text} NOT NULL, as_at {int} NOT NULL, whole {int} NOT NULL,
    file {text} NOT NULL, digest {text} NOT NULL, summary {text} NOT NULL
){plain};
CREATE TABLE register_setting (
    setting {text} NOT NULL, from_night {int} NOT NULL, seq {int} NOT NULL{fk_tx}, listed {int} NOT NULL,
    by_list {int} NOT NULL, body {text} NOT NULL,
    PRIMARY KEY (setting, from_night, seq)
){clustered};
CREATE TABLE register_condition (
    setting {text} NOT NULL, place {int} NOT NULL, from_night {int} NOT NULL, seq {int} NOT NULL{fk_tx},
    body {text} NOT NULL,
    PRIMARY KEY (setting, place, from_night, seq)
){clustered};
CREATE TABLE register_statement (
    setting {text} NOT NULL, place {int} NOT NULL, seq {int} NOT NULL{fk_tx}, from_night {int} NOT NULL,
    until_night {int}, says {text} NOT NULL, reason {text} NOT NULL, turnaround {int} NOT NULL, expires {text},
    replaces {int}, said_by {text} NOT NULL, said_at {text} NOT NULL,
    PRIMARY KEY (setting, place, seq)
    {check_statement}
){clustered};
";

/// Tables whose rows are never changed or removed. `bank_standing` is a projection that `verify` works out again.
const APPEND_ONLY: &[&str] = &[
    "meta",
    "tx",
    "care_secret",
    "care_child",
    "care_episode",
    "care_told",
    "care_import",
    "care_quarantine",
    "register_list",
    "register_setting",
    "register_condition",
    "register_statement",
    "door_notice",
    "bank_policy",
    "bank_price",
    "bank_account",
    "bank_run",
    "bank_posting",
    "bank_total",
    voice::TABLES[0].0,
    voice::TABLES[1].0,
    voice::TABLES[2].0,
    voice::TABLES[3].0,
    voice::TABLES[4].0,
    voice::TABLES[5].0,
    voice::TABLES[6].0,
    home::TABLES[0].0,
    home::TABLES[1].0,
];

/// Tables that a sealed run takes no more rows for.
pub(crate) const SEALED: &[&str] = &["bank_posting", "bank_total"];

/// Indexes, each of its table, to which rows in order of the table's key come in no order. None of them holds an invariant.
pub(crate) const SCATTERED: &[(&str, &str)] = &[
    ("care_episode", "care_episode_child"),
    ("door_notice", "door_notice_child"),
    ("door_notice", "door_notice_payee"),
];

/// The tables that the versions after `from` added, and a row that says so. Nothing in `meta` is changed either.
fn ddl(from: i64, guards: Guards, engine: &[(&str, &str)]) -> String {
    let guarded = [
        ("{fk_tx}", " REFERENCES tx (seq)"),
        ("{fk_run}", " REFERENCES bank_run (run) DEFERRABLE INITIALLY DEFERRED"),
        (
            "{check_posting}",
            ", CHECK (pence > 0), CHECK (debit <> credit), CHECK (part IN (0, 1)), CHECK (first_night < end_night)",
        ),
        ("{check_price}", ", CHECK (care >= 0), CHECK (ret >= 0)"),
        // A claim to be free that never expires is what this register must not hold.
        (
            "{check_statement}",
            ", CHECK (place > 0), CHECK (until_night > from_night), CHECK (says <> 'free' OR expires IS NOT NULL)",
        ),
    ];
    let mut text = VERSIONS[from as usize..].concat().concat();
    for (token, spelt) in guarded {
        text = text.replace(token, if guards == Guards::On { spelt } else { "" });
    }
    for (token, spelt) in engine {
        text = text.replace(token, spelt);
    }
    let name = if from == 0 { "schema".to_owned() } else { format!("schema {SCHEMA_VERSION}") };
    text + &format!("INSERT INTO meta (name, value) VALUES ('{name}', '{SCHEMA_VERSION}');\n")
}

/// What makes the schema of SQLite out of that of version `from`, 0 for nothing at all. A commit-time trigger is not to
/// be had there; the deferred key from a posting to its run does that work: no run, no commit.
pub(crate) fn sqlite(from: i64, guards: Guards) -> String {
    let engine =
        [("{int}", "INTEGER"), ("{text}", "TEXT"), ("{plain}", " STRICT"), ("{clustered}", " STRICT, WITHOUT ROWID")];
    let mut text = ddl(from, guards, &engine);
    if guards == Guards::Off {
        return text;
    }
    // Guards are made anew: those of an older version may have been other ones.
    let mut trigger = |name: String, when: &str, refusal: &str| {
        text += &format!(
            "DROP TRIGGER IF EXISTS {name};\nCREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE({refusal}); END;\n"
        );
    };
    for table in APPEND_ONLY {
        for action in ["UPDATE", "DELETE"] {
            let refusal = format!("ABORT, '{table} is append-only'");
            trigger(format!("{table}_no_{action}"), &format!("{action} ON {table}"), &refusal);
        }
    }
    for table in SEALED {
        let when = format!("INSERT ON {table} WHEN EXISTS (SELECT 1 FROM bank_run WHERE run = NEW.run)");
        trigger(format!("{table}_sealed"), &when, "FAIL, 'the run is sealed'");
    }
    // Not a foreign key: with the key to the run outstanding, SQLite would look through every posting for each account
    // that a run opens. And not for each row: no run commits unsealed, so its rows are looked at once, when it is sealed.
    for (table, accounts) in [("bank_posting", ["debit", "credit", "payee"].as_slice()), ("bank_total", &["account"])] {
        let missing: Vec<String> =
            accounts.iter().map(|account| format!("{account} NOT IN (SELECT id FROM bank_account)")).collect();
        let missing = missing.join(" OR ");
        let when =
            format!("INSERT ON bank_run WHEN EXISTS (SELECT 1 FROM {table} WHERE run = NEW.run AND ({missing}))");
        let refusal = format!("ABORT, '{table} names an account that is not open'");
        trigger(format!("{table}_accounts"), &when, &refusal);
    }
    let when = format!(
        "INSERT ON bank_run WHEN NEW.run <> (SELECT COALESCE(MAX(run), 0) + 1 FROM bank_run) \
         OR NEW.previous <> COALESCE((SELECT hash FROM bank_run ORDER BY run DESC LIMIT 1), '{GENESIS}')"
    );
    trigger("bank_run_next".to_owned(), &when, "ABORT, 'a run must follow the one before'");
    text
}

/// What makes the schema of PostgreSQL out of that of version `from`, 0 for nothing at all. Guards on the hot tables look
/// at a whole statement, not at each row: the three keys from a posting to its accounts, row by row, made a national run
/// three times as long.
pub(crate) fn postgres(from: i64, guards: Guards) -> String {
    let engine = [("{int}", "BIGINT"), ("{text}", "TEXT COLLATE \"C\""), ("{plain}", ""), ("{clustered}", "")];
    let mut text = ddl(from, guards, &engine);
    text += PG_ROLES;
    text += "GRANT SELECT, INSERT ON care_secret TO carebank_care;\n";
    for (table, ..) in TABLES {
        let (care, bank) = match table.split('_').next() {
            Some("care") => ("SELECT, INSERT", ""),
            Some("door" | "register") => ("SELECT, INSERT", "SELECT"),
            Some("bank") if *table == "bank_standing" => ("", "SELECT, INSERT, UPDATE"),
            Some("bank") => ("", "SELECT, INSERT"),
            _ if *table == "tx" => ("SELECT, INSERT", "SELECT, INSERT"),
            _ => ("SELECT", "SELECT"),
        };
        for (role, rights) in [("carebank_care", care), ("carebank_bank", bank)] {
            if !rights.is_empty() {
                text += &format!("GRANT {rights} ON {table} TO {role};\n");
            }
        }
    }
    if guards == Guards::Off {
        return text;
    }
    text += &PG_GUARDS.replace("{genesis}", &GENESIS.to_string());
    let mut trigger = |name: String, table: &str, when: &str, function: &str| {
        text += &format!(
            "DROP TRIGGER IF EXISTS {name} ON {table};\n\
             CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}();\n"
        );
    };
    for table in APPEND_ONLY {
        let when = format!("BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT");
        trigger(format!("{table}_append_only"), table, &when, "carebank_append_only");
    }
    let fresh = |table: &str| format!("AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT");
    for table in SEALED {
        trigger(format!("{table}_sealed"), table, &fresh(table), "carebank_sealed");
    }
    for (table, function) in [("bank_posting", "carebank_posting_accounts"), ("bank_total", "carebank_total_accounts")]
    {
        trigger(format!("{table}_accounts"), table, &fresh(table), function);
    }
    let next = "BEFORE INSERT ON bank_run FOR EACH ROW";
    trigger("bank_run_next".to_owned(), "bank_run", next, "carebank_next_run");
    text
}

/// One role a wing. Roles belong to the whole cluster, so another database may have made them already.
const PG_ROLES: &str = "
DO $$ BEGIN
    PERFORM pg_advisory_xact_lock(4846791580151136332);
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'carebank_care') THEN CREATE ROLE carebank_care NOLOGIN; END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'carebank_bank') THEN CREATE ROLE carebank_bank NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO carebank_care, carebank_bank', current_schema());
    EXECUTE format('GRANT carebank_care, carebank_bank TO %I', current_user);
EXCEPTION WHEN invalid_grant_operation OR duplicate_object THEN NULL;
END $$;
";

const PG_GUARDS: &str = "
CREATE OR REPLACE FUNCTION carebank_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE OR REPLACE FUNCTION carebank_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT DISTINCT run FROM fresh) f JOIN bank_run r ON r.run = f.run) THEN
        RAISE EXCEPTION 'the run is sealed';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION carebank_posting_accounts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM (SELECT debit AS id FROM fresh UNION SELECT credit FROM fresh UNION SELECT payee FROM fresh) named
               LEFT JOIN bank_account a ON a.id = named.id WHERE a.id IS NULL) THEN
        RAISE EXCEPTION 'a posting names an account that is not open';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION carebank_total_accounts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM fresh f LEFT JOIN bank_account a ON a.id = f.account WHERE a.id IS NULL) THEN
        RAISE EXCEPTION 'a total names an account that is not open';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION carebank_next_run() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE latest bank_run%ROWTYPE; BEGIN
    SELECT * INTO latest FROM bank_run ORDER BY run DESC LIMIT 1;
    IF NEW.run <> COALESCE(latest.run, 0) + 1 OR NEW.previous <> COALESCE(latest.hash, '{genesis}') THEN
        RAISE EXCEPTION 'a run must follow the one before';
    END IF;
    RETURN NEW;
END $$;
";

/// The clause that makes an insert replace the row with the same key.
pub(crate) fn on_conflict(key: &str, columns: &[&str]) -> String {
    let others = columns.iter().filter(|&&column| column != key);
    let set: Vec<String> = others.map(|column| format!("{column} = excluded.{column}")).collect();
    format!(" ON CONFLICT ({key}) DO UPDATE SET {}", set.join(", "))
}

/// The schema version of a store. A file that is no store has none.
pub(crate) fn version(db: &mut Db, place: &str) -> Result<i64, Fault> {
    let found = db
        .rows("SELECT value FROM meta WHERE name = 'schema' OR name LIKE 'schema %'", &[], |row| {
            Ok(row.text(0)?.to_owned())
        })
        .map_err(|fault| match fault {
            Fault::Other(why) => Fault::Damaged(format!("{place}: {why}")),
            other => other,
        })?;
    let versions: Vec<Option<i64>> = found.iter().map(|found| found.parse().ok()).collect();
    match versions.iter().flatten().max() {
        Some(&version) if versions.iter().all(Option::is_some) && (1..=SCHEMA_VERSION).contains(&version) => {
            Ok(version)
        }
        _ => Err(Fault::Newer { found: found.join(", "), known: SCHEMA_VERSION }),
    }
}

/// Refuses a store written by a newer version, one that is not brought up to date, and a file that is no store.
pub(crate) fn check_version(db: &mut Db, place: &str) -> Result<(), Fault> {
    match version(db, place)? {
        SCHEMA_VERSION => Ok(()),
        found => Err(Fault::Older { place: place.to_owned(), found, known: SCHEMA_VERSION }),
    }
}
