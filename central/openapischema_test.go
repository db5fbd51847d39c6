package central_test

import (
	"encoding"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

// schemas makes the schema of each type once, with the words of its comments.
type schemas struct {
	all      object
	refusals object              // answers that are refusals, by their status and codes
	comments map[string]string   // "library.Loan" and "library.Loan.DueOn"
	values   map[string][]string // of a type's constants
}

func newSchemas(t *testing.T) *schemas {
	t.Helper()
	s := &schemas{all: object{}, refusals: object{}, comments: map[string]string{}, values: map[string][]string{}}
	for pkg, dir := range map[string]string{"library": "../library", "protocol": "protocol"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if f.Name.Name == pkg { // no test
				s.read(pkg, f)
			}
		}
	}
	return s
}

// read remembers the comments of types and fields, and the constants of types.
func (s *schemas) read(pkg string, f *ast.File) {
	for _, decl := range f.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range d.Specs {
			switch x := spec.(type) {
			case *ast.TypeSpec:
				name := pkg + "." + x.Name.Name
				s.comments[name] = words(x.Doc, d.Doc)
				if fields, ok := x.Type.(*ast.StructType); ok {
					for _, field := range fields.Fields.List {
						for _, n := range field.Names {
							s.comments[name+"."+n.Name] = words(field.Doc, field.Comment)
						}
					}
				}
			case *ast.ValueSpec:
				of, ok := x.Type.(*ast.Ident)
				if !ok || d.Tok != token.CONST || len(x.Values) != 1 {
					continue
				}
				if value, ok := x.Values[0].(*ast.BasicLit); ok && value.Kind == token.STRING {
					if text, err := strconv.Unquote(value.Value); err == nil {
						s.values[pkg+"."+of.Name] = append(s.values[pkg+"."+of.Name], text)
					}
				}
			}
		}
	}
}

func words(comments ...*ast.CommentGroup) string {
	for _, c := range comments {
		if text := strings.Join(strings.Fields(c.Text()), " "); text != "" {
			return text
		}
	}
	return ""
}

// of returns the schema of a type; a struct's is among all, and only referred to.
func (s *schemas) of(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[library.Date]():
		return object{"type": "string", "format": "date"}
	case t == reflect.TypeFor[[]byte]():
		return object{"type": "string", "contentEncoding": "base64"}
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.String:
		schema := object{"type": "string"}
		if values := s.values[t.String()]; len(values) > 1 {
			schema["enum"] = values
		}
		return schema
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Array:
		return object{"type": "array", "items": s.of(t.Elem()), "minItems": t.Len(), "maxItems": t.Len()}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		if _, ok := s.all[t.String()]; !ok {
			s.all[t.String()] = nil // it may be within itself
			s.all[t.String()] = s.ofStruct(t)
		}
		return object{"$ref": "#/components/schemas/" + t.String()}
	}
	panic("the wire has a type without a schema: " + t.String())
}

// refusal returns the answer of a status, which has one of some codes.
func (s *schemas) refusal(status int, codes []string) object {
	name := strings.Join(append([]string{strconv.Itoa(status)}, codes...), "-")
	s.refusals[name] = object{
		"description": http.StatusText(status),
		"content": object{protocol.ProblemType: object{"schema": object{"allOf": []object{
			s.of(reflect.TypeFor[protocol.Problem]()),
			{"properties": object{"code": object{"enum": codes}}},
		}}}},
	}
	return object{"$ref": "#/components/responses/" + name}
}

func (s *schemas) ofStruct(t reflect.Type) object {
	properties, required := object{}, []string{}
	s.fields(t, properties, &required)
	schema := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	if text := s.comments[t.String()]; text != "" {
		schema["description"] = text
	}
	return schema
}

func (s *schemas) fields(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
			continue
		case f.Anonymous && name == "":
			s.fields(f.Type, properties, required)
			continue
		}
		schema := maps.Clone(s.of(f.Type))
		optional := slices.Contains([]string{"omitempty", "omitzero"}, options)
		switch {
		case !optional && f.Type.Kind() == reflect.Slice && f.Type != reflect.TypeFor[[]byte]():
			schema["type"] = []string{"array", "null"} // none is null
		case !optional && f.Type.Kind() == reflect.Map:
			schema["type"] = []string{"object", "null"}
		}
		if text := s.comments[t.String()+"."+f.Name]; text != "" {
			schema["description"] = text
		}
		properties[name] = schema
		if !optional {
			*required = append(*required, name)
		}
	}
}
