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
	return content{title: v.t("loans.title"), body: s.body, footer: []fyne.CanvasObject{s.foot}}
}

func (s *loansScreen) draw() {
	if len(s.loans.Loans) == 0 {
		put(s.body, s.kit.Text(s.t("loans.none")))
		return
	}
	head := s.head()
	per := max(1, int((s.bodySize().Height-widget.HeightFor(head, s.bodySize().Width)-theme.Gap)/(s.loanHeight()+theme.Border)))
	first := min(s.route.Offset, len(s.loans.Loans)-1)
	var rows []fyne.CanvasObject
	for _, l := range s.loans.Loans[first:min(first+per, len(s.loans.Loans))] {
		rows = append(rows, widget.Sized(0, s.loanHeight(), widget.Middle(s.row(l))))
	}
	put(s.body, widget.Column(theme.Gap, head, s.rows(rows)))
	put(s.foot, widget.Row(theme.Gap, s.pager(per, len(s.loans.Loans), false)...))
}

// head says how many there are, and renews all that may be with one touch.
func (s *loansScreen) head() fyne.CanvasObject {
	may, about := s.renewable(), s.kit.Second("")
	if s.can(library.AbilityRenew) {
		about = s.kit.Second(s.t("loans.may_renew", len(may)))
	}
	text := widget.Row(theme.Gap, s.kit.Strong(s.t("loans.count", len(s.loans.Loans))), widget.Fill(about.Lines(1)))
	line := widget.Row(theme.GapWide, widget.Fill(widget.Middle(text)))
	if len(may) > 1 {
		line.Add(s.kit.Button(s.t("loans.renew_all", len(may)), widget.Filled, func() { s.renew(may...) }))
	}
	return widget.Sized(0, s.buttonHeight(), line)
}

func (s *loansScreen) renewable() (ids []library.LoanID) {
	for _, l := range s.loans.Loans {
		if l.Refusal == "" && !s.renewing[l.ID] && s.can(library.AbilityRenew) {
			ids = append(ids, l.ID)
		}
	}
	return ids
}

// loanColumns are the shares of title, date and action in a row.
var loanColumns = []float32{2, 1.2, 1.05}

// loanHeight is the same for all rows: that of the one which needs the most.
func (s *loansScreen) loanHeight() float32 {
	h := max(s.buttonHeight()+theme.GapWide, s.rowHeight()+theme.Gap)
	width := (s.bodySize().Width - 2*theme.GapWide) * loanColumns[2] / (loanColumns[0] + loanColumns[1] + loanColumns[2])
	for _, l := range s.loans.Loans {
		if l.Refusal != "" {
			h = max(h, widget.HeightFor(s.reason(l), width)+theme.GapTight)
		}
	}
	return h
}

// reason says why a loan may not be renewed, where its button would be.
func (s *loansScreen) reason(l library.PatronLoan) *widget.Text {
	return s.kit.Second(s.worded("renewal."+l.Refusal, "refusal."+l.Refusal, "problem.ask")).Centered()
}

// row is one loan: what it is, until when, and the button, or why there is none.
func (s *loansScreen) row(l library.PatronLoan) fyne.CanvasObject {
	k, look := s.kit, s.look()
	title := widget.Column(2, k.Strong(l.Title).Lines(1), k.Second(l.Creators).Lines(1))
	until, left := k.Text(s.t("loans.until", s.day(l.DueOn))), k.Second(s.left(l))
	if l.DueOn.Before(s.loans.Today) {
		until = k.Text("▲ " + s.t("loans.until", s.day(l.DueOn))).Weight(true).In(look.Bad)
		left = left.Weight(true)
	}
	var action fyne.CanvasObject
	switch {
	case !s.can(library.AbilityRenew):
		action = widget.Space()
	case s.renewing[l.ID]:
		action = k.Second(s.t("wait.moment")).Centered()
	case l.Refusal != "":
		action = s.reason(l)
	default:
		action = k.Button(s.t("loans.renew"), widget.Outlined, func() { s.renew(l.ID) })
	}
	return widget.Columns(theme.GapWide, loanColumns,
		widget.Middle(title),
		widget.Middle(widget.Column(0, until.Lines(1).DownTo(look.Second*0.8), left.Lines(1))),
		widget.Middle(action),
	)
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
// as it comes. A renewal that was asked for is not called off by leaving the screen.
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

// refused shows from now on why a loan may not be renewed.
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
