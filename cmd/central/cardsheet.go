package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"github.com/boombuler/barcode/codabar"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// Where the Debian package puts BIZ UDPGothic, with which the cards are drawn.
const (
	sheetFontFolder  = "/usr/share/fonts/truetype/bizud-gothic"
	sheetFontPackage = "fonts-morisawa-bizud-gothic"
)

// sheetCard is what stands on a library card of the sheet, and beside it.
type sheetCard struct {
	Number   string
	Name     string
	Reading  string // stands for a name that the font cannot draw
	Facts    []string
	Password string // "" for none
	ShowsJa  string
	ShowsEn  string
}

// cardSheet draws library cards to be scanned from the screen or from paper: pages
// of A4 with two columns of four cards.
type cardSheet struct {
	regular, bold *opentype.Font
	faces         map[faceKey]font.Face
	buffer        sfnt.Buffer
}

type faceKey struct {
	font *opentype.Font
	size int
}

// newCardSheet reads BIZ UDPGothic from a folder.
func newCardSheet(folder string) (*cardSheet, error) {
	s := &cardSheet{faces: map[faceKey]font.Face{}}
	for _, file := range []struct {
		name string
		into **opentype.Font
	}{{"BIZUDPGothic-Regular.ttf", &s.regular}, {"BIZUDPGothic-Bold.ttf", &s.bold}} {
		path := filepath.Join(folder, file.name)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("the cards cannot be drawn without a Japanese font; install the package %s: %w", sheetFontPackage, err)
		}
		if *file.into, err = opentype.Parse(text); err != nil {
			return nil, fmt.Errorf("the font %s cannot be used; install the package %s again: %w", path, sheetFontPackage, err)
		}
	}
	return s, nil
}

// The sheet in pixels, 150 to the inch.
const (
	sheetDPI                = 150
	sheetWidth, sheetHeight = 1240, 1754
	sheetMargin             = 60
	cardTop                 = 160 // of the first row
	cardWidth, cardHeight   = 544, 360
	cardGapX, cardGapY      = 32, 24
	cardColumns, cardRows   = 2, 4
	cardPadding             = 24
	cardBand                = 40 // height of the coloured band
	cardCorner              = 14
	barTop, barHeight       = 124, 78
	barModule               = 3  // half a millimetre
	barQuiet                = 10 // modules that stay white on either side
)

var (
	sheetInk    = color.RGBA{0x1c, 0x1b, 0x19, 0xff}
	sheetQuiet  = color.RGBA{0x57, 0x53, 0x4b, 0xff}
	sheetLine   = color.RGBA{0xdd, 0xd7, 0xca, 0xff}
	sheetIndigo = color.RGBA{0x1d, 0x3c, 0x72, 0xff}
)

// pages draws the cards of a library. A card whose text does not fit is an error.
func (s *cardSheet) pages(library string, cards []sheetCard) ([]image.Image, error) {
	const perPage = cardColumns * cardRows
	count := (len(cards) + perPage - 1) / perPage
	var pages []image.Image
	for n := range count {
		page := image.NewRGBA(image.Rect(0, 0, sheetWidth, sheetHeight))
		draw.Draw(page, page.Bounds(), image.White, image.Point{}, draw.Src)
		if err := s.frame(page, library, fmt.Sprintf("%d / %d", n+1, count)); err != nil {
			return nil, err
		}
		for i, card := range cards[n*perPage : min((n+1)*perPage, len(cards))] {
			at := image.Pt(
				sheetMargin+i%cardColumns*(cardWidth+cardGapX),
				cardTop+i/cardColumns*(cardHeight+cardGapY),
			)
			if err := s.card(page, at, library, n*perPage+i+1, card); err != nil {
				return nil, fmt.Errorf("draw the card %s: %w", card.Number, err)
			}
		}
		pages = append(pages, page)
	}
	return pages, nil
}

// frame draws what stands above and below the cards.
func (s *cardSheet) frame(page draw.Image, library, number string) error {
	const right = sheetWidth - sheetMargin
	s.text(page, s.face(s.bold, 32), sheetMargin, 84, sheetInk, library+"　デモの利用者カード")
	s.text(page, s.face(s.regular, 19), sheetMargin, 122, sheetQuiet, "画面のまま、または100%で印刷して、スキャナーにかざしてください。市も人も架空のものです。")
	s.textRight(page, s.face(s.regular, 22), right, 84, sheetQuiet, number)
	return s.fitted(page, s.regular, 17, 14, sheetMargin, sheetHeight-44, right-sheetMargin, sheetQuiet,
		"Hold a card under the scanner, on the screen or printed at 100 %. Its password (パスワード) is at the right. The city and its people are invented.")
}

// card draws one card.
func (s *cardSheet) card(page *image.RGBA, at image.Point, library string, number int, c sheetCard) error {
	box := image.Rectangle{Min: at, Max: at.Add(image.Pt(cardWidth, cardHeight))}
	left, right, width := box.Min.X+cardPadding, box.Max.X-cardPadding, cardWidth-2*cardPadding
	fillRound(page, box, cardCorner, sheetLine)
	fillRound(page, box.Inset(2), cardCorner-2, sheetIndigo)
	paper := box.Inset(2)
	paper.Min.Y = box.Min.Y + cardBand
	fillRound(page, paper, cardCorner-2, color.White)
	paper.Max.Y = paper.Min.Y + cardCorner
	draw.Draw(page, paper, image.White, image.Point{}, draw.Src)

	band := box.Min.Y + 28
	s.text(page, s.face(s.bold, 20), left, band, color.White, library)
	s.textRight(page, s.face(s.regular, 18), right, band, color.White, fmt.Sprintf("No. %d", number))

	name := c.Name
	if !s.canDraw(name) {
		name = c.Reading
	}
	if err := s.name(page, left, at.Y+78, width, name); err != nil {
		return err
	}
	below := c.Facts
	if name != c.Reading && c.Reading != "" {
		below = append([]string{c.Reading}, below...)
	}
	if err := s.fitted(page, s.regular, 17, 13, left, at.Y+107, width, sheetQuiet, strings.Join(below, "　")); err != nil {
		return err
	}

	if err := s.bars(page, image.Pt(left, at.Y+barTop), c.Number); err != nil {
		return err
	}
	under := at.Y + barTop + barHeight + 31
	end := s.text(page, s.face(s.bold, 24), left, under, sheetInk, c.Number)
	label := s.face(s.regular, 16)
	if c.Password == "" {
		s.textRight(page, label, right, under, sheetQuiet, "パスワードなし")
	} else {
		const title = "パスワード"
		room := right - end - 24 - 10 - font.MeasureString(label, title).Ceil()
		face, err := s.fit(s.bold, 24, 16, room, c.Password)
		if err != nil {
			return err
		}
		begin := s.textRight(page, face, right, under, sheetInk, c.Password)
		s.textRight(page, label, begin-10, under, sheetQuiet, title)
	}

	rule := image.Rect(left, under+16, right, under+17)
	draw.Draw(page, rule, image.NewUniform(sheetLine), image.Point{}, draw.Src)
	return s.shows(page, left, under+41, box.Max.Y-10, width, c)
}

// name writes a name, a long one on two lines.
func (s *cardSheet) name(page draw.Image, x, baseline, width int, name string) error {
	const usual, least = 28, 20
	face, err := s.fit(s.bold, usual, least, width, name)
	if err == nil {
		s.text(page, face, x, baseline, sheetInk, name)
		return nil
	}
	face = s.face(s.bold, least)
	lines := wrapText(face, width, name, " ")
	if len(lines) != 2 || font.MeasureString(face, lines[1]).Ceil() > width {
		return err
	}
	s.text(page, face, x, baseline-15, sheetInk, lines[0])
	s.text(page, face, x, baseline+8, sheetInk, lines[1])
	return nil
}

// shows writes what a card shows, first in Japanese, then in English.
func (s *cardSheet) shows(page draw.Image, x, y, bottom, width int, c sheetCard) error {
	for _, t := range []struct {
		text, sep string
		font      *opentype.Font
		size      int
		line      int
		ink       color.Color
	}{
		{c.ShowsJa, "、", s.bold, 17, 22, sheetInk},
		{c.ShowsEn, ", ", s.regular, 15, 18, sheetQuiet},
	} {
		face := s.face(t.font, t.size)
		for _, line := range wrapText(face, width, t.text, t.sep) {
			if y > bottom || font.MeasureString(face, line).Ceil() > width {
				return errors.New("the text of what it shows does not fit; shorten it")
			}
			s.text(page, face, x, y, t.ink, line)
			y += t.line
		}
	}
	return nil
}

// bars draws a number as NW-7 between the letters A, as cards usually have it.
func (s *cardSheet) bars(page draw.Image, at image.Point, number string) error {
	code, err := codabar.Encode("A" + number + "A")
	if err != nil {
		return err
	}
	modules := code.Bounds().Dx()
	if (modules+2*barQuiet)*barModule > cardWidth {
		return errors.New("its number is too long for a barcode of this size")
	}
	left := at.X - cardPadding + (cardWidth-modules*barModule)/2
	for i := range modules {
		if r, _, _, _ := code.At(i, 0).RGBA(); r == 0 {
			bar := image.Rect(left+i*barModule, at.Y, left+(i+1)*barModule, at.Y+barHeight)
			draw.Draw(page, bar, image.Black, image.Point{}, draw.Src)
		}
	}
	return nil
}

func (s *cardSheet) face(f *opentype.Font, size int) font.Face {
	key := faceKey{f, size}
	if s.faces[key] == nil {
		face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(size), DPI: 72})
		if err != nil {
			panic(err) // it never fails with these options
		}
		s.faces[key] = face
	}
	return s.faces[key]
}

func (s *cardSheet) canDraw(text string) bool {
	for _, r := range text {
		if i, err := s.bold.GlyphIndex(&s.buffer, r); err != nil || i == 0 {
			return false
		}
	}
	return true
}

// text draws a line from x on and returns where it ends.
func (s *cardSheet) text(page draw.Image, face font.Face, x, baseline int, ink color.Color, text string) (end int) {
	d := font.Drawer{Dst: page, Src: image.NewUniform(ink), Face: face, Dot: fixed.P(x, baseline)}
	d.DrawString(text)
	return d.Dot.X.Ceil()
}

// textRight draws a line up to x and returns where it begins.
func (s *cardSheet) textRight(page draw.Image, face font.Face, x, baseline int, ink color.Color, text string) (begin int) {
	begin = x - font.MeasureString(face, text).Ceil()
	s.text(page, face, begin, baseline, ink, text)
	return begin
}

// fit returns the largest face in which a text fits into a width.
func (s *cardSheet) fit(f *opentype.Font, largest, smallest, width int, text string) (font.Face, error) {
	for size := largest; size >= smallest; size-- {
		if face := s.face(f, size); font.MeasureString(face, text).Ceil() <= width {
			return face, nil
		}
	}
	return nil, fmt.Errorf("the text %q does not fit; shorten it", text)
}

func (s *cardSheet) fitted(page draw.Image, f *opentype.Font, largest, smallest, x, baseline, width int, ink color.Color, text string) error {
	face, err := s.fit(f, largest, smallest, width, text)
	if err != nil {
		return err
	}
	s.text(page, face, x, baseline, ink, text)
	return nil
}

// wrapText breaks a text into lines, only where sep ends.
func wrapText(face font.Face, width int, text, sep string) (lines []string) {
	line := ""
	for part := range strings.SplitAfterSeq(text, sep) {
		if line != "" && font.MeasureString(face, strings.TrimRight(line+part, " ")).Ceil() > width {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		line += part
	}
	return append(lines, line)
}

// fillRound fills a rectangle with round corners.
func fillRound(page draw.Image, r image.Rectangle, radius float32, ink color.Color) {
	w, h := float32(r.Dx()), float32(r.Dy())
	z := vector.NewRasterizer(r.Dx(), r.Dy())
	z.MoveTo(radius, 0)
	z.LineTo(w-radius, 0)
	z.QuadTo(w, 0, w, radius)
	z.LineTo(w, h-radius)
	z.QuadTo(w, h, w-radius, h)
	z.LineTo(radius, h)
	z.QuadTo(0, h, 0, h-radius)
	z.LineTo(0, radius)
	z.QuadTo(0, 0, radius, 0)
	z.ClosePath()
	z.Draw(page, r, image.NewUniform(ink), image.Point{})
}

// writePages writes the pages as path-1.png and so on, and returns their paths.
func writePages(path string, pages []image.Image) ([]string, error) {
	path = strings.TrimSuffix(path, ".png")
	var written []string
	for i, page := range pages {
		var b bytes.Buffer
		if err := png.Encode(&b, page); err != nil {
			return written, err
		}
		name := fmt.Sprintf("%s-%d.png", path, i+1)
		if err := os.WriteFile(name, withResolution(b.Bytes(), sheetDPI), 0o644); err != nil {
			return written, err
		}
		written = append(written, name)
	}
	return written, nil
}

// withResolution tells in a PNG how large it is on paper, which image/png cannot.
func withResolution(encoded []byte, dpi float64) []byte {
	const headerEnd = 8 + 25 // the signature and IHDR
	perMetre := uint32(dpi/0.0254 + 0.5)
	chunk := append([]byte{0, 0, 0, 9}, "pHYs"...)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1) // the unit is the metre
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return bytes.Join([][]byte{encoded[:headerEnd], chunk, encoded[headerEnd:]}, nil)
}
