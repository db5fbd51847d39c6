package slip

import (
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"madoguchi/library"
)

// testTypeface is BIZ UDPGothic, which the terminal draws with.
func testTypeface(t testing.TB) Typeface {
	t.Helper()
	var files [2][]byte
	for i, name := range []string{"BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf"} {
		b, err := os.ReadFile(filepath.Join("/usr/share/fonts/truetype/bizud-gothic", name))
		if err != nil {
			t.Fatalf("install the package fonts-morisawa-bizud-gothic: %v", err)
		}
		files[i] = b
	}
	face, err := ParseTypeface(files[0], files[1])
	if err != nil {
		t.Fatal(err)
	}
	return face
}

var widths = []int{384, 576}

// ink is the smallest rectangle that holds all black dots of r.
func ink(m *image.Paletted, r image.Rectangle) image.Rectangle {
	var out image.Rectangle
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if m.ColorIndexAt(x, y) == 1 {
				out = out.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return out
}

// inMargins says whether all ink of a slip stands on the paper with white around it.
func inMargins(t *testing.T, m *image.Paletted) {
	t.Helper()
	const white = 3
	if r := ink(m, m.Rect); !r.Empty() && !r.In(m.Rect.Inset(white)) {
		t.Errorf("ink at %v on a slip of %v", r, m.Rect)
	}
}

func plan() library.FloorPlan {
	p := library.FloorPlan{Floor: "1階 一般開架", Width: 120, Height: 90, Here: &library.PlanPoint{X: 60, Y: 84}}
	p.Shelves = append(p.Shelves,
		library.PlanShelf{Name: "新聞・雑誌", X: 4, Y: 3, Width: 50, Height: 12},
		library.PlanShelf{Name: "参考", X: 66, Y: 3, Width: 50, Height: 12},
		library.PlanShelf{Name: "児童", X: 4, Y: 24, Width: 14, Height: 50},
		library.PlanShelf{Name: "郷土資料", X: 104, Y: 24, Width: 12, Height: 50},
	)
	for i := range 5 {
		p.Shelves = append(p.Shelves, library.PlanShelf{Name: fmt.Sprintf("一般%d", i+1), X: 28 + 14*i, Y: 28, Width: 7, Height: 42})
	}
	return p
}

var (
	holds = Slip{
		Title: "予約の一覧",
		Lines: []Line{
			{Kind: Strong, Text: "吾輩は猫である"},
			{Kind: Small, Text: "夏目 漱石／著　みなと書房　2014"},
			{Kind: Pair, Label: "状況", Text: "ご用意できました"},
			{Kind: Pair, Label: "受取館", Text: "中央図書館"},
			{Kind: Pair, Label: "取り置き期限", Text: "12月3日（木）まで"},
			{Kind: Rule},
			{Kind: Strong, Text: "はじめての図書館：「しらべる」と「さがす」のための100のヒント、こどもから、おとなまで。第2版"},
			{Kind: Small, Text: "The public library handbook / International Federation of Library Associations"},
			{Kind: Pair, Label: "状況", Text: "予約中です"},
			{Kind: Pair, Label: "順番（目安）", Text: "3番目"},
			{Kind: Pair, Label: "受取館", Text: "みなと図書館"},
		},
		Foot: []string{"みなと市立図書館　中央図書館", "2026年11月25日（水）10:21 に印刷"},
	}
	shelf = Slip{
		Title: "この本のある場所",
		Lines: []Line{
			{Kind: Strong, Text: "こころ"},
			{Kind: Small, Text: "夏目 漱石／著　みなと書房　2014"},
			{Kind: CallNo, Text: "913.6/ナ/2"},
			{Kind: Pair, Label: "場所", Text: "中央図書館 1階 一般3の棚"},
			{Kind: Pair, Label: "資料番号", Text: "1000012345"},
			{Kind: Plan, Plan: plan(), Shelf: "一般3", Here: "いまここ"},
		},
		Foot: []string{"貸出中になっていることがあります。", "2026年11月25日（水）10:21 に印刷"},
	}
	request = Slip{
		Title: "リクエスト用紙",
		Lines: []Line{
			{Kind: Text, Text: "下のわくに書いて、カウンターにお出しください。図書館が買うか、ほかの図書館から借りてご用意します。"},
			{Kind: Pair, Label: "書名", Text: "海辺のカフカ 上"},
			{Kind: Pair, Label: "著者", Text: "村上 春樹"},
			{Kind: Pair, Label: "ISBN", Text: "978-4-10-100154-8"},
			{Kind: Rule},
			{Kind: Blank, Label: "お名前"},
			{Kind: Blank, Label: "利用者番号"},
			{Kind: Blank, Label: "連絡先（電話またはメール）"},
			{Kind: Blank, Label: "備考", Rows: 3},
		},
		Foot: []string{"みなと市立図書館"},
	}
	receipt = Slip{
		Title: "予約を受け付けました",
		Lines: []Line{
			{Kind: Text, Text: "受付番号"},
			{Kind: Large, Text: "K7M-42P"},
			{Kind: Text, Text: "3冊を予約しました。ご用意ができたら、メールでお知らせします。"},
			{Kind: Rule},
			{Kind: Strong, Text: "ローマ人の物語 1"}, {Kind: Pair, Label: "順番（目安）", Text: "1番目"},
			{Kind: Strong, Text: "ローマ人の物語 2"}, {Kind: Pair, Label: "順番（目安）", Text: "4番目"},
			{Kind: Strong, Text: "Harry Potter and the philosopher's stone"}, {Kind: Pair, Label: "Your place in the queue (estimate)", Text: "12th"},
		},
		Foot: []string{"みなと市立図書館　中央図書館"},
	}
)

func samples() map[string]Slip {
	corner := shelf
	corner.Lines = []Line{
		{Kind: CallNo, Text: "R 291.03 / ニホンチメイ / 1-2 / 2020"},
		{Kind: Plan, Plan: plan(), Shelf: "新聞・雑誌", Here: "いまここ"},
		{Kind: Plan, Plan: plan(), Shelf: "児童", Here: "You are here"},
	}
	dense := library.FloorPlan{Floor: "2階", Width: 400, Height: 600, Here: &library.PlanPoint{X: 0, Y: 600}}
	for i := range 60 {
		dense.Shelves = append(dense.Shelves, library.PlanShelf{Name: fmt.Sprintf("棚%d", i), X: 20 + i%6*62, Y: 20 + i/6*55, Width: 50, Height: 12})
	}
	return map[string]Slip{
		"holds": holds, "shelf": shelf, "request": request, "receipt": receipt, "plans": corner,
		"dense": {Title: "Where it stands", Lines: []Line{{Kind: Plan, Plan: dense, Shelf: "棚27", Here: "いまここ"}}},
	}
}

// MADOGUCHI_PICTURES=DIR leaves the slips there, to be looked at.
func TestSlipsStandInsideTheirMargins(t *testing.T) {
	face, dir := testTypeface(t), os.Getenv("MADOGUCHI_PICTURES")
	for name, s := range samples() {
		for _, width := range widths {
			m := Draw(s, width, face)
			if m.Rect.Dx() != width || m.Rect.Min != (image.Point{}) {
				t.Errorf("%s at %d: the picture is %v", name, width, m.Rect)
			}
			inMargins(t, m)
			if dir != "" {
				writePicture(t, filepath.Join(dir, fmt.Sprintf("slip-%s-%d.png", name, width)), m)
			}
		}
	}
}

func writePicture(t *testing.T, path string, m image.Image) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
}

func TestEachPartNeedsRoomAndLeavesInk(t *testing.T) {
	face := testTypeface(t)
	base := Slip{Title: "題"}
	for _, l := range []Line{
		{Kind: Text, Text: "本文"}, {Kind: Strong, Text: "書名"}, {Kind: Small, Text: "著者"},
		{Kind: Pair, Label: "場所", Text: "棚"}, {Kind: Large, Text: "12"}, {Kind: CallNo, Text: "913/ナ"},
		{Kind: Plan, Plan: plan(), Shelf: "参考"}, {Kind: Blank, Label: "お名前"}, {Kind: Rule},
	} {
		without := Draw(base, 384, face)
		with := Draw(Slip{Title: base.Title, Lines: []Line{l}}, 384, face)
		added := with.Rect
		added.Min.Y = without.Rect.Max.Y - 8
		if with.Rect.Dy() <= without.Rect.Dy() || ink(with, added).Empty() {
			t.Errorf("kind %d adds %d dots of height, its ink is at %v", l.Kind, with.Rect.Dy()-without.Rect.Dy(), ink(with, added))
		}
	}
}

// What is longer takes more paper: nothing is cut off.
func TestHeightGrowsWithTheText(t *testing.T) {
	face := testTypeface(t)
	for _, kind := range []Kind{Text, Strong, Small, Pair, Large, CallNo} {
		before := 0
		for _, n := range []int{1, 40, 200} {
			m := Draw(Slip{Lines: []Line{{Kind: kind, Label: "書名", Text: strings.Repeat("図書館", n)}}}, 384, face)
			if m.Rect.Dy() <= before {
				t.Errorf("kind %d: %d times the text is %d high, less of it %d", kind, n, m.Rect.Dy(), before)
			}
			inMargins(t, m)
			before = m.Rect.Dy()
		}
	}
	if one, three := Draw(Slip{Lines: []Line{{Kind: Blank}}}, 384, face), Draw(Slip{Lines: []Line{{Kind: Blank, Rows: 3}}}, 384, face); three.Rect.Dy() <= one.Rect.Dy()+100 {
		t.Error("three lines to write on need no more room than one")
	}
}

func TestPairsStandInColumns(t *testing.T) {
	face := testTypeface(t)
	pair := func(label string) int {
		return Draw(Slip{Lines: []Line{{Kind: Pair, Label: label, Text: "中央図書館"}}}, 384, face).Rect.Dy()
	}
	if beside, below := pair("受取館"), pair("Your place in the queue (estimate)"); below <= beside {
		t.Error("a label that is too long does not stand above its text")
	}
}

// A shelf that is looked for is black, all others are white inside.
func TestPlanMarksTheShelf(t *testing.T) {
	face := testTypeface(t)
	for _, width := range widths {
		c := newComposer(width, face)
		for _, want := range []string{"一般3", "児童", "新聞・雑誌"} {
			l := Line{Kind: Plan, Plan: plan(), Shelf: want, Here: "いまここ"}
			f := c.floor(l)
			p := newPage(width, f.size.Y)
			c.drawFloor(p, f, 0)
			m := p.dots()
			for _, s := range f.shelves {
				// The corners inside the outline bear no name.
				inner := s.Inset(shelfLine + 1).Add(image.Pt(c.left+f.at, 0))
				black := m.ColorIndexAt(inner.Min.X, inner.Min.Y) == 1 && m.ColorIndexAt(inner.Max.X-1, inner.Max.Y-1) == 1
				if black != (s.name == want) {
					t.Errorf("at %d %s is looked for: %s black is %v", width, want, s.name, black)
				}
			}
			if legend := c.legend(l, f); !f.namedMarked && len(legend) == 0 {
				t.Errorf("at %d %s is named nowhere", width, want)
			}
			at := f.here.Add(image.Pt(c.left+f.at+hereRadius-2, 0))
			if m.ColorIndexAt(at.X, at.Y) != 1 {
				t.Errorf("at %d: no dot where the terminal is", width)
			}
			noOverlap(t, f)
		}
	}
}

func noOverlap(t *testing.T, f *floor) {
	t.Helper()
	all := image.Rectangle{Max: f.size}
	for i, l := range f.labels {
		if !l.In(all) {
			t.Errorf("the name %q at %v is outside the floor %v", l.rows, l.Rectangle, all)
		}
		for _, other := range f.labels[i+1:] {
			if l.Overlaps(other.Rectangle) {
				t.Errorf("the names %q and %q lie on each other", l.rows, other.rows)
			}
		}
		crossed := 0
		for _, s := range f.shelves {
			if l.Overlaps(s.Rectangle) {
				crossed++
			}
		}
		if crossed > 1 {
			t.Errorf("the name %q lies on %d shelves", l.rows, crossed)
		}
	}
}

func TestNamesWithoutRoomStandBelow(t *testing.T) {
	c := newComposer(384, testTypeface(t))
	full := library.FloorPlan{Width: 10, Height: 10, Here: &library.PlanPoint{X: 5, Y: 5}, Shelves: []library.PlanShelf{
		{Name: "とても長い名前の書架、入口から見て左", Width: 10, Height: 10},
	}}
	l := Line{Kind: Plan, Plan: full, Shelf: full.Shelves[0].Name, Here: "いまここ"}
	if got := c.legend(l, c.floor(l)); len(got) != 2 || got[0] != "■ "+l.Shelf || got[1] != "● いまここ" {
		t.Errorf("below the floor stands %q", got)
	}
}

func TestOddSlips(t *testing.T) {
	face := testTypeface(t)
	far := library.FloorPlan{Width: math.MaxInt, Height: 1, Shelves: []library.PlanShelf{
		{Name: "a", X: math.MaxInt, Y: math.MinInt, Width: math.MaxInt, Height: math.MaxInt}, {Name: "b", Width: -4, Height: 2},
	}, Here: &library.PlanPoint{X: math.MinInt, Y: math.MinInt}}
	for name, s := range map[string]Slip{
		"empty":      {},
		"zero plan":  {Lines: []Line{{Kind: Plan}, {Kind: Plan, Shelf: "棚1", Here: "いまここ"}}},
		"point plan": {Lines: []Line{{Kind: Plan, Plan: library.FloorPlan{Here: &library.PlanPoint{X: 9, Y: 9}}}}},
		"far plan":   {Lines: []Line{{Kind: Plan, Plan: far, Shelf: "a"}}},
		"empty rows": {Lines: []Line{{}, {Kind: CallNo, Text: "//"}, {Kind: Blank, Rows: 1 << 40}, {Kind: 99, Text: "?"}, {Kind: Pair}}},
		"long word":  {Title: strings.Repeat("W", 500), Foot: []string{strings.Repeat("ー", 300)}},
		"no glyph":   {Title: "\U0001F4DA한국어\x00\xff\u200d\u3099か\u3099"},
	} {
		for _, width := range append([]int{-1, 0, 48}, widths...) {
			m := Draw(s, width, face)
			if t.Run(name, func(t *testing.T) { inMargins(t, m) }); m.Rect.Dy() > 20000 {
				t.Errorf("%s is %d dots high", name, m.Rect.Dy())
			}
		}
	}
}

func TestClean(t *testing.T) {
	p := pen{typeface: testTypeface(t)}
	for text, want := range map[string]string{
		"か\u3099くしゅう": "がくしゅう", "한국": "〓〓", "a\tb\r\nc ": "a b\nc", "e\u0301": "é", "葛\U000E0100飾": "葛飾", "\x00": "",
	} {
		if got := p.clean(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzDraw(f *testing.F) {
	face := testTypeface(f)
	f.Add(0, "予約の一覧", "場所", "913.6/ナ/1", 100, 80, 10, 20, 30, 5, 50, 60)
	f.Add(6, "Titel", "label", "一般3", 1, 1000, -5, 0, 3, 3000, 0, 0)
	f.Fuzz(func(t *testing.T, kind int, title, label, text string, w, h, x, y, sw, sh, hx, hy int) {
		if len(title)+len(label)+len(text) > 300 || !utf8.ValidString(title+label+text) {
			return
		}
		plan := library.FloorPlan{Floor: label, Width: w, Height: h, Here: &library.PlanPoint{X: hx, Y: hy}, Shelves: []library.PlanShelf{
			{Name: text, X: x, Y: y, Width: sw, Height: sh}, {Name: label, X: y, Y: x, Width: sh, Height: sw}, {Name: "b", X: hx, Y: hy, Width: w, Height: sh},
		}}
		s := Slip{Title: title, Foot: []string{text}, Lines: []Line{
			{Kind: Kind(kind), Text: text, Label: label, Rows: kind, Plan: plan, Shelf: text, Here: label},
			{Kind: Plan, Plan: plan, Shelf: text, Here: title},
		}}
		for _, width := range widths {
			inMargins(t, Draw(s, width, face))
			c := newComposer(width, face)
			if fl := c.floor(s.Lines[1]); fl != nil {
				noOverlap(t, fl)
			}
		}
	})
}
