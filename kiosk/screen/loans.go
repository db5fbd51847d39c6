package screen

import (
	"context"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// loansScreen is 貸出状況一覧: what a patron has on loan, until when, and whether it may
// be renewed. The central server's answer stands, whatever was shown before.
type loansScreen struct {
	*visit
	body, foot *fyne.Container
	account    Account
	loans      library.PatronLoans
	renewing   map[library.LoanID]bool
}

func loans(v *visit) content {
	s := &loansScreen{visit: v, body: newSlot(), foot: newSlot(), account: v.app.account, renewing: map[library.LoanID]bool{}}
	fetch(v, s.body, func(ctx context.Context, account Account) (library.PatronLoans, error) {
		return account.Loans(ctx)
	}, func(all library.PatronLoans) {
		s.loans = all
		s.draw()
	})
	return content{title: v.t("loans.title"), body: s.body, footer: []fyne.CanvasObject{s.foot}, connected: s.connected}
}

// connected draws the buttons as they are with the server, or without it.
func (s *loansScreen) connected() {
	if !s.loans.Today.IsZero() { // they have come
		s.draw()
	}
}

func (s *loansScreen) draw() {
	if len(s.loans.Loans) == 0 {
		put(s.body, s.kit.Text(s.t("loans.none")))
		return
	}
	head := s.head()
	columns := s.columns()
	height := s.loanHeight(columns)
	per := max(1, int((s.bodySize().Height-widget.HeightFor(head, s.bodySize().Width)-theme.Gap)/(height+theme.Border)))
	first := min(s.route.Offset, len(s.loans.Loans)-1)
	var rows []fyne.CanvasObject
	for _, l := range s.loans.Loans[first:min(first+per, len(s.loans.Loans))] {
		rows = append(rows, widget.Sized(0, height, widget.Middle(s.row(l, columns))))
	}
	put(s.body, widget.Column(theme.Gap, head, s.rows(rows)))
	put(s.foot, widget.Row(theme.Gap, s.pager(per, len(s.loans.Loans), false)...))
}

// head says how many there are, and renews with one touch all that may be and gain
// enough by it. How many are left out of that it says too. While the server is away,
// nothing is renewed but by a request for each.
func (s *loansScreen) head() fyne.CanvasObject {
	may, together := s.renewable()
	about := s.kit.Second("")
	if s.can(library.AbilityRenew) {
		about = s.kit.Second(s.t("loans.may_renew", may))
	}
	text := widget.Row(theme.Gap, s.kit.Strong(s.t("loans.count", len(s.loans.Loans))), widget.Fill(about.Lines(1)))
	line := widget.Row(theme.GapWide, widget.Fill(widget.Middle(text)))
	head := widget.Column(theme.GapTight, widget.Sized(0, s.buttonHeight(), line))
	if s.app.away() {
		return head
	}
	if len(together) > 1 {
		line.Add(s.kit.Button(s.t("loans.renew_all", len(together)), widget.Filled, func() { s.renew(together...) }))
	}
	if out := may - len(together); out > 0 && may > 1 {
		head.Add(s.kit.Second(s.t("loans.left_out", out, s.policy().RenewAllDays)))
	}
	return head
}

// renewable is how many loans may be renewed, and which of them are renewed together.
func (s *loansScreen) renewable() (may int, together []library.LoanID) {
	for _, l := range s.loans.Loans {
		if l.Refusal != "" || s.renewing[l.ID] || !s.can(library.AbilityRenew) {
			continue
		}
		if may++; s.policy().RenewsWithAll(l) {
			together = append(together, l.ID)
		}
	}
	return may, together
}

// loanColumns are the widths that dates and actions need in the rows; what is left is the
// title's, or it stands above them.
type loanColumns struct {
	date, action float32
	above        bool
}

func (s *loansScreen) columns() (c loanColumns) {
	width := s.bodySize().Width
	c.action = width / 4
	for _, l := range s.loans.Loans {
		until, left := s.due(l)
		c.date = max(c.date, until.MinSize().Width, left.MinSize().Width)
		c.action = max(c.action, s.action(l).MinSize().Width)
	}
	c.above = width-c.date-c.action-2*theme.GapWide < width*0.28
	return c
}

// loanHeight is the same for all rows: that of the one which needs the most.
func (s *loansScreen) loanHeight(c loanColumns) (h float32) {
	for _, l := range s.loans.Loans {
		h = max(h, widget.HeightFor(s.row(l, c), s.bodySize().Width))
	}
	return h + theme.Gap
}

// row is one loan: what it is, until when, and the button, or why there is none.
func (s *loansScreen) row(l library.PatronLoan, c loanColumns) fyne.CanvasObject {
	title := widget.Column(2, s.kit.Strong(l.Title).Lines(1), s.kit.Second(l.Creators).Lines(1))
	until, left := s.due(l)
	date := widget.Column(0, until.Lines(1), left.Lines(1))
	action := widget.Sized(0, s.buttonHeight(), widget.Fixed(c.action, widget.Middle(s.action(l))))
	if c.above {
		return widget.Column(theme.GapTight, title, widget.Row(theme.GapWide, widget.Fill(date), action))
	}
	return widget.Row(theme.GapWide, widget.Fill(title), widget.Fixed(c.date, date), action)
}

// due says until when a loan lasts, and how long that is.
func (s *loansScreen) due(l library.PatronLoan) (until, left *widget.Text) {
	until, left = s.kit.Text(s.t("loans.until", s.day(l.DueOn))), s.kit.Second(s.left(l))
	if l.DueOn.Before(s.loans.Today) {
		return s.kit.Text("▲ " + s.t("loans.until", s.day(l.DueOn))).Weight(true).In(s.look().Bad), left.Weight(true)
	}
	return until, left
}

// action renews a loan, or says why it may not be renewed.
func (s *loansScreen) action(l library.PatronLoan) fyne.CanvasObject {
	switch {
	case !s.can(library.AbilityRenew):
		return widget.Space()
	case s.renewing[l.ID]:
		return s.kit.Second(s.t("wait.moment")).Centered()
	case l.Refusal != "":
		return s.kit.Second(s.worded("renewal."+l.Refusal, "refusal."+l.Refusal, "problem.ask")).Centered()
	}
	return s.renewButton(l)
}

// renewButton renews a loan, and says until when. While the server is away it promises
// nothing: it leaves a request.
func (s *loansScreen) renewButton(l library.PatronLoan) fyne.CanvasObject {
	if s.app.away() {
		return s.kit.Button(s.t("request.renew"), widget.Outlined, func() { s.app.startRequest(s.renewal(l.ID), s.route) })
	}
	label := s.t("loans.renew")
	if !l.RenewsUntil.IsZero() {
		label = s.t("loans.renew_until", s.shortDay(l.RenewsUntil))
	}
	return s.kit.Button(label, widget.Outlined, func() { s.renew(l.ID) })
}

// left words how long a loan still lasts.
func (s *loansScreen) left(l library.PatronLoan) string {
	days := l.DueOn.Sub(s.loans.Today)
	text := s.t("loans.days_left", days)
	switch {
	case days < 0:
		return s.t("loans.days_over", -days)
	case days == 0:
		text = s.t("loans.today")
	case days == 1:
		text = s.t("loans.tomorrow")
	}
	if l.Renewals > 0 {
		return s.t("loans.renewed", text)
	}
	return text
}

// renew asks the server to renew loans, one after the other, and shows each answer
// as it comes. A renewal that was asked for is not called off by leaving the screen. A
// refusal means that the loans are not what is shown: they are asked for again.
func (s *loansScreen) renew(ids ...library.LoanID) {
	for _, id := range ids {
		s.renewing[id] = true
	}
	s.draw()
	s.renewNext(ids)
}

func (s *loansScreen) renewNext(ids []library.LoanID) {
	if len(ids) == 0 {
		return
	}
	id := ids[0]
	load(s.visit, nil, func(ctx context.Context) (library.PatronLoan, error) {
		return s.account.Renew(context.WithoutCancel(ctx), id)
	}, func(l library.PatronLoan, err error) {
		delete(s.renewing, id)
		if err != nil {
			for _, rest := range ids {
				delete(s.renewing, rest)
			}
			if s.app.lost(err) {
				return
			}
			s.refused(id, err)
			s.draw()
			if !s.instead(err, s.renewal(id)) {
				s.app.say(s.refusal(err))
			}
			if library.CodeOf(err) != "" {
				s.reload()
			}
			return
		}
		for i := range s.loans.Loans {
			if s.loans.Loans[i].ID == id {
				s.loans.Loans[i] = l
			}
		}
		s.draw()
		s.renewNext(ids[1:])
	})
}

// reload shows the loans as the server has them now. While it does not answer, what is
// shown stays.
func (s *loansScreen) reload() {
	load(s.visit, nil, s.account.Loans, func(all library.PatronLoans, err error) {
		if err != nil {
			s.app.lost(err)
			return
		}
		s.loans = all
		s.draw()
	})
}

// refused shows why a loan may not be renewed, until the server says more of it.
func (s *loansScreen) refused(id library.LoanID, err error) {
	code := library.CodeOf(err)
	if code == "" || !s.app.printer.Has("renewal."+code) {
		return
	}
	for i := range s.loans.Loans {
		if s.loans.Loans[i].ID == id {
			s.loans.Loans[i].Refusal = code
		}
	}
}
