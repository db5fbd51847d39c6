package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestWanted: the classes are shown, and computed when asked.
func TestWanted(t *testing.T) {
	data, _ := circulating(t)
	if out := must(t, data, "wanted", "show"); !strings.HasPrefix(out, "not computed yet") {
		t.Errorf("before: %s", out)
	}
	updated := fields(t, must(t, data, "wanted", "update"))
	if shown := fields(t, must(t, data, "wanted", "show")); shown["waiting"] != "0" || shown["class 7"] != "0" || shown["computed"] == "" || len(shown) != len(updated) {
		t.Errorf("shown is %v, updated was %v", shown, updated)
	}
	var all jsonWanted
	if err := json.Unmarshal([]byte(must(t, data, "wanted", "show", "--json")), &all); err != nil {
		t.Fatal(err)
	}
	bibs := 0
	for _, n := range all.Classes {
		bibs += n
	}
	if bibs == 0 || len(all.Classes) != 8 || all.Computed.IsZero() || all.Month == "" {
		t.Errorf("as JSON: %+v", all)
	}
	if _, _, code := command(t, data, "wanted", "compute"); code != 2 {
		t.Errorf("called wrongly: status %d", code)
	}
}
