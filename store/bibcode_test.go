package store

import (
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"madoguchi/library"
)

// TestBibCodeKeepsEveryField: a field that is added to library.Bib and forgotten here
// would be lost on every terminal.
func TestBibCodeKeepsEveryField(t *testing.T) {
	var b library.Bib
	fillFields(t, reflect.ValueOf(&b).Elem(), new(int))
	got, err := decodeBib(encodeBib(b))
	if err != nil || !reflect.DeepEqual(got, b) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, b)
	}
}

// fillFields gives each field a value of its own.
func fillFields(t *testing.T, v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString("値" + string(rune('a'+*n)))
	case reflect.Int:
		v.SetInt(int64(1000 + *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fillFields(t, v.Index(i), n)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillFields(t, v.Field(i), n)
		}
	default:
		t.Fatalf("no value for a %s", v.Type())
	}
}

func TestBibCodeOfAnyBib(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.Make[library.Bib]().Draw(t, "bib")
		for _, list := range []*[]string{&b.ISBNs, &b.NDC} {
			if len(*list) == 0 {
				*list = nil
			}
		}
		if len(b.Creators) == 0 {
			b.Creators = nil
		}
		if len(b.Series) == 0 {
			b.Series = nil
		}
		if len(b.Subjects) == 0 {
			b.Subjects = nil
		}
		got, err := decodeBib(encodeBib(b))
		if err != nil || !reflect.DeepEqual(got, b) {
			t.Fatalf("got %+v, %v", got, err)
		}
	})
}

// FuzzDecodeBib: a damaged bib is an error, never a panic, nor a request for more
// memory than there is.
func FuzzDecodeBib(f *testing.F) {
	f.Add(encodeBib(library.Bib{}))
	f.Add(encodeBib(sample()[0].Bib))
	f.Add("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
	f.Add("\x01")
	f.Fuzz(func(t *testing.T, encoded string) {
		b, err := decodeBib(encoded)
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("an error of another kind: %v", err)
		}
		if err == nil {
			if again, err := decodeBib(encodeBib(b)); err != nil || !reflect.DeepEqual(again, b) {
				t.Errorf("%+v became %+v, %v", b, again, err)
			}
		}
	})
}
