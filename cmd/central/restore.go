package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"madoguchi/central"
	"madoguchi/central/backup"
	"madoguchi/central/catalogue"
	"madoguchi/central/db"
)

type restoreCmd struct {
	File     string `arg:"" help:"The backup." type:"path"`
	Identity string `required:"" help:"File of the key that opens it, as age-keygen made it." type:"path" placeholder:"FILE"`
}

// Run makes a server out of a backup where there is none.
func (c *restoreCmd) Run(a *app) error {
	identities, err := identitiesIn(c.Identity)
	if err != nil {
		return err
	}
	if err := a.settings.nothingThere(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(a.settings.Data), 0o750); err != nil {
		return err
	}
	folder, err := os.MkdirTemp(filepath.Dir(a.settings.Data), ".restore-") // mode 0700
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	m, err := backup.Read(c.File, identities, folder)
	switch {
	case errors.Is(err, backup.ErrIdentity):
		return fmt.Errorf("the key in %s does not open this backup; it was made for another one", c.Identity)
	case err != nil:
		return err
	}
	kind, err := db.Product(a.settings.DB)
	if err != nil {
		return err
	}
	if m.Database != kind {
		return fmt.Errorf("the backup is of a %s database, and the settings name one of %s; restore it into %s", m.Database, kind, m.Database)
	}
	// A file is brought to its new epoch before it is put into place; a PostgreSQL has no other.
	bibs, file := 0, kind == "SQLite"
	if file {
		if bibs, err = a.unpacked(folder).begin(m); err != nil {
			return err
		}
	}
	// The keys come first: a database without them would get new ones, which fit nothing.
	put, err := a.settings.putBack(folder)
	if err == nil {
		err = db.Load(a.ctx, a.settings.DB, filepath.Join(folder, databasePart))
	}
	if err == nil && !file {
		if bibs, err = a.begin(m); err != nil {
			err = fmt.Errorf("%w; the database was filled before: empty it and begin anew", err)
		}
	}
	if err != nil {
		for _, path := range put {
			os.Remove(path)
			os.Remove(filepath.Dir(path)) // where it is empty
		}
		os.Remove(a.settings.Data)
		return err
	}
	fmt.Fprintf(a.stdout, "Restored: a library of %d bibs, as it was at %s. What came later is lost.\n", bibs, m.MadeAt.In(a.settings.Site.Location()).Format("2006-01-02 15:04:05"))
	if _, err := os.Stat(a.settings.restoredSettings()); err == nil {
		fmt.Fprintf(a.stdout, "The settings of that time are in %s.\n", a.settings.restoredSettings())
	}
	fmt.Fprintln(a.stdout, "Now start central serve. It builds an edition first; then each terminal fetches the catalogue anew.")
	return nil
}

// unpacked works on what was unpacked into a folder.
func (a *app) unpacked(folder string) *app {
	there := *a
	there.settings.DB = "sqlite:" + filepath.Join(folder, databasePart)
	there.settings.PepperFile, there.settings.RequestKeyFile = filepath.Join(folder, pepperPart), filepath.Join(folder, requestsPart)
	return &there
}

// begin brings the restored database to the form of this program, looks for damage, and
// begins a new epoch: terminals may have seen what is lost.
func (a *app) begin(m backup.Manifest) (bibs int, err error) {
	a.migrates = true // the backup may be of an older program
	err = a.with(func(s *server) error {
		damage, err := s.db.Check(a.ctx)
		if err == nil && damage != "" {
			err = errors.New("the restored database is damaged: " + damage)
		}
		if err != nil {
			return err
		}
		log, err := s.catalogue.Log(a.ctx)
		if err != nil {
			return err
		}
		// Terminals offer again what they handed over after this.
		if err := central.NoteBackup(a.ctx, s.db, m.MadeAt, log); err != nil {
			return err
		}
		if err := s.db.Renew(a.ctx, log.Epoch); err != nil {
			return err
		}
		return s.catalogue.Snapshot(a.ctx, func(s catalogue.Snapshot) error {
			bibs = s.Bibs
			return nil
		})
	})
	return bibs, err
}

func identitiesIn(path string) ([]age.Identity, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := age.ParseIdentities(f)
	if err != nil {
		return nil, fmt.Errorf("%s has no key as age-keygen makes it, a line that begins with AGE-SECRET-KEY-", path)
	}
	return all, nil
}

// nothingThere returns an error where something stands that a restore would replace.
func (s settings) nothingThere() error {
	there, err := os.ReadDir(s.Data)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return err
	case len(there) > 0:
		return fmt.Errorf("the data folder %s is not empty, and nothing is restored over what is there; move it away, or name another with --data", s.Data)
	}
	for _, path := range []string{s.PepperFile, s.RequestKeyFile} {
		if _, err := os.Lstat(path); err == nil {
			return fmt.Errorf("%s is there already, and nothing is restored over it; move it away", path)
		}
	}
	return nil
}

// restoredSettings is where a restore leaves the settings of the backup, which may name
// other places than those in use.
func (s settings) restoredSettings() string { return filepath.Join(s.Data, "central.toml.restored") }

// putBack copies the files beside the database into their places, where nothing is, and
// returns which, also after an error.
func (s settings) putBack(folder string) (put []string, err error) {
	err = filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		to := filepath.Join(s.Data, name)
		switch name {
		case databasePart, databasePart + "-wal", databasePart + "-shm", databasePart + ".migrate.lock":
			return nil
		case pepperPart:
			to = s.PepperFile
		case requestsPart:
			to = s.RequestKeyFile
		case settingsPart:
			to = s.restoredSettings()
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
			return err
		}
		out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		put = append(put, to)
		text, err := os.ReadFile(path)
		if err == nil {
			_, err = out.Write(text)
		}
		return errors.Join(err, out.Sync(), out.Close())
	})
	return put, err
}
