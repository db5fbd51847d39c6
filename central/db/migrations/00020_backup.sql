-- +goose Up
-- The backups that were written and checked, by when the copy of the database was begun.
CREATE TABLE backup (
	made_at BIGINT PRIMARY KEY,
	epoch   TEXT NOT NULL,
	number  BIGINT NOT NULL
);

-- +goose Down
DROP TABLE backup;
