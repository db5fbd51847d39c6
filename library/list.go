package library

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// List is a list of books that travels with the catalogue: a ranking (ベストリーダー), or
// a theme shelf that staff put together. It names its bibs, or a query that each terminal
// answers from its own catalogue.
type List struct {
	Name  string            `json:"name"` // small letters, digits and hyphens
	Kind  ListKind          `json:"kind"`
	Title map[string]string `json:"title,omitempty"` // by language; of a theme "ja" is there, and is shown where another is missing
	Text  map[string]string `json:"text,omitempty"`  // the same, a sentence below the title
	Bibs  []BibID           `json:"bibs,omitempty"`  // in the order in which they are shown
	Query *Query            `json:"query,omitempty"`

	// Of a ranking: what it counts.
	Month    string `json:"month,omitempty"`    // "2026-11"; "": the last year
	Of       Kind   `json:"of,omitempty"`       // "": all kinds
	Juvenile bool   `json:"juvenile,omitempty"` // only what is made for children; a ranking without leaves that out
}

// ListKind says what a list is.
type ListKind string

// The kinds of lists.
const (
	ThemeList ListKind = "theme"
	Ranking   ListKind = "ranking"
)

// ListKinds are all kinds of lists.
var ListKinds = []ListKind{ThemeList, Ranking}

// ErrUnknownList says that there is no list of a name.
var ErrUnknownList = errors.New("there is no such list")

// How large a list may be, so that it travels with the changes and its title is read at a
// glance.
const (
	MaxListBibs  = 500
	maxListTitle = 40  // characters
	maxListText  = 200 // characters
	maxListName  = 60
)

var (
	ndcClass     = regexp.MustCompile(`^[0-9]{1,3}(\.?[0-9]{0,6})$`)
	languageCode = regexp.MustCompile(`^[a-z]{3}$`) // ISO 639-2
)

var listName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Validate says in a sentence what of a list cannot be, or returns nil. Whether the
// catalogue has its bibs it does not know.
func (l List) Validate() error {
	switch {
	case !listName.MatchString(l.Name) || len(l.Name) > maxListName:
		return fmt.Errorf("%q is no name of a list; use small letters and digits, parted by hyphens, such as summer-2026, at most %d", l.Name, maxListName)
	case !slices.Contains(ListKinds, l.Kind):
		return fmt.Errorf("%q is no kind of a list", l.Kind)
	case l.Kind == ThemeList && strings.HasPrefix(l.Name, rankingName):
		return fmt.Errorf("lists that are called %s… are the rankings that the server makes; use another name", rankingName)
	case l.Kind == ThemeList && strings.TrimSpace(l.Title[Languages[0].Code]) == "":
		return fmt.Errorf("the list has no title in %s; give one", Languages[0].Code)
	case len(l.Bibs) > MaxListBibs:
		return fmt.Errorf("the list names %d bibs; it may name %d", len(l.Bibs), MaxListBibs)
	case l.Query != nil && len(l.Bibs) > 0:
		return fmt.Errorf("the list names bibs and a query; give one of them")
	case l.Query == nil && len(l.Bibs) == 0:
		return fmt.Errorf("the list names no bib and no query; give one of them")
	}
	if l.Query != nil {
		if err := l.Query.validate(); err != nil {
			return err
		}
	}
	seen := map[BibID]bool{}
	for _, id := range l.Bibs {
		if id == "" || seen[id] {
			return fmt.Errorf("the list names the bib %q twice, or one without an id", id)
		}
		seen[id] = true
	}
	for _, of := range []struct {
		what  string
		texts map[string]string
		most  int
	}{{"title", l.Title, maxListTitle}, {"text", l.Text, maxListText}} {
		for code, text := range of.texts {
			switch {
			case !slices.ContainsFunc(Languages, func(l Language) bool { return l.Code == code }):
				return fmt.Errorf("the %s is in %q, which no terminal speaks", of.what, code)
			case utf8.RuneCountInString(text) > of.most:
				return fmt.Errorf("the %s in %s has %d characters; it may have %d", of.what, code, utf8.RuneCountInString(text), of.most)
			case unprintable(text):
				return fmt.Errorf("the %s in %s has more than one line, or characters that cannot be shown", of.what, code)
			}
		}
	}
	return nil
}

// unprintable reports whether a text has more than one line, or what is no character, or
// one that is not seen but changes others, such as their direction.
func unprintable(text string) bool {
	return !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool {
		const joiner = '\u200D' // of emoji
		return r != joiner && r != ' ' && !unicode.IsGraphic(r) || unicode.In(r, unicode.Zl, unicode.Zp) || r == utf8.RuneError
	})
}

// maxQueryText is how many characters a field of a list's query may have.
const maxQueryText = 200

// validate says what of a query can find nothing whatever there is, or returns nil.
func (q Query) validate() error {
	order := q.Order
	q.Order = ByWanted
	for _, text := range []*string{&q.Words, &q.Title, &q.Creator, &q.Publisher, &q.Subject, &q.ISBN, &q.NDC} {
		*text = strings.TrimSpace(*text)
		if unprintable(*text) || utf8.RuneCountInString(*text) > maxQueryText {
			return fmt.Errorf("the query of the list has characters that cannot be shown, or more than %d in one field", maxQueryText)
		}
	}
	switch {
	case q.IsZero():
		return fmt.Errorf("the query of the list asks nothing; say what its books have in common")
	case q.Kind != "" && !slices.Contains(Kinds, q.Kind):
		return fmt.Errorf("%q is no kind of a bib; it may be one of %v", q.Kind, Kinds)
	case q.NDC != "" && !ndcClass.MatchString(norm.NFKC.String(q.NDC)):
		return fmt.Errorf("%q is no class of NDC; give digits, such as 913.6", q.NDC)
	case q.Language != "" && !languageCode.MatchString(q.Language):
		return fmt.Errorf("%q is no language of a bib; give its three letters, such as jpn or eng", q.Language)
	case q.YearFrom < 0 || q.YearFrom > 9999 || q.YearTo < 0 || q.YearTo > 0 && q.YearFrom > q.YearTo:
		return fmt.Errorf("there is no year from %d to %d", q.YearFrom, q.YearTo)
	case !slices.Contains(Orders, order):
		return fmt.Errorf("%q is no order of hits", order)
	}
	return nil
}

// DigestOfLists returns the digest of some lists, whatever order they stand in.
func DigestOfLists(lists []List) Digest {
	h := sha256.New()
	for _, l := range slices.SortedFunc(slices.Values(lists), func(a, b List) int { return cmp.Compare(a.Name, b.Name) }) {
		b, err := json.Marshal(l)
		if err != nil {
			panic(err) // a List holds nothing that JSON cannot
		}
		h.Write(append(b, '\n'))
	}
	return Digest(h.Sum(nil)[:len(Digest{})])
}
