-- +goose Up
-- Lists of books that travel with the catalogue: theme shelves and rankings, as JSON.
CREATE TABLE list (
	name TEXT PRIMARY KEY,
	list TEXT NOT NULL
);

-- +goose Down
DROP TABLE list;
