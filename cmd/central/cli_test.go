package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"madoguchi/central/db"
	"madoguchi/library"
)

// Whoever types a command reads a sentence, never a code.
func TestEveryRefusalIsASentence(t *testing.T) {
	for _, r := range library.Refusals {
		for _, said := range []string{sentence(fmt.Errorf("hold 12: %w", r)), requestRefusal(r.Code)} {
			if strings.Contains(said, "_") || len(strings.Fields(said)) < 3 {
				t.Errorf("%s is worded %q", r.Code, said)
			}
		}
	}
}

// An error that is two things is always worded as the same one of them.
func TestSentenceIsAlwaysTheSame(t *testing.T) {
	both := errors.Join(library.ErrUnknownItem, library.ErrUnknownBranch, db.ErrTaken)
	for range 50 {
		if got := sentence(both); got != "another process is doing this right now; wait for it" {
			t.Fatalf("worded %q", got)
		}
	}
}
