package intake

import (
	"fmt"
	"strconv"
	"strings"

	"madoguchi/central/catalogue"
	"madoguchi/library"
)

// copied is what a file says of one copy.
type copied struct {
	library.Item
	withdrawn bool // it has left
	loans     int  // times lent in the last year, where counted
	counted   bool
}

// say takes over what a word of States means for the copy.
func (c *copied) say(state string) {
	switch state {
	case withdrawn:
		c.withdrawn = true
	case notLent:
		c.Lendable = false
	default:
		c.State = library.ItemState(state)
	}
}

const (
	noBranch      = `there is no such branch: add it with "central branch add", then import the file again`
	unknownBranch = "there is no such branch: its copies were given to the one of --branch"
)

// finish gives a record its copies, or where the file speaks of none the one that
// Options.Branch promises, and says why it may not go in, or "". Copies without a
// barcode are numbered as they stand in the file, those that have left included, so
// that the others keep their names when one leaves.
func (d *desk) finish(rec *catalogue.Incoming, copies []copied, at Problem) (fault, value string) {
	if len(copies) == 0 && d.opt.Branch != "" && !rec.Partial {
		copies = []copied{{Item: library.Item{Branch: d.opt.Branch, Lendable: true}}}
	}
	rec.Items, rec.Withdrawn = nil, nil
	if rec.Bib.Year > d.opt.Today.Year+1 && !d.opt.Today.IsZero() {
		d.opt.note(at, yearTooFar, strconv.Itoa(rec.Bib.Year))
		rec.Bib.Year = 0
	}
	if !d.opt.Today.IsZero() && d.opt.Today.Before(rec.Bib.AddedOn) {
		d.opt.note(at, "the day on which it came is in the future and was left out", rec.Bib.AddedOn.String())
		rec.Bib.AddedOn = library.Date{}
	}
	numbers := map[library.BranchCode]int{}
	here := map[string]bool{}
	for i := range copies {
		it := &copies[i]
		if fault := d.readBarcode(it); fault != "" {
			d.opt.note(at, fault, it.Barcode)
			rec.Partial = true
			continue
		}
		if it.Barcode != "" {
			if here[it.Barcode] {
				return "two of its copies have the same barcode", it.Barcode
			} else if _, taken := d.barcodes[d.hash(it.Barcode)]; taken {
				return "the barcode is already that of another copy in this file", it.Barcode
			}
			here[it.Barcode] = true
			it.ID = library.ItemID(it.Barcode)
			if it.withdrawn {
				rec.Withdrawn = append(rec.Withdrawn, it.ID) // wherever it was
				continue
			}
		}
		if it.Branch == "" {
			if it.Branch = d.opt.Branch; it.Branch == "" {
				return "a copy has no branch: name one with --branch", it.Barcode
			}
		}
		code, ok := d.opt.Branches.Find(string(it.Branch))
		if !ok && d.opt.Branch == "" {
			return noBranch, string(it.Branch)
		} else if !ok {
			d.opt.note(at, unknownBranch, string(it.Branch))
			code = d.opt.Branch
		}
		it.Branch, it.BibID = code, rec.Bib.ID
		if it.Barcode == "" {
			numbers[it.Branch]++
			it.ID = library.ItemID(fmt.Sprintf("%s.%s.%d", it.BibID, it.Branch, numbers[it.Branch]))
		}
		if it.State != library.OnLoan {
			it.DueOn = library.Date{}
		}
		if it.withdrawn {
			rec.Withdrawn = append(rec.Withdrawn, it.ID)
		} else {
			rec.Items = append(rec.Items, it.Item)
			if it.counted {
				if rec.Loans == nil {
					rec.Loans = map[library.ItemID]int{}
				}
				rec.Loans[it.ID] = it.loans
			}
		}
	}
	for barcode := range here {
		d.barcodes[d.hash(barcode)] = struct{}{}
	}
	return "", ""
}

// leftOut is what is known of a record that is left out: whose it is, and which copies it has
// by their barcodes. They are not lacking of a file that is the whole of its source.
func leftOut(p Problem, copies []copied) (rec catalogue.Incoming) {
	rec.Bib.ID = p.Bib
	for _, it := range copies {
		if it.Barcode != "" {
			rec.Items = append(rec.Items, library.Item{ID: library.ItemID(it.Barcode), Barcode: it.Barcode})
		}
	}
	return rec
}

// barcodeText is the barcode that a file gives a copy, "" for a word that says that there is
// none, and without the asterisks that begin and end every barcode of Code 39.
func barcodeText(s string) string {
	s = narrow(s)
	switch s {
	case "-", "ー", "―", "—", "不明", "なし", "無し", "無":
		return ""
	}
	if inner, ok := strings.CutPrefix(s, "*"); ok {
		if inner, ok := strings.CutSuffix(inner, "*"); ok {
			return strings.TrimSpace(inner)
		}
	}
	return s
}

// readBarcode brings the barcode of a copy into normal form, or says why it is none.
func (d *desk) readBarcode(it *copied) (fault string) {
	if it.Barcode == "" {
		return ""
	}
	if fault := mangled(it.Barcode); fault != "" {
		return "a copy was left out, whose barcode is none: " + fault
	}
	if d.opt.Barcode == nil {
		return ""
	}
	barcode, err := d.opt.Barcode(it.Barcode)
	if err != nil {
		return "a copy was left out, whose barcode does not fit [barcode.item] in the settings: " + err.Error()
	}
	it.Barcode = barcode
	return ""
}
