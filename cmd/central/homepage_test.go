package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

const homePageDoc = "../../docs/homepage.md"

// homePageBlock is a block of lines of docs/homepage.md.
type homePageBlock struct {
	shell   string
	answers string // JSON, in which "…" stands for anything; "": nothing is answered
}

func homePageBlocks(t *testing.T) (blocks []homePageBlock) {
	t.Helper()
	text, err := os.ReadFile(homePageDoc)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		switch {
		case m[1] == "sh":
			blocks = append(blocks, homePageBlock{shell: m[2]})
		case m[1] == "json" && len(blocks) > 0 && blocks[len(blocks)-1].answers == "":
			blocks[len(blocks)-1].answers = m[2]
		default:
			t.Fatalf("a block of %s follows nothing:\n%s", m[1], m[2])
		}
	}
	return blocks
}

// These have a test of this program be what the lines of the document call.
const (
	asCentral = "CENTRAL_TEST_AS_CENTRAL"
	asReader  = "CENTRAL_TEST_AS_READER" // of the mails in a folder
)

// TestAsCentral is central, for the lines of docs/homepage.md.
func TestAsCentral(t *testing.T) {
	if os.Getenv(asCentral) == "" {
		t.Skip("this is what TestHomePageDoc calls")
	}
	os.Exit(run(t.Context(), flag.Args(), os.Stdin, os.Stdout, os.Stderr))
}

// TestAsReader is a visitor who waits for a mail and reads the digits in it.
func TestAsReader(t *testing.T) {
	folder := os.Getenv(asReader)
	if folder == "" {
		t.Skip("this is what TestHomePageDoc calls")
	}
	digits, err := digitsMailed(t, folder, flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(digits)
	os.Exit(0)
}

// digitsMailed waits for a mail with six digits to an address.
func digitsMailed(t *testing.T, folder, address string) (string, error) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		mails, err := filepath.Glob(folder + "/*.eml")
		if err != nil {
			return "", err
		}
		for _, path := range mails {
			raw, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			if !strings.Contains(string(raw), "<"+address+">") {
				continue
			}
			if m := regexp.MustCompile(`\b[0-9]{6}\b`).FindString(textOf(t, string(raw))); m != "" {
				return m, nil
			}
		}
		select {
		case <-ctx.Done():
			return "", errors.New("no digits were mailed to " + address)
		case <-look.C:
		}
	}
}

// TestHomePageDoc runs the lines of docs/homepage.md with a shell, in their order, against
// the demo library that is served, and holds what is answered against what it says.
func TestHomePageDoc(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes the demo library, with all of its passwords")
	}
	for _, tool := range []string{"curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not here: make deps-test", tool)
		}
	}
	dir := t.TempDir()
	demo, bin, out := filepath.Join(dir, "demo"), filepath.Join(dir, "bin"), filepath.Join(dir, "out")
	for _, d := range []string{bin, out} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	program := func(name, env, test string) {
		t.Helper()
		text := fmt.Sprintf("#!/bin/sh\nexec env '%s' '%s' -test.run='^%s$' -- \"$@\"\n", env, os.Args[0], test)
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	program("central", asCentral+"=1", "TestAsCentral")
	program("mailed", asReader+"="+demo+"/mail", "TestAsReader")

	// What the document says of one place is said of this one.
	here := map[string]string{
		"PATH": bin + ":$PATH", "CONFIG": demo + "/central.toml", "CA": demo + "/central/tls/ca.pem",
		"SERVER": "$(jq -r .server " + demo + "/terminal/terminal.json)", "DIGITS": "$(mailed hanako@home.example.jp)",
	}
	blocks := homePageBlocks(t)
	var script strings.Builder
	fmt.Fprintf(&script, "set -eu\ncd '%s'\n", dir)
	for n, b := range blocks {
		lines := regexp.MustCompile(`(?m)^([A-Z]+)=\S+( +#.*)?$`).ReplaceAllStringFunc(b.shell, func(line string) string {
			name, _, _ := strings.Cut(line, "=")
			if value, ok := here[name]; ok {
				delete(here, name)
				return name + "=" + value
			}
			return line
		})
		fmt.Fprintf(&script, "{\n%s} > '%s/%d'\n", lines, out, n)
	}
	if len(here) > 0 {
		t.Errorf("the document no longer sets %v", here)
	}
	path := file(t, "homepage.sh", script.String())
	var says, told strings.Builder
	if code := run(t.Context(), []string{"demo", "--serve", demo, "--listen", "127.0.0.1:0", "--", "sh", path}, strings.NewReader(""), &says, &told); code != 0 {
		t.Errorf("status %d\n%s%s", code, says.String(), told.String())
	}
	for n, b := range blocks {
		got, err := os.ReadFile(filepath.Join(out, fmt.Sprint(n)))
		if errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("it did not come to\n%s", b.shell)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := answers(string(got), b.answers); err != nil {
			t.Errorf("%v\n%s", err, b.shell)
		}
	}
}

// answers reports how an answer is not what the document says.
func answers(got, want string) error {
	if want == "" {
		if strings.TrimSpace(got) != "" {
			return fmt.Errorf("it says nothing of the answer %s", got)
		}
		return nil
	}
	var have, shown any
	if err := json.Unmarshal([]byte(want), &shown); err != nil {
		return fmt.Errorf("%s: %w", want, err)
	}
	if err := json.Unmarshal([]byte(got), &have); err != nil {
		return fmt.Errorf("%s: %w", got, err)
	}
	if !shows(shown, have) {
		return fmt.Errorf("it says %s and the answer is\n%s", want, got)
	}
	return nil
}

// shows reports whether what the document shows is in the answer: of an object some of
// the fields, and "…" is anything, at the end of a list any number.
func shows(shown, have any) bool {
	switch shown := shown.(type) {
	case string:
		return shown == "…" || shown == have
	case map[string]any:
		has, ok := have.(map[string]any)
		for name, value := range shown {
			part, there := has[name]
			ok = ok && there && shows(value, part)
		}
		return ok
	case []any:
		has, ok := have.([]any)
		if n := len(shown); n > 0 && shown[n-1] == "…" && len(has) >= n-1 {
			shown, has = shown[:n-1], has[:n-1]
		}
		ok = ok && len(shown) == len(has)
		for i := range shown {
			ok = ok && shows(shown[i], has[i])
		}
		return ok
	}
	return reflect.DeepEqual(shown, have)
}

// TestHomePageDocHasEachRoute: what docs/wire.md offers to the home page is asked once at
// least.
func TestHomePageDocHasEachRoute(t *testing.T) {
	wire, err := os.ReadFile("../../docs/wire.md")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, b := range homePageBlocks(t) {
		for _, line := range strings.Split(b.shell, "\n") {
			to := regexp.MustCompile(`curl .*"\$SERVER(/[^"]*)"`).FindStringSubmatch(line)
			if to == nil {
				continue
			}
			method := "GET"
			if strings.Contains(line, "--json") {
				method = "POST"
			}
			if m := regexp.MustCompile(`-X ([A-Z]+)`).FindStringSubmatch(line); m != nil {
				method = m[1]
			}
			path := regexp.MustCompile(`\$[A-Z]+|/b[0-9]{4}/`).ReplaceAllStringFunc(to[1], func(part string) string {
				if part[0] == '/' {
					return "/{id}/"
				}
				return "{id}"
			})
			asked[method+" "+path] = true
		}
	}
	offered := regexp.MustCompile("(?m)^\\| `([A-Z]+ /v1/[^`]*)` \\| [^|]* \\| yes \\|").FindAllStringSubmatch(string(wire), -1)
	for _, m := range offered {
		if !asked[m[1]] {
			t.Errorf("it does not show %s", m[1])
		}
	}
	if len(offered) < 15 {
		t.Errorf("only %d routes are offered", len(offered))
	}
}
