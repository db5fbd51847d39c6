package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"madoguchi/central/db"
	"madoguchi/library"
)

// checkPatron says what is wrong with a patron in itself.
func checkPatron(ctx context.Context, tx *db.Tx, p FilePatron) error {
	if p.Card == "" {
		return &PatronError{Reason: "it has no card"}
	}
	type named struct{ name, text string }
	texts := []named{{"id", string(p.ID)}, {"id", p.FileID}}
	for _, f := range append([]PatronField{fieldCard}, AllPatronFields()...) {
		texts = append(texts, named{string(f), f.text(p.Patron)})
	}
	for _, x := range texts {
		if len(x.text) > library.MaxPatronText || !db.Storable(x.text) || strings.ContainsFunc(x.text, unicode.IsControl) {
			return &PatronError{Reason: fmt.Sprintf("its %s is longer than %d bytes or has characters that cannot be printed", x.name, library.MaxPatronText)}
		}
	}
	for _, phone := range p.Phones {
		if phone == "" || phone != library.NormalPhone(phone) {
			return &PatronError{Reason: "a telephone number has something else than digits"}
		}
	}
	for _, b := range p.Blocks {
		if !slices.Contains(library.FileBlocks, b) {
			return &PatronError{Reason: "it has a block that is not known"}
		}
	}
	if p.Branch == "" {
		return nil
	}
	err := knownBranch(ctx, tx, p.Branch)
	if errors.Is(err, library.ErrUnknownBranch) {
		return &PatronError{Reason: "its branch does not exist; add it with: central branch add", Err: err}
	}
	return err
}

// nullBranch stores no branch as NULL, which refers to none.
func nullBranch(code library.BranchCode) sql.NullString {
	return sql.NullString{String: string(code), Valid: code != ""}
}
