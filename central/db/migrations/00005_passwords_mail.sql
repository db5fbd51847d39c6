-- +goose Up
-- What staff issued to whom and has not been used yet; a row goes when it was, or is
-- too old.
CREATE TABLE temporary_password (
	patron_id TEXT PRIMARY KEY REFERENCES patron (id) ON DELETE CASCADE,
	hash      TEXT NOT NULL,
	issued_at BIGINT NOT NULL
);

-- A session that was opened with a temporary password may only set a permanent one.
ALTER TABLE session ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE terms_agreed (
	patron_id TEXT NOT NULL REFERENCES patron (id) ON DELETE CASCADE,
	version   TEXT NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (patron_id, version)
);

ALTER TABLE staff ADD COLUMN card TEXT;
CREATE UNIQUE INDEX staff_card ON staff (card);

-- An answer that is a secret, or answers one, is kept for no longer than a terminal
-- asks again.
ALTER TABLE answer ADD COLUMN secret BOOLEAN NOT NULL DEFAULT FALSE;

-- What is known of a patron's address. Where it is not patron.email, it is void: an
-- import brought another one. An address for which no code was ever sent, code_sent = 0,
-- counts as confirmed: the library used it before. codes are how many codes were
-- sent on the day codes_on, also to other addresses.
CREATE TABLE patron_email (
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
CREATE INDEX patron_email_address ON patron_email (address);

-- Mails that are not sent yet. facts is what it is about, message what is sent, as
-- worded once before the first try; both sealed. A row goes when the mail was sent or
-- given up.
CREATE TABLE mail (
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
CREATE INDEX mail_due ON mail (next_at);

-- +goose Down
DROP TABLE mail;
DROP TABLE patron_email;
ALTER TABLE answer DROP COLUMN secret;
DROP INDEX staff_card;
ALTER TABLE staff DROP COLUMN card;
DROP TABLE terms_agreed;
ALTER TABLE session DROP COLUMN must_change;
DROP TABLE temporary_password;
