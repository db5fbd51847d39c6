package main

import (
	"strings"
	"testing"
)

func TestIntakeSettings(t *testing.T) {
	for text, says := range map[string]string{
		"[intake]\nstate_from = \"koha\"\n":                 `state_from must be circulation or file, not "koha"`,
		"[intake.states]\n\"9\" = \"gone\"\n":               `says that "9" is "gone": write one of on_shelf`,
		"[intake.states]\n\"貸出 中\" = 1\n":                   "line 2: intake.states.貸出 中 must be a text in quotation marks, and is a number",
		"[intake]\nstates_from = \"file\"\n":                "does not exist: intake.states_from",
		"[intake.branches]\n\"本館\" = [\"chuo\"]\n":          "line 2: intake.branches.本館 must be a text in quotation marks, and is a list",
		"[intake.states]\n\" \" = \"on_shelf\"\n":           "does not say what",
		"[intake.states]\n\"A\"=\"missing\"\na=\"on_loan\"": "does not say what",
	} {
		_, err := settingsFlags{Config: file(t, "central.toml", text)}.settings()
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
	s, err := settingsFlags{Config: file(t, "central.toml", "[intake]\nstate_from = \"file\"\n[intake.states]\n\"別置\" = \"withdrawn\"\n")}.settings()
	if state, ok := s.Intake.states().Find("別置"); err != nil || s.Intake.StateFrom != stateFromFile || !ok || state != "withdrawn" {
		t.Errorf("%+v, %v", s.Intake, err)
	}
}

// TestImportByTheLibrarysWords: what the settings say of branches and states holds for files.
func TestImportByTheLibrarysWords(t *testing.T) {
	data := t.TempDir()
	must(t, data, "branch", "add", "chuo", "中央図書館")
	settings := file(t, "central.toml", "[intake.branches]\n\"本館\" = \"chuo\"\n[intake.states]\n\"Z\" = \"missing\"\n")
	books := file(t, "books.csv", "id,title,branch,barcode,state\nb1,本,本館,1,Z\n")
	if out, errors, code := command(t, data, "--config", settings, "import", "csv", books); code != 0 || !strings.Contains(out, "1 new") {
		t.Errorf("%d: %s%s", code, out, errors)
	}
	unknown := file(t, "unknown.toml", "[intake.branches]\n\"本館\" = \"honkan\"\n")
	if _, errors, code := command(t, data, "--config", unknown, "import", "csv", books); code != failed || !strings.Contains(errors, `"本館" is the branch "honkan", which does not exist`) {
		t.Errorf("%d: %s", code, errors)
	}
}
