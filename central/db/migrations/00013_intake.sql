-- +goose Up
-- source: the import, by its name, that named a bib or copy last. withdrawn: it has left the
-- library, and the row stays only until what is on loan of it is back. said: where the last
-- import said that a copy is, so that only news is taken over. loans: how often it was lent
-- in the last year, as a file says; never who.
ALTER TABLE bib ADD COLUMN source TEXT NOT NULL DEFAULT 'main';
ALTER TABLE bib ADD COLUMN withdrawn BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE item ADD COLUMN source TEXT NOT NULL DEFAULT 'main';
ALTER TABLE item ADD COLUMN withdrawn BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE item ADD COLUMN said TEXT NOT NULL DEFAULT '';
ALTER TABLE item ADD COLUMN loans INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE item DROP COLUMN loans;
ALTER TABLE item DROP COLUMN said;
ALTER TABLE item DROP COLUMN withdrawn;
ALTER TABLE item DROP COLUMN source;
ALTER TABLE bib DROP COLUMN withdrawn;
ALTER TABLE bib DROP COLUMN source;
