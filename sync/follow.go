package sync

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"madoguchi/central/protocol"
	"madoguchi/library"
	"madoguchi/store"
)

// answerWithin bounds one question to the server.
const answerWithin = 60 * time.Second

// The wait after the first failure, doubled with each further one, and the longest.
const (
	firstBackoff = time.Second
	maxBackoff   = time.Minute
)

// Run keeps the catalogue in step until the context ends. Whatever the server or
// the disk does, it goes on trying; State says how things stand.
func (c *Client) Run(ctx context.Context) error {
	for failures := 0; ; {
		began, number := time.Now(), c.State().Change
		patience := c.cfg.Poll
		if failures > 0 || c.verifyDue() {
			patience = 0
		}
		err := c.round(ctx, patience)
		if ctx.Err() != nil {
			return nil
		}
		code, connected := judge(err)
		// A pause gathers changes that come close to each other, and spreads the
		// terminals that all heard of one at once. Where a question brought nothing
		// though the server did not let it wait, it is the whole of Poll.
		wait := jitter(min(pause, c.cfg.Poll))
		if patience > 0 && c.State().Change == number {
			wait = max(wait, jitter(c.cfg.Poll)-time.Since(began))
		}
		if err != nil {
			wait = jitter(min(firstBackoff<<min(failures, 10), maxBackoff))
			failures++
			if failures == 1 || c.State().Problem != code {
				c.cfg.Log.Warn("not in step with the server; trying again", "code", code, "err", err)
			}
		} else if failures > 0 {
			failures = 0
			c.cfg.Log.Info("in step with the server again")
		}
		c.report(func(s *library.TerminalState) {
			s.Untried, s.Connected, s.Problem = false, connected, code
			s.Phase, s.Done, s.Total = library.CatalogueStarting, 0, 0
			if s.Searchable {
				s.Phase = library.CatalogueReady
			}
		})
		select {
		case <-ctx.Done():
			return nil
		case <-c.wake:
		case <-time.After(wait):
		}
	}
}

// pause is between two questions for changes.
const pause = time.Second

// jitter spreads what many terminals would do at the same moment.
func jitter(d time.Duration) time.Duration {
	return d*3/4 + time.Duration(rand.Int64N(int64(d/2)+1))
}

// round does all there is to do now. Where there is nothing, it waits at the server
// for a change, for as long as patience, or until it is woken.
func (c *Client) round(ctx context.Context, patience time.Duration) error {
	c.tendOutbox(ctx)
	if err := c.pullSite(ctx); err != nil {
		return err
	}
	if c.needsEdition() {
		if err := c.fetch(ctx); err != nil {
			c.deliverUnlessAway(ctx, err)
			return err
		}
	}
	err := c.pull(ctx, patience)
	c.deliverUnlessAway(ctx, err)
	if errors.Is(err, library.ErrOtherHistory) {
		err = c.rejoin(ctx)
	}
	if err == nil && c.verifyDue() {
		err = c.verify(ctx)
	}
	if err == nil {
		err = c.optimise(ctx, time.Now())
	}
	if errors.Is(err, library.ErrReset) {
		if err := c.spread(ctx); err != nil {
			return err
		}
		if err = c.fetch(ctx); err == nil {
			err = c.pull(ctx, 0)
			c.wakeUp() // to compare
		}
	}
	if damaged(err) {
		c.wakeUp() // With has noted it: the next round fetches
	}
	return err
}

// deliverUnlessAway hands over what patrons left, unless the catalogue's error means that
// the server is away: what else keeps the catalogue, such as a full disk, does not keep
// requests.
func (c *Client) deliverUnlessAway(ctx context.Context, err error) {
	if _, connected := judge(err); connected || damaged(err) {
		c.deliver(ctx)
		c.offerHanded(ctx)
	}
}

func (c *Client) verifyDue() bool { return c.mustVerify || time.Now().After(c.verifyAt) }

// optimise tidies the search index, once a night.
func (c *Client) optimise(ctx context.Context, now time.Time) error {
	site, _ := c.Site()
	if now.In(site.Location()).Hour() != 3 || now.Sub(c.optimisedAt) < 12*time.Hour {
		return nil
	}
	c.optimisedAt = now
	return c.local(c.With(func(cat *store.Catalogue) error { return cat.Optimise(ctx) }))
}

// spread waits for a moment of this terminal's own, so that not all of a city's
// terminals fetch the edition at once.
func (c *Client) spread(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(rand.Int64N(int64(c.cfg.Spread) + 1))):
		return nil
	}
}

func (c *Client) head(ctx context.Context) (protocol.Head, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	head, err := c.wire.Head(ctx)
	if err == nil {
		c.contact(head.SystemAway)
		c.dropHanded(ctx, head.Epoch, head.BackedUp)
	}
	return head, err
}

// contact notes that the server answered, and whether the library's own system does.
func (c *Client) contact(systemAway bool) {
	c.report(func(s *library.TerminalState) {
		s.Untried, s.Connected, s.LastContact, s.SystemAway = false, true, time.Now(), systemAway
	})
}

func (c *Client) info(ctx context.Context) (in store.Info, err error) {
	err = c.With(func(cat *store.Catalogue) error {
		in, err = cat.Info(ctx)
		return err
	})
	return in, err
}

// showNumbers puts the catalogue's numbers into the state.
func (c *Client) showNumbers() error {
	in, err := c.info(context.Background())
	if err != nil {
		return err
	}
	c.report(func(s *library.TerminalState) {
		s.Searchable, s.Edition, s.Change, s.Bibs, s.Items = true, in.Edition, in.Number, in.Bibs, in.Items
	})
	return nil
}

// pagesBeforeHead is after how many pages of changes it is worth asking whether the
// edition is the shorter way.
const pagesBeforeHead = 5

// pull applies all changes that the server has, and waits for the first of them as
// round does. It returns library.ErrReset where fetching the edition takes less: at a
// million bibs after most of a year away, so that a terminal that was away for a month
// takes its 150,000 changes one by one, in a minute.
func (c *Client) pull(ctx context.Context, patience time.Duration) error {
	for page := 1; ; page++ {
		in, err := c.info(ctx)
		if err != nil {
			return err
		}
		changes, err := c.changes(ctx, in, patience)
		if err != nil {
			return err
		}
		patience = 0
		if changes.Upto > in.Number {
			err = c.With(func(cat *store.Catalogue) error {
				return cat.Apply(ctx, store.Cursor{Epoch: changes.Epoch, Number: changes.Upto, Mark: changes.Mark}, changes.Rows)
			})
			if err != nil {
				return c.local(err)
			}
			if err := c.showNumbers(); err != nil {
				return err
			}
		}
		if !changes.More {
			return nil
		}
		if page == pagesBeforeHead {
			head, err := c.head(ctx)
			if err != nil {
				return err
			}
			if e := head.Edition; e != nil && e.Schema == store.Schema && e.Number-changes.Upto > e.InChanges() {
				return library.ErrReset
			}
		}
	}
}

func (c *Client) changes(ctx context.Context, in store.Info, patience time.Duration) (protocol.Changes, error) {
	asking, cancel := context.WithTimeout(ctx, patience+answerWithin)
	defer cancel()
	woken := c.whenWoken(asking, cancel)
	changes, err := c.wire.Changes(asking, in.Epoch, in.Number, in.Mark, patience)
	if err != nil && woken() && ctx.Err() == nil {
		return protocol.Changes{Epoch: in.Epoch, After: in.Number, Upto: in.Number}, nil
	}
	if err != nil {
		return changes, err
	}
	c.contact(changes.SystemAway)
	if changes.BackedUp != c.backedUp {
		c.backedUp = changes.BackedUp
		c.dropHanded(ctx, changes.Epoch, changes.BackedUp)
	}
	if changes.Epoch != in.Epoch || changes.After != in.Number || changes.Upto < in.Number || changes.More && changes.Upto == in.Number {
		return changes, fmt.Errorf("the server answered the question for changes after %d with those from %d to %d", in.Number, changes.After, changes.Upto)
	}
	return changes, nil
}

// whenWoken calls off a question when there is something to do at once, and says
// afterwards whether it did.
func (c *Client) whenWoken(asking context.Context, callOff func()) (woken func() bool) {
	done := make(chan bool, 1)
	go func() {
		select {
		case <-c.wake:
			c.wakeUp() // for Run
			callOff()
			done <- true
		case <-asking.Done():
			done <- false
		}
	}()
	return func() bool {
		callOff()
		return <-done
	}
}

// local marks an error of the store as this machine's, unless the catalogue is
// damaged or the work was cancelled.
func (c *Client) local(err error) error {
	if err == nil || damaged(err) || errors.Is(err, context.Canceled) {
		return err
	}
	return localError(err)
}

// verifyTries is how often the digests are asked for while changes get in between.
const verifyTries = 5

// verify proves that the catalogue equals the server's, and fetches anew the
// buckets that do not.
func (c *Client) verify(ctx context.Context) error {
	if err := c.With(func(cat *store.Catalogue) error { return cat.Verify(ctx) }); err != nil {
		return c.local(err)
	}
	for range verifyTries {
		same, err := c.compare(ctx)
		if err != nil {
			return err
		}
		if same {
			c.mustVerify = false
			c.verifyAt = time.Now().Add(jitter(c.cfg.Verify))
			return nil
		}
		if err := c.pull(ctx, 0); err != nil {
			return err
		}
	}
	c.cfg.Log.Info("changes come too fast to compare the catalogue; tried again later")
	return nil
}

// compare is false when the two sides were not at the same change, or when there
// was something to mend: then it is worth comparing again.
func (c *Client) compare(ctx context.Context) (same bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	theirs, err := c.wire.Digests(ctx)
	if err != nil {
		return false, err
	}
	in, err := c.info(ctx)
	if err != nil {
		return false, err
	}
	if theirs.Epoch != in.Epoch {
		return false, library.ErrReset
	}
	if theirs.Number != in.Number {
		return false, nil
	}
	if theirs.Mark != "" && in.Mark != "" && theirs.Mark != in.Mark {
		return false, library.ErrOtherHistory
	}
	var ours [library.Buckets]library.Digest
	err = c.With(func(cat *store.Catalogue) error {
		ours, err = cat.Digests(ctx)
		return err
	})
	if err != nil {
		return false, c.local(err)
	}
	if same, err = c.compareLists(ctx, theirs, in); err != nil {
		return false, err
	}
	for n := range ours {
		if ours[n].String() == theirs.Buckets[n] {
			continue
		}
		same = false
		bucket, err := c.wire.Bucket(ctx, n)
		if err != nil {
			return false, err
		}
		if bucket.Epoch != in.Epoch || bucket.Number != in.Number {
			return false, nil
		}
		if err := c.replace(ctx, n, bucket); err != nil {
			return false, err
		}
	}
	return same, nil
}

func (c *Client) replace(ctx context.Context, n int, bucket protocol.Bucket) error {
	c.cfg.Log.Warn("a part of the catalogue differs from the server's; it is replaced", "bucket", n, "bibs", len(bucket.Records))
	return c.local(c.With(func(cat *store.Catalogue) error { return cat.ReplaceBucket(ctx, n, bucket.Records...) }))
}

// compareLists is compare for the lists of books, which have one digest.
func (c *Client) compareLists(ctx context.Context, theirs protocol.Digests, in store.Info) (same bool, err error) {
	var ours library.Digest
	err = c.With(func(cat *store.Catalogue) error {
		ours, err = cat.ListsDigest(ctx)
		return err
	})
	if err != nil {
		return false, c.local(err)
	}
	if ours.String() == theirs.Lists {
		return true, nil
	}
	lists, err := c.wire.Lists(ctx)
	if err != nil {
		return false, err
	}
	if lists.Epoch != in.Epoch || lists.Number != in.Number {
		return false, nil
	}
	c.cfg.Log.Warn("the lists of books differ from the server's; they are replaced", "lists", len(lists.Lists))
	err = c.With(func(cat *store.Catalogue) error { return cat.ReplaceLists(ctx, lists.Lists) })
	return false, c.local(err)
}
