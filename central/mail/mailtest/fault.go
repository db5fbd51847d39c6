package mailtest

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"testing"
)

// Fault is a way in which a mail server fails.
type Fault string

// The ways.
const (
	NoFault        Fault = ""
	Down           Fault = "nobody listens"
	ClosesAtOnce   Fault = "closes at once"
	Busy           Fault = "421 instead of a greeting"
	HangsAtOnce    Fault = "never greets"
	RefusesSender  Fault = "451 to MAIL"
	RefusesForNow  Fault = "450 to RCPT"
	BusyAtRcpt     Fault = "421 to RCPT"
	RefusesText    Fault = "451 after the dot"
	ClosesHalfWay  Fault = "closes in the middle of the text"
	ClosesAtDot    Fault = "takes the mail and closes before it answers"
	HangsAtDot     Fault = "takes the mail and never answers"
	SpeaksNonsense Fault = "does not speak SMTP"
)

// Faults are all of them.
var Faults = []Fault{Down, ClosesAtOnce, Busy, HangsAtOnce, RefusesSender, RefusesForNow, BusyAtRcpt, RefusesText, ClosesHalfWay, ClosesAtDot, HangsAtDot, SpeaksNonsense}

// Faulty is a mail server, without TLS, that fails as it is told.
type Faulty struct {
	Addr string // 127.0.0.1:PORT

	t      testing.TB
	mu     sync.Mutex
	fault  Fault
	on     net.Listener // nil: Down
	open   map[net.Conn]bool
	taken  []Mail
	lost   []Mail
	served sync.WaitGroup
}

// StartFaulty starts a server that has no fault yet.
func StartFaulty(t testing.TB) *Faulty {
	t.Helper()
	s := &Faulty{t: t, open: map[net.Conn]bool{}, Addr: "127.0.0.1:0"}
	s.listen()
	t.Cleanup(func() {
		s.Set(Down)
		s.served.Wait()
	})
	return s
}

func (s *Faulty) listen() {
	on, err := net.Listen("tcp", s.Addr)
	if err != nil {
		s.t.Error(err)
		return
	}
	s.Addr, s.on = on.Addr().String(), on
	s.served.Add(1)
	go func() {
		defer s.served.Done()
		for {
			conn, err := on.Accept()
			if err != nil {
				return
			}
			s.served.Add(1)
			go func() {
				defer s.served.Done()
				s.serve(conn)
			}()
		}
	}()
}

// Set gives the server another fault, and ends the connections under the old one.
func (s *Faulty) Set(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
	for conn := range s.open {
		conn.Close()
	}
	switch {
	case f == Down && s.on != nil:
		s.on.Close()
		s.on = nil
	case f != Down && s.on == nil:
		s.listen()
	}
}

// Taken returns the mails that the server said it took.
func (s *Faulty) Taken() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.taken...)
}

// Unanswered returns the mails that came whole and whose sender was not told so.
func (s *Faulty) Unanswered() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.lost...)
}

func (s *Faulty) serve(conn net.Conn) {
	s.mu.Lock()
	fault := s.fault
	s.open[conn] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, conn)
		conn.Close()
	}()
	lines := bufio.NewScanner(conn)
	say := func(line string) { conn.Write([]byte(line + "\r\n")) }
	hang := func() {
		for lines.Scan() { // until somebody closes
		}
	}
	switch fault {
	case ClosesAtOnce, Down:
		return
	case Busy:
		say("421 4.3.2 too many connections")
		return
	case HangsAtOnce:
		hang()
		return
	case SpeaksNonsense:
		say("HTTP/1.1 400 Bad Request")
		return
	}
	say("220 mail.test ESMTP")
	var m Mail
	for lines.Scan() {
		verb, rest, _ := strings.Cut(lines.Text(), " ")
		switch verb = strings.ToUpper(verb); {
		case verb == "EHLO":
			say("250-mail.test\r\n250 8BITMIME")
		case verb == "MAIL" && fault == RefusesSender:
			say("451 4.3.0 later")
		case verb == "MAIL":
			m = Mail{From: address(rest)}
			say("250 2.1.0 ok")
		case verb == "RCPT" && fault == RefusesForNow:
			say("450 4.2.0 greylisted")
		case verb == "RCPT" && fault == BusyAtRcpt:
			say("421 4.3.2 shutting down")
			return
		case verb == "RCPT":
			m.To = address(rest)
			say("250 2.1.5 ok")
		case verb == "DATA":
			say("354 go on")
			if fault == ClosesHalfWay {
				lines.Scan()
				return
			}
			if m.Raw = text(lines); m.Raw == "" {
				return
			}
			switch fault {
			case RefusesText:
				say("451 4.7.1 later")
			case ClosesAtDot, HangsAtDot:
				s.note(&s.lost, m)
				if fault == HangsAtDot {
					hang()
				}
				return
			default:
				s.note(&s.taken, m)
				say("250 2.0.0 taken")
			}
		case verb == "QUIT":
			say("221 2.0.0 bye")
			return
		default: // RSET, NOOP
			say("250 2.0.0 ok")
		}
	}
}

func (s *Faulty) note(where *[]Mail, m Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*where = append(*where, m)
}

func address(of string) string {
	_, a, _ := strings.Cut(of, "<")
	a, _, _ = strings.Cut(a, ">")
	return a
}

// text reads up to the dot; "" where the connection ended before it.
func text(lines *bufio.Scanner) string {
	var b strings.Builder
	for lines.Scan() {
		line := lines.Text()
		if line == "." {
			return b.String()
		}
		b.WriteString(strings.TrimPrefix(line, ".") + "\r\n")
	}
	return ""
}
