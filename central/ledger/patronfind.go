package ledger

import (
	"context"
	"strings"

	"madoguchi/central/db"
	"madoguchi/library"
	"madoguchi/library/kana"
)

// PatronsFound is how many patrons FindPatronsTx returns at most.
const PatronsFound = 50

// fewestDigits is how many digits a part of a telephone number has by which patrons are found.
const fewestDigits = 4

// FindPatronsTx returns, in the caller's transaction, the patrons in whose name or reading
// all words of a text stand, in either kana, any width and case and with or without
// spaces, or who have a telephone number that ends with it; more says that there are more
// than PatronsFound. They stand by reading.
func (l *Ledger) FindPatronsTx(ctx context.Context, tx *db.Tx, text string) (found []library.Patron, more bool, err error) {
	match := patronMatch(text)
	if match == nil {
		return nil, false, nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT `+patronColumns+` FROM patron ORDER BY reading, name, card`)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	for rows.Next() {
		p, err := scanPatron(rows)
		if err != nil {
			return nil, false, err
		}
		if !match(p.Patron) {
			continue
		}
		if len(found) == PatronsFound {
			return found, true, nil
		}
		found = append(found, p.Patron)
	}
	return found, false, rows.Err()
}

// patronMatch is nil where a text asks for nobody.
func patronMatch(text string) func(library.Patron) bool {
	number := library.NormalPhone(text)
	if strings.Trim(kana.Fold(text), "0123456789+-() ") == "" {
		if len(number) < fewestDigits {
			return nil
		}
		return func(p library.Patron) bool {
			for _, n := range p.Phones {
				if strings.HasSuffix(n, number) {
					return true
				}
			}
			return false
		}
	}
	words := strings.Fields(kana.Fold(text))
	return func(p library.Patron) bool {
		name, reading := together(p.Name), together(p.Reading)
		for _, w := range words {
			if !strings.Contains(name, w) && !strings.Contains(reading, w) {
				return false
			}
		}
		return true
	}
}

func together(s string) string { return strings.ReplaceAll(kana.Fold(s), " ", "") }
