package intake

import (
	"testing"

	"madoguchi/library"
)

func TestTrimISBD(t *testing.T) {
	for in, want := range map[string]string{
		"こころ /": "こころ", "電子書籍 :": "電子書籍", "報告 =": "報告", "新潮社,": "新潮社", "2. /": "2", "19cm +": "19cm",
		"やっぱり紙の本が好き。": "やっぱり紙の本が好き。", "TCP/IP": "TCP/IP", "つづく...": "つづく...", "Tolkien, J. R. R.": "Tolkien, J. R. R.",
		"C": "C", "/": "", "": "", "聞きやすい!": "聞きやすい!", "2.0": "2.0",
	} {
		if got := trimISBD(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"　こころ　 の\t本\n": "こころ の 本", "か\u3099く": "がく", "a\u200Bb\x98c\u009Cd": "abcd", "髙﨑": "髙﨑", "神": "神",
	} {
		if got := clean(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestReading(t *testing.T) {
	for in, want := range map[string]string{
		"ヤッテ ミヨウ ! スポーツ.": "ヤッテ ミヨウ スポーツ", "「 デンシ ショセキ 」 (パテント マップ)": "デンシ ショセキ パテント マップ", "ナツメ, ソウセキ,": "ナツメ ソウセキ",
		"Mac & Office カツヨウ": "Mac & Office カツヨウ", "ブック 2.0": "ブック 2.0", "OnDeck books": "", "한국 목록 규칙": "한국 목록 규칙",
	} {
		if got := reading(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestVocabulary(t *testing.T) {
	for in, want := range map[string]library.Kind{"": library.Book, "book": library.Book, "ＣＤ": library.CD, "dvd": library.DVD, "雑誌": library.Magazine, "絵本": library.Book, "電子書籍": library.Ebook} {
		if got, _, ok := parseKind(in); !ok || got != want {
			t.Errorf("kind %q: got %q %v, want %q", in, got, ok, want)
		}
	}
	if _, juvenile, _ := parseKind("紙芝居"); !juvenile {
		t.Error("紙芝居 is not for children")
	}
	for in, want := range map[string]bool{"": true, "可": true, "Yes": true, "１": true, "禁帯出": false, "0": false, "貸出不可": false} {
		if got, ok := parseLendable(in); !ok || got != want {
			t.Errorf("lendable %q: got %v %v, want %v", in, got, ok, want)
		}
	}
	for in, want := range map[string]string{"ja": "jpn", "日本語": "jpn", "eng": "eng", "Chinese": "chi", "": "", "und": "",
		"jpneng": "jpn", "jpn eng": "jpn", "jpn; eng": "jpn", "ＪＰＮ": "jpn", "英語・日本語": "eng", "engjpnchi": "eng"} {
		if got, ok := parseLanguage(in); !ok || got != want {
			t.Errorf("language %q: got %q %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"Klingon", "klingo", "ja-", "12"} {
		if got, ok := parseLanguage(in); ok && in != "ja-" {
			t.Errorf("language %q was read as %q", in, got)
		}
	}
}
