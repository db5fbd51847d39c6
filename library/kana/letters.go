package kana

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func isKana(r rune) bool {
	return r >= 'ぁ' && r <= 'ゖ' || isKatakana(r) || isRepeatedKana(r)
}

func isRepeatedKana(r rune) bool { return r == 'ゝ' || r == 'ゞ' || r == 'ヽ' || r == 'ヾ' }

// IsKana reports whether s is written in kana alone; spaces, ー and ・ are allowed.
func IsKana(s string) bool {
	any := false
	for _, r := range s {
		switch {
		case isKana(r):
			any = true
		case r == 'ー' || r == '・' || r == ' ' || r == '　':
		default:
			return false
		}
	}
	return any
}

func toHiragana(r rune) rune {
	switch {
	case r >= 'ァ' && r <= 'ヶ':
		return r - 'ァ' + 'ぁ'
	case r == 'ヷ':
		return 'ば'
	case r == 'ヸ':
		return 'び'
	case r == 'ヹ':
		return 'べ'
	case r == 'ヺ':
		return 'ぼ'
	}
	return r
}

// foldKana unites kana that are spelled in more than one way.
func foldKana(r rune) rune {
	switch r {
	case 'ぁ', 'ぃ', 'ぅ', 'ぇ', 'ぉ', 'っ', 'ゃ', 'ゅ', 'ょ', 'ゎ':
		return r + 1 // the large letter follows the small one
	case 'ぢ':
		return 'じ'
	case 'づ':
		return 'ず'
	case 'を':
		return 'お'
	case 'ゑ':
		return 'え'
	case 'ゕ', 'ゖ':
		return 'が'
	case 'ゐ':
		return 'い'
	}
	return r
}

// bRow folds the ゔ at i with the vowel after it and returns the index of the last
// letter used: ヴァ is ば, ヴ alone ぶ, ヴュ びゆ.
func bRow(in []rune, i int) (rune, int) {
	if i+1 < len(in) {
		switch toHiragana(in[i+1]) {
		case 'ぁ', 'あ':
			return 'ば', i + 1
		case 'ぃ', 'い':
			return 'び', i + 1
		case 'ぇ', 'え':
			return 'べ', i + 1
		case 'ぉ', 'お':
			return 'ぼ', i + 1
		case 'ゃ', 'ゅ', 'ょ':
			return 'び', i
		}
	}
	return 'ぶ', i
}

const (
	plain  = "かきくけこさしすせそたちつてとはひふへほう"
	voiced = "がぎぐげござじずぜぞだぢづでどばびぶべぼゔ"
)

// repeatKana writes out an iteration mark after before: いすゞ is いすず.
func repeatKana(before, mark rune) (rune, bool) {
	if !isKana(before) {
		return 0, false
	}
	switch mark {
	case 'ゝ', 'ヽ':
		return exchange(toHiragana(before), voiced, plain), true
	case 'ゞ', 'ヾ':
		return exchange(toHiragana(before), plain, voiced), true
	}
	return 0, false
}

func exchange(r rune, from, to string) rune {
	if i := strings.IndexRune(from, r); i >= 0 {
		return []rune(to[i:])[0]
	}
	return r
}

// rows has the kana that Fold leaves, by their vowel.
var rows = [5]string{
	"あかがさざただなはばぱまやらわ",
	"いきぎしじちにひびぴみり",
	"うくぐすずつぬふぶぷむゆる",
	"えけげせぜてでねへべぺめれ",
	"おこごそぞとどのほぼぽもよろ",
}

const vowels = "あいうえお"

// vowelOf returns the vowel of a folded kana, and 0 where it has none.
func vowelOf(r rune) rune {
	for v, row := range rows {
		if strings.ContainsRune(row, r) {
			return []rune(vowels)[v]
		}
	}
	return 0
}

// lengthens reports whether kana r only lengthens a syllable that ends in vowel.
func lengthens(vowel, r rune) bool {
	switch r {
	case 'う':
		return vowel == 'お' || vowel == 'う'
	case 'い':
		return vowel == 'い' || vowel == 'え'
	case 'あ', 'え', 'お':
		return vowel == r
	}
	return false
}

// letterNames are the names of the Latin letters, from a on.
var letterNames = [...]string{
	"えー", "びー", "しー", "でぃー", "いー", "えふ", "じー", "えいち", "あい", "じぇー", "けー", "える", "えむ",
	"えぬ", "おー", "ぴー", "きゅー", "あーる", "えす", "てぃー", "ゆー", "ぶい", "だぶりゅー", "えっくす", "わい", "ぜっと",
}

// Spell writes the names of Latin letters in their place, as they are read out in
// Japanese: b is びー.
func Spell(s string) string {
	var b strings.Builder
	for _, r := range s {
		if isLetter(r) {
			b.WriteString(letterNames[r-'a'])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// SpellOut writes out the letters that a reading has before kana, as they are read: in
// V チューバー and ITパスポート, but not in JAVASCRIPT ノ ホン, which is read otherwise. ok is
// false when there are none.
func SpellOut(reading string) (spelled string, ok bool) {
	const longest = 4
	in := []rune(norm.NFKC.String(reading))
	var b strings.Builder
	for i := 0; i < len(in); {
		n := i
		for n < len(in) && IsLatin(unicode.ToLower(in[n])) && !unicode.IsDigit(in[n]) {
			n++
		}
		if n == i {
			b.WriteRune(in[i])
			i++
			continue
		}
		rest := strings.TrimPrefix(string(in[n:]), " ")
		next, _ := utf8.DecodeRuneInString(rest)
		if word := strings.ToLower(string(in[i:n])); len(word) <= longest && isKana(next) && !strings.ContainsFunc(word, func(r rune) bool { return !isLetter(r) }) {
			b.WriteString(Spell(word))
			ok = true
		} else {
			b.WriteString(word)
		}
		i = n
	}
	return b.String(), ok
}

// umlauts are letters with the pair that stands for them where a keyboard lacks them.
var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ø", "oe", "å", "aa")

// WriteOut writes Märchen as maerchen. ok is false when there is no such letter.
func WriteOut(s string) (written string, ok bool) {
	s = strings.ToLower(norm.NFKC.String(s))
	written = umlauts.Replace(s)
	return written, written != s
}

// alike are signs that nobody tells apart.
var alike = strings.NewReplacer("♡", "♥", "❤", "♥", "☆", "★", "⭐", "★", "〜", "~", "…", "...", "‥", "..")

// Signs returns the form by which a text of signs only is compared, such as the title ?
// or ♥; "" where Fold leaves something of it.
func Signs(s string) string {
	if Fold(s) != "" {
		return ""
	}
	return alike.Replace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Cf, r), accent(r), r == utf8.RuneError:
			return -1
		case isHyphen(r), r == 'ー':
			return '-'
		case r == '’', r == '‘':
			return '\''
		case r == '”', r == '“':
			return '"'
		}
		return r
	}, norm.NFKC.String(s)))
}
