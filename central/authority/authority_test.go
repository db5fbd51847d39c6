package authority_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"madoguchi/central/authority"
)

func open(t *testing.T, dir string, now func() time.Time) *authority.Authority {
	t.Helper()
	a, err := authority.Open(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func server(t *testing.T, a *authority.Authority, hosts ...string) *x509.Certificate {
	t.Helper()
	c, err := a.Server(hosts)
	if err != nil {
		t.Fatal(err)
	}
	return c.Leaf
}

func TestAnAuthorityStays(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	a := open(t, dir, nil)
	first := server(t, a, "localhost", "127.0.0.1", "::1")
	again := open(t, dir, nil)
	if !again.Certificate().Equal(a.Certificate()) {
		t.Error("another authority after a restart")
	}
	if !server(t, again, "localhost").Equal(first) {
		t.Error("another server certificate after a restart")
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.Certificate())
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		if _, err := first.Verify(x509.VerifyOptions{DNSName: host, Roots: roots}); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	if first.IsCA || !a.Certificate().IsCA {
		t.Error("who may sign is the wrong way round")
	}
	if named := server(t, again, "localhost", "library.example"); named.Equal(first) || named.VerifyHostname("library.example") != nil {
		t.Error("a further name got no certificate")
	}
	for _, name := range []string{"ca-key.pem", "server.pem"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestRenewal(t *testing.T) {
	now := time.Now()
	dir := t.TempDir()
	a := open(t, dir, func() time.Time { return now })
	first := server(t, a, "localhost")
	now = now.Add(59 * 24 * time.Hour)
	if !server(t, a, "localhost").Equal(first) {
		t.Error("renewed early")
	}
	now = now.Add(2 * 24 * time.Hour)
	second := server(t, a, "localhost")
	if second.Equal(first) || second.NotAfter.Before(now.Add(80*24*time.Hour)) {
		t.Errorf("not renewed, good until %s", second.NotAfter)
	}
	// Another process on the folder takes what is there.
	if !server(t, open(t, dir, func() time.Time { return now }), "localhost").Equal(second) {
		t.Error("another process made another")
	}
	now = a.Certificate().NotAfter.Add(-time.Hour)
	if _, err := a.Server([]string{"localhost"}); err == nil {
		t.Error("a certificate of an authority that ends")
	}
}

func TestSeveralProcessesMakeOne(t *testing.T) {
	dir := t.TempDir()
	var mu sync.Mutex
	authorities, servers := map[string]bool{}, map[string]bool{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			a, err := authority.Open(dir, nil)
			if err != nil {
				t.Error(err)
				return
			}
			c, err := a.Server([]string{"localhost"})
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			authorities[string(a.Certificate().Raw)], servers[string(c.Leaf.Raw)] = true, true
		})
	}
	all.Wait()
	if len(authorities) != 1 || len(servers) != 1 {
		t.Errorf("%d authorities, %d certificates", len(authorities), len(servers))
	}
}

func TestDamage(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir, nil)
	server(t, a, "localhost")
	path := filepath.Join(dir, "server.pem")
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	server(t, open(t, dir, nil), "localhost") // made anew

	// The authority is not: all terminals trust it.
	for _, name := range []string{"ca-key.pem", "ca.pem"} {
		kept, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := authority.Open(dir, nil); err == nil {
			t.Errorf("damaged %s: taken", name)
		}
		if err := os.WriteFile(filepath.Join(dir, name), kept, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "ca-key.pem")); err != nil {
		t.Fatal(err)
	}
	if _, err := authority.Open(dir, nil); err == nil {
		t.Error("without a key: taken")
	}
	if left, err := os.ReadFile(filepath.Join(dir, "ca.pem")); err != nil || len(left) == 0 {
		t.Error("the certificate is gone")
	}
}

func TestHandshake(t *testing.T) {
	a := open(t, t.TempDir(), nil)
	here, there := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- tls.Server(there, a.Config([]string{"localhost"})).Handshake() }()
	roots := x509.NewCertPool()
	roots.AddCert(a.Certificate())
	c := tls.Client(here, &tls.Config{RootCAs: roots, ServerName: "localhost"})
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	// Enrolling terminals find the authority itself in what the server shows.
	if chain := c.ConnectionState().PeerCertificates; len(chain) != 2 || !chain[1].Equal(a.Certificate()) {
		t.Errorf("a chain of %d", len(chain))
	}
}
