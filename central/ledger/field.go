package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"madoguchi/library"
)

// PatronField is something that an import may say of a patron. Its values are the
// names of the columns of "central patron import".
type PatronField string

// The fields.
const (
	FieldName       PatronField = "name"
	FieldReading    PatronField = "reading"
	FieldBornOn     PatronField = "born_on"
	FieldPhones     PatronField = "phones"
	FieldEmail      PatronField = "email"
	FieldBranch     PatronField = "branch"
	FieldCategory   PatronField = "category"
	FieldValidUntil PatronField = "valid_until"
	FieldBlocks     PatronField = "blocks"

	fieldCard PatronField = "card"
)

// AllPatronFields are all that a file may say of a patron beside ID and card.
func AllPatronFields() []PatronField {
	return []PatronField{FieldName, FieldReading, FieldBornOn, FieldPhones, FieldEmail, FieldBranch, FieldCategory, FieldValidUntil, FieldBlocks}
}

// text is the field as it is compared.
func (f PatronField) text(p library.Patron) string {
	switch f {
	case fieldCard:
		return p.Card
	case FieldName:
		return p.Name
	case FieldReading:
		return p.Reading
	case FieldBornOn:
		return p.BornOn.String()
	case FieldPhones:
		return strings.Join(p.Phones, " ")
	case FieldEmail:
		return p.Email
	case FieldBranch:
		return string(p.Branch)
	case FieldCategory:
		return p.Category
	case FieldValidUntil:
		return p.ValidUntil.String()
	case FieldBlocks:
		blocks := without(p.Blocks, library.BlockLeft)
		slices.Sort(blocks)
		return joinBlocks(slices.Compact(blocks))
	}
	return ""
}

// copy gives a patron the field of another.
func (f PatronField) copy(to *library.Patron, from library.Patron) {
	switch f {
	case fieldCard:
		to.Card = from.Card
	case FieldName:
		to.Name = from.Name
	case FieldReading:
		to.Reading = from.Reading
	case FieldBornOn:
		to.BornOn = from.BornOn
	case FieldPhones:
		to.Phones = from.Phones
	case FieldEmail:
		to.Email = from.Email
	case FieldBranch:
		to.Branch = from.Branch
	case FieldCategory:
		to.Category = from.Category
	case FieldValidUntil:
		to.ValidUntil = from.ValidUntil
	case FieldBlocks:
		to.Blocks = from.Blocks
	}
}

func without(blocks []library.Block, b library.Block) []library.Block {
	return slices.DeleteFunc(slices.Clone(blocks), func(x library.Block) bool { return x == b })
}

// said is what the imports so far said of a patron, each field as a hash: an
// address that the patron deleted here is not kept in a second place.
type said map[PatronField]string

func parseSaid(text string) (said, error) {
	s := said{}
	if text == "" {
		return s, nil
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return nil, fmt.Errorf("read what was imported before: %w", err)
	}
	return s, nil
}

// news reports whether this is not what the last import said, and remembers it.
func (s said) news(id library.PatronID, f PatronField, text string) bool {
	sum := sha256.Sum256([]byte(string(id) + "\x00" + string(f) + "\x00" + text))
	now := hex.EncodeToString(sum[:8])
	if s[f] == now {
		return false
	}
	s[f] = now
	return true
}

func (s said) encode() (string, error) {
	text, err := json.Marshal(s)
	return string(text), err
}
