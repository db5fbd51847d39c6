package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boombuler/barcode/codabar"
)

func drawCards(t *testing.T, cards ...sheetCard) ([]image.Image, error) {
	t.Helper()
	sheet, err := newCardSheet(sheetFontFolder)
	if err != nil {
		t.Fatal(err)
	}
	return sheet.pages("みなと市立図書館", cards)
}

// tenCards have two pages.
func tenCards() (cards []sheetCard) {
	for n := range 10 {
		cards = append(cards, sheetCard{
			Number: "2100000001" + string(rune('0'+n)), Name: "北浜 花子", Reading: "キタハマ ハナコ", Facts: []string{"1984-05-12生"},
			Password: "481516", ShowsJa: "貸出5点、延長できる2点", ShowsEn: "5 loans, 2 renewable",
		})
	}
	return cards
}

// A scanner can read each barcode of the written files: bars of whole modules between
// quiet zones.
func TestBarcodesOfTheSheet(t *testing.T) {
	cards := tenCards()
	pages, err := drawCards(t, cards...)
	if err != nil {
		t.Fatal(err)
	}
	written, err := writePages(filepath.Join(t.TempDir(), "cards.png"), pages)
	if err != nil || len(written) != 2 || filepath.Base(written[1]) != "cards-2.png" {
		t.Fatalf("written %v, %v", written, err)
	}
	for i, c := range cards {
		page := readPNG(t, written[i/8])
		left := sheetMargin + i%2*(cardWidth+cardGapX)
		top := cardTop + i%8/2*(cardHeight+cardGapY) + barTop
		want, err := codabar.Encode("A" + c.Number + "A")
		if err != nil {
			t.Fatal(err)
		}
		var modules strings.Builder
		for x := range want.Bounds().Dx() {
			modules.WriteByte(moduleOf(want.At(x, 0)))
		}
		quiet := strings.Repeat("0", barQuiet)
		for _, y := range []int{top, top + barHeight/2, top + barHeight - 1} {
			var row strings.Builder
			for x := left + 4; x < left+cardWidth-4; x++ { // within the border
				row.WriteByte(moduleOf(page.At(x, y)))
			}
			bars := strings.Trim(row.String(), "0")
			var read strings.Builder
			for x := barModule / 2; x < len(bars); x += barModule {
				read.WriteByte(bars[x])
			}
			if read.String() != modules.String() || len(bars) != barModule*modules.Len() {
				t.Errorf("card %d, line %d: read %s, want %s", i, y-top, read.String(), modules.String())
			}
			wide := strings.Repeat(quiet, barModule)
			if !strings.HasPrefix(row.String(), wide) || !strings.HasSuffix(row.String(), wide) {
				t.Errorf("card %d, line %d: no quiet zone", i, y-top)
			}
		}
	}
}

func moduleOf(c color.Color) byte {
	if r, _, _, _ := c.RGBA(); r < 0x8000 {
		return '1'
	}
	return '0'
}

func readPNG(t *testing.T, name string) image.Image {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(text, []byte("pHYs"))
	if at < 0 || binary.BigEndian.Uint32(text[at+4:]) != 5906 || text[at+12] != 1 { // 150 to the inch, in dots per metre
		t.Errorf("%s does not tell how large it is on paper", name)
	}
	page, err := png.Decode(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// Nothing is drawn outside of the cards' frames and the page's margins.
func TestCardsKeepToTheirFrames(t *testing.T) {
	long := tenCards()[:8]
	for i := range long {
		long[i].Name = "Maximiliana Wilhelmina Konstantinopoulou-Featherstonehaugh"
		long[i].Password = "first2light4turf6tin"
		long[i].ShowsJa = strings.Repeat("延長できる12点、", 6) + "延滞3点"
		long[i].ShowsEn = strings.Repeat("12 renewable, ", 7) + "3 overdue"
	}
	pages, err := drawCards(t, long...)
	if err != nil {
		t.Fatal(err)
	}
	page := pages[0]
	blank := func(what string, r image.Rectangle) {
		t.Helper()
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				if r, g, b, _ := page.At(x, y).RGBA(); r&g&b != 0xffff {
					t.Errorf("%s: something at %d, %d", what, x, y)
					return
				}
			}
		}
	}
	bottom := cardTop + cardRows*cardHeight + (cardRows-1)*cardGapY
	blank("left margin", image.Rect(0, 0, sheetMargin-2, sheetHeight))
	blank("right margin", image.Rect(sheetWidth-sheetMargin+2, 0, sheetWidth, sheetHeight))
	blank("gap of the columns", image.Rect(sheetMargin+cardWidth, cardTop, sheetMargin+cardWidth+cardGapX, bottom))
	for row := range cardRows {
		y := cardTop + row*(cardHeight+cardGapY)
		for column := range cardColumns {
			x := sheetMargin + column*(cardWidth+cardGapX)
			blank("left padding", image.Rect(x+3, y+cardBand+2, x+cardPadding-2, y+cardHeight-cardCorner))
			blank("right padding", image.Rect(x+cardWidth-cardPadding+2, y+cardBand+2, x+cardWidth-3, y+cardHeight-cardCorner))
			blank("bottom", image.Rect(x+cardCorner, y+cardHeight-7, x+cardWidth-cardCorner, y+cardHeight-3))
		}
		blank("gap of the rows", image.Rect(0, y+cardHeight, sheetWidth, y+cardHeight+cardGapY))
	}
}

func TestCardsThatDoNotFit(t *testing.T) {
	for name, spoil := range map[string]func(*sheetCard){
		"name":     func(c *sheetCard) { c.Name = strings.Repeat("花", 40) },
		"reading":  func(c *sheetCard) { c.Reading = strings.Repeat("ハナ", 40) },
		"password": func(c *sheetCard) { c.Password = strings.Repeat("W", 20) },
		"shows":    func(c *sheetCard) { c.ShowsJa = strings.Repeat("貸出5点、", 60) },
		"phrase":   func(c *sheetCard) { c.ShowsEn = strings.Repeat("loan ", 60) },
		"number":   func(c *sheetCard) { c.Number = strings.Repeat("21000", 5) },
		"letters":  func(c *sheetCard) { c.Number = "21000O" },
	} {
		card := tenCards()[0]
		spoil(&card)
		if _, err := drawCards(t, card); err == nil || !strings.Contains(err.Error(), card.Number) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A name in letters that the font does not have is told by its reading.
func TestNameWithoutGlyphs(t *testing.T) {
	korean, reading := tenCards()[0], tenCards()[0]
	korean.Name, korean.Reading = "김 민준", "キム ミンジュン"
	reading.Name, reading.Reading = "キム ミンジュン", "キム ミンジュン"
	a, err := drawCards(t, korean)
	if err != nil {
		t.Fatal(err)
	}
	b, err := drawCards(t, reading)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a[0].(*image.RGBA).Pix, b[0].(*image.RGBA).Pix) {
		t.Error("the name is drawn in boxes")
	}
}

func TestNoFontForTheSheet(t *testing.T) {
	_, err := newCardSheet(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "install the package fonts-morisawa-bizud-gothic") {
		t.Errorf("without the fonts: %v", err)
	}
	for range 20 { // of two that are missing, always the first
		if _, err := newCardSheet(t.TempDir()); !strings.Contains(err.Error(), "BIZUDPGothic-Regular.ttf") {
			t.Fatalf("without the fonts: %v", err)
		}
	}
	damaged := t.TempDir()
	for _, name := range []string{"BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf"} {
		if err := os.WriteFile(filepath.Join(damaged, name), []byte("no font"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err = newCardSheet(damaged); err == nil || !strings.Contains(err.Error(), "cannot be used") {
		t.Errorf("with damaged fonts: %v", err)
	}
}
