-- +goose Up
-- Requests that were left at terminals while the server was away, as they were judged
-- when they were handed over. A row is what lets one happen once, however often and
-- however much later it comes again. patron_id, NULL where it is of nobody, and result,
-- which is sealed since it names titles, are emptied as soon as they are no longer shown.
CREATE TABLE request (
	id           TEXT PRIMARY KEY,
	terminal_id  TEXT NOT NULL REFERENCES terminal (id),
	fingerprint  TEXT NOT NULL,
	receipt      TEXT NOT NULL,
	received_at  BIGINT NOT NULL,
	delivered_at BIGINT NOT NULL,
	patron_id    TEXT REFERENCES patron (id) ON DELETE SET NULL,
	result       TEXT NOT NULL
);
CREATE INDEX request_patron ON request (patron_id, delivered_at);
CREATE INDEX request_receipt ON request (receipt);
CREATE INDEX request_delivered ON request (delivered_at);
CREATE INDEX request_shown ON request (delivered_at) WHERE result <> '';

-- +goose Down
DROP TABLE request;
