package screen

import (
	"strconv"

	"madoguchi/library"
)

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
