package demo_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"madoguchi/assets/demo"
	"madoguchi/barcode"
	"madoguchi/central/intake"
	"madoguchi/library"
)

func branches(t *testing.T) []library.Branch {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(demo.Branches()))
	d.DisallowUnknownFields()
	var list []library.Branch
	if err := d.Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// records imports the books as the central server does, and lets nothing be left out.
func records(t *testing.T) []library.Record {
	t.Helper()
	known, err := intake.NewBranches(branches(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	opt := intake.Options{
		Branches: known,
		Note:     func(p intake.Problem) { t.Error(p.Error()) },
	}
	var list []library.Record
	for rec, err := range intake.CSV(bytes.NewReader(demo.Books()), opt) {
		if err != nil {
			t.Error(err)
			continue
		}
		list = append(list, rec.Record)
	}
	if len(list) < 300 {
		t.Fatalf("%d bibs", len(list))
	}
	return list
}

func rows(t *testing.T) (header []string, rows [][]string) {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(demo.Books())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:]
}

func TestColumns(t *testing.T) {
	const want = "id title title_reading subtitle volume series creator creator_reading publisher year isbn ndc subjects kind language description barcode branch call_number shelf lendable"
	header, rows := rows(t)
	if got := strings.Join(header, " "); got != want {
		t.Errorf("columns %s", got)
	}
	if size := len(demo.Books()); size > 250_000 {
		t.Errorf("books.csv has %d bytes", size)
	}
	for _, row := range rows {
		for i, cell := range row {
			if cell != strings.Join(strings.Fields(cell), " ") {
				t.Errorf("%s: spaces in the %s %q", row[0], header[i], cell)
			}
		}
	}
}

// A bib's rows stand together, and only the first describes it.
func TestOneBibForEachID(t *testing.T) {
	header, rows := rows(t)
	title := slices.Index(header, "title")
	seen, last := map[string]bool{}, ""
	for _, row := range rows {
		if id := row[0]; id != last {
			if seen[id] || row[title] == "" {
				t.Errorf("%s begins a second time, or without a title", id)
			}
			seen[id], last = true, id
		} else if row[title] != "" {
			t.Errorf("%s is described twice", id)
		}
	}
}

func TestNoBibTwice(t *testing.T) {
	type edition struct {
		title, volume, publisher string
		year                     int
	}
	seen := map[edition]library.BibID{}
	for _, r := range records(t) {
		e := edition{r.Bib.Title, r.Bib.Volume, r.Bib.Publisher, r.Bib.Year}
		if other, twice := seen[e]; twice {
			t.Errorf("%s and %s are both %v", other, r.Bib.ID, e)
		}
		seen[e] = r.Bib.ID
	}
}

func TestBibs(t *testing.T) {
	kana := regexp.MustCompile(`^[ァ-ヶー]+( [ァ-ヶー]+)*$`)
	for _, r := range records(t) {
		b := r.Bib
		if b.Title == "" || b.Publisher == "" || len(b.NDC) == 0 || len(b.Creators) == 0 || b.Language == "" {
			t.Errorf("%s %s lacks something", b.ID, b.Title)
		}
		if b.Year < 1905 || b.Year > 2026 {
			t.Errorf("%s %s is of %d", b.ID, b.Title, b.Year)
		}
		if b.TitleReading == "" && b.Language == "jpn" || b.TitleReading != "" && !kana.MatchString(b.TitleReading) {
			t.Errorf("%s %s is read %q", b.ID, b.Title, b.TitleReading)
		}
		for _, w := range strings.Fields(b.TitleReading) {
			if w == "ハ" || w == "ヘ" || w == "ヲ" {
				t.Errorf("%s %s is read %q: particles are ワ, エ and オ", b.ID, b.Title, b.TitleReading)
			}
		}
		for _, c := range b.Creators {
			if japanese := b.Language == "jpn"; japanese && c.Reading == "" || c.Reading != "" && !kana.MatchString(c.Reading) {
				t.Errorf("%s %s: %s is read %q", b.ID, b.Title, c.Name, c.Reading)
			}
			if c.Role == "" {
				t.Errorf("%s %s: %s has no role", b.ID, b.Title, c.Name)
			}
		}
	}
}

// ISBNs are those of invented publishers; that their check digits are right and that
// the class numbers are such is what the import has notes about.
func TestISBNs(t *testing.T) {
	seen := map[string]library.BibID{}
	for _, r := range records(t) {
		for _, isbn := range r.Bib.ISBNs {
			if other, twice := seen[isbn]; twice {
				t.Errorf("%s and %s have the ISBN %s", other, r.Bib.ID, isbn)
			}
			if !strings.HasPrefix(isbn, "97849999") {
				t.Errorf("%s: the ISBN %s may be that of a real book", r.Bib.ID, isbn)
			}
			seen[isbn] = r.Bib.ID
		}
	}
	if len(seen) < 200 {
		t.Errorf("%d ISBNs", len(seen))
	}
}

func TestItems(t *testing.T) {
	copies, without, reference := map[library.BranchCode]int{}, 0, 0
	for _, r := range records(t) {
		if len(r.Items) == 0 {
			without++
		}
		for _, it := range r.Items {
			copies[it.Branch]++
			if !it.Lendable {
				reference++
			}
			if !barcode.Scheme(demo.BarcodeCheck).Valid(it.Barcode) || len(it.Barcode) != 10 || it.Barcode[0] != '1' {
				t.Errorf("%s: barcode %s", r.Bib.ID, it.Barcode)
			}
			if it.Shelf == "" || it.CallNumber == "" && r.Bib.Kind != library.Magazine {
				t.Errorf("%s: shelf %q, call number %q", r.Bib.ID, it.Shelf, it.CallNumber)
			}
			if it.CallNumber != "" && !strings.Contains(it.CallNumber, "/") {
				t.Errorf("%s: call number %q", r.Bib.ID, it.CallNumber)
			}
		}
	}
	for _, b := range branches(t) {
		if copies[b.Code] < 50 {
			t.Errorf("%d copies at %s", copies[b.Code], b.Code)
		}
	}
	if without < 3 || reference < 20 {
		t.Errorf("%d bibs without copies, %d copies for reference", without, reference)
	}
}

// The import takes a barcode that stands twice in one bib for the same copy.
func TestNoBarcodeTwice(t *testing.T) {
	header, rows := rows(t)
	at, seen := slices.Index(header, "barcode"), map[string]bool{}
	for _, row := range rows {
		if seen[row[at]] && row[at] != "" {
			t.Errorf("%s: the barcode %s stands twice", row[0], row[at])
		}
		seen[row[at]] = true
	}
}

// There is something to find for every class, kind, language and script.
func TestSomethingForEverySearch(t *testing.T) {
	classes, kinds, languages := map[byte]int{}, map[library.Kind]int{}, map[string]int{}
	divisions := map[string]int{}
	recent, described, volumes, juvenile, latin := 0, 0, 0, 0, 0
	count := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	for _, r := range records(t) {
		b := r.Bib
		classes[b.NDC[0][0]]++
		divisions[b.NDC[0][:2]]++
		kinds[b.Kind]++
		languages[b.Language]++
		count(&recent, b.Year >= 2023)
		count(&described, b.Description != "")
		count(&volumes, b.Volume != "")
		count(&juvenile, b.Juvenile)
		count(&latin, b.Title[0] >= 'A' && b.Title[0] <= 'z')
	}
	for class := byte('0'); class <= '9'; class++ {
		if classes[class] < 12 {
			t.Errorf("%d bibs in class %c", classes[class], class)
		}
	}
	if len(divisions) < 95 {
		t.Errorf("%d divisions of a hundred have a bib", len(divisions))
	}
	for _, k := range []library.Kind{library.Book, library.Magazine, library.Newspaper, library.CD, library.DVD, library.Map, library.Score} {
		if kinds[k] < 2 {
			t.Errorf("%d of kind %s", kinds[k], k)
		}
	}
	for _, l := range []string{"jpn", "eng", "chi", "kor"} {
		if languages[l] < 3 {
			t.Errorf("%d in %s", languages[l], l)
		}
	}
	if recent < 100 || described < 80 || volumes < 40 || juvenile < 60 || latin < 5 {
		t.Errorf("%d recent, %d described, %d volumes, %d for children, %d in Latin letters", recent, described, volumes, juvenile, latin)
	}
	for _, old := range []string{"國", "學", "髙", "﨑"} {
		if !bytes.Contains(demo.Books(), []byte(old)) {
			t.Errorf("no %s", old)
		}
	}
}

// TestLists: each shelf may be put up, has words in every language, and names bibs that
// are there.
func TestLists(t *testing.T) {
	var lists []library.List
	if err := json.Unmarshal(demo.Lists(), &lists); err != nil {
		t.Fatal(err)
	}
	known := map[library.BibID]bool{}
	for _, r := range records(t) {
		known[r.Bib.ID] = true
	}
	queries := 0
	for _, l := range lists {
		if err := l.Validate(); err != nil {
			t.Errorf("%s: %v", l.Name, err)
		}
		for _, language := range library.Languages {
			if l.Title[language.Code] == "" {
				t.Errorf("%s has no title in %s", l.Name, language.Code)
			}
		}
		for _, id := range l.Bibs {
			if !known[id] {
				t.Errorf("%s names %s", l.Name, id)
			}
		}
		if l.Query != nil {
			queries++
		}
	}
	if queries == 0 || queries == len(lists) {
		t.Errorf("%d of %d shelves are queries", queries, len(lists))
	}
}

func TestBranches(t *testing.T) {
	list := branches(t)
	if len(list) != 6 {
		t.Errorf("%d branches", len(list))
	}
	var codes []library.BranchCode
	for _, b := range list {
		codes = append(codes, b.Code)
		if b.Name == "" || b.Short == "" || b.NameEn == "" {
			t.Errorf("%s has no name", b.Code)
		}
		open := 0
		for _, h := range b.Calendar.Hours {
			if h.Close > h.Open {
				open++
			}
		}
		if open < 6 {
			t.Errorf("%s is open on %d days of the week", b.Code, open)
		}
		for d := (library.Date{Year: 2026, Month: 12, Day: 29}); d.Before(library.Date{Year: 2027, Month: 1, Day: 4}); d = d.Add(1) {
			if _, open := b.Calendar.On(d); open != (b.Code == demo.Lender) {
				t.Errorf("%s is open on %s: %v", b.Code, d, open)
			}
		}
		if closed := slices.ContainsFunc(b.Calendar.Hours[:], func(h library.Hours) bool { return h.Close <= h.Open }); closed == (b.Code == demo.Lender) {
			t.Errorf("%s is closed on a weekday: %v", b.Code, closed)
		}
	}
	if !slices.Contains(codes, demo.Lender) {
		t.Errorf("there is no branch %s", demo.Lender)
	}
	if !slices.Contains(codes, demo.TerminalAt) {
		t.Errorf("there is no branch %s", demo.TerminalAt)
	}
	if tuesday, open := list[0].Calendar.On(library.Date{Year: 2026, Month: 11, Day: 24}); !open || tuesday != (library.Hours{Open: 9*60 + 30, Close: 19 * 60}) {
		t.Errorf("%s has the hours %v on a Tuesday", list[0].Code, tuesday)
	}
	if _, open := list[0].Calendar.On(library.Date{Year: 2026, Month: 11, Day: 30}); open {
		t.Errorf("%s is open on a Monday", list[0].Code)
	}
	if slices.Sort(codes); len(slices.Compact(codes)) != len(list) {
		t.Error("a branch code stands twice")
	}
}

// Every copy's shelf is on a floor plan of its branch, and every shelf drawn has
// copies.
func TestFloorPlans(t *testing.T) {
	stands := map[library.BranchCode]map[string]bool{}
	list := branches(t)
	for _, b := range list {
		stands[b.Code] = map[string]bool{}
	}
	for _, r := range records(t) {
		for _, it := range r.Items {
			stands[it.Branch][it.Shelf] = true
		}
	}
	for _, b := range list {
		for shelf := range stands[b.Code] {
			if _, ok := b.Locate(shelf); !ok {
				t.Errorf("%s: the shelf %s is on no plan", b.Code, shelf)
			}
		}
		here := 0
		for _, p := range b.Plans {
			if err := p.Validate(); err != nil {
				t.Errorf("%s, %s: %v", b.Code, p.Floor, err)
			}
			if p.Here != nil {
				here++
			}
			for i, s := range p.Shelves {
				if !stands[b.Code][s.Name] {
					t.Errorf("%s: no copy stands on %s", b.Code, s.Name)
				}
				for _, o := range p.Shelves[:i] {
					if s.X < o.X+o.Width && o.X < s.X+s.Width && s.Y < o.Y+o.Height && o.Y < s.Y+s.Height {
						t.Errorf("%s: %s and %s stand in each other", b.Code, s.Name, o.Name)
					}
				}
			}
		}
		if here != 1 {
			t.Errorf("%s: a terminal stands on %d of the plans", b.Code, here)
		}
	}
}
