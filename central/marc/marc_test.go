package marc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
	"unicode/utf8"
)

// encode writes fields as ISO 2709. A control field is its value; a data field is
// its two indicators and then subfields as "$aText".
func encode(fields ...string) []byte {
	var dir, data bytes.Buffer
	for _, f := range fields {
		tag, value := f[:3], f[4:]
		value = strings.ReplaceAll(value, "$", "\x1F") + "\x1E"
		fmt.Fprintf(&dir, "%s%04d%05d", tag, len(value), data.Len())
		data.WriteString(value)
	}
	base := leaderLength + dir.Len() + 1
	size := base + data.Len() + 1
	return fmt.Appendf(nil, "%05dcam a22%05dzi 4500%s\x1E%s\x1D", size, base, dir.String(), data.String())
}

// resized is a record whose leader says another length than it has.
func resized(t testing.TB, by int) []byte {
	b := kokoro()
	n, ok := number(b, 0, 5)
	if !ok {
		t.Fatal("no length")
	}
	copy(b, fmt.Sprintf("%05d", n+by))
	return b
}

func kokoro() []byte {
	return encode("001 k1", "245 10$aこころ /$c夏目漱石 著.", "100 1 $a夏目, 漱石")
}

func botchan() []byte { return encode("001 b2", "245 10$a坊っちゃん /$c夏目漱石 著.") }

// outcome renders what Records yields: "k1" for a record, "!reason" for a bad one,
// "!!" for the end by another error.
func outcome(t *testing.T, r io.Reader) (out []string) {
	t.Helper()
	number := 0
	for rec, err := range Records(r) {
		number++
		var bad *RecordError
		switch {
		case err == nil:
			if rec.Number != number {
				t.Errorf("record %s has the number %d, want %d", rec.Control("001"), rec.Number, number)
			}
			out = append(out, rec.Control("001"))
		case errors.As(err, &bad):
			if bad.Number != number {
				t.Errorf("bad record has the number %d, want %d", bad.Number, number)
			}
			out = append(out, "!"+bad.Fault+" "+bad.Value)
		default:
			out = append(out, "!!"+err.Error())
		}
	}
	return out
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i := range want {
		bad := strings.HasPrefix(want[i], "!")
		if !bad && got[i] != want[i] || bad && !(strings.HasPrefix(got[i], "!") && strings.Contains(got[i], strings.TrimLeft(want[i], "!"))) {
			t.Errorf("%d: got %q, want %q", i+1, got[i], want[i])
		}
	}
}

func TestReadsFields(t *testing.T) {
	for rec, err := range Records(bytes.NewReader(append(kokoro(), botchan()...))) {
		if err != nil {
			t.Fatal(err)
		}
		if rec.Number == 2 {
			if want := int64(len(kokoro())); rec.Offset != want {
				t.Errorf("offset %d, want %d", rec.Offset, want)
			}
			continue
		}
		var title *Field
		for f := range rec.Data("245", "246") {
			title = f
		}
		if title == nil || title.Ind1 != '1' || title.Ind2 != '0' || title.Get('a') != "こころ /" || title.Get('c') != "夏目漱石 著." || title.Get('x') != "" {
			t.Errorf("title field %+v", title)
		}
		if rec.Leader[5:8] != "cam" || rec.Control("001") != "k1" || rec.Control("008") != "" {
			t.Errorf("leader %q, 001 %q", rec.Leader, rec.Control("001"))
		}
	}
}

func TestBrokenISO2709(t *testing.T) {
	replace := func(b []byte, old, new string) []byte {
		if !bytes.Contains(b, []byte(old)) {
			t.Fatalf("nothing to break: %q", old)
		}
		return bytes.Replace(b, []byte(old), []byte(new), 1)
	}
	long := encode("001 long", "520   $a"+strings.Repeat("a", 9_000))
	whole := kokoro()
	tests := []struct {
		name   string
		broken []byte
		want   []string
	}{
		{"nothing", nil, nil},
		{"line breaks", []byte("\r\n\r\n"), nil},
		{"wrong length", replace(kokoro(), "00", "01"), []string{"!its leader says"}},
		{"no length", append([]byte("x"), kokoro()[1:]...), []string{"!does not begin with a leader"}},
		{"terminator lost", whole[:len(whole)-1], []string{"!cut off after"}},
		{"cut in the middle", whole[:60], []string{"!cut off after 60 of its"}},
		{"cut in the leader", whole[:11], []string{"!cut off after 11 of its"}},
		{"garbage", []byte("<html>404</html> 12345"), []string{"!no record"}},
		{"garbage that ends", []byte("hello\x1D"), []string{"!does not begin with a leader"}},
		{"field terminator lost", replace(kokoro(), "著.\x1E", "著.."), []string{"!does not end where the directory says field 245"}},
		{"directory in letters", replace(kokoro(), "245", "2-5"), []string{"!entry of its directory is wrong entry 2"}},
		{"directory too short", replace(kokoro(), "0010003", "0010002"), []string{"!does not end where the directory says field 001"}},
		{"base address", replace(kokoro(), "a2200061", "a2200073"), []string{"!directory is damaged"}},
		{"another encoding", replace(kokoro(), "こころ /", "\x82\xB1\x82\xB1\x82\xEBabcde"), []string{"k1"}},
		{"no indicators", replace(kokoro(), "10\x1F", "1\x1F0"), []string{"k1"}},
		{"subfield without code", replace(kokoro(), "\x1Fc", "\x1F\x1F"), []string{"k1"}},
		{"length one more", resized(t, 1), []string{"k1"}},
		{"length one less", resized(t, -1), []string{"k1"}},
		{"length two less", resized(t, -2), []string{"!its leader says another length"}},
		{"UNIMARC", replace(kokoro(), "4500", "    "), []string{"!not that of a MARC 21 record"}},
		{"a megabyte without a terminator", bytes.Repeat([]byte("00100 "), 200_000), []string{"!no record"}},
		{"good, only long", long, []string{"long"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := bytes.Join([][]byte{kokoro(), test.broken, botchan()}, nil)
			expect(t, outcome(t, bytes.NewReader(file)), append(append([]string{"k1"}, test.want...), "b2")...)
			expect(t, outcome(t, iotest.OneByteReader(bytes.NewReader(file))), append(append([]string{"k1"}, test.want...), "b2")...)
		})
	}
	t.Run("cut off at the end", func(t *testing.T) {
		expect(t, outcome(t, bytes.NewReader(append(botchan(), whole[:70]...))), "b2", "!cut off after 70")
	})
	t.Run("offset of a bad record", func(t *testing.T) {
		file := bytes.Join([][]byte{kokoro(), []byte("\n"), whole[:60], botchan()}, nil)
		for _, err := range Records(bytes.NewReader(file)) {
			var bad *RecordError
			if errors.As(err, &bad) && bad.Offset != int64(len(whole)+1) {
				t.Errorf("offset %d, want %d", bad.Offset, len(whole)+1)
			}
		}
	})
}

func TestEndsWithOtherErrors(t *testing.T) {
	broken := errors.New("the disk is broken")
	for _, file := range [][]byte{kokoro(), []byte(xmlKokoro)} {
		expect(t, outcome(t, io.MultiReader(bytes.NewReader(file), iotest.ErrReader(broken))), "k1", "!!the disk is broken")
		expect(t, outcome(t, io.MultiReader(bytes.NewReader(file[:30]), iotest.ErrReader(broken))), "!!the disk is broken")
	}
	expect(t, outcome(t, strings.NewReader("0\x000\x000\x001\x00")), "!!UTF-16")
	expect(t, outcome(t, strings.NewReader("\xFE\xFF\x000\x000")), "!!UTF-16")
}

// TestFlaws: what can be done without costs the field, and is said.
func TestFlaws(t *testing.T) {
	noIndicator := bytes.Replace(kokoro(), []byte("1 \x1Fa夏"), []byte("1\x1Faa夏"), 1)
	noSubfield := bytes.Replace(kokoro(), []byte("\x1Fc"), []byte("\x1F\x1F"), 1)
	inXML := strings.NewReplacer(`ind1="1"`, `ind1="10"`, `<subfield code="a">`, `<subfield code="">`)
	for _, test := range []struct {
		name, file string
		want       []Flaw
		fields     int
	}{
		{"nothing", string(kokoro()), nil, 3},
		{"no indicator", string(noIndicator), []Flaw{{"100", noIndicators}}, 2},
		{"no subfield", string(noSubfield), []Flaw{{"245", noCode}}, 2},
		{"one more", string(resized(t, 1)), []Flaw{{"", "the length in its leader is off by one"}}, 3},
		{"one less", string(resized(t, -1)), []Flaw{{"", "the length in its leader is off by one"}}, 3},
		{"XML indicator", inXML.Replace(xmlKokoro), []Flaw{{"245", noIndicators}}, 1},
		{"XML code", strings.Replace(xmlKokoro, `code="a"`, `code=""`, 1), []Flaw{{"245", noCode}}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			for rec, err := range Records(strings.NewReader(test.file)) {
				if err != nil {
					t.Fatal(err)
				}
				if fmt.Sprint(rec.Flaws) != fmt.Sprint(test.want) || len(rec.Fields) != test.fields {
					t.Errorf("flaws %v, %d fields; want %v, %d", rec.Flaws, len(rec.Fields), test.want, test.fields)
				}
			}
		})
	}
}

// TestBrokenSaysItsNumber: a record that cannot be read is still known by its 001.
func TestBrokenSaysItsNumber(t *testing.T) {
	whole := string(kokoro())
	for _, test := range []struct{ name, broken, want string }{
		{"wrong length", "00999" + whole[5:], "k1"},
		{"cut off", whole[:len(whole)-20], "k1"},
		{"cut off within it", whole[:62], ""},
		{"directory", strings.Replace(whole, "245", "2-5", 1), "k1"},
		{"no 001", strings.Replace("00999"+whole[5:], "001000300000", "002000300000", 1), ""},
		{"a number in no text", strings.Replace("00999"+whole[5:], "k1\x1E", "\xFF1\x1E", 1), ""},
		{"no record", "<html>\x1D", ""},
		{"XML entity", strings.Replace(xmlKokoro, "&amp;", "&nbsp;", 1), "k1"},
		{"XML entity in it", strings.Replace(strings.Replace(xmlKokoro, "&amp;", "&nbsp;", 1), ">k1<", "> k&amp;1 <", 1), "k&1"},
		{"XML without leader", strings.Replace(xmlKokoro, "zi 4500", "", 1), "k1"},
		{"XML cut off before it", xmlKokoro[:100], ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := string(botchan()) + test.broken + string(botchan())
			if strings.HasPrefix(test.broken, "<record") {
				file = "<collection>" + xmlBotchan + test.broken + xmlBotchan + "</collection>"
			}
			n := 0
			for _, err := range Records(strings.NewReader(file)) {
				var bad *RecordError
				if errors.As(err, &bad) {
					n++
					if bad.Control != test.want {
						t.Errorf("001 is %q, want %q: %v", bad.Control, test.want, bad)
					}
				}
			}
			if n != 1 {
				t.Errorf("%d broken records, want 1", n)
			}
		})
	}
}

// TestCutOff: the end of a file that breaks off is told from a broken record in it.
func TestCutOff(t *testing.T) {
	whole := string(kokoro())
	for _, test := range []struct {
		name, file string
		want       bool
	}{
		{"in the last record", string(botchan()) + whole[:70], true},
		{"before its terminator", string(botchan()) + whole[:len(whole)-1], true},
		{"in the first leader", "001", false}, // no MARC at all
		{"a broken one in the middle", whole[:70] + string(botchan()), false},
		{"a broken one at the end", string(botchan()) + "00999" + whole[5:], false},
		{"XML in a record", "<collection>" + xmlBotchan + xmlKokoro[:90], true},
		{"XML between records", "<collection>" + xmlBotchan, true},
		{"XML broken in the middle", "<collection>" + xmlKokoro[:90] + xmlBotchan + "</collection>", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := false
			for _, err := range Records(strings.NewReader(test.file)) {
				var bad *RecordError
				got = got || errors.As(err, &bad) && bad.CutOff
			}
			if got != test.want {
				t.Errorf("cut off: %v, want %v", got, test.want)
			}
		})
	}
}

// TestNotMARC: of a file that is something else there is one error that says what.
func TestNotMARC(t *testing.T) {
	random := make([]byte, 200_000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	for _, test := range []struct{ name, file, want string }{
		{"nothing", "", "is empty"},
		{"line breaks", "\r\n\x1A", "is empty"},
		{"a web page", "<html><head><title>502 Bad Gateway</title></head></html>", "web page"},
		{"a web page as browsers like it", "\n<!DOCTYPE html>\n<html lang=ja><body></body></html>", "web page"},
		{"MODS", `<?xml version="1.0"?><mods xmlns="http://www.loc.gov/mods/v3"><title>本</title></mods>`, "XML (<mods>)"},
		{"records of another kind", "<OAI-PMH><record><metadata><dc>a</dc></metadata></record><record/></OAI-PMH>", "XML (<OAI-PMH>)"},
		{"an empty collection", "<collection></collection>", "XML (<collection>)"},
		{"mrk", "=LDR  00000nam a2200000 i 4500\n=001  T1\n", "MarcEdit"},
		{"CSV", "id,title\n1,本\n", "central import csv"},
		{"CSV in Shift_JIS", "\x94\xD4\x8D\x86,\x91\xE8\n1,\x96\x7B\n", "central import csv"},
		{"TSV that begins with digits", "12345\t本\n", "central import csv"},
		{"JSON", `{"id": 1}`, "JSON"},
		{"gzip", "\x1F\x8B\x08\x00\x00", "compressed"},
		{"workbook", "PK\x03\x04\x14\x00", "workbook"},
		{"prose", "何もありません", "is text"},
		{"random bytes", string(random), "not MARC"},
		{"pieces", strings.Repeat("hello\x1D", 1000), "not MARC"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := outcome(t, strings.NewReader(test.file))
			expect(t, got, "!!"+test.want)
			if s := got[0]; len(s) > 250 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("the error is %q", s)
			}
		})
	}
	// What is MARC but broken is told of piece by piece.
	cut := kokoro()[:70]
	expect(t, outcome(t, bytes.NewReader(cut)), "!cut off", "!!no record of the file")
	expect(t, outcome(t, bytes.NewReader(append([]byte("HTTP/1.1 200 OK\x1D"), kokoro()...))), "!does not begin with a leader", "k1")
}

func TestStopsWhenAsked(t *testing.T) {
	for _, file := range []string{string(kokoro()) + string(botchan()), xmlKokoro + xmlBotchan, "xx\x1Dyy\x1D", "<record><leader>" + xmlKokoro} {
		n := 0
		for range Records(strings.NewReader(file)) {
			if n++; n == 1 {
				break
			}
		}
	}
}

// TestRealFile reads real records and breaks them one by one: the others must come.
func TestRealFile(t *testing.T) {
	file, err := os.ReadFile(filepath.Join(root(t), "..", "shared", "data", "japanmarc", "marc21.dat"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("../shared/data/japanmarc is not here")
	} else if err != nil {
		t.Fatal(err)
	}
	var ids []string
	var starts []int64
	for rec, err := range Records(bytes.NewReader(file)) {
		if err != nil {
			t.Fatal(err)
		}
		ids, starts = append(ids, rec.Control("001")), append(starts, rec.Offset)
	}
	if len(ids) != 233 {
		t.Fatalf("%d records, want 233", len(ids))
	}
	starts = append(starts, int64(len(file)))
	breakages := map[string]func(rec []byte) []byte{
		"cut":          func(r []byte) []byte { return r[:len(r)/2] },
		"wrong length": func(r []byte) []byte { return append([]byte("00999"), r[5:]...) },
		"terminator":   func(r []byte) []byte { return r[:len(r)-1] },
	}
	for name, breakage := range breakages {
		for i := 0; i < len(ids)-1; i += 29 {
			broken := bytes.Join([][]byte{file[:starts[i]], breakage(file[starts[i]:starts[i+1]]), file[starts[i+1]:]}, nil)
			var want []string
			want = append(append(append(want, ids[:i]...), "!"), ids[i+1:]...)
			t.Run(fmt.Sprintf("%s %d", name, i+1), func(t *testing.T) {
				expect(t, outcome(t, bytes.NewReader(broken)), want...)
			})
		}
	}
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		} else if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this test")
		}
	}
}

func FuzzISO2709(f *testing.F) {
	whole := kokoro()
	for _, garbage := range []string{
		"", "\n", "\x1D", "\x1E\x1F\x1D", "00026", "00135cam", string(whole[:50]), string(whole[:len(whole)-1]), string(whole[3:]),
		"01234" + string(whole[5:]), string(resized(f, 1)), string(resized(f, -1)), "00001\x1D", "00024cam a2200025zi 4500\x1D",
		strings.Replace(string(whole), "10\x1F", "1\x1F0", 1), strings.Replace(string(whole), "\x1Fc", "\x1F\x1F", 1), "<record>", "\x82\xB1\x82\xB1", string(whole) + "\x00", "00061cam a2200025zi 4500\x1E",
	} {
		f.Add([]byte(garbage))
	}
	f.Fuzz(func(t *testing.T, garbage []byte) {
		file := bytes.Join([][]byte{kokoro(), garbage, botchan()}, nil)
		var first, last string
		end := int64(-1)
		for rec, err := range Records(bytes.NewReader(file)) {
			if err != nil {
				var bad *RecordError
				if !errors.As(err, &bad) {
					t.Fatal(err)
				}
				if bad.Fault == "" || !utf8.ValidString(bad.Error()) || strings.ContainsFunc(bad.Error(), unicode.IsControl) {
					t.Fatalf("the error is %q", bad.Error())
				}
				last = ""
				continue
			}
			if rec.Offset <= end {
				t.Fatal("offsets do not ascend")
			}
			if len(rec.Leader) != leaderLength {
				t.Fatalf("leader %q", rec.Leader)
			}
			end, last = rec.Offset, rec.Control("001")
			if first == "" {
				first = last
			}
		}
		if first != "k1" || last != "b2" {
			t.Fatalf("first %q, last %q", first, last)
		}
	})
}
