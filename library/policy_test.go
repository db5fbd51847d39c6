package library

import (
	"reflect"
	"strings"
	"testing"
)

func TestTheGuidesPolicyIsValid(t *testing.T) {
	if err := DefaultPolicy().Validate(); err != nil {
		t.Error(err)
	}
}

// TestEveryNumberIsBounded: none of the policy's settings may be anything.
func TestEveryNumberIsBounded(t *testing.T) {
	bounds := map[string]Bound{}
	for _, b := range DefaultPolicy().Bounds() {
		bounds[b.Setting] = b
	}
	of, numbers := reflect.TypeFor[Policy](), 0
	for i := range of.NumField() {
		name := of.Field(i).Tag.Get("json")
		if set := of.Field(i).Tag.Get("toml"); set != name {
			t.Errorf("%s is called %q in the settings and %q on the wire", of.Field(i).Name, set, name)
		}
		if of.Field(i).Type.Kind() == reflect.Int {
			numbers++
		}
		if of.Field(i).Type.Kind() == reflect.Bool {
			continue // both are right
		}
		for _, wrong := range []int64{-1, forEver + 1, 1 << 40} {
			p := DefaultPolicy()
			field := reflect.ValueOf(&p).Elem().Field(i)
			if field.Kind() == reflect.String {
				field.SetString("anything")
			} else if field.SetInt(wrong); wrong > 0 && bounds[name].Most == forEver {
				continue
			}
			if err := p.Validate(); err == nil || !strings.Contains(err.Error(), name+" = ") {
				t.Errorf("%s = %v: %v", name, field, err)
			}
		}
	}
	if len(bounds) != numbers {
		t.Errorf("%d bounds of %d numbers", len(bounds), numbers)
	}
}

func TestNumbersThatDoNotGoTogether(t *testing.T) {
	for want, change := range map[string]func(*Policy){
		"idle_countdown = 60: it must be less than idle_after":        func(p *Policy) { p.IdleCountdown = 60 },
		"idle_countdown = 15: it must be less than idle_after":        func(p *Policy) { p.StaffScreenIdle = 15 },
		"password_max = 7: it must be at least password_min":          func(p *Policy) { p.PasswordMin, p.PasswordMax = 8, 7 },
		"password_max = 65: it must be between 6 and 64":              func(p *Policy) { p.PasswordMax = 65 },
		"loan_days = 0: it must be between 1 and 366":                 func(p *Policy) { p.LoanDays = 0 },
		"max_loans = -1: it must be at least 0":                       func(p *Policy) { p.MaxLoans = -1 },
		"max_holds = 0: it must be at least 1":                        func(p *Policy) { p.MaxHolds = 0 },
		"password_charset = \"\": it must be \"alnum\" or \"digits\"": func(p *Policy) { p.PasswordCharset = "" },
	} {
		p := DefaultPolicy()
		change(&p)
		if err := p.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s…", err, want)
		}
	}
}
