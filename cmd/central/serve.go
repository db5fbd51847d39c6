package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	"madoguchi/central"
)

type serveCmd struct {
	Listen    string   `help:"Address to listen on. Default: 127.0.0.1:8480." placeholder:"HOST:PORT"`
	Host      []string `help:"A further name or address by which terminals ask for this server." placeholder:"NAME"`
	TLSCert   string   `name:"tls-cert" help:"Certificate, PEM, instead of the server's own." placeholder:"FILE"`
	TLSKey    string   `name:"tls-key" help:"Its key, PEM." placeholder:"FILE"`
	PlainHTTP bool     `name:"plain-http" help:"Speak HTTP without TLS, on this machine only."`
	NewKey    bool     `name:"new-request-key" help:"Seal requests to the key that is in the file, or to a new one, from now on: once, when the old one is lost."`
}

// Run answers terminals until the context ends.
func (c *serveCmd) Run(a *app) error {
	a.settings.Listen = cmp.Or(c.Listen, a.settings.Listen)
	a.settings.Hosts = append(a.settings.Hosts, c.Host...)
	a.settings.TLSCert = cmp.Or(c.TLSCert, a.settings.TLSCert)
	a.settings.TLSKey = cmp.Or(c.TLSKey, a.settings.TLSKey)
	a.settings.PlainHTTP = cmp.Or(c.PlainHTTP, a.settings.PlainHTTP)
	secured, err := a.settings.tlsConfig()
	if err != nil {
		return err
	}
	if err := a.settings.noteServing(); err != nil {
		return fmt.Errorf("the data folder cannot be written: %w", err)
	}
	return a.serve(secured, c.NewKey, func() (net.Listener, error) {
		return new(net.ListenConfig).Listen(a.ctx, "tcp", a.settings.Listen)
	})
}

// serve answers terminals until the context ends; listen is asked for the address when
// all else is ready.
func (a *app) serve(secured *tls.Config, renewKey bool, listen func() (net.Listener, error)) error {
	a.migrates = true
	return a.with(func(s *server) (err error) {
		editions, err := a.editions(s)
		if err != nil {
			return err
		}
		passwords, err := a.passwords(s)
		if err != nil {
			return err
		}
		requests, err := a.requests(s, renewKey)
		if err != nil {
			return err
		}
		mails, err := a.sendingQueue(s)
		if err != nil {
			return err
		}
		history := central.NewHistory(a.settings.Data)
		putBack, err := history.Check(a.ctx, s.db)
		if err != nil {
			return err
		}
		if putBack {
			a.log().Warn("the database lacks changes that this server has made, so it was put back from a copy; all terminals fetch the catalogue anew")
		}
		config := central.Config{
			DB: s.db, Catalogue: s.catalogue, Editions: editions, History: history, Terminals: s.terminals, Passwords: passwords, Requests: requests,
			Circulation: s.ledger.Circulation(), Desk: s.ledger, Expiry: s.ledger, Register: s.ledger,
			Site: a.settings.Site, EditionAfter: a.settings.EditionAfter, Log: a.log(),
		}
		if mails != nil {
			config.Mail, config.MailQueue = mails, mails
		}
		config.MetricsApart = a.settings.MetricsListen != ""
		service := central.New(config)
		if config.MetricsApart {
			on, err := new(net.ListenConfig).Listen(a.ctx, "tcp", a.settings.MetricsListen)
			if err != nil {
				return fmt.Errorf("listen on %s for the figures: %w", a.settings.MetricsListen, err)
			}
			ctx, stop := context.WithCancel(a.ctx)
			served := make(chan error, 1)
			go func() { served <- service.ServeMetrics(ctx, on) }()
			defer func() { stop(); err = errors.Join(err, <-served) }()
		}
		on, err := listen()
		if err != nil {
			return fmt.Errorf("listen on %s: %w", a.settings.Listen, err)
		}
		a.log().Info("listening", "address", on.Addr().String(), "tls", secured != nil, "database", s.db.Name())
		return service.Serve(a.ctx, on, secured)
	})
}
