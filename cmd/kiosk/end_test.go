package main

import (
	"os"
	"testing"

	"fyne.io/fyne/v2/app"
)

// TestNothingIsLeftToDoAtTheEnd: where it fails, Fyne is another one, and it is to be
// seen whether it still may hang when it ends.
func TestNothingIsLeftToDoAtTheEnd(t *testing.T) {
	home, err := os.MkdirTemp("", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) }) // t.TempDir would mind that Fyne still writes into it
	t.Setenv("HOME", home)
	if !nothingAtTheEnd(app.New()) {
		t.Error("Fyne's own work at the end of the program cannot be taken away")
	}
}
