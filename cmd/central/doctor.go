package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"madoguchi/central"
	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/store"
)

type doctorCmd struct{ reading }

// Run looks at everything and fails when something is wrong.
func (c *doctorCmd) Run(a *app) error {
	d := &doctor{app: a, out: a.stdout}
	d.clock()
	d.dataFolder()
	d.listen()
	d.database()
	if d.wrong > 0 {
		fmt.Fprintf(a.stdout, "What is wrong: %d.\n", d.wrong)
		return exitStatus(failed)
	}
	fmt.Fprintln(a.stdout, "All is well.")
	return nil
}

// doctor says in plain sentences what is right and what is wrong.
type doctor struct {
	app   *app
	out   io.Writer
	wrong int
}

func (d *doctor) ok(format string, args ...any) {
	fmt.Fprintf(d.out, "ok     "+format+"\n", args...)
}

func (d *doctor) bad(format string, args ...any) {
	d.wrong++
	fmt.Fprintf(d.out, "WRONG  "+format+"\n", args...)
}

func (d *doctor) clock() {
	now := time.Now()
	// No program can be older than its own files.
	if exe, err := os.Executable(); err == nil {
		if info, err := os.Stat(exe); err == nil && now.Before(info.ModTime().Add(-24*time.Hour)) {
			d.bad("The clock says %s, which is before this program was installed. Set it, and let it be kept right: timedatectl set-ntp true", now.Format(time.RFC3339))
			return
		}
	}
	var t unix.Timex
	if state, err := unix.Adjtimex(&t); err == nil && (state == unix.TIME_ERROR || t.Status&unix.STA_UNSYNC != 0) {
		d.ok("The clock says %s. Nothing keeps it right; on a server that stays, turn that on: timedatectl set-ntp true", now.In(d.app.settings.Site.Location()).Format("2006-01-02 15:04"))
		return
	}
	d.ok("The clock says %s and is kept right.", now.In(d.app.settings.Site.Location()).Format("2006-01-02 15:04"))
}

// wantFree is the free space under which trouble is near, in bytes.
const wantFree = 2 << 30

func (d *doctor) dataFolder() {
	dir := d.app.settings.Data
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		d.bad("The data folder %s is not there. central serve makes it; where yours is another, name it with --data.", dir)
		return
	}
	f, err := os.CreateTemp(dir, "doctor-*")
	if err != nil {
		d.bad("The data folder %s cannot be written: %v. Give it to the user that runs central.", dir, err)
		return
	}
	f.Close()
	os.Remove(f.Name())
	d.ok("The data folder %s can be written.", dir)
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		d.bad("The free space of %s cannot be read: %v.", dir, err)
		return
	}
	if free := int64(s.Bavail) * s.Bsize; free < wantFree {
		d.bad("The disk of %s has only %d MB free. Building an edition of a million bibs takes 2 GB: make room.", dir, free>>20)
	} else {
		d.ok("The disk has %d GB free.", free>>30)
	}
}

func (d *doctor) listen() {
	s := d.app.settings
	var config *tls.Config
	var err error
	if _, none := os.Stat(filepath.Join(s.Data, tlsPart)); !s.own() || none == nil {
		config, err = s.tlsConfig()
	}
	switch {
	case s.own() && config == nil && err == nil:
		d.ok("There is no authority of the server yet. central serve makes it in %s; keep a copy of that folder.", filepath.Join(s.Data, tlsPart))
	case err != nil:
		d.bad("Serving will be refused: %v.", err)
		return
	case s.own():
		d.authority()
	case config != nil:
		d.certificate(config.Certificates[0])
	}
	on, err := net.Listen("tcp", s.Listen)
	switch {
	case err == nil:
		on.Close()
		d.ok("The address %s is free to listen on.", s.Listen)
	case d.answers(s.Listen):
		d.ok("Something answers on %s, as it should when central is serving.", s.Listen)
	default:
		d.bad("The address %s cannot be listened on: %v. Give another with listen in the settings file.", s.Listen, err)
	}
}

func (d *doctor) answers(addr string) bool {
	conn, err := net.DialTimeout("tcp", addr, 2*time.Second)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

func (d *doctor) certificate(cert tls.Certificate) {
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		d.bad("The certificate cannot be read: %v.", err)
		return
	}
	now := time.Now()
	switch {
	case now.Before(leaf.NotBefore):
		d.bad("The certificate is valid only from %s on. Is the clock right?", leaf.NotBefore.Format(time.DateOnly))
	case now.After(leaf.NotAfter):
		d.bad("The certificate ran out on %s. Get a new one.", leaf.NotAfter.Format(time.DateOnly))
	case now.AddDate(0, 0, 21).After(leaf.NotAfter):
		d.bad("The certificate runs out on %s. Renew it before that.", leaf.NotAfter.Format(time.DateOnly))
	default:
		d.ok("The certificate is valid until %s.", leaf.NotAfter.Format(time.DateOnly))
	}
}

// authority looks at the server's own authority: its server certificate is renewed
// by itself.
func (d *doctor) authority() {
	a, err := d.app.settings.authority()
	if err != nil {
		d.bad("%v.", err)
		return
	}
	until := a.Certificate().NotAfter
	if time.Now().AddDate(1, 0, 0).After(until) {
		d.bad("The server's own authority ends on %s. Before that, remove %s, start central serve again, and enrol all terminals anew.", until.Format(time.DateOnly), filepath.Dir(a.Path()))
		return
	}
	d.ok("The server has its own authority, good until %s, in %s. Keep a copy of that folder: terminals trust no other.", until.Format(time.DateOnly), filepath.Dir(a.Path()))
}

// pepper looks at the file without which no password is right.
func (d *doctor) pepper(s *server) {
	path := d.app.settings.PepperFile
	if !d.secret(s, "pepper", path, central.PepperKnown) {
		return
	}
	if _, err := d.app.passwords(s); err != nil {
		d.bad("Nobody can log in: %v.", err)
		return
	}
	d.ok("The pepper file %s is the one that the passwords were made with.", path)
}

// requestKey looks at the file without which no request can be read that was left at a
// terminal.
func (d *doctor) requestKey(s *server) {
	path := d.app.settings.RequestKeyFile
	if !d.secret(s, "request key", path, central.RequestKeyKnown) {
		return
	}
	if _, err := d.app.requests(s, false); err != nil {
		d.bad("No requests can be read that patrons left at terminals: %v.", err)
		return
	}
	d.ok("The request key file %s can be read. Keep a copy of it apart from the database: without it, what patrons left at terminals cannot be read.", path)
}

// secret looks at the file of a secret, of which the database may know, and reports whether
// there is more to look at.
func (d *doctor) secret(s *server, what, path string, known func(context.Context, *db.DB) (bool, error)) bool {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if err := fits(d.app.ctx, s.db, path, known); err != nil {
			d.bad("The %s file %s is missing, and the database needs it: %v.", what, path, err)
			return false
		}
		d.ok("There is no %s file yet. central serve makes %s; keep a copy of it apart from the database.", what, path)
		return false
	case err == nil && info.Mode()&0o007 != 0:
		d.bad("The %s file %s can be read by everybody. Type: chmod 600 %s", what, path, path)
		return false
	}
	return true
}

func (d *doctor) database() {
	ctx, cancel := context.WithTimeout(d.app.ctx, time.Minute)
	defer cancel()
	s, err := d.app.open()
	switch {
	case errors.Is(err, db.ErrEmpty), errors.Is(err, db.ErrOlder), errors.Is(err, db.ErrNewer):
		d.bad("The database cannot be used: %v: %s.", err, sentence(err))
		return
	case err != nil:
		d.bad("The database cannot be opened: %v.", err)
		return
	}
	defer s.db.Close()
	d.ok("The %s database answers and is up to date.", s.db.Name())
	d.branches(ctx, s)
	d.edition(ctx, s)
	d.pepper(s)
	d.requestKey(s)
	d.mail(ctx, s)
	d.keeping(s)
}

// mail looks whether mails can leave, and whether any wait for long.
func (d *doctor) mail(ctx context.Context, s *server) {
	settings := d.app.settings
	if !settings.Mail.on() {
		d.ok("No mails are sent to patrons: there is no [mail] in the settings file.")
		return
	}
	if _, err := settings.composer(); err != nil {
		d.bad("The wordings of the mails cannot be used: %v.", err)
	}
	sender, err := settings.mailSender()
	if err == nil {
		err = errors.Join(sender.Check(ctx), sender.Close())
	}
	if err != nil {
		d.bad("No mail can be sent: %v. Try it with: central mail test ADDRESS", err)
	} else {
		d.ok("Mails can be sent.")
	}
	waiting, err := central.QueuedMails(ctx, s.db, time.Now())
	if err != nil {
		d.bad("The mails that wait cannot be read: %v.", err)
		return
	}
	late := 0
	for _, q := range waiting {
		late += q.Day + q.Older
	}
	if late > 0 {
		d.bad("Mails have waited for more than an hour: %d. See: central mail list. They go out while central serve runs and the mail server takes them.", late)
	}
}

func (d *doctor) branches(ctx context.Context, s *server) {
	all, err := s.catalogue.Branches(ctx)
	switch {
	case err != nil:
		d.bad("The branches cannot be read: %v.", err)
	case len(all) == 0:
		d.bad("There is no branch yet. Add one: central branch add CODE NAME")
	default:
		d.ok("Branches: %d.", len(all))
	}
}

func (d *doctor) edition(ctx context.Context, s *server) {
	editions, err := d.app.editions(s)
	if err != nil {
		d.bad("%v.", err)
		return
	}
	var newest *protocol.Manifest
	if newest, err = editions.Newest(ctx); err != nil {
		d.bad("The editions cannot be read: %v.", err)
		return
	}
	if newest == nil {
		d.bad("There is no edition of schema %d for terminals to fetch. central serve builds one when it starts, or now: central edition build", store.Schema)
		return
	}
	if err := editions.Verify(ctx, newest); err != nil {
		d.bad("The newest edition is not whole in %s: %v. Build another: central edition build", filepath.Join(d.app.settings.Data, "chunks"), err)
		return
	}
	d.ok("The newest edition has %d bibs and was built on %s.", newest.Bibs, time.UnixMilli(newest.BuiltAt).In(d.app.settings.Site.Location()).Format("2006-01-02 15:04"))
}
