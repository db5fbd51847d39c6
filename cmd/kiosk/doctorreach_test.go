package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestWhyTheServerIsNotReached(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	invalid := func(from, until time.Time) error {
		return x509.CertificateInvalidError{Cert: &x509.Certificate{NotBefore: from, NotAfter: until}, Reason: x509.Expired}
	}
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)}
	}
	for says, err := range map[string]error{
		"ran out on 2026-11-01":           invalid(now.AddDate(-1, 0, 0), now.AddDate(0, 0, -29)),
		"valid only from 2027-01-01":      invalid(now.AddDate(0, 1, 2), now.AddDate(1, 0, 0)),
		"is not known here":               &net.DNSError{Err: "no such host", Name: "library.example", IsNotFound: true},
		"no name service answers":         &net.DNSError{Err: "i/o timeout", Name: "library.example", IsTimeout: true},
		"The cable is well":               dial(unix.ECONNREFUSED),
		"whether its machine is on":       dial(unix.EHOSTUNREACH),
		"then whether its machine is on":  dial(unix.ENETUNREACH),
		"then whether central serves":     errors.New("EOF"),
		"cable, then whether its machine": &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded},
	} {
		got := unreached(&url.Error{Op: "Get", URL: "https://library.example:8443/healthz", Err: fmt.Errorf("tls: %w", err)}, "https://library.example:8443", now)
		if !strings.Contains(got, says) {
			t.Errorf("%v: %s; want %q", err, got, says)
		}
	}
}
