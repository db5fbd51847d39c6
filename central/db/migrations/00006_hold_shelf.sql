-- +goose Up
-- clear_at: the branch on whose hold shelf an item still stands though no hold has it
-- any longer, until staff take it off.
ALTER TABLE item ADD COLUMN clear_at TEXT REFERENCES branch (code);
CREATE INDEX item_clear ON item (clear_at) WHERE clear_at IS NOT NULL;

-- +goose Down
DROP INDEX item_clear;
ALTER TABLE item DROP COLUMN clear_at;
