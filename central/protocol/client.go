package protocol

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"madoguchi/library"
)

// Client asks a central server. It never tries anything twice by itself. A refusal
// comes back as a *library.Refusal, any other "no" of the server as a *Problem;
// every other error means that the server could not be reached or understood.
type Client struct {
	Version string // of the program that asks, which the server keeps; "": not said

	base   string
	secret string
	http   *http.Client
}

// Kiosk is the name of a terminal's program in the header User-Agent.
const Kiosk = "madoguchi-kiosk"

// The most that a client reads of an answer, in bytes.
const (
	maxProblem = 64 << 10
	maxAnswer  = 64 << 20
)

// NewClient returns a client of the server at a base URL, which is https, or http
// on this machine. secret is the terminal's, empty before it is enrolled. A nil
// hc is http.DefaultClient.
func NewClient(base, secret string, hc *http.Client) (*Client, error) {
	u, err := url.Parse(strings.TrimRight(base, "/"))
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("%q is not the address of a server: it must look like https://central.example.jp", base)
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, fmt.Errorf("the address of the server must begin with https://, since http:// would send the terminal's secret readable by all: %q", base)
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("the address of the server must be just https://, its name and perhaps a path, not %q", u.Redacted())
	}
	if hc == nil {
		hc = http.DefaultClient
	}
	return &Client{base: u.String(), secret: secret, http: hc}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Enrol trades an enrolment code for the terminal's secret.
func (c *Client) Enrol(ctx context.Context, code string) (Enrolled, error) {
	return send[Enrolled](ctx, c, call{method: http.MethodPost, path: "/v1/terminals/enrol", body: Enrol{Code: code}})
}

// Site returns what a terminal must know about the library. kept is the mark of the audit
// log that came with an earlier answer, or "": each terminal tells the server the last one,
// so that a log that was cut off shows. The newest one is returned, "" where there is none.
func (c *Client) Site(ctx context.Context, kept string) (site library.Site, newest string, err error) {
	resp, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/site", audit: kept})
	if err != nil {
		return site, "", err
	}
	defer resp.Body.Close()
	site, err = answerOf[library.Site](resp)
	return site, resp.Header.Get(AuditHeader), err
}

// AuditHeader has the mark of an entry of the audit log, in the question for the site and
// in the answer: its number and hash, as "central audit verify" prints them.
const AuditHeader = "Madoguchi-Audit"

// Head returns the newest edition and the newest change.
func (c *Client) Head(ctx context.Context) (Head, error) {
	return ask[Head](ctx, c, http.MethodGet, "/v1/catalogue/head")
}

// Changes returns the changes after a number with a mark, or library.ErrReset or
// library.ErrOtherHistory. Where there are none the server waits for one before it
// answers, for as long as it may: wait, or 20 seconds.
func (c *Client) Changes(ctx context.Context, epoch string, after int64, mark string, wait time.Duration) (Changes, error) {
	q := url.Values{"epoch": {epoch}, "after": {strconv.FormatInt(after, 10)}}
	if mark != "" {
		q.Set("mark", mark)
	}
	if wait > 0 {
		q.Set("wait", strconv.FormatInt(wait.Milliseconds(), 10))
	}
	return ask[Changes](ctx, c, http.MethodGet, "/v1/catalogue/changes?"+q.Encode())
}

// Digests returns the digests of all buckets.
func (c *Client) Digests(ctx context.Context) (Digests, error) {
	d, err := ask[Digests](ctx, c, http.MethodGet, "/v1/catalogue/digests")
	if err == nil && len(d.Buckets) != library.Buckets {
		err = fmt.Errorf("the server sent digests of %d buckets, not of %d", len(d.Buckets), library.Buckets)
	}
	return d, err
}

// Bucket returns all records of a bucket.
func (c *Client) Bucket(ctx context.Context, n int) (Bucket, error) {
	return ask[Bucket](ctx, c, http.MethodGet, "/v1/catalogue/buckets/"+strconv.Itoa(n))
}

// Lists returns all lists of books.
func (c *Client) Lists(ctx context.Context) (Lists, error) {
	return ask[Lists](ctx, c, http.MethodGet, "/v1/catalogue/lists")
}

// Availability says where the items of a bib are now.
func (c *Client) Availability(ctx context.Context, id library.BibID) ([]library.Availability, error) {
	a, err := ask[Availability](ctx, c, http.MethodGet, "/v1/bibs/"+url.PathEscape(string(id))+"/availability")
	return a.Items, err
}

// Chunk opens a chunk from a byte offset on. from is where the body really
// begins: 0 when the server does not send parts. The caller closes the body, and
// checks what it reads.
func (c *Client) Chunk(ctx context.Context, sha256 string, offset int64) (body io.ReadCloser, from int64, err error) {
	req, err := c.request(ctx, http.MethodGet, "/v1/catalogue/chunks/"+url.PathEscape(sha256), nil)
	if err != nil {
		return nil, 0, err
	}
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	// Only then does the transport leave the bytes as they are.
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, 0, err
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return resp.Body, 0, nil
	case http.StatusPartialContent:
		if !strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", offset)) {
			resp.Body.Close()
			return nil, 0, fmt.Errorf("the server sent the part %q of a chunk, not the one from byte %d", resp.Header.Get("Content-Range"), offset)
		}
		return resp.Body, offset, nil
	}
	defer resp.Body.Close()
	return nil, 0, refusal(resp)
}

func (c *Client) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Version != "" {
		req.Header.Set("User-Agent", Kiosk+"/"+c.Version)
	}
	if c.secret != "" {
		req.Header.Set("Authorization", "Bearer "+c.secret)
	}
	return req, nil
}

// call is one question to the server.
type call struct {
	method, path string
	session      string // token
	key          string // Idempotency-Key
	audit        string // AuditHeader
	body         any    // nil: none
}

func ask[T any](ctx context.Context, c *Client, method, path string) (T, error) {
	return send[T](ctx, c, call{method: method, path: path})
}

func send[T any](ctx context.Context, c *Client, q call) (T, error) {
	resp, err := c.do(ctx, q)
	if err != nil {
		var none T
		return none, err
	}
	defer resp.Body.Close()
	return answerOf[T](resp)
}

// answerOf reads an answer in JSON.
func answerOf[T any](resp *http.Response) (answer T, err error) {
	if resp.StatusCode != http.StatusOK {
		return answer, refusal(resp)
	}
	if t, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return answer, fmt.Errorf("the server answered with %q instead of JSON: is this the address of a central server?", resp.Header.Get("Content-Type"))
	}
	bounded := &io.LimitedReader{R: resp.Body, N: maxAnswer + 1}
	if err := json.NewDecoder(bounded).Decode(&answer); err != nil {
		if bounded.N <= 0 {
			return answer, errors.New("the server's answer is too long")
		}
		return answer, fmt.Errorf("read the server's answer: %w", err)
	}
	return answer, nil
}

// tell sends what is answered with nothing but that it was done.
func (c *Client) tell(ctx context.Context, q call) error {
	resp, err := c.do(ctx, q)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		return refusal(resp)
	}
	return nil
}

func (c *Client) do(ctx context.Context, q call) (*http.Response, error) {
	var body io.Reader
	if q.body != nil {
		text, err := json.Marshal(q.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	req, err := c.request(ctx, q.method, q.path, body)
	if err != nil {
		return nil, err
	}
	if q.audit != "" {
		req.Header.Set(AuditHeader, q.audit)
	}
	if q.session != "" {
		req.Header.Set(SessionHeader, q.session)
	}
	if q.key != "" {
		req.Header.Set(IdempotencyHeader, q.key)
	}
	return c.http.Do(req)
}

// refusal reads why the server said no.
func refusal(resp *http.Response) error {
	p := &Problem{}
	t, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	err := json.NewDecoder(io.LimitReader(resp.Body, maxProblem)).Decode(p)
	if t != ProblemType || err != nil || p.Code == "" {
		return fmt.Errorf("the server answered %s: is this the address of a central server?", resp.Status)
	}
	p.Status = resp.StatusCode
	if p.Code == library.ErrTryLater.Code {
		return &TryLater{Wait: time.Duration(max(p.RetryAfter, 0)) * time.Second}
	}
	if r := library.RefusalWithCode(p.Code); r != nil {
		return r
	}
	return p
}
