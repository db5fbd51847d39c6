package store

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// wishable are records to wish for.
type wishable struct {
	records []library.Record
	titles  map[string]map[library.BibID]bool // the bibs with a folded title
	volumes map[place]map[library.BibID]bool
}

func wishableOf(records []library.Record) wishable {
	w := wishable{records, map[string]map[library.BibID]bool{}, map[place]map[library.BibID]bool{}}
	for _, r := range records {
		b := r.Bib
		addTo(w.titles, titleKey(b), b.ID)
		addTo(w.volumes, volumeOf(b), b.ID)
	}
	return w
}

func titleKey(b library.Bib) string {
	if key := squeeze(kana.Fold(b.Title)); key != "" {
		return key
	}
	return norm.NFKC.String(b.Title)
}

func volumeOf(b library.Bib) place { return place{workOf(b), library.VolumeKey(b.Volume)} }

func addTo[K comparable](m map[K]map[library.BibID]bool, k K, id library.BibID) {
	if m[k] == nil {
		m[k] = map[library.BibID]bool{}
	}
	m[k][id] = true
}

// title is the wish for a bib of the same title as this one, in the first rows.
func (w wishable) title(kind, typed string, b library.Bib, rows int) wish {
	return wish{kind: kind, typed: typed, bibs: w.titles[titleKey(b)], works: map[string]bool{workOf(b): true}, rows: rows}
}

// asWritten returns the wishes for a record by its title as it is written.
func (w wishable) asWritten(r library.Record) (out []wish) {
	b := r.Bib
	title := norm.NFC.String(b.Title)
	if kana.Fold(title) == "" {
		return []wish{w.title("signs", title, b, firstPage)}
	}
	add := func(kind, typed string, rows int) {
		if typed != "" {
			out = append(out, w.title(kind, typed, b, rows))
		}
	}
	add("title", title, firstPage)
	if strings.ContainsFunc(title, unicode.IsDigit) && b.Volume == "" {
		add("number_first_row", title, 1)
		add("number_first_row", otherDigits(title), 1)
	}
	if spelled := germanUmlauts.Replace(title); spelled != title {
		add("umlauts", spelled, firstPage)
	}
	add("together", latinTogether(title), firstPage)
	add("split", apart(title), firstPage)
	return out
}

// asRead returns the wishes for a record by its reading. The family name is added to the
// first word, since one word begins the titles of dozens of others.
func (w wishable) asRead(r library.Record) (out []wish) {
	b := r.Bib
	reading := hiragana(b.TitleReading)
	add := func(kind, typed string) {
		if strings.TrimSpace(typed) != "" {
			out = append(out, w.title(kind, typed, b, firstPage))
		}
	}
	first := withFamily(r, firstWord(r))
	add("reading", first)
	add("romaji", hepburn.write(first))
	add("kunrei", kunrei.write(first))
	if together := strings.ReplaceAll(reading, " ", ""); together != reading && utf8.RuneCountInString(together) >= 6 {
		add("together", together)
		if strings.ContainsFunc(b.TitleReading, unicode.IsLetter) && strings.ContainsFunc(kana.Fold(reading), kana.IsLatin) {
			add("mixed", together)
			add("mixed", reading)
		}
	}
	add("latinkana", latinThenKana(b))
	return out
}

var germanUmlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss")

// otherDigits writes digits in the other width.
func otherDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r - '0' + '０'
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return r
	}, s)
}

// latinTogether runs the Latin words of a title together, "" where it has not two beside
// each other.
func latinTogether(title string) string {
	words := strings.Fields(strings.ToLower(norm.NFKC.String(title)))
	if len(words) < 2 || len(words) > 4 {
		return ""
	}
	for _, w := range words {
		if strings.ContainsFunc(w, func(r rune) bool { return r >= utf8.RuneSelf || !unicode.IsLetter(r) }) {
			return ""
		}
	}
	return strings.Join(words, "")
}

// apart writes the words of a title apart, where its letters change from one script to
// another and where a capital follows small letters; "" where they do not.
func apart(title string) string {
	var b strings.Builder
	last := rune(0)
	for _, r := range title {
		if last != 0 && unicode.IsLetter(last) && unicode.IsLetter(r) &&
			(scriptOf(last) != scriptOf(r) && (scriptOf(last) == latinScript || scriptOf(r) == latinScript || scriptOf(r) == kanjiScript) || unicode.IsLower(last) && unicode.IsUpper(r)) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	if b.String() == title {
		return ""
	}
	return b.String()
}

// latinThenKana types a title that begins with Latin letters, and of which the reading
// has them too, and goes on in kana without a space; "" for others.
func latinThenKana(b library.Bib) string {
	words := strings.Fields(norm.NFKC.String(b.TitleReading))
	if len(words) < 2 || !strings.HasPrefix(norm.NFKC.String(b.Title), words[0]) || strings.ContainsFunc(words[0], func(r rune) bool { return !kana.IsLatin(unicode.ToLower(r)) }) {
		return ""
	}
	return hiragana(words[0] + words[1])
}

// families returns the wishes for the creators of some records by the family name alone,
// each as it is read and as it is written: one of that name is to be the first that is
// suggested, or the second behind a title that is just this. By family name and the
// beginning of the other, just this creator is to be suggested.
func (w wishable) families(of []library.Record) (out []wish) {
	wishes := map[string]*wish{} // by what is typed
	add := func(kind, typed string, rows int, asked bool, c library.Creator, id library.BibID) {
		n := wishes[kind+typed]
		if n == nil && asked {
			n = &wish{kind: kind, typed: typed, rows: rows, bibs: map[library.BibID]bool{}}
			wishes[kind+typed] = n
		}
		if n != nil && typed != "" {
			n.names, n.bibs[id] = append(n.names, c.Name), true
		}
	}
	for i, r := range slices.Concat(of, w.records) {
		for _, c := range r.Bib.Creators {
			words := strings.FieldsFunc(hiragana(c.Reading), func(r rune) bool { return r == ' ' || r == ',' })
			if len(words) != 2 || utf8.RuneCountInString(words[0]) < 2 || !strings.ContainsFunc(c.Name, kana.IsKanji) || strings.ContainsFunc(words[0], unicode.IsUpper) {
				continue
			}
			asked := i < len(of)
			add("family", words[0], 2, asked, c, r.Bib.ID)
			add("family", hepburn.write(words[0]), 2, asked, c, r.Bib.ID)
			if family, _, parted := strings.Cut(c.Name, ", "); parted {
				add("family", family, 2, asked, c, r.Bib.ID)
			}
			if asked {
				add("creator_suggested", words[0]+head(words[1], 2), suggestions, true, c, r.Bib.ID)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(wishes)) {
		if n := wishes[key]; n.typed != "" {
			out = append(out, *n)
		}
	}
	return out
}

// volume returns the wishes for a record that is a volume, to stand in the first row,
// in each way in which people write its number.
func (w wishable) volume(r library.Record) (out []wish) {
	b := r.Bib
	for _, typed := range volumesTyped(b) {
		kind := "volume_first_row"
		if strings.HasSuffix(typed, "kan") && !strings.ContainsFunc(typed, unicode.IsDigit) {
			kind = "volume_spoken_in_romaji_first_row"
		}
		out = append(out, wish{kind: kind, typed: typed, bibs: w.volumes[volumeOf(b)], rows: 1})
	}
	return out
}

// volumesTyped returns the ways in which people ask for a volume: by the title, and by
// its reading.
func volumesTyped(b library.Bib) (out []string) {
	title, reading := norm.NFKC.String(b.Title), hiragana(b.TitleReading)
	written, spoken := volumeWays(b.Volume)
	last, _ := utf8.DecodeLastRuneInString(title)
	for _, way := range written {
		first, _ := utf8.DecodeRuneInString(way)
		out = append(out, b.Title+" "+way, b.Title+"　"+way)
		if !(unicode.IsLetter(first) && unicode.Is(unicode.Latin, first) && unicode.Is(unicode.Latin, last) || unicode.IsDigit(last)) {
			out = append(out, b.Title+way)
		}
	}
	if reading == "" {
		return out
	}
	for _, way := range spoken {
		out = append(out, reading+" "+way, strings.ReplaceAll(reading, " ", "")+way)
		if typed, number := hepburn.write(reading), hepburn.write(way); typed != "" && number != "" {
			out = append(out, typed+" "+number)
		}
	}
	return out
}

// volumeWays returns how people write a volume, and how they type it in kana.
func volumeWays(volume string) (written, spoken []string) {
	if ways := map[string]string{"上": "じょう", "中": "ちゅう", "下": "げ"}; strings.ContainsAny(volume, "上中下") {
		for v, read := range ways {
			if strings.HasPrefix(volume, v) {
				return []string{v, v + "巻", "(" + v + ")", "（" + v + "）", "（" + v + "巻）"}, []string{v, read + "かん", v + "かん"}
			}
		}
	}
	for v, read := range map[string]string{"前": "ぜんぺん", "後": "こうへん"} {
		if strings.HasPrefix(volume, v) {
			return []string{v, v + "編", v + "篇", "(" + v + "編)", "（" + v + "）"}, []string{read, v + "編"}
		}
	}
	var n int
	digits := strings.Trim(norm.NFKC.String(volume), "第巻集号vol.()# ")
	if _, err := fmt.Sscan(digits, &n); err != nil || n < 1 || n > 999 || fmt.Sprint(n) != digits {
		before, _, _ := strings.Cut(volume, "(") // nobody types what the catalogue explains
		return []string{strings.TrimSpace(before)}, nil
	}
	d := fmt.Sprint(n)
	wide, kanji := otherDigits(d), kanjiNumber(n)
	written = []string{
		d, wide, kanji, d + "巻", wide + "巻", kanji + "巻", "第" + d + "巻", "第" + wide + "巻", "第" + kanji + "巻", "第" + d + "集", d + "集", d + "号", "第" + d + "号", "巻" + d,
		"(" + d + ")", "（" + wide + "）", "#" + d, "＃" + wide, "vol." + d, "vol. " + d, "Vol." + d, "VOL." + d, "vol " + d, "Vol. " + wide, "no." + d, "No." + d, "No. " + d,
	}
	spoken = []string{d, d + "かん", wide + "かん", "だい" + d + "かん", d + "巻", "第" + d + "巻"}
	if read := spokenNumber(n); read != "" {
		spoken = append(spoken, read+"かん", "だい"+read+"かん")
	}
	return written, spoken
}

func kanjiNumber(n int) string {
	digits := []rune("〇一二三四五六七八九")
	part := func(n int, unit string) string {
		switch {
		case n == 0:
			return ""
		case n == 1 && unit != "":
			return unit
		}
		return string(digits[n]) + unit
	}
	return part(n/100, "百") + part(n/10%10, "十") + part(n%10, "")
}

// spokenNumber is a number up to 20 as it is said before かん, "" for others.
func spokenNumber(n int) string {
	ones := []string{"", "いっ", "に", "さん", "よん", "ご", "ろっ", "なな", "はち", "きゅう"}
	switch {
	case n < 10:
		return ones[n]
	case n == 10:
		return "じゅっ"
	case n < 20:
		return "じゅう" + ones[n-10]
	}
	return ""
}

// typos returns the wishes for a record by its reading with one wrong kana, and by a
// Latin title with a letter wrong, left out, doubled or exchanged with the next. Where
// that finds nothing, what the terminal offers instead counts.
func (w wishable) typos(r library.Record, random *rand.Rand) (out []wish) {
	add := func(kind, typed string) {
		if typed != "" {
			n := w.title(kind, typed, r.Bib, firstPage)
			n.near = true
			out = append(out, n)
		}
	}
	add("typo", mistyped(hiragana(strings.ReplaceAll(r.Bib.TitleReading, " ", "")), random))
	title := []rune(strings.ToLower(norm.NFKC.String(r.Bib.Title)))
	if slices.ContainsFunc(title, func(r rune) bool { return r != ' ' && (r < 'a' || r > 'z') }) {
		return out
	}
	var long []int // letters of words that are long enough
	for i := 0; i < len(title); {
		n := i
		for n < len(title) && title[n] != ' ' {
			n++
		}
		for k := i + 1; n-i >= 5 && k < n-1; k++ {
			long = append(long, k)
		}
		i = n + 1
	}
	if len(long) == 0 {
		return out
	}
	at := long[random.IntN(len(long))]
	before, letter, next, after := string(title[:at]), string(title[at]), string(title[at+1]), string(title[at+1:])
	add("typo_latin", before+after)
	add("typo_latin", before+letter+letter+after)
	add("typo_latin", before+string('a'+(title[at]-'a'+1)%26)+after)
	if letter != next {
		add("typo_latin", before+next+letter+string(title[at+2:]))
	}
	return out
}

func head(s string, n int) string {
	runes := []rune(s)
	return string(runes[:min(n, len(runes))])
}

// hiragana writes a reading as it is typed.
func hiragana(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ァ' && r <= 'ヶ' {
			return r - 'ァ' + 'ぁ'
		}
		return r
	}, s)
}

// firstWord is the reading of the first word of a title, of the first six where nobody
// made it, and of the first eight kana where the reading has no words.
func firstWord(r library.Record) string {
	words := strings.Fields(hiragana(r.Bib.TitleReading))
	switch {
	case len(words) == 0:
		return ""
	case family(r) == "":
		return strings.Join(words[:min(6, len(words))], " ")
	}
	return strings.TrimRight(head(words[0], 8), "っ") // a cut っ has no romaji
}

// family is the reading of the first creator's family name.
func family(r library.Record) string {
	if len(r.Bib.Creators) == 0 {
		return ""
	}
	words := strings.FieldsFunc(hiragana(r.Bib.Creators[0].Reading), func(r rune) bool { return r == ' ' || r == ',' })
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

func withFamily(r library.Record, typed string) string {
	if typed == "" {
		return ""
	}
	return strings.TrimSpace(typed + " " + family(r))
}

// mistyped is a reading of four kana or more with another one in its place.
func mistyped(reading string, random *rand.Rand) string {
	runes := []rune(head(reading, 10))
	if len(runes) < 4 || slices.ContainsFunc(runes, func(r rune) bool { return r != 'ー' && !isHiragana(r) }) {
		return ""
	}
	at := random.IntN(len(runes))
	for {
		wrong := []rune(nearKana)[random.IntN(utf8.RuneCountInString(nearKana))]
		if kana.Fold(string(wrong)) != kana.Fold(string(runes[at])) {
			runes[at] = wrong
			return string(runes)
		}
	}
}

// romanisation is a system of romaji: how each kana is written.
type romanisation map[string]string

func romaji(s string) string { return hepburn.write(s) }

// write writes hiragana in romaji, "" where it cannot. Digits stay.
func (system romanisation) write(s string) string {
	var out strings.Builder
	double := false
	for runes := []rune(s); len(runes) > 0; {
		n := min(2, len(runes))
		r, ok := system[string(runes[:n])]
		if !ok {
			n = 1
			r, ok = system[string(runes[:1])]
		}
		switch {
		case runes[0] == 'っ':
			double = true
		case runes[0] == ' ' || unicode.IsDigit(runes[0]):
			out.WriteRune(runes[0])
		case runes[0] == 'ー':
		case !ok:
			return ""
		case runes[0] == 'ん' && len(runes) > 1 && strings.ContainsRune("あいうえおやゆよ", runes[1]):
			out.WriteString("n") // people leave the apostrophe out
		case double && strings.HasPrefix(r, "ch"):
			out.WriteString("t" + r)
			double = false
		case double:
			out.WriteString(r[:1] + r)
			double = false
		default:
			out.WriteString(r)
		}
		runes = runes[n:]
	}
	return out.String()
}

var hepburn = romanisationOf(
	"あa いi うu えe おo", "かka きki くku けke こko", "さsa しshi すsu せse そso", "たta ちchi つtsu てte とto", "なna にni ぬnu ねne のno",
	"はha ひhi ふfu へhe ほho", "まma みmi むmu めme もmo", "やya ゆyu よyo", "らra りri るru れre ろro", "わwa をo んn",
	"がga ぎgi ぐgu げge ごgo", "ざza じji ずzu ぜze ぞzo", "だda ぢji づzu でde どdo", "ばba びbi ぶbu べbe ぼbo", "ぱpa ぴpi ぷpu ぺpe ぽpo",
	"きゃkya きゅkyu きょkyo しゃsha しゅshu しょsho ちゃcha ちゅchu ちょcho にゃnya にゅnyu にょnyo ひゃhya ひゅhyu ひょhyo みゃmya みゅmyu みょmyo",
	"りゃrya りゅryu りょryo ぎゃgya ぎゅgyu ぎょgyo じゃja じゅju じょjo びゃbya びゅbyu びょbyo ぴゃpya ぴゅpyu ぴょpyo",
)

var kunrei = hepburn.with("しsi ちti つtu ふhu じzi ぢzi", "しゃsya しゅsyu しょsyo ちゃtya ちゅtyu ちょtyo じゃzya じゅzyu じょzyo")

func romanisationOf(rows ...string) romanisation { return romanisation{}.with(rows...) }

// with is the system with some kana written otherwise.
func (system romanisation) with(rows ...string) romanisation {
	out := maps.Clone(system)
	for _, pair := range strings.Fields(strings.Join(rows, " ")) {
		i := strings.IndexFunc(pair, func(r rune) bool { return r < utf8.RuneSelf })
		out[pair[:i]] = pair[i:]
	}
	return out
}
