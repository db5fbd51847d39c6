package screen

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// detail is everything about one bib: what it is, where its copies stand, and what
// stands beside it.
func detail(v *visit) content {
	body, foot := newSlot(), newSlot()
	cat := v.app.cfg.Catalogue
	into(v, body, func(ctx context.Context) (found, error) {
		r, err := cat.Record(ctx, v.route.Bib)
		if err != nil {
			return found{}, err
		}
		vols, err := cat.Volumes(ctx, v.route.Bib, library.Query{}, 0, 0)
		return found{r, vols.Count}, err
	}, func(f found) fyne.CanvasObject {
		d := &detailScreen{visit: v, record: f.record, foot: foot, volumes: f.volumes}
		d.sortCopies()
		d.askLive(body)
		return d.body()
	})
	return content{title: v.t("detail.title"), body: body, footer: []fyne.CanvasObject{foot}}
}

type found struct {
	record  library.Record
	volumes int
}

type detailScreen struct {
	*visit
	record  library.Record
	volumes int
	foot    *fyne.Container
}

// askLive asks the central server where the copies are now and shows its answer.
// The terminal's own knowledge stands until then, and when there is none.
func (d *detailScreen) askLive(body *fyne.Container) {
	cat := d.app.cfg.Catalogue
	load(d.visit, nil, func(ctx context.Context) ([]library.Availability, error) {
		return cat.Live(ctx, d.record.Bib.ID)
	}, func(live []library.Availability, err error) {
		if err != nil {
			return
		}
		if d.update(live) {
			d.sortCopies()
			put(body, d.body())
		}
	})
}

// update takes over what the server said and reports whether it changed anything.
func (d *detailScreen) update(live []library.Availability) bool {
	changed := false
	for i, it := range d.record.Items {
		for _, a := range live {
			if a.ItemID == it.ID && (a.State != it.State || a.DueOn != it.DueOn) {
				d.record.Items[i].State, d.record.Items[i].DueOn = a.State, a.DueOn
				changed = true
			}
		}
	}
	return changed
}

// sortCopies puts this branch first, then what stands on a shelf, then the order
// of the branches.
func (d *detailScreen) sortCopies() {
	order := map[library.BranchCode]int{}
	for i, b := range d.branchesNearFirst() {
		order[b.Code] = i
	}
	rank := func(it library.Item) int {
		n := order[it.Branch]
		if it.Branch != d.branch() {
			n += 1000
			if it.State != library.OnShelf {
				n += 1000
			}
		}
		return n
	}
	slices.SortStableFunc(d.record.Items, func(a, b library.Item) int { return rank(a) - rank(b) })
}

func (d *detailScreen) body() fyne.CanvasObject {
	size := d.bodySize()
	links, actions := d.links(), d.actions()
	if d.portrait() {
		about, beside := d.about(5), widget.Columns(theme.Gap, nil, links...)
		room := size.Height - 4*theme.GapWide
		for _, o := range []fyne.CanvasObject{about, actions, beside} {
			room -= widget.HeightFor(o, size.Width)
		}
		here := d.here(size.Width, room-d.copiesHeight(fewCopies, size.Width))
		room -= widget.HeightFor(here, size.Width)
		return widget.Column(theme.GapWide, about, here, widget.Fill(d.copies(size.Width, room)), actions, beside)
	}
	put(d.foot, widget.Row(theme.Gap, links...))
	const share = 1.25
	left := (size.Width - theme.GapSection) * share / (share + 1)
	right := size.Width - theme.GapSection - left
	room := size.Height - widget.HeightFor(actions, right) - theme.GapWide
	here := d.here(right, room)
	rest := room - widget.HeightFor(here, right) - theme.GapWide
	more := d.more(8)
	about := d.about(0)
	if widget.HeightFor(more, right) > rest {
		// Beside a map there is no room for it: it goes where the record is.
		more = widget.Space()
		for lines := 5; lines > 0; lines-- {
			longer := d.about(lines)
			if widget.HeightFor(longer, left)+theme.GapWide+d.copiesHeight(fewCopies, left) <= size.Height {
				about = longer
				break
			}
		}
	}
	roomForCopies := size.Height - widget.HeightFor(about, left) - theme.GapWide
	return widget.Columns(theme.GapSection, []float32{share, 1},
		widget.Column(theme.GapWide, about, widget.Fill(d.copies(left, roomForCopies))),
		widget.Column(theme.GapWide, here, actions, more),
	)
}

// fewCopies are shown at least, whatever else there is to say.
const fewCopies = 3

// about is the record itself, with so many lines of what it is about.
func (d *detailScreen) about(description int) fyne.CanvasObject {
	b, k := d.record.Bib, d.kit
	title := b.Title
	if b.Volume != "" {
		title += " " + b.Volume
	}
	lines := widget.Column(4, k.Display(title).Lines(2))
	text := func(s string) {
		if s != "" {
			lines.Add(k.Text(s).Lines(2))
		}
	}
	second := func(s string) {
		if s != "" {
			lines.Add(k.Second(s).Lines(2))
		}
	}
	text(b.Subtitle)
	text(creatorsWithRoles(b.Creators))
	published := []string{b.Publisher}
	if b.Year != 0 {
		published = append(published, d.t("record.year", strconv.Itoa(b.Year)))
	}
	published = append(published, b.Extent)
	text(joined("　", published...))

	var where []string
	for _, s := range b.Series {
		where = append(where, d.t("detail.series", joined(" ", s.Title, s.Volume)))
	}
	for _, n := range b.NDC {
		where = append(where, d.t("detail.ndc", d.ndcLabel(n)))
	}
	second(joined("　", where...))
	if len(b.ISBNs) > 0 {
		second("ISBN " + strings.Join(b.ISBNs, "、"))
	}
	if description > 0 {
		second(d.subjects())
		if b.Description != "" {
			lines.Add(k.Second(b.Description).Lines(description))
		}
	}
	return lines
}

func (d *detailScreen) subjects() string {
	var terms []string
	for _, s := range d.record.Bib.Subjects {
		terms = append(terms, s.Term)
	}
	if len(terms) == 0 {
		return ""
	}
	return d.t("detail.subjects", strings.Join(terms, "・"))
}

// more is what the right column says below the shelf, where there is room.
func (d *detailScreen) more(description int) *fyne.Container {
	lines := widget.Column(theme.GapTight)
	if s := d.subjects(); s != "" {
		lines.Add(d.kit.Second(s).Lines(3))
	}
	if s := d.record.Bib.Description; s != "" {
		lines.Add(d.kit.Second(s).Lines(description))
	}
	return lines
}

func creatorsWithRoles(all []library.Creator) string {
	var names []string
	for _, c := range all {
		names = append(names, joined(" ", c.Name, c.Role))
	}
	return strings.Join(names, "、")
}

// actions are what can be done with the bib: the hold cart, or why it is out of reach,
// and what can be printed.
func (d *detailScreen) actions() fyne.CanvasObject {
	k := d.kit
	actions := widget.Column(theme.Gap)
	code := library.CodeOf(library.Holdable(d.record.Items))
	if code == "" && !d.can(library.AbilityHold) {
		code = library.ErrNotOffered.Code
	}
	switch {
	case code == library.ErrNoCopies.Code: // the shelf says so already
		if b, ok := d.printButton("request.print", widget.Filled, d.requestSlip); ok {
			actions.Add(b)
		}
	case code != "" && d.lost():
		actions.Add(k.Second(d.t("detail.no_hold.missing")).Lines(3))
	case code != "":
		actions.Add(k.Second(d.worded("detail.no_hold."+code, "refusal."+code)).Lines(2))
	case d.inCart(d.record.Bib.ID):
		actions.Add(k.Second("✓ " + d.t("detail.in_cart")).In(d.look().Good))
		actions.Add(k.Button(d.t("detail.see_cart"), widget.Outlined, d.open(Route{Page: PageCart})))
	default:
		actions.Add(k.Button(d.t("detail.to_cart"), widget.Filled, func() { d.addToCart(d.record.Bib) }))
	}
	if own := d.ownCopy(); own != nil && own.State == library.OnShelf && own.Shelf != "" {
		if b, ok := d.printButton("detail.print_shelf", widget.Outlined, func() slip.Slip { return d.shelfSlip(*own) }); ok {
			actions.Add(b)
		}
	}
	if it, ok := d.scannedLoan(); ok && d.app.away() && d.can(library.AbilityRenew) {
		actions.Add(d.renewal(it))
	}
	return actions
}

// lost reports whether the copies that the library lends are not to be found.
func (d *detailScreen) lost() bool {
	return slices.ContainsFunc(d.record.Items, func(it library.Item) bool { return it.Lendable && it.State == library.Missing })
}

// copies is the table of copies, page by page, and how many there are.
func (d *detailScreen) copies(width, room float32) fyne.CanvasObject {
	items := d.record.Items
	if len(items) == 0 {
		return widget.Space()
	}
	high, tall := d.copyHeight(width)
	fit := func(below float32) int { return max(1, int((room-below-theme.Gap)/(high+theme.Border))) }
	total := d.kit.Second(d.total())
	var below fyne.CanvasObject = total
	per := fit(total.MinSize().Height)
	if len(items) > per {
		per = fit(d.buttonHeight())
		next := d.route
		if next.Offset += per; next.Offset >= len(items) {
			next.Offset = 0
		}
		below = widget.Row(theme.Gap, widget.Fill(total), d.kit.Button("▼ "+d.t("detail.more_copies"), widget.Plain, d.replace(next)))
	}
	first := min(d.route.Offset, len(items)-1)
	var rows []fyne.CanvasObject
	for _, it := range items[first:min(first+per, len(items))] {
		rows = append(rows, widget.Sized(0, high, widget.Middle(d.copyRow(it, tall))))
	}
	return widget.Column(theme.Gap, d.rows(rows), below)
}

// copyHeight is the height of a copy's row, and whether it has two lines.
func (d *detailScreen) copyHeight(width float32) (high float32, tall bool) {
	high = d.look().Text*theme.RunningLine + 32
	if tall = d.copiesNeed() > width; tall {
		high += d.look().Second * theme.RunningLine
	}
	return high, tall
}

// copiesHeight is what the table needs for n copies, or for all where they are fewer.
func (d *detailScreen) copiesHeight(n int, width float32) float32 {
	if n = min(n, len(d.record.Items)); n == 0 {
		return 0
	}
	high, _ := d.copyHeight(width)
	return float32(n)*(high+theme.Border) + theme.Border + theme.Gap + d.buttonHeight()
}

// copyRow is a copy in one line, or in two where one would cut it.
func (d *detailScreen) copyRow(it library.Item, tall bool) fyne.CanvasObject {
	k := d.kit
	name, place := d.copyWords(it)
	label, tone := d.itemState(it)
	branch, tag := k.Text(name).Weight(true).Lines(1), k.Tag(label, tone)
	if tall {
		return widget.Column(0, widget.Row(theme.Gap, widget.Fill(branch), tag), k.Second(place).Lines(1))
	}
	return widget.Row(theme.Gap, widget.Fixed(d.branchColumn(), branch), widget.Fill(k.Text(place).Lines(1)), tag)
}

// copyWords are the branch and the place of a copy.
func (d *detailScreen) copyWords(it library.Item) (branch, place string) {
	return d.branchOf(it.Branch), joined(" ", it.Shelf, strings.ReplaceAll(it.CallNumber, "/", "／"))
}

// copiesNeed is how wide the table must be for one line a copy.
func (d *detailScreen) copiesNeed() (width float32) {
	for _, it := range d.record.Items {
		_, place := d.copyWords(it)
		label, tone := d.itemState(it)
		width = max(width, d.kit.Text(place).MinSize().Width+d.kit.Tag(label, tone).MinSize().Width)
	}
	return width + d.branchColumn() + 2*theme.Gap
}

// branchColumn is as wide as the widest branch among the copies.
func (d *detailScreen) branchColumn() (width float32) {
	for _, it := range d.record.Items {
		name, _ := d.copyWords(it)
		width = max(width, d.kit.Text(name).Weight(true).MinSize().Width)
	}
	return width
}

// itemState words where a copy is now.
func (v *visit) itemState(it library.Item) (string, widget.Tone) {
	switch it.State {
	case library.OnShelf:
		if !it.Lendable {
			return v.t("item.reference"), widget.Info
		}
		return v.t("item.on_shelf"), widget.Good
	case library.OnLoan:
		switch today := library.DateOf(v.now()); {
		case it.DueOn.IsZero():
		case it.DueOn.Before(today):
			return v.t("item.on_loan_late"), widget.Neutral
		default:
			return v.t("item.on_loan_until", v.shortDay(it.DueOn)), widget.Neutral
		}
	}
	return v.t("item." + string(it.State)), widget.Neutral
}

// total sums the copies up: how many, at how many branches.
func (d *detailScreen) total() string {
	branches := map[library.BranchCode]bool{}
	for _, it := range d.record.Items {
		branches[it.Branch] = true
	}
	return d.t("detail.total", len(branches), len(d.record.Items))
}

// links lead to what stands beside this bib.
func (d *detailScreen) links() []fyne.CanvasObject {
	b := d.record.Bib
	var buttons []fyne.CanvasObject
	add := func(key string, r Route) {
		buttons = append(buttons, d.kit.Button(d.t(key), widget.Plain, d.open(r)))
	}
	if d.volumes > 1 {
		key := "detail.volumes"
		if b.Volume == "" { // they are other works
			key = "detail.same_series"
		}
		add(key, Route{Page: PageVolumes, Bib: b.ID, Offset: whereBibIs, Marked: true})
	}
	if len(b.Creators) > 0 {
		name := b.Creators[0].Name
		add("detail.same_creator", Route{Page: PageResults, Query: library.Query{Creator: name, Order: library.ByWork}, Heading: name})
	}
	if len(b.NDC) > 0 {
		add("detail.same_ndc", Route{Page: PageResults, Query: library.Query{NDC: b.NDC[0]}, Heading: d.ndcLabel(b.NDC[0])})
	}
	return buttons
}
