package mail

import (
	"io"
	"regexp"
	"strings"

	"madoguchi/library"
)

// qmailBegins is how a bounce in qmail's format begins (QSBMF).
const qmailBegins = "Hi. This is the "

// qmailStatus is where a paragraph on a recipient says why: "(#5.1.1)", or what the
// other server said, "550 5.1.1" or "550".
var (
	qmailStatus = regexp.MustCompile(`\(#([245]\.\d{1,3}\.\d{1,3})\)`)
	serverSaid  = regexp.MustCompile(`(?m)\bsaid: ([245])\d\d(?:[ -]([245]\.\d{1,3}\.\d{1,3}))?\b`)
)

// qmailBounces reads the text of a mail that may be a bounce of qmail: a paragraph of
// greeting, one for each recipient that begins with "<address>:", and after a line of
// hyphens the mail that came back.
func qmailBounces(r io.Reader) (all []Bounce) {
	raw, err := io.ReadAll(r)
	text := strings.TrimLeft(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n")
	if err != nil && text == "" || !strings.HasPrefix(text, qmailBegins) {
		return nil
	}
	for _, paragraph := range strings.Split(text, "\n\n")[1:] {
		paragraph = strings.TrimLeft(paragraph, "\n")
		if strings.HasPrefix(paragraph, "--- ") || len(all) == maxRecipients {
			return all
		}
		first, reason, _ := strings.Cut(paragraph, "\n")
		address, ok := strings.CutSuffix(strings.TrimSpace(first), ">:")
		if !ok || !strings.HasPrefix(address, "<") {
			continue
		}
		if to, err := library.ParseEmail(address[1:]); err == nil {
			all = append(all, Bounce{Address: to, Hard: qmailForGood(reason)})
		}
	}
	return all
}

func qmailForGood(reason string) bool {
	if m := qmailStatus.FindStringSubmatch(reason); m != nil {
		return forGood(m[1])
	}
	m := serverSaid.FindStringSubmatch(reason)
	switch {
	case m == nil:
		return false
	case m[2] != "":
		return forGood(m[2])
	}
	return m[1] == "5"
}
