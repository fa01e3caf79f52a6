BEGIN TRANSACTION;
CREATE TABLE file_meta (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO "file_meta" VALUES('key',X'01026B3180958B77362A39813A7B2FA7CC6C051C22EE9C9637110A8FD28AAD90D33DFF7DB38182BBA75AC61C2FED74430682AC85CCC11B');
INSERT INTO "file_meta" VALUES('key_durable','1');
INSERT INTO "file_meta" VALUES('org_id','00D000000000001AAA');
INSERT INTO "file_meta" VALUES('user_id','005000000000001AAA');
CREATE TABLE operation (
    op_id TEXT PRIMARY KEY NOT NULL,
    intent_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    org_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    target_id TEXT NOT NULL,
    cadence_id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    payload_enc BLOB NOT NULL,
    payload_hash TEXT NOT NULL,
    expect_enc BLOB,
    evidence_enc BLOB,
    state TEXT NOT NULL CHECK (state IN ('draft', 'queued', 'sending', 'accepted', 'settled', 'refused', 'in_doubt', 'needs_review', 'cancelled', 'superseded')),
    hold TEXT NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt >= 0),
    checks INTEGER NOT NULL CHECK (checks >= 0),
    owner_boot_id TEXT NOT NULL,
    created_wall REAL NOT NULL,
    sent_wall REAL NOT NULL,
    next_try_at REAL NOT NULL,
    server_id TEXT NOT NULL,
    server_code TEXT NOT NULL,
    server_text_enc BLOB,
    run_id TEXT NOT NULL,
    row_no INTEGER NOT NULL,
    follows TEXT NOT NULL
);
INSERT INTO "operation" VALUES('a','intent of a',0,'log_call','interactive','00D000000000001AAA','005000000000001AAA','00Q000000000001AAA','','','k1',X'01026B31D41CD2347619FAE018E3F8DDB7C97F20F49F4202C2C3951E72A1DFFE9F34552CA8C1C52CB54B4ECE0751596CA532F05609','1594be1db8582ca046970b738afde6009556143cc61e4409a634b201cddf8375',NULL,NULL,'draft','',0,0,'',1750000000.0,0.0,0.0,'','',NULL,'',0,'');
INSERT INTO "operation" VALUES('b','intent of b',0,'enroll','interactive','00D000000000001AAA','005000000000001AAA','00Q000000000001AAA','77C000000000001AAA','','k1',X'01026B31E7E8D48486460036D80DDC1372AB603E047239A57F216E59C8260F00C8D4598B3EE24F16E2389C66DF7D8B96A3C16FD968','1f53c780752fda339fa606977ee29b28f78b022801279532ceec168cd61470fd',NULL,NULL,'sending','',1,0,'this process',1750000000.0,1750000000.0,0.0,'','',NULL,'',0,'');
CREATE TABLE operation_event (
    op_id TEXT NOT NULL REFERENCES operation (op_id),
    number INTEGER NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    why_enc BLOB NOT NULL,
    at_wall REAL NOT NULL,
    key_id TEXT NOT NULL,
    PRIMARY KEY (op_id, number)
) WITHOUT ROWID
;
INSERT INTO "operation_event" VALUES('a',1,'','draft',X'01026B3166528A34A4AE105F9FE4799D142655B7B11CD00CC5B6987A85BF3A696BB491',1750000000.0,'k1');
INSERT INTO "operation_event" VALUES('b',1,'','queued',X'01026B31E8CD344F9EB86C012D6430C0616CD3F1214314D1A84BA8EF5D9F9E527401BF',1750000000.0,'k1');
INSERT INTO "operation_event" VALUES('b',2,'queued','sending',X'01026B31489E569C610AA9C2EA31240442FAE92B3B451D24658B179169803F656531CEB3AAE5F759',1750000000.0,'k1');
CREATE INDEX operation_by_state ON operation (state);
CREATE UNIQUE INDEX open_enroll ON operation (target_id, cadence_id) WHERE kind = 'enroll' AND state IN ('accepted', 'in_doubt', 'needs_review', 'queued', 'sending');
CREATE TRIGGER operation_moves BEFORE UPDATE OF state ON operation
WHEN OLD.state || '>' || NEW.state NOT IN ('accepted>needs_review', 'accepted>settled', 'draft>cancelled', 'draft>queued', 'in_doubt>needs_review', 'in_doubt>queued', 'in_doubt>settled', 'needs_review>cancelled', 'needs_review>queued', 'needs_review>settled', 'needs_review>superseded', 'queued>cancelled', 'queued>sending', 'queued>settled', 'queued>superseded', 'refused>superseded', 'sending>accepted', 'sending>in_doubt', 'sending>queued', 'sending>refused')
BEGIN SELECT RAISE(ABORT, 'this change of state is not allowed'); END;
CREATE TRIGGER operation_starts BEFORE INSERT ON operation WHEN NEW.state NOT IN ('draft', 'queued')
BEGIN SELECT RAISE(ABORT, 'an operation starts as draft or queued'); END;
CREATE TRIGGER operation_payload_kept BEFORE UPDATE OF payload_hash ON operation WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'only a draft can be edited'); END;
CREATE TRIGGER operation_kept BEFORE DELETE ON operation
BEGIN SELECT RAISE(ABORT, 'operations are never deleted'); END;
CREATE TRIGGER event_appended BEFORE UPDATE ON operation_event
BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END;
CREATE TRIGGER event_kept BEFORE DELETE ON operation_event
BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END;
COMMIT;
PRAGMA user_version=1;
