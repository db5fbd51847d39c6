package store

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// titles makes a bib of each title, or "title|reading", with the title for its id.
func titles(list ...string) (records []library.Record) {
	for i, s := range list {
		title, reading, _ := strings.Cut(s, "|")
		records = append(records, bib(title, title, reading, "", "", 2000+i%20))
	}
	return records
}

// TestLatinWordsRunTogether: words written together, apart or with marks between them
// are one, whoever wrote them so.
func TestLatinWordsRunTogether(t *testing.T) {
	groups := [][]string{
		{"BLUE NOTE", "BlueNote", "blue-note", "Blue.Note", "ＢＬＵＥ　ＮＯＴＥ", "Blue×Note"},
		{"Over The Sea", "OVERTHESEA", "over-the sea", "Over/TheSea"},
		{"X-RAY", "X RAY", "xray", "X.Ray"},
		{"Wi-Fi", "WiFi", "wi fi", "WI.FI"},
		{"U.F.B.", "UFB", "U F B", "u-f-b"},
		{"T.M.オルソン", "TMオルソン", "T・M・オルソン", "T M オルソン", "t m　オルソン"},
		{"STATION 9", "station9", "Station-9", "Station・9"},
		{"COVIN-19入門", "Covin19入門", "COVIN 19入門", "covin 19 入門"},
		{"劇場版GREEN LAMP大図鑑", "劇場版GREENLAMP大図鑑", "劇場版Green-Lamp大図鑑", "劇場版 green lamp 大図鑑"},
		{"D&E", "DE", "D E", "D/E"},
	}
	for _, group := range groups {
		c := open(t, titles(append(slices.Clone(group), "月の本|ツキ ノ ホン", "A Novel Bridge", "Then and Now")...)...)
		for _, typed := range group {
			got := find(t, c, library.Query{Words: typed})
			for _, title := range group {
				if !slices.Contains(got, title) {
					t.Errorf("%q does not find %q, but %q", typed, title, got)
				}
			}
			if len(got) != len(group) {
				t.Errorf("%q finds %q, want %d", typed, got, len(group))
			}
			if got := find(t, c, library.Query{Title: typed, Branch: "central", Language: "jpn", Available: true}); len(got) != len(group) {
				t.Errorf("title %q finds %q, want %d", typed, got, len(group))
			}
		}
	}
}

// TestRunsByTheirBeginnings: what is typed on the way to a run, and what is none.
func TestRunsByTheirBeginnings(t *testing.T) {
	c := open(t, titles("STRANGE LAMP STREET", "A Novel Bridge", "Under the Red Mill", "Vol 1 25", "Sixteen Candlesticks Burning")...)
	for typed, want := range map[string]string{
		"strangelam": "STRANGE LAMP STREET", "strangelampstreet": "STRANGE LAMP STREET", "lampstreet": "STRANGE LAMP STREET", "lampstr": "STRANGE LAMP STREET",
		"strangel": "STRANGE LAMP STREET", // eight letters are few titles'
		"lampst":   "", "anovel": "A Novel Bridge", "ano": "", "then": "", "there": "", "thered": "Under the Red Mill", "angelamp": "", "125": "", "12": "",
		"sixteencandlesticksbur": "Sixteen Candlesticks Burning", "sixteencandlestickz": "", "candlesticksbur": "Sixteen Candlesticks Burning",
		"strangelamp strangest": "", "mill strange": "",
	} {
		if got := strings.Join(find(t, c, library.Query{Words: typed}), "|"); got != want {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
}

// TestForeignSounds: ti, di, tu and du are two sounds each, and so are wo, tyu and dyu.
func TestForeignSounds(t *testing.T) {
	c := open(t, titles("キャンディの森|キャンディ ノ モリ", "メロディー", "ティアラ", "たのしいパーティー|タノシイ パーティー", "トゥモロー", "ドゥオーモ|ドゥオーモ",
		"ウォーター", "デュエット", "ﾃｨｰﾀｲﾑ", "チューリップ", "月|ツキ", "陶器|トウキ", "地球|チキュウ", "庭球|テイキュウ", "地図|チズ", "縮む布|チヂム ヌノ", "本を読む|ホン オ ヨム", "体裁|テイサイ")...)
	for typed, want := range map[string]string{
		"kyandi": "キャンディの森", "kyandhi": "キャンディの森", "kyandh": "キャンディの森", "kyandinomori": "キャンディの森", "きゃんぢ": "キャンディの森", "きゃんでぃ": "キャンディの森", "きゃんdi": "キャンディの森",
		"merodi": "メロディー", "merodi-": "メロディー", "merodii": "メロディー", "merodhi": "メロディー",
		"tiara": "ティアラ", "pa-ti": "たのしいパーティー", "pa-ti-": "たのしいパーティー", "paatii": "たのしいパーティー", "paati": "たのしいパーティー", "pa-thi": "たのしいパーティー", "ぱあちい": "たのしいパーティー", "ぱーち": "たのしいパーティー",
		"tumoro-": "トゥモロー", "tumoro": "トゥモロー", "duo-mo": "ドゥオーモ", "wo-ta-": "ウォーター", "dyuetto": "デュエット", "ti-taimu": "ﾃｨｰﾀｲﾑ",
		"tyu-rippu": "チューリップ", "tuki": "月", "touki": "陶器", "tikyuu": "地球", "teikyuu": "庭球", "tizu": "地図", "tidimu": "縮む布", "honwoyomu": "本を読む", "this": "", "two": "",
	} {
		if got := strings.Join(find(t, c, library.Query{Words: typed}), "|"); got != want {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
	for typed, want := range map[string]string{"kyandi": "キャンディの森", "merod": "メロディー", "pa-ti": "たのしいパーティー", "tiar": "ティアラ"} {
		got, err := c.Suggest(t.Context(), typed, 8)
		if err != nil || !slices.Contains(texts(got), want) {
			t.Errorf("%q suggests %v, %v; want %s", typed, texts(got), err, want)
		}
	}
}

// TestLatinBeforeKana: the kana of a word with Latin letters are its reading, however
// the catalogue reads the letters.
func TestLatinBeforeKana(t *testing.T) {
	c := open(t, titles("C言語の本|C ゲンゴ ノ ホン", "C言語教室|シー ゲンゴ キョウシツ", "C言語講座|シーゲンゴ コウザ", "資源ごみ|シゲン ゴミ", "言語とC|ゲンゴ ト シー",
		"新しいC言語|アタラシイ シー ゲンゴ", "Bの悲歌|ビー ノ ヒカ", "Bの悲願|B ノ ヒガン", "Tシャツ工房|ティーシャツ コウボウ", "ABC鉄道|エイビーシー テツドウ", "Python教本|パイソン キョウホン", "V字の谷|ブイジ ノ タニ", "3匹の熊|サンビキ ノ クマ", "5年生|5ネンセイ")...)
	for typed, want := range map[string]string{
		"Cげんご": "新しいC言語|C言語講座|C言語教室|C言語の本", "ｃゲンゴ": "新しいC言語|C言語講座|C言語教室|C言語の本", "Cげ": "新しいC言語|C言語講座|C言語教室|C言語の本", "cげんg": "新しいC言語|C言語講座|C言語教室|C言語の本",
		"Cげんごき": "C言語教室", "Cげんごこうざ": "C言語講座", "あたらしいCげん": "新しいC言語", "しーげんごきょうしつ": "C言語教室",
		"Bのひ": "Bの悲願|Bの悲歌", "Bのひか": "Bの悲歌", "bのひがん": "Bの悲願", "Bの": "Bの悲願|Bの悲歌", "Bのか": "",
		"Tしゃつ": "Tシャツ工房", "Tしゃつこうぼう": "Tシャツ工房", "ABCてつどう": "ABC鉄道", "えーびーしーてつ": "ABC鉄道", "Pythonきょうほん": "Python教本", "Vじ": "V字の谷", "5ねん": "5年生",
		"しげんご": "新しいC言語|C言語講座|C言語教室|C言語の本|資源ごみ", "Dげんご": "", "げんごc3": "", "3cげんご": "", "cげんご3": "",
	} {
		got := find(t, c, library.Query{Words: typed})
		expected := strings.FieldsFunc(want, func(r rune) bool { return r == '|' })
		slices.Sort(got)
		slices.Sort(expected)
		if !slices.Equal(got, expected) {
			t.Errorf("%q finds %q, want %q", typed, got, expected)
		}
	}
	if got, err := c.Suggest(t.Context(), "Cげ", 8); err != nil || !slices.Contains(texts(got), "C言語の本") {
		t.Errorf("Cげ suggests %v, %v", texts(got), err)
	}
}

// TestSpellingsOfATitleAreOneHeading: what is suggested does not stand there twice.
func TestSpellingsOfATitleAreOneHeading(t *testing.T) {
	c := open(t, titles("BLUE NOTE", "Blue-Note", "BlueNote", "Blueprints")...)
	for _, typed := range []string{"bluen", "blue n", "bluenote", "blue note", "BLUE-NOTE"} {
		got, err := c.Suggest(t.Context(), typed, 8)
		if err != nil || len(got) != 1 || len(find(t, c, got[0].Query())) != 3 {
			t.Errorf("%q suggests %v, %v; want one title", typed, texts(got), err)
		}
	}
}

// TestExactTitleStaysFirst: what is found by a run or a foreign sound does not come
// before the title that was asked for, however new it is.
func TestExactTitleStaysFirst(t *testing.T) {
	c := open(t, bib("hero", "Hero", "", "", "", 1950), bib("he", "He Roams", "", "", "", 2020), bib("bluenote", "BLUE NOTE", "ブルー ノート", "", "", 1960),
		bib("notes", "Blue Notes of Today", "", "", "", 2021), bib("chimu", "ちむ", "チム", "", "", 1970), bib("team", "ティムの旅", "ティム ノ タビ", "", "", 2022), bib("cd", "Cど", "", "", "", 1980), bib("do", "C道", "シー ドウ", "", "", 2023))
	for typed, want := range map[string]string{"hero": "hero", "bluenote": "bluenote notes", "blue note": "bluenote notes", "chimu": "chimu team", "timu": "chimu team", "Cど": "cd do"} {
		if got := strings.Join(find(t, c, library.Query{Words: typed}), " "); got != want {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
}

// TestWildWords: each of the shared records is found as people spell it.
func TestWildWords(t *testing.T) {
	f, err := os.Open(filepath.Join(sharedData(t), "wild", "search-words.csv"))
	if err != nil {
		t.Skipf("the shared file is not here: %v", err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	var records []library.Record
	for _, line := range lines[1:] {
		get := func(name string) string { return line[column[name]] }
		year, err := strconv.Atoi(get("year"))
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, bib(get("id"), get("title"), get("title_reading"), get("creator"), get("creator_reading"), year, func(r *library.Record) { r.Bib.Volume = get("volume") }))
	}
	c := open(t, slices.Concat(records, titles("メロディ", "ティアラ", "Bの悲劇|B ノ ヒゲキ"))...)
	for _, r := range records {
		reading := hiragana(r.Bib.TitleReading)
		typed := []string{reading, strings.ReplaceAll(reading, " ", ""), romaji(reading), romaji(strings.ReplaceAll(reading, " ", ""))}
		if folded := kana.Fold(r.Bib.Title); folded != "" {
			typed = append(typed, r.Bib.Title, strings.ToLower(r.Bib.Title), strings.ReplaceAll(r.Bib.Title, " ", ""), strings.ReplaceAll(folded, " ", "-"))
		}
		for _, words := range typed {
			if words == "" {
				continue
			}
			if got := find(t, c, library.Query{Words: words}); !slices.Contains(got, string(r.Bib.ID)) {
				t.Errorf("%q does not find %s %q, but %v", words, r.Bib.ID, r.Bib.Title, got)
			}
		}
	}
	for typed, want := range map[string]string{
		"onepiece": "c11 c2 c1", "ONEPIECE": "c11 c2 c1", "one-piece": "c11 c2 c1", "onepie": "c11 c2 c1", "わんぴーす": "c11 c2 c1", "slamdunk": "f1", "Slam-Dunk": "f1", "slamd": "",
		"kyandi": "i1", "merodi": "メロディ", "tiara": "ティアラ", "pa-ti": "j1", "paatii": "j1",
		"Cげんご": "a1 a2", "cげんごにゅう": "a1", "Bのひげ": "Bの悲劇", "Tしゃつのほん": "a3", "python3": "e2", "Pythonにゅうもん": "e1", "JKローリング": "d2 d1",
		"しーげんご": "a1 a2 a4",
	} {
		if got := strings.Join(find(t, c, library.Query{Words: typed}), " "); got != want {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
}

// TestRunsLoseNothing asks for every part of texts of Latin words: the index finds what
// reading every text does.
func TestRunsLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it asks thousands of times")
	}
	list := []string{"a bc def", "ab cdefghij k", "J.K.ろ", "b 1 2 c3", "版ab c大", "a b c d e f g h i j k l m n", "abcdefg hi jklmno", "の本 ab-c d", "キャンディ ab c"}
	c := open(t, titles(list...)...)
	for _, text := range list {
		text = strings.ReplaceAll(kana.Fold(text), " ", "")
		runes := []rune(text)
		for from := range runes {
			for to := from + 1; to <= len(runes); to++ {
				word := string(runes[from:to])
				checkAgainstReading(t, c, library.Query{Words: word})
				checkAgainstReading(t, c, library.Query{Title: word + " c"})
				checkAgainstReading(t, c, library.Query{Words: fmt.Sprint("a ", word)})
			}
		}
	}
}
