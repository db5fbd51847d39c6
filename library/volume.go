package library

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// VolumeKey returns a text by which volume designations sort as they stand on the
// shelf, byte by byte: 上 before 中 before 下, 第3巻 before 第10巻, 三 before 十, and
// 別巻 or 総索引 after all others. The spellings of one number (1, １, 一, Ⅰ, 第1巻)
// have the same key.
func VolumeKey(volume string) string {
	in := []rune(strings.ToLower(norm.NFKC.String(volume)))
	var key strings.Builder
	for start := 0; start < len(in); {
		part, n := volumePart(in, start)
		key.WriteString(part)
		start += n
	}
	return key.String()
}

// Each part of a key begins with its class, so that parts of different classes
// never mix. What is absent sorts first: 上 before 上-2.
const (
	classOrdinal = "1" // words that count
	classNumber  = "2"
	classText    = "5"
	classLast    = "9" // what follows the numbered volumes
)

// volumePart reads one part of the designation from start; its key is empty for
// what only says that this is a volume.
func volumePart(in []rune, start int) (key string, n int) {
	rest := in[start:]
	if latin(rest[0]) {
		n = 1
		for n < len(rest) && latin(rest[n]) {
			n++
		}
		return latinPart(string(rest[:n])), n
	}
	if value, n := volumeNumber(rest); n > 0 {
		return fmt.Sprintf("%s%012d", classNumber, value), n
	}
	s := string(rest)
	for i, w := range []string{"別", "補", "附", "付", "資料", "月報", "年表", "総目", "総索引", "索引"} {
		if strings.HasPrefix(s, w) {
			return fmt.Sprintf("%s%02d", classLast, i), len([]rune(w))
		}
	}
	if strings.HasPrefix(s, "その") {
		return "", 2
	}
	if strings.ContainsRune("第巻卷冊册集輯部編篇回号號期話之の其", rest[0]) {
		return "", 1
	}
	// In each word the letters count in their order. Words do not count against
	// each other, but a place of its own keeps 続 after 正 and before numbers.
	for i, word := range []string{"序首", "上中下", "前後", "天地人", "正続新", "甲乙丙丁戊己庚辛壬癸", "乾坤", "春夏秋冬", "本", "終"} {
		if j := strings.IndexRune(word, rest[0]); j >= 0 {
			return fmt.Sprintf("%s%02d%02d", classOrdinal, i, j/len("上")), 1
		}
	}
	if !unicode.IsLetter(rest[0]) {
		return "", 1
	}
	return classText + string(rest[0]), 1
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' }

// latinPart is the key of a run of Latin letters: nothing for "vol", a number for
// a Roman one, and otherwise the letters.
func latinPart(s string) string {
	switch s {
	case "vol", "vols", "volume", "no", "nos", "part", "pt", "book", "bk":
		return ""
	}
	if value, ok := romanNumber(s); ok {
		return fmt.Sprintf("%s%012d", classNumber, value)
	}
	return classText + s
}

// volumeNumber reads the number that in begins with, in digits or kanji numerals,
// and returns how many letters it takes; 0 when there is none.
func volumeNumber(in []rune) (value int64, n int) {
	const most = 999_999_999_999
	for n < len(in) && in[n] >= '0' && in[n] <= '9' {
		if value = value*10 + int64(in[n]-'0'); value > most {
			value = most
		}
		n++
	}
	if n > 0 {
		return value, n
	}
	return kanjiNumber(in)
}

// kanjiNumber reads both 二十一 and 二一.
func kanjiNumber(in []rune) (value int64, n int) {
	const most = 999_999_999_999
	var digits int64 = -1 // what stands before the next unit
	for n < len(in) {
		if d, ok := kanjiDigits[in[n]]; ok {
			digits = max(digits, 0)*10 + d
		} else if unit, ok := kanjiUnits[in[n]]; ok {
			if digits < 0 {
				digits = 1
			}
			value += digits * unit
			digits = -1
		} else {
			break
		}
		if value > most || digits > most {
			value, digits = most, 0
		}
		n++
	}
	return min(value+max(digits, 0), most), n
}

var kanjiDigits = map[rune]int64{
	'〇': 0, '零': 0, '一': 1, '壱': 1, '壹': 1, '二': 2, '弐': 2, '貳': 2, '三': 3, '参': 3, '參': 3,
	'四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
}

var kanjiUnits = map[rune]int64{'十': 10, '拾': 10, '百': 100, '千': 1000}

// romanNumber reads a Roman number from 1 to 39 in its usual spelling; L and C
// alone are more often letters.
func romanNumber(s string) (value int64, ok bool) {
	values := map[byte]int64{'i': 1, 'v': 5, 'x': 10}
	for i := range len(s) {
		v, ok := values[s[i]]
		if !ok {
			return 0, false
		}
		if i+1 < len(s) && v < values[s[i+1]] {
			v = -v
		}
		value += v
	}
	return value, value > 0 && value < 40 && roman(value) == s
}

func roman(v int64) string {
	var b strings.Builder
	for _, step := range []struct {
		value int64
		sign  string
	}{{10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"}} {
		for v >= step.value {
			b.WriteString(step.sign)
			v -= step.value
		}
	}
	return b.String()
}
