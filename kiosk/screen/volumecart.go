package screen

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/session"
	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// together is what becomes of records that are put into a cart in one go.
type together struct {
	put     []library.Record // what goes in, in its order
	already []library.Record
	refused []library.Record // they have no copy that is lent
	over    []library.Record // there is no place left for them
	left    int              // places in the cart afterwards
}

// putTogether parts records by what a cart that may hold most takes of them. What can be
// held is for library.Holdable to say, as where one bib is put in.
func putTogether(records []library.Record, cart []session.CartLine, most int) together {
	t := together{left: max(0, most-len(cart))}
	for _, r := range records {
		switch {
		case slices.ContainsFunc(cart, func(l session.CartLine) bool { return l.Bib == r.Bib.ID }):
			t.already = append(t.already, r)
		case library.Holdable(r.Items) != nil:
			t.refused = append(t.refused, r)
		case t.left == 0:
			t.over = append(t.over, r)
		default:
			t.put = append(t.put, r)
			t.left--
		}
	}
	return t
}

// actionHeight is that of the line below the volumes.
func (v *visit) actionHeight() float32 {
	lines := float32(2)
	if v.portrait() {
		lines++ // for how many there are
	}
	return max(v.buttonHeight(), lines*v.look().Second*theme.RunningLine)
}

// actions put the volumes of the page into the cart, or say why that cannot be.
func (s *volumesScreen) actions(f volumesFound) fyne.CanvasObject {
	k := s.kit
	t := putTogether(f.Records, s.app.session.Cart(), s.policy().MaxHolds)
	text, button := "", fyne.CanvasObject(widget.Column(0))
	switch {
	case !s.can(library.AbilityHold):
	case len(t.put) > 0:
		text = s.t("volumes.places", t.left+len(t.put))
		button = k.Button(s.t("volumes.to_cart", s.pieces(f.self, len(t.put))), widget.Filled, func() { s.putIn(f, t) })
	case len(t.over) > 0:
		text = s.t("volumes.full", s.policy().MaxHolds)
		button = s.seeCart(widget.Outlined)
	case len(t.already) > 0:
		text = "✓ " + s.t("volumes.all_in")
		button = s.seeCart(widget.Outlined)
	default:
		text = s.t("volumes.none_lent")
	}
	if f.missing {
		text = s.t("volumes.near", s.route.Volume)
	}
	said := widget.Column(0)
	if s.portrait() {
		said.Add(k.Second(s.count(f)).Lines(1))
	}
	if text != "" {
		said.Add(k.Second(text).Lines(2))
	}
	return widget.Row(theme.GapWide, widget.Fill(said), button)
}

func (s *volumesScreen) seeCart(style widget.Style) fyne.CanvasObject {
	return s.kit.Button(s.t("detail.see_cart"), style, func() {
		s.app.closeDialog()
		s.app.open(Route{Page: PageCart})
	})
}

// putIn puts volumes into the cart and says what went in, what did not, and why.
func (s *volumesScreen) putIn(f volumesFound, t together) {
	lines := s.app.session.Cart()
	for _, r := range t.put {
		lines = append(lines, cartLine(r.Bib))
	}
	s.app.session.SetCart(lines)
	s.app.rebuild()

	names := func(records []library.Record) string {
		var all []string
		for _, r := range records {
			all = append(all, s.volumeName(r.Bib, f.volume(r.Bib)))
		}
		return strings.Join(all, s.t("volumes.and"))
	}
	about := widget.Column(theme.GapTight)
	say := func(text string) { about.Add(s.kit.Text(text).Lines(3)) }
	if n := len(t.already); n > 0 {
		say(s.t("volumes.put_already", s.pieces(f.self, n)))
	}
	if len(t.refused) > 0 {
		say(s.t("volumes.put_refused", names(t.refused)))
	}
	if len(t.over) > 0 {
		say(s.t("volumes.put_over", s.policy().MaxHolds, names(t.over)))
	}
	if t.left > 0 {
		say(s.t("volumes.places", t.left))
	}
	if len(t.put) > 1 && s.can(library.AbilityHoldSequence) {
		say(s.t("volumes.put_sequence"))
	}
	s.app.openDialog(widget.Column(theme.GapWide,
		s.kit.Title(s.t("volumes.put", s.pieces(f.self, len(t.put)))).Centered(),
		about,
		widget.Columns(theme.Gap, nil, s.kit.Button(s.t("volumes.go_on"), widget.Plain, s.app.closeDialog), s.seeCart(widget.Filled)),
	))
}

// pieces words a number of volumes as they are counted: books, or things of other kinds.
func (v *visit) pieces(b library.Bib, n int) string {
	switch b.Kind {
	case library.Book, library.Magazine, "":
		return v.t("volumes.pieces.book", n)
	}
	return v.t("volumes.pieces.other", n)
}
