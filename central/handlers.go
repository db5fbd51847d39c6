package central

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// handle runs a route's handler for whoever may ask.
func (s *Service) handle(route route, w http.ResponseWriter, r *http.Request) error {
	if route.from == fromAnywhere {
		return route.handle(w, r)
	}
	secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || secret == "" {
		return &protocol.Problem{Status: http.StatusUnauthorized, Code: protocol.CodeUnauthorized, Detail: "send the terminal's secret as a bearer token"}
	}
	t, err := s.cfg.Terminals.Authenticate(r.Context(), secret, r.UserAgent())
	if err != nil {
		return err
	}
	if !t.mayAsk(route.from) {
		return library.ErrKioskOnly
	}
	return route.handle(w, r.WithContext(context.WithValue(r.Context(), terminalKey{}, t)))
}

type terminalKey struct{}

// terminalOf returns the terminal that asks; there is one but for routes that are asked from anywhere.
func terminalOf(r *http.Request) Terminal {
	t, _ := r.Context().Value(terminalKey{}).(Terminal)
	return t
}

func (s *Service) enrol(w http.ResponseWriter, r *http.Request) error {
	now, from := s.cfg.Now(), remoteHost(r)
	if !s.limit.allow(from, now) {
		w.Header().Set("Retry-After", "30")
		return &protocol.Problem{Status: http.StatusTooManyRequests, Code: protocol.CodeTooMany, Detail: "too many wrong codes; wait half a minute"}
	}
	var body protocol.Enrol
	if err := decode(w, r, &body); err != nil {
		return err
	}
	t, secret, err := s.cfg.Terminals.Enrol(r.Context(), body.Code)
	if errors.Is(err, library.ErrEnrolmentCode) {
		s.limit.failed(from, now)
	}
	if err != nil {
		return err
	}
	s.cfg.Log.Info("a terminal was enrolled", "terminal", t.ID, "kind", string(t.Kind), "branch", t.Branch, "name", t.Name, "from", from)
	return reply(w, r, protocol.Enrolled{Terminal: t.ID, Kind: string(t.Kind), Secret: secret, Branch: t.Branch})
}

func (s *Service) site(w http.ResponseWriter, r *http.Request) error {
	site := s.cfg.Site
	site.Abilities = s.abilities()
	var err error
	if site.Branches, err = s.cfg.Catalogue.Branches(r.Context()); err != nil {
		return err
	}
	if err := s.auditMark(w, r); err != nil {
		return err
	}
	return reply(w, r, site)
}

// auditMark tells a terminal the mark of the audit log's newest entry, and looks whether
// the log still has the one that the terminal was told before: with the database alone
// nobody can cut off what terminals remember.
func (s *Service) auditMark(w http.ResponseWriter, r *http.Request) error {
	if kept, err := audit.ParseMark(r.Header.Get(protocol.AuditHeader)); err == nil {
		has, err := audit.Has(r.Context(), s.cfg.DB, kept)
		if err != nil {
			return err
		}
		if !has && s.auditLacks.CompareAndSwap(false, true) {
			s.metrics.auditLacks.Set(1)
			s.cfg.Log.Error("the audit log lacks an entry that a terminal was told of: it was cut off or written anew; see: central audit verify --kept", "kept", kept.String(), "terminal", terminalOf(r).ID)
		}
	}
	newest, err := audit.Newest(r.Context(), s.cfg.DB)
	if err == nil && newest.Number > 0 {
		w.Header().Set(protocol.AuditHeader, newest.String())
	}
	return err
}

func (s *Service) head(w http.ResponseWriter, r *http.Request) error {
	log, err := s.cfg.Catalogue.Log(r.Context())
	if err != nil {
		return err
	}
	newest, err := s.cfg.Editions.Newest(r.Context())
	if err != nil {
		return err
	}
	return reply(w, r, protocol.Head{Epoch: log.Epoch, Number: log.Number, Mark: log.Mark, Edition: newest, SystemAway: s.systemAway.Load(), BackedUp: s.backedUp.Load()})
}

func (s *Service) changes(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	after, err := strconv.ParseInt(q.Get("after"), 10, 64)
	if err != nil || after < 0 {
		return badRequest("after must be the number of a change")
	}
	wait := time.Duration(0)
	if text := q.Get("wait"); text != "" {
		ms, err := strconv.ParseInt(text, 10, 32)
		if err != nil || ms < 0 {
			return badRequest("wait must be a number of milliseconds")
		}
		wait = min(time.Duration(ms)*time.Millisecond, maxWait)
	}
	epoch, mark := q.Get("epoch"), q.Get("mark")
	if wait > 0 && s.quiet(r.Context(), db.Log{Epoch: epoch, Number: after, Mark: mark}, wait) {
		return reply(w, r, protocol.Changes{Epoch: epoch, After: after, Upto: after, Mark: mark, SystemAway: s.systemAway.Load(), BackedUp: s.backedUp.Load()})
	}
	answer, err := s.cfg.Catalogue.Changes(r.Context(), epoch, after, mark)
	if err != nil {
		return err
	}
	answer.SystemAway, answer.BackedUp = s.systemAway.Load(), s.backedUp.Load()
	return reply(w, r, answer)
}

// quiet waits for a change after a place in the log, but not longer than wait, nor when the
// server is to end, and reports whether there was surely none.
func (s *Service) quiet(ctx context.Context, at db.Log, wait time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	defer context.AfterFunc(s.ending, cancel)()
	return s.watch.quiet(ctx, at)
}

func (s *Service) chunk(w http.ResponseWriter, r *http.Request) error {
	f, err := s.cfg.Editions.Chunk(r.Context(), r.PathValue("sha256"))
	if errors.Is(err, os.ErrNotExist) {
		return &protocol.Problem{Status: http.StatusNotFound, Code: protocol.CodeNotFound, Detail: "no edition has this chunk any more"}
	}
	if err != nil {
		return err
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", "application/zstd")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+r.PathValue("sha256")+`"`)
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

func (s *Service) digests(w http.ResponseWriter, r *http.Request) error {
	d, err := s.cfg.Catalogue.Digests(r.Context())
	if err != nil {
		return err
	}
	answer := protocol.Digests{Epoch: d.Epoch, Number: d.Number, Mark: d.Mark, Lists: d.Lists.String(), Buckets: make([]string, len(d.Buckets))}
	for i, x := range d.Buckets {
		answer.Buckets[i] = x.String()
	}
	return reply(w, r, answer)
}

func (s *Service) bucket(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || n >= library.Buckets {
		return badRequest("a bucket is a number from 0 to %d", library.Buckets-1)
	}
	b, err := s.cfg.Catalogue.Bucket(r.Context(), n)
	if err != nil {
		return err
	}
	return reply(w, r, protocol.Bucket{Epoch: b.Epoch, Number: b.Number, Mark: b.Mark, Records: b.Records})
}

func (s *Service) lists(w http.ResponseWriter, r *http.Request) error {
	l, err := s.cfg.Catalogue.ListsNow(r.Context())
	if err != nil {
		return err
	}
	return reply(w, r, protocol.Lists{Epoch: l.Epoch, Number: l.Number, Mark: l.Mark, Lists: l.Lists})
}

func (s *Service) availability(w http.ResponseWriter, r *http.Request) error {
	items, err := s.cfg.Circulation.Availability(r.Context(), library.BibID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return reply(w, r, protocol.Availability{Items: items})
}

func (s *Service) healthz(w http.ResponseWriter, r *http.Request) error {
	_, err := io.WriteString(w, "ok\n")
	return err
}

// readyz says whether terminals can be served: the database answers, and there is
// an edition for them, with all of its chunks.
func (s *Service) readyz(w http.ResponseWriter, r *http.Request) error {
	err := s.cfg.DB.View(r.Context(), func(tx *db.Tx) error {
		_, err := tx.Log(r.Context())
		return err
	})
	var newest *protocol.Manifest
	if err == nil {
		newest, err = s.cfg.Editions.Newest(r.Context())
	}
	switch {
	case err != nil:
		s.cfg.Log.Warn("not ready", "err", err)
		return notReady("the database does not answer")
	case newest == nil:
		return notReady("no edition of the catalogue is built yet")
	}
	if err := s.cfg.Editions.Whole(r.Context(), newest); err != nil {
		s.cfg.Log.Warn("not ready", "err", err)
		return notReady("the newest edition of the catalogue is not whole here")
	}
	_, err = fmt.Fprintln(w, "ok")
	return err
}

func notReady(why string) error {
	return &protocol.Problem{Status: http.StatusServiceUnavailable, Code: protocol.CodeUnavailable, Detail: why}
}
