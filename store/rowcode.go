package store

import (
	"strconv"

	"madoguchi/library"
)

// encode writes a row for a sorter, its rank and digest aside.
func (r *row) encode() []byte {
	juvenile := ""
	if r.juvenile {
		juvenile = "1"
	}
	return appendFields(nil, string(r.id), r.folded, r.ndc, r.shelves, r.branches, r.kind, r.language, juvenile, strconv.Itoa(r.year), r.volumes, strconv.FormatUint(uint64(r.work), 36), r.addedOn, strconv.Itoa(r.copies), r.bib)
}

// decodeRow reads a row of a sorter whose keys are ranks.
func decodeRow(s sorted) (*row, error) {
	r := &row{rank: rankIn(s.key)}
	var id, juvenile, year, work, copies string
	err := cutFields(s.value, &id, &r.folded, &r.ndc, &r.shelves, &r.branches, &r.kind, &r.language, &juvenile, &year, &r.volumes, &work, &r.addedOn, &copies, &r.bib)
	if err != nil {
		return nil, err
	}
	r.id, r.juvenile = library.BibID(id), juvenile != ""
	if r.year, err = strconv.Atoi(year); err != nil {
		return nil, err
	}
	number, err := strconv.ParseUint(work, 36, 32)
	if err != nil {
		return nil, err
	}
	r.work = uint32(number)
	r.copies, err = strconv.Atoi(copies)
	return r, err
}

func encodeItem(it library.Item) []byte {
	lendable := ""
	if it.Lendable {
		lendable = "1"
	}
	due := ""
	if !it.DueOn.IsZero() {
		due = it.DueOn.String()
	}
	return appendFields(nil, string(it.BibID), string(it.ID), string(it.Branch), it.Barcode, it.CallNumber, it.Shelf, lendable, string(it.State), due)
}

func decodeItem(b []byte) (it library.Item, err error) {
	var bib, id, branch, lendable, state, due string
	if err := cutFields(b, &bib, &id, &branch, &it.Barcode, &it.CallNumber, &it.Shelf, &lendable, &state, &due); err != nil {
		return it, err
	}
	it.BibID, it.ID, it.Branch = library.BibID(bib), library.ItemID(id), library.BranchCode(branch)
	it.Lendable, it.State = lendable != "", library.ItemState(state)
	if due != "" {
		it.DueOn, err = library.ParseDate(due)
	}
	return it, err
}
