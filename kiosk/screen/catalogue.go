package screen

import (
	"context"

	"madoguchi/library"
)

// Catalogue is the part of the terminal's catalogue that screens read.
type Catalogue interface {
	searcher
	recorder
	browser
}

type searcher interface {
	Search(ctx context.Context, q library.Query, offset, limit int) (library.Page, error)
	Suggest(ctx context.Context, words string, limit int) ([]library.Suggestion, error)
	Near(ctx context.Context, words string, limit int) ([]library.Suggestion, error)
}

type recorder interface {
	Record(ctx context.Context, id library.BibID) (library.Record, error)
	Volumes(ctx context.Context, id library.BibID) ([]library.Bib, error)
	ItemBib(ctx context.Context, barcode string) (library.BibID, error)
	// Live asks the central server where the copies of a bib are now.
	Live(ctx context.Context, id library.BibID) ([]library.Availability, error)
}

type browser interface {
	NewArrivals(ctx context.Context, since library.Date, offset, limit int) (library.Page, error)
	// NDCCounts counts the bibs under each digit that may follow an NDC prefix.
	NDCCounts(ctx context.Context, prefix string, q library.Query) (map[string]int, error)
}
