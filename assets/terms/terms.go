// Package terms holds the conditions of use that an applicant for a password agrees
// to, where a library has set none of its own.
package terms

import (
	_ "embed"
	"strings"
)

// Version is what is recorded of who agreed to the texts. It changes with them.
const Version = "2026-11-25"

var (
	//go:embed ja.txt
	ja string
	//go:embed en.txt
	en string
)

// Text returns the conditions by language; paragraphs are parted by empty lines, and
// one that begins with "# " is a heading.
func Text() map[string]string {
	return map[string]string{"ja": strings.TrimSpace(ja), "en": strings.TrimSpace(en)}
}
