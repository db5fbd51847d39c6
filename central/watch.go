package central

import (
	"context"
	"sync"
	"time"

	"madoguchi/central/db"
)

// watch lets requests wait until the change log grows. However many wait, the log is
// looked at once every lookEvery, and not at all while nobody does.
type watch struct {
	look func(ctx context.Context) (db.Log, error)

	mu   sync.Mutex
	log  db.Log        // as last seen
	seen chan struct{} // closed after the look that is under way; nil: none is
}

// lookEvery is how often the log is looked at. A look is one small query; several
// processes may write the log.
const lookEvery = 500 * time.Millisecond

// maxWait is the longest that a request may wait for changes.
const maxWait = 20 * time.Second

// quiet waits until the context ends and reports that the log stayed at a place until
// then: an epoch, a number, and its mark where that is known. It returns false as soon as
// it cannot say so: the log is elsewhere, or could not be looked at.
func (w *watch) quiet(ctx context.Context, at db.Log) bool {
	for looked := false; ; looked = true {
		log, seen := w.next()
		elsewhere := log.Epoch != at.Epoch || log.Number != at.Number || at.Mark != "" && log.Mark != at.Mark
		if log.Number > at.Number || looked && elsewhere {
			return false
		}
		select {
		case <-ctx.Done():
			return looked
		case <-seen:
		}
	}
}

// next returns the log as last seen, and what is closed after the next look.
func (w *watch) next() (db.Log, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen == nil {
		seen := make(chan struct{})
		w.seen = seen
		time.AfterFunc(lookEvery, func() { w.lookOnce(seen) })
	}
	return w.log, w.seen
}

func (w *watch) lookOnce(seen chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), short)
	defer cancel()
	log, err := w.look(ctx)
	if err != nil {
		log = db.Log{} // nobody is kept waiting: the question that follows meets the trouble
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log, w.seen = log, nil
	close(seen)
}
