package library

import (
	"strings"
	"time"
)

// Application asks for a new password, also in the place of a forgotten one (guide:
// 「パスワード新規申請・再発行」).
type Application struct {
	Card     string `json:"card"` // normal form
	BornOn   Date   `json:"born_on"`
	Phone    string `json:"phone"`
	Password string `json:"password"` // the new one
	Terms    string `json:"terms"`    // version of the terms that the applicant agreed to
}

// Terms are the conditions of use (利用条件) that an applicant agrees to.
type Terms struct {
	Version string            `json:"version"`
	Text    map[string]string `json:"text"` // by language; paragraphs are parted by empty lines, and one that begins with "# " is a heading
}

// Matches reports whether an application is the patron's: card, birth date and one of
// the registered telephone numbers. A patron without any, or whose birth date is not
// known, cannot apply (guide: 電話番号登録をしていない方は、パスワードの申請ができません).
func (p Patron) Matches(a Application) bool {
	if p.ID == "" || p.Card != a.Card || p.BornOn.IsZero() || p.BornOn != a.BornOn {
		return false
	}
	asked := NormalPhone(a.Phone)
	for _, n := range p.Phones {
		if asked != "" && NormalPhone(n) == asked {
			return true
		}
	}
	return false
}

// Document is a kind of identity document that staff look at before they issue a
// temporary password.
type Document string

// The kinds of documents. Guide: 運転免許証、健康保険証、学生証や利用者本人あての郵便物など.
const (
	DrivingLicence  Document = "driving_licence"
	MyNumberCard    Document = "my_number_card"
	HealthInsurance Document = "health_insurance"
	StudentCard     Document = "student_card"
	Passport        Document = "passport"
	ResidenceCard   Document = "residence_card"
	AddressedMail   Document = "mail" // addressed to the patron
	OtherDocument   Document = "other"
)

// Documents are all kinds, in the order in which they are offered.
var Documents = []Document{DrivingLicence, MyNumberCard, HealthInsurance, StudentCard, Passport, ResidenceCard, AddressedMail, OtherDocument}

// TemporaryPassword is one that staff issued: it is shown once, and serves only to
// set a permanent one. It is valid until that is set, and until ValidUntil at most.
type TemporaryPassword struct {
	Password   string    `json:"password"` // ten digits
	ValidUntil time.Time `json:"valid_until"`
}

// TemporaryDigits is how many digits a temporary password has.
const TemporaryDigits = 10

// IsTemporary reports whether a text has the form of a temporary password, which a
// permanent one may have too.
func IsTemporary(password string) bool {
	return len(password) == TemporaryDigits && strings.Trim(password, "0123456789") == ""
}

// TemporaryValid reports whether a temporary password with which no permanent one was set
// is still valid: for Policy.TemporaryFor from when it was issued.
func (p Policy) TemporaryValid(issued, now time.Time) bool {
	return now.Before(issued.Add(p.TemporaryFor.Duration()))
}

// CounterPatron is what staff see of a patron at the terminal: enough to compare with
// an identity document, and what the patron may ask about.
type CounterPatron struct {
	Name        string     `json:"name"`
	Reading     string     `json:"reading,omitempty"`
	BirthYear   int        `json:"birth_year,omitempty"`
	HasPhone    bool       `json:"has_phone"`
	Email       EmailState `json:"email"` // never the address
	HasPassword bool       `json:"has_password"`
	Temporary   bool       `json:"temporary,omitempty"` // a temporary password is valid now
	Locked      bool       `json:"locked,omitempty"`    // after too many failed logins
	Refusal     string     `json:"refusal,omitempty"`   // code of why the card may not be used
}
