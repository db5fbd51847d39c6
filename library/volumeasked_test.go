package library

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestAskedVolumes: in each row are the ways to ask for one volume of one work.
func TestAskedVolumes(t *testing.T) {
	for _, row := range []struct {
		rest, volume string
		typed        []string
	}{
		{"進撃の巨人", "3", strings.Split("進撃の巨人 3|進撃の巨人 ３|進撃の巨人　3|進撃の巨人3|進撃の巨人３|進撃の巨人 三|進撃の巨人三|進撃の巨人 Ⅲ|進撃の巨人 III|進撃の巨人 ③|進撃の巨人③|"+
			"進撃の巨人3巻|進撃の巨人 3巻|進撃の巨人 3 巻|進撃の巨人第3巻|進撃の巨人 第3巻|進撃の巨人 第 3 巻|進撃の巨人 第三巻|進撃の巨人第三巻|進撃の巨人三巻|進撃の巨人 三巻|進撃の巨人 巻3|進撃の巨人 巻の三|"+
			"進撃の巨人 第3号|進撃の巨人 3号|進撃の巨人 第3集|進撃の巨人 3冊目|進撃の巨人 3巻目|進撃の巨人 第3部|"+
			"進撃の巨人 vol.3|進撃の巨人 vol. 3|進撃の巨人 Vol 3|進撃の巨人vol.3|進撃の巨人 VOL３|進撃の巨人 volume 3|進撃の巨人 no.3|進撃の巨人 No. 3|進撃の巨人 №3|進撃の巨人#3|進撃の巨人 #3|進撃の巨人 ＃３|"+
			"進撃の巨人(3)|進撃の巨人 (3)|進撃の巨人（３）|進撃の巨人 （三）|進撃の巨人［3］|進撃の巨人【3】|進撃の巨人 〈3〉|進撃の巨人・3|進撃の巨人 其の三|進撃の巨人 其の3|進撃の巨人 その3|"+
			"進撃の巨人 3かん|進撃の巨人3かん|進撃の巨人 だい3かん|進撃の巨人だい3かん|進撃の巨人 さんかん|進撃の巨人 だいさんかん|進撃の巨人 ダイサンカン|進撃の巨人 3ごう|進撃の巨人 3kan|進撃の巨人 dai3kan|進撃の巨人 dai 3 kan|進撃の巨人 sankan|進撃の巨人 daisankan|進撃の巨人 dai san kan|"+
			"進撃の巨人 3さつ|3巻 進撃の巨人|第3巻　進撃の巨人|進撃の巨人 ｶﾝ3|進撃の巨人 ﾀﾞｲ3ｶﾝ|進撃の巨人 03", "|")},
		{"戦争と平和", "上", strings.Split("戦争と平和 上|戦争と平和 上巻|戦争と平和上巻|戦争と平和（上）|戦争と平和 (上)|戦争と平和上|戦争と平和 上の巻|戦争と平和 じょう|戦争と平和 じょうかん|戦争と平和 うえ|上巻 戦争と平和", "|")},
		{"図書館年鑑", "2015年版", strings.Split("図書館年鑑2015年版|図書館年鑑 2015年版|図書館年鑑 ２０１５年版|図書館年鑑(2015年版)", "|")},
		{"研究報告", "平成26年度", strings.Split("研究報告平成26年度|研究報告 平成26年度|研究報告 平成２６年度", "|")},
		{"ニュース", "2016春夏", strings.Split("ニュース2016春夏|ニュース 2016春夏|ニュース〈2016春夏〉", "|")},
		{"悪人", "下", strings.Split("悪人 下|悪人 げかん|悪人 げ|悪人 した|悪人下巻", "|")},
		{"物語", "後編", strings.Split("物語 後編|物語 後篇|物語後編|物語（後編）|物語 こうへん|物語 後", "|")},
		{"わんぴーす", "1", strings.Split("わんぴーす1|わんぴーす 1|わんぴーす 1かん|わんぴーすだい1かん|わんぴーす いっかん|わんぴーす だいいっかん", "|")},
		{"ONE PIECE", "109", strings.Split("ONE PIECE 109|ONE PIECE 百九|ONE PIECE 一〇九|ONE PIECE 百九巻|ONE PIECE ひゃくきゅうかん|ONE PIECE vol.109|ONE PIECEvol.109", "|")},
		{"尾田 ワンピース", "21", strings.Split("尾田 ワンピース 21|尾田 ワンピース 二十一|尾田 ワンピース 二一|尾田 ワンピース にじゅういっかん|尾田 ワンピース 第21巻", "|")},
		{"ワンピース 尾田", "3", strings.Split("ワンピース 3 尾田|ワンピース3巻 尾田|ワンピース 第 3 巻 尾田", "|")},
		{"文藝春秋", "2024年9月号", strings.Split("文藝春秋 2024年9月号|文藝春秋 2024年9月|文藝春秋2024年9月号", "|")},
		{"指輪物語", "2上", strings.Split("指輪物語 2上|指輪物語 2巻上|指輪物語 第2巻 上", "|")},
		{"20世紀少年", "3", strings.Split("20世紀少年 3|20世紀少年3|20世紀少年第3巻", "|")},
		{"1Q84", "3", strings.Split("1Q84 3|1Q84 BOOK3|1Q84 book 3", "|")},
		{"らんま1/2", "3", strings.Split("らんま1/2 3|らんま1/2 3巻", "|")},
		{"ワンピース", "別巻", []string{"ワンピース 別巻"}},
		{"みみずくの午後", "7", strings.Split("みみずくの午後第7巻|みみずくの午後(7)|みみずくの午後#7|みみずくの午後7|みみずくの午後 7", "|")},
		{"?", "3", []string{"? 3"}},
	} {
		for _, typed := range row.typed {
			got := AskedVolumes(typed)
			if len(got) == 0 || got[0].Rest != row.rest || got[0].Key != VolumeKey(row.volume) {
				t.Errorf("AskedVolumes(%q) = %+v, want %s of %s first", typed, got, row.volume, row.rest)
			}
		}
	}
}

// TestTitleEndsInOrdinal: what stands before a designation may be the end of a title.
func TestTitleEndsInOrdinal(t *testing.T) {
	for typed, want := range map[string]VolumeAsked{
		"木曜の午後第5巻": {Rest: "木曜の午後", Key: VolumeKey("5")}, "木曜の午後vol.5": {Rest: "木曜の午後", Key: VolumeKey("5")}, "木曜の午後5巻": {Rest: "木曜の午後", Key: VolumeKey("5")},
		"丘の上第三巻": {Rest: "丘の上", Key: VolumeKey("3")}, "地下no.12": {Rest: "地下", Key: VolumeKey("12")},
	} {
		if got := AskedVolumes(typed); !slices.ContainsFunc(got, func(a VolumeAsked) bool { return a.Rest == want.Rest && a.Key == want.Key }) {
			t.Errorf("AskedVolumes(%q) = %+v, want %s of %s among them", typed, got, want.Key, want.Rest)
		}
	}
}

func TestNoVolumeIsAsked(t *testing.T) {
	for _, typed := range []string{
		"", " ", "3", "3巻", "第3巻", "上", "（3）", "vol.3", "だい3かん", "2001年宇宙の旅", "20世紀少年", "1Q84の謎", "913.6", "らんま1/2", "中国の歴史 全10巻", "9784101010137",
		"1 リットルの涙", "地下 鉄", "三匹の猫", "十二国記", "piano", "昭和64年", "平成30年", "四月", "kumo no ue", "sankan", "mikan", "海 i",
	} {
		if got := AskedVolumes(typed); len(got) > 0 {
			t.Errorf("AskedVolumes(%q) = %+v, want none", typed, got)
		}
	}
	for _, typed := range []string{"地下", "机の上", "世界中", "python3", "1Q84", "わんぴーすさんかん"} { // perhaps
		for _, a := range AskedVolumes(typed) {
			if !a.Loose {
				t.Errorf("AskedVolumes(%q) has %+v, which is the end of a word", typed, a)
			}
		}
	}
}

func TestTypedVolumeStandsAsTyped(t *testing.T) {
	for typed, want := range map[string]string{"ワンピース １１０巻": "１１０巻", "ワンピース110巻 ": "110巻", "ワンピース vol. 110": "vol. 110", "110巻 ワンピース": "110巻", "ワンピース(110)": "(110)"} {
		if got := AskedVolumes(typed); len(got) == 0 || got[0].Typed != want {
			t.Errorf("AskedVolumes(%q) = %+v, want %q typed", typed, got, want)
		}
	}
}

// TestWildTitlesAreAskedByVolume: the volumes of the kinds of records that found nothing.
func TestWildTitlesAreAskedByVolume(t *testing.T) {
	f, err := os.Open("../../shared/data/wild/search-words.csv")
	if err != nil {
		t.Skipf("the real data are not there: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, row := range rows[1:] {
		b := Bib{Title: row[1], TitleReading: row[2], Volume: row[3]}
		if title, volume := b.Work(); title != b.Title && b.Volume != "" {
			t.Errorf("the work of %q %q is %q %q", b.Title, b.Volume, title, volume)
		}
		if b.Volume == "" {
			continue
		}
		n++
		number := strings.TrimPrefix(strings.TrimSuffix(b.Volume, "巻"), "巻")
		for _, typed := range []string{b.Title + " " + b.Volume, b.Title + b.Volume, b.Title + " " + number, b.Title + number, b.Title + " 第" + number + "巻", b.Title + "（" + number + "）"} {
			if strings.Contains(typed, "第上") || strings.Contains(typed, "第下") {
				continue
			}
			got := AskedVolumes(typed)
			if len(got) == 0 || got[0].Rest != b.Title || got[0].Key != VolumeKey(b.Volume) {
				t.Errorf("AskedVolumes(%q) = %+v, want %s of %s", typed, got, b.Volume, b.Title)
			}
		}
	}
	if n == 0 {
		t.Error("no record has a volume")
	}
}

func TestWork(t *testing.T) {
	for _, row := range [][4]string{ // title, volume → title of the work, volume
		{"ONE PIECE", "巻1", "ONE PIECE", "巻1"},
		{"ONE PIECE 巻1", "", "ONE PIECE", "1"},
		{"ONE PIECE 巻1", "1", "ONE PIECE", "1"},
		{"ONE PIECE 1", "", "ONE PIECE", "1"},
		{"進撃の巨人(3)", "", "進撃の巨人", "3"},
		{"進撃の巨人 （３）", "", "進撃の巨人", "3"},
		{"三国志 第3巻", "", "三国志", "3"},
		{"三国志 五", "", "三国志", "5"},
		{"風の歌 上", "", "風の歌", "上"},
		{"風の歌（下）", "", "風の歌", "下"},
		{"物語 後編", "", "物語", "後"},
		{"ロッキー IV", "", "ロッキー", "4"},
		{"文藝春秋 2024年9月号", "", "文藝春秋", "2024年 9月"},
		{"みみずくの午後(7)", "", "みみずくの午後", "7"},
		{"図書館年鑑 2015年版", "", "図書館年鑑 2015年版", ""},
		{"1Q84", "", "1Q84", ""},
		{"1Q84 BOOK3", "", "1Q84", "3"},
		{"20世紀少年", "", "20世紀少年", ""},
		{"2001年宇宙の旅", "", "2001年宇宙の旅", ""},
		{"らんま1/2", "", "らんま1/2", ""},
		{"マルコム X", "", "マルコム X", ""},
		{"地下", "", "地下", ""},
		{"世界の中", "", "世界の中", ""},
		{"Python3", "", "Python3", ""},
		{"会計 2024", "", "会計 2024", ""},
		{"第3巻", "", "第3巻", ""},
		{"中国の歴史 全10巻", "", "中国の歴史 全10巻", ""},
		{"漫画 3", "上", "漫画 3", "上"},
		{"わんぱく さんかん", "", "わんぱく さんかん", ""},
		{"", "3", "", "3"},
	} {
		b := Bib{Title: row[0], Volume: row[1]}
		title, volume := b.Work()
		if title != row[2] || VolumeKey(volume) != VolumeKey(row[3]) {
			t.Errorf("the work of %q %q is %q %q, want %q %q", row[0], row[1], title, volume, row[2], row[3])
		}
	}
	b := Bib{Title: "ワンピース 3", TitleReading: "ワン ピース 3"}
	if got := b.WorkReading(); got != "ワン ピース" {
		t.Errorf("the reading of the work is %q", got)
	}
}

func TestVolumeKeys(t *testing.T) {
	for volume, want := range map[string][]string{
		"":            nil,
		"3":           {VolumeKey("3")},
		"1 冒険の夜明け":    {VolumeKey("1 冒険の夜明け"), VolumeKey("1")},
		"2024年9月号":    {VolumeKey("2024年9月")},
		"上 (春の巻)":     {VolumeKey("上 春")},
		"A":           {VolumeKey("a")},
		"第3巻 (Extra)": {VolumeKey("3extra"), VolumeKey("3")},
	} {
		if got := VolumeKeys(volume); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("VolumeKeys(%q) = %q, want %q", volume, got, want)
		}
	}
}

func FuzzAskedVolumes(f *testing.F) {
	for _, s := range []string{"進撃の巨人 第3巻", "わんぴーす だいさんかん", "(((3", "vol. no.", "\xff3", "一〇十百千 千", "ﾀﾞｲ３ｶﾝ ﾞ", "a#1#2#3#4#5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, a := range AskedVolumes(s) {
			if a.Rest == "" || a.Key == "" || !strings.Contains(s, a.Typed) {
				t.Errorf("AskedVolumes(%q) has %+v", s, a)
			}
		}
		b := Bib{Title: s, TitleReading: s}
		if title, volume := b.Work(); !strings.HasPrefix(strings.TrimSpace(s), title) && title != s || volume != "" && VolumeKey(volume) == "" {
			t.Errorf("the work of %q is %q, %q", s, title, volume)
		}
		b.WorkReading()
		VolumeKeys(s)
	})
}
