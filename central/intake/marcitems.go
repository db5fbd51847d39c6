package intake

import (
	"strings"

	"madoguchi/central/marc"
	"madoguchi/library"
)

// otherCopies are fields in which some systems write copies, each library as it set
// them up; they are not read.
var otherCopies = []string{"876", "877", "878", "945", "949", "999"}

const copiesElsewhere = "its copies may be in a field that is not read: have them written to 852 or 952"

// copies reads the copies: Koha's 952 where there are any, else 852. It sets the day
// on which the first came and the kind, where the copies know it better.
func (l linkedRecord) copies(b *library.Bib, opt Options) (copies []copied) {
	for f := range l.Data("952") {
		if f.Get('a') != "" || f.Get('b') != "" || f.Get('p') != "" { // else it is not Koha's
			copies = append(copies, l.koha(f, b, opt))
		}
	}
	if len(copies) == 0 {
		for f := range l.Data("852") {
			copies = append(copies, held(f, opt)...)
		}
	}
	if len(copies) == 0 {
		for f := range l.Data(otherCopies...) {
			if f.Get('p') != "" || f.Get('i') != "" {
				l.say(copiesElsewhere, f.Tag)
				break
			}
		}
	}
	return copies
}

// koha reads a field 952: $a is the branch that owns the copy, $b the one that has it.
// The number of times lent in $l is of all years, and says nothing of the last one.
func (l linkedRecord) koha(f *marc.Field, b *library.Bib, opt Options) copied {
	it := copied{Item: library.Item{
		Branch:     branchOf(opt, f.Get('a'), f.Get('b')),
		Barcode:    barcodeText(f.Get('p')),
		CallNumber: callNumber(f.Get('o')),
		Shelf:      clean(f.Get('c')),
		Lendable:   !set(f.Get('4')) && !set(f.Get('5')) && !set(strings.TrimPrefix(clean(f.Get('7')), "-")), // -1 is on order
		State:      library.OnShelf,
	}}
	if due := l.day(f.Get('q'), "the due date is none, and the copy was taken for not on loan"); !due.IsZero() {
		it.State, it.DueOn = library.OnLoan, due
	}
	if set(f.Get('1')) {
		it.State = library.Missing
	}
	it.withdrawn = set(f.Get('0'))
	if d := l.day(f.Get('d'), "the day on which a copy came is none and was left out"); !d.IsZero() && (b.AddedOn.IsZero() || d.Before(b.AddedOn)) {
		b.AddedOn = d
	}
	if k, _, ok := parseKind(f.Get('y')); ok && b.Kind == library.Book {
		b.Kind = k
	}
	return it
}

// day reads a date, and notes where a text is none.
func (l linkedRecord) day(text, fault string) library.Date {
	if text = clean(text); strings.Trim(text, "0- :") == "" {
		return library.Date{}
	}
	d, err := library.ReadDate(text)
	if err != nil {
		l.say(fault, text)
	}
	return d
}

// held reads a standard field 852, which has a copy for each barcode: $b is the
// branch, $a the institution where there is no branch, $k $h $i $m the parts of the
// call number, $p the barcode. $q (condition), $x and $z (notes) may say in a word that
// the copy has left, is missing or on loan.
func held(f *marc.Field, opt Options) (copies []copied) {
	var label []string
	for _, s := range f.Subfields {
		if strings.IndexByte("khim", s.Code) >= 0 {
			label = append(label, s.Value)
		}
	}
	it := copied{Item: library.Item{
		Branch:     branchOf(opt, append(f.All('b'), f.All('a')...)...),
		CallNumber: callNumber(strings.Join(label, "/")),
		Shelf:      clean(f.Get('c')),
		Lendable:   true,
		State:      library.OnShelf,
	}}
	for _, s := range f.Subfields {
		if strings.IndexByte("qxz", s.Code) >= 0 {
			if state, ok := opt.States.Find(s.Value); ok {
				it.say(state)
			}
		}
	}
	for _, p := range f.All('p') {
		if it.Barcode = barcodeText(p); it.Barcode != "" {
			copies = append(copies, it)
		}
	}
	if len(copies) == 0 && (it.Branch != "" || opt.Branch != "") { // a call number alone is no copy
		copies = append(copies, it)
	}
	return copies
}

// branchOf returns the first of a file's words that is a branch, else the first one.
func branchOf(opt Options, words ...string) (branch library.BranchCode) {
	for _, w := range words {
		if code, ok := opt.Branches.Find(w); ok {
			return code
		}
		if branch == "" {
			branch = branchCode(w)
		}
	}
	return branch
}

// callNumber writes the parts of a call number as on the label: "913.6/ナ".
func callNumber(s string) string {
	parts := strings.FieldsFunc(clean(s), func(r rune) bool { return r == '/' || r == '|' || r == ' ' })
	return strings.Join(parts, "/")
}

// set reports whether one of Koha's flags is on. Negative values are not.
func set(flag string) bool {
	flag = clean(flag)
	return flag != "" && flag != "0" && !strings.HasPrefix(flag, "-")
}
