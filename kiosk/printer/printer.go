// Package printer prints pictures on a receipt printer that speaks ESC/POS, over a
// serial line, a device file (USB) or TCP. It asks the printer how it is before,
// while and after it prints. A printer that does not answer, because it is simple or
// its line goes one way, is taken to have printed when it took everything in time.
//
// It logs nothing: what is printed is a patron's.
package printer

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Printer is one printer; it may be used by several goroutines.
type Printer struct {
	settings Settings
	target   target
	waits    waits
	turn     chan leftover // holds the one value while nobody prints
}

// leftover is what the job before may have left in the printer.
type leftover int

const (
	unknown leftover = iota // another program printed before, or nobody
	nothing
	half // a slip that was cut off
)

// waits are how long things may take.
type waits struct {
	first  time.Duration // for the first answer of each kind, after which it counts as mute
	answer time.Duration // for an answer of one that did answer
	poll   time.Duration // between questions while it prints
	write  time.Duration // for a piece of a picture to be taken
	base   time.Duration // for a whole job, besides the time for its length
}

// A printer feeds at least so fast: 50 mm a second, of which half is taken for sure.
const perLine = 5 * time.Millisecond

// New makes the printer of the settings, which must name a device. It opens nothing.
func New(s Settings) (*Printer, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	t, err := s.target()
	if err != nil {
		return nil, err
	}
	p := &Printer{settings: s, target: t, turn: make(chan leftover, 1), waits: waits{
		first: 500 * time.Millisecond, answer: 3 * time.Second, poll: 200 * time.Millisecond,
		write: 5 * time.Second, base: 10 * time.Second,
	}}
	p.turn <- unknown
	return p, nil
}

// Print prints a picture, dark dots black, and cuts the paper behind it. A picture
// wider than the paper is refused. It returns ErrPaperOut, ErrOffline or ErrMissing
// where nothing came out, or not all of it, and ctx.Err() when ctx ended first; the
// next job begins on clean paper in any case. It takes at most about 10 seconds and
// the time that the printer needs for the length.
func (p *Printer) Print(ctx context.Context, img image.Image) error {
	r, err := newRaster(img, p.settings.Width())
	if err != nil {
		return err
	}
	limit := p.waits.base + time.Duration(r.lines())*perLine
	if p.target.file != "" {
		limit += p.onLine(len(r.data) + bandLines*r.stride)
	}
	return p.with(ctx, limit, func(c *conversation, before leftover) (leftover, error) {
		return c.print(r, before)
	})
}

// onLine is how long a serial line needs for so many bytes, and a quarter more.
func (p *Printer) onLine(bytes int) time.Duration {
	return time.Duration(bytes) * 10 * time.Second / time.Duration(p.settings.baud()) * 5 / 4
}

// Check asks the printer how it is, without printing. It returns the errors of Print;
// nil also stands for a printer that is there and does not answer.
func (p *Printer) Check(ctx context.Context) error {
	return p.with(ctx, p.waits.base, func(c *conversation, before leftover) (leftover, error) {
		return before, c.ready()
	})
}

// with opens the printer for one job at a time.
func (p *Printer) with(ctx context.Context, limit time.Duration, job func(*conversation, leftover) (leftover, error)) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	var left leftover
	select {
	case <-ctx.Done():
		return ctx.Err()
	case left = <-p.turn:
	}
	defer func() { p.turn <- left }()

	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	l, err := p.target.open(limited, p.settings.baud())
	if err != nil {
		return p.missing(ctx, err)
	}
	defer l.Close()
	defer context.AfterFunc(limited, func() { l.Close() })()
	left, err = job(&conversation{link: l, ctx: limited, waits: p.waits}, left)
	if err == nil || errors.Is(err, ErrPaperOut) || errors.Is(err, ErrOffline) {
		return err
	}
	return p.missing(ctx, err)
}

// missing words what failed on the way to a printer.
func (p *Printer) missing(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%s: %w (%w)", p.settings.Device, ErrMissing, err)
}

// conversation is one job's talk with the printer.
type conversation struct {
	link    link
	ctx     context.Context
	waits   waits
	answers []topic // what it answered at first
	printed bool    // it said that all is printed
}

// print prints and returns what it leaves in the printer.
func (c *conversation) print(r raster, before leftover) (leftover, error) {
	if err := c.ready(); err != nil {
		return before, err
	}
	var start []byte
	if before != nothing {
		start = padding(r.stride)
	}
	start = append(start, initialise[:]...)
	if before == half { // nobody is to get another's half slip
		start = append(start, feedAndCut[:]...)
	}
	for _, piece := range append([][]byte{start}, r.bands()...) {
		if err := c.write(piece); err != nil {
			return half, err
		}
		if err := c.state(); err != nil {
			return half, err
		}
	}
	if err := c.write(feedAndCut[:]); err != nil {
		return half, err
	}
	if err := c.finish(r.lines()); err != nil {
		return half, err
	}
	return nothing, nil
}

// ready finds out what the printer answers, and whether it can print.
func (c *conversation) ready() error {
	if c.link.writeOnly() {
		return nil
	}
	var now condition
	for _, t := range []topic{ofPrinter, ofOffline, ofPaper} {
		b, err := c.ask(t, c.waits.first)
		switch {
		case err == nil:
			c.answers = append(c.answers, t)
			now = now.decode(t, b)
		case !mute(err):
			return err
		}
	}
	return now.err()
}

// mute says whether an error means no more than that no answer came. Of a driver
// that cannot read, that is any of these.
func mute(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EBADF)
}

// state asks everything that was answered before.
func (c *conversation) state() error {
	if len(c.answers) == 0 {
		return nil
	}
	if err := c.link.drain(c.ctx); err != nil {
		return err
	}
	var now condition
	for _, t := range c.answers {
		b, err := c.ask(t, c.waits.answer)
		if err != nil {
			return err
		}
		now = now.decode(t, b)
	}
	return now.err()
}

// finish waits until everything is on paper. A printer that does not say when it has
// printed is asked how it is until it must have.
func (c *conversation) finish(lines int) error {
	if err := c.link.drain(c.ctx); err != nil || len(c.answers) == 0 {
		return err
	}
	if err := c.write(askPaper[:]); err != nil {
		return err
	}
	c.printed = false
	until := time.Now().Add(c.waits.answer + time.Duration(lines)*perLine)
	for !c.printed && time.Now().Before(until) {
		if err := c.state(); err != nil {
			return err
		}
		if c.printed {
			break
		}
		if _, err := c.read(c.waits.poll, isPrinted); err != nil && !mute(err) {
			return err
		}
	}
	return c.state()
}

// ask asks and waits for the answer. What came before it belongs to no question.
func (c *conversation) ask(t topic, wait time.Duration) (byte, error) {
	if _, err := c.read(time.Millisecond, nil); err != nil && !mute(err) {
		return 0, err
	}
	if err := c.write(t.question()); err != nil {
		return 0, err
	}
	return c.read(wait, isStatus)
}

// read returns the next byte that is wanted, and notes an answer to GS r on the way.
func (c *conversation) read(wait time.Duration, wanted func(byte) bool) (byte, error) {
	if err := c.link.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return 0, err
	}
	var b [1]byte
	for {
		n, err := c.link.Read(b[:])
		if _, network := c.link.(net.Conn); errors.Is(err, io.EOF) && !network {
			err = os.ErrDeadlineExceeded // a device that has nothing to say
		}
		if err != nil {
			return 0, err
		}
		if n == 0 {
			continue
		}
		c.printed = c.printed || isPrinted(b[0])
		if wanted != nil && wanted(b[0]) {
			return b[0], nil
		}
	}
}

// write writes in pieces, each of which must be taken in time.
func (c *conversation) write(data []byte) error {
	const piece = 1024
	for len(data) > 0 {
		n := min(piece, len(data))
		if err := c.link.SetWriteDeadline(time.Now().Add(c.waits.write)); err != nil {
			return err
		}
		if _, err := c.link.Write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}
