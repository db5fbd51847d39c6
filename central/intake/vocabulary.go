package intake

import (
	"regexp"
	"slices"
	"strings"

	"madoguchi/library"
)

// kinds are the words for kinds in other systems' files, in lower case.
var kinds = map[string]library.Kind{
	"図書": library.Book, "本": library.Book, "書籍": library.Book, "和書": library.Book, "洋書": library.Book,
	"一般書": library.Book, "児童書": library.Book, "絵本": library.Book, "紙芝居": library.Book, "文庫": library.Book,
	"bk": library.Book, "books": library.Book,
	"雑誌": library.Magazine, "逐次刊行物": library.Magazine, "mag": library.Magazine, "journal": library.Magazine, "serial": library.Magazine,
	"新聞":   library.Newspaper,
	"音楽cd": library.CD, "コンパクトディスク": library.CD, "録音資料": library.CD, "音声資料": library.CD, "朗読cd": library.CD,
	"ビデオ": library.DVD, "映像資料": library.DVD, "ブルーレイ": library.DVD, "blu-ray": library.DVD, "bd": library.DVD,
	"地図": library.Map, "楽譜": library.Score,
	"電子書籍": library.Ebook, "電子図書": library.Ebook, "電子資料": library.Ebook, "e-book": library.Ebook,
	"その他": library.OtherKind,
}

// childrensKinds are those of the words that also say that it is for children.
var childrensKinds = []string{"児童書", "絵本", "紙芝居"}

// parseKind reads a kind; nothing is a book.
func parseKind(s string) (kind library.Kind, juvenile, ok bool) {
	s = strings.ToLower(narrow(s))
	if s == "" {
		return library.Book, false, true
	}
	if k := library.Kind(s); slices.Contains(library.Kinds, k) {
		return k, false, true
	}
	kind, ok = kinds[s]
	return kind, slices.Contains(childrensKinds, s), ok
}

// parseLendable reads whether a copy may be borrowed; nothing is yes.
func parseLendable(s string) (lendable, ok bool) {
	switch strings.ToLower(narrow(s)) {
	case "", "yes", "y", "1", "true", "可", "貸出可", "○", "〇", "◯":
		return true, true
	case "no", "n", "0", "false", "不可", "貸出不可", "禁帯出", "禁帯出資料", "館内", "館内閲覧", "館内のみ", "×":
		return false, true
	}
	return false, false
}

var languages = map[string]string{
	"ja": "jpn", "en": "eng", "zh": "chi", "ko": "kor", "fr": "fre", "de": "ger", "es": "spa", "pt": "por", "ru": "rus", "it": "ita", "vi": "vie", "tl": "tgl", "ne": "nep", "th": "tha", "id": "ind",
	"日本語": "jpn", "英語": "eng", "中国語": "chi", "韓国語": "kor", "朝鮮語": "kor", "フランス語": "fre", "ドイツ語": "ger", "スペイン語": "spa",
	"ポルトガル語": "por", "ロシア語": "rus", "イタリア語": "ita", "ベトナム語": "vie", "タガログ語": "tgl", "ネパール語": "nep", "タイ語": "tha", "インドネシア語": "ind",
	"japanese": "jpn", "english": "eng", "chinese": "chi", "korean": "kor", "french": "fre", "german": "ger", "spanish": "spa", "portuguese": "por", "russian": "rus",
	"zho": "chi", "fra": "fre", "deu": "ger",
}

var severalLanguages = regexp.MustCompile(`\s*[;,/、・|\s]\s*`)

// parseLanguage reads a language as an ISO 639 code or in Japanese and returns its
// ISO 639-2/B code: of several, also without a sign between them, the first one.
func parseLanguage(s string) (code string, ok bool) {
	s = strings.ToLower(narrow(s))
	if s == "" || s == "und" || s == "mul" || s == "zxx" {
		return "", true
	}
	if c, ok := languages[s]; ok {
		return c, true
	}
	if first := severalLanguages.Split(s, 2)[0]; first != s {
		return parseLanguage(first)
	}
	if len(s) < 3 || len(s)%3 > 0 || len(s) > 18 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") != "" {
		return "", false
	}
	if len(s) > 3 {
		for i := 0; i < len(s); i += 3 { // a word is no list of codes
			if !strings.Contains(usualLanguages, s[i:i+3]) {
				return "", false
			}
		}
		return parseLanguage(s[:3])
	}
	return s, true
}

// usualLanguages are the codes by which several that stand together are told from a word.
const usualLanguages = "jpn eng chi zho kor fre fra ger deu spa por rus ita vie tgl nep tha ind may mya bur khm lao mon tib san hin ben urd " +
	"ara per tur heb gre grc lat pol cze hun dut swe dan nor fin ukr rum bul ain und mul zxx"

// relators are the roles of MARC's relator codes in the words of Japanese title pages.
var relators = map[string]string{
	"aut": "著", "edt": "編", "trl": "訳", "ill": "絵", "art": "画", "pht": "写真", "cmp": "作曲", "lyr": "作詞", "prf": "演奏",
	"cnd": "指揮", "sng": "歌", "nrt": "朗読", "drt": "監督", "act": "出演", "aui": "序", "cmm": "注釈", "com": "編", "ctb": "著",
}

// roles are the words for roles of other systems in those of Japanese title pages.
var roles = map[string]string{
	"著者": "著", "作者": "作", "翻訳者": "訳", "訳者": "訳", "編者": "編", "編集者": "編", "監修者": "監修", "校訂者": "校訂", "画家": "画",
	"author": "著", "translator": "訳", "editor": "編", "illustrator": "絵", "photographer": "写真", "composer": "作曲", "performer": "演奏", "director": "監督",
}

// roleWord writes a role as title pages do, and leaves alone what it does not know.
func roleWord(s string) string {
	s = clean(s)
	if r, ok := roles[strings.ToLower(s)]; ok {
		return r
	}
	return s
}

func branchCode(s string) library.BranchCode { return library.BranchCode(strings.ToLower(narrow(s))) }
