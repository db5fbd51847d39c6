package store

import (
	"context"
	"fmt"

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
