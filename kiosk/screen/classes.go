package screen

import (
	"madoguchi/assets/ndc"
)

// padded writes a class number as it stands on shelves: 9 is 900.
func padded(code string) string { return (code + "00")[:max(3, len(code))] }

// ndcLabel words a classification number: "913 小説".
func (v *visit) ndcLabel(number string) string {
	code, label := ndc.Longest(number, v.lang())
	if label == "" {
		return number
	}
	if len(number) < 3 {
		number = padded(code)
	}
	return number + " " + label
}
