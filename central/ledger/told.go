package ledger

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"madoguchi/central/db"
	"madoguchi/library"
)

// dueCall is the condition that the patron of the hold h may have to be called.
const dueCall = `(h.state = 'ready' AND h.contacted_on = '' OR h.call_due)`

// due is a hold of which a patron is to be told by telephone.
type due struct {
	storedHold
	title  string
	patron library.Patron
}

// readDue reads the calls that are due of the holds h of a condition.
func (l *Ledger) readDue(ctx context.Context, tx *db.Tx, where string, args ...any) (all []due, err error) {
	found, err := l.titled(ctx, tx, where, args...)
	if err != nil {
		return nil, err
	}
	for _, x := range found {
		p, reach, err := l.reachOf(ctx, tx, x.Hold)
		if err != nil {
			return nil, err
		}
		if x.TellBy(reach) != library.ByPhone || x.callDue && !reach.Phone {
			continue
		}
		x.patron = p
		all = append(all, x)
	}
	return all, nil
}

// titled reads the holds h of a condition with their titles.
func (l *Ledger) titled(ctx context.Context, tx *db.Tx, where string, args ...any) (all []due, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+holdColumns+`, h.title, coalesce(b.record, '') FROM hold h LEFT JOIN bib b ON b.id = h.bib_id WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x due
		var title, record string
		if x.storedHold, err = l.scanHold(rows, &title, &record); err != nil {
			return nil, err
		}
		if x.title, _, err = namesOf(title, record); err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

// namesOf is the title and the creators of a hold's bib, of which only the title is known
// where the bib is gone.
func namesOf(title, record string) (_, creators string, err error) {
	if record == "" {
		return title, "", nil
	}
	b, err := readBib(record)
	return b.TitleAndVolume(), creatorsOf(b), err
}

// Calls returns the calls that staff of a branch, "" for all branches, are to make: one a
// patron and pickup branch, those first who have waited longest. It refuses with
// library.ErrUnknownBranch.
func (l *Ledger) Calls(ctx context.Context, branch library.BranchCode) (calls []library.Call, err error) {
	err = l.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		calls, err = l.CallsTx(ctx, tx, branch)
		return err
	})
	return calls, err
}

// CallsTx is Calls in the caller's transaction.
func (l *Ledger) CallsTx(ctx context.Context, tx *db.Tx, branch library.BranchCode) ([]library.Call, error) {
	where, args := dueCall, []any{}
	if branch != "" {
		if err := knownBranch(ctx, tx, branch); err != nil {
			return nil, err
		}
		where, args = where+` AND h.pickup_branch = $1`, append(args, string(branch))
	}
	found, err := l.readDue(ctx, tx, where, args...)
	if err != nil {
		return nil, err
	}
	type call struct {
		patron library.PatronID
		branch library.BranchCode
	}
	calls, at := []library.Call{}, map[call]int{}
	for _, x := range found {
		key := call{x.PatronID, x.Pickup}
		i, there := at[key]
		if !there {
			i = len(calls)
			at[key] = i
			calls = append(calls, library.Call{Card: x.patron.Card, Name: x.patron.Name, Phones: x.patron.Phones, Branch: x.Pickup})
		}
		calls[i].Lines = append(calls[i].Lines, library.CallLine{
			BibID: x.BibID, Title: x.title, Why: x.CallReason(), Since: l.since(x), Calls: x.Calls, CalledOn: x.CalledOn, Reason: x.EndReason,
		})
	}
	for i := range calls {
		slices.SortFunc(calls[i].Lines, func(a, b library.CallLine) int {
			return cmp.Or(a.Since.Sub(b.Since), strings.Compare(a.Title, b.Title), cmp.Compare(a.BibID, b.BibID))
		})
	}
	slices.SortFunc(calls, func(a, b library.Call) int {
		return cmp.Or(a.Lines[0].Since.Sub(b.Lines[0].Since), cmp.Compare(a.Branch, b.Branch), strings.Compare(a.Card, b.Card))
	})
	return calls, nil
}

// since is the day from which on the patron of a hold is to be called.
func (l *Ledger) since(x due) library.Date {
	switch {
	case !x.endedAt.IsZero():
		return l.dayOf(x.endedAt)
	case x.State == library.ReadyHold:
		return x.ReadyOn
	}
	return x.FellBackOn
}

// ToldTx notes, in the caller's transaction, that the patron with a card was told on a day,
// zero for today: of all that is to be told by telephone, at a branch where one is named, or of
// the holds on bibs where some are named. It refuses with library.ErrUnknownPatron,
// library.ErrHoldNotToTell or library.ErrToldDay.
func (l *Ledger) ToldTx(ctx context.Context, tx *db.Tx, card string, branch library.BranchCode, bibs []library.BibID, on library.Date) ([]library.CallOutcome, library.PatronID, error) {
	if on.IsZero() {
		on = l.Today()
	}
	return l.called(ctx, tx, card, branch, bibs, len(bibs) > 0, func(x *due, pickup library.Calendar) (counted bool, err error) {
		if x.State != library.ReadyHold {
			x.callDue, x.MailFailed = false, true
			return true, nil
		}
		if err := x.MayTell(on, l.Today()); err != nil {
			return false, err
		}
		x.Hold = l.cfg.Policy().Told(x.Hold, on, pickup)
		x.MailFailed = true // what comes of mails does not matter any more
		return true, nil
	})
}

// NoAnswerTx notes, in the caller's transaction, that the patron with a card did not answer
// the telephone today, and says what follows. It refuses as ToldTx does.
func (l *Ledger) NoAnswerTx(ctx context.Context, tx *db.Tx, card string, branch library.BranchCode, bibs []library.BibID) ([]library.CallOutcome, library.PatronID, error) {
	return l.called(ctx, tx, card, branch, bibs, false, func(x *due, pickup library.Calendar) (counted bool, err error) {
		policy := l.cfg.Policy()
		x.Hold, counted = policy.CalledInVain(x.Hold, l.Today(), pickup)
		if x.callDue && x.Calls >= policy.CallAttempts {
			x.callDue = false
		}
		return counted, nil
	})
}

// called notes a call of each hold that it was about: of those that are due, or also of
// what the patron is said to know already.
func (l *Ledger) called(ctx context.Context, tx *db.Tx, card string, branch library.BranchCode, bibs []library.BibID, also bool,
	note func(x *due, pickup library.Calendar) (counted bool, err error)) ([]library.CallOutcome, library.PatronID, error) {
	p, err := l.PatronByCardTx(ctx, tx, card)
	if err != nil {
		return nil, "", err
	}
	all, err := l.readHolds(ctx, tx, `h.patron_id = $1 AND (h.state = 'ready' OR h.call_due)`, string(p.ID))
	if err != nil {
		return nil, "", err
	}
	if err := lockQueues(ctx, tx, bibsOf(all)...); err != nil {
		return nil, "", err
	}
	found, err := l.readDue(ctx, tx, `h.patron_id = $1 AND `+dueCall, string(p.ID))
	if also {
		found, err = l.titled(ctx, tx, `h.patron_id = $1 AND (h.state = 'ready' OR h.call_due)`, string(p.ID))
	}
	if err != nil {
		return nil, "", err
	}
	var outcomes []library.CallOutcome
	for _, x := range found {
		if branch != "" && x.Pickup != branch || len(bibs) > 0 && !slices.Contains(bibs, x.BibID) {
			continue
		}
		pickup, err := calendarOf(ctx, tx, x.Pickup)
		if err != nil {
			return nil, "", err
		}
		counted, err := note(&x, pickup)
		if err != nil {
			return nil, "", err
		}
		if err := l.storeHold(ctx, tx, x.storedHold); err != nil {
			return nil, "", err
		}
		if !x.ContactedOn.IsZero() {
			if err := l.moveOn(ctx, tx, x.Hold, x.ContactedOn); err != nil {
				return nil, "", err
			}
		}
		outcomes = append(outcomes, library.CallOutcome{
			BibID: x.BibID, Title: x.title, ContactedOn: x.ContactedOn, ShelfUntil: x.ShelfUntil, Calls: x.Calls, Counted: counted,
		})
	}
	for _, bib := range bibs {
		if !slices.ContainsFunc(outcomes, func(o library.CallOutcome) bool { return o.BibID == bib }) {
			return nil, p.ID, library.ErrHoldNotToTell
		}
	}
	if len(outcomes) == 0 {
		return nil, p.ID, library.ErrHoldNotToTell
	}
	return outcomes, p.ID, nil
}

// HoldMailTx brings, in the transaction of who sends mails, a mail that tells of a hold up to
// date as it is to be worded on a day, and returns false where it would not be true any more.
func (l *Ledger) HoldMailTx(ctx context.Context, tx *db.Tx, m library.Mail, on library.Date) (_ library.Mail, ok bool, err error) {
	if m.Kind == library.MailHoldFellBack {
		waits, err := l.readHolds(ctx, tx, `h.id = $1 AND h.fell_back_on <> '' AND `+activeHold, string(m.Hold))
		return m, len(waits) > 0, err
	}
	if m.Kind != library.MailHoldReady {
		return m, true, nil
	}
	h, found, err := l.untold(ctx, tx, m.Hold)
	if err != nil || !found {
		return m, false, err
	}
	p, reach, err := l.reachOf(ctx, tx, h.Hold)
	if err != nil || h.TellBy(reach) != library.ByMail {
		return m, false, err
	}
	pickup, err := calendarOf(ctx, tx, h.Pickup)
	if err != nil {
		return m, false, err
	}
	m.To, m.Branch, m.Until = p.Email, h.Pickup, l.cfg.Policy().Told(h.Hold, on, pickup).ShelfUntil
	return m, true, nil
}

// MailTakenTx notes that the mail server took, on a day, the mail that tells of a ready hold.
func (l *Ledger) MailTakenTx(ctx context.Context, tx *db.Tx, hold library.HoldID, on library.Date) error {
	h, found, err := l.untold(ctx, tx, hold)
	if err != nil || !found || on.Before(h.ReadyOn) {
		return err
	}
	pickup, err := calendarOf(ctx, tx, h.Pickup)
	if err != nil {
		return err
	}
	h.Hold = l.cfg.Policy().Told(h.Hold, on, pickup)
	if err := l.storeHold(ctx, tx, h); err != nil {
		return err
	}
	return l.moveOn(ctx, tx, h.Hold, on)
}

// untold finds a hold that is ready and of which the patron was not told, with its queue
// locked.
func (l *Ledger) untold(ctx context.Context, tx *db.Tx, hold library.HoldID) (h storedHold, found bool, err error) {
	all, err := l.readHolds(ctx, tx, `h.id = $1`, string(hold))
	if err != nil || len(all) == 0 {
		return h, false, err
	}
	if err := lockQueues(ctx, tx, all[0].BibID); err != nil {
		return h, false, err
	}
	all, err = l.readHolds(ctx, tx, `h.id = $1 AND h.state = 'ready' AND h.contacted_on = ''`, string(hold))
	if err != nil || len(all) == 0 {
		return h, false, err
	}
	return all[0], true, nil
}

// MailFailedTx notes that a mail that tells of a hold cannot be sent: the patron is called.
func (l *Ledger) MailFailedTx(ctx context.Context, tx *db.Tx, hold library.HoldID) error {
	return l.mailsFailed(ctx, tx, `h.id = $1`, string(hold))
}

// MailCameBackTx notes that a mail to a patron came back, whichever it was: of what is ready,
// or no longer is, the patron was not told by mail.
func (l *Ledger) MailCameBackTx(ctx context.Context, tx *db.Tx, patron library.PatronID) error {
	return l.mailsFailed(ctx, tx, `h.patron_id = $1 AND h.contact <> 'none' AND NOT h.mail_failed
		AND (h.state = 'ready' OR h.fell_back_on <> '' OR h.end_reason <> '')`, string(patron))
}

func (l *Ledger) mailsFailed(ctx context.Context, tx *db.Tx, where string, args ...any) error {
	all, err := l.readHolds(ctx, tx, where, args...)
	if err != nil {
		return err
	}
	if err := lockQueues(ctx, tx, bibsOf(all)...); err != nil {
		return err
	}
	if all, err = l.readHolds(ctx, tx, where, args...); err != nil {
		return err
	}
	for _, h := range all {
		_, reach, err := l.reachOf(ctx, tx, h.Hold)
		if err != nil {
			return err
		}
		if h.Contact == library.ByPhone && reach.Phone {
			continue // a call tells, or told
		}
		h.Hold = h.MailCameBack()
		switch {
		case h.State == library.ReadyHold:
			if err := l.settle(ctx, tx, &h, reach); err != nil {
				return err
			}
		case h.EndReason != "" || !h.FellBackOn.IsZero():
			h.callDue = h.TellBy(reach) == library.ByPhone
		}
		if err := l.storeHold(ctx, tx, h); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) settle(ctx context.Context, tx *db.Tx, h *storedHold, reach library.Reach) error {
	pickup, err := calendarOf(ctx, tx, h.Pickup)
	if err == nil {
		h.Hold = l.cfg.Policy().Settle(h.Hold, reach, pickup)
	}
	return err
}

// settleAll counts those as told whom nobody can tell any longer.
func (l *Ledger) settleAll(ctx context.Context) error {
	untold, err := l.keys(ctx, `SELECT id FROM hold WHERE state = 'ready' AND contacted_on = ''`)
	if err != nil {
		return err
	}
	for _, id := range untold {
		err := l.cfg.DB.Locked(ctx, nil, func(tx *db.Tx) error {
			h, found, err := l.untold(ctx, tx, library.HoldID(id))
			if err != nil || !found {
				return err
			}
			_, reach, err := l.reachOf(ctx, tx, h.Hold)
			if err != nil {
				return err
			}
			was := h.Hold
			if err := l.settle(ctx, tx, &h, reach); err != nil || h.Hold == was {
				return err
			}
			return l.storeHold(ctx, tx, h)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ContactTx lets, in the caller's transaction, the patron of holds that were to be told by
// mail be told in another way, since there is no address any more: "" is by telephone where
// there is a number, else not at all.
func (l *Ledger) ContactTx(ctx context.Context, tx *db.Tx, patron library.PatronID, contact library.Contact) error {
	p, err := l.PatronTx(ctx, tx, patron)
	if err != nil {
		return err
	}
	reach, err := l.reach(ctx, tx, p)
	if err != nil {
		return err
	}
	switch {
	case contact == "" && reach.Phone:
		contact = library.ByPhone
	case contact == "":
		contact = library.NoNews
	}
	if err := reach.May(contact); err != nil {
		return err
	}
	byMail := `h.patron_id = $1 AND h.contact = 'mail' AND ` + activeHold
	all, err := l.readHolds(ctx, tx, byMail, string(patron))
	if err != nil {
		return err
	}
	if err := lockQueues(ctx, tx, bibsOf(all)...); err != nil {
		return err
	}
	if all, err = l.readHolds(ctx, tx, byMail, string(patron)); err != nil {
		return err
	}
	for _, h := range all {
		h.Contact = contact
		if err := l.settle(ctx, tx, &h, reach); err != nil {
			return err
		}
		if err := l.storeHold(ctx, tx, h); err != nil {
			return err
		}
	}
	return nil
}

// keepReady stores until when a ready hold is kept.
func keepReady(ctx context.Context, tx *db.Tx, h library.Hold) error {
	_, err := tx.ExecContext(ctx, `UPDATE hold SET contacted_on = $2, shelf_until = $3 WHERE id = $1 AND state = 'ready' AND contacted_on <> ''`,
		string(h.ID), h.ContactedOn, h.ShelfUntil)
	return err
}
