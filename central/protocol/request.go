package protocol

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"madoguchi/library"
)

// SealedRequest is the body of POST /v1/requests: a library.Request that only the
// central server can read. Its id goes with it as the Idempotency-Key. The answer has
// no body: it says that the server has judged the request, not how, which is its
// patron's alone.
type SealedRequest struct {
	Key    string `json:"key"`    // RequestKeyID of the key that it is sealed to
	Sealed []byte `json:"sealed"` // HPKE (RFC 9180), encapsulated key and ciphertext

	// Again: it was handed over before, to a server that may have lost it. A password that
	// does not fit any more is then no failed try.
	Again bool `json:"again,omitempty"`
}

// requestStep is the step, in bytes, in which sealed requests get longer.
const requestStep = 256

// requestPurpose is what binds a sealed request to its purpose and its id, so that
// the same bytes cannot come again as another request.
func requestPurpose(id string) []byte { return []byte("madoguchi request 1 " + id) }

// SealRequest seals a request to the public key of a library.Site.
func SealRequest(siteKey, id string, r library.Request) (SealedRequest, error) {
	raw, err := base64.StdEncoding.DecodeString(siteKey)
	if err != nil {
		return SealedRequest{}, fmt.Errorf("the server's key for requests: %w", err)
	}
	key, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(raw)
	if err != nil {
		return SealedRequest{}, fmt.Errorf("the server's key for requests: %w", err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		return SealedRequest{}, err
	}
	// Spaces, so that its length tells nothing of the password's.
	text = append(text, bytes.Repeat([]byte(" "), requestStep-len(text)%requestStep)...)
	sealed, err := hpke.Seal(key, hpke.HKDFSHA256(), hpke.AES256GCM(), requestPurpose(id), text)
	if err != nil {
		return SealedRequest{}, fmt.Errorf("seal a request: %w", err)
	}
	return SealedRequest{Key: RequestKeyID(siteKey), Sealed: sealed}, nil
}

// RequestKeyID names a key in few characters.
func RequestKeyID(siteKey string) string {
	sum := sha256.Sum256([]byte(siteKey))
	return hex.EncodeToString(sum[:8])
}

// RequestOpener opens requests with the private key of the central server.
type RequestOpener struct {
	key  hpke.PrivateKey
	site string
}

// RequestKeySize is how many bytes the private key has.
const RequestKeySize = 32

// NewRequestOpener takes the private key's bytes.
func NewRequestOpener(private []byte) (*RequestOpener, error) {
	key, err := hpke.DHKEM(ecdh.X25519()).NewPrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("the key for requests: %w", err)
	}
	return &RequestOpener{key: key, site: base64.StdEncoding.EncodeToString(key.PublicKey().Bytes())}, nil
}

// NewRequestKey makes the bytes of a private key.
func NewRequestKey() ([]byte, error) {
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return key.Bytes(), nil
}

// SiteKey is the public key as terminals learn it, see library.Site.
func (o *RequestOpener) SiteKey() string { return o.site }

// Open opens the request with an id, or returns library.ErrRequestUnreadable.
func (o *RequestOpener) Open(id string, s SealedRequest) (library.Request, error) {
	text, err := hpke.Open(o.key, hpke.HKDFSHA256(), hpke.AES256GCM(), requestPurpose(id), s.Sealed)
	if err != nil {
		return library.Request{}, errors.Join(library.ErrRequestUnreadable, err)
	}
	var r library.Request
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&r); err != nil {
		return library.Request{}, errors.Join(library.ErrRequestUnreadable, err)
	}
	return r, nil
}

// Request hands over a sealed request, which happens once, however often it is handed over.
// The server has judged it when there is no error, before the time that is returned, of its
// clock.
func (c *Client) Request(ctx context.Context, id string, s SealedRequest) (at time.Time, err error) {
	resp, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/requests", key: id, body: s})
	if err != nil {
		return at, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		return at, refusal(resp)
	}
	if at, err = http.ParseTime(resp.Header.Get("Date")); err != nil {
		at = time.Now()
	}
	return at, nil
}
