-- +goose Up
-- Not owned: another library lent it to this one.
ALTER TABLE item ADD COLUMN owned BOOLEAN NOT NULL DEFAULT TRUE;

-- phones and blocks are lists, parted by spaces. imported has a hash of what each
-- column of the last import said, so that only news is taken over.
CREATE TABLE patron (
	id          TEXT PRIMARY KEY,
	card        TEXT NOT NULL UNIQUE,
	name        TEXT NOT NULL,
	reading     TEXT NOT NULL,
	born_on     TEXT NOT NULL,
	phones      TEXT NOT NULL,
	email       TEXT NOT NULL,
	branch_code TEXT REFERENCES branch (code),
	category    TEXT NOT NULL,
	valid_until TEXT NOT NULL,
	blocks      TEXT NOT NULL,
	imported    TEXT NOT NULL
);

-- A row is deleted when the item comes back: nothing else says who had what.
CREATE TABLE loan (
	id        TEXT PRIMARY KEY,
	patron_id TEXT NOT NULL REFERENCES patron (id),
	item_id   TEXT NOT NULL UNIQUE REFERENCES item (id),
	bib_id    TEXT NOT NULL REFERENCES bib (id),
	lent_on   TEXT NOT NULL,
	due_on    TEXT NOT NULL,
	renewals  INTEGER NOT NULL
);
CREATE INDEX loan_patron ON loan (patron_id, due_on);

CREATE TABLE hold (
	id             TEXT PRIMARY KEY,
	bib_id         TEXT NOT NULL REFERENCES bib (id),
	patron_id      TEXT NOT NULL REFERENCES patron (id),
	pickup_branch  TEXT NOT NULL REFERENCES branch (code),
	contact        TEXT NOT NULL,
	state          TEXT NOT NULL,
	received_at    BIGINT NOT NULL,
	sequence_id    TEXT,
	sequence_place INTEGER NOT NULL,
	item_id        TEXT UNIQUE REFERENCES item (id),
	contacted_on   TEXT NOT NULL,
	shelf_until    TEXT NOT NULL,
	ended_at       BIGINT NOT NULL
);
CREATE INDEX hold_queue ON hold (bib_id, state, received_at);
CREATE INDEX hold_patron ON hold (patron_id, state);
CREATE INDEX hold_sequence ON hold (sequence_id, sequence_place);
CREATE UNIQUE INDEX hold_once ON hold (patron_id, bib_id) WHERE state IN ('waiting', 'preparing', 'ready');

CREATE TABLE audit (
	number   BIGINT PRIMARY KEY,
	at       BIGINT NOT NULL,
	actor    TEXT NOT NULL,
	action   TEXT NOT NULL,
	subject  TEXT NOT NULL,
	detail   TEXT NOT NULL,
	previous TEXT NOT NULL,
	hash     TEXT NOT NULL
);

-- One row: the newest entry. Whoever writes an entry writes this row first, so
-- that entries get their numbers one at a time.
CREATE TABLE audit_head (
	one    INTEGER PRIMARY KEY CHECK (one = 1),
	number BIGINT NOT NULL,
	hash   TEXT NOT NULL
);
INSERT INTO audit_head (one, number, hash) VALUES (1, 0, '');

-- +goose Down
DROP TABLE audit_head;
DROP TABLE audit;
DROP TABLE hold;
DROP TABLE loan;
DROP TABLE patron;
ALTER TABLE item DROP COLUMN owned;
