package kana

import (
	"slices"
	"testing"
)

func TestKeys(t *testing.T) {
	got := Keys(FoldReading("ワガハイ ワ ネコ デ アル"))
	want := []string{"わがわいわねこである", "わねこである", "ねこである", "である", "ある"}
	if !slices.Equal(got, want) {
		t.Errorf("Keys = %v, want %v", got, want)
	}
	if Keys("") != nil {
		t.Error("no reading has keys")
	}
}

// TestTypedReadings: what people type for a catalogued reading, and what is not it.
func TestTypedReadings(t *testing.T) {
	for _, row := range []struct {
		catalogued, typed string
		loose, want       bool
	}{
		{"ワガハイ ワ ネコ デ アル", "わがはいはねこ", false, true},
		{"ワタシ ワ ネコ", "わたしはねこ", false, true},
		{"ワタシ ワ ネコ", "わたしわねこ", false, true},
		{"わたしはねこ", "わたしわねこ", false, true},
		{"コウエン エ イク", "こうえんへいく", false, true},
		{"ホン オ ヨム", "ほんをよむ", false, true},
		{"ハナ", "わな", false, false}, // the first kana is no particle
		{"ワナ", "はな", false, false},
		{"エキ", "へき", false, false},
		{"ナツメ ソウセキ", "そうせき", false, true},
		{"ナツメ ソウセキ", "つめ", false, false},
		{"ナツメ ソウセキ", "そせき", false, false},
		{"ナツメ ソウセキ", "そせき", true, true},
		{"オオサカ", "おさか", true, true},
		{"ガッコウ ノ カイダン", "がっこのかいだん", true, true},
		{"コウシ", "こし", false, false},
		{"ヘ", "へ", false, true},
	} {
		key := Key(Fold(row.typed))
		if row.loose {
			key = Loose(key)
		}
		reading := FoldReading(row.catalogued)
		if got := HasKey(reading, key, row.loose); got != row.want {
			t.Errorf("HasKey(%q, %q, %v) = %v", row.catalogued, row.typed, row.loose, got)
		}
		has := slices.ContainsFunc(Keys(reading), func(k string) bool {
			if row.loose {
				k = Loose(k)
			}
			return len(k) >= len(key) && k[:len(key)] == key
		})
		if has != row.want {
			t.Errorf("Keys and HasKey differ for %q and %q", row.catalogued, row.typed)
		}
	}
}

func TestLengthen(t *testing.T) {
	for in, want := range map[string]string{"コンピューター": "こんぴゆうたあ", "ｺｰﾋｰ": "こおひい", "ケーキ": "けえき", "ー": "", "ンー": "ん"} {
		if got, ok := Lengthen(in); Fold(got) != want || !ok {
			t.Errorf("Lengthen(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
	if _, ok := Lengthen("ねこ"); ok {
		t.Error("ねこ has no long vowel mark")
	}
}

func TestRespell(t *testing.T) {
	for in, want := range map[string]string{
		"キャンディ": "きやんじ", "ﾊﾟｰﾃｨｰ": "ぱち", "トゥナイト": "つないと", "ドゥオーモ": "ずおも", "ウォーター": "おた", "テューバ": "ちゆば", "プロデュース": "ぷろじゆす", "ティティ": "ちち",
	} {
		if got, ok := Respell(in); FoldReading(got) != want || !ok {
			t.Errorf("Respell(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
	for _, s := range []string{"テイネイ", "トウキ", "チーズ", ""} {
		if got, ok := Respell(s); ok {
			t.Errorf("Respell(%q) = %q, but it has no foreign sound", s, got)
		}
	}
}

func TestSpell(t *testing.T) {
	if got := Spell("abcの3"); got != "えーびーしーの3" {
		t.Errorf("Spell = %q", got)
	}
	for r := 'a'; r <= 'z'; r++ {
		if got := Spell(string(r)); !IsKana(got) || got == "" {
			t.Errorf("%c is called %q", r, got)
		}
	}
}

func FuzzReading(f *testing.F) {
	f.Add("ワガハイ ワ ネコ", "わがはい")
	f.Add("ソウセキ", "そせ")
	f.Fuzz(func(t *testing.T, reading, typed string) {
		folded, key := FoldReading(reading), Key(FoldReading(typed))
		want := slices.ContainsFunc(Keys(folded), func(k string) bool { return len(k) >= len(key) && k[:len(key)] == key })
		if got := HasKey(folded, key, false); got != want {
			t.Errorf("HasKey(%q, %q) = %v, but its keys are %q", folded, key, got, Keys(folded))
		}
		loose := Loose(key)
		if Loose(loose) != loose {
			t.Errorf("Loose(%q) = %q, and again %q", key, loose, Loose(loose))
		}
	})
}
