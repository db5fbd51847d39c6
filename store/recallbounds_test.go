package store

import "testing"

// TestRecallOfMadeUpWorks: what people type finds made-up works, at least as often as it
// is asked of every catalogue. Of works in many volumes each eleventh is asked for.
func TestRecallOfMadeUpWorks(t *testing.T) {
	if testing.Short() {
		t.Skip("it asks thousands of times")
	}
	own, all := madeUpRecords(t, 2000)
	var wishes []wish
	volumes := 0
	for _, w := range madeUpWishes(t, own, all) {
		if w.rows == 1 {
			if volumes++; volumes%11 != 0 {
				continue
			}
		}
		wishes = append(wishes, w)
	}
	missed := map[string][]string{}
	got := tallied(t, open(t, all...), wishes, func(w wish) { missed[w.kind] = append(missed[w.kind], w.typed) })
	for _, kind := range got.kinds {
		least := 99.0
		switch kind {
		case "typo", "typo_latin":
			least = 98
		case "volume_spoken_in_romaji_first_row": // a number that is spelled in romaji is mostly none
			continue
		}
		if got.percent(kind) < least {
			t.Errorf("%s: %.1f %% of %d, want %.0f %%; not %q", kind, got.percent(kind), got.asked[kind], least, missed[kind][:min(20, len(missed[kind]))])
		}
	}
}
