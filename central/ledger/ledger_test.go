package ledger_test

import (
	"errors"
	"flag"
	"os"
	"sync"
	"testing"

	"madoguchi/central/catalogue"
	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

func TestMain(m *testing.M) {
	// Every step is several commits on a real PostgreSQL. Given on the command line,
	// another number counts.
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	os.Exit(dbtest.Main(m))
}

func TestSetState(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		cat := catalogue.New(catalogue.Config{DB: d})
		l := ledger.New(ledger.Config{DB: d, Catalogue: cat})
		if err := cat.PutBranch(ctx, library.Branch{Code: "chuo", Name: "中央図書館"}); err != nil {
			t.Fatal(err)
		}
		r := library.Record{Bib: library.Bib{ID: "b1", Kind: library.Book, Title: "こころ"}}
		for _, id := range []library.ItemID{"i2", "i1", "i3"} {
			r.Items = append(r.Items, library.Item{ID: id, Branch: "chuo", Lendable: true, State: library.OnShelf})
		}
		if _, err := cat.Put(ctx, r); err != nil {
			t.Fatal(err)
		}
		number := func() int64 {
			log, err := cat.Log(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return log.Number
		}
		before, due := number(), library.Date{Year: 2026, Month: 12, Day: 8}
		if err := l.SetState(ctx, "i2", library.OnLoan, due); err != nil {
			t.Fatal(err)
		}
		if err := l.SetState(ctx, "i2", library.OnLoan, due); err != nil {
			t.Fatal(err)
		}
		if n := number() - before; n != 1 {
			t.Errorf("a loan, told twice, is %d changes", n)
		}
		got, err := l.Availability(ctx, "b1")
		if err != nil || len(got) != 3 || got[0].ItemID != "i1" || got[1] != (library.Availability{ItemID: "i2", State: library.OnLoan, DueOn: due}) {
			t.Errorf("availability %+v, %v", got, err)
		}

		for name, err := range map[string]error{
			"no due date":      l.SetState(ctx, "i1", library.OnLoan, library.Date{}),
			"due on the shelf": l.SetState(ctx, "i1", library.OnShelf, due),
			"no such item":     l.SetState(ctx, "none", library.Missing, library.Date{}),
			"no such item\x00": l.SetState(ctx, "i1\x00", library.Missing, library.Date{}),
		} {
			if err == nil {
				t.Errorf("%s: was taken", name)
			}
		}
		if err := l.SetState(ctx, "none", library.Missing, library.Date{}); !errors.Is(err, library.ErrUnknownItem) {
			t.Errorf("an unknown item: %v", err)
		}
		if _, err := l.Availability(ctx, "none"); !errors.Is(err, library.ErrUnknownBib) {
			t.Errorf("an unknown bib: %v", err)
		}

		// Items of one bib that move at once leave its digest right.
		var wg sync.WaitGroup
		for _, id := range []library.ItemID{"i1", "i2", "i3"} {
			wg.Go(func() {
				if err := l.SetState(ctx, id, library.InTransit, library.Date{}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		digests, err := cat.Digests(ctx)
		if err != nil {
			t.Fatal(err)
		}
		now, err := cat.Record(ctx, "b1")
		if err != nil {
			t.Fatal(err)
		}
		if digests.Buckets[library.BucketOf("b1")] != library.DigestOf(now) {
			t.Error("the digest is not that of the record")
		}
		for _, it := range now.Items {
			if it.State != library.InTransit || !it.DueOn.IsZero() {
				t.Errorf("item %+v", it)
			}
		}
	})
}
