package protocol

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// crockford is an alphabet without letters that look like others.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// An enrolment code, and the mark of an authority that may follow it, are of 80 bits.
const (
	codeBytes   = 10
	codeLetters = 16
)

// NewEnrolmentCode writes 80 random bits as a person can type them:
// XXXX-XXXX-XXXX-XXXX.
func NewEnrolmentCode(random [codeBytes]byte) string {
	return grouped(crockford.EncodeToString(random[:]))
}

// WithAuthority puts behind an enrolment code the mark of the certificate, in DER, of
// the server's own authority: a terminal that is given both trusts that authority and
// no other.
func WithAuthority(code string, certificate []byte) string {
	return code + "-" + grouped(markOf(certificate))
}

// SplitEnrolmentCode undoes what typing does to a code, and parts it from the mark of
// an authority, which is "" where the code has none.
func SplitEnrolmentCode(typed string) (code, mark string) {
	code = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(code) == 2*codeLetters {
		return code[:codeLetters], code[codeLetters:]
	}
	return code, ""
}

// Marks reports whether a mark is that of a certificate, in DER.
func Marks(mark string, certificate []byte) bool { return mark != "" && mark == markOf(certificate) }

func markOf(certificate []byte) string {
	sum := sha256.Sum256(certificate)
	return crockford.EncodeToString(sum[:codeBytes])
}

func grouped(letters string) string {
	var b strings.Builder
	for i, r := range letters {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}
