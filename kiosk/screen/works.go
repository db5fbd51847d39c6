package screen

import (
	"strconv"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"golang.org/x/text/unicode/norm"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// workRow is a work of many volumes in one row. A touch opens the volume that was asked
// for, with where it is, or else all volumes, as the button at the end does. Where the
// title would have too little room beside all that, the tag goes below it.
func (v *visit) workRow(r library.Row, q library.Query, width float32) fyne.CanvasObject {
	b := r.Bib
	all := Route{Page: PageVolumes, Bib: b.ID, Query: filtersOf(q), Offset: whereBibIs, Marked: r.Asked}
	work, volume := b.Work()
	name, to := work, all
	if r.Asked {
		name, to = name+" "+volume, Route{Page: PageDetail, Bib: b.ID}
	}
	button := v.kit.Button(v.seeVolumes(b, r.Volumes, q), widget.Plain, v.open(all))
	title, about := v.kit.Strong(work).Lines(1), v.kit.Second(v.workLine(r, q)).Lines(1)

	beside := widget.Row(theme.Gap)
	if r.Asked {
		beside.Add(v.kit.Strong(v.volumeName(b, volume)).In(v.look().Action))
	}
	text := fyne.CanvasObject(widget.Row(theme.Gap, widget.Fill(widget.Column(2, title, about)), beside))
	if r.Asked {
		where := v.whereaboutsTag(r.Record)
		if left := width - button.MinSize().Width - beside.MinSize().Width - where.MinSize().Width - 3*theme.Gap; left > titleShare*(width-button.MinSize().Width) {
			beside.Add(where)
		} else {
			text = widget.Column(2, widget.Row(theme.Gap, widget.Fill(title), beside), widget.Row(theme.Gap, where, widget.Fill(about)))
		}
	}
	row := v.kit.Tile(name, widget.Bare, widget.Sized(0, v.rowHeight(), widget.Middle(text)), v.open(to))
	return widget.Row(theme.Gap, widget.Fill(row), button)
}

// workLine is the second line of a work: who made it, and how many volumes it has.
func (v *visit) workLine(r library.Row, q library.Query) string {
	return joined("／", v.kindWord(r.Bib), creators(r.Bib.Creators, 2), r.Bib.Publisher, v.volumeCount(r.Bib, r.Volumes, q))
}

// volumeCount words how many volumes there are, or how many of them the filters leave.
func (v *visit) volumeCount(b library.Bib, n int, filters library.Query) string {
	if filtersOf(filters).IsZero() {
		return v.t("volumes.all."+unit(b), grouped(n))
	}
	return v.t("volumes.left."+unit(b), grouped(n))
}

// seeVolumes names the way to the volumes.
func (v *visit) seeVolumes(b library.Bib, n int, filters library.Query) string {
	if filtersOf(filters).IsZero() {
		return v.t("volumes.see_all." + unit(b))
	}
	return v.t("volumes.see."+unit(b), grouped(n))
}

// unit is what the parts of a work are called: volumes, or issues.
func unit(b library.Bib) string {
	if b.Kind == library.Magazine || b.Kind == library.Newspaper {
		return "issue"
	}
	return "volume"
}

// volumeName words the designation of a volume. One that is no more than a number is told
// as one; any other stands as it is catalogued.
func (v *visit) volumeName(b library.Bib, volume string) string {
	number := strings.Trim(norm.NFKC.String(volume), "第巻() ")
	if number == "" || strings.ContainsFunc(number, func(r rune) bool { return !unicode.IsDigit(r) }) {
		return volume
	}
	if n, err := strconv.Atoi(number); err == nil {
		number = strconv.Itoa(n)
	}
	return v.t("volumes.number."+unit(b), number)
}
