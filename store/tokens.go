package store

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"madoguchi/library/kana"
)

// The index holds tokens of several kinds. Text is cut into single characters,
// pairs and, of one script, triples; a token of another kind begins
// with its mark, a private-use character, which no folded text contains.
const (
	markReading   = "\uE000" // the beginning of a key of a reading
	markLoose     = "\uE001" // the same of its loose key, where the key does not begin so
	markWord      = "\uE002" // the beginning of a Latin word
	markNDC       = "\uE003" // digits of an NDC number from its start
	markBranch    = "\uE004"
	markKind      = "\uE005"
	markLanguage  = "\uE006"
	markJuvenile  = "\uE007"
	markPublisher = "\uE008" // a character of a publisher's name
	markRun       = "\uE009" // the beginning of Latin words written together, see run.go
	markOwn       = "\uE00A" // the number of a volume of a work
	markSeries    = "\uE00B" // the number in a series
	markWhole     = "\uE00C" // a whole word of a title or creator, see words.go
	markNone      = "\uE0FF" // of no token
)

// knownBeginning reports whether the index knows the beginning of so many letters of a
// key or a Latin word. A longer one than is known is looked for by the longest that
// is, and checked.
func knownBeginning(letters int) bool {
	return letters <= 8 || letters == 10 || letters == longestBeginning
}

const longestBeginning = 12

// tokenSet gathers the tokens of one bib, each once, in the order of first use.
type tokenSet struct {
	seen map[string]bool
	list []string
}

func (t *tokenSet) add(token string) {
	token = indexable(token)
	if !t.seen[token] {
		t.seen[token] = true
		t.list = append(t.list, token)
	}
}

// tokens returns the tokens of a stored row, parted by spaces. It depends on
// nothing but these columns: to take a row out of the index exactly the tokens
// that went in must be named again.
func (r *row) tokens() string {
	t := tokenSet{seen: make(map[string]bool, 128)}
	f := splitFolded(r.folded)
	for section := range f {
		for _, value := range f.values(section) {
			if section < readTitle {
				cutText(value, t.add)
			} else {
				cutReading(value, t.add)
			}
			switch section {
			case inTitle, inCreator:
				cutWhole(value, t.add)
			case readTitle, readCreator:
				cutWholeReading(value, t.add)
			case inPublisher:
				cutPublisher(value, t.add)
			}
		}
	}
	for _, number := range strings.Fields(r.ndc) {
		for n := 1; n <= len(number); n++ {
			t.add(markNDC + number[:n])
		}
	}
	for _, branch := range strings.Fields(r.branches) {
		t.add(markBranch + branch)
	}
	for _, volume := range strings.Fields(r.volumes) {
		t.add(volumeToken(volume))
	}
	if r.kind != "" {
		t.add(markKind + r.kind)
	}
	if r.language != "" {
		t.add(markLanguage + r.language)
	}
	if r.juvenile {
		t.add(markJuvenile)
	}
	return strings.Join(t.list, " ")
}

// volumeToken is the token of one of the numbers of volumeNumbers.
func volumeToken(volume string) string {
	if number, own := strings.CutPrefix(volume, ownVolume); own {
		return markOwn + number
	}
	return markSeries + strings.TrimPrefix(volume, seriesVolume)
}

// cutText cuts a folded value into the tokens by which any part of it is found.
func cutText(value string, add func(string)) {
	var before2, before rune = ' ', ' '
	var at2, at int // where these two stand
	for i, r := range value {
		end := i + utf8.RuneLen(r)
		if r != ' ' {
			latin := kana.IsLatin(r)
			if !latin {
				add(value[i:end])
			}
			if latin && !kana.IsLatin(before) {
				addBeginnings(markWord, latinWord(value[i:]), add)
				addRuns(value[i:], add)
			}
			if before != ' ' {
				if !latin || !kana.IsLatin(before) {
					add(value[at:end])
				}
				if before2 != ' ' && triple(before2, before, r) {
					add(value[at2:end])
				}
			}
		}
		before2, before = before, r
		at2, at = at, i
	}
}

// cutPublisher cuts a folded publisher's name into its characters once more: most of
// them stand in many titles as well.
func cutPublisher(value string, add func(string)) {
	for _, r := range value {
		if publisherCharacter(r) {
			add(markPublisher + string(r))
		}
	}
}

func publisherCharacter(r rune) bool { return r != ' ' && !kana.IsLatin(r) }

// triple reports whether three characters are kept together in the index.
func triple(a, b, c rune) bool {
	return kana.IsLatin(a) && kana.IsLatin(b) && kana.IsLatin(c) ||
		isHiragana(a) && isHiragana(b) && isHiragana(c) ||
		kana.IsKanji(a) && kana.IsKanji(b) && kana.IsKanji(c)
}

func isHiragana(r rune) bool { return r >= 'ぁ' && r <= 'ん' }

// cutReading cuts a folded reading into the beginnings of its keys.
func cutReading(reading string, add func(string)) {
	for _, key := range kana.Keys(reading) {
		addBeginnings(markReading, key, add)
		if loose := kana.Loose(key); loose != key {
			addBeginnings(markLoose, loose, func(token string) {
				if !strings.HasPrefix(key, token[len(markLoose):]) {
					add(token)
				}
			})
		}
	}
}

func addBeginnings(mark, key string, add func(string)) {
	n := 0
	for i, r := range key {
		if n == longestBeginning {
			break
		}
		if n++; knownBeginning(n) {
			add(mark + key[:i+utf8.RuneLen(r)])
		}
	}
}

// latinWord is the Latin word that text begins with.
func latinWord(text string) string {
	if end := strings.IndexFunc(text, func(r rune) bool { return !kana.IsLatin(r) }); end >= 0 {
		return text[:end]
	}
	return text
}

// begin returns the longest beginning of a word that the index knows, and whether it
// is the whole word.
func begin(word string) (head string, whole bool) {
	n := 0
	for i, r := range word {
		if n++; knownBeginning(n) {
			head = word[:i+utf8.RuneLen(r)]
		}
	}
	return head, head == word
}

// indexable writes a token so that FTS5's ascii tokenizer takes it for one and
// keeps it as it is: other ASCII than small letters and digits is moved into the
// private-use area.
func indexable(token string) string {
	for i := range len(token) {
		if !plainByte(token[i]) {
			return strings.Map(func(r rune) rune {
				if r < utf8.RuneSelf && !plainByte(byte(r)) {
					return 0xE100 + r
				}
				return r
			}, token)
		}
	}
	return token
}

func plainByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= utf8.RuneSelf
}

// quoted is a token in a query of FTS5.
func quoted(token string) string { return fmt.Sprintf(`"%s"`, indexable(token)) }
