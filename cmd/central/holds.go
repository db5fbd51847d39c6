package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"madoguchi/central"
	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/library"
)

type holdCmd struct {
	List     holdListCmd     `cmd:"" help:"List the copies that a branch is to fetch for holds, or to take off its hold shelf (say \"central arrive\" of each); or the patrons to be called; or the holds for which no copy is left."`
	Told     holdToldCmd     `cmd:"" help:"Note that a patron was told by telephone of what is to be told, or did not answer."`
	NotFound holdNotFoundCmd `cmd:"" help:"Say that a copy of the list is not there: it is missing, and its hold waits for another."`
	Cancel   holdCancelCmd   `cmd:"" help:"Cancel a hold at its patron's word, also one that the patron can no longer cancel."`
	End      holdEndCmd      `cmd:"" help:"End a hold that cannot be served, for a reason that its patron is told."`
	Expire   holdExpireCmd   `cmd:"" help:"End the holds whose patrons did not come; the server does so every morning by itself."`
}

type holdListCmd struct {
	reading

	Branch        string `help:"Code of the branch where the copies stand, or where the holds are picked up." placeholder:"CODE"`
	ToCall        bool   `help:"List whom to call, a line a patron and branch. It is written down that you looked." xor:"list"`
	WithoutCopies bool   `help:"List the holds for which no copy is left. See: central hold end" xor:"list"`
}

// Run lists what was asked for.
func (c *holdListCmd) Run(a *app) error {
	branch := library.BranchCode(c.Branch)
	switch {
	case c.ToCall:
		return a.with(func(s *server) error { return listCalls(a, s, branch) })
	case c.WithoutCopies:
		return a.with(func(s *server) error { return listWithoutCopies(a, s, branch) })
	case c.Branch == "":
		return errors.New("give the --branch whose copies are to be fetched; see: central branch list")
	}
	return a.with(func(s *server) error { return listPicks(a, s, branch) })
}

// listPicks lists the copies in the order of the shelves, and then those that stand on the
// hold shelf for nobody.
func listPicks(a *app, s *server, branch library.BranchCode) error {
	picks, err := s.ledger.PickList(a.ctx, branch)
	if err != nil {
		return err
	}
	clear, err := s.ledger.ClearList(a.ctx, branch)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "SHELF\tCALL NUMBER\tITEM\tTO\tTITLE")
	for n, p := range append(picks, clear...) {
		shelf, item, to := p.Shelf, p.Barcode, string(p.To)
		if p.FromHoldShelf {
			shelf = "(hold shelf)"
		}
		if n >= len(picks) {
			to = "(nobody waits: its shelf at " + to + ")"
		}
		if item == "" {
			item = string(p.ItemID)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", shelf, p.CallNumber, item, to, p.Title)
	}
	return w.Flush()
}

// callReasons are the reasons for a call in words.
var callReasons = map[library.CallReason]string{
	library.CallWanted:    "ready",
	library.CallNoMail:    "ready, no mail possible",
	library.CallMailBack:  "ready, the mail came back",
	library.CallFellBack:  "no longer ready: waits again",
	library.CallHoldEnded: "ended",
}

// endReasons are why holds are ended, in words.
var endReasons = map[library.EndReason]string{
	library.EndNoCopies: "no copy is left",
	library.EndNotLent:  "it is no longer lent",
	library.EndOther:    "staff say why",
}

func listCalls(a *app, s *server, branch library.BranchCode) error {
	var calls []library.Call
	err := a.audited(s, "calls.view", func(tx *db.Tx, e *audit.Entry) (err error) {
		calls, err = s.ledger.CallsTx(a.ctx, tx, branch)
		e.Subject = "branch:" + string(branch)
		return err
	})
	if err != nil {
		return err
	}
	today := s.ledger.Today()
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "BRANCH\tCARD\tNAME\tTELEPHONE\tDAYS\tCALLS\tTITLES")
	for _, c := range calls {
		var titles []string
		calls := 0
		for _, l := range c.Lines {
			calls = max(calls, l.Calls)
			why := callReasons[l.Why]
			if l.Reason != "" {
				why += ": " + endReasons[l.Reason]
			}
			titles = append(titles, fmt.Sprintf("%s (%s)", l.Title, why))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%s\n", c.Branch, c.Card, c.Name, strings.Join(c.Phones, " "), today.Sub(c.Lines[0].Since), calls, strings.Join(titles, "; "))
	}
	return w.Flush()
}

func listWithoutCopies(a *app, s *server, branch library.BranchCode) error {
	var all []library.LostHold
	err := a.audited(s, "holds.without-copies", func(tx *db.Tx, e *audit.Entry) (err error) {
		all, err = s.ledger.WithoutCopiesTx(a.ctx, tx, branch)
		e.Subject = "branch:" + string(branch)
		return err
	})
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "BRANCH\tCARD\tBIB\tRECEIVED\tTITLE")
	for _, h := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", h.Pickup, h.Card, h.BibID, h.ReceivedOn, h.Title)
	}
	return w.Flush()
}

type holdToldCmd struct {
	Card     string   `arg:"" help:"The patron's card number, as scanned or typed."`
	Bib      []string `arg:"" optional:"" help:"IDs of the bibs that were spoken of. Default: all that the patron is to be told."`
	Branch   string   `help:"Only of what is picked up at this branch." placeholder:"CODE"`
	On       string   `help:"The day on which the patron was told, from when it was ready. Default: today." placeholder:"2006-01-02" xor:"call"`
	NoAnswer bool     `help:"The patron did not answer. After several days of that the last one counts as told." xor:"call"`
}

// Run notes the call.
func (c *holdToldCmd) Run(a *app) error {
	card, err := a.settings.parseCard(c.Card)
	if err != nil {
		return err
	}
	var on library.Date
	if c.On != "" {
		if on, err = library.ParseDate(c.On); err != nil {
			return fmt.Errorf("%q is not a day like 2006-01-02", c.On)
		}
	}
	var bibs []library.BibID
	for _, b := range c.Bib {
		bibs = append(bibs, library.BibID(b))
	}
	return a.with(func(s *server) error {
		var lines []library.CallOutcome
		action := "told"
		if c.NoAnswer {
			action = "no-answer"
		}
		err := a.audited(s, action, func(tx *db.Tx, e *audit.Entry) (err error) {
			var patron library.PatronID
			if c.NoAnswer {
				lines, patron, err = s.ledger.NoAnswerTx(a.ctx, tx, card, library.BranchCode(c.Branch), bibs)
			} else {
				lines, patron, err = s.ledger.ToldTx(a.ctx, tx, card, library.BranchCode(c.Branch), bibs, on)
			}
			e.Subject = patronSubject(patron)
			return err
		})
		if err != nil {
			return err
		}
		for _, l := range lines {
			switch {
			case !l.Counted:
				fmt.Fprintf(a.stdout, "not counted, since it is not the first call of an open day: %s\n", l.Title)
			case !l.ContactedOn.IsZero():
				fmt.Fprintf(a.stdout, "told on %s, kept until %s: %s\n", l.ContactedOn, l.ShelfUntil, l.Title)
			case c.NoAnswer:
				fmt.Fprintf(a.stdout, "called in vain, day %d of %d: %s\n", l.Calls, a.settings.Site.Policy.CallAttempts, l.Title)
			default:
				fmt.Fprintf(a.stdout, "told: %s\n", l.Title)
			}
		}
		return nil
	})
}

// toldHow says to staff how patrons are told of holds that have ended.
const toldHow = "who is told by mail is told; who is told by telephone is on: central hold list --to-call"

// whoIsTold says whose hold had a copy that is gone, and how that patron is told.
func (a *app) whoIsTold(r library.Returned) {
	switch {
	case r.HoldFor == "":
	case r.Tell == "":
		fmt.Fprintf(a.stdout, "the hold of card %s waits for another copy\n", r.HoldFor)
	default:
		fmt.Fprintf(a.stdout, "the patron with card %s was told that it is ready, and waits again (%s)\n", r.HoldFor, telling[r.Tell])
	}
}

type holdEndCmd struct {
	Card   string `arg:"" help:"The patron's card number, as scanned or typed."`
	Bib    string `arg:"" help:"ID of the bib."`
	Reason string `required:"" help:"What the patron is told: ${enum}." enum:"no_copies,not_lent,other" placeholder:"REASON"`
}

// Run ends the hold.
func (c *holdEndCmd) Run(a *app) error {
	card, err := a.settings.parseCard(c.Card)
	if err != nil {
		return err
	}
	return a.with(func(s *server) error {
		var h library.PatronHold
		err := a.audited(s, "hold-end", func(tx *db.Tx, e *audit.Entry) (err error) {
			h, err = s.ledger.EndHoldTx(a.ctx, tx, card, library.BibID(c.Bib), library.EndReason(c.Reason))
			e.Subject, e.Detail = patronSubject(h.PatronID), map[string]string{"hold": string(h.ID), "reason": c.Reason}
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "ended: %s\n", h.Title)
		fmt.Fprintln(a.stdout, toldHow)
		return nil
	})
}

type holdNotFoundCmd struct {
	Item string `arg:"" help:"The item's barcode."`
}

// Run makes the copy missing.
func (c *holdNotFoundCmd) Run(a *app) error { return copies{Items: []string{c.Item}}.run(a, a.missing) }

type holdCancelCmd struct {
	Card string `arg:"" help:"The patron's card number, as scanned or typed."`
	Bib  string `arg:"" help:"ID of the bib."`
}

// Run cancels the hold; its copy, where it has one, goes to the next.
func (c *holdCancelCmd) Run(a *app) error {
	card, err := a.settings.parseCard(c.Card)
	if err != nil {
		return err
	}
	return a.with(func(s *server) error {
		var h library.PatronHold
		err := a.audited(s, "hold-cancel", func(tx *db.Tx, e *audit.Entry) (err error) {
			h, err = s.ledger.WithdrawHoldTx(a.ctx, tx, card, library.BibID(c.Bib))
			e.Subject, e.Detail = patronSubject(h.PatronID), map[string]string{"hold": string(h.ID)}
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "cancelled: %s\n", h.Title)
		return nil
	})
}

type holdExpireCmd struct{}

// Run ends the holds and says how many.
func (c *holdExpireCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		n, err := s.ledger.ExpireHolds(a.ctx, func(ctx context.Context, tx *db.Tx, h library.Hold) error {
			return central.AuditExpiry(ctx, tx, whoRuns(), time.Now(), h)
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%d holds expired\n", n)
		return nil
	})
}

type paperHoldCmd struct {
	Card     string   `arg:"" help:"The patron's card number, as scanned or typed."`
	Bib      []string `arg:"" help:"IDs of the bibs. Several are to be had in this order, one after the other."`
	Pickup   string   `required:"" help:"Code of the branch where the patron will fetch it." placeholder:"CODE"`
	Received string   `help:"When the library received the form, in its own time, which is its place in the queue. Default: now." placeholder:"\"2006-01-02 15:04\""`
	Contact  string   `help:"How the patron is told: mail, phone or none. Default: by telephone where a number is registered." enum:"mail,phone,none," default:""`
}

const receivedLayout = "2006-01-02 15:04"

// Run enters the form.
func (c *paperHoldCmd) Run(a *app) error {
	card, err := a.settings.parseCard(c.Card)
	if err != nil {
		return err
	}
	var received time.Time
	if c.Received != "" {
		received, err = time.ParseInLocation(receivedLayout, c.Received, a.settings.Site.Location())
		if err != nil {
			return fmt.Errorf("%q is not a time like %q", c.Received, receivedLayout)
		}
	}
	req := library.HoldRequest{Pickup: library.BranchCode(c.Pickup), Contact: library.Contact(c.Contact)}
	for _, b := range c.Bib {
		req.Bibs = append(req.Bibs, library.BibID(b))
	}
	return a.with(func(s *server) error {
		var lines []library.HoldAnswer
		err := a.audited(s, "paper-hold", func(tx *db.Tx, e *audit.Entry) (err error) {
			if req.Contact == "" {
				if req.Contact, err = usualContact(a, s, tx, card); err != nil {
					return err
				}
			}
			var patron library.PatronID
			if lines, patron, err = s.ledger.PaperHoldsTx(a.ctx, tx, card, req, received); err != nil {
				return err
			}
			e.Subject, e.Detail = patronSubject(patron), map[string]string{"holds": strconv.Itoa(len(lines))}
			return nothingPlaced(lines)
		})
		if err != nil {
			return err
		}
		if p, err := s.ledger.PatronByCard(a.ctx, card); err == nil && p.BlockedAsOverdue() {
			fmt.Fprintln(a.stderr, "the patron has something long overdue, and can collect nothing before that is back")
		}
		status := exitStatus(0)
		for _, l := range lines {
			switch h := l.Hold; {
			case h == nil:
				status = leftOut
				fmt.Fprintf(a.stderr, "not placed: bib %s: %s\n", l.BibID, sentence(library.RefusalWithCode(l.Refusal)))
			case h.ItemID != "":
				fmt.Fprintf(a.stdout, "a copy is set aside: %s\n", h.Title)
			default:
				fmt.Fprintf(a.stdout, "it waits, about number %d: %s\n", h.Position, h.Title)
			}
		}
		if status != 0 {
			return status
		}
		return nil
	})
}

// nothingPlaced returns why none of the lines became a hold, nil where one did.
func nothingPlaced(lines []library.HoldAnswer) error {
	var why []error
	for _, l := range lines {
		if l.Hold != nil {
			return nil
		}
		if refusal := library.RefusalWithCode(l.Refusal); !slices.ContainsFunc(why, func(e error) bool { return e == refusal }) {
			why = append(why, refusal)
		}
	}
	return errors.Join(why...)
}

// usualContact is how a patron is told whose form does not say how: by telephone, or
// where there is no number, not at all.
func usualContact(a *app, s *server, tx *db.Tx, card string) (library.Contact, error) {
	p, err := s.ledger.PatronByCardTx(a.ctx, tx, card)
	if err != nil {
		return "", err
	}
	if len(p.Phones) == 0 {
		return library.NoNews, nil
	}
	return library.ByPhone, nil
}
