package barcode

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Settings say how the scanner and the library's own numbers are set up. The zero
// value knows ISBN, price rows and magazines, and no cards and no item.
type Settings struct {
	Prefix  string               `toml:"prefix"`   // what the scanner sends before each code
	Suffix  string               `toml:"suffix"`   // what it sends after each code, before the terminator
	CodeIDs map[string]Symbology `toml:"code_ids"` // the maker's own code identifiers, sent before each code: "N" = "nw7"
	Card    Rule                 `toml:"card"`     // the patrons' cards
	Staff   Rule                 `toml:"staff"`    // the cards by which staff log in
	Item    Rule                 `toml:"item"`     // the library's own labels on its items
}

// Rule is what the numbers of one kind look like. The zero value fits no number.
type Rule struct {
	Lengths     []int       `toml:"lengths"`     // lengths of the numbers in characters, check digit and prefix included, start and stop letters not; empty: any
	Prefix      string      `toml:"prefix"`      // what every number begins with; it is part of the number
	Check       Scheme      `toml:"check"`       // scheme of the check digit; empty: none
	StartStop   string      `toml:"start_stop"`  // NW-7 start and stop letters, "AA"; where the scanner sends some, they must be these
	Symbologies []Symbology `toml:"symbologies"` // kinds of barcode: where the scanner names one, it must be one of these; empty: any
}

// IsZero reports whether no number fits.
func (r Rule) IsZero() bool { return len(r.Lengths) == 0 && r.Prefix == "" }

// Validate reports every setting that cannot work.
func (s Settings) Validate() error {
	errs := []error{s.Card.validate("card"), s.Staff.validate("staff"), s.Item.validate("item")}
	for _, id := range slices.Sorted(maps.Keys(s.CodeIDs)) {
		if symbology := s.CodeIDs[id]; id == "" || !knownSymbology(symbology) {
			errs = append(errs, fmt.Errorf("code_ids: %q = %q: name one of ean, nw7, code39, code128, itf, qr, other", id, symbology))
		}
	}
	for _, two := range []struct {
		names string
		a, b  Rule
	}{
		{"card and item", s.Card, s.Item},
		{"card and staff", s.Card, s.Staff},
		{"staff and item", s.Staff, s.Item},
	} {
		if two.a.overlaps(two.b) {
			errs = append(errs, fmt.Errorf("%s: a number can fit both; tell them apart by lengths, prefix, start_stop or symbologies", two.names))
		}
	}
	return errors.Join(errs...)
}

func (r Rule) validate(name string) error {
	var errs []error
	for _, n := range r.Lengths {
		if n < 1 || n > MaxScan {
			errs = append(errs, fmt.Errorf("%s.lengths: %d is not a length from 1 to %d", name, n, MaxScan))
		}
	}
	if r.Check != "" && !slices.Contains(Schemes, r.Check) {
		errs = append(errs, fmt.Errorf("%s.check: %q is not one of %v", name, r.Check, Schemes))
	}
	if r.StartStop != "" && (len(r.StartStop) != 2 || !isStartStop(r.StartStop[0]) || !isStartStop(r.StartStop[1])) {
		errs = append(errs, fmt.Errorf("%s.start_stop: %q is not two letters A to D", name, r.StartStop))
	}
	if r.Check == M16 && r.StartStop == "" {
		errs = append(errs, fmt.Errorf("%s.check: m16 is computed with the start and stop letters: set %[1]s.start_stop", name))
	}
	for _, symbology := range r.Symbologies {
		if !knownSymbology(symbology) {
			errs = append(errs, fmt.Errorf("%s.symbologies: %q is not one of ean, nw7, code39, code128, itf, qr, other", name, symbology))
		}
	}
	return errors.Join(errs...)
}

// overlaps reports whether a number with a right check digit can fit both rules.
// Check digits do not tell them apart: one number in ten fits by chance.
func (r Rule) overlaps(o Rule) bool {
	apart := func(n int, shared func() bool) bool { return n > 0 && !shared() }
	switch {
	case r.IsZero() || o.IsZero():
		return false
	case apart(min(len(r.Lengths), len(o.Lengths)), func() bool { return sharesAny(r.Lengths, o.Lengths) }):
		return false
	case apart(min(len(r.Symbologies), len(o.Symbologies)), func() bool { return sharesAny(r.Symbologies, o.Symbologies) }):
		return false
	case r.StartStop != "" && o.StartStop != "" && upperStartStop(r.StartStop) != upperStartStop(o.StartStop):
		return false
	}
	return strings.HasPrefix(r.Prefix, o.Prefix) || strings.HasPrefix(o.Prefix, r.Prefix)
}

func sharesAny[T comparable](a, b []T) bool {
	return slices.ContainsFunc(a, func(x T) bool { return slices.Contains(b, x) })
}

// The refusals of a number, of which none repeats it.
var (
	ErrNoItemRule = errors.New("the settings do not say what the barcodes of items look like: set barcode.item")
	ErrNotAnItem  = errors.New("this is not the barcode of an item of this library: compare each digit")
	ErrEmpty      = errors.New("nothing was read: scan again")
	ErrTooLong    = fmt.Errorf("the code is longer than %d characters: scan another one, or check the scanner's terminator", MaxScan)
	ErrNoise      = errors.New("the code has characters that no barcode has: scan again, and check the scanner's baud rate and parity if it stays so")
	ErrHalf       = errors.New("the end of the code is missing: scan again, and check the scanner's terminator if it stays so")
	ErrCheckDigit = errors.New("the check digit is wrong: scan again, or compare each digit")
	ErrAmbiguous  = errors.New("the code can be a card, a staff card or an item: let the scanner send AIM identifiers and NW-7 start and stop letters")
	ErrNotACard   = errors.New("this is not the number of a library card: type the number on the card")
	ErrNoCardRule = errors.New("the settings do not say what a card number looks like: set card.lengths")
	ErrNotStaff   = errors.New("this is not the number of a staff card: type the number on the card")
	ErrNoStaff    = errors.New("the settings do not say what the number of a staff card looks like: set staff.lengths")
)
