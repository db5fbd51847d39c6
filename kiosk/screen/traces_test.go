package screen

import (
	"fmt"
	"image"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// secret is what fill writes wherever a text can stand.
const secret = "だれかのひみつ"

// fill gives v, and all that it is made of, a value that is somebody's. It fails on a
// type that it does not know, so that a new field cannot stay empty unseen.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	if !v.CanSet() { // an unexported field
		v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	switch v.Addr().Interface().(type) {
	case *Account:
		v.Set(reflect.ValueOf(&counter{secrets: secrets{code: secret}, end: make(chan struct{}, 1)}))
		return
	case *Staff:
		v.Set(reflect.ValueOf(&desk{noted: []string{secret}}))
		return
	case *fyne.CanvasObject:
		v.Set(reflect.ValueOf(canvas.NewText(secret, image.Black.C)))
		return
	case *image.Image:
		v.Set(reflect.ValueOf(image.NewGray(image.Rect(0, 0, 1, 1))))
		return
	case *time.Time:
		v.Set(reflect.ValueOf(testNow))
		return
	case *[]rune:
		v.Set(reflect.ValueOf([]rune(secret)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(secret)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0))
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	default:
		t.Fatalf("fill does not know how to fill a %s: teach it", v.Type())
	}
}

// empty are the paths of what is the zero value in v, as far as fill goes.
func empty(v reflect.Value, path string) (paths []string) {
	switch {
	case v.IsZero():
		return []string{path}
	case v.Type() == reflect.TypeFor[time.Time]():
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			paths = append(paths, empty(v.Field(i), path+"."+v.Type().Field(i).Name)...)
		}
	case v.Kind() == reflect.Pointer && v.Type().Elem().PkgPath() != "":
		return empty(v.Elem(), path)
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Array:
		return empty(v.Index(0), path+"[0]")
	}
	return paths
}

// tracer finds texts in all that can be reached from a value. What functions have
// caught cannot be seen.
type tracer struct {
	texts []string
	seen  map[place]bool
	found []string
}

type place struct {
	at   unsafe.Pointer
	kind reflect.Type
}

// traces are the paths in the App at which one of the texts stands. What the program
// around the screens is, and the library's data, is left out.
func traces(a *App, texts ...string) []string {
	tr := &tracer{texts: texts, seen: map[place]bool{}}
	v := reflect.ValueOf(a).Elem()
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "cfg" {
			tr.look(v.Field(i), "App."+name)
		}
	}
	return tr.found
}

func (tr *tracer) look(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		tr.judge(v.String(), path)
	case reflect.Interface:
		if !v.IsNil() {
			tr.look(v.Elem(), path)
		}
	case reflect.Pointer:
		if v.IsNil() || tr.been(v.UnsafePointer(), v.Type()) || v.Type() == reflect.TypeFor[*App]() {
			return
		}
		tr.look(v.Elem(), path)
	case reflect.Struct:
		for i := range v.NumField() {
			tr.look(v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case reflect.Map:
		if v.IsNil() || tr.been(v.UnsafePointer(), v.Type()) {
			return
		}
		for m := v.MapRange(); m.Next(); {
			tr.look(m.Key(), path+"[key]")
			tr.look(m.Value(), path+"[value]")
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && (v.IsNil() || tr.been(v.UnsafePointer(), v.Type())) {
			return
		}
		switch v.Type().Elem().Kind() {
		case reflect.Int32: // runes
			var text []rune
			for i := range v.Len() {
				text = append(text, rune(v.Index(i).Int()))
			}
			tr.judge(string(text), path)
		case reflect.String, reflect.Interface, reflect.Pointer, reflect.Struct, reflect.Map, reflect.Slice, reflect.Array:
			for i := range v.Len() {
				tr.look(v.Index(i), path+"[]")
			}
		}
	}
}

func (tr *tracer) judge(s, path string) {
	for _, text := range tr.texts {
		if strings.Contains(s, text) {
			tr.found = append(tr.found, fmt.Sprintf("%s: %q", path, s))
		}
	}
}

func (tr *tracer) been(at unsafe.Pointer, kind reflect.Type) bool {
	p := place{at, kind}
	if tr.seen[p] {
		return true
	}
	tr.seen[p] = true
	return false
}
