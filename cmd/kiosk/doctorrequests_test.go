package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"madoguchi/store/outbox"
)

// What the doctor says of requests, for each way in which they may stand.
func TestDoctorOfRequests(t *testing.T) {
	old, recent := time.Now().Add(-50*time.Hour), time.Now().Add(-time.Hour)
	put := func(n int, at time.Time) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			o, err := outbox.Open(filepath.Join(dir, "outbox.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer o.Close()
			for i := range n {
				if err := o.Put(t.Context(), outbox.Letter{ID: fmt.Sprint(i), Key: "k", Sealed: []byte("sealed"), At: at.Add(time.Duration(i) * time.Second)}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	write := func(name, text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	key := write("site.json", `{"site":{"request_key":"key"}}`)
	for name, tt := range map[string]struct {
		folder []func(*testing.T, string)
		wrong  int
		says   []string
	}{
		"none yet":      {nil, 0, []string{"No requests were left here yet"}},
		"no key":        {[]func(*testing.T, string){put(0, old)}, 0, []string{"has not told yet that it takes any"}},
		"all is well":   {[]func(*testing.T, string){key, put(0, old)}, 0, []string{"ok     Requests can be left here"}},
		"some wait":     {[]func(*testing.T, string){key, put(3, recent)}, 0, []string{"handed over: 3, the oldest since " + recent.Format("2006-01-02 15:04"), "can be left here"}},
		"some too long": {[]func(*testing.T, string){key, put(2, old)}, 1, []string{"WRONG  Requests that wait to be handed over: 2, the oldest since " + old.Format("2006-01-02 15:04")}},
		"as many as can": {[]func(*testing.T, string){key, put(outbox.MostLetters, recent)}, 1,
			[]string{fmt.Sprint("WRONG  No more requests can be left here: ", outbox.MostLetters, " wait")}},
		"unreadable": {[]func(*testing.T, string){key, put(3, old), func(t *testing.T, dir string) {
			o, err := outbox.Open(filepath.Join(dir, "outbox.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer o.Close()
			if err := o.MarkUnreadable(t.Context(), "1"); err != nil {
				t.Fatal(err)
			}
		}}, 1, []string{"ok     Requests that wait to be handed over: 2", "WRONG  Requests that the server could not read: 1", "requests.key"}},
		"no room": {[]func(*testing.T, string){key, put(1, recent), func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "outbox.db-wal")); err != nil {
				t.Fatal(err)
			}
		}}, 1, []string{"WRONG  No requests can be left here while the server is away: there was no room"}},
		"damaged":   {[]func(*testing.T, string){key, write("outbox.db", "no outbox")}, 1, []string{"WRONG  The requests that were left here cannot be read", "Start kiosk anew"}},
		"set aside": {[]func(*testing.T, string){key, write("outbox.db", "no outbox"), put(0, old)}, 1, []string{"WRONG  A damaged file of requests was set aside", "central request", "ok     Requests can be left"}},
		"a folder in its place": {[]func(*testing.T, string){func(t *testing.T, dir string) {
			if err := os.Mkdir(filepath.Join(dir, "outbox.db"), fs.ModePerm); err != nil {
				t.Fatal(err)
			}
		}}, 1, []string{"WRONG  The requests that were left here cannot be looked at"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write("terminal.json", `{"server":"https://central.example.jp","terminal":"t1","secret":"s","branch":"chuo"}`)(t, dir)
			for _, prepare := range tt.folder {
				prepare(t, dir)
			}
			var out bytes.Buffer
			d := &doctor{env: &env{ctx: t.Context(), config: Config{Data: dir}, stdout: &out}}
			d.requests()
			if d.wrong != tt.wrong {
				t.Errorf("%d are wrong, not %d", d.wrong, tt.wrong)
			}
			for _, want := range tt.says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not said", want)
				}
			}
			if t.Failed() {
				t.Log(out.String())
			}
		})
	}
}
