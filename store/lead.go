package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"madoguchi/library"
)

// The full-text index joins the lists of its tokens entry by entry. Where one word of
// a query is rare and another in a tenth of all bibs, it is quicker to ask for the rare
// one alone and to check the other on each bib; and where nearly every bib with the one
// has the other too, so that a page is full at once. The table frequent says how many
// bibs have a token. It only helps to choose: what is found does not depend on it.

// frequentBibs is how many bibs have a token that stands in the table frequent.
const frequentBibs = 1000

// optimise merges the index into one piece, and counts its frequent tokens.
func optimise(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, fmt.Sprintf(`
		INSERT INTO search (search) VALUES ('optimize');
		CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, search, row);
		DELETE FROM frequent;
		INSERT INTO frequent (token, bibs) SELECT term, doc FROM temp.vocabulary WHERE doc >= %d;
		DROP TABLE temp.vocabulary`, frequentBibs))
	return err
}

// weighed is a part with what it costs.
type weighed struct {
	part    part    // by which the index finds all that meet it, and perhaps more
	bibs    float64 // that meet it, at most
	share   float64 // of the bibs that meet the rest of the query, as expected
	scanned float64 // entries of the index that are read for it
	whole   float64 // the same of all its tokens
}

// weigh weighs a part by how many bibs have each token.
func (f frequencies) weigh(p part) weighed {
	w := weighed{bibs: f.bibs(p)}
	for _, a := range p {
		tokens := rarestFirst(a, f.of)
		for _, t := range tokens {
			w.whole += f.of(t)
		}
		if f.of(tokens[0]) < frequentBibs {
			tokens = tokens[:1]
		}
		tokens = tokens[:min(2, len(tokens))]
		for _, t := range tokens {
			w.scanned += f.of(t)
		}
		w.part = append(w.part, tokens)
	}
	w.share = min(w.bibs/max(f[""], 1), 1)
	if strings.HasPrefix(p[0][0], markNDC) { // words go with their class
		w.share = math.Sqrt(w.share)
	}
	return w
}

// What work costs, in microseconds as measured; only how they compare matters.
const (
	entryCost = 0.03 // to pass an entry of the index
	hitCost   = 0.9  // to take a bib from it
	readCost  = 5    // to read a bib's row and check it
)

// doubt is how much less a lead should cost, since it may mislead.
const doubt = 0.8

// lead is what the index is asked in place of all there is to ask.
type lead struct {
	parts []part
	reads float64 // bibs that are to be read, as expected
	need  float64 // hits that they must have; 0: whatever they have, there are no others
}

// leads chooses a lead, and another where that misleads.
type leads struct {
	parts []weighed // the most selective first
	whole float64   // entries that are read to ask everything
	asked int       // parts of the last lead
	hits  float64   // of the query, as expected
}

// newLeads weighs what a query asks. There are no leads where it asks one thing, or
// what other tables answer.
func (s *search) newLeads() *leads {
	p := &s.plan
	if p.asksISBN() || len(p.asked) == 0 || len(p.asked) == 1 && p.exact {
		return &leads{}
	}
	c := &leads{}
	for _, part := range p.asked {
		w := s.tx.frequent.weigh(part)
		c.parts, c.whole = append(c.parts, w), c.whole+w.whole
	}
	c.parts = rarestFirst(c.parts, func(w weighed) float64 { return w.share })
	c.hits = c.bibs(len(c.parts))
	return c
}

// bibs is how many bibs meet the first n parts, as expected.
func (c *leads) bibs(n int) float64 {
	bibs := c.parts[0].bibs
	for _, w := range c.parts[1:n] {
		bibs *= w.share
	}
	return max(bibs, 1)
}

// misled tells that of so many bibs found by the last lead so many were hits.
func (c *leads) misled(reads, hits int) {
	c.hits = min(c.bibs(c.asked)*float64(hits+1)/float64(reads+1), c.hits)
}

// next returns the lead that costs least, of more parts than the last; false where the
// index had best be asked everything.
func (c *leads) next(s *search) (best lead, ok bool) {
	if len(c.parts) == 0 {
		return lead{}, false
	}
	need := float64(max(s.offset+s.limit+1-s.n, 1))
	least := c.indexCost(s, need) * doubt
	var parts []part
	scanned, asked := 0.0, c.asked
	for i, w := range c.parts {
		parts = append(parts, w.part)
		scanned += w.scanned
		if i < asked || i == len(c.parts)-1 && s.plan.exact {
			continue
		}
		bibs := c.bibs(i + 1)
		l := lead{parts[: i+1 : i+1], max(readCap, need*bibs/c.hits), need}
		if l.reads >= bibs {
			l.reads, l.need = bibs, 0
		}
		if cost := scanned*entryCost*l.reads/bibs + l.reads*readCost; cost < least {
			least, best, ok = cost, l, true
			c.asked = i + 1
		}
	}
	return best, ok
}

// indexCost is what it costs to ask the index everything.
func (c *leads) indexCost(s *search, need float64) float64 {
	hits := max(c.hits, 1)
	switch {
	case s.plan.exact && !s.plan.reads():
		n := min(hits, float64(c.countable(s)))
		return c.whole*entryCost*n/hits + n*hitCost
	case !s.plan.exact && len(s.plan.sure) > 0: // to know that there is no doubtful one all are passed
		return c.whole * entryCost
	}
	n := min(hits, max(readCap, need))
	return c.whole*entryCost*n/hits + n*readCost
}

// countedEntries is how many entries of the index are passed for the count alone, once
// the page is full, as expected.
const countedEntries = 15_000

// countable is how many hits are counted where the index is asked everything: at least
// so many that they show whether there is a next page.
func (c *leads) countable(s *search) int {
	if len(c.parts) == 0 || c.whole <= 2*countedEntries {
		return library.CountCap
	}
	return min(max(int(c.hits*countedEntries/c.whole), s.offset+s.limit), library.CountCap)
}

// readFrequent reads how many bibs have each frequent token, and of "" how many there are.
func readFrequent(db *sql.DB) (frequencies, error) {
	rows, err := db.Query("SELECT '', bibs FROM info UNION ALL SELECT token, bibs FROM frequent")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := frequencies{}
	for rows.Next() {
		var token string
		var bibs float64
		if err := rows.Scan(&token, &bibs); err != nil {
			return nil, err
		}
		out[token] = bibs
	}
	return out, rows.Err()
}

// patience is how many bibs are read before a lead is doubted.
const patience = 40

// follow calls f for every bib that the query is met by among those that a lead finds,
// newest first, until f returns false or there is enough. It gives up where the hits
// are too far apart, and says which bib it came to.
func (s *search) follow(c *leads, l lead, f func(r *row) bool) (last int64, gaveUp bool, err error) {
	args := newArgs()
	columns, scan, meets := s.judge(slices.Concat(s.plan.words, s.plan.fields), args)
	reads, hits := 0, 0
	err = s.rows(s.indexed("s.rowid, "+columns, l.parts, args)+" ORDER BY s.rowid", args, scan, func(r *row) bool {
		if s.enough() {
			s.more = true
			return false
		}
		late := float64(reads-patience) / 1.5
		if len(s.page) < s.limit && (late > l.reads || late*l.need > float64(hits)*l.reads) {
			c.misled(reads, hits)
			gaveUp = true
			return false
		}
		reads++
		s.read++
		last = r.rank
		if !meets(r) {
			return true
		}
		hits++
		return f(r)
	})
	return last, gaveUp, errors.Join(err, s.err)
}
