package library

import (
	"strings"
	"unicode"
)

// EmailState is how far a registered address can be relied on.
type EmailState string

// The states of an address.
const (
	NoEmail          EmailState = "none"
	EmailRegistered  EmailState = "registered"  // 登録あり: an import brought it, or no mails are sent; no code was ever sent to it
	EmailUnconfirmed EmailState = "unconfirmed" // 未確認
	EmailConfirmed   EmailState = "confirmed"   // 確認済み: by the code of a mail
	EmailBouncing    EmailState = "bouncing"    // mails came back
)

// EmailStates are all states of an address.
var EmailStates = []EmailState{NoEmail, EmailRegistered, EmailUnconfirmed, EmailConfirmed, EmailBouncing}

// Message returns the message of an Account that the state is worth, "" for none.
func (s EmailState) Message() string {
	switch s {
	case EmailBouncing:
		return MessageBouncing
	case EmailUnconfirmed:
		return MessageUnconfirmed
	}
	return ""
}

// EmailStatus is what a patron sees of the own address.
type EmailStatus struct {
	Address   string     `json:"address,omitempty"`
	State     EmailState `json:"state"`
	CodeSent  bool       `json:"code_sent,omitempty"` // a code is on its way and still valid
	BouncedOn Date       `json:"bounced_on,omitzero"` // EmailBouncing: when the last one came back
	Carrier   Carrier    `json:"carrier,omitempty"`   // whose advice fits, "" for none of its own
	From      string     `json:"from,omitempty"`      // the library's address, to be let through by filters
}

// Carrier is a provider of mail whose settings the guide has advice on.
type Carrier string

// The carriers.
const (
	Docomo   Carrier = "docomo"
	Au       Carrier = "au"
	SoftBank Carrier = "softbank"
	Rakuten  Carrier = "rakuten"
	FreeMail Carrier = "free" // Gmail, Yahoo!メール, Outlook, iCloud …
)

// maxEmail and maxLocal are the most bytes of an address and of what is before its
// "@" (RFC 5321).
const (
	maxEmail = 254
	maxLocal = 64
)

// ParseEmail returns an address as it is stored: full width folded to half width,
// spaces around it dropped, the domain in lower case. What is before the "@" stays as
// it was typed: capitals may matter there (guide: アルファベットの大文字・小文字). It refuses with
// ErrEmailBreak, ErrEmailComma, ErrEmailDots, ErrEmailDotAt, ErrEmailDotFirst or
// ErrEmail, the first that holds. Guide: 「.」ドットを連続して使用しているアドレスや、「@」アットマークの直前に「.」ドットを
// 使用しているアドレスにはメールを送信できません.
func ParseEmail(typed string) (string, error) {
	if strings.ContainsFunc(typed, breaks) {
		return "", ErrEmailBreak
	}
	s := foldEmail(typed)
	at := strings.LastIndexByte(s, '@')
	switch {
	case strings.ContainsRune(s, ','):
		return "", ErrEmailComma
	case strings.Contains(s, ".."):
		return "", ErrEmailDots
	case strings.Contains(s, ".@"):
		return "", ErrEmailDotAt
	case strings.HasPrefix(s, "."):
		return "", ErrEmailDotFirst
	case at < 1 || len(s) > maxEmail || at > maxLocal || strings.ContainsFunc(s[:at], notLocal):
		return "", ErrEmail
	}
	domain := strings.ToLower(s[at+1:])
	if !isDomain(domain) {
		return "", ErrEmail
	}
	return s[:at] + "@" + domain, nil
}

// breaks reports whether a character could end a line of a mail's header.
func breaks(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

func foldEmail(typed string) string {
	return strings.TrimSpace(strings.Map(halfWidth, typed))
}

func halfWidth(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '　':
		return ' '
	}
	return r
}

// notLocal reports whether a character cannot stand before the "@" without quotes
// (RFC 5322 atext and the dot).
func notLocal(r rune) bool {
	alnum := r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	return !alnum && !strings.ContainsRune(".!#$%&'*+/=?^_`{|}~-", r)
}

// isDomain reports whether a name has two labels or more and each is one of a host.
func isDomain(name string) bool {
	labels := strings.Split(name, ".")
	if len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		odd := func(r rune) bool { return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r == '-') }
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsFunc(l, odd) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(last) >= 2 && strings.Trim(last, "0123456789") != ""
}

// SuggestEmail returns the address that was probably meant where a typed one looks
// mistyped, and false otherwise. It takes what ParseEmail refuses too: a comma for a
// dot (guide: 「.」ドットが「,」カンマになっている). What it suggests is an address by
// ParseEmail and looks right itself. The patron is asked, never refused: yahoo.ne.jp
// is right.
func SuggestEmail(typed string) (string, bool) {
	if strings.ContainsFunc(typed, breaks) {
		return "", false
	}
	s := strings.NewReplacer(",", ".", "、", ".", "。", ".").Replace(foldEmail(typed))
	local, domain, ok := strings.Cut(s, "@")
	if !ok {
		return "", false
	}
	domain = meantDomain(strings.ToLower(strings.TrimRight(domain, ".")))
	meant, err := ParseEmail(local + "@" + domain)
	if err != nil {
		return "", false
	}
	same, err := ParseEmail(typed)
	return meant, err != nil || same != meant
}

// CarrierOf returns whose mail an address is, "" for none that the guide has advice
// on.
func CarrierOf(address string) Carrier {
	_, domain, _ := strings.Cut(address, "@")
	return carrierOf(strings.ToLower(domain))
}
