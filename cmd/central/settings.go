package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"madoguchi/barcode"
	"madoguchi/central"
	"madoguchi/central/mail"
	"madoguchi/central/secret"
	"madoguchi/cmd/settingsfile"
	"madoguchi/library"
)

// settingsFlags are the settings that every command takes. What is not given here
// comes from the settings file, and what is not there either has a default.
type settingsFlags struct {
	Config   string `help:"Settings file. Default: /etc/madoguchi/central.toml, where there is one." placeholder:"FILE" env:"MADOGUCHI_CENTRAL_CONFIG"`
	Data     string `help:"Data folder. Default: /var/lib/madoguchi-central." placeholder:"DIR" env:"MADOGUCHI_CENTRAL_DATA"`
	Pepper   string `name:"pepper-file" help:"File of the pepper that passwords are hashed with; several servers on one database need the same. Default: pepper in the data folder, made on first use." placeholder:"FILE" env:"MADOGUCHI_CENTRAL_PEPPER_FILE"`
	Requests string `name:"request-key-file" help:"File of the key to which terminals seal requests while the server is away; several servers on one database need the same. Default: requests.key in the data folder, made on first use." placeholder:"FILE" env:"MADOGUCHI_CENTRAL_REQUEST_KEY_FILE"`
	DB       string `name:"db" help:"Database: a path, sqlite:PATH or postgres://… Default: central.db in the data folder." placeholder:"DSN" env:"MADOGUCHI_CENTRAL_DB"`
}

// settings is everything that a library sets.
type settings struct {
	File           string // of the settings, which need not be there
	Data           string
	DB             string
	Listen         string
	LogFormat      settingsfile.LogFormat
	MetricsListen  string // "": at the same address
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
	Intake         intakeSettings
	Mail           mailSettings
	Backup         backupSettings
}

// settingsFile is central.toml. examples/central.toml has each of its settings, and
// docs/settings.md is made of the comments.
type settingsFile struct {
	Data           string                 `toml:"data"`             // folder of the database, of the editions' chunks and of keys; the flag --data comes first
	DB             string                 `toml:"db"`               // database: a path, sqlite:PATH or postgres://…; otherwise central.db in the data folder
	Listen         string                 `toml:"listen"`           // address and port to listen on; the flag --listen comes first
	MetricsListen  string                 `toml:"metrics_listen"`   // address and port at which /metrics answers, in HTTP without TLS, for the machine that gathers figures; otherwise at that of listen
	LogFormat      settingsfile.LogFormat `toml:"log_format"`       // of the log: text for people, json for programs
	TLSCert        string                 `toml:"tls_cert"`         // file of a certificate, PEM, in the place of one by the server's own authority
	TLSKey         string                 `toml:"tls_key"`          // file of its key, PEM
	PlainHTTP      bool                   `toml:"plain_http"`       // HTTP without TLS, on this machine only, for trials
	Hosts          []string               `toml:"hosts"`            // further names and addresses of this server, for the certificate that it makes itself
	PepperFile     string                 `toml:"pepper_file"`      // file of the key that passwords are hashed with, the same for several servers on one database; otherwise pepper in the data folder, made on first use
	RequestKeyFile string                 `toml:"request_key_file"` // file of the key to which terminals seal requests, the same for several servers on one database; otherwise requests.key in the data folder, made on first use
	PasswordHash   hashSettings           `toml:"password_hash"`    // what one check of a password costs (Argon2id)
	EditionAfter   int64                  `toml:"edition_after"`    // after so many changes of the catalogue a new edition is built
	Site           siteSettings           `toml:"site"`             // the library
	Barcode        barcode.Settings       `toml:"barcode"`          // what numbers look like, as in kiosk.toml
	Intake         intakeSettings         `toml:"intake"`           // how files of other systems are read
	Mail           mailSettings           `toml:"mail"`             // mails to patrons; without a server none are sent, and terminals offer none
	Backup         backupSettings         `toml:"backup"`           // backups, which central backup makes
	Policy         library.Policy         `toml:"policy"`           // the numbers of the rules; terminals learn them from the server
	Terms          termsSettings          `toml:"terms"`            // the library's own terms of use in the place of ours: version, which changes with each change of a text, and by the code of each language a file of the text
	Notices        []map[string]string    `toml:"notice"`           // a notice on the home screen of all terminals: by the code of each language its text; one table for each notice
}

type siteSettings struct {
	Name     string `toml:"name"`      // name of the library, as terminals and mails say it
	TimeZone string `toml:"time_zone"` // in which days begin and times are told, such as Asia/Tokyo
}

// hashSettings is what one check of a password costs.
type hashSettings struct {
	MemoryKiB uint32 `toml:"memory_kib"` // memory in KiB
	Passes    uint32 `toml:"passes"`     // how often it is gone through
	Threads   uint8  `toml:"threads"`    // how many threads do it
}

// defaultSettings are the settings where a file has none.
func defaultSettings() settingsFile {
	cost := secret.DefaultCost()
	return settingsFile{
		Data: "/var/lib/madoguchi-central", LogFormat: settingsfile.LogText, Listen: "127.0.0.1:8480", EditionAfter: central.DefaultEditionAfter,
		PasswordHash: hashSettings{MemoryKiB: cost.Memory, Passes: cost.Passes, Threads: cost.Threads},
		Intake:       intakeSettings{StateFrom: stateFromCirculation},
		Site:         siteSettings{Name: "図書館", TimeZone: "Asia/Tokyo"},
		Policy:       library.DefaultPolicy(),
	}
}

const defaultConfig = "/etc/madoguchi/central.toml"

func (f settingsFlags) settings() (settings, error) {
	usual := defaultSettings()
	file := settingsFile{Policy: usual.Policy} // elsewhere what is empty is not set
	path := cmp.Or(f.Config, defaultConfig)
	in, err := settingsfile.Read(path, &file, usual)
	if err != nil && (!errors.Is(err, os.ErrNotExist) || f.Config != "") {
		return settings{}, err
	}
	if file.EditionAfter < 0 {
		return settings{}, in.Wrong("", fmt.Errorf("edition_after = %d: it must be at least 1", file.EditionAfter))
	}
	if _, _, err := net.SplitHostPort(file.Listen); err != nil && file.Listen != "" {
		return settings{}, in.Wrong("", fmt.Errorf("listen must be an address and a port, like %s", usual.Listen))
	}
	if _, _, err := net.SplitHostPort(file.MetricsListen); err != nil && file.MetricsListen != "" {
		return settings{}, in.Wrong("", errors.New("metrics_listen must be an address and a port, like 127.0.0.1:9480"))
	}
	s := settings{
		LogFormat:     cmp.Or(file.LogFormat, usual.LogFormat),
		MetricsListen: file.MetricsListen,
		File:          path,
		Data:          cmp.Or(f.Data, file.Data, usual.Data),
		Listen:        cmp.Or(file.Listen, usual.Listen),
		TLSCert:       file.TLSCert,
		TLSKey:        file.TLSKey,
		PlainHTTP:     file.PlainHTTP,
		Hosts:         file.Hosts,
		EditionAfter:  cmp.Or(file.EditionAfter, usual.EditionAfter),
		Site: library.Site{
			Name:     cmp.Or(file.Site.Name, usual.Site.Name),
			TimeZone: cmp.Or(file.Site.TimeZone, usual.Site.TimeZone),
		},
	}
	if err := in.Wrong("", s.LogFormat.Validate()); err != nil {
		return settings{}, err
	}
	s.Backup = file.Backup
	if _, err := s.Backup.recipients(); err != nil {
		return settings{}, in.Wrong("backup", err)
	}
	s.Barcode = file.Barcode
	if err := in.Wrong("barcode", s.Barcode.Validate()); err != nil {
		return settings{}, err
	}
	s.Intake = file.Intake
	s.Intake.StateFrom = cmp.Or(s.Intake.StateFrom, usual.Intake.StateFrom)
	if err := in.Wrong("intake", s.Intake.validate()); err != nil {
		return settings{}, err
	}
	s.Mail = file.Mail
	if err := in.Wrong("mail", s.Mail.validate()); err != nil {
		return settings{}, err
	}
	if s.Mail.on() {
		s.Mail.Security = cmp.Or(s.Mail.Security, mail.StartTLS)
		s.Mail.PerMinute = cmp.Or(s.Mail.PerMinute, central.MailsPerMinute)
		if s.Site.MailFrom, err = library.ParseEmail(s.Mail.From); err != nil {
			return settings{}, in.Wrong("mail", fmt.Errorf("from must be an e-mail address, not %q", s.Mail.From))
		}
	}
	s.HashCost = secret.Cost{
		Memory:  cmp.Or(file.PasswordHash.MemoryKiB, usual.PasswordHash.MemoryKiB),
		Passes:  cmp.Or(file.PasswordHash.Passes, usual.PasswordHash.Passes),
		Threads: cmp.Or(file.PasswordHash.Threads, usual.PasswordHash.Threads),
	}
	if err := in.Wrong("password_hash", s.HashCost.Validate()); err != nil {
		return settings{}, err
	}
	s.PepperFile = cmp.Or(f.Pepper, file.PepperFile, filepath.Join(s.Data, "pepper"))
	s.RequestKeyFile = cmp.Or(f.Requests, file.RequestKeyFile, filepath.Join(s.Data, "requests.key"))
	s.DB = cmp.Or(f.DB, file.DB, "sqlite:"+filepath.Join(s.Data, "central.db"))
	if _, err := time.LoadLocation(s.Site.TimeZone); err != nil {
		return settings{}, in.Wrong("site", fmt.Errorf("time_zone: the time zone %q is not known; write it like Asia/Tokyo", s.Site.TimeZone))
	}
	if s.Site.Notices, err = noticesOf(file.Notices); err != nil {
		return settings{}, in.Wrong("[notice]", err)
	}
	if s.Site.Terms, err = file.Terms.read(filepath.Dir(path)); err != nil {
		return settings{}, in.Wrong("terms", err)
	}
	s.Site.Policy = file.Policy
	return s, in.Wrong("policy", s.Site.Policy.Validate())
}
