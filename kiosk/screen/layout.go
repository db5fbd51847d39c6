package screen

import (
	"slices"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
)

// form sets the choices of a form at the top of a wide screen, and at the bottom of
// a tall one.
func (v *visit) form(choices ...fyne.CanvasObject) *fyne.Container {
	body := widget.Column(theme.GapWide, choices...)
	if v.portrait() {
		return widget.Fill(widget.Column(0, widget.Space(), body))
	}
	return widget.Fill(widget.Column(0, body, widget.Space()))
}

// low sets what is touched at the bottom of a tall screen, where hands reach.
func (v *visit) low(o fyne.CanvasObject) fyne.CanvasObject {
	if v.portrait() {
		return widget.Column(0, widget.Space(), o)
	}
	return o
}

// tile is a large button with a title and a line about it.
func (v *visit) tile(name, about string, onTap func()) fyne.CanvasObject {
	return v.kit.Tile(v.t(name), widget.Plain, widget.Inset(theme.Gap, theme.GapSection, theme.Gap, theme.GapSection,
		widget.Fitting(theme.GapTight, v.kit.Title(v.t(name)).Lines(2), v.kit.Second(v.t(about)).Lines(3))), onTap)
}

// tileGrid sets tiles in two columns, down the left one first as on a signpost. On
// a tall screen they stand at the bottom, where hands reach.
func (v *visit) tileGrid(tiles []fyne.CanvasObject, room float32) fyne.CanvasObject {
	const columns, gap, highest = 2, theme.Gap, float32(176)
	rows := (len(tiles) + columns - 1) / columns
	if rows == 0 {
		return widget.Space()
	}
	high := (room - gap*float32(rows-1)) / float32(rows)
	if v.portrait() {
		high = min(high, highest)
	}
	grid := make([]fyne.CanvasObject, columns)
	for c := range columns {
		column := widget.Column(gap)
		for i := c * rows; i < min((c+1)*rows, len(tiles)); i++ {
			column.Add(widget.Sized(0, high, tiles[i]))
		}
		grid[c] = column
	}
	return widget.Column(0, widget.Space(), widget.Columns(gap, nil, grid...))
}

// inColumns sets buttons in rows of four equal ones, or as they need where those would
// be too narrow.
func (v *visit) inColumns(buttons []fyne.CanvasObject) fyne.CanvasObject {
	const in = 4
	most := (v.bodySize().Width - (in-1)*theme.Gap) / in
	rows := widget.Column(theme.Gap)
	for row := range slices.Chunk(buttons, in) {
		for _, b := range row {
			if b.MinSize().Width > most {
				return widget.Wrap(theme.Gap, buttons...)
			}
		}
		rows.Add(widget.Columns(theme.Gap, nil, row...))
	}
	return rows
}
