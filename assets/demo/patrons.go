package demo

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"time"
)

//go:embed patrons.csv
var patrons string

//go:embed cards.csv
var cards string

// Patrons returns the patrons as CSV in UTF-8, with the columns of "central patron
// import". Their cards end before or after today.
func Patrons(today time.Time) ([]byte, error) {
	columns := []string{"card", "name", "reading", "born_on", "phones", "email", "branch", "category", "valid_in_days", "blocks"}
	const validIn, validUntil = "valid_in_days", "valid_until"
	rows, err := read("patrons.csv", patrons, columns...)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	write := func(cell func(column string) string) error {
		record := make([]string, len(columns))
		for i, column := range columns {
			record[i] = cell(column)
		}
		return w.Write(record)
	}
	header := func(column string) string {
		if column == validIn {
			return validUntil
		}
		return column
	}
	if err := write(header); err != nil {
		return nil, err
	}
	for _, r := range rows {
		var days int
		if err := r.number(validIn, &days); err != nil {
			return nil, err
		}
		r.cells[validIn] = today.AddDate(0, 0, days).Format(time.DateOnly)
		if err := write(r.text); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// Card is what somebody who tries the demo must know of a library card.
type Card struct {
	Number   string
	Password string // "" for a patron who has none yet
	ShowsJa  string // what the screens show with it, phrases parted by 、
	ShowsEn  string // the same phrases, parted by commas
}

// Cards returns a card of each patron, in the order of Patrons.
func Cards() ([]Card, error) {
	rows, err := read("cards.csv", cards, "card", "password", "shows_ja", "shows_en")
	if err != nil {
		return nil, err
	}
	list := make([]Card, 0, len(rows))
	for _, r := range rows {
		list = append(list, Card{Number: r.text("card"), Password: r.text("password"), ShowsJa: r.text("shows_ja"), ShowsEn: r.text("shows_en")})
	}
	return list, nil
}
