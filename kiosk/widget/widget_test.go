package widget

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"madoguchi/kiosk/theme"
)

func testKit(t *testing.T) Kit {
	t.Helper()
	test.NewTempApp(t)
	return Kit{Look: theme.LookOf(theme.Standard, theme.Normal)}
}

func TestColumnSharesWhatIsLeft(t *testing.T) {
	testKit(t)
	a, b, c := Sized(10, 20, Space()), Space(), Sized(10, 30, Space())
	col := Column(5, a, Fill(b), c)
	col.Resize(fyne.NewSize(100, 200))
	if got := col.Objects[1].Size().Height; got != 140 {
		t.Errorf("the fill is %v high, want 140", got)
	}
	if got := c.Position().Y; got != 170 {
		t.Errorf("the last stands at %v, want 170", got)
	}
}

func TestWrapBeginsNewLines(t *testing.T) {
	testKit(t)
	var boxes []fyne.CanvasObject
	for range 5 {
		boxes = append(boxes, Sized(40, 10, Space()))
	}
	w := Wrap(10, boxes...)
	if got := HeightFor(w, 100); got != 50 { // two a line, three lines
		t.Errorf("height is %v, want 50", got)
	}
}

func TestButtonsAnswerTouchAndKeys(t *testing.T) {
	k := testKit(t)
	touches, taps := 0, 0
	var typed []rune
	k.Touched = func() { touches++ }
	k.OnRune = func(r rune) { typed = append(typed, r) }
	scanEnds := false
	k.OnEnter = func() bool { return scanEnds }
	b := k.Button("予約する", Filled, func() { taps++ })
	b.Tapped(nil)
	b.TypedRune(' ')
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.TypedRune('あ')
	scanEnds = true
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // the end of a scan, not of the button
	b.TappedSecondary(nil)
	if taps != 3 || touches != 4 || !slices.Equal(typed, []rune{'あ'}) {
		t.Errorf("taps %d, touches %d, typed %q", taps, touches, typed)
	}
}

func TestElementsSkipWhatIsHidden(t *testing.T) {
	k := testKit(t)
	hidden := k.Text("unseen")
	hidden.Hide()
	root := Column(0, k.Text("seen"), hidden, k.Button("press", Plain, nil))
	root.Resize(fyne.NewSize(400, 300))
	var names []string
	for _, e := range Elements(root) {
		names = append(names, e.Text)
	}
	if !slices.Equal(names, []string{"seen", "press"}) {
		t.Errorf("got %q", names)
	}
}

func TestKeyboardsType(t *testing.T) {
	k := testKit(t)
	for _, l := range []Layout{Kana, Letters, Digits, Capitals, Keypad, Small, Mail, MailInCapitals} {
		got := ""
		board := k.Keyboard(l, KeyNames{"1文字消す", "全部消す", "空白", "さがす"}, Typing{
			Type: func(s string) { got += s }, Mark: func(r rune) { got += string(r) },
			Erase: func() { got += "<" }, Clear: func() { got += "0" }, Submit: func() { got += "!" },
		}, 0)
		board.Resize(fyne.NewSize(1200, 372))
		want := ""
		for _, e := range Elements(board) {
			e.Target.Press()
			switch e.Text {
			case "1文字消す":
				want += "<"
			case "全部消す":
				want += "0"
			case "空白":
				want += " "
			case "さがす":
				want += "!"
			default:
				want += e.Text
			}
			if e.Width < theme.Touch || e.Height < theme.Touch {
				t.Errorf("key %q is %.0f by %.0f", e.Text, e.Width, e.Height)
			}
		}
		if got != want {
			t.Errorf("layout %d typed %q, want %q", l, got, want)
		}
	}
}
