package catalogue

import (
	"hash/maphash"

	"madoguchi/library"
)

// roll is what a file named so far.
//
// It is all that the catalogue has in memory of a whole file. IDs are in it as hashes of 64
// bits, some 30 bytes each, of bibs always and of copies in a full import or dry run: 220 MB
// for three million bibs with four and a half million copies (BenchmarkRoll). Two IDs with
// the same hash would keep something for a night that has left, or leave a record out that
// is then told of as the same as another; the seed is another in every run. Copies that are
// to move (see claim) are in memory beside it.
type roll struct {
	seed  maphash.Seed
	bibs  map[uint64]uint32   // the number of the record
	items map[uint64]struct{} // copies of records that went in, and their barcodes; nil: nobody asks
	// Of records that were left out, and so lack nothing: their copies, and barcodes; and
	// bibs, those with some copies left out among them.
	left, whole map[uint64]struct{}
	claimed     map[uint64]int // copies of which records have another bib's, how many
	unknown     int            // records were left out of which nothing tells whose they are
	cut         bool           // the file ends before its end
	mayBeCut    bool           // nothing says that it does not

	// What a dry run did not take out of the database.
	gone  map[library.ItemID]bool
	freed map[string]bool // barcodes
	dry   bool
}

func newRoll(in Import) roll {
	l := roll{
		seed: maphash.MakeSeed(), bibs: map[uint64]uint32{}, left: map[uint64]struct{}{}, whole: map[uint64]struct{}{}, claimed: map[uint64]int{},
		gone: map[library.ItemID]bool{}, freed: map[string]bool{}, dry: in.DryRun,
	}
	if in.Full != nil || in.DryRun {
		l.items = map[uint64]struct{}{}
	}
	return l
}

func (l *roll) bib(id library.BibID) uint64   { return maphash.String(l.seed, string(id)) }
func (l *roll) item(id library.ItemID) uint64 { return maphash.String(l.seed, string(id)) }

// barcode is another hash than that of the copy which is named by its barcode.
func (l *roll) barcode(code string) uint64 { return maphash.String(l.seed, "\x00"+code) }

// first is the number of the record that named a bib, 0 for none.
func (l *roll) first(id library.BibID) int { return int(l.bibs[l.bib(id)]) }

// named is told of each record of the file that is not left out at once.
func (l *roll) named(r Incoming, number int) {
	if r.Bib.ID == "" {
		return
	}
	l.bibs[l.bib(r.Bib.ID)] = uint32(number)
	if r.Partial {
		l.whole[l.bib(r.Bib.ID)] = struct{}{}
	}
}

// leftOut is told of each record that does not go in.
func (l *roll) leftOut(r Incoming, cut bool) {
	l.cut = l.cut || cut
	if r.Bib.ID == "" {
		l.unknown++
		return
	}
	l.whole[l.bib(r.Bib.ID)] = struct{}{}
	for _, it := range r.Items {
		if it.ID != "" {
			l.left[l.item(it.ID)] = struct{}{}
		}
		if it.Barcode != "" {
			l.left[l.barcode(it.Barcode)] = struct{}{}
		}
	}
}

// took is told of each batch that went in.
func (l *roll) took(b *putting) {
	if l.items == nil {
		return
	}
	for id, x := range b.placed {
		l.items[l.item(id)] = struct{}{}
		if l.dry && x.Barcode != "" && x.Barcode != string(id) {
			l.items[l.barcode(x.Barcode)] = struct{}{}
		}
	}
	if !l.dry {
		return
	}
	for id := range b.gone {
		l.gone[id] = true
	}
	for _, code := range b.freed {
		l.freed[code] = true
	}
}

// placed reports whether a batch before this one took a copy, or in a dry run its barcode.
func (l *roll) placed(it library.Item) bool {
	if _, placed := l.items[l.item(it.ID)]; placed || !l.dry || it.Barcode == "" || it.Barcode == string(it.ID) {
		return placed
	}
	_, placed := l.items[l.barcode(it.Barcode)]
	return placed
}

// lacksBib reports whether the file does not name a bib.
func (l *roll) lacksBib(id library.BibID) bool {
	h := l.bib(id)
	_, left := l.whole[h]
	return !left && l.bibs[h] == 0
}

// has says of a copy that is there: whether the file brought it or took it away, or whether it
// may be one of a record that was left out.
func (l *roll) has(id library.ItemID, barcode string, bib library.BibID) (done, left bool) {
	if _, done = l.items[l.item(id)]; done || l.gone[id] {
		return true, false
	}
	if _, left = l.left[l.item(id)]; !left && barcode != "" {
		_, left = l.left[l.barcode(barcode)]
	}
	if !left && l.claimed[l.item(id)] > 0 {
		return true, false
	}
	if !left {
		_, left = l.whole[l.bib(bib)]
	}
	return false, left
}
