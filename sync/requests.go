package sync

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"

	"madoguchi/central/protocol"
	"madoguchi/library"
	"madoguchi/store/outbox"
)

const outboxName = "outbox.db"

func outboxPath(dir string) string { return filepath.Join(dir, outboxName) }

// Leave seals a request to the server's key and keeps it until the server has it, which
// is within moments where it answers. It is on the disk, and nobody but the server can
// read it, when Leave returns the code of its receipt. ReceivedAt is set here. Whatever
// goes wrong is library.ErrNoRequests: then nothing is kept.
func (c *Client) Leave(ctx context.Context, r library.Request) (receipt string, err error) {
	id, err := c.keep(context.WithoutCancel(ctx), r) // a patron who goes has left it or not, nothing between
	c.lookAtOutbox()
	if err != nil {
		c.cfg.Log.Warn("a request could not be taken", "err", err)
		return "", library.ErrNoRequests
	}
	c.wakeUp()
	return library.ReceiptCode(id), nil
}

func (c *Client) keep(ctx context.Context, r library.Request) (id uuid.UUID, err error) {
	site, _ := c.Site()
	if site.RequestKey == "" {
		return id, errors.New("the server has told no key for requests")
	}
	box := c.box()
	if box == nil {
		return id, errors.New("the file of requests is not open")
	}
	if id, err = uuid.NewV7(); err != nil {
		return id, fmt.Errorf("make an identifier: %w", err)
	}
	r.ReceivedAt = c.receivedNow()
	sealed, err := protocol.SealRequest(site.RequestKey, id.String(), r)
	if err != nil {
		return id, err
	}
	err = box.Put(ctx, outbox.Letter{ID: id.String(), Key: sealed.Key, Sealed: sealed.Sealed, At: r.ReceivedAt})
	return id, c.outboxFailed(box, err)
}

// receivedNow is the time as of which a request is judged that is left now: never before
// the last contact with the server, since a clock that fell back would put it too far to
// the front of a queue. The clocks' readings are compared, not how much time went by,
// which Round takes out.
func (c *Client) receivedNow() time.Time {
	now, last := time.Now().Round(0), c.State().LastContact.Round(0)
	if now.Before(last) {
		now = last
	}
	return now.UTC().Truncate(time.Millisecond)
}

// How requests are delivered.
const (
	outboxEvery     = time.Minute      // how often the room for requests is looked after
	handOverWithin  = 20 * time.Second // one request; the server hashes its password slowly, and in turn
	deliverFor      = 30 * time.Second // in one round: the catalogue goes on in between
	throttledAgain  = time.Minute      // where the server takes no logins of this terminal for now
	unreadableAgain = 24 * time.Hour   // its key may have come back out of a backup
	refusedBackoff  = time.Minute      // doubled each time, as firstBackoff is
	maxTryBackoff   = time.Hour
)

// try is what came of handing over a request that is still here.
type try struct {
	failures int
	next     time.Time // not before it
}

// deliver hands over what was left, each in its turn and each for itself: only a server
// that does not answer keeps those behind it waiting, and one that does not answer to
// the same again and again does not. It is called when the server has just answered.
func (c *Client) deliver(ctx context.Context) {
	box := c.box()
	if box == nil || c.State().Requests == 0 {
		return
	}
	letters, err := box.Letters(ctx)
	if c.outboxFailed(box, err) != nil {
		return
	}
	defer c.lookAtOutbox()
	slices.SortStableFunc(letters, func(a, b outbox.Letter) int {
		return max(c.tries[a.ID].failures, 1) - max(c.tries[b.ID].failures, 1)
	})
	end := time.Now().Add(deliverFor)
	for _, l := range letters {
		switch now := time.Now(); {
		case now.Before(c.tries[l.ID].next):
			continue
		case now.After(end):
			c.wakeUp()
			return
		}
		if !c.handOver(ctx, box, l) {
			return
		}
	}
}

// handOver hands over one request. Only when the server has said that it has it is it
// forgotten here. It is false where the server does not answer.
func (c *Client) handOver(ctx context.Context, box *outbox.Outbox, l outbox.Letter) (answered bool) {
	in, cancel := context.WithTimeout(ctx, handOverWithin)
	defer cancel()
	at, err := c.wire.Request(in, l.ID, protocol.SealedRequest{Key: l.Key, Sealed: l.Sealed})
	if ctx.Err() != nil {
		return false
	}
	if err == nil {
		c.keepHanded(ctx, l, at)
		if c.outboxFailed(box, box.Remove(ctx, l.ID)) == nil {
			delete(c.tries, l.ID)
			c.cfg.Log.Info("a request was handed over", "request", l.ID)
			return true
		}
		err = errors.New("it was handed over, but cannot be forgotten") // by its id it happens once
	}
	answered = c.failed(ctx, l, err)
	if errors.Is(err, library.ErrRequestUnreadable) && !l.Unreadable {
		c.outboxFailed(box, box.MarkUnreadable(ctx, l.ID))
	}
	return answered
}

// failed notes when a request is to be handed over again. It is false where the server
// did not answer.
func (c *Client) failed(ctx context.Context, l outbox.Letter, err error) (answered bool) {
	t := c.tries[l.ID]
	t.failures++
	wait := tryAgain(err, t.failures)
	t.next = time.Now().Add(wait)
	c.tries[l.ID] = t
	// Not the error itself: what a server writes into one must not get into the log.
	code, _ := judge(err)
	c.cfg.Log.Warn("a request could not be handed over; it is kept", "request", l.ID, "code", code, "again_in", wait)
	return !errors.Is(unreachable(ctx, err), library.ErrUnreachable)
}

// tryAgain is how long to wait after so many failures, of which this error is the last.
func tryAgain(err error, failures int) time.Duration {
	var later *protocol.TryLater
	var problem *protocol.Problem
	switch {
	case errors.Is(err, library.ErrRequestUnreadable):
		return unreadableAgain
	case errors.As(err, &later) && later.Wait > 0:
		return later.Wait
	case errors.Is(err, library.ErrTerminalThrottled):
		return throttledAgain
	case errors.As(err, &problem) && problem.RetryAfter > 0:
		return time.Duration(problem.RetryAfter) * time.Second
	case errors.Is(unreachable(context.Background(), err), library.ErrUnreachable):
		// The next round tries it again.
		if failures == 1 {
			return 0
		}
		return backoff(firstBackoff, failures-1)
	}
	return backoff(refusedBackoff, failures)
}

func backoff(first time.Duration, failures int) time.Duration {
	return min(first<<min(failures-1, 20), maxTryBackoff)
}

// box is the outbox, nil where it could not be opened.
func (c *Client) box() *outbox.Outbox {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.outbox
}

// openOutbox opens the outbox. Where that fails no requests are taken, and all else goes
// on.
func (c *Client) openOutbox() {
	box, err := outbox.Open(outboxPath(c.cfg.Dir))
	c.noteOutbox(err)
	if err != nil {
		return
	}
	if aside := box.SetAside(); aside != "" {
		c.cfg.Log.Error("the file of requests was damaged and is set aside; what was in it may be lost, and patrons who ask for it must ask anew", "file", aside)
	}
	c.mu.Lock()
	c.outbox = box
	c.mu.Unlock()
	c.lookAtOutbox()
}

// tendOutbox opens the outbox where that failed before, and makes the room in it that
// was missing.
func (c *Client) tendOutbox(ctx context.Context) {
	now := time.Now()
	if now.Sub(c.outboxAt) < outboxEvery {
		return
	}
	c.outboxAt = now
	box := c.box()
	if box == nil {
		c.openOutbox()
		return
	}
	err := c.outboxFailed(box, box.MakeRoom(ctx))
	if ctx.Err() == nil {
		c.noteOutbox(err)
		c.lookAtOutbox()
	}
}

// outboxFailed returns the error. A damaged outbox is closed: tendOutbox sets it aside
// and begins another one.
func (c *Client) outboxFailed(box *outbox.Outbox, err error) error {
	if !errors.Is(err, outbox.ErrDamaged) {
		return err
	}
	mine := false
	c.report(func(*library.TerminalState) {
		if mine = c.outbox == box; mine {
			c.outbox, c.room = nil, false
		}
	})
	if mine {
		c.noteOutbox(errors.Join(err, box.Close()))
	}
	return err
}

// noteOutbox logs what keeps requests from being taken, once.
func (c *Client) noteOutbox(err error) {
	said := ""
	if err != nil {
		said = err.Error()
	}
	c.mu.Lock()
	before := c.outboxErr
	c.outboxErr = said
	c.mu.Unlock()
	switch {
	case said != "" && said != before:
		c.cfg.Log.Warn("no requests can be taken while the server is away; trying again", "err", err)
	case said == "" && before != "":
		c.cfg.Log.Info("requests can be taken again")
	}
}

// lookAtOutbox puts what is in the outbox into the state.
func (c *Client) lookAtOutbox() {
	c.looking.Lock() // the later look is the one that stays
	defer c.looking.Unlock()
	var s outbox.State
	room := false
	if box := c.box(); box != nil {
		var err error
		s, err = box.State(context.Background())
		if err = c.outboxFailed(box, err); err != nil {
			c.noteOutbox(err)
		}
		room = err == nil && s.Refuses == nil
	}
	c.report(func(st *library.TerminalState) {
		c.room = room
		st.Requests, st.RequestsSince, st.Unreadable = s.Letters, s.Oldest, s.Unreadable
	})
}

func (c *Client) closeOutbox() error {
	c.mu.Lock()
	box := c.outbox
	c.outbox, c.room = nil, false
	c.mu.Unlock()
	if box == nil {
		return nil
	}
	return box.Close()
}
