package screen

import (
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library/kana"
)

func (v *visit) keyNames() widget.KeyNames {
	return widget.KeyNames{Erase: v.t("key.erase"), Clear: v.t("key.clear"), Space: v.t("key.space"), Submit: v.t("key.search")}
}

// keyHeight gives the keyboard more of a tall screen.
func (v *visit) keyHeight() float32 {
	if v.portrait() {
		return 96
	}
	return theme.KeyHeight
}

// keyboards choose between the three keyboards.
func (v *visit) keyboards() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for l, key := range []string{"key.kana", "key.letters", "key.digits_signs"} {
		out = append(out, v.kit.Button(v.t(key), widget.Plain, func() {
			r := v.route
			r.Keyboard = widget.Layout(l)
			v.app.show(r)
		}).Select(v.route.Keyboard == widget.Layout(l)))
	}
	return out
}

// maxTyped is more than fits the field and less than would slow a search down.
const maxTyped = 60

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
