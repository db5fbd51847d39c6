-- +goose Up
-- kind: kiosk, which stands in a branch, or web, the library's home page, which stands
-- in none.
ALTER TABLE terminal ADD COLUMN kind TEXT NOT NULL DEFAULT 'kiosk';
ALTER TABLE terminal ADD COLUMN stands_in TEXT REFERENCES branch (code);
UPDATE terminal SET stands_in = branch_code;
ALTER TABLE terminal DROP COLUMN branch_code;
ALTER TABLE terminal RENAME COLUMN stands_in TO branch_code;

-- visitor: whose tries at the home page these are, by a mark that cannot be read from it;
-- '' at a kiosk.
ALTER TABLE login_try ADD COLUMN visitor TEXT NOT NULL DEFAULT '';
CREATE TABLE terminal_failure_moved (
	terminal_id TEXT NOT NULL REFERENCES terminal (id),
	visitor     TEXT NOT NULL,
	name        TEXT NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (terminal_id, visitor, name)
);
INSERT INTO terminal_failure_moved (terminal_id, visitor, name, at)
	SELECT terminal_id, '', name, at FROM terminal_failure;
DROP TABLE terminal_failure;
ALTER TABLE terminal_failure_moved RENAME TO terminal_failure;
CREATE INDEX terminal_failure_at ON terminal_failure (at);

-- +goose Down
ALTER TABLE login_try DROP COLUMN visitor;
CREATE TABLE terminal_failure_moved (
	terminal_id TEXT NOT NULL REFERENCES terminal (id),
	name        TEXT NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (terminal_id, name)
);
INSERT INTO terminal_failure_moved (terminal_id, name, at)
	SELECT terminal_id, name, max(at) FROM terminal_failure GROUP BY terminal_id, name;
DROP TABLE terminal_failure;
ALTER TABLE terminal_failure_moved RENAME TO terminal_failure;
CREATE INDEX terminal_failure_at ON terminal_failure (at);

-- Without kinds a home page would be taken for a kiosk.
UPDATE terminal SET secret_hash = NULL, code_hash = NULL,
	revoked_at = CASE WHEN revoked_at = 0 THEN created_at ELSE revoked_at END,
	branch_code = (SELECT min(code) FROM branch) WHERE kind = 'web';
ALTER TABLE terminal DROP COLUMN kind;
