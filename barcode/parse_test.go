package barcode_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"madoguchi/barcode"
)

// city is set up like a usual city library: NW-7 cards of 8 digits and items of 10.
func city() barcode.Settings {
	return barcode.Settings{
		Card: barcode.Rule{Lengths: []int{8}, Check: barcode.Mod7DR, StartStop: "AA"},
		Item: barcode.Rule{Lengths: []int{10}, Prefix: "1", Check: barcode.M10W21Split},
	}
}

func TestParse(t *testing.T) {
	framed := city()
	framed.Prefix, framed.Suffix = "<<", ">>"
	framed.CodeIDs = map[string]barcode.Symbology{"N": barcode.NW7, "NX": barcode.Code39, "E": barcode.EAN}

	tests := []struct {
		name     string
		settings barcode.Settings
		raw      string
		kind     barcode.Kind
		text     string
		sym      barcode.Symbology
		err      error
	}{
		{"card", city(), "12345673", barcode.Unreadable, "12345673", "", barcode.ErrCheckDigit},
		{"card, right digit", city(), "12345675", barcode.Card, "12345675", "", nil},
		{"card, AIM", city(), "]F0A12345675A", barcode.Card, "12345675", barcode.NW7, nil},
		{"card, lower case", city(), "a12345675a", barcode.Card, "12345675", "", nil},
		{"card, other notation", city(), "t12345675t", barcode.Card, "12345675", "", nil},
		{"card, hyphens", city(), "A1234-5675A", barcode.Card, "12345675", "", nil},
		{"card, spaces around", city(), " 12345675 ", barcode.Card, "12345675", "", nil},
		{"card, full width", city(), "Ａ１２３４５６７５Ａ", barcode.Card, "12345675", "", nil},
		{"card, other start", city(), "B12345675B", barcode.Unknown, "12345675", "", nil},
		{"item", city(), "1000000017", barcode.Unreadable, "1000000017", "", barcode.ErrCheckDigit},
		{"item, right digit", city(), "]F01000000016", barcode.Item, "1000000016", barcode.NW7, nil},
		{"item, B", city(), "B1000000016B", barcode.Item, "1000000016", "", nil},
		{"item, other prefix", city(), "2000000016", barcode.Unknown, "2000000016", "", nil},

		{"ISBN", city(), "9784101010014", barcode.ISBN, "9784101010014", "", nil},
		{"ISBN, AIM", city(), "]E09784101010014", barcode.ISBN, "9784101010014", barcode.EAN, nil},
		{"ISBN, 979", city(), "9791032305690", barcode.ISBN, "9791032305690", "", nil},
		{"ISBN, damaged", city(), "9784101010015", barcode.Unreadable, "9784101010015", "", barcode.ErrCheckDigit},
		{"ISBN with add-on", city(), "]E3978410101001451299", barcode.ISBN, "9784101010014", barcode.EAN, nil},
		{"price row", city(), "1920193004304", barcode.PriceRow, "1920193004304", "", nil},
		{"old price row", city(), "1910193004305", barcode.PriceRow, "1910193004305", "", nil},
		{"magazine", city(), "4910077311267", barcode.Magazine, "4910077311267", "", nil},
		{"magazine with add-on", city(), "491007731126700880", barcode.Magazine, "4910077311267", "", nil},
		{"goods", city(), "4901234567894", barcode.Unknown, "4901234567894", "", nil},
		{"13 digits in NW-7", city(), "]F09784101010014", barcode.Unknown, "9784101010014", barcode.NW7, nil},

		{"prefix, id, suffix", framed, "<<NA12345675A>>", barcode.Card, "12345675", barcode.NW7, nil},
		{"id before prefix", framed, "N<<A12345675A>>", barcode.Card, "12345675", barcode.NW7, nil},
		{"AIM before prefix", framed, "]F0<<A12345675A>>", barcode.Card, "12345675", barcode.NW7, nil},
		{"longest id", framed, "<<NX12345675>>", barcode.Card, "12345675", barcode.Code39, nil},
		{"id of EAN", framed, "<<E9784101010014>>", barcode.ISBN, "9784101010014", barcode.EAN, nil},
		{"each once", framed, "<<<<12345675>>", barcode.Unknown, "<<12345675", "", nil},

		{"QR", city(), "]Q1https://example.org/", barcode.Unknown, "https://example.org/", barcode.QR, nil},
		{"no settings", barcode.Settings{}, "A12345675A", barcode.Unknown, "12345675", "", nil},
		{"empty", city(), "", barcode.Unreadable, "", "", barcode.ErrEmpty},
		{"nothing but an AIM identifier", city(), "]F0", barcode.Unreadable, "", barcode.NW7, barcode.ErrEmpty},
		{"control character", city(), "1234\x005675", barcode.Unreadable, "", "", barcode.ErrNoise},
		{"not UTF-8", city(), "1234\xff5675", barcode.Unreadable, "", "", barcode.ErrNoise},
		{"too long", city(), strings.Repeat("1", barcode.MaxScan+1), barcode.Unreadable, "", "", barcode.ErrTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.settings.Validate(); err != nil {
				t.Fatal(err)
			}
			got, err := tt.settings.Parse(tt.raw)
			want := barcode.Code{Text: tt.text, Symbology: tt.sym, Kind: tt.kind}
			if got != want || !errors.Is(err, tt.err) {
				t.Errorf("got %+v, %v; want %+v, %v", got, err, want, tt.err)
			}
		})
	}
}

func TestParseM16(t *testing.T) {
	s := barcode.Settings{Card: barcode.Rule{Lengths: []int{6}, Check: barcode.M16, StartStop: "AB"}}
	for _, raw := range []string{"A37859+B", "a37859+b", "t37859+n", "]F237859+", "37859+"} {
		if got, err := s.Parse(raw); got.Kind != barcode.Card || got.Text != "37859+" || err != nil {
			t.Errorf("%s: %+v, %v", raw, got, err)
		}
	}
	if got, err := s.ParseCard("３７８５９＋"); got != "37859+" || err != nil {
		t.Errorf("typed: %q, %v", got, err)
	}
	if _, err := s.ParseCard("37859-"); !errors.Is(err, barcode.ErrCheckDigit) {
		t.Errorf("a hyphen has a value: %v", err)
	}
}

func TestParseCardOrItem(t *testing.T) {
	s := barcode.Settings{
		Card: barcode.Rule{Lengths: []int{8}, StartStop: "AA"},
		Item: barcode.Rule{Lengths: []int{8}, StartStop: "BB"},
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Parse("A12345678A"); got.Kind != barcode.Card {
		t.Errorf("card: %+v", got)
	}
	if got, _ := s.Parse("B12345678B"); got.Kind != barcode.Item {
		t.Errorf("item: %+v", got)
	}
	if got, err := s.Parse("12345678"); got.Kind != barcode.Unreadable || !errors.Is(err, barcode.ErrAmbiguous) {
		t.Errorf("without letters: %+v, %v", got, err)
	}
}

func TestStaffCards(t *testing.T) {
	s := city()
	s.Staff = barcode.Rule{Lengths: []int{6}, Prefix: "9", Check: barcode.Mod7DR}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]barcode.Code{
		"900012":      {Kind: barcode.StaffCard, Text: "900012"},
		"A9000-12A":   {Kind: barcode.StaffCard, Text: "900012"},
		"]F0B900012B": {Kind: barcode.StaffCard, Text: "900012", Symbology: barcode.NW7},
		"900019":      {Kind: barcode.Unreadable, Text: "900019"}, // its check digit
		"800014":      {Kind: barcode.Unknown, Text: "800014"},
		"A12345675A":  {Kind: barcode.Card, Text: "12345675"},
		"1000000016":  {Kind: barcode.Item, Text: "1000000016"},
	} {
		if got, err := s.Parse(raw); got != want || (err != nil) != (want.Kind == barcode.Unreadable) {
			t.Errorf("%s: %+v, %v; want %+v", raw, got, err, want)
		}
	}
	for typed, want := range map[string]error{
		"9000-12": nil, "９０００１２": nil, "900019": barcode.ErrCheckDigit, "12345675": barcode.ErrNotStaff, "": barcode.ErrEmpty,
	} {
		if got, err := s.ParseStaffCard(typed); !errors.Is(err, want) || err == nil && got != "900012" {
			t.Errorf("typed %q: %q, %v; want %v", typed, got, err, want)
		}
	}
	if _, err := city().ParseStaffCard("900012"); !errors.Is(err, barcode.ErrNoStaff) {
		t.Errorf("without a rule: %v", err)
	}
	if _, err := s.ParseCard("900012"); !errors.Is(err, barcode.ErrNotACard) {
		t.Errorf("as a patron's: %v", err)
	}
}

func TestParseCard(t *testing.T) {
	letters := barcode.Settings{Card: barcode.Rule{Prefix: "K", Lengths: []int{6, 7}}}
	tests := []struct {
		name     string
		settings barcode.Settings
		typed    string
		want     string
		err      error
	}{
		{"plain", city(), "12345675", "12345675", nil},
		{"full width", city(), "１２３４－５６７５", "12345675", nil},
		{"hyphens of all kinds", city(), "12-34‐56−7ー5", "12345675", nil},
		{"spaces", city(), " 1234　5675 ", "12345675", nil},
		{"letters as printed", city(), "a1234-5675a", "12345675", nil},
		{"wrong digit", city(), "12345672", "", barcode.ErrCheckDigit},
		{"too short", city(), "1234567", "", barcode.ErrNotACard},
		{"an ISBN", city(), "9784101010014", "", barcode.ErrNotACard},
		{"kana", city(), "トショカン", "", barcode.ErrNotACard},
		{"other start letter", city(), "B12345675B", "", barcode.ErrNotACard},
		{"empty", city(), "", "", barcode.ErrEmpty},
		{"only hyphens", city(), " - ", "", barcode.ErrEmpty},
		{"prefix", letters, "K12345", "K12345", nil},
		{"no prefix", letters, "123456", "", barcode.ErrNotACard},
		{"no rule", barcode.Settings{}, "12345675", "", barcode.ErrNoCardRule},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.settings.ParseCard(tt.typed)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got %q, %v; want %q, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestSettingsFromTOML(t *testing.T) {
	var s barcode.Settings
	_, err := toml.Decode(`
prefix = "<"
code_ids = { N = "nw7", E = "ean" }
[card]
lengths = [8]
check = "7dr"
start_stop = "AA"
[item]
lengths = [10]
symbologies = ["nw7"]
`, &s)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Parse("<NA12345675A"); got.Kind != barcode.Card || err != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Settings with several faults are always refused in the same words.
func TestValidateSaysTheSame(t *testing.T) {
	wrong := barcode.Settings{CodeIDs: map[string]barcode.Symbology{"A": "x", "B": "y", "C": "z", "D": "w"}}
	want := wrong.Validate().Error()
	for range 20 {
		if got := wrong.Validate().Error(); got != want || strings.Index(got, `"A"`) > strings.Index(got, `"B"`) {
			t.Fatalf("%s\nand before\n%s", got, want)
		}
	}
}

func TestValidateRefuses(t *testing.T) {
	rule := func(change func(*barcode.Rule)) barcode.Settings {
		s := city()
		change(&s.Card)
		return s
	}
	tests := []struct {
		name     string
		settings barcode.Settings
		says     string
	}{
		{"scheme", rule(func(r *barcode.Rule) { r.Check = "m12" }), "card.check"},
		{"length 0", rule(func(r *barcode.Rule) { r.Lengths = []int{0} }), "card.lengths"},
		{"start_stop", rule(func(r *barcode.Rule) { r.StartStop = "AX" }), "card.start_stop"},
		{"m16 alone", rule(func(r *barcode.Rule) { r.Check, r.StartStop = barcode.M16, "" }), "card.start_stop"},
		{"symbology", rule(func(r *barcode.Rule) { r.Symbologies = []barcode.Symbology{"nw8"} }), "card.symbologies"},
		{"same numbers", rule(func(r *barcode.Rule) { r.Lengths = []int{8, 10} }), "both"},
		{"any length", rule(func(r *barcode.Rule) { r.Lengths, r.Prefix = nil, "10" }), "both"},
		{"staff like cards", barcode.Settings{Card: barcode.Rule{Lengths: []int{8}}, Staff: barcode.Rule{Lengths: []int{8}, Prefix: "9"}}, "card and staff"},
		{"staff like items", barcode.Settings{Staff: barcode.Rule{Prefix: "1"}, Item: barcode.Rule{Lengths: []int{10}}}, "staff and item"},
		{"staff scheme", barcode.Settings{Staff: barcode.Rule{Lengths: []int{6}, Check: "m12"}}, "staff.check"},
		{"code id", barcode.Settings{CodeIDs: map[string]barcode.Symbology{"N": "codabar"}}, "code_ids"},
	}
	for _, tt := range tests {
		if err := tt.settings.Validate(); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want a word about %q", tt.name, err, tt.says)
		}
	}
}

func TestNumberStaysOutOfLogsAndErrors(t *testing.T) {
	var log bytes.Buffer
	for _, raw := range []string{"A12345675A", "A12345672A", "B12345675B"} {
		code, err := city().Parse(raw)
		slog.New(slog.NewTextHandler(&log, nil)).Info("scan", "code", code, "err", err)
	}
	_, err := city().ParseCard("12345672")
	slog.New(slog.NewJSONHandler(&log, nil)).Info("typed", "err", err)
	if strings.Contains(log.String(), "123456") {
		t.Errorf("a card number is in the log:\n%s", &log)
	}
}

func FuzzParse(f *testing.F) {
	for _, raw := range []string{"", "A12345675A", "]F0A12345675A", "9784101010014", "]E3978410101001451299", "]", "]F", "aa", "a a", "<<N>>", "ー", "\xff"} {
		f.Add(raw)
	}
	s := city()
	s.Prefix, s.Suffix, s.CodeIDs = "<<", ">>", map[string]barcode.Symbology{"N": barcode.NW7}
	f.Fuzz(func(t *testing.T, raw string) {
		code, err := s.Parse(raw)
		if (err != nil) != (code.Kind == barcode.Unreadable) {
			t.Errorf("kind %q with error %v", code.Kind, err)
		}
		switch code.Kind {
		case barcode.Card:
			if len(code.Text) != 8 || !barcode.Mod7DR.Valid(code.Text) {
				t.Errorf("%q is no card number", code.Text)
			}
			if again, err := s.ParseCard(code.Text); again != code.Text || err != nil {
				t.Errorf("typed as scanned: %q, %v", again, err)
			}
		case barcode.ISBN, barcode.PriceRow, barcode.Magazine:
			if len(code.Text) != 13 || !barcode.M10W31.Valid(code.Text) {
				t.Errorf("%q is no EAN", code.Text)
			}
		}
		_, _ = s.ParseCard(raw)
	})
}
