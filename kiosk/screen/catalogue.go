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
	// Volumes returns a part of the volumes of a bib's work, of those that the filters of
	// q leave; below 0 the part in which the bib is.
	Volumes(ctx context.Context, id library.BibID, q library.Query, offset, limit int) (library.Volumes, error)
	// VolumeOffset is where the volume with a designation stands among them, or the next.
	VolumeOffset(ctx context.Context, id library.BibID, q library.Query, volume string) (int, error)
	ItemBib(ctx context.Context, barcode string) (library.BibID, error)
	// Live asks the central server where the copies of a bib are now.
	Live(ctx context.Context, id library.BibID) ([]library.Availability, error)
}

type browser interface {
	NewArrivals(ctx context.Context, since library.Date, offset, limit int) (library.Page, error)
	// Lists are the lists of books that travel with the catalogue, in the order in which
	// they are shown.
	Lists(ctx context.Context) ([]library.List, error)
	// ListPage is a part of what a list names, of what the catalogue has of it.
	ListPage(ctx context.Context, name string, offset, limit int) (library.Page, error)
	// NDCCounts counts the bibs under each digit that may follow an NDC prefix.
	NDCCounts(ctx context.Context, prefix string, q library.Query) (map[string]int, error)
}
