package screen

import (
	"slices"
	"testing"

	"madoguchi/library"
)

// TestCalls: staff see whom to call, with the number large and all titles, and note what
// came of each call.
func TestCalls(t *testing.T) {
	a := newTestApp(t, sizes[0])
	asStaff(a.App, false)
	d := a.staff.(*desk)
	a.show(Route{Page: PageStaff})
	a.settle()
	a.press(t, "電話連絡")
	a.onPage(t, PageCalls)
	for _, words := range []string{"093-555-1234", "090-1234-5678", "03-1234-5678", "海辺の人びと 1", "海辺の人びと 2", "メールが届きませんでした", "出なかった日 2日"} {
		a.see(t, words)
	}
	a.press(t, "出なかった")
	a.see(t, "別の日に、もう一度おかけください")
	a.press(t, "わかりました")
	a.press(t, "連絡済み")
	a.see(t, "まで取り置きます")
	a.press(t, "わかりました")
	if a.shows("093-555-1234") {
		t.Error("who was told is still on the list")
	}
	if !slices.Equal(d.called, []string{testCard + "false", testCard + "true"}) {
		t.Errorf("noted: %v", d.called)
	}
	d.refuse = library.ErrHoldNotToTell // another terminal was quicker
	d.calls = nil
	a.press(t, "連絡済み")
	a.see(t, "もう連絡済みになっています")
}

func TestDialled(t *testing.T) {
	for digits, want := range map[string]string{
		"0312345678": "03-1234-5678", "0661234567": "06-6123-4567", "0935551234": "093-555-1234", "09012345678": "090-1234-5678", "110": "110", "": "",
	} {
		if got := dialled(digits); got != want {
			t.Errorf("%s: %s", digits, got)
		}
	}
}
