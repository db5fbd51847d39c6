package library

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// NormalPhone returns a telephone number as it is stored and compared: its digits alone,
// full-width ones folded, and a Japanese number as it is dialled in Japan, however it
// was written: +81-90-1234-5678, +81(0)90…, 0081-90…, 010-81-90… and 819012345678 are
// 09012345678. Of another country's number remain the digits from the country code on.
func NormalPhone(s string) string {
	n := digitsOf(s)
	// What is dialled to reach another country, in Japan and elsewhere.
	for _, prefix := range []string{"010", "00"} {
		if rest, ok := strings.CutPrefix(n, prefix); ok && len(rest) >= fewestAbroad && subscriber(rest) {
			n = rest
			break
		}
	}
	if rest, ok := strings.CutPrefix(n, "81"); ok {
		rest = strings.TrimPrefix(rest, "0")
		if l := len(rest); (l == 9 || l == 10) && subscriber(rest) {
			n = "0" + rest
		}
	}
	return n
}

// digitsOf keeps the digits of a text, full-width ones folded.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, s)
}

// fewestAbroad is how many digits a number has at least that begins with a country code.
const fewestAbroad = 8

// subscriber reports whether a number, written behind a 0, would not begin as one of
// another country.
func subscriber(n string) bool { return n[0] != '0' && !strings.HasPrefix(n, "10") }

// PhoneFault is something that a text with telephone numbers has, in words that are the
// same for everybody: it tells nothing of the number.
type PhoneFault string

// What a text with telephone numbers can have.
const (
	PhoneDigits    PhoneFault = "a telephone number has too few or too many digits: it is left out"
	PhoneNone      PhoneFault = "a telephone number is one digit again and again: it is left out"
	PhoneMangled   PhoneFault = "a telephone number was made a number by a spreadsheet, and its digits are lost: it is left out; give the column the format text there"
	PhoneLostZero  PhoneFault = "a telephone number has lost the 0 at its beginning, as a spreadsheet does: it is put back"
	PhoneLocal     PhoneFault = "a telephone number has no area code: a patron who types it with one is not recognised by it"
	PhoneElsewhere PhoneFault = "a telephone number does not begin with 0: it is taken for one of another country, from the country code on"
)

var (
	phoneExtension = regexp.MustCompile(`(?i)(?:内線?|ext(?:ension)?\.?|x|#) ?:? ?\d[\d-]*`)
	areaCodeFirst  = regexp.MustCompile(`(^|[^\d)])\((\+?\d{1,5})\)[- ]*(\d)`)
	areaCodeWithin = regexp.MustCompile(`\((\d{1,5})\)-?(\d)`)
	phoneNote      = regexp.MustCompile(`[(\[<【〔「][^()\[\]<>【】〔〕「」]*[)\]>】〕」]`)
	phoneFloat     = regexp.MustCompile(`^(\d{5,})\.0+$`)
	phoneMangled   = regexp.MustCompile(`\+?\d(?:[.,]\d+)?E[-+]\d+`)
	phoneRun       = regexp.MustCompile(`\+?\d(?:[-. ]*\d)*`)
)

// ReadPhones reads the telephone numbers of a text as people write them: several in one,
// parted by a sign, a word or a space, with labels, extensions (内線) and notes in brackets,
// which are dropped. Each is as NormalPhone returns it, and there once. What had to be
// left out or mended is told in faults, each once. A text without digits, such as なし, has
// no number and no fault.
func ReadPhones(text string) (numbers []string, faults []PhoneFault) {
	s := strings.Map(func(r rune) rune {
		switch r {
		case '‐', '‑', '‒', '–', '—', '―', '−', 'ー':
			return '-'
		}
		return r
	}, norm.NFKC.String(text))
	if phoneMangled.MatchString(s) {
		s, faults = phoneMangled.ReplaceAllString(s, "|"), append(faults, PhoneMangled)
	}
	s = phoneFloat.ReplaceAllString(phoneExtension.ReplaceAllString(s, "|"), "$1")
	s = areaCodeWithin.ReplaceAllString(areaCodeFirst.ReplaceAllString(s, "$1$2-$3"), "-$1-$2")
	s = phoneNote.ReplaceAllStringFunc(s, func(note string) string {
		if len(digitsOf(note)) < 9 {
			return "|"
		}
		return note // it is another number, with a label maybe
	})
	for _, run := range phoneRun.FindAllString(s, -1) {
		for _, one := range splitPhones(strings.Fields(run)) {
			n, fault := readPhone(one)
			if fault != "" && !slices.Contains(faults, fault) {
				faults = append(faults, fault)
			}
			if n != "" && !slices.Contains(numbers, n) {
				numbers = append(numbers, n)
			}
		}
	}
	return numbers, faults
}

// splitPhones puts the groups of digits that spaces part together to numbers: 090 1234
// 5678 is one, 093-123-4567 090-1234-5678 are two.
func splitPhones(groups []string) (all []string) {
	for len(groups) > 0 {
		n := 1
		for n < len(groups) && !isDialled(NormalPhone(strings.Join(groups[:n], ""))) {
			n++
		}
		all, groups = append(all, strings.Join(groups[:n], "")), groups[n:]
	}
	return all
}

// isDialled reports whether digits are a whole number of Japan: 11 digits of mobile and IP
// telephones (090 080 070 060 050) and 0800, 10 of all others.
func isDialled(n string) bool {
	if len(n) < 10 || len(n) > 11 || n[0] != '0' || !subscriber(n[1:]) {
		return false
	}
	long := n[2] == '0' && n[1] >= '5'
	return long == (len(n) == 11)
}

// How many digits a number has at least, without its area code, and at most (E.164).
const fewestPhone, mostPhone = 5, 15

// readPhone reads one number; "" leaves it out.
func readPhone(text string) (number string, fault PhoneFault) {
	n := NormalPhone(text)
	l := len(n)
	switch {
	case l < fewestPhone || l > mostPhone:
		return "", PhoneDigits
	case strings.Trim(n, n[:1]) == "":
		return "", PhoneNone
	case isDialled(n):
		return n, ""
	case n[0] == '0':
		return "", PhoneDigits
	case l > fewestAbroad && strings.HasPrefix(n, "81"):
		return "", PhoneDigits
	case strings.HasPrefix(text, "+") || n != digitsOf(text):
		return n, ""
	case l <= fewestAbroad:
		return n, PhoneLocal
	case isDialled("0" + n):
		return "0" + n, PhoneLostZero
	}
	return n, PhoneElsewhere
}
