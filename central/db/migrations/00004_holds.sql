-- +goose Up
-- fetch_at: the branch where the copy of a hold in preparation still stands, until
-- staff fetch it from its shelf, or from the hold shelf.
ALTER TABLE hold ADD COLUMN fetch_at TEXT REFERENCES branch (code);
ALTER TABLE hold ADD COLUMN from_hold_shelf BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX hold_fetch ON hold (fetch_at) WHERE fetch_at IS NOT NULL;
CREATE INDEX hold_state ON hold (state, shelf_until);

-- +goose Down
DROP INDEX hold_state;
DROP INDEX hold_fetch;
ALTER TABLE hold DROP COLUMN from_hold_shelf;
ALTER TABLE hold DROP COLUMN fetch_at;
