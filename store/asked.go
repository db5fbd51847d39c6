package store

import (
	"cmp"
	"slices"
	"strings"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// Who types ONE PIECE 3 wants the third volume, which no word search tells from those
// with a 3 elsewhere. The index has the number of each volume as a token of its own, so
// that the words of the work and the number are one question. See library.AskedVolumes.

// askedScan is how many bibs are looked at that may be the volume asked for.
const askedScan = 40

// A volume of a work is found by what is said of the work itself; a part of a series by the
// series' title, and by who made it.
var (
	ofWork   = fields{[]int{inTitle, inCreator, inPublisher, inSubject}, []int{readTitle, readCreator, readSubject}}
	ofSeries = fields{[]int{inCreator, inPublisher, inSeries}, []int{readCreator, readSeries}}
	inSerial = fields{[]int{inSeries}, []int{readSeries}}
)

// volumesAsked returns the ranks of the volume that a number asks for, and of the rest of
// its work in order.
func (s *search) volumesAsked(map[int64]bool) ([]int64, error) {
	for _, a := range s.readings() {
		found, err := s.volumes(a, a.Loose)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			return s.withWork(found)
		}
	}
	return nil, nil
}

// otherVolumes returns what is shown where nothing has all that was typed: volumes that
// the end of a word may ask for, or else the work of which the one asked for is lacking.
func (s *search) otherVolumes() ([]int64, error) {
	readings := s.readings()
	for _, a := range readings {
		if !a.Loose {
			continue
		}
		found, err := s.volumes(a, false)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			return s.withWork(found)
		}
	}
	for _, a := range readings {
		ranks, err := s.workWithout(a)
		if err != nil || len(ranks) > 0 {
			s.lacks = a.Typed
			return ranks, err
		}
	}
	return nil, nil
}

// readings are the ways in which the query asks for a volume.
func (s *search) readings() []library.VolumeAsked {
	return library.AskedVolumes(cmp.Or(s.query.Title, s.query.Words))
}

// restOf is the query without the designation of the volume.
func (s *search) restOf(a library.VolumeAsked) library.Query {
	q := s.query
	if q.Title != "" {
		q.Title = a.Rest
	} else {
		q.Words = a.Rest
	}
	return q
}

// askedVolume is a bib that may be the volume asked for.
type askedVolume struct {
	rank  int64
	whole bool // the whole title was asked for
	own   bool // it is a volume of a work, not of a series
	work  uint32
}

// volumes returns the volumes that a reading asks for: those with the whole title, or where
// there are none, and only is not set, those of which what was typed says something else.
func (s *search) volumes(a library.VolumeAsked, only bool) (found []askedVolume, err error) {
	rest, number := s.restOf(a), shortKey(a.Key)
	titles := append(wholeOfText(kana.Fold(a.Rest)), withoutEmpty([]string{kana.Signs(a.Rest)})...)
	if only {
		if known, err := s.titleKnown(titles); err != nil || !known {
			return nil, err
		}
	}
	p := planOf(rest, term{{as: asVolume, want: number}})
	if p.nothing || p.asksISBN() {
		return nil, nil
	}
	part := search{ctx: s.ctx, tx: s.tx, plan: p, limit: askedScan}
	ranks, err := part.titledVolumes(titles, number)
	if err != nil {
		return nil, err
	}
	if len(ranks) == 0 && !only {
		if err := part.candidates(func(r *row) bool {
			part.hit(r.rank)
			return len(part.page) < askedScan
		}); err != nil {
			return nil, err
		}
		ranks = part.page
	}
	if found, err = s.judgeVolumes(ranks, rest, number, titles); err != nil {
		return nil, err
	}
	if only {
		found = slices.DeleteFunc(found, func(v askedVolume) bool { return !v.whole })
	}
	slices.SortStableFunc(found, func(a, b askedVolume) int {
		switch {
		case a.whole == b.whole:
			return 0
		case a.whole:
			return -1
		}
		return 1
	})
	return found, nil
}

// titleKnown reports whether a bib has one of these keys for a whole title.
func (s *search) titleKnown(titles []string) (known bool, err error) {
	args := newArgs()
	err = s.rows("SELECT w.rank FROM whole w WHERE w.key IN ("+listed(titles, args)+") LIMIT 1", args, (*row).rankOnly, func(*row) bool {
		known = true
		return false
	})
	return known, err
}

func listed(keys []string, args *arguments) string {
	if len(keys) == 0 {
		return "NULL"
	}
	in := make([]string, len(keys))
	for i, k := range keys {
		in[i] = args.add(k)
	}
	return strings.Join(in, ", ")
}

// titledVolumes returns the ranks of the bibs with a title of these keys that are volumes of
// the number, and by which the plan's fields and filters are met.
func (s *search) titledVolumes(titles []string, number string) (ranks []int64, err error) {
	args := newArgs()
	columns, into, meets := s.judge(s.plan.fields, args)
	query := "SELECT b.rank, " + columns + " FROM whole w CROSS JOIN bib b ON b.rank = w.rank WHERE w.key IN (" + listed(titles, args) + ") AND instr(w.volumes, " + args.add(" "+number+" ") + ") > 0"
	err = s.rows(query, args, into, func(r *row) bool {
		if meets(r) {
			ranks = append(ranks, r.rank)
		}
		return len(ranks) < askedScan
	})
	return ranks, err
}

// judgeVolumes keeps those volumes of a number of which what was typed names the work or
// the series.
func (s *search) judgeVolumes(ranks []int64, q library.Query, number string, titles []string) (found []askedVolume, err error) {
	if len(ranks) == 0 {
		return nil, nil
	}
	text, own, series := q.Words, ofWork, ofSeries
	if q.Title != "" {
		text, own, series = q.Title, inTitles, inSerial
	}
	ofOwn, ofSerial := termsOf(text, own, true), termsOf(text, series, true)
	named, serial := termsOf(text, inTitles, false), termsOf(text, inSerial, false)
	args := newArgs()
	query := "SELECT b.rank, b.folded, b.ndc, b.volumes, b.work, EXISTS (SELECT 1 FROM whole w WHERE w.rank = b.rank AND w.key IN (" + listed(titles, args) + ")) FROM bib b WHERE b.rank IN (" + numbers(ranks, args) + ") ORDER BY b.rank"
	into := func(r *row) []any { return []any{&r.rank, &r.folded, &r.ndc, &r.volumes, &r.work, &r.met} }
	err = s.rows(query, args, into, func(r *row) bool {
		switch {
		case r.isVolume(ownVolume, number) && (r.met || meetsTerms(r, ofOwn) && meetsAny(r, named)):
			found = append(found, askedVolume{r.rank, r.met, true, r.work})
		case r.isVolume(seriesVolume, number) && meetsTerms(r, ofSerial) && meetsAny(r, serial):
			found = append(found, askedVolume{r.rank, false, false, 0})
		}
		return true
	})
	return found, err
}

func meetsAny(r *row, terms []term) bool {
	return slices.ContainsFunc(terms, func(t term) bool { return meetsTerms(r, []term{t}) })
}

func numbers(ranks []int64, args *arguments) string {
	in := make([]string, len(ranks))
	for i, rank := range ranks {
		in[i] = args.add(rank)
	}
	return strings.Join(in, ", ")
}

// worksShown is how many works have all their volumes shown where several are meant.
const worksShown = 8

// withWork notes which volumes were asked for and returns their ranks, those that have the
// title first, and behind those the rest of their works.
func (s *search) withWork(found []askedVolume) (ranks []int64, err error) {
	seen := map[int64]bool{}
	add := func(rank int64) {
		if !seen[rank] {
			seen[rank] = true
			ranks = append(ranks, rank)
		}
	}
	var meant []askedVolume
	for _, v := range found {
		s.asked = append(s.asked, v.rank)
		if v.whole || !found[0].whole {
			meant = append(meant, v)
			add(v.rank)
		}
	}
	places, err := s.placesOf(meant)
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		work, err := s.volumesAt(p, library.CountCap)
		if err != nil {
			return nil, err
		}
		for _, rank := range work {
			add(rank)
		}
	}
	for _, v := range found {
		add(v.rank)
	}
	return ranks, nil
}

// placesOf returns the works, or series, of volumes, each once and no more than worksShown.
func (s *search) placesOf(volumes []askedVolume) (out []place, err error) {
	known := map[uint32]bool{}
	volumes = slices.DeleteFunc(slices.Clone(volumes), func(v askedVolume) bool {
		again := v.own && known[v.work]
		known[v.work] = true
		return again
	})
	var ranks []int64
	for _, v := range volumes {
		ranks = append(ranks, v.rank)
	}
	bibs, err := s.bibsOf(ranks)
	if err != nil {
		return nil, err
	}
	for i, v := range volumes {
		for _, p := range placesOf(bibs[i]) {
			if p.own() == v.own && !slices.ContainsFunc(out, func(o place) bool { return o.work == p.work }) {
				out = append(out, p)
			}
		}
		if len(out) >= worksShown {
			break
		}
	}
	return out, nil
}

// volumesAt returns the ranks of the volumes of a work or series that the filters leave, in
// order, and at most so many; 0: all.
func (s *search) volumesAt(p place, most int) (ranks []int64, err error) {
	args := newArgs()
	query := "SELECT v.rank FROM " + s.filteredVolumes(p, args) + " ORDER BY v.volume, v.rank"
	if most > 0 {
		query += " LIMIT " + args.add(most)
	}
	err = s.rows(query, args, (*row).rankOnly, func(r *row) bool {
		ranks = append(ranks, r.rank)
		return true
	})
	return ranks, err
}

// filteredVolumes names the volumes v of a work or series that the filters leave, for what
// stands behind FROM.
func (s *search) filteredVolumes(p place, args *arguments) string {
	return s.filtered("volume v", "v.work = "+args.add(p.key()), args)
}

// filtered names what of v, whose ranks are those of bibs, meets a condition and the filters.
func (s *search) filtered(v, condition string, args *arguments) string {
	if len(s.plan.conditions) > 0 || s.plan.available {
		v += " CROSS JOIN bib b ON b.rank = v.rank"
		condition += " AND " + s.onShelf(args)
	}
	for _, c := range s.plan.conditions {
		condition += " AND " + c.sql(args)
	}
	return v + " WHERE " + condition
}

// workWithout returns the volumes of the work that a reading names, which has none of the
// number that it asks for; or what has that title and no volumes.
func (s *search) workWithout(a library.VolumeAsked) ([]int64, error) {
	p := planOf(s.restOf(a))
	if p.nothing || p.asksISBN() {
		return nil, nil
	}
	part := search{ctx: s.ctx, tx: s.tx, plan: p, limit: askedScan}
	first, err := part.titled(p.titles, p.fields)
	if err != nil {
		return nil, err
	}
	var ranks []int64
	if !a.Loose {
		ranks = first
	}
	if len(first) == 0 && !a.Loose {
		if err := part.candidates(func(r *row) bool {
			part.hit(r.rank)
			return len(part.page) < askedScan
		}); err != nil {
			return nil, err
		}
		first = part.page
	}
	if len(first) == 0 {
		return nil, nil
	}
	var named []askedVolume
	args := newArgs()
	if err := s.rows("SELECT b.rank, b.work FROM bib b WHERE b.work <> 0 AND b.rank IN ("+numbers(first, args)+") ORDER BY b.rank", args,
		func(r *row) []any { return []any{&r.rank, &r.work} }, func(r *row) bool {
			named = append(named, askedVolume{rank: r.rank, own: true, work: r.work})
			return true
		}); err != nil {
		return nil, err
	}
	places, err := s.placesOf(named)
	if err != nil {
		return nil, err
	}
	for i, p := range places {
		if i == 0 {
			ranks = nil
		}
		work, err := part.volumesAt(p, library.CountCap)
		if err != nil {
			return nil, err
		}
		ranks = append(ranks, work...)
	}
	return ranks, nil
}
