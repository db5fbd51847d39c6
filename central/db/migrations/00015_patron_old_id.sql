-- +goose Up
-- Ids by which files know a patron who was merged into another one here.
CREATE TABLE patron_old_id (
	file_id   TEXT PRIMARY KEY,
	patron_id TEXT NOT NULL REFERENCES patron (id) ON DELETE CASCADE
);
CREATE INDEX patron_old_id_patron ON patron_old_id (patron_id);

-- +goose Down
DROP TABLE patron_old_id;
