package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

const requestID = "0193f0a1-0000-7000-8000-000000000001"

func newOpener(t testing.TB) *protocol.RequestOpener {
	t.Helper()
	key, err := protocol.NewRequestKey()
	if err != nil || len(key) != protocol.RequestKeySize {
		t.Fatalf("a key of %d bytes, %v", len(key), err)
	}
	o, err := protocol.NewRequestOpener(key)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// aRequest is for two holds.
func aRequest() library.Request {
	return library.Request{
		Card: "7001002003", Password: "canary-password-4711", ReceivedAt: time.Date(2026, 11, 26, 9, 0, 0, 5e6, time.UTC),
		Holds: &library.HoldRequest{Bibs: []library.BibID{"kokoro", "neko"}, Pickup: "chuo", Contact: library.ByMail, Sequence: true},
	}
}

func seal(t testing.TB, o *protocol.RequestOpener, r library.Request) protocol.SealedRequest {
	t.Helper()
	s, err := protocol.SealRequest(o.SiteKey(), requestID, r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealedRequest(t *testing.T) {
	o := newOpener(t)
	renewal := library.Request{Card: "7001002003", Password: "pass77", ReceivedAt: time.UnixMilli(1_795_000_000_000).UTC(), RenewItem: "i1"}
	for _, want := range []library.Request{aRequest(), renewal, {}} {
		s := seal(t, o, want)
		if s.Key != protocol.RequestKeyID(o.SiteKey()) {
			t.Errorf("sealed to %s", s.Key)
		}
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{want.Card, want.Password, "kokoro", "received_at"} {
			if secret != "" && (bytes.Contains(text, []byte(secret)) || bytes.Contains(s.Sealed, []byte(secret))) {
				t.Errorf("%q can be read in it", secret)
			}
		}
		var wire protocol.SealedRequest
		if err := json.Unmarshal(text, &wire); err != nil {
			t.Fatal(err)
		}
		if got, err := o.Open(requestID, wire); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("opened %+v, %v; want %+v", got, err, want)
		}
	}
	if a, b := seal(t, o, aRequest()), seal(t, o, aRequest()); bytes.Equal(a.Sealed, b.Sealed) {
		t.Error("the same request is sealed the same way twice: who sees both knows")
	}
}

func TestSealedRequestsThatCannotBeOpened(t *testing.T) {
	o := newOpener(t)
	whole := seal(t, o, aRequest())
	refused := func(what string, o *protocol.RequestOpener, id string, s protocol.SealedRequest) {
		t.Helper()
		if r, err := o.Open(id, s); !errors.Is(err, library.ErrRequestUnreadable) || !reflect.DeepEqual(r, library.Request{}) {
			t.Errorf("%s: %+v, %v", what, r, err)
		}
	}
	refused("another id", o, "0193f0a1-0000-7000-8000-000000000002", whole)
	refused("no id", o, "", whole)
	refused("another key", newOpener(t), requestID, whole)
	refused("nothing", o, requestID, protocol.SealedRequest{Key: whole.Key})
	refused("something before it", o, requestID, protocol.SealedRequest{Sealed: append([]byte{0}, whole.Sealed...)})
	refused("something after it", o, requestID, protocol.SealedRequest{Sealed: append(bytes.Clone(whole.Sealed), 0)})
	for i := range whole.Sealed {
		bad := protocol.SealedRequest{Key: whole.Key, Sealed: bytes.Clone(whole.Sealed)}
		bad.Sealed[i] ^= 0x10
		refused("a flipped byte", o, requestID, bad)
		refused("cut off", o, requestID, protocol.SealedRequest{Key: whole.Key, Sealed: whole.Sealed[:i]})
	}
}

func TestKeysThatAreNone(t *testing.T) {
	for name, key := range map[string]string{
		"nothing": "", "no base64": "***", "too short": "AAAA",
		"a point that gives no secret": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	} {
		if s, err := protocol.SealRequest(key, requestID, aRequest()); err == nil || s.Sealed != nil {
			t.Errorf("%s: sealed to %q", name, key)
		}
	}
	for _, n := range []int{0, 1, protocol.RequestKeySize - 1, protocol.RequestKeySize + 1} {
		if _, err := protocol.NewRequestOpener(make([]byte, n)); err == nil {
			t.Errorf("a private key of %d bytes", n)
		}
	}
}

func FuzzOpenRequest(f *testing.F) {
	key := bytes.Repeat([]byte{7}, protocol.RequestKeySize)
	o, err := protocol.NewRequestOpener(key)
	if err != nil {
		f.Fatal(err)
	}
	sealed := seal(f, o, aRequest()).Sealed // another one in each process
	f.Add(requestID, sealed)
	f.Add("", []byte{})
	f.Add(requestID, sealed[:40])
	f.Fuzz(func(t *testing.T, id string, sealed []byte) {
		r, err := o.Open(id, protocol.SealedRequest{Sealed: sealed})
		switch {
		case err == nil && (id != requestID || !reflect.DeepEqual(r, aRequest())):
			t.Errorf("opened what nobody sealed: %+v", r)
		case err != nil && !errors.Is(err, library.ErrRequestUnreadable):
			t.Error(err)
		}
	})
}

// TestSealedRequestsHaveTheSameLength: the length of a password is half of the way to it.
func TestSealedRequestsHaveTheSameLength(t *testing.T) {
	o := newOpener(t)
	short, long := aRequest(), aRequest()
	short.Password, long.Password = "pass77", "pass7777777777777777"
	if a, b := len(seal(t, o, short).Sealed), len(seal(t, o, long).Sealed); a != b {
		t.Errorf("%d bytes with a password of 6 characters, %d with one of 20", a, b)
	}
}
