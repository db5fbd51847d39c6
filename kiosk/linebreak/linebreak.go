// Package linebreak breaks a text into lines as Japanese typesetting wants it. It knows
// neither fonts nor screens: whoever asks brings a function that measures.
package linebreak

import (
	"strings"
	"unicode"
)

// Lines cuts s into lines of at most width, as measured by the function.
// Japanese breaks between any two characters, but no line begins with a closing
// mark or ends with an opening one (禁則); a Latin word stays whole unless it alone
// is wider than the line. "\n" always breaks.
func Lines(s string, width float32, measure func(string) float32) []string {
	var lines []string
	for _, paragraph := range strings.Split(s, "\n") {
		lines = append(lines, breakParagraph(paragraph, width, measure)...)
	}
	return lines
}

func breakParagraph(s string, width float32, measure func(string) float32) []string {
	if s == "" || measure(s) <= width {
		return []string{s}
	}
	var lines []string
	line := ""
	for _, piece := range pieces(s) {
		if line != "" && measure(line+strings.TrimRight(piece, " ")) > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		if line == "" {
			piece = strings.TrimLeft(piece, " ")
		}
		for line == "" && piece != "" && measure(strings.TrimRight(piece, " ")) > width {
			head, tail := splitAt(piece, width, measure)
			if tail == "" {
				break
			}
			lines = append(lines, head)
			piece = tail
		}
		line += piece
	}
	return append(lines, strings.TrimRight(line, " "))
}

// splitAt cuts a piece that is too wide for a line by itself.
func splitAt(s string, width float32, measure func(string) float32) (head, tail string) {
	r := []rune(s)
	n := 1
	for n < len(r) && measure(string(r[:n+1])) <= width {
		n++
	}
	return string(r[:n]), string(r[n:])
}

// pieces cuts s where a line may be broken: after each of them.
func pieces(s string) []string {
	var out []string
	r := []rune(s)
	start := 0
	for i := 1; i < len(r); i++ {
		if mayBreak(r[i-1], r[i]) {
			out = append(out, string(r[start:i]))
			start = i
		}
	}
	if start < len(r) {
		out = append(out, string(r[start:]))
	}
	return out
}

const (
	notFirst = "、。，．,.・:;：；?？!！)）]］}｝」』】〉》〕”’ー〜～…‥々ゝゞぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％%℃／"
	notLast  = "(（[［{｛「『【〈《〔“‘￥$"
)

func mayBreak(before, after rune) bool {
	switch {
	case after == ' ' || strings.ContainsRune(notFirst, after) || strings.ContainsRune(notLast, before):
		return false
	case before == ' ':
		return true
	}
	return IsWide(before) || IsWide(after)
}

// IsWide says whether a character is set as wide as it is high: kana, kanji and what
// goes with them.
func IsWide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef || r == 'ー'
}

// Ellipsis shortens s until it fits, with "…" at its end.
func Ellipsis(s string, width float32, measure func(string) float32) string {
	if measure(s) <= width {
		return s
	}
	r := []rune(s)
	for n := len(r) - 1; n > 0; n-- {
		if t := strings.TrimRight(string(r[:n]), " ") + "…"; measure(t) <= width {
			return t
		}
	}
	return "…"
}
