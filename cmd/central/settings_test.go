package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"madoguchi/barcode"
	"madoguchi/central"
	"madoguchi/central/mail"
	"madoguchi/cmd/settingstest"
	"madoguchi/library"
)

// The example shows each setting, and those that have a default with it.
func TestExample(t *testing.T) {
	const path = "../../examples/central.toml"
	shown, err := settingsFlags{Config: path}.settings()
	if err != nil {
		t.Fatal(err)
	}
	empty, err := settingsFlags{Config: file(t, "empty.toml", "")}.settings()
	if err != nil {
		t.Fatal(err)
	}
	shown.File, empty.File = "", ""
	shown.Site.Terms, empty.Site.Terms = library.Terms{}, library.Terms{}    // our own text, by default
	empty.Intake.Branches, empty.Intake.States = branchWords{}, stateWords{} // tables of the library's own words
	if !reflect.DeepEqual(shown, empty) {
		t.Errorf("what it shows as defaults is\n%+v\nand they are\n%+v", shown, empty)
	}

	text, all := settingstest.Example(t, path, new(settingsFile))
	for _, f := range reflect.VisibleFields(reflect.TypeFor[library.Policy]()) {
		name := f.Tag.Get("toml")
		if !regexp.MustCompile(`(?m)^` + name + ` = `).MatchString(text) {
			t.Errorf("it lacks the default of %s", name)
		}
	}

	// The defaults of mails stand among the examples, since none are sent by default.
	mails := func(names string) mailSettings {
		t.Helper()
		some := regexp.MustCompile(`(?m)^#((`+names+`) = )`).ReplaceAllString(text, "$1")
		s, err := settingsFlags{Config: file(t, "mails.toml", some)}.settings()
		if err != nil {
			t.Fatal(err)
		}
		return s.Mail
	}
	if few, more := mails("from|server"), mails("from|server|security|per_minute"); few != more {
		t.Errorf("what it shows as defaults of mails is\n%+v\nand they are\n%+v", more, few)
	}

	// With all of its examples it can be used, but for mails that go to two places.
	all = regexp.MustCompile(`(?m)^folder = .*$`).ReplaceAllString(all, "")
	used := file(t, "central.toml", all)
	for _, terms := range regexp.MustCompile(`"(terms-\w+\.txt)"`).FindAllStringSubmatch(all, -1) {
		if err := os.WriteFile(filepath.Join(filepath.Dir(used), terms[1]), []byte("# 1\n\nterms\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := (settingsFlags{Config: used}).settings(); err != nil {
		t.Errorf("with all of its examples: %v", err)
	}
}

func TestSettingsAreDocumented(t *testing.T) {
	usual := defaultSettings()
	usual.Mail.Security, usual.Mail.PerMinute = mail.StartTLS, central.MailsPerMinute // where mails are sent
	may := map[string]string{"intake.state_from": listed([]string{stateFromCirculation, stateFromFile}), "barcode.card.check": listed(barcode.Schemes), "policy.password_charset": listed([]string{library.CharsetAlnum, library.CharsetDigits})}
	for _, b := range library.DefaultPolicy().Bounds() {
		may["policy."+b.Setting] = b.String()
	}
	settingstest.Documented(t, "central.toml", usual, may)
}
