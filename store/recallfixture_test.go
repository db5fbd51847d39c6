package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"madoguchi/central/generate"
	"madoguchi/library"
)

// madeUp are works of the kinds that people miss in catalogues: title, reading, creator,
// its reading, first year, volumes. No such book exists. Volumes are "1-109" with what
// stands around the number, or names of volumes.
const madeUp = `
STAR PIECES|スター ピーシズ|尾野栄太郎|オノ, エイタロウ|1997|巻*1-109
STAR PIECES外伝|スター ピーシズ ガイデン|尾野栄太郎|オノ, エイタロウ|2024|
STAR PIECESの秘密100|スター ピーシズ ノ ヒミツ ヒャク|研究会||2025|
STAR PIECES総集編 1999|スター ピーシズ ソウシュウヘン 1999|尾野栄太郎|オノ, エイタロウ|1999|
星撃の巨船|セイゲキ ノ キョセン|伊沢創|イサワ, ハジメ|2010|*1-34
星撃の巨船大全|セイゲキ ノ キョセン タイゼン|伊沢創|イサワ, ハジメ|2021|
星撃の巨船Before|セイゲキ ノ キョセン ビフォー|涼宮隆|スズミヤ, リュウ|2019|第*巻1-17
鬼灯の刃|ホオズキ ノ ヤイバ|五島呼世|ゴトウ, コヨ|2016|(*)1-23
銀河の帳簿|ギンガ ノ チョウボ|田中芳次|タナカ, ヨシツグ|1982|第*集1-10
みみずくの午後|ミミズク ノ ゴゴ|森野みち|モリノ, ミチ|1999|vol.*1-42
戦場と平原|センジョウ ト ヘイゲン|ヴォルコフ, レオ|ヴォルコフ, レオ|2006|上,中,下
海辺の村川|ウミベ ノ ムラカワ|村山春木|ムラヤマ, ハルキ|2002|上巻,下巻
冬の探偵|フユ ノ タンテイ|東野恵吾|ヒガシノ, ケイゴ|2015|前編,後編
雪国の手紙|ユキグニ ノ テガミ|川端安子|カワバタ, ヤスコ|1950|
1X84|イチ エックス ハチヨン|村山春木|ムラヤマ, ハルキ|2009|BOOK1,BOOK2,BOOK3
30世紀少女|サンジッセイキ ショウジョ|浦野直|ウラノ, ナオ|2000|*1-22
2011年宇宙の船|ニセンジュウイチネン ウチュウ ノ フネ|クラーク, アン|クラーク, アン|1993|
3011年終わりの船|サンゼンジュウイチネン オワリ ノ フネ|クラーク, アン|クラーク, アン|1998|
七つの海図|ナナツ ノ カイズ|青木三郎|アオキ, サブロウ|1975|
3匹の小熊|サンビキ ノ コグマ|||1988|
百万回の朝|ヒャクマンカイ ノ アサ|佐野葉子|サノ, ヨウコ|1977|
99の嘘|キュウジュウキュウ ノ ウソ|||2003|
5年3組の宝|ゴネン サンクミ ノ タカラ|||2011|
第九の夜|ダイク ノ ヨル|||1991|
24時間の町|ニジュウヨジカン ノ マチ|||2017|
十二人の怒れる猫|ジュウニニン ノ イカレル ネコ|||1986|
Windowpane 95入門|ウィンドウペイン キュウジュウゴ ニュウモン|||1995|
C語入門|C ゴ ニュウモン|山野一郎|ヤマノ, イチロウ|2019|
やさしいC語|ヤサシイ C ゴ|田山花子|タヤマ, ハナコ|2018|
シー語の基礎|シー ゴ ノ キソ|||2016|
Tシャツ染め|T シャツ ゾメ|||2017|
Bの髭|ビー ノ ヒゲ|||2008|
X線の話|エックスセン ノ ハナシ|||2001|
SLIM DANCE|スリム ダンス|井口雄|イグチ, ユウ|1991|*1-31
Jazzwoman|ジャズウーマン|||1999|
BLUE LANTERN|ブルー ランタン|||2005|
Snake入門|スネイク ニュウモン|鈴村次郎|スズムラ, ジロウ|2020|
入門Snake 3|ニュウモン スネイク スリー|||2021|
IT用語ハンドブック|IT ヨウゴ ハンドブック|||2014|
はじめてのDIY|ハジメテ ノ DIY|||2015|
キャンディ・ドロップ|キャンディ ドロップ|十和田ゆみ|トワダ, ユミ|1975|*1-9
「たのしい」パーティー料理帖|タノシイ パーティー リョウリチョウ|||2011|
メロディーの行方|メロディー ノ ユクエ|||1983|
ティアラの森|ティアラ ノ モリ|||1992|
トゥモロー広場|トゥモロー ヒロバ|||1994|
デュエットの時間|デュエット ノ ジカン|||1996|
ときめきデイト|トキメキ デイト|||1985|*1-28
?|ギモンフ|||2001|
♥|ハート|||2002|
☆☆☆|ミツボシ|||2003|
!?|ビックリ|||2004|
Müllers Bücher|ミュラース ビューヒャー|Müller, Jürgen||1998|
Der Höllenzug||Groß, Uwe||2001|
Schöne Grüße||||2007|
Übermorgen||||2013|
ハリネ・ポットンと闇の石|ハリネ ポットン ト ヤミ ノ イシ|J.K.ドーリング; 松丘佑|ジェー ケー ドーリング|1999|
ハリネ・ポットンと光の部屋|ハリネ ポットン ト ヒカリ ノ ヘヤ|J.K.ドーリング; 松丘佑|ジェー ケー ドーリング|2000|
上巻だけの話|ジョウカン ダケ ノ ハナシ|||2012|上
東野へ行こう|ヒガシノ エ イコウ|||1999|
国史を学ぶ|コクシ オ マナブ|||1998|
澤田學と廣島の櫻|サワダ ガク ト ヒロシマ ノ サクラ|澤田學|サワダ, マナブ|1949|
Rainwater Harvest Stories||Whitfield, Nora||2010|
The Lighthouse Keepers||Brandt, Oliver||2012|
Silver Kitchen Garden||||2016|
`

// madeUpTyped are further wishes: kind, what is typed, the title that is wanted.
const madeUpTyped = `
together|starpieces|STAR PIECES
together|STARPIECES|STAR PIECES
together|star-pieces|STAR PIECES
together|slimdance|SLIM DANCE
together|bluelantern|BLUE LANTERN
together|lighthousekeepers|The Lighthouse Keepers
together|silverkitchen|Silver Kitchen Garden
split|jazz woman|Jazzwoman
split|Rain water|Rainwater Harvest Stories
split|star pieces|STAR PIECES
split|window pane 95|Windowpane 95入門
split|light house keepers|The Lighthouse Keepers
romaji|kyandi|キャンディ・ドロップ
romaji|kyandhidoroppu|キャンディ・ドロップ
romaji|merodi|メロディーの行方
romaji|merodi-no|メロディーの行方
romaji|tiara|ティアラの森
romaji|thiara|ティアラの森
romaji|pa-ti|「たのしい」パーティー料理帖
romaji|pa-thi-|「たのしい」パーティー料理帖
romaji|tumoro-|トゥモロー広場
romaji|twumoro-|トゥモロー広場
romaji|dyuetto|デュエットの時間
romaji|dhuetto|デュエットの時間
romaji|tokimekideito|ときめきデイト
kunrei|seigekinokyosen|星撃の巨船
kunrei|hoozukinoyaiba|鬼灯の刃
kunrei|huyunotantei|冬の探偵
latinkana|Cごにゅうもん|C語入門
latinkana|cご|C語入門
latinkana|しーごのきそ|シー語の基礎
latinkana|Bのひげ|Bの髭
latinkana|びーのひげ|Bの髭
latinkana|Tしゃつ|Tシャツ染め
latinkana|ｔしゃつぞめ|Tシャツ染め
latinkana|Xせん|X線の話
mixed|Snakeにゅうもん|Snake入門
mixed|にゅうもんsnake|入門Snake 3
mixed|はじめてのdiy|はじめてのDIY
mixed|itようご|IT用語ハンドブック
mixed|ITようごはんどぶっく|IT用語ハンドブック
number_first_row|1x84|1X84
number_first_row|１Ｘ８４|1X84
number_first_row|30世紀少女|30世紀少女
number_first_row|2011年宇宙の船|2011年宇宙の船
number_first_row|2011年|2011年宇宙の船
number_first_row|snake 3|入門Snake 3
number_first_row|5年3組|5年3組の宝
umlauts|Mueller|Müllers Bücher
umlauts|muellers buecher|Müllers Bücher
umlauts|Muller|Müllers Bücher
umlauts|hoellenzug|Der Höllenzug
umlauts|schoene gruesse|Schöne Grüße
umlauts|schone grusse|Schöne Grüße
umlauts|uebermorgen|Übermorgen
oldkanji|沢田学と広島の桜|澤田學と廣島の櫻
signs|？|?
signs|❤|♥
signs|！？|!?
typo_latin|jazwoman|Jazzwoman
typo_latin|jazzzwoman|Jazzwoman
typo_latin|star picces|STAR PIECES
typo_latin|lihgthouse|The Lighthouse Keepers
`

// madeUpRecords are the works, their volumes and editions, among so many other bibs of a
// made-up library.
func madeUpRecords(t testing.TB, others int) (own, all []library.Record) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(madeUp), "\n") {
		f := strings.Split(line, "|")
		year, err := strconv.Atoi(f[4])
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for i, volume := range volumesNamed(f[5]) {
			id := fmt.Sprint("made-", f[0], "-", i)
			own = append(own, bib(id, f[0], f[1], f[2], f[3], year+i/4, func(r *library.Record) {
				r.Bib.Volume = volume
				if strings.Contains(f[2], "; ") {
					names := strings.Split(f[2], "; ")
					r.Bib.Creators = []library.Creator{{Name: names[0], Reading: f[3], Role: "作"}, {Name: names[1], Role: "訳"}}
				}
			}))
		}
	}
	gen, err := generate.New(generate.Config{Bibs: others, Copies: others, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	all = slices.Clone(own)
	for r, err := range gen.Records() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return own, all
}

// volumesNamed reads a list of volumes: "巻*1-3" are 巻1, 巻2, 巻3.
func volumesNamed(list string) (out []string) {
	way, numbers, numbered := strings.Cut(list, "*")
	if !numbered {
		return strings.Split(list, ",")
	}
	at := strings.IndexAny(numbers, "123456789")
	var from, to int
	fmt.Sscanf(numbers[at:], "%d-%d", &from, &to)
	for n := from; n <= to; n++ {
		out = append(out, fmt.Sprint(way, n, numbers[:at]))
	}
	return out
}

// madeUpWishes are all wishes for them.
func madeUpWishes(t testing.TB, own, all []library.Record) (out []wish) {
	t.Helper()
	w := wishableOf(all)
	byTitle := map[string]library.Record{}
	for _, r := range own {
		if _, have := byTitle[r.Bib.Title]; !have { // of a work its first volume
			byTitle[r.Bib.Title] = r
			out = slices.Concat(out, w.asWritten(r), w.asRead(r), w.typos(r, steady()))
		}
		if r.Bib.Volume != "" {
			out = append(out, w.volume(r)...)
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(madeUpTyped), "\n") {
		f := strings.Split(line, "|")
		r, ok := byTitle[f[2]]
		if !ok {
			t.Fatalf("%s: there is no such title", line)
		}
		rows := firstPage
		if strings.HasSuffix(f[0], "first_row") {
			rows = 1
		}
		n := w.title(f[0], f[1], r.Bib, rows)
		n.near = strings.HasPrefix(f[0], "typo")
		out = append(out, n)
	}
	return append(out, w.families(own)...)
}
