package intake

import (
	"regexp"
	"slices"
	"strings"

	"madoguchi/library"
)

// entry is what one row says: a bib with perhaps one copy.
type entry struct {
	bib   library.Bib
	item  *library.Item
	notes []note // what was left out of it
}

// note is a fault that a record bears.
type note struct{ fault, value string }

var severalValues = regexp.MustCompile(`\s*(?:;|；|//|｜|\n)\s*`)

// values splits a cell that holds several values.
func values(cell string) (list []string) {
	for _, v := range severalValues.Split(cell, -1) {
		if v = clean(v); v != "" {
			list = append(list, v)
		}
	}
	return list
}

// fromRow maps a row, or says why it may not go in.
func fromRow(cells []string, l layout, opt Options) (e entry, fault, value string) {
	get := func(ours string) string { return l.cell(cells, ours) }
	var ok, juvenile bool
	b := &e.bib
	b.ID = library.BibID(clean(get("id")))
	b.Title = clean(get("title"))
	if b.TitleReading = reading(get("title_reading")); b.TitleReading == "" {
		b.TitleReading = kanaReading(b.Title)
	}
	b.Subtitle = clean(get("subtitle"))
	b.Volume = clean(get("volume"))
	b.Publisher = strings.Join(values(get("publisher")), "、")
	b.Creators = creatorsOf(get("creator"), get("creator_reading"), get("creator_role"))
	b.Description = paragraphs(get("description"))
	for _, s := range strings.Split(get("series"), "//") {
		title, volume, _ := strings.Cut(strings.ReplaceAll(s, "；", " ; "), " ; ")
		if title = clean(title); title != "" {
			b.Series = append(b.Series, library.Series{Title: title, Volume: clean(volume)})
		}
	}
	for _, s := range values(get("subjects")) {
		b.Subjects = append(b.Subjects, library.Subject{Term: s, Reading: kanaReading(s)})
	}
	if b.Year, ok = parseYear(get("year")); !ok {
		return e, "the year is none", get("year")
	}
	if b.Kind, b.Juvenile, ok = parseKind(get("kind")); !ok {
		return e, "the kind is not known: write one of " + kindList() + ", or a usual Japanese word", get("kind")
	}
	if b.Language, ok = parseLanguage(get("language")); !ok {
		e.note("the language is not known and was left out", get("language"))
	}
	if b.NDC, juvenile, ok = classNumbers(get("ndc")); !ok {
		e.note("the class number is not one of the NDC and was left out", get("ndc"))
	}
	b.Juvenile = b.Juvenile || juvenile
	for _, s := range values(get("isbn")) {
		if isbn, ok := library.ParseISBN(narrow(s)); ok {
			b.ISBNs = appendNew(b.ISBNs, isbn)
		} else {
			e.note(wrongISBN, s)
		}
	}
	if b.ID == "" && b.Title != "" {
		b.ID = contentID(*b)
	}
	if b.ID == "" {
		return e, "it has no title", ""
	}
	e.item, fault, value = copyOf(get, opt)
	return e, fault, value
}

const wrongISBN = "the ISBN is wrong and was left out"

func (e *entry) note(fault, value string) { e.notes = append(e.notes, note{fault, value}) }

// copyOf reads the copy that a row speaks of, if it speaks of one.
func copyOf(get func(string) string, opt Options) (item *library.Item, fault, value string) {
	lendable, ok := parseLendable(get("lendable"))
	if !ok {
		return nil, "lendable does not say whether the copy is lent: write yes or no", get("lendable")
	}
	it := library.Item{
		Branch:     branchCode(get("branch")),
		Barcode:    narrow(get("barcode")),
		CallNumber: callNumber(get("call_number")),
		Shelf:      clean(get("shelf")),
		Lendable:   lendable,
		State:      library.OnShelf,
	}
	if it.Branch == "" && it.Barcode == "" && it.CallNumber == "" && it.Shelf == "" && get("lendable") == "" {
		return nil, "", ""
	}
	if it.Branch == "" {
		if it.Branch = opt.Branch; it.Branch == "" && it.Barcode == "" {
			return nil, "", "" // a call number alone is no copy
		}
	}
	return &it, "", ""
}

// creatorsOf pairs names, readings and roles. A name may bring its role: "名前||訳".
func creatorsOf(names, readings, roles string) (creators []library.Creator) {
	all, read, as := values(names), values(readings), values(roles)
	for i, name := range all {
		c := library.Creator{}
		c.Name, c.Role, _ = strings.Cut(name, "||")
		if eastAsian(c.Name) {
			c.Name = strings.ReplaceAll(strings.ReplaceAll(c.Name, ",", " "), "，", " ")
		}
		if c.Name = clean(c.Name); c.Name == "" {
			continue
		}
		if c.Reading = paired(read, i, len(all)); c.Reading == "" {
			c.Reading = kanaReading(c.Name)
		}
		switch {
		case c.Role != "":
		case len(as) == len(all):
			c.Role = as[i]
		case len(as) == 1:
			c.Role = as[0]
		}
		c.Role = roleWord(c.Role)
		creators = addCreator(creators, c)
	}
	return creators
}

var ndcLabel = regexp.MustCompile(`(?i)\bNDC\b(\s*\(?\d*版\)?)?`)

// classNumbers reads the NDC numbers of a cell: "NDC 913.6", "K913; 726.6".
func classNumbers(cell string) (numbers []string, juvenile, ok bool) {
	ok = true
	for _, s := range strings.FieldsFunc(ndcLabel.ReplaceAllString(narrow(cell), " "), func(r rune) bool {
		return r == ' ' || r == ';' || r == ',' || r == '、' || r == '/' || r == '|'
	}) {
		n, k, good := parseNDC(s)
		if !good {
			ok = false
			continue
		}
		numbers = appendNew(numbers, n)
		juvenile = juvenile || k
	}
	return numbers, juvenile, ok
}

// paragraphs is clean text that keeps its line breaks.
func paragraphs(s string) string {
	var lines []string
	for _, l := range strings.Split(s, "\n") {
		if l = clean(l); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

func kindList() string {
	names := make([]string, 0, len(library.Kinds))
	for _, k := range library.Kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// merge adds what another row says of the same bib, or says why it cannot be the
// same. What the rows before have said stands.
func (e *entry) merge(o entry) (fault, value string) {
	b, x := &e.bib, o.bib
	if b.Title != "" && x.Title != "" && folded(b.Title) != folded(x.Title) {
		return "its identifier belongs to another title above", b.Title
	}
	fill(&b.Title, x.Title)
	fill(&b.TitleReading, x.TitleReading)
	fill(&b.Subtitle, x.Subtitle)
	fill(&b.Volume, x.Volume)
	fill(&b.Publisher, x.Publisher)
	fill(&b.Year, x.Year)
	fill(&b.Language, x.Language)
	fill(&b.Description, x.Description)
	if b.Kind == library.Book {
		b.Kind = x.Kind
	}
	b.Juvenile = b.Juvenile || x.Juvenile
	for _, c := range x.Creators {
		b.Creators = addCreator(b.Creators, c)
	}
	for _, s := range x.ISBNs {
		b.ISBNs = appendNew(b.ISBNs, s)
	}
	for _, s := range x.NDC {
		b.NDC = appendNew(b.NDC, s)
	}
	for _, s := range x.Series {
		if !slices.Contains(b.Series, s) {
			b.Series = append(b.Series, s)
		}
	}
	for _, s := range x.Subjects {
		if !slices.Contains(b.Subjects, s) {
			b.Subjects = append(b.Subjects, s)
		}
	}
	return "", ""
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
