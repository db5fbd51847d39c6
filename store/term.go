package store

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// fields says which sections of a bib's folded text a word may be in.
type fields struct {
	text    []int
	reading []int
}

var (
	anywhere     = fields{[]int{inTitle, inCreator, inPublisher, inSubject, inSeries}, []int{readTitle, readCreator, readSubject, readSeries}}
	inTitles     = fields{[]int{inTitle}, []int{readTitle}}
	inCreators   = fields{[]int{inCreator}, []int{readCreator}}
	inPublishers = fields{[]int{inPublisher}, nil}
	inSubjects   = fields{[]int{inSubject}, []int{readSubject}}
)

// A term is one word of a query: a bib meets it by any of its ways.
type term []way

// way is one way to read a word: as part of a text, as the beginning of a reading,
// or as the beginning of an NDC number.
type way struct {
	as   wayKind
	want string     // folded text, key, loose key, or digits
	in   []int      // sections
	head *latinHead // which a text must have besides; nil: none
}

type wayKind int

const (
	asText wayKind = iota
	asWord         // a Latin word begins so; asText finds it inside words as well
	asRun          // part of a text whose Latin words are written together
	asReading
	asLooseReading
	asWholeWord // see words.go
	asWholeReading
	asWholeLooseReading
	asNDC
	asVolume // it is a volume of this number, of its work or a series
)

// met reports whether the row has what the way asks for.
func (w way) met(r *row, f *folded) bool {
	if w.as == asNDC {
		return slices.ContainsFunc(strings.Fields(r.ndc), func(n string) bool { return strings.HasPrefix(n, w.want) })
	}
	if w.as == asVolume {
		return r.isVolume(ownVolume, w.want) || r.isVolume(seriesVolume, w.want)
	}
	if w.head != nil && !w.head.met(f) {
		return false
	}
	for _, section := range w.in {
		if f[section] == "" {
			continue
		}
		switch w.as {
		case asText:
			if containsWord(f[section], w.want) {
				return true
			}
			continue
		case asWord:
			if beginsWord(f[section], w.want) {
				return true
			}
			continue
		case asRun:
			if runsTogether(f[section], w.want) {
				return true
			}
			continue
		case asWholeWord:
			if hasWhole(f[section], w.want) {
				return true
			}
			continue
		}
		for rest := f[section]; rest != ""; {
			var value string
			value, rest, _ = strings.Cut(rest, valueMark)
			has := kana.HasKey
			if w.whole() {
				has = hasWholeReading
			}
			if has(value, w.want, w.as == asLooseReading || w.as == asWholeLooseReading) {
				return true
			}
		}
	}
	return false
}

// containsWord reports whether want is part of text; one or two Latin letters
// count only where a word begins.
func containsWord(text, want string) bool {
	if !startsOnly(want) {
		return strings.Contains(text, want)
	}
	return beginsWord(text, want)
}

// beginsWord reports whether a Latin word of text begins with want.
func beginsWord(text, want string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], want)
		if i < 0 {
			return false
		}
		at += i
		if wordBegins(text[:at]) {
			return true
		}
		at += len(want)
	}
}

// startsOnly reports whether a word is too short to be looked for inside others.
func startsOnly(word string) bool {
	n := 0
	for _, r := range word {
		if n++; n > 2 || !kana.IsLatin(r) {
			return false
		}
	}
	return true
}

// certain reports whether every bib that has the way's tokens meets it.
func (w way) certain() bool {
	everywhere := len(w.in) == len(anywhere.text) || len(w.in) == len(anywhere.reading)
	_, whole := begin(w.want)
	switch {
	case w.head != nil:
		return false
	case w.as == asNDC || w.as == asVolume:
		return true
	case w.as == asRun:
		return whole && everywhere && isLatinWord(w.want)
	case w.whole():
		return w.as != asWholeReading && len(w.in) == len(inTitlesAndCreators.text)
	case w.as != asText:
		return whole && everywhere
	}
	tokens := w.tokens()
	return len(tokens) == 1 && (everywhere && strings.TrimPrefix(tokens[0], markWord) == w.want || tokens[0] == markPublisher+w.want)
}

// alternatives returns the tokens that a bib by which the way is met has, all of one
// alternative.
func (w way) alternatives() (out []alternative) {
	head, _ := begin(w.want)
	switch w.as {
	case asNDC:
		out = []alternative{{markNDC + w.want}}
	case asVolume:
		out = []alternative{{markOwn + w.want}, {markSeries + w.want}}
	case asWord:
		out = []alternative{{markWord + head}}
	case asRun:
		out = runAlternatives(w.want)
	case asReading:
		out = []alternative{{markReading + head}}
	case asLooseReading: // loose beginnings are in the index only where they differ
		out = []alternative{{markLoose + head}, {markReading + head}}
	case asWholeWord:
		out = []alternative{{markWhole + w.want}}
	case asWholeReading, asWholeLooseReading:
		out = []alternative{{markWhole + kana.Loose(w.want)}}
	default:
		out = []alternative{w.tokens()}
	}
	if w.head != nil {
		for i := range out {
			out[i] = append(out[i], w.head.tokens()...)
		}
	}
	return out
}

// tokens returns tokens that every bib has by which a text way is met.
func (w way) tokens() []string {
	tokens := wordTokens(w.want)
	if !slices.Equal(w.in, inPublishers.text) {
		return tokens
	}
	const most = 4 // more do not narrow the search further
	var named []string
	for _, r := range w.want {
		if publisherCharacter(r) && len(named) < most && !slices.Contains(named, markPublisher+string(r)) {
			named = append(named, markPublisher+string(r))
		}
	}
	if len(tokens) == 1 && len(named) == 1 && markPublisher+tokens[0] == named[0] {
		return named
	}
	return append(tokens, named...)
}

// wordTokens returns tokens that every text with this word has.
func wordTokens(word string) []string {
	const most = 12 // more do not narrow the search further
	if startsOnly(word) {
		return []string{markWord + word}
	}
	runes := []rune(word)
	if len(runes) == 1 {
		return []string{word}
	}
	var out []string
	for i := 0; i < len(runes)-1 && len(out) < most; i++ {
		if i+2 < len(runes) && triple(runes[i], runes[i+1], runes[i+2]) {
			out = append(out, string(runes[i:i+3]))
			continue
		}
		if i > 0 && triple(runes[i-1], runes[i], runes[i+1]) {
			continue // the pair is part of the last triple
		}
		if !kana.IsLatin(runes[i]) || !kana.IsLatin(runes[i+1]) {
			out = append(out, string(runes[i:i+2]))
		}
	}
	return slices.Compact(out)
}

// termsOf reads what a patron typed into one field: a term for each word.
func termsOf(input string, in fields, ndc bool) []term {
	var out []term
	var latin []string  // the words just before
	var read [][]string // of those before, how each may stand in a reading
	for _, raw := range strings.FieldsFunc(norm.NFKC.String(input), unicode.IsSpace) {
		if digits, ok := ndcNumber(raw); ok && ndc {
			t := term{{as: asNDC, want: digits}}
			for i, word := range strings.Fields(kana.Fold(raw)) {
				if i > 0 {
					break // 913.6 is a number, not two words
				}
				if word == digits {
					t = append(t, way{as: asText, want: word, in: in.text})
				}
			}
			out, latin, read = append(out, t), nil, nil
			continue
		}
		long := strings.ContainsRune(raw, 'ー')
		others := otherwise(raw)
		words := strings.Fields(kana.Fold(raw))
		for i, word := range words {
			t := wordTerm(word, long, in)
			for _, other := range others {
				if w := strings.Fields(other); len(w) == len(words) && w[i] != word {
					t = append(t, wordTerm(w[i], long, in)...)
				}
			}
			if latin = append(latin, word); isLatinWord(word) {
				t = append(t, joinedWays(latin, in)...)
			} else {
				latin = nil
			}
			t = append(t, joinedReadings(read, word, long, in)...)
			if parts := partsOfReading(word); len(parts) > 0 {
				read = append(read, parts)
			} else {
				read = nil
			}
			out = append(out, t)
		}
	}
	return out
}

// otherwise returns other folded spellings of what was typed: with umlauts written out,
// and with all sounds as the kana that have the same romaji where only some are.
func otherwise(raw string) (out []string) {
	if written, ok := kana.WriteOut(raw); ok {
		out = append(out, kana.Fold(written))
	}
	if respelled, ok := kana.RespellMixed(raw); ok {
		out = append(out, kana.Fold(respelled))
	}
	return out
}

// joinedReadings returns the ways to find a word in a reading that is catalogued without
// spaces: しんげき の きょじん in シンゲキノキョジン.
func joinedReadings(before [][]string, word string, lengthened bool, in fields) (out []way) {
	const most = 3 // words before, but for all
	ends := partsOfReading(word)
	if len(ends) == 0 {
		ends = []string{word} // romaji that are not all there yet
	}
	for i := len(before) - 1; i >= 0; i-- {
		ends = joinedParts(before[i], ends)
		if i > 0 && i < len(before)-most {
			continue
		}
		for _, joined := range ends {
			out = append(out, readingWays(joined, lengthened, in)...)
		}
	}
	return withoutSame(out)
}

// joinedParts joins each of the first with each of the second; few of many.
func joinedParts(first, second []string) (out []string) {
	const most = 16
	for _, a := range first {
		for _, b := range second {
			if len(out) < most {
				out = append(out, a+b)
			}
		}
	}
	return out
}

// withoutSame leaves out ways that are there already.
func withoutSame(ways []way) (out []way) {
	for _, w := range ways {
		if !slices.ContainsFunc(out, func(have way) bool {
			return have.as == w.as && have.want == w.want && have.head == nil && w.head == nil
		}) {
			out = append(out, w)
		}
	}
	return out
}

// partsOfReading returns how a word may stand in a reading with others behind it: as it
// is, and romaji in kana, of three or four letters either way; nothing for what is no part
// of one. Of two letters most are particles: no, to, wa.
func partsOfReading(word string) (out []string) {
	if isReading(word) {
		return []string{word}
	}
	for _, romaji := range withSyllabicN(word) {
		k, rest := kana.FromRomaji(romaji)
		switch {
		case k != "" && rest == "":
			out = append(out, kana.Fold(k))
		case k != "" && rest == "n":
			out = append(out, kana.Fold(k+"ん"))
		}
	}
	if isLatinWord(word) && (len(out) == 0 || len(word) > 2 && len(word) <= spelledLetters) {
		out = append(out, word)
	}
	return out
}

// ndcNumber reports whether a word may be an NDC number: three digits or more.
func ndcNumber(word string) (digits string, ok bool) {
	for i, r := range word {
		if (r < '0' || r > '9') && (r != '.' || i != 3) {
			return "", false
		}
	}
	digits = strings.ReplaceAll(word, ".", "")
	return digits, len(digits) >= 3 && len(digits) <= 8
}

func wordTerm(word string, lengthened bool, in fields) term {
	t := term{{as: asText, want: word, in: in.text}}
	if !startsOnly(word) && isLatinWord(word) {
		t = append(t, way{as: asWord, want: word, in: in.text})
	}
	if mayRun(word) {
		t = append(t, way{as: asRun, want: word, in: in.text})
	}
	return append(t, readingWays(word, lengthened, in)...)
}

// readingWays returns the ways to find a word as the beginning of a reading.
func readingWays(word string, lengthened bool, in fields) (out []way) {
	if len(in.reading) == 0 {
		return nil
	}
	for _, key := range readingKeys(word, lengthened) {
		as := asReading
		if key.loose {
			as = asLooseReading
		}
		out = append(out, way{as: as, want: key.key, in: in.reading})
	}
	return append(out, letteredWays(word, in)...)
}

func isLatinWord(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !kana.IsLatin(r) })
}

// typedKey is a key that a reading may begin with when it is what was typed.
type typedKey struct {
	key   string
	loose bool
}

// readingKeys reads folded input as the beginning of a reading: kana, romaji, or
// kana with the letters of an unfinished kana behind. lengthened says that a ー was
// in it, which may stand for any long vowel.
func readingKeys(word string, lengthened bool) []typedKey {
	head := strings.TrimRightFunc(word, func(r rune) bool { return r >= 'a' && r <= 'z' })
	if head != "" && !isReading(head) || strings.Trim(word, "0123456789") == "" {
		return nil
	}
	var out []typedKey
	if tail := word[len(head):]; tail == "" {
		out = append(out, typedKey{kana.Key(head), false})
	} else {
		for _, romaji := range withSyllabicN(tail) {
			for _, k := range kana.Expand(romaji) {
				out = append(out, typedKey{kana.Key(head + kana.Fold(k)), false})
				if respelled, ok := kana.RespellMixed(k); ok {
					out = append(out, typedKey{kana.Key(head + kana.Fold(respelled)), false})
				}
			}
		}
		if head != "" { // whole Latin words stand in readings too
			out = append(out, typedKey{kana.Key(word), false})
		}
		lengthened = lengthened || head == ""
	}
	for i, k := range out {
		// Romaji seldom tell long vowels: soseki. Where they do, they mean it.
		if lengthened && (head != "" || kana.Loose(k.key) == k.key) {
			out[i] = typedKey{kana.Loose(k.key), true}
		}
	}
	if other, ok := particles[word]; ok {
		out = append(out, typedKey{other, false})
	}
	return out
}

// isReading reports whether folded text may be the beginning of a reading: kana, and
// among them the digits and Latin words that readings are catalogued with, as in
// 2015ねん and cげんご.
func isReading(folded string) bool {
	read := !strings.ContainsFunc(folded, isLetter)
	for part := range strings.FieldsFuncSeq(folded, kana.IsLatin) {
		if !kana.IsKana(part) {
			return false
		}
		read = true
	}
	return read
}

// withSyllabicN returns romaji as it is, and once more for each n or nn before a vowel as
// if it were ん: renai is れんあい at least as often as れない, and keyboards write rennai.
func withSyllabicN(romaji string) []string {
	const most = 8
	isVowel := func(b byte) bool { return strings.IndexByte("aiueo", b) >= 0 }
	out := []string{romaji}
	for i := len(romaji) - 2; i > 0; i-- { // from the end, so that what is before stays in its place
		if romaji[i] != 'n' || !isVowel(romaji[i-1]) {
			continue
		}
		rest := strings.TrimPrefix(romaji[i+1:], "n")
		if rest == "" || !isVowel(rest[0]) && rest[0] != 'y' {
			continue
		}
		for _, s := range out[:min(len(out), most-len(out))] {
			out = append(out, s[:i+1]+"'"+strings.TrimPrefix(s[i+1:], "n"))
		}
	}
	return out
}

// particles are written in two ways when they stand alone.
var particles = map[string]string{"は": "わ", "わ": "は", "へ": "え", "え": "へ", "wa": "は", "e": "へ", "ha": "わ", "he": "え"}

// isbnIn returns the ISBN that the whole input is, hyphens, spaces and width aside.
func isbnIn(input string) (string, bool) {
	return library.ParseISBN(halfWidth(input))
}

func halfWidth(input string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '-', r == '‐', r == '‑', r == '–', r == '−', r == 'ー', r == '―':
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKC.String(input))
}
