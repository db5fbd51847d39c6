package library

import (
	"slices"
	"strings"
	"testing"
)

func TestVolumeKeyOrders(t *testing.T) {
	for _, row := range []string{
		"上 中 下",
		"上巻 中巻 下巻 別巻",
		"前編 後編",
		"前篇 後篇",
		"第3巻 第10巻 第21巻",
		"1 2 3 10 11 100",
		"一 二 三 九 十 十一 二十 二十一 百",
		"第一巻 第二巻 第十巻 第二十一巻",
		"Ⅰ Ⅱ Ⅳ Ⅴ Ⅸ Ⅹ",
		"vol.1 vol.2 vol.10",
		"天 地 人",
		"正 続 新",
		"甲 乙 丙 丁",
		"序巻 1 2 別巻 総索引",
		"1 2 別巻 索引",
		"1上 1下 2上 2下 10",
		"第1部第2巻 第1部第10巻 第2部第1巻",
		"2024年9月号 2024年10月号 2025年1月号",
		"上 上-2 下",
		"A B C",
	} {
		want := strings.Fields(row)
		got := slices.Clone(want)
		slices.Reverse(got)
		slices.SortStableFunc(got, func(a, b string) int { return strings.Compare(VolumeKey(a), VolumeKey(b)) })
		if !slices.Equal(got, want) {
			t.Errorf("sorted %v, want %v", got, want)
		}
		for i := range len(want) - 1 {
			if VolumeKey(want[i]) == VolumeKey(want[i+1]) {
				t.Errorf("%s and %s have one key", want[i], want[i+1])
			}
		}
	}
}

func TestVolumeKeyOfOneNumber(t *testing.T) {
	for _, row := range []string{
		"1 １ 一 壱 Ⅰ I 第1巻 第一巻 (1) 巻の一 vol.1 No.1 ① 01",
		"上 上巻 （上） 上の巻",
		"21 二十一 二一 XXI",
		"105 百五 一〇五",
	} {
		same := strings.Fields(row)
		for _, s := range same[1:] {
			if VolumeKey(s) != VolumeKey(same[0]) {
				t.Errorf("VolumeKey(%q) = %q, want %q as of %s", s, VolumeKey(s), VolumeKey(same[0]), same[0])
			}
		}
	}
	if VolumeKey("") != "" {
		t.Errorf("no volume has the key %q", VolumeKey(""))
	}
}

func FuzzVolumeKey(f *testing.F) {
	for _, s := range []string{"第3巻", "千千千千千千", "99999999999999999999", "iiii", "\xff", "別"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(VolumeKey(s)) > 16*len(s)+16 {
			t.Errorf("the key of %q is %q", s, VolumeKey(s))
		}
		for _, r := range VolumeKey(s) {
			if r == 0 {
				t.Errorf("the key of %q has a NUL", s)
			}
		}
	})
}
