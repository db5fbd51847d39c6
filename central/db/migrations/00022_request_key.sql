-- +goose Up
-- One row: the public key that terminals seal requests to, by which a server with another
-- one is known.
CREATE TABLE request_key (
	one      INTEGER PRIMARY KEY CHECK (one = 1),
	site_key TEXT NOT NULL
);

-- +goose Down
DROP TABLE request_key;
