package main

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"madoguchi/central"
	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/library"
)

type requestCmd struct {
	reading

	Code string `arg:"" help:"The receipt's code, such as K7M-4QX."`
}

// Run says what became of a request whose patron stands at the counter with the receipt.
func (c *requestCmd) Run(a *app) error {
	code, err := receiptCode(c.Code)
	if err != nil {
		return err
	}
	return a.with(func(s *server) error {
		passwords, err := a.passwords(s)
		if err != nil {
			return err
		}
		var found []central.HandedOver
		cards := map[library.PatronID]string{}
		err = a.audited(s, "request.view", func(tx *db.Tx, e *audit.Entry) error {
			e.Subject = "receipt:" + code
			if found, err = passwords.WithReceipt(a.ctx, tx, code); err != nil {
				return err
			}
			for _, h := range found {
				if !h.Proven() || h.Patron == "" {
					continue
				}
				p, err := s.ledger.PatronTx(a.ctx, tx, h.Patron)
				if err != nil {
					return err
				}
				cards[p.ID] = p.Card
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			fmt.Fprintf(a.stdout, "No request with the receipt %s has arrived yet. It waits at the terminal where it was left, which hands it over by itself when it reaches this server; "+
				"the terminal's staff menu says how many wait there, and \"kiosk doctor\" too. If none does, the code is mistyped, or the terminal was lost: "+
				"enter a hold with central paper-hold and --received.\n", code)
			return nil
		}
		for n, h := range found {
			if n > 0 {
				fmt.Fprintln(a.stdout)
			}
			a.tellRequest(h, cards[h.Patron])
		}
		return nil
	})
}

// receiptCode is a receipt's code as it is stored, however it was typed.
func receiptCode(typed string) (string, error) {
	code := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(norm.NFKC.String(typed)))
	if len(code) != 6 {
		return "", fmt.Errorf("%q is not the code of a receipt: it has six letters and digits, such as K7M-4QX", typed)
	}
	return code[:3] + "-" + code[3:], nil
}

// tellRequest prints one request; of whose card it is shown only to whom it was left.
func (a *app) tellRequest(h central.HandedOver, card string) {
	zone := a.settings.Site.Location()
	day := func(t time.Time) string { return t.In(zone).Format(receivedLayout) }
	where := string(h.Terminal.Branch)
	if h.Terminal.Name != "" {
		where += ", " + h.Terminal.Name
	}
	fmt.Fprintf(a.stdout, "%s  received %s, handed over %s, at the terminal %s (%s)\n", h.Result.Receipt, day(h.Result.ReceivedAt), day(h.At), h.Terminal.ID, where)
	if !h.Kept {
		fmt.Fprintf(a.stdout, "    it was judged; what became of it is kept for %d days only\n", a.settings.Site.Policy.HoldShownDays)
		return
	}
	if card != "" {
		fmt.Fprintf(a.stdout, "    left with the card %s: tell nobody else what it asked for\n", card)
	}
	if h.Result.Refusal != "" {
		fmt.Fprintf(a.stdout, "    all of it was refused: %s\n", requestRefusal(h.Result.Refusal))
	}
	for _, l := range h.Result.Lines {
		title := l.Title
		if title == "" {
			title = "(a title that is not known)"
		}
		became := "held"
		switch {
		case h.Result.Refusal != "":
			became = "not done"
		case l.Refusal != "":
			became = "refused: " + requestRefusal(l.Refusal)
		case h.Result.Renewal:
			became = "renewed until " + l.DueOn.String()
		}
		fmt.Fprintf(a.stdout, "    %s: %s\n", title, became)
	}
	if h.Result.NoContact {
		fmt.Fprintln(a.stdout, "    the way of contact that was chosen is not registered: the patron will not be told")
	}
	if h.Result.Blocked {
		fmt.Fprintln(a.stdout, "    something that the patron has is long overdue: until it is back nothing can be collected")
	}
}

// requestRefusal words why a request, or a line of one, was refused.
func requestRefusal(code string) string {
	switch r := library.RefusalWithCode(code); r {
	case nil:
		return "for a reason that this version does not know: " + code
	case library.ErrLogin:
		return "the card number and the password did not match; let the patron ask again"
	case library.ErrCardLocked:
		return r.Text + "; see: central patron unlock"
	case library.ErrUnknownBranch:
		return "there is no such pickup branch"
	default:
		return r.Text
	}
}
