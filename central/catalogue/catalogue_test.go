package catalogue

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/db/dbtest"
	"madoguchi/library"
)

var today = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func open(t *testing.T, d *db.DB) *Catalogue {
	t.Helper()
	c := New(Config{DB: d, Now: func() time.Time { return today }})
	for _, code := range []library.BranchCode{"chuo", "kita"} {
		if err := c.PutBranch(t.Context(), library.Branch{Code: code, Name: string(code) + "図書館"}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func each(t *testing.T, test func(*testing.T, *Catalogue)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, open(t, d)) })
}

func book(id string, items ...library.Item) library.Record {
	return library.Record{
		Bib: library.Bib{
			ID: library.BibID(id), Kind: library.Book, Title: "こころ " + id, TitleReading: "ココロ",
			Creators: []library.Creator{{Name: "夏目漱石", Reading: "ナツメ ソウセキ", Role: "著"}}, Year: 1914, NDC: []string{"913.6"},
		},
		Items: items,
	}
}

func copyAt(branch library.BranchCode, barcode string) library.Item {
	return library.Item{ID: library.ItemID(barcode), Branch: branch, Barcode: barcode, CallNumber: "913.6/ナ", Lendable: true, State: library.OnShelf}
}

func put(t *testing.T, c *Catalogue, records ...library.Record) []Outcome {
	t.Helper()
	o, err := c.Put(t.Context(), records...)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func number(t *testing.T, c *Catalogue) int64 {
	t.Helper()
	log, err := c.Log(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return log.Number
}

func TestPutTwiceChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		r := []library.Record{book("b1", copyAt("chuo", "1"), copyAt("kita", "2")), book("b2")}
		r[1].Bib.Subjects = []library.Subject{} // as good as none
		if got := put(t, c, r...); !slices.Equal(got, []Outcome{Added, Added}) {
			t.Fatalf("first: %v", got)
		}
		before := number(t, c)
		if before != 4 { // two bibs, two items
			t.Fatalf("%d changes", before)
		}
		today := today
		c.today = func() time.Time { return today.AddDate(0, 0, 3) }
		if got := put(t, c, r...); !slices.Equal(got, []Outcome{Unchanged, Unchanged}) {
			t.Errorf("second: %v", got)
		}
		if now := number(t, c); now != before {
			t.Errorf("the second time gave %d changes", now-before)
		}
	})
}

func TestPutKeepsWhatIsNotTheImports(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		ctx := t.Context()
		put(t, c, book("b1", copyAt("chuo", "1"), copyAt("kita", "2")))
		lend(t, c, "1", "b1")

		c.today = func() time.Time { return today.AddDate(0, 0, 3) }
		again := book("b1", copyAt("chuo", "1"))
		again.Bib.Title = "こころ 新版"
		again.Items[0].Shelf = "2階 文学"
		if got := put(t, c, again); got[0] != Changed {
			t.Errorf("outcome %v", got)
		}
		r, err := c.Record(ctx, "b1")
		if err != nil {
			t.Fatal(err)
		}
		if r.Bib.AddedOn != library.DateOf(today) {
			t.Errorf("added on %v", r.Bib.AddedOn)
		}
		if len(r.Items) != 2 {
			t.Fatalf("%d items: the one that the file does not mention is gone", len(r.Items))
		}
		if got := r.Items[0]; got.State != library.OnLoan || got.DueOn.IsZero() || got.Shelf != "2階 文学" {
			t.Errorf("the lent item is now %+v", got)
		}

		again.Bib.AddedOn = library.Date{Year: 2001, Month: 2, Day: 3}
		put(t, c, again)
		if r, _ := c.Record(ctx, "b1"); r.Bib.AddedOn != again.Bib.AddedOn {
			t.Errorf("a given day was not taken: %v", r.Bib.AddedOn)
		}
		sameDigests(t, c)
	})
}

func TestPutRefuses(t *testing.T) {
	tests := map[string]struct {
		record  library.Record
		refusal error
	}{
		"unknown branch":        {book("n", copyAt("nowhere", "9")), library.ErrUnknownBranch},
		"no identifier":         {book(""), nil},
		"identifier with NUL":   {book("a\x00b"), nil},
		"identifier not UTF-8":  {book("a\xff"), nil},
		"no title":              {library.Record{Bib: library.Bib{ID: "n"}}, nil},
		"copy of another bib":   {book("n", copyAt("chuo", "1")), nil},
		"copy twice":            {book("n", copyAt("chuo", "9"), copyAt("kita", "9")), nil},
		"copy without ID":       {book("n", copyAt("chuo", "")), nil},
		"call number with NUL":  {book("n", library.Item{ID: "9", Branch: "chuo", CallNumber: "\x00"}), nil},
		"state that is unknown": {book("n", library.Item{ID: "9", Branch: "chuo", State: "lost at sea"}), nil},
		"barcode of another":    {book("n", library.Item{ID: "other", Barcode: "1", Branch: "chuo"}), nil},
	}
	each(t, func(t *testing.T, c *Catalogue) {
		put(t, c, book("b1", copyAt("chuo", "1")))
		before := number(t, c)
		for name, test := range tests {
			_, err := c.Put(t.Context(), book("good"), test.record)
			var bad *RecordError
			if !errors.As(err, &bad) {
				t.Errorf("%s: got %v", name, err)
			}
			if test.refusal != nil && !errors.Is(err, test.refusal) {
				t.Errorf("%s: got %v, not the refusal %v", name, err, test.refusal)
			}
			if _, err := c.Record(t.Context(), "good"); err != library.ErrUnknownBib {
				t.Fatalf("%s: the record before it went in: %v", name, err)
			}
		}
		if now := number(t, c); now != before {
			t.Errorf("%d changes were left", now-before)
		}
		// Characters that a database may not know are kept as they were.
		odd := book("odd")
		odd.Bib.Description = "a\x00b 𠮷 👩‍👩‍👧"
		put(t, c, odd)
		if r, err := c.Record(t.Context(), "odd"); err != nil || r.Bib.Description != odd.Bib.Description {
			t.Errorf("got %q, %v", r.Bib.Description, err)
		}
	})
}

func TestImport(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		unreadable := errors.New("the record is cut off")
		file := func(yield func(library.Record, error) bool) {
			for n := range 1203 {
				r, err := book(fmt.Sprintf("b%04d", n), copyAt("chuo", fmt.Sprint(n))), error(nil)
				switch n {
				case 17:
					err = unreadable
				case 600:
					r.Items[0].Branch = "nowhere"
				case 700:
					r.Bib.ID = "b0699" // the same bib again
				}
				if !yield(r, err) {
					return
				}
			}
		}
		run := func(records iter.Seq2[library.Record, error]) (Counts, []int) {
			var bad []int
			var last Counts
			n, err := c.Import(t.Context(), Import{
				Records:  Plain(records),
				LeftOut:  func(number int, err error) error { bad = append(bad, number); return nil },
				Progress: func(c Counts) { last = c },
			})
			if err != nil {
				t.Fatal(err)
			}
			if n != last {
				t.Errorf("the last progress was %+v, the end %+v", last, n)
			}
			slices.Sort(bad) // the catalogue refuses batch by batch
			return n, bad
		}
		n, bad := run(file)
		if want := (Counts{Read: 1203, Added: 1200, LeftOut: 3}); n != want {
			t.Errorf("first: %+v, want %+v", n, want)
		}
		if !slices.Equal(bad, []int{18, 601, 701}) {
			t.Errorf("left out: %v", bad)
		}
		before := number(t, c)
		n, _ = run(file)
		if want := (Counts{Read: 1203, Unchanged: 1200, LeftOut: 3}); n != want {
			t.Errorf("second: %+v, want %+v", n, want)
		}
		if got := number(t, c) - before; got != 0 {
			t.Errorf("%d changes", got)
		}
		sameDigests(t, c)

		stop := errors.New("enough")
		_, err := c.Import(t.Context(), Import{Records: Plain(file), LeftOut: func(int, error) error { return stop }})
		if !errors.Is(err, stop) {
			t.Errorf("got %v", err)
		}
	})
}

func TestDelete(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		put(t, c, book("b1", copyAt("chuo", "1")), book("b2"))
		if err := c.Delete(t.Context(), "b1"); err != nil {
			t.Fatal(err)
		}
		if err := c.Delete(t.Context(), "b1"); err != library.ErrUnknownBib {
			t.Errorf("again: %v", err)
		}
		put(t, c, book("b3", copyAt("kita", "1"))) // its copy is free for another bib
		sameDigests(t, c)
	})
}

func TestBranches(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		ctx := t.Context()
		b := library.Branch{Code: "chuo", Name: "中央図書館", Short: "中央", NameEn: "Central Library"}
		b.Calendar.Hours[time.Tuesday] = library.Hours{Open: 9 * 60, Close: 19 * 60}
		b.Calendar.Closed = []library.Date{{Year: 2026, Month: 12, Day: 29}}
		if err := c.PutBranch(ctx, b); err != nil {
			t.Fatal(err)
		}
		all, err := c.Branches(ctx)
		if err != nil || len(all) != 2 || !reflect.DeepEqual(all[0], b) {
			t.Errorf("got %+v, %v", all, err)
		}
		wrong := b
		wrong.Calendar.Hours[1] = library.Hours{Open: 600, Close: 500}
		for _, b := range []library.Branch{{Code: "", Name: "x"}, {Code: "A b", Name: "x"}, {Code: "x", Name: " "}, wrong} {
			if err := c.PutBranch(ctx, b); err == nil {
				t.Errorf("%+v was taken", b)
			}
		}
	})
}

func TestSnapshot(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		var want []library.Record
		for n := range 2*readAtOnce + 3 {
			r := book(fmt.Sprintf("b%05d", n), copyAt("chuo", fmt.Sprint("x", n)))
			r.Bib.AddedOn = library.DateOf(today)
			r.Bib.Wanted, r.Items[0].BibID = 1, r.Bib.ID
			want = append(want, r)
		}
		put(t, c, want...)
		var got []library.Record
		err := c.Snapshot(t.Context(), func(s Snapshot) error {
			got = nil
			if s.Bibs != len(want) || s.Number != int64(2*len(want)) || s.Epoch == "" {
				t.Errorf("snapshot %d bibs, number %d, epoch %q", s.Bibs, s.Number, s.Epoch)
			}
			put(t, c, book("later"))
			for r, err := range s.Records {
				if err != nil {
					return err
				}
				got = append(got, r)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want) {
			t.Fatalf("%d records of %d", len(got), len(want))
		}
		for i := range want {
			if library.DigestOf(got[i]) != library.DigestOf(want[i]) {
				t.Fatalf("record %d: got %+v, want %+v", i, got[i], want[i])
			}
		}
	})
}

// lend does what circulation does to an item.
func lend(t *testing.T, c *Catalogue, item, bib string) {
	t.Helper()
	err := c.db.Tx(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.ExecContext(t.Context(), `UPDATE item SET state = 'on_loan', due_on = '2026-12-08' WHERE id = $1`, item); err != nil {
			return err
		}
		if err := c.Touch(t.Context(), tx, library.BibID(bib)); err != nil {
			return err
		}
		tx.Changed(db.KindAvailability, item, bib)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sameDigests holds the digests against ones that are taken anew.
func sameDigests(t *testing.T, c *Catalogue) {
	t.Helper()
	got, err := c.Digests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var want [library.Buckets]library.Digest
	for n := range library.Buckets {
		b, err := c.Bucket(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if b.Number != got.Number || b.Epoch != got.Epoch {
			t.Errorf("bucket %d is of change %d, the digests of %d", n, b.Number, got.Number)
		}
		for _, r := range b.Records {
			want[n] = want[n].XOR(library.DigestOf(r))
		}
	}
	if got.Buckets != want {
		t.Error("the stored digests are not those of the records")
	}
}

func TestTitles(t *testing.T) {
	each(t, func(t *testing.T, c *Catalogue) {
		two := book("b2")
		two.Bib.Volume = "上"
		put(t, c, book("b1"), two)
		for bib, want := range map[library.BibID]string{"b1": "こころ b1", "b2": "こころ b2 上", "b3": "", "b\x00": "", "": ""} {
			err := c.db.View(t.Context(), func(tx *db.Tx) error {
				got, err := c.TitleTx(t.Context(), tx, bib)
				if got != want {
					t.Errorf("%q: %q, want %q", bib, got, want)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}
