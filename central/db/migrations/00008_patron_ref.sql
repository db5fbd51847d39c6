-- +goose Up
-- What the service itself keeps of patrons hangs on a reference of its own, not on the
-- ledger's table of patrons: who a patron is, another system may know. A foreign key is
-- moved by moving the table, which both databases can.
CREATE TABLE patron_ref (
	id TEXT PRIMARY KEY
);
INSERT INTO patron_ref (id)
	SELECT patron_id FROM patron_password
	UNION SELECT patron_id FROM session WHERE patron_id IS NOT NULL
	UNION SELECT patron_id FROM temporary_password
	UNION SELECT patron_id FROM terms_agreed
	UNION SELECT patron_id FROM patron_email
	UNION SELECT patron_id FROM mail WHERE patron_id IS NOT NULL
	UNION SELECT patron_id FROM request WHERE patron_id IS NOT NULL;

CREATE TABLE patron_password_moved (
	patron_id  TEXT PRIMARY KEY REFERENCES patron_ref (id) ON DELETE CASCADE,
	hash       TEXT NOT NULL,
	changed_at BIGINT NOT NULL
);
INSERT INTO patron_password_moved (patron_id, hash, changed_at)
	SELECT patron_id, hash, changed_at FROM patron_password;
DROP TABLE patron_password;
ALTER TABLE patron_password_moved RENAME TO patron_password;

CREATE TABLE session_moved (
	token_hash  TEXT PRIMARY KEY,
	terminal_id TEXT NOT NULL REFERENCES terminal (id),
	patron_id   TEXT REFERENCES patron_ref (id) ON DELETE CASCADE,
	staff_name  TEXT REFERENCES staff (name) ON DELETE CASCADE,
	created_at  BIGINT NOT NULL,
	used_at     BIGINT NOT NULL,
	must_change BOOLEAN NOT NULL DEFAULT FALSE,
	CHECK ((patron_id IS NULL) <> (staff_name IS NULL))
);
INSERT INTO session_moved (token_hash, terminal_id, patron_id, staff_name, created_at, used_at, must_change)
	SELECT token_hash, terminal_id, patron_id, staff_name, created_at, used_at, must_change FROM session;
DROP TABLE session;
ALTER TABLE session_moved RENAME TO session;
CREATE INDEX session_patron ON session (patron_id);
CREATE INDEX session_staff ON session (staff_name);
CREATE INDEX session_terminal ON session (terminal_id);

CREATE TABLE temporary_password_moved (
	patron_id TEXT PRIMARY KEY REFERENCES patron_ref (id) ON DELETE CASCADE,
	hash      TEXT NOT NULL,
	issued_at BIGINT NOT NULL
);
INSERT INTO temporary_password_moved (patron_id, hash, issued_at)
	SELECT patron_id, hash, issued_at FROM temporary_password;
DROP TABLE temporary_password;
ALTER TABLE temporary_password_moved RENAME TO temporary_password;

CREATE TABLE terms_agreed_moved (
	patron_id TEXT NOT NULL REFERENCES patron_ref (id) ON DELETE CASCADE,
	version   TEXT NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (patron_id, version)
);
INSERT INTO terms_agreed_moved (patron_id, version, at)
	SELECT patron_id, version, at FROM terms_agreed;
DROP TABLE terms_agreed;
ALTER TABLE terms_agreed_moved RENAME TO terms_agreed;

CREATE TABLE patron_email_moved (
	patron_id    TEXT PRIMARY KEY REFERENCES patron_ref (id) ON DELETE CASCADE,
	address      TEXT NOT NULL,
	language     TEXT NOT NULL,
	confirmed_at BIGINT NOT NULL,
	code_hash    TEXT NOT NULL,
	code_until   BIGINT NOT NULL,
	code_tries   INTEGER NOT NULL,
	code_sent    BIGINT NOT NULL DEFAULT 0,
	codes        INTEGER NOT NULL DEFAULT 0,
	codes_on     TEXT NOT NULL DEFAULT '',
	bounces      INTEGER NOT NULL,
	bounced_at   BIGINT NOT NULL,
	bouncing     BOOLEAN NOT NULL
);
INSERT INTO patron_email_moved (patron_id, address, language, confirmed_at, code_hash, code_until, code_tries, code_sent, codes, codes_on, bounces, bounced_at, bouncing)
	SELECT patron_id, address, language, confirmed_at, code_hash, code_until, code_tries, code_sent, codes, codes_on, bounces, bounced_at, bouncing FROM patron_email;
DROP TABLE patron_email;
ALTER TABLE patron_email_moved RENAME TO patron_email;
CREATE INDEX patron_email_address ON patron_email (address);

CREATE TABLE mail_moved (
	id         TEXT PRIMARY KEY,
	patron_id  TEXT REFERENCES patron_ref (id) ON DELETE CASCADE,
	kind       TEXT NOT NULL,
	domain     TEXT NOT NULL,
	facts      TEXT NOT NULL,
	message    TEXT NOT NULL,
	queued_at  BIGINT NOT NULL,
	next_at    BIGINT NOT NULL,
	claimed_at BIGINT NOT NULL,
	tries      INTEGER NOT NULL
);
INSERT INTO mail_moved (id, patron_id, kind, domain, facts, message, queued_at, next_at, claimed_at, tries)
	SELECT id, patron_id, kind, domain, facts, message, queued_at, next_at, claimed_at, tries FROM mail;
DROP TABLE mail;
ALTER TABLE mail_moved RENAME TO mail;
CREATE INDEX mail_due ON mail (next_at);

CREATE TABLE request_moved (
	id           TEXT PRIMARY KEY,
	terminal_id  TEXT NOT NULL REFERENCES terminal (id),
	fingerprint  TEXT NOT NULL,
	receipt      TEXT NOT NULL,
	received_at  BIGINT NOT NULL,
	delivered_at BIGINT NOT NULL,
	patron_id    TEXT REFERENCES patron_ref (id) ON DELETE SET NULL,
	result       TEXT NOT NULL
);
INSERT INTO request_moved (id, terminal_id, fingerprint, receipt, received_at, delivered_at, patron_id, result)
	SELECT id, terminal_id, fingerprint, receipt, received_at, delivered_at, patron_id, result FROM request;
DROP TABLE request;
ALTER TABLE request_moved RENAME TO request;
CREATE INDEX request_patron ON request (patron_id, delivered_at);
CREATE INDEX request_receipt ON request (receipt);
CREATE INDEX request_delivered ON request (delivered_at);
CREATE INDEX request_shown ON request (delivered_at) WHERE result <> '';

-- +goose Down
CREATE TABLE patron_password_moved (
	patron_id  TEXT PRIMARY KEY REFERENCES patron (id) ON DELETE CASCADE,
	hash       TEXT NOT NULL,
	changed_at BIGINT NOT NULL
);
INSERT INTO patron_password_moved (patron_id, hash, changed_at)
	SELECT patron_id, hash, changed_at FROM patron_password WHERE patron_id IN (SELECT id FROM patron);
DROP TABLE patron_password;
ALTER TABLE patron_password_moved RENAME TO patron_password;

CREATE TABLE session_moved (
	token_hash  TEXT PRIMARY KEY,
	terminal_id TEXT NOT NULL REFERENCES terminal (id),
	patron_id   TEXT REFERENCES patron (id) ON DELETE CASCADE,
	staff_name  TEXT REFERENCES staff (name) ON DELETE CASCADE,
	created_at  BIGINT NOT NULL,
	used_at     BIGINT NOT NULL,
	must_change BOOLEAN NOT NULL DEFAULT FALSE,
	CHECK ((patron_id IS NULL) <> (staff_name IS NULL))
);
INSERT INTO session_moved (token_hash, terminal_id, patron_id, staff_name, created_at, used_at, must_change)
	SELECT token_hash, terminal_id, patron_id, staff_name, created_at, used_at, must_change FROM session WHERE patron_id IS NULL OR patron_id IN (SELECT id FROM patron);
DROP TABLE session;
ALTER TABLE session_moved RENAME TO session;
CREATE INDEX session_patron ON session (patron_id);
CREATE INDEX session_staff ON session (staff_name);
CREATE INDEX session_terminal ON session (terminal_id);

CREATE TABLE temporary_password_moved (
	patron_id TEXT PRIMARY KEY REFERENCES patron (id) ON DELETE CASCADE,
	hash      TEXT NOT NULL,
	issued_at BIGINT NOT NULL
);
INSERT INTO temporary_password_moved (patron_id, hash, issued_at)
	SELECT patron_id, hash, issued_at FROM temporary_password WHERE patron_id IN (SELECT id FROM patron);
DROP TABLE temporary_password;
ALTER TABLE temporary_password_moved RENAME TO temporary_password;

CREATE TABLE terms_agreed_moved (
	patron_id TEXT NOT NULL REFERENCES patron (id) ON DELETE CASCADE,
	version   TEXT NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (patron_id, version)
);
INSERT INTO terms_agreed_moved (patron_id, version, at)
	SELECT patron_id, version, at FROM terms_agreed WHERE patron_id IN (SELECT id FROM patron);
DROP TABLE terms_agreed;
ALTER TABLE terms_agreed_moved RENAME TO terms_agreed;

CREATE TABLE patron_email_moved (
	patron_id    TEXT PRIMARY KEY REFERENCES patron (id) ON DELETE CASCADE,
	address      TEXT NOT NULL,
	language     TEXT NOT NULL,
	confirmed_at BIGINT NOT NULL,
	code_hash    TEXT NOT NULL,
	code_until   BIGINT NOT NULL,
	code_tries   INTEGER NOT NULL,
	code_sent    BIGINT NOT NULL DEFAULT 0,
	codes        INTEGER NOT NULL DEFAULT 0,
	codes_on     TEXT NOT NULL DEFAULT '',
	bounces      INTEGER NOT NULL,
	bounced_at   BIGINT NOT NULL,
	bouncing     BOOLEAN NOT NULL
);
INSERT INTO patron_email_moved (patron_id, address, language, confirmed_at, code_hash, code_until, code_tries, code_sent, codes, codes_on, bounces, bounced_at, bouncing)
	SELECT patron_id, address, language, confirmed_at, code_hash, code_until, code_tries, code_sent, codes, codes_on, bounces, bounced_at, bouncing FROM patron_email WHERE patron_id IN (SELECT id FROM patron);
DROP TABLE patron_email;
ALTER TABLE patron_email_moved RENAME TO patron_email;
CREATE INDEX patron_email_address ON patron_email (address);

CREATE TABLE mail_moved (
	id         TEXT PRIMARY KEY,
	patron_id  TEXT REFERENCES patron (id) ON DELETE CASCADE,
	kind       TEXT NOT NULL,
	domain     TEXT NOT NULL,
	facts      TEXT NOT NULL,
	message    TEXT NOT NULL,
	queued_at  BIGINT NOT NULL,
	next_at    BIGINT NOT NULL,
	claimed_at BIGINT NOT NULL,
	tries      INTEGER NOT NULL
);
INSERT INTO mail_moved (id, patron_id, kind, domain, facts, message, queued_at, next_at, claimed_at, tries)
	SELECT id, patron_id, kind, domain, facts, message, queued_at, next_at, claimed_at, tries FROM mail WHERE patron_id IS NULL OR patron_id IN (SELECT id FROM patron);
DROP TABLE mail;
ALTER TABLE mail_moved RENAME TO mail;
CREATE INDEX mail_due ON mail (next_at);

CREATE TABLE request_moved (
	id           TEXT PRIMARY KEY,
	terminal_id  TEXT NOT NULL REFERENCES terminal (id),
	fingerprint  TEXT NOT NULL,
	receipt      TEXT NOT NULL,
	received_at  BIGINT NOT NULL,
	delivered_at BIGINT NOT NULL,
	patron_id    TEXT REFERENCES patron (id) ON DELETE SET NULL,
	result       TEXT NOT NULL
);
INSERT INTO request_moved (id, terminal_id, fingerprint, receipt, received_at, delivered_at, patron_id, result)
	SELECT id, terminal_id, fingerprint, receipt, received_at, delivered_at, patron_id, result FROM request WHERE patron_id IS NULL OR patron_id IN (SELECT id FROM patron);
DROP TABLE request;
ALTER TABLE request_moved RENAME TO request;
CREATE INDEX request_patron ON request (patron_id, delivered_at);
CREATE INDEX request_receipt ON request (receipt);
CREATE INDEX request_delivered ON request (delivered_at);
CREATE INDEX request_shown ON request (delivered_at) WHERE result <> '';

DROP TABLE patron_ref;
