package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/width"
	"pgregory.net/rapid"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// TestAnySpellingFinds draws a bib and some words of it, as they are written or as they
// are read, and spells these by any chain of what people do: the other kana, small as
// large, another width, old kanji, a long vowel otherwise, romaji by any system, umlauts,
// marks, words together or apart. It finds the bib, and where the words begin the title
// this is suggested.
func TestAnySpellingFinds(t *testing.T) {
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		checks++
		b := drawWritten(rt)
		path := fmt.Sprintf("%s/%d.db", t.TempDir(), checks)
		others := titles("月の本|ツキ ノ ホン", "A Novel Bridge", "シンギング")
		if _, err := Build(t.Context(), path, testInfo, all(append(others, library.Record{Bib: b.bib}))); err != nil {
			rt.Fatal(err)
		}
		c, err := Open(path)
		if err != nil {
			rt.Fatal(err)
		}
		defer c.Close()
		for range 8 {
			q := b.drawQuery(rt)
			if got := find(t, c, library.Query{Words: q.typed}); !slices.Contains(got, string(b.bib.ID)) {
				rt.Errorf("%q does not find %q, read %q", q.typed, b.text, b.reading)
			}
			if q.in != "title" || !q.begins || q.read && (!endsInKana(q.typed) || b.latins() > 1) {
				continue
			}
			if got, err := c.Suggest(t.Context(), q.typed, 8); err != nil || !slices.Contains(texts(got), b.text) {
				rt.Errorf("%q suggests %q, %v; not %q, read %q", q.typed, texts(got), err, b.text, b.reading)
			}
		}
	})
}

// endsInKana reports whether there are no letters at the end: those may be of a word that
// the reading has by its name, and are no kana yet.
func endsInKana(s string) bool {
	folded := kana.Fold(s)
	last, _ := utf8.DecodeLastRuneInString(folded)
	return !isLetter(last)
}

// piece is a word of a heading: as it is written, and how it is read, in katakana.
type piece struct{ written, read string }

// latin reports whether it is written in Latin letters; then read are their names, or "".
func (p piece) latin() bool { return kana.IsLatin(foldedRune(p.written)) }

func foldedRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(kana.Fold(s))
	return r
}

// written is a bib with a heading of pieces.
type written struct {
	bib           library.Bib
	in            string // title, subtitle, creator or series
	text, reading string
	pieces        []piece
	spaced        bool // the reading is
	named         bool // the reading has letters by their names
}

var kanjiPieces = []piece{{"進撃", "シンゲキ"}, {"巨人", "キョジン"}, {"新聞", "シンブン"}, {"恋愛", "レンアイ"}, {"学校", "ガッコウ"}, {"東京", "トウキョウ"}, {"佐々木", "ササキ"},
	{"関ヶ原", "セキガハラ"}, {"渡辺", "ワタナベ"}, {"音楽", "オンガク"}, {"雑誌", "ザッシ"}, {"抹茶", "マッチャ"}, {"湯", "ユ"}, {"三日月", "ミカヅキ"}, {"氷", "コオリ"}, {"先生", "センセイ"}}

var particlePieces = []piece{{"の", "ノ"}, {"を", "オ"}, {"は", "ワ"}, {"と", "ト"}, {"へ", "エ"}}

var latinPieces = []string{"ONE", "Piece", "C", "X", "NHK", "Spider-Man", "Märchen", "Müller", "Don't", "jazz", "Straße", "Café", "Python", "Vol", "AI", "of", "Ångström", "Sørensen", "harmony", "QR"}

// drawKana draws a word of kana that there may be: sounds of the keyboard's.
func drawKana(rt *rapid.T) string {
	sounds := slices.Sorted(maps.Keys(keyboardForms()))
	var b strings.Builder
	for i := range rapid.IntRange(2, 5).Draw(rt, "sounds") {
		s := rapid.SampledFrom(sounds).Draw(rt, "sound")
		b.WriteString(s)
		switch rapid.IntRange(0, 8).Draw(rt, "then") {
		case 0:
			b.WriteString("ん")
		case 1:
			b.WriteString("ー")
		case 2:
			if i < 1 {
				b.WriteString("っか")
			}
		}
	}
	return inKatakana(b.String())
}

func inKatakana(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ぁ' && r <= 'ゖ' {
			return r - 'ぁ' + 'ァ'
		}
		return r
	}, s)
}

// keyboardForms are the sounds that the keyboard makes of letters, each with all the
// letters that make it.
var keyboardForms = sync.OnceValue(func() map[string][]string {
	forms := map[string][]string{}
	consonants := []string{"", "ts", "ch", "sh"}
	for _, a := range "bcdfghjkmnpqrstvwyz" {
		consonants = append(consonants, string(a))
		for _, b := range "yhwt" {
			consonants = append(consonants, string(a)+string(b))
		}
	}
	for _, consonant := range consonants {
		for _, vowel := range "aiueo" {
			var typist kana.Typist
			for _, r := range consonant + string(vowel) {
				typist.Type(r)
			}
			text := typist.Text()
			if kana.IsKana(text) && text != "ゔ" && !slices.Contains(forms[text], consonant+string(vowel)) && !strings.ContainsAny(text, "っん") {
				forms[text] = append(forms[text], consonant+string(vowel))
			}
		}
	}
	for sound, list := range forms { // てぃ is te and xi as well
		runes := []rune(sound)
		if len(runes) != 2 || !strings.ContainsRune("ぃぇ", runes[1]) {
			continue
		}
		for _, first := range forms[string(runes[:1])] {
			list = append(list, first+map[rune]string{'ぃ': "xi", 'ぇ': "le"}[runes[1]])
		}
		forms[sound] = list
	}
	return forms
})

func drawWritten(rt *rapid.T) *written {
	w := &written{in: rapid.SampledFrom([]string{"title", "title", "subtitle", "creator", "series"}).Draw(rt, "in")}
	unread := true
	for range rapid.IntRange(1, 5).Draw(rt, "pieces") {
		switch rapid.IntRange(0, 5).Draw(rt, "kind") {
		case 0, 1:
			w.pieces, unread = append(w.pieces, rapid.SampledFrom(kanjiPieces).Draw(rt, "kanji")), false
		case 2:
			if n := len(w.pieces); n > 0 && !w.pieces[n-1].latin() {
				w.pieces = append(w.pieces, rapid.SampledFrom(particlePieces).Draw(rt, "particle"))
				unread = false // a title of kana is read as it is written
			}
		case 3:
			k := drawKana(rt)
			w.pieces = append(w.pieces, piece{k, k})
		case 4, 5:
			w.pieces = append(w.pieces, piece{written: rapid.SampledFrom(latinPieces).Draw(rt, "latin")})
		}
	}
	if len(w.pieces) == 0 {
		w.pieces = []piece{{"湯", "ユ"}}
	}
	w.spaced, w.named = rapid.Bool().Draw(rt, "spaced"), rapid.Bool().Draw(rt, "named")
	var read []string
	for i, p := range w.pieces {
		if i > 0 && p.latin() && w.pieces[i-1].latin() {
			w.text += rapid.SampledFrom([]string{" ", " ", "/", " & "}).Draw(rt, "between")
		}
		w.text += p.written
		if p.latin() {
			w.pieces[i].read = inKatakana(kana.Spell(kana.Fold(p.written)))
			if p.read = p.written; w.named && (w.spaced || w.latins() == 1 && !isParticle(p.written)) && w.spellable(i) {
				p.read = w.pieces[i].read
			}
		}
		read = append(read, p.read)
	}
	if w.reading = strings.Join(read, ""); w.spaced {
		w.reading = strings.Join(read, " ")
	}
	if unread && rapid.Bool().Draw(rt, "unread") {
		w.reading = ""
	}
	b := library.Bib{ID: "wanted", Kind: library.Book, Title: "別の名", TitleReading: "ベツ ノ ナ", Language: "jpn"}
	switch w.in {
	case "title":
		b.Title, b.TitleReading = w.text, w.reading
	case "subtitle":
		b.Subtitle = w.text
	case "creator":
		b.Creators = []library.Creator{{Name: w.text, Reading: w.reading}}
	case "series":
		b.Series = []library.Series{{Title: w.text, Reading: w.reading}}
	}
	w.bib = b
	return w
}

// isParticle reports whether a Latin word is two letters of romaji, which stand for kana
// in a reading that is not parted.
func isParticle(latin string) bool {
	k, rest := kana.FromRomaji(strings.ToLower(latin))
	return len(latin) <= 2 && k != "" && rest == ""
}

// latins is how many words of it are Latin.
func (w *written) latins() (n int) {
	for _, p := range w.pieces {
		if p.latin() {
			n++
		}
	}
	return n
}

// spellable reports whether the piece's letters are read by their names: few, between
// words that are none of Latin letters.
func (w *written) spellable(i int) bool {
	p := w.pieces[i]
	return p.latin() && len(p.written) <= spelledLetters && !strings.ContainsFunc(strings.ToLower(p.written), func(r rune) bool { return !isLetter(r) }) &&
		i+1 < len(w.pieces) && !w.pieces[i+1].latin() && (i == 0 || !w.pieces[i-1].latin())
}

// askedAs is what is typed for a part of the heading.
type askedAs struct {
	typed, in string
	read      bool // it is what is read, not what is written
	begins    bool // it is the beginning of the heading
}

func (w *written) drawQuery(rt *rapid.T) askedAs {
	from := rapid.IntRange(0, len(w.pieces)-1).Draw(rt, "from")
	to := rapid.IntRange(from+1, len(w.pieces)).Draw(rt, "to")
	q := askedAs{in: w.in, begins: from == 0}
	if w.reading == "" || w.in == "subtitle" || rapid.Bool().Draw(rt, "as written") {
		q.typed = w.drawWriting(rt, from, to)
	} else {
		if !w.spaced {
			from, q.begins = 0, true
		}
		q.read, q.typed = true, w.drawReading(rt, from, max(to, from+1))
	}
	switch rapid.IntRange(0, 3).Draw(rt, "long") {
	case 0:
		q.typed = strings.ReplaceAll(q.typed, "ー", "")
	case 1:
		if long, ok := kana.Lengthen(q.typed); ok && q.read {
			q.typed = long
		}
	}
	switch rapid.IntRange(0, 3).Draw(rt, "width") {
	case 0:
		q.typed = width.Widen.String(q.typed)
	case 1:
		q.typed = width.Narrow.String(q.typed)
	}
	return q
}

var oldForms = strings.NewReplacer("関ヶ原", "關ケ原", "学", "學", "恋", "戀", "渡辺", "渡邊", "楽", "樂", "雑", "雜", "佐々木", "佐佐木")

// drawWriting spells pieces as they are written.
func (w *written) drawWriting(rt *rapid.T, from, to int) string {
	var b strings.Builder
	writtenOut := rapid.Bool().Draw(rt, "umlauts written out") // all or none
	for i, p := range w.pieces[from:to] {
		if i > 0 {
			between := []string{" ", "　", "-", "", "・"}
			if strings.Contains(w.pieces[from+i-1].written, "-") {
				between = between[:2] // no word of Spider-Man AI begins Man-AI
			}
			b.WriteString(rapid.SampledFrom(between).Draw(rt, "between"))
		}
		if p.latin() {
			b.WriteString(drawLatin(rt, p.written, writtenOut))
			continue
		}
		text := p.written
		if rapid.Bool().Draw(rt, "old") {
			text = oldForms.Replace(text)
		}
		if kana.IsKana(text) {
			text = drawKanaSpelling(rt, text)
		}
		b.WriteString(text)
	}
	return b.String()
}

// drawLatin spells a Latin word.
func drawLatin(rt *rapid.T, s string, writtenOut bool) string {
	if written, ok := kana.WriteOut(s); ok && writtenOut {
		return written
	}
	switch rapid.IntRange(0, 5).Draw(rt, "latin") {
	case 0:
		return strings.ToUpper(s)
	case 1:
		return strings.ToLower(s)
	case 2:
		return kana.Fold(s)
	case 3:
		return strings.ReplaceAll(s, "-", " ")
	}
	return s
}

var sameSound = [][2]string{{"ヴァ", "バ"}, {"ヴィ", "ビ"}, {"ヴェ", "ベ"}, {"ヴォ", "ボ"}, {"ヂ", "ジ"}, {"ヅ", "ズ"}, {"ヲ", "オ"}}

// drawKanaSpelling spells kana otherwise.
func drawKanaSpelling(rt *rapid.T, s string) string {
	for _, same := range sameSound {
		if strings.Contains(s, same[0]) && rapid.Bool().Draw(rt, "sound") {
			s = strings.ReplaceAll(s, same[0], same[1])
		}
	}
	if rapid.IntRange(0, 3).Draw(rt, "large") == 0 && !strings.ContainsAny(s, "ヴゔ") { // ヴヨ is two sounds
		s = strings.Map(func(r rune) rune {
			if strings.ContainsRune("ァィゥェォッャュョぁぃぅぇぉっゃゅょ", r) {
				return r + 1
			}
			return r
		}, s)
	}
	switch rapid.IntRange(0, 2).Draw(rt, "letters") {
	case 0:
		s = hiragana(s)
	case 1:
		s = inKatakana(s)
	}
	return s
}

// drawReading spells pieces as they are read, in kana or in romaji, whole or their
// beginning.
func (w *written) drawReading(rt *rapid.T, from, to int) string {
	inRomaji, respelled := rapid.Bool().Draw(rt, "romaji"), rapid.Bool().Draw(rt, "respelled") && w.latins() == 0
	read := func(s string) string {
		if respelled {
			s, _ = kana.Respell(s)
		}
		return drawKanaSpelling(rt, s)
	}
	var b strings.Builder
	for i := from; i < to; i++ {
		p := w.pieces[i]
		if i > from {
			space := rapid.SampledFrom([]string{"", " "}).Draw(rt, "between")
			if strings.Contains(w.pieces[i-1].written, "-") || inRomaji && (p.latin() || w.pieces[i-1].latin()) {
				space = " "
			}
			b.WriteString(space)
		}
		switch {
		case !inRomaji && w.spellable(i) && (w.spaced || w.latins() == 1) && i+1 < to && rapid.Bool().Draw(rt, "by name"):
			b.WriteString(drawKanaSpelling(rt, p.read))
		case p.latin():
			b.WriteString(drawLatin(rt, p.written, false))
		case inRomaji:
			b.WriteString(drawRomaji(rt, hiragana(p.read)))
		default:
			b.WriteString(read(p.read))
		}
	}
	return b.String()
}

// drawRomaji writes hiragana in letters that the keyboard makes it of.
func drawRomaji(rt *rapid.T, s string) string {
	forms := keyboardForms()
	var b strings.Builder
	double := false
	for runes := []rune(s); len(runes) > 0; {
		n := min(2, len(runes))
		list := forms[string(runes[:n])]
		if list == nil {
			n = 1
			list = forms[string(runes[:1])]
		}
		rest := runes[n:]
		switch {
		case runes[0] == 'っ':
			double = true
		case runes[0] == 'ー':
			b.WriteString(rapid.SampledFrom([]string{"-", ""}).Draw(rt, "long"))
		case runes[0] == 'ん':
			switch {
			case len(rest) == 0, strings.ContainsRune("なにぬねの", rest[0]):
				b.WriteString("n")
			case strings.ContainsRune("あいうえおやゆよ", rest[0]):
				b.WriteString(rapid.SampledFrom([]string{"n", "nn", "n'"}).Draw(rt, "n"))
			default:
				b.WriteString(rapid.SampledFrom([]string{"n", "nn"}).Draw(rt, "n"))
			}
		case len(list) == 0:
			rt.Fatalf("no letters make %s of %s", string(runes), s)
		default:
			if b.Len() == 0 { // at the start it is English
				list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "the" })
			}
			form := rapid.SampledFrom(list).Draw(rt, "form")
			if double && strings.ContainsRune("aiueon", rune(form[0])) {
				b.WriteString("xtu")
			} else if double {
				b.WriteString(form[:1])
			}
			double = false
			b.WriteString(form)
		}
		runes = rest
	}
	return b.String()
}
