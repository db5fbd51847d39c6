package intake

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// clean makes text fit to be shown on one line: no control or invisible characters,
// single spaces, kana composed with their marks, 〓 for a letter that was lost or is for
// private use.
func clean(s string) string {
	marks := false
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == '\u200B', r == '\uFEFF', turnsText(r):
			return -1
		case r == unicode.ReplacementChar, ownLetter(r):
			return '〓'
		}
		marks = marks || unicode.Is(unicode.Mn, r)
		return r
	}, strings.ToValidUTF8(s, ""))
	if marks {
		s = norm.NFC.String(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// narrow is clean text in half width, for codes and numbers.
func narrow(s string) string { return clean(norm.NFKC.String(s)) }

// trimISBD takes off the punctuation that a catalogue card puts between its areas.
func trimISBD(s string) string {
	for {
		s = strings.TrimRight(s, " ")
		switch {
		case s == "/" || s == ":" || s == ";" || s == "=" || s == "+":
			return ""
		case strings.HasSuffix(s, " /"), strings.HasSuffix(s, " :"), strings.HasSuffix(s, " ;"),
			strings.HasSuffix(s, " ="), strings.HasSuffix(s, " +"), strings.HasSuffix(s, ","):
			s = s[:len(s)-1]
		case strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "..") && !initial.MatchString(s):
			return s[:len(s)-1]
		default:
			return s
		}
	}
}

var initial = regexp.MustCompile(`(^|[ .])\p{Lu}\.$`)

// area is one area of a catalogue card as a patron reads it.
func area(s string) string { return trimISBD(clean(s)) }

var brackets = strings.NewReplacer("[", "", "]", "", "［", "", "］", "")

// unbracket drops the brackets in which a cataloguer puts what is not on the book.
func unbracket(s string) string { return clean(brackets.Replace(s)) }

// reading makes a reading words parted by spaces: punctuation between words, which
// nobody says, is dropped.
func reading(s string) string {
	words := strings.Fields(trimISBD(clean(s)))
	kept := words[:0]
	for _, w := range words {
		if w = strings.Trim(w, "「」『』()（）〈〉《》<>[]【】、。,・:;!?！？/／'\"“”"); w != "" {
			kept = append(kept, w)
		}
	}
	if r := strings.Join(kept, " "); has(r, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
		return r
	}
	return "" // Latin letters read themselves
}

// folded is what remains of a name when spelling is not looked at: letters and
// digits, kana as hiragana.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'ァ' && r <= 'ヶ':
			return r - ('ァ' - 'ぁ')
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(s))
}

func has(s string, scripts ...*unicode.RangeTable) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, scripts...) })
}

// eastAsian reports whether a text is in Chinese, Japanese or Korean script.
func eastAsian(s string) bool {
	return has(s, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// allKana reports whether a name is written in kana alone, and so is its own reading.
func allKana(s string) bool {
	kana := false
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana = true
		case r != 'ー' && r != '・' && r != '＝' && r != '=' && r != ' ':
			return false
		}
	}
	return kana
}

// kanaReading is the reading of a name written in kana alone, and "" for others.
func kanaReading(name string) string {
	if !allKana(name) {
		return ""
	}
	return clean(strings.NewReplacer("・", " ", "＝", " ", "=", " ").Replace(name))
}
