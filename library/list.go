package library

// List is a list of books that travels with the catalogue: a ranking (ベストリーダー), or
// a theme shelf that staff put together. It names its bibs, or a query that each terminal
// answers from its own catalogue.
type List struct {
	Name  string            `json:"name"` // small letters, digits and hyphens
	Kind  ListKind          `json:"kind"`
	Title map[string]string `json:"title"`          // by language; "ja" is there, and is shown where another is missing
	Text  map[string]string `json:"text,omitempty"` // the same, a sentence below the title
	Bibs  []BibID           `json:"bibs,omitempty"` // in the order in which they are shown
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
