package intake

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"madoguchi/central/catalogue"
	"madoguchi/library"
)

// incoming is the one record of a file, or why it may not go in, and the notes.
func incoming(t *testing.T, file string, opt Options) (in catalogue.Incoming, problem *Problem, notes []string) {
	t.Helper()
	opt.Note = func(p Problem) { notes = append(notes, p.Fault+": "+p.Value) }
	n := 0
	for rec, err := range MARC(strings.NewReader(file), opt) {
		if n++; err != nil && !errors.As(err, &problem) {
			t.Fatal(err)
		}
		in = rec
	}
	if n != 1 {
		t.Fatalf("%d records", n)
	}
	return in, problem, notes
}

func TestMARCCopies(t *testing.T) {
	words, err := NewStates(map[string]string{"書庫整理待": "not_lent", "旧蔵": "withdrawn"})
	if err != nil {
		t.Fatal(err)
	}
	branches, err := NewBranches([]library.Branch{{Code: "chuo", Name: "中央図書館"}, {Code: "kita", Name: "北図書館"}}, map[string]library.BranchCode{"HON": "chuo"})
	if err != nil {
		t.Fatal(err)
	}
	due := library.Date{Year: 2026, Month: 12, Day: 14}
	shelved := func(id string) library.Item {
		it := library.Item{ID: library.ItemID(id), BibID: "a", Branch: "chuo", Lendable: true, State: library.OnShelf}
		if !strings.Contains(id, ".") {
			it.Barcode = id
		}
		return it
	}
	with := func(it library.Item, change func(*library.Item)) library.Item { change(&it); return it }
	tests := []struct {
		name      string
		fields    []string
		branch    library.BranchCode // of --branch
		items     []library.Item
		withdrawn []library.ItemID
		note      string
		problem   string
	}{
		{"Koha: withdrawn", []string{"952 __ $achuo $p1 $01", "952 __ $achuo $p2 $00"}, "", []library.Item{shelved("2")}, []library.ItemID{"1"}, "", ""},
		{"Koha: the only one is withdrawn, and --branch makes none", []string{"952 __ $achuo $p1 $01"}, "kita", nil, []library.ItemID{"1"}, "", ""},
		{"Koha: withdrawn without a barcode, and the second one keeps its name", []string{"952 __ $achuo $01", "952 __ $achuo"}, "",
			[]library.Item{shelved("a.chuo.2")}, []library.ItemID{"a.chuo.1"}, "", ""},
		{"Koha: lost", []string{"952 __ $achuo $p1 $14 $q2026-12-14"}, "", []library.Item{with(shelved("1"), func(it *library.Item) { it.State = library.Missing })}, nil, "", ""},
		{"Koha: negative is not", []string{"952 __ $achuo $p1 $1-1 $0-1 $4-1"}, "", []library.Item{shelved("1")}, nil, "", ""},
		{"Koha: on loan", []string{"952 __ $achuo $p1 $q2026-12-14 23:59:00"}, "",
			[]library.Item{with(shelved("1"), func(it *library.Item) { it.State, it.DueOn = library.OnLoan, due })}, nil, "", ""},
		{"Koha: a due date that is none", []string{"952 __ $achuo $p1 $qいつか"}, "", []library.Item{shelved("1")}, nil, "the due date is none, and the copy was taken for not on loan: いつか", ""},
		{"Koha: no due date", []string{"952 __ $achuo $p1 $q0000-00-00"}, "", []library.Item{shelved("1")}, nil, "", ""},
		{"Koha: damaged", []string{"952 __ $achuo $p1 $41"}, "", []library.Item{with(shelved("1"), func(it *library.Item) { it.Lendable = false })}, nil, "", ""},
		{"Koha: restricted", []string{"952 __ $achuo $p1 $51"}, "", []library.Item{with(shelved("1"), func(it *library.Item) { it.Lendable = false })}, nil, "", ""},
		{"Koha: not for loan", []string{"952 __ $achuo $p1 $72"}, "", []library.Item{with(shelved("1"), func(it *library.Item) { it.Lendable = false })}, nil, "", ""},
		{"Koha: on order", []string{"952 __ $achuo $p1 $7-1"}, "", []library.Item{with(shelved("1"), func(it *library.Item) { it.Lendable = false })}, nil, "", ""},
		{"Koha: where it is does not matter", []string{"952 __ $achuo $bKITA $p1 $l99"}, "", []library.Item{shelved("1")}, nil, "", ""},
		{"Koha: a home that is none of ours", []string{"952 __ $aX $bCHUO $p1"}, "", []library.Item{shelved("1")}, nil, "", ""},
		{"Koha: no branch", []string{"952 __ $p1"}, "chuo", []library.Item{shelved("1")}, nil, "", ""},
		{"Koha: no branch at all", []string{"952 __ $p1"}, "", nil, nil, "", "a copy has no branch"},
		{"not Koha's", []string{"952 __ $xsomething", "852 __ $bchuo $p1"}, "", []library.Item{shelved("1")}, nil, "", ""},
		{"852: a name", []string{"852 __ $b中央図書館 $p1"}, "", []library.Item{shelved("1")}, nil, "", ""},
		{"852: a word of the settings", []string{"852 __ $aJTCITY $bhon $p1"}, "", []library.Item{shelved("1")}, nil, "", ""},
		{"852: the institution is the branch", []string{"852 __ $aCHUO $b2階 $p1"}, "", []library.Item{shelved("1")}, nil, "", ""},
		{"852: no branch of ours", []string{"852 __ $aSOMEWHERE ELSE $p1"}, "", nil, nil, "", "there is no such branch"},
		{"852: no branch of ours, with --branch", []string{"852 __ $aSOMEWHERE ELSE $p1"}, "chuo", []library.Item{shelved("1")}, nil, unknownBranch + ": somewhere else", ""},
		{"852: no branch", []string{"852 __ $h913.6 $iナ $p1"}, "chuo", []library.Item{with(shelved("1"), func(it *library.Item) { it.CallNumber = "913.6/ナ" })}, nil, "", ""},
		{"852: no branch and no --branch", []string{"852 __ $h913.6 $p1"}, "", nil, nil, "", "a copy has no branch"},
		{"852: a call number alone", []string{"852 __ $h913.6"}, "", nil, nil, "", ""},
		{"852: a barcode each", []string{"852 __ $bchuo $p1 $p2"}, "", []library.Item{shelved("1"), shelved("2")}, nil, "", ""},
		{"852: withdrawn", []string{"852 __ $bchuo $p1 $x除籍", "852 __ $bchuo $p2 $z絵が美しい"}, "", []library.Item{shelved("2")}, []library.ItemID{"1"}, "", ""},
		{"852: missing", []string{"852 __ $bchuo $p1 $z紛失"}, "", []library.Item{with(shelved("1"), func(it *library.Item) { it.State = library.Missing })}, nil, "", ""},
		{"852: words of the settings", []string{"852 __ $bchuo $p1 $q書庫 整理待", "852 __ $bchuo $p2 $x旧蔵"}, "",
			[]library.Item{with(shelved("1"), func(it *library.Item) { it.Lendable = false })}, []library.ItemID{"2"}, "", ""},
		{"elsewhere", []string{"945 __ $lchuo $i1"}, "", nil, nil, copiesElsewhere + ": 945", ""},
		{"none", nil, "chuo", []library.Item{with(shelved("a.chuo.1"), func(it *library.Item) { it.State = "" })}, nil, "", ""},
		{"one barcode twice, of which one has left", []string{"952 __ $achuo $p1 $01", "952 __ $achuo $p1"}, "", nil, nil, "", "two of its copies"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := marcXML(bookLeader, append([]string{"001 a", "245 __ $a本"}, test.fields...)...)
			in, problem, notes := incoming(t, file, Options{Branch: test.branch, Branches: branches, States: words})
			if test.problem != "" || problem != nil {
				if problem == nil || test.problem == "" || !strings.Contains(problem.Fault, test.problem) || problem.Bib != "a" {
					t.Errorf("problem %+v, want %q", problem, test.problem)
				}
				return
			}
			same(t, "items", in.Items, test.items)
			same(t, "withdrawn", in.Withdrawn, test.withdrawn)
			if want := []string{test.note}; test.note == "" && len(notes) > 0 || test.note != "" && !slices.Equal(notes, want) {
				t.Errorf("notes %q, want %q", notes, test.note)
			}
		})
	}
}

func TestMARCDeleted(t *testing.T) {
	in, problem, _ := incoming(t, marcXML("00000dam a2200000zi 4500", "001 a", "245 __ $a本", "952 __ $achuo $p1"), Options{Branch: "chuo"})
	if problem != nil || !in.Deleted || in.Bib.ID != "a" || len(in.Items) > 0 {
		t.Errorf("%+v, problem %v", in, problem)
	}
}

// TestMARCDeletedInOtherText: of a bib that has left only the number counts.
func TestMARCDeletedInOtherText(t *testing.T) {
	gone := iso2709('a', "001 a", "245 10 $aG\xF6del")
	in, problem, _ := incoming(t, gone[:5]+"d"+gone[6:], Options{})
	if problem != nil || !in.Deleted || in.Bib.ID != "a" {
		t.Errorf("%+v, problem %v", in, problem)
	}
}

func TestMARCAddedOn(t *testing.T) {
	in, _, notes := incoming(t, marcXML(bookLeader, "001 a", "245 __ $a本", "952 __ $achuo $d2024/5/1 $p1", "952 __ $achuo $d平成12年2月29日 $p2", "952 __ $achuo $d36585 $p3"), Options{})
	same(t, "added on", in.Bib.AddedOn, library.Date{Year: 2000, Month: 2, Day: 29})
	if len(notes) != 1 || !strings.Contains(notes[0], "36585") {
		t.Errorf("notes %q", notes)
	}
}

func TestStates(t *testing.T) {
	s, err := NewStates(map[string]string{"除籍": "missing", "B": "withdrawn"})
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]string{"除籍": "missing", "ｂ": "withdrawn", "貸出 中": "on_loan", "In Transit": "in_transit", "not_lent": "not_lent", "On_Shelf": "on_shelf", "": "", "とても古い": ""} {
		if got, ok := s.Find(word); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v; want %q", word, got, ok, want)
		}
	}
	for _, words := range []map[string]string{{"x": "gone"}, {"": "missing"}, {"x": "missing", "Ｘ": "withdrawn"}} {
		if _, err := NewStates(words); err == nil {
			t.Errorf("%v is taken", words)
		}
	}
	for word, state := range usualStates {
		if foldWord(word) != word || !slices.Contains(stateNames(), state) {
			t.Errorf("%q stands for %q", word, state)
		}
	}
}
