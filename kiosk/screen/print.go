package screen

import (
	"context"
	"errors"
	"image"

	"madoguchi/kiosk/slip"
)

// Print prints a slip. A terminal without a printer returns it as a picture instead,
// to be shown and photographed. It returns ErrPaperOut or ErrPrinter where nothing,
// or not all of it, came out, and the picture along with it where it can be drawn.
type Print func(ctx context.Context, s slip.Slip) (shown image.Image, err error)

// What keeps a printer from printing.
var (
	ErrPaperOut = errors.New("the printer has no paper")
	ErrPrinter  = errors.New("the printer does not answer")
)
