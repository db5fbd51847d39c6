package library_test

import (
	"regexp"
	"testing"
	"time"

	"pgregory.net/rapid"

	"madoguchi/library"
)

func TestRequestReceived(t *testing.T) {
	delivered := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	earliest := delivered.Add(-library.RequestAge)
	for name, tt := range map[string]struct{ said, want time.Time }{
		"a while ago":                 {delivered.Add(-5 * time.Hour), delivered.Add(-5 * time.Hour)},
		"this moment":                 {delivered, delivered},
		"a clock ahead":               {delivered.Add(time.Millisecond), delivered},
		"a clock ahead by years":      {delivered.AddDate(10, 0, 0), delivered},
		"the longest time away":       {earliest, earliest},
		"a little longer":             {earliest.Add(-time.Millisecond), earliest},
		"a clock that lost its power": {time.Unix(0, 0), earliest},
		"no time at all":              {time.Time{}, earliest},
		"another time zone":           {delivered.Add(-time.Hour).In(time.FixedZone("JST", 9*60*60)), delivered.Add(-time.Hour)},
	} {
		if got := library.RequestReceived(tt.said, delivered); !got.Equal(tt.want) {
			t.Errorf("%s: judged as of %v, want %v", name, got, tt.want)
		}
	}
}

func TestReceiptCode(t *testing.T) {
	for _, tt := range []struct {
		id   [16]byte
		want string
	}{
		{[16]byte{}, "333-333"},
		{[16]byte{15: 1}, "433-333"},
		{[16]byte{15: 22}, "Y33-333"},
		{[16]byte{15: 23}, "343-333"},
		{[16]byte{14: 1}, "7H3-333"},                              // 256 = 3 + 11×23
		{[16]byte{0: 0x01, 1: 0x93, 6: 0x7a, 8: 0xff}, "333-333"}, // the time in a UUIDv7 does not count
		{[16]byte{9: 0xff, 10: 0xff, 11: 0xff, 12: 0xff, 13: 0xff, 14: 0xff, 15: 0xff}, receiptOf(1<<56 - 1)},
	} {
		if got := library.ReceiptCode(tt.id); got != tt.want {
			t.Errorf("%x: %s, want %s", tt.id, got, tt.want)
		}
	}
}

// receiptOf is the code of a number, made the long way.
func receiptOf(n uint64) string {
	const digits = "34679ACDEFGHJKMNPQRTWXY"
	var s string
	for len(s) < 7 {
		if len(s) == 3 {
			s += "-"
			continue
		}
		s += string(digits[n%23])
		n /= 23
	}
	return s
}

// A code can be read aloud, and two requests rarely share one.
func TestReceiptCodesAreToldApart(t *testing.T) {
	form := regexp.MustCompile(`^[34679ACDEFGHJKMNPQRTWXY]{3}-[34679ACDEFGHJKMNPQRTWXY]{3}$`)
	rapid.Check(t, func(t *rapid.T) {
		var id, other [16]byte
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		code := library.ReceiptCode(id)
		if !form.MatchString(code) {
			t.Fatalf("%x: %s", id, code)
		}
		other = id
		other[15] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if library.ReceiptCode(other) == code {
			t.Fatalf("%x and %x are both %s", id, other, code)
		}
	})
}
