package library

import "time"

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

// MayChange returns ErrHoldNotWaiting when the patron may no longer cancel the hold,
// nor change its pickup branch or contact. Guide: 予約状態が「取寄・準備中です」「ご用意できました」の
// 状態になると、ご自身では取消・変更ができなくなります.
func (h Hold) MayChange() error {
	if h.State != Waiting {
		return ErrHoldNotWaiting
	}
	return nil
}

// Cancel returns the hold as its patron cancels it, or ErrHoldNotWaiting. It lets go of a
// copy that was set aside.
func (h Hold) Cancel(today Date) (Hold, error) {
	if err := h.MayChange(); err != nil {
		return h, err
	}
	return h.Withdraw(today)
}

// Withdraw returns the hold as staff cancel it at its patron's word, in whatever state
// it is active, or ErrUnknownHold. It lets go of its copy. Guide: 取寄・準備中です and after:
// ご自身では取消・変更ができなくなりますので、図書館にご連絡ください.
func (h Hold) Withdraw(today Date) (Hold, error) {
	if !h.State.Active() {
		return h, ErrUnknownHold
	}
	h.State, h.ItemID, h.PickAt, h.EndedOn = Cancelled, "", time.Time{}, today
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

// End returns the hold as staff end it, in whatever state it is active, for a reason that
// its patron is told, or ErrUnknownHold. It lets go of its copy.
func (h Hold) End(reason EndReason, today Date) (Hold, error) {
	h, err := h.Withdraw(today)
	if err == nil {
		h.EndReason = reason
	}
	return h, err
}

// At returns the hold as it is at a time: a copy that was set aside is fetched when
// Policy.PickAfter has passed.
func (h Hold) At(now time.Time) Hold {
	if h.State == Waiting && h.ItemID != "" && !now.Before(h.PickAt) {
		h.State, h.PickAt = Preparing, time.Time{}
	}
	return h
}

// SetAside gives a waiting hold a copy that stands somewhere, and says where the item
// then is. Nobody else gets it, but its patron may still change the hold for a while,
// see At. The hold is not ready before somebody has the copy in hand (see Deliver), also
// where it stands at the pickup branch: the patron would come for what is not there.
func (p Policy) SetAside(h Hold, item ItemID, now time.Time) (Hold, ItemState) {
	h.ItemID, h.PickAt = item, now.Add(p.PickAfter.Duration())
	return h.At(now), InTransit
}

// Deliver says what becomes of a hold when its copy, or a copy for it, lies at the
// desk of a branch, and where the item then is: at the pickup branch the hold is
// ready, from elsewhere the copy is sent there.
func (h Hold) Deliver(item ItemID, at BranchCode, today Date) (Hold, ItemState) {
	h.ItemID, h.PickAt = item, time.Time{}
	if at != h.Pickup {
		h.State = Preparing
		return h, InTransit
	}
	h.State, h.ReadyOn, h.FellBackOn = ReadyHold, today, Date{}
	h.MailFailed, h.Calls, h.CalledOn = false, 0, Date{} // these were about something else
	return h, OnHoldShelf
}

// Requeue returns a hold whose copy is gone: it waits again, in the place in the queue
// that it always had. Of one that was ready the patron is told, and sees the day.
func (h Hold) Requeue(today Date) Hold {
	if h.State == ReadyHold {
		h.FellBackOn = today
	}
	h.State, h.ItemID, h.PickAt = Waiting, "", time.Time{}
	h.ReadyOn, h.ContactedOn, h.ShelfUntil = Date{}, Date{}, Date{}
	h.MailFailed, h.Calls, h.CalledOn = false, 0, Date{}
	return h
}

// Expire returns the hold as it ends when its patron did not come, and whether it does
// on this day: after the last day on the shelf, of which the patron was told. Of a
// sequence, which has at least all of its active members, none does while an earlier
// member is still on its way: it is to be fetched together with that. It lets go of its
// copy.
func (h Hold) Expire(today Date, sequence []Hold) (Hold, bool) {
	if h.State != ReadyHold || h.ContactedOn.IsZero() || !h.ShelfUntil.Before(today) {
		return h, false
	}
	for _, earlier := range sequence {
		if earlier.before(h) && (earlier.State == Waiting || earlier.State == Preparing) {
			return h, false
		}
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

// FormReceived returns ErrFormFuture or ErrFormTooOld where a paper form cannot count from
// when it is said to have been received. Both times are in the library's zone. Guide: 申込書での予約も受付日時で入力されるため.
func (p Policy) FormReceived(received, now time.Time) error {
	switch {
	case received.After(now):
		return ErrFormFuture
	case DateOf(now).Sub(DateOf(received)) > p.PaperDays:
		return ErrFormTooOld
	}
	return nil
}
