package marc

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// ansel is the extended Latin set of MARC-8 from 0xA1 on: letters and signs as the
// Library of Congress maps them to Unicode, 0 where there is none.
var ansel = [0xC9 - 0xA1]rune{
	'Ł', 'Ø', 'Đ', 'Þ', 'Æ', 'Œ', 'ʹ', '·', '♭', '®', '±', 'Ơ', 'Ư', 'ʼ', 0, // A1 to AF
	'ʻ', 'ł', 'ø', 'đ', 'þ', 'æ', 'œ', 'ʺ', 'ı', '£', 'ð', 0, 'ơ', 'ư', 0, 0, // B0 to BF
	'°', 'ℓ', '℗', '©', '♯', '¿', '¡', 'ß', '€', // C0 to C8
}

// anselMarks are its marks from 0xE0 on. They stand before their letter; the second
// halves of those that span two letters say nothing new in Unicode.
var anselMarks = [0xFF - 0xE0]rune{
	0x309, 0x300, 0x301, 0x302, 0x303, 0x304, 0x306, 0x307, 0x308, 0x30C, 0x30A, ligature, secondHalf, 0x315, 0x30B, 0x310, // E0 to EF
	0x327, 0x328, 0x323, 0x324, 0x325, 0x333, 0x332, 0x326, 0x31C, 0x32E, doubleTilde, secondHalf, 0, 0, 0x313, // F0 to FE
}

const (
	ligature    = 0x361
	doubleTilde = 0x360
	secondHalf  = -1
)

// small are the superscripts, subscripts and Greek letters that an escape switches to.
var small = map[byte]map[byte]rune{
	'p': {'(': '⁽', ')': '⁾', '+': '⁺', '-': '⁻', '0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴', '5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹'},
	'b': {'(': '₍', ')': '₎', '+': '₊', '-': '₋', '0': '₀', '1': '₁', '2': '₂', '3': '₃', '4': '₄', '5': '₅', '6': '₆', '7': '₇', '8': '₈', '9': '₉'},
	'g': {'a': 'α', 'b': 'β', 'c': 'γ'},
}

// scripts are the other sets of MARC-8 by the last letter of their escape.
var scripts = map[byte]string{
	'1': "Chinese, Japanese and Korean (EACC)", '2': "Hebrew", '3': "Arabic", '4': "Arabic", 'N': "Cyrillic", 'Q': "Cyrillic", 'S': "Greek",
}

// ScriptError is what MARC8 says of a set of MARC-8 that it does not read.
type ScriptError struct {
	Script string // in English: "Hebrew"
}

func (e *ScriptError) Error() string {
	return "it has " + e.Script + " in MARC-8, of which only Latin letters are read"
}

// MARC8 reads text in the Latin sets of MARC-8 as composed Unicode (NFC). Sure tells
// that every mark makes a letter with the one behind it that some language has: it is
// false of most text in other encodings that happens to be possible. Text that
// cannot be MARC-8 is an error, and what is in another of its sets a *ScriptError.
func MARC8(text string) (_ string, sure bool, err error) {
	sure = true
	var out strings.Builder
	var marks []byte // that wait for their letter
	var set map[byte]rune
	put := func(r rune) {
		letter := string(r)
		for _, m := range marks {
			if c := anselMarks[m-0xE0]; c > 0 {
				letter += string(c)
			}
		}
		if len(marks) > 0 && !known(r, marks, norm.NFC.String(letter)) {
			sure = false
		}
		marks = marks[:0]
		out.WriteString(letter)
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == escape:
			n, to, err := escaped(text[i:])
			if err != nil {
				return "", false, err
			}
			set = to
			i += n - 1
		case set != nil && c > ' ' && c < 0x7F:
			r, ok := set[c]
			if !ok {
				return "", false, fmt.Errorf("%q stands among superscripts, subscripts or Greek letters", c)
			}
			put(r)
		case c < 0x80:
			put(rune(c))
		case c == 0x88 || c == 0x89 || c == 0x8D || c == 0x8E:
			// Where sorting begins and ends, and joiners, are nothing that is read.
		case c >= 0xA1 && c < 0xC9 && ansel[c-0xA1] != 0:
			put(ansel[c-0xA1])
		case c >= 0xE0 && c < 0xFF && anselMarks[c-0xE0] != 0:
			marks = append(marks, c)
		default:
			return "", false, fmt.Errorf("MARC-8 has no character 0x%X", c)
		}
	}
	if len(marks) > 0 {
		return "", false, errors.New("a mark stands at the end, before no letter")
	}
	return norm.NFC.String(out.String()), sure, nil
}

const escape = 0x1B

// escaped reads an escape sequence: how long it is, and the set that it switches to,
// nil for a Latin one.
func escaped(text string) (length int, set map[byte]rune, err error) {
	for _, latin := range []string{"\x1Bs", "\x1B(B", "\x1B,B", "\x1B)B", "\x1B-B", "\x1B(!E", "\x1B,!E", "\x1B)!E", "\x1B-!E"} {
		if strings.HasPrefix(text, latin) {
			return len(latin), nil, nil
		}
	}
	rest := strings.TrimLeft(text[1:min(len(text), 5)], "$(),-!")
	if rest == "" {
		return 0, nil, errors.New("an escape sequence is cut off")
	}
	if set := small[rest[0]]; set != nil && len(rest) == min(len(text), 5)-1 {
		return 2, set, nil
	}
	if script := scripts[rest[0]]; script != "" {
		return 0, nil, &ScriptError{Script: script}
	}
	return 0, nil, errors.New("its escape sequences are not those of MARC-8")
}

// known reports whether a letter with marks is one that is in use.
func known(base rune, marks []byte, composed string) bool {
	if !unicode.IsLetter(base) {
		return false
	}
	switch first := anselMarks[marks[0]-0xE0]; first {
	case ligature, doubleTilde, secondHalf:
		return unicode.IsLower(base) || unicode.IsUpper(base)
	}
	switch composed {
	case "r\u0325", "l\u0325", "R\u0325", "L\u0325", "m\u0310", "n\u0310":
		return true
	}
	return len([]rune(composed)) == 1
}
