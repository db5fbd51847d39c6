package intake

import (
	"slices"
	"strings"

	"madoguchi/central/marc"
	"madoguchi/library"
)

// items reads the copies: Koha's 952 where there are any, else 852. It sets the day
// on which the first came and the kind, where the copies know it better.
func (l linkedRecord) items(b *library.Bib) (items []library.Item, fault, value string) {
	for f := range l.Data("952") {
		if set(f.Get('0')) || f.Get('a') == "" && f.Get('b') == "" {
			continue // withdrawn, or not Koha's
		}
		it := library.Item{
			Branch:     branchCode(f.Get('a')),
			Barcode:    narrow(f.Get('p')),
			CallNumber: callNumber(f.Get('o')),
			Shelf:      clean(f.Get('c')),
			Lendable:   !set(f.Get('7')),
			State:      library.OnShelf,
		}
		if it.Branch == "" {
			it.Branch = branchCode(f.Get('b'))
		}
		if set(f.Get('1')) {
			it.State = library.Missing
		}
		if d, err := library.ParseDate(clean(f.Get('d'))); err == nil && (b.AddedOn.IsZero() || d.Before(b.AddedOn)) {
			b.AddedOn = d
		}
		if k, _, ok := parseKind(f.Get('y')); ok && b.Kind == library.Book {
			b.Kind = k
		}
		items = append(items, it)
	}
	if len(items) == 0 {
		for f := range l.Data("852") {
			items = append(items, holding(f))
		}
	}
	for i, it := range items {
		if it.Barcode != "" && slices.ContainsFunc(items[:i], func(o library.Item) bool { return o.Barcode == it.Barcode }) {
			return nil, "two of its copies have the same barcode", it.Barcode
		}
	}
	return items, "", ""
}

// holding reads a standard field 852: $b is the branch, $a the institution where
// there is no branch, $k $h $i $m the parts of the call number.
func holding(f *marc.Field) library.Item {
	branch := f.Get('b')
	if branch == "" {
		branch = f.Get('a')
	}
	var label []string
	for _, s := range f.Subfields {
		if strings.IndexByte("khim", s.Code) >= 0 {
			label = append(label, s.Value)
		}
	}
	return library.Item{
		Branch:     branchCode(branch),
		Barcode:    narrow(f.Get('p')),
		CallNumber: callNumber(strings.Join(label, "/")),
		Shelf:      clean(f.Get('c')),
		Lendable:   true,
		State:      library.OnShelf,
	}
}

// callNumber writes the parts of a call number as on the label: "913.6/ナ".
func callNumber(s string) string {
	parts := strings.FieldsFunc(clean(s), func(r rune) bool { return r == '/' || r == '|' || r == ' ' })
	return strings.Join(parts, "/")
}

// set reports whether one of Koha's flags is on.
func set(flag string) bool { flag = clean(flag); return flag != "" && flag != "0" }
