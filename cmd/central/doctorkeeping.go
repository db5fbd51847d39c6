package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"madoguchi/central"
)

// keeping looks whether what the server holds is whole, kept and its own.
func (d *doctor) keeping(s *server) {
	ctx, cancel := context.WithTimeout(d.app.ctx, 10*time.Minute) // all of the database is read
	defer cancel()
	switch damage, err := s.db.Check(ctx); {
	case err != nil:
		d.bad("The database could not be looked through: %v.", err)
	case damage != "":
		d.bad("The %s database is damaged: %s. Put it back from a backup: central restore FILE, into another data folder.", s.db.Name(), damage)
	default:
		d.ok("There is no damage in the %s database.", s.db.Name())
	}
	d.backups(ctx, s)
	d.secrecy()
}

// backupWithin is how old the newest backup may be: a day, and what a night's takes.
const backupWithin = 25 * time.Hour

func (d *doctor) backups(ctx context.Context, s *server) {
	if len(d.app.settings.Backup.Recipients) == 0 {
		d.ok("No backups are made: there is no [backup] in the settings file. See docs/operations.md.")
		return
	}
	last, err := central.LastBackup(ctx, s.db)
	switch {
	case err != nil:
		d.bad("%v.", err)
	case last.IsZero():
		d.bad("No backup was made yet. Make one, and one each night: central backup FILE")
	case time.Since(last) > backupWithin:
		d.bad("The last backup is of %s, older than a day. Look why the nightly one fails: central backup FILE", last.In(d.app.settings.Site.Location()).Format("2006-01-02 15:04"))
	default:
		d.ok("The last backup is of %s.", last.In(d.app.settings.Site.Location()).Format("2006-01-02 15:04"))
	}
}

// secrecy looks for files that others on this machine may read.
func (d *doctor) secrecy() {
	s := d.app.settings
	paths := append([]string{s.PepperFile, s.RequestKeyFile}, privateKeys(filepath.Join(s.Data, tlsPart))...)
	if file, ok := strings.CutPrefix(s.DB, "sqlite:"); ok {
		paths = append(paths, file, file+"-wal")
	}
	open := 0
	for _, path := range paths {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			d.bad("%v.", err)
		} else if info.Mode().Perm()&0o077 != 0 {
			open++
			d.bad("Others on this machine may read or write %s. Take that away: chmod 600 %s", path, path)
		}
	}
	if open == 0 {
		d.ok("Nobody else on this machine may read the database and the keys.")
	}
}

// privateKeys returns the files of a folder that have a private key.
func privateKeys(folder string) (paths []string) {
	all, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return nil // of a pattern that cannot be read; so is a file below, which is said elsewhere
	}
	for _, path := range all {
		if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte("PRIVATE KEY")) {
			paths = append(paths, path)
		}
	}
	return paths
}
