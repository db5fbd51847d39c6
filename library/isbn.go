package library

import "strings"

// ParseISBN reads an ISBN-10 or ISBN-13 with or without hyphens and spaces and
// returns its 13 digits; ok is false when the length or the check digit is wrong.
// Full-width digits are folded by the caller.
func ParseISBN(s string) (isbn13 string, ok bool) {
	s = strings.NewReplacer("-", "", " ", "", "‐", "", "−", "").Replace(s)
	switch len(s) {
	case 13:
		if (strings.HasPrefix(s, "978") || strings.HasPrefix(s, "979")) && allDigits(s) && isbn13Check(s[:12]) == s[12] {
			return s, true
		}
	case 10:
		if allDigits(s[:9]) && isbn10Check(s[:9]) == upper(s[9]) {
			d := "978" + s[:9]
			return d + string(isbn13Check(d)), true
		}
	}
	return "", false
}

// FormatISBN10 returns the ten-digit form of a 978 ISBN, and "" for a 979 one.
func FormatISBN10(isbn13 string) string {
	if len(isbn13) != 13 || !strings.HasPrefix(isbn13, "978") {
		return ""
	}
	d := isbn13[3:12]
	return d + string(isbn10Check(d))
}

func isbn13Check(d string) byte {
	sum := 0
	for i := range len(d) {
		w := 1
		if i%2 == 1 {
			w = 3
		}
		sum += w * int(d[i]-'0')
	}
	return byte('0' + (10-sum%10)%10)
}

func isbn10Check(d string) byte {
	sum := 0
	for i := range len(d) {
		sum += (10 - i) * int(d[i]-'0')
	}
	if c := (11 - sum%11) % 11; c < 10 {
		return byte('0' + c)
	}
	return 'X'
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func upper(b byte) byte {
	if b == 'x' {
		return 'X'
	}
	return b
}
