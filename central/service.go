// Package central is the central server's service: the routes of the wire, the
// terminals that may use them, and the editions of the catalogue that it builds
// for them. What circulation decides it asks through Circulation.
package central

import (
	"context"
	"crypto/tls"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"madoguchi/central/audit"
	"madoguchi/central/catalogue"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// Mailer takes mails to patrons that are sent when the transaction is committed.
type Mailer interface {
	Queue(ctx context.Context, tx *db.Tx, m library.Mail) error
}

// Config is what a Service is made of.
type Config struct {
	DB          *db.DB // open and migrated
	Catalogue   *catalogue.Catalogue
	Circulation Circulation
	Desk        Desk     // nil: loans and returns are another system's
	Expiry      Expiry   // nil: so are the ends of holds
	Register    Register // nil: so is what is written down of patrons
	Editions    *Editions
	History     *History // nil: no note of the newest change is kept
	Terminals   *Terminals
	Passwords   *Passwords
	Checker     PasswordChecker         // nil: Passwords, which patrons then choose here
	Requests    *protocol.RequestOpener // reads what was left while this server was away; nil: nothing can be left
	Mail        Mailer                  // nil: no mail is sent
	MailQueue   *MailQueue              // sends what is queued while the service runs; nil: another process does, or none

	// Site is what terminals learn about the library; its branches come from the
	// catalogue, its RequestKey from Requests.
	Site library.Site
	// EditionAfter is how many changes may gather before a new edition is built.
	// 0: DefaultEditionAfter.
	EditionAfter int64
	// MetricsApart: the figures are not among what terminals can ask; see ServeMetrics.
	MetricsApart bool
	Log          *slog.Logger     // nil: no log
	Now          func() time.Time // nil: time.Now
}

// DefaultEditionAfter is how many changes gather before a new edition is built, where a
// Config does not say.
const DefaultEditionAfter = 50_000

// Service answers terminals. Make it with New; it is an http.Handler, and Run
// does what has to be done in the background.
type Service struct {
	cfg     Config
	mux     *http.ServeMux
	limit   *enrolLimit
	metrics *metrics
	watch   *watch
	// systemAway: the system behind Circulation could not be reached when it was last
	// asked. Terminals are told.
	systemAway atomic.Bool
	auditLacks atomic.Bool     // a terminal knows of an entry of the audit log that is not there
	audited    library.Date    // the day on which the log was last told the audit log's mark
	backedUp   atomic.Int64    // when the newest backup was begun, Unix milliseconds
	ending     context.Context // done when requests must not wait any more
	end        context.CancelFunc
	expired    library.Date // the day of the last morning on which holds expired, as Run knows it
}

// New returns a service. It does not start anything.
func New(cfg Config) *Service {
	if cfg.EditionAfter == 0 {
		cfg.EditionAfter = DefaultEditionAfter
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Service{cfg: cfg, mux: http.NewServeMux(), limit: newEnrolLimit(), metrics: newMetrics(cfg.MailQueue.collectors()...)}
	if cfg.Checker == nil {
		s.cfg.Checker = s.own()
	}
	if cfg.Requests != nil {
		s.cfg.Site.RequestKey = cfg.Requests.SiteKey()
	}
	s.watch = &watch{look: func(ctx context.Context) (db.Log, error) { return s.cfg.Catalogue.Log(ctx) }}
	s.ending, s.end = context.WithCancel(context.Background())
	for _, r := range s.routes() {
		s.mux.HandleFunc(r.pattern, s.serve(r))
	}
	return s
}

// own checks passwords by the hashes that are kept here.
func (s *Service) own() ownChecker { return ownChecker{s.cfg.Passwords, s.cfg.Site.Policy, s.cfg.Log} }

// ownPasswords reports whether patrons choose their passwords here.
func (s *Service) ownPasswords() bool { _, own := s.cfg.Checker.(ownChecker); return own }

// abilities are those of the circulation, and of what stands beside it.
func (s *Service) abilities() []library.Ability {
	can := slices.Clone(s.cfg.Circulation.Abilities())
	for _, beside := range []struct {
		ability library.Ability
		there   bool
	}{
		{library.AbilityEmail, s.cfg.Register != nil},
		{library.AbilityPassword, s.ownPasswords()},
		{library.AbilityDesk, s.cfg.Desk != nil},
	} {
		if beside.there {
			can = append(can, beside.ability)
		}
	}
	return can
}

// able is a handler of what the library's circulation may not be able to do: then it
// refuses with library.ErrNotOffered.
func (s *Service) able(to library.Ability, h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !slices.Contains(s.abilities(), to) {
			return library.ErrNotOffered
		}
		return h(w, r)
	}
}

// upkeepEvery is how often Run looks what is due.
const upkeepEvery = 30 * time.Second

// Run computes how much bibs are wanted, makes rankings, builds editions, lets holds expire
// and sends mails when that is due, until the context ends. Trouble is logged and tried again;
// several processes may run it on one database.
func (s *Service) Run(ctx context.Context) (err error) {
	if s.cfg.MailQueue != nil {
		sent := make(chan error, 1)
		go func() { sent <- s.cfg.MailQueue.Run(ctx) }()
		defer func() { err = errors.Join(err, <-sent) }()
	}
	if err := s.cfg.Editions.Tidy(ctx); err != nil && !errors.Is(err, db.ErrTaken) {
		s.cfg.Log.Warn("could not tidy the data folder", "err", err)
	}
	defer func() { err = errors.Join(err, s.noteHistory(context.WithoutCancel(ctx))) }()
	tick := time.NewTicker(upkeepEvery)
	defer tick.Stop()
	for {
		if err := errors.Join(s.updateWanted(ctx), s.updateRankings(ctx), s.upkeep(ctx), s.noteHistory(ctx), s.lookForBackup(ctx), s.tellAuditMark(ctx), s.sweep(ctx), s.takeAllLeftBack(ctx), s.expireHolds(ctx), s.lookForSystem(ctx)); err != nil && ctx.Err() == nil {
			s.cfg.Log.Error("upkeep failed, will be tried again", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// updateRankings makes the rankings once a month.
func (s *Service) updateRankings(ctx context.Context) error {
	made, updated, err := s.cfg.Catalogue.UpdateRankings(ctx, false)
	if errors.Is(err, db.ErrTaken) {
		return nil // another process makes them
	}
	if updated {
		s.cfg.Log.Info("the rankings of the last month were made", "lists", made)
	}
	return err
}

// updateWanted computes the wanted classes once a month. It comes before upkeep: the first
// time all bibs get one, and stand with it in the edition that is then built.
func (s *Service) updateWanted(ctx context.Context) error {
	w, updated, err := s.cfg.Catalogue.UpdateWanted(ctx, false)
	if errors.Is(err, db.ErrTaken) {
		return nil // another process is at it
	}
	if updated {
		s.cfg.Log.Info("how much bibs are wanted was computed", "moved", w.Moved, "waiting", w.Waiting)
	}
	return err
}

func (s *Service) upkeep(ctx context.Context) error {
	log, err := s.cfg.Catalogue.Log(ctx)
	if err != nil {
		return err
	}
	newest, err := s.cfg.Editions.Newest(ctx)
	if err != nil {
		return err
	}
	s.metrics.number.Set(float64(log.Number))
	if newest != nil {
		s.metrics.edition.Set(float64(newest.Number))
	}
	now := s.cfg.Now().In(s.cfg.Site.Location())
	if !editionDue(newest, log, s.cfg.EditionAfter, now) {
		whole := s.cfg.Editions.Whole(ctx, newest)
		if !errors.Is(whole, errNotWhole) {
			return errors.Join(whole, s.cfg.Editions.Gather(ctx))
		}
		s.cfg.Log.Warn("another edition is built", "err", whole)
	}
	m, err := s.cfg.Editions.Build(ctx)
	switch {
	case errors.Is(err, db.ErrTaken):
		return nil // another process builds it
	case err != nil:
		return err
	}
	s.metrics.edition.Set(float64(m.Number))
	return nil
}

// noteHistory notes the newest change beside the database.
func (s *Service) noteHistory(ctx context.Context) error {
	if s.cfg.History == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, short)
	defer cancel()
	log, err := s.cfg.Catalogue.Log(ctx)
	if err != nil {
		return err
	}
	return s.cfg.History.Note(log)
}

// tellAuditMark writes the mark of the audit log's newest entry into the log, once a day.
func (s *Service) tellAuditMark(ctx context.Context) error {
	today := s.today()
	if s.audited == today {
		return nil
	}
	newest, err := audit.Newest(ctx, s.cfg.DB)
	if err != nil {
		return err
	}
	s.cfg.Log.Info("the audit log's newest entry", "mark", newest.String())
	s.audited = today
	return nil
}

// lookForBackup looks when the newest backup was made, for terminals.
func (s *Service) lookForBackup(ctx context.Context) error {
	last, err := LastBackup(ctx, s.cfg.DB)
	if err == nil && !last.IsZero() {
		s.backedUp.Store(last.UnixMilli())
	}
	return err
}

// lookForSystem asks the system behind Circulation whether it is there.
func (s *Service) lookForSystem(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, short)
	defer cancel()
	err := s.cfg.Circulation.Ready(ctx)
	s.noteSystem(err)
	if errors.Is(err, library.ErrSystemUnavailable) {
		return nil // said by noteSystem
	}
	return err
}

// noteSystem notes by the outcome of a question whether the system is there.
func (s *Service) noteSystem(err error) {
	away := errors.Is(err, library.ErrSystemUnavailable)
	switch was := s.systemAway.Swap(away); {
	case away && !was:
		s.cfg.Log.Warn("the library's system cannot be reached; trying again", "err", err)
	case was && !away:
		s.cfg.Log.Info("the library's system can be reached again")
	}
}

// httpServer is a server whose limits keep strangers short.
func (s *Service) httpServer(h http.Handler) *http.Server {
	errors := slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelWarn)
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(connectionLog{s.metrics.strange, errors.Writer()}, "", 0),
	}
}

// ServeMetrics answers with the figures for Prometheus, and nothing else, until the context
// ends.
func (s *Service) ServeMetrics(ctx context.Context, on net.Listener) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.metrics.handler)
	srv := s.httpServer(mux)
	defer context.AfterFunc(ctx, func() { srv.Close() })()
	if err := srv.Serve(on); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Serve answers on the listener until the context ends, then lets the requests
// under way finish. With tls it speaks HTTPS. Meanwhile it does what Run does.
func (s *Service) Serve(ctx context.Context, on net.Listener, tls *tls.Config) error {
	srv := s.httpServer(s)
	srv.RegisterOnShutdown(s.end)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	upkeep := make(chan error, 1)
	go func() { upkeep <- s.Run(ctx) }()
	served := make(chan error, 1)
	go func() {
		if tls == nil {
			served <- srv.Serve(on)
			return
		}
		srv.TLSConfig = tls
		served <- srv.ServeTLS(on, "", "")
	}()

	select {
	case err := <-served:
		cancel()
		return errors.Join(err, <-upkeep)
	case <-ctx.Done():
	}
	grace, stop := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer stop()
	err := srv.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close()
	}
	return errors.Join(err, <-upkeep)
}
