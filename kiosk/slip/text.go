package slip

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"madoguchi/kiosk/linebreak"
)

// normalise joins what records of other systems part: か and ゛ become が.
func normalise(text string) string {
	return strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(text, "\r\n", "\n")))
}

// geta stands for a character that the font has not, as printers of type have it.
const geta = '〓'

func (p *pen) drawable(r rune) rune {
	switch {
	case r == '\n':
		return r
	case unicode.IsSpace(r) && r != '　':
		return ' '
	case p.has(r):
		return r
	case unicode.IsControl(r) || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return -1 // it would not be seen, or belongs to what stands before it
	case p.has(geta):
		return geta
	}
	return '?'
}

// lines breaks a clean text into lines of a width.
func (p *pen) lines(s style, width int, text string) []string {
	return linebreak.Lines(text, float32(width), func(t string) float32 { return float32(p.measure(s, t)) })
}
