package kana

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// syllables are the romaji of one or two kana in Hepburn and Kunrei spelling, and
// the usual ways to write foreign sounds. The spellings that only keyboards know
// are in typist.go.
const syllables = `
a:あ i:い u:う e:え o:お
ka:か ki:き ku:く ke:け ko:こ kya:きゃ kyu:きゅ kyo:きょ
sa:さ si:し su:す se:せ so:そ shi:し sha:しゃ shu:しゅ sho:しょ she:しぇ sya:しゃ syu:しゅ syo:しょ
ta:た ti:ち tu:つ te:て to:と chi:ち tsu:つ cha:ちゃ chu:ちゅ cho:ちょ che:ちぇ tya:ちゃ tyu:ちゅ tyo:ちょ tsa:つぁ tse:つぇ tso:つぉ
na:な ni:に nu:ぬ ne:ね no:の nya:にゃ nyu:にゅ nyo:にょ
ha:は hi:ひ hu:ふ he:へ ho:ほ fu:ふ hya:ひゃ hyu:ひゅ hyo:ひょ fa:ふぁ fi:ふぃ fe:ふぇ fo:ふぉ
ma:ま mi:み mu:む me:め mo:も mya:みゃ myu:みゅ myo:みょ
ya:や yu:ゆ yo:よ
ra:ら ri:り ru:る re:れ ro:ろ rya:りゃ ryu:りゅ ryo:りょ
wa:わ wi:うぃ we:うぇ wo:を
ga:が gi:ぎ gu:ぐ ge:げ go:ご gya:ぎゃ gyu:ぎゅ gyo:ぎょ
za:ざ zi:じ zu:ず ze:ぜ zo:ぞ ji:じ ja:じゃ ju:じゅ jo:じょ je:じぇ zya:じゃ zyu:じゅ zyo:じょ
da:だ di:ぢ du:づ de:で do:ど
ba:ば bi:び bu:ぶ be:べ bo:ぼ bya:びゃ byu:びゅ byo:びょ
pa:ぱ pi:ぴ pu:ぷ pe:ぺ po:ぽ pya:ぴゃ pyu:ぴゅ pyo:ぴょ
va:ゔぁ vi:ゔぃ vu:ゔ ve:ゔぇ vo:ゔぉ
dya:ぢゃ dyu:ぢゅ dyo:ぢょ
`

type syllable struct{ romaji, kana string }

// parseSyllables reads a list like the one above, in its order.
func parseSyllables(list string) []syllable {
	var out []syllable
	for _, f := range strings.Fields(list) {
		romaji, kana, _ := strings.Cut(f, ":")
		out = append(out, syllable{romaji, kana})
	}
	return out
}

// spelling is a table of syllables, in order and by their romaji.
type spelling struct {
	list   []syllable
	of     map[string]string
	sounds map[string]bool // of two kana
}

func newSpelling(lists ...string) *spelling {
	t := &spelling{of: map[string]string{}, sounds: map[string]bool{}}
	for _, l := range lists {
		t.list = append(t.list, parseSyllables(l)...)
	}
	for _, s := range t.list {
		t.of[s.romaji] = s.kana
		if utf8.RuneCountInString(s.kana) == 2 {
			t.sounds[s.kana] = true
		}
	}
	return t
}

var written = sync.OnceValue(func() *spelling { return newSpelling(syllables) })

// longest returns the longest syllable that s begins with.
func (t *spelling) longest(s string) (syllable, bool) {
	for n := min(4, len(s)); n > 0; n-- {
		if kana, ok := t.of[s[:n]]; ok {
			return syllable{s[:n], kana}, true
		}
	}
	return syllable{}, false
}

// begins reports whether s is the unfinished beginning of a syllable.
func (t *spelling) begins(s string) bool {
	return slices.ContainsFunc(t.list, func(x syllable) bool {
		return len(s) < len(x.romaji) && strings.HasPrefix(x.romaji, s)
	})
}

var macrons = strings.NewReplacer(
	"ā", "aa", "â", "aa", "ī", "ii", "î", "ii", "ū", "uu", "û", "uu", "ē", "ee", "ê", "ee", "ō", "ou", "ô", "ou",
	"a\u0304", "aa", "i\u0304", "ii", "u\u0304", "uu", "e\u0304", "ee", "o\u0304", "ou",
	"’", "'", "ʼ", "'")

// FromRomaji reads romaji as hiragana, in Hepburn or Kunrei spelling or as keyboards
// know them. rest is what remains from the first letter that makes no syllable yet, or never will; Expand
// tells which.
func FromRomaji(s string) (kana, rest string) {
	s = macrons.Replace(strings.ToLower(s))
	var b strings.Builder
	for s != "" {
		if syl, ok := typed().longest(s); ok && isRead(syl, b.String(), s[len(syl.romaji):]) {
			b.WriteString(syl.kana)
			s = s[len(syl.romaji):]
			if longO(b.String(), s) {
				s = s[1:]
			}
			continue
		}
		skip, out := special(s)
		if skip == 0 {
			break
		}
		b.WriteString(out)
		s = s[skip:]
	}
	return b.String(), s
}

// isRead reports whether a syllable is read between the kana before it and the letters
// after. Those that only keyboards know are not, where English words look so: this and who,
// before another vowel is there; taxi and gorilla, whose small kana would make no sound.
func isRead(syl syllable, before, after string) bool {
	if _, ok := written().of[syl.romaji]; ok {
		return true
	}
	if !isSmall(syl) {
		return before != "" || !beginsEnglish(syl.romaji) || strings.ContainsAny(after, "aiueo") && syl.kana != "てぇ"
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	switch syl.kana {
	case "っ":
		return after != ""
	case "ゎ", "ゕ", "ゖ":
		return before != ""
	}
	return typed().sounds[string(last)+syl.kana]
}

// isSmall reports whether a syllable is a small kana by itself.
func isSmall(syl syllable) bool { return syl.romaji[0] == 'x' || syl.romaji[0] == 'l' }

func beginsEnglish(romaji string) bool {
	return strings.HasPrefix(romaji, "th") || strings.HasPrefix(romaji, "wh")
}

// longO reports whether the h that s begins with is the one of Ohtani.
func longO(before, s string) bool {
	last := []rune(before)
	return len(s) > 1 && s[0] == 'h' && isConsonant(s[1]) && s[1] != 'y' && s[1] != 'h' && vowelOf(foldKana(last[len(last)-1])) == 'お'
}

// special reads what stands before a syllable: ん, っ and signs that part
// syllables. It returns how many letters it used.
func special(s string) (skip int, out string) {
	next := byte(0)
	if len(s) > 1 {
		next = s[1]
	}
	switch c := s[0]; {
	case c == '-' || c == '\'':
		return 1, ""
	case c == 'n' && next == '\'':
		return 2, "ん"
	case s == "nn":
		return 2, "ん"
	case c == 'n' && next == 'n' && isConsonant(s[2]) && s[2] != 'y':
		return 2, "ん" // shinnbun
	case c == 'n' && (isConsonant(next) && next != 'y' || next == '-'):
		return 1, "ん"
	case c == 'm' && (next == 'b' || next == 'm' || next == 'p'):
		return 1, "ん" // shimbun
	case c == 't' && strings.HasPrefix(s[1:], "ch"):
		return 1, "っ" // matcha
	case isConsonant(c) && c == next && len(s) > 2 && written().begins(s[:1]):
		return 1, "っ"
	}
	return 0, ""
}

func isConsonant(c byte) bool {
	return c >= 'a' && c <= 'z' && !strings.ContainsRune("aiueo", rune(c))
}

// Expand returns the hiragana with which the readings begin that somebody who has
// typed the romaji s so far may be after: "nat" may become なた, なち, なつ, なて
// or なと. It returns nil for what is no romaji.
func Expand(s string) []string {
	kana, rest := FromRomaji(s)
	if rest == "" {
		if kana == "" {
			return nil
		}
		return []string{kana}
	}
	if len(rest) >= 2 && rest[0] == rest[1] && isConsonant(rest[0]) {
		kana, rest = kana+"っ", rest[1:]
	} else if rest == "tc" {
		kana, rest = kana+"っ", "c"
	}
	var out []string
	for _, syl := range typed().list {
		if strings.HasPrefix(syl.romaji, rest) && isExpected(syl, kana) {
			out = addPrefix(out, kana+syl.kana)
		}
	}
	if rest == "n" {
		out = append(out, kana+"ん")
	}
	return out
}

// isExpected reports whether a syllable may follow the kana before it when it is not yet
// whole. What only keyboards know for a single kana is rare, and would let wo and box
// begin too much.
func isExpected(syl syllable, before string) bool {
	if _, ok := written().of[syl.romaji]; ok {
		return true
	}
	return utf8.RuneCountInString(syl.kana) > 1 && (before != "" || !beginsEnglish(syl.romaji))
}

// addPrefix adds s unless something in list begins it already.
func addPrefix(list []string, s string) []string {
	for _, have := range list {
		if strings.HasPrefix(s, have) {
			return list
		}
	}
	list = slices.DeleteFunc(list, func(have string) bool { return strings.HasPrefix(have, s) })
	return append(list, s)
}
