BEGIN TRANSACTION;
CREATE TABLE file_meta (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO "file_meta" VALUES('key',X'01026B313DDF1E2EBB033889C0760E951C808B5DF3F5044C005BEBFC216516E49C4FCB2FFF8239995D69230B0DE02272E88DF43A456DEB');
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
INSERT INTO "operation" VALUES('a','intent of a',0,'log_call','interactive','00D000000000001AAA','005000000000001AAA','00Q000000000001AAA','','','k1',X'01026B319B706CDDB2DCC2ED3D6F49AF8B2BF134F8CC637DCB0C7333F61CB9087C44583EA372E7C8D327377B97019791BA81D3C06E','1594be1db8582ca046970b738afde6009556143cc61e4409a634b201cddf8375',NULL,NULL,'queued','',0,0,'',1750000000.0,0.0,0.0,'','',NULL,'',0,'');
INSERT INTO "operation" VALUES('b','intent of b',0,'log_call','interactive','00D000000000001AAA','005000000000001AAA','00Q000000000001AAA','','','k1',X'01026B31E23E28EFFAFEE9802AA6E9CCA0F023D24827875B9E807D9B2A504DFEB5080516F24AB019CECB6F4A045F20D4AC0E28D60A','1f53c780752fda339fa606977ee29b28f78b022801279532ceec168cd61470fd',NULL,NULL,'draft','',0,0,'',1750000000.0,0.0,0.0,'','',NULL,'',0,'');
INSERT INTO "operation" VALUES('row 1','intent of row 1',0,'enroll','interactive','00D000000000001AAA','005000000000001AAA','00Q000000000001AAA','77C000000000001AAA','','k1',X'01026B31E0C88835B66BA509B655CA5A5B864A2E6ADB3F94313286855D84EBE9B71427E76D69C0FE154BDDBD257D7E0706E7B950538724040F','6bab3191a21eaf5fd113ad414895f41ecee62e4aea999b12f733589840157167',NULL,NULL,'accepted','',1,0,'this process',1750000000.0,1750000000.0,0.0,'','',NULL,'run',1,'');
INSERT INTO "operation" VALUES('row 2','intent of row 2',0,'enroll','interactive','00D000000000001AAA','005000000000001AAA','00Q000000000002AAA','77C000000000001AAA','','k1',X'01026B319AAB630DE58CEE1D2D00505E96965EC9A9526C16DFAB8E6443E1CF35CF3C002B8BAAB8B321626A289E2188A80B0CCA9AE9A34E066A','a563be33344f762a6560e1a31f91720ea23ba75d4a2f08b92171a53d32af94ea',NULL,NULL,'sending','',1,0,'this process',1750000000.0,1750000000.0,0.0,'','',NULL,'run',2,'');
INSERT INTO "operation" VALUES('row 3','intent of row 3',0,'enroll','interactive','00D000000000001AAA','005000000000001AAA','00Q000000000003AAA','77C000000000001AAA','','k1',X'01026B3138BE4E33C1BCA7AEE440374125C92D5AE53499615DAEBAC6F563C08CA158F79321AC6A4B3558A400961873D0321E557767184F671C','ea743b45a94fcb5d87f6bc841fd109db4a7431daae3442294f5e7d019602d80f',NULL,NULL,'queued','',0,0,'',1750000000.0,0.0,0.0,'','',NULL,'run',3,'');
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
INSERT INTO "operation_event" VALUES('a',1,'','queued',X'01026B31197DEFD8CB17EADB529DE5D5244DFBBA011CCE24DE6ABD5B8BC8AD3C471D16',1750000000.0,'k1');
INSERT INTO "operation_event" VALUES('b',1,'','draft',X'01026B3102D0779A3B02C22C7BDF12BE2585D44AA0FCE84F2CDF04222AC6A33924D419',1750000000.0,'k1');
INSERT INTO "operation_event" VALUES('row 1',1,'','queued',X'01026B3112191E33EC6491C6D2F744761C44E29C47F9C3DE073D2595A201956D610171',1750000000.0,'k1');
INSERT INTO "operation_event" VALUES('row 1',2,'queued','sending',X'01026B3105C12388364175BBBC20A9314DE2F1CBF2397BE3FC2A2358B596DC081A15641EEE3D0E',1750000000.0,'k1');
INSERT INTO "operation_event" VALUES('row 1',3,'sending','accepted',X'01026B312FF34E96EF21C420A02ED9A3AD4807DE3A5F80897D9574ABC3E63B090A46EB10183590FCE784E564DE3ED48F',1750000000.0,'k1');
INSERT INTO "operation_event" VALUES('row 2',1,'','queued',X'01026B313ECD3F6C4B969E37EE7A8BE0021CF7F60F4094247FC6B033F72110600E957F',1750000000.0,'k1');
INSERT INTO "operation_event" VALUES('row 2',2,'queued','sending',X'01026B312B9DECAD02988BF55D88DCE8B82A96DC787FE4D4048006BD8A64F1CD6C83A776260757',1750000000.0,'k1');
INSERT INTO "operation_event" VALUES('row 3',1,'','queued',X'01026B31C0999187168638A235DFBD235706AA69FA6519D120DE90E85FD399AD35DDDB',1750000000.0,'k1');
CREATE INDEX operation_by_state ON operation (state);
CREATE UNIQUE INDEX open_enroll ON operation (target_id, cadence_id) WHERE kind = 'enroll' AND state IN ('accepted', 'in_doubt', 'needs_review', 'queued', 'sending');
CREATE UNIQUE INDEX run_row ON operation (run_id, row_no, seq) WHERE run_id <> '';
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
PRAGMA user_version=2;
