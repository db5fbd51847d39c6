package widget

import "testing"

func TestMarked(t *testing.T) {
	for _, c := range []struct {
		text string
		mark rune
		want string
	}{
		{"か", '゛', "が"}, {"が", '゛', "か"}, {"は", '゛', "ば"}, {"は", '゜', "ぱ"}, {"ば", '゜', "ぱ"}, {"ぱ", '゛', "ば"},
		{"つ", '小', "っ"}, {"っ", '小', "つ"}, {"っ", '゛', "づ"}, {"や", '小', "ゃ"}, {"こころ", '゛', "こころ"},
		{"ん", '゜', "ん"}, {"か", '小', "か"}, {"", '゛', ""}, {"う", '゛', "ゔ"}, {"きよ", '小', "きょ"}, {"が", '小', "が"},
	} {
		if got := Marked(c.text, c.mark); got != c.want {
			t.Errorf("%q with %c: got %q, want %q", c.text, c.mark, got, c.want)
		}
	}
}

func TestWithoutLast(t *testing.T) {
	for text, want := range map[string]string{"": "", "こ": "", "𠮷野": "𠮷", "ab": "a"} {
		if got := WithoutLast(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
