package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"madoguchi/library"
)

// mostReaders is how many searches run side by side. SQLite readers do not hinder one
// another, nor the one writer.
const mostReaders = 4

// mostStatements is how many statements a reader keeps. What patrons ask has fewer
// shapes than that within an hour.
const mostStatements = 200

// readers are the connections that read. Each keeps what it was asked prepared, since
// to prepare its statements is a fifth of the median search; database/sql would do that
// only for statements that are known beforehand.
type readers struct {
	db       *sql.DB
	frequent frequencies
	turns    chan struct{} // one for each reader that is at work

	mu     sync.Mutex
	free   []*reader // the one with the warmest cache last
	closed bool
}

func newReaders(db *sql.DB, frequent frequencies) *readers {
	return &readers{db: db, frequent: frequent, turns: make(chan struct{}, mostReaders)}
}

// take waits for a reader that has nothing to do.
func (rs *readers) take(ctx context.Context) (*reader, error) {
	select {
	case rs.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	rs.mu.Lock()
	if n := len(rs.free); n > 0 {
		r := rs.free[n-1]
		rs.free = rs.free[:n-1]
		rs.mu.Unlock()
		return r, nil
	}
	rs.mu.Unlock()
	conn, err := rs.db.Conn(ctx)
	if err != nil {
		<-rs.turns
		return nil, err
	}
	return &reader{conn: conn, frequent: rs.frequent, asked: map[string]*sql.Stmt{}}, nil
}

// give takes a reader back; one that is of no more use is closed.
func (rs *readers) give(r *reader, usable bool) {
	rs.mu.Lock()
	if usable = usable && !rs.closed; usable {
		rs.free = append(rs.free, r)
	}
	rs.mu.Unlock()
	if !usable {
		r.close()
	}
	<-rs.turns
}

// begin takes a reader and lets it see one state of the file.
func (rs *readers) begin(ctx context.Context) (*reader, error) {
	r, err := rs.take(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.exec(ctx, "BEGIN"); err != nil {
		rs.give(r, false)
		return nil, err
	}
	return r, nil
}

// end lets go of what begin took. What was cancelled must be ended too.
func (rs *readers) end(ctx context.Context, r *reader) {
	err := r.exec(ctx, "ROLLBACK") // nothing was written
	if len(r.asked) > mostStatements {
		r.forget()
	}
	rs.give(r, err == nil)
}

// close closes the readers, those that are at work when they are done.
func (rs *readers) close() error {
	rs.mu.Lock()
	rs.closed = true
	free := rs.free
	rs.free = nil
	rs.mu.Unlock()
	var errs []error
	for _, r := range free {
		errs = append(errs, r.close())
	}
	return errors.Join(append(errs, rs.db.Close())...)
}

// reader is a connection, and what it was asked so far.
type reader struct {
	conn     *sql.Conn
	frequent frequencies // of the file's tokens
	asked    map[string]*sql.Stmt
}

func (r *reader) close() error {
	r.forget()
	return r.conn.Close()
}

func (r *reader) forget() {
	for _, stmt := range r.asked {
		stmt.Close()
	}
	clear(r.asked)
}

func (r *reader) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := r.asked[text]; ok {
		return stmt, nil
	}
	stmt, err := r.conn.PrepareContext(ctx, text)
	if err == nil {
		r.asked[text] = stmt
	}
	return stmt, err
}

// exec is not called off: half a BEGIN is of no use to anybody.
func (r *reader) exec(ctx context.Context, text string) error {
	ctx = context.WithoutCancel(ctx)
	stmt, err := r.prepared(ctx, text)
	if err == nil {
		_, err = stmt.ExecContext(ctx)
	}
	return err
}

// querier is a reader or a *sql.Tx.
type querier interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

// QueryContext asks a query. The same text must not be asked again before the rows
// are closed. It is not called off under way: what watches each statement of a search
// costs more than the longest of them takes. Who reads many rows looks at ctx itself.
func (r *reader) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	stmt, err := r.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// queryRow reads one row into variables, or returns sql.ErrNoRows.
func queryRow(ctx context.Context, q querier, into []any, text string, args ...any) error {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return cmp.Or(rows.Err(), sql.ErrNoRows)
	}
	return rows.Scan(into...)
}

// view runs f on one state of the file.
func view[T any](ctx context.Context, c *Catalogue, what string, f func(*reader) (T, error)) (T, error) {
	var none T
	r, err := c.read.begin(ctx)
	if err != nil {
		return none, fmt.Errorf("%s: %w", what, damaged(err))
	}
	defer c.read.end(ctx, r)
	v, err := f(r)
	if err != nil {
		var refusal *library.Refusal
		if errors.As(err, &refusal) {
			return none, err
		}
		return none, fmt.Errorf("%s: %w", what, damaged(err))
	}
	return v, nil
}
