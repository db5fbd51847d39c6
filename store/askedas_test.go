package store

import (
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

// TestSpellings has what people type for a title, and what does not find one.
func TestSpellings(t *testing.T) {
	c := open(t, titles("ONE PIECE|ワン ピース", "SLAM DUNK|スラム ダンク", "JAZZMAN", "Jazz Man Returns", "SPY×FAMILY|スパイ ファミリー", "Spider-Man", "Don't Stop", "Rock'n'Roll", "O'Reilly", "AC/DC", "R.E.M.", "Dr.STONE|ドクター ストーン",
		"ティーパーティー", "ウォーターパーティー", "ヴィーナス", "ツァラトゥストラ", "フィガロの結婚|フィガロ ノ ケッコン", "ジェーン・エア", "シェーン", "チェーホフ", "クァルテット", "グァム", "ドゥーガル", "デュマ", "テューバ", "フュージョン", "ウェールズ", "イェーツ", "っぽい", "がっこうの怪談|ガッコウ ノ カイダン", "新聞|シンブン", "大谷|オオタニ", "東京|トウキョウ", "王子|オウジ", "本を読む|ホン オ ヨム", "ヂェット", "ファ", "スィート", "ニェット", "茶|チャ", "恋愛|レンアイ", "婚約|コンヤク", "マッチョ", "ヴュー",
		"Vチューバー入門|V チューバー ニュウモン", "ITパスポート|IT パスポート", "NHK今日の料理|NHKキョウノリョウリ", "進撃の巨人|シンゲキノキョジン", "C言語|シーゲンゴ", "新しいPythonの本|アタラシイ パイソン ノ ホン", "VTuberの本|ブイチューバー ノ ホン", "Xデーの夜|エックスデー ノ ヨル", "JR線の旅|ジェイアールセン ノ タビ",
		"Märchen", "Maerchenbuch", "Die Müller", "Straße", "Sørensen", "Ålesund", "Café Noir", "Ōe Kenzaburō", "Señor", "?", "♥", "!!", "…", "?!", "★☆★", "はじめてのPython")...)
	unsuggested := []string{"あたらしいpythonのほん", "pythonのほん", "vtuberのほん"} // a reading has it later
	for want, list := range map[string]string{
		"ONE PIECE":        "onepiece|one piece",
		"SLAM DUNK":        "slamdunk",
		"JAZZMAN":          "jazzman|jazz man",
		"Jazz Man Returns": "jazzman|jazz man",
		"SPY×FAMILY":       "s p y|spyfamily|spy family",
		"Spider-Man":       "spider-man|spiderman|spider man",
		"Don't Stop":       "dont|don't|don t stop",
		"Rock'n'Roll":      "rocknroll|rock n roll|rock'n roll",
		"O'Reilly":         "oreilly|o reilly",
		"AC/DC":            "acdc|ac dc",
		"R.E.M.":           "rem",
		"Dr.STONE":         "drstone|dr stone",
		"ティーパーティー":         "ti-pa-ti-|thi-pa-thi-|ti-pa-thi-|てぃーぱーちー|texi-pa-texi-",
		"ウォーターパーティー":       "wo-ta-pa-thi-|をーたーぱーてぃー|who-ta-pa-ti-|うぉーたーぱーちー",
		"ヴィーナス":            "vi-nasu|viinasu|binasu|vuxi-nasu",
		"ツァラトゥストラ":         "tsaratusutora|tsaratwusutora|tuxaratoxusutora",
		"フィガロの結婚":          "figaro",
		"ジェーン・エア":          "je-n|zye-n|jye-n",
		"シェーン":             "she-n|sye-n",
		"チェーホフ":            "che-hofu|tye-hofu|cye-hofu",
		"クァルテット":           "kwarutetto|qarutetto|kuarutetto",
		"グァム":              "gwamu",
		"ドゥーガル":            "dwu-garu|du-garu",
		"デュマ":              "dyuma|dhuma",
		"テューバ":             "tyu-ba|thu-ba",
		"フュージョン":           "fyu-jon",
		"ウェールズ":            "we-ruzu|whe-ruzu",
		"イェーツ":             "ye-tsu",
		"っぽい":              "xtupoi",
		"がっこうの怪談":          "gaxtukou|galtukou|gaxtsukou",
		"新聞":               "shinnbunn|sinbun|shimbun",
		"大谷":               "ohtani|otani|ootani|ōtani",
		"東京":               "tōkyō|toukyou|tokyo",
		"王子":               "ohji|oji",
		"本を読む":             "honwoyomu|hon o yomu|hon wo yomu",
		"ヂェット":             "dyetto",
		"スィート":             "sui-to",
		"ニェット":             "nyetto",
		"茶":                "cya|tya",
		"恋愛":               "ren'ai|renai|rennai",
		"婚約":               "kon'yaku|konyaku|konnyaku",
		"マッチョ":             "matcho|maccho|mattyo|maccyo",
		"ヴュー":              "vyu-|byu-",
		"Vチューバー入門":         "vちゅーばー|v|vち|ぶいちゅーばー",
		"ITパスポート":          "itぱす|あいてぃーぱすぽーと",
		"NHK今日の料理":         "nhkきょうの|きょうのりょうり|nhk きょうのりょうり|えぬえいちけーきょうの",
		"進撃の巨人":            "しんげき の きょじん|しんげきの きょじん|shingeki no kyojin|singekinokyojin",
		"":                 "きょじん|taxi|box|the|this|who|?♥|(|!?",
		"C言語":              "c|cげ|cげんご|しーげん",
		"新しいPythonの本":      "あたらしいpythonのほん|pythonのほん",
		"VTuberの本":         "vtuberのほん",
		"Xデーの夜":            "xでー|xでーのよる",
		"JR線の旅":            "jrせん|jrせんのたび",
		"Märchen":          "maerchen|märchen|marchen",
		"Maerchenbuch":     "märchen",
		"Die Müller":       "mueller|muller",
		"Straße":           "strasse",
		"Sørensen":         "soerensen|sorensen",
		"Ålesund":          "aalesund|alesund",
		"Café Noir":        "cafe noir",
		"Ōe Kenzaburō":     "oe kenzaburo",
		"Señor":            "senor",
		"?":                "?|？",
		"♥":                "♥|♥\uFE0F",
		"!!":               "!!|！！|‼",
		"…":                "…|...",
		"?!":               "?!",
		"★☆★":              "★☆★|★ ☆ ★",
		"はじめてのPython":      "pyth",
	} {
		for typed := range strings.SplitSeq(list, "|") {
			got := find(t, c, library.Query{Words: typed})
			suggestions, err := c.Suggest(t.Context(), typed, 8)
			if err != nil {
				t.Fatal(err)
			}
			suggested := texts(suggestions)
			switch {
			case want == "" && len(got)+len(suggested) > 0:
				t.Errorf("%q finds %q and suggests %q", typed, got, suggested)
			case want == "":
			case !slices.Contains(got, want):
				t.Errorf("%q finds %q, not %s", typed, got, want)
			case !slices.Contains(suggested, want) && !slices.Contains(unsuggested, typed):
				t.Errorf("%q suggests %q, not %s", typed, suggested, want)
			}
		}
	}
}

// TestNearLatinWords: a letter missing, doubled, exchanged or wrong in one of Latin words,
// the first among them.
func TestNearLatinWords(t *testing.T) {
	c := open(t, append(titles("Harry Potter and the Sorcerer's Stone", "SLAM DUNK|スラム ダンク", "POKEMON", "ポケモン", "はじめてのPython", "ONE PIECE|ワン ピース", "The Little Prince", "Java Puzzlers", "Jazz", "ハリー・ポッター", "SPY×FAMILY"), bib("row", "x", "", "J. K. Rowling", "", 2000))...)
	for want, list := range map[string]string{
		"Harry Potter and the Sorcerer's Stone": "harry poter|hary potter|harry pottter|harry ptoter|poter|ptoter|arry potter|garry potter|poter harry|harri poter",
		"SLAM DUNK":                             "slam dunc|slum dunk|slamdunc|slam dunkk|slma dunk",
		"POKEMON":                               "pokemonn|pokkemon|pokmon|pokemomn",
		"はじめてのPython":                           "pyton|pythonn",
		"ONE PIECE":                             "one peice|onepeice|onne piece",
		"The Little Prince":                     "litle prince|the litle|litttle",
		"J. K. Rowling":                         "rolwing|rowlling",
		"Jazz":                                  "jaz|jazzz",
		"SPY×FAMILY":                            "spy famly|spyfamilly|famly",
	} {
		for typed := range strings.SplitSeq(list, "|") {
			if slices.Contains(find(t, c, library.Query{Words: typed}), want) {
				continue
			}
			got, err := c.Near(t.Context(), typed, 5)
			if err != nil || !slices.Contains(texts(got), want) {
				t.Errorf("near %q are %q, %v; not %s", typed, texts(got), err, want)
			}
		}
	}
}
