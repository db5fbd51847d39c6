package screen

import (
	"slices"
	"strconv"
	"strings"

	"madoguchi/library"
)

// joined joins what is not empty.
func joined(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), sep)
}

// grouped writes a number with commas: 1,204,386.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// hits words how many hits there are.
func (v *visit) hits(c library.Count) string {
	if c.More {
		return v.t("results.count_more", grouped(c.N))
	}
	return v.t("results.count", grouped(c.N))
}

// inGroups parts a number of ten digits as telephone numbers are, 123 456 7890: so it
// is read aloud and copied without losing the place.
func inGroups(digits string) string {
	if len(digits) != library.TemporaryDigits {
		return digits
	}
	return digits[:3] + " " + digits[3:6] + " " + digits[6:]
}

// tail is the end of what was typed: where the caret is.
func tail(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return "…" + string(r[len(r)-n:])
}
