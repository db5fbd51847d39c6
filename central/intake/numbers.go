package intake

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"madoguchi/library"
)

const (
	noClass    = "the class number is not one of the NDC and was left out"
	noLanguage = "the language is not known and was left out"
)

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

var (
	// ndcLabel is the name of the classification, before or behind a number, with its
	// edition where that is set apart: "NDC8:", "NDC(9)", "NDC 10版", "NDC9 ".
	ndcLabel   = regexp.MustCompile(`(?i)\(?\s*\bNDC(?:\s*\(?(?:新訂)?(?:10|[1-9])版?\)?\s*:|\s*\((?:新訂)?(?:10|[1-9])版?\)|\s*(?:新訂)?(?:10|[1-9])版\)?|(?:10|[1-9])(?:\s|\)|$)|\s*:?)`)
	ndcFurther = regexp.MustCompile(`^[ /]+([KEYRkeyr児絵]? ?\d{3}(?:\.\d+)?)(?:$|[ /])`)
)

// classNumbers reads the NDC numbers of a cell: "NDC 913.6", "K913; 726.6", "NDC9:375.72".
// What stands behind a number, such as the author's mark of a call number, does not count.
func classNumbers(cell string) (numbers []string, juvenile, ok bool) {
	ok = true
	for _, s := range strings.FieldsFunc(narrow(cell), func(r rune) bool { return strings.ContainsRune(";,、|", r) }) {
		if s = strings.TrimSpace(ndcLabel.ReplaceAllString(s, " ")); s == "" {
			continue
		}
		n, k, good := parseNDC(s)
		if !good {
			ok = false
			continue
		}
		for {
			numbers = appendNew(numbers, n)
			juvenile = juvenile || k
			if i := strings.IndexAny(s[1:], " /"); i >= 0 {
				s = s[1+i:]
			} else {
				break
			}
			m := ndcFurther.FindStringSubmatch(s)
			if m == nil {
				break
			}
			n, k, _ = parseNDC(m[1])
		}
	}
	return numbers, juvenile, ok
}

var (
	isbnText   = regexp.MustCompile(`[0-9][0-9Xx \-‐‑–—―−ー]{8,}`)
	isbnDashes = strings.NewReplacer("–", "", "—", "", "―", "", "‐", "", "‑", "", "−", "", "ー", "", "-", "", " ", "")
)

const (
	wrongISBN = "the ISBN is wrong and was left out"
	musicISBN = "it is the number of printed music (ISMN) and no ISBN, and was left out"
)

// readISBNs finds the ISBNs in a text such as "978-4-00-310101-8 (上) : 700円" or
// "ISBN4-10-101003-7 / 978-4-10-101003-8". fault and value are of the last one that is none.
func readISBNs(s string) (isbns []string, fault, value string) {
	s = norm.NFKC.String(s)
	for _, text := range isbnText.FindAllString(s, -1) {
		candidates := []string{text}
		if len(isbnDashes.Replace(text)) > 13 {
			candidates = strings.Fields(text) // several
		}
		for _, c := range candidates {
			number := isbnDashes.Replace(c)
			isbn, ok := library.ParseISBN(number)
			switch {
			case strings.HasPrefix(number, "9790"):
				fault, value = musicISBN, strings.TrimSpace(c)
			case ok:
				isbns = appendNew(isbns, isbn)
			default:
				fault, value = wrongISBN, strings.TrimSpace(c)
			}
		}
	}
	return isbns, fault, value
}
