package secret_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/argon2"

	"madoguchi/central/secret"
)

var cheap = secret.Cost{Memory: 8, Passes: 1, Threads: 1}

func hasher(t testing.TB, pepper byte, cost secret.Cost) *secret.Hasher {
	t.Helper()
	h, err := secret.New(bytes.Repeat([]byte{pepper}, secret.PepperSize), cost)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func hash(t testing.TB, h *secret.Hasher, password string) string {
	t.Helper()
	text, err := h.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func right(t testing.TB, h *secret.Hasher, text, password string) bool {
	t.Helper()
	ok, err := h.Verify(t.Context(), text, password)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestHashAndVerify(t *testing.T) {
	h := hasher(t, 1, cheap)
	text := hash(t, h, "Passwort1")
	if !strings.HasPrefix(text, "$argon2id$v=19$m=8,t=1,p=1$") || text == hash(t, h, "Passwort1") {
		t.Errorf("hashed as %s, again as the same", text)
	}
	for password, want := range map[string]bool{"Passwort1": true, "passwort1": false, "Passwort1 ": false, "": false, text: false} {
		if right(t, h, text, password) != want {
			t.Errorf("%q: %v", password, !want)
		}
	}
	if right(t, h, "", "") || right(t, h, "", "x") {
		t.Error("a password is right where there is none")
	}
	if right(t, hasher(t, 2, cheap), text, "Passwort1") {
		t.Error("right with another pepper")
	}
	dearer := hasher(t, 1, secret.Cost{Memory: 64, Passes: 2, Threads: 2})
	if !right(t, dearer, text, "Passwort1") || !dearer.Outdated(text) || h.Outdated(text) || h.Outdated(hash(t, h, "x")) {
		t.Error("after a change of the cost old hashes are not checked at their own")
	}
	if !h.Outdated(hash(t, dearer, "x")) {
		t.Error("another cost is not outdated")
	}
}

// TestTheHashIsArgon2id compares with the library itself, so that neither order nor
// unit of its parameters is ours.
func TestTheHashIsArgon2id(t *testing.T) {
	h := hasher(t, 1, secret.Cost{Memory: 64, Passes: 3, Threads: 1})
	text := hash(t, h, "x")
	salt, sum := secret.Parts(text)
	peppered := hmac.New(sha256.New, bytes.Repeat([]byte{1}, secret.PepperSize))
	peppered.Write([]byte("x"))
	if want := argon2.IDKey(peppered.Sum(nil), salt, 3, 64, 1, 32); !bytes.Equal(sum, want) {
		t.Errorf("%x, want %x", sum, want)
	}
	if c := secret.DefaultCost(); c != (secret.Cost{Memory: 64 * 1024, Passes: 3, Threads: 1}) {
		t.Errorf("default cost %+v", c)
	}
}

func TestDamagedHashes(t *testing.T) {
	h := hasher(t, 1, cheap)
	text := hash(t, h, "x")
	for _, bad := range []string{
		"x", text[1:], text + "x", text[:len(text)-1], strings.Replace(text, "m=8", "m=99999999", 1), strings.Replace(text, "t=1", "t=0", 1),
		strings.Replace(text, "p=1", "p=255", 1), strings.Replace(text, "v=19", "v=16", 1), strings.Replace(text, "m=8", "m=08", 1),
		strings.Replace(text, "m=8,", "m=8,x=1,", 1), "$argon2id$v=19$m=8,t=1,p=1$$",
	} {
		if ok, err := h.Verify(t.Context(), bad, "x"); ok || !errors.Is(err, secret.ErrDamaged) {
			t.Errorf("%q: %v, %v", bad, ok, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	h := hasher(f, 1, cheap)
	f.Add(hash(f, h, "x"), "x")
	f.Add("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA", "")
	f.Fuzz(func(t *testing.T, text, password string) {
		if len(text) > 200 || strings.Contains(text, "m=") && !strings.Contains(text, "m=8,t=1,p=1") {
			t.Skip("its cost is not what this is about")
		}
		ok, err := h.Verify(t.Context(), text, password)
		if err != nil && !errors.Is(err, secret.ErrDamaged) || ok && password != "x" {
			t.Errorf("%q %q: %v, %v", text, password, ok, err)
		}
	})
}

func TestWaitingForATurnEndsWithTheContext(t *testing.T) {
	h := hasher(t, 1, cheap)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if ok, err := h.Verify(ctx, "", "x"); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", ok, err)
	}
	release := h.TakeAllTurns()
	ctx, cancel = context.WithCancel(t.Context())
	waited := make(chan error)
	go func() {
		_, err := h.Hash(ctx, "x")
		waited <- err
	}()
	select {
	case err := <-waited:
		t.Fatal("it did not wait:", err)
	default:
	}
	cancel()
	if err := <-waited; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	release()
	hash(t, h, "x")
}

func TestNames(t *testing.T) {
	h := hasher(t, 1, cheap)
	name := h.Name("card", "1001")
	if name != h.Name("card", "1001") || len(name) != 64 || strings.Contains(name, "1001") {
		t.Errorf("name %s", name)
	}
	for what, other := range map[string]string{
		"kind": h.Name("staff", "1001"), "card": h.Name("card", "1002"), "pepper": hasher(t, 2, cheap).Name("card", "1001"),
	} {
		if other == name {
			t.Errorf("another %s has the same name", what)
		}
	}
}

func TestSeal(t *testing.T) {
	h := hasher(t, 1, cheap)
	sealed := h.Seal([]byte("こころ"))
	if plain, err := h.Open(sealed); err != nil || string(plain) != "こころ" {
		t.Errorf("%q, %v", plain, err)
	}
	if sealed == h.Seal([]byte("こころ")) {
		t.Error("the same text is sealed to the same")
	}
	for _, bad := range []string{"", "x", sealed[:8], sealed[4:], sealed + "AAAA"} {
		if _, err := h.Open(bad); err == nil {
			t.Errorf("%q was opened", bad)
		}
	}
	if _, err := hasher(t, 2, cheap).Open(sealed); err == nil {
		t.Error("opened with another pepper")
	}
}

func TestPepper(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "pepper")
	var mu sync.Mutex
	seen := map[string]bool{}
	var all sync.WaitGroup
	for range 8 { // processes that start together
		all.Go(func() {
			p, err := secret.Pepper(path)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			seen[string(p)] = true
		})
	}
	all.Wait()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != secret.PepperSize || len(seen) != 1 {
		t.Errorf("%d peppers, %v, %v", len(seen), info, err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Pepper(path); err == nil {
		t.Error("a short pepper was taken")
	}
}

// TestFile: what cannot be made leaves no file behind, and another's stays.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	broken := errors.New("no chance left")
	f := secret.File{Name: "key", Size: 4, Make: func() ([]byte, error) { return nil, broken }}
	if _, err := f.Read(path); !errors.Is(err, broken) || !strings.Contains(err.Error(), "key file "+path) {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	made := 0
	f.Make = func() ([]byte, error) { made++; return []byte("abcd"), nil }
	for range 2 {
		if got, err := f.Read(path); err != nil || string(got) != "abcd" {
			t.Errorf("%q, %v", got, err)
		}
	}
	if made != 1 {
		t.Errorf("made %d times", made)
	}
	f.Size = 5
	if _, err := f.Read(path); err == nil || !strings.Contains(err.Error(), "has 4 bytes, not 5: put back") {
		t.Errorf("of another size: %v", err)
	}
}

func TestCostsThatCannotBe(t *testing.T) {
	for _, c := range []secret.Cost{{}, {Memory: 7, Passes: 1, Threads: 1}, {Memory: 8, Threads: 1}, {Memory: 8, Passes: 1}, {Memory: 2 << 20, Passes: 1, Threads: 1}, {Memory: 8, Passes: 1, Threads: 2}} {
		if _, err := secret.New(make([]byte, secret.PepperSize), c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
	if _, err := secret.New([]byte("short"), cheap); err == nil {
		t.Error("a short pepper was taken")
	}
}
