package intake

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"madoguchi/library"
)

// iso2709 writes a record with a leader's position 9 and fields as marcXML takes them.
func iso2709(coding byte, fields ...string) string {
	var dir, data bytes.Buffer
	for _, f := range fields {
		tag, value := f[:3], f[4:]
		if !strings.HasPrefix(tag, "00") {
			value = strings.ReplaceAll(value[:2], "_", " ") + strings.ReplaceAll(value[2:], " $", "\x1F")
		}
		value += "\x1E"
		fmt.Fprintf(&dir, "%s%04d%05d", tag, len(value), data.Len())
		data.WriteString(value)
	}
	base := 24 + dir.Len() + 1
	return fmt.Sprintf("%05dnam %c22%05d i 4500%s\x1E%s\x1D", base+data.Len()+1, coding, base, dir.String(), data.String())
}

// book is a record in an encoding. Its fields are counted in bytes of that.
func book(t *testing.T, enc encoding.Encoding, coding byte, id, title string) string {
	t.Helper()
	text, err := enc.NewEncoder().String(title)
	if err != nil {
		t.Fatal(err)
	}
	return iso2709(coding, "001 "+id, "245 10 $a"+text)
}

func titles(records []library.Record) (titles []string) {
	for _, r := range records {
		titles = append(titles, r.Bib.Title)
	}
	return titles
}

func TestMARCEncodings(t *testing.T) {
	utf8 := unicode.UTF8
	sjis, euc, jis := japanese.ShiftJIS, japanese.EUCJP, japanese.ISO2022JP
	latin := iso2709(' ', "001 m", "245 10 $aL\xE2ete a Paris")
	tests := []struct {
		name, file, encoding string
		want                 []string // titles
		problem, fatal       string
	}{
		{"UTF-8", book(t, utf8, 'a', "1", "こころ"), "", []string{"こころ"}, "", ""},
		{"UTF-8 whose leader says MARC-8", book(t, utf8, ' ', "1", "L’été"), "", []string{"L’été"}, "", ""},
		{"cp932", book(t, sjis, 'a', "1", "表の能力①") + book(t, sjis, ' ', "2", "坊っちゃん"), "", []string{"表の能力①", "坊っちゃん"}, "", ""},
		{"EUC-JP", book(t, euc, ' ', "1", "国語辞典") + book(t, euc, ' ', "2", "坊っちゃん漱石"), "", []string{"国語辞典", "坊っちゃん漱石"}, "", ""},
		{"ISO-2022-JP", book(t, jis, ' ', "1", "国語辞典") + book(t, jis, ' ', "2", "ABC 坊っちゃん"), "", []string{"国語辞典", "ABC 坊っちゃん"}, "", ""},
		{"cp932 with a letter of the library's own", book(t, sjis, 'a', "1", "表の能力") + iso2709('a', "001 2", "245 10 $a\x96\x7B\xF0\x40"), "", []string{"表の能力", "本〓"}, "", ""},
		{"could be three", iso2709(' ', "001 1", "245 10 $a\xA4\xB3\xA4\xB3"), "", nil, "", "cp932 or in euc-jp or in marc-8"},
		{"which is named", iso2709(' ', "001 1", "245 10 $a\xA4\xB3\xA4\xB3\xA4\xED"), "euc-jp", []string{"こころ"}, "", ""},
		{"UTF-16 by name", book(t, utf8, 'a', "1", "こころ"), "utf-16", nil, "", "never in UTF-16"},
		{"named wrongly", book(t, sjis, ' ', "1", "表の能力"), "utf-8", nil, "not in the encoding", ""},
		{"MARC-8", latin, "", []string{"Léte a Paris"}, "", ""},
		{"MARC-8 and UTF-8", latin + book(t, utf8, 'a', "1", "こころ"), "", []string{"Léte a Paris", "こころ"}, "", ""},
		{"MARC-8 in cp932 letters", iso2709(' ', "001 1", "245 10 $aT\xE5oky\xE5o"), "", []string{"Tōkyō"}, "", ""},
		{"MARC-8 with a record in Chinese", latin + iso2709(' ', "001 2", "245 10 $a\x1B$1!#a\x1B(B"), "", []string{"Léte a Paris"}, "yaz-marcdump", ""},
		{"MARC-8 in Chinese alone", iso2709(' ', "001 2", "245 10 $a\x1B$1!#a\x1B(B"), "", nil, "(EACC)", ""},
		{"MARC-8 by name", iso2709('a', "001 1", "245 10 $aL\xE2ete"), "marc-8", []string{"Léte"}, "", ""},
		{"Latin-1", iso2709(' ', "001 1", "245 10 $aG\xF6del, f\xFCr"), "", nil, "not UTF-8", ""},
		{"Latin-1 that could be kanji", iso2709('a', "001 1", "245 10 $at\xE9l\xE9phone"), "", nil, "not UTF-8", ""},
		{"kana of half width", iso2709('a', "001 1", "245 10 $a\xBA\xBA\xDB"), "", []string{"ｺｺﾛ"}, "", ""},
		{"one broken among UTF-8", book(t, utf8, 'a', "1", "こころ") + book(t, sjis, 'a', "2", "表の能力") + book(t, utf8, 'a', "3", "坊っちゃん"), "",
			[]string{"こころ", "坊っちゃん"}, "not UTF-8", ""},
		{"ISO-2022-JP that does not return to ASCII", book(t, jis, ' ', "1", "国語") + iso2709(' ', "001 2", "245 10 $a\x1B$B9q8l"), "",
			nil, "not UTF-8", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			records, problems, err := gather(t, test.file, Options{Encoding: test.encoding})
			same(t, "titles", titles(records), test.want)
			switch {
			case test.fatal != "":
				if err == nil || !strings.Contains(err.Error(), test.fatal) {
					t.Errorf("error %v, want %s", err, test.fatal)
				}
			case err != nil:
				t.Error(err)
			}
			if test.problem == "" && len(problems) > 0 || test.problem != "" && (len(problems) == 0 || !strings.Contains(problems[0].Error(), test.problem)) {
				t.Errorf("problems %v, want %q", problems, test.problem)
			}
			for _, p := range problems {
				if p.Bib == "" {
					t.Errorf("nobody knows whose record this is: %v", p)
				}
			}
		})
	}
}

// TestMARCXMLEncodings: what the file does not declare is found out, as of any text.
func TestMARCXMLEncodings(t *testing.T) {
	file := func(enc encoding.Encoding, declared string) string {
		text, err := enc.NewEncoder().String(declared + "<collection>\n" + marcXML(bookLeader, "001 1", "245 10 $a表の能力ソ") + "\n</collection>")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	sjis, utf16 := japanese.ShiftJIS, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	for _, test := range []struct {
		name, file, encoding, said, fatal string
	}{
		{"UTF-8", file(unicode.UTF8, ""), "", "", ""},
		{"declared", file(sjis, `<?xml version="1.0" encoding="Shift_JIS"?>`), "", "", ""},
		{"not declared", file(sjis, ""), "", "cp932", ""},
		{"declared wrongly", file(sjis, `<?xml version="1.0" encoding="UTF-8"?>`), "", "cp932", ""},
		{"named, against the declaration", file(japanese.EUCJP, `<?xml version="1.0" encoding="Shift_JIS"?>`), "euc", "euc-jp", ""},
		{"UTF-16", file(utf16, `<?xml version="1.0" encoding="UTF-16"?>`), "", "", ""},
		{"MARC-8", file(unicode.UTF8, ""), "marc-8", "", "never in MARC-8"},
		{"no encoding", file(unicode.UTF8, ""), "ebcdic", "", "there is no encoding"},
	} {
		t.Run(test.name, func(t *testing.T) {
			said, n := "", 0
			for rec, err := range MARC(strings.NewReader(test.file), Options{Encoding: test.encoding, ReadAs: func(e string) { said += e }}) {
				n++
				switch {
				case test.fatal != "":
					if err == nil || !strings.Contains(err.Error(), test.fatal) {
						t.Errorf("error %v, want %s", err, test.fatal)
					}
				case err != nil || rec.Bib.Title != "表の能力ソ":
					t.Errorf("title %q, error %v", rec.Bib.Title, err)
				}
			}
			if n != 1 || said != test.said {
				t.Errorf("%d records, read as %q, want %q", n, said, test.said)
			}
		})
	}
}

// TestMARCXMLNotUTF8: a record that is in no encoding is left out among others.
func TestMARCXMLNotUTF8(t *testing.T) {
	good := marcXML(bookLeader, "001 1", "245 10 $aBook") + marcXML(bookLeader, "001 2", "245 10 $aAnother")
	for _, title := range []string{"G\xF6del, f\xFCr", "t\xE9l\xE9phone", "\x81\x20\xFF"} {
		bad := marcXML(bookLeader, "001 3", "245 10 $a"+title)
		records, problems, err := gather(t, "<collection>"+good+bad+"</collection>", Options{})
		if err != nil || len(records) != 2 || len(problems) != 1 || problems[0].Bib != "3" {
			t.Errorf("%q: %d records, problems %v, error %v", title, len(records), problems, err)
		}
	}
}

func TestMARCOtherFormats(t *testing.T) {
	leader := func(b string, kind string) string { return b[:6] + kind + b[7:] }
	uni := iso2709(' ', "001 U1", "100 __ $a20190101d2019    m  y0jpny50      ea", "200 1_ $aユニマークの本")
	old := iso2709(' ', "001 J1", "251 __ $A国のマークの本 $F山本太郎", "551 __ $Aクニ ノ マーク")
	name := leader(iso2709('a', "001 A1", "100 1_ $a夏目, 漱石"), "z")
	held := leader(iso2709('a', "001 H1", "004 k1", "852 __ $achuo"), "x")
	good := iso2709('a', "001 k1", "245 10 $aこころ")
	for _, test := range []struct{ name, one, want string }{
		{"UNIMARC", uni, "UNIMARC"}, {"old JAPAN/MARC", old, "old format of JAPAN/MARC"}, {"authority", name, "authority record"}, {"holdings", held, "holdings record"},
		{"UNIMARC in another encoding", iso2709(' ', "001 U1", "200 1_ $a\x82\xB1\x82\xB1\x82\xEB"), "UNIMARC"},
	} {
		t.Run(test.name, func(t *testing.T) {
			records, problems, err := gather(t, strings.Repeat(test.one, 3), Options{})
			if err == nil || !strings.Contains(err.Error(), test.want) || len(problems) > 0 || len(records) > 0 {
				t.Errorf("all of it: %d records, problems %v, error %v", len(records), problems, err)
			}
			records, problems, err = gather(t, test.one+good, Options{})
			if err != nil || len(records) != 1 || len(problems) != 1 || !strings.Contains(problems[0].Fault, test.want) || problems[0].Bib == "" {
				t.Errorf("one of two: %d records, problems %v, error %v", len(records), problems, err)
			}
		})
	}
	// What has a title as MARC 21 has it is MARC 21, whatever else it has.
	one(t, iso2709('a', "001 k", "200 __ $ax", "245 10 $aこころ", "251 __ $aE"), Options{})
}

// TestMARCBrokenFields: a field that nobody needs costs itself, one that is needed more.
func TestMARCBrokenFields(t *testing.T) {
	good := []string{"001 k1", "020 __ $a9784101010038", "245 10 $aこころ", "852 __ $achuo $p1"}
	for _, test := range []struct {
		broken  int // of good, by its subfield
		note    string
		problem string
		items   int
		partial bool
	}{
		{1, "020", "", 1, false},
		{2, "", "title (field 245) is broken", 0, false},
		{3, "852", "", 0, true},
	} {
		fields := append([]string(nil), good...)
		fields[test.broken] = strings.Replace(fields[test.broken], " $a", " $\x1Fa", 1)
		var notes []string
		n := 0
		for rec, err := range MARC(strings.NewReader(iso2709('a', fields...)), Options{Note: func(p Problem) { notes = append(notes, p.Value) }}) {
			n++
			if test.problem != "" {
				if err == nil || !strings.Contains(err.Error(), test.problem) {
					t.Errorf("error %v, want %s", err, test.problem)
				}
				continue
			}
			if err != nil || len(rec.Items) != test.items || rec.Partial != test.partial || len(notes) != 1 || notes[0] != test.note {
				t.Errorf("%v: error %v, items %v, partial %v, notes %q", fields, err, rec.Items, rec.Partial, notes)
			}
		}
		if n != 1 {
			t.Errorf("%v: %d records", fields, n)
		}
	}
}
