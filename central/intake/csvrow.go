package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"madoguchi/library"
)

// entry is what one row says: a bib with perhaps one copy.
type entry struct {
	bib   library.Bib
	copy  *copied
	notes []note // what was left out of it
}

// note is a fault that a record bears.
type note struct{ fault, value string }

func (e *entry) note(fault, value string) { e.notes = append(e.notes, note{fault, value}) }

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
	get := func(ours string) string {
		if s := l.cell(cells, ours); !isSheetError(s) {
			return s
		}
		return ""
	}
	b := &e.bib
	b.ID = library.BibID(clean(get("id")))
	b.Title = clean(get("title"))
	if fault := mangled(l.cell(cells, "id")); fault != "" {
		b.ID = ""
		return e, "the id: " + fault, l.cell(cells, "id")
	}
	for _, ours := range columnNames {
		e.noteText(ours, l.cell(cells, ours))
	}
	if isoWithoutEscapes.MatchString(b.Title) {
		return e, "the title: " + lostEscapes, b.Title
	}
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
	e.numbers(get)
	if b.ID == "" && b.Title != "" {
		b.ID = contentID(*b)
	}
	if b.ID == "" {
		return e, "it has no title", ""
	}
	b.AddedOn = e.day(get("added_on"), "the day on which it came is none and was left out")
	e.readCopy(get, l, opt)
	return e, "", ""
}

// noteText notes what is lost of a cell, or wrong with it, as text.
func (e *entry) noteText(column, cell string) {
	for _, fault := range textFaults(cell) {
		e.note(column+": "+fault, cell)
	}
	if isSheetError(cell) {
		e.note(column+": "+sheetsError+" and was left out", cell)
	}
}

// numbers reads the columns that have a form, and leaves out what has not.
func (e *entry) numbers(get func(string) string) {
	b := &e.bib
	var ok, juvenile bool
	if b.Year, ok = parseYear(get("year")); !ok {
		e.note(noSuchYear, get("year"))
	}
	if b.Kind, b.Juvenile, ok = parseKind(get("kind")); !ok {
		b.Kind = library.Book
		e.note("the kind is not known, and the record was taken for a book: write one of "+kindList()+", or a usual Japanese word", get("kind"))
	}
	if b.Language, ok = parseLanguage(get("language")); !ok {
		e.note(noLanguage, get("language"))
	}
	if b.NDC, juvenile, ok = classNumbers(get("ndc")); !ok {
		e.note(noClass, get("ndc"))
	}
	b.Juvenile = b.Juvenile || juvenile
	for _, s := range values(get("isbn")) {
		if fault := mangled(s); fault != "" {
			e.note("the ISBN was left out: "+fault, s)
			continue
		}
		isbns, fault, value := readISBNs(s)
		for _, isbn := range isbns {
			b.ISBNs = appendNew(b.ISBNs, isbn)
		}
		if fault == "" && len(isbns) == 0 {
			fault, value = wrongISBN, s
		}
		if fault != "" {
			e.note(fault, value)
		}
	}
}

// day reads a date, and notes where a text is none.
func (e *entry) day(text, fault string) library.Date {
	if text == "" {
		return library.Date{}
	}
	d, err := library.ReadDate(text)
	if err != nil {
		e.note(fault, text)
	}
	return d
}

// readCopy reads the copy that a row speaks of, if it speaks of one. Where it is, only a
// file says that has a column for it; an empty cell there says that it stands on its shelf.
func (e *entry) readCopy(get func(string) string, l layout, opt Options) {
	said := ""
	for _, ours := range []string{"branch", "barcode", "call_number", "shelf", "lendable", "state", "due_on", "loans"} {
		said += get(ours)
	}
	if said == "" {
		return
	}
	it := &copied{Item: library.Item{
		Branch:     branchCode(get("branch")),
		Barcode:    barcodeText(get("barcode")),
		CallNumber: callNumber(get("call_number")),
		Shelf:      clean(get("shelf")),
		Lendable:   true,
	}}
	if it.Branch == "" && it.Barcode == "" && opt.Branch == "" {
		return // a call number alone is no copy
	}
	if len(l["state"]) > 0 || len(l["due_on"]) > 0 {
		it.State = library.OnShelf
	}
	if due := e.day(get("due_on"), "the due date is none and was left out"); !due.IsZero() {
		it.State, it.DueOn = library.OnLoan, due
	}
	if state, ok := opt.States.Find(get("state")); ok {
		it.say(state)
	} else if get("state") != "" {
		it.State, it.DueOn = "", library.Date{}
		e.note("the state is not known and was left out: say what it is with [intake.states] in the settings", get("state"))
	}
	if lendable, ok := parseLendable(get("lendable")); ok {
		it.Lendable = it.Lendable && lendable
	} else if state, ok := opt.States.Find(get("lendable")); ok {
		it.say(state)
	} else {
		e.note("lendable does not say whether the copy is lent, and it was taken for one that is: write yes or no", get("lendable"))
	}
	if s := strings.TrimSuffix(narrow(get("loans")), "回"); s != "" {
		if n, err := strconv.Atoi(s); err == nil && n >= 0 {
			it.loans, it.counted = n, true
		} else {
			e.note("the number of loans is none and was left out", get("loans"))
		}
	}
	e.copy = it
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
	if b.AddedOn.IsZero() || !x.AddedOn.IsZero() && x.AddedOn.Before(b.AddedOn) {
		b.AddedOn = x.AddedOn
	}
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
