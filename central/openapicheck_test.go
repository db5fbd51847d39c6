package central_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"madoguchi/central/protocol"
)

// ServeHTTP answers as the service does, and holds each answer of each test against
// docs/openapi.json: the status, the code of a refusal, and every field.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	seen := &seenAnswer{ResponseWriter: w}
	s.Service.ServeHTTP(seen, r)
	if r.Pattern == "" {
		return // no route
	}
	if err := seen.fits(r.Pattern); err != nil {
		s.t.Errorf("%s is answered otherwise than docs/openapi.json says: %v\n%.2000s", r.Pattern, err, seen.body.String())
	}
}

// seenAnswer keeps what is written to it.
type seenAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *seenAnswer) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *seenAnswer) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.body.Write(b)
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *seenAnswer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// readOpenAPI reads the document once.
var readOpenAPI = sync.OnceValues(func() (doc object, err error) {
	text, err := os.ReadFile(openAPIFile)
	if err != nil {
		return nil, err
	}
	return doc, json.Unmarshal(text, &doc)
})

// at follows names into a document.
func at(doc any, names ...string) any {
	for _, name := range names {
		switch x := doc.(type) {
		case object:
			doc = x[name]
		case map[string]any:
			doc = x[name]
		default:
			return nil
		}
	}
	return doc
}

// referred returns what a part of the document refers to, or the part itself.
func referred(doc object, part any) any {
	if ref, ok := at(part, "$ref").(string); ok {
		return at(doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return part
}

// fits returns how an answer differs from what the document says of its route.
func (w *seenAnswer) fits(pattern string) error {
	doc, err := readOpenAPI()
	if err != nil {
		return err
	}
	method, path, _ := strings.Cut(pattern, " ")
	answer := referred(doc, at(doc, "paths", path, strings.ToLower(method), "responses", strconv.Itoa(w.status)))
	if answer == nil {
		return fmt.Errorf("it has no status %d", w.status)
	}
	if w.body.Len() == 0 {
		return nil
	}
	kind, _, err := mime.ParseMediaType(w.Header().Get("Content-Type"))
	if err != nil {
		return err
	}
	content := at(answer, "content", kind)
	if content == nil {
		return fmt.Errorf("status %d has no body of the type %s", w.status, kind)
	}
	if kind != "application/json" && kind != protocol.ProblemType {
		return nil
	}
	body := w.body.Bytes()
	if w.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return err
		}
		if body, err = io.ReadAll(z); err != nil {
			return err
		}
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err
	}
	return fitsSchema(doc, at(content, "schema"), value, "")
}

// fitsSchema returns how a value differs from a schema, which knows all of its fields.
func fitsSchema(doc object, schema, value any, where string) error {
	schema = referred(doc, schema)
	if all, ok := at(schema, "allOf").([]any); ok {
		for i, one := range all {
			if i > 0 { // only the first knows all fields
				code := at(one, "properties", "code", "enum").([]any)
				if got := at(value, "code"); !slices.Contains(code, got) {
					return fmt.Errorf("the code %v is not among %v", got, code)
				}
				continue
			}
			if err := fitsSchema(doc, one, value, where); err != nil {
				return err
			}
		}
		return nil
	}
	if !fitsType(at(schema, "type"), value) {
		return fmt.Errorf("%s is %v, which is not of the type %v", where, value, at(schema, "type"))
	}
	if enum, ok := at(schema, "enum").([]any); ok && !slices.Contains(enum, value) {
		return fmt.Errorf("%s is %v, which is not among %v", where, value, enum)
	}
	switch x := value.(type) {
	case []any:
		for i, item := range x {
			if err := fitsSchema(doc, at(schema, "items"), item, fmt.Sprintf("%s[%d]", where, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		return fitsObject(doc, schema, x, where)
	}
	return nil
}

func fitsObject(doc object, schema any, x map[string]any, where string) error {
	required, _ := at(schema, "required").([]any)
	for _, name := range required {
		if _, ok := x[name.(string)]; !ok {
			return fmt.Errorf("%s lacks %s", where, name)
		}
	}
	others := at(schema, "additionalProperties")
	for name, value := range x {
		property := at(schema, "properties", name)
		if property == nil {
			property = others
		}
		if property == nil {
			return fmt.Errorf("%s has %s, which is not told", where, name)
		}
		if err := fitsSchema(doc, property, value, where+"."+name); err != nil {
			return err
		}
	}
	return nil
}

func fitsType(types, value any) bool {
	is := "null"
	switch x := value.(type) {
	case string:
		is = "string"
	case bool:
		is = "boolean"
	case float64:
		if is = "number"; x == float64(int64(x)) {
			is = "integer"
		}
	case []any:
		is = "array"
	case map[string]any:
		is = "object"
	}
	if some, ok := types.([]any); ok {
		return slices.Contains(some, any(is))
	}
	return reflect.DeepEqual(types, is)
}
