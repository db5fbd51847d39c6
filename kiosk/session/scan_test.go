package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
)

func TestScanned(t *testing.T) {
	settings := barcode.Settings{
		Card: barcode.Rule{Lengths: []int{8}, Check: barcode.Mod7DR},
		Item: barcode.Rule{Lengths: []int{10}},
	}
	tests := []struct {
		raw  string
		want session.Action
	}{
		{"9784101010014", session.Action{Kind: session.SearchISBN, Number: "9784101010014"}},
		{"]E3491007731126700880", session.Action{Kind: session.SearchMagazine, Number: "4910077311267"}},
		{"1920193004304", session.Action{Kind: session.PriceRow, Number: "1920193004304"}},
		{"]F0A12345675A", session.Action{Kind: session.CardScanned, Number: "12345675"}},
		{"1000000017", session.Action{Kind: session.ShowItem, Number: "1000000017"}},
		{"12345676", session.Action{Kind: session.ScanAgain, Number: "12345676"}},
		{"https://example.org/", session.Action{Kind: session.UnknownCode, Number: "https://example.org/"}},
	}
	for _, tt := range tests {
		t.Run(string(tt.want.Kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := session.New(session.Config{})
				defer s.Close()
				code, _ := settings.Parse(tt.raw)
				if got := s.Scanned(code); got != tt.want {
					t.Errorf("%+v is %+v, want %+v", code, got, tt.want)
				}
				if !s.Active() {
					t.Error("a scan begins no session")
				}
				time.Sleep(59 * time.Second)
				s.Scanned(code)
				time.Sleep(59 * time.Second)
				synctest.Wait()
				if !s.Active() {
					t.Error("a scan does not put off the idle end")
				}
			})
		})
	}
}
