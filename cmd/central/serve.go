package main

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	"madoguchi/central"
)

type serveCmd struct {
	Listen  string `help:"Address to listen on. Default: 127.0.0.1:8480." placeholder:"HOST:PORT"`
	TLSCert string `name:"tls-cert" help:"Certificate, PEM." placeholder:"FILE"`
	TLSKey  string `name:"tls-key" help:"Its key, PEM." placeholder:"FILE"`
}

// Run answers terminals until the context ends.
func (c *serveCmd) Run(a *app) error {
	a.settings.Listen = cmp.Or(c.Listen, a.settings.Listen)
	a.settings.TLSCert = cmp.Or(c.TLSCert, a.settings.TLSCert)
	a.settings.TLSKey = cmp.Or(c.TLSKey, a.settings.TLSKey)
	config, err := tlsConfig(a.settings)
	if err != nil {
		return err
	}
	return a.with(func(s *server) error {
		editions, err := a.editions(s)
		if err != nil {
			return err
		}
		service := central.New(central.Config{
			DB: s.db, Catalogue: s.catalogue, Circulation: s.ledger, Editions: editions, Terminals: s.terminals,
			Site: a.settings.Site, EditionAfter: a.settings.EditionAfter, Log: a.log(),
		})
		on, err := new(net.ListenConfig).Listen(a.ctx, "tcp", a.settings.Listen)
		if err != nil {
			return fmt.Errorf("listen on %s: %w", a.settings.Listen, err)
		}
		a.log().Info("listening", "address", on.Addr().String(), "tls", config != nil, "database", s.db.Name())
		return service.Serve(a.ctx, on, config)
	})
}

// tlsConfig returns nil for plain HTTP, which only this machine may be offered.
func tlsConfig(s settings) (*tls.Config, error) {
	if s.TLSCert == "" && s.TLSKey == "" {
		if !loopback(s.Listen) {
			return nil, fmt.Errorf("terminals would send their secrets readable by all to %s: give --tls-cert and --tls-key, or listen on 127.0.0.1", s.Listen)
		}
		return nil, nil
	}
	if s.TLSCert == "" || s.TLSKey == "" {
		return nil, errors.New("--tls-cert and --tls-key are needed together")
	}
	cert, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("the certificate %s and key %s cannot be used: %w", s.TLSCert, s.TLSKey, err)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, nil
}

// loopback reports whether only this machine can reach an address to listen on.
func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
