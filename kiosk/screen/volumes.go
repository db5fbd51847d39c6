package screen

import (
	"context"
	"slices"
	"unicode"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// whereBibIs as an offset is the page on which the bib of the route is.
const whereBibIs = -1

// volumesScreen are the volumes of a work or series, in order: those that the filters leave.
type volumesScreen struct {
	*visit
	content content
	foot    *fyne.Container
	per     int
}

// volumesFound is one page of them.
type volumesFound struct {
	library.Volumes
	self    library.Bib
	missing bool // what the route marks is not among them
}

func volumes(v *visit) content {
	s := &volumesScreen{visit: v, foot: newSlot()}
	list := newSlot()
	body := widget.Column(theme.Gap, list)
	size := v.bodySize()
	size.Height -= v.actionHeight() + theme.Gap
	if head := s.head(); head != nil {
		size.Height -= widget.HeightFor(head, size.Width) + theme.Gap
		body = widget.Column(theme.Gap, head, list)
	}
	s.per = v.rowsFor(size.Height)
	s.content = content{
		title: v.t("detail.volumes_title"), body: body, footer: []fyne.CanvasObject{s.foot}, spread: true,
		typed: func(r rune) { // whoever types a number looks for it
			if unicode.IsDigit(r) {
				s.toNumber(string(r))
			}
		},
	}
	into(v, list, s.find, s.show)
	return s.content
}

// head says which filters are in force, and takes them away; nil where there are none.
func (s *volumesScreen) head() fyne.CanvasObject {
	filters := s.filterWords(s.route.Query)
	if len(filters) == 0 {
		return nil
	}
	all := s.route
	all.Query, all.Offset = library.Query{}, whereBibIs
	text := widget.Column(2, s.kit.Text(s.t("volumes.filters", joined("・", filters...))).Lines(2))
	return s.headed(text, nil, s.kit.Button(s.t("filter.none"), widget.Outlined, s.replace(all)))
}

func (s *volumesScreen) toNumber(typed string) {
	s.app.open(Route{Page: PageVolumeNumber, Bib: s.route.Bib, Query: s.route.Query, Field: typed})
}

func (s *volumesScreen) find(ctx context.Context) (f volumesFound, err error) {
	cat, r := s.app.cfg.Catalogue, s.route
	self, err := cat.Record(ctx, r.Bib)
	if err != nil {
		return f, err
	}
	f.self = self.Bib
	offset := r.Offset
	if offset > 0 {
		offset -= offset % s.per
	}
	f.Volumes, err = cat.Volumes(ctx, r.Bib, r.Query, offset, s.per)
	if last := f.Count - 1; err == nil && len(f.Records) == 0 && last >= 0 {
		f.Volumes, err = cat.Volumes(ctx, r.Bib, r.Query, last-last%s.per, s.per)
	}
	if err != nil || r.Volume == "" || f.Count == 0 {
		return f, err
	}
	at, err := cat.VolumeOffset(ctx, r.Bib, r.Query, r.Volume)
	if err != nil {
		return f, err
	}
	there, err := cat.Volumes(ctx, r.Bib, r.Query, at, 1)
	f.missing = len(there.Records) == 0 || !s.marked(f, there.Records[0].Bib)
	return f, err
}

// marked reports whether a volume is the one that was looked for.
func (s *volumesScreen) marked(f volumesFound, b library.Bib) bool {
	if s.route.Volume != "" {
		return library.VolumeKey(f.volume(b)) == library.VolumeKey(s.route.Volume)
	}
	return s.route.Marked && b.ID == s.route.Bib
}

// series returns what the volumes are of, and the volume of a bib of it, where they are of
// a series: its volumes have titles of their own.
func (f volumesFound) series(b library.Bib) (title, volume string, ok bool) {
	work, _ := f.self.Work()
	if !slices.ContainsFunc(f.Records, func(r library.Record) bool { title, _ := r.Bib.Work(); return title != work }) {
		return "", "", false
	}
	for _, of := range b.Series {
		if of.Volume != "" {
			return of.Title, of.Volume, true
		}
	}
	return "", "", false
}

// volume is the designation by which a bib stands among the others.
func (f volumesFound) volume(b library.Bib) string {
	if _, volume, ok := f.series(b); ok {
		return volume
	}
	_, volume := b.Work()
	if volume == "" && len(b.Series) > 0 {
		return b.Series[0].Volume
	}
	return volume
}

// work is what the volumes are of.
func (f volumesFound) work() string {
	if title, _, ok := f.series(f.self); ok {
		return title
	}
	title, _ := f.self.Work()
	return title
}

func (s *volumesScreen) show(f volumesFound) fyne.CanvasObject {
	r := s.route
	r.Offset = f.Offset
	s.keep(r)
	s.entitle(f)
	if f.Count == 0 {
		return s.kit.Text(s.t("volumes.none"))
	}
	put(s.foot, s.pagerOf(s.per, f.Count, false, s.count(f)))

	column := float32(0)
	for _, r := range f.Records {
		column = max(column, s.volumeLabel(f, r.Bib).MinSize().Width)
	}
	column = min(column, s.bodySize().Width*0.35)
	rows := make([]fyne.CanvasObject, len(f.Records))
	for i, r := range f.Records {
		rows[i] = s.row(f, r, column)
	}
	return widget.Column(theme.Gap, widget.Fill(s.rows(rows)), widget.Sized(0, s.actionHeight(), widget.Middle(s.actions(f))))
}

// count words how many volumes there are. What the filters are is said above.
func (s *volumesScreen) count(f volumesFound) string {
	if filtersOf(s.route.Query).IsZero() {
		return s.t("volumes.all."+unit(f.self), grouped(f.Count))
	}
	return s.t("volumes.count."+unit(f.self), grouped(f.Count))
}

// entitle calls the screen by what the volumes are of, and offers the way to a number
// where there is more than one page.
func (s *volumesScreen) entitle(f volumesFound) {
	s.amend(&s.content, func(c *content) {
		c.title = f.work()
		if f.Count > s.per {
			c.actions = []fyne.CanvasObject{s.kit.Button(s.t("volumes.to_number."+unit(f.self)), widget.Plain, func() { s.toNumber("") })}
		}
	})
}

// volumeLabel is the number of a volume, with a sign at the one that is marked.
func (s *volumesScreen) volumeLabel(f volumesFound, b library.Bib) *widget.Text {
	name, ink := s.volumeName(b, f.volume(b)), s.look().Ink
	if s.marked(f, b) {
		name, ink = "▶ "+name, s.look().Action
	}
	return s.kit.Strong(name).Lines(1).DownTo(s.look().Second).In(ink)
}

// row is one volume: its number first, then what it is called, and where it is.
func (s *volumesScreen) row(f volumesFound, r library.Record, column float32) fyne.CanvasObject {
	b := r.Bib
	name := b.Subtitle
	work, _ := f.self.Work()
	if title, _ := b.Work(); title != work {
		name = joined("：", b.Title, b.Subtitle)
	}
	text := widget.Column(2)
	if name != "" {
		text.Add(s.kit.Strong(name).Lines(1).Weight(false))
	}
	about := widget.Row(theme.Gap)
	if s.inCart(b.ID) {
		about.Add(s.kit.Second("✓ " + s.t("volumes.in_cart")).In(s.look().Good))
	}
	about.Add(widget.Fill(s.kit.Second(s.byline(b)).Lines(1)))
	text.Add(about)
	tag, tone := s.whereabouts(library.WhereaboutsOf(r.Items, s.branch()))
	line := widget.Row(theme.GapWide, widget.Fixed(column, s.volumeLabel(f, b)), widget.Fill(text), s.kit.Tag(tag, tone))
	return s.kit.Tile(fullTitle(b), widget.Bare, widget.Sized(0, s.rowHeight(), widget.Middle(line)), s.open(Route{Page: PageDetail, Bib: b.ID}))
}
