package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"madoguchi/barcode"
	"madoguchi/kiosk/session"
	"madoguchi/library"
)

func TestStaffHaveTheirOwnTime(t *testing.T) {
	test(t, "idle", func(t *testing.T, k *kiosk) {
		k.LogInStaff(session.Staff{Name: "sato"})
		k.expect(105*time.Second-1, nil...)
		k.expect(15*time.Second, ticks(105*time.Second, 15)...)
		k.expect(1, "2m0s end idle")
		if k.Staff() != (session.Staff{}) {
			t.Error("the staff member is still known")
		}
		k.Touch()
		if left, _ := k.Left(); left != time.Minute {
			t.Errorf("who comes next has %v", left)
		}
		k.End(session.Ended)
		k.expect(0, "2m0s end ended")
	})

	test(t, "no limit of ten minutes", func(t *testing.T, k *kiosk) {
		k.LogInStaff(session.Staff{Name: "sato"})
		for range 30 {
			k.expect(time.Minute)
			k.Touch()
		}
	})

	test(t, "the limit of a staff member's session", func(t *testing.T, k *kiosk) {
		k.LogInStaff(session.Staff{Name: "sato"})
		limit := library.DefaultPolicy().StaffLimit.Duration()
		for time.Since(k.began) < limit-time.Minute {
			time.Sleep(time.Minute)
			k.Touch()
		}
		if _, reason := k.Left(); reason != session.Limit {
			t.Errorf("ends for %q", reason)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if k.Active() {
			t.Error("still active")
		}
	})
}

func TestStaffEndThePatronsSession(t *testing.T) {
	test(t, "all of it", func(t *testing.T, k *kiosk) {
		k.LogIn(session.Patron{Card: "12345675", Name: "北浜 花子"})
		k.SetPreferences(session.Preferences{Language: "en"})
		k.SetCart([]session.CartLine{{Bib: "b"}})
		k.LogInStaff(session.Staff{Name: "sato", Card: "90001"})
		k.expect(0, "0s end other")
		if k.Patron() != (session.Patron{}) || k.Preferences() != (session.Preferences{}) || len(k.Cart()) != 0 {
			t.Errorf("left of the patron: %+v %+v %+v", k.Patron(), k.Preferences(), k.Cart())
		}
		if k.Staff() != (session.Staff{Name: "sato", Card: "90001"}) {
			t.Errorf("staff %+v", k.Staff())
		}
	})
}

// Who is logged in when which card is scanned, what that means, and whether the
// session goes on.
func TestCardsAndWhoIsLoggedIn(t *testing.T) {
	patron := session.Patron{Card: "1", Name: "北浜 花子"}
	staff := session.Staff{Name: "sato", Card: "90001"}
	card := func(n string) barcode.Code { return barcode.Code{Kind: barcode.Card, Text: n} }
	staffCard := func(n string) barcode.Code { return barcode.Code{Kind: barcode.StaffCard, Text: n} }
	for _, c := range []struct {
		name   string
		patron session.Patron
		staff  session.Staff
		code   barcode.Code
		want   session.ActionKind
		goesOn bool
	}{
		{"nobody, a card", session.Patron{}, session.Staff{}, card("1"), session.CardScanned, true},
		{"nobody, a staff card", session.Patron{}, session.Staff{}, staffCard("90001"), session.StaffScanned, true},
		{"a patron, the own card", patron, session.Staff{}, card("1"), session.OwnCard, true},
		{"a patron, another card", patron, session.Staff{}, card("2"), session.CardScanned, false},
		{"a patron, a staff card", patron, session.Staff{}, staffCard("90001"), session.StaffScanned, false},
		{"a patron, a staff card of the same number", patron, session.Staff{}, staffCard("1"), session.StaffScanned, false},
		{"staff, a patron's card", session.Patron{}, staff, card("1"), session.ServePatron, true},
		{"staff, a patron's card of the same number", session.Patron{}, staff, card("90001"), session.ServePatron, true},
		{"staff, the own card", session.Patron{}, staff, staffCard("90001"), session.OwnCard, true},
		{"staff, another staff card", session.Patron{}, staff, staffCard("90002"), session.StaffScanned, false},
		{"staff by name, a staff card", session.Patron{}, session.Staff{Name: "sato"}, staffCard("90001"), session.StaffScanned, false},
		{"staff, a book", session.Patron{}, staff, barcode.Code{Kind: barcode.Item, Text: "1"}, session.ShowItem, true},
	} {
		test(t, c.name, func(t *testing.T, k *kiosk) {
			if c.staff != (session.Staff{}) {
				k.LogInStaff(c.staff)
			}
			k.LogIn(c.patron)
			if got := k.Scanned(c.code); got.Kind != c.want || got.Number != c.code.Text {
				t.Errorf("%+v, want %s", got, c.want)
			}
			if goesOn := k.Patron() == c.patron && k.Staff() == c.staff; goesOn != c.goesOn {
				t.Errorf("goes on: %v, want %v", goesOn, c.goesOn)
			}
		})
	}
}
