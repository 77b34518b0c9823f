-- The schema of version 3 on SQLite, as it was released. Never changed.

CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE tx (
    seq INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, key TEXT UNIQUE,
    command TEXT NOT NULL, content TEXT NOT NULL
) STRICT;
CREATE TABLE care_secret (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE care_child (
    child INTEGER NOT NULL, seq INTEGER NOT NULL REFERENCES tx (seq), council TEXT NOT NULL, local_id TEXT NOT NULL,
    born INTEGER NOT NULL, sex TEXT, ethnic TEXT, uasc INTEGER NOT NULL, year INTEGER NOT NULL,
    PRIMARY KEY (child, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX care_child_council ON care_child (council);
CREATE TABLE care_episode (
    episode INTEGER NOT NULL, seq INTEGER NOT NULL REFERENCES tx (seq), child INTEGER NOT NULL, year INTEGER NOT NULL,
    decom INTEGER NOT NULL, dec INTEGER, rne TEXT NOT NULL, ls TEXT NOT NULL, cin TEXT,
    place TEXT NOT NULL, provider TEXT, rec TEXT, reason TEXT, home_post TEXT NOT NULL,
    pl_post TEXT NOT NULL, urn TEXT, withdrawn INTEGER NOT NULL,
    PRIMARY KEY (episode, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX care_episode_child ON care_episode (child);
CREATE TABLE care_import (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES tx (seq), council TEXT NOT NULL, year INTEGER NOT NULL, digest TEXT NOT NULL,
    summary TEXT NOT NULL
) STRICT;
CREATE TABLE care_quarantine (
    seq INTEGER NOT NULL REFERENCES tx (seq), item INTEGER NOT NULL, source_table TEXT NOT NULL, file TEXT NOT NULL,
    line INTEGER NOT NULL, field TEXT NOT NULL, code TEXT NOT NULL, held INTEGER NOT NULL, sentence TEXT NOT NULL,
    PRIMARY KEY (seq, item)
) STRICT, WITHOUT ROWID;
CREATE TABLE door_notice (
    placement INTEGER NOT NULL, seq INTEGER NOT NULL REFERENCES tx (seq), child INTEGER NOT NULL, council TEXT NOT NULL,
    payee TEXT, body TEXT NOT NULL,
    PRIMARY KEY (placement, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX door_notice_seq ON door_notice (seq);
CREATE INDEX door_notice_child ON door_notice (child);
CREATE INDEX door_notice_payee ON door_notice (payee);
CREATE INDEX door_notice_council ON door_notice (council);
CREATE TABLE bank_policy (
    name TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES tx (seq), sha256 TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (name, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE bank_price (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES tx (seq), scope TEXT NOT NULL, subject TEXT NOT NULL, kind TEXT,
    first_night INTEGER NOT NULL, last_night INTEGER, care INTEGER NOT NULL, ret INTEGER NOT NULL,
    unit TEXT NOT NULL, notice_nights INTEGER NOT NULL, split_assumed INTEGER NOT NULL, reason TEXT NOT NULL
    , CHECK (care >= 0), CHECK (ret >= 0)
) STRICT;
CREATE TABLE bank_run (
    run INTEGER NOT NULL PRIMARY KEY, seq INTEGER NOT NULL UNIQUE REFERENCES tx (seq), through INTEGER NOT NULL,
    placements INTEGER NOT NULL, postings INTEGER NOT NULL, pence INTEGER NOT NULL, previous TEXT NOT NULL,
    hash TEXT NOT NULL, report TEXT NOT NULL
) STRICT;
CREATE TABLE bank_account (
    id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, run INTEGER NOT NULL REFERENCES bank_run (run) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE bank_posting (
    run INTEGER NOT NULL REFERENCES bank_run (run) DEFERRABLE INITIALLY DEFERRED, placement INTEGER NOT NULL, line INTEGER NOT NULL,
    debit INTEGER NOT NULL, credit INTEGER NOT NULL, part INTEGER NOT NULL, pence INTEGER NOT NULL,
    payee INTEGER NOT NULL, council TEXT NOT NULL, first_night INTEGER NOT NULL, end_night INTEGER NOT NULL,
    terms INTEGER NOT NULL,
    PRIMARY KEY (run, placement, line)
    , CHECK (pence > 0), CHECK (debit <> credit), CHECK (part IN (0, 1)), CHECK (first_night < end_night)
) STRICT, WITHOUT ROWID;
CREATE TABLE bank_total (
    run INTEGER NOT NULL REFERENCES bank_run (run) DEFERRABLE INITIALLY DEFERRED, account INTEGER NOT NULL, effective INTEGER NOT NULL, debit INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    PRIMARY KEY (run, account, effective)
) STRICT, WITHOUT ROWID;
CREATE TABLE bank_standing (
    placement INTEGER NOT NULL PRIMARY KEY, body TEXT NOT NULL
) STRICT;

CREATE TABLE care_told (
    child INTEGER NOT NULL, year INTEGER NOT NULL, seq INTEGER NOT NULL REFERENCES tx (seq), body TEXT NOT NULL,
    PRIMARY KEY (child, year, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE register_list (
    seq INTEGER NOT NULL PRIMARY KEY REFERENCES tx (seq), source TEXT NOT NULL, as_at INTEGER NOT NULL, whole INTEGER NOT NULL,
    file TEXT NOT NULL, digest TEXT NOT NULL, summary TEXT NOT NULL
) STRICT;
CREATE TABLE register_setting (
    setting TEXT NOT NULL, from_night INTEGER NOT NULL, seq INTEGER NOT NULL REFERENCES tx (seq), listed INTEGER NOT NULL,
    by_list INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (setting, from_night, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE register_condition (
    setting TEXT NOT NULL, place INTEGER NOT NULL, from_night INTEGER NOT NULL, seq INTEGER NOT NULL REFERENCES tx (seq),
    body TEXT NOT NULL,
    PRIMARY KEY (setting, place, from_night, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE register_statement (
    setting TEXT NOT NULL, place INTEGER NOT NULL, seq INTEGER NOT NULL REFERENCES tx (seq), from_night INTEGER NOT NULL,
    until_night INTEGER, says TEXT NOT NULL, reason TEXT NOT NULL, turnaround INTEGER NOT NULL, expires TEXT,
    replaces INTEGER, said_by TEXT NOT NULL, said_at TEXT NOT NULL,
    PRIMARY KEY (setting, place, seq)
    , CHECK (place > 0), CHECK (until_night > from_night), CHECK (says <> 'free' OR expires IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE care_voice_fact (
    seq INTEGER NOT NULL REFERENCES tx (seq), item INTEGER NOT NULL, child INTEGER NOT NULL, placement INTEGER NOT NULL,
    on_night INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, words TEXT,
    PRIMARY KEY (seq, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX care_voice_fact_child ON care_voice_fact (child);
CREATE TABLE care_voice_commitment (
    name TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL REFERENCES tx (seq), hash TEXT NOT NULL
) STRICT;
CREATE TABLE care_voice_pool (
    half_year TEXT NOT NULL, pool TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES tx (seq), body TEXT NOT NULL,
    PRIMARY KEY (half_year, pool)
) STRICT, WITHOUT ROWID;
CREATE TABLE door_share (
    half_year TEXT NOT NULL, pool TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES tx (seq), body TEXT NOT NULL,
    PRIMARY KEY (half_year, pool)
) STRICT, WITHOUT ROWID;
CREATE TABLE bank_settlement (
    settlement INTEGER NOT NULL PRIMARY KEY, seq INTEGER NOT NULL UNIQUE REFERENCES tx (seq), through INTEGER NOT NULL, closed TEXT,
    postings INTEGER NOT NULL, pence INTEGER NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE bank_settled (
    settlement INTEGER NOT NULL, line INTEGER NOT NULL, payee TEXT NOT NULL, debit TEXT NOT NULL,
    credit TEXT NOT NULL, pence INTEGER NOT NULL,
    PRIMARY KEY (settlement, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX bank_settled_payee ON bank_settled (payee);

CREATE TABLE care_policy (
    name TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES tx (seq), sha256 TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (name, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE care_home_fact (
    subject TEXT NOT NULL, field TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES tx (seq), body TEXT NOT NULL, words TEXT,
    PRIMARY KEY (subject, field, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE care_home_event (
    seq INTEGER NOT NULL REFERENCES tx (seq), item INTEGER NOT NULL, child INTEGER NOT NULL, search INTEGER NOT NULL, kind TEXT NOT NULL,
    on_night INTEGER NOT NULL, setting TEXT, body TEXT NOT NULL, words TEXT,
    PRIMARY KEY (seq, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX care_home_event_child ON care_home_event (child);
CREATE INDEX care_home_event_setting ON care_home_event (setting);
INSERT INTO meta (name, value) VALUES ('schema', '3');
DROP TRIGGER IF EXISTS meta_no_UPDATE;
CREATE TRIGGER meta_no_UPDATE BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'meta is append-only'); END;
DROP TRIGGER IF EXISTS meta_no_DELETE;
CREATE TRIGGER meta_no_DELETE BEFORE DELETE ON meta BEGIN SELECT RAISE(ABORT, 'meta is append-only'); END;
DROP TRIGGER IF EXISTS tx_no_UPDATE;
CREATE TRIGGER tx_no_UPDATE BEFORE UPDATE ON tx BEGIN SELECT RAISE(ABORT, 'tx is append-only'); END;
DROP TRIGGER IF EXISTS tx_no_DELETE;
CREATE TRIGGER tx_no_DELETE BEFORE DELETE ON tx BEGIN SELECT RAISE(ABORT, 'tx is append-only'); END;
DROP TRIGGER IF EXISTS care_secret_no_UPDATE;
CREATE TRIGGER care_secret_no_UPDATE BEFORE UPDATE ON care_secret BEGIN SELECT RAISE(ABORT, 'care_secret is append-only'); END;
DROP TRIGGER IF EXISTS care_secret_no_DELETE;
CREATE TRIGGER care_secret_no_DELETE BEFORE DELETE ON care_secret BEGIN SELECT RAISE(ABORT, 'care_secret is append-only'); END;
DROP TRIGGER IF EXISTS care_child_no_UPDATE;
CREATE TRIGGER care_child_no_UPDATE BEFORE UPDATE ON care_child BEGIN SELECT RAISE(ABORT, 'care_child is append-only'); END;
DROP TRIGGER IF EXISTS care_child_no_DELETE;
CREATE TRIGGER care_child_no_DELETE BEFORE DELETE ON care_child BEGIN SELECT RAISE(ABORT, 'care_child is append-only'); END;
DROP TRIGGER IF EXISTS care_episode_no_UPDATE;
CREATE TRIGGER care_episode_no_UPDATE BEFORE UPDATE ON care_episode BEGIN SELECT RAISE(ABORT, 'care_episode is append-only'); END;
DROP TRIGGER IF EXISTS care_episode_no_DELETE;
CREATE TRIGGER care_episode_no_DELETE BEFORE DELETE ON care_episode BEGIN SELECT RAISE(ABORT, 'care_episode is append-only'); END;
DROP TRIGGER IF EXISTS care_told_no_UPDATE;
CREATE TRIGGER care_told_no_UPDATE BEFORE UPDATE ON care_told BEGIN SELECT RAISE(ABORT, 'care_told is append-only'); END;
DROP TRIGGER IF EXISTS care_told_no_DELETE;
CREATE TRIGGER care_told_no_DELETE BEFORE DELETE ON care_told BEGIN SELECT RAISE(ABORT, 'care_told is append-only'); END;
DROP TRIGGER IF EXISTS care_import_no_UPDATE;
CREATE TRIGGER care_import_no_UPDATE BEFORE UPDATE ON care_import BEGIN SELECT RAISE(ABORT, 'care_import is append-only'); END;
DROP TRIGGER IF EXISTS care_import_no_DELETE;
CREATE TRIGGER care_import_no_DELETE BEFORE DELETE ON care_import BEGIN SELECT RAISE(ABORT, 'care_import is append-only'); END;
DROP TRIGGER IF EXISTS care_quarantine_no_UPDATE;
CREATE TRIGGER care_quarantine_no_UPDATE BEFORE UPDATE ON care_quarantine BEGIN SELECT RAISE(ABORT, 'care_quarantine is append-only'); END;
DROP TRIGGER IF EXISTS care_quarantine_no_DELETE;
CREATE TRIGGER care_quarantine_no_DELETE BEFORE DELETE ON care_quarantine BEGIN SELECT RAISE(ABORT, 'care_quarantine is append-only'); END;
DROP TRIGGER IF EXISTS register_list_no_UPDATE;
CREATE TRIGGER register_list_no_UPDATE BEFORE UPDATE ON register_list BEGIN SELECT RAISE(ABORT, 'register_list is append-only'); END;
DROP TRIGGER IF EXISTS register_list_no_DELETE;
CREATE TRIGGER register_list_no_DELETE BEFORE DELETE ON register_list BEGIN SELECT RAISE(ABORT, 'register_list is append-only'); END;
DROP TRIGGER IF EXISTS register_setting_no_UPDATE;
CREATE TRIGGER register_setting_no_UPDATE BEFORE UPDATE ON register_setting BEGIN SELECT RAISE(ABORT, 'register_setting is append-only'); END;
DROP TRIGGER IF EXISTS register_setting_no_DELETE;
CREATE TRIGGER register_setting_no_DELETE BEFORE DELETE ON register_setting BEGIN SELECT RAISE(ABORT, 'register_setting is append-only'); END;
DROP TRIGGER IF EXISTS register_condition_no_UPDATE;
CREATE TRIGGER register_condition_no_UPDATE BEFORE UPDATE ON register_condition BEGIN SELECT RAISE(ABORT, 'register_condition is append-only'); END;
DROP TRIGGER IF EXISTS register_condition_no_DELETE;
CREATE TRIGGER register_condition_no_DELETE BEFORE DELETE ON register_condition BEGIN SELECT RAISE(ABORT, 'register_condition is append-only'); END;
DROP TRIGGER IF EXISTS register_statement_no_UPDATE;
CREATE TRIGGER register_statement_no_UPDATE BEFORE UPDATE ON register_statement BEGIN SELECT RAISE(ABORT, 'register_statement is append-only'); END;
DROP TRIGGER IF EXISTS register_statement_no_DELETE;
CREATE TRIGGER register_statement_no_DELETE BEFORE DELETE ON register_statement BEGIN SELECT RAISE(ABORT, 'register_statement is append-only'); END;
DROP TRIGGER IF EXISTS door_notice_no_UPDATE;
CREATE TRIGGER door_notice_no_UPDATE BEFORE UPDATE ON door_notice BEGIN SELECT RAISE(ABORT, 'door_notice is append-only'); END;
DROP TRIGGER IF EXISTS door_notice_no_DELETE;
CREATE TRIGGER door_notice_no_DELETE BEFORE DELETE ON door_notice BEGIN SELECT RAISE(ABORT, 'door_notice is append-only'); END;
DROP TRIGGER IF EXISTS bank_policy_no_UPDATE;
CREATE TRIGGER bank_policy_no_UPDATE BEFORE UPDATE ON bank_policy BEGIN SELECT RAISE(ABORT, 'bank_policy is append-only'); END;
DROP TRIGGER IF EXISTS bank_policy_no_DELETE;
CREATE TRIGGER bank_policy_no_DELETE BEFORE DELETE ON bank_policy BEGIN SELECT RAISE(ABORT, 'bank_policy is append-only'); END;
DROP TRIGGER IF EXISTS bank_price_no_UPDATE;
CREATE TRIGGER bank_price_no_UPDATE BEFORE UPDATE ON bank_price BEGIN SELECT RAISE(ABORT, 'bank_price is append-only'); END;
DROP TRIGGER IF EXISTS bank_price_no_DELETE;
CREATE TRIGGER bank_price_no_DELETE BEFORE DELETE ON bank_price BEGIN SELECT RAISE(ABORT, 'bank_price is append-only'); END;
DROP TRIGGER IF EXISTS bank_account_no_UPDATE;
CREATE TRIGGER bank_account_no_UPDATE BEFORE UPDATE ON bank_account BEGIN SELECT RAISE(ABORT, 'bank_account is append-only'); END;
DROP TRIGGER IF EXISTS bank_account_no_DELETE;
CREATE TRIGGER bank_account_no_DELETE BEFORE DELETE ON bank_account BEGIN SELECT RAISE(ABORT, 'bank_account is append-only'); END;
DROP TRIGGER IF EXISTS bank_run_no_UPDATE;
CREATE TRIGGER bank_run_no_UPDATE BEFORE UPDATE ON bank_run BEGIN SELECT RAISE(ABORT, 'bank_run is append-only'); END;
DROP TRIGGER IF EXISTS bank_run_no_DELETE;
CREATE TRIGGER bank_run_no_DELETE BEFORE DELETE ON bank_run BEGIN SELECT RAISE(ABORT, 'bank_run is append-only'); END;
DROP TRIGGER IF EXISTS bank_posting_no_UPDATE;
CREATE TRIGGER bank_posting_no_UPDATE BEFORE UPDATE ON bank_posting BEGIN SELECT RAISE(ABORT, 'bank_posting is append-only'); END;
DROP TRIGGER IF EXISTS bank_posting_no_DELETE;
CREATE TRIGGER bank_posting_no_DELETE BEFORE DELETE ON bank_posting BEGIN SELECT RAISE(ABORT, 'bank_posting is append-only'); END;
DROP TRIGGER IF EXISTS bank_total_no_UPDATE;
CREATE TRIGGER bank_total_no_UPDATE BEFORE UPDATE ON bank_total BEGIN SELECT RAISE(ABORT, 'bank_total is append-only'); END;
DROP TRIGGER IF EXISTS bank_total_no_DELETE;
CREATE TRIGGER bank_total_no_DELETE BEFORE DELETE ON bank_total BEGIN SELECT RAISE(ABORT, 'bank_total is append-only'); END;
DROP TRIGGER IF EXISTS care_voice_fact_no_UPDATE;
CREATE TRIGGER care_voice_fact_no_UPDATE BEFORE UPDATE ON care_voice_fact BEGIN SELECT RAISE(ABORT, 'care_voice_fact is append-only'); END;
DROP TRIGGER IF EXISTS care_voice_fact_no_DELETE;
CREATE TRIGGER care_voice_fact_no_DELETE BEFORE DELETE ON care_voice_fact BEGIN SELECT RAISE(ABORT, 'care_voice_fact is append-only'); END;
DROP TRIGGER IF EXISTS care_voice_commitment_no_UPDATE;
CREATE TRIGGER care_voice_commitment_no_UPDATE BEFORE UPDATE ON care_voice_commitment BEGIN SELECT RAISE(ABORT, 'care_voice_commitment is append-only'); END;
DROP TRIGGER IF EXISTS care_voice_commitment_no_DELETE;
CREATE TRIGGER care_voice_commitment_no_DELETE BEFORE DELETE ON care_voice_commitment BEGIN SELECT RAISE(ABORT, 'care_voice_commitment is append-only'); END;
DROP TRIGGER IF EXISTS care_voice_pool_no_UPDATE;
CREATE TRIGGER care_voice_pool_no_UPDATE BEFORE UPDATE ON care_voice_pool BEGIN SELECT RAISE(ABORT, 'care_voice_pool is append-only'); END;
DROP TRIGGER IF EXISTS care_voice_pool_no_DELETE;
CREATE TRIGGER care_voice_pool_no_DELETE BEFORE DELETE ON care_voice_pool BEGIN SELECT RAISE(ABORT, 'care_voice_pool is append-only'); END;
DROP TRIGGER IF EXISTS door_share_no_UPDATE;
CREATE TRIGGER door_share_no_UPDATE BEFORE UPDATE ON door_share BEGIN SELECT RAISE(ABORT, 'door_share is append-only'); END;
DROP TRIGGER IF EXISTS door_share_no_DELETE;
CREATE TRIGGER door_share_no_DELETE BEFORE DELETE ON door_share BEGIN SELECT RAISE(ABORT, 'door_share is append-only'); END;
DROP TRIGGER IF EXISTS bank_settlement_no_UPDATE;
CREATE TRIGGER bank_settlement_no_UPDATE BEFORE UPDATE ON bank_settlement BEGIN SELECT RAISE(ABORT, 'bank_settlement is append-only'); END;
DROP TRIGGER IF EXISTS bank_settlement_no_DELETE;
CREATE TRIGGER bank_settlement_no_DELETE BEFORE DELETE ON bank_settlement BEGIN SELECT RAISE(ABORT, 'bank_settlement is append-only'); END;
DROP TRIGGER IF EXISTS bank_settled_no_UPDATE;
CREATE TRIGGER bank_settled_no_UPDATE BEFORE UPDATE ON bank_settled BEGIN SELECT RAISE(ABORT, 'bank_settled is append-only'); END;
DROP TRIGGER IF EXISTS bank_settled_no_DELETE;
CREATE TRIGGER bank_settled_no_DELETE BEFORE DELETE ON bank_settled BEGIN SELECT RAISE(ABORT, 'bank_settled is append-only'); END;
DROP TRIGGER IF EXISTS care_policy_no_UPDATE;
CREATE TRIGGER care_policy_no_UPDATE BEFORE UPDATE ON care_policy BEGIN SELECT RAISE(ABORT, 'care_policy is append-only'); END;
DROP TRIGGER IF EXISTS care_policy_no_DELETE;
CREATE TRIGGER care_policy_no_DELETE BEFORE DELETE ON care_policy BEGIN SELECT RAISE(ABORT, 'care_policy is append-only'); END;
DROP TRIGGER IF EXISTS care_home_fact_no_UPDATE;
CREATE TRIGGER care_home_fact_no_UPDATE BEFORE UPDATE ON care_home_fact BEGIN SELECT RAISE(ABORT, 'care_home_fact is append-only'); END;
DROP TRIGGER IF EXISTS care_home_fact_no_DELETE;
CREATE TRIGGER care_home_fact_no_DELETE BEFORE DELETE ON care_home_fact BEGIN SELECT RAISE(ABORT, 'care_home_fact is append-only'); END;
DROP TRIGGER IF EXISTS care_home_event_no_UPDATE;
CREATE TRIGGER care_home_event_no_UPDATE BEFORE UPDATE ON care_home_event BEGIN SELECT RAISE(ABORT, 'care_home_event is append-only'); END;
DROP TRIGGER IF EXISTS care_home_event_no_DELETE;
CREATE TRIGGER care_home_event_no_DELETE BEFORE DELETE ON care_home_event BEGIN SELECT RAISE(ABORT, 'care_home_event is append-only'); END;
DROP TRIGGER IF EXISTS bank_posting_sealed;
CREATE TRIGGER bank_posting_sealed BEFORE INSERT ON bank_posting WHEN EXISTS (SELECT 1 FROM bank_run WHERE run = NEW.run) BEGIN SELECT RAISE(FAIL, 'the run is sealed'); END;
DROP TRIGGER IF EXISTS bank_total_sealed;
CREATE TRIGGER bank_total_sealed BEFORE INSERT ON bank_total WHEN EXISTS (SELECT 1 FROM bank_run WHERE run = NEW.run) BEGIN SELECT RAISE(FAIL, 'the run is sealed'); END;
DROP TRIGGER IF EXISTS bank_posting_accounts;
CREATE TRIGGER bank_posting_accounts BEFORE INSERT ON bank_run WHEN EXISTS (SELECT 1 FROM bank_posting WHERE run = NEW.run AND (debit NOT IN (SELECT id FROM bank_account) OR credit NOT IN (SELECT id FROM bank_account) OR payee NOT IN (SELECT id FROM bank_account))) BEGIN SELECT RAISE(ABORT, 'bank_posting names an account that is not open'); END;
DROP TRIGGER IF EXISTS bank_total_accounts;
CREATE TRIGGER bank_total_accounts BEFORE INSERT ON bank_run WHEN EXISTS (SELECT 1 FROM bank_total WHERE run = NEW.run AND (account NOT IN (SELECT id FROM bank_account))) BEGIN SELECT RAISE(ABORT, 'bank_total names an account that is not open'); END;
DROP TRIGGER IF EXISTS bank_run_next;
CREATE TRIGGER bank_run_next BEFORE INSERT ON bank_run WHEN NEW.run <> (SELECT COALESCE(MAX(run), 0) + 1 FROM bank_run) OR NEW.previous <> COALESCE((SELECT hash FROM bank_run ORDER BY run DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000') BEGIN SELECT RAISE(ABORT, 'a run must follow the one before'); END;
