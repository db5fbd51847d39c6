package store

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// firstPage is how many rows a page of hits has.
const firstPage = 20

// suggestions is how many headings are suggested.
const suggestions = 8

// wish is something that a patron types, and what it should bring.
type wish struct {
	kind  string
	typed string
	bibs  map[library.BibID]bool // any of which is what is wanted
	works map[string]bool        // of them; nil: a row of the whole work is not enough
	rows  int                    // among how many first rows
	near  bool                   // a near heading that leads there counts where nothing is found
	names []string               // of creators: the first of them among the suggestions is wanted, in place of hits
}

func (w wish) String() string {
	return fmt.Sprintf("%s: %q does not find %q", w.kind, w.typed, slices.Sorted(maps.Keys(w.bibs))[:min(3, len(w.bibs))])
}

// isMet reports whether the catalogue brings what is wished for.
func (w wish) isMet(t testing.TB, c *Catalogue) bool {
	t.Helper()
	if len(w.names) > 0 {
		return w.isSuggested(t, c)
	}
	found, n := w.isShown(t, c, library.Query{Words: w.typed})
	if found || !w.near || n > 0 {
		return found
	}
	offers, err := c.Near(t.Context(), w.typed, 6)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(offers, func(s library.Suggestion) bool {
		found, _ := w.isShown(t, c, s.Query())
		return found
	})
}

// isShown reports whether a search shows it, and how many hits there are.
func (w wish) isShown(t testing.TB, c *Catalogue, q library.Query) (bool, int) {
	t.Helper()
	page, err := c.Search(t.Context(), q, 0, firstPage)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(page.Rows[:min(w.rows, len(page.Rows))], func(r library.Row) bool {
		return w.bibs[r.Bib.ID] || r.Volumes > 0 && w.works[workOf(r.Bib)]
	}), page.Count.N
}

// isSuggested reports whether a creator is among the suggestions, after nobody whose
// name is no such, and leads to bibs.
func (w wish) isSuggested(t testing.TB, c *Catalogue) bool {
	t.Helper()
	list, err := c.Suggest(t.Context(), w.typed, suggestions)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(s library.Suggestion) bool {
		return s.Field == library.SuggestCreator && slices.ContainsFunc(w.names, func(name string) bool { return joined(kana.Fold(name)) == joined(kana.Fold(s.Text)) })
	})
	if i < 0 {
		return false
	}
	tapped := w
	tapped.rows = firstPage
	found, _ := tapped.isShown(t, c, list[i].Query())
	return found && i < w.rows
}

// tally counts the wishes of each kind, and those that are met.
type tally struct {
	kinds      []string // in the order of their first
	asked, met map[string]int
}

// tallied counts wishes; disappoints is told of each that is not met.
func tallied(t testing.TB, c *Catalogue, wishes []wish, disappoints func(w wish)) tally {
	t.Helper()
	out := tally{asked: map[string]int{}, met: map[string]int{}}
	for _, w := range wishes {
		if out.asked[w.kind] == 0 {
			out.kinds = append(out.kinds, w.kind)
		}
		out.asked[w.kind]++
		if w.isMet(t, c) {
			out.met[w.kind]++
		} else {
			disappoints(w)
		}
	}
	return out
}

func (t tally) percent(kind string) float64 {
	return 100 * float64(t.met[kind]) / float64(max(t.asked[kind], 1))
}
