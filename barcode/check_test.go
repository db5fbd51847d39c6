package barcode_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"madoguchi/barcode"
)

// TestEveryScheme computes something that it takes back, and is in the list.
func TestEveryScheme(t *testing.T) {
	for _, s := range barcode.Schemes {
		data := "123456"
		if s == barcode.M16 {
			data = "A123456B"
		}
		number, ok := s.Append(data)
		if !ok || s != barcode.NoCheck && number == data || !s.Valid(number) {
			t.Errorf("%s makes %q of %s, %v: give it its case in Append, and in Valid where it has more than one digit", s, number, data, ok)
		}
	}
}

func TestCheckDigits(t *testing.T) {
	tests := []struct {
		scheme     barcode.Scheme
		data, want string
	}{
		{barcode.NoCheck, "123456", "123456"},
		{"", "123456", "123456"},
		{barcode.Mod7DR, "123456", "1234564"},
		{barcode.Mod7DR, "12345678901", "123456789013"},
		{barcode.Mod7DR, "99991234567", "999912345670"},
		{barcode.Mod7DSR, "12345", "123453"},
		{barcode.Mod7DSR, "20151119", "201511195"},
		{barcode.Mod7DSR, "7777", "77770"},
		{barcode.Mod9DR, "12345", "123456"},
		{barcode.Mod9DSR, "12345", "123453"},
		{barcode.Mod9DSR, "8181", "81810"},
		{barcode.M10W21Split, "12345678", "123456782"},
		{barcode.M10W21Split, "20151149", "201511490"},
		{barcode.M10W21, "12345678", "123456784"},
		{barcode.M10W21, "20151169", "201511690"},
		{barcode.M10W31, "12345", "123457"},
		{barcode.M10W31, "000009999", "0000099998"},
		{barcode.M10W31, "978410101001", "9784101010014"},
		{barcode.M11, "12345", "123455"},
		{barcode.M11, "20152119", "201521190"},
		{barcode.M16, "A37859B", "A37859+B"},
		{barcode.M16, "A0-0A", "A0-06A"},
		// Far beyond any integer: computed digit by digit.
		{barcode.Mod7DR, "1" + strings.Repeat("0", 60), "1" + strings.Repeat("0", 60) + "1"},
		{barcode.Mod9DR, strings.Repeat("1", 40), strings.Repeat("1", 40) + "4"},
	}
	for _, tt := range tests {
		got, ok := tt.scheme.Append(tt.data)
		if !ok || got != tt.want {
			t.Errorf("%s of %s: %q, %v; want %q", tt.scheme, tt.data, got, ok, tt.want)
		}
		if !tt.scheme.Valid(tt.want) {
			t.Errorf("%s: %s is not valid", tt.scheme, tt.want)
		}
	}
}

func TestCheckDigitsRefuse(t *testing.T) {
	tests := []struct {
		scheme barcode.Scheme
		number string
	}{
		{barcode.NoCheck, ""},
		{barcode.Mod7DR, ""},
		{barcode.Mod7DR, "0"},
		{barcode.Mod7DR, "12345a4"},
		{barcode.Mod7DR, "１２３４５６４"},
		{barcode.Mod7DR, "1234565"},
		{barcode.M16, "37859+"},
		{barcode.M16, "A37859+"},
		{barcode.M16, "A378B59+B"},
		{barcode.M16, "AB"},
		{barcode.M16, "A37859-B"},
		{"m99", "1234"},
	}
	for _, tt := range tests {
		if tt.scheme.Valid(tt.number) {
			t.Errorf("%s: %q is valid", tt.scheme, tt.number)
		}
	}
}

// A scheme that promises to find every wrong digit must; the others must miss
// exactly the swaps that their arithmetic cannot see.
func TestSingleDigitErrors(t *testing.T) {
	misses := map[barcode.Scheme]func(was, is byte) bool{
		barcode.M10W31:      func(was, is byte) bool { return false },
		barcode.M10W21Split: func(was, is byte) bool { return false },
		barcode.Mod7DR:      func(was, is byte) bool { return (int(was)-int(is))%7 == 0 },
		barcode.Mod7DSR:     func(was, is byte) bool { return (int(was)-int(is))%7 == 0 },
		barcode.Mod9DR:      func(was, is byte) bool { return was+is == '0'+'9' && (was == '0' || is == '0') },
		barcode.Mod9DSR:     func(was, is byte) bool { return was+is == '0'+'9' && (was == '0' || is == '0') },
	}
	for scheme, missed := range misses {
		t.Run(string(scheme), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				data := rapid.StringMatching(`[0-9]{3,20}`).Draw(t, "data")
				number, _ := scheme.Append(data)
				at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
				is := byte(rapid.IntRange('0', '9').Draw(t, "is"))
				was := number[at]
				if was == is {
					t.Skip()
				}
				wrong := number[:at] + string(is) + number[at+1:]
				if got, want := scheme.Valid(wrong), missed(was, is); got != want {
					t.Fatalf("%s for %s: valid %v, want %v", wrong, number, got, want)
				}
			})
		})
	}
}

func TestM16FindsEveryWrongCharacter(t *testing.T) {
	const alphabet = "0123456789-$:/.+"
	rapid.Check(t, func(t *rapid.T) {
		number, ok := barcode.M16.Append("A" + rapid.StringMatching(`[-0-9$:/.+]{1,20}`).Draw(t, "data") + "B")
		if !ok {
			t.Fatal("no check digit")
		}
		at := rapid.IntRange(1, len(number)-2).Draw(t, "at")
		is := alphabet[rapid.IntRange(0, 15).Draw(t, "is")]
		if number[at] != is && barcode.M16.Valid(number[:at]+string(is)+number[at+1:]) {
			t.Fatalf("%q at %d of %s is not found", is, at, number)
		}
	})
}
