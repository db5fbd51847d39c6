package screen

import (
	"context"
	"errors"
	"testing"

	"madoguchi/kiosk/session"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

func TestListsAreOneTouchAway(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.goHome()
	a.see(t, "新しく入った本・雑誌・CD・DVD")
	if a.shows("ランキング") || a.shows("特集") {
		t.Error("the home screen promises lists that are not there")
	}
	a.cfg.Catalogue.(*shelf).lists = someLists(3, 3)
	a.goHome()
	a.press(t, "クリスマスの絵本")
	a.onPage(t, PageList)
	a.see(t, "サンタクロースを待つ夜に")
	a.goBack()
	a.settle()
	a.press(t, "新着・ランキング")
	a.onPage(t, PageArrivals)
	a.see(t, "こころ")
	a.press(t, "よく借りられた本")
	a.see(t, "2026年10月に貸し出した回数の多い順")
	a.see(t, "1位")
	a.press(t, "▼ 次のページ")
	a.see(t, "7位")
	if a.shows("1位") && !a.shows("11位") {
		t.Error("the second page begins at the first place again")
	}
	a.goBack()
	a.settle()
	a.onPage(t, PageArrivals)
	a.press(t, "よく借りられた、こども向けの資料")
	if a.shows("こども向けのものは、べつのランキングです。") {
		t.Error("the ranking for children says that it leaves them out")
	}

	a.open(Route{Page: PageBrowse, Query: library.Query{Juvenile: true}})
	a.settle()
	a.press(t, "ランキング") // the only one for children
	if a.route.Page != PageList || a.route.List != "ranking1" {
		t.Errorf("the children's page leads to %+v", a.route)
	}
}

// A list is called by the language of the session, and by Japanese where it lacks that.
func TestListsSpeak(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.cfg.Catalogue.(*shelf).lists = someLists(3, 6)
	a.session.SetPreferences(session.Preferences{Language: "en"})
	a.open(Route{Page: PageLists})
	a.settle()
	for _, text := range []string{"Picture books for Christmas", "地震と大雨にそなえる", "Most borrowed: All kinds", "By loans in Oct 2026"} {
		a.see(t, text)
	}
	a.press(t, "▼ Next page")
	a.see(t, "Most borrowed: DVD")
	a.see(t, "By loans of the last year")
}

// Lists that do not fit are behind one button more, and some rankings always fit.
func TestManyLists(t *testing.T) {
	for _, size := range sizes {
		a := newTestApp(t, size)
		a.cfg.Catalogue.(*shelf).lists = someLists(12, 6)
		a.open(Route{Page: PageArrivals})
		a.settle()
		a.see(t, "クリスマスの絵本")
		a.see(t, "よく借りられた資料")
		a.press(t, "すべての特集・ランキング")
		a.onPage(t, PageLists)
		seen := map[string]bool{}
		for range 10 {
			for _, e := range widget.Elements(a.root) {
				if e.Button && e.Target.IsRow() {
					seen[e.Text] = true
				}
			}
			if !a.hasButton("▼ 次のページ") {
				break
			}
			a.press(t, "▼ 次のページ")
		}
		if len(seen) != 18 {
			t.Errorf("%v: %d lists are within reach, want 18", size, len(seen))
		}
	}
}

// noLists is a catalogue whose lists cannot be read.
type noLists struct{ *shelf }

func (noLists) Lists(context.Context) ([]library.List, error) { return nil, errors.New("damaged") }

func TestHomeStandsWithoutLists(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.cfg.Catalogue = noLists{books()}
	for _, p := range []Page{PageHome, PageArrivals} {
		a.show(Route{Page: p})
		a.settle()
		if a.shows(a.printer.T("error.catalogue")) {
			t.Errorf("%s: what stands without the lists is gone with them", p)
		}
	}
	a.open(Route{Page: PageLists})
	a.settle()
	a.see(t, a.printer.T("error.catalogue"))
}

// TestHomeLeavesOutEmptyShelves: a shelf whose books have left would lead nowhere.
func TestHomeLeavesOutEmptyShelves(t *testing.T) {
	a := newTestApp(t, sizes[0])
	all := someLists(3, 0) // the third is empty
	a.cfg.Catalogue.(*shelf).lists = []library.List{all[2], all[0]}
	a.goHome()
	a.settle()
	a.see(t, "クリスマスの絵本")
	if a.shows("司書のおすすめ") {
		t.Error("an empty shelf is on the first screen")
	}
}
