package intake

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	digits     = regexp.MustCompile(`\d+`)
	era        = regexp.MustCompile(`(明治|大正|昭和|平成|令和|(?:^|[\[(c ])[MTSHR明大昭平令])\.?\s*(元|\d{1,2})`)
	imperial   = regexp.MustCompile(`(?:皇紀|神武紀元|神武天皇即位紀元)\s*(\d{4})`)
	kanjiYear  = regexp.MustCompile(`[〇零一二三四五六七八九十百千]+`)
	noYear     = regexp.MustCompile(`(?i)^[\[(]?(刊年|出版年|発行年|書写年|刊行年|年)?(不明|不詳|未詳|なし|無し|n\.?d\.?|s\.?d\.?|unknown|[12]\d?\d?[-?_u]+|-+)[^\d]*$`)
	noBrackets = strings.NewReplacer("[", "", "]", "", "(", "", ")", "")

	// The eras: the year before their first one, and their last one, of which those of
	// the present have none.
	eras = map[string]struct{ before, last int }{
		"明": {1867, 45}, "大": {1911, 15}, "昭": {1925, 64}, "平": {1988, 31}, "令": {2018, 99},
		"M": {1867, 45}, "T": {1911, 15}, "S": {1925, 64}, "H": {1988, 31}, "R": {2018, 99},
	}
)

// The years that a book in a library can be of.
const firstYear, lastYear = 500, 2100

const (
	noSuchYear = "the year is none that can be read and was left out"
	yearTooFar = "the year is further off than next year and was left out"
)

// parseYear finds the year of publication in a text such as "1957（昭和32）年5月20日",
// "c1998", "[2006]", "20190405", "平成元年", "昭56", "二〇一九年" or "皇紀2600". It returns 0
// where the text is empty or says that the year is not known; ok is false where it says
// no year that can be read. It does not know what year it is now.
func parseYear(s string) (year int, ok bool) {
	s = narrow(s)
	if strings.TrimSpace(noBrackets.Replace(s)) == "" || noYear.MatchString(s) {
		return 0, true
	}
	s = kanjiYear.ReplaceAllStringFunc(s, kanjiNumber)
	if m := imperial.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n - 660, n-660 >= firstYear && n-660 <= lastYear
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
		if e := eras[eraOf(m[1])]; n > 0 && n <= e.last && e.before+n <= lastYear {
			return e.before + n, true
		}
	}
	return 0, false
}

// eraOf is the first letter of an era, without the bracket before it.
func eraOf(s string) string {
	for _, r := range strings.TrimLeft(s, "[(c ") {
		return string(r)
	}
	return ""
}

// kanjiNumber writes a number of kanji in digits: 二〇一九, 三十, 千九百九十八.
func kanjiNumber(s string) string {
	const numerals = "〇一二三四五六七八九"
	digit := func(r rune) int {
		if r == '零' {
			return 0
		}
		if i := strings.IndexRune(numerals, r); i >= 0 {
			return i / len("〇")
		}
		return -1
	}
	if !strings.ContainsAny(s, "十百千") {
		return strings.Map(func(r rune) rune { return '0' + rune(digit(r)) }, s)
	}
	sum, n := 0, 0
	for _, r := range s {
		unit := map[rune]int{'十': 10, '百': 100, '千': 1000}[r]
		if unit > 0 {
			sum, n = sum+max(n, 1)*unit, 0
		} else {
			n = n*10 + digit(r)
		}
	}
	return strconv.Itoa(sum + n)
}
