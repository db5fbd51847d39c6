// Package terms holds the conditions of use that an applicant for a password agrees
// to, where a library has set none of its own.
package terms

import (
	"embed"
	"path"
	"strings"
)

// Version is what is recorded of who agreed to the texts. It changes with them, but not
// with a language that is added: see the file versions.
const Version = "2026-11-25"

//go:embed *.txt
var files embed.FS

// Text returns the conditions by language: ja.txt has those in "ja". Paragraphs are
// parted by empty lines, and one that begins with "# " is a heading.
func Text() map[string]string {
	texts := map[string]string{}
	entries, _ := files.ReadDir(".") // what is embedded can be read
	for _, e := range entries {
		text, _ := files.ReadFile(e.Name())
		texts[strings.TrimSuffix(e.Name(), path.Ext(e.Name()))] = strings.TrimSpace(string(text))
	}
	return texts
}
