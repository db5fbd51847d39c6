package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	kiosksync "madoguchi/sync"
)

// TestServeWithItsOwnCertificate: from nothing to a terminal that trusts this server
// and no other.
func TestServeWithItsOwnCertificate(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	before := strings.TrimSpace(must(t, data, "terminal", "add", "--branch", "chuo")) // the server was never started
	address, stop := serving(t, data)
	code := strings.TrimSpace(must(t, data, "terminal", "add", "--branch", "chuo"))
	if want := regexp.MustCompile(`^[0-9A-Z]{4}(-[0-9A-Z]{4}){7}$`); !want.MatchString(code) || !want.MatchString(before) || code[19:] != before[19:] {
		t.Errorf("codes %s and %s", before, code)
	}
	for _, c := range []string{before, code} {
		if err := kiosksync.Enrol(t.Context(), t.TempDir(), "https://"+address, c); err != nil {
			t.Error(err)
		}
	}
	code = strings.TrimSpace(must(t, data, "terminal", "add", "--branch", "chuo"))
	wrong := code[:20] + strings.Map(func(r rune) rune {
		if r == 'A' {
			return 'B'
		}
		return 'A'
	}, code[20:24]) + code[24:]
	if err := kiosksync.Enrol(t.Context(), t.TempDir(), "https://"+address, wrong); !errors.Is(err, kiosksync.ErrAuthority) {
		t.Errorf("a wrong code: %v", err)
	}
	if err := kiosksync.Enrol(t.Context(), t.TempDir(), "https://"+address, code); err != nil {
		t.Errorf("the right one after it: %v", err)
	}
	if status := stop(); status != 0 {
		t.Errorf("status %d", status)
	}
	for _, name := range []string{"pepper", "requests.key", "tls/ca-key.pem", "tls/server.pem"} {
		info, err := os.Stat(filepath.Join(data, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if out := must(t, data, "--config", file(t, "free.toml", `listen = "127.0.0.1:0"`), "terminal", "list"); out == "" {
		t.Error("no terminals")
	}
}

func TestPlainHTTP(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	address, stop := serving(t, data, "--plain-http")
	code := strings.TrimSpace(must(t, data, "terminal", "add", "--branch", "chuo"))
	if len(code) != 19 {
		t.Errorf("the code %s names an authority that is not in use", code)
	}
	if err := kiosksync.Enrol(t.Context(), t.TempDir(), "http://"+address, code); err != nil {
		t.Error(err)
	}
	stop()
	_, stop = serving(t, data) // and with its own certificate from now on
	stop()
	if code := must(t, data, "terminal", "add", "--branch", "chuo"); len(strings.TrimSpace(code)) != 39 {
		t.Errorf("the code %s names no authority", code)
	}
}

func TestNamesOfTheServer(t *testing.T) {
	for listen, want := range map[string][]string{
		"127.0.0.1:8443":       {"127.0.0.1", "::1", "localhost", "library.example"},
		"192.0.2.7:8443":       {"192.0.2.7", "127.0.0.1"},
		"central.example:8443": {"central.example"},
		":8443":                machineAddresses(),
		"[::]:8443":            machineAddresses(),
	} {
		names, err := settings{Listen: listen, Hosts: []string{"library.example"}}.names()
		if err != nil {
			t.Error(err)
		}
		for _, name := range want {
			if !slices.Contains(names, name) {
				t.Errorf("listening on %s: %q lacks %s", listen, names, name)
			}
		}
		if slices.Contains(names, "") || slices.Contains(names, "::") {
			t.Errorf("listening on %s: %q", listen, names)
		}
	}
}
