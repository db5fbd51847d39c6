package store

// Schema is the version of the file's format, and with it of how text is folded
// and cut into tokens: the index can only be brought up to date by the same rules
// that built it. A file of another schema is built anew. Raise it with every
// change to this file, row.go, bibcode.go, tokens.go or package kana that changes a stored byte.
const Schema = 10

// applicationID marks a SQLite file as a catalogue.
const applicationID = 0x4d414447 // "MADG"

// tables are created before the rows are written.
//
// rank counts down, from the most wanted class, within it from the last year, and within
// a year from the first arrival, so that a page of hits, the most wanted first, is read in
// the order of the index and never sorted. FTS5 goes up a third quicker than down.
const tables = `
CREATE TABLE info (
	epoch    TEXT    NOT NULL,
	edition  INTEGER NOT NULL,
	number   INTEGER NOT NULL,
	mark     TEXT    NOT NULL,
	bibs     INTEGER NOT NULL,
	items    INTEGER NOT NULL,
	built_at INTEGER NOT NULL
);
CREATE TABLE bib ( -- what a search reads of a bib, and no more: a thousand are read for a count
	rank     INTEGER PRIMARY KEY,
	id       TEXT    NOT NULL,
	folded   TEXT    NOT NULL, -- see folded.go
	ndc      TEXT    NOT NULL, -- digits, parted by spaces
	shelves  TEXT    NOT NULL, -- branches with a copy on a shelf, a space on either side of each
	branches TEXT    NOT NULL, -- that have a copy, parted by spaces
	kind     TEXT    NOT NULL,
	language TEXT    NOT NULL,
	juvenile INTEGER NOT NULL,
	year     INTEGER NOT NULL, -- 0: unknown
	volumes  TEXT    NOT NULL, -- numbers by which it is asked for as a volume, see volumeNumbers
	work     INTEGER NOT NULL, -- a number that the volumes of one work have, 0: it is no volume
	added_on TEXT    NOT NULL,
	copies   INTEGER NOT NULL
);
CREATE TABLE record ( -- what is shown of a bib
	rank INTEGER PRIMARY KEY,
	bib  BLOB NOT NULL -- see bibcode.go
);
CREATE TABLE item (
	bib_id      TEXT    NOT NULL, -- which may still be on its way
	id          TEXT    NOT NULL,
	branch      TEXT    NOT NULL,
	barcode     TEXT, -- NULL: the id
	call_number TEXT    NOT NULL,
	shelf       TEXT    NOT NULL,
	lendable    INTEGER NOT NULL,
	state       TEXT    NOT NULL,
	due_on      TEXT    NOT NULL,
	PRIMARY KEY (bib_id, id)
) WITHOUT ROWID;
CREATE TABLE isbn (
	isbn TEXT    NOT NULL,
	rank INTEGER NOT NULL,
	PRIMARY KEY (isbn, rank)
) WITHOUT ROWID;
CREATE TABLE whole ( -- folded whole titles, and whole readings of titles
	key     TEXT    NOT NULL,
	rank    INTEGER NOT NULL,
	volumes TEXT    NOT NULL, -- see ownNumbers; hundreds of bibs have a title such as 全集
	PRIMARY KEY (key, rank)
) WITHOUT ROWID;
CREATE TABLE volume ( -- the volumes of a work or series, in order
	work   INTEGER NOT NULL, -- see place
	volume TEXT    NOT NULL,
	rank   INTEGER NOT NULL,
	PRIMARY KEY (work, volume, rank)
) WITHOUT ROWID;
CREATE TABLE heading ( -- one of a field and a key, found by the start that is its key
	id    INTEGER PRIMARY KEY,
	field TEXT    NOT NULL,
	key   TEXT    NOT NULL, -- folded
	count INTEGER NOT NULL, -- of bibs
	forms TEXT    NOT NULL  -- JSON: as catalogued
);
CREATE TABLE start ( -- the keys with which a heading's words begin
	place   INTEGER NOT NULL, -- see startPlace
	key     TEXT    NOT NULL,
	heading INTEGER NOT NULL,
	tier    INTEGER NOT NULL, -- of the heading's count
	PRIMARY KEY (place, key, heading)
) WITHOUT ROWID;
CREATE TABLE frequent ( -- tokens of the index that many bibs have, as of when the file was built; see lead.go
	token TEXT    NOT NULL,
	bibs  INTEGER NOT NULL,
	PRIMARY KEY (token)
) WITHOUT ROWID;
CREATE TABLE list ( -- of books, see library.List
	name TEXT PRIMARY KEY,
	list TEXT NOT NULL -- JSON
) WITHOUT ROWID;
CREATE TABLE digest (
	bucket INTEGER PRIMARY KEY,
	digest BLOB NOT NULL
);
CREATE VIRTUAL TABLE search USING fts5 (t, content='', columnsize=0, detail=none, tokenize='ascii');
INSERT INTO search (search, rank) VALUES ('automerge', 0), ('crisismerge', 1999),
	('pgsz', 2000); -- bytes: smaller pages are skipped in smaller steps, and take more room
`

// indexes are created after the rows are written.
const indexes = `
CREATE UNIQUE INDEX bib_id ON bib (id);
CREATE INDEX bib_added ON bib (added_on DESC); -- and of a day by rank, which ends every entry
CREATE UNIQUE INDEX item_id ON item (id);
CREATE INDEX item_barcode ON item (barcode) WHERE barcode <> '';
CREATE INDEX start_common ON start (place, key, heading) WHERE tier >= 1;
CREATE INDEX start_often ON start (place, key, heading) WHERE tier >= 2;
CREATE INDEX start_most ON start (place, key, heading) WHERE tier >= 3;
`

const (
	rankYear  = 50_000_000 // ranks of one year of a class
	maxYear   = 9999
	rankClass = (maxYear + 1) * rankYear // ranks of one class; of all of them below 1<<42, which six bytes hold
)
