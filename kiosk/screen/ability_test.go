package screen

import (
	"slices"
	"testing"

	"madoguchi/library"
)

// TestWhatCirculationCannotDo is not offered: each text stands on its screen where the
// library's circulation has all abilities, and not where it lacks the one.
func TestWhatCirculationCannotDo(t *testing.T) {
	at := func(p Page) func(*testing.T, testApp) {
		return func(_ *testing.T, a testApp) { a.open(Route{Page: p}); a.settle() }
	}
	patron := func(p Page) func(*testing.T, testApp) {
		return func(t *testing.T, a testApp) { logIn(t, a); at(p)(t, a) }
	}
	holding := func(p Page) func(*testing.T, testApp) {
		return func(t *testing.T, a testApp) { a.session.SetCart(someCart()); patron(p)(t, a) }
	}
	oneHold := func(t *testing.T, a testApp) {
		logIn(t, a)
		i := slices.IndexFunc(a.counter.holds, func(h library.PatronHold) bool { return h.MayChange })
		h := a.counter.holds[i]
		a.open(Route{Page: PageHold, Hold: h.ID, Pickup: h.Pickup, Contact: h.Contact})
		a.settle()
	}
	shown := map[library.Ability][]struct {
		text string
		show func(*testing.T, testApp)
	}{
		library.AbilityRenew: {{"12月8日まで延長", patron(PageLoans)}, {"を延長できます", patron(PageLoans)}, {"延長する", at(PageGuide)}},
		library.AbilityHold: {
			{"予約カートに入れる", func(_ *testing.T, a testApp) { a.open(Route{Page: PageDetail, Bib: "kokoro"}); a.settle() }},
			{"予約する", holding(PageConfirm)},
		},
		library.AbilityHoldSequence: {{"順番予約", holding(PageCart)}},
		library.AbilityHoldCancel:   {{"この予約を取り消す", oneHold}},
		library.AbilityHoldChange:   {{"変更する", oneHold}, {"受取館", oneHold}},
		library.AbilityHoldContact:  {{"連絡方法", holding(PageConfirm)}, {"連絡方法", oneHold}},
		library.AbilityEmail:        {{"メール", patron(PageMenu)}},
		library.AbilityPassword: {
			{"パスワード", patron(PageMenu)}, {"パスワード新規申請・再発行", at(PageCard)}, {"利用条件", func(_ *testing.T, a testApp) { a.startApplying(); a.settle() }},
			{"仮パスワードを発行する", func(t *testing.T, a testApp) { staffLogIn(t, a); a.scanCard(testCard) }},
		},
		library.AbilityDesk: nil, // no screen has anything of it
	}
	for _, ability := range library.Abilities {
		rows, listed := shown[ability]
		if !listed {
			t.Errorf("no screen is tried without %s", ability)
		}
		for _, row := range rows {
			for _, can := range []bool{true, false} {
				a := newTestApp(t, sizes[0])
				a.cfg.Site = func() library.Site {
					s := city()
					for _, x := range library.Abilities {
						if x != ability || can {
							s.Abilities = append(s.Abilities, x)
						}
					}
					return s
				}
				row.show(t, a)
				if a.shows(row.text) != can {
					t.Errorf("%s, %v: 「%s」 is shown: %v", ability, can, row.text, !can)
				}
			}
		}
	}
}

// TestTheSystemIsAway: for whoever stands there it is as if the server were.
func TestTheSystemIsAway(t *testing.T) {
	a := newTestApp(t, sizes[0])
	a.session.SetCart(someCart())
	a.state.SystemAway = true
	a.Refresh()
	a.show(Route{Page: PageCart})
	a.press(t, "2件の予約に進む")
	a.onPage(t, PageRequest)
}
