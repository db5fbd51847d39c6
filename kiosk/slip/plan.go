package slip

import (
	"image"
	"image/color"
	"math"
	"unicode"

	"madoguchi/kiosk/linebreak"
	"madoguchi/library"
)

// The parts of a floor plan, in dots.
const (
	planWall   = 3  // thickness of the walls
	planInset  = 8  // what stays white inside them
	planMinMap = 40 // the least height of the floor
	shelfLine  = 2
	shelfMin   = 6 // the least side of a shelf
	markedMin  = 14
	hereRadius = 9
	planGap    = 6 // between a thing and its name
	planLabel  = 28
	planLeast  = 18
)

// plan draws a floor plan: the marked shelf black with its name, the others as
// outlines with their names where these fit, and a dot where the terminal is. A name
// that finds no room on the floor stands below it.
func (c *composer) plan(l Line) []block {
	out := []block{space(8)}
	if floor := c.clean(l.Plan.Floor); floor != "" {
		out = append(out, c.text(c.styles.strong, floor), space(4))
	}
	f := c.floor(l)
	if f != nil {
		out = append(out, block{f.size.Y, func(p *page, y int) { c.drawFloor(p, f, y) }})
	}
	for _, text := range c.legend(l, f) {
		out = append(out, space(4), c.text(c.styles.text, text))
	}
	return append(out, space(10))
}

// floor is a plan in dots, from its own upper left corner.
type floor struct {
	size    image.Point
	at      int // from the left of the content
	shelves []planShelf
	here    *image.Point
	labels  []planLabelAt

	namedMarked, namedHere bool
}

type planShelf struct {
	image.Rectangle
	name   string
	marked bool
}

// planLabelAt is a name on the floor, in rows.
type planLabelAt struct {
	image.Rectangle
	style style
	rows  []string
	ink   color.Color
}

// legend is what stands below the floor.
func (c *composer) legend(l Line, f *floor) (out []string) {
	shelf, here := c.clean(l.Shelf), c.clean(l.Here)
	marked := f != nil && f.marked()
	switch {
	case shelf == "" || f != nil && f.namedMarked:
	case marked:
		out = append(out, "■ "+shelf)
	default:
		out = append(out, shelf)
	}
	if here != "" && f != nil && f.here != nil && !f.namedHere {
		out = append(out, "● "+here)
	}
	return out
}

func (f *floor) marked() bool {
	for _, s := range f.shelves {
		if s.marked {
			return true
		}
	}
	return false
}

// floor scales a plan to the width; nil is a plan without anything on it.
func (c *composer) floor(l Line) *floor {
	e := extentOf(l.Plan)
	if e.width() <= 0 || e.height() <= 0 {
		return nil
	}
	const edge = 2 * (planWall + planInset)
	room := c.width - edge
	k := min(float64(room)/e.width(), float64(room)*1.4/e.height())
	inner := image.Pt(max(int(e.width()*k), planMinMap), max(int(e.height()*k), planMinMap))
	f := &floor{size: inner.Add(image.Pt(edge, edge))}
	f.at = (c.width - f.size.X) / 2
	inside := image.Rectangle{Max: f.size}.Inset(planWall + planInset)

	x := func(v float64) int { return inside.Min.X + int(math.Round((v-e.left)*k)) }
	y := func(v float64) int { return inside.Min.Y + int(math.Round((v-e.top)*k)) }
	for _, s := range l.Plan.Shelves {
		if s.Width <= 0 || s.Height <= 0 {
			continue
		}
		shelf := planShelf{name: c.clean(s.Name), marked: s.Name == l.Shelf && l.Shelf != ""}
		least := shelfMin
		if shelf.marked {
			least = markedMin
		}
		shelf.Rectangle = within(inside, atLeast(least, image.Rect(
			x(float64(s.X)), y(float64(s.Y)),
			x(float64(s.X)+float64(s.Width)), y(float64(s.Y)+float64(s.Height)))))
		f.shelves = append(f.shelves, shelf)
	}
	if h := l.Plan.Here; h != nil {
		at := image.Pt(x(float64(h.X)), y(float64(h.Y)))
		r := within(inside, image.Rectangle{at, at}.Inset(-hereRadius-2))
		at = r.Min.Add(r.Max).Div(2)
		f.here = &at
	}
	c.name(f, c.clean(l.Here))
	return f
}

// extent is the part of the plane that is drawn.
type extent struct{ left, top, right, bottom float64 }

func (e extent) width() float64  { return e.right - e.left }
func (e extent) height() float64 { return e.bottom - e.top }

// extentOf holds the floor and, where a plan is drawn wrongly, what stands outside.
func extentOf(p library.FloorPlan) extent {
	e := extent{right: float64(max(p.Width, 0)), bottom: float64(max(p.Height, 0))}
	add := func(x, y float64) {
		e.left, e.right = min(e.left, x), max(e.right, x)
		e.top, e.bottom = min(e.top, y), max(e.bottom, y)
	}
	for _, s := range p.Shelves {
		if s.Width > 0 && s.Height > 0 {
			add(float64(s.X), float64(s.Y))
			add(float64(s.X)+float64(s.Width), float64(s.Y)+float64(s.Height))
		}
	}
	if p.Here != nil && (len(p.Shelves) > 0 || p.Width > 0 && p.Height > 0) {
		add(float64(p.Here.X), float64(p.Here.Y))
	}
	return e
}

// atLeast widens a rectangle whose sides are shorter than least, about its middle.
func atLeast(least int, r image.Rectangle) image.Rectangle {
	if d := least - r.Dx(); d > 0 {
		r.Min.X -= d / 2
		r.Max.X = r.Min.X + least
	}
	if d := least - r.Dy(); d > 0 {
		r.Min.Y -= d / 2
		r.Max.Y = r.Min.Y + least
	}
	return r
}

// within moves a rectangle into another that is large enough for it.
func within(outer, r image.Rectangle) image.Rectangle {
	r = r.Add(image.Pt(max(0, outer.Min.X-r.Min.X), max(0, outer.Min.Y-r.Min.Y)))
	return r.Add(image.Pt(min(0, outer.Max.X-r.Max.X), min(0, outer.Max.Y-r.Max.Y))).Intersect(outer)
}

// name finds places for the names: of what is looked for, of the terminal, and then
// of the other shelves, so that no name lies on another or on a foreign shelf.
func (c *composer) name(f *floor, here string) {
	var dot image.Rectangle
	if f.here != nil {
		dot = image.Rectangle{*f.here, *f.here}.Inset(-hereRadius - 2)
	}
	for i, s := range f.shelves {
		if label, ok := c.inside(s.Rectangle, style{true, planLabel}, s.name); s.marked && ok && f.free(label.Rectangle, i, dot) {
			label.ink = color.White
			f.labels = append(f.labels, label)
			f.namedMarked = true
		}
	}
	for _, s := range f.shelves {
		if s.marked && !f.namedMarked {
			f.namedMarked = c.beside(f, s.Rectangle, style{true, planLabel}, s.name, dot)
		}
	}
	if f.here != nil && here != "" {
		f.namedHere = c.beside(f, dot, style{true, c.styles.small.size}, here, image.Rectangle{})
	}
	for i, s := range f.shelves {
		if s.marked {
			continue
		}
		if label, ok := c.inside(s.Rectangle, style{false, c.styles.small.size}, s.name); ok && f.free(label.Rectangle, i, dot) {
			f.labels = append(f.labels, label)
		}
	}
}

// free says whether a name in r lies on no other name, on no shelf but the one it
// belongs to (-1 for none), and not on the dot.
func (f *floor) free(r image.Rectangle, own int, dot image.Rectangle) bool {
	if r.Overlaps(dot) {
		return false
	}
	for i, s := range f.shelves {
		if i != own && r.Overlaps(s.Rectangle) {
			return false
		}
	}
	for _, l := range f.labels {
		if r.Overlaps(l.Rectangle) {
			return false
		}
	}
	return true
}

// inside sets a name into a shelf: on one row, or downwards where that is larger.
func (c *composer) inside(shelf image.Rectangle, largest style, name string) (planLabelAt, bool) {
	if name == "" {
		return planLabelAt{}, false
	}
	room := shelf.Inset(shelfLine + 2)
	for s := largest; s.size >= planLeast; s.size -= 2 {
		for _, rows := range [][]string{{name}, downwards(name)} {
			if label := c.label(s, rows); rows != nil && label.Dx() <= room.Dx() && label.Dy() <= room.Dy() {
				middle := room.Min.Add(image.Pt((room.Dx()-label.Dx())/2, (room.Dy()-label.Dy())/2))
				label.Rectangle = label.Add(middle)
				return label, true
			}
		}
	}
	return planLabelAt{}, false
}

// beside sets a name next to a thing where nothing else is, and says whether it could.
func (c *composer) beside(f *floor, thing image.Rectangle, largest style, name string, dot image.Rectangle) bool {
	if name == "" {
		return false
	}
	floor := image.Rectangle{Max: f.size}.Inset(planWall + 4)
	for s := largest; s.size >= planLeast; s.size -= 2 {
		label := c.label(s, []string{name})
		w, h := label.Dx(), label.Dy()
		middle := thing.Min.Add(thing.Max).Div(2)
		for _, at := range []image.Point{
			{thing.Max.X + planGap, middle.Y - h/2},
			{thing.Min.X - planGap - w, middle.Y - h/2},
			{middle.X - w/2, thing.Max.Y + planGap},
			{middle.X - w/2, thing.Min.Y - planGap - h},
		} {
			if at.Y >= thing.Max.Y || at.Y+h <= thing.Min.Y {
				at.X = min(max(at.X, floor.Min.X), floor.Max.X-w)
			}
			if r := label.Add(at); r.In(floor) && f.free(r, -1, dot) {
				label.Rectangle = r
				f.labels = append(f.labels, label)
				return true
			}
		}
	}
	return false
}

// label is a name at the origin, in a box as large as it needs.
func (c *composer) label(s style, rows []string) planLabelAt {
	w := 0
	for _, row := range rows {
		w = max(w, c.measure(s, row))
	}
	h := 0
	if len(rows) > 0 {
		h = (len(rows)-1)*planStep(s) + s.size*11/10
	}
	return planLabelAt{Rectangle: image.Rect(0, 0, w, h), style: s, rows: rows, ink: color.Black}
}

// planStep is the distance of two rows of a name that runs downwards.
func planStep(s style) int { return s.size * 21 / 20 }

// downwards parts a name into the rows of vertical writing; numbers and Latin words
// stay upright in one row. It is nil where that would be wrong: "ー" lies then.
func downwards(name string) (rows []string) {
	joined := false
	for _, r := range name {
		upright := unicode.IsLetter(r) || unicode.IsDigit(r)
		switch {
		case r == 'ー' || !upright:
			return nil
		case linebreak.IsWide(r):
			rows, joined = append(rows, string(r)), false
		case joined:
			rows[len(rows)-1] += string(r)
		default:
			rows, joined = append(rows, string(r)), true
		}
	}
	return rows
}

func (c *composer) drawFloor(p *page, f *floor, y int) {
	origin := image.Pt(c.left+f.at, y)
	p.outline(image.Rectangle{Max: f.size}.Add(origin), planWall)
	for _, s := range f.shelves {
		if !s.marked {
			p.outline(s.Add(origin), shelfLine)
		}
	}
	for _, s := range f.shelves {
		if s.marked {
			p.fill(s.Add(origin), color.Black)
		}
	}
	if f.here != nil {
		at := f.here.Add(origin)
		p.disc(at, hereRadius+2, color.White)
		p.disc(at, hereRadius, color.Black)
		p.disc(at, hereRadius/3, color.White)
	}
	for _, l := range f.labels {
		at := l.Min.Add(origin)
		for i, row := range l.rows {
			x := at.X + (l.Dx()-c.measure(l.style, row))/2
			c.write(p, l.style, x, at.Y+i*planStep(l.style)-(l.style.leading()-l.style.size*11/10)/2, l.ink, row)
		}
	}
}
