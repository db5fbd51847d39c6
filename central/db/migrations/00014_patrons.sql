-- +goose Up
-- file_id: by which the library's own system knows the patron, beside our reference; NULL
-- where no file has said it. What is no reference of ours came from a file, before this
-- column. lacking: the last file that was the whole of the patrons did not have this one.
ALTER TABLE patron ADD COLUMN file_id TEXT;
ALTER TABLE patron ADD COLUMN lacking BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE patron SET file_id = id WHERE id NOT LIKE '________-____-4___-____-____________';
CREATE UNIQUE INDEX patron_file_id ON patron (file_id) WHERE file_id IS NOT NULL;

-- Cards that were replaced here, which a file may go on naming for a while.
CREATE TABLE patron_old_card (
	card      TEXT PRIMARY KEY,
	patron_id TEXT NOT NULL REFERENCES patron (id) ON DELETE CASCADE
);
CREATE INDEX patron_old_card_patron ON patron_old_card (patron_id);

-- Who was deleted here, so that no file brings them back: the cards and the file's id, of
-- kind card or id, as keyed hashes from which neither can be read. Those of one patron have
-- the same deletion, which says nothing else.
CREATE TABLE patron_deleted (
	mark       TEXT PRIMARY KEY,
	kind       TEXT NOT NULL,
	deletion   TEXT NOT NULL,
	deleted_at BIGINT NOT NULL
);
CREATE INDEX patron_deleted_deletion ON patron_deleted (deletion);

-- Whose an answer is, so that it can go with the patron; NULL of staff's, and of nobody's.
ALTER TABLE answer ADD COLUMN patron_id TEXT REFERENCES patron_ref (id) ON DELETE CASCADE;
CREATE INDEX answer_patron ON answer (patron_id);

-- +goose Down
DROP INDEX answer_patron;
ALTER TABLE answer DROP COLUMN patron_id;
DROP TABLE patron_deleted;
DROP TABLE patron_old_card;
DROP INDEX patron_file_id;
ALTER TABLE patron DROP COLUMN lacking;
ALTER TABLE patron DROP COLUMN file_id;
