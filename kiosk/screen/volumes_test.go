package screen

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/session"
	"madoguchi/library"
)

func TestAWorkIsOneRow(t *testing.T) {
	a := newTestApp(t, sizes[0])
	q := library.Query{Words: "ONE PIECE 第3巻"}
	a.open(Route{Page: PageResults, Query: q})
	a.settle()
	a.see(t, "全109巻")
	a.see(t, "109件")
	a.see(t, "第3巻")
	a.press(t, "ONE PIECE 3") // the row opens the volume that was asked for
	if a.route.Page != PageDetail || a.route.Bib != "op3" {
		t.Errorf("the row leads to %+v", a.route)
	}
	a.goBack()
	a.settle()
	a.press(t, "全巻を見る")
	if a.route.Page != PageVolumes || a.route.Bib != "op3" || a.route.Offset != 0 {
		t.Errorf("the button leads to %+v", a.route)
	}
	a.see(t, "▶ 第3巻")

	a.goHome()
	a.open(Route{Page: PageResults, Query: library.Query{Words: "ONE PIECE", YearFrom: 1990}})
	a.settle()
	a.press(t, "109巻を見る")
	if a.route.Query != (library.Query{YearFrom: 1990}) {
		t.Errorf("the volumes are filtered by %+v", a.route.Query)
	}
	a.see(t, "しぼりこみ：1990年から")
	a.press(t, "しぼりこみをやめる")
	a.see(t, "全109巻")

	a.goHome()
	a.open(Route{Page: PageResults, Query: library.Query{Words: "ONE PIECE 第110巻"}})
	a.settle()
	a.see(t, "「第110巻」は見つかりませんでした。近いものをならべます。")
	a.press(t, "ONE PIECE") // none was asked for that is there: the row opens all
	a.onPage(t, PageVolumes)
	if a.shows("▶ 第1巻") {
		t.Error("a volume is marked that nobody asked for")
	}
}

func TestTheOrderIsKept(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.open(Route{Page: PageResults, Query: library.Query{Words: "ONE"}})
	a.settle()
	a.press(t, "新しい順")
	want := library.Query{Words: "ONE", Order: library.ByYear}
	if a.route.Query != want || !a.button(t, "新しい順").Selected() {
		t.Errorf("shown are %+v", a.route)
	}
	a.see(t, "しぼりこむ") // an order is no filter
	for _, label := range []string{"しぼりこむ", "いま棚にある", "しぼりこみをやめる", "この条件で見る"} {
		a.press(t, label)
	}
	if a.route.Query != want {
		t.Errorf("after the filters: %+v", a.route.Query)
	}
	if a.hasButton("作品順") {
		t.Error("works are an order of hits of many authors")
	}
	a.goBack()
	a.onPage(t, PageHome)

	a.open(Route{Page: PageSearch, Query: library.Query{Words: "なつめ"}})
	a.settle()
	a.press(t, "夏目 漱石")
	if a.route.Query != (library.Query{Creator: "夏目 漱石", Order: library.ByWork}) || !a.button(t, "作品順").Selected() {
		t.Errorf("the author leads to %+v", a.route)
	}
	a.see(t, "夏目 漱石の本")
	a.press(t, "よく借りられる順")
	a.press(t, "作品順")
	a.see(t, "夏目 漱石の本")
}

func TestTheWayToAVolume(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.open(Route{Page: PageDetail, Bib: "op50"})
	a.settle()
	a.press(t, "全巻を見る")
	a.see(t, "▶ 第50巻")
	a.press(t, "巻の番号へ")
	for _, key := range []string{"1", "0", "9"} {
		a.press(t, key)
	}
	a.press(t, "見る")
	a.onPage(t, PageVolumes)
	a.see(t, "▶ 第109巻")
	a.typed("4x2") // hardware keys; a letter is no number
	a.settle()
	a.onPage(t, PageVolumeNumber)
	a.typedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	a.settle()
	a.see(t, "▶ 第42巻")
	a.typed("200")
	a.typedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	a.settle()
	a.see(t, "「200」は見つかりませんでした。近いところをならべます。")
	a.see(t, "第109巻")
	a.goBack()
	a.settle()
	a.onPage(t, PageDetail) // the numbers on the way are forgotten
}

func TestVolumesGoIntoTheCartTogether(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.session.SetCart([]session.CartLine{cartLine(series()[1].Bib)})
	a.open(Route{Page: PageVolumes, Bib: "op1"})
	a.settle()
	a.see(t, "カートには、あと19件入ります。")
	a.press(t, "この5冊をまとめてカートに入れる")
	a.see(t, "5冊をカートに入れました")
	a.see(t, "1冊は、前からカートに入っています。")
	a.see(t, "第7巻は、貸出をしていないため入れていません。")
	a.see(t, "カートには、あと14件入ります。")
	a.press(t, "つづけて見る")
	a.see(t, "予約できるものは、みなカートに入っています。")
	a.press(t, "予約カートを見る")
	a.press(t, "順番予約")
	var got []string
	for _, l := range a.session.Cart() {
		got = append(got, l.Volume)
	}
	if fmt.Sprint(got) != "[1 2 3 4 5 6]" {
		t.Errorf("the volumes come in the order %v", got)
	}
}

func TestPutTogether(t *testing.T) {
	lent := func(id library.BibID) library.Record {
		return library.Record{Bib: library.Bib{ID: id}, Items: []library.Item{{Lendable: true, State: library.OnLoan}}}
	}
	missing := library.Record{Bib: library.Bib{ID: "missing"}, Items: []library.Item{{Lendable: true, State: library.Missing}}}
	unowned := library.Record{Bib: library.Bib{ID: "unowned"}}
	a, b, c := lent("a"), lent("b"), lent("c")
	ids := func(records []library.Record) (s string) {
		for _, r := range records {
			s += string(r.Bib.ID) + " "
		}
		return s
	}
	for _, row := range []struct {
		cart                        []session.CartLine
		most                        int
		put, already, refused, over string
		left                        int
	}{
		{nil, 20, "a b c ", "", "missing unowned ", "", 17},
		{[]session.CartLine{{Bib: "b"}}, 20, "a c ", "b ", "missing unowned ", "", 17},
		{[]session.CartLine{{Bib: "x"}}, 3, "a b ", "", "missing unowned ", "c ", 0},
		{[]session.CartLine{{Bib: "x"}, {Bib: "c"}}, 1, "", "c ", "missing unowned ", "a b ", 0},
	} {
		got := putTogether([]library.Record{a, missing, b, unowned, c}, row.cart, row.most)
		if ids(got.put) != row.put || ids(got.already) != row.already || ids(got.refused) != row.refused || ids(got.over) != row.over || got.left != row.left {
			t.Errorf("into %v of %d: %+v", row.cart, row.most, got)
		}
	}
}

func TestVolumeName(t *testing.T) {
	a := newTestApp(t, sizes[0])
	for _, row := range []struct {
		kind         library.Kind
		volume, want string
	}{
		{library.Book, "3", "第3巻"}, {library.Book, "第3巻", "第3巻"}, {library.Book, "巻３", "第3巻"}, {library.Book, "(03)", "第3巻"},
		{library.Book, "上", "上"}, {library.Book, "第1部 上", "第1部 上"}, {library.Magazine, "12", "第12号"},
		{library.Magazine, "2026年12月号", "2026年12月号"}, {library.Book, "", ""}, {library.Book, "巻", "巻"},
	} {
		if got := a.visit.volumeName(library.Bib{Kind: row.kind}, row.volume); got != row.want {
			t.Errorf("%s %q is called %q, want %q", row.kind, row.volume, got, row.want)
		}
	}
}
