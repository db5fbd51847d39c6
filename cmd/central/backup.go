package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"madoguchi/central"
	"madoguchi/central/backup"
)

// backupSettings are to whom backups are sealed.
type backupSettings struct {
	Recipients []string `toml:"recipients"` // age recipients, each of whom can open a backup: what age-keygen prints, "age1…"
}

func (b backupSettings) recipients() (all []age.Recipient, err error) {
	for _, text := range b.Recipients {
		if strings.HasPrefix(text, "AGE-SECRET-KEY-") {
			return nil, errors.New("recipients has a secret key: write the line in its place that begins with age1, and keep the key away from this machine")
		}
		one, err := age.ParseRecipients(strings.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("recipients: %q is no age recipient; age-keygen prints one, which begins with age1", text)
		}
		all = append(all, one...)
	}
	return all, nil
}

// The names of the parts of a backup.
const (
	databasePart = "database"
	pepperPart   = "pepper"
	requestsPart = "requests.key"
	settingsPart = "central.toml"
	tlsPart      = "tls"
)

type backupCmd struct {
	reading

	File string `arg:"" help:"File to write. An earlier backup of this name is replaced." type:"path"`
}

// Run writes a backup while others go on.
func (c *backupCmd) Run(a *app) error {
	to, err := a.settings.Backup.recipients()
	if err != nil {
		return err
	}
	if len(to) == 0 {
		return errors.New("nobody could open the backup: make a key on another machine with age-keygen -o backup.key (apt-get install age), keep it there, and put the line that it prints into the settings:\n\n[backup]\nrecipients = [\"age1…\"]")
	}
	return a.with(func(s *server) error {
		at := time.Now().Truncate(time.Millisecond)
		log, err := s.catalogue.Log(a.ctx)
		if err != nil {
			return err
		}
		folder, err := os.MkdirTemp(filepath.Dir(c.File), ".backup-") // mode 0700
		if err != nil {
			return fmt.Errorf("the folder of the backup cannot be written: %w", err)
		}
		defer os.RemoveAll(folder)
		copied := filepath.Join(folder, databasePart)
		if err := s.db.Dump(a.ctx, copied); err != nil {
			return err
		}
		files, err := a.keyFiles()
		if err != nil {
			return err
		}
		files = append([]backup.File{{Name: databasePart, Path: copied}}, files...)
		m := backup.Manifest{MadeAt: at, Database: s.db.Name(), Epoch: log.Epoch, Number: log.Number}
		if err := backup.Write(c.File, to, m, files); err != nil {
			return fmt.Errorf("write the backup: %w", err)
		}
		if err := central.NoteBackup(a.ctx, s.db, at, log); err != nil {
			return err
		}
		info, err := os.Stat(c.File)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s: the %s database of %s and %d files beside it, %d bytes\n", c.File, s.db.Name(), at.In(a.settings.Site.Location()).Format("2006-01-02 15:04:05"), len(files)-1, info.Size())
		return nil
	})
}

// keyFiles are the files without which the database is of little use, as far as they are
// there: each is made when it is first needed.
func (a *app) keyFiles() (files []backup.File, err error) {
	add := func(name, path string) error {
		switch _, err := os.Stat(path); {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		}
		files = append(files, backup.File{Name: name, Path: path})
		return nil
	}
	err = errors.Join(add(pepperPart, a.settings.PepperFile), add(requestsPart, a.settings.RequestKeyFile), add(settingsPart, a.settings.File))
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(a.settings.Data, tlsPart))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			if err := add(tlsPart+"/"+e.Name(), filepath.Join(a.settings.Data, tlsPart, e.Name())); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}
