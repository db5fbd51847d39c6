package main

import (
	"encoding/json"
	"strings"
	"testing"

	"madoguchi/library"
)

const plans = `[{"floor": "2階", "width": 100, "height": 60,
	"shelves": [{"name": "2階 文学", "x": 0, "y": 0, "width": 40, "height": 10}],
	"here": {"x": 5, "y": 55}}]`

func TestFloorPlans(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	must(t, data, "import", "csv", file(t, "books.csv", "id,title,barcode,branch,shelf\nb1,こころ,1001,chuo,2階 文学\nb2,海,1002,chuo,地下1階 書庫\n"))
	if out := must(t, data, "branch", "plan", "chuo"); strings.TrimSpace(out) != "[]" {
		t.Errorf("without plans it prints %q", out)
	}
	out, told, code := command(t, data, "branch", "plan", "chuo", file(t, "plans.json", plans))
	if code != 0 || !strings.Contains(out, "chuo has 1 floor plans") || !strings.Contains(told, "the shelf 地下1階 書庫") || strings.Contains(told, "文学") {
		t.Errorf("status %d: %s%s", code, out, told)
	}
	must(t, data, "branch", "add", "chuo", "中央館") // the plans stay
	printed := must(t, data, "branch", "plan", "chuo")
	var got, want []library.FloorPlan
	if err := json.Unmarshal([]byte(printed), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(plans), &want); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Floor != "2階" || got[0].Shelves[0] != want[0].Shelves[0] || *got[0].Here != *want[0].Here {
		t.Errorf("it prints %s", printed)
	}
	must(t, data, "branch", "plan", "chuo", file(t, "again.json", printed))

	for text, says := range map[string]string{
		`{"width": 1}`:               "JSON array",
		`[{"wide": 1}]`:              "wide",
		`[] []`:                      "something after",
		``:                           "JSON array",
		`[{"width":10,"height":10}]`: "plan 1: the plan has no shelves",
		strings.Replace(plans, `"x": 0`, `"x": 61`, 1): "does not lie inside",
	} {
		if _, told, code := command(t, data, "branch", "plan", "chuo", file(t, "bad.json", text)); code != failed || !strings.Contains(told, says) {
			t.Errorf("%s: status %d, %s", text, code, told)
		}
	}
	if again := must(t, data, "branch", "plan", "chuo"); again != printed {
		t.Errorf("a plan that was refused left %s", again)
	}
	if _, told, code := command(t, data, "branch", "plan", "kita"); code != failed || !strings.Contains(told, "no such branch") {
		t.Errorf("unknown branch: status %d, %s", code, told)
	}
	must(t, data, "branch", "plan", "chuo", file(t, "none.json", "[]"))
	if out := must(t, data, "branch", "plan", "chuo"); strings.TrimSpace(out) != "[]" {
		t.Errorf("taken away, it prints %q", out)
	}
}

func FuzzPlans(f *testing.F) {
	f.Add([]byte(plans))
	f.Add([]byte(`[{"width":1,"height":1,"shelves":[{"name":"a","width":1,"height":1}]}] x`))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := readPlans(text)
		for _, p := range got {
			if err == nil && p.Validate() != nil {
				t.Errorf("%s: %+v is accepted", text, p)
			}
		}
	})
}
