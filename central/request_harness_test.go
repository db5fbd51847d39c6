package central_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// left is a city to which requests are handed over that were left at its terminals.
type left struct {
	*holdCity
	key *protocol.RequestOpener
	box *letterbox
	log bytes.Buffer
}

// sealedText seals any text as the request with an ID, and returns the body with it.
func (c *left) sealedText(t testing.TB, id, text string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(c.key.SiteKey())
	if err != nil {
		t.Fatal(err)
	}
	key, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := hpke.Seal(key, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte("madoguchi request 1 "+strings.ToLower(id)), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(protocol.SealedRequest{Key: protocol.RequestKeyID(c.key.SiteKey()), Sealed: sealed})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func newRequestKey(t testing.TB) *protocol.RequestOpener {
	t.Helper()
	raw, err := protocol.NewRequestKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := protocol.NewRequestOpener(raw)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newLeft(t testing.TB, d *db.DB) *left {
	s := newServer(t, d)
	c := &left{key: newRequestKey(t), box: &letterbox{}}
	s.config.Requests, s.config.Mail = c.key, c.box
	s.config.Log = slog.New(slog.NewTextHandler(&c.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.Service = central.New(s.config)
	c.holdCity = newHoldCity(s, 3)
	return c
}

func eachLeft(t *testing.T, test func(*testing.T, *left)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, newLeft(t, d)) })
}

// request is one of a patron with the right password, received a minute ago.
func (c *left) request(card string, change ...func(*library.Request)) library.Request {
	r := library.Request{Card: card, Password: passwordOf(card), ReceivedAt: c.now.Add(-time.Minute)}
	for _, f := range change {
		f(&r)
	}
	return r
}

func holdsOf(bibs ...library.BibID) func(*library.Request) {
	return func(r *library.Request) {
		h := cart(bibs...)
		r.Holds = &h
	}
}

func renewalOf(item library.ItemID) func(*library.Request) {
	return func(r *library.Request) { r.RenewItem = item }
}

func receivedAt(at time.Time) func(*library.Request) {
	return func(r *library.Request) { r.ReceivedAt = at }
}

func password(p string) func(*library.Request) {
	return func(r *library.Request) { r.Password = p }
}

func (c *left) seal(id string, r library.Request) protocol.SealedRequest {
	c.t.Helper()
	sealed, err := protocol.SealRequest(c.key.SiteKey(), id, r)
	if err != nil {
		c.t.Fatal(err)
	}
	return sealed
}

// hand hands sealed bytes over.
func (x *terminal) hand(id string, sealed protocol.SealedRequest) *http.Response {
	x.t.Helper()
	return x.ask("POST", "/v1/requests", sealed, protocol.IdempotencyHeader, id)
}

// leave hands a request over that has to be taken, and returns its ID.
func (c *left) leave(r library.Request) string {
	c.t.Helper()
	id := newKey()
	wantDone(c.t, c.hand(id, c.seal(id, r)))
	return id
}

// results are what a patron's menu shows.
func (c *left) results(card string) []library.RequestResult {
	c.t.Helper()
	x := c.server.terminal()
	return answer[library.Account](c.t, x.get("/v1/me", x.logIn(card))).Requests
}

// result is the only one.
func (c *left) result(card string) library.RequestResult {
	c.t.Helper()
	all := c.results(card)
	if len(all) != 1 {
		c.t.Fatalf("%d results: %+v", len(all), all)
	}
	return all[0]
}

func receiptOf(id string) string { return library.ReceiptCode(uuid.MustParse(id)) }

// mailed is the only mail since it was last asked.
func (c *left) mailed() library.RequestResult {
	c.t.Helper()
	mails := c.box.take()
	if len(mails) != 1 || mails[0].Kind != library.MailRequest || mails[0].Request == nil || mails[0].To != "hanako@example.jp" {
		c.t.Fatalf("mails %+v", mails)
	}
	return *mails[0].Request
}

// become is what is kept of the requests with an ID's receipt.
func (c *left) become(id string) (all []central.HandedOver) {
	c.t.Helper()
	ctx := context.Background()
	err := c.db.View(ctx, func(tx *db.Tx) (err error) {
		all, err = c.passwords.WithReceipt(ctx, tx, receiptOf(id))
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return all
}

// counted reports how often the metrics counted an outcome.
func (c *left) counted(outcome string) string {
	c.t.Helper()
	for line := range strings.Lines(read(c.t, c.do("GET", "/metrics", "")).body) {
		if n, ok := strings.CutPrefix(line, `madoguchi_left_requests_total{outcome="`+outcome+`"} `); ok {
			return strings.TrimSpace(n)
		}
	}
	return "0"
}
