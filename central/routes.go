package central

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

// route is one line of the table of routes.
type route struct {
	pattern string
	from    audience // who may ask at all
	handle  handler
	timeout time.Duration // for the whole answer
}

// audience is from where a route may be asked. Each route says it: the zero audience is
// nobody.
type audience int

const (
	fromAnywhere  audience = 1 + iota // without a terminal's secret too
	fromKiosks                        // from terminals that stand in the library
	fromTerminals                     // from all terminals, the home page among them
)

// handler answers a request, or returns why not before it wrote anything.
type handler func(http.ResponseWriter, *http.Request) error

const (
	short = 30 * time.Second
	long  = 15 * time.Minute // a chunk over a slow line
)

func (s *Service) routes() []route {
	return []route{
		{"POST /v1/terminals/enrol", fromAnywhere, s.enrol, short},
		{"GET /v1/site", fromTerminals, s.site, short},
		{"GET /v1/catalogue/head", fromKiosks, s.head, short},
		{"GET /v1/catalogue/changes", fromKiosks, s.changes, short},
		{"GET /v1/catalogue/chunks/{sha256}", fromKiosks, s.chunk, long},
		{"GET /v1/catalogue/digests", fromKiosks, s.digests, short},
		{"GET /v1/catalogue/buckets/{n}", fromKiosks, s.bucket, short},
		{"GET /v1/catalogue/lists", fromKiosks, s.lists, short},
		{"GET /v1/bibs/{id}/availability", fromTerminals, s.availability, short},
		{"POST /v1/sessions", fromTerminals, s.logIn, short},
		{"DELETE /v1/sessions/me", fromTerminals, s.logOut, short},
		{"GET /v1/me", fromTerminals, s.me, short},
		{"GET /v1/me/loans", fromTerminals, s.loans, short},
		{"POST /v1/me/loans/{id}/renewal", fromTerminals, s.able(library.AbilityRenew, s.renew), short},
		{"GET /v1/me/holds", fromTerminals, s.holds, short},
		{"POST /v1/me/holds", fromTerminals, s.able(library.AbilityHold, s.placeHolds), short},
		{"PATCH /v1/me/holds/{id}", fromTerminals, s.able(library.AbilityHoldChange, s.changeHold), short},
		{"DELETE /v1/me/holds/{id}", fromTerminals, s.able(library.AbilityHoldCancel, s.cancelHold), short},
		{"POST /v1/requests", fromKiosks, s.takeRequest, short},
		{"POST /v1/password-applications", fromTerminals, s.able(library.AbilityPassword, s.apply), short},
		{"PUT /v1/me/password", fromTerminals, s.able(library.AbilityPassword, s.changePassword), short},
		{"GET /v1/me/email", fromTerminals, s.able(library.AbilityEmail, s.email), short},
		{"PUT /v1/me/email", fromTerminals, s.able(library.AbilityEmail, s.setEmail), short},
		{"DELETE /v1/me/email", fromTerminals, s.able(library.AbilityEmail, s.deleteEmail), short},
		{"POST /v1/me/email/confirmation", fromTerminals, s.able(library.AbilityEmail, s.confirmEmail), short},
		{"POST /v1/staff/sessions", fromKiosks, s.staffLogIn, short},
		{"POST /v1/staff/patrons", fromKiosks, s.counterPatron, short},
		{"POST /v1/staff/temporary-passwords", fromKiosks, s.able(library.AbilityPassword, s.issueTemporary), short},
		{"POST /v1/staff/unlocks", fromKiosks, s.unlock, short},
		{"POST /v1/staff/machine-actions", fromKiosks, s.machineAction, short},
		{"POST /v1/desk/checkouts", fromKiosks, s.able(library.AbilityDesk, s.checkout), short},
		{"POST /v1/desk/returns", fromKiosks, s.able(library.AbilityDesk, s.giveBack), short},
		{"POST /v1/desk/arrivals", fromKiosks, s.able(library.AbilityDesk, s.arrive), short},
		{"POST /v1/desk/paper-holds", fromKiosks, s.able(library.AbilityDesk, s.paperHolds), short},
		{"POST /v1/desk/calls", fromKiosks, s.able(library.AbilityDesk, s.calls), short},
		{"POST /v1/desk/told", fromKiosks, s.able(library.AbilityDesk, s.told), short},
		{"GET /healthz", fromAnywhere, s.healthz, short},
		{"GET /readyz", fromAnywhere, s.readyz, short},
		{"GET /metrics", fromAnywhere, s.figures, short},
	}
}

// ServeHTTP answers one request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h, pattern := s.mux.Handler(r)
	if pattern == "" { // the mux's own answer, 404 or 405, as a problem
		refused := &refusalRecorder{header: w.Header(), status: http.StatusNotFound}
		h.ServeHTTP(refused, r)
		w.Header().Del("Content-Length")
		p := &protocol.Problem{Status: refused.status, Code: protocol.CodeNotFound, Detail: "there is nothing at this address"}
		if refused.status == http.StatusMethodNotAllowed {
			p.Code, p.Detail = protocol.CodeBadRequest, "this address does not take the method "+r.Method
		}
		writeProblem(w, p)
		s.metrics.requests.WithLabelValues("none", strconv.Itoa(p.Status)).Inc()
		return
	}
	s.mux.ServeHTTP(w, r)
}

// refusalRecorder keeps the status and header of an answer and drops its body.
type refusalRecorder struct {
	header http.Header
	status int
}

func (r *refusalRecorder) Header() http.Header         { return r.header }
func (r *refusalRecorder) WriteHeader(status int)      { r.status = status }
func (r *refusalRecorder) Write(b []byte) (int, error) { return len(b), nil }

// serve runs a route's handler: the one place that bounds, recovers, words errors
// and counts.
func (s *Service) serve(route route) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		start := s.cfg.Now()
		w := &responseWriter{ResponseWriter: rw}
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				s.cfg.Log.Error("a request broke off", "route", route.pattern, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
				if w.status != 0 {
					panic(http.ErrAbortHandler) // the answer has begun: cut it off rather than let it pass as whole
				}
				writeProblem(w, problemOf(errBroken))
			}
			s.metrics.observe(route.pattern, w.status, s.cfg.Now().Sub(start))
		}()
		ctx, cancel := context.WithTimeout(r.Context(), route.timeout)
		defer cancel()
		// Not every writer has deadlines; the server's own do.
		http.NewResponseController(rw).SetWriteDeadline(time.Now().Add(route.timeout + 5*time.Second))
		w.Header().Set("X-Content-Type-Options", "nosniff")
		err := s.handle(route, w, r.WithContext(ctx))
		if err == nil || r.Context().Err() != nil {
			return
		}
		p := problemOf(err)
		switch {
		case errors.Is(err, library.ErrSystemUnavailable):
			s.noteSystem(err)
		case p.Status >= 500:
			s.cfg.Log.Error("a request failed", "route", route.pattern, "err", err)
		}
		if w.status == 0 {
			writeProblem(w, p)
		}
	}
}

// responseWriter remembers the status that was sent, 0 for none yet.
type responseWriter struct {
	http.ResponseWriter
	status int
}

func (w *responseWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *responseWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *responseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// maxBody is the longest body that is read, in bytes.
const maxBody = 64 << 10

// decode reads a JSON body strictly: one value, only known fields.
func decode(w http.ResponseWriter, r *http.Request, into any) error {
	_, err := readInto(w, r, into)
	return err
}

// readInto is decode for those who need the body's text too.
func readInto(w http.ResponseWriter, r *http.Request, into any) ([]byte, error) {
	body, err := readJSON(w, r)
	if err != nil {
		return nil, err
	}
	return body, decodeJSON(body, into)
}

// readJSON reads a body that says it is JSON.
func readJSON(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return nil, badRequest("the body must be sent as application/json")
	}
	return readBody(w, r)
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &protocol.Problem{Status: http.StatusRequestEntityTooLarge, Code: protocol.CodeTooLarge, Detail: fmt.Sprintf("the body may have at most %d bytes", maxBody)}
	}
	if err != nil {
		return nil, badRequest("the body broke off")
	}
	return body, nil
}

// gzipFrom is the size from which an answer is worth compressing, in bytes.
const gzipFrom = 1400

// reply writes a JSON answer, compressed where the client takes that.
func reply(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Encoding")
	if len(body) >= gzipFrom && acceptsGzip(r) {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		if err != nil {
			return err
		}
		if _, err := z.Write(body); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		body = b.Bytes()
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body) // the client may be gone; nobody is left to tell
	return nil
}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, _ := strings.Cut(part, ";")
		coding = strings.TrimSpace(coding)
		q := strings.ReplaceAll(params, " ", "")
		if (coding == "gzip" || coding == "*") && q != "q=0" && q != "q=0.0" {
			return true
		}
	}
	return false
}
