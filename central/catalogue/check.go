package catalogue

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"madoguchi/library"
)

// The longest texts that a record may have, in bytes: an identifier or barcode,
// and the whole bib as JSON.
const (
	maxID  = 128
	maxBib = 1 << 20
)

// check says what is wrong with a record in itself, nil for nothing.
func check(r Incoming, site library.Site) *RecordError {
	bad := func(refusal error, format string, args ...any) *RecordError {
		return refuse(r.Bib.ID, refusal, format, args...)
	}
	if fault := checkID(string(r.Bib.ID)); fault != "" {
		fault = "its identifier " + fault
		return &RecordError{Reason: fault, Fault: fault}
	}
	if r.Deleted {
		return nil // nothing else of it counts
	}
	if strings.TrimSpace(r.Bib.Title) == "" {
		return bad(nil, "it has no title")
	}
	ids, barcodes := map[library.ItemID]bool{}, map[string]bool{}
	for _, it := range r.Items {
		if fault := checkID(string(it.ID)); fault != "" {
			fault = "the identifier of a copy " + fault
			return &RecordError{Bib: r.Bib.ID, Reason: fault, Fault: fault}
		}
		if it.BibID != "" && it.BibID != r.Bib.ID {
			return bad(nil, "its copy %s says that it belongs to bib %s", it.ID, it.BibID)
		}
		if ids[it.ID] || it.Barcode != "" && barcodes[it.Barcode] {
			return bad(nil, "its copy %s is there twice", it.ID)
		}
		ids[it.ID], barcodes[it.Barcode] = true, true
		if _, ok := site.Branch(it.Branch); !ok {
			return bad(library.ErrUnknownBranch, "its copy %s is of the branch %q, which does not exist; add it with: central branch add", it.ID, it.Branch)
		}
		if !knownState(it.State) {
			return bad(nil, "its copy %s is in a state that is not known, %q", it.ID, it.State)
		}
		for _, text := range []string{it.Barcode, it.CallNumber, it.Shelf} {
			if len(text) > maxID*4 || !printable(text) {
				return bad(nil, "its copy %s has a barcode, call number or shelf that is too long or not printable", it.ID)
			}
		}
	}
	return nil
}

// checkID says what is wrong with an identifier, "" for nothing, and does not repeat it.
func checkID(id string) (fault string) {
	switch {
	case id == "":
		return "is missing"
	case len(id) > maxID:
		return fmt.Sprintf("is longer than %d bytes", maxID)
	case !printable(id) || strings.TrimSpace(id) != id:
		return "has characters that cannot be printed or a space at its end"
	}
	return ""
}

func printable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, unicode.IsControl) < 0
}

func knownState(s library.ItemState) bool {
	return s == "" || slices.Contains(library.ItemStates, s)
}
