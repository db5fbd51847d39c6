package kana

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFromRomaji(t *testing.T) {
	for in, want := range map[string][2]string{
		"natsume":    {"なつめ", ""},
		"natume":     {"なつめ", ""},
		"nats":       {"な", "ts"},
		"shi":        {"し", ""},
		"si":         {"し", ""},
		"syo":        {"しょ", ""},
		"sho":        {"しょ", ""},
		"chanoyu":    {"ちゃのゆ", ""},
		"zyosei":     {"じょせい", ""},
		"kippu":      {"きっぷ", ""},
		"matcha":     {"まっちゃ", ""},
		"zasshi":     {"ざっし", ""},
		"onna":       {"おんな", ""},
		"konnichiwa": {"こんにちわ", ""},
		"shinbun":    {"しんぶ", "n"},
		"shimbun":    {"しんぶ", "n"},
		"kin'en":     {"きんえ", "n"},
		"kin’en":     {"きんえ", "n"},
		"kinen":      {"きね", "n"},
		"honya":      {"ほにゃ", ""},
		"hon'ya":     {"ほんや", ""},
		"kon":        {"こ", "n"},
		"konn":       {"こん", ""},
		"tōkyō":      {"とうきょう", ""},
		"Tôkyô":      {"とうきょう", ""},
		"ūdo":        {"ううど", ""},
		"kyū":        {"きゅう", ""},
		"ohtani":     {"おたに", ""},
		"ohayo":      {"おはよ", ""},
		"KOKORO":     {"こころ", ""},
		"hello":      {"へ", "llo"},
		"pathi":      {"ぱてぃ", ""},
		"kyandhi":    {"きゃんでぃ", ""},
		"setthi":     {"せってぃ", ""},
		"purodyusu":  {"ぷろぢゅす", ""},
		"tumoro":     {"つもろ", ""},
		"this":       {"", "this"},
		"thissyu":    {"てぃっしゅ", ""},
		"thi":        {"", "thi"},
		"the":        {"", "the"},
		"them":       {"", "them"},
		"who":        {"", "who"},
		"thia":       {"てぃあ", ""},
		"shinnbunn":  {"しんぶん", ""},
		"onnna":      {"おんな", ""},
		"taxi":       {"た", "xi"},
		"gorilla":    {"ごり", "lla"},
		"texi-":      {"てぃ", ""},
		"gaxtukou":   {"がっこう", ""},
		"cyanoyu":    {"ちゃのゆ", ""},
		"la":         {"", "la"},
		"two":        {"", "two"},
		"x":          {"", "x"},
		"":           {"", ""},
		"ヘ":          {"", "ヘ"},
	} {
		kana, rest := FromRomaji(in)
		if kana != want[0] || rest != want[1] {
			t.Errorf("FromRomaji(%q) = %q, %q; want %q, %q", in, kana, rest, want[0], want[1])
		}
	}
}

func TestExpand(t *testing.T) {
	for in, want := range map[string]string{
		"nat":   "なた なち なつ なて なと",
		"nats":  "なつ",
		"n":     "な に ぬ ね の ん",
		"k":     "か き く け こ",
		"sh":    "し",
		"ch":    "ち",
		"f":     "ふ",
		"j":     "じ",
		"ky":    "きゃ きゅ きょ きぃ きぇ",
		"kokor": "ここら ここり ここる ここれ こころ",
		"kok":   "こか こき こく こけ ここ",
		"kipp":  "きっぱ きっぴ きっぷ きっぺ きっぽ",
		"matc":  "まっち",
		"on":    "おな おに おぬ おね おの おん",
		"natsu": "なつ",
		"kath":  "かてぃ かてゅ かてゃ かてぇ かてょ",
		"th":    "",
		"bol":   "",
		"w":     "わ うぃ うぇ を",
		"kax":   "",
		"kadw":  "かどぅ",
		"hello": "",
		"the":   "",
		"q":     "くぁ くぃ くぇ くぉ",
		"":      "",
		"猫":     "",
	} {
		got := Expand(in)
		if !slices.Equal(got, strings.Fields(want)) && (len(got) > 0 || want != "") {
			t.Errorf("Expand(%q) = %v, want %s", in, got, want)
		}
		if len(got) > 6 {
			t.Errorf("Expand(%q) has %d ways", in, len(got))
		}
	}
}

// TestExpandNeverLosesTheWord: on every key on the way to a word, one of the ways
// is the beginning of that word.
func TestExpandNeverLosesTheWord(t *testing.T) {
	for romaji, word := range map[string]string{
		"natsumesouseki": "なつめそうせき", "shinbunsha": "しんぶんしゃ", "hyakunin": "ひゃくにん",
		"ginga": "ぎんが", "jinja": "じんじゃ", "chuugoku": "ちゅうごく", "ryoukan": "りょうかん", "tukue": "つくえ",
	} {
		for n := 1; n <= len(romaji); n++ {
			ok := slices.ContainsFunc(Expand(romaji[:n]), func(k string) bool { return strings.HasPrefix(word, k) })
			if !ok {
				t.Errorf("after %q none of %v begins %s", romaji[:n], Expand(romaji[:n]), word)
			}
		}
	}
}

// TestEveryFormOfTheKeyboard: what the keyboard makes kana of is read alike where it is
// found in letters, within a word and, but for a few that English words begin with, at its
// start; and at each letter on the way a beginning of the word is expected.
func TestEveryFormOfTheKeyboard(t *testing.T) {
	for _, syl := range typed().list {
		for _, before := range []string{"", "ka", "te", "to", "fu", "ki", "shi", "ti", "u", "tu", "vu", "ku", "ho-"} {
			typist := Typist{}
			for _, r := range before + syl.romaji + "ma" {
				typist.Type(r)
			}
			want := strings.ReplaceAll(typist.Text(), "ー", "")
			last, _ := utf8.DecodeLastRuneInString(strings.TrimSuffix(want, syl.kana+"ま"))
			soundless := isSmall(syl) && strings.Contains("ぁぃぅぇぉゃゅょ", syl.kana) && !typed().sounds[string(last)+syl.kana]
			if soundless || before == "" && (strings.Contains("ゎゕゖ", syl.kana) || syl.romaji == "the") {
				continue
			}
			got, rest := FromRomaji(before + syl.romaji + "ma")
			if got != want || rest != "" {
				t.Errorf("%q is read %q, %q; the keyboard makes it %q", before+syl.romaji+"ma", got, rest, want)
			}
			if isSmall(syl) || utf8.RuneCountInString(syl.kana) == 1 && written().of[syl.romaji] == "" || before == "" && beginsEnglish(syl.romaji) {
				continue // awaited whole
			}
			for n := 1; n <= len(syl.romaji); n++ {
				if ways := Expand(before + syl.romaji[:n]); !slices.ContainsFunc(ways, func(k string) bool { return strings.HasPrefix(want, k) }) {
					t.Errorf("after %q none of %q begins %s", before+syl.romaji[:n], ways, want)
				}
			}
		}
	}
}

func TestTypist(t *testing.T) {
	for keys, want := range map[string]string{
		"kokoro":   "こころ",
		"nats":     "なts",
		"natsu":    "なつ",
		"kitte":    "きって",
		"kit":      "きt",
		"kitt":     "きっt",
		"matcha":   "まっちゃ",
		"kanji":    "かんじ",
		"kan":      "かn",
		"kank":     "かんk",
		"kann":     "かん",
		"onnna":    "おんな",
		"kin'en":   "きんえn",
		"sannin":   "さんいn",
		"ra-men":   "らーめn",
		"xtu":      "っ",
		"la":       "ぁ",
		"thi":      "てぃ",
		"vaiorinn": "ゔぁいおりん",
		"KA":       "か",
		"913":      "913",
		"n1":       "ん1",
		"ka ki":    "か き",
		"k ":       "k ",
		"qwrty":    "qwrty",
		"dhisuku":  "でぃすく",
		"nya":      "にゃ",
		"hyouka":   "ひょうか",
		"ジk":       "ジk",
		"wwwa":     "っっわ",
		"":         "",
	} {
		var typist Typist
		for _, r := range keys {
			typist.Type(r)
		}
		if got := typist.Text(); got != want {
			t.Errorf("typing %q gives %q, want %q", keys, got, want)
		}
	}
}

func TestTypistEdits(t *testing.T) {
	var typist Typist
	press := func(keys string) {
		for _, r := range keys {
			typist.Type(r)
		}
	}
	press("hon")
	if typist.Pending() != "n" {
		t.Errorf("pending is %q, want n", typist.Pending())
	}
	typist.Finish()
	if typist.Text() != "ほん" || typist.Pending() != "" {
		t.Errorf("finished: %q", typist.Text())
	}
	press("k")
	typist.Backspace()
	typist.Backspace()
	if typist.Text() != "ほ" {
		t.Errorf("after two backspaces: %q", typist.Text())
	}
	typist.SetText("夏目")
	press("so")
	if typist.Text() != "夏目そ" {
		t.Errorf("after a suggestion: %q", typist.Text())
	}
	for range 9 {
		typist.Backspace()
	}
	if typist.Text() != "" {
		t.Errorf("not empty: %q", typist.Text())
	}
}

func FuzzRomaji(f *testing.F) {
	for _, s := range []string{"natsume", "nn", "tch", "n'", "kkk", "ōō", "\xff", "hh", "oh"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, rest := FromRomaji(s)
		if len(rest) > 3*len(s) {
			t.Errorf("FromRomaji(%q) leaves %q", s, rest)
		}
		if n := len(Expand(s)); n > 8 {
			t.Errorf("Expand(%q) has %d ways", s, n)
		}
		var typist Typist
		for _, r := range s {
			typist.Type(r)
		}
		typist.Finish()
		if typist.Pending() != "" {
			t.Errorf("after Finish %q is pending", typist.Pending())
		}
	})
}
