package kana

import (
	"slices"
	"strings"
	"testing"
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
		"ohtani":     {"おうたに", ""},
		"ohayo":      {"おはよ", ""},
		"KOKORO":     {"こころ", ""},
		"hello":      {"へ", "llo"},
		"pathi":      {"ぱてぃ", ""},
		"kyandhi":    {"きゃんでぃ", ""},
		"setthi":     {"せってぃ", ""},
		"purodyusu":  {"ぷろぢゅす", ""},
		"tumoro":     {"つもろ", ""},
		"this":       {"", "this"},
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
		"ky":    "きゃ きゅ きょ",
		"kokor": "ここら ここり ここる ここれ こころ",
		"kok":   "こか こき こく こけ ここ",
		"kipp":  "きっぱ きっぴ きっぷ きっぺ きっぽ",
		"matc":  "まっち",
		"on":    "おな おに おぬ おね おの おん",
		"natsu": "なつ",
		"kath":  "かてぃ かてゅ",
		"kadw":  "かどぅ",
		"hello": "",
		"the":   "",
		"q":     "",
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
