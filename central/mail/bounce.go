package mail

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"strings"

	"madoguchi/library"
)

// Bounce says that a mail to an address came back.
type Bounce struct {
	Address string // as library.ParseEmail writes it
	Hard    bool   // for good; otherwise it was late, or the reason may pass
}

// What is read of a mail, at most.
const (
	maxReport     = 1 << 20 // bytes
	maxParts      = 32
	maxRecipients = 100
)

// ReadBounces reads one mail and returns of which addresses it says that mails came
// back: it understands delivery status notifications (RFC 3464) and those of qmail,
// which are older. Of any other mail it returns none. An error is of the reading, and
// never of what was read.
func ReadBounces(r io.Reader) ([]Bounce, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxReport))
	if err == nil {
		_, err = io.Copy(io.Discard, r) // whoever writes it may not like a closed pipe
	}
	if err != nil {
		return nil, fmt.Errorf("read a mail: %w", err)
	}
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, nil
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "multipart/report" && strings.EqualFold(params["report-type"], "delivery-status"):
		return statusOf(multipart.NewReader(msg.Body, params["boundary"])), nil
	case msg.Header.Get("Content-Type") == "" || err == nil && kind == "text/plain":
		return qmailBounces(decoded(msg.Body, msg.Header.Get("Content-Transfer-Encoding"))), nil
	}
	return nil, nil
}

// statusOf finds the part that machines read.
func statusOf(parts *multipart.Reader) []Bounce {
	for range maxParts {
		part, err := parts.NextRawPart()
		if err != nil {
			return nil
		}
		kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err == nil && (kind == "message/delivery-status" || kind == "message/global-delivery-status") {
			return recipientsOf(decoded(part, part.Header.Get("Content-Transfer-Encoding")))
		}
	}
	return nil
}

func decoded(r io.Reader, encoding string) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	}
	return r
}

// recipientsOf reads groups of fields that are parted by empty lines: one of the
// message, and one of each recipient.
func recipientsOf(r io.Reader) (all []Bounce) {
	groups := textproto.NewReader(bufio.NewReader(r))
	for len(all) < maxRecipients {
		fields, err := groups.ReadMIMEHeader() // damaged, or the last: what is whole of it
		if b, ok := bounceOf(fields); ok {
			all = append(all, b)
		}
		if err != nil {
			return all
		}
	}
	return all
}

// bounceOf reads the fields of one recipient.
func bounceOf(fields textproto.MIMEHeader) (Bounce, bool) {
	action, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(fields.Get("Action"))), " ")
	if action != "failed" && action != "delayed" {
		return Bounce{}, false
	}
	// The first is what we wrote to, the second where it was passed on to.
	for _, name := range []string{"Original-Recipient", "Final-Recipient"} {
		kind, address, ok := strings.Cut(fields.Get(name), ";")
		if !ok || !strings.EqualFold(strings.TrimSpace(kind), "rfc822") {
			continue
		}
		if to, err := library.ParseEmail(strings.Trim(strings.TrimSpace(address), "<>")); err == nil {
			status := enhanced.FindString(strings.TrimSpace(fields.Get("Status")))
			return Bounce{Address: to, Hard: action == "failed" && forGood(status)}, true
		}
	}
	return Bounce{}, false
}

// forGood reports whether an enhanced status code (RFC 3463) says that an address takes
// no mail. A mailbox that is full (5.2.2) has room again some day; what is refused for
// reasons of security (5.7) may be due to us, and then all patrons of a carrier would
// be marked at once.
func forGood(status string) bool {
	return strings.HasPrefix(status, "5.") && status != "5.2.2" && !strings.HasPrefix(status, "5.7.")
}
