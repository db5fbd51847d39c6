package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

func TestListCommands(t *testing.T) {
	data, _ := circulating(t)
	if out := must(t, data, "list", "show"); out != "NAME  KIND  TITLE  WITH\n" {
		t.Errorf("no lists: %s", out)
	}
	if out := must(t, data, "list", "add", "summer-2026", "b2", "1001", "--title", "ja=夏; 海", "--title", "en=Summer", "--text", "ja=海と山の本。"); out != "put up: 夏; 海, 2 bibs\n" {
		t.Errorf("add: %s", out)
	}
	if out, told, code := command(t, data, "list", "add", "summer-2026", "1001", "b1", "--title", "ja=夏"); code != 0 || out != "replaced: 夏, 1 bib\n" || !strings.Contains(told, "b1 is a bib that the list has already") {
		t.Errorf("replace: status %d, %s, %s", code, out, told)
	}
	must(t, data, "list", "add", "novels", "--title", "ja=小説", "--ndc", "913", "--year-from", "2000", "--order", "newest", "--branch", "中央図書館", "--juvenile")
	shown := fields(t, must(t, data, "list", "show", "novels"))
	if shown["ndc"] != "913" || shown["from year"] != "2000" || shown["order"] != "newest" || shown["title ja"] != "小説" || shown["juvenile"] != "yes" {
		t.Errorf("show: %v", shown)
	}
	if out := must(t, data, "list", "show", "summer-2026"); !strings.Contains(out, "b1   こころ") {
		t.Errorf("show of bibs: %s", out)
	}
	var all []library.List
	if err := json.Unmarshal([]byte(must(t, data, "list", "show", "--json")), &all); err != nil || len(all) != 2 || all[0].Query == nil || !slices.Equal(all[1].Bibs, []library.BibID{"b1"}) {
		t.Errorf("--json: %+v, %v", all, err)
	}
	var one library.List
	if err := json.Unmarshal([]byte(must(t, data, "list", "show", "novels", "--json")), &one); err != nil || one.Query.NDC != "913" {
		t.Errorf("--json of one: %+v, %v", one, err)
	}
	for _, x := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"add", "winter", "b1", "nothing", "b99", "--title", "ja=冬"}, failed, "no bib and no item nothing, b99; nothing was changed"},
		{[]string{"add", "winter", "--title", "ja=冬"}, usage, "no bib and no query"},
		{[]string{"add", "winter", "b1", "--words", "冬", "--title", "ja=冬"}, usage, "give one of them"},
		{[]string{"add", "winter", "b1"}, usage, "no title in ja"},
		{[]string{"add", "Winter", "b1", "--title", "ja=冬"}, usage, "no name of a list"},
		{[]string{"add", "winter", "--words", " ", "--title", "ja=冬"}, usage, "asks nothing"},
		{[]string{"add", "winter", "--branch", "nowhere", "--title", "ja=冬"}, failed, "no such branch"},
		{[]string{"show", "winter"}, failed, "no such list"},
		{[]string{"remove", "winter"}, failed, "no such list"},
	} {
		if out, told, code := command(t, data, append([]string{"list"}, x.args...)...); code != x.status || !strings.Contains(told, x.says) || out != "" {
			t.Errorf("%v: status %d, %s%s", x.args, code, out, told)
		}
	}
	if out := must(t, data, "list", "remove", "novels"); out != "taken down: novels\n" {
		t.Errorf("remove: %s", out)
	}
	must(t, data, "bib", "withdraw", "b1")
	if out := must(t, data, "list", "show", "summer-2026"); !strings.Contains(out, "b1   - (not in the catalogue)") {
		t.Errorf("a bib that is gone: %s", out)
	}
}
