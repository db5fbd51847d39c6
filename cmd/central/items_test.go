package main

import (
	"encoding/json"
	"strings"
	"testing"

	"madoguchi/central/ledger"
	"madoguchi/library"
)

// fields are what a command shows, by name.
func fields(t *testing.T, out string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for line := range strings.SplitSeq(out, "\n") {
		name, value, found := strings.Cut(line, "  ")
		if found {
			all[name] = strings.TrimSpace(value)
		}
	}
	return all
}

func TestEveryStateHasWords(t *testing.T) {
	for _, s := range library.ItemStates {
		if states[s] == "" {
			t.Errorf("there are no words for %s", s)
		}
	}
}

func TestWithdrawnByHandWhileOnLoan(t *testing.T) {
	data, _ := circulating(t)
	must(t, data, "checkout", "12345670", "1001")
	must(t, data, "checkout", "12345670", "1002")
	if out := must(t, data, "item", "withdraw", "1001"); out != "withdrawn, and out of the library when it comes back: こころ\n" {
		t.Errorf("item withdraw: %s", out)
	}
	shown := fields(t, must(t, data, "item", "show", "1001"))
	if !strings.HasPrefix(shown["state"], "on loan until 20") || !strings.HasSuffix(shown["state"], ", and withdrawn when it comes back") || shown["title"] != "こころ" {
		t.Errorf("item show: %v", shown)
	}
	if out := must(t, data, "return", "1001"); out != "it is withdrawn: put it aside, not on a shelf: こころ\n" {
		t.Errorf("return: %s", out)
	}
	if _, told, code := command(t, data, "item", "show", "1001"); code != failed || !strings.Contains(told, "no item with this barcode") {
		t.Errorf("item show when it is gone: status %d, %s", code, told)
	}
	must(t, data, "paper-hold", "12345674", "b2", "--pickup", "chuo")
	if out := must(t, data, "bib", "withdraw", "b2"); !strings.HasPrefix(out, "hidden, and 1 holds ended; it is gone when the copies that are on loan, 1, have come back: 三四郎\n") {
		t.Errorf("bib withdraw: %s", out)
	}
	if shown := fields(t, must(t, data, "bib", "show", "b2")); shown["state"] != "withdrawn: gone when the last of its copies is back" {
		t.Errorf("bib show: %v", shown)
	}
	if _, told, code := command(t, data, "paper-hold", "12345674", "b2", "--pickup", "chuo"); code != failed || !strings.Contains(told, "no such bib") {
		t.Errorf("a hold on it: status %d, %s", code, told)
	}
	if out := must(t, data, "edition", "build"); !strings.Contains(out, "2 bibs, 1 items") {
		t.Errorf("edition build: %s", out)
	}
	if out := must(t, data, "return", "1002"); !strings.HasPrefix(out, "it is withdrawn") {
		t.Errorf("return: %s", out)
	}
	if _, told, code := command(t, data, "bib", "show", "b2"); code != failed || !strings.Contains(told, "no such bib") {
		t.Errorf("bib show when it is gone: status %d, %s", code, told)
	}
	must(t, data, "audit", "verify")
}

func TestItemsByHand(t *testing.T) {
	data, _ := circulating(t)
	must(t, data, "branch", "add", "kita", "北図書館")
	if out := must(t, data, "item", "missing", "1001", "1002"); out != "it is missing now: こころ\nit is missing now: 三四郎\n" {
		t.Errorf("item missing: %s", out)
	}
	if shown := fields(t, must(t, data, "item", "show", "1001")); shown["state"] != "missing" {
		t.Errorf("item show: %v", shown)
	}
	if out := must(t, data, "item", "found", "1001"); out != "put it on its shelf: こころ\n" {
		t.Errorf("item found: %s", out)
	}
	if out := must(t, data, "item", "found", "1002", "--branch", "kita"); out != "send it to chuo: 三四郎\n" {
		t.Errorf("item found elsewhere: %s", out)
	}
	if out := must(t, data, "item", "move", "1001", "--branch", "kita", "--shelf", "2階 文学", "--call-number", "913.6/ナ", "--bib", "b2"); out != "moved: 三四郎\n" {
		t.Errorf("item move: %s", out)
	}
	shown := fields(t, must(t, data, "item", "show", "1001"))
	for name, want := range map[string]string{
		"item": "1001", "barcode": "1001", "bib": "b2", "title": "三四郎", "branch": "kita", "shelf": "2階 文学", "call number": "913.6/ナ",
		"lent": "yes", "owned": "yes", "state": "on its shelf", "waiting": "0", "source": "main", "lent last year": "0",
	} {
		if shown[name] != want {
			t.Errorf("item show: %s is %q, want %q", name, shown[name], want)
		}
	}
	must(t, data, "item", "move", "1001", "--shelf", "")
	if shown := fields(t, must(t, data, "item", "show", "1001")); shown["shelf"] != "-" || shown["call number"] != "913.6/ナ" {
		t.Errorf("item show: %v", shown)
	}

	must(t, data, "item", "found", "1002")
	must(t, data, "checkout", "12345670", "1001")
	must(t, data, "paper-hold", "12345674", "b2", "--pickup", "chuo")
	text := must(t, data, "item", "show", "--json", "1001") + must(t, data, "bib", "show", "--json", "b2") + must(t, data, "bib", "show", "b2")
	tellsNothing(t, text)
	var item ledger.ItemStanding
	if err := json.Unmarshal([]byte(must(t, data, "item", "show", "--json", "1001")), &item); err != nil || item.ID != "1001" || item.State != library.OnLoan || item.DueOn.IsZero() || item.Title != "三四郎" {
		t.Errorf("as JSON: %+v, %v", item, err)
	}
	var bib ledger.BibStanding
	if err := json.Unmarshal([]byte(must(t, data, "bib", "show", "--json", "b2")), &bib); err != nil || bib.Bib.ID != "b2" || len(bib.Items) != 2 || !bib.Items[1].Held {
		t.Errorf("as JSON: %+v, %v", bib, err)
	}
	list := must(t, data, "bib", "show", "b2")
	for _, want := range []string{"creators   夏目漱石\n", "year       1908\n", "copies     2\n", "1001  kita", "913.6/ナ", "on its way, for a patron"} {
		if !strings.Contains(list, want) {
			t.Errorf("bib show is without %q:\n%s", want, list)
		}
	}
	if out := must(t, data, "item", "delete", "1004"); out != "deleted: 坊っちゃん\n" {
		t.Errorf("item delete: %s", out)
	}
	if out := must(t, data, "bib", "delete", "b4"); out != "deleted, and 0 holds ended: 坊っちゃん\n" {
		t.Errorf("bib delete: %s", out)
	}

	for _, test := range []struct {
		code int
		says string
		args []string
	}{
		{failed, "central: item 9999: there is no item with this barcode", []string{"item", "withdraw", "9999"}},
		{failed, "central: item 9998: there is no item", []string{"item", "withdraw", "9999", "9998"}},
		{failed, "central item withdraw", []string{"item", "delete", "1001"}},
		{failed, "central return", []string{"item", "missing", "1001"}},
		{failed, "central return", []string{"item", "found", "1001"}},
		{failed, "no such branch", []string{"item", "found", "1002", "--branch", "nowhere"}},
		{failed, "no such branch", []string{"item", "move", "1002", "--branch", "nowhere"}},
		{failed, "no such bib", []string{"item", "move", "1002", "--bib", "b9"}},
		{failed, "say where to", []string{"item", "move", "1002"}},
		{failed, "too long, or has characters", []string{"item", "move", "1002", "--shelf", "棚\n"}},
		{failed, "no item with this barcode", []string{"item", "show", "9999"}},
		{failed, "no such bib", []string{"bib", "show", "b9"}},
		{failed, "no such bib", []string{"bib", "withdraw", "b9"}},
		{usage, "expected", []string{"item", "withdraw"}},
		{leftOut, "central: item 9999: there is no item", []string{"item", "withdraw", "9999", "1002"}},
	} {
		_, told, code := command(t, data, test.args...)
		if code != test.code || !strings.Contains(told, test.says) {
			t.Errorf("central %v: status %d, %s", test.args, code, told)
		}
	}
	if _, _, code := command(t, data, "item", "show", "1002"); code != failed {
		t.Errorf("what could be withdrawn was not: status %d", code)
	}
	must(t, data, "audit", "verify")
}
