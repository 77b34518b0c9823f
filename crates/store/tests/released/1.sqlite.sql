-- The schema of version 1 on SQLite, as it was released. Never changed.
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
INSERT INTO meta (name, value) VALUES ('schema', '1');
CREATE TRIGGER meta_no_UPDATE BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'meta is append-only'); END;
CREATE TRIGGER meta_no_DELETE BEFORE DELETE ON meta BEGIN SELECT RAISE(ABORT, 'meta is append-only'); END;
CREATE TRIGGER tx_no_UPDATE BEFORE UPDATE ON tx BEGIN SELECT RAISE(ABORT, 'tx is append-only'); END;
CREATE TRIGGER tx_no_DELETE BEFORE DELETE ON tx BEGIN SELECT RAISE(ABORT, 'tx is append-only'); END;
CREATE TRIGGER care_secret_no_UPDATE BEFORE UPDATE ON care_secret BEGIN SELECT RAISE(ABORT, 'care_secret is append-only'); END;
CREATE TRIGGER care_secret_no_DELETE BEFORE DELETE ON care_secret BEGIN SELECT RAISE(ABORT, 'care_secret is append-only'); END;
CREATE TRIGGER care_child_no_UPDATE BEFORE UPDATE ON care_child BEGIN SELECT RAISE(ABORT, 'care_child is append-only'); END;
CREATE TRIGGER care_child_no_DELETE BEFORE DELETE ON care_child BEGIN SELECT RAISE(ABORT, 'care_child is append-only'); END;
CREATE TRIGGER care_episode_no_UPDATE BEFORE UPDATE ON care_episode BEGIN SELECT RAISE(ABORT, 'care_episode is append-only'); END;
CREATE TRIGGER care_episode_no_DELETE BEFORE DELETE ON care_episode BEGIN SELECT RAISE(ABORT, 'care_episode is append-only'); END;
CREATE TRIGGER care_import_no_UPDATE BEFORE UPDATE ON care_import BEGIN SELECT RAISE(ABORT, 'care_import is append-only'); END;
CREATE TRIGGER care_import_no_DELETE BEFORE DELETE ON care_import BEGIN SELECT RAISE(ABORT, 'care_import is append-only'); END;
CREATE TRIGGER care_quarantine_no_UPDATE BEFORE UPDATE ON care_quarantine BEGIN SELECT RAISE(ABORT, 'care_quarantine is append-only'); END;
CREATE TRIGGER care_quarantine_no_DELETE BEFORE DELETE ON care_quarantine BEGIN SELECT RAISE(ABORT, 'care_quarantine is append-only'); END;
CREATE TRIGGER door_notice_no_UPDATE BEFORE UPDATE ON door_notice BEGIN SELECT RAISE(ABORT, 'door_notice is append-only'); END;
CREATE TRIGGER door_notice_no_DELETE BEFORE DELETE ON door_notice BEGIN SELECT RAISE(ABORT, 'door_notice is append-only'); END;
CREATE TRIGGER bank_policy_no_UPDATE BEFORE UPDATE ON bank_policy BEGIN SELECT RAISE(ABORT, 'bank_policy is append-only'); END;
CREATE TRIGGER bank_policy_no_DELETE BEFORE DELETE ON bank_policy BEGIN SELECT RAISE(ABORT, 'bank_policy is append-only'); END;
CREATE TRIGGER bank_price_no_UPDATE BEFORE UPDATE ON bank_price BEGIN SELECT RAISE(ABORT, 'bank_price is append-only'); END;
CREATE TRIGGER bank_price_no_DELETE BEFORE DELETE ON bank_price BEGIN SELECT RAISE(ABORT, 'bank_price is append-only'); END;
CREATE TRIGGER bank_account_no_UPDATE BEFORE UPDATE ON bank_account BEGIN SELECT RAISE(ABORT, 'bank_account is append-only'); END;
CREATE TRIGGER bank_account_no_DELETE BEFORE DELETE ON bank_account BEGIN SELECT RAISE(ABORT, 'bank_account is append-only'); END;
CREATE TRIGGER bank_run_no_UPDATE BEFORE UPDATE ON bank_run BEGIN SELECT RAISE(ABORT, 'bank_run is append-only'); END;
CREATE TRIGGER bank_run_no_DELETE BEFORE DELETE ON bank_run BEGIN SELECT RAISE(ABORT, 'bank_run is append-only'); END;
CREATE TRIGGER bank_posting_no_UPDATE BEFORE UPDATE ON bank_posting BEGIN SELECT RAISE(ABORT, 'bank_posting is append-only'); END;
CREATE TRIGGER bank_posting_no_DELETE BEFORE DELETE ON bank_posting BEGIN SELECT RAISE(ABORT, 'bank_posting is append-only'); END;
CREATE TRIGGER bank_total_no_UPDATE BEFORE UPDATE ON bank_total BEGIN SELECT RAISE(ABORT, 'bank_total is append-only'); END;
CREATE TRIGGER bank_total_no_DELETE BEFORE DELETE ON bank_total BEGIN SELECT RAISE(ABORT, 'bank_total is append-only'); END;
CREATE TRIGGER bank_posting_sealed BEFORE INSERT ON bank_posting WHEN EXISTS (SELECT 1 FROM bank_run WHERE run = NEW.run) BEGIN SELECT RAISE(FAIL, 'the run is sealed'); END;
CREATE TRIGGER bank_total_sealed BEFORE INSERT ON bank_total WHEN EXISTS (SELECT 1 FROM bank_run WHERE run = NEW.run) BEGIN SELECT RAISE(FAIL, 'the run is sealed'); END;
CREATE TRIGGER bank_posting_accounts BEFORE INSERT ON bank_posting WHEN NOT EXISTS (SELECT 1 FROM bank_account WHERE id = NEW.debit) OR NOT EXISTS (SELECT 1 FROM bank_account WHERE id = NEW.credit) OR NOT EXISTS (SELECT 1 FROM bank_account WHERE id = NEW.payee) BEGIN SELECT RAISE(FAIL, 'bank_posting names an account that is not open'); END;
CREATE TRIGGER bank_total_accounts BEFORE INSERT ON bank_total WHEN NOT EXISTS (SELECT 1 FROM bank_account WHERE id = NEW.account) BEGIN SELECT RAISE(FAIL, 'bank_total names an account that is not open'); END;
CREATE TRIGGER bank_run_next BEFORE INSERT ON bank_run WHEN NEW.run <> (SELECT COALESCE(MAX(run), 0) + 1 FROM bank_run) OR NEW.previous <> COALESCE((SELECT hash FROM bank_run ORDER BY run DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000') BEGIN SELECT RAISE(ABORT, 'a run must follow the one before'); END;
