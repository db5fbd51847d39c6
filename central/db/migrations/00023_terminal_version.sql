-- +goose Up
-- Which program a terminal was when it was last seen, as it says itself.
ALTER TABLE terminal ADD COLUMN version TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE terminal DROP COLUMN version;
