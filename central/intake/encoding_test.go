package intake

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	textunicode "golang.org/x/text/encoding/unicode"
)

// encodings are those that OpenText finds out, as others write them.
var encodings = map[string]encoding.Encoding{
	CP932: japanese.ShiftJIS, EUCJP: japanese.EUCJP, ISO2022JP: japanese.ISO2022JP,
	"utf-16 le": textunicode.UTF16(textunicode.LittleEndian, textunicode.IgnoreBOM), "utf-16 be": textunicode.UTF16(textunicode.BigEndian, textunicode.IgnoreBOM),
	"utf-16 le with a mark": textunicode.UTF16(textunicode.LittleEndian, textunicode.UseBOM), "utf-16 be with a mark": textunicode.UTF16(textunicode.BigEndian, textunicode.UseBOM),
}

func encoded(t *testing.T, name, text string) string {
	t.Helper()
	s, err := encodings[name].NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// readText returns a whole file as OpenText reads it.
func readText(t *testing.T, file, name string) (text, in string, err error) {
	t.Helper()
	f, err := OpenText(strings.NewReader(file), name)
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	var first string
	for i := range 2 {
		r, err := f.Reader()
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if text = string(all); i == 1 && text != first {
			t.Fatalf("the second time it is %q, and it was %q", text, first)
		}
		first = text
	}
	return text, f.Encoding(), nil
}

func TestEncodings(t *testing.T) {
	text := "id,title,title_reading,creator\nq1,続日本の空,ゾク ニホン ノ ソラ,山本太郎\nq2,高橋の本,タカハシ ノ ホン,高橋花子\n"
	for _, ends := range []string{"\n", "\r\n", "\r"} {
		text := strings.ReplaceAll(text, "\n", ends)
		for name := range encodings {
			file := encoded(t, name, text)
			want, _, _ := strings.Cut(name, " ")
			got, in, err := readText(t, file, "")
			if err != nil || in != want || got != text {
				t.Errorf("%s, lines that end with %q: %q, read as %q, %v", name, ends, got, in, err)
			}
			if got, _, err = readText(t, file, want); err != nil || got != text {
				t.Errorf("%s by name: %q, %v", name, got, err)
			}
		}
		for _, file := range []string{text, "\uFEFF" + text} {
			if got, in, err := readText(t, file, ""); err != nil || in != UTF8 || got != text {
				t.Errorf("UTF-8: %q, read as %q, %v", got, in, err)
			}
		}
	}
}

func randomBytes(n int) string {
	r := rand.New(rand.NewPCG(14, 8))
	text := make([]byte, n)
	for i := range text {
		text[i] = byte(r.IntN(256))
	}
	return string(text)
}

func TestEncodingsInDoubt(t *testing.T) {
	const good = "id,title\n1,良書\n"
	tests := []struct{ name, file, encoding, in, refused string }{
		{"ASCII", "id,title\n1,a\n", "", UTF8, ""},
		{"empty", "", "", UTF8, ""},
		{"what EUC-JP and cp932 share with UTF-8", "id,title\nq5,³\nq6,ﾃ\n", "", UTF8, ""},
		{"both", "id,title\n1,\xBB\xB3\xCB\xDC\n", "", "", "in cp932 or in euc-jp: name the right one with --encoding"},
		{"both, named", "id,title\n1,\xBB\xB3\xCB\xDC\n", "EUC-JP", EUCJP, ""},
		{"one line of another", good + "2,\x96\x7B\n", "", UTF8, ""},
		{"one line of another, in ASCII", "id,title\n1,a\n2,b\n3,Caf\xE9\n", "", UTF8, ""},
		{"a letter of the library's own", "id,title\n1,\x93\xFA\x96\x7B\n2,\xF0\x40\x96\x7B\n3,\x93\xFA\n", "", CP932, ""},
		{"letters of the library's own alone", "id,title\n1,\xF0\x40\n2,\xF9\xFC\n", "", "", "as a whole"},
		{"Latin-1, which cp932 would make rare kanji of", "id,title\n1,caf\xE9s\n2,\xE9t\xE9s\n", "", "", "as a whole"},
		{"that, named", "id,title\n1,\x93\xFA\x96\x7B\n2,\xF0\x40\x96\x7B\n3,\x93\xFA\n", "sjis", CP932, ""},
		{"put together", good + strings.Repeat("2,\x96\x7B\n", 50), "", "", "put together"},
		{"an escape sequence among UTF-8", good + "2,\x1b$BK\\\x1b(B\n", "", UTF8, ""},
		{"a letter over the end of a line", "id,title\n1,\x1b$B3F|\n2,\x1b$BK\\\x1b(B\n3,\x1b$BK\\\x1b(B\n", "", "", "as a whole"},
		{"UTF-16 of ASCII alone", "i\x00d\x00,\x00t\x00i\x00t\x00l\x00e\x00\n\x001\x00,\x00a\x00\n\x00", "", UTF16, ""},
		{"a NUL byte", "id,title\n1,a\x00b,\n", "", UTF8, ""},
		{"no text", "\xFF\x00\x80\n\xFF\xA0\n", "", "", "is no text but binary"},
		{"random bytes", randomBytes(20_000), "", "", "is no text but binary"},
		{"a few random bytes", randomBytes(300), "", "", "is no text but binary"},
		{"a program", "\x7FELF\x02\x01\x01\x00", "", "", "is a program, and no text"},
		{"UTF-32 with a mark", "\xFF\xFE\x00\x00i\x00\x00\x00", "", "", "in UTF-32: save it as UTF-8"},
		{"UTF-32", "i\x00\x00\x00d\x00\x00\x00,\x00\x00\x00\x2C\x67\x00\x00", "", "", "in UTF-32: save it as UTF-8"},
		{"UTF-32, the other way", "\x00\x00\x00i\x00\x00\x00d\x00\x00\x00,\x00\x00\x67\x2C", "", "", "in UTF-32: save it as UTF-8"},
		{"a workbook", "PK\x03\x04\x14\x00", "", "", "save it as CSV"},
		{"no such encoding", good, "ebcdic", "", `no encoding "ebcdic"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, in, err := readText(t, test.file, test.encoding)
			if test.refused == "" && (err != nil || in != test.in) {
				t.Errorf("read as %q, %v; want %s", in, err, test.in)
			}
			if test.refused != "" && (err == nil || !strings.Contains(err.Error(), test.refused)) {
				t.Errorf("read as %q, %v; want %q", in, err, test.refused)
			}
		})
	}
}

// TestLettersOfTheLibrarysOwn: a letter that cannot be shown costs itself, with a note.
func TestLettersOfTheLibrarysOwn(t *testing.T) {
	for name, file := range map[string]string{
		"cp932":  "id,title\n1,\xF0\x40\x96\x7B\n2,\x96\x7B\xF9\xFC\xF0\x80\n3,\x93\xFA\x96\x7B\n4,\x93\xFA\x96\x7B\n5,\x93\xFA\x96\x7B\n",
		"UTF-8":  "id,title\n1,\uE000本\n2,本\uE757\uE03F\n3,日本\n4,日本\n5,日本\n",
		"UTF-16": "\xFE\xFF" + "\x00i\x00d\x00,\x00t\x00i\x00t\x00l\x00e\x00\n\x001\x00,\xE0\x00\x67\x2C\x00\n\x002\x00,\x67\x2C\xE7\x57\xE0\x3F\x00\n\x003\x00,\x65\xE5\x67\x2C\x00\n",
	} {
		text, _, err := readText(t, file, "")
		if err != nil || !strings.Contains(text, "1,\uE000本") || !strings.Contains(text, "2,本\uE757\uE03F") {
			t.Errorf("%s: %q, %v", name, text, err)
		}
		var notes []string
		records, problems, err := gather(t, file, Options{Note: func(p Problem) { notes = append(notes, p.Fault) }})
		if err != nil || len(problems) > 0 || len(records) < 3 || records[0].Bib.Title != "〓本" || records[1].Bib.Title != "本〓〓" || len(notes) != 2 || !strings.Contains(notes[0], "外字") {
			t.Errorf("%s: %+v, %v, %v, %q", name, records, problems, err, notes)
		}
	}
}

// TestEncodedRows: a row that is not in the encoding of its file costs itself.
func TestEncodedRows(t *testing.T) {
	records, problems, err := gather(t, "id,title\n1,\x93\xFA\x96\x7B\n2,\xFD\x40\x96\x7B\n3,\x93\xFA\n", Options{Encoding: CP932})
	if err != nil || len(records) != 2 || records[0].Bib.Title != "日本" || len(problems) != 1 || !strings.Contains(problems[0].Error(), "row 2 (line 3): it is not cp932") {
		t.Errorf("%+v, %v, %v", records, problems, err)
	}
	records, problems, err = gather(t, "id,title\n1,良書\n2,\x1b$BK\\\x1b(B\n", Options{})
	if err != nil || len(records) != 1 || len(problems) != 1 || !strings.Contains(problems[0].Fault, "escape sequence of ISO-2022-JP") {
		t.Errorf("%+v, %v, %v", records, problems, err)
	}
	var said []string
	_, _, err = gather(t, encoded(t, EUCJP, "id,title\n1,日本の空\n"), Options{ReadAs: func(e string) { said = append(said, e) }})
	same(t, "said", said, []string{EUCJP})
	if err != nil {
		t.Error(err)
	}
}

// TestTextOfAPipe leaves no copy behind, and reads nothing of a file that breaks off.
func TestTextOfAPipe(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	f, err := OpenText(iotest.OneByteReader(strings.NewReader("id\n1\n")), "")
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if f, err := OpenText(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("id\n1\n"))), ""); err == nil {
		f.Close()
		t.Error("a file that breaks off was taken for whole")
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// FuzzEncoding: whatever the file, what is read of it is UTF-8, or it is refused; and
// what is written in an encoding is read back, unless it is refused for its doubt.
func FuzzEncoding(f *testing.F) {
	f.Add([]byte("id,title\n1,\x93\xFA\x96\x7B\n"), "本の空")
	f.Add([]byte("\x1b$B3F\n|K"), "ﾃﾚﾋﾞ")
	f.Add([]byte("\xFF\xFEi\x00\n\x00"), "続日本\r\n")
	f.Add([]byte("\xBB\xB3\xCB\xDC\x00\x8F"), "")
	f.Fuzz(func(t *testing.T, file []byte, text string) {
		_, in, err := readText(t, string(file), "")
		if err == nil && in == UTF8 && !bytes.HasPrefix(file, []byte("\uFEFF")) && utf8.Valid(file) && bytes.Contains(file, []byte("\x1b$B")) && !bytes.ContainsFunc(file, func(r rune) bool { return r >= 0x800 }) {
			t.Fatalf("%q was read as UTF-8", file)
		}
		for _, name := range decodings {
			if got, _, err := readText(t, string(file), name.name); err == nil && !utf8.ValidString(got) {
				t.Fatalf("%q as %s is %q", file, name.name, got)
			}
		}
		if strings.ContainsFunc(text, func(r rune) bool { return !plain(r) || r < ' ' || r == 0xFEFF || r == utf8.RuneError }) {
			return
		}
		for name, e := range encodings {
			whole := "id,title\n1," + text + "\n2,日本の空\n"
			file, err := e.NewEncoder().String(whole)
			if err != nil {
				continue
			}
			got, in, err := readText(t, file, "")
			if want, _, _ := strings.Cut(name, " "); err == nil && (in != want || clean(got) != clean(whole)) && in != UTF8 {
				t.Fatalf("%q in %s was read as %s: %q", whole, name, in, got)
			}
		}
	})
}
