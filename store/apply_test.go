package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"madoguchi/library"
)

func apply(t testing.TB, c *Catalogue, upto int64, rows ...library.Change) {
	t.Helper()
	if err := c.Apply(t.Context(), Cursor{Epoch: testInfo.Epoch, Number: upto}, rows); err != nil {
		t.Fatal(err)
	}
}

func TestApply(t *testing.T) {
	c := open(t, sample()...)
	if got := find(t, c, library.Query{Words: "銀河"}); len(got) != 0 {
		t.Fatalf("銀河 is found before it is there: %v", got)
	}
	r := bib("ginga", "銀河鉄道の夜", "ギンガ テツドウ ノ ヨル", "宮沢賢治", "ミヤザワ, ケンジ", 2021)
	apply(t, c, 11, library.Change{PutBib: &r.Bib}, library.Change{PutItem: &r.Items[0]})
	for _, words := range []string{"銀河", "ぎんが", "よる", "宮澤賢治", "miyazawa kenji"} {
		if got := find(t, c, library.Query{Words: words}); !slices.Equal(got, []string{"ginga"}) {
			t.Errorf("after a put %q finds %v", words, got)
		}
	}

	moved := r.Bib
	moved.Title, moved.TitleReading, moved.Year = "風の又三郎", "カゼ ノ マタサブロウ", 1990
	apply(t, c, 12, library.Change{PutBib: &moved})
	if got := find(t, c, library.Query{Words: "銀河"}); len(got) != 0 {
		t.Errorf("the old title still finds %v", got)
	}
	if got := find(t, c, library.Query{Words: "またさぶろう", YearTo: 1990}); !slices.Equal(got, []string{"ginga"}) {
		t.Errorf("the new title finds %v", got)
	}
	if list, err := c.Suggest(t.Context(), "ぎんが", 5); err != nil || len(list) != 0 {
		t.Errorf("the old title is still suggested: %v, %v", list, err)
	}

	apply(t, c, 13, library.Change{Availability: &library.Availability{ItemID: "i-ginga", State: library.OnLoan, DueOn: library.Date{Year: 2026, Month: 12, Day: 8}}})
	if got := find(t, c, library.Query{Words: "宮沢", Available: true}); len(got) != 0 {
		t.Errorf("a bib on loan is available: %v", got)
	}
	if rec, err := c.Record(t.Context(), "ginga"); err != nil || rec.Items[0].State != library.OnLoan || rec.Items[0].DueOn.Day != 8 {
		t.Errorf("the item on loan is %+v, %v", rec.Items, err)
	}

	other := r.Items[0]
	other.BibID, other.Branch = "kokoro", "kita"
	apply(t, c, 14, library.Change{PutItem: &other})
	if got := find(t, c, library.Query{Branch: "kita"}); !slices.Equal(got, []string{"kokoro", "potter1"}) {
		t.Errorf("kita has %v", got)
	}
	apply(t, c, 15, library.Change{DeleteItem: other.ID}, library.Change{DeleteBib: "ginga"}, library.Change{DeleteBib: "never there"}, library.Change{DeleteItem: "nor this"})
	if got := find(t, c, library.Query{Words: "宮沢"}); len(got) != 0 {
		t.Errorf("a deleted bib is found: %v", got)
	}
	in, err := c.Info(t.Context())
	if err != nil || in.Number != 15 || in.Edition != 10 || in.Bibs != len(sample()) || !in.BuiltAt.Equal(testInfo.BuiltAt) {
		t.Errorf("Info = %+v, %v", in, err)
	}
	if err := c.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestApplyIsDoneOnceOrNotAtAll(t *testing.T) {
	c := open(t, sample()...)
	before, err := c.Digests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	put := bib("new", "新しい本", "アタラシイ ホン", "", "", 2026)
	bad := library.Bib{Title: "no id"}
	for name, try := range map[string]func() error{
		"a bad row": func() error {
			return c.Apply(t.Context(), Cursor{Epoch: testInfo.Epoch, Number: 20}, []library.Change{{PutBib: &put.Bib}, {PutBib: &bad}})
		},
		"an empty row": func() error {
			return c.Apply(t.Context(), Cursor{Epoch: testInfo.Epoch, Number: 20}, []library.Change{{PutBib: &put.Bib}, {}})
		},
		"another epoch": func() error {
			return c.Apply(t.Context(), Cursor{Epoch: "other", Number: 20}, []library.Change{{PutBib: &put.Bib}})
		},
		"a cancelled context": func() error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return c.Apply(ctx, Cursor{Epoch: testInfo.Epoch, Number: 20}, []library.Change{{PutBib: &put.Bib}})
		},
	} {
		err := try()
		if err == nil {
			t.Errorf("%s was applied", name)
		}
		if name == "another epoch" && !errors.Is(err, library.ErrReset) {
			t.Errorf("%s: %v, want %v", name, err, library.ErrReset)
		}
		if after, err := c.Digests(t.Context()); err != nil || after != before {
			t.Errorf("after %s the catalogue has changed: %v", name, err)
		}
		if got := find(t, c, library.Query{Words: "新しい"}); len(got) != 0 {
			t.Errorf("after %s the index has changed", name)
		}
		if in, _ := c.Info(t.Context()); in.Number != testInfo.Edition {
			t.Errorf("after %s the cursor is %d", name, in.Number)
		}
	}
	for range 2 { // the second time does nothing
		apply(t, c, 20, library.Change{PutBib: &put.Bib}, library.Change{PutItem: &put.Items[0]})
	}
	apply(t, c, 19, library.Change{DeleteBib: "new"})
	if got := find(t, c, library.Query{Words: "新しい"}); !slices.Equal(got, []string{"new"}) {
		t.Errorf("found %v", got)
	}
}

// TestItemBeforeItsBib: only the newest state of a thing is sent, so an item may
// come before the bib that it belongs to, even in an earlier batch.
func TestItemBeforeItsBib(t *testing.T) {
	c := open(t)
	r := bib("late", "遅い本", "オソイ ホン", "", "", 2020)
	apply(t, c, 11, library.Change{PutItem: &r.Items[0]})
	if _, err := c.ItemBib(t.Context(), r.Items[0].Barcode); err != library.ErrUnknownItem {
		t.Errorf("an item without a bib: %v", err)
	}
	apply(t, c, 12, library.Change{PutBib: &r.Bib})
	if got, err := c.Record(t.Context(), "late"); err != nil || len(got.Items) != 1 {
		t.Errorf("Record = %+v, %v", got, err)
	}
	if got := find(t, c, library.Query{Branch: "central"}); !slices.Equal(got, []string{"late"}) {
		t.Errorf("the branch finds %v", got)
	}
	if in, _ := c.Info(t.Context()); in.Bibs != 1 || in.Items != 1 {
		t.Errorf("Info = %+v", in)
	}
	if err := c.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestAnyHistoryEqualsABuild: whatever changes a catalogue went through, it is the
// one that is built of the final state.
func TestAnyHistoryEqualsABuild(t *testing.T) {
	words := []string{"猫", "こころ", "夏目", "なつめ", "natsu", "k", "は", "ハリー", "花 山", "913", "9784101010137", "上", "新潮社", "そうせき", "に", "の", "猫 3", "猫3", "ねこ だい2かん", "こころ 上", "花文庫 2", "猫 4"}
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "history")
		if err != nil {
			rt.Fatal(err)
		}
		state := map[library.BibID]*library.Record{}
		start := rapid.SliceOfNDistinct(drawBib(), 0, 8, func(b library.Bib) library.BibID { return b.ID }).Draw(rt, "start")
		for _, b := range start {
			state[b.ID] = &library.Record{Bib: b}
		}
		lists := map[string]library.List{}
		if rapid.Bool().Draw(rt, "a list") {
			lists["a"] = drawList(rt, "a")
		}
		c := buildIn(rt, filepath.Join(dir, "history.db"), state, lists)
		defer c.Close()
		for upto := int64(11); upto < 11+int64(rapid.IntRange(1, 6).Draw(rt, "batches")); upto++ {
			var rows []library.Change
			for range rapid.IntRange(0, 8).Draw(rt, "rows") {
				rows = append(rows, drawChange(rt, state))
			}
			if rapid.Bool().Draw(rt, "a change of a list") {
				rows = append(rows, drawListChange(rt, lists))
			}
			if err := c.Apply(context.Background(), Cursor{Epoch: testInfo.Epoch, Number: upto}, rows); err != nil {
				rt.Fatal(err)
			}
		}
		if rapid.Bool().Draw(rt, "repair") {
			bucket := library.BucketOf("b1")
			var records []library.Record
			for id, r := range state {
				if library.BucketOf(id) == bucket {
					records = append(records, *r)
				}
			}
			if err := c.ReplaceBucket(context.Background(), bucket, records...); err != nil {
				rt.Fatal(err)
			}
			if err := c.ReplaceLists(context.Background(), slices.Collect(maps.Values(lists))); err != nil {
				rt.Fatal(err)
			}
		}
		if err := c.Verify(context.Background()); err != nil {
			rt.Fatal(err)
		}
		want := buildIn(rt, filepath.Join(dir, "built.db"), state, lists)
		defer want.Close()
		compare(rt, c, want, words)
	})
}

func buildIn(rt *rapid.T, path string, state map[library.BibID]*library.Record, lists map[string]library.List) *Catalogue {
	var records []library.Record
	for _, id := range slices.Sorted(maps.Keys(state)) {
		records = append(records, *state[id])
	}
	if _, err := Build(context.Background(), path, testInfo, all(records), slices.Collect(maps.Values(lists))...); err != nil {
		rt.Fatal(err)
	}
	c, err := Open(path)
	if err != nil {
		rt.Fatal(err)
	}
	return c
}

func drawList(rt *rapid.T, name string) library.List {
	l := library.List{Name: name, Kind: rapid.SampledFrom(library.ListKinds).Draw(rt, "kind"), Title: map[string]string{"ja": "本", "en": "Books"}}
	if rapid.Bool().Draw(rt, "query") {
		l.Query = &library.Query{Words: "猫", Juvenile: rapid.Bool().Draw(rt, "juvenile")}
	} else {
		l.Bibs = rapid.SliceOfNDistinct(rapid.SampledFrom([]library.BibID{"b1", "b2", "b3", "b13"}), 1, 4, func(id library.BibID) library.BibID { return id }).Draw(rt, "bibs")
	}
	return l
}

// drawListChange draws a change of a list and does it to lists as well.
func drawListChange(rt *rapid.T, lists map[string]library.List) library.Change {
	name := rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "name")
	if rapid.Bool().Draw(rt, "remove") {
		delete(lists, name)
		return library.Change{DeleteList: name}
	}
	l := drawList(rt, name)
	lists[name] = l
	return library.Change{PutList: &l}
}

func drawBib() *rapid.Generator[library.Bib] {
	return rapid.Custom(func(rt *rapid.T) library.Bib {
		titles := [][2]string{{"こころ", ""}, {"吾輩は猫である", "ワガハイ ワ ネコ デ アル"}, {"花と山", "ハナ ト ヤマ"}, {"ハリー・ポッター", ""}, {"Kafka on the Shore", ""}, {"猫", "ネコ"}, {"猫", ""}, {"猫 第2巻", "ネコ ダイ 2 カン"}, {"猫(3)", ""}, {"こころ 上", "ココロ ジョウ"}}
		creators := []library.Creator{{Name: "夏目漱石", Reading: "ナツメ, ソウセキ"}, {Name: "夏目, 漱石", Reading: "ナツメ ソウセキ"}, {Name: "山田花"}, {Name: "夏目漱石"}}
		title := rapid.SampledFrom(titles).Draw(rt, "title")
		b := library.Bib{
			ID:    library.BibID(fmt.Sprint("b", rapid.IntRange(1, 12).Draw(rt, "id"))),
			Kind:  rapid.SampledFrom(library.Kinds[:2]).Draw(rt, "kind"),
			Title: title[0], TitleReading: title[1],
			Volume:   rapid.SampledFrom([]string{"", "上", "下", "2", "第3巻"}).Draw(rt, "volume"),
			Year:     rapid.SampledFrom([]int{0, 1999, 2000}).Draw(rt, "year"),
			NDC:      rapid.SampledFrom([][]string{nil, {"913.6"}, {"913.6", "726.1"}}).Draw(rt, "ndc"),
			ISBNs:    rapid.SampledFrom([][]string{nil, {"9784101010137"}}).Draw(rt, "isbn"),
			Wanted:   rapid.SampledFrom([]int{0, 1, library.MostWanted}).Draw(rt, "wanted"),
			Juvenile: rapid.Bool().Draw(rt, "juvenile"),
			AddedOn:  rapid.SampledFrom([]library.Date{{}, {Year: 2026, Month: 11, Day: 1}, {Year: 2026, Month: 11, Day: 2}}).Draw(rt, "added"),
		}
		b.Creators = rapid.SliceOfN(rapid.SampledFrom(creators), 0, 2).Draw(rt, "creators")
		if rapid.Bool().Draw(rt, "publisher") {
			b.Publisher = "新潮社"
			b.Series = []library.Series{{Title: "花文庫", Reading: "ハナ ブンコ", Volume: fmt.Sprint(rapid.IntRange(1, 3).Draw(rt, "number"))}}
		}
		return b
	})
}

// drawChange draws a change and does it to state as well.
func drawChange(rt *rapid.T, state map[library.BibID]*library.Record) library.Change {
	items := map[library.ItemID]*library.Item{}
	for _, r := range state {
		for i := range r.Items {
			items[r.Items[i].ID] = &r.Items[i]
		}
	}
	remove := func(id library.ItemID) {
		for _, r := range state {
			r.Items = slices.DeleteFunc(r.Items, func(it library.Item) bool { return it.ID == id })
		}
	}
	switch kind := rapid.IntRange(0, 6).Draw(rt, "change"); {
	case kind == 6 && len(state) > 0:
		id := rapid.SampledFrom(slices.Sorted(maps.Keys(state))).Draw(rt, "bib")
		b := state[id].Bib
		b.Wanted = rapid.IntRange(0, library.MostWanted).Draw(rt, "class")
		state[id].Bib = b
		return library.Change{PutBib: &b}
	case kind == 1 && len(state) > 0:
		id := rapid.SampledFrom(slices.Sorted(maps.Keys(state))).Draw(rt, "bib")
		delete(state, id)
		return library.Change{DeleteBib: id}
	case kind <= 3 && len(state) > 0 && kind > 1:
		id := rapid.SampledFrom(slices.Sorted(maps.Keys(state))).Draw(rt, "bib")
		it := item(fmt.Sprint("i", rapid.IntRange(1, 8).Draw(rt, "item")), string(id), rapid.SampledFrom([]string{"central", "kita"}).Draw(rt, "branch"))
		remove(it.ID)
		state[id].Items = append(state[id].Items, it)
		return library.Change{PutItem: &it}
	case kind == 4 && len(items) > 0:
		id := rapid.SampledFrom(slices.Sorted(maps.Keys(items))).Draw(rt, "item")
		remove(id)
		return library.Change{DeleteItem: id}
	case kind == 5 && len(items) > 0:
		id := rapid.SampledFrom(slices.Sorted(maps.Keys(items))).Draw(rt, "item")
		a := library.Availability{ItemID: id, State: rapid.SampledFrom([]library.ItemState{library.OnShelf, library.OnLoan}).Draw(rt, "state")}
		items[id].State, items[id].DueOn = a.State, a.DueOn
		return library.Change{Availability: &a}
	}
	b := drawBib().Draw(rt, "put")
	if r, have := state[b.ID]; have {
		r.Bib = b
	} else {
		state[b.ID] = &library.Record{Bib: b}
	}
	return library.Change{PutBib: &b}
}

// compare holds everything that can be asked of two catalogues against each other;
// of one year the order of hits is the order of arrival, which may differ.
func compare(rt *rapid.T, got, want *Catalogue, words []string) {
	ctx := context.Background()
	a, errA := got.Digests(ctx)
	b, errB := want.Digests(ctx)
	if errA != nil || errB != nil || a != b {
		rt.Fatalf("the digests differ (%v, %v)", errA, errB)
	}
	listsA, errA := got.ListsDigest(ctx)
	listsB, errB := want.ListsDigest(ctx)
	if errA != nil || errB != nil || listsA != listsB {
		rt.Fatalf("the lists differ (%v, %v)", errA, errB)
	}
	for _, name := range []string{"a", "b"} {
		a, errA := got.ListPage(ctx, name, 0, 20)
		b, errB := want.ListPage(ctx, name, 0, 20)
		if (errA == nil) != (errB == nil) || a.Count != b.Count || !slices.Equal(slices.Sorted(slices.Values(ids(a))), slices.Sorted(slices.Values(ids(b)))) {
			rt.Fatalf("the list %s has %v, want %v (%v, %v)", name, ids(a), ids(b), errA, errB)
		}
	}
	infoA, _ := got.Info(ctx)
	infoB, _ := want.Info(ctx)
	if infoA.Bibs != infoB.Bibs || infoA.Items != infoB.Items {
		rt.Fatalf("counted %d bibs and %d items, want %d and %d", infoA.Bibs, infoA.Items, infoB.Bibs, infoB.Items)
	}
	var queries []library.Query
	for _, w := range words {
		queries = append(queries, library.Query{Words: w}, library.Query{Title: w}, library.Query{Creator: w}, library.Query{Words: w, Branch: "kita"}, library.Query{Words: w, Available: true, YearFrom: 1999})
	}
	queries = append(queries, library.Query{Juvenile: true}, library.Query{Kind: library.Magazine}, library.Query{NDC: "7"}, library.Query{YearTo: 1999}, library.Query{ISBN: "978410"})
	for _, q := range queries {
		a, errA := got.Search(ctx, q, 0, 100)
		b, errB := want.Search(ctx, q, 0, 100)
		if errA != nil || errB != nil {
			rt.Fatal(errA, errB)
		}
		if a.Count != b.Count || !slices.Equal(slices.Sorted(slices.Values(ids(a))), slices.Sorted(slices.Values(ids(b)))) {
			rt.Fatalf("%+v finds %v, want %v", q, ids(a), ids(b))
		}
	}
	for _, w := range words {
		a, errA := got.Suggest(ctx, w, 100)
		b, errB := want.Suggest(ctx, w, 100)
		if errA != nil || errB != nil || !slices.Equal(a, b) {
			rt.Fatalf("%q suggests %v, want %v (%v, %v)", w, a, b, errA, errB)
		}
	}
	for _, prefix := range []string{"", "9", "91"} {
		a, errA := got.NDCCounts(ctx, prefix, library.Query{})
		b, errB := want.NDCCounts(ctx, prefix, library.Query{})
		if errA != nil || errB != nil || !maps.Equal(a, b) {
			rt.Fatalf("NDC %q counts %v, want %v (%v, %v)", prefix, a, b, errA, errB)
		}
	}
	pa, _ := got.NewArrivals(ctx, library.Date{Year: 2026, Month: 11, Day: 1}, 0, 100)
	pb, _ := want.NewArrivals(ctx, library.Date{Year: 2026, Month: 11, Day: 1}, 0, 100)
	if !slices.Equal(slices.Sorted(slices.Values(ids(pa))), slices.Sorted(slices.Values(ids(pb)))) {
		rt.Fatalf("new are %v, want %v", ids(pa), ids(pb))
	}
}
