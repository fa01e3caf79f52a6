BEGIN TRANSACTION;
CREATE TABLE file_meta (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO "file_meta" VALUES('key',X'01026B31209FD30EEA38089A31C512046C4B21C3BE9D25D7B32CBDA73A082E968F7B2A6487B999DB1529CEB4936BF1CE54AAB1BC60C22F');
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
INSERT INTO "operation" VALUES('a','intent of a',0,'log_call','interactive','00D000000000001AAA','005000000000001AAA','00Q000000000001AAA','','','k1',X'01026B3137E9FCEB3059E8D21CA31721194CEF4B14C0D5FADBBAFEB26967F6E8D1ED165289386CDFEEFC4892F5BFFAE012E4DC3451','1594be1db8582ca046970b738afde6009556143cc61e4409a634b201cddf8375',NULL,NULL,'draft','',0,0,'',1750000000.0,0.0,0.0,'','',NULL,'',0,'');
INSERT INTO "operation" VALUES('b','intent of b',0,'log_call','interactive','00D000000000001AAA','005000000000001AAA','00Q000000000002AAA','','','k1',X'01026B31C3F39152869783EF944010CE928CD9695CC77D7A25F0BEFA995B31A74D97EED364A88087E9BB911AF6E62281DF8A166D0A','1f53c780752fda339fa606977ee29b28f78b022801279532ceec168cd61470fd',NULL,X'01026B310F9B11E9866A10626C2E6A240C53D7CD259D05714A0E14C35067C4593E9275FDB54B5F6F1A90E42ED32E810D4CBD0017D857D133095A004BD3B0070A','sending','',1,0,'earlier',1750000000.0,1750000000.0,0.0,'','',NULL,'',0,'');
INSERT INTO "operation" VALUES('c','intent of c',0,'enroll','interactive','00D000000000001AAA','005000000000001AAA','00Q000000000003AAA','77C000000000001AAA','','k1',X'01026B31E34C853003416A8E9678E8A0FDB84A139A65962E21D1947B05AC2DE836810028B2394663A418BBB7F348D9A1E6A2611360A40965A26595DC133F598EA1E213A0335C63B9D03851D4B966B0954648B0B2B03DC1BA6855C84894','a88a1c26384fc527f4952ada411d7a0e651af275ba3203b096875cadf6b417a6',NULL,NULL,'queued','',0,0,'',1750000000.0,0.0,0.0,'','',NULL,'',0,'');
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
INSERT INTO "operation_event" VALUES('a',1,'','draft',X'01026B31DC49A74D6474CEFEB3C5F983E917033CD4247D9424E826AF6C9DD6E4CD2ABB',1750000000.0,'k1');
INSERT INTO "operation_event" VALUES('b',1,'','queued',X'01026B317ADB4056E42DD44BD7130BDF28A3E0B8A3FF4BB79C50D7185F33F7F829D9CA',1750000000.0,'k1');
INSERT INTO "operation_event" VALUES('b',2,'queued','sending',X'01026B31CED437CA9E014F80AE273C68807E46DDEA55FCB037BA16157559806CD6CDA4C11FCAB8CE',1750000000.0,'k1');
INSERT INTO "operation_event" VALUES('c',1,'','queued',X'01026B31CA87C6C1A29B12711C48E57ECEEA3748A50013397E84CB4992BB0A66E0397E',1750000000.0,'k1');
CREATE TABLE run (
    run_id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    plan_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'running', 'holding', 'finished', 'stopped')),
    hold TEXT NOT NULL,
    why TEXT NOT NULL,
    wish TEXT NOT NULL,
    row_count INTEGER NOT NULL CHECK (row_count >= 0),
    wanted INTEGER NOT NULL CHECK (wanted BETWEEN 0 AND row_count),
    created_wall REAL NOT NULL,
    started_wall REAL NOT NULL,
    ended_wall REAL NOT NULL,
    outcomes INTEGER NOT NULL CHECK (outcomes >= 0),
    receipt TEXT NOT NULL
) WITHOUT ROWID
;
INSERT INTO "run" VALUES('run','enroll','efce4ad5b25186781a4ad4d05a2e56d09bc6851d75b901bc2f11a49294f89e61','planned','','','{"cadence_id":"77C000000000001AAA","assignee_id":"005000000000001AAA"}',3,3,1750000000.0,0.0,0.0,0,'');
CREATE TABLE run_outcome (
    run_id TEXT NOT NULL REFERENCES run (run_id),
    number INTEGER NOT NULL,
    op_id TEXT NOT NULL REFERENCES operation (op_id),
    row_no INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    target_id TEXT NOT NULL,
    state TEXT NOT NULL,
    server_id TEXT NOT NULL,
    server_code TEXT NOT NULL,
    at_wall REAL NOT NULL,
    link TEXT NOT NULL,
    PRIMARY KEY (run_id, number)
) WITHOUT ROWID
;
CREATE TABLE run_part (
    run_id TEXT NOT NULL REFERENCES run (run_id),
    part INTEGER NOT NULL,
    rows TEXT NOT NULL,
    key_id TEXT NOT NULL,
    names_enc BLOB NOT NULL,
    PRIMARY KEY (run_id, part)
);
INSERT INTO "run_part" VALUES('run',0,'[["00Q000000000001AAA","WILL_ADD","",[]],["00Q000000000002AAA","WILL_ADD","",[]],["00Q000000000003AAA","WILL_ADD","",[]]]','k1',X'01026B31A07D8D33DC64CF1AD2BC3FC428D016A556CAFF9B32ACB11AEB563E302852AF6E0E3838EACD195EEC979163B889D2EA73D8373707D776C1E8409F9918F9894D3C90EA873C61CE8E94965453C27EC0B828CC1C08DDB073ADF3CFAF40AB');
CREATE INDEX operation_by_state ON operation (state);
CREATE UNIQUE INDEX open_enroll ON operation (target_id, cadence_id) WHERE kind = 'enroll' AND state IN ('accepted', 'in_doubt', 'needs_review', 'queued', 'sending');
CREATE UNIQUE INDEX run_row ON operation (run_id, row_no, seq) WHERE run_id <> '';
CREATE INDEX run_by_state ON run (state);
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
CREATE TRIGGER run_moves BEFORE UPDATE OF state ON run
WHEN OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ('holding>finished', 'holding>running', 'holding>stopped', 'planned>finished', 'planned>holding', 'planned>running', 'planned>stopped', 'running>finished', 'running>holding', 'running>stopped')
BEGIN SELECT RAISE(ABORT, 'this change of a run is not allowed'); END;
CREATE TRIGGER run_starts BEFORE INSERT ON run WHEN NEW.state <> 'planned'
BEGIN SELECT RAISE(ABORT, 'a run starts as planned'); END;
CREATE TRIGGER run_plan_kept BEFORE UPDATE OF plan_hash, wish, row_count, wanted ON run
BEGIN SELECT RAISE(ABORT, 'a plan is never edited'); END;
CREATE TRIGGER run_kept BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'runs are never deleted'); END;
CREATE TRIGGER outcome_appended BEFORE UPDATE ON run_outcome
BEGIN SELECT RAISE(ABORT, 'a receipt is append only'); END;
CREATE TRIGGER outcome_kept BEFORE DELETE ON run_outcome
BEGIN SELECT RAISE(ABORT, 'a receipt is append only'); END;
COMMIT;
PRAGMA user_version=3;
