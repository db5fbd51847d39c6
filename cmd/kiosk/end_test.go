package main

import (
	"testing"

	"fyne.io/fyne/v2/app"
)

// TestNothingIsLeftToDoAtTheEnd: where it fails, Fyne is another one, and it is to be
// seen whether it still may hang when it ends.
func TestNothingIsLeftToDoAtTheEnd(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	if !nothingAtTheEnd(app.New()) {
		t.Error("Fyne's own work at the end of the program cannot be taken away")
	}
}
