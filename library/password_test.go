package library_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"madoguchi/library"
)

// hanako was born on 平成24年7月3日.
var hanako = library.Patron{
	ID: "p1", Card: "21000000011", Name: "港 花子", BornOn: library.Date{Year: 2012, Month: 7, Day: 3},
	Phones: []string{"0312345678", "09011112222"},
}

func TestMayChoose(t *testing.T) {
	digits := library.DefaultPolicy()
	digits.PasswordCharset = library.CharsetDigits
	letters := hanako
	letters.Card = "AB-0012/C"
	zeros := hanako
	zeros.Card = "0000123456"
	showa := hanako
	showa.BornOn = library.Date{Year: 1989, Month: 1, Day: 7}

	tests := []struct {
		password string
		rule     library.PasswordRule // "": may be chosen
		policy   library.Policy
		who      library.Patron
	}{
		// Characters. Guide: 半角数字を6~20文字 … 大文字・小文字は区別されます … 半角カタカナは使用できません.
		{password: "481516"},
		{password: "tosho7"},
		{password: "ToShO7"},
		{password: "481516", policy: digits},
		{password: "tosho7", policy: digits, rule: library.RuleCharacters},
		{password: "ﾄｼｮｶﾝ77", rule: library.RuleKana},
		{password: "48151ｱ", rule: library.RuleKana},
		{password: "481516｡", rule: library.RuleKana},
		{password: "ﾟ481516", rule: library.RuleKana},
		{password: "４８１５１６", rule: library.RuleFullWidth},
		{password: "ｔosho7", rule: library.RuleFullWidth},
		{password: "としょかん77", rule: library.RuleFullWidth},
		{password: "トショカン77", rule: library.RuleFullWidth},
		{password: "図書館481516", rule: library.RuleFullWidth},
		{password: "481 516", rule: library.RuleSpace},
		{password: " 481516", rule: library.RuleSpace},
		{password: "481516　", rule: library.RuleSpace}, // a full-width one
		{password: "481516\t", rule: library.RuleSpace},
		{password: "481-516", rule: library.RuleCharacters},
		{password: "481516!", rule: library.RuleCharacters},
		{password: "tösho77", rule: library.RuleCharacters},
		{password: "481516\x00", rule: library.RuleCharacters},
		{password: "48151\xff", rule: library.RuleCharacters},
		// Of more than one the first is said.
		{password: "ｱ４ ", rule: library.RuleKana},
		{password: "４ -", rule: library.RuleFullWidth},

		// Length.
		{password: "", rule: library.RuleLength},
		{password: "48151", rule: library.RuleLength},
		{password: "48151623424815162342"},
		{password: "481516234248151623421", rule: library.RuleLength},

		// The card.
		{password: "21000000011", rule: library.RuleCard},
		{password: "21000000012"},
		{password: "ab0012c", who: letters, rule: library.RuleCard},
		{password: "AB0012C", who: letters, rule: library.RuleCard},
		{password: "0000123456", who: zeros, rule: library.RuleCard},
		{password: "123456", who: zeros, rule: library.RuleCard},
		{password: "000123456", who: zeros},

		// The birth date, as people write it.
		{password: "20120703", rule: library.RuleBirth},
		{password: "120703", rule: library.RuleBirth},
		{password: "07032012", rule: library.RuleBirth},
		{password: "03072012", rule: library.RuleBirth},
		{password: "070312", rule: library.RuleBirth},
		{password: "030712", rule: library.RuleBirth},
		{password: "201273", rule: library.RuleBirth},
		{password: "732012", rule: library.RuleBirth},
		{password: "372012", rule: library.RuleBirth},
		{password: "240703", rule: library.RuleBirth}, // 平成24年
		{password: "H240703", rule: library.RuleBirth},
		{password: "h240703", rule: library.RuleBirth},
		{password: "h2473", rule: library.RuleLength},
		{password: "20120704"},
		{password: "640107", who: showa, rule: library.RuleBirth}, // 昭和64年
		{password: "s640107", who: showa, rule: library.RuleBirth},
		{password: "h010107", who: showa},

		// A telephone number.
		{password: "0312345678", rule: library.RulePhone},
		{password: "312345678", rule: library.RulePhone},
		{password: "12345678", rule: library.RulePhone},
		{password: "345678", rule: library.RulePhone},
		{password: "81312345678", rule: library.RulePhone},
		{password: "09011112222", rule: library.RulePhone},
		{password: "819011112222", rule: library.RulePhone},
		{password: "112222", rule: library.RulePhone},
		{password: "031234567"},
		{password: "09011112223"},

		// One character repeated.
		{password: "777777", rule: library.RuleRepeat},
		{password: "aaaaaaaa", rule: library.RuleRepeat},
		{password: "777778"},
		{password: "aaaaaA"},

		// A run.
		{password: "123456", rule: library.RuleRun},
		{password: "0123456789", rule: library.RuleRun},
		{password: "567890", rule: library.RuleRun},
		{password: "890123", rule: library.RuleRun},
		{password: "987654", rule: library.RuleRun},
		{password: "210987", rule: library.RuleRun},
		{password: "abcdef", rule: library.RuleRun},
		{password: "AbCdEf", rule: library.RuleRun},
		{password: "wxyzab", rule: library.RuleRun},
		{password: "fedcba", rule: library.RuleRun},
		{password: "123457"},
		{password: "1234567a"},
		{password: "123454"},
		{password: "135790"},
	}
	for _, tt := range tests {
		if tt.policy == (library.Policy{}) {
			tt.policy = library.DefaultPolicy()
		}
		if tt.who.ID == "" {
			tt.who = hanako
		}
		err := tt.policy.MayChoose(tt.password, tt.who)
		if tt.rule == "" && err != nil {
			t.Errorf("%q: %v", tt.password, err)
		}
		if tt.rule != "" && !errors.Is(err, tt.rule.RefusalOf()) {
			t.Errorf("%q: %v, want %v", tt.password, err, tt.rule.RefusalOf())
		}
		if tt.rule != "" && tt.policy.Keeps(tt.rule, tt.password, tt.who) {
			t.Errorf("%q keeps %s", tt.password, tt.rule)
		}
	}
}

// Of a patron of whom nothing is known no rule is broken by chance.
func TestMayChooseOfNobody(t *testing.T) {
	for _, password := range []string{"481516", "00010101", "000000a", "010101"} {
		for _, who := range []library.Patron{{}, {Card: "---", Phones: []string{"", "-"}}} {
			if err := library.DefaultPolicy().MayChoose(password, who); err != nil {
				t.Errorf("%q: %v", password, err)
			}
		}
	}
}

func TestPasswordRefusals(t *testing.T) {
	codes := map[string]bool{}
	for _, rule := range library.PasswordRules {
		r := rule.RefusalOf()
		if r == nil || r.Code != "password_"+string(rule) || codes[r.Code] {
			t.Errorf("%s: %v", rule, r)
			continue
		}
		codes[r.Code] = true
	}
}

func FuzzMayChoose(f *testing.F) {
	for _, password := range []string{"", "481516", "ﾄｼｮｶﾝ", "４８１５１６", "20120703", "0312345678", "123456", "\xff\xfe", "𠮷野家77"} {
		f.Add(password, "21000000011", "0312345678", 2012, 7, 3)
	}
	p := library.DefaultPolicy()
	f.Fuzz(func(t *testing.T, password, card, phone string, year, month, day int) {
		born, _ := library.NewDate(year, month, day)
		who := library.Patron{Card: card, Phones: []string{phone}, BornOn: born}
		err := p.MayChoose(password, who)
		broken := 0
		for _, rule := range library.PasswordRules {
			if !p.Keeps(rule, password, who) {
				broken++
			}
		}
		if (err != nil) != (broken > 0) {
			t.Fatalf("%q: %v, and %d rules broken", password, err, broken)
		}
		if err != nil {
			return
		}
		if n := utf8.RuneCountInString(password); n < p.PasswordMin || n > p.PasswordMax || n != len(password) {
			t.Errorf("%q was let through", password)
		}
		if strings.EqualFold(password, card) || password == phone {
			t.Errorf("%q is the card or the number", password)
		}
	})
}
