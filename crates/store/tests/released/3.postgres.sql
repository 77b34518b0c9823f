-- The schema of version 3 on PostgreSQL, as it was released. Never changed.

CREATE TABLE meta (name TEXT COLLATE "C" NOT NULL PRIMARY KEY, value TEXT COLLATE "C" NOT NULL);
CREATE TABLE tx (
    seq BIGINT NOT NULL PRIMARY KEY, at TEXT COLLATE "C" NOT NULL, actor TEXT COLLATE "C" NOT NULL, key TEXT COLLATE "C" UNIQUE,
    command TEXT COLLATE "C" NOT NULL, content TEXT COLLATE "C" NOT NULL
);
CREATE TABLE care_secret (name TEXT COLLATE "C" NOT NULL PRIMARY KEY, value TEXT COLLATE "C" NOT NULL);
CREATE TABLE care_child (
    child BIGINT NOT NULL, seq BIGINT NOT NULL REFERENCES tx (seq), council TEXT COLLATE "C" NOT NULL, local_id TEXT COLLATE "C" NOT NULL,
    born BIGINT NOT NULL, sex TEXT COLLATE "C", ethnic TEXT COLLATE "C", uasc BIGINT NOT NULL, year BIGINT NOT NULL,
    PRIMARY KEY (child, seq)
);
CREATE INDEX care_child_council ON care_child (council);
CREATE TABLE care_episode (
    episode BIGINT NOT NULL, seq BIGINT NOT NULL REFERENCES tx (seq), child BIGINT NOT NULL, year BIGINT NOT NULL,
    decom BIGINT NOT NULL, dec BIGINT, rne TEXT COLLATE "C" NOT NULL, ls TEXT COLLATE "C" NOT NULL, cin TEXT COLLATE "C",
    place TEXT COLLATE "C" NOT NULL, provider TEXT COLLATE "C", rec TEXT COLLATE "C", reason TEXT COLLATE "C", home_post TEXT COLLATE "C" NOT NULL,
    pl_post TEXT COLLATE "C" NOT NULL, urn TEXT COLLATE "C", withdrawn BIGINT NOT NULL,
    PRIMARY KEY (episode, seq)
);
CREATE INDEX care_episode_child ON care_episode (child);
CREATE TABLE care_import (
    seq BIGINT NOT NULL PRIMARY KEY REFERENCES tx (seq), council TEXT COLLATE "C" NOT NULL, year BIGINT NOT NULL, digest TEXT COLLATE "C" NOT NULL,
    summary TEXT COLLATE "C" NOT NULL
);
CREATE TABLE care_quarantine (
    seq BIGINT NOT NULL REFERENCES tx (seq), item BIGINT NOT NULL, source_table TEXT COLLATE "C" NOT NULL, file TEXT COLLATE "C" NOT NULL,
    line BIGINT NOT NULL, field TEXT COLLATE "C" NOT NULL, code TEXT COLLATE "C" NOT NULL, held BIGINT NOT NULL, sentence TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (seq, item)
);
CREATE TABLE door_notice (
    placement BIGINT NOT NULL, seq BIGINT NOT NULL REFERENCES tx (seq), child BIGINT NOT NULL, council TEXT COLLATE "C" NOT NULL,
    payee TEXT COLLATE "C", body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (placement, seq)
);
CREATE INDEX door_notice_seq ON door_notice (seq);
CREATE INDEX door_notice_child ON door_notice (child);
CREATE INDEX door_notice_payee ON door_notice (payee);
CREATE INDEX door_notice_council ON door_notice (council);
CREATE TABLE bank_policy (
    name TEXT COLLATE "C" NOT NULL, seq BIGINT NOT NULL REFERENCES tx (seq), sha256 TEXT COLLATE "C" NOT NULL, body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (name, seq)
);
CREATE TABLE bank_price (
    seq BIGINT NOT NULL PRIMARY KEY REFERENCES tx (seq), scope TEXT COLLATE "C" NOT NULL, subject TEXT COLLATE "C" NOT NULL, kind TEXT COLLATE "C",
    first_night BIGINT NOT NULL, last_night BIGINT, care BIGINT NOT NULL, ret BIGINT NOT NULL,
    unit TEXT COLLATE "C" NOT NULL, notice_nights BIGINT NOT NULL, split_assumed BIGINT NOT NULL, reason TEXT COLLATE "C" NOT NULL
    , CHECK (care >= 0), CHECK (ret >= 0)
);
CREATE TABLE bank_run (
    run BIGINT NOT NULL PRIMARY KEY, seq BIGINT NOT NULL UNIQUE REFERENCES tx (seq), through BIGINT NOT NULL,
    placements BIGINT NOT NULL, postings BIGINT NOT NULL, pence BIGINT NOT NULL, previous TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL, report TEXT COLLATE "C" NOT NULL
);
CREATE TABLE bank_account (
    id BIGINT NOT NULL PRIMARY KEY, name TEXT COLLATE "C" NOT NULL UNIQUE, run BIGINT NOT NULL REFERENCES bank_run (run) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE bank_posting (
    run BIGINT NOT NULL REFERENCES bank_run (run) DEFERRABLE INITIALLY DEFERRED, placement BIGINT NOT NULL, line BIGINT NOT NULL,
    debit BIGINT NOT NULL, credit BIGINT NOT NULL, part BIGINT NOT NULL, pence BIGINT NOT NULL,
    payee BIGINT NOT NULL, council TEXT COLLATE "C" NOT NULL, first_night BIGINT NOT NULL, end_night BIGINT NOT NULL,
    terms BIGINT NOT NULL,
    PRIMARY KEY (run, placement, line)
    , CHECK (pence > 0), CHECK (debit <> credit), CHECK (part IN (0, 1)), CHECK (first_night < end_night)
);
CREATE TABLE bank_total (
    run BIGINT NOT NULL REFERENCES bank_run (run) DEFERRABLE INITIALLY DEFERRED, account BIGINT NOT NULL, effective BIGINT NOT NULL, debit BIGINT NOT NULL,
    credit BIGINT NOT NULL,
    PRIMARY KEY (run, account, effective)
);
CREATE TABLE bank_standing (
    placement BIGINT NOT NULL PRIMARY KEY, body TEXT COLLATE "C" NOT NULL
);

CREATE TABLE care_told (
    child BIGINT NOT NULL, year BIGINT NOT NULL, seq BIGINT NOT NULL REFERENCES tx (seq), body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (child, year, seq)
);
CREATE TABLE register_list (
    seq BIGINT NOT NULL PRIMARY KEY REFERENCES tx (seq), source TEXT COLLATE "C" NOT NULL, as_at BIGINT NOT NULL, whole BIGINT NOT NULL,
    file TEXT COLLATE "C" NOT NULL, digest TEXT COLLATE "C" NOT NULL, summary TEXT COLLATE "C" NOT NULL
);
CREATE TABLE register_setting (
    setting TEXT COLLATE "C" NOT NULL, from_night BIGINT NOT NULL, seq BIGINT NOT NULL REFERENCES tx (seq), listed BIGINT NOT NULL,
    by_list BIGINT NOT NULL, body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (setting, from_night, seq)
);
CREATE TABLE register_condition (
    setting TEXT COLLATE "C" NOT NULL, place BIGINT NOT NULL, from_night BIGINT NOT NULL, seq BIGINT NOT NULL REFERENCES tx (seq),
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (setting, place, from_night, seq)
);
CREATE TABLE register_statement (
    setting TEXT COLLATE "C" NOT NULL, place BIGINT NOT NULL, seq BIGINT NOT NULL REFERENCES tx (seq), from_night BIGINT NOT NULL,
    until_night BIGINT, says TEXT COLLATE "C" NOT NULL, reason TEXT COLLATE "C" NOT NULL, turnaround BIGINT NOT NULL, expires TEXT COLLATE "C",
    replaces BIGINT, said_by TEXT COLLATE "C" NOT NULL, said_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (setting, place, seq)
    , CHECK (place > 0), CHECK (until_night > from_night), CHECK (says <> 'free' OR expires IS NOT NULL)
);

CREATE TABLE care_voice_fact (
    seq BIGINT NOT NULL REFERENCES tx (seq), item BIGINT NOT NULL, child BIGINT NOT NULL, placement BIGINT NOT NULL,
    on_night BIGINT NOT NULL, kind TEXT COLLATE "C" NOT NULL, body TEXT COLLATE "C" NOT NULL, words TEXT COLLATE "C",
    PRIMARY KEY (seq, item)
);
CREATE INDEX care_voice_fact_child ON care_voice_fact (child);
CREATE TABLE care_voice_commitment (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY, seq BIGINT NOT NULL REFERENCES tx (seq), hash TEXT COLLATE "C" NOT NULL
);
CREATE TABLE care_voice_pool (
    half_year TEXT COLLATE "C" NOT NULL, pool TEXT COLLATE "C" NOT NULL, seq BIGINT NOT NULL REFERENCES tx (seq), body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (half_year, pool)
);
CREATE TABLE door_share (
    half_year TEXT COLLATE "C" NOT NULL, pool TEXT COLLATE "C" NOT NULL, seq BIGINT NOT NULL REFERENCES tx (seq), body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (half_year, pool)
);
CREATE TABLE bank_settlement (
    settlement BIGINT NOT NULL PRIMARY KEY, seq BIGINT NOT NULL UNIQUE REFERENCES tx (seq), through BIGINT NOT NULL, closed TEXT COLLATE "C",
    postings BIGINT NOT NULL, pence BIGINT NOT NULL, previous TEXT COLLATE "C" NOT NULL, hash TEXT COLLATE "C" NOT NULL
);
CREATE TABLE bank_settled (
    settlement BIGINT NOT NULL, line BIGINT NOT NULL, payee TEXT COLLATE "C" NOT NULL, debit TEXT COLLATE "C" NOT NULL,
    credit TEXT COLLATE "C" NOT NULL, pence BIGINT NOT NULL,
    PRIMARY KEY (settlement, line)
);
CREATE INDEX bank_settled_payee ON bank_settled (payee);

CREATE TABLE care_policy (
    name TEXT COLLATE "C" NOT NULL, seq BIGINT NOT NULL REFERENCES tx (seq), sha256 TEXT COLLATE "C" NOT NULL, body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (name, seq)
);

CREATE TABLE care_home_fact (
    subject TEXT COLLATE "C" NOT NULL, field TEXT COLLATE "C" NOT NULL, seq BIGINT NOT NULL REFERENCES tx (seq), body TEXT COLLATE "C" NOT NULL, words TEXT COLLATE "C",
    PRIMARY KEY (subject, field, seq)
);
CREATE TABLE care_home_event (
    seq BIGINT NOT NULL REFERENCES tx (seq), item BIGINT NOT NULL, child BIGINT NOT NULL, search BIGINT NOT NULL, kind TEXT COLLATE "C" NOT NULL,
    on_night BIGINT NOT NULL, setting TEXT COLLATE "C", body TEXT COLLATE "C" NOT NULL, words TEXT COLLATE "C",
    PRIMARY KEY (seq, item)
);
CREATE INDEX care_home_event_child ON care_home_event (child);
CREATE INDEX care_home_event_setting ON care_home_event (setting);
INSERT INTO meta (name, value) VALUES ('schema', '3');

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
GRANT SELECT, INSERT ON care_secret TO carebank_care;
GRANT SELECT ON meta TO carebank_care;
GRANT SELECT ON meta TO carebank_bank;
GRANT SELECT, INSERT ON tx TO carebank_care;
GRANT SELECT, INSERT ON tx TO carebank_bank;
GRANT SELECT, INSERT ON care_child TO carebank_care;
GRANT SELECT, INSERT ON care_episode TO carebank_care;
GRANT SELECT, INSERT ON care_told TO carebank_care;
GRANT SELECT, INSERT ON care_import TO carebank_care;
GRANT SELECT, INSERT ON care_quarantine TO carebank_care;
GRANT SELECT, INSERT ON register_list TO carebank_care;
GRANT SELECT ON register_list TO carebank_bank;
GRANT SELECT, INSERT ON register_setting TO carebank_care;
GRANT SELECT ON register_setting TO carebank_bank;
GRANT SELECT, INSERT ON register_condition TO carebank_care;
GRANT SELECT ON register_condition TO carebank_bank;
GRANT SELECT, INSERT ON register_statement TO carebank_care;
GRANT SELECT ON register_statement TO carebank_bank;
GRANT SELECT, INSERT ON door_notice TO carebank_care;
GRANT SELECT ON door_notice TO carebank_bank;
GRANT SELECT, INSERT ON bank_policy TO carebank_bank;
GRANT SELECT, INSERT ON bank_price TO carebank_bank;
GRANT SELECT, INSERT ON bank_account TO carebank_bank;
GRANT SELECT, INSERT ON bank_run TO carebank_bank;
GRANT SELECT, INSERT ON bank_posting TO carebank_bank;
GRANT SELECT, INSERT ON bank_total TO carebank_bank;
GRANT SELECT, INSERT, UPDATE ON bank_standing TO carebank_bank;
GRANT SELECT, INSERT ON care_voice_fact TO carebank_care;
GRANT SELECT, INSERT ON care_voice_commitment TO carebank_care;
GRANT SELECT, INSERT ON care_voice_pool TO carebank_care;
GRANT SELECT, INSERT ON door_share TO carebank_care;
GRANT SELECT ON door_share TO carebank_bank;
GRANT SELECT, INSERT ON bank_settlement TO carebank_bank;
GRANT SELECT, INSERT ON bank_settled TO carebank_bank;
GRANT SELECT, INSERT ON care_policy TO carebank_care;
GRANT SELECT, INSERT ON care_home_fact TO carebank_care;
GRANT SELECT, INSERT ON care_home_event TO carebank_care;

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
    IF NEW.run <> COALESCE(latest.run, 0) + 1 OR NEW.previous <> COALESCE(latest.hash, '0000000000000000000000000000000000000000000000000000000000000000') THEN
        RAISE EXCEPTION 'a run must follow the one before';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS meta_append_only ON meta;
CREATE TRIGGER meta_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON meta FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS tx_append_only ON tx;
CREATE TRIGGER tx_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tx FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS care_secret_append_only ON care_secret;
CREATE TRIGGER care_secret_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_secret FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS care_child_append_only ON care_child;
CREATE TRIGGER care_child_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_child FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS care_episode_append_only ON care_episode;
CREATE TRIGGER care_episode_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_episode FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS care_told_append_only ON care_told;
CREATE TRIGGER care_told_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_told FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS care_import_append_only ON care_import;
CREATE TRIGGER care_import_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_import FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS care_quarantine_append_only ON care_quarantine;
CREATE TRIGGER care_quarantine_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_quarantine FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS register_list_append_only ON register_list;
CREATE TRIGGER register_list_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON register_list FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS register_setting_append_only ON register_setting;
CREATE TRIGGER register_setting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON register_setting FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS register_condition_append_only ON register_condition;
CREATE TRIGGER register_condition_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON register_condition FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS register_statement_append_only ON register_statement;
CREATE TRIGGER register_statement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON register_statement FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS door_notice_append_only ON door_notice;
CREATE TRIGGER door_notice_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON door_notice FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS bank_policy_append_only ON bank_policy;
CREATE TRIGGER bank_policy_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_policy FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS bank_price_append_only ON bank_price;
CREATE TRIGGER bank_price_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_price FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS bank_account_append_only ON bank_account;
CREATE TRIGGER bank_account_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_account FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS bank_run_append_only ON bank_run;
CREATE TRIGGER bank_run_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_run FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS bank_posting_append_only ON bank_posting;
CREATE TRIGGER bank_posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_posting FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS bank_total_append_only ON bank_total;
CREATE TRIGGER bank_total_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_total FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS care_voice_fact_append_only ON care_voice_fact;
CREATE TRIGGER care_voice_fact_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_voice_fact FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS care_voice_commitment_append_only ON care_voice_commitment;
CREATE TRIGGER care_voice_commitment_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_voice_commitment FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS care_voice_pool_append_only ON care_voice_pool;
CREATE TRIGGER care_voice_pool_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_voice_pool FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS door_share_append_only ON door_share;
CREATE TRIGGER door_share_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON door_share FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS bank_settlement_append_only ON bank_settlement;
CREATE TRIGGER bank_settlement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_settlement FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS bank_settled_append_only ON bank_settled;
CREATE TRIGGER bank_settled_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bank_settled FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS care_policy_append_only ON care_policy;
CREATE TRIGGER care_policy_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_policy FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS care_home_fact_append_only ON care_home_fact;
CREATE TRIGGER care_home_fact_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_home_fact FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS care_home_event_append_only ON care_home_event;
CREATE TRIGGER care_home_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON care_home_event FOR EACH STATEMENT EXECUTE FUNCTION carebank_append_only();
DROP TRIGGER IF EXISTS bank_posting_sealed ON bank_posting;
CREATE TRIGGER bank_posting_sealed AFTER INSERT ON bank_posting REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION carebank_sealed();
DROP TRIGGER IF EXISTS bank_total_sealed ON bank_total;
CREATE TRIGGER bank_total_sealed AFTER INSERT ON bank_total REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION carebank_sealed();
DROP TRIGGER IF EXISTS bank_posting_accounts ON bank_posting;
CREATE TRIGGER bank_posting_accounts AFTER INSERT ON bank_posting REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION carebank_posting_accounts();
DROP TRIGGER IF EXISTS bank_total_accounts ON bank_total;
CREATE TRIGGER bank_total_accounts AFTER INSERT ON bank_total REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION carebank_total_accounts();
DROP TRIGGER IF EXISTS bank_run_next ON bank_run;
CREATE TRIGGER bank_run_next BEFORE INSERT ON bank_run FOR EACH ROW EXECUTE FUNCTION carebank_next_run();
