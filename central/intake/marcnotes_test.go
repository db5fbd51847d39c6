package intake

import (
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

// TestMARCNotes: what a record can do without is left out with the notes that CSV gives.
func TestMARCNotes(t *testing.T) {
	fixed := func(year, language string) string {
		return "008 260101s" + year + "    ja                  " + language + "  "
	}
	today := library.Date{Year: 2026, Month: 11, Day: 24}
	plain := func(b *library.Bib) {}
	for _, test := range []struct {
		name   string
		fields []string
		change func(*library.Bib) // of a bib with a title and no more
		notes  []string           // how each begins
	}{
		{"nothing", nil, plain, nil},
		{"a year that is to come", []string{"260 __ $c2027"}, func(b *library.Bib) { b.Year = 2027 }, nil},
		{"a year too far off", []string{"260 __ $c2091"}, plain, []string{yearTooFar + ": 2091"}},
		{"only in 008", []string{fixed("2091", "jpn")}, func(b *library.Bib) { b.Language = "jpn" }, []string{yearTooFar + ": 2091"}},
		{"too far off, and 008 knows", []string{fixed("1999", "   "), "260 __ $c2091."}, func(b *library.Bib) { b.Year = 1999 }, []string{yearTooFar + ": 2091."}},
		{"right, and 008 is not", []string{fixed("9999", "   "), "260 __ $c1999"}, func(b *library.Bib) { b.Year = 1999 }, nil},
		{"no year", []string{fixed("9999", "   ")}, plain, []string{noSuchYear + ": 9999"}},
		{"a year that is not known", []string{fixed("19uu", "|||"), "260 __ $c[19--]"}, plain, nil},
		{"no year can be read, and 008 knows", []string{fixed("2001", "   "), "260 __ $c刊"}, func(b *library.Bib) { b.Year = 2001 }, nil},
		{"an era", []string{"260 __ $c昭56"}, func(b *library.Bib) { b.Year = 1981 }, nil},
		{"the last of several", []string{"260 __ $c2016-2018 $c2018.8"}, func(b *library.Bib) { b.Year = 2018 }, nil},
		{"class with its edition", []string{"084 __ $aNDC8:369.31 $2njb/08"}, func(b *library.Bib) { b.NDC = []string{"369.31"} }, nil},
		{"class with a mark", []string{"084 __ $a913.6/ナ $2njb/10"}, func(b *library.Bib) { b.NDC = []string{"913.6"} }, nil},
		{"class that is none", []string{"084 __ $a小説 $2njb/10"}, plain, []string{noClass + ": 小説"}},
		{"class of another scheme", []string{"084 __ $aKH426 $2kktb"}, plain, nil},
		{"languages that stand together", []string{"041 1_ $ajpneng"}, func(b *library.Bib) { b.Language = "jpn" }, nil},
		{"language that is none", []string{"041 __ $ax1", fixed("    ", "jpn")}, func(b *library.Bib) { b.Language = "jpn" }, []string{noLanguage + ": x1"}},
		{"ISBNs in one subfield", []string{"020 __ $aISBN978-4-10-101003-8 (上)"}, func(b *library.Bib) { b.ISBNs = []string{"9784101010038"} }, nil},
		{"ISBN that is wrong", []string{"020 __ $a978-4-10-101003-9"}, plain, []string{wrongISBN + ": 978-4-10-101003-9"}},
		{"a letter that was lost", []string{"245 10 $aこ\uFFFDろ"}, func(b *library.Bib) { b.Title = "こ〓ろ" }, []string{"field 245: " + lostLetters}},
		{"NUL", []string{"245 10 $aこ\x00ころ"}, func(b *library.Bib) { b.Title = "こころ" }, []string{"field 245: " + controls}},
		{"an escape that begins nothing", []string{"245 10 $aこ\x1Bころ"}, func(b *library.Bib) { b.Title = "こころ" }, []string{"field 245: " + controls}},
		{"marks of direction", []string{"245 10 $a\u202Eこころ\u202C\u200F"}, func(b *library.Bib) { b.Title = "こころ" }, []string{"field 245: " + turned}},
		{"in a field of which nothing is read", []string{"955 __ $a\x00\uFFFD"}, plain, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := library.Bib{ID: "a", Kind: library.Book, Title: "こころ"}
			if !slices.ContainsFunc(test.fields, func(f string) bool { return strings.HasPrefix(f, "245") }) {
				test.fields = append(test.fields, "245 10 $aこころ")
			}
			test.change(&want)
			want.TitleReading = kanaReading(want.Title)
			in, problem, notes := incoming(t, iso2709('a', append([]string{"001 a"}, test.fields...)...), Options{Today: today})
			if problem != nil {
				t.Fatal(problem)
			}
			same(t, "bib", in.Bib, want)
			if !slices.EqualFunc(notes, test.notes, strings.HasPrefix) {
				t.Errorf("notes %q, want %q", notes, test.notes)
			}
		})
	}
	for _, test := range []struct{ name, id, title, fault string }{
		{"an identifier that a spreadsheet mangled", "1.00001E+09", "本", "its identifier (field 001): "},
		{"a title in ISO-2022-JP without its escapes", "a", "$BF|K\\$N6u(B", "the title: " + lostEscapes},
	} {
		if _, problem, _ := incoming(t, iso2709('a', "001 "+test.id, "245 10 $a"+test.title), Options{}); problem == nil || !strings.HasPrefix(problem.Fault, test.fault) {
			t.Errorf("%s: %v", test.name, problem)
		}
	}
}
