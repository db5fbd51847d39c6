package store

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

	"madoguchi/library"
)

// crashFile names the catalogue that a child of TestKilledWhileApplying writes to
// until it is killed.
const crashFile = "STORE_TEST_CRASH_FILE"

// crashBatch replaces the one bib that the batch before put.
func crashBatch(n int64) []library.Change {
	rows := []library.Change{{DeleteBib: library.BibID(fmt.Sprint("mark", n-1))}}
	r := bib(fmt.Sprint("mark", n), fmt.Sprint("目印第", n), fmt.Sprint("メジルシ ", n), "作者", "サクシャ", 2000+int(n%20))
	rows = append(rows, library.Change{PutBib: &r.Bib}, library.Change{PutItem: &r.Items[0]})
	for i := range 40 {
		more := bib(fmt.Sprint("more", i), fmt.Sprint("第", n, "版の本", i), "", "", "", 1990+int(n+int64(i))%3)
		rows = append(rows, library.Change{PutBib: &more.Bib})
	}
	return rows
}

func TestKilledWhileApplying(t *testing.T) {
	if path := os.Getenv(crashFile); path != "" {
		applyForEver(t, path)
	}
	path := filepath.Join(t.TempDir(), "catalogue.db")
	if _, err := Build(t.Context(), path, testInfo, all(sample())); err != nil {
		t.Fatal(err)
	}
	for round := range 6 {
		killAfter(t, path, 2+round*2)
		c, err := Open(path)
		if err != nil {
			t.Fatalf("after kill %d: %v", round, err)
		}
		if err := c.Verify(t.Context()); err != nil {
			t.Fatalf("after kill %d: %v", round, err)
		}
		in, err := c.Info(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := find(t, c, library.Query{Words: "目印"}), []string{fmt.Sprint("mark", in.Number)}; !slices.Equal(got, want) {
			t.Errorf("after kill %d at %d: found %v, want %v", round, in.Number, got, want)
		}
		if got := find(t, c, library.Query{Words: fmt.Sprintf("第%d版", in.Number), Title: "本39"}); !slices.Equal(got, []string{"more39"}) {
			t.Errorf("after kill %d at %d: found %v, want more39", round, in.Number, got)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter runs a child that applies batches, and kills it soon after so many.
func killAfter(t *testing.T, path string, batches int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWhileApplying$")
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
	for range batches {
		if !lines.Scan() {
			t.Error("the child ended by itself")
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	io.Copy(io.Discard, out)
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Errorf("the child: %v", err)
	}
}

func applyForEver(t *testing.T, path string) {
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	in, err := c.Info(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for n := in.Number + 1; ; n++ {
		fmt.Println("applying", n)
		if err := c.Apply(context.Background(), Cursor{Epoch: testInfo.Epoch, Number: n}, crashBatch(n)); err != nil {
			t.Fatal(err)
		}
	}
}
