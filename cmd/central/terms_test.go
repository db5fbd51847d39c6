package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/assets/terms"
)

func TestTermsSettings(t *testing.T) {
	read := func(text string, files map[string]string) (settings, error) {
		t.Helper()
		dir := t.TempDir()
		files["central.toml"] = text
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return settingsFlags{Config: filepath.Join(dir, "central.toml")}.settings()
	}
	s, err := read("", map[string]string{})
	if err != nil || s.Site.Terms.Version != terms.Version || s.Site.Terms.Text["ja"] == "" || s.Site.Terms.Text["en"] == "" {
		t.Errorf("none set: %+v, %v", s.Site.Terms, err)
	}
	own := "[terms]\nversion = \"7\"\nja = \"ja.txt\"\nen = \"en.txt\"\n"
	s, err = read(own, map[string]string{"ja.txt": "利用条件\r\n\r\nまもってください\n", "en.txt": "Terms\n"})
	if got := s.Site.Terms; err != nil || got.Version != "7" || got.Text["ja"] != "利用条件\n\nまもってください" || got.Text["en"] != "Terms" {
		t.Errorf("own: %+v, %v", got, err)
	}
	for says, files := range map[string]map[string]string{
		"en.txt": {"ja.txt": "利用条件"},                                // missing
		"empty":  {"ja.txt": "利用条件", "en.txt": " \n"},               //
		"UTF-8":  {"ja.txt": "\x97\x98\x97\x70", "en.txt": "Terms"}, // Shift JIS
	} {
		if _, err := read(own, files); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "[terms]") {
			t.Errorf("%v, want a word about %s", err, says)
		}
	}
	for _, text := range []string{"[terms]\nja = \"ja.txt\"\n", "[terms]\nversion = \"7\"\n", "[terms]\nversion = \"7\"\nja = \"ja.txt\"\nxx = \"ja.txt\"\n"} {
		if _, err := read(text, map[string]string{"ja.txt": "利用条件"}); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// A language that nobody is shown is a setting that does nothing.
func TestNoticesAreInLanguages(t *testing.T) {
	for text, says := range map[string]string{
		"[[notice]]\nzz = \"x\"\nxx = \"y\"\n": `"xx" is no language; there are: ja, en`, // the first of both, always
		"[[notice]]\n":                         "no text",
	} {
		for range 20 {
			if _, err := (settingsFlags{Config: file(t, "central.toml", text)}).settings(); err == nil || !strings.Contains(err.Error(), says) {
				t.Fatalf("%q: %v", text, err)
			}
		}
	}
}

// TestPolicySettingsThatAreNone are refused by their names.
func TestPolicySettingsThatAreNone(t *testing.T) {
	for text, says := range map[string]string{
		`loan_days = "14"`: `line 2: policy.loan_days must be a whole number`, "loan_days = 1.5": `policy.loan_days must be a whole number`, "password_charset = 5": `policy.password_charset must be a text`,
		"loan_dayz = 3": "a setting that does not exist: policy.loan_dayz", "loan_days = 0": "line 2: [policy] loan_days = 0: it must be between 1 and",
	} {
		_, err := (settingsFlags{Config: file(t, "central.toml", "[policy]\n"+text+"\n")}).settings()
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestPasswordPolicySettings(t *testing.T) {
	for text, ok := range map[string]bool{
		"password_charset = \"digits\"": true, "password_charset = \"kana\"": false, "password_min = 4\npassword_max = 4": true,
		"password_min = 0": false, "password_max = 5": false, "password_max = 100": false, "email_code_tries = 0": false, "temporary_for = 0": false, "email_codes_a_day = 0": false,
	} {
		if _, err := (settingsFlags{Config: file(t, "central.toml", "[policy]\n"+text+"\n")}).settings(); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
