package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"os"

	"madoguchi/kiosk/printer"
	"madoguchi/kiosk/screen"
	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
)

// printing prints slips, or makes pictures of them where there is no printer.
type printing struct {
	typeface slip.Typeface
	width    int              // of the paper, in dots
	printer  *printer.Printer // nil: none
	pictures string           // folder, "" for none
	log      *slog.Logger
}

func newPrinting(s printer.Settings, fonts theme.Fonts, log *slog.Logger) (*printing, error) {
	p := &printing{width: s.Width(), pictures: s.Pictures, log: log}
	var err error
	if p.typeface, err = slip.ParseTypeface(fonts.Regular.Content(), fonts.Bold.Content()); err != nil {
		return nil, err
	}
	if s.Device != "" {
		p.printer, err = printer.New(s)
	}
	return p, err
}

// print is a screen.Print. Nothing of what a slip says is logged.
func (p *printing) print(ctx context.Context, s slip.Slip) (image.Image, error) {
	picture := slip.Draw(s, p.width, p.typeface)
	if p.printer == nil {
		if p.pictures != "" {
			if err := savePicture(p.pictures, picture); err != nil {
				p.log.Warn("the picture of a slip was not saved", "err", err)
			}
		}
		return picture, nil
	}
	if err := p.printer.Print(ctx, picture); err != nil {
		p.log.Warn("a slip was not printed", "err", err)
		return picture, forScreen(err)
	}
	return nil, nil
}

// forScreen is an error of the printer in the words of the screens.
func forScreen(err error) error {
	if errors.Is(err, printer.ErrPaperOut) {
		return screen.ErrPaperOut
	}
	return screen.ErrPrinter
}

// savePicture writes a picture that only this user can read, under a name of its own.
func savePicture(folder string, picture image.Image) (err error) {
	f, err := os.CreateTemp(folder, "slip-*.png")
	if err != nil {
		return fmt.Errorf("the folder of [printer] pictures cannot be written; make it and give it to the user that runs kiosk: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			os.Remove(f.Name())
		}
	}()
	return png.Encode(f, picture)
}
