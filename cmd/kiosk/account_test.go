package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// A patron of the demo library: five loans, two of which may be renewed.
const (
	demoCard     = "21000000011"
	demoPassword = "481516"
	demoName     = "北浜 花子"
	demoEmail    = "hanako.kitahama@example.jp"
)

// startDemo is a terminal of the demo library, with a scanner. settings are the
// server's, more is for the terminal.
func startDemo(t *testing.T, settings string, more ...string) (*server, *kiosk) {
	t.Helper()
	needTools(t)
	inOneDay(t)
	s := &server{t: t, dir: t.TempDir(), address: freeAddress(t)}
	s.install(settings)
	code := s.demo()
	s.serve()
	k := s.terminal(code, "[barcode.card]\nlengths = [11]\nprefix = \"2\"\ncheck = \"7dr\"\n[barcode.item]\nlengths = [10]\nprefix = \"1\"\n"+strings.Join(more, "\n"))
	k.start()
	k.explainFailure()
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

	due := today().Add(14)
	before := dueDates(t, s)
	k.tap(fmt.Sprintf("%d月%d日まで延長", due.Month, due.Day))
	shown := shownDay(due) + "まで"
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

// jst is the demo library's time zone.
var jst = time.FixedZone("JST", 9*60*60)

// today is the demo library's date, which is still the same at the end of a test that
// began by inOneDay.
func today() library.Date { return library.DateOf(time.Now().In(jst)) }

// inOneDay waits for midnight where that is near: what a test compares belongs to one day.
func inOneDay(t *testing.T) {
	t.Helper()
	now := time.Now().In(jst)
	if soon := now.Add(3 * time.Minute); soon.Day() != now.Day() {
		left := soon.Truncate(time.Hour).Sub(now)
		t.Logf("waiting %v for midnight", left)
		time.Sleep(left)
	}
}

// demo gives the server the demo library as it is on this day, and returns the enrolment
// code of one terminal. Its patrons' passwords take seconds to hash: it is made once.
func (s *server) demo() (code string) {
	s.t.Helper()
	made := filepath.Join(programs, today().String())
	if _, err := os.Stat(made + ".txt"); err != nil {
		write(s.t, made+".txt", output(s.t, filepath.Join(s.dir, "central"), "--config", s.settings, "--data", made, "demo"))
	}
	output(s.t, "cp", "-a", made, filepath.Join(s.dir, "server"))
	said, err := os.ReadFile(made + ".txt")
	if err != nil {
		s.t.Fatal(err)
	}
	return enrolmentCode.FindString(string(said))
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

// Three volumes of a work, none of which stands on a shelf, are held in order; the
// desk gets the second back first.
func TestHoldsInOrder(t *testing.T) {
	s, k := startDemo(t, "[policy]\npick_after = 0\n")
	const title = "港の三部作"
	write(t, filepath.Join(s.dir, "volumes.csv"), "id,title,title_reading,volume,creator,publisher,year,ndc,barcode,branch,call_number\n"+
		"v1,"+title+",ミナト ノ サンブサク,上,浦 一子,灯台社,2026,913.6,1900000001,chuo,913.6/ウ\n"+
		"v2,"+title+",ミナト ノ サンブサク,中,浦 一子,灯台社,2026,913.6,1900000002,chuo,913.6/ウ\n"+
		"v3,"+title+",ミナト ノ サンブサク,下,浦 一子,灯台社,2026,913.6,1900000003,chuo,913.6/ウ\n")
	s.central("import", "csv", filepath.Join(s.dir, "volumes.csv"))
	for _, item := range []string{"1900000001", "1900000002", "1900000003"} {
		s.central("checkout", "21000000022", item)
	}
	k.waitForTitle(title)
	for n, volume := range []string{"下", "上", "中"} {
		k.scan("190000000" + string("312"[n]))
		k.see(title + " " + volume)
		k.tap("予約カートに入れる")
		k.see(fmt.Sprintf("カート %d", n+1))
	}
	k.tap("カート 3")
	k.waitPage("cart")
	k.tap("順番予約")
	k.waitPage("sequence")
	k.tap("3件の予約に進む")
	k.waitPage("card")
	k.scan(demoCard)
	k.waitPage("password")
	k.typeKeys("4", "8", "1", "5", "1", "6", "Return")
	k.waitPage("confirm")
	k.see("3件を、この順番で予約します")
	k.tap("予約する")
	k.waitPage("held")
	k.see("3件の予約ができました")
	k.tap("予約の状況を見る")
	k.waitPage("holds")
	k.see(title + " 上 から 3件（順番予約）")
	k.seePart("1　"+title+" 上　○ 予約中です", "2　"+title+" 中　○ 予約中です")

	s.central("return", "1900000002", "--branch", "chuo") // the second: nothing is allocated to it
	k.reopenHolds("予約の状況を見る")
	k.seePart("1　"+title+" 上　○ 予約中です", "2　"+title+" 中　○ 予約中です")

	s.central("return", "1900000001", "--branch", "chuo")
	k.reopenHolds("予約の状況を見る")
	// The second stands on its shelf: it is to be fetched from there.
	k.seePart("1　"+title+" 上　● ご用意できました", "2　"+title+" 中　→ 取寄・準備中です", "3　"+title+" 下　○ 予約中です")
	s.central("arrive", "1900000002", "--branch", "chuo")
	k.reopenHolds("予約の状況を見る")
	k.seePart("2　" + title + " 中　● ご用意できました")
	k.tap("変更・取消")
	k.waitPage("hold")
	k.tap("この予約を取り消す")
	k.tap("取り消す")
	k.see("予約を取り消しました。2週間は一覧に残ります。")
	k.tap("わかりました")
	k.seePart("3　" + title + " 下　取り消しました")
}

// waitForTitle waits until the terminal's catalogue has a title: a new record takes a
// moment to come from the server.
func (k *kiosk) waitForTitle(title string) {
	k.t.Helper()
	eventually(k.t, title+" does not come", func() bool {
		out, err := exec.Command(k.path("kiosk"), "--data", k.path("terminal"), "search", title).Output()
		return err == nil && strings.Contains(string(out), title)
	})
}

// reopenHolds goes back from the list of the holds and by a button to it again.
func (k *kiosk) reopenHolds(button string) {
	k.t.Helper()
	k.tap("← もどる")
	k.tap(button)
	k.waitPage("holds")
}

// seePart waits for texts that stand within longer ones.
func (k *kiosk) seePart(parts ...string) {
	k.t.Helper()
	for _, part := range parts {
		k.until(part, func(s onScreen) bool {
			return slices.ContainsFunc(s.Elements, func(e widget.Element) bool { return strings.Contains(e.Text, part) })
		})
	}
}
