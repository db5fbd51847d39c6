package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The commands beside the window, on a real terminal of a real server.
func TestSearchAndDoctor(t *testing.T) {
	k := startKiosk(t, "")
	command := func(args ...string) (stdout, stderr string, err error) {
		var out, errs bytes.Buffer
		cmd := exec.Command(k.path("kiosk"), append([]string{"--config", k.path("kiosk.toml"), "--data", k.path("terminal")}, args...)...)
		cmd.Env = append(os.Environ(), "DISPLAY="+k.display)
		cmd.Stdout, cmd.Stderr = &out, &errs
		err = cmd.Run()
		return out.String(), errs.String(), err
	}
	for _, words := range [][]string{{"こころ"}, {"KOKORO"}, {"漱石", "ココロ"}, {"978-4-00-310111-7"}, {"４００３１０１１１１"}} {
		out, count, err := command(append([]string{"search"}, words...)...)
		if err != nil || out != "kokoro\tこころ\t夏目 漱石\tみなと書房\t2014\n" || count != "1\n" {
			t.Errorf("%v: %q, %q, %v", words, out, count, err)
		}
	}
	if out, count, err := command("search", "-n", "1", "913.6"); err != nil || strings.Count(out, "\n") != 1 || count != "3\n" {
		t.Errorf("one of three: %q, %q, %v", out, count, err)
	}
	if out, _, err := command("doctor"); err != nil || !strings.Contains(out, "All is well.") {
		t.Errorf("%v:\n%s", err, out)
	}
	for _, test := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"--version"}, 0, "kiosk "},
		{[]string{"--nonsense"}, 2, "kiosk --help"},
		{[]string{"enrol"}, 2, "kiosk --help"},
		{[]string{"--config", k.path("mistyped.toml"), "doctor"}, 1, "mistyped.toml"},
	} {
		cmd := exec.Command(k.path("kiosk"), test.args...)
		out, err := cmd.CombinedOutput()
		if status := cmd.ProcessState.ExitCode(); status != test.status || !strings.Contains(string(out), test.says) {
			t.Errorf("%v: status %d, %s, %v", test.args, status, out, err)
		}
	}
	k.stop()
	if err := os.Truncate(k.path("terminal/catalogue.db"), 5000); err != nil {
		t.Fatal(err)
	}
	k.server.stop()
	out, _, err := command("doctor")
	if err == nil {
		t.Error("the doctor finds nothing wrong")
	}
	for _, want := range []string{"cannot be reached", "The cable is well", "The catalogue cannot be used", "What is wrong: 2."} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
}
