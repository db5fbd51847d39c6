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

func TestParseYear(t *testing.T) {
	for in, want := range map[string]int{
		"1957（昭和32）年5月20日": 1957, "昭和32年": 1957, "平成元年": 1989, "明治３８": 1905, "令和2": 2020, "S32.5": 1957, "㍻25年": 2013, "大正15年": 1926,
		"c1998.": 1998, "[2006]": 2006, "20190405": 2019, "201904": 2019, "2019.2": 2019, "2004-2006": 2004, "２０１０年": 2010,
		"": 0, "不明": 0, "刊年不明": 0, "[n.d.]": 0, "19--": 0, "[20--]": 0, "199-?": 0,
	} {
		if got, ok := parseYear(in); !ok || got != want {
			t.Errorf("%q: got %d %v, want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"そのうち", "99999", "invalid", "3年", "9999", "昭和", "出版年"} {
		if got, ok := parseYear(in); ok {
			t.Errorf("%q was read as %d", in, got)
		}
	}
}

func TestParseNDC(t *testing.T) {
	tests := []struct {
		in, want string
		juvenile bool
	}{
		{"913.6", "913.6", false}, {"K913", "913", true}, {"Ｋ９１３．６", "913.6", true}, {"E", "", false}, {"児 913", "913", true}, {"UE17", "", false}, {"R031", "031", false}, {"9", "9", false},
	}
	for _, test := range tests {
		if got, juvenile, _ := parseNDC(test.in); got != test.want || juvenile != test.juvenile {
			t.Errorf("%q: got %q %v, want %q %v", test.in, got, juvenile, test.want, test.juvenile)
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
	for in, want := range map[string]string{"ja": "jpn", "日本語": "jpn", "eng": "eng", "Chinese": "chi", "": "", "und": ""} {
		if got, ok := parseLanguage(in); !ok || got != want {
			t.Errorf("language %q: got %q %v, want %q", in, got, ok, want)
		}
	}
}
