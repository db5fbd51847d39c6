package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/BurntSushi/toml"

	"madoguchi/library"
)

// settingsFlags are the settings that every command takes. What is not given here
// comes from the settings file, and what is not there either has a default.
type settingsFlags struct {
	Config string `help:"Settings file. Default: central.toml, where there is one." placeholder:"FILE" env:"MADOGUCHI_CENTRAL_CONFIG"`
	Data   string `help:"Data folder. Default: central-data." placeholder:"DIR" env:"MADOGUCHI_CENTRAL_DATA"`
	DB     string `name:"db" help:"Database: a path, sqlite:PATH or postgres://… Default: central.db in the data folder." placeholder:"DSN" env:"MADOGUCHI_CENTRAL_DB"`
}

// settings is everything that a library sets.
type settings struct {
	Data         string
	DB           string
	Listen       string
	TLSCert      string
	TLSKey       string
	EditionAfter int64
	Site         library.Site // without branches
}

// settingsFile is central.toml.
type settingsFile struct {
	Data         string              `toml:"data"`
	DB           string              `toml:"db"`
	Listen       string              `toml:"listen"`
	TLSCert      string              `toml:"tls_cert"`
	TLSKey       string              `toml:"tls_key"`
	EditionAfter int64               `toml:"edition_after"`
	Site         siteSettings        `toml:"site"`
	Policy       map[string]any      `toml:"policy"`
	Notices      []map[string]string `toml:"notice"`
}

type siteSettings struct {
	Name     string `toml:"name"`
	TimeZone string `toml:"time_zone"`
}

const defaultConfig = "central.toml"

func (f settingsFlags) settings() (settings, error) {
	var file settingsFile
	path := cmp.Or(f.Config, defaultConfig)
	meta, err := toml.DecodeFile(path, &file)
	switch {
	case errors.Is(err, os.ErrNotExist) && f.Config == "":
	case err != nil:
		return settings{}, fmt.Errorf("the settings file %s cannot be read: %w", path, err)
	}
	for _, key := range meta.Undecoded() {
		return settings{}, fmt.Errorf("the settings file %s has a setting that does not exist: %s", path, key)
	}
	s := settings{
		Data:         cmp.Or(f.Data, file.Data, "central-data"),
		Listen:       cmp.Or(file.Listen, "127.0.0.1:8480"),
		TLSCert:      file.TLSCert,
		TLSKey:       file.TLSKey,
		EditionAfter: file.EditionAfter,
		Site: library.Site{
			Name:     cmp.Or(file.Site.Name, "図書館"),
			TimeZone: cmp.Or(file.Site.TimeZone, "Asia/Tokyo"),
		},
	}
	s.DB = cmp.Or(f.DB, file.DB, "sqlite:"+filepath.Join(s.Data, "central.db"))
	if _, err := time.LoadLocation(s.Site.TimeZone); err != nil {
		return settings{}, fmt.Errorf("the time zone %q is not known; write it like Asia/Tokyo", s.Site.TimeZone)
	}
	for _, text := range file.Notices {
		s.Site.Notices = append(s.Site.Notices, library.Notice{Text: text})
	}
	if s.Site.Policy, err = policyOf(file.Policy); err != nil {
		return settings{}, fmt.Errorf("[policy] in %s: %w", path, err)
	}
	return s, nil
}

// policyOf lays the settings over the guide's policy. Their names are those of the
// wire.
func policyOf(set map[string]any) (library.Policy, error) {
	p := library.DefaultPolicy()
	text, err := json.Marshal(set)
	if err != nil {
		return p, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if len(set) > 0 {
		if err := d.Decode(&p); err != nil {
			return p, err
		}
	}
	for name, n := range map[string]int{
		"idle_after": int(p.IdleAfter), "idle_countdown": int(p.IdleCountdown), "session_limit": int(p.SessionLimit),
		"new_arrival_days": p.NewArrivalDays, "loan_days": p.LoanDays, "shelf_days": p.ShelfDays, "max_holds": p.MaxHolds,
	} {
		if n <= 0 {
			return p, fmt.Errorf("%s must be more than 0", name)
		}
	}
	if p.IdleCountdown >= p.IdleAfter {
		return p, errors.New("idle_countdown must be less than idle_after, of which it is the last part")
	}
	return p, nil
}
