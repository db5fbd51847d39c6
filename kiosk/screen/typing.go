package screen

import (
	"strings"

	"madoguchi/kiosk/widget"
	"madoguchi/library/kana"
)

// typed is the text after one more character from hardware keys. On the kana
// keyboard letters are read as romaji, the unfinished ones at the end with them.
func typed(text string, r rune, keyboard widget.Layout) string {
	if keyboard != widget.Kana {
		return text + string(r)
	}
	done := strings.TrimRightFunc(text, func(r rune) bool { return r < 0x80 && kana.IsLatin(r) })
	var t kana.Typist
	t.SetText(done)
	for _, p := range text[len(done):] {
		t.Type(p)
	}
	t.Type(r)
	return t.Text()
}
