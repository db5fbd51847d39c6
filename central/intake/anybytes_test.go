package intake

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"madoguchi/central/catalogue"
	"madoguchi/library"
)

// FuzzCSVOfAnyBytes: whatever the bytes, an import says of each row what became of it, or
// is one error; and what it yields is clean text.
func FuzzCSVOfAnyBytes(f *testing.F) {
	for _, file := range []string{
		"id,title\n1,本\n2\n3,書,x\n", "id;title\r1;本\r", "title\n本\n本\n\"書\n", "id,title\n1.0E+09,本\n1,\n", "id,title,branch,barcode\n1,本,a,1\n2,書,b,1\n1,別,,\n",
		"\xFF\xFEi\x00d\x00", "id,title\n1,\x93\xFA\x96\x7B\n", "id,title\n1,\x1b$BK\\\x1b(B\n", "id\ttitle\n1\t\x00本\uFFFD\u202E\n",
	} {
		f.Add([]byte(file))
	}
	f.Fuzz(checkAnyBytes)
}

// TestCSVOfAnyBytes is FuzzCSVOfAnyBytes on files that are nearly right.
func TestCSVOfAnyBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 1))
	pieces := []string{"1", "2", "本", "書", ",", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"\"", "=\"", ";", "\t", " ", "\x00", "\uFFFD", "\u202E", "\x93\xFA", "\xC6\xFC", "\x1b$BF|\x1b(B",
		"1.00001E+09", "#N/A", "2091", "chuo", "除籍", "あ\n", "\xFF"}
	for range 2000 {
		file := []byte([]string{"id,title\n", "title\r", "id;title;branch;barcode\r\n", "\uFEFFid,title,year,state\n", ""}[r.IntN(5)])
		for range r.IntN(40) {
			file = append(file, pieces[r.IntN(len(pieces))]...)
		}
		checkAnyBytes(t, file)
	}
}

func checkAnyBytes(t *testing.T, file []byte) {
	t.Helper()
	opt := Options{Branch: "chuo", Note: func(p Problem) {
		if p.Fault == "" || p.Number < 1 || p.Line < 1 {
			t.Fatalf("%q: note %+v", file, p)
		}
	}}
	sent, rows, left := map[library.BibID]bool{}, map[int]bool{}, map[library.BibID]bool{}
	var fatal error
	for rec, err := range CSV(bytes.NewReader(file), opt) {
		var p *Problem
		switch {
		case errors.As(err, &p):
			if p.Fault == "" || p.Number < 1 || p.Line < 1 || strings.ContainsAny(p.Error(), "\x00\n") || !utf8.ValidString(p.Error()) {
				t.Fatalf("%q: problem %q", file, p.Error())
			}
			rows[p.Number], left[p.Bib] = true, true
		case err != nil:
			fatal = err
		default:
			if rec.Bib.ID == "" || rec.Bib.Title == "" || sent[rec.Bib.ID] || rec.Bib.Title != clean(rec.Bib.Title) {
				t.Fatalf("%q: record %+v", file, rec.Bib)
			}
			sent[rec.Bib.ID] = true
		}
	}
	if fatal != nil {
		if len(sent) > 0 || !utf8.ValidString(fatal.Error()) {
			t.Fatalf("%q: %d records and the error %q", file, len(sent), fatal)
		}
		return
	}
	eachRow(t, file, func(c *csvReader, r row) {
		if rows[r.number] {
			return
		}
		if id := c.identify(r); r.fault != "" || !sent[id] && !left[id] {
			t.Fatalf("%q: nothing was said of row %d: %q", file, r.number, r.cells)
		}
	})
}

// eachRow reads the rows of a file that can be read.
func eachRow(t *testing.T, file []byte, do func(*csvReader, row)) {
	t.Helper()
	text, err := OpenText(bytes.NewReader(file), "")
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	c := &csvReader{desk: newDesk(Options{}), yield: func(_ catalogue.Incoming, err error) bool { return err == nil }}
	s, header, err := openCSV(text)
	if err != nil {
		t.Fatal(err)
	}
	if c.layout, err = lay(header, nil); err != nil {
		t.Fatal(err)
	}
	for {
		r, err := s.next()
		if errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		do(c, r)
	}
}
