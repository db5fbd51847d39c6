package library

import (
	"strings"
	"testing"
)

// The tables agree with each other: what they lead to is right, and nothing that is
// right leads away.
func TestDomainTables(t *testing.T) {
	for wrong, right := range mistypedDomains {
		if carrierOf(right) == "" {
			t.Errorf("%s leads to %s, which is nobody's", wrong, right)
		}
		if carrierOf(wrong) != "" || otherDomains[wrong] {
			t.Errorf("%s is right, and leads to %s", wrong, right)
		}
		if _, err := ParseEmail("a@" + right); err != nil {
			t.Errorf("%s: %v", right, err)
		}
	}
	for _, right := range frequentDomains {
		if carrierOf(right) == "" {
			t.Errorf("%s is frequent, and nobody's", right)
		}
	}
	for end := range mistypedEnds {
		for other := range mistypedEnds {
			if end != other && strings.HasSuffix(end, other) {
				t.Errorf("which of %s and %s a domain ends in is a matter of chance", end, other)
			}
		}
	}
}

func TestOneSlip(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"gmail", "gmail", false}, {"gmail", "gmai", true}, {"mail", "gmail", true}, {"gmaill", "gmail", true}, {"gmaul", "gmail", true},
		{"gmial", "gmail", true}, {"mgail", "gmail", true}, {"gmali", "gmail", true}, {"gmlai", "gmail", false}, {"gm", "gmail", false},
		{"", "a", true}, {"", "", false}, {"ab", "ba", true}, {"abc", "cba", false}, {"gxaxl", "gmail", false},
	} {
		if got := oneSlip(tt.a, tt.b); got != tt.want {
			t.Errorf("%q, %q: %v", tt.a, tt.b, got)
		}
		if got := oneSlip(tt.b, tt.a); got != tt.want {
			t.Errorf("%q, %q: %v", tt.b, tt.a, got)
		}
	}
}
