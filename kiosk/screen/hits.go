package screen

import (
	"context"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// betweenTargets is the least distance between two things to touch.
const betweenTargets = 12

// hitPage is a page of hits that fills its place.
type hitPage struct {
	library.Page
	per int // rows of a page, this one or any other of the same search
}

// find is the page of hits that fills a height, with the line that says which volume is
// lacking where there is room for one.
func (v *visit) find(ctx context.Context, q library.Query, offset int, room float32) (hitPage, error) {
	per := v.rowsFor(room)
	p, err := v.app.cfg.Catalogue.Search(ctx, q, offset, per)
	if err != nil || p.Lacks == "" {
		return hitPage{p, per}, err
	}
	room -= v.look().Text*theme.RunningLine + theme.Gap
	if room < v.rowHeight()+2*theme.Border {
		p.Lacks = ""
		return hitPage{p, per}, nil
	}
	if less := v.rowsFor(room); less < per {
		per = less
		p, err = v.app.cfg.Catalogue.Search(ctx, q, offset, per)
	}
	return hitPage{p, per}, err
}

// hitRows are the rows of hits, below a line on the volume that was asked for in vain.
func (v *visit) hitRows(p hitPage, q library.Query) fyne.CanvasObject {
	rows := v.pageRows(p.Rows, q, v.bodySize().Width)
	if p.Lacks == "" {
		return rows
	}
	return widget.Column(theme.Gap, v.lacking(p.Lacks), rows)
}

// lacking says that a volume is not there, and that what comes closest is shown.
func (v *visit) lacking(volume string) *widget.Text {
	return v.kit.Text(v.t("results.lacks", volume)).Lines(1).DownTo(v.look().Second)
}
