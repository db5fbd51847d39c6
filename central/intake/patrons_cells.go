package intake

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"madoguchi/library"
)

// parseDate reads a day as other systems write it; nothing is no day.
func parseDate(s string) (d library.Date, ok bool) {
	if s = narrow(s); s == "" {
		return library.Date{}, true
	}
	for _, layout := range []string{"2006-1-2", "2006/1/2", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 0 {
			return library.DateOf(t), true
		}
	}
	return library.Date{}, false
}

// How many digits a telephone number may have: from those without an area code to
// the longest international ones (E.164).
const minPhone, maxPhone = 5, 15

var severalPhones = regexp.MustCompile(`[;；,，、/／|｜\n]`)

// phones reads telephone numbers. A word without digits, such as なし, is none.
func phones(cell string) (numbers []string, ok bool) {
	for _, s := range severalPhones.Split(cell, -1) {
		n := library.NormalPhone(s)
		if n == "" {
			continue
		}
		if len(n) < minPhone || len(n) > maxPhone {
			return nil, false
		}
		numbers = appendNew(numbers, n)
	}
	return numbers, true
}

// email reads an e-mail address. Whether mail can be sent to it is another question:
// what the other system has is what the patron will see, and can mend.
func email(cell string) (address string, ok bool) {
	if address = narrow(cell); address == "" {
		return "", true
	}
	local, domain, ok := strings.Cut(address, "@")
	return address, ok && local != "" && domain != "" && !strings.ContainsAny(address, " ;<>") && !strings.Contains(domain, "@")
}

// blockWords are the words for blocks in other systems' files.
var blockWords = map[string]library.Block{
	"紛失": library.BlockLostCard, "カード紛失": library.BlockLostCard, "盗難": library.BlockLostCard,
	"延滞": library.BlockOverdue, "長期延滞": library.BlockOverdue, "督促": library.BlockOverdue,
	"停止": library.BlockStaff, "貸出停止": library.BlockStaff, "利用停止": library.BlockStaff, "要連絡": library.BlockStaff,
}

var severalBlocks = regexp.MustCompile(`[;；,，、/／|｜\s]+`)

// blocks reads the reasons why a patron may not be served.
func blocks(cell string) (all []library.Block, ok bool) {
	for _, s := range severalBlocks.Split(narrow(cell), -1) {
		b, known := blockWords[s]
		if !known {
			b = library.Block(strings.ToLower(s))
		}
		switch {
		case s == "":
		case !slices.Contains(library.Blocks, b):
			return nil, false
		default:
			all = append(all, b)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), true
}
