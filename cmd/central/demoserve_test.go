package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"madoguchi/assets/demo"
	kiosksync "madoguchi/sync"
)

// besideDemo has TestBesideDemo be the command that runs beside a demo: its value is the
// folder of the demo, and whether the command stays until it is told to end.
const (
	besideDemo  = "CENTRAL_TEST_BESIDE_DEMO"
	besideStays = "CENTRAL_TEST_BESIDE_STAYS"
)

// besideStatus is how that command ends where all is as it should be.
const besideStatus = 7

// TestBesideDemo is the enrolled terminal for which a demo serves.
func TestBesideDemo(t *testing.T) {
	folder := os.Getenv(besideDemo)
	if folder == "" {
		t.Skip("this is what TestDemoServes starts")
	}
	if err := seeDemo(t.Context(), filepath.Join(folder, "terminal")); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if os.Getenv(besideStays) != "" {
		told := make(chan os.Signal, 1)
		signal.Notify(told, syscall.SIGTERM)
		fmt.Println("beside the server:", os.Getpid())
		<-told
		fmt.Println("told to end")
	}
	os.Exit(besideStatus)
}

// seeDemo sees that what a terminal is enrolled at is a demo: an edition is there, and
// staff and a patron can log in.
func seeDemo(ctx context.Context, data string) error {
	head, err := kiosksync.Examine(ctx, data, "")
	if err != nil {
		return err
	}
	if head.Edition == nil {
		return errors.New("the server has no edition")
	}
	terminal, err := kiosksync.Open(kiosksync.Config{Dir: data})
	if err != nil {
		return err
	}
	staff, err := terminal.StaffLogIn(ctx, demo.StaffCard, demo.StaffPassword)
	if err == nil && !staff.Admin() {
		err = errors.New("the member of staff is no admin")
	}
	_, _, patron := terminal.LogIn(ctx, "21000000011", "481516")
	return errors.Join(err, patron, terminal.Close())
}

// demoServes runs a demo in a folder, with TestBesideDemo beside it, started by a shell.
func demoServes(ctx context.Context, t *testing.T, folder string, stdout io.Writer) (stderr string, code int) {
	t.Helper()
	t.Setenv(besideDemo, folder)
	var told strings.Builder
	code = run(ctx, []string{"demo", "--serve", folder, "--listen", "127.0.0.1:0", "--",
		"sh", "-c", "\"$0\" -test.run='^TestBesideDemo$'; exit $?", os.Args[0]}, strings.NewReader(""), stdout, &told)
	return told.String(), code
}

func TestDemoServes(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes the demo library twice, with all of its passwords")
	}
	folder := filepath.Join(t.TempDir(), "demo")
	var out strings.Builder
	told, code := demoServes(t.Context(), t, folder, &out)
	says := out.String()
	if code != besideStatus {
		t.Fatalf("status %d, that of the command is %d\n%s%s", code, besideStatus, says, told)
	}
	address := regexp.MustCompile(`https://(127\.0\.0\.1:\d+)`).FindStringSubmatch(says)
	if address == nil {
		t.Fatalf("no address is told:\n%s", says)
	}
	if c, err := net.Dial("tcp", address[1]); err == nil {
		c.Close()
		t.Error("the server answers when the command has ended")
	}
	for _, want := range []string{folder + "/kiosk.toml", folder + "/mail", demo.StaffCard, demo.StaffPassword, "cards-1.png to -4.png"} {
		if !strings.Contains(says, want) {
			t.Errorf("%s is not told:\n%s", want, says)
		}
	}
	if cards, err := filepath.Glob(folder + "/cards-*.png"); err != nil || len(cards) != 4 {
		t.Errorf("the cards are %v, %v", cards, err)
	}

	// The next one begins anew, and ends when it is told to.
	earlier := filepath.Join(folder, "central", "of-the-earlier-one")
	if err := os.WriteFile(earlier, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv(besideStays, "yes")
	ctx, end := context.WithCancel(t.Context())
	defer end()
	r, w := io.Pipe()
	var pid int
	last := make(chan string)
	go func() {
		lines, line := bufio.NewScanner(r), ""
		for lines.Scan() {
			line = lines.Text()
			if n, _ := fmt.Sscanf(line, "beside the server: %d", &pid); n == 1 {
				end()
			}
		}
		last <- line
	}()
	told, code = demoServes(ctx, t, folder, w)
	w.Close()
	if code != 0 {
		t.Errorf("told to end, it ends with status %d\n%s", code, told)
	}
	if line := <-last; line != "told to end" {
		t.Errorf("the last that the command says is %q", line)
	}
	// Of one that has ended there is no command line, also where nobody has asked how.
	if still, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); len(still) > 0 || err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the command, process %d, is still there: %q, %v", pid, still, err)
	}
	if _, err := os.Stat(earlier); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the earlier demo was not cleared away: %v", err)
	}
}

// A demo clears away nothing but an earlier one that has ended.
func TestDemoRefusesAFolder(t *testing.T) {
	other, running := t.TempDir(), t.TempDir()
	for path, text := range map[string]string{
		other + "/central.toml":   "# ours\n",
		running + "/central.toml": demoMark,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	release, err := demoFolder(running).take()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	for _, test := range []struct {
		says string
		args []string
	}{
		{"not an earlier demo", []string{"--serve", other, "--listen", "127.0.0.1:0"}},
		{"address already in use", []string{"--serve", running, "--listen", on.Addr().String()}},
		{"a demo runs in the folder", []string{"--serve", running, "--listen", "127.0.0.1:0"}},
		{"names no folder", []string{"--serve", ""}},
		{"cannot be run beside the server", []string{"--serve", running, "--", "no-such-command"}},
		{"with --serve", []string{"--", "true"}},
	} {
		_, told, code := command(t, t.TempDir(), append([]string{"demo"}, test.args...)...)
		if code != failed || !strings.Contains(told, test.says) {
			t.Errorf("demo %v: status %d, %s", test.args, code, told)
		}
	}
	for _, folder := range []string{other, running} {
		if there, err := os.ReadDir(folder); err != nil || len(there) != 1 {
			t.Errorf("%s holds %v, %v", folder, there, err)
		}
	}
}
