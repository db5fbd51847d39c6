package library

// MayHold returns why a patron may not place a hold on a bib: as Holdable does, and
// ErrAlreadyHeld, ErrHasOnLoan or ErrTooManyHolds, the first that holds in this
// order. items are the copies that the library owns; active are the patron's active
// holds and loans what the patron has, of all bibs.
func (p Policy) MayHold(bib BibID, items []Item, active []Hold, loans []Loan) error {
	if err := Holdable(items); err != nil {
		return err
	}
	for _, h := range active {
		if h.BibID == bib && h.State.Active() {
			return ErrAlreadyHeld
		}
	}
	for _, l := range loans {
		if l.BibID == bib {
			return ErrHasOnLoan
		}
	}
	if len(active) >= p.MaxHolds {
		return ErrTooManyHolds
	}
	return nil
}

// MayContact returns ErrNoEmail or ErrNoPhone when the patron cannot be told in this way.
func (p Patron) MayContact(c Contact) error {
	if c == ByMail && p.Email == "" {
		return ErrNoEmail
	}
	if c == ByPhone && len(p.Phones) == 0 {
		return ErrNoPhone
	}
	return nil
}

// MayChange returns ErrHoldNotWaiting when the patron may no longer cancel the hold,
// nor change its pickup branch or contact. Guide: 予約状態が「取寄・準備中です」「ご用意できました」の
// 状態になると、ご自身では取消・変更ができなくなります.
func (h Hold) MayChange() error {
	if h.State != Waiting {
		return ErrHoldNotWaiting
	}
	return nil
}

// Cancel returns the hold as its patron cancels it, or ErrHoldNotWaiting.
func (h Hold) Cancel(today Date) (Hold, error) {
	if err := h.MayChange(); err != nil {
		return h, err
	}
	h.State, h.EndedOn = Cancelled, today
	return h, nil
}

// Withdraw returns the hold as staff cancel it at its patron's word, in whatever state
// it is active, or ErrUnknownHold. It lets go of its copy. Guide: 取寄・準備中です and after:
// ご自身では取消・変更ができなくなりますので、図書館にご連絡ください.
func (h Hold) Withdraw(today Date) (Hold, error) {
	if !h.State.Active() {
		return h, ErrUnknownHold
	}
	h.State, h.ItemID, h.EndedOn = Cancelled, "", today
	return h, nil
}

// Change returns the hold with another pickup branch and way of contact, or
// ErrHoldNotWaiting. It keeps its place in the queue.
func (h Hold) Change(pickup BranchCode, contact Contact) (Hold, error) {
	if err := h.MayChange(); err != nil {
		return h, err
	}
	h.Pickup, h.Contact = pickup, contact
	return h, nil
}

// Reserve gives a waiting hold a copy that stands somewhere and that staff have yet
// to fetch, and says where the item then is. The hold is not ready before somebody
// has the copy in hand (see Deliver), also where it stands at the pickup branch: the
// patron would come for what is not there.
func (h Hold) Reserve(item ItemID) (Hold, ItemState) {
	h.State, h.ItemID = Preparing, item
	return h, InTransit
}

// Deliver says what becomes of a hold when its copy, or a copy for it, lies at the
// desk of a branch, and where the item then is: at the pickup branch the hold is
// ready and the patron is told today, from elsewhere the copy is sent there. pickup
// is the calendar of the pickup branch.
func (p Policy) Deliver(h Hold, item ItemID, at BranchCode, pickup Calendar, today Date) (Hold, ItemState) {
	if at != h.Pickup {
		return h.Reserve(item)
	}
	h.State, h.ItemID = ReadyHold, item
	h.ContactedOn, h.ShelfUntil = today, ShelfUntil(pickup, today, p.ShelfDays)
	return h, OnHoldShelf
}

// Requeue returns a hold whose copy cannot be found: it waits again, in the place in
// the queue that it always had.
func (h Hold) Requeue() Hold {
	h.State, h.ItemID, h.ContactedOn, h.ShelfUntil = Waiting, "", Date{}, Date{}
	return h
}

// Expire returns the hold as it ends when its patron did not come, and whether it
// does on this day: after the last day on the shelf. It lets go of its copy.
func (h Hold) Expire(today Date) (Hold, bool) {
	if h.State != ReadyHold || !h.ShelfUntil.Before(today) {
		return h, false
	}
	h.State, h.ItemID, h.EndedOn = Expired, "", today
	return h, true
}

// ShowsHold reports whether a hold is on its patron's list on a day: an active one
// always, a cancelled or expired one for HoldShownDays, a collected one never.
// Guide: 予約の取り消しをしても2週間は表示が残ります.
func (p Policy) ShowsHold(h Hold, today Date) bool {
	switch {
	case h.State.Active():
		return true
	case h.State == Collected:
		return false
	}
	return today.Sub(h.EndedOn) <= p.HoldShownDays
}
