package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"madoguchi/central/db"
)

// Of a deleted patron nothing remains in the files of SQLite, while a server has them open.
func TestDeletedPatronIsNotInTheFiles(t *testing.T) {
	data := t.TempDir()
	who := func(n int) []string {
		return []string{fmt.Sprintf("利用者%dさん", n), fmt.Sprintf("0903%07d", n), fmt.Sprintf("reader%d@example.jp", n), fmt.Sprint(20000000 + n)}
	}
	var csv strings.Builder
	csv.WriteString("card,name,phones,email,born_on\n")
	for n := range 3000 {
		w := who(n)
		fmt.Fprintf(&csv, "%s,%s,%s,%s,1990-04-01\n", w[3], w[0], w[1], w[2])
	}
	serves, err := db.Open(t.Context(), filepath.Join(data, "central.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer serves.Close()
	if err := serves.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	must(t, data, "patron", "import", file(t, "patrons.csv", csv.String()))
	has := func(text string) (in []string) {
		for _, name := range []string{"central.db", "central.db-wal", "central.db-shm"} {
			all, err := os.ReadFile(filepath.Join(data, name))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(all, []byte(text)) {
				in = append(in, name)
			}
		}
		return in
	}
	if len(has(who(7)[0])) == 0 {
		t.Fatal("the files do not even have who is not deleted")
	}
	for n := 0; n < 3000; n += 251 {
		must(t, data, "patron", "delete", who(n)[3])
		for i, text := range who(n) {
			if in := has(text); len(in) > 0 {
				t.Errorf("patron %d: text %d is still in %v", n, i, in)
			}
		}
	}
	must(t, data, "patron", "new-card", who(1)[3], "99999999")
	must(t, data, "patron", "merge", "99999999", who(2)[3])
	for _, text := range who(2)[:1] {
		if in := has(text); len(in) > 0 {
			t.Errorf("who was merged is still in %v", in)
		}
	}
}
