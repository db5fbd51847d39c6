package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// unreached says why the server did not answer, and what to do: a pulled cable, a name, a
// server that is not there and a clock that is wrong look alike on the screen.
func unreached(err error, server string, now time.Time) string {
	var expired x509.CertificateInvalidError
	var name *net.DNSError
	switch {
	case errors.As(err, &expired) && expired.Reason == x509.Expired && now.Before(expired.Cert.NotBefore):
		return fmt.Sprintf("The certificate of %s is valid only from %s on, and the clock of this machine says %s. Set the clock: timedatectl set-ntp true",
			server, expired.Cert.NotBefore.Format(time.DateOnly), now.Format("2006-01-02 15:04"))
	case errors.As(err, &expired) && expired.Reason == x509.Expired:
		return fmt.Sprintf("The certificate of %s ran out on %s. The clock of this machine says %s: if that is wrong, set it (timedatectl set-ntp true); if it is right, the server needs a new certificate, and central doctor there says how.",
			server, expired.Cert.NotAfter.Format(time.DateOnly), now.Format("2006-01-02 15:04"))
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Sprintf("The server's name %s is not known here: %v. Look whether it is written as the server's administrator says, then at the network's name service.", name.Name, err)
	case errors.As(err, &name):
		return fmt.Sprintf("The server %s cannot be reached, since no name service answers: %v. Look at the cable, then at the network's settings.", server, err)
	case errors.Is(err, unix.ECONNREFUSED):
		return fmt.Sprintf("The machine of %s cannot be reached at this port: %v. The cable is well; look whether central serves there, and at which port.", server, err)
	case errors.Is(err, unix.ENETUNREACH), errors.Is(err, unix.ETIMEDOUT), errors.Is(err, unix.EHOSTUNREACH), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("The server %s cannot be reached: %v. Look at the cable, then whether its machine is on.", server, err)
	}
	return fmt.Sprintf("The server %s cannot be reached: %v. Look at the cable, then whether central serves there.", server, err)
}
