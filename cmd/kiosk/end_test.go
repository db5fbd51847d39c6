package main

import (
	"os"
	"slices"
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

// The terminal ends whenever it is told to: as it starts, while it works, at rest.
func TestTheTerminalEnds(t *testing.T) {
	k := startKiosk(t, "")
	for range 3 {
		k.stop() // at rest
		k.launch()
		k.stop() // at once
		k.launch()
		eventually(t, "kiosk does not begin to show itself", func() bool {
			_, err := k.screen()
			return err == nil
		})
		k.stop() // as it gets in touch with the server
		k.start()
		k.scan("9784003101117")
		k.stop() // as it looks something up
		k.start()
		k.tap("ことばで")
	}
}

// Without its display the terminal ends as after an error: it is started again.
func TestTheDisplayGoes(t *testing.T) {
	k := startKiosk(t, "")
	k.endDisplay()
	if status := k.program.ended(); status != 1 {
		t.Errorf("without a display the terminal ends with status %d", status)
	}
}

// What is asked of the UI thread is done in its order and within the loop, or not at all;
// nobody waits for what will not be done.
func TestAskingTheUIThread(t *testing.T) {
	u := newUIThread()
	var done []int
	u.do(func() {
		done = append(done, 1)
		u.do(func() { done = append(done, 3) })
	})
	u.do(func() { done = append(done, 2) })
	if len(done) > 0 {
		t.Fatalf("%v were done without the loop", done)
	}
	u.turn()
	u.turn()
	if !slices.Equal(done, []int{1, 2, 3}) {
		t.Errorf("done were %v", done)
	}
	waiting := make(chan struct{})
	go func() {
		defer close(waiting)
		u.doAndWait(func() { t.Error("it was done after the loop") })
	}()
	u.end()
	<-waiting
	u.doAndWait(func() { t.Error("it was done after the loop") })
}
