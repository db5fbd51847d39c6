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

	"madoguchi/barcode"
	"madoguchi/central"
	"madoguchi/central/mail"
	"madoguchi/central/secret"
	"madoguchi/library"
)

// settingsFlags are the settings that every command takes. What is not given here
// comes from the settings file, and what is not there either has a default.
type settingsFlags struct {
	Config   string `help:"Settings file. Default: central.toml, where there is one." placeholder:"FILE" env:"MADOGUCHI_CENTRAL_CONFIG"`
	Data     string `help:"Data folder. Default: central-data." placeholder:"DIR" env:"MADOGUCHI_CENTRAL_DATA"`
	Pepper   string `name:"pepper-file" help:"File of the pepper that passwords are hashed with; several servers on one database need the same. Default: pepper in the data folder, made on first use." placeholder:"FILE" env:"MADOGUCHI_CENTRAL_PEPPER_FILE"`
	Requests string `name:"request-key-file" help:"File of the key to which terminals seal requests while the server is away; several servers on one database need the same. Default: requests.key in the data folder, made on first use." placeholder:"FILE" env:"MADOGUCHI_CENTRAL_REQUEST_KEY_FILE"`
	DB       string `name:"db" help:"Database: a path, sqlite:PATH or postgres://… Default: central.db in the data folder." placeholder:"DSN" env:"MADOGUCHI_CENTRAL_DB"`
}

// settings is everything that a library sets.
type settings struct {
	Data           string
	DB             string
	Listen         string
	TLSCert        string
	TLSKey         string
	PlainHTTP      bool
	Hosts          []string // further names of this server
	PepperFile     string
	RequestKeyFile string
	HashCost       secret.Cost
	EditionAfter   int64
	Site           library.Site // without branches
	Barcode        barcode.Settings
	Mail           mailSettings
}

// settingsFile is central.toml. examples/central.toml has each of its settings.
type settingsFile struct {
	Data           string              `toml:"data"`
	DB             string              `toml:"db"`
	Listen         string              `toml:"listen"`
	TLSCert        string              `toml:"tls_cert"`
	TLSKey         string              `toml:"tls_key"`
	PlainHTTP      bool                `toml:"plain_http"`
	Hosts          []string            `toml:"hosts"`
	PepperFile     string              `toml:"pepper_file"`
	RequestKeyFile string              `toml:"request_key_file"`
	PasswordHash   hashSettings        `toml:"password_hash"`
	EditionAfter   int64               `toml:"edition_after"`
	Site           siteSettings        `toml:"site"`
	Barcode        barcode.Settings    `toml:"barcode"` // as in kiosk.toml
	Mail           mailSettings        `toml:"mail"`
	Policy         map[string]any      `toml:"policy"`
	Terms          termsSettings       `toml:"terms"`
	Notices        []map[string]string `toml:"notice"`
}

type siteSettings struct {
	Name     string `toml:"name"`
	TimeZone string `toml:"time_zone"`
}

// hashSettings is what one check of a password costs.
type hashSettings struct {
	MemoryKiB uint32 `toml:"memory_kib"`
	Passes    uint32 `toml:"passes"`
	Threads   uint8  `toml:"threads"`
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
		PlainHTTP:    file.PlainHTTP,
		Hosts:        file.Hosts,
		EditionAfter: cmp.Or(file.EditionAfter, central.DefaultEditionAfter),
		Site: library.Site{
			Name:     cmp.Or(file.Site.Name, "図書館"),
			TimeZone: cmp.Or(file.Site.TimeZone, "Asia/Tokyo"),
		},
	}
	s.Barcode = file.Barcode
	if err := s.Barcode.Validate(); err != nil {
		return settings{}, fmt.Errorf("[barcode] in %s: %w", path, err)
	}
	s.Mail = file.Mail
	if err := s.Mail.validate(); err != nil {
		return settings{}, fmt.Errorf("[mail] in %s: %w", path, err)
	}
	if s.Mail.on() {
		s.Mail.Security = cmp.Or(s.Mail.Security, mail.StartTLS)
		s.Mail.PerMinute = cmp.Or(s.Mail.PerMinute, central.MailsPerMinute)
		if s.Site.MailFrom, err = library.ParseEmail(s.Mail.From); err != nil {
			return settings{}, fmt.Errorf("[mail] in %s: from must be an e-mail address, not %q", path, s.Mail.From)
		}
	}
	usual := secret.DefaultCost()
	s.HashCost = secret.Cost{
		Memory:  cmp.Or(file.PasswordHash.MemoryKiB, usual.Memory),
		Passes:  cmp.Or(file.PasswordHash.Passes, usual.Passes),
		Threads: cmp.Or(file.PasswordHash.Threads, usual.Threads),
	}
	if err := s.HashCost.Validate(); err != nil {
		return settings{}, fmt.Errorf("[password_hash] in %s: %w", path, err)
	}
	s.PepperFile = cmp.Or(f.Pepper, file.PepperFile, filepath.Join(s.Data, "pepper"))
	s.RequestKeyFile = cmp.Or(f.Requests, file.RequestKeyFile, filepath.Join(s.Data, "requests.key"))
	s.DB = cmp.Or(f.DB, file.DB, "sqlite:"+filepath.Join(s.Data, "central.db"))
	if _, err := time.LoadLocation(s.Site.TimeZone); err != nil {
		return settings{}, fmt.Errorf("the time zone %q is not known; write it like Asia/Tokyo", s.Site.TimeZone)
	}
	if s.Site.Notices, err = noticesOf(file.Notices); err != nil {
		return settings{}, fmt.Errorf("[[notice]] in %s: %w", path, err)
	}
	if s.Site.Terms, err = file.Terms.read(filepath.Dir(path)); err != nil {
		return settings{}, fmt.Errorf("[terms] in %s: %w", path, err)
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
	return p, p.Validate()
}
