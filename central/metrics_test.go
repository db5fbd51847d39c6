package central

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"madoguchi/central/catalogue"
	"madoguchi/central/db/dbtest"
)

// TestFiguresAtAnAddressOfTheirOwn: whoever may ask for terminals' data need not see them.
func TestFiguresAtAnAddressOfTheirOwn(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t))
	cat := catalogue.New(catalogue.Config{DB: d})
	e, err := NewEditions(EditionsConfig{DB: d, Catalogue: cat, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s := New(Config{DB: d, Catalogue: cat, Editions: e, Terminals: NewTerminals(d, nil), MetricsApart: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusNotFound || strings.Contains(w.Body.String(), "madoguchi_") {
		t.Errorf("among the rest: %d, %s", w.Code, w.Body)
	}

	// A stranger speaks no TLS.
	listener := httptest.NewUnstartedServer(s)
	listener.Config = s.httpServer(s)
	listener.StartTLS()
	conn, err := net.Dial("tcp", listener.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, "SSH-2.0-scan\r\n")
	io.ReadAll(conn) // until the server has had enough
	conn.Close()
	old := listener.Client().Transport.(*http.Transport).Clone()
	old.TLSClientConfig = &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS10}
	if _, err := (&http.Client{Transport: old}).Get(listener.URL + "/healthz"); err == nil {
		t.Error("TLS 1.0 was taken")
	}
	listener.Close() // waits for what it has logged

	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.ServeMetrics(ctx, on) }()
	get := func(path string) (int, string) {
		resp, err := http.Get("http://" + on.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(text)
	}
	if status, text := get("/metrics"); status != http.StatusOK || !strings.Contains(text, "madoguchi_strange_connections_total 2") || !strings.Contains(text, "go_build_info") {
		t.Errorf("the figures: %d, %s", status, text)
	}
	if status, _ := get("/v1/site"); status != http.StatusNotFound {
		t.Errorf("terminals' data among the figures: %d", status)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if strings.Contains(log.String(), "handshake") {
		t.Errorf("strangers in the log: %s", log.String())
	}
}
