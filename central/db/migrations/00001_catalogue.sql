-- +goose Up
CREATE TABLE branch (
	code       TEXT PRIMARY KEY,
	position   INTEGER NOT NULL,
	record     TEXT NOT NULL
);

CREATE TABLE bib (
	id         TEXT PRIMARY KEY,
	bucket     INTEGER NOT NULL,
	digest     TEXT NOT NULL,
	added_on   TEXT NOT NULL,
	record     TEXT NOT NULL
);
CREATE INDEX bib_bucket ON bib (bucket, id);
CREATE INDEX bib_added ON bib (added_on, id);

CREATE TABLE item (
	id          TEXT PRIMARY KEY,
	bib_id      TEXT NOT NULL REFERENCES bib (id),
	branch_code TEXT NOT NULL REFERENCES branch (code),
	barcode     TEXT UNIQUE,
	call_number TEXT NOT NULL,
	shelf       TEXT NOT NULL,
	lendable    BOOLEAN NOT NULL,
	state       TEXT NOT NULL,
	due_on      TEXT NOT NULL
);
CREATE INDEX item_bib ON item (bib_id, id);
CREATE INDEX item_branch ON item (branch_code);

-- What a transaction changed and the assigner has not numbered yet.
CREATE TABLE pending_change (
	tx_id  TEXT NOT NULL,
	seq    INTEGER NOT NULL,
	kind   INTEGER NOT NULL,
	key    TEXT NOT NULL,
	bib_id TEXT NOT NULL,
	PRIMARY KEY (tx_id, seq)
);

CREATE TABLE change (
	number BIGINT PRIMARY KEY,
	kind   INTEGER NOT NULL,
	key    TEXT NOT NULL,
	bib_id TEXT NOT NULL
);
CREATE INDEX change_key ON change (key, kind, number);

-- One row: the newest number, and up to which number old changes were dropped.
CREATE TABLE change_log (
	one          INTEGER PRIMARY KEY CHECK (one = 1),
	epoch        TEXT NOT NULL,
	number       BIGINT NOT NULL,
	pruned_upto  BIGINT NOT NULL
);

CREATE TABLE edition (
	id        TEXT PRIMARY KEY,
	epoch     TEXT NOT NULL,
	number    BIGINT NOT NULL,
	schema    INTEGER NOT NULL,
	built_at  BIGINT NOT NULL,
	manifest  TEXT NOT NULL
);
CREATE INDEX edition_newest ON edition (built_at);

CREATE TABLE terminal (
	id           TEXT PRIMARY KEY,
	branch_code  TEXT NOT NULL REFERENCES branch (code),
	name         TEXT NOT NULL,
	code_hash    TEXT UNIQUE,
	code_expires BIGINT NOT NULL,
	secret_hash  TEXT UNIQUE,
	created_at   BIGINT NOT NULL,
	enrolled_at  BIGINT NOT NULL,
	last_seen_at BIGINT NOT NULL,
	revoked_at   BIGINT NOT NULL
);

-- +goose Down
DROP TABLE terminal;
DROP TABLE edition;
DROP TABLE change_log;
DROP TABLE change;
DROP TABLE pending_change;
DROP TABLE item;
DROP TABLE bib;
DROP TABLE branch;
