package main

import (
	"strings"
	"testing"
	"time"
)

func TestHoldFromPaperToShelf(t *testing.T) {
	data, _ := circulating(t)
	config := atOnce(t)
	run := func(args ...string) string {
		t.Helper()
		return must(t, data, append([]string{"--config", config}, args...)...)
	}
	run("branch", "add", "kita", "北図書館")
	yesterday := time.Now().Add(-24 * time.Hour).Format(receivedLayout)
	if out := run("paper-hold", "1234-5670", "b1", "--pickup", "kita", "--received", yesterday); out != "a copy is set aside: こころ\n" {
		t.Errorf("paper-hold: %s", out)
	}
	if out := run("hold", "list", "--branch", "chuo"); !strings.Contains(out, "1001") || !strings.Contains(out, "kita") || !strings.Contains(out, "こころ") {
		t.Errorf("hold list:\n%s", out)
	}
	if out := run("arrive", "1001"); out != "send it to kita: こころ\n" {
		t.Errorf("fetched: %s", out)
	}
	if out := run("hold", "list", "--branch", "chuo"); strings.Contains(out, "1001") {
		t.Errorf("hold list when it was fetched:\n%s", out)
	}
	if out := run("arrive", "1001", "--branch", "kita"); out != "put it on the hold shelf for card 12345670 (call the patron, see: central hold list --to-call): こころ\n" {
		t.Errorf("arrived: %s", out)
	}
	if out := run("hold", "list", "--to-call", "--branch", "kita"); !strings.Contains(out, "12345670") || !strings.Contains(out, "0931234567") || !strings.Contains(out, "こころ (ready)") {
		t.Errorf("whom to call:\n%s", out)
	}
	if out := run("hold", "told", "1234-5670", "--no-answer"); out != "called in vain, day 1 of 3: こころ\n" {
		t.Errorf("no answer: %s", out)
	}
	if out := run("hold", "told", "1234-5670", "--no-answer"); !strings.HasPrefix(out, "not counted") {
		t.Errorf("no answer once more: %s", out)
	}
	if out := run("hold", "told", "1234-5670"); !strings.HasPrefix(out, "told on ") || !strings.Contains(out, "kept until") {
		t.Errorf("told: %s", out)
	}
	if out := run("hold", "list", "--to-call"); strings.Contains(out, "12345670") {
		t.Errorf("whom to call then:\n%s", out)
	}
	if out := run("hold", "expire"); out != "0 holds expired\n" {
		t.Errorf("hold expire: %s", out)
	}
	for _, test := range []struct {
		says string
		args []string
	}{
		{"holds it already", []string{"paper-hold", "12345670", "b1", "--pickup", "kita"}},
		{"no e-mail address", []string{"paper-hold", "12345674", "b2", "--pickup", "kita", "--contact", "mail"}},
		{"no telephone number", []string{"paper-hold", "12345674", "b2", "--pickup", "kita", "--contact", "phone"}},
		{"no such bib", []string{"paper-hold", "12345670", "b9", "--pickup", "kita"}},
		{"no such branch", []string{"paper-hold", "12345670", "b2", "--pickup", "nowhere"}},
		{"no such branch", []string{"hold", "list", "--branch", "nowhere"}},
		{"is not a time like", []string{"paper-hold", "12345670", "b2", "--pickup", "kita", "--received", "yesterday"}},
		{"in the past", []string{"paper-hold", "12345670", "b2", "--pickup", "kita", "--received", "2999-01-01 09:30"}},
	} {
		_, told, code := command(t, data, append([]string{"--config", config}, test.args...)...)
		if code != failed || !strings.Contains(told, test.says) {
			t.Errorf("central %v: status %d, %s", test.args, code, told)
		}
	}
	if out := must(t, data, "hold", "not-found", "1001"); !strings.HasPrefix(out, "it is missing now: こころ\nthe patron with card 12345670 was told that it is ready, and waits again") {
		t.Errorf("not found: %s", out)
	}
	if out := must(t, data, "hold", "cancel", "1234-5670", "b1"); out != "cancelled: こころ\n" {
		t.Errorf("hold cancel: %s", out)
	}
	if _, told, code := command(t, data, "hold", "cancel", "12345670", "b1"); code != failed || !strings.Contains(told, "does not hold it") {
		t.Errorf("hold cancel again: status %d, %s", code, told)
	}
	must(t, data, "audit", "verify")
}

// atOnce is a settings file by which staff fetch copies as soon as holds are placed.
func atOnce(t *testing.T) string {
	t.Helper()
	return file(t, "central.toml", "[policy]\npick_after = 0\n")
}

func TestCopiesAndTitlesThatGoAway(t *testing.T) {
	data, _ := circulating(t)
	config := atOnce(t)
	run := func(args ...string) string {
		t.Helper()
		return must(t, data, append([]string{"--config", config}, args...)...)
	}
	run("paper-hold", "12345670", "b1", "--pickup", "chuo")
	run("arrive", "1001")
	if out := run("item", "withdraw", "1001"); out != "withdrawn: こころ\nthe hold of card 12345670 waits for another copy\n" {
		t.Errorf("withdraw: %s", out)
	}
	if out := run("hold", "list", "--without-copies"); !strings.Contains(out, "12345670") || !strings.Contains(out, "b1") {
		t.Errorf("without copies:\n%s", out)
	}
	if out := run("hold", "end", "12345670", "b1", "--reason", "no_copies"); !strings.HasPrefix(out, "ended: こころ\n") {
		t.Errorf("end: %s", out)
	}
	if out := run("bib", "delete", "b1"); out != "deleted, and 0 holds ended: こころ\n" {
		t.Errorf("bib delete: %s", out)
	}
	if out := run("hold", "list", "--to-call"); !strings.Contains(out, "こころ (ended: no copy is left)") {
		t.Errorf("whom to call:\n%s", out)
	}
	for _, test := range []struct {
		says string
		args []string
	}{
		{"no item with this barcode", []string{"item", "withdraw", "1001"}},
		{"no item with this barcode", []string{"item", "missing", "1001"}},
		{"no such bib", []string{"bib", "delete", "b1"}},
		{"does not hold it", []string{"hold", "end", "12345670", "b1", "--reason", "other"}},
		{"hold list --to-call", []string{"hold", "told", "12345674"}},
	} {
		_, told, code := command(t, data, append([]string{"--config", config}, test.args...)...)
		if code != failed || !strings.Contains(told, test.says) {
			t.Errorf("central %v: status %d, %s", test.args, code, told)
		}
	}
}
