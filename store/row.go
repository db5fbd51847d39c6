package store

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// row is a bib as the tables bib and record hold it. Its digest is not stored.
type row struct {
	rank     int64
	id       library.BibID
	bib      string
	folded   string
	shelves  string
	kind     string
	language string
	juvenile bool
	year     int
	ndc      string
	branches string
	volumes  string
	work     uint32
	addedOn  string
	copies   int
	digest   library.Digest
	met      bool // not stored: the conditions of the query that read it
}

// rowOf makes the row of a record; its rank is still to be given.
func rowOf(r library.Record) (*row, error) {
	b := r.Bib
	if b.ID == "" {
		return nil, fmt.Errorf("the record %q has no id", b.Title)
	}
	out := &row{
		id: b.ID, bib: encodeBib(b), folded: foldBib(b).String(),
		kind: string(b.Kind), language: b.Language, juvenile: b.Juvenile, year: yearOf(b),
		addedOn: b.AddedOn.String(), digest: library.DigestOf(r),
	}
	var ndc []string
	for _, n := range b.NDC {
		if n = ndcDigits(n); n != "" {
			ndc = append(ndc, n)
		}
	}
	out.ndc = strings.Join(sortedSet(ndc), " ")
	out.volumes, out.work = volumeNumbers(b), workNumber(b)
	out.setItems(r.Items)
	return out, nil
}

// setItems makes the columns that tell of a bib's items.
func (r *row) setItems(items []library.Item) {
	var branches, shelves []string
	for _, it := range items {
		if it.Branch != "" {
			branches = append(branches, string(it.Branch))
		}
		if it.State == library.OnShelf {
			shelves = append(shelves, string(it.Branch))
		}
	}
	r.copies, r.branches, r.shelves = len(items), strings.Join(sortedSet(branches), " "), ""
	if shelves = sortedSet(shelves); len(shelves) > 0 {
		r.shelves = " " + strings.Join(shelves, " ") + " "
	}
}

func sortedSet(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// ndcDigits returns the digits of an NDC number: 9136 for 913.6 and for K913.6.
func ndcDigits(s string) string {
	const longest = 10
	var b strings.Builder
	for _, r := range kana.Fold(strings.ReplaceAll(s, ".", "")) {
		switch {
		case r >= '0' && r <= '9' && b.Len() < longest:
			b.WriteRune(r)
		case b.Len() > 0:
			return b.String()
		}
	}
	return b.String()
}

// yearOf is the bib's year as ranks have room for it.
func yearOf(b library.Bib) int { return min(max(b.Year, 0), maxYear) }

// firstRank is the first rank of the bib's class and year.
func firstRank(b library.Bib) int64 {
	class := min(max(b.Wanted, 0), library.MostWanted)
	return int64(library.MostWanted-class)*rankClass + int64(maxYear-yearOf(b))*rankYear
}

// wholeKeys are the keys by which a search for exactly this title finds the bib, or for
// that of its work, where the title carries the volume.
func wholeKeys(b library.Bib) []string {
	keys := titleKeys(b.Title, b.TitleReading)
	if title, _ := b.Work(); title != b.Title {
		keys = append(keys, titleKeys(title, b.WorkReading())...)
	}
	return withoutEmpty(sortedSet(keys))
}

func titleKeys(title, reading string) []string {
	keys := []string{kana.Signs(title)}
	for _, s := range foldedWays(title) {
		keys = append(keys, joined(s))
	}
	for _, r := range readings(title, reading) {
		keys = append(keys, kana.Key(r))
	}
	return keys
}

func withoutEmpty(list []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// place is where a bib stands among the volumes of a work or series.
type place struct{ work, volume string }

// placesOf returns the places of a bib, the work's own volumes before the series.
func placesOf(b library.Bib) []place {
	var out []place
	if title, volume := b.Work(); volume != "" && squeeze(kana.Fold(title)) != "" {
		out = append(out, place{workOf(b), library.VolumeKey(volume)})
	}
	for _, s := range b.Series {
		if series := squeeze(kana.Fold(s.Title)); series != "" && s.Volume != "" {
			p := place{seriesPlace + series, library.VolumeKey(s.Volume)}
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// volumeNumbers returns the numbers by which a bib is asked for as a volume, parted by spaces
// and with one on either side: those of its own with an ownVolume before them, those in its
// series with a seriesVolume.
func volumeNumbers(b library.Bib) string {
	var out []string
	add := func(of, title, volume string) {
		if squeeze(kana.Fold(title)) == "" {
			return
		}
		for _, key := range library.VolumeKeys(volume) {
			out = append(out, of+shortKey(key))
		}
	}
	title, volume := b.Work()
	add(ownVolume, title, volume)
	for _, s := range b.Series {
		add(seriesVolume, s.Title, s.Volume)
	}
	if len(out) == 0 {
		return ""
	}
	return " " + strings.Join(sortedSet(out), " ") + " "
}

// ownNumbers returns those of volumeNumbers that are of the bib's own work, without the
// ownVolume.
func ownNumbers(volumes string) string {
	var own []string
	for _, number := range strings.Fields(volumes) {
		if number, ok := strings.CutPrefix(number, ownVolume); ok {
			own = append(own, number)
		}
	}
	if len(own) == 0 {
		return ""
	}
	return " " + strings.Join(own, " ") + " "
}

// isVolume reports whether the bib is asked for by the number of a volume, of its work or
// of its series.
func (r *row) isVolume(of, number string) bool {
	return strings.Contains(r.volumes, " "+of+number+" ")
}

const (
	ownVolume    = "o"
	seriesVolume = "s"
)

// shortKey is a key of a volume as short as can be: most are one number.
func shortKey(key string) string {
	if number := len(library.VolumeKey("1")); len(key) == number && key[0] == library.VolumeKey("1")[0] {
		return key[:1] + strings.TrimLeft(key[1:], "0")
	}
	return key
}

// workNumber is a number that the volumes of one work have, and hardly those of any other
// among a few hits; 0 for a bib that is no volume.
func workNumber(b library.Bib) uint32 {
	places := placesOf(b)
	if len(places) == 0 || !places[0].own() {
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(places[0].work))
	return max(h.Sum32(), 1)
}

// key is a number that no other work or series has, by which the table volume names it: a
// title and its creator would take twice the room.
func (p place) key() int64 {
	h := fnv.New64a()
	h.Write([]byte(p.work))
	return int64(h.Sum64())
}

// own reports whether the place is among the volumes of a work, not of a series.
func (p place) own() bool { return !strings.HasPrefix(p.work, seriesPlace) }

// seriesPlace begins the work of a place in a series.
const seriesPlace = "s"

// isbnsOf returns the ISBNs of a bib as they are looked for: 13 digits.
func isbnsOf(b library.Bib) []string {
	var out []string
	for _, s := range b.ISBNs {
		if isbn, ok := library.ParseISBN(s); ok {
			s = isbn
		}
		if s != "" {
			out = append(out, s)
		}
	}
	return sortedSet(out)
}
