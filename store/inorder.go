package store

import (
	"context"
	"iter"
	"runtime"
	"sync"
)

// lot is a few of a sequence, on which one goroutine works at a time.
type lot[A, B any] struct {
	in   []A
	out  []B
	err  error // after out
	done chan struct{}
}

const lotSize = 64

// inOrder converts each A of a sequence into a B on all processors, and calls use with
// them one after the other in the order of the sequence. The sequence runs in a
// goroutine of its own, which has ended when inOrder returns.
func inOrder[A, B any](ctx context.Context, sequence iter.Seq2[A, error], convert func(A) (B, error), use func(B) error) error {
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	workers := runtime.GOMAXPROCS(0)
	queue, work := make(chan *lot[A, B], 4*workers), make(chan *lot[A, B])

	running.Go(func() {
		defer close(queue)
		defer close(work)
		next := &lot[A, B]{done: make(chan struct{})}
		hand := func() bool {
			l := next
			next = &lot[A, B]{done: make(chan struct{})}
			for _, to := range []chan *lot[A, B]{queue, work} {
				select {
				case to <- l:
				case <-ctx.Done():
					return false
				}
			}
			return true
		}
		for a, err := range sequence {
			if err != nil {
				next.err = err
				break
			}
			if next.in = append(next.in, a); len(next.in) == lotSize && !hand() {
				return
			}
		}
		hand()
	})
	for range workers {
		running.Go(func() {
			for l := range work {
				l.convertAll(convert)
			}
		})
	}
	for l := range queue {
		select {
		case <-l.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		for _, b := range l.out {
			if err := use(b); err != nil {
				return err
			}
		}
		if l.err != nil {
			return l.err
		}
	}
	return ctx.Err()
}

func (l *lot[A, B]) convertAll(convert func(A) (B, error)) {
	defer close(l.done)
	for _, a := range l.in {
		b, err := convert(a)
		if err != nil {
			l.err = err
			return
		}
		l.out = append(l.out, b)
	}
}
