package main

import (
	"encoding/json"
	"strings"
	"testing"

	"madoguchi/library"
)

func TestGenerate(t *testing.T) {
	data := t.TempDir()
	out, told, code := command(t, data, "generate", "--bibs", "700", "--copies", "900", "--seed", "3")
	if code != 0 || out != "700 bibs in 20 branches\n" {
		t.Fatalf("status %d\n%s%s", code, out, told)
	}
	if _, told, code := command(t, data, "generate", "--bibs", "700"); code != failed || !strings.Contains(told, "--data") {
		t.Errorf("into a library: status %d, %s", code, told)
	}
	if _, told, code := command(t, data, "edition", "build"); code != 0 {
		t.Errorf("no edition of it: status %d, %s", code, told)
	}
	printed, told, code := command(t, t.TempDir(), "generate", "--bibs", "700", "--copies", "900", "--seed", "3", "--print")
	if code != 0 {
		t.Fatalf("status %d: %s", code, told)
	}
	copies, lines := 0, strings.Split(strings.TrimSpace(printed), "\n")
	for _, line := range lines {
		var r library.Record
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Bib.ID == "" {
			t.Fatalf("%s: %v", line, err)
		}
		copies += len(r.Items)
	}
	if len(lines) != 700 || copies != 900 {
		t.Errorf("%d records with %d copies are printed", len(lines), copies)
	}
	if _, told, code := command(t, t.TempDir(), "generate", "--bibs", "0"); code != failed || told == "" {
		t.Errorf("no bibs at all: status %d, %s", code, told)
	}
}
