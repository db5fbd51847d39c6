package intake

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"madoguchi/library"
)

const bookLeader = "00000cam a2200000zi 4500"

// marcXML writes a record: control fields as "001 k1", data fields as
// "245 10$aこころ" with "_" for a blank indicator.
func marcXML(leader string, fields ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<record><leader>%s</leader>", leader)
	for _, f := range fields {
		tag, value := f[:3], f[4:]
		if strings.HasPrefix(tag, "00") {
			fmt.Fprintf(&b, `<controlfield tag="%s">%s</controlfield>`, tag, html.EscapeString(value))
			continue
		}
		ind := strings.ReplaceAll(value[:2], "_", " ")
		fmt.Fprintf(&b, `<datafield tag="%s" ind1="%c" ind2="%c">`, tag, ind[0], ind[1])
		for _, s := range strings.Split(value[2:], " $")[1:] {
			fmt.Fprintf(&b, `<subfield code="%c">%s</subfield>`, s[0], html.EscapeString(s[1:]))
		}
		b.WriteString("</datafield>")
	}
	b.WriteString("</record>")
	return b.String()
}

// gather runs an import and returns its records, its problems and any other error.
func gather(t *testing.T, file string, opt Options) (records []library.Record, problems []*Problem, fatal error) {
	t.Helper()
	read := CSV
	if strings.HasPrefix(file, "<") || strings.Contains(file, "\x1E") {
		read = MARC
	}
	for rec, err := range read(strings.NewReader(file), opt) {
		var p *Problem
		switch {
		case err == nil:
			records = append(records, rec.Record)
		case errors.As(err, &p):
			problems = append(problems, p)
		default:
			fatal = err
		}
	}
	return records, problems, fatal
}

func one(t *testing.T, file string, opt Options) library.Record {
	t.Helper()
	records, problems, err := gather(t, file, opt)
	if err != nil || len(problems) != 0 || len(records) != 1 {
		t.Fatalf("%d records, problems %v, error %v", len(records), problems, err)
	}
	return records[0]
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func TestMARCBib(t *testing.T) {
	rec := one(t, marcXML(bookLeader,
		"001 029103821",
		"008 180803s2018    ja ||||j |||| ||||||jpn  ",
		"020 __ $a978-4-10-101003-8 (上) : $c407円",
		"020 __ $a4-10-101003-7",
		"020 __ $a978-4-10-101003-9 :",
		"084 __ $aKH426 $2kktb",
		"084 __ $aK913.6 $2njb/10",
		"084 __ $a913.6 $2njb/09",
		"245 00 $6880-01 $aこころ : $b先生の遺書. $n上巻 / $c夏目漱石 [著] ; ロデリック・ケイヴ, 高田花子 絵.",
		"250 __ $a第3版.",
		"260 __ $6880-02 $a[東京] : $b[新潮社] ; $a東京 : $b大日本出版 (発売), $c2016-2018, $c2018.8.",
		"300 __ $a338p ; $c16cm + $e地図(1枚).",
		"490 0_ $6880-03 $a新潮文庫 = $aShincho bunko ; $vな-1-1. $a名作選 / 山田太郎 編 ; $v第2巻",
		"505 00 $t先生と私 / $r夏目漱石 著. $t両親と私.",
		"520 __ $a友情と恋の物語。",
		"650 _7 $6880-04 $a日本文学 $z東京 $x歴史 $2ndlsh",
		"600 17 $6880-05 $a夏目, 漱石, $d1867-1916 $2ndlsh",
		"653 __ $a小説 / 近代",
		"700 1_ $6880-06 $a夏目, 漱石, $d1867-1916",
		"700 1_ $6880-07 $a髙田, 花子, $d1950-",
		"710 2_ $6880-08 $a新潮社 (1896年)",
		"700 1_ $aCave, Roderick",
		"700 1_ $a別人, 太郎 $tほかの本",
		"880 00 $6245-01/(B $aKokoro : $bsensei no isho",
		"880 00 $6245-01/$1 $aココロ : $bセンセイ ノ イショ. $n1.",
		"880 0_ $6490-03/$1 $aシンチョウ ブンコ = $aShincho bunko ; $vナ-1-1. $aメイサクセン ; $v2",
		"880 _7 $6650-04/$1 $aニホン ブンガク $zトウキョウ $xレキシ",
		"880 17 $6600-05/$1 $aナツメ, ソウセキ, $d1867-1916",
		"880 1_ $6700-06/$1 $aナツメ, ソウセキ, $d1867-1916",
		"880 1_ $6700-07/$1 $aタカダ, ハナコ, $d1950-",
		"880 2_ $6710-08/$1 $aシンチョウシャ (1896ネン)",
	), Options{Branch: "chuo"})
	same(t, "bib", rec.Bib, library.Bib{
		ID: "029103821", Kind: library.Book, Title: "こころ", TitleReading: "ココロ", Subtitle: "先生の遺書", Volume: "上巻",
		Creators: []library.Creator{
			{Name: "夏目 漱石", Reading: "ナツメ ソウセキ", Role: "著"},
			{Name: "ロデリック・ケイヴ", Reading: "ロデリック ケイヴ", Role: "絵"},
			{Name: "髙田 花子", Reading: "タカダ ハナコ", Role: "絵"},
			{Name: "新潮社", Reading: "シンチョウシャ"},
			{Name: "Cave, Roderick"},
		},
		Publisher: "新潮社、大日本出版 (発売)", Year: 2018,
		Series:   []library.Series{{Title: "新潮文庫", Reading: "シンチョウ ブンコ", Volume: "な-1-1"}, {Title: "名作選", Reading: "メイサクセン", Volume: "第2巻"}},
		ISBNs:    []string{"9784101010038"},
		NDC:      []string{"913.6"},
		Subjects: []library.Subject{{Term: "日本文学－東京－歴史", Reading: "ニホン ブンガク トウキョウ レキシ"}, {Term: "夏目 漱石", Reading: "ナツメ ソウセキ"}, {Term: "小説"}, {Term: "近代"}},
		Language: "jpn", Juvenile: true, Extent: "338p ; 16cm + 地図(1枚)",
		Description: "第3版\n友情と恋の物語。\n先生と私（夏目漱石 著）／両親と私",
	})
	same(t, "items", rec.Items, []library.Item{{ID: "029103821.chuo.1", BibID: "029103821", Branch: "chuo", Lendable: true}})
}

func TestMARCNotesWhatItLeavesOut(t *testing.T) {
	var notes []string
	opt := Options{Note: func(p Problem) { notes = append(notes, p.Error()) }}
	one(t, marcXML(bookLeader, "001 a", "245 __ $a本", "020 __ $a978-4-10-101003-9", "020 __ $c500円"), opt)
	if len(notes) != 1 || !strings.Contains(notes[0], `record 1 (byte 0): the ISBN is wrong and was left out: "978-4-10-101003-9"`) {
		t.Errorf("notes %q", notes)
	}
}

func TestMARCOriginalScript(t *testing.T) {
	rec := one(t, marcXML(bookLeader, "001 ocn1", "100 1_ $6880-01 $aNatsume, Sōseki, $d1867-1916, $eauthor.",
		"245 10 $6880-02 $aKokoro / $cNatsume Sōseki.", "264 _1 $6880-03 $aTōkyō : $bShinchōsha, $c2004.", "264 _4 $c©2003",
		"880 1_ $6100-01/$1 $a夏目漱石, $d1867-1916, $eauthor.", "880 10 $6245-02/$1 $aこころ / $c夏目漱石.", "880 _1 $6264-03/$1 $a東京 : $b新潮社, $c2004."), Options{})
	b := rec.Bib
	same(t, "title", b.Title, "こころ")
	same(t, "creators", b.Creators, []library.Creator{{Name: "夏目漱石", Role: "著"}})
	same(t, "publisher", b.Publisher, "新潮社")
	same(t, "year", b.Year, 2004)
}

func TestMARCCreators(t *testing.T) {
	tests := []struct {
		name   string
		fields []string
		want   []library.Creator
	}{
		{"no headings", []string{"245 __ $a本 / $c木村雄一, 山田さき 編 ; 高橋, ほか 訳"}, []library.Creator{{Name: "木村雄一", Role: "編"}, {Name: "山田さき", Role: "編"}, {Name: "高橋", Role: "訳"}}},
		{"role without a space", []string{"245 __ $a本 / $c木村雄一[ほか]編著"}, []library.Creator{{Name: "木村雄一", Role: "編著"}}},
		{"a name that ends like a role", []string{"245 __ $a本 / $c山田耕作"}, []library.Creator{{Name: "山田耕作"}}},
		{"a heading that ends like a role", []string{"245 __ $a本 / $c山田 耕作", "700 1_ $a山田, 耕作"}, []library.Creator{{Name: "山田 耕作"}}},
		{"two roles", []string{"245 __ $a本 / $c木村雄一 文 ; 木村雄一 絵"}, []library.Creator{{Name: "木村雄一", Role: "文・絵"}}},
		{"pen name by its reading", []string{"245 __ $a本 / $cいけがみしゅんいち 文", "700 1_ $6880-01 $a池上, 俊一", "880 1_ $6700-01/$1 $aイケガミ, シュンイチ"},
			[]library.Creator{{Name: "池上 俊一", Reading: "イケガミ シュンイチ", Role: "文"}}},
		{"old kanji", []string{"245 __ $a本 / $c池澤夏樹 編", "700 1_ $a池沢, 夏樹"}, []library.Creator{{Name: "池沢 夏樹", Role: "編"}}},
		{"two of one family", []string{"245 __ $a本 / $c泉克幸 著", "700 1_ $a泉水, 文雄"}, []library.Creator{{Name: "泉克幸", Role: "著"}, {Name: "泉水 文雄"}}},
		{"comma in the statement", []string{"245 __ $a本 / $c波多野, 博行, 神奈川歯科大学", "700 1_ $a波多野, 博行."}, []library.Creator{{Name: "波多野 博行"}, {Name: "神奈川歯科大学"}}},
		{"relator codes", []string{"245 __ $a本 / $cby J.R.R. Tolkien", "100 1_ $aTolkien, J. R. R. $4aut", "700 1_ $aLee, Alan, $d1947- $eillustrator."},
			[]library.Creator{{Name: "Tolkien, J. R. R.", Role: "著"}, {Name: "Lee, Alan", Role: "絵"}}},
		{"Latin without headings", []string{"245 __ $aBook / $cby J. Smith"}, []library.Creator{{Name: "J. Smith"}}},
		{"body with a part", []string{"245 __ $a本", "710 2_ $a東京都. $b教育委員会"}, []library.Creator{{Name: "東京都 教育委員会"}}},
		{"nobody", []string{"245 __ $a本"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			same(t, "creators", one(t, marcXML(bookLeader, append([]string{"001 a"}, test.fields...)...), Options{}).Bib.Creators, test.want)
		})
	}
}

func TestMARCKinds(t *testing.T) {
	braille := one(t, marcXML(bookLeader, "001 a", "007 fb", "245 __ $a図書館 $h[点字資料] : $b本"), Options{}).Bib
	same(t, "a form that matters", braille.Title, "図書館 [点字資料]")
	tests := []struct {
		leader string // 06 and 07
		c007   string
		c008   string // from position 18
		want   library.Kind
	}{
		{"am", "ta", "", library.Book},
		{"am", "cr", "", library.Ebook},
		{"am", "", "     o", library.Ebook},
		{"as", "ta", "   p", library.Magazine},
		{"as", "ta", "   n", library.Newspaper},
		{"jm", "sd", "", library.CD},
		{"im", "ss", "", library.OtherKind},
		{"gm", "vd", "", library.DVD},
		{"gm", "vf", "", library.OtherKind},
		{"em", "", "", library.Map},
		{"cm", "", "", library.Score},
		{"mm", "cr", "", library.Ebook},
		{"mm", "co", "", library.OtherKind},
		{"rm", "", "", library.OtherKind},
	}
	for _, test := range tests {
		leader := "00000c" + test.leader + " a2200000zi 4500"
		rec := one(t, marcXML(leader, "001 a", "007 "+test.c007, "008 180803s2018    ja "+test.c008, "245 __ $a題"), Options{})
		if rec.Bib.Kind != test.want {
			t.Errorf("leader %s, 007 %s, 008 %s: %s, want %s", test.leader, test.c007, test.c008, rec.Bib.Kind, test.want)
		}
	}
}

func TestMARCItems(t *testing.T) {
	koha := marcXML(bookLeader, "001 a", "245 __ $a本",
		"952 __ $aCHUO $bKITA $cKAIKA $d2024-05-01 $o913.6 ナ $p 1000 1 $yBK",
		"952 __ $aCHUO $d2023-04-01 $p10002 $71", "952 __ $aKITA $11 $p10003", "952 __ $aKITA $01 $p10004")
	rec := one(t, koha, Options{Branch: "minami"})
	same(t, "items", rec.Items, []library.Item{
		{ID: "1000 1", BibID: "a", Branch: "chuo", Barcode: "1000 1", CallNumber: "913.6/ナ", Shelf: "KAIKA", Lendable: true, State: library.OnShelf},
		{ID: "10002", BibID: "a", Branch: "chuo", Barcode: "10002", State: library.OnShelf},
		{ID: "10003", BibID: "a", Branch: "kita", Barcode: "10003", Lendable: true, State: library.Missing},
	})
	same(t, "added on", rec.Bib.AddedOn, library.Date{Year: 2023, Month: 4, Day: 1})
	rec = one(t, marcXML(bookLeader, "001 b", "245 __ $a本", "852 __ $aJP-X $bchuo $c2階 $kE $h913.6 $iナ", "852 __ $achuo"), Options{})
	same(t, "items", rec.Items, []library.Item{
		{ID: "b.chuo.1", BibID: "b", Branch: "chuo", CallNumber: "E/913.6/ナ", Shelf: "2階", Lendable: true, State: library.OnShelf},
		{ID: "b.chuo.2", BibID: "b", Branch: "chuo", Lendable: true, State: library.OnShelf},
	})
	dvd := one(t, marcXML(bookLeader, "001 c", "245 __ $a映画", "952 __ $achuo $p1 $yDVD"), Options{})
	same(t, "kind", dvd.Bib.Kind, library.DVD)
	_, problems, _ := gather(t, koha, Options{Branches: only("chuo")})
	if len(problems) != 1 || !strings.Contains(problems[0].Error(), `no such branch: add it with "central branch add", then import the file again: "kita"`) {
		t.Errorf("problems %v", problems)
	}
}

func TestMARCProblems(t *testing.T) {
	good := marcXML(bookLeader, "001 good", "245 __ $a本", "952 __ $achuo $p1")
	tests := []struct{ name, bad, reason string }{
		{"no title", marcXML(bookLeader, "001 a"), "no title"},
		{"title of blanks", marcXML(bookLeader, "001 a", "245 __ $a / "), "no title"},
		{"deleted without a number", marcXML("00000dam a2200000zi 4500", "245 __ $a本"), "deleted"},
		{"same identifier", marcXML(bookLeader, "001 good", "245 __ $a別の本"), `same identifier as another record: "good, record 1"`},
		{"same barcode", marcXML(bookLeader, "001 a", "245 __ $a別の本", "952 __ $achuo $p1"), `barcode is already that of another copy in this file: "1"`},
		{"one barcode twice", marcXML(bookLeader, "001 a", "245 __ $a別の本", "952 __ $achuo $p2", "952 __ $achuo $p2"), "two of its copies"},
		{"broken", "<record><leader>", "no end tag"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			last := marcXML(bookLeader, "001 last", "245 __ $a本")
			records, problems, err := gather(t, good+test.bad+last, Options{})
			if err != nil || len(records) != 2 || len(problems) != 1 || !strings.Contains(problems[0].Error(), test.reason) {
				t.Fatalf("%d records, problems %v, error %v", len(records), problems, err)
			}
			if p := problems[0]; p.Number != 2 || p.Offset != int64(len(good)) || !strings.Contains(p.Error(), "record 2 (byte ") {
				t.Errorf("problem %+v", p)
			}
		})
	}
}

func TestMARCWithoutIdentifier(t *testing.T) {
	a := one(t, marcXML(bookLeader, "245 __ $a本", "260 __ $b社, $c1999."), Options{}).Bib.ID
	b := one(t, marcXML(bookLeader, "245 __ $a本", "260 __ $b社, $c1999."), Options{}).Bib.ID
	c := one(t, marcXML(bookLeader, "245 __ $a本", "260 __ $b社, $c2000."), Options{}).Bib.ID
	if a == "" || a != b || a == c {
		t.Errorf("identifiers %s, %s, %s", a, b, c)
	}
}

// sharedFolder is a folder of the real data, which is not part of the project.
func sharedFolder(t *testing.T, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	return filepath.Join(dir, "..", "shared", "data", path)
}

// sharedData is a file of the real data.
func sharedData(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(sharedFolder(t, path))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("../shared/data/%s is not here", path)
	} else if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRealMARC(t *testing.T) {
	file := string(sharedData(t, "japanmarc/marc21.dat"))
	opt := Options{Branch: "chuo"}
	records, problems, err := gather(t, file, opt)
	if err != nil || len(problems) > 0 {
		t.Fatalf("problems %v, error %v", problems, err)
	}
	ids, readings, creators, years := map[library.BibID]bool{}, 0, 0, 0
	for _, r := range records {
		ids[r.Bib.ID] = true
		if r.Bib.TitleReading != "" {
			readings++
		}
		if len(r.Bib.Creators) > 0 {
			creators++
		}
		if r.Bib.Year != 0 {
			years++
		}
		for _, s := range []string{r.Bib.Title, r.Bib.Subtitle, r.Bib.Volume, r.Bib.Publisher, r.Bib.Extent} {
			if s != clean(s) || strings.HasSuffix(s, " /") || strings.HasSuffix(s, " :") || strings.HasSuffix(s, " =") || strings.HasSuffix(s, ",") || strings.HasSuffix(s, " ;") {
				t.Errorf("%s: %q still has card punctuation", r.Bib.ID, s)
			}
		}
		if len(r.Items) != 1 || r.Items[0].Branch != "chuo" {
			t.Errorf("%s: items %v", r.Bib.ID, r.Items)
		}
	}
	if len(records) != 233 || len(ids) != 233 || readings != 230 || creators < 210 || years != 233 {
		t.Errorf("%d records, %d identifiers, %d readings, %d with creators, %d with a year", len(records), len(ids), readings, creators, years)
	}
	again, _, _ := gather(t, file, opt)
	same(t, "second time", again, records)
	i := slices.IndexFunc(records, func(r library.Record) bool { return r.Bib.ID == "026322364" })
	same(t, "creators", records[i].Bib.Creators[:4], []library.Creator{
		{Name: "ロデリック・ケイヴ", Reading: "ロデリック ケイヴ", Role: "著"}, {Name: "サラ・アヤド", Reading: "サラ アヤド", Role: "著"},
		{Name: "大山 晶", Reading: "オオヤマ アキラ", Role: "訳"}, {Name: "樺山 紘一", Reading: "カバヤマ コウイチ", Role: "日本語版監修"},
	})
}

func TestRealMARCBroken(t *testing.T) {
	file := sharedData(t, "japanmarc/marc21.dat")
	parts := bytes.SplitAfter(file, []byte{0x1D})[:233]
	parts[10] = parts[10][:400]
	parts[50] = append([]byte("00099"), parts[50][5:]...)
	parts[90] = bytes.Replace(parts[90], []byte("東京"), []byte("\x93\x8C\x8B\x9Exx"), 1)
	parts[130] = parts[130][:len(parts[130])-1]
	parts[232] = parts[232][:100]
	records, problems, err := gather(t, string(bytes.Join(parts, nil)), Options{})
	var numbers []int
	for _, p := range problems {
		numbers = append(numbers, p.Number)
	}
	if want := []int{11, 51, 91, 131, 233}; err != nil || len(records) != 228 || !slices.Equal(numbers, want) {
		t.Errorf("%d records, bad ones %v, want %v; error %v", len(records), numbers, want, err)
	}
}

// TestMARCKnown: what is left out comes with what is known of it, and without notes.
func TestMARCKnown(t *testing.T) {
	for _, test := range []struct {
		name, file string
		bib        library.BibID
		items      []library.ItemID
	}{
		{"no title", iso2709('a', "001 k1", "020 __ $a1", "952 __ $achuo $p1", "952 __ $achuo $p2 $01", "952 __ $achuo"), "k1", []library.ItemID{"1", "2"}},
		{"no branch", iso2709('a', "001 k1", "245 10 $a本", "020 __ $a1", "852 __ $p1"), "k1", []library.ItemID{"1"}},
		{"broken title", strings.Replace(iso2709('a', "001 k1", "245 10 $a本", "952 __ $achuo $p1"), "\x1Fa本", "\x1F\x1F本", 1), "k1", []library.ItemID{"1"}},
		{"broken", strings.Replace(iso2709('a', "001 k1", "245 10 $a本", "952 __ $achuo $p1"), "245", "2-5", 1), "k1", nil},
		{"another encoding", iso2709('a', "001 k1", "245 10 $aG\xF6del"), "k1", nil},
		{"no 001", iso2709('a', "245 10 $a / "), "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			good, n := iso2709('a', "001 good", "245 10 $aこころ"), 0
			opt := Options{Note: func(p Problem) { t.Errorf("note %v", &p) }}
			for rec, err := range MARC(strings.NewReader(good+test.file), opt) {
				var p *Problem
				if n++; n == 1 {
					continue
				}
				if !errors.As(err, &p) || p.Bib != test.bib || rec.Bib.ID != test.bib {
					t.Errorf("error %v of bib %q", err, rec.Bib.ID)
				}
				var items []library.ItemID
				for _, it := range rec.Items {
					items = append(items, it.ID)
				}
				same(t, "items", items, test.items)
			}
			if n != 2 {
				t.Errorf("%d records, want 2", n)
			}
		})
	}
}

// FuzzMARCFile: of any bytes each piece is said to be left out, or is a whole record,
// or there is one error; and no message has what a terminal would not show.
func FuzzMARCFile(f *testing.F) {
	good := iso2709('a', "001 k1", "245 10 $aこころ", "952 __ $achuo $p1")
	for _, file := range []string{
		"", good, good[:60], marcXML(bookLeader, "001 a", "245 __ $a本"), iso2709(' ', "001 m", "245 10 $aL\xE2ete"), iso2709(' ', "001 m", "245 10 $a\x1B$1!#a"),
		iso2709(' ', "001 1", "245 10 $a\x82\xB1\x82\xB1"), iso2709(' ', "001 u", "200 1_ $ax"), "id,title\n1,本\n", "<html></html>", "\xFF\xFE<\x00", "\x00\x01\x1D",
	} {
		f.Add([]byte(file), byte(0))
		f.Add([]byte(file), byte(1))
	}
	f.Fuzz(func(t *testing.T, file []byte, named byte) {
		encodings := []string{"", marc8, UTF8, CP932, EUCJP, ISO2022JP, UTF16}
		encoding := encodings[int(named)%len(encodings)]
		n := 0
		for rec, err := range MARC(bytes.NewReader(file), Options{Branch: "chuo", Encoding: encoding}) {
			n++
			if err != nil && (!utf8.ValidString(err.Error()) || strings.ContainsFunc(err.Error(), unicode.IsControl) || len(err.Error()) > 1000) {
				t.Errorf("the error is %q", err)
			}
			if err == nil && (rec.Bib.ID == "" || rec.Bib.Title == "" && !rec.Deleted || !utf8.ValidString(rec.Bib.Title)) {
				t.Errorf("the record is %+v", rec)
			}
		}
		if n == 0 {
			t.Error("nothing is said of it")
		}
	})
}

func FuzzMARC(f *testing.F) {
	f.Add("", "本 / ", "木村雄一, 山田 著 ; C 訳.", "2004.")
	f.Add("880-01", "Book =", "[ほか] 編", "昭和32年")
	f.Add("880-", " : ", ", ; [", "[20--]")
	f.Add("880-00/$1", "\u0300\u3099か\u3099", "著", "99999999")
	f.Fuzz(func(t *testing.T, link, title, statement, year string) {
		file := marcXML(bookLeader, "245 10 $6"+link+" $a"+title+" $b"+statement+" $c"+statement, "260 __ $b"+title+", $c"+year,
			"490 __ $a"+title+" ; $v"+year, "700 1_ $6"+link+" $a"+statement, "650 _7 $a"+title+" $x"+statement, "020 __ $a"+year, "084 __ $a"+year,
			"880 10 $6245-"+link+" $a"+statement, "952 __ $a"+link+" $p"+year+" $d"+year)
		for rec, err := range MARC(strings.NewReader(file), Options{}) {
			var p *Problem
			if err != nil && !errors.As(err, &p) && utf8.ValidString(file) {
				t.Fatal(err)
			}
			if err != nil {
				continue
			}
			b := rec.Bib
			if b.ID == "" || b.Title == "" || b.Title != clean(b.Title) || b.Year < 0 || b.Year > lastYear {
				t.Errorf("bib %+v", b)
			}
			for _, c := range b.Creators {
				if c.Name == "" {
					t.Error("a creator without a name")
				}
			}
		}
	})
}
