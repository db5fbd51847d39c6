package library_test

import (
	"slices"
	"testing"

	"madoguchi/library"
)

// What a patron types at the terminal, whose field takes digits alone, is what was read
// from the file, whichever way it was written there.
func TestReadPhones(t *testing.T) {
	type faults = []library.PhoneFault
	for _, c := range []struct {
		text    string
		numbers []string
		faults  faults
	}{
		{"", nil, nil},
		{"なし", nil, nil},
		{"-", nil, nil},
		{"03-1234-5678", []string{"0312345678"}, nil},
		{"０９０ー１２３４ー５６７８", []string{"09012345678"}, nil},
		{"090−1234‐5678", []string{"09012345678"}, nil},
		{"090 1234 5678", []string{"09012345678"}, nil},
		{"090.1234.5678", []string{"09012345678"}, nil},
		{"(093)123-4567", []string{"0931234567"}, nil},
		{"(093) 123-4567", []string{"0931234567"}, nil},
		{"０９０（１２３４）５６７８", []string{"09012345678"}, nil},
		{"03(1234)5678", []string{"0312345678"}, nil},
		{"0120-123-456", []string{"0120123456"}, nil},
		{"0800-123-4567", []string{"08001234567"}, nil},
		{"050-1234-5678", []string{"05012345678"}, nil},

		{"+81-90-1234-5678", []string{"09012345678"}, nil},
		{"+81 3 1234 5678", []string{"0312345678"}, nil},
		{"＋８１－３－１２３４－５６７８", []string{"0312345678"}, nil},
		{"+81(0)90-1234-5678", []string{"09012345678"}, nil},
		{"+81 (0) 90-1234-5678", []string{"09012345678"}, nil},
		{"(+81)90-1234-5678", []string{"09012345678"}, nil},
		{"(+81) 90-1234-5678", []string{"09012345678"}, nil},
		{"0081-90-1234-5678", []string{"09012345678"}, nil},
		{"010-81-90-1234-5678", []string{"09012345678"}, nil},
		{"819012345678", []string{"09012345678"}, nil},
		{"+1-202-555-0123", []string{"12025550123"}, nil},
		{"010-1-202-555-0123", []string{"12025550123"}, nil},
		{"001-202-555-0123", []string{"12025550123"}, nil},
		{"+86 138 0013 8000", []string{"8613800138000"}, nil},

		{"03-1234-5678 内線123", []string{"0312345678"}, nil},
		{"03-1234-5678（内線１２３）", []string{"0312345678"}, nil},
		{"03-1234-5678内線:12-3", []string{"0312345678"}, nil},
		{"03-1234-5678 ext. 12", []string{"0312345678"}, nil},
		{"03-1234-5678x12", []string{"0312345678"}, nil},
		{"03-1234-5678(12)", []string{"0312345678"}, nil},
		{"03-1234-5678(代)", []string{"0312345678"}, nil},
		{"090-1234-5678（母）", []string{"09012345678"}, nil},
		{"090-1234-5678【9時から17時】", []string{"09012345678"}, nil},
		{"自宅03-1234-5678携帯090-1234-5678", []string{"0312345678", "09012345678"}, nil},
		{"TEL:03-1234-5678", []string{"0312345678"}, nil},
		{"℡03-1234-5678", []string{"0312345678"}, nil},
		{"03-1234-5678(携帯090-1234-5678)", []string{"0312345678", "09012345678"}, nil},

		{"093-123-4567 090-1234-5678", []string{"0931234567", "09012345678"}, nil},
		{"093 123 4567 090 1234 5678", []string{"0931234567", "09012345678"}, nil},
		{"093-123-4567　090-1234-5678", []string{"0931234567", "09012345678"}, nil},
		{"093-123-4567・090-1234-5678", []string{"0931234567", "09012345678"}, nil},
		{"093-123-4567/090-1234-5678", []string{"0931234567", "09012345678"}, nil},
		{"093-123-4567または090-1234-5678", []string{"0931234567", "09012345678"}, nil},
		{"093-123-4567、090-1234-5678;なし", []string{"0931234567", "09012345678"}, nil},
		{"093-123-4567\n090-1234-5678", []string{"0931234567", "09012345678"}, nil},
		{"+81-93-123-4567 +81-90-1234-5678", []string{"0931234567", "09012345678"}, nil},
		{"090-1234-5678;09012345678;+81 90 1234 5678", []string{"09012345678"}, nil},

		{"9012345678", []string{"09012345678"}, faults{library.PhoneLostZero}},
		{"9012345678.0", []string{"09012345678"}, faults{library.PhoneLostZero}},
		{"312345678", []string{"0312345678"}, faults{library.PhoneLostZero}},
		{"123-4567", []string{"1234567"}, faults{library.PhoneLocal}},
		{"2025550123", []string{"2025550123"}, faults{library.PhoneElsewhere}},

		{"12", nil, faults{library.PhoneDigits}},
		{"090-1234-567", nil, faults{library.PhoneDigits}},
		{"03-1234-56789", nil, faults{library.PhoneDigits}},
		{"+81-3-1234-567", nil, faults{library.PhoneDigits}},
		{"9.01E+09", nil, faults{library.PhoneMangled}},
		{"9.01235E+09;093-123-4567", []string{"0931234567"}, faults{library.PhoneMangled}},
		{"９．０Ｅ＋１０", nil, faults{library.PhoneMangled}},
		{"1234567890123456", nil, faults{library.PhoneDigits}},
		{"0000000000", nil, faults{library.PhoneNone}},
		{"9999999999", nil, faults{library.PhoneNone}},
		{"12;0931234567;34", []string{"0931234567"}, faults{library.PhoneDigits}},
		{"090-1234-5678/5679", []string{"09012345678"}, faults{library.PhoneDigits}},
	} {
		numbers, found := library.ReadPhones(c.text)
		if !slices.Equal(numbers, c.numbers) || !slices.Equal(found, c.faults) {
			t.Errorf("%q: %q, %q; want %q, %q", c.text, numbers, found, c.numbers, c.faults)
		}
	}
}

func TestNormalPhone(t *testing.T) {
	for typed, want := range map[string]string{
		"": "", "--": "", "03-1234-5678": "0312345678", "０３（１２３４）５６７８": "0312345678", "12345678": "12345678",
		"+81-90-1234-5678": "09012345678", "+81(0)90-1234-5678": "09012345678", "0081 90 1234 5678": "09012345678", "010819012345678": "09012345678",
		"81312345678": "0312345678", "+1 202 555 0123": "12025550123", "010-1-202-555-0123": "12025550123", "12025550123": "12025550123",
		"0000000000": "0000000000", "010": "010", "8112": "8112",
	} {
		if got := library.NormalPhone(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	p := library.Patron{ID: "p", Card: "1", BornOn: library.Date{Year: 2000, Month: 2, Day: 29}, Phones: []string{"09012345678"}}
	for _, typed := range []string{"09012345678", "+81 90-1234-5678", "0081-90-1234-5678", "819012345678"} {
		if !p.Matches(library.Application{Card: "1", BornOn: p.BornOn, Phone: typed}) {
			t.Errorf("%q is not the patron's number", typed)
		}
	}
}

// FuzzReadPhones: each number is digits in the one form in which numbers are compared,
// is there once, and one of Japan is read back as itself.
func FuzzReadPhones(f *testing.F) {
	for _, s := range []string{"03-1234-5678", "+81(0)90-1234-5678", "自宅03-1234-5678 内線12（母）または090 1234 5678", "010-81", "00108110", "()[", "9012345678.0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n := library.NormalPhone(text); n != library.NormalPhone(n) {
			t.Fatalf("%q: %q is not normal", text, n)
		}
		numbers, _ := library.ReadPhones(text)
		for i, n := range numbers {
			if n == "" || n != library.NormalPhone(n) || slices.Contains(numbers[:i], n) {
				t.Fatalf("%q: %q", text, numbers)
			}
			if again, _ := library.ReadPhones(n); n[0] == '0' && !slices.Equal(again, []string{n}) {
				t.Fatalf("%q: %q is read as %q", text, n, again)
			}
		}
	})
}
