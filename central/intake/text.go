package intake

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// clean makes text fit to be shown on one line: no control or invisible characters,
// single spaces, kana composed with their marks.
func clean(s string) string {
	marks := false
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == '\u200B', r == '\uFEFF', r == unicode.ReplacementChar:
			return -1
		}
		marks = marks || unicode.Is(unicode.Mn, r)
		return r
	}, s)
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

var (
	digits  = regexp.MustCompile(`\d+`)
	era     = regexp.MustCompile(`(明治|大正|昭和|平成|令和|^[MTSHR])\s*(元|\d{1,2})`)
	noYear  = regexp.MustCompile(`(?i)^[\[(（]?(刊年|出版年|発行年)?(不明|不詳|未詳|なし|n\.?d\.?|s\.?d\.?|unknown|[12]\d?\d?[-?_u]+)[^\d]*$`)
	eraBase = map[string]int{"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018,
		"M": 1867, "T": 1911, "S": 1925, "H": 1988, "R": 2018}
)

// The years that a book in a library can be of.
const firstYear, lastYear = 500, 2100

// parseYear finds the year of publication in a text such as "1957（昭和32）年5月20日",
// "c1998", "[2006]", "20190405" or "平成元年". It returns 0 where the text is empty
// or says that the year is not known; ok is false where it says no year at all.
func parseYear(s string) (year int, ok bool) {
	s = narrow(s)
	if s == "" || noYear.MatchString(s) {
		return 0, true
	}
	for _, d := range digits.FindAllString(s, -1) {
		if n := len(d); n == 4 || n == 6 || n == 8 {
			if y, _ := strconv.Atoi(d[:4]); y >= firstYear && y <= lastYear {
				return y, true
			}
		}
	}
	if m := era.FindStringSubmatch(s); m != nil {
		n := 1
		if m[2] != "元" {
			n, _ = strconv.Atoi(m[2])
		}
		if y := eraBase[m[1]] + n; n > 0 && y <= lastYear {
			return y, true
		}
	}
	return 0, false
}

var ndcNumber = regexp.MustCompile(`^([KEYRkeyr児絵]?)[ ．.]?(\d{1,3}(?:\.\d+)?)`)

// parseNDC reads a class number of the Nippon Decimal Classification: "913.6",
// "NDC K913". juvenile tells a letter for children's books before it.
func parseNDC(s string) (number string, juvenile, ok bool) {
	m := ndcNumber.FindStringSubmatch(narrow(s))
	if m == nil {
		return "", false, false
	}
	return m[2], m[1] != "" && strings.Contains("KkEe児絵", m[1]), true
}

var isbnText = regexp.MustCompile(`[0-9][0-9Xx \-‐−–]{8,}`)

// isbnCandidate cuts the number out of a text such as "978-4-00-310101-8 (上) : 700円".
func isbnCandidate(s string) string {
	return strings.NewReplacer("–", "", " ", "").Replace(isbnText.FindString(norm.NFKC.String(s)))
}
