package screen

import (
	"strconv"
	"strings"

	"madoguchi/kiosk/slip"
	"madoguchi/library"
)

// slip is a slip of paper with what every one of them says at its end: which library,
// and when it was printed. A slip never names its patron.
func (v *visit) slip(title string, lines ...slip.Line) slip.Slip {
	now := v.now()
	where := v.app.cfg.Site().Name
	if b, ok := v.app.cfg.Site().Branch(v.branch()); ok {
		where = joined("　", where, v.branchName(b))
	}
	return slip.Slip{Title: title, Lines: lines, Foot: []string{where, v.t("slip.printed", now.Year(), v.date(now), now.Format("15:04"))}}
}

// pairs are labels with what stands beside them; those without are left out.
func (v *visit) pairs(labelled ...[2]string) (lines []slip.Line) {
	for _, p := range labelled {
		if p[1] != "" {
			lines = append(lines, slip.Line{Kind: slip.Pair, Label: v.t(p[0]), Text: p[1]})
		}
	}
	return lines
}

// shelfSlip leads to a copy of this branch.
func (d *detailScreen) shelfSlip(it library.Item) slip.Slip {
	b := d.record.Bib
	lines := []slip.Line{{Kind: slip.Strong, Text: fullTitle(b)}}
	if len(b.Creators) > 0 {
		lines = append(lines, slip.Line{Text: creatorsWithRoles(b.Creators)})
	}
	branch, known := d.app.cfg.Site().Branch(it.Branch)
	if known {
		lines = append(lines, d.pairs([2]string{"slip.branch", d.branchName(branch)})...)
	}
	lines = append(lines, d.pairs([2]string{"slip.shelf_name", it.Shelf})...)
	if it.CallNumber != "" {
		lines = append(lines, slip.Line{Kind: slip.CallNo, Text: it.CallNumber}, slip.Line{Kind: slip.Small, Text: d.t("detail.label_about")})
	}
	if p, ok := branch.Locate(it.Shelf); ok {
		lines = append(lines, slip.Line{Kind: slip.Plan, Plan: p, Shelf: it.Shelf, Here: d.t("plan.here")})
	}
	return d.slip(d.t("slip.shelf"), lines...)
}

// requestSlip is リクエスト(予約)申込書 for the bib that is shown: what is known of it is
// printed, what only the patron knows is written by hand. Guide: 市内図書館で所蔵していない資料は、
// 図書館のカウンターに「リクエスト(予約)申込書」を提出してください.
func (d *detailScreen) requestSlip() slip.Slip {
	b := d.record.Bib
	year := ""
	if b.Year != 0 {
		year = strconv.Itoa(b.Year)
	}
	return d.requestForm(d.pairs(
		[2]string{"slip.title", fullTitle(b)},
		[2]string{"slip.creators", creators(b.Creators, 3)},
		[2]string{"slip.publisher", b.Publisher},
		[2]string{"slip.year", year},
		[2]string{"slip.isbn", strings.Join(b.ISBNs, "、")},
	))
}

// emptyRequestSlip is the form for what the catalogue does not know.
func (v *visit) emptyRequestSlip() slip.Slip {
	return v.requestForm([]slip.Line{
		{Kind: slip.Blank, Label: v.t("slip.title"), Rows: 2},
		{Kind: slip.Blank, Label: v.t("slip.creators")},
		{Kind: slip.Blank, Label: v.t("slip.publisher")},
		{Kind: slip.Blank, Label: v.t("slip.year")},
		{Kind: slip.Blank, Label: v.t("slip.isbn")},
	})
}

// requestForm adds to what is asked for who asks.
func (v *visit) requestForm(what []slip.Line) slip.Slip {
	lines := append(what, slip.Line{Kind: slip.Rule})
	for _, label := range []string{v.t("slip.card"), v.t("slip.name"), v.t("slip.phone"), v.t("slip.pickup"), v.t("slip.date")} {
		lines = append(lines, slip.Line{Kind: slip.Blank, Label: label})
	}
	lines = append(lines, slip.Line{Kind: slip.Rule}, slip.Line{Text: v.t("slip.request_hand_in")})
	return v.slip(v.t("slip.request"), lines...)
}

// holdsSlip lists the holds that still wait for something.
func (v *visit) holdsSlip(all []library.PatronHold) slip.Slip {
	var lines []slip.Line
	for _, group := range sequences(all) {
		group = active(group)
		if len(group) > 1 {
			lines = append(lines, slip.Line{Text: v.t("slip.sequence", len(group))})
		}
		for _, h := range group {
			lines = append(lines, v.holdLines(h)...)
		}
		if len(group) > 0 {
			lines = append(lines, slip.Line{Kind: slip.Rule})
		}
	}
	return v.slip(v.t("slip.holds"), append(lines, slip.Line{Kind: slip.Small, Text: v.t("slip.estimate")})...)
}

// holdLines are a hold on a slip: what it is on, how far it is, and where it will be.
func (v *visit) holdLines(h library.PatronHold) []slip.Line {
	state, _ := v.holdState(h)
	lines := []slip.Line{{Kind: slip.Strong, Text: h.Title}, {Text: state}}
	if about := v.holdAbout(h); about != "" {
		lines = append(lines, slip.Line{Text: about})
	}
	return append(lines, v.pairs([2]string{"slip.pickup", v.branchOf(h.Pickup)})...)
}

// heldSlip says what was held just now, and what happens next.
func (v *visit) heldSlip(answers []library.HoldAnswer) slip.Slip {
	var lines []slip.Line
	for _, a := range answers {
		if a.Hold != nil {
			lines = append(lines, v.holdLines(*a.Hold)...)
			lines = append(lines, slip.Line{Kind: slip.Rule})
		}
	}
	if v.app.blocked {
		lines = append(lines, slip.Line{Text: v.t("holds.blocked")})
	}
	return v.slip(v.t("slip.held"), append(lines, slip.Line{Text: v.next(answers)}, slip.Line{Kind: slip.Small, Text: v.t("slip.estimate")})...)
}
