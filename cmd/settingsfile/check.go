package settingsfile

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// check holds what a file says, its keys in their order, against the type of its
// settings.
func (f *File) check(all map[string]any, keys []toml.Key, usual any) error {
	for _, key := range keys {
		if t, ok := typeOf(reflect.TypeOf(usual), key); !ok {
			return f.unknown(key, t, usual)
		}
	}
	return f.value(nil, all, reflect.ValueOf(usual))
}

// typeOf returns the type of a setting; where there is none, not ok, that of the table
// that does not have it.
func typeOf(t reflect.Type, key []string) (reflect.Type, bool) {
	for _, name := range key {
		for t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		switch t.Kind() {
		case reflect.Struct:
			field, ok := fieldOf(t, name)
			if !ok {
				return t, false
			}
			t = field.Type
		case reflect.Map:
			t = t.Elem()
		default:
			return t, true // a table where a value belongs: value says so
		}
	}
	return t, true
}

func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("toml") == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// unknown says that a setting does not exist, and which is meant.
func (f *File) unknown(key toml.Key, table reflect.Type, usual any) error {
	text := fmt.Sprintf("a setting that does not exist: %s", strings.Join(key, "."))
	last := key[len(key)-1]
	if near := nearest(last, table); near != "" {
		return f.at(f.line(key), "%s; is %s meant?", text, joined(strings.Join(key[:len(key)-1], "."), near))
	}
	for _, other := range settingsOf(reflect.TypeOf(usual)) {
		if in := other[:len(other)-1]; other[len(other)-1] == last && len(in) > 0 {
			return f.at(f.line(key), "%s; it belongs below the line [%s]", text, strings.Join(in, "."))
		}
	}
	return f.at(f.line(key), "%s; take it out, or correct its name", text)
}

// settingsOf are the names of all settings of a struct, with the tables that they are in.
func settingsOf(t reflect.Type, in ...string) (all [][]string) {
	for i := range t.NumField() {
		key := append(in[:len(in):len(in)], t.Field(i).Tag.Get("toml"))
		all = append(all, key)
		if t.Field(i).Type.Kind() == reflect.Struct {
			all = append(all, settingsOf(t.Field(i).Type, key...)...)
		}
	}
	return all
}

// nearest is the setting of a table that a name is likely to mean, "" for none.
func nearest(name string, table reflect.Type) (near string) {
	if table.Kind() != reflect.Struct {
		return ""
	}
	least := max(2, len(name)/3) + 1
	for i := range table.NumField() {
		if is := table.Field(i).Tag.Get("toml"); distance(name, is) < least {
			near, least = is, distance(name, is)
		}
	}
	return near
}

// distance is how many letters must be changed, taken out or put in to make b of a, where
// case and hyphens make no difference.
func distance(a, b string) int {
	a = strings.ReplaceAll(strings.ToLower(a), "-", "_")
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// value holds a value against its type. v is the usual value of the setting.
func (f *File) value(key []string, is any, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Struct, reflect.Map:
		table, ok := is.(map[string]any)
		if !ok {
			return f.mistyped(key, is, v)
		}
		for _, name := range slices.Sorted(maps.Keys(table)) {
			inner := reflect.Zero(v.Type()) // of a map: its elements
			if v.Kind() == reflect.Map {
				inner = reflect.Zero(v.Type().Elem())
			} else if field, ok := fieldOf(v.Type(), name); ok {
				inner = v.FieldByIndex(field.Index)
			}
			if err := f.value(append(key[:len(key):len(key)], name), table[name], inner); err != nil {
				return err
			}
		}
		return nil
	case reflect.Slice:
		return f.list(key, is, v)
	}
	if !fits(is, v) {
		return f.mistyped(key, is, v)
	}
	if n, ok := is.(int64); ok && (v.CanInt() && v.OverflowInt(n) || v.CanUint() && (n < 0 || v.OverflowUint(uint64(n)))) {
		return f.at(f.line(key), "%s = %d: so much cannot be; write it like %s", strings.Join(key, "."), n, exampleOf(key[len(key)-1], v))
	}
	return nil
}

// list holds a list against its type, tables of one name among them.
func (f *File) list(key []string, is any, v reflect.Value) error {
	list, each := reflect.ValueOf(is), reflect.Zero(v.Type().Elem())
	if list.Kind() != reflect.Slice {
		return f.mistyped(key, is, v)
	}
	for i := range list.Len() {
		one := list.Index(i).Interface()
		switch {
		case each.Kind() == reflect.Map:
			if err := f.value(append(key[:len(key):len(key)], fmt.Sprint(i)), one, each); err != nil {
				return err
			}
		case !fits(one, each):
			return f.at(f.line(key), "%s must be a list of which each is %s, and one is %s; write it like %s", strings.Join(key, "."), expected(each), kindOf(one), exampleOf(key[len(key)-1], v))
		}
	}
	return nil
}

// fits reports whether a value is of a type that is no table and no list.
func fits(is any, v reflect.Value) (ok bool) {
	switch v.Kind() {
	case reflect.String:
		_, ok = is.(string)
	case reflect.Bool:
		_, ok = is.(bool)
	case reflect.Float32, reflect.Float64:
		if _, ok = is.(int64); !ok {
			_, ok = is.(float64)
		}
	default:
		_, ok = is.(int64)
	}
	return ok
}

// expected words a type.
func expected(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Struct, reflect.Map:
		return "a table"
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Map {
			return "tables"
		}
		return "a list"
	case reflect.String:
		return "a text in quotation marks"
	case reflect.Bool:
		return "true or false, without quotation marks"
	case reflect.Float32, reflect.Float64:
		return "a number, without quotation marks"
	}
	return "a whole number, without quotation marks"
}

// mistyped says that a value is of another type than the one that is expected.
func (f *File) mistyped(key []string, is any, v reflect.Value) error {
	name := strings.Join(key, ".")
	like := "write it like " + exampleOf(key[len(key)-1], v)
	switch {
	case v.Kind() == reflect.Struct, v.Kind() == reflect.Map:
		like = fmt.Sprintf("write a line [%s], and its settings below", name)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Map:
		like = fmt.Sprintf("write a line [[%s]] for each, and its settings below", name)
	}
	return f.at(f.line(key), "%s must be %s, and is %s; %s", name, expected(v), kindOf(is), like)
}

// kindOf words the type of a value.
func kindOf(is any) string {
	switch is.(type) {
	case string:
		return "a text"
	case bool:
		return "true or false"
	case int64:
		return "a number"
	case float64:
		return "a number with a point"
	case map[string]any:
		return "a table"
	}
	if reflect.ValueOf(is).Kind() == reflect.Slice {
		return "a list"
	}
	return "a date or time"
}

// example shows how a setting of a table is written.
func example(usual any, table []string, name string) string {
	v := reflect.ValueOf(usual)
	for _, in := range append(table[:len(table):len(table)], name) {
		field, ok := reflect.StructField{}, false
		if v.Kind() == reflect.Struct {
			field, ok = fieldOf(v.Type(), in)
		}
		if !ok {
			return `name = "value"`
		}
		v = v.FieldByIndex(field.Index)
	}
	return exampleOf(name, v)
}

// exampleOf shows how a setting is written: as it usually is.
func exampleOf(name string, v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		if v.Len() > 0 {
			return fmt.Sprintf("%s = %q", name, v.String())
		}
		return name + ` = "…"`
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.String {
			return name + ` = ["…"]`
		}
		return name + " = [10]"
	case reflect.Struct, reflect.Map:
		return "[" + name + "]"
	case reflect.Bool:
		return fmt.Sprintf("%s = %t", name, v.Bool())
	}
	if v.IsZero() {
		return name + " = 1"
	}
	return fmt.Sprintf("%s = %v", name, v)
}
