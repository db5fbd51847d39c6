package intake

import (
	"slices"
	"strings"

	"madoguchi/central/marc"
	"madoguchi/library"
)

// bib maps the bibliographic part of a record.
func (l linkedRecord) bib() library.Bib {
	b := library.Bib{
		ID:       library.BibID(clean(l.Control("001"))),
		Kind:     l.kind(),
		Creators: l.creators(),
		Series:   l.series(),
		Subjects: l.subjects(),
		Language: l.language(),
		Extent:   l.extent(),
	}
	l.title(&b)
	b.Publisher, b.Year = l.publication()
	for f := range l.Data("020") {
		for _, s := range f.All('a') {
			isbns, fault, value := readISBNs(s)
			for _, isbn := range isbns {
				b.ISBNs = appendNew(b.ISBNs, isbn)
			}
			if fault != "" {
				l.say(fault, value)
			}
		}
	}
	b.NDC, b.Juvenile = l.ndc()
	b.Juvenile = b.Juvenile || l.forChildren()
	b.Description = l.description()
	return b
}

// fieldsOfBib are the fields of which something goes into a bib or its copies.
var fieldsOfBib = []string{
	"001", "100", "110", "111", "245", "250", "260", "264", "300", "440", "490", "505", "520", "521", "600", "610", "611", "630", "648", "650", "651", "653", "655",
	"700", "710", "711", "830", "852", "880", "952",
}

// sayText notes what is lost of a text, or wrong with it.
func (l linkedRecord) sayText() {
	for i := range l.Fields {
		f := &l.Fields[i]
		if !slices.Contains(fieldsOfBib, f.Tag) {
			continue
		}
		for _, s := range append(f.Subfields, marc.Subfield{Value: f.Value}) {
			for _, fault := range textFaults(s.Value) {
				l.say("field "+f.Tag+": "+fault, s.Value)
			}
		}
	}
}

// title fills in what stands in field 245.
func (l linkedRecord) title(b *library.Bib) {
	f := l.first("245")
	b.Title = joinAreas(f.All('a'), " ; ")
	if form := unbracket(f.Get('h')); form != "" && b.Kind == library.Book && b.Title != "" && !plainForm(form) {
		b.Title += " [" + area(form) + "]" // 点字資料: it must not be taken for the printed book
	}
	b.Subtitle = joinAreas(f.All('b'), " : ")
	var volume []string
	for _, s := range f.Subfields {
		if s.Code == 'n' || s.Code == 'p' {
			volume = append(volume, s.Value)
		}
	}
	b.Volume = joinAreas(volume, " ")
	var parts []string
	for _, r := range f.readings('a') {
		parts = append(parts, reading(r))
	}
	if b.TitleReading = clean(strings.Join(parts, " ")); b.TitleReading == "" {
		b.TitleReading = kanaReading(b.Title)
	}
}

func plainForm(form string) bool {
	form = strings.ToLower(form)
	return form == "text" || strings.Contains(form, "printed") || strings.Contains(form, "テキスト") ||
		strings.Contains(form, "文字資料") || strings.Contains(form, "electronic")
}

// kind judges by the leader, the physical description (007) and the form of item.
func (l linkedRecord) kind() library.Kind {
	material := l.Control("007")
	fixed := l.Control("008")
	form := at(fixed, 23)
	switch l.Leader[6] {
	case 'e', 'f':
		return library.Map
	case 'c', 'd':
		return library.Score
	case 'i', 'j':
		if len(material) > 1 && material[0] == 's' && material[1] != 'd' {
			return library.OtherKind // a cassette
		}
		return library.CD
	case 'g':
		if len(material) > 1 && (material[0] != 'v' || material[1] != 'd') {
			return library.OtherKind // a video cassette, slides
		}
		return library.DVD
	case 'm':
		if strings.HasPrefix(material, "cr") || form == 'o' {
			return library.Ebook
		}
		return library.OtherKind
	case 'k', 'o', 'p', 'r':
		return library.OtherKind
	}
	switch {
	case strings.HasPrefix(material, "cr") || form == 'o' || form == 's':
		return library.Ebook
	case l.Leader[7] == 's' && at(fixed, 21) == 'n':
		return library.Newspaper
	case l.Leader[7] == 's' || l.Leader[7] == 'b':
		return library.Magazine
	}
	return library.Book
}

// publication returns publisher and year: of 264 the publication, else 260, and the
// year of 008 where they have none that can be.
func (l linkedRecord) publication() (publisher string, year int) {
	var names, years []string
	for f := range l.fields("264", "260") {
		if f.Tag == "264" && f.Ind2 != '1' && f.Ind2 != ' ' {
			continue
		}
		for _, s := range f.All('b') {
			if name := unbracket(area(s)); name != "" && !unknownPublisher(name) {
				names = appendNew(names, name)
			}
		}
		years = append(years, f.All('c')...)
	}
	slices.Reverse(years) // the last one is that of this very edition
	if fixed := l.Control("008"); len(fixed) >= 11 {
		if y := strings.Trim(fixed[7:11], "|- "); !strings.HasSuffix(y, "u") { // 19uu is not known
			years = append(years, y)
		}
	}
	return strings.Join(names, "、"), l.year(years)
}

// year returns the first of several years of publication that can be, else the first
// one, which is too far off.
func (l linkedRecord) year(texts []string) (year int) {
	tooFar, none := "", ""
	for _, text := range texts {
		y, ok := parseYear(text)
		switch {
		case !ok && none == "":
			none = text
		case y > l.today.Year+1 && !l.today.IsZero():
			if year == 0 {
				year, tooFar = y, text
			}
		case y != 0:
			if tooFar != "" {
				l.say(yearTooFar, clean(tooFar))
			}
			return y
		}
	}
	if year == 0 && none != "" {
		l.say(noSuchYear, clean(none))
	}
	return year
}

func unknownPublisher(name string) bool {
	return strings.Contains(name, "出版者不明") || strings.Contains(name, "発行者不明") || strings.EqualFold(name, "s.n.") || strings.EqualFold(name, "s.n")
}

// ndc returns the numbers of the Nippon Decimal Classification in 084.
func (l linkedRecord) ndc() (numbers []string, juvenile bool) {
	for f := range l.Data("084") {
		scheme := strings.ToLower(clean(f.Get('2')))
		if scheme != "" && !strings.HasPrefix(scheme, "njb") && !strings.HasPrefix(scheme, "ndc") {
			continue
		}
		for _, s := range f.All('a') {
			found, k, ok := classNumbers(s)
			for _, n := range found {
				numbers = appendNew(numbers, n)
			}
			juvenile = juvenile || k
			if !ok && scheme != "" {
				l.say(noClass, clean(s))
			}
		}
	}
	return numbers, juvenile
}

// forChildren judges by the target audience in 008 and by what 521 and 655 say.
func (l linkedRecord) forChildren() bool {
	if t := l.Leader[6]; t == 'a' || t == 'c' || t == 'd' || t == 'g' || t == 'i' || t == 'j' || t == 'm' {
		if strings.IndexByte("abcj", at(l.Control("008"), 22)) >= 0 {
			return true
		}
	}
	for f := range l.Data("521", "655") {
		if s := f.Get('a'); strings.Contains(s, "児童") || strings.Contains(s, "小学") || strings.Contains(s, "幼児") || strings.Contains(s, "絵本") {
			return true
		}
	}
	return false
}

func (l linkedRecord) language() string {
	var codes []string
	for f := range l.Data("041") {
		if f.Ind2 != '7' { // another list of codes
			codes = append(codes, f.All('a')...)
		}
	}
	if fixed := l.Control("008"); len(fixed) >= 38 {
		codes = append(codes, fixed[35:38])
	}
	for _, c := range codes {
		if len(c) > 3 && len(c)%3 == 0 && isASCII(c) {
			c = c[:3] // several that stand together
		}
		code, ok := parseLanguage(strings.Trim(c, "|-# "))
		if ok && code != "" {
			return code
		} else if !ok {
			l.say(noLanguage, clean(c))
		}
	}
	return ""
}

func (l linkedRecord) extent() string {
	f := l.first("300")
	s := joinAreas(f.All('a'), " ; ")
	for _, part := range []struct {
		code byte
		sign string
	}{{'b', " : "}, {'c', " ; "}, {'e', " + "}} {
		if v := area(f.Get(part.code)); v != "" && s != "" {
			s += part.sign + v
		}
	}
	return s
}

// description gathers what helps to choose: the edition, the summary, the contents.
func (l linkedRecord) description() string {
	var lines []string
	for f := range l.fields("250") {
		lines = appendNew(lines, area(f.Get('a')))
	}
	for f := range l.Data("520") {
		lines = appendNew(lines, clean(f.Get('a')+" "+f.Get('b')))
	}
	for f := range l.Data("505") {
		var contents []string
		for _, s := range f.Subfields {
			switch v := area(s.Value); s.Code {
			case 'a', 't':
				contents = append(contents, v)
			case 'r':
				if n := len(contents); n > 0 {
					contents[n-1] += "（" + v + "）"
				}
			}
		}
		lines = appendNew(lines, strings.Join(contents, "／"))
	}
	return strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), "\n")
}

// subjects returns the subject headings of 600 to 653, their subdivisions joined on.
func (l linkedRecord) subjects() (subjects []library.Subject) {
	seen := map[string]bool{}
	add := func(term, reading string) {
		if term != "" && !seen[folded(term)] {
			seen[folded(term)] = true
			subjects = append(subjects, library.Subject{Term: term, Reading: reading})
		}
	}
	for f := range l.fields("600", "610", "611", "630", "648", "650", "651", "653") {
		if f.Tag == "653" { // words, not headings
			terms, readings := words(f.All('a')), words(f.readings('a'))
			for i, t := range terms {
				add(t, paired(readings, i, len(terms)))
			}
			continue
		}
		term := headingText(f.Field)
		for _, s := range f.Subfields {
			if strings.IndexByte("tvxyz", s.Code) >= 0 {
				term += "－" + area(s.Value)
			}
		}
		read := ""
		if f.reading != nil {
			read = reading(headingText(f.reading))
			for _, s := range f.reading.Subfields {
				if strings.IndexByte("tvxyz", s.Code) >= 0 {
					read = clean(read + " " + reading(s.Value))
				}
			}
		}
		add(term, read)
	}
	return subjects
}

func words(values []string) (words []string) {
	for _, v := range values {
		for _, w := range strings.Split(clean(v), " / ") {
			words = append(words, area(w))
		}
	}
	return words
}

// series returns the series of 490 and, where it names others, of 830 and 440. A
// series within a series counts as a second one.
func (l linkedRecord) series() (all []library.Series) {
	for f := range l.fields("490", "440", "830") {
		list, readings := seriesOf(f.Field), []library.Series(nil)
		if f.reading != nil {
			readings = seriesOf(f.reading)
		}
		for i, s := range list {
			if i < len(readings) && len(readings) == len(list) {
				s.Reading = reading(readings[i].Title)
			}
			if j := slices.IndexFunc(all, func(o library.Series) bool { return folded(o.Title) == folded(s.Title) }); j < 0 {
				all = append(all, s)
			} else if all[j].Volume == "" {
				all[j].Volume = s.Volume
			}
		}
	}
	return all
}

func seriesOf(f *marc.Field) (list []library.Series) {
	parallel := false
	for _, s := range f.Subfields {
		switch v := clean(s.Value); s.Code {
		case 'a', 'p':
			title, _, _ := strings.Cut(v, " / ") // the series' own statement of responsibility
			if title = area(title); title != "" && !parallel {
				list = append(list, library.Series{Title: title})
			}
			parallel = strings.HasSuffix(v, "=")
		case 'v', 'n':
			if n := len(list); n > 0 && list[n-1].Volume == "" {
				list[n-1].Volume = area(v)
			}
		}
	}
	return list
}

// joinAreas joins parts of a title or extent without their card punctuation.
func joinAreas(parts []string, sign string) string {
	var out []string
	for _, p := range parts {
		if p = area(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sign)
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// paired returns the reading of the i-th of n terms, if there are as many readings.
func paired(readings []string, i, n int) string {
	if len(readings) != n {
		return ""
	}
	return reading(readings[i])
}

// at is the character of a fixed field at a position, ' ' where it is too short.
func at(fixed string, i int) byte {
	if i < len(fixed) {
		return fixed[i]
	}
	return ' '
}
