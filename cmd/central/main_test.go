package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"madoguchi/central/protocol"
)

// command runs the command in a data folder.
func command(t *testing.T, data string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return typed(t, "", data, args...)
}

// typed runs the command and types something into it.
func typed(t *testing.T, keys, data string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, err strings.Builder
	code = run(t.Context(), append([]string{"--data", data}, args...), strings.NewReader(keys), &out, &err)
	return out.String(), err.String(), code
}

// must runs a command that has to go well.
func must(t *testing.T, data string, args ...string) string {
	t.Helper()
	out, err, code := command(t, data, args...)
	if code != 0 {
		t.Fatalf("central %s: status %d\n%s%s", strings.Join(args, " "), code, out, err)
	}
	return out
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const books = `id,title,title_reading,creator,year,barcode,branch
b1,こころ,ココロ,夏目漱石,1914,1001,chuo
b2,三四郎,サンシロウ,夏目漱石,1908,1002,chuo
b3,どこにもない館の本,,誰か,2000,1003,nowhere
b4,坊っちゃん,ボッチャン,夏目漱石,1906,1004,chuo
`

func TestFromBranchToEdition(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館", "--short", "中央", "--name-en", "Central Library",
		"--hours", "9:30-19:00", "--hours", "sat,sun=9:30-17:00", "--closed", "mon", "--closed-on", "2026-12-30,2026-12-29")
	if out := must(t, data, "branch", "list"); !strings.Contains(out, "中央図書館") || !strings.Contains(out, "Central Library") {
		t.Errorf("branch list:\n%s", out)
	}
	csv := file(t, "books.csv", books)
	out, told, code := command(t, data, "import", "csv", csv)
	if code != leftOut || !strings.Contains(out, "4 records read: 3 new, 0 changed, 0 unchanged, 1 left out") {
		t.Errorf("import: status %d, %s", code, out)
	}
	if !strings.Contains(told, "row 3") || !strings.Contains(told, "line 4") || !strings.Contains(told, "nowhere") {
		t.Errorf("the bad record is told of as: %s", told)
	}
	if out, _, _ := command(t, data, "import", "csv", csv); !strings.Contains(out, "0 new, 0 changed, 3 unchanged, 1 left out") {
		t.Errorf("import again: %s", out)
	}
	if out := must(t, data, "edition", "build"); !strings.Contains(out, "3 bibs, 3 items") {
		t.Errorf("edition: %s", out)
	}
	must(t, data, "terminal", "add", "--branch", "chuo", "--name", "入口")
	list := must(t, data, "terminal", "list")
	id := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).FindString(list)
	if id == "" || !strings.Contains(list, "入口") {
		t.Fatalf("terminal list:\n%s", list)
	}
	must(t, data, "terminal", "revoke", id)
	must(t, data, "terminal", "add", "--kind", "web", "--name", "ホームページ")
	if list := must(t, data, "terminal", "list"); !regexp.MustCompile(`kiosk +chuo +入口`).MatchString(list) || !regexp.MustCompile(`web +- +ホームページ`).MatchString(list) {
		t.Errorf("terminal list:\n%s", list)
	}
}

func TestRefusals(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	csv := file(t, "books.csv", books)
	for _, test := range []struct {
		code int
		says string
		args []string
	}{
		{usage, "expected", nil},
		{usage, "unknown flag", []string{"serve", "--nonsense"}},
		{usage, "--branch", []string{"terminal", "add"}},
		{failed, "no such branch", []string{"terminal", "add", "--branch", "kita"}},
		{usage, "leave out --branch", []string{"terminal", "add", "--kind", "web", "--branch", "chuo"}},
		{usage, "kiosk", []string{"terminal", "add", "--kind", "phone", "--branch", "chuo"}},
		{failed, "no such branch", []string{"import", "csv", "--branch", "kita", csv}},
		{failed, "no such file", []string{"import", "marc", "/nonexistent"}},
		{failed, "names no column", []string{"import", "csv", "--columns", "title", csv}},
		{failed, "no such terminal", []string{"terminal", "revoke", "x"}},
		{failed, "opening hours", []string{"branch", "add", "x", "X", "--hours", "19:00-9:00"}},
		{failed, "opening hours", []string{"branch", "add", "x", "X", "--hours", "25:00-26:00"}},
		{failed, "weekday", []string{"branch", "add", "x", "X", "--closed", "someday"}},
		{failed, "is a day that the calendar does not have", []string{"branch", "add", "x", "X", "--closed-on", "2026-13-01"}},
		{failed, "is not a date", []string{"branch", "add", "x", "X", "--closed-on", "soon"}},
		{failed, "lower-case", []string{"branch", "add", "Ｘ", "X"}},
		{failed, "leave out --plain-http", []string{"serve", "--plain-http", "--listen", "0.0.0.0:0"}},
		{failed, "leave out --plain-http", []string{"serve", "--plain-http", "--listen", ":0"}},
		{failed, "cannot be given together", []string{"serve", "--plain-http", "--tls-cert", csv, "--tls-key", csv}},
		{failed, "neither the name nor the address", []string{"serve", "--host", "https://x"}},
		{failed, "write it like", []string{"serve", "--listen", "8443"}},
		{failed, "needed together", []string{"serve", "--tls-cert", "x"}},
		{failed, "cannot be used", []string{"serve", "--tls-cert", csv, "--tls-key", csv}},
		{failed, "mysql", []string{"--db", "mysql://x", "branch", "list"}},
		{failed, "does not exist", []string{"--config", file(t, "c.toml", "lisen = 'x'"), "branch", "list"}},
		{failed, "cannot be read", []string{"--config", "/nonexistent.toml", "branch", "list"}},
		{failed, "loan_days", []string{"--config", file(t, "c.toml", "[policy]\nloan_days = 0"), "branch", "list"}},
		{failed, "loan_day", []string{"--config", file(t, "c.toml", "[policy]\nloan_day = 7"), "branch", "list"}},
		{failed, "expire_hour", []string{"--config", file(t, "c.toml", "[policy]\nexpire_hour = 24"), "branch", "list"}},
		{failed, "line 2: [site] time_zone: the time zone", []string{"--config", file(t, "c.toml", "[site]\ntime_zone = 'Mars'"), "branch", "list"}},
		{failed, "line 2: policy.loan_days must be a whole number, without quotation marks, and is a text; write it like loan_days = 14", []string{"--config", file(t, "c.toml", "[policy]\nloan_days = \"20\""), "branch", "list"}},
		{failed, "line 1: a setting that does not exist: lisen; is listen meant?", []string{"--config", file(t, "c.toml", "lisen = 'x'"), "branch", "list"}},
		{failed, "line 1: edition_after = -1: it must be at least 1", []string{"--config", file(t, "c.toml", "edition_after = -1"), "branch", "list"}},
		{failed, "line 1: listen must be an address and a port, like 127.0.0.1:8480", []string{"--config", file(t, "c.toml", "listen = '8443'"), "branch", "list"}},
		{failed, "line 1: the character ＝ is not the usual one; write =", []string{"--config", file(t, "c.toml", "data ＝ 'x'"), "branch", "list"}},
		{failed, "it is in Shift_JIS; save it as UTF-8", []string{"--config", file(t, "c.toml", "[site]\nname = '\x90}\x8f\x91\x8a\xd9'"), "branch", "list"}},
		{failed, "it is a folder", []string{"--config", t.TempDir(), "branch", "list"}},
	} {
		out, told, code := command(t, data, test.args...)
		if code != test.code || !strings.Contains(told, test.says) {
			t.Errorf("central %s: status %d, want %d with %q\n%s%s", strings.Join(test.args, " "), code, test.code, test.says, out, told)
		}
	}
	if out, _, code := command(t, data, "--help"); code != 0 || !strings.Contains(out, "import marc") {
		t.Errorf("--help: status %d\n%s", code, out)
	}
}

func TestSettingsFile(t *testing.T) {
	dir := t.TempDir()
	path := file(t, "central.toml", `
data = "`+dir+`"
listen = "127.0.0.1:9999"
edition_after = 7
[site]
name = "○○市立図書館"
[policy]
loan_days = 21
idle_after = 90
[[notice]]
ja = "月曜休館"
en = "Closed on Mondays"
`)
	s, err := settingsFlags{Config: path}.settings()
	if err != nil {
		t.Fatal(err)
	}
	if s.Data != dir || s.DB != "sqlite:"+filepath.Join(dir, "central.db") || s.Listen != "127.0.0.1:9999" || s.EditionAfter != 7 {
		t.Errorf("settings %+v", s)
	}
	if p := s.Site.Policy; s.Site.Name != "○○市立図書館" || s.Site.TimeZone != "Asia/Tokyo" || p.LoanDays != 21 || p.IdleAfter != 90 || p.MaxHolds != 20 {
		t.Errorf("site %+v", s.Site)
	}
	if len(s.Site.Notices) != 1 || s.Site.Notices[0].Text["en"] != "Closed on Mondays" {
		t.Errorf("notices %+v", s.Site.Notices)
	}
	s, err = settingsFlags{Config: path, Data: "elsewhere", DB: "postgres://x"}.settings()
	if err != nil || s.Data != "elsewhere" || s.DB != "postgres://x" {
		t.Errorf("flags do not come before the file: %+v, %v", s, err)
	}
}

// serving starts the server and returns its address.
func serving(t *testing.T, data string, args ...string) (address string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"--data", data, "serve", "--listen", "127.0.0.1:0"}, args...), strings.NewReader(""), io.Discard, w)
		w.Close()
	}()
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if m := regexp.MustCompile(`msg=listening address=(\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			address = m[1]
			break
		}
		t.Log(lines.Text())
	}
	go io.Copy(io.Discard, r)
	if address == "" {
		t.Fatalf("it does not listen, status %d", <-ended)
	}
	return address, func() int { cancel(); return <-ended }
}

func TestServe(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	cert, key := certificate(t)
	address, stop := serving(t, data, "--tls-cert", cert, "--tls-key", key)
	code := strings.TrimSpace(must(t, data, "terminal", "add", "--branch", "chuo"))
	if len(code) != 19 {
		t.Errorf("the code %s names an authority that is not in use", code)
	}
	roots := x509.NewCertPool()
	pem, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	roots.AppendCertsFromPEM(pem)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	wire, err := protocol.NewClient("https://"+address, "", client)
	if err != nil {
		t.Fatal(err)
	}
	e, err := wire.Enrol(t.Context(), code)
	if err != nil || e.Branch != "chuo" {
		t.Fatalf("enrol: %+v, %v", e, err)
	}
	client.CloseIdleConnections()
	if status := stop(); status != 0 {
		t.Errorf("told to end, it ended with status %d", status)
	}
}

func TestDoctor(t *testing.T) {
	data := t.TempDir()
	out, _, code := command(t, data, "doctor")
	if code != failed || !strings.Contains(out, "WRONG") || !strings.Contains(out, "there is no library here yet") {
		t.Errorf("before anything: status %d\n%s", code, out)
	}
	must(t, data, "migrate")
	out, _, code = command(t, data, "doctor")
	if code != failed || !strings.Contains(out, "central branch add") || !strings.Contains(out, "central edition build") {
		t.Errorf("without branch and edition: status %d\n%s", code, out)
	}
	must(t, data, "branch", "add", "chuo", "中央図書館")
	must(t, data, "edition", "build")
	config := file(t, "free.toml", `listen = "127.0.0.1:0"`)
	if out := must(t, data, "--config", config, "doctor"); !strings.Contains(out, "All is well") {
		t.Errorf("when all is well:\n%s", out)
	}
	chunks, err := filepath.Glob(filepath.Join(data, "chunks", "*"))
	if err != nil || len(chunks) == 0 {
		t.Fatal(chunks, err)
	}
	if err := os.WriteFile(chunks[0], []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	config = file(t, "open.toml", "listen = '192.0.2.1:80'\nplain_http = true")
	out, _, code = command(t, data, "--config", config, "doctor")
	if code != failed || !strings.Contains(out, "damaged") || !strings.Contains(out, "refused") || !strings.Contains(out, "--plain-http") {
		t.Errorf("with a damaged chunk and an open address: status %d\n%s", code, out)
	}
	config = file(t, "nowhere.toml", `db = "postgres:///x?host=/nonexistent"`)
	if out, _, code := command(t, data, "--config", config, "doctor"); code != failed || !strings.Contains(out, "database cannot be opened") {
		t.Errorf("without a database: status %d\n%s", code, out)
	}
}

// certificate makes a certificate for this machine.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "central"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(365 * 24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile = file(t, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	keyFile = file(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})))
	return certFile, keyFile
}
