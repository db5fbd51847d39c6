-- +goose Up
-- Tries to log in whose password is being looked at, by card or staff name, which cannot
-- be read from the key. One that is judged goes; one that a process left behind when it
-- ended is taken back, and then stays for as long as those are counted.
CREATE TABLE login_try (
	id            TEXT PRIMARY KEY,
	name          TEXT NOT NULL,
	terminal_id   TEXT NOT NULL REFERENCES terminal (id),
	at            BIGINT NOT NULL,
	taken_back_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX login_try_name ON login_try (name, at);
CREATE INDEX login_try_terminal ON login_try (terminal_id, at);

-- +goose Down
-- What was open counts as a failure.
INSERT INTO login_failure (name, failures, last_at)
	SELECT name, count(*), max(at) FROM login_try WHERE taken_back_at = 0 GROUP BY name
	ON CONFLICT (name) DO UPDATE SET failures = login_failure.failures + excluded.failures, last_at = excluded.last_at;
DROP TABLE login_try;
