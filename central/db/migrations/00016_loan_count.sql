-- +goose Up
-- How often the copies of a bib were lent in a month, "2026-11": never who, and no day.
CREATE TABLE loan_count (
	bib_id TEXT NOT NULL REFERENCES bib (id) ON DELETE CASCADE,
	month  TEXT NOT NULL,
	loans  INTEGER NOT NULL,
	PRIMARY KEY (bib_id, month)
);
CREATE INDEX loan_count_month ON loan_count (month);

-- One row: the wanted classes. month: in which they were computed last, "" before the first
-- time is over; done: to the end; moved: how many bibs got another class in it so far.
CREATE TABLE wanted (
	one      INTEGER PRIMARY KEY CHECK (one = 1),
	month    TEXT NOT NULL,
	done     BOOLEAN NOT NULL,
	moved    INTEGER NOT NULL,
	waiting  INTEGER NOT NULL,
	classes  TEXT NOT NULL,
	at       BIGINT NOT NULL
);
INSERT INTO wanted (one, month, done, moved, waiting, classes, at) VALUES (1, '', FALSE, 0, 0, '', 0);

-- +goose Down
DROP TABLE wanted;
DROP TABLE loan_count;
