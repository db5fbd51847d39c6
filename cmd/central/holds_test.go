package main

import (
	"strings"
	"testing"
)

func TestHoldFromPaperToShelf(t *testing.T) {
	data, _ := circulating(t)
	must(t, data, "branch", "add", "kita", "北図書館")
	if out := must(t, data, "paper-hold", "1234-5670", "b1", "--pickup", "kita", "--received", "2026-01-05 09:30"); out != "a copy is being fetched: こころ\n" {
		t.Errorf("paper-hold: %s", out)
	}
	if out := must(t, data, "hold", "list", "--branch", "chuo"); !strings.Contains(out, "1001") || !strings.Contains(out, "kita") || !strings.Contains(out, "こころ") {
		t.Errorf("hold list:\n%s", out)
	}
	if out := must(t, data, "arrive", "1001"); out != "send it to kita: こころ\n" {
		t.Errorf("fetched: %s", out)
	}
	if out := must(t, data, "hold", "list", "--branch", "chuo"); strings.Contains(out, "1001") {
		t.Errorf("hold list when it was fetched:\n%s", out)
	}
	if out := must(t, data, "arrive", "1001", "--branch", "kita"); out != "put it on the hold shelf for card 12345670: こころ\n" {
		t.Errorf("arrived: %s", out)
	}
	if out := must(t, data, "hold", "expire"); out != "0 holds expired\n" {
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
		_, told, code := command(t, data, test.args...)
		if code != failed || !strings.Contains(told, test.says) {
			t.Errorf("central %v: status %d, %s", test.args, code, told)
		}
	}
	if out := must(t, data, "hold", "not-found", "1001"); out != "it is missing now: こころ\n" {
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
