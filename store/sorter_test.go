package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSorter: whatever goes in comes out in order, as often as it is read, and no
// file is left.
func TestSorter(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOf(rapid.Custom(func(rt *rapid.T) sorted {
			return sorted{rapid.SliceOfN(rapid.ByteRange(0, 3), 0, 4).Draw(rt, "key"), rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(rt, "value")}
		})).Draw(rt, "rows")
		s := newSorter(filepath.Join(dir, "x.db"), rapid.IntRange(1, 200).Draw(rt, "limit"))
		for _, r := range rows {
			if err := s.add(r.key, r.value); err != nil {
				rt.Fatal(err)
			}
		}
		if err := s.finish(); err != nil {
			rt.Fatal(err)
		}
		slices.SortFunc(rows, func(a, b sorted) int {
			if c := bytes.Compare(a.key, b.key); c != 0 {
				return c
			}
			return bytes.Compare(a.value, b.value)
		})
		for range 2 {
			n := 0
			for r, err := range s.rows() {
				if err != nil {
					rt.Fatal(err)
				}
				if n >= len(rows) || !bytes.Equal(r.key, rows[n].key) || !bytes.Equal(r.value, rows[n].value) {
					rt.Fatalf("row %d is %v", n, r)
				}
				n++
			}
			if n != len(rows) {
				rt.Fatalf("%d of %d rows come out", n, len(rows))
			}
		}
		if err := s.close(); err != nil {
			rt.Fatal(err)
		}
	})
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("files are left: %v, %v", files, err)
	}
}

func TestCutFieldsOfADamagedFile(t *testing.T) {
	var a, b string
	whole := appendFields(nil, "夏目", "")
	if err := cutFields(whole, &a, &b); err != nil || a != "夏目" || b != "" {
		t.Errorf("%q, %q, %v", a, b, err)
	}
	for n := range len(whole) {
		if err := cutFields(whole[:n], &a, &b); err == nil {
			t.Errorf("%d of %d bytes are taken for whole", n, len(whole))
		}
	}
}

func TestInOrder(t *testing.T) {
	numbers := func(n int, end error) func(func(int, error) bool) {
		return func(yield func(int, error) bool) {
			for i := range n {
				if !yield(i, nil) {
					return
				}
			}
			if end != nil {
				yield(0, end)
			}
		}
	}
	broken := errors.New("broken")
	for _, row := range []struct {
		name          string
		end           error
		makeAt, useAt int // where these break
		want          int // are used
		wantErr       error
	}{
		{"all", nil, -1, -1, 1000, nil},
		{"the sequence breaks", broken, -1, -1, 1000, broken},
		{"making breaks", nil, 500, -1, 500, broken},
		{"using breaks", nil, -1, 700, 700, broken},
	} {
		t.Run(row.name, func(t *testing.T) {
			next := 0
			err := inOrder(t.Context(), numbers(1000, row.end), func(i int) (int, error) {
				if i == row.makeAt {
					return 0, broken
				}
				return 2 * i, nil
			}, func(i int) error {
				if next == row.useAt {
					return broken
				}
				if i != 2*next {
					t.Fatalf("%d comes where %d should", i, 2*next)
				}
				next++
				return nil
			})
			if next != row.want || !errors.Is(err, row.wantErr) {
				t.Errorf("%d are used, %v", next, err)
			}
		})
	}
}
