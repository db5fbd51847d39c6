package screen

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"madoguchi/library"
)

// shelf is a catalogue of a few books in memory.
type shelf struct {
	records []library.Record
	lists   []library.List
	live    []library.Availability
}

// Search finds the words in title, author and ISBN; a number at their end asks for a
// volume.
func (s *shelf) Search(_ context.Context, q library.Query, offset, limit int) (library.Page, error) {
	var hits []library.Record
	words, volume := q.Words+q.Title+q.Creator+q.ISBN, ""
	if before, last, ok := strings.Cut(words, " 第"); ok {
		words, volume = before, "第"+last
	}
	for _, r := range s.records {
		text := r.Bib.Title + r.Bib.TitleReading + strings.Join(r.Bib.ISBNs, " ")
		for _, c := range r.Bib.Creators {
			text += c.Name + c.Reading
		}
		if strings.Contains(text, words) && (q.Kind == "" || q.Kind == r.Bib.Kind) {
			hits = append(hits, r)
		}
	}
	return fold(hits, volume, offset, limit), nil
}

// fold puts works of many volumes into one row each.
func fold(hits []library.Record, volume string, offset, limit int) library.Page {
	const many = 8
	var rows []library.Row
	p := library.Page{Count: library.Count{N: len(hits)}, Lacks: volume}
	for _, r := range hits {
		all := volumesOf(hits, r.Bib)
		if len(all) < many {
			rows = append(rows, library.Row{Record: r})
			continue
		}
		if r.Bib.ID != all[0].Bib.ID {
			p.Folded++
			continue
		}
		row := library.Row{Record: r, Volumes: len(all)}
		for _, v := range all {
			if volume != "" && library.VolumeKey(v.Bib.Volume) == library.VolumeKey(volume) {
				row.Record, row.Asked, p.Lacks = v, true, ""
			}
		}
		rows = append(rows, row)
	}
	p.Rows = rows[min(offset, len(rows)):min(offset+limit, len(rows))]
	return p
}

// volumesOf are the records of a bib's work.
func volumesOf(records []library.Record, b library.Bib) (all []library.Record) {
	for _, r := range records {
		if r.Bib.ID == b.ID || r.Bib.Volume != "" && b.Volume != "" && r.Bib.Title == b.Title {
			all = append(all, r)
		}
	}
	return all
}

func cut(hits []library.Record, offset, limit int) library.Page {
	p := library.Page{Count: library.Count{N: len(hits)}}
	for _, r := range hits[min(offset, len(hits)):min(offset+limit, len(hits))] {
		p.Rows = append(p.Rows, library.Row{Record: r})
	}
	return p
}

func (s *shelf) Suggest(_ context.Context, words string, _ int) ([]library.Suggestion, error) {
	if words == "zzz" {
		return nil, nil
	}
	return []library.Suggestion{
		{Field: library.SuggestTitle, Text: "こころ", Reading: "ココロ"},
		{Field: library.SuggestCreator, Text: "夏目 漱石", Reading: "ナツメ ソウセキ"},
		{Field: library.SuggestSubject, Text: "ナツメヤシ", Reading: "ナツメヤシ"},
	}, nil
}

func (s *shelf) Near(ctx context.Context, words string, n int) ([]library.Suggestion, error) {
	return s.Suggest(ctx, "", n)
}

func (s *shelf) Record(_ context.Context, id library.BibID) (library.Record, error) {
	for _, r := range s.records {
		if r.Bib.ID == id {
			return r, nil
		}
	}
	return library.Record{}, library.ErrUnknownBib
}

func (s *shelf) volumes(id library.BibID, q library.Query) ([]library.Record, error) {
	self, err := s.Record(context.Background(), id)
	all := volumesOf(s.records, self.Bib)
	if q.Available {
		all = slices.DeleteFunc(all, func(r library.Record) bool { return library.WhereaboutsOf(r.Items, q.Branch) != library.HereNow })
	}
	return all, err
}

func (s *shelf) Volumes(_ context.Context, id library.BibID, q library.Query, offset, limit int) (library.Volumes, error) {
	all, err := s.volumes(id, q)
	if offset < 0 {
		at := max(0, slices.IndexFunc(all, func(r library.Record) bool { return r.Bib.ID == id }))
		offset = at - at%max(limit, 1)
	}
	offset = min(offset, len(all))
	return library.Volumes{Records: all[offset:min(offset+limit, len(all))], Offset: offset, Count: len(all)}, err
}

func (s *shelf) VolumeOffset(_ context.Context, id library.BibID, q library.Query, volume string) (int, error) {
	all, err := s.volumes(id, q)
	at := slices.IndexFunc(all, func(r library.Record) bool { return library.VolumeKey(r.Bib.Volume) >= library.VolumeKey(volume) })
	if at < 0 {
		at = max(0, len(all)-1)
	}
	return at, err
}

func (s *shelf) Lists(context.Context) ([]library.List, error) { return s.lists, nil }

func (s *shelf) ListPage(_ context.Context, name string, offset, limit int) (library.Page, error) {
	if name == "empty" {
		return library.Page{}, nil
	}
	return cut(s.records[:50], offset, limit), nil
}

// someLists are theme shelves and rankings, as many as asked for: in one language and in
// several, of long titles.
func someLists(shelves, kinds int) []library.List {
	all := []library.List{
		{Name: "christmas", Kind: library.ThemeList, Title: map[string]string{"ja": "クリスマスの絵本", "en": "Picture books for Christmas"}, Text: map[string]string{"ja": "サンタクロースを待つ夜に、おうちの人と読みたい本をあつめました。", "en": "For the evenings before Santa Claus comes."}},
		{Name: "bosai", Kind: library.ThemeList, Title: map[string]string{"ja": "地震と大雨にそなえる、家族と地域のための防災の本と資料"}, Text: map[string]string{"ja": strings.Repeat("いざというときのために、いまできることを考えます。", 6)}},
		{Name: "empty", Kind: library.ThemeList, Title: map[string]string{"ja": "司書のおすすめ", "en": "What the librarians recommend for long and rainy afternoons"}},
	}
	for n := len(all); n < shelves; n++ {
		all = append(all, library.List{Name: fmt.Sprint("theme", n), Kind: library.ThemeList, Title: map[string]string{"ja": fmt.Sprint("ことしの本 その", n)}})
	}
	all = all[:shelves]
	for n, of := range []library.Kind{"", "", library.Book, library.Magazine, library.CD, library.DVD}[:kinds] {
		l := library.List{Name: fmt.Sprint("ranking", n), Kind: library.Ranking, Of: of, Month: "2026-10", Juvenile: n == 1}
		if n == 5 {
			l.Month = ""
		}
		all = append(all, l)
	}
	return all
}

func (s *shelf) ItemBib(_ context.Context, barcode string) (library.BibID, error) {
	for _, r := range s.records {
		for _, it := range r.Items {
			if it.Barcode == barcode {
				return r.Bib.ID, nil
			}
		}
	}
	return "", library.ErrUnknownItem
}

func (s *shelf) Live(context.Context, library.BibID) ([]library.Availability, error) {
	return s.live, nil
}

func (s *shelf) NewArrivals(_ context.Context, _ library.Date, offset, limit int) (library.Page, error) {
	return cut(s.records, offset, limit), nil
}

func (s *shelf) NDCCounts(_ context.Context, _ string, _ library.Query) (map[string]int, error) {
	counts := map[string]int{}
	for i := range 10 {
		counts[fmt.Sprint(i)] = (i * 7919) % 3001
	}
	return counts, nil
}

// books are made up to be awkward: long, Latin, without copies, of many branches.
func books() *shelf {
	copyAt := func(id string, b library.BranchCode, state library.ItemState, lendable bool) library.Item {
		it := library.Item{ID: library.ItemID(id), Barcode: id, Branch: b, CallNumber: "913.6/ナ", Shelf: "2階 文学", Lendable: lendable, State: state}
		if state == library.OnLoan {
			it.DueOn = library.Date{Year: 2026, Month: time.December, Day: 2}
		}
		return it
	}
	records := []library.Record{
		{
			Bib: library.Bib{ID: "kokoro", Kind: library.Book, Title: "こころ", TitleReading: "ココロ", Creators: []library.Creator{{Name: "夏目 漱石", Reading: "ナツメ ソウセキ", Role: "著"}}, Publisher: "岩波書店", Year: 2014, Extent: "300p ; 15cm", Series: []library.Series{{Title: "岩波文庫"}}, NDC: []string{"913.6"}, ISBNs: []string{"9784003101117"}, Subjects: []library.Subject{{Term: "友情"}, {Term: "明治時代"}}, Description: "親友を裏切った過去をもつ「先生」と、鎌倉の海で出会った「私」の物語。"},
			Items: []library.Item{
				copyAt("i1", "chuo", library.OnShelf, true), copyAt("i2", "nishi", library.OnLoan, true), copyAt("i3", "tobata", library.OnShelf, true),
				copyAt("i4", "wakamatsu", library.InTransit, true), copyAt("i5", "moji", library.OnShelf, false), copyAt("i6", "kokura", library.OnHoldShelf, true),
				copyAt("i7", "kokura", library.OnLoan, true), copyAt("i8", "kokura", library.OnShelf, true),
			},
		},
		{
			Bib:   library.Bib{ID: "long", Kind: library.Book, Title: "地方自治体における公共図書館の運営と評価に関する比較制度論的研究", Subtitle: "人口減少社会の住民サービスを考えるために", Volume: "第12巻", Creators: []library.Creator{{Name: "地方自治総合研究所図書館問題研究部会"}, {Name: "北九州市立図書館協議会"}, {Name: "山田 太郎"}}, Publisher: "公共図書館運営研究出版会", Year: 2026, NDC: []string{"016.2"}},
			Items: []library.Item{copyAt("l1", "nishi", library.OnShelf, true)},
		},
		{
			Bib:   library.Bib{ID: "latin", Kind: library.DVD, Title: "The Strange Case of the Public Library That Never Closed Its Doors", Creators: []library.Creator{{Name: "Christopher Wolstenholme-Featherstonehaugh"}}, Publisher: "Cambridge University Press", Year: 1998},
			Items: []library.Item{copyAt("e1", "nishi", library.OnLoan, true)},
		},
		{Bib: library.Bib{ID: "none", Kind: library.Magazine, Title: "きょうの料理", Volume: "2026年12月号", Publisher: "NHK出版", Year: 2026}},
	}
	records = append(records, series()...)
	for n := range 30 {
		records = append(records, library.Record{
			Bib:   library.Bib{ID: library.BibID(fmt.Sprint("n", n)), Kind: library.Book, Title: fmt.Sprint("ことばの本 ", n+1), Creators: []library.Creator{{Name: "星野 一郎"}}, Publisher: "みずいろ書房", Year: 2000 + n%26},
			Items: []library.Item{copyAt(fmt.Sprint("c", n), "chuo", library.OnShelf, n%5 != 0)},
		})
	}
	return &shelf{records: records}
}

// series are works of many volumes: with names of their own, of long titles, of issues.
func series() (records []library.Record) {
	names := []string{"ROMANCE DAWN 冒険の夜明け", "", "偽れぬもの", "三日月", "誰が為に鐘は鳴る"}
	branches := []library.BranchCode{"chuo", "nishi", "kokura"}
	add := func(n int, b library.Bib, state library.ItemState, lendable bool) {
		b.ID = library.BibID(fmt.Sprint(b.ID, n))
		records = append(records, library.Record{Bib: b, Items: []library.Item{{
			ID: library.ItemID(b.ID), Barcode: string(b.ID), Branch: branches[n%len(branches)], CallNumber: "726.1", Lendable: lendable, State: state,
		}}})
	}
	for n := 1; n <= 109; n++ {
		state := library.OnShelf
		if n%4 == 0 {
			state = library.OnLoan
		}
		add(n, library.Bib{ID: "op", Kind: library.Book, Title: "ONE PIECE", Subtitle: names[n%len(names)], Volume: fmt.Sprint(n), Creators: []library.Creator{{Name: "尾田 栄一郎", Reading: "オダ エイイチロウ"}}, Publisher: "集英社", Year: 1997 + n/4}, state, n%7 != 0)
	}
	for n := 1; n <= 30; n++ {
		add(n, library.Bib{ID: "hist", Kind: library.Book, Title: "新修みなと市史編さん委員会所蔵古文書目録ならびに解題および索引", Volume: fmt.Sprintf("第%d巻 近世編", n), Creators: []library.Creator{{Name: "みなと市史編さん委員会古文書調査部会"}}, Publisher: "みなと市教育委員会", Year: 1970 + n}, library.OnShelf, false)
	}
	for n := 1; n <= 12; n++ {
		add(n, library.Bib{ID: "mag", Kind: library.Magazine, Title: "The Quarterly Journal of Public Library Research and Practice", Volume: fmt.Sprint(n), Publisher: "Cambridge University Press", Year: 2020 + n/4}, library.OnShelf, true)
	}
	return records
}

// city is a library with a few branches.
func city() library.Site {
	open := library.Hours{Open: 9*60 + 30, Close: 19 * 60}
	week := [7]library.Hours{open, {}, open, open, open, open, open}
	branch := func(code library.BranchCode, name, short, en string) library.Branch {
		return library.Branch{Code: code, Name: name, Short: short, NameEn: en, Calendar: library.Calendar{Hours: week}}
	}
	chuo := branch("chuo", "中央図書館", "中央", "Central Library")
	chuo.Plans = []library.FloorPlan{literature()}
	return library.Site{
		Name: "みなと市立図書館", TimeZone: "Asia/Tokyo", Policy: library.DefaultPolicy(),
		Terms: library.Terms{Version: "2026-04", Text: map[string]string{"ja": strings.Repeat(termsJa, 4), "en": strings.Repeat(termsEn, 4)}}, MailFrom: "yoyaku@toshokan.example.jp",
		Branches: []library.Branch{
			chuo, branch("nishi", "八幡西図書館", "八幡西", "Yahata-Nishi"),
			branch("tobata", "戸畑図書館", "戸畑", "Tobata"), branch("wakamatsu", "若松図書館", "若松", "Wakamatsu"),
			branch("moji", "門司図書館", "門司", "Moji"), branch("kokura", "小倉南図書館", "小倉南", "Kokura-Minami"),
		},
	}
}

// literature is the floor on which most of the books stand.
func literature() library.FloorPlan {
	shelf := func(name string, x, y, width, height int) library.PlanShelf {
		return library.PlanShelf{Name: name, X: x, Y: y, Width: width, Height: height}
	}
	return library.FloorPlan{
		Floor: "2階", Width: 452, Height: 268, Here: &library.PlanPoint{X: 35, Y: 240},
		Shelves: []library.PlanShelf{
			shelf("2階 社会", 25, 26, 148, 32), shelf("2階 歴史", 25, 86, 148, 32), shelf("2階 自然", 25, 146, 148, 32),
			shelf("2階 芸術", 215, 26, 148, 32), shelf("2階 文学", 215, 86, 148, 32), shelf("2階 ことば", 215, 146, 148, 32),
			shelf("2階 文庫", 388, 26, 46, 152),
		},
	}
}
