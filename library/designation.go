package library

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"madoguchi/library/kana"
)

// A designation of a volume as people type it and as catalogues have it at the end of a
// title: 3, 第三巻, (上), vol. 3, だい3かん, 2024年9月号. It is read from text in small
// letters and hiragana of normal width, from its first letter to its last.

// designated is what a designation says.
type designated struct {
	volume string // in the words that VolumeKey knows
	marked bool   // a word or sign says that it is one: 第, 巻, vol., ( ), #
	sure   bool   // marked, so that it is hardly a part of a word: 3巻 and 第三巻, but not 三巻 or さんかん
	number bool   // no more than a number
	split  bool   // begins with 上, 中, 下, 前 or 後, and says more behind it: the 後第3巻 of 午後第3巻
	kana   bool   // begins with a word in kana, with which a title may end as well: だい3かん
	year   bool   // the year of a yearbook, with which a title may end as well: 2015年版, 平成26年度, 2016春夏
}

var yearOfVolume = regexp.MustCompile(`^((明治|大正|昭和|平成|令和)?([0-9]{1,4}|元)年(度|版|度版)?|[0-9]{4}(春夏|秋冬|春|夏|秋|冬)(号|版)?)$`)

// Words of designations, the longer before those they begin with.
var (
	beforeNumber = []string{"第", "巻の", "巻之", "巻", "卷", "其の", "其之", "その", "だい", "かん", "dai", "volume", "vols", "vol", "nos", "no", "part", "pt", "book", "bk", "#"}
	afterNumber  = []string{"巻目", "冊目", "巻", "卷", "号", "號", "集", "輯", "冊", "册", "部", "編", "篇", "回", "期", "話", "かん", "ごう", "しゅう", "さつ", "ぶ", "へん", "kan", "gou", "satsu", "shuu"}
	afterOrdinal = []string{"の巻", "巻", "卷", "冊", "册", "編", "篇", "かん", "kan"}
	ordinals     = []struct{ typed, volume string }{
		{"上", "上"}, {"中", "中"}, {"下", "下"}, {"前", "前"}, {"後", "後"}, {"別巻", "別"},
		{"ぜんぺん", "前"}, {"こうへん", "後"}, {"じょう", "上"}, {"ちゅう", "中"}, {"げ", "下"}, {"うえ", "上"}, {"した", "下"},
	}
	brackets = "()[]<>{}「」『』【】〈〉《》〔〕"
)

// lastLetters are those with which a designation may end.
const lastLetters = "0123456789〇零一壱壹二弐貳三参參四五六七八九十拾百千ivxnu)]>}」』】〉》〕巻卷号號集輯冊册部編篇回期話目上中下前後月んうつぶげえた年度版春夏秋冬"

// longestDesignation is how many letters a designation has at most.
const longestDesignation = 20

// designation reads the whole of in as the designation of a volume.
func designation(in []rune) (d designated, ok bool) {
	s := string(in)
	if year := strings.Trim(s, " "+brackets); yearOfVolume.MatchString(year) {
		return designated{volume: year, marked: true, sure: true, year: true}, true
	}
	var volume strings.Builder
	parts, dated, issue, bracketed, plain := 0, false, false, false, true
	before, after := false, true // a word stands before the next number; another number may follow
	inOrder := true              // 上, 中 or 下 may follow
	cut := func(words []string) (string, bool) {
		for _, w := range words {
			if strings.HasPrefix(s, w) {
				s = s[len(w):]
				return w, true
			}
		}
		return "", false
	}
	for s != "" {
		r, _ := utf8.DecodeRuneInString(s)
		switch {
		case strings.ContainsRune(brackets, r):
			s, bracketed, after = s[len(string(r)):], true, true
			continue
		case r == ' ' && (parts == 0 || after):
			s = s[1:]
			continue
		case r == '-' && parts > 0 && len(s) > 1:
			s, after = s[1:], true
			continue
		}
		if word, is := cut(beforeNumber); is {
			if strings.HasSuffix(word, "l") || strings.HasPrefix(word, "no") || strings.HasPrefix(word, "vol") {
				s = strings.TrimPrefix(s, ".")
			}
			if parts == 0 && !before {
				d.kana = isKanaWord(word) && word != "その"
			}
			before, after, plain, d.marked = true, true, false, true
			continue
		}
		ordinal := false
		for _, o := range ordinals {
			if strings.HasPrefix(s, o.typed) {
				s, ordinal = s[len(o.typed):], true
				volume.WriteString(o.volume + " ")
				word, is := cut(afterOrdinal)
				spelled := isKanaWord(o.typed)
				d.split = d.split || parts == 0 && !is
				d.kana = d.kana || parts == 0 && spelled
				d.marked = d.marked || is || bracketed || o.volume == "別" || len(o.typed) > len("じょう")
				d.sure = d.sure || (is && !isKanaWord(word) || o.volume == "別") && !spelled
				break
			}
		}
		if ordinal && !inOrder {
			return d, false
		}
		if ordinal {
			parts, inOrder, plain, after, before = parts+1, false, false, false, false
			continue
		}
		value, n, kind := spelledNumber([]rune(s))
		if n == 0 || parts > 0 && !after {
			return d, false
		}
		s = string([]rune(s)[n:])
		volume.WriteString(strconv.FormatInt(value, 10))
		if kind == kanaNumeral && parts == 0 {
			d.kana = true
		}
		if spaced := strings.TrimPrefix(s, " "); slices.ContainsFunc(afterNumber, func(w string) bool { return strings.HasPrefix(spaced, w) }) {
			s = spaced
		}
		word, is := cut(afterNumber)
		switch {
		case is:
			d.sure = d.sure || kind == digits || before && d.marked && kind == kanjiNumeral
			d.marked, plain, after = true, false, true
			issue = issue || word == "号"
		case kind == kanaNumeral && !before:
			return d, false
		case kind == digits && (strings.HasPrefix(s, "年") || strings.HasPrefix(s, "月")):
			volume.WriteString(s[:len("年")])
			if s = s[len("年"):]; strings.HasPrefix(s, "号") {
				s, issue = s[len("号"):], true
			}
			dated, plain, after, d.marked = true, false, true, true
		default:
			d.sure = d.sure || before && d.marked && kind == digits
			after = before
		}
		volume.WriteByte(' ')
		parts, before, inOrder = parts+1, false, true
	}
	if bracketed {
		d.marked, d.sure = true, true
	}
	d.volume, d.number = strings.TrimSpace(volume.String()), plain && parts == 1 && !bracketed
	const most = 4
	d.split = d.split && parts > 1
	return d, parts > 0 && parts <= most && !before && (!dated || issue || strings.Contains(d.volume, "年") && strings.Contains(d.volume, "月"))
}

// The ways to write a number.
type numeral int

const (
	digits numeral = iota
	kanjiNumeral
	romanNumeral
	kanaNumeral
)

// spelledNumber reads the number that in begins with and says how many letters it takes;
// 0 where there is none.
func spelledNumber(in []rune) (value int64, n int, kind numeral) {
	for n < len(in) && in[n] >= '0' && in[n] <= '9' {
		n++
	}
	const longest = 6
	switch value, taken := volumeNumber(in); {
	case n > longest:
		return 0, 0, digits
	case n > 0:
		return value, n, digits
	case taken > 0:
		return value, taken, kanjiNumeral
	}
	for n < len(in) && latin(in[n]) {
		n++
	}
	if value, ok := romanNumber(string(in[:n])); ok {
		return value, n, romanNumeral
	}
	value, n = kanaNumber(string(in))
	return value, n, kanaNumeral
}

var kanaDigits = []struct {
	word  string
	value int64
}{{"いち", 1}, {"いっ", 1}, {"さん", 3}, {"よん", 4}, {"ろく", 6}, {"ろっ", 6}, {"しち", 7}, {"なな", 7}, {"はち", 8}, {"はっ", 8}, {"きゅう", 9}, {"に", 2}, {"し", 4}, {"ご", 5}}

// kanaNumber reads a number from 1 to 199 in hiragana: いち, にじゅうさん, ひゃくいち.
func kanaNumber(s string) (value int64, n int) {
	at := s
	if strings.HasPrefix(at, "ひゃく") {
		value, at = 100, at[len("ひゃく"):]
	}
	digit := func() (v int64) {
		for _, d := range kanaDigits {
			if strings.HasPrefix(at, d.word) {
				at = at[len(d.word):]
				return d.value
			}
		}
		return 0
	}
	ten := func() bool {
		for _, w := range []string{"じゅう", "じゅっ", "じっ"} {
			if strings.HasPrefix(at, w) {
				at = at[len(w):]
				return true
			}
		}
		return false
	}
	first := digit()
	if ten() {
		value += 10*max(first, 1) + digit()
	} else {
		value += first
	}
	return value, len([]rune(s)) - len([]rune(at))
}

func isKanaWord(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 'ぁ' || r > 'ん' })
}

// plainText is a text as designations are read from, and where each of its letters comes
// from: at[i] is the byte of the text at which the letter i stands, and at the end the
// length of the text.
type plainText struct {
	letters []rune
	at      []int
}

func plain(text string) (p plainText) {
	for start := 0; start < len(text); {
		end := start + max(1, norm.NFKC.NextBoundaryInString(text[start:], true))
		for _, r := range strings.ToLower(norm.NFKC.String(text[start:end])) {
			switch {
			case r >= 'ァ' && r <= 'ヶ':
				r -= 'ァ' - 'ぁ'
			case unicode.IsSpace(r):
				r = ' '
			case r == '‐' || r == '‑' || r == '–' || r == '−':
				r = '-'
			}
			p.letters, p.at = append(p.letters, r), append(p.at, start)
		}
		start = end
	}
	p.at = append(p.at, len(text))
	return p
}

// found is a designation that ends where a word of a plain text ends.
type found struct {
	designated
	from, to int  // letters
	word     bool // it begins where a word does
}

// endingAt returns the designations that end before a letter: the longest that is words
// of its own, then the longest that begins within a word, and where that one begins with
// a word in kana the next.
func (p plainText) endingAt(to int) (out []found) {
	if to == 0 || !strings.ContainsRune(lastLetters, p.letters[to-1]) {
		return nil
	}
	var own, within []found
	for from := max(0, to-longestDesignation); from < to; from++ {
		if !p.begins(from) {
			continue
		}
		d, ok := designation(p.letters[from:to])
		if !ok && latin(p.letters[from]) {
			d, ok = inRomaji(p.letters[from:to])
		}
		if !ok || d.split && from > 0 && p.letters[from-1] != ' ' {
			continue
		}
		f := found{d, from, to, from == 0 || p.letters[from-1] == ' '}
		switch {
		case f.word && len(own) == 0:
			own = append(own, f)
		case !f.word && len(own) == 0 && (len(within) == 0 || within[len(within)-1].kana):
			within = append(within, f)
		}
	}
	return append(own, within...)
}

// inRomaji reads words in romaji as a designation that says that it is one: daisankan.
func inRomaji(in []rune) (d designated, ok bool) {
	if !latin(in[len(in)-1]) {
		return d, false
	}
	var words []string
	for _, word := range strings.Fields(string(in)) {
		k, rest := kana.FromRomaji(word)
		if rest == "n" {
			k, rest = k+"ん", ""
		}
		if rest != "" {
			return d, false
		}
		words = append(words, k)
	}
	d, ok = designation([]rune(strings.Join(words, " ")))
	return d, ok && d.marked
}

// begins reports whether a designation may begin at a letter. It does not within a number
// or a Latin word, nor behind 全, which counts volumes.
func (p plainText) begins(at int) bool {
	r := p.letters[at]
	if r == ' ' || r == '-' {
		return false
	}
	if at == 0 {
		return true
	}
	before := p.letters[at-1]
	number := func(r rune) bool {
		_, n, kind := spelledNumber([]rune{r})
		return n > 0 && kind <= kanjiNumeral
	}
	switch {
	case before == '全' || strings.ContainsRune("/⁄.,-:+*%=&'第#", before):
		return false
	case strings.ContainsRune("([{<「『【〈《〔", before):
		return false
	case number(r) && number(before):
		return false
	case latin(r) && latin(before):
		return strings.HasPrefix(string(p.letters[at:]), "vol")
	case latin(r) && before >= '0' && before <= '9':
		return false
	}
	return true
}
