package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"madoguchi/library"
)

func texts(list []library.Suggestion) []string {
	out := []string{}
	for _, s := range list {
		out = append(out, s.Text)
	}
	return out
}

func TestSuggest(t *testing.T) {
	c := open(t, sample()...)
	for _, row := range []struct {
		typed string
		first string // comma-separated beginning of what is suggested
	}{
		{"なつ", "夏目漱石"}, {"ナツ", "夏目漱石"}, {"ﾅﾂ", "夏目漱石"}, {"natsu", "夏目漱石"}, {"nats", "夏目漱石"}, {"natu", "夏目漱石"}, {"なt", "夏目漱石"},
		{"natsume so", "夏目漱石"}, {"なつめそうせき", "夏目漱石"}, {"なつめ　そう", "夏目漱石"},
		{"souseki", "夏目漱石"}, {"soseki", "夏目漱石"}, {"そーせき", "夏目漱石"}, {"夏目", "夏目漱石"}, {"夏目 漱", "夏目漱石"},
		{"こころ", "こころ,こころの処方箋"}, {"kokoro", "こころ,こころの処方箋"},
		{"はりー", "ハリー・ポッターと"}, {"ろーりんぐ", "J.K.ローリング"},
		{"わがはいはねこ", "吾輩は猫である"}, {"ねこ", "吾輩は猫である"},
		{"どぐら", "ドグラ・マグラ"}, {"まぐら", "ドグラ・マグラ"}, // kana titles are their own reading
		{"pyth", "Python Cookbook"}, {"cookb", "Python Cookbook"}, {"beaz", "David Beazley"},
		{"ゆうじ", "友情"},
		{"斉藤", "齋藤茂吉"},
		{"せきがはら", "関ヶ原の戦い"},
	} {
		got, err := c.Suggest(t.Context(), row.typed, 8)
		if err != nil {
			t.Fatal(err)
		}
		have := texts(got)
		for i, want := range strings.Split(row.first, ",") {
			if i >= len(have) || !strings.HasPrefix(have[i], want) {
				t.Errorf("%q suggests %v, want %s", row.typed, have, row.first)
				break
			}
		}
		if len(have) != len(slices.Compact(slices.Sorted(slices.Values(have)))) {
			t.Errorf("%q suggests one heading twice: %v", row.typed, have)
		}
	}
	for _, typed := range []string{"", "　", "ぷぷぷ", "qqq", "がはい", "、"} {
		if got, err := c.Suggest(t.Context(), typed, 8); err != nil || len(got) != 0 {
			t.Errorf("%q suggests %v, %v", typed, texts(got), err)
		}
	}
}

// TestSuggestionLeadsToHits: what is suggested is found when it is tapped.
func TestSuggestionLeadsToHits(t *testing.T) {
	c := open(t, sample()...)
	for _, typed := range strings.Split("あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわ", "") {
		list, err := c.Suggest(t.Context(), typed, 50)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			if got := find(t, c, s.Query()); len(got) == 0 {
				t.Errorf("%q suggests %s %q, which finds nothing", typed, s.Field, s.Text)
			}
		}
	}
}

func TestFrequentHeadingsComeFirst(t *testing.T) {
	var records []library.Record
	for i := range 120 {
		creator, reading := "山田太郎", "ヤマダ, タロウ"
		switch {
		case i >= 110:
			creator, reading = "山本花子", "ヤマモト, ハナコ"
		case i >= 60:
			creator, reading = "山口二郎", "ヤマグチ, ジロウ"
		}
		records = append(records, bib("b"+strings.Repeat("x", i), "山"+strings.Repeat("の", i+1), "ヤマ"+strings.Repeat("ノ", i+1), creator, reading, 2000))
	}
	c := open(t, records...)
	got, err := c.Suggest(t.Context(), "やま", 3)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"山田太郎", "山口二郎", "山本花子"}; !slices.Equal(texts(got), want) {
		t.Errorf("やま suggests %v, want %v", texts(got), want)
	}
}

func TestOneCreatorOneSuggestion(t *testing.T) {
	c := open(t,
		bib("a", "a", "", "芥川龍之介", "アクタガワ, リュウノスケ", 2000),
		bib("b", "b", "", "芥川竜之介", "アクタガワ リュウノスケ", 2001),
		bib("c", "c", "", "芥川龍之介", "", 2002),
		bib("d", "d", "", "芥川, 龍之介", "あくたがわ りゅうのすけ", 2003),
	)
	got, err := c.Suggest(t.Context(), "あくた", 8)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Text != "芥川龍之介" || got[0].Reading == "" || got[0].Field != library.SuggestCreator {
		t.Fatalf("あくた suggests %+v", got)
	}
	if hits := find(t, c, got[0].Query()); len(hits) != 4 {
		t.Errorf("the suggestion finds %v, want all four", hits)
	}
}

func TestNear(t *testing.T) {
	c := open(t, sample()...)
	for typed, want := range map[string]string{
		"なつねそうせき":        "夏目漱石", // a wrong kana
		"なつそうせき":         "夏目漱石", // one left out
		"なつめめそうせき":       "夏目漱石", // one too many
		"なめつそうせき":        "夏目漱石", // two exchanged
		"たつめそうせき":        "夏目漱石", // the first one wrong
		"夏目嗽石":           "夏目漱石", // a wrong kanji
		"夏日漱石":           "夏目漱石", // near the front
		"複目漱石":           "夏目漱石", // at the front
		"pithon":         "Python Cookbook",
		"pyhton":         "Python Cookbook",
		"natsumi soseki": "夏目漱石",
		"さめじろう こころも":     "こころ", // one of the words
		"海辺のカフヵ":         "海辺のカフカ",
	} {
		got, err := c.Near(t.Context(), typed, 5)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(texts(got), want) {
			t.Errorf("near %q are %v, want %s among them", typed, texts(got), want)
		}
	}
	for _, typed := range []string{"", "ぷ", "ぷらぷらぷら", "qqqqqq"} {
		if got, err := c.Near(t.Context(), typed, 5); err != nil || len(got) != 0 {
			t.Errorf("near %q are %v, %v", typed, texts(got), err)
		}
	}
}

// TestNearAllThatWasTyped: what is near to all of it comes before what is near to one of
// its words, however frequent.
func TestNearAllThatWasTyped(t *testing.T) {
	list := []string{"The Lantern Keepers"}
	for i := range 30 {
		list = append(list, fmt.Sprint("The Garden ", i))
	}
	c := open(t, titles(list...)...)
	for _, typed := range []string{"the lantern keeers", "the lantern keeppers", "the lantarn keepers", "the lnatern keepers"} {
		for _, limit := range []int{1, 2, 6} {
			got, err := c.Near(t.Context(), typed, limit)
			if err != nil || len(got) == 0 || got[0].Text != "The Lantern Keepers" || len(got) > limit || len(slices.Compact(slices.Sorted(slices.Values(texts(got))))) != len(got) {
				t.Errorf("near %q are %v, %v", typed, texts(got), err)
			}
		}
	}
}

// TestLongHeadingStaysOne: starts are clipped, and headings are found by them.
func TestLongHeadingStaysOne(t *testing.T) {
	title := strings.Repeat("ながいだいめい", 6)
	first := bib("l1", title+"一", "", "作者", "サクシャ", 2020)
	c := open(t, first)
	second, other := bib("l2", title+"一", "", "作者", "サクシャ", 2021), bib("l3", title+"二", "", "作者", "サクシャ", 2022)
	apply(t, c, testInfo.Edition+1, library.Change{PutBib: &second.Bib}, library.Change{PutBib: &other.Bib})
	var got []string
	rows, err := c.write.Query("SELECT key, count FROM heading WHERE field = $1 ORDER BY key", string(library.SuggestTitle))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var n int
		if err := rows.Scan(&key, &n); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(key, " ", n))
	}
	if want := []string{title + "一 2", title + "二 1"}; rows.Err() != nil || !slices.Equal(got, want) {
		t.Errorf("the headings are %q, %v; want %q", got, rows.Err(), want)
	}
}
