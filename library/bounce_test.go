package library_test

import (
	"testing"
	"time"

	"madoguchi/library"
)

func TestWhenAnAddressBounces(t *testing.T) {
	const day = 24 * time.Hour
	start := time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)
	type bounce struct {
		after time.Duration // the one before
		hard  bool
	}
	for name, test := range map[string]struct {
		came     []bounce
		bouncing bool
		count    int
	}{
		"none":                      {nil, false, 0},
		"one for good":              {[]bounce{{0, true}}, true, 1},
		"two for a while":           {[]bounce{{0, false}, {day, false}}, false, 2},
		"three for a while":         {[]bounce{{0, false}, {day, false}, {30 * day, false}}, true, 3},
		"long ago":                  {[]bounce{{0, false}, {day, false}, {31 * day, false}}, false, 1},
		"for a while, and for good": {[]bounce{{0, false}, {31 * day, true}}, true, 1},
		"it stays":                  {[]bounce{{0, true}, {90 * day, false}}, true, 1},
	} {
		var b library.Bounces
		at := start
		for _, c := range test.came {
			at = at.Add(c.after)
			b = b.After(c.hard, at)
		}
		if b.Bouncing != test.bouncing || b.Count != test.count || (b.Count > 0 && !b.Last.Equal(at)) {
			t.Errorf("%s: %+v", name, b)
		}
	}
}
