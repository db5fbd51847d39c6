package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"madoguchi/library"
)

// A patron of the demo library: five loans, two of which may be renewed.
const (
	demoCard     = "21000000011"
	demoPassword = "481516"
	demoName     = "北浜 花子"
	demoEmail    = "hanako.kitahama@example.jp"
)

// startDemo is a terminal of the demo library, with a scanner.
func startDemo(t *testing.T, settings string) (*server, *kiosk) {
	t.Helper()
	needTools(t)
	s := &server{t: t, dir: t.TempDir(), address: freeAddress(t)}
	s.build(settings)
	code := enrolmentCode.FindString(s.central("demo"))
	s.serve()
	k := s.terminal(code, "[barcode.card]\nlengths = [11]\nprefix = \"2\"\ncheck = \"7dr\"\n[barcode.item]\nlengths = [10]\nprefix = \"1\"\n")
	k.start()
	return s, k
}

func TestCardPasswordLoansRenewal(t *testing.T) {
	s, k := startDemo(t, "[policy]\nidle_after = 8\nidle_countdown = 3\n")
	k.scan(demoCard)
	k.waitPage("password")
	for _, digit := range demoPassword {
		k.tap(string(digit))
	}
	k.see("●●●●●●")
	k.tap("ログイン")
	k.waitPage("menu")
	k.see(demoName+" さん", "借りている本")
	k.tap("借りている本")
	k.waitPage("loans")
	k.see("のうち 2点を延長できます", "返却日をすぎたため\n延長できません", "延長は1回までです", "次の人が予約しているため\n延長できません")

	today := library.DateOf(time.Now().In(time.FixedZone("JST", 9*60*60)))
	due := today.Add(14)
	before := dueDates(t, s)
	k.tap("延長する")
	shown := fmt.Sprintf("%d月%d日(%s)まで", due.Month, due.Day, []string{"日", "月", "火", "水", "木", "金", "土"}[due.Weekday()])
	k.see(shown, "延長ずみ・あと14日")
	if got := dueDates(t, s); count(got, due) != count(before, due)+1 {
		t.Errorf("due dates were %v and are %v: want one more %v", before, got, due)
	}

	k.waitPage("home") // by itself, when nobody touches it any more
	for _, text := range []string{demoName, demoName + " さん", shown} {
		k.gone(text)
	}
	k.tap("利用者メニュー")
	k.waitPage("card") // nobody is logged in
	k.stop()
	nothingOf(t, s.dir, demoCard, demoPassword, demoName, demoEmail)
}

func TestAnotherCardAndABookInstead(t *testing.T) {
	_, k := startDemo(t, "")
	k.tap("利用者メニュー")
	k.waitPage("card")
	k.scan("1000000016")
	k.see("▲ それは本のバーコードです。図書館カードを読み取ってください。")
	k.scan(demoCard)
	k.waitPage("password")
	k.typeKeys("1", "2", "3", "4", "5", "6", "Return")
	k.see("▲ カードの番号とパスワードが合いません。もう一度お確かめください。")
	k.typeKeys("4", "8", "1", "5", "1", "6", "Return")
	k.waitPage("menu")
	k.see(demoName + " さん")
	k.scan("21000000022") // another card never goes on under this name
	k.waitPage("password")
	k.gone(demoName + " さん")
	k.typeKeys("7", "3", "0", "9", "2", "4", "Return")
	k.waitPage("menu")
	k.see("大島 健一 さん")
	k.tap("終了")
	k.waitPage("home")
}

// dueDates are those of the patron's loans in central's database.
func dueDates(t *testing.T, s *server) (dates []library.Date) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "server", "central.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT l.due_on FROM loan l JOIN patron p ON p.id = l.patron_id WHERE p.card = $1 ORDER BY l.id", demoCard)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var d library.Date
		if err := rows.Scan(&d); err != nil {
			t.Fatal(err)
		}
		dates = append(dates, d)
	}
	if rows.Err() != nil || len(dates) != 5 {
		t.Fatalf("%d loans, %v", len(dates), rows.Err())
	}
	return dates
}

func count(dates []library.Date, d library.Date) (n int) {
	for _, x := range dates {
		if x == d {
			n++
		}
	}
	return n
}

// nothingOf holds that no file of the terminal, its log included, says any of the
// secrets: not as text, and not as UTF-16.
func nothingOf(t *testing.T, dir string, secrets ...string) {
	t.Helper()
	looked := 0
	look := func(path string) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		looked++
		for _, secret := range secrets {
			var wide []byte
			for _, r := range secret {
				wide = append(wide, byte(r), byte(r>>8))
			}
			if bytes.Contains(b, []byte(secret)) || bytes.Contains(b, wide) {
				t.Errorf("%s holds %q", path, secret)
			}
		}
	}
	for _, root := range []string{"terminal", "kiosk.log", "home"} {
		err := filepath.WalkDir(filepath.Join(dir, root), func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				look(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if looked < 3 {
		t.Errorf("only %d files were looked at: %v", looked, slices.Sorted(slices.Values(secrets)))
	}
}
