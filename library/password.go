package library

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// PasswordRule is one of the rules that a new password must keep.
type PasswordRule string

// The rules, in the order in which they are judged and shown. Guide:
// 半角数字を6~20文字で入力してください。(大文字・小文字は区別されます)。半角カタカナは使用できません.
const (
	RuleKana       PasswordRule = "kana"       // no half-width katakana
	RuleFullWidth  PasswordRule = "full_width" // no full-width letters or digits
	RuleSpace      PasswordRule = "space"      // no spaces
	RuleCharacters PasswordRule = "characters" // only those of Policy.PasswordCharset
	RuleLength     PasswordRule = "length"     // Policy.PasswordMin to PasswordMax characters
	RuleCard       PasswordRule = "card"       // not the card number
	RuleBirth      PasswordRule = "birth"      // not the birth date
	RulePhone      PasswordRule = "phone"      // not a telephone number
	RuleRepeat     PasswordRule = "repeat"     // not one character repeated
	RuleRun        PasswordRule = "run"        // not a run like 123456 or fedcba
)

// PasswordRules are all rules in their order.
var PasswordRules = []PasswordRule{
	RuleKana, RuleFullWidth, RuleSpace, RuleCharacters, RuleLength,
	RuleCard, RuleBirth, RulePhone, RuleRepeat, RuleRun,
}

// RefusalOf returns the refusal for breaking the rule.
func (r PasswordRule) RefusalOf() *Refusal { return RefusalWithCode("password_" + string(r)) }

// The values of Policy.PasswordCharset.
const (
	CharsetAlnum  = "alnum"
	CharsetDigits = "digits"
)

// MayChoose returns nil for a password that the patron may choose, or a *Refusal
// with the code "password_" and the first rule that it breaks. Of the patron only
// what is known here counts: card number, birth date, telephone numbers.
func (p Policy) MayChoose(password string, who Patron) error {
	for _, r := range PasswordRules {
		if !p.Keeps(r, password, who) {
			return r.RefusalOf()
		}
	}
	return nil
}

// Keeps reports whether a password keeps one rule, for ticking rules off while it is
// typed.
func (p Policy) Keeps(r PasswordRule, password string, who Patron) bool {
	switch r {
	case RuleKana:
		return !strings.ContainsFunc(password, func(c rune) bool { return c >= '｡' && c <= 'ﾟ' })
	case RuleFullWidth:
		return !strings.ContainsFunc(password, func(c rune) bool {
			return c >= '！' && c <= '～' || c >= 'ぁ' && c <= 'ヿ' || unicode.Is(unicode.Han, c)
		})
	case RuleSpace:
		return !strings.ContainsFunc(password, unicode.IsSpace)
	case RuleCharacters:
		return !strings.ContainsFunc(password, func(c rune) bool {
			digit := c >= '0' && c <= '9'
			letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
			return !digit && (!letter || p.PasswordCharset == CharsetDigits)
		})
	case RuleLength:
		n := utf8.RuneCountInString(password)
		return n >= p.PasswordMin && n <= p.PasswordMax
	case RuleCard:
		return !isCard(password, who.Card)
	case RuleBirth:
		return !isBirthDate(password, who.BornOn)
	case RulePhone:
		return !isPhone(password, who.Phones)
	case RuleRepeat:
		return !repeats(password)
	case RuleRun:
		return !runs(password)
	}
	return false
}

// isCard reports whether a password is a card number as it is printed: without the
// hyphens and other signs, and with or without leading zeros.
func isCard(password, card string) bool {
	number := strings.Map(func(r rune) rune {
		r = halfWidth(r)
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, card)
	short := strings.TrimLeft(number, "0")
	return short != "" && containsFold([]string{number, short}, password)
}

// isBirthDate reports whether a password is a birth date as people write it: 20120703,
// 120703, 07032012, 03072012, with the era's year too (240703, h240703).
func isBirthDate(password string, born Date) bool {
	if born.IsZero() {
		return false
	}
	return containsFold(born.spellings(), password)
}

// isPhone reports whether a password is a telephone number, also without its first
// digits, which a neighbour does not dial (03-1234-5678, 12345678), or from abroad
// (81312345678).
func isPhone(password string, phones []string) bool {
	const local = 6 // digits of the shortest number within a city
	for _, phone := range phones {
		n := NormalPhone(phone)
		if n == "" {
			continue
		}
		abroad, ok := strings.CutPrefix(n, "0")
		if password == n || ok && password == "81"+abroad || len(password) >= local && strings.HasSuffix(n, password) {
			return true
		}
	}
	return false
}

func repeats(password string) bool {
	first, _ := utf8.DecodeRuneInString(password)
	return password != "" && strings.Trim(password, string(first)) == ""
}

// runs reports whether each character is the one after (or before) the last, also
// over the end: 123456, 567890, 987654, abcdef, XYZABC.
func runs(password string) bool {
	c := []rune(strings.ToLower(password))
	if len(c) < 3 {
		return false
	}
	up, down := true, true
	for i := 1; i < len(c); i++ {
		up, down = up && follows(c[i-1], c[i]), down && follows(c[i], c[i-1])
	}
	return up || down
}

func follows(a, b rune) bool {
	return b == a+1 || a == '9' && b == '0' || a == 'z' && b == 'a'
}

func containsFold(all []string, s string) bool {
	for _, x := range all {
		if strings.EqualFold(x, s) {
			return true
		}
	}
	return false
}
