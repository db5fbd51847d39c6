package main

import (
	"fmt"

	"madoguchi/central/intake"
	"madoguchi/library"
)

// Where the state of a copy may come from.
const (
	stateFromCirculation = "circulation"
	stateFromFile        = "file"
)

// intakeSettings say how files of other systems are read.
type intakeSettings struct {
	StateFrom string      `toml:"state_from"` // where the state of a copy comes from: circulation is the central server's own, and a file then says only what is withdrawn, missing, found again or not lent; file is the system that wrote the file, whose state and due date hold
	Branches  branchWords `toml:"branches"`   // the library's words for its branches: the word, and the code of the branch that it stands for; codes and names need not be here
	States    stateWords  `toml:"states"`     // the library's words for the states of copies: the word, and one of on_shelf, on_loan, in_transit, on_hold_shelf, missing, withdrawn, not_lent that it stands for; usual words such as 除籍 need not be here
}

type (
	branchWords map[string]library.BranchCode
	stateWords  map[string]string
)

func (s intakeSettings) validate() error {
	if s.StateFrom != stateFromCirculation && s.StateFrom != stateFromFile {
		return fmt.Errorf("state_from must be %s or %s, not %q", stateFromCirculation, stateFromFile, s.StateFrom)
	}
	_, err := intake.NewStates(s.States)
	return err
}

// states finds what the words of files say of copies.
func (s intakeSettings) states() intake.States {
	states, err := intake.NewStates(s.States)
	if err != nil {
		panic(err) // the settings have been validated
	}
	return states
}
