package store

import (
	"context"

	"madoguchi/library"
)

// Volumes returns volumes offset to offset+limit of the work that a bib is a volume of,
// itself among them, in order; where it is the only one, those of its series. Of q only
// the filters count: branch, kind, language, years, what is for children, and what stands
// on a shelf. An offset below 0 is the part of limit volumes that the bib is in, or would
// be if the filters left it. A bib without a volume stands alone. The error is
// library.ErrUnknownBib when there is no such bib.
func (c *Catalogue) Volumes(ctx context.Context, id library.BibID, q library.Query, offset, limit int) (library.Volumes, error) {
	return view(ctx, c, "list volumes", func(tx *reader) (out library.Volumes, err error) {
		v, err := volumesWith(ctx, tx, id, q)
		if err != nil {
			return out, err
		}
		if out.Count, err = v.all(); err != nil {
			return out, err
		}
		if limit = max(limit, 0); offset < 0 {
			if offset, err = v.before(v.at.volume, v.rank); err != nil {
				return out, err
			}
			offset -= offset % max(limit, 1)
		}
		out.Offset = min(offset, out.Count)
		var ranks []int64
		args := newArgs()
		query := "SELECT v.rank FROM " + v.from(args) + " ORDER BY v.volume, v.rank LIMIT " + args.add(limit) + " OFFSET " + args.add(out.Offset)
		if err := v.search.rows(query, args, (*row).rankOnly, func(r *row) bool {
			ranks = append(ranks, r.rank)
			return true
		}); err != nil {
			return out, err
		}
		out.Records, err = loadRecords(ctx, tx, ranks)
		return out, err
	})
}

// VolumeOffset returns where the volume with a designation, as people type it, stands
// among the volumes that Volumes returns, or the next after it, or the last.
func (c *Catalogue) VolumeOffset(ctx context.Context, id library.BibID, q library.Query, volume string) (int, error) {
	return view(ctx, c, "find a volume", func(tx *reader) (int, error) {
		v, err := volumesWith(ctx, tx, id, q)
		if err != nil {
			return 0, err
		}
		at, err := v.before(library.VolumeKey(volume), 0)
		if err != nil {
			return 0, err
		}
		all, err := v.all()
		return max(min(at, all-1), 0), err
	})
}

// volumes are those of one work or series that the filters leave.
type volumes struct {
	search search
	at     place // of the bib that was named
	rank   int64 // of that bib
	single bool  // it stands alone
}

// volumesWith finds the work or series of a bib.
func volumesWith(ctx context.Context, tx *reader, id library.BibID, q library.Query) (volumes, error) {
	v := volumes{search: search{ctx: ctx, tx: tx}}
	var err error
	if v.rank, err = rankOf(ctx, tx, id); err != nil {
		return v, err
	}
	bibs, err := loadBibs(ctx, tx, []int64{v.rank})
	if err != nil {
		return v, err
	}
	places := placesOf(bibs[0])
	v.single = true
	for _, p := range places {
		args := newArgs()
		n := 0
		query := "SELECT v.rank FROM " + v.search.filteredVolumes(p, args) + " LIMIT 2" // without the filters
		if err := v.search.rows(query, args, (*row).rankOnly, func(*row) bool {
			n++
			return true
		}); err != nil {
			return v, err
		}
		if n > 1 {
			v.at, v.single = p, false
			break
		}
	}
	filters := planOf(library.Query{Branch: q.Branch, Kind: q.Kind, Language: q.Language, Juvenile: q.Juvenile, Available: q.Available, YearFrom: q.YearFrom, YearTo: q.YearTo})
	v.search.plan.conditions, v.search.plan.available, v.search.plan.branch = filters.conditions, filters.available, filters.branch
	return v, nil
}

// from names the volumes v, for what stands behind FROM.
func (v volumes) from(args *arguments) string {
	if v.single {
		return v.search.filtered("(SELECT "+args.add(v.at.volume)+" AS volume, "+args.add(v.rank)+" AS rank) v", "TRUE", args)
	}
	return v.search.filteredVolumes(v.at, args)
}

// before counts the volumes before a place.
func (v volumes) before(volume string, rank int64) (int, error) {
	args := newArgs()
	return v.count(v.from(args)+" AND (v.volume, v.rank) < ("+args.add(volume)+", "+args.add(rank)+")", args)
}

// all counts the volumes.
func (v volumes) all() (int, error) {
	args := newArgs()
	return v.count(v.from(args), args)
}

func (v volumes) count(from string, args *arguments) (n int, err error) {
	err = queryRow(v.search.ctx, v.search.tx, []any{&n}, "SELECT count(*) FROM "+from, args.list...)
	return n, err
}
