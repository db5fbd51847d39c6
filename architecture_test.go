// Package madoguchi has only tests: they hold what is true of the whole, such as the layers
// of ARCHITECTURE.md.
package madoguchi

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "madoguchi/"

// mayImport says which folders of ours a folder may import; what is below a folder
// counts as the folder itself. "*" is everything.
var mayImport = []struct {
	folder string
	of     []string
}{
	{"library", nil},
	{"barcode", nil},
	{"assets", nil},
	{"store", []string{"library"}},
	{"store/outbox", nil},
	{"central/protocol", []string{"library"}},
	{"sync", []string{"library", "store", "central/protocol"}},
	{"kiosk/session", []string{"library", "barcode"}},
	{"kiosk/theme", nil},
	{"kiosk/linebreak", nil},
	{"kiosk/slip", []string{"library", "kiosk/linebreak"}},
	{"kiosk/printer", nil},
	{"kiosk/widget", []string{"kiosk/theme", "kiosk/linebreak"}},
	{"kiosk/screen", []string{"library", "barcode", "assets", "kiosk/session", "kiosk/slip", "kiosk/theme", "kiosk/widget"}},
	{"central/db", nil},
	{"central/marc", nil},
	{"central/intake", []string{"library", "central/catalogue", "central/marc"}},
	{"central/catalogue", []string{"library", "central/db", "central/protocol"}},
	{"central/circulation", []string{"library", "central/db"}},
	{"central/ledger", []string{"library", "central/db", "central/circulation"}},
	{"central/audit", []string{"central/db"}},
	{"central/generate", []string{"library"}},
	{"central/secret", nil},
	{"central/backup", nil},
	{"central/authority", nil},
	{"central/mail", []string{"library"}},
	{"central", []string{"library", "store", "central"}},
	{"cmd", []string{"*"}},
}

func TestImportsKeepToTheirLayers(t *testing.T) {
	for _, line := range goList(t, `{{.ImportPath}} {{join .Imports " "}}`, "./...") {
		fields := strings.Fields(line)
		importer, ok := strings.CutPrefix(fields[0], module)
		if !ok {
			continue // this package
		}
		layer, of := layerOf(importer)
		if layer == "" {
			t.Errorf("%s belongs to no layer: give it one here and in ARCHITECTURE.md", importer)
			continue
		}
		for _, path := range fields[1:] {
			imported, ours := strings.CutPrefix(path, module)
			if !ours || within(imported, layer) || slices.Contains(of, "*") {
				continue
			}
			if !slices.ContainsFunc(of, func(folder string) bool { return within(imported, folder) }) {
				t.Errorf("%s imports %s, which %s may not", importer, imported, layer)
			}
		}
	}
}

// layerOf returns the deepest folder of the table that holds a package.
func layerOf(pkg string) (folder string, of []string) {
	for _, l := range mayImport {
		if within(pkg, l.folder) && len(l.folder) > len(folder) {
			folder, of = l.folder, l.of
		}
	}
	return folder, of
}

func within(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

func TestServerAndSessionNeedNoDisplay(t *testing.T) {
	for _, pkg := range []string{"./cmd/central", "./cmd/scanner", "./kiosk/session", "./sync"} {
		for _, dep := range goList(t, `{{.ImportPath}}`, "-deps", pkg) {
			if strings.HasPrefix(dep, "fyne.io/") || strings.Contains(dep, "go-gl") {
				t.Errorf("%s needs %s: it must build and run without a display", pkg, dep)
			}
		}
	}
}

// The UI thread sleeps through what is asked of Fyne: kiosk's uiThread wakes it.
func TestOnlyTheUIThreadAsksFyne(t *testing.T) {
	for _, pkg := range []string{"./cmd/kiosk", "./kiosk/..."} {
		for _, file := range goList(t, `{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}`, pkg) {
			if file == "" || filepath.Base(file) == "uithread.go" {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if calls := regexp.MustCompile(`fyne\.(Do|DoAndWait)\b`).FindAll(source, -1); calls != nil {
				t.Errorf("%s: %s: ask the uiThread instead", file, calls)
			}
		}
	}
}

// A table that is gone through is a slice: the order of a map would choose which of its
// errors a person reads.
func TestNoTableIsAMap(t *testing.T) {
	table := regexp.MustCompile(`range map\[`)
	for _, file := range goList(t, `{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}}{{"\n"}}{{end}}`, "./...") {
		if file == "" || strings.HasSuffix(filepath.Dir(file), "test") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if table.Match(source) {
			t.Errorf("%s goes through a map that it has just made: make it a slice", file)
		}
	}
}

// The folders of the top level that hold Go, as git knows them: docs, examples, what was
// built and what somebody left lying about are no folders of source.
func TestTopLevelIsFixed(t *testing.T) {
	out, err := exec.Command("git", "ls-files", "-z", "*.go").Output()
	if err != nil || len(out) == 0 {
		t.Skipf("git does not know this folder, so that it cannot be told which folders belong to the source: %v", err)
	}
	folders := []string{"assets", "barcode", "central", "cmd", "kiosk", "library", "store", "sync"}
	for _, file := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		folder, _, below := strings.Cut(file, "/")
		if below && !slices.Contains(folders, folder) {
			t.Errorf("%s: the top level has no folder %s with Go", file, folder)
		}
	}
}

func goList(t *testing.T, format string, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-f", format}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
