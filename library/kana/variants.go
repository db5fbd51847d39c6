package kana

// modernKanji leads from an old or variant form of a kanji to the form that Fold
// writes.
var modernKanji = variantTable(variants)

// variantTable reads groups like "辺邊邉": the first kanji stands for the others.
func variantTable(groups string) map[rune]rune {
	table := make(map[rune]rune, len(groups)/3)
	var modern rune
	for _, r := range groups {
		switch {
		case r == ' ' || r == '\n':
			modern = 0
		case modern == 0:
			modern = r
		default:
			table[r] = modern
		}
	}
	return table
}

// variants has the old forms of the Jōyō and Jinmeiyō kanji, the forms in names
// that are searched under either, and the printed forms of kanji outside those
// lists. It joins forms of one kanji, and 斉 with 斎, which families named Saitō
// are looked for under alike. It keeps apart kanji that only share a shape or a
// simplification: 埼 and 﨑, 丼 and 井, 着 and 著, 嶽 and 獄.
const variants = `
亜亞 悪惡 圧壓 囲圍 医醫 為爲 壱壹 隠隱 栄榮 営營 衛衞 駅驛 円圓 塩鹽 縁緣 艶艷 応應 欧歐 殴毆 桜櫻
奥奧 横橫 温溫 穏穩 仮假 価價 画畫畵 会會 絵繪 壊壞 懐懷 概槪 拡擴 殻殼 覚覺 学學斈 岳嶽 楽樂 渇渴 缶罐
巻卷 陥陷 勧勸 寛寬 関關 歓歡 観觀 館舘 顔顏 気氣 帰歸 偽僞 戯戲戱 犠犧 旧舊 拠據 挙擧 虚虛 峡峽 挟挾
狭狹 教敎 郷鄕鄉 暁曉 区區 駆驅駈 勲勳 薫薰 径徑 茎莖 恵惠 掲揭 渓溪谿 経經 蛍螢 軽輕 継繼 鶏鷄雞 芸藝 撃擊
欠缺 研硏 県縣 倹儉 剣劍劔劒剱 険險 圏圈 検檢 献獻 権權 顕顯 験驗 厳嚴 広廣 効效 恒恆 黄黃 鉱鑛礦砿 号號 国國圀
黒黑 砕碎 済濟 斎齋斉齊 歳歲 剤劑 雑雜 参參 桟棧 蚕蠶 惨慘 賛贊 残殘 糸絲 歯齒 児兒 辞辭 湿濕 実實 写寫冩
釈釋 寿壽 収收 従從 渋澁澀 獣獸 縦縱 粛肅 処處 緒緖 叙敍敘 将將 称稱 渉涉 焼燒 証證 奨奬獎 条條 状狀 乗乘
浄淨 剰剩 畳疊 縄繩 壌壤 嬢孃 譲讓 醸釀 触觸 嘱囑 真眞 寝寢 慎愼 尽盡 図圖 粋粹 酔醉 穂穗 随隨 髄髓
枢樞 数數 瀬瀨 声聲 青靑 静靜 窃竊 摂攝 専專 浅淺 戦戰 践踐 銭錢 潜潛 繊纖 禅禪 双雙 壮壯 争爭 荘莊
捜搜 挿插 巣巢 曽曾 痩瘦 装裝 総總 騒騷 増增 蔵藏 臓臟 即卽 属屬 続續 堕墮 対對 体體躰軆 帯帶 滞滯 台臺
滝瀧 択擇 沢澤 担擔 単單 胆膽 団團 断斷 弾彈 遅遲 痴癡 虫蟲 昼晝 鋳鑄 庁廳 徴徵 聴聽 勅敕 鎮鎭 逓遞
鉄鐵鉃 転轉 点點 伝傳 灯燈 当當 党黨 盗盜 稲稻 闘鬪鬭 徳德 独獨 読讀 届屆 弐貳 悩惱 脳腦 覇霸 拝拜 廃廢
売賣 梅楳 麦麥 発發 髪髮 抜拔 晩晚 蛮蠻 秘祕 浜濱 瓶甁 払拂 仏佛 併倂 並竝 餅餠 辺邊邉 変變 弁辨瓣辯辧辦辮 舗舖
歩步 宝寶寳 豊豐 褒襃 没沒 翻飜 毎每 万萬 満滿 麺麵 黙默 弥彌 訳譯 薬藥 予豫 余餘 誉譽 揺搖 様樣 謡謠
与與 来來 頼賴 乱亂 覧覽 竜龍 両兩 猟獵 緑綠 涙淚 塁壘 礼禮 励勵 戻戾 霊靈 齢齡 暦曆 歴歷 恋戀 錬鍊
炉爐 労勞 郎郞 楼樓 録錄 湾灣 亘亙 凜凛 尭堯 巌巖 晃晄 桧檜 槙槇 禰祢 祷禱 禄祿 穣穰 萌萠 遥遙 瑶瑤
杯盃 富冨 峰峯 島嶋嶌 崎﨑嵜 高髙 吉𠮷 隣鄰 略畧 秋秌穐龝 野埜 桑桒 柳栁 松枩 橋𣘺 留畄 渕淵渊 兎兔 鴎鷗 蝋蠟
噛嚙 頬頰 鴬鶯 竃竈 掴摑 填塡 箪簞 繍繡 蒋蔣 醤醬 唖啞 芦蘆 頴穎 撹攪 躯軀 鹸鹼 麹麴 屏屛 涜瀆 侠俠
薮藪 篭籠 栃杤 桝枡 靱靭 賎賤 讃讚 諌諫 蝉蟬 顛顚 迩邇 曳曵 溌潑 醗醱 焔焰 鯵鰺 梼檮 倶俱 剥剝 叱𠮟
呑吞 嘘噓 妍姸 幷并 喩喻 姫姬 姉姊 潅灌 煕熙 珎珍 砺礪 竪豎 舩船 苅刈 荊荆 蘂蕊 蛎蠣 蝿蠅 贋贗 鈎鉤
隷隸 雁鴈 頚頸 騨驒 戸戶 内內 呉吳 清淸 産產 説說 悦悅 鋭銳 税稅 閲閱 脱脫 彦彥 尚尙 強强 既旣 鼠鼡
蛇虵 鶴靏鶮 亀龜 却卻 脚腳 群羣 携擕 稽𥡴 繋繫 隙𨻶 娯娛 告吿 柵栅 冊册 屡屢 舎舍 床牀 晋晉 刃刄 跡蹟
絶絕 羨羡 掻搔 窓窗 聡聰 壷壺 涛濤 妊姙 葱蔥 粘黏 嚢囊 弯彎 園薗 侭儘 欲慾 莱萊 裏裡 間閒 飲飮 沖冲
涼凉 旗籏 攅攢 罵駡 衆眾 糧粮 憩憇 叫呌
`
