package screen

import (
	"image"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
)

// slipShown is a slip on the screen, page by page, for want of a printer. The picture
// is in memory only, and goes with the session.
func slipShown(v *visit) content {
	title := v.t("slip.screen")
	if v.app.shown == nil {
		return content{title: title, body: widget.Space()}
	}
	size := v.bodySize()
	words := widget.Column(theme.Gap, v.kit.Strong(v.t("slip.photo")), v.kit.Text(v.t("slip.photo_about")))
	room := fyne.NewSize((size.Width-theme.GapSection)/2, size.Height)
	if v.portrait() {
		room = fyne.NewSize(size.Width, size.Height-widget.HeightFor(words, size.Width)-theme.GapSection)
	}
	scale, pages := pagesOf(v.app.shown, room.SubtractWidthHeight(2*theme.Gap, 2*theme.Gap))
	page := max(0, min(v.route.Offset, len(pages)-1))
	var footer []fyne.CanvasObject
	if len(pages) > 1 {
		footer = v.pager(1, len(pages), false)
	}
	paper := v.paper(part(v.app.shown, pages[page]), scale)
	body := widget.Columns(theme.GapSection, nil, words, widget.Column(0, paper, widget.Space()))
	if v.portrait() {
		body = widget.Column(theme.GapSection, words, paper, widget.Space())
	}
	return content{title: title, body: body, footer: footer}
}

// paper is a part of a slip on white, in every scheme: it is a picture of paper.
func (v *visit) paper(picture image.Image, scale float32) fyne.CanvasObject {
	size := fyne.NewSize(float32(picture.Bounds().Dx())*scale, float32(picture.Bounds().Dy())*scale)
	img := canvas.NewImageFromImage(picture)
	img.FillMode, img.ScaleMode = canvas.ImageFillStretch, canvas.ImageScaleSmooth
	white := canvas.NewRectangle(image.White.C)
	white.StrokeColor, white.StrokeWidth = v.look().Line, theme.Border
	return widget.Row(0, widget.Space(),
		widget.Stack(white, widget.Inset(theme.Gap, theme.Gap, theme.Gap, theme.Gap, widget.Sized(size.Width, size.Height, img))),
		widget.Space())
}

// pagesOf cuts a picture into parts that fit a room, and says in which scale: up to
// half as large again as it is, and somewhat smaller where all of it then fits.
func pagesOf(picture image.Image, room fyne.Size) (scale float32, pages []image.Rectangle) {
	const (
		largest = 1.5
		shrink  = 0.75 // still to be read
	)
	b := picture.Bounds()
	if b.Empty() {
		return 1, []image.Rectangle{b}
	}
	scale = min(largest, room.Width/float32(b.Dx()))
	if whole := room.Height / float32(b.Dy()); whole < scale && whole >= scale*shrink {
		scale = whole
	}
	rows := max(1, int(room.Height/scale))
	for top := b.Min.Y; top < b.Max.Y; {
		bottom := min(top+rows, b.Max.Y)
		if bottom < b.Max.Y {
			bottom = cutAbove(picture, bottom, top+rows/2)
		}
		pages = append(pages, image.Rect(b.Min.X, top, b.Max.X, bottom))
		top = bottom
	}
	return scale, pages
}

// cutAbove looks upwards from a row for a good place to cut: below a rule, or else
// where no line of text is cut in two, or else the row itself.
func cutAbove(picture image.Image, from, last int) int {
	const rule = 0.7 // of the width
	blank := from
	for y := from; y > last; y-- {
		switch share := ink(picture, y); {
		case share > rule && y < from:
			return y + 1
		case share == 0 && blank == from:
			blank = y
		}
	}
	return blank
}

// ink is the share of a row that is black.
func ink(picture image.Image, y int) float64 {
	b := picture.Bounds()
	black := 0
	for x := b.Min.X; x < b.Max.X; x++ {
		if r, _, _, _ := picture.At(x, y).RGBA(); r < 0x8000 {
			black++
		}
	}
	return float64(black) / float64(b.Dx())
}

// part copies a part of a picture.
func part(picture image.Image, r image.Rectangle) image.Image {
	out := image.NewGray(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Bounds(), picture, r.Min, draw.Src)
	return out
}
