package widget

import (
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"madoguchi/kiosk/theme"
)

// Layout is which keys a keyboard has.
type Layout int

// The keyboards.
const (
	Kana           Layout = iota // 五十音, from right to left as it is taught
	Letters                      // small letters, digits, and the signs of titles
	Digits                       // and the signs of which some titles are made
	Capitals                     // capital letters and digits, and nothing else
	Keypad                       // digits and nothing else
	Small                        // small letters and digits, and nothing else
	Mail                         // what a mail address is made of
	MailInCapitals               // likewise, with capital letters
	Signs                        // all other signs that a password of ASCII can have
)

// Typing is what a keyboard does when its keys are touched.
type Typing struct {
	Type   func(string)
	Mark   func(rune) // '゛', '゜' or '小': changes the last character, see Marked
	Erase  func()     // the last character
	Clear  func()     // everything
	Submit func()
}

// KeyNames are the labels of the keys that are words.
type KeyNames struct {
	Erase, Clear, Space, Submit string
}

// cell is the place of a key on the grid, in columns and rows.
type cell struct{ x, y, w, h float32 }

// keyGrid lays keys on their cells. Cells are equally large; gaps are between them.
type keyGrid struct {
	cells      []cell
	cols, rows float32
	keyHeight  float32
}

func (g keyGrid) heightFor([]fyne.CanvasObject, float32) float32 {
	return g.rows*g.keyHeight + (g.rows-1)*theme.GapTight
}

func (g keyGrid) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(g.cols*theme.Touch, g.heightFor(objects, 0))
}

func (g keyGrid) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	const gap = theme.GapTight
	w := (size.Width + gap) / g.cols
	h := (size.Height + gap) / g.rows
	for i, o := range objects {
		c := g.cells[i]
		place(o, c.x*w, c.y*h, c.w*w-gap, c.h*h-gap)
	}
}

// The 五十音 columns from left to right on screen; a space is no key.
var kanaColumns = [...]string{"わ を ん", "らりるれろ", "や ゆ よ", "まみむめも", "はひふへほ", "なにぬねの", "たちつてと", "さしすせそ", "かきくけこ", "あいうえお"}

var letterRows = [...]string{"1234567890", "qwertyuiop", "asdfghjkl'", "zxcvbnm.,-"}

var plainRows = [...]string{"1234567890", "qwertyuiop", "asdfghjkl ", "zxcvbnm   "}

var mailRows = [...]string{"1234567890", "qwertyuiop", "asdfghjkl@", "zxcvbnm.-_"}

var signRows = [...]string{"!\"#$%&'()*", "+,-./:;<=>", "?@[\\]^_`{|", "}~        "}

var digitRows = [...]string{"789", "456", "123", "0-X"}

var titleSigns = [...]string{"?", "!", "♥", "☆"}

// Keyboard builds a keyboard. Keys are keyHeight high, theme.KeyHeight at least.
func (k Kit) Keyboard(l Layout, names KeyNames, t Typing, keyHeight float32) *fyne.Container {
	b := keyboardBuilder{kit: k, typing: t}
	b.grid.keyHeight = max(keyHeight, theme.KeyHeight)
	const words = 1.7 // width of the keys that are words
	switch l {
	case Letters, Capitals, Small, Mail, MailInCapitals, Signs:
		b.grid.cols, b.grid.rows = 10+words, 4
		rows := letterRows
		switch l {
		case Capitals, Small:
			rows = plainRows
		case Mail, MailInCapitals:
			rows = mailRows
		case Signs:
			rows = signRows
		}
		for y, row := range rows {
			for x, r := range row {
				if r == ' ' {
					continue
				}
				if l == Capitals || l == MailInCapitals {
					r = unicode.ToUpper(r)
				}
				b.letter(string(r), float32(x), float32(y))
			}
		}
		b.words(names, 10, words, 4)
	case Digits, Keypad:
		b.grid.cols, b.grid.rows = 10+words, 4
		rows := digitRows
		if l == Keypad {
			rows[3] = " 0 "
		}
		for y, row := range rows {
			for x, r := range row {
				if r == ' ' {
					continue
				}
				b.add(string(r), Plain, cell{2 + 2*float32(x), float32(y), 2, 1}, func() { t.Type(string(r)) })
			}
		}
		if l == Digits {
			for y, sign := range titleSigns {
				b.letter(sign, 8.5, float32(y))
			}
		}
		b.words(names, 10, words, 4)
	default:
		b.grid.cols, b.grid.rows = 11+words, 5
		for y, mark := range []rune{'゛', '゜', '小'} {
			b.add(string(mark), Tint, cell{0, float32(y), 1, 1}, func() { t.Mark(mark) })
		}
		b.add("ー", Tint, cell{0, 3, 1, 1}, func() { t.Type("ー") })
		b.add("・", Tint, cell{0, 4, 1, 1}, func() { t.Type("・") })
		for x, column := range kanaColumns {
			y := float32(0)
			step := float32(5) / float32(len([]rune(column)))
			for _, r := range column {
				if r != ' ' {
					b.letter(string(r), 1+float32(x), float32(int(y)))
				}
				y += step
			}
		}
		b.words(names, 11, words, 5)
	}
	return container.New(b.grid, b.keys...)
}

type keyboardBuilder struct {
	kit    Kit
	typing Typing
	grid   keyGrid
	keys   []fyne.CanvasObject
}

func (b *keyboardBuilder) add(label string, style Style, c cell, onTap func()) {
	b.keys = append(b.keys, b.kit.Key(label, style, onTap))
	b.grid.cells = append(b.grid.cells, c)
}

func (b *keyboardBuilder) letter(s string, x, y float32) {
	b.add(s, Plain, cell{x, y, 1, 1}, func() { b.typing.Type(s) })
}

// words adds the column of keys that are words, the last of them as high as is left.
// Where spaces are not typed their key has no name, and is left out.
func (b *keyboardBuilder) words(n KeyNames, x, w, rows float32) {
	b.add(n.Erase, Tint, cell{x, 0, w, 1}, b.typing.Erase)
	b.add(n.Clear, Tint, cell{x, 1, w, 1}, b.typing.Clear)
	y := float32(2)
	if n.Space != "" {
		b.add(n.Space, Tint, cell{x, y, w, 1}, func() { b.typing.Type(" ") })
		y++
	}
	b.add(n.Submit, Filled, cell{x, y, w, rows - y}, b.typing.Submit)
}
