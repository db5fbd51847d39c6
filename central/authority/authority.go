// Package authority is the central server's own certificate authority: it makes one
// on first start, and by it certificates for the server, which it renews by itself.
// Terminals trust this authority and no other. It asks nothing of the outside.
package authority

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// How long certificates are good for, and how much of that is left when the
// server's is made anew.
const (
	authorityLife = 20 * 365 * 24 * time.Hour
	serverLife    = 90 * 24 * time.Hour
	renewBefore   = 30 * 24 * time.Hour
	clocksDiffer  = 24 * time.Hour // a terminal's clock may be that far behind
)

// Authority is the authority in a folder. Several processes may share the folder.
type Authority struct {
	dir  string
	now  func() time.Time
	cert *x509.Certificate
	key  *ecdsa.PrivateKey

	mu     sync.Mutex
	server *tls.Certificate
}

// The files of the folder.
const (
	authorityCert = "ca.pem"
	authorityKey  = "ca-key.pem"
	serverPair    = "server.pem" // key and certificate, so that they are replaced together
)

// Open opens the authority in a folder, and makes it where there is none. A nil now
// is time.Now.
func Open(dir string, now func() time.Time) (*Authority, error) {
	if now == nil {
		now = time.Now
	}
	a := &Authority{dir: dir, now: now}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the folder of certificates: %w", err)
	}
	unlock, err := lock(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	err = a.read()
	if errors.Is(err, os.ErrNotExist) {
		err = a.make()
	}
	if err != nil {
		return nil, fmt.Errorf("the server's own certificate authority in %s: %w", dir, err)
	}
	return a, nil
}

// Certificate is the authority's certificate.
func (a *Authority) Certificate() *x509.Certificate { return a.cert }

// Path is the file of the authority's certificate, PEM.
func (a *Authority) Path() string { return filepath.Join(a.dir, authorityCert) }

// Config is for a server of these names and addresses. Its certificate is made when
// it is first needed, and anew before it ends, while the server goes on serving.
func (a *Authority) Config(hosts []string) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS13,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return a.Server(hosts) },
	}
}

// Server returns a certificate for these names and addresses with at least a month
// to go, together with the authority's own.
func (a *Authority) Server(hosts []string) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.fit(a.server, hosts) {
		return a.server, nil
	}
	unlock, err := lock(a.dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	// Another process may have made one.
	if c, err := a.readServer(); err == nil && a.fit(c, hosts) {
		a.server = c
		return c, nil
	}
	c, err := a.makeServer(hosts)
	if err != nil {
		return nil, fmt.Errorf("make the server's certificate: %w", err)
	}
	a.server = c
	return c, nil
}

// fit reports whether a certificate serves for some time yet, for all hosts.
func (a *Authority) fit(c *tls.Certificate, hosts []string) bool {
	if c == nil || c.Leaf == nil {
		return false
	}
	now := a.now()
	if now.Before(c.Leaf.NotBefore) || now.After(c.Leaf.NotAfter.Add(-renewBefore)) {
		return false
	}
	if c.Leaf.CheckSignatureFrom(a.cert) != nil {
		return false
	}
	for _, host := range hosts {
		if c.Leaf.VerifyHostname(host) != nil {
			return false
		}
	}
	return true
}

func (a *Authority) make() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	now := a.now()
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: "Madoguchi central server, own authority"},
		NotBefore:             now.Add(-clocksDiffer),
		NotAfter:              now.Add(authorityLife),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	keyPEM, err := encodeKey(key)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(a.dir, authorityKey), keyPEM, 0o600); err != nil {
		return err
	}
	// Last, since what is there with it is whole.
	if err := writeFile(a.Path(), encodeCert(der), 0o644); err != nil {
		return err
	}
	return a.read()
}

func (a *Authority) makeServer(hosts []string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := a.now()
	if now.Add(renewBefore).After(a.cert.NotAfter) {
		return nil, fmt.Errorf("the server's own authority ends on %s: remove the folder %s, start again, and enrol the terminals anew", a.cert.NotAfter.Format(time.DateOnly), a.dir)
	}
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: "Madoguchi central server"},
		NotBefore:    now.Add(-clocksDiffer),
		NotAfter:     earlier(now.Add(serverLife), a.cert.NotAfter),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	name(template, hosts)
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	keyPEM, err := encodeKey(key)
	if err != nil {
		return nil, err
	}
	if err := writeFile(filepath.Join(a.dir, serverPair), append(encodeCert(der), keyPEM...), 0o600); err != nil {
		return nil, err
	}
	return a.readServer()
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
