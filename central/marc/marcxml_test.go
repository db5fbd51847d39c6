package marc

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	xunicode "golang.org/x/text/encoding/unicode"
)

const (
	xmlKokoro = `<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000cam a2200000zi 4500</leader>` +
		`<controlfield tag="001">k1</controlfield>` +
		`<datafield tag="245" ind1="1" ind2=" "><subfield code="a">こころ &amp; 道草 /</subfield><subfield code='c'>夏目&#28465;石 著</subfield></datafield></record>`
	xmlBotchan = `<marc:record><marc:leader>00000cam a2200000zi 4500</marc:leader><marc:controlfield tag="001">b2</marc:controlfield></marc:record>`
)

func TestReadsXML(t *testing.T) {
	tests := []struct {
		name, file string
		want       []string
	}{
		{"one record", xmlKokoro, []string{"k1"}},
		{"after blanks", "\uFEFF\n\t" + xmlKokoro + "\n", []string{"k1"}},
		{"collection", `<?xml version="1.0" encoding="utf-8"?><collection>` + xmlKokoro + "\n" + xmlBotchan + `</collection>`, []string{"k1", "b2"}},
		{"prefixed collection", `<marc:collection xmlns:marc="http://www.loc.gov/MARC21/slim">` + xmlBotchan + `</marc:collection>`, []string{"b2"}},
		{"OAI-PMH", `<ListRecords><record><header>x</header><metadata>` + xmlKokoro + `</metadata></record><record><metadata>` + xmlBotchan + `</metadata></record></ListRecords>`, []string{"k1", "b2"}},
		{"OAI-PMH that begins with deletions", "<ListRecords>" + strings.Repeat(`<record><header status="deleted"><identifier>oai:x:1</identifier></header></record>`, 2*maxForeign) + xmlKokoro + "</ListRecords>",
			append(slices.Repeat([]string{"!" + oaiGone}, 2*maxForeign), "k1")},
		{"commented out", `<collection><!-- ` + xmlKokoro + ` -->` + xmlBotchan + `</collection>`, []string{"b2"}},
		{"comment inside", strings.Replace(xmlKokoro, "<controlfield", "<!-- </record> --><controlfield", 1) + xmlBotchan, []string{"k1", "b2"}},
		{"CDATA", strings.Replace(xmlKokoro, ">k1<", "><![CDATA[k1]]><", 1), []string{"k1"}},
		{"greater-than in an attribute", strings.Replace(xmlKokoro, "<record ", `<record x="a>b" `, 1) + xmlBotchan, []string{"k1", "b2"}},
		{"much text between", xmlKokoro + strings.Repeat(" ", 2<<20) + xmlBotchan, []string{"k1", "b2"}},
		{"document type", `<!DOCTYPE collection [<!ENTITY a "b">]>` + xmlKokoro, []string{"!document type declaration"}},
		{"another encoding than declared", `<?xml version="1.0" encoding="Shift_JIS"?>` + xmlKokoro, []string{"!does not have Shift_JIS", "!!no record of the file"}},
		{"an encoding that nobody knows", `<?xml version="1.0" encoding="JEF"?>` + xmlKokoro, []string{`!!"JEF"`}},
		{"a byte order mark knows better", "\uFEFF" + `<?xml version="1.0" encoding="Shift_JIS"?>` + xmlKokoro, []string{"k1"}},
		{"UTF-16 in letters of one byte", `<?xml version="1.0" encoding="utf-16"?>` + xmlKokoro, []string{"k1"}},
		{"another encoding from here on", xmlKokoro + `<?xml version="1.0" encoding="EUC-JP"?>` + xmlKokoro, []string{"k1", `!!"EUC-JP"`}},
		{"truncated", `<collection>` + xmlKokoro + xmlBotchan[:90], []string{"k1", "!cut off at the end"}},
		{"truncated between records", `<collection>` + xmlKokoro, []string{"k1", "!before its last collection is closed"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			expect(t, outcome(t, strings.NewReader(test.file)), test.want...)
			expect(t, outcome(t, iotest.HalfReader(strings.NewReader(test.file))), test.want...)
		})
	}
	for rec, err := range Records(strings.NewReader(xmlKokoro)) {
		if err != nil {
			t.Fatal(err)
		}
		for f := range rec.Data("245") {
			if f.Get('a') != "こころ & 道草 /" || f.Get('c') != "夏目漱石 著" || f.Ind1 != '1' || f.Ind2 != ' ' {
				t.Errorf("title field %+v", f)
			}
		}
	}
}

func TestXMLEncodings(t *testing.T) {
	for _, test := range []struct {
		name    string
		declare string
		enc     encoding.Encoding
		title   string
	}{
		{"Shift_JIS", "Shift_JIS", japanese.ShiftJIS, "こころ ①ソ"},
		{"Windows-31J", "Windows-31J", japanese.ShiftJIS, "こころ ①ソ"},
		{"EUC-JP", "EUC-JP", japanese.EUCJP, "こころ"},
		{"ISO-2022-JP", "ISO-2022-JP", japanese.ISO2022JP, "こころ"},
		{"ISO-8859-1", "ISO-8859-1", charmap.Windows1252, "L’été"},
		{"UTF-16 with a mark", "UTF-16", xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM), "こころ𠮷"},
		{"UTF-16 big-endian with a mark", "UTF-16", xunicode.UTF16(xunicode.BigEndian, xunicode.UseBOM), "こころ𠮷"},
		{"UTF-16 without", "UTF-16", xunicode.UTF16(xunicode.LittleEndian, xunicode.IgnoreBOM), "こころ𠮷"},
		{"UTF-16 big-endian without", "UTF-16", xunicode.UTF16(xunicode.BigEndian, xunicode.IgnoreBOM), "こころ𠮷"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := `<?xml version="1.0" encoding="` + test.declare + `"?><collection>` +
				strings.Replace(strings.Replace(xmlKokoro, "こころ &amp; 道草 /", test.title, 1), "夏目&#28465;石 著", "x", 1) + "</collection>"
			file, err := test.enc.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			for rec, err := range Records(strings.NewReader(file)) {
				if err != nil {
					t.Fatal(err)
				}
				for f := range rec.Data("245") {
					if f.Get('a') != test.title {
						t.Errorf("title %q", f.Get('a'))
					}
				}
			}
		})
	}
}

func TestBrokenXML(t *testing.T) {
	replace := func(old, new string) string {
		if !strings.Contains(xmlKokoro, old) {
			t.Fatalf("nothing to break: %q", old)
		}
		return strings.Replace(xmlKokoro, old, new, 1)
	}
	tests := []struct{ name, broken, want string }{
		{"end tag of a subfield lost", replace("</subfield>", ""), "!not well-formed"},
		{"end tag of the record lost", replace("</record>", ""), "!no end tag"},
		{"cut in a tag", xmlKokoro[:len(xmlKokoro)-60], "!no end tag"},
		{"unknown entity", replace("&amp;", "&nbsp;"), "!not well-formed"},
		{"Shift_JIS", replace("こころ", "\x82\xB1\x82\xB1\x82\xEB"), "!is not UTF-8"},
		{"no leader", replace("<leader>00000cam a2200000zi 4500</leader>", ""), "!no leader"},
		{"short leader", replace("zi 4500", ""), "!no leader"},
		{"tag", replace(`tag="245"`, `tag="24"`), "!a tag that is none"},
		{"control tag", replace(`tag="001"`, `tag="245"`), "!a tag that is none"},
		{"quote lost", replace(`tag="245"`, `tag="245`), "!not well-formed"},
		{"comment not closed", replace("<controlfield", "<!-- <controlfield"), "!not well-formed"},
		{"empty", "<record/>", "!empty"},
		{"too long", replace("こころ", strings.Repeat("あ", MaxXMLRecord/3)), "!longer than"},
		{"too long by a comment", replace("こころ", "<!--"+strings.Repeat("-あ", MaxXMLRecord/3)), "!longer than"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := "<collection>" + strings.Replace(xmlKokoro, "k1", "k0", 1) + test.broken + xmlBotchan + "</collection>"
			got := outcome(t, strings.NewReader(file))
			expect(t, got, "k0", test.want, "b2")
		})
	}
}

func FuzzMARCXML(f *testing.F) {
	for _, garbage := range []string{
		"", "<record>", "</record>", "<record><leader>", "<!-", "<a b='", "<record/>", "&x;", "]]>", "<?x", "\xFF",
		xmlKokoro[:100], xmlKokoro[50:], "<record><datafield tag='245'><subfield code='a'>", "<collection>", "</collection>",
		strings.Replace(xmlKokoro, `code="a"`, `code=""`, 1), strings.Replace(xmlKokoro, "&amp;", "&eacute;", 1), "<record><header status='deleted'></header></record>",
		"<mods><title>a</title></mods>", "<html><body>502</body></html>", "<?xml version='1.0' encoding='Shift_JIS'?>",
	} {
		f.Add([]byte(garbage))
	}
	f.Fuzz(func(t *testing.T, garbage []byte) {
		g := string(garbage)
		if strings.Contains(g, "<!") || strings.Contains(g, "<?") || strings.HasSuffix(g, "<") {
			// These may rightly swallow or refuse what follows; they only must not crash.
			for range Records(strings.NewReader(xmlKokoro + g + xmlBotchan)) {
			}
			return
		}
		var ids []string
		for rec, err := range Records(strings.NewReader(xmlKokoro + g + xmlBotchan)) {
			var bad *RecordError
			if err != nil && !errors.As(err, &bad) {
				t.Fatal(err)
			}
			if err != nil && (bad.Fault == "" || !utf8.ValidString(bad.Error()) || len(bad.Error()) > 400) {
				t.Fatalf("the error is %q", bad.Error())
			}
			if err == nil {
				ids = append(ids, rec.Control("001"))
			}
		}
		if len(ids) < 2 || ids[0] != "k1" || ids[len(ids)-1] != "b2" {
			t.Fatalf("records %q", ids)
		}
	})
}
