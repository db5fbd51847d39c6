package main

import (
	"errors"
	"io/fs"
	"time"

	"madoguchi/store/outbox"
	kiosksync "madoguchi/sync"
)

// requests looks at what patrons left while the server was away.
func (d *doctor) requests() {
	if _, _, err := kiosksync.Enrolment(d.config.Data); err != nil {
		return // it was said of the server
	}
	r, err := kiosksync.ExamineRequests(d.ctx, d.config.Data)
	for _, file := range r.Aside {
		d.bad("A damaged file of requests was set aside as %s. Requests in it may be lost: patrons who come with a receipt that \"central request\" does not know must ask anew. Delete it with those beside it of the same name when nobody needs it any more.", file)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.ok("No requests were left here yet; kiosk makes the room for them when it starts.")
		return
	case errors.Is(err, outbox.ErrDamaged):
		d.bad("The requests that were left here cannot be read: %v. Start kiosk anew: it sets the file aside and begins another one.", err)
		return
	case errors.Is(err, outbox.ErrSchema):
		d.bad("No requests can be left here, and those that were cannot be handed over: %v. Install that version of kiosk again.", err)
		return
	case err != nil:
		d.bad("The requests that were left here cannot be looked at: %v.", err)
		return
	}
	d.waiting(r)
	switch {
	case errors.Is(r.Refuses, outbox.ErrFull):
		d.bad("No more requests can be left here: %d wait, which is as many as can be kept. They are handed over as soon as the server answers.", r.Letters-r.Unreadable)
	case errors.Is(r.Refuses, outbox.ErrRoom):
		d.bad("No requests can be left here while the server is away: there was no room for them on the disk of %s. Make room of 20 MB; kiosk takes it within a minute.", d.config.Data)
	case !r.HasKey:
		d.ok("No requests can be left here while the server is away: the server has not told yet that it takes any.")
	default:
		d.ok("Requests can be left here while the server is away.")
	}
}

// longAway is for how long a request may wait before somebody should look why.
const longAway = 24 * time.Hour

// waiting tells of what waits to be handed over.
func (d *doctor) waiting(r kiosksync.Requests) {
	since := r.Oldest.Format("2006-01-02 15:04")
	switch waiting := r.Letters - r.Unreadable; {
	case waiting == 0:
	case r.Unreadable == 0 && time.Since(r.Oldest) > longAway:
		d.bad("Requests that wait to be handed over: %d, the oldest since %s. Find out why the server does not answer, or what it says against them: the log of kiosk tells.", waiting, since)
	default:
		d.ok("Requests that wait to be handed over: %d, the oldest since %s.", waiting, since)
	}
	if r.Unreadable > 0 {
		d.bad("Requests that the server could not read: %d; the oldest request here is of %s. If the server lost its file requests.key, put that back from the copy: they are handed over again once a day, and whenever kiosk starts. If there is no copy, those patrons must ask anew.", r.Unreadable, since)
	}
}
