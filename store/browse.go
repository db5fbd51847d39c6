package store

import (
	"context"
	"fmt"
	"slices"

	"madoguchi/library"
)

// NewArrivals returns the bibs that came into the catalogue on since or later, the
// latest first.
func (c *Catalogue) NewArrivals(ctx context.Context, since library.Date, offset, limit int) (library.Page, error) {
	return view(ctx, c, "list new arrivals", func(tx *reader) (library.Page, error) {
		s := search{ctx: ctx, tx: tx, offset: max(offset, 0), limit: max(limit, 0)}
		args := newArgs()
		query := "SELECT rank FROM bib WHERE added_on >= " + args.add(max(since.String(), "0")) + " ORDER BY added_on DESC, rank"
		err := s.rows(query, args, (*row).rankOnly, func(r *row) bool {
			s.hit(r.rank)
			return s.n <= library.CountCap || len(s.page) < s.limit
		})
		if err != nil {
			return library.Page{}, err
		}
		records, err := loadRecords(ctx, tx, s.page)
		return library.Page{Rows: rowsOf(records), Count: s.count()}, err
	})
}

// NDCCounts returns how many bibs there are for each digit that may follow an NDC
// prefix of at most two digits; a digit without bibs is left out. Of q only
// Branch, Juvenile, Kind and Language count.
func (c *Catalogue) NDCCounts(ctx context.Context, prefix string, q library.Query) (map[string]int, error) {
	if digits := ndcDigits(prefix); digits != prefix || len(prefix) > 2 {
		return nil, fmt.Errorf("%q is not the beginning of an NDC class: give at most two digits", prefix)
	}
	return view(ctx, c, "count classes", func(tx *reader) (map[string]int, error) {
		out := map[string]int{}
		for digit := '0'; digit <= '9'; digit++ {
			p := planOf(library.Query{NDC: prefix + string(digit), Branch: q.Branch, Juvenile: q.Juvenile, Kind: q.Kind, Language: q.Language})
			var n int
			if err := queryRow(ctx, tx, []any{&n}, "SELECT count(*) FROM search WHERE search MATCH $1", frequencies(nil).expression(p.asked)); err != nil {
				return nil, err
			}
			if n > 0 {
				out[string(digit)] = n
			}
		}
		return out, nil
	})
}

// volumesCap is how many volumes Volumes counts at most.
const volumesCap = 1000

// Volumes returns volumes offset to offset+limit of the work that a bib is a volume of,
// itself among them, in order; where it is the only one, those of its series. Of q only
// the filters count. An offset below 0 is the part of limit volumes that the bib is in. A
// bib without a volume stands alone. The error is library.ErrUnknownBib when there is no
// such bib.
func (c *Catalogue) Volumes(ctx context.Context, id library.BibID, q library.Query, offset, limit int) (library.Volumes, error) {
	return view(ctx, c, "list volumes", func(tx *reader) (out library.Volumes, err error) {
		bibs, err := volumesWith(ctx, tx, id)
		if err != nil {
			return out, err
		}
		out.Count = len(bibs)
		if offset < 0 {
			at := slices.IndexFunc(bibs, func(b library.Bib) bool { return b.ID == id })
			offset = at - at%max(limit, 1)
		}
		out.Offset = min(offset, len(bibs))
		var ranks []int64
		for _, b := range bibs[out.Offset:min(out.Offset+limit, len(bibs))] {
			rank, err := rankOf(ctx, tx, b.ID)
			if err != nil {
				return out, err
			}
			ranks = append(ranks, rank)
		}
		out.Records, err = loadRecords(ctx, tx, ranks)
		return out, err
	})
}

// VolumeOffset returns where the volume with a designation, as people type it, stands
// among the volumes that Volumes returns, or the next after it.
func (c *Catalogue) VolumeOffset(ctx context.Context, id library.BibID, q library.Query, volume string) (int, error) {
	return view(ctx, c, "find a volume", func(tx *reader) (int, error) {
		bibs, err := volumesWith(ctx, tx, id)
		if err != nil {
			return 0, err
		}
		key := library.VolumeKey(volume)
		at := slices.IndexFunc(bibs, func(b library.Bib) bool { return library.VolumeKey(b.Volume) >= key })
		if at < 0 {
			at = len(bibs) - 1
		}
		return at, nil
	})
}

func volumesWith(ctx context.Context, tx *reader, id library.BibID) ([]library.Bib, error) {
	rank, err := rankOf(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	self, err := loadRecords(ctx, tx, []int64{rank})
	if err != nil {
		return nil, err
	}
	for _, p := range placesOf(self[0].Bib) {
		bibs, err := volumesAround(ctx, tx, p, rank)
		if err != nil || len(bibs) > 1 {
			return bibs, err
		}
	}
	return []library.Bib{self[0].Bib}, nil
}

// volumesAround returns up to half of volumesCap before a place, and the rest from
// there on; more of either side where the other has less.
func volumesAround(ctx context.Context, tx *reader, p place, rank int64) ([]library.Bib, error) {
	before, err := volumesOf(ctx, tx, "AND (v.volume, v.rank) < ($2, $3) ORDER BY v.volume DESC, v.rank DESC", p, rank)
	if err != nil {
		return nil, err
	}
	slices.Reverse(before)
	after, err := volumesOf(ctx, tx, "AND (v.volume, v.rank) >= ($2, $3) ORDER BY v.volume, v.rank", p, rank)
	if err != nil {
		return nil, err
	}
	take := min(len(before), max(volumesCap/2, volumesCap-len(after)))
	before = before[len(before)-take:]
	after = after[:min(len(after), volumesCap-take)]
	return append(before, after...), nil
}

func volumesOf(ctx context.Context, tx *reader, condition string, p place, rank int64) (bibs []library.Bib, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT r.bib FROM volume v CROSS JOIN record r ON r.rank = v.rank WHERE v.work = $1 "+condition+" LIMIT $4", p.work, p.volume, rank, volumesCap)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var encoded string
		if err := rows.Scan(&encoded); err != nil {
			return nil, err
		}
		b, err := decodeBib(encoded)
		if err != nil {
			return nil, err
		}
		bibs = append(bibs, b)
	}
	return bibs, rows.Err()
}
