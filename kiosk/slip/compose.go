package slip

import (
	"image"
	"image/color"
	"strings"

	"golang.org/x/image/font"
)

// block is a part of a slip: how high it is, and how it is drawn from y on.
type block struct {
	height int
	draw   func(p *page, y int) // nil: white
}

func space(height int) block { return block{height: height} }

// composer makes blocks of the parts of one slip.
type composer struct {
	pen
	margin int // on all sides
	left   int // where the content begins
	width  int // of the content
	styles styles
}

// styles are the sizes of type.
type styles struct{ title, text, strong, small, label, foot, large, callNo style }

func newComposer(width int, t Typeface) *composer {
	c := &composer{
		pen:    pen{typeface: t, faces: map[style]font.Face{}},
		margin: width / 48,
		styles: styles{
			title: style{true, 40}, text: style{false, 26}, strong: style{true, 28}, small: style{false, 22},
			label: style{false, 22}, foot: style{false, 20}, large: style{true, 88}, callNo: style{true, 44},
		},
	}
	if width >= 512 {
		c.styles = styles{
			title: style{true, 52}, text: style{false, 30}, strong: style{true, 32}, small: style{false, 26},
			label: style{false, 26}, foot: style{false, 22}, large: style{true, 112}, callNo: style{true, 56},
		}
	}
	c.left = c.margin
	c.width = width - 2*c.margin
	return c
}

func (c *composer) slip(s Slip) (out []block) {
	if title := c.clean(s.Title); title != "" {
		s, fits := c.fit(c.styles.title, c.styles.strong.size, c.width, title)
		if !fits {
			s = c.styles.title
		}
		out = append(out, c.text(s, title), space(10), c.rule(4), space(16))
	}
	for i := 0; i < len(s.Lines); {
		n := 1
		switch l := s.Lines[i]; l.Kind {
		case Pair:
			for i+n < len(s.Lines) && s.Lines[i+n].Kind == Pair {
				n++
			}
			out = append(out, c.pairs(s.Lines[i:i+n])...)
		default:
			out = append(out, c.line(l)...)
		}
		i += n
	}
	var foot []block
	for _, text := range s.Foot {
		if text = c.clean(text); text != "" {
			foot = append(foot, c.text(c.styles.foot, text))
		}
	}
	if len(foot) > 0 {
		out = append(out, space(14), c.rule(2), space(8))
		out = append(out, foot...)
	}
	return out
}

// line makes the blocks of any line but a Pair.
func (c *composer) line(l Line) []block {
	text := c.clean(l.Text)
	switch l.Kind {
	case Rule:
		return []block{space(12), c.rule(2), space(12)}
	case Plan:
		return c.plan(l)
	case Blank:
		return c.blank(l)
	}
	if text == "" {
		return nil
	}
	switch l.Kind {
	case Strong:
		return []block{space(8), c.text(c.styles.strong, text), space(2)}
	case Small:
		return []block{c.text(c.styles.small, text), space(2)}
	case Large:
		return []block{space(10), c.large(text), space(10)}
	case CallNo:
		return []block{space(10), c.callNo(text), space(12)}
	}
	return []block{space(2), c.text(c.styles.text, text), space(2)}
}

func (c *composer) rule(thick int) block {
	return block{thick, func(p *page, y int) {
		p.fill(image.Rect(c.left, y, c.left+c.width, y+thick), color.Black)
	}}
}

func (c *composer) text(s style, text string) block { return c.textAt(s, 0, text) }

// textAt wraps a text that begins so many dots from the left.
func (c *composer) textAt(s style, indent int, text string) block {
	lines := c.lines(s, c.width-indent, text)
	return block{len(lines) * s.leading(), func(p *page, y int) {
		for i, line := range lines {
			c.write(p, s, c.left+indent, y+i*s.leading(), color.Black, line)
		}
	}}
}

// large sets a word in the middle, as large as fits on one line.
func (c *composer) large(text string) block {
	s, _ := c.fit(c.styles.large, c.styles.title.size, c.width, text)
	lines := c.lines(s, c.width, text)
	return block{len(lines) * s.leading(), func(p *page, y int) {
		for i, line := range lines {
			x := c.left + max(0, c.width-c.measure(s, line))/2
			c.write(p, s, x, y+i*s.leading(), color.Black, line)
		}
	}}
}

// pairs sets labels in one column and texts in another. A label that is too long for
// its column stands above its text.
func (c *composer) pairs(lines []Line) (out []block) {
	const gap = 16
	column := 0
	for _, l := range lines {
		if w := c.measure(c.styles.label, c.clean(l.Label)); w <= c.width*2/5 {
			column = max(column, w+gap)
		}
	}
	label := c.styles.label
	out = append(out, space(4))
	for _, l := range lines {
		name, value := c.clean(l.Label), c.clean(l.Text)
		if c.measure(label, name) > c.width*2/5 {
			const indent = 24
			out = append(out, space(2), c.text(label, name), c.textAt(c.styles.text, indent, value), space(4))
			continue
		}
		text, fits := c.fit(c.styles.text, c.styles.small.size, c.width-column, value)
		if !fits {
			text = c.styles.text
		}
		b := c.textAt(text, column, value)
		below := text.baseline() - label.baseline()
		out = append(out, space(2), block{b.height, func(p *page, y int) {
			c.write(p, label, c.left, y+max(0, below), color.Black, name)
			b.draw(p, y+max(0, -below))
		}}, space(2))
	}
	return append(out, space(4))
}

// blank is a label and lines to write on by hand, 9 mm apart.
func (c *composer) blank(l Line) []block {
	const apart, thick, most = 72, 2, 30
	rows := min(max(l.Rows, 1), most)
	out := []block{space(6)}
	if label := c.clean(l.Label); label != "" {
		out = append(out, c.text(c.styles.label, label))
	}
	return append(out, block{rows * apart, func(p *page, y int) {
		for i := range rows {
			bottom := y + (i+1)*apart
			p.fill(image.Rect(c.left, bottom-thick, c.left+c.width, bottom), color.Black)
		}
	}}, space(10))
}

// callNo draws a call number as it stands on the label of a book: a row for each of
// its parts.
func (c *composer) callNo(text string) block {
	const padding, line, smallest = 24, 3, 26
	type row struct {
		style style
		lines []string
	}
	var rows []row
	inner, height := 0, line
	for part := range strings.SplitSeq(text, "/") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		room := c.width - 2*padding
		s, _ := c.fit(c.styles.callNo, smallest, room, part)
		r := row{s, c.lines(s, room, part)}
		for _, l := range r.lines {
			inner = max(inner, c.measure(s, l))
		}
		height += len(r.lines)*s.leading() + 8 + line
		rows = append(rows, r)
	}
	if rows == nil {
		return block{}
	}
	width := min(max(inner+2*padding, c.width/2), c.width)
	return block{height, func(p *page, y int) {
		box := image.Rect(0, y, width, y+height).Add(image.Pt(c.left+(c.width-width)/2, 0))
		p.outline(box, line)
		y += line
		for i, r := range rows {
			if i > 0 {
				p.fill(image.Rect(box.Min.X, y-line, box.Max.X, y), color.Black)
			}
			y += 4
			for _, l := range r.lines {
				c.write(p, r.style, box.Min.X+(width-c.measure(r.style, l))/2, y, color.Black, l)
				y += r.style.leading()
			}
			y += 4 + line
		}
	}}
}
