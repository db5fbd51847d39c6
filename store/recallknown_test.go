package store

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
	"madoguchi/library/kana"
)

// wellKnown are titles that a reader in Japan knows from school; of those that came to
// mind, the ones that the list of Aozora Bunko has under this title. With them are asked for
// the creators of whom most bibs are in the files, so many that it is 200 in all.
const wellKnown = `
夏目漱石|吾輩は猫である こころ 坊っちゃん 草枕 三四郎 それから 門 明暗 道草 彼岸過迄 行人 虞美人草 夢十夜 硝子戸の中 私の個人主義
芥川竜之介|羅生門 鼻 蜘蛛の糸 杜子春 地獄変 藪の中 河童 歯車 或阿呆の一生 トロッコ 蜜柑 芋粥 奉教人の死 舞踏会 侏儒の言葉
太宰治|人間失格 走れメロス 斜陽 津軽 富嶽百景 女生徒 駈込み訴え ヴィヨンの妻 桜桃 グッド・バイ お伽草紙 パンドラの匣
宮沢賢治|銀河鉄道の夜 注文の多い料理店 風の又三郎 セロ弾きのゴーシュ よだかの星 やまなし どんぐりと山猫 グスコーブドリの伝記 春と修羅 オツベルと象 なめとこ山の熊 雪渡り
森鴎外|舞姫 高瀬舟 山椒大夫 雁 阿部一族 ヰタ・セクスアリス 最後の一句 青年 渋江抽斎
樋口一葉|たけくらべ にごりえ 十三夜 大つごもり
二葉亭四迷|浮雲
尾崎紅葉|金色夜叉
幸田露伴|五重塔
泉鏡花|高野聖 夜叉ヶ池 婦系図 外科室 天守物語 草迷宮 歌行灯
小林多喜二|蟹工船 党生活者
梶井基次郎|檸檬 桜の樹の下には 城のある町にて 冬の日
坂口安吾|桜の森の満開の下 堕落論 白痴 不連続殺人事件 日本文化私観
中島敦|山月記 李陵 名人伝 文字禍
島崎藤村|破戒 若菜集 新生 千曲川のスケッチ
国木田独歩|武蔵野 忘れえぬ人々 牛肉と馬鈴薯
田山花袋|蒲団 田舎教師
与謝野晶子|みだれ髪
石川啄木|一握の砂 悲しき玩具
伊藤左千夫|野菊の墓
長塚節|土
有島武郎|カインの末裔 小さき者へ 一房の葡萄
菊池寛|恩讐の彼方に 父帰る 真珠夫人
夢野久作|ドグラ・マグラ 瓶詰地獄 少女地獄
小栗虫太郎|黒死館殺人事件
織田作之助|夫婦善哉 わが町
林芙美子|晩菊
堀辰雄|風立ちぬ 美しい村 菜穂子
高村光太郎|智恵子抄
萩原朔太郎|月に吠える 青猫
中原中也|山羊の歌
新美南吉|手袋を買いに ごん狐 おじいさんのランプ
小川未明|赤い蝋燭と人魚 野ばら
柳田国男|遠野物語 山の人生 海上の道
谷崎潤一郎|陰翳礼讃 刺青 春琴抄
横光利一|機械 日輪 上海
中勘助|銀の匙
和辻哲郎|古寺巡礼
九鬼周造|「いき」の構造
西田幾多郎|善の研究
福沢諭吉|学問のすすめ
鴨長明|方丈記
紀貫之|土佐日記
江戸川乱歩|二銭銅貨 人間椅子 怪人二十面相 少年探偵団 屋根裏の散歩者 押絵と旅する男 心理試験 黒蜥蜴
高山樗牛|滝口入道
ドイル|赤毛連盟
カフカ|変身
ポー|モルグ街の殺人事件 黒猫 アッシャー家の崩壊
アンデルセン|マッチ売りの少女
オー・ヘンリー|賢者の贈り物
小泉八雲|雪女 耳無芳一の話
`

const wellKnownInAll = 200

// wellKnownWishes asks for each by the title alone, or by the creator's whole name, and
// says how many stand on the first page and in the first three rows. A creator is found
// by a bib that she made, and by the suggestions too, of which she is to be the first.
func wellKnownWishes(b *testing.B, c *Catalogue, records []library.Record) {
	b.Helper()
	w := wishableOf(records)
	var known []wish
	for _, line := range strings.Split(strings.TrimSpace(wellKnown), "\n") {
		creator, titles, _ := strings.Cut(line, "|")
		for _, title := range strings.Fields(titles) {
			n := w.title("wellknown", title, library.Bib{Title: title}, 0)
			n.bibs = maps.Clone(n.bibs)
			for _, r := range records {
				if n.bibs[r.Bib.ID] && !isBy(r.Bib, creator) {
					delete(n.bibs, r.Bib.ID)
				}
			}
			if len(n.bibs) == 0 {
				fmt.Printf("--- skipped: %s is not among the records\n", title)
				continue
			}
			known = append(known, n)
		}
	}
	var creators []wish
	for _, name := range mostFrequentCreators(records)[:max(0, wellKnownInAll-len(known))] {
		n := wish{kind: "wellknown", typed: name, bibs: map[library.BibID]bool{}}
		for _, r := range records {
			if len(r.Bib.Creators) > 0 && squeeze(kana.Fold(r.Bib.Creators[0].Name)) == name {
				n.bibs[r.Bib.ID] = true
				n.names = append(n.names, r.Bib.Creators[0].Name)
			}
		}
		creators = append(creators, n)
	}
	for _, figure := range []struct {
		kind string
		rows int
	}{{"wellknown_first_page", firstPage}, {"wellknown_first_three_rows", 3}} {
		asked := slices.Concat(known, creators)
		for i := range asked {
			asked[i].kind, asked[i].rows, asked[i].names = figure.kind, figure.rows, nil
		}
		printRecall(b, c, asked, "")
	}
	for i := range creators {
		creators[i].kind, creators[i].rows = "wellknown_creator_suggested_first", 1
	}
	printRecall(b, c, creators, "")
}

// isBy reports whether a creator of a bib has this name, or has it for a part of the name.
func isBy(b library.Bib, name string) bool {
	return slices.ContainsFunc(b.Creators, func(c library.Creator) bool {
		return strings.Contains(squeeze(kana.Fold(c.Name)), squeeze(kana.Fold(name)))
	})
}

// mostFrequentCreators are the names of first creators, folded, those of most bibs first.
func mostFrequentCreators(records []library.Record) []string {
	counts := map[string]int{}
	for _, r := range records {
		if len(r.Bib.Creators) > 0 {
			counts[squeeze(kana.Fold(r.Bib.Creators[0].Name))]++
		}
	}
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}
