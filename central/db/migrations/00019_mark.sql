-- +goose Up
-- Each number has a mark, so that two histories that have come equally far are told apart:
-- the hash of the mark before, the number, and random bytes. Numbers given before have none.
ALTER TABLE change ADD COLUMN mark TEXT NOT NULL DEFAULT '';
ALTER TABLE change_log ADD COLUMN mark TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE change_log DROP COLUMN mark;
ALTER TABLE change DROP COLUMN mark;
