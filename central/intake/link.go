package intake

import (
	"iter"
	"strings"
	"unicode"

	"madoguchi/central/marc"
	"madoguchi/library"
)

// linkedRecord is a MARC record whose fields know their readings. A field with $6
// "880-01" and the field 880 with $6 "245-01/$1" belong together; a reading in Latin
// letters ("/(B") is of no use here.
type linkedRecord struct {
	*marc.Record
	alternatives map[string]*marc.Field    // by "245-01"
	say          func(fault, value string) // notes what is left out of it
	today        library.Date              // by which years are too far off; zero for none
}

// linkedField is a field and, where there is one, its reading.
type linkedField struct {
	*marc.Field
	reading *marc.Field
}

func link(rec *marc.Record) linkedRecord {
	l := linkedRecord{Record: rec, alternatives: map[string]*marc.Field{}}
	for f := range rec.Data("880") {
		to, script, _ := strings.Cut(clean(f.Get('6')), "/")
		if !strings.HasPrefix(script, "(") && eastAsian(text(f)) && !strings.HasSuffix(to, "-00") {
			if _, twice := l.alternatives[to]; !twice {
				l.alternatives[to] = f
			}
		}
	}
	return l
}

// fields iterates over the fields with one of the tags. Where a catalogue puts a
// romanisation into the field and the original script into 880, as American ones
// do, it is the original that is yielded.
func (l linkedRecord) fields(tags ...string) iter.Seq[linkedField] {
	return func(yield func(linkedField) bool) {
		for f := range l.Data(tags...) {
			lf := linkedField{Field: f}
			if occurrence, ok := strings.CutPrefix(clean(f.Get('6')), "880-"); ok {
				occurrence, _, _ = strings.Cut(occurrence, "/")
				lf.reading = l.alternatives[f.Tag+"-"+occurrence]
			}
			if lf.reading != nil && !eastAsian(text(f)) && has(text(lf.reading), unicode.Han, unicode.Hangul) {
				original := *lf.reading
				original.Tag, original.Ind1, original.Ind2 = f.Tag, f.Ind1, f.Ind2
				lf = linkedField{Field: &original}
			}
			if !yield(lf) {
				return
			}
		}
	}
}

// first returns the first field with the tag; its Field is empty where there is none.
func (l linkedRecord) first(tag string) linkedField {
	for f := range l.fields(tag) {
		return f
	}
	return linkedField{Field: &marc.Field{}}
}

// readings returns the readings of all subfields with the code.
func (f linkedField) readings(code byte) []string {
	if f.reading == nil {
		return nil
	}
	return f.reading.All(code)
}

// text is all that a person would read in a field.
func text(f *marc.Field) string {
	var b strings.Builder
	for _, s := range f.Subfields {
		if s.Code >= 'a' && s.Code <= 'z' {
			b.WriteString(s.Value)
		}
	}
	return b.String()
}
