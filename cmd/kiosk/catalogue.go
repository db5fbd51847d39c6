package main

import (
	"context"

	"madoguchi/library"
	"madoguchi/store"
	kiosksync "madoguchi/sync"
)

// catalogue lets screens read whatever catalogue is in use, however often it is
// swapped meanwhile.
type catalogue struct{ client *kiosksync.Client }

func with[T any](c catalogue, read func(*store.Catalogue) (T, error)) (result T, err error) {
	err = c.client.With(func(cat *store.Catalogue) (err error) {
		result, err = read(cat)
		return err
	})
	return result, err
}

func (c catalogue) Search(ctx context.Context, q library.Query, offset, limit int) (library.Page, error) {
	return with(c, func(cat *store.Catalogue) (library.Page, error) { return cat.Search(ctx, q, offset, limit) })
}

func (c catalogue) Suggest(ctx context.Context, words string, limit int) ([]library.Suggestion, error) {
	return with(c, func(cat *store.Catalogue) ([]library.Suggestion, error) { return cat.Suggest(ctx, words, limit) })
}

func (c catalogue) Near(ctx context.Context, words string, limit int) ([]library.Suggestion, error) {
	return with(c, func(cat *store.Catalogue) ([]library.Suggestion, error) { return cat.Near(ctx, words, limit) })
}

func (c catalogue) Record(ctx context.Context, id library.BibID) (library.Record, error) {
	return with(c, func(cat *store.Catalogue) (library.Record, error) { return cat.Record(ctx, id) })
}

func (c catalogue) Volumes(ctx context.Context, id library.BibID, q library.Query, offset, limit int) (library.Volumes, error) {
	return with(c, func(cat *store.Catalogue) (library.Volumes, error) { return cat.Volumes(ctx, id, q, offset, limit) })
}

func (c catalogue) VolumeOffset(ctx context.Context, id library.BibID, q library.Query, volume string) (int, error) {
	return with(c, func(cat *store.Catalogue) (int, error) { return cat.VolumeOffset(ctx, id, q, volume) })
}

func (c catalogue) Lists(ctx context.Context) ([]library.List, error) {
	return with(c, func(cat *store.Catalogue) ([]library.List, error) { return cat.Lists(ctx) })
}

func (c catalogue) ListPage(ctx context.Context, name string, offset, limit int) (library.Page, error) {
	return with(c, func(cat *store.Catalogue) (library.Page, error) { return cat.ListPage(ctx, name, offset, limit) })
}

func (c catalogue) ItemBib(ctx context.Context, barcode string) (library.BibID, error) {
	return with(c, func(cat *store.Catalogue) (library.BibID, error) { return cat.ItemBib(ctx, barcode) })
}

func (c catalogue) Live(ctx context.Context, id library.BibID) ([]library.Availability, error) {
	return c.client.Availability(ctx, id)
}

func (c catalogue) NewArrivals(ctx context.Context, since library.Date, offset, limit int) (library.Page, error) {
	return with(c, func(cat *store.Catalogue) (library.Page, error) { return cat.NewArrivals(ctx, since, offset, limit) })
}

func (c catalogue) NDCCounts(ctx context.Context, prefix string, q library.Query) (map[string]int, error) {
	return with(c, func(cat *store.Catalogue) (map[string]int, error) { return cat.NDCCounts(ctx, prefix, q) })
}
