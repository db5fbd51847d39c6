package outbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// crashFile names the outbox that a child of TestKilledOutbox puts letters into
// until it is killed.
const crashFile = "OUTBOX_TEST_CRASH_FILE"

// TestKilledOutbox: whenever the terminal dies, each letter is there of which a patron
// was told, whole, in order, and none that had been removed.
func TestKilledOutbox(t *testing.T) {
	if path := os.Getenv(crashFile); path != "" {
		putForEver(t, path)
	}
	path := filepath.Join(t.TempDir(), "outbox.db")
	put := 0 // letters of whose being put the children told
	for round := range 8 {
		put = max(put, killPutting(t, path, 1+round*5))
		if s, err := Examine(t.Context(), path); err != nil || s.Letters == 0 {
			t.Errorf("looked at after kill %d: %+v, %v", round, s, err)
		}
		o, err := Open(path)
		if err != nil {
			t.Fatalf("after kill %d: %v", round, err)
		}
		if o.SetAside() != "" {
			t.Fatalf("after kill %d: being killed damaged it", round)
		}
		got, err := o.Letters(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		first := 0
		if len(got) > 0 {
			fmt.Sscanf(got[0].ID[24:], "%d", &first)
		}
		var want []Letter
		for n := range got {
			want = append(want, crashLetter(first+n))
		}
		if !slices.EqualFunc(got, want, sameLetter) {
			t.Fatalf("after kill %d: it holds %s", round, names(got))
		}
		// The child may have been killed after a change and before it told of it.
		if last := first + len(got) - 1; last < put || last > put+1 || first < max(1, put-crashKept) || first > max(1, put-crashKept+1) {
			t.Errorf("after kill %d: letters %d to %d are there, of %d was told", round, first, last, put)
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if put < 50 {
		t.Errorf("only %d letters were put in all", put)
	}
}

// crashKept is how many letters the child leaves there.
const crashKept = 20

func crashLetter(n int) Letter { return letter(n, 100+n*997%MaxLetter/2) }

func putForEver(t *testing.T, path string) {
	o, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	all, err := o.Letters(ctx)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if len(all) > 0 {
		fmt.Sscanf(all[len(all)-1].ID[24:], "%d", &n)
	}
	for ; ; n++ {
		if n > crashKept {
			if err := o.Remove(ctx, crashLetter(n-crashKept).ID); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.Put(ctx, crashLetter(n+1)); err != nil {
			t.Fatal(err)
		}
		fmt.Println("put", n+1)
	}
}

// killPutting runs a child that puts letters, kills it soon after so many, and returns
// the last of which it told.
func killPutting(t *testing.T, path string, letters int) (last int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledOutbox$")
	cmd.Env = append(os.Environ(), crashFile+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for told := 0; lines.Scan(); told++ {
		fmt.Sscanf(lines.Text(), "put %d", &last)
		if told == letters {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	io.Copy(io.Discard, out)
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("the child ended by itself: %v", err)
	}
	return last
}
