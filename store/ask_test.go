package store

import "testing"

// TestTheFrequentIsLookedUpForTheRare: what many bibs have stands apart from what few
// have, and nothing does where nothing is known of either.
func TestTheFrequentIsLookedUpForTheRare(t *testing.T) {
	f := frequencies{"": 1_000_000, "山": 9000, "川": 2000, "の": 300_000, "本": 7000}
	const none = `"` + markNone + `"`
	for _, c := range []struct {
		f     frequencies
		parts []part
		want  string
	}{
		{f, nil, ``},
		{f, []part{{{"山"}}}, `"山"`},
		{f, []part{{{"山"}}, {{"川"}}}, `("川" AND "山")`},
		{f, []part{{{"の"}}, {{"川"}}}, `("川" AND "の")`},
		{f, []part{{{"の"}}, {{"本"}}, {{"川"}}}, `((("川" AND "本") OR ` + none + `) AND "の")`},
		{f, []part{{{"本"}}, {{"川"}}, {{"山"}}, {{"の"}}}, `((((("川" AND "本") OR ` + none + `) AND "山") OR ` + none + `) AND "の")`},
		{f, []part{{{"の", "川", "本"}, {"犬"}}, {{"山"}}}, `((((("川" AND "本") OR ` + none + `) AND "の") OR "犬") AND "山")`},
		{nil, []part{{{"の"}}, {{"本"}}, {{"川"}}}, `("の" AND "本" AND "川")`},
	} {
		if got := c.f.expression(c.parts); got != c.want {
			t.Errorf("%v is asked as\n%s, want\n%s", c.parts, got, c.want)
		}
	}
}
