// Package wording holds every sentence that a terminal shows, by language. A
// Printer is a value: two screens, or two terminals in one test, can speak two
// languages at once.
package wording

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed *.json
var files embed.FS

// Printer words things in one language.
type Printer struct {
	lang  string
	texts map[string]string
}

// For returns the Printer of a language, that of the file with its code, or why there is
// none.
func For(lang string) (Printer, error) {
	b, err := files.ReadFile(lang + ".json")
	if err != nil {
		return Printer{}, fmt.Errorf("no wordings for the language %q", lang)
	}
	p := Printer{lang: lang}
	if err := json.Unmarshal(b, &p.texts); err != nil {
		return Printer{}, fmt.Errorf("wordings %s.json: %w", lang, err)
	}
	return p, nil
}

// Lang is the code of the language.
func (p Printer) Lang() string { return p.lang }

// T returns the wording of a key, with args in the places that fmt.Sprintf gives
// them. An unknown key is shown as itself, so that a person can report it; a test
// holds that there is none.
func (p Printer) T(key string, args ...any) string {
	text, ok := p.texts[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Has reports whether there is a wording for key.
func (p Printer) Has(key string) bool {
	_, ok := p.texts[key]
	return ok
}

// Keys lists all keys of the language, in no order.
func (p Printer) Keys() []string {
	keys := make([]string, 0, len(p.texts))
	for k := range p.texts {
		keys = append(keys, k)
	}
	return keys
}
