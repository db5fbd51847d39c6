package main

import (
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// quick makes hashes cheap.
const quick = "[password_hash]\nmemory_kib = 8\npasses = 1\n"

func TestStaffCommands(t *testing.T) {
	data, config := t.TempDir(), file(t, "central.toml", quick)
	staff := func(keys string, args ...string) (string, string, int) {
		return typed(t, keys, data, append([]string{"--config", config, "staff"}, args...)...)
	}
	if _, told, code := staff("a long password\n", "add", "sato", "--role", "desk"); code != 0 {
		t.Fatal(told)
	}
	for _, test := range []struct {
		keys, says string
		args       []string
	}{
		{"a long password\n", "already", []string{"add", "sato", "--role", "admin"}},
		{"short\n", "at least", []string{"add", "ito", "--role", "desk"}},
		{"", "no password was given", []string{"add", "ito", "--role", "desk"}},
		{"a long password\n", "letters", []string{"add", "i to", "--role", "desk"}},
		{"a long password\n", "no staff member", []string{"password", "ito"}},
		{"", "no staff member", []string{"remove", "ito"}},
	} {
		if _, told, code := staff(test.keys, test.args...); code != failed || !strings.Contains(told, test.says) {
			t.Errorf("staff %v: status %d, want %q: %s", test.args, code, test.says, told)
		}
	}
	if _, _, code := staff("a long password\n", "add", "ito", "--role", "boss"); code != usage {
		t.Errorf("a role that is none: status %d", code)
	}
	if out, _, _ := staff("", "list"); !strings.Contains(out, "sato") || !strings.Contains(out, "desk") || strings.Contains(out, "ito") {
		t.Errorf("list:\n%s", out)
	}
	if _, told, code := staff("another long one", "password", "sato"); code != 0 { // no line end
		t.Error(told)
	}
	if _, told, code := staff("", "remove", "sato"); code != 0 {
		t.Error(told)
	}
	if out, _, _ := staff("", "list"); strings.Contains(out, "sato") {
		t.Errorf("list after the removal:\n%s", out)
	}
	if out := must(t, data, "--config", config, "audit", "verify"); !strings.HasPrefix(out, "3:") {
		t.Errorf("audit log: %s", out)
	}
}

func TestUnlock(t *testing.T) {
	data, config := t.TempDir(), file(t, "central.toml", quick)
	must(t, data, "--config", config, "patron", "import", file(t, "patrons.csv", "id,card,name\np1,1001,港 花子\n"))
	if _, told, code := command(t, data, "--config", config, "patron", "unlock", "9999"); code != failed || !strings.Contains(told, "no patron") {
		t.Errorf("an unknown card: status %d, %s", code, told)
	}
	must(t, data, "--config", config, "patron", "unlock", "1001")
	if out := must(t, data, "--config", config, "audit", "verify"); !strings.HasPrefix(out, "2:") {
		t.Errorf("audit log: %s", out)
	}
}

// TestPasswordIsNotShown types a password into a real terminal.
func TestPasswordIsNotShown(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	shown := make(chan string, 1)
	go func() {
		var all strings.Builder
		buf := make([]byte, 1024)
		for {
			n, err := master.Read(buf)
			all.Write(buf[:n])
			if err != nil || strings.Contains(all.String(), "END") {
				shown <- all.String()
				return
			}
		}
	}()
	prompts := make(chan string, 2)
	a := &app{ctx: t.Context(), stdin: slave, stderr: promptWriter(prompts)}
	typing := func(keys string) {
		<-prompts
		if _, err := master.WriteString(keys + "\n"); err != nil {
			t.Error(err)
		}
	}
	go func() {
		typing("a secret word")
		typing("a secret word")
	}()
	password, err := a.newPassword()
	if err != nil || password != "a secret word" {
		t.Errorf("%q, %v", password, err)
	}
	go func() {
		typing("a secret word")
		typing("another")
	}()
	if _, err := a.newPassword(); err == nil {
		t.Error("two passwords that differ")
	}
	if _, err := slave.WriteString("END"); err != nil {
		t.Fatal(err)
	}
	select {
	case text := <-shown:
		if strings.Contains(text, "secret") || strings.Contains(text, "another") {
			t.Errorf("on the screen: %q", text)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the terminal says nothing")
	}
}

// promptWriter passes each prompt on.
type promptWriter chan<- string

func (w promptWriter) Write(b []byte) (int, error) {
	w <- string(b)
	return len(b), nil
}
