package main

import (
	"bytes"
	"encoding/json"
	"hash/fnv"
	"math/bits"

	"madoguchi/assets/demo"
	"madoguchi/central/db"
	"madoguchi/central/intake"
	"madoguchi/library"
)

// lent counts loans of the last months, of some bibs many, of most few, so that there are
// rankings. Nobody had them.
func (d demoLibrary) lent() error {
	const months = 3
	var bibs []library.BibID
	for r, err := range intake.CSV(bytes.NewReader(demo.Books()), intake.Options{}) {
		if err != nil {
			return err
		}
		if len(r.Items) > 0 {
			bibs = append(bibs, r.Bib.ID)
		}
	}
	return d.server.db.Tx(d.app.ctx, func(tx *db.Tx) error {
		for _, id := range bibs {
			h := fnv.New32a()
			h.Write([]byte(id))
			popular := bits.TrailingZeros32(h.Sum32()) // of half of them 0, of a quarter 1, …
			for ago := 1; ago <= months; ago++ {
				on := library.Date{Year: d.today.Year, Month: d.today.Month, Day: 15}.Add(-30 * ago)
				for range popular * 2 {
					if err := d.server.catalogue.CountLoanTx(d.app.ctx, tx, id, on); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}

// lists puts up the theme shelves and makes the rankings.
func (d demoLibrary) lists() error {
	var shelves []library.List
	if err := json.Unmarshal(demo.Lists(), &shelves); err != nil {
		return err
	}
	err := d.server.db.Tx(d.app.ctx, func(tx *db.Tx) error {
		for _, l := range shelves {
			if _, _, err := d.server.catalogue.PutListTx(d.app.ctx, tx, l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, _, err = d.server.catalogue.UpdateRankings(d.app.ctx, false)
	return err
}
