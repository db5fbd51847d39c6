package intake

import (
	"strings"
	"testing"

	"madoguchi/library"
)

var someBranches = []library.Branch{
	{Code: "chuo", Name: "中央図書館", Short: "中央", NameEn: "Central Library"},
	{Code: "tsuru", Name: "鶴ヶ丘 図書館", Short: "鶴ヶ丘"},
	{Code: "kita", Name: "北図書館", Short: "北", NameEn: "North"},
	{Code: "north", Name: "北部分館", Short: "北"},
	{Code: "e1", Name: "中央"},
}

// only are the branches where there is one.
func only(code library.BranchCode) Branches {
	b, _ := NewBranches([]library.Branch{{Code: code}}, nil)
	return b
}

func TestBranchesFind(t *testing.T) {
	b, err := NewBranches(someBranches, map[string]library.BranchCode{"01": "chuo", "自動車文庫": "kita", "e1": "north"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]library.BranchCode{
		"chuo": "chuo", "CHUO": "chuo", " ｃｈｕｏ　": "chuo",
		"中央図書館": "chuo", "中央 図書館": "chuo", "central library": "chuo", "CentralLibrary": "chuo",
		"01": "chuo", "０１": "chuo", "1": "",
		"自動車文庫": "kita", "自動車 文庫": "kita",
		"鶴ケ丘図書館": "tsuru", "鶴ヶ丘": "tsuru",
		"中央":    "e1",    // a name comes before a short name
		"e1":    "north", // and the library's own words before everything
		"北図書館":  "kita",
		"北":     "", // which of the two?
		"north": "north",
		"":      "", " ": "", "南": "",
	} {
		code, ok := b.Find(text)
		if code != want || ok != (want != "") {
			t.Errorf("Find(%q) = %q, %v, want %q", text, code, ok, want)
		}
	}
}

func TestBranchesZero(t *testing.T) {
	for text, want := range map[string]library.BranchCode{"chuo": "chuo", "ＣＨＵＯ": "chuo", "": ""} {
		if code, ok := (Branches{}).Find(text); code != want || ok != (want != "") {
			t.Errorf("Find(%q) = %q, %v, want %q", text, code, ok, want)
		}
	}
}

func TestBranchesWordOfNoBranch(t *testing.T) {
	_, err := NewBranches(someBranches, map[string]library.BranchCode{"南": "minami"})
	if err == nil || !strings.Contains(err.Error(), `"南" is the branch "minami", which does not exist`) {
		t.Errorf("error %v", err)
	}
	for _, words := range []map[string]library.BranchCode{{" ": "chuo"}, {"０１": "chuo", "01": "kita"}} {
		if _, err := NewBranches(someBranches, words); err == nil || !strings.Contains(err.Error(), "does not say which branch") {
			t.Errorf("%v: error %v", words, err)
		}
	}
	if b, err := NewBranches(nil, nil); err != nil {
		t.Error(err)
	} else if _, ok := b.Find("chuo"); ok {
		t.Error("found a branch where there is none")
	}
}
