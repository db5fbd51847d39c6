-- +goose Up
-- The chunks of editions, in parts, where several servers share the database: each may have
-- built the edition, and all hand it out.
CREATE TABLE chunk (
	sha256 TEXT NOT NULL,
	part   INTEGER NOT NULL,
	data   BYTEA NOT NULL,
	PRIMARY KEY (sha256, part)
);

-- +goose Down
DROP TABLE chunk;
