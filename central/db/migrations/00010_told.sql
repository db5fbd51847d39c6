-- +goose Up
-- pick_at: when staff begin to fetch the copy that is set aside for a waiting hold, 0 for
-- none. ready_on, contacted_on, shelf_until: see library.Hold. mail_failed: the mail that
-- tells of the hold could not be sent, or came back. call_due: of a hold that is not ready,
-- that its patron is still to be told by telephone what became of it. title: of a hold whose bib is
-- gone, which no foreign key keeps.
CREATE TABLE hold_moved (
	id              TEXT PRIMARY KEY,
	bib_id          TEXT NOT NULL,
	title           TEXT NOT NULL DEFAULT '',
	patron_id       TEXT NOT NULL REFERENCES patron (id),
	pickup_branch   TEXT NOT NULL REFERENCES branch (code),
	contact         TEXT NOT NULL,
	state           TEXT NOT NULL,
	received_at     BIGINT NOT NULL,
	sequence_id     TEXT,
	sequence_place  INTEGER NOT NULL,
	item_id         TEXT UNIQUE REFERENCES item (id),
	pick_at         BIGINT NOT NULL DEFAULT 0,
	fetch_at        TEXT REFERENCES branch (code),
	from_hold_shelf BOOLEAN NOT NULL DEFAULT FALSE,
	ready_on        TEXT NOT NULL DEFAULT '',
	contacted_on    TEXT NOT NULL,
	shelf_until     TEXT NOT NULL,
	mail_failed     BOOLEAN NOT NULL DEFAULT FALSE,
	calls           INTEGER NOT NULL DEFAULT 0,
	called_on       TEXT NOT NULL DEFAULT '',
	call_due        BOOLEAN NOT NULL DEFAULT FALSE,
	fell_back_on    TEXT NOT NULL DEFAULT '',
	end_reason      TEXT NOT NULL DEFAULT '',
	ended_at        BIGINT NOT NULL
);
INSERT INTO hold_moved (id, bib_id, patron_id, pickup_branch, contact, state, received_at, sequence_id, sequence_place,
		item_id, fetch_at, from_hold_shelf, ready_on, contacted_on, shelf_until, ended_at)
	SELECT id, bib_id, patron_id, pickup_branch, contact, state, received_at, sequence_id, sequence_place,
		item_id, fetch_at, from_hold_shelf, contacted_on, contacted_on, shelf_until, ended_at FROM hold;
DROP TABLE hold;
ALTER TABLE hold_moved RENAME TO hold;
CREATE INDEX hold_queue ON hold (bib_id, state, received_at);
CREATE INDEX hold_patron ON hold (patron_id, state);
CREATE INDEX hold_sequence ON hold (sequence_id, sequence_place);
CREATE UNIQUE INDEX hold_once ON hold (patron_id, bib_id) WHERE state IN ('waiting', 'preparing', 'ready');
CREATE INDEX hold_fetch ON hold (fetch_at) WHERE fetch_at IS NOT NULL;
CREATE INDEX hold_state ON hold (state, shelf_until);
CREATE INDEX hold_call ON hold (pickup_branch) WHERE call_due;

-- +goose Down
CREATE TABLE hold_moved (
	id              TEXT PRIMARY KEY,
	bib_id          TEXT NOT NULL REFERENCES bib (id),
	patron_id       TEXT NOT NULL REFERENCES patron (id),
	pickup_branch   TEXT NOT NULL REFERENCES branch (code),
	contact         TEXT NOT NULL,
	state           TEXT NOT NULL,
	received_at     BIGINT NOT NULL,
	sequence_id     TEXT,
	sequence_place  INTEGER NOT NULL,
	item_id         TEXT UNIQUE REFERENCES item (id),
	contacted_on    TEXT NOT NULL,
	shelf_until     TEXT NOT NULL,
	ended_at        BIGINT NOT NULL,
	fetch_at        TEXT REFERENCES branch (code),
	from_hold_shelf BOOLEAN NOT NULL DEFAULT FALSE
);
INSERT INTO hold_moved (id, bib_id, patron_id, pickup_branch, contact, state, received_at, sequence_id, sequence_place,
		item_id, contacted_on, shelf_until, ended_at, fetch_at, from_hold_shelf)
	SELECT id, bib_id, patron_id, pickup_branch, contact, CASE WHEN state = 'waiting' AND item_id IS NOT NULL THEN 'preparing' ELSE state END,
		received_at, sequence_id, sequence_place, item_id,
		CASE WHEN state = 'ready' AND contacted_on = '' THEN ready_on ELSE contacted_on END, shelf_until, ended_at, fetch_at, from_hold_shelf
	FROM hold WHERE bib_id IN (SELECT id FROM bib);
DROP TABLE hold;
ALTER TABLE hold_moved RENAME TO hold;
CREATE INDEX hold_queue ON hold (bib_id, state, received_at);
CREATE INDEX hold_patron ON hold (patron_id, state);
CREATE INDEX hold_sequence ON hold (sequence_id, sequence_place);
CREATE UNIQUE INDEX hold_once ON hold (patron_id, bib_id) WHERE state IN ('waiting', 'preparing', 'ready');
CREATE INDEX hold_fetch ON hold (fetch_at) WHERE fetch_at IS NOT NULL;
CREATE INDEX hold_state ON hold (state, shelf_until);
