-- +goose Up
-- The branch that lent it, on whose open days a loan falls due; of loans that are older
-- than this column, the item's own. A column that may not be NULL and refers to another
-- table comes by moving the table, which both databases can.
CREATE TABLE loan_moved (
	id          TEXT PRIMARY KEY,
	patron_id   TEXT NOT NULL REFERENCES patron (id),
	item_id     TEXT NOT NULL UNIQUE REFERENCES item (id),
	bib_id      TEXT NOT NULL REFERENCES bib (id),
	branch_code TEXT NOT NULL REFERENCES branch (code),
	lent_on     TEXT NOT NULL,
	due_on      TEXT NOT NULL,
	renewals    INTEGER NOT NULL
);
INSERT INTO loan_moved (id, patron_id, item_id, bib_id, branch_code, lent_on, due_on, renewals)
	SELECT l.id, l.patron_id, l.item_id, l.bib_id, i.branch_code, l.lent_on, l.due_on, l.renewals FROM loan l JOIN item i ON i.id = l.item_id;
DROP TABLE loan;
ALTER TABLE loan_moved RENAME TO loan;
CREATE INDEX loan_patron ON loan (patron_id, due_on);
CREATE INDEX loan_due ON loan (branch_code, due_on);

-- +goose Down
DROP INDEX loan_due;
ALTER TABLE loan DROP COLUMN branch_code;
