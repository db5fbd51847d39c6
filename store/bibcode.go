package store

import (
	"encoding/binary"
	"fmt"
	"time"

	"madoguchi/library"
)

// encodeBib writes a bib as the table record holds it: every text with its length
// before it, the fields in the order of library.Bib, and each list with its length. A
// page of hits is read from this after every key that a patron types; JSON takes ten
// times as long, and half as much room again.
func encodeBib(b library.Bib) string {
	var w bibWriter
	w.texts(string(b.ID), string(b.Kind), b.Title, b.TitleReading, b.Subtitle, b.Volume)
	w.number(len(b.Creators))
	for _, c := range b.Creators {
		w.texts(c.Name, c.Reading, c.Role)
	}
	w.texts(b.Publisher)
	w.number(b.Year)
	w.number(len(b.Series))
	for _, s := range b.Series {
		w.texts(s.Title, s.Reading, s.Volume)
	}
	w.list(b.ISBNs)
	w.list(b.NDC)
	w.number(len(b.Subjects))
	for _, s := range b.Subjects {
		w.texts(s.Term, s.Reading)
	}
	w.texts(b.Language)
	juvenile := 0
	if b.Juvenile {
		juvenile = 1
	}
	w.number(juvenile)
	w.texts(b.Extent, b.Description)
	for _, n := range []int{b.AddedOn.Year, int(b.AddedOn.Month), b.AddedOn.Day} {
		w.number(n)
	}
	w.number(b.Wanted)
	return string(w)
}

// decodeBib reads what encodeBib wrote, or returns ErrDamaged.
func decodeBib(encoded string) (library.Bib, error) {
	r := bibReader{rest: encoded}
	var b library.Bib
	b.ID, b.Kind = library.BibID(r.text()), library.Kind(r.text())
	r.texts(&b.Title, &b.TitleReading, &b.Subtitle, &b.Volume)
	b.Creators = readList(&r, func(c *library.Creator) { r.texts(&c.Name, &c.Reading, &c.Role) })
	r.texts(&b.Publisher)
	b.Year = r.number()
	b.Series = readList(&r, func(s *library.Series) { r.texts(&s.Title, &s.Reading, &s.Volume) })
	b.ISBNs = readList(&r, func(s *string) { r.texts(s) })
	b.NDC = readList(&r, func(s *string) { r.texts(s) })
	b.Subjects = readList(&r, func(s *library.Subject) { r.texts(&s.Term, &s.Reading) })
	r.texts(&b.Language)
	b.Juvenile = r.number() != 0
	r.texts(&b.Extent, &b.Description)
	b.AddedOn.Year, b.AddedOn.Month, b.AddedOn.Day = r.number(), r.month(), r.number()
	b.Wanted = r.number()
	if r.broken || r.rest != "" {
		return library.Bib{}, fmt.Errorf("%w: a bib cannot be read", ErrDamaged)
	}
	return b, nil
}

type bibWriter []byte

func (w *bibWriter) number(n int) { *w = binary.AppendVarint(*w, int64(n)) }

func (w *bibWriter) texts(texts ...string) {
	for _, s := range texts {
		w.number(len(s))
		*w = append(*w, s...)
	}
}

func (w *bibWriter) list(texts []string) {
	w.number(len(texts))
	w.texts(texts...)
}

// bibReader reads what a bibWriter wrote. Its texts are parts of the one that it
// reads.
type bibReader struct {
	rest   string
	broken bool
}

func (r *bibReader) number() int {
	var n uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		c := r.rest[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return int(int64(n>>1) ^ -int64(n&1))
		}
	}
	r.broken, r.rest = true, ""
	return 0
}

func (r *bibReader) month() time.Month { return time.Month(r.number()) }

func (r *bibReader) text() string {
	n := r.number()
	if n < 0 || n > len(r.rest) {
		r.broken, r.rest = true, ""
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *bibReader) texts(into ...*string) {
	for _, s := range into {
		*s = r.text()
	}
}

// readList reads a list, nil for an empty one. Each entry takes a byte at least, so
// that no damaged length can ask for more memory than the bib itself.
func readList[T any](r *bibReader, read func(*T)) []T {
	n := r.number()
	if n < 0 || n > len(r.rest) {
		r.broken, r.rest = true, ""
	}
	if n == 0 || r.broken {
		return nil
	}
	list := make([]T, n)
	for i := range list {
		read(&list[i])
	}
	return list
}
