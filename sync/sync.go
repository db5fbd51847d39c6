// Package sync keeps a terminal's catalogue in step with the central server: it
// fetches the edition, follows the changes after it, proves by digests that both
// sides hold the same, and mends what does not. Search goes on all the while, also
// when the server is away. It shows nothing to patrons: its status is data.
//
// The name is the standard library's; import it as kiosksync.
package sync

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"madoguchi/central/protocol"
	"madoguchi/library"
	"madoguchi/store"
	"madoguchi/store/outbox"
)

// Config is what a Client needs. Only Dir is required.
type Config struct {
	Dir     string       // the data folder: catalogue, terminal.json, chunks, outbox
	Server  string       // "": the server that the terminal was enrolled at
	Version string       // of this program, which the server is told
	Client  *http.Client // nil: one with timeouts of its own, that trusts what the terminal was enrolled to

	Poll   time.Duration // how long a question for changes waits at the server while there are none; 0: 10 s
	Verify time.Duration // how often to compare the whole catalogue; 0: 6 h
	Spread time.Duration // over how long terminals that must fetch anew spread; 0: 1 min

	Log     *slog.Logger                // nil: no log
	OnState func(library.TerminalState) // called from Open, Run and Leave whenever the state changed; must not block
}

// Client keeps the catalogue in step. Make it with Open, let Run work in a
// goroutine, read through With or its own reading methods.
type Client struct {
	cfg      Config
	terminal terminalFile
	wire     *protocol.Client
	lock     *os.File
	wake     chan struct{} // something must be done before the next poll

	mu      sync.Mutex
	state   library.TerminalState
	site    *library.Site
	current *generation
	closed  bool
	closing sync.WaitGroup

	outbox    *outbox.Outbox // nil: it could not be opened
	room      bool           // the outbox has some for another request
	outboxErr string         // what was last logged of it, "" when all is well
	looking   sync.Mutex     // held before mu

	// Only Run uses these.
	siteAt      time.Time
	verifyAt    time.Time
	mustVerify  bool
	optimisedAt time.Time
	outboxAt    time.Time
	audit       string // see siteFile
	auditEpoch  string
	handed      *outbox.Handed // nil: it could not be opened
	backedUp    int64          // when the server's newest backup was begun, as told last
	tries       map[string]try // of the requests that could not be handed over yet, by id
}

// ErrInUse says that another process keeps the same folder in step.
var ErrInUse = errors.New("another kiosk program is running with this data folder; end it first")

// Open opens the terminal's data folder. It needs no server: what an earlier run
// left is there at once. A damaged catalogue is set aside and will be fetched
// again. Where the outbox cannot be opened no requests are taken. It returns
// ErrNotEnrolled before Enrol, and ErrInUse while another process has the folder.
func Open(cfg Config) (*Client, error) {
	if cfg.Poll == 0 {
		cfg.Poll = 10 * time.Second
	}
	if cfg.Verify == 0 {
		cfg.Verify = 6 * time.Hour
	}
	if cfg.Spread == 0 {
		cfg.Spread = time.Minute
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	c := &Client{cfg: cfg, wake: make(chan struct{}, 1), mustVerify: true, tries: map[string]try{}, state: library.TerminalState{Phase: library.CatalogueStarting, Untried: true}}
	var err error
	if c.terminal, err = readTerminal(cfg.Dir); err != nil {
		return nil, err
	}
	if cfg.Server == "" {
		cfg.Server = c.terminal.Server
	}
	if cfg.Client == nil {
		if cfg.Client, err = c.terminal.client(); err != nil {
			return nil, err
		}
	}
	if c.wire, err = protocol.NewClient(cfg.Server, c.terminal.Secret, cfg.Client); err != nil {
		return nil, err
	}
	c.wire.Version = cfg.Version
	if err := os.MkdirAll(c.chunks(), 0o750); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if c.lock, err = lockFolder(cfg.Dir); err != nil {
		return nil, err
	}
	if err := c.readSite(); err != nil {
		cfg.Log.Warn("the site that was kept cannot be read; the server will be asked", "err", err)
	}
	if err := c.openCatalogue(); err != nil {
		c.lock.Close()
		return nil, err
	}
	c.openOutbox()
	c.openHanded()
	c.outboxAt = time.Now()
	return c, nil
}

// Close closes the catalogue when its readers are done, and the outbox. Run must have
// ended.
func (c *Client) Close() error {
	c.mu.Lock()
	old := c.current
	c.current, c.closed = nil, true
	c.mu.Unlock()
	if old != nil {
		c.retire(old, nil)
	}
	c.closing.Wait()
	var handed error
	if c.handed != nil {
		handed = c.handed.Close()
	}
	return errors.Join(c.closeOutbox(), handed, c.lock.Close())
}

// beside runs work that Close waits for.
func (c *Client) beside(work func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.closing.Go(work)
	}
}

// Terminal is the id of this terminal.
func (c *Client) Terminal() string { return c.terminal.Terminal }

// Server is the address of the central server.
func (c *Client) Server() string { return cmp.Or(c.cfg.Server, c.terminal.Server) }

// Branch is where this terminal stands.
func (c *Client) Branch() library.BranchCode { return c.terminal.Branch }

// Site is what the server last said of the library, also in an earlier run; false
// when it never did.
func (c *Client) Site() (library.Site, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.site == nil {
		return library.Site{}, false
	}
	return *c.site, true
}

// availabilityWithin bounds how long a person waits for what only refines what is
// already on screen.
const availabilityWithin = 3 * time.Second

// Availability asks the server where the items of a bib are at this moment.
func (c *Client) Availability(ctx context.Context, bib library.BibID) ([]library.Availability, error) {
	ctx, cancel := context.WithTimeout(ctx, availabilityWithin)
	defer cancel()
	return c.wire.Availability(ctx, bib)
}

// httpClient gives up on a server that does not answer. It has no time limit for a
// whole answer: a chunk over a slow line takes what it takes. A nil trust is the
// machine's own.
func httpClient(trust *tls.Config) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	t.TLSClientConfig = trust
	t.TLSHandshakeTimeout = 10 * time.Second
	t.ResponseHeaderTimeout = 30 * time.Second
	return &http.Client{Transport: t}
}

func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, ErrInUse
		}
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	return f, nil
}

// damaged reports whether an error means that the catalogue must be fetched anew.
func damaged(err error) bool {
	return errors.Is(err, store.ErrDamaged) || errors.Is(err, store.ErrSchema)
}
