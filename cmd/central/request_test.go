package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

// TestARequestIsFoundByItsReceipt: left while the server was away, handed over when it
// serves, and looked up at the counter.
func TestARequestIsFoundByItsReceipt(t *testing.T) {
	data, config := t.TempDir(), file(t, "central.toml", quick)
	desk := func(args ...string) string { return must(t, data, append([]string{"--config", config}, args...)...) }
	desk("branch", "add", "chuo", "中央図書館")
	desk("import", "csv", file(t, "books.csv", "id,title,barcode,branch\nb1,こころ,1001,chuo\nb2,三四郎,1002,chuo\n"))
	desk("patron", "import", file(t, "patrons.csv", "id,card,name\np1,21000000011,港 花子\np2,21000000028,北 次郎\n"))
	for _, card := range []string{"21000000011", "21000000028"} {
		givePassword(t, data, config, card, "right1")
	}
	desk("--config", file(t, "day.toml", quick+"[policy]\nloan_days = 1\n"), "checkout", "21000000011", "1001") // so that a renewal lengthens it
	enrolment := strings.TrimSpace(desk("terminal", "add", "--branch", "chuo", "--name", "入口"))
	address, stop := serving(t, data, "--config", config, "--plain-http")
	defer stop()
	wire, err := protocol.NewClient("http://"+address, "", http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	enrolled, err := wire.Enrol(t.Context(), enrolment)
	if err != nil {
		t.Fatal(err)
	}
	if wire, err = protocol.NewClient("http://"+address, enrolled.Secret, http.DefaultClient); err != nil {
		t.Fatal(err)
	}
	site, _, err := wire.Site(t.Context(), "")
	if err != nil || site.RequestKey == "" {
		t.Fatalf("the key for requests is %q, %v", site.RequestKey, err)
	}
	received := time.Now().Add(-3 * time.Hour)
	now := time.Now().In(site.Location())
	if today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()); received.Before(today) {
		received = today // yesterday nothing was on loan
	}
	leave := func(r library.Request) (receipt string) {
		t.Helper()
		id := uuid.Must(uuid.NewV7())
		r.ReceivedAt = received
		sealed, err := protocol.SealRequest(site.RequestKey, id.String(), r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := wire.Request(t.Context(), id.String(), sealed); err != nil {
			t.Fatal(err)
		}
		return library.ReceiptCode(id)
	}
	holds := &library.HoldRequest{Bibs: []library.BibID{"b2", "b1", "none"}, Pickup: "chuo", Contact: library.ByPhone}
	held := leave(library.Request{Card: "21000000011", Password: "right1", Holds: holds})
	renewed := leave(library.Request{Card: "21000000011", Password: "right1", RenewItem: "1001"})
	nowhere := leave(library.Request{Card: "21000000011", Password: "right1", Holds: &library.HoldRequest{Bibs: []library.BibID{"b2"}, Pickup: "kita", Contact: library.NoNews}})
	wrong := leave(library.Request{Card: "21000000028", Password: "wrong", Holds: holds})
	for code, says := range map[string][]string{
		held: {"(chuo, 入口)", "with the card 21000000011", "三四郎: held", "こころ: refused: the patron has it on loan", "(a title that is not known): refused: there is no such bib", "will not be told"},
		strings.ToLower(strings.ReplaceAll(renewed, "-", " ")): {"こころ: renewed until 20"},
		nowhere:          {"all of it was refused: there is no such pickup branch", "三四郎: not done"},
		fullWidth(wrong): {"all of it was refused: the card number and the password did not match"},
		"000-000":        {"No request with the receipt 000-000 has arrived yet"},
	} {
		out := desk("request", code)
		for _, text := range says {
			if !strings.Contains(out, text) {
				t.Errorf("request %s does not say %q:\n%s", code, text, out)
			}
		}
		if out := strings.ReplaceAll(out, "21000000011", ""); code == fullWidth(wrong) && strings.Contains(out, "2100") || strings.Contains(out, "港") || strings.Contains(out, "right1") {
			t.Errorf("request %s tells too much:\n%s", code, out)
		}
	}
	if out := desk("request", held); !strings.Contains(out, "received "+received.In(site.Location()).Format("2006-01-02")) || !regexp.MustCompile(`handed over 20\d\d-`).MatchString(out) {
		t.Errorf("request: %s", out)
	}
	for _, code := range []string{"K7M", "K7M-4QX-9", "ああああああ", ""} {
		if _, told, status := command(t, data, "--config", config, "request", code); status != failed || !strings.Contains(told, "such as K7M-4QX") {
			t.Errorf("request %q: status %d, %s", code, status, told)
		}
	}
	tellsNothing(t, desk("audit", "verify"))
}

func fullWidth(code string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '！' }, code)
}

// givePassword gives the patron with a card a password, as an application at a terminal would.
func givePassword(t *testing.T, data, config string, card, password string) {
	t.Helper()
	s, err := settingsFlags{Config: config, Data: data}.settings()
	if err != nil {
		t.Fatal(err)
	}
	a := &app{ctx: t.Context(), settings: s, stdout: t.Output(), stderr: t.Output()}
	err = a.with(func(s *server) error {
		passwords, err := a.passwords(s)
		if err != nil {
			return err
		}
		p, err := s.ledger.PatronByCard(t.Context(), card)
		if err != nil {
			return err
		}
		return passwords.SetPassword(t.Context(), p.ID, password)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRequestKeyFile(t *testing.T) {
	data, config := t.TempDir(), file(t, "central.toml", quick)
	path := filepath.Join(data, "requests.key")
	doctor := func(args ...string) string {
		out, _, _ := command(t, data, append([]string{"--config", config, "doctor"}, args...)...)
		return out
	}
	must(t, data, "branch", "add", "chuo", "中央図書館")
	if out := doctor(); !strings.Contains(out, "ok     There is no request key file yet") {
		t.Errorf("before: %s", out)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("doctor made the key: %v", err)
	}
	_, stop := serving(t, data, "--config", config)
	if code := stop(); code != 0 {
		t.Errorf("serve ends with status %d", code)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != protocol.RequestKeySize {
		t.Fatalf("the key: %v, %v", info, err)
	}
	if out := doctor(); !strings.Contains(out, "ok     The request key file "+path+" can be read. Keep a copy") {
		t.Errorf("after: %s", out)
	}
	if out := doctor("--request-key-file", filepath.Join(data, "another")); !strings.Contains(out, "another is missing, and the database needs it") {
		t.Errorf("another: %s", out)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if out := doctor(); !strings.Contains(out, "WRONG  The request key file "+path+" can be read by everybody") {
		t.Errorf("readable: %s", out)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := doctor(); !strings.Contains(out, "WRONG  No requests can be read that patrons left at terminals: the request key file") {
		t.Errorf("short: %s", out)
	}
	if _, told, code := command(t, data, "--config", config, "serve", "--listen", "127.0.0.1:0"); code != failed || !strings.Contains(told, "5 bytes, not 32: put back the one from your backup") {
		t.Errorf("serve: status %d, %s", code, told)
	}
}

// TestAStrangersKeys: a server with other keys than those of the database does not serve,
// and makes none in the place of what is missing.
func TestAStrangersKeys(t *testing.T) {
	data, config := t.TempDir(), file(t, "central.toml", quick)
	must(t, data, "branch", "add", "chuo", "中央図書館")
	_, stop := serving(t, data, "--config", config)
	if code := stop(); code != 0 {
		t.Fatal("serve ends with status", code)
	}
	refuses := func(says string, args ...string) {
		t.Helper()
		args = append([]string{"--config", config}, args...)
		if _, told, code := command(t, data, append(args, "serve", "--listen", "127.0.0.1:0")...); code != failed || !strings.Contains(told, says) {
			t.Errorf("serve: status %d, want %q in: %s", code, says, told)
		}
	}
	other := t.TempDir()
	refuses("is missing, and terminals seal requests to it: copy it from another server", "--request-key-file", filepath.Join(other, "requests.key"))
	refuses("is missing, and the passwords in this database were made with one: copy it", "--pepper-file", filepath.Join(other, "pepper"))
	if made, err := os.ReadDir(other); err != nil || len(made) > 0 {
		t.Errorf("made: %v, %v", made, err)
	}
	strange := file(t, "key", strings.Repeat("k", protocol.RequestKeySize))
	refuses("is another than the one that terminals seal requests to", "--request-key-file", strange)
	refuses("made with another pepper file", "--pepper-file", strange)
	if out, _, _ := command(t, data, "--config", config, "--request-key-file", strange, "doctor"); !strings.Contains(out, "WRONG  No requests can be read that patrons left at terminals: the request key file "+strange+" is another") {
		t.Errorf("doctor: %s", out)
	}

	// The old one is lost for good.
	_, stop = serving(t, data, "--config", config, "--request-key-file", strange, "--new-request-key")
	if code := stop(); code != 0 {
		t.Error("serve with a new key ends with status", code)
	}
	refuses("is another than the one")
}
