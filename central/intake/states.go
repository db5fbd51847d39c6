package intake

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"madoguchi/library"
)

// What a file can say of a copy besides where it is.
const (
	withdrawn = "withdrawn" // it has left the library
	notLent   = "not_lent"  // it stays in the house
)

// stateNames are what a library's own word may stand for.
func stateNames() []string {
	names := make([]string, 0, len(library.ItemStates)+2)
	for _, s := range library.ItemStates {
		names = append(names, string(s))
	}
	return append(names, withdrawn, notLent)
}

// usualStates are words that need not be in the settings, folded by foldWord.
var usualStates = map[string]string{
	"在架": "on_shelf", "在架中": "on_shelf", "在庫": "on_shelf", "在庫中": "on_shelf", "在館": "on_shelf", "配架": "on_shelf", "配架中": "on_shelf", "配架済": "on_shelf",
	"貸出可": "on_shelf", "利用可": "on_shelf", "所蔵": "on_shelf", "available": "on_shelf", "onshelf": "on_shelf",
	"貸出": "on_loan", "貸出中": "on_loan", "貸出済": "on_loan", "延滞": "on_loan", "延滞中": "on_loan", "長期延滞": "on_loan", "督促": "on_loan", "督促中": "on_loan", "onloan": "on_loan", "checkedout": "on_loan",
	"回送中": "in_transit", "移送中": "in_transit", "搬送中": "in_transit", "配送中": "in_transit", "intransit": "in_transit",
	"予約棚": "on_hold_shelf", "取置": "on_hold_shelf", "取置中": "on_hold_shelf", "取り置き": "on_hold_shelf", "予約取置": "on_hold_shelf", "予約取置中": "on_hold_shelf",
	"予約確保": "on_hold_shelf", "onholdshelf": "on_hold_shelf",
	"紛失": "missing", "紛失中": "missing", "不明": "missing", "不明中": "missing", "所在不明": "missing", "行方不明": "missing", "亡失": "missing", "弁償": "missing",
	"lost": "missing",
	"除籍":   withdrawn, "除籍済": withdrawn, "除籍済み": withdrawn, "除却": withdrawn, "廃棄": withdrawn, "廃棄済": withdrawn, "discarded": withdrawn, "weeded": withdrawn, "deleted": withdrawn,
	"禁帯出": notLent, "貸出不可": notLent, "貸出禁止": notLent, "館内": notLent, "館内閲覧": notLent, "館内のみ": notLent, "修理中": notLent, "製本中": notLent,
	"破損": notLent, "汚損": notLent, "汚破損": notLent, "整理中": notLent, "damaged": notLent, "notlent": notLent, "notforloan": notLent, "inrepair": notLent,
}

// States find what a file says of a copy. The zero value knows the usual words.
type States struct {
	byWord map[string]string // by foldWord
}

// NewStates makes a States of the library's own words ([intake.states] in the settings),
// which come first. It returns an error where one of them stands for nothing that is
// known.
func NewStates(words map[string]string) (States, error) {
	s := States{byWord: map[string]string{}}
	for _, word := range slices.Sorted(maps.Keys(words)) {
		state, w := words[word], foldWord(word)
		if !slices.Contains(stateNames(), state) {
			return States{}, fmt.Errorf("[intake.states] says that %q is %q: write one of %s", word, state, strings.Join(stateNames(), ", "))
		}
		if other, twice := s.byWord[w]; w == "" || twice && other != state {
			return States{}, fmt.Errorf("[intake.states] does not say what %q is", word)
		}
		s.byWord[w] = state
	}
	return s, nil
}

// Find returns what a word means, one of our own names included; ok is false where it
// means nothing.
func (s States) Find(text string) (state string, ok bool) {
	w := foldWord(text)
	if state, ok = s.byWord[w]; ok {
		return state, true
	}
	if slices.Contains(stateNames(), w) {
		return w, true
	}
	state, ok = usualStates[w]
	return state, ok
}
