package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// plan is how a query is answered: what the full-text index is asked, and what is then
// to be checked on each candidate.
type plan struct {
	asked     []part   // of the full-text index; none: every bib is a candidate
	marks     []part   // of these, those that are no words
	sure      []part   // of what asked finds, these find bibs that need no check; none: no such bibs are known
	doubtful  []part   // with sure, it finds all that asked does
	isbn      string   // looked up in its own table instead
	isbnStart []string // the beginnings that an ISBN typed so far may have
	exact     bool     // none of the index's rows need a check
	nothing   bool     // nothing can be found
	signs     string   // the title asked for has no letters: nothing but titles is found
	years     years
	order     library.Order
	stretches []stretch // of ranks that are asked for one after the other; none: those of search.stretches
	now       stretch   // the one that is asked for just now

	words      []term            // what the query's words ask; a whole title meets them too
	fields     []term            // what its fields ask
	unsure     []term            // of both, what must be checked on what the index finds
	filters    []func(*row) bool // what asked says of kind, branch, …, for rows from elsewhere
	conditions []condition       // the same for SQLite
	unasked    []condition       // of these, those that the index is not asked
	available  bool
	branch     library.BranchCode

	titles []string // keys of titles that come first
	parts  []string // keys of titles that come first where the rest of the query is met too
	whole  wholeWords
}

// condition is a condition on the columns of bib.
type condition struct {
	format string // with %s for the value
	value  any
}

func (c condition) sql(args *arguments) string { return fmt.Sprintf(c.format, args.add(c.value)) }

// years are those that a query asks for.
type years struct {
	set        bool
	from, to   int
	conditions []condition
}

// lookedUp is how many words the index is asked for; further ones are checked on
// what it finds. FTS5 refuses expressions without measure.
const lookedUp = 12

// planOf plans a query; what it asks besides comes as terms.
func planOf(q library.Query, besides ...term) plan {
	p := plan{now: everyRank, order: q.Order, exact: true, available: q.Available, branch: q.Branch, signs: kana.Signs(cmp.Or(q.Title, q.Words))}
	if isbn, ok := isbnIn(q.Words); ok {
		p.isbn = isbn
	} else {
		p.words = p.ask(q.Words, anywhere, true)
	}
	p.fields = besides
	titles := p.ask(q.Title, inTitles, false)
	if q.Title != "" && q.Words != "" {
		p.fields = append(p.fields, p.words...)
		p.words = nil
	}
	p.words = append(p.words, titles...)
	p.fields = append(p.fields, p.ask(q.Creator, inCreators, false)...)
	p.fields = append(p.fields, p.ask(q.Publisher, inPublishers, false)...)
	p.fields = append(p.fields, p.ask(q.Subject, inSubjects, false)...)
	p.askISBN(q.ISBN)
	if strings.TrimSpace(q.NDC) != "" {
		digits := ndcDigits(q.NDC)
		if digits == "" {
			p.nothing = true
			return p
		}
		p.fields = append(p.fields, term{{as: asNDC, want: digits}})
	}
	var sure []part
	for i, t := range slices.Concat(p.words, p.fields) {
		if i >= lookedUp {
			p.unsure = append(p.unsure, t)
			sure = nil
			continue
		}
		p.asked = append(p.asked, t.parts()...)
		certain, doubtful := t.split()
		if len(certain) > 0 && len(sure) == i {
			sure = append(sure, certain.part())
		}
		if len(doubtful) > 0 {
			p.unsure = append(p.unsure, t)
		}
	}
	p.exact = p.exact && len(p.unsure) == 0
	var marks []part
	for _, f := range []struct {
		set   bool
		mark  string
		want  string
		usual string // what nearly all bibs have there
		is    func(*row) bool
		condition
	}{
		{q.Branch != "", markBranch, string(q.Branch), "", func(r *row) bool { return slices.Contains(strings.Fields(r.branches), string(q.Branch)) },
			condition{"instr(' ' || b.branches || ' ', %s) > 0", " " + string(q.Branch) + " "}},
		{q.Kind != "", markKind, string(q.Kind), string(library.Book), func(r *row) bool { return r.kind == string(q.Kind) },
			condition{"b.kind = %s", string(q.Kind)}},
		{q.Language != "", markLanguage, q.Language, "jpn", func(r *row) bool { return r.language == q.Language },
			condition{"b.language = %s", q.Language}},
		{q.Juvenile, markJuvenile, "", "", func(r *row) bool { return r.juvenile },
			condition{"b.juvenile = %s", true}},
	} {
		if !f.set {
			continue
		}
		p.filters, p.conditions = append(p.filters, f.is), append(p.conditions, f.condition)
		if f.usual != "" && f.want == f.usual && len(p.asked)+len(marks) > 0 {
			p.unasked = append(p.unasked, f.condition)
			continue
		}
		marks = append(marks, part{{f.mark + f.want}})
	}
	if q.YearFrom > 0 || q.YearTo > 0 {
		from, to := min(max(q.YearFrom, 1), maxYear), maxYear
		if q.YearTo > 0 {
			to = min(q.YearTo, maxYear)
		}
		p.filters = append(p.filters, func(r *row) bool { return r.year >= from && r.year <= to })
		conditions := []condition{{"b.year >= %s", from}, {"b.year <= %s", to}}
		p.conditions = append(p.conditions, conditions...)
		p.years = years{true, from, to, conditions}
	}
	if len(sure) > 0 && len(sure) == len(p.words)+len(p.fields) && !p.asksISBN() {
		p.sure = slices.Concat(sure, marks)
		p.doubtful = slices.Concat(p.asked, marks)
		if len(sure) == 1 && len(p.unsure) == 1 { // one word: its other ways alone
			_, others := p.unsure[0].split()
			p.doubtful = append([]part{others.part()}, marks...)
		}
	}
	p.asked, p.marks = append(p.asked, marks...), marks
	if len(p.asked) == 0 && p.signs == "" && p.isbn == "" && len(p.isbnStart) == 0 && !p.years.set && !p.available {
		p.nothing = true // only spaces were typed
	}
	p.titles, p.parts = wholeOf(q)
	p.askWholeWords(q)
	return p
}

// ask reads one field. Input without a single letter finds nothing, but where a title may
// be of signs only.
func (p *plan) ask(input string, in fields, ndc bool) []term {
	terms := termsOf(input, in, ndc)
	if len(terms) == 0 && strings.TrimSpace(input) != "" && (p.signs == "" || kana.Signs(input) != p.signs) {
		p.nothing = true
	}
	return terms
}

func (p *plan) askISBN(input string) {
	digits := halfWidth(input)
	if digits == "" {
		return
	}
	isbn, ok := library.ParseISBN(digits)
	switch {
	case ok && (p.isbn == "" || p.isbn == isbn):
		p.isbn = isbn
	case ok:
		p.nothing = true
	case len(digits) < 10:
		p.isbnStart, p.exact = []string{digits, "978" + digits}, false
	case len(digits) < 13 && strings.HasPrefix(digits, "97"):
		p.isbnStart, p.exact = []string{digits}, false
	default: // a whole one, with a slip
		p.nothing = true
	}
}

// split returns the ways that the index knows for certain, and those whose rows need a
// check.
func (t term) split() (certain, doubtful term) {
	for _, w := range t {
		if w.certain() {
			certain = append(certain, w)
		} else {
			doubtful = append(doubtful, w)
		}
	}
	return certain, doubtful
}

// wholeOf returns the keys that the title of a bib must equal for it to stand
// before all other hits; and those of its single words, which a title may equal that
// meets the others as well: こころ of 夏目 こころ.
func wholeOf(q library.Query) (whole, parts []string) {
	text := kana.Fold(cmp.Or(q.Title, q.Words))
	whole = withoutEmpty(append(wholeOfText(text), kana.Signs(cmp.Or(q.Title, q.Words))))
	if words := strings.Fields(text); len(words) > 1 && len(words) <= lookedUp {
		for _, w := range slices.Concat(words, runsOf(words)) {
			parts = append(parts, wholeOfText(w)...)
		}
	}
	return whole, sortedSet(parts)
}

func wholeOfText(text string) []string {
	keys := []string{joined(text)}
	romaji := ""
	for _, word := range strings.Fields(text) {
		k, rest := kana.FromRomaji(word)
		if rest != "" && (rest != "n" || k == "") {
			romaji = ""
			break
		}
		if rest == "n" {
			k += "ん"
		}
		romaji += k
	}
	if isReading(strings.ReplaceAll(text, " ", "")) {
		keys = append(keys, kana.Key(text))
	} else if romaji != "" {
		keys = append(keys, kana.Key(kana.Fold(romaji)))
	}
	return withoutEmpty(sortedSet(keys))
}
