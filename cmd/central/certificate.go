package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"madoguchi/central/authority"
	"madoguchi/central/protocol"
)

// own reports whether the server makes its certificates itself.
func (s settings) own() bool { return s.TLSCert == "" && s.TLSKey == "" && !s.PlainHTTP }

func (s settings) authority() (*authority.Authority, error) {
	return authority.Open(filepath.Join(s.Data, "tls"), nil)
}

// tlsConfig is how the server speaks; nil is plain HTTP, which only this machine may
// be offered, and only where it is asked for.
func (s settings) tlsConfig() (*tls.Config, error) {
	switch {
	case s.own():
		hosts, err := s.names()
		if err != nil {
			return nil, err
		}
		a, err := s.authority()
		if err != nil {
			return nil, err
		}
		if _, err := a.Server(hosts); err != nil { // better now than at the first terminal
			return nil, err
		}
		return a.Config(hosts), nil
	case s.PlainHTTP && (s.TLSCert != "" || s.TLSKey != ""):
		return nil, errors.New("--plain-http cannot be given together with --tls-cert")
	case s.PlainHTTP && !loopback(s.Listen):
		return nil, fmt.Errorf("terminals would send their secrets readable by all to %s: leave out --plain-http, or listen on 127.0.0.1", s.Listen)
	case s.PlainHTTP:
		return nil, nil
	case s.TLSCert == "" || s.TLSKey == "":
		return nil, errors.New("--tls-cert and --tls-key are needed together")
	}
	cert, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("the certificate %s and key %s cannot be used: %w", s.TLSCert, s.TLSKey, err)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13}, nil
}

var hostName = regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z_.-]*[0-9A-Za-z])?$`)

// names are all names and addresses by which terminals may ask for this server.
func (s settings) names() ([]string, error) {
	all := []string{"localhost", "127.0.0.1", "::1"}
	for _, host := range s.Hosts {
		if net.ParseIP(host) == nil && !hostName.MatchString(host) {
			return nil, fmt.Errorf("%q is neither the name nor the address of a machine: give --host like library.example", host)
		}
		all = append(all, host)
	}
	if host, err := os.Hostname(); err == nil && hostName.MatchString(host) {
		all = append(all, host)
	}
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return nil, fmt.Errorf("the address to listen on, %s, is none: write it like 0.0.0.0:8443", s.Listen)
	}
	ip := net.ParseIP(host)
	switch {
	case host == "" || ip != nil && ip.IsUnspecified():
		all = append(all, machineAddresses()...)
	case ip != nil || hostName.MatchString(host):
		all = append(all, host)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// machineAddresses are those under which others reach this machine.
func machineAddresses() []string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil // what is named with --host remains
	}
	var all []string
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			all = append(all, n.IP.String())
		}
	}
	return all
}

// noteServing leaves in the data folder whether terminals that are added from now on
// are to trust the server's own authority: the flags of serve are not known to the
// command that adds them.
func (s settings) noteServing() error {
	path := s.otherCertificate()
	if s.own() {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, []byte("central serve was last started with --tls-cert or --plain-http\n"), 0o640)
}

func (s settings) otherCertificate() string {
	return filepath.Join(s.Data, "tls", "other-certificate")
}

// enrolmentCode is what is typed at the terminal: the code, and behind it by what
// the terminal knows the server's own authority, where that is in use.
func (s settings) enrolmentCode(code string) (string, error) {
	if !s.own() {
		return code, nil
	}
	if _, err := os.Stat(s.otherCertificate()); err == nil {
		return code, nil
	}
	a, err := s.authority()
	if err != nil {
		return "", err
	}
	return protocol.WithAuthority(code, a.Certificate().Raw), nil
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
