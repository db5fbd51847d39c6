package main

import (
	"context"
	"errors"
	"fmt"
	"github.com/alecthomas/kong"
	"io"
	"log/slog"
	"time"

	"madoguchi/central"
	"madoguchi/central/catalogue"
	"madoguchi/central/db"
	"madoguchi/central/ledger"
	"madoguchi/library"
)

// cli is the grammar of the command line.
type cli struct {
	settingsFlags
	Version kong.VersionFlag `help:"Say which program this is."`

	Serve     serveCmd     `cmd:"" help:"Answer terminals until it is told to end."`
	Demo      demoCmd      `cmd:"" help:"Fill an empty database with the demo library and print a terminal's enrolment code."`
	Import    importCmd    `cmd:"" help:"Take records into the catalogue."`
	Generate  generateCmd  `cmd:"" help:"Fill an empty database with a made-up library of any size, for trials."`
	Branch    branchCmd    `cmd:"" help:"The library's branches."`
	Calendar  calendarCmd  `cmd:"" help:"The days on which branches are closed."`
	Terminal  terminalCmd  `cmd:"" help:"The terminals that may ask this server."`
	Staff     staffCmd     `cmd:"" help:"The staff who may log in at a terminal or desk."`
	Patron    patronCmd    `cmd:"" help:"The patrons."`
	Temporary temporaryCmd `cmd:"" name:"temporary-password" help:"Issue a temporary password to a patron whose identity document you have seen, and lift a lock."`
	Checkout  checkoutCmd  `cmd:"" help:"Lend an item to a patron."`
	Return    returnCmd    `cmd:"" help:"Take an item back, and forget who had it."`
	Arrive    arriveCmd    `cmd:"" help:"Say that an item has come to a branch, or was found there."`
	Hold      holdCmd      `cmd:"" help:"The holds: what is to be fetched for them, and which have ended."`
	PaperHold paperHoldCmd `cmd:"" help:"Enter holds that a patron asked for on paper."`
	Item      itemCmd      `cmd:"" help:"The copies: what is known of one, and what staff say of it by hand."`
	Bib       bibCmd       `cmd:"" help:"The titles: what is known of one, and taking one out of the library."`
	List      listCmd      `cmd:"" help:"The theme shelves that librarians put up on the terminals, and the rankings."`
	Request   requestCmd   `cmd:"" help:"Say what became of a request that a patron left at a terminal while this server was away, by the code of its receipt."`
	Mail      mailCmd      `cmd:"" help:"The mails to patrons: those that wait, and those that came back."`
	Audit     auditCmd     `cmd:"" help:"The log of what staff, patrons and commands did."`
	Edition   editionCmd   `cmd:"" help:"The editions of the catalogue that terminals fetch."`
	Wanted    wantedCmd    `cmd:"" help:"How much bibs are asked for: the classes by which hits are ordered."`
	Backup    backupCmd    `cmd:"" help:"Write a backup of the database and of the keys beside it, sealed, while the server goes on."`
	Restore   restoreCmd   `cmd:"" help:"Make a server out of a backup, where there is none."`
	Migrate   migrateCmd   `cmd:"" help:"Bring the database of an older program to the form of this one. serve does it too, when it starts."`
	Doctor    doctorCmd    `cmd:"" help:"Look for what is wrong and say what to do."`
}

// app is what commands run in.
type app struct {
	ctx            context.Context
	flags          settingsFlags
	settings       settings
	onlyReads      bool // the command makes no database
	migrates       bool // it brings an older one to this program's form
	stdin          io.Reader
	stdout, stderr io.Writer
}

func (a *app) log() *slog.Logger {
	return slog.New(a.settings.LogFormat.Handler(a.stderr))
}

// server is an open database with all that works on it.
type server struct {
	db        *db.DB
	catalogue *catalogue.Catalogue
	ledger    *ledger.Ledger
	terminals *central.Terminals
}

// open opens the database. Where there is none yet it is made, unless the command only
// reads; an older one is left as it is, unless the command migrates: other servers may
// still run on it. The caller closes it.
func (a *app) open() (*server, error) {
	there, err := db.Exists(a.settings.DB)
	if err == nil && !there && a.onlyReads {
		err = fmt.Errorf("%w, %s", db.ErrEmpty, a.settings.DB)
	}
	if err != nil {
		return nil, err
	}
	d, err := db.Open(a.ctx, a.settings.DB)
	if err != nil {
		return nil, err
	}
	err = d.Fits(a.ctx)
	if errors.Is(err, db.ErrEmpty) && !a.onlyReads || errors.Is(err, db.ErrOlder) && a.migrates {
		err = d.Migrate(a.ctx)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	zone := a.settings.Site.Location()
	var circulation struct{ *ledger.Ledger } // each needs the other
	cat := catalogue.New(catalogue.Config{DB: d, Now: func() time.Time { return time.Now().In(zone) }, Circulation: &circulation})
	mails, err := a.settings.mailQueue(a.ctx, central.MailQueueConfig{DB: d, Log: a.log()})
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	circulation.Ledger = ledger.New(ledger.Config{
		DB: d, Catalogue: cat, Mail: mails, Zone: zone,
		Policy: func() library.Policy { return a.settings.Site.Policy },
	})
	return &server{db: d, catalogue: cat, ledger: circulation.Ledger, terminals: central.NewTerminals(d, nil)}, nil
}

func (a *app) editions(s *server) (*central.Editions, error) {
	return central.NewEditions(central.EditionsConfig{DB: s.db, Catalogue: s.catalogue, Dir: a.settings.Data, Log: a.log()})
}

// with runs a command on the open database.
func (a *app) with(do func(*server) error) (err error) {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.db.Close()) }()
	return do(s)
}

// advice says what to do about an error at the command line.
type advice struct {
	about error
	text  string
}

// sentence words an error, with advice where there is some: that of the first in the
// list where an error is several of them.
func sentence(err error) string {
	for _, a := range []advice{
		{db.ErrEmpty, "there is no library here yet; begin with central branch add, or name the place of yours with --data or --db"},
		{db.ErrOlder, "the database is of an older program: make a backup with that, then type central migrate, or start central serve, which does it too"},
		{db.ErrNewer, "the database is of a newer program: run that one"},
		{db.ErrTaken, "another process is doing this right now; wait for it"},
		{library.ErrUnknownBranch, "there is no such branch; see: central branch list"},
		{library.ErrTerminalUnknown, "there is no such terminal; see: central terminal list"},
		{library.ErrUnknownPatron, "there is no patron with this card; see: central patron import"},
		{library.ErrUnknownItem, "there is no item with this barcode"},
		{library.ErrCardExpired, "the card has expired; extend it in the patron's record first"},
		{library.ErrCardLost, "the card was reported lost; do not lend on it, and call a librarian"},
		{library.ErrCardBlocked, "nothing may be lent on this card until staff have spoken with the patron"},
		{library.ErrItemOnLoan, "the item is on loan; take it back first: central return"},
		{library.ErrItemNotOnLoan, "the item is not on loan; where it came from elsewhere or was found: central arrive"},
		{library.ErrTooManyLoans, "the patron has as many loans as one may have; take something back first: central return"},
		{library.ErrNoCopies, "the library owns no copy of it; the form is a request to buy or borrow it"},
		{library.ErrNoEmail, "the patron has no e-mail address registered; choose another --contact"},
		{library.ErrUnknownBib, "there is no such bib"},
		{library.ErrUnknownList, "there is no such list; see: central list show"},
		{library.ErrFormTooOld, "the form is older than the settings allow; correct its time, or enter it without --received"},
		{library.ErrHoldNotToTell, "nothing of this patron's is to be told now; see: central hold list --to-call"},
		{library.ErrNoPhone, "the patron has no telephone number registered; choose another --contact"},
		{central.ErrStaffThere, "there is a staff member of this name already; for another password: central staff password NAME"},
		{central.ErrStaffCardTaken, "another staff member has this card number, or is named so; see: central staff list"},
		{central.ErrStaffUnknown, "there is no staff member of this name; see: central staff list"},
	} {
		if errors.Is(err, a.about) {
			return a.text
		}
	}
	return err.Error()
}
