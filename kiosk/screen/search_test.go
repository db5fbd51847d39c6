package screen

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

func TestNothingFoundSaysWhatToTry(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.open(Route{Page: PageResults, Query: library.Query{Words: "natsume", Kind: library.CD}})
	a.settle()
	a.see(t, "見つかりませんでした")
	a.see(t, "「natsume」は「なつめ」とも読んでさがしました。")
	a.see(t, "似ていることば")
	a.see(t, "・ことばを短くする")
	if a.hasButton("新しい順") {
		t.Error("nothing can be put into an order")
	}
	a.press(t, "しぼりこみをやめて見る")
	if a.route.Query != (library.Query{Words: "natsume"}) {
		t.Errorf("searched again for %+v", a.route.Query)
	}
}

func TestFiltersNarrowTheSearch(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.open(Route{Page: PageResults, Query: library.Query{Words: "こ"}})
	a.settle()
	for _, label := range []string{"しぼりこむ", "門司", "いま棚にある", "こどもの本", "DVD", "英語", "ここ5年", "この条件で見る"} {
		a.press(t, label)
	}
	want := library.Query{Words: "こ", Branch: "moji", Available: true, Juvenile: true, Kind: library.DVD, Language: "eng", YearFrom: 2021}
	if a.route.Page != PageResults || a.route.Query != want {
		t.Errorf("shown are %+v", a.route)
	}
	a.see(t, "しぼりこみ 6")
	a.press(t, "しぼりこみ 6")
	a.press(t, "しぼりこみをやめる")
	a.press(t, "この条件で見る")
	if a.route.Query != (library.Query{Words: "こ"}) {
		t.Errorf("without filters: %+v", a.route.Query)
	}
}

func TestAdvancedSearchFillsItsFields(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.open(Route{Page: PageAdvanced})
	a.press(t, "書いた人")
	for _, key := range []string{"な", "つ", "め"} {
		a.press(t, key)
	}
	a.press(t, "出版年から") // brings the digits
	for _, key := range []string{"2", "0", "1", "0"} {
		a.press(t, key)
	}
	a.press(t, "図書館")
	a.press(t, "種類")
	a.press(t, "さがす")
	want := library.Query{Creator: "なつめ", YearFrom: 2010, Branch: "chuo", Kind: library.Book}
	if a.route.Page != PageResults || a.route.Query != want {
		t.Errorf("searched for %+v", a.route)
	}
}

func TestBackShowsWhatWasThere(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.open(Route{Page: PageSearch})
	for _, key := range []string{"か", "゛", "英数"} {
		a.press(t, key)
	}
	a.press(t, "くわしい検索")
	a.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	a.settle()
	a.see(t, "が")
	if a.route.Keyboard != widget.Letters {
		t.Error("another keyboard is shown")
	}
}

func TestOpeningHours(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.goHome()
	a.see(t, "きょうは 19:00まで開いています")
	a.see(t, "11月30日(月)は休館日です")
	a.open(Route{Page: PageGuide, Field: "hours"})
	a.see(t, "9:30から19:00まで")
	a.see(t, "休館日")
}

// TestBeforeAnythingWasTried a terminal prepares itself: it does not say that the server
// is away, which nobody knows, on any screen.
func TestBeforeAnythingWasTried(t *testing.T) {
	a := newTestApp(t, sizes[0])
	away := []string{"つながりません", "接続なし", "いま検索できません", "仮受付"}
	for _, state := range []library.TerminalState{
		{Untried: true, Phase: library.CatalogueStarting, TakesRequests: true},
		{Untried: true, Phase: library.CatalogueReady, Searchable: true, LastContact: a.cfg.Now().Add(-time.Hour), Bibs: 4, Items: 12, TakesRequests: true},
	} {
		*a.state = state
		for _, page := range []Page{PageHome, PageSearch, PageCart, PageMachine} {
			a.goHome()
			a.open(Route{Page: page})
			a.settle()
			a.see(t, "準備しています")
			for _, text := range away {
				if a.shows(text) {
					t.Errorf("%s says %q", page, text)
				}
			}
		}
	}
	state := *a.state
	state.Untried = false
	*a.state = state
	a.goHome()
	a.see(t, "接続なし")
}

func TestStaffSeeWhyATerminalDoesNotGetReady(t *testing.T) {
	a := newTestApp(t, sizes[0])
	for _, state := range []library.TerminalState{{Problem: library.ProblemDiskFull}, {Connected: true, Problem: library.ProblemDiskFull}, {Connected: true, Phase: library.CatalogueFetching, Problem: library.ProblemDiskFull}} {
		*a.state = state
		a.goHome()
		a.see(t, "職員の方へ：disk_full")
	}
}
