-- +goose Up
-- One row: by it the pepper is known again that the hashes below were made with.
CREATE TABLE pepper (
	one  INTEGER PRIMARY KEY CHECK (one = 1),
	mark TEXT NOT NULL
);

CREATE TABLE patron_password (
	patron_id  TEXT PRIMARY KEY REFERENCES patron (id) ON DELETE CASCADE,
	hash       TEXT NOT NULL,
	changed_at BIGINT NOT NULL
);

CREATE TABLE staff (
	name       TEXT PRIMARY KEY,
	role       TEXT NOT NULL,
	hash       TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL
);

-- Failed logins by card or staff name, which cannot be read from the key.
CREATE TABLE login_failure (
	name     TEXT PRIMARY KEY,
	failures INTEGER NOT NULL,
	last_at  BIGINT NOT NULL
);

-- Which of them failed last at which terminal.
CREATE TABLE terminal_failure (
	terminal_id TEXT NOT NULL REFERENCES terminal (id),
	name        TEXT NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (terminal_id, name)
);
CREATE INDEX terminal_failure_at ON terminal_failure (at);

CREATE TABLE session (
	token_hash  TEXT PRIMARY KEY,
	terminal_id TEXT NOT NULL REFERENCES terminal (id),
	patron_id   TEXT REFERENCES patron (id) ON DELETE CASCADE,
	staff_name  TEXT REFERENCES staff (name) ON DELETE CASCADE,
	created_at  BIGINT NOT NULL,
	used_at     BIGINT NOT NULL,
	CHECK ((patron_id IS NULL) <> (staff_name IS NULL))
);
CREATE INDEX session_patron ON session (patron_id);
CREATE INDEX session_staff ON session (staff_name);
CREATE INDEX session_terminal ON session (terminal_id);

-- Answers to changes, for those who did not get them. The fingerprint is of the
-- whole request and its asker, and cannot be made again without the pepper.
CREATE TABLE answer (
	terminal_id TEXT NOT NULL REFERENCES terminal (id),
	key         TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	status      INTEGER NOT NULL,
	body        TEXT NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (terminal_id, key)
);
CREATE INDEX answer_at ON answer (at);

-- +goose Down
DROP TABLE answer;
DROP TABLE session;
DROP TABLE terminal_failure;
DROP TABLE login_failure;
DROP TABLE staff;
DROP TABLE patron_password;
DROP TABLE pepper;
