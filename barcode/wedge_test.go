package barcode_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/barcode"
)

func TestWedge(t *testing.T) {
	const ms = time.Millisecond
	type key struct {
		after time.Duration // since the key before
		r     rune          // '\r' is Enter, 0 is Idle
	}
	burst := func(gap time.Duration, s string) (keys []key) {
		for _, r := range s {
			keys = append(keys, key{gap, r})
		}
		return keys
	}
	// alone hides what is let go of with nothing in it.
	var nothing barcode.Keys

	tests := []struct {
		name string
		keys []key
		want []barcode.Keys
	}{
		{"scan with Enter", burst(5*ms, "9784101010014\r"), []barcode.Keys{{Scan: "9784101010014"}}},
		{"slowest scan", burst(50*ms, "12345671\r"), []barcode.Keys{{Scan: "12345671"}}},
		{"scan without Enter", append(burst(5*ms, "12345671"), key{51 * ms, 0}), []barcode.Keys{{Scan: "12345671"}}},
		{"two scans", append(burst(5*ms, "12345671\r"), burst(5*ms, "12345680\r")...), []barcode.Keys{{Scan: "12345671"}, {Scan: "12345680"}}},
		{"scans without Enter", append(burst(5*ms, "12345671"), append([]key{{200 * ms, '1'}}, burst(5*ms, "2345680\r")...)...),
			[]barcode.Keys{{Scan: "12345671"}, {Scan: "12345680"}}},
		{"Enter a little late", append(burst(5*ms, "12345671"), key{80 * ms, '\r'}), []barcode.Keys{{Scan: "12345671"}}},
		{"slow typing", burst(51*ms, "1234567"), []barcode.Keys{{Typed: "1"}, {Typed: "2"}, {Typed: "3"}, {Typed: "4"}, {Typed: "5"}, {Typed: "6"}}},
		{"a key and a pause", []key{{0, 'a'}, {50 * ms, 0}, {1 * ms, 0}, {100 * ms, 0}}, []barcode.Keys{{Typed: "a"}}},
		{"roll-over", []key{{0, 'a'}, {20 * ms, 'b'}, {200 * ms, 'c'}, {60 * ms, 0}}, []barcode.Keys{{Typed: "ab"}, {Typed: "c"}}},
		{"typing and Enter", append(burst(120*ms, "ab"), key{20 * ms, '\r'}), []barcode.Keys{{Typed: "a"}, {Typed: "b", Enter: true}}},
		{"Enter alone", []key{{0, '\r'}, {5 * ms, '\r'}}, []barcode.Keys{{Enter: true}, {Enter: true}}},
		{"a key held down", append(burst(33*ms, strings.Repeat("a", 30)), key{60 * ms, 0}), []barcode.Keys{{Typed: strings.Repeat("a", 30)}}},
		{"typed, then scanned", append([]key{{0, 'a'}}, append(burst(100*ms, "1"), burst(5*ms, "2345671\r")...)...),
			[]barcode.Keys{{Typed: "a"}, {Scan: "12345671"}}},
		{"kana", append(burst(5*ms, "あいうえおか"), key{60 * ms, 0}), []barcode.Keys{{Scan: "あいうえおか"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var w barcode.Wedge
			var got []barcode.Keys
			now := t0
			for _, k := range tt.keys {
				now = now.Add(k.after)
				var keys barcode.Keys
				switch k.r {
				case 0:
					keys = w.Idle(now)
				case '\r':
					keys = w.Enter(now)
				default:
					keys = w.Rune(k.r, now)
				}
				if keys != nothing {
					got = append(got, keys)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestWedgeLosesNothingOfAnEndlessBurst(t *testing.T) {
	var w barcode.Wedge
	var typed strings.Builder
	sent := strings.Repeat("abc", barcode.MaxScan)
	now := t0
	for _, r := range sent {
		now = now.Add(time.Millisecond)
		typed.WriteString(w.Rune(r, now).Typed)
	}
	keys := w.Enter(now.Add(time.Millisecond))
	if typed.WriteString(keys.Typed); typed.String() != sent || keys.Scan != "" || !keys.Enter {
		t.Errorf("typed %d of %d keys; at the end %+v", typed.Len(), len(sent), keys)
	}
	keys = w.Rune('x', now.Add(2*time.Millisecond))
	if keys != (barcode.Keys{}) {
		t.Errorf("the key after Enter is not held: %+v", keys)
	}
}
