package library_test

import (
	"regexp"
	"testing"

	"madoguchi/library"
)

func TestLanguages(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range library.Languages {
		if !regexp.MustCompile(`^[a-z]{2,3}(-[a-z]+)?$`).MatchString(l.Code) || l.Name == "" || seen[l.Code] {
			t.Errorf("%+v is no language, or is there twice", l)
		}
		seen[l.Code] = true
		if got := library.LanguageWithCode(l.Code); got != l {
			t.Errorf("%s: found %+v", l.Code, got)
		}
	}
	for _, code := range []string{"", "xx", "JA", "\x00"} {
		if got := library.LanguageWithCode(code); got != library.Languages[0] {
			t.Errorf("%q: found %+v, not the first", code, got)
		}
	}
}

func TestBranchNames(t *testing.T) {
	full := library.Branch{Code: "chuo", Name: "中央図書館", Short: "中央", NameEn: "Central Library"}
	bare := library.Branch{Code: "chuo", Name: "中央図書館"}
	for _, l := range library.Languages {
		name, short := "中央図書館", "中央"
		if l.Latin {
			name, short = "Central Library", "Central Library"
		}
		if got := full.NameIn(l); got != name {
			t.Errorf("%s: the name %q, want %q", l.Code, got, name)
		}
		if got := full.ShortIn(l); got != short {
			t.Errorf("%s: the short name %q, want %q", l.Code, got, short)
		}
		if bare.NameIn(l) != "中央図書館" || bare.ShortIn(l) != "中央図書館" {
			t.Errorf("%s: the only name is not used: %q, %q", l.Code, bare.NameIn(l), bare.ShortIn(l))
		}
	}
}
