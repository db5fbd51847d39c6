package screen

import (
	"time"

	"fyne.io/fyne/v2"

	"madoguchi/barcode"
)

// typedRune takes a character from hardware keys: a person's, or one of a scan by a
// scanner that poses as a keyboard.
func (a *App) typedRune(r rune) {
	if !a.cfg.Wedge {
		a.typed(string(r))
		return
	}
	a.released(a.wedge.Rune(r, time.Now()))
	time.AfterFunc(barcode.WedgeGap+time.Millisecond, func() {
		a.cfg.Do(func() { a.released(a.wedge.Idle(time.Now())) })
	})
}

// enter takes the Enter key and reports whether it was the end of a scan.
func (a *App) enter() bool {
	if !a.cfg.Wedge {
		return false
	}
	keys := a.wedge.Enter(time.Now())
	a.released(keys)
	return !keys.Enter
}

// released handles what the wedge let go of.
func (a *App) released(keys barcode.Keys) {
	if keys.Scan != "" {
		code, err := a.cfg.Barcodes.Parse(keys.Scan)
		if err != nil {
			code = barcode.Code{Kind: barcode.Unreadable}
		}
		after := a.wedge // keys that came after the scan are not of whom it may have ended
		a.Scanned(code)
		a.wedge = after
	}
	a.typed(keys.Typed)
}

// typed gives characters to the screen.
func (a *App) typed(text string) {
	if text == "" {
		return
	}
	a.touched()
	for _, r := range text {
		if a.dialog == nil && a.content.typed != nil {
			a.content.typed(r)
		}
	}
}

// typedKey takes a hardware key that is no character.
func (a *App) typedKey(e *fyne.KeyEvent) {
	a.touched()
	enter := e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter
	if enter && a.enter() {
		return
	}
	switch {
	case a.dialog != nil:
		if enter || e.Name == fyne.KeyEscape {
			a.closeDialog()
		}
	case e.Name == fyne.KeyEscape:
		if !a.content.stay {
			a.goBack()
		}
	case a.content.key != nil:
		a.content.key(e)
	}
}
