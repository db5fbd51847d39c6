package main

import (
	"database/sql"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A staff member as the tests log in: by name, or by card.
const (
	deskPassword  = "kinmokusei11"
	deskStaffCard = "90000017"
)

// startStaffed is a terminal of the demo library where sato, of that role, may log in.
func startStaffed(t *testing.T, role string) (*server, *kiosk) {
	t.Helper()
	needTools(t)
	inOneDay(t)
	const staffCards = "[barcode.staff]\nlengths = [8]\nprefix = \"9\"\n"
	s := &server{t: t, dir: t.TempDir(), address: freeAddress(t)}
	s.install(staffCards)
	code := s.demo()
	add := exec.Command(filepath.Join(s.dir, "central"), s.args("staff", "add", "sato", "--role", role, "--card", deskStaffCard)...)
	add.Stdin = strings.NewReader(deskPassword + "\n")
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("staff add: %v\n%s", err, out)
	}
	s.serve()
	k := s.terminal(code, staffCards+"[barcode.card]\nlengths = [11]\nprefix = \"2\"\ncheck = \"7dr\"\n[barcode.item]\nlengths = [10]\nprefix = \"1\"\n")
	k.start()
	k.explainFailure()
	return s, k
}

// keepPressed holds a finger on a text until the page is there. The clock is drawn anew
// each minute, and no longer held then: so the finger may have to come down once more.
func (k *kiosk) keepPressed(text, page string) {
	k.t.Helper()
	for range 4 {
		s := k.until(strconv.Quote(text), func(s onScreen) bool { return has(s, text) })
		for _, e := range s.Elements {
			if e.Text == text {
				k.xdotool("mousemove", strconv.Itoa(int((e.X+e.Width/2)*s.Scale)), strconv.Itoa(int((e.Y+e.Height/2)*s.Scale)), "mousedown", "1")
			}
		}
		pressed := time.Now()
		s = k.until("the page "+page, func(s onScreen) bool { return s.Page == page || time.Since(pressed) > 10*time.Second })
		k.xdotool("mouseup", "1")
		if s.Page == page {
			return
		}
	}
	k.t.Fatalf("a finger on %q leads to no page %s", text, page)
}

// typeWord types small letters and digits on hardware keys, and Return.
func (k *kiosk) typeWord(word string) {
	k.t.Helper()
	k.typeKeys(append(strings.Split(word, ""), "Return")...)
}

// A patron is logged in and cannot get on. Staff hold a finger on the clock, log in by
// name, look at a document and issue a temporary password; by their card they log in
// again and see that it stands.
func TestStaffIssueATemporaryPassword(t *testing.T) {
	s, k := startStaffed(t, "desk")
	k.scan(demoCard)
	k.waitPage("password")
	k.typeWord(demoPassword)
	k.waitPage("menu")
	k.keepPressed("接続中", "staff_name")
	k.typeWord("sato")
	k.waitPage("staff_password")
	k.typeWord(deskPassword)
	k.waitPage("staff")
	k.see("職員 sato", "端末を終えられるのは、管理者だけです。")
	k.gone(demoName + " さん") // the patron's session is over

	k.scan(demoCard)
	k.waitPage("staff_patron")
	k.see(demoName, "パスワード", "登録あり")
	k.tap("仮パスワードを発行する")
	k.waitPage("temporary")
	k.tap("運転免許証")
	k.tap("発行する")
	groups := regexp.MustCompile(`^\d{3} \d{3} \d{4}$`)
	shown := ""
	k.until("a temporary password", func(s onScreen) bool {
		for _, e := range s.Elements {
			if groups.MatchString(e.Text) {
				shown = e.Text
			}
		}
		return shown != ""
	})
	k.gone(demoName)
	k.tap("終了する")
	k.waitPage("home")
	k.gone(shown)

	k.scan(deskStaffCard)
	k.waitPage("staff_password")
	k.typeWord(deskPassword)
	k.waitPage("staff")
	k.scan(demoCard)
	k.see("仮パスワードを発行ずみ")
	k.tap("終了")
	k.waitPage("home")

	k.scan(demoCard)
	k.waitPage("password")
	k.typeWord(strings.ReplaceAll(shown, " ", ""))
	k.waitPage("must_change")
	k.stop()

	if got := audited(t, s, "password.temporary"); len(got) != 1 || !strings.Contains(got[0], "staff:sato") || !strings.Contains(got[0], "driving_licence") {
		t.Errorf("the audit log says %q", got)
	}
	if out := s.central("audit", "verify"); out == "" {
		t.Error("the audit log cannot be verified")
	}
	nothingOf(t, s.dir, demoCard, demoName, demoPassword, deskPassword, deskStaffCard, strings.ReplaceAll(shown, " ", ""))
}

// audited are the entries of the audit log with an action: actor, subject and detail.
func audited(t *testing.T, s *server, action string) (entries []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "server", "central.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT actor || ' ' || subject || ' ' || detail FROM audit WHERE action = $1 ORDER BY number", action)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var e string
		if err := rows.Scan(&e); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return entries
}

// A restart ends the program so that it is started again; leaving ends it for good.
func TestStaffEndTheProgram(t *testing.T) {
	s, k := startStaffed(t, "admin")
	logIn := func() {
		k.scan(deskStaffCard)
		k.waitPage("staff_password")
		k.typeWord(deskPassword)
		k.waitPage("staff")
	}
	logIn()
	k.tap("端末の状態")
	k.waitPage("machine")
	k.see("つながっています", "https://"+s.address+"　接続中")
	k.tap("← もどる")
	k.tap("再起動する")
	k.see("端末を再起動しますか")
	k.tap("再起動する")
	if status := k.program.ended(); status != restartStatus {
		t.Fatalf("a restart ends with status %d", status)
	}

	k.start() // as a service manager does
	logIn()
	k.tap("端末を終える")
	k.see("端末を終えますか")
	k.tap("端末を終える")
	if status := k.program.ended(); status != 0 {
		t.Errorf("leaving ends with status %d", status)
	}
}
