-- +goose Up
-- One row: the month in which the rankings were made last, "" before the first time.
CREATE TABLE ranking (
	one   INTEGER PRIMARY KEY CHECK (one = 1),
	month TEXT NOT NULL
);
INSERT INTO ranking (one, month) VALUES (1, '');

-- +goose Down
DROP TABLE ranking;
