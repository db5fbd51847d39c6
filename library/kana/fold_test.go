package kana

import "testing"

func TestFold(t *testing.T) {
	// Everything in a row is one word to a patron.
	same := [][]string{
		{"たつち", "タッチ", "たっち", "タツチ", "ﾀｯﾁ"},
		{"こんぴゆた", "コンピュータ", "コンピューター", "ｺﾝﾋﾟｭｰﾀｰ"},
		{"はりぽつた", "ハリー・ポッター", "ハリーポッター", "ﾊﾘｰ･ﾎﾟｯﾀｰ", "ハリー-ポッター"},
		{"関が原", "関ヶ原", "関ケ原", "關ヶ原", "関が原"},
		{"三が月", "三ヶ月", "三ヵ月", "三か月", "三カ月", "三箇月"},
		{"佐佐木", "佐々木", "佐佐木"},
		{"馬鹿馬鹿しい", "馬鹿々々しい", "馬鹿馬鹿しい"},
		{"学校", "學校"},
		{"斎藤", "齋藤", "斉藤", "齊藤"},
		{"渡辺", "渡邊", "渡邉"},
		{"高崎", "髙﨑", "高﨑", "高崎"},
		{"吉田", "𠮷田"},
		{"弁護士", "辯護士"},
		{"ばいおりん", "ヴァイオリン", "バイオリン", "ゔぁいおりん", "ｳﾞｧｲｵﾘﾝ"},
		{"びゆ", "ヴュー", "ビュー"},
		{"ぶ", "ヴ", "ブ"},
		{"みかずき", "みかづき", "ミカズキ"},
		{"はなじ", "はなぢ"},
		{"みおつくし", "みをつくし"},
		{"こころ", "こゝろ", "ココロ"},
		{"いすず", "いすゞ"},
		{"いえ", "ゐゑ"},
		{"cafe", "Café", "ＣＡＦＥ", "cafe\u0301"},
		{"strasse", "Straße"},
		{"email", "e-mail", "E‐Mail"},
		{"dont panic", "Don't  Panic!", "Don’t panic"},
		{"c++", "C++", "Ｃ＋＋"},
		{"1990 2000", "1990-2000", "１９９０～２０００"},
		{"吾輩は猫である 上", "「吾輩は猫である」 (上)", "吾輩は猫である。　上"},
		{"葛飾", "葛\U000E0100飾"},
		{"株", "㈱"},
		{"3", "③", "３"},
		{"", "、。！？", "　"},
	}
	for _, row := range same {
		for _, s := range row {
			if got := Fold(s); got != row[0] {
				t.Errorf("Fold(%q) = %q, want %q", s, got, row[0])
			}
		}
	}
}

func TestFoldKeepsApart(t *testing.T) {
	for _, pair := range [][2]string{
		{"埼玉", "﨑玉"}, {"丼", "井"}, {"着", "著"}, {"獄", "嶽"}, {"はる", "わる"}, {"琉球", "瑠球"},
		{"井ノ原", "井の腹"}, {"土", "士"}, {"C", "C++"}, {"静か夜", "静が夜"}, {"かな", "がな"},
	} {
		if a, b := Fold(pair[0]), Fold(pair[1]); a == b {
			t.Errorf("Fold makes %q and %q one: %q", pair[0], pair[1], a)
		}
	}
}

func TestFoldReading(t *testing.T) {
	for in, want := range map[string]string{
		"ハリー・ポッター":      "はり ぽつた",
		"ナツメ, ソウセキ":     "なつめ そうせき",
		"ワタシ ワ ネコ":      "わたし わ ねこ",
		"NHKキョウノリョウリ":   "nhk きようのりようり",
		"ｾｷｶﾞﾊﾗ ﾉ ﾀﾀｶｲ": "せきがはら の たたかい",
	} {
		if got := FoldReading(in); got != want {
			t.Errorf("FoldReading(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSigns(t *testing.T) {
	for in, want := range map[string]string{
		"？": "?", "‼": "!!", "… …": "......", "♡": "♥", "❤\uFE0F": "♥", "☆": "★", "—ー": "--", "♥1": "", "あ?": "", " \n": "", "": "", "\xff": "",
	} {
		if got := Signs(in); got != want {
			t.Errorf("Signs(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSpellOut(t *testing.T) {
	for in, want := range map[string]string{
		"V チューバー": "ぶい チューバー", "ITパスポート": "あいてぃーパスポート", "アタラシイ C ゲンゴ": "アタラシイ しー ゲンゴ", "ｂ ノ ヒ": "びー ノ ヒ",
		"JAVASCRIPT ノ ホン": "", "ONE LOVE": "", "C": "", "3 ビキ": "", "Müller ノ ミチ": "", "3D ノ": "3でぃー ノ", "C++ ノ": "", "": "",
	} {
		got, ok := SpellOut(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("SpellOut(%q) = %q, %t; want %q", in, got, ok, want)
		}
	}
}

func TestWriteOut(t *testing.T) {
	for in, want := range map[string]string{"Märchen": "maerchen", "MU\u0308LLER": "mueller", "Øre": "oere", "Ångström": "aangstroem", "Café": "", "": ""} {
		got, ok := WriteOut(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("WriteOut(%q) = %q, %t; want %q", in, got, ok, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"関ヶ原", "馬鹿々々", "こゝろ", "三ーか月", "カー゙", "C++ #", "ᄀ・ᅡ", "a'ーb", "ヴヴァ", "İ", "\xff", "佐・々", "ｶﾞ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, fold := range map[string]func(string) string{"Fold": Fold, "FoldReading": FoldReading} {
			once := fold(s)
			if twice := fold(once); twice != once {
				t.Errorf("%s(%q) = %q, and folded again %q", name, s, once, twice)
			}
		}
		if signs := Signs(s); signs != "" && Signs(signs) != signs {
			t.Errorf("Signs(%q) = %q, and once more %q", s, signs, Signs(signs))
		}
		SpellOut(s)
		WriteOut(s)
	})
}
