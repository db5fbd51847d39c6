package main

import (
	"strings"
	"testing"

	"madoguchi/library"
)

func TestTemporaryPassword(t *testing.T) {
	data, config := t.TempDir(), file(t, "central.toml", quick)
	must(t, data, "--config", config, "patron", "import", file(t, "patrons.csv", "id,card,name\np1,1001,港 花子\n"))
	seen := map[string]bool{}
	for range 2 {
		out, told, code := command(t, data, "--config", config, "temporary-password", "10-01", "--document", "passport")
		password := strings.TrimSpace(out)
		if code != 0 || !library.IsTemporary(password) || seen[password] || !strings.Contains(told, "Valid until") {
			t.Errorf("status %d: %q, %s", code, out, told)
		}
		seen[password] = true
	}
	for _, test := range []struct {
		says string
		args []string
	}{
		{"no patron", []string{"9999", "--document", "passport"}},
		{"driving_licence", []string{"1001", "--document", "point_card"}},
	} {
		args := append([]string{"--config", config, "temporary-password"}, test.args...)
		if _, told, code := command(t, data, args...); code != failed || !strings.Contains(told, test.says) {
			t.Errorf("%v: status %d, %s", test.args, code, told)
		}
	}
	if _, _, code := command(t, data, "--config", config, "temporary-password", "1001"); code != usage {
		t.Errorf("without a document: status %d", code)
	}
	if out := must(t, data, "--config", config, "audit", "verify"); !strings.HasPrefix(out, "3:") {
		t.Errorf("audit log: %s", out)
	}
}

func TestStaffCardCommands(t *testing.T) {
	data, config := t.TempDir(), file(t, "central.toml", quick+"[barcode.staff]\nlengths = [4]\nprefix = \"9\"\n")
	staff := func(args ...string) (string, string, int) {
		return typed(t, "a long password\n", data, append([]string{"--config", config, "staff"}, args...)...)
	}
	for _, args := range [][]string{
		{"add", "sato", "--role", "desk", "--card", "90-01"}, {"add", "ito", "--role", "admin"}, {"card", "ito", "9002"}, {"card", "ito"}, {"card", "ito", "９００３"},
	} {
		if _, told, code := staff(args...); code != 0 {
			t.Errorf("%v: %s", args, told)
		}
	}
	for _, test := range []struct {
		says string
		args []string
	}{
		{"another staff member", []string{"card", "ito", "9001"}},
		{"another staff member", []string{"add", "mori", "--role", "desk", "--card", "9003"}},
		{"not the number of a staff card", []string{"card", "ito", "1001"}},
		{"not the number of a staff card", []string{"add", "mori", "--role", "desk", "--card", "1"}},
		{"no staff member", []string{"card", "mori", "9004"}},
	} {
		if _, told, code := staff(test.args...); code != failed || !strings.Contains(told, test.says) {
			t.Errorf("%v: status %d, %s", test.args, code, told)
		}
	}
	out, _, _ := staff("list")
	if !strings.Contains(out, "9001") || !strings.Contains(out, "9003") || strings.Contains(out, "9002") || strings.Contains(out, "mori") {
		t.Errorf("list:\n%s", out)
	}
	if out := must(t, data, "--config", config, "audit", "verify"); !strings.HasPrefix(out, "5:") {
		t.Errorf("audit log: %s", out)
	}
}
