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

	"madoguchi/library"
)

// Client asks a central server. It never tries anything twice by itself. A refusal
// comes back as a *library.Refusal, any other "no" of the server as a *Problem;
// every other error means that the server could not be reached or understood.
type Client struct {
	base   string
	secret string
	http   *http.Client
}

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
	body, err := json.Marshal(Enrol{Code: code})
	if err != nil {
		return Enrolled{}, err
	}
	return ask[Enrolled](ctx, c, http.MethodPost, "/v1/terminals/enrol", bytes.NewReader(body))
}

// Site returns what a terminal must know about the library.
func (c *Client) Site(ctx context.Context) (library.Site, error) {
	return ask[library.Site](ctx, c, http.MethodGet, "/v1/site", nil)
}

// Head returns the newest edition and the newest change.
func (c *Client) Head(ctx context.Context) (Head, error) {
	return ask[Head](ctx, c, http.MethodGet, "/v1/catalogue/head", nil)
}

// Changes returns the changes after a number, or library.ErrReset.
func (c *Client) Changes(ctx context.Context, epoch string, after int64) (Changes, error) {
	q := url.Values{"epoch": {epoch}, "after": {strconv.FormatInt(after, 10)}}
	return ask[Changes](ctx, c, http.MethodGet, "/v1/catalogue/changes?"+q.Encode(), nil)
}

// Digests returns the digests of all buckets.
func (c *Client) Digests(ctx context.Context) (Digests, error) {
	d, err := ask[Digests](ctx, c, http.MethodGet, "/v1/catalogue/digests", nil)
	if err == nil && len(d.Buckets) != library.Buckets {
		err = fmt.Errorf("the server sent digests of %d buckets, not of %d", len(d.Buckets), library.Buckets)
	}
	return d, err
}

// Bucket returns all records of a bucket.
func (c *Client) Bucket(ctx context.Context, n int) (Bucket, error) {
	return ask[Bucket](ctx, c, http.MethodGet, "/v1/catalogue/buckets/"+strconv.Itoa(n), nil)
}

// Availability says where the items of a bib are now.
func (c *Client) Availability(ctx context.Context, id library.BibID) ([]library.Availability, error) {
	a, err := ask[Availability](ctx, c, http.MethodGet, "/v1/bibs/"+url.PathEscape(string(id))+"/availability", nil)
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
	if c.secret != "" {
		req.Header.Set("Authorization", "Bearer "+c.secret)
	}
	return req, nil
}

func ask[T any](ctx context.Context, c *Client, method, path string, body io.Reader) (T, error) {
	var answer T
	req, err := c.request(ctx, method, path, body)
	if err != nil {
		return answer, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer, err
	}
	defer resp.Body.Close()
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

// refusals are those that a client gives back as themselves.
var refusals = []*library.Refusal{
	library.ErrUnknownBib, library.ErrUnknownItem, library.ErrUnknownBranch,
	library.ErrEnrolmentCode, library.ErrTerminalUnknown, library.ErrReset,
}

func refusal(resp *http.Response) error {
	p := &Problem{}
	t, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	err := json.NewDecoder(io.LimitReader(resp.Body, maxProblem)).Decode(p)
	if t != ProblemType || err != nil || p.Code == "" {
		return fmt.Errorf("the server answered %s: is this the address of a central server?", resp.Status)
	}
	p.Status = resp.StatusCode
	for _, r := range refusals {
		if p.Code == r.Code {
			return r
		}
	}
	return p
}
