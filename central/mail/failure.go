package mail

import (
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"strings"
)

// Failure is why a mail was not handed over. As a text it names nobody, so that it can
// be logged.
type Failure struct {
	Step   string // what was under way: "connect", "MAIL", "RCPT", "DATA" …
	Code   int    // what the server answered, 0 where it did not
	Status string // the same as an enhanced status code (RFC 3463), "5.1.1", or ""
	// Answer is the server's words. They may name the patron's address: they are for a
	// person who tries the settings, and for no log.
	Answer string
	err    error
}

func (f *Failure) Error() string {
	if f.Code == 0 {
		return fmt.Sprintf("the mail server could not be asked (%s): %v", f.Step, f.err)
	}
	return fmt.Sprintf("the mail server answered %s to %s", strings.TrimSpace(fmt.Sprint(f.Code, " ", f.Status)), f.Step)
}

// Unwrap returns what went wrong on the way, nil where the server answered.
func (f *Failure) Unwrap() error { return f.err }

// NoServer reports whether other mails cannot be handed over either: the server cannot
// be reached, does not answer, lets nobody in or is about to close.
func (f *Failure) NoServer() bool {
	return f.Code == 0 || f.Code == 421 || f.Step != stepMail && f.Step != stepRcpt && f.Step != stepData
}

// BadAddress reports whether the server refused the address for good: it does not
// exist, or takes no mail. A refusal for another reason, such as that the server does
// not relay for us, says nothing of the address.
func (f *Failure) BadAddress() bool {
	if f.Code < 500 || f.Step != stepRcpt && f.Step != stepData {
		return false
	}
	subject, ok := strings.CutPrefix(f.Status, "5.")
	if !ok {
		return f.Step == stepRcpt && (f.Code == 550 || f.Code == 551 || f.Code == 553)
	}
	ofSender := subject == "1.7" || subject == "1.8"
	return (strings.HasPrefix(subject, "1.") || strings.HasPrefix(subject, "2.")) && !ofSender && forGood(f.Status)
}

const (
	stepConnect = "connect"
	stepHello   = "EHLO"
	stepTLS     = "STARTTLS"
	stepAuth    = "AUTH"
	stepMail    = "MAIL"
	stepRcpt    = "RCPT"
	stepData    = "DATA"
)

var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

func failure(step string, err error) *Failure {
	f := &Failure{Step: step, err: err}
	var answer *textproto.Error
	if errors.As(err, &answer) {
		f.Code, f.Answer, f.Status, f.err = answer.Code, oneLine(answer.Msg), enhanced.FindString(answer.Msg), nil
		return f
	}
	var garbage textproto.ProtocolError
	if errors.As(err, &garbage) { // quotes what the server wrote
		f.Answer, f.err = oneLine(garbage.Error()), errors.New("it does not speak SMTP")
	}
	return f
}
