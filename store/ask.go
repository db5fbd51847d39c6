package store

import (
	"cmp"
	"slices"
	"strings"
)

// part is a part of what the index is asked. A bib must have it all of one of the
// alternatives.
type part []alternative

// alternative is tokens that must all be there.
type alternative []string

// parts takes a term apart as far as each part must be met. Of a Latin word the tokens
// stay together: most bibs that have one of them have all.
func (t term) parts() []part {
	whole := t.part()
	if len(whole) > 1 || isLatinWord(t[0].want) {
		return []part{whole}
	}
	var out []part
	for _, token := range whole[0] {
		out = append(out, part{{token}})
	}
	return out
}

// part is a term as one part.
func (t term) part() (p part) {
	for _, w := range t {
		// A word that begins so has all the letters that the text way asks for.
		if w.as == asWord && t[0].as == asText && w.want == t[0].want {
			continue
		}
		p = append(p, w.alternatives()...)
	}
	return p
}

// frequencies are how many bibs have each of the tokens that many have; and of "" how
// many bibs there are. Where they are nil nothing is known of any.
type frequencies map[string]float64

// unlisted is how many bibs a token is taken to have that is not in the table.
const unlisted = frequentBibs / 2

// of is how many bibs have a token.
func (f frequencies) of(token string) float64 { return cmp.Or(f[indexable(token)], unlisted) }

// bibs is how many bibs meet a part, at most.
func (f frequencies) bibs(p part) (n float64) {
	for _, a := range p {
		least := f.of(a[0])
		for _, token := range a[1:] {
			least = min(least, f.of(token))
		}
		n += least
	}
	return n
}

// rarestFirst sorts by how many bibs have each.
func rarestFirst[T any](list []T, bibs func(T) float64) []T {
	return slices.SortedStableFunc(slices.Values(list), func(a, b T) int { return cmp.Compare(bibs(a), bibs(b)) })
}

// expression is what finds the bibs that meet all parts, and others where a part has
// alternatives of more than one token; "" for no parts.
//
// FTS5 moves every side of an AND to each bib that one of them comes to, whatever the
// others say of it, and it takes an AND within an AND apart; but not one within an OR. So
// what comes first stands within an OR, the other side of which is a token that no bib
// has: then the rest is looked up for those bibs alone that have it.
func (f frequencies) expression(parts []part) string {
	return allOf(f, rarestFirst(parts, f.bibs), f.bibs, f.expressionOf)
}

func (f frequencies) expressionOf(p part) string {
	var ways []string
	for _, a := range p {
		ways = append(ways, allOf(f, rarestFirst(a, f.of), f.of, quoted))
	}
	if len(ways) == 1 {
		return ways[0]
	}
	return "(" + strings.Join(ways, " OR ") + ")"
}

// muchMore is how many times as many bibs something must have as the rarest, for it to
// be looked up for those bibs alone that have what comes before.
const muchMore = 4

// allOf joins expressions by AND.
func allOf[T any](f frequencies, list []T, bibs func(T) float64, express func(T) string) string {
	const deepest = 8 // FTS5 takes no expression that is too deep
	out, depth := "", 0
	for i, x := range list {
		if i > 1 && depth < deepest && f != nil && bibs(x) > muchMore*bibs(list[0]) {
			out, depth = "(("+out+") OR "+quoted(markNone)+")", depth+1
		}
		if i > 0 {
			out += " AND "
		}
		out += express(x)
	}
	if len(list) > 1 {
		out = "(" + out + ")"
	}
	return out
}
