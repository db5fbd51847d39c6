package backup

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"
)

func identity(t testing.TB) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// written writes an archive of two files.
func written(t testing.TB, id *age.X25519Identity) (path string, parts map[string][]byte) {
	t.Helper()
	dir := t.TempDir()
	parts = map[string][]byte{"database": bytes.Repeat([]byte("0123456789abcdef"), 20_000), "tls/authority.pem": []byte("pem")}
	var files []File
	for _, name := range []string{"database", "tls/authority.pem"} {
		at := filepath.Join(dir, fmt.Sprint(len(files)))
		if err := os.WriteFile(at, parts[name], 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, File{name, at})
	}
	path = filepath.Join(dir, "backup")
	m := Manifest{MadeAt: time.UnixMilli(1_700_000_000_000).UTC(), Database: "SQLite", Epoch: "e", Number: 7}
	if err := Write(path, []age.Recipient{id.Recipient()}, m, files); err != nil {
		t.Fatal(err)
	}
	return path, parts
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	id := identity(t)
	path, parts := written(t, id)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the archive: %v, %v", info, err)
	}
	into := t.TempDir()
	m, err := Read(path, []age.Identity{id}, into)
	if err != nil || m.Number != 7 || m.Epoch != "e" || m.MadeAt.UnixMilli() != 1_700_000_000_000 || len(m.Parts) != 2 {
		t.Fatalf("%+v, %v", m, err)
	}
	for name, want := range parts {
		if got, err := os.ReadFile(filepath.Join(into, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if raw, _ := os.ReadFile(path); bytes.Contains(raw, []byte("0123456789abcdef")) || bytes.Contains(raw, []byte("authority")) {
		t.Error("it can be read without the key")
	}
}

func TestWhatIsNotReplaced(t *testing.T) {
	id := identity(t)
	path, _ := written(t, id)
	to := []age.Recipient{id.Recipient()}
	if err := Write(path, to, Manifest{}, nil); err != nil {
		t.Errorf("an archive is replaced: %v", err)
	}
	other := filepath.Join(t.TempDir(), "letter")
	if err := os.WriteFile(other, []byte("dear all"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(other, to, Manifest{}, nil); !errors.Is(err, ErrOther) {
		t.Errorf("another file: %v", err)
	}
	if text, _ := os.ReadFile(other); string(text) != "dear all" {
		t.Errorf("it has become %q", text)
	}
	if err := Write(path, to, Manifest{}, []File{{"database", other + ".missing"}}); err == nil {
		t.Error("a file that is missing")
	}
	if _, err := Read(path, []age.Identity{id}, t.TempDir()); err != nil {
		t.Errorf("what was there before: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".backup-*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// TestDamage: whatever becomes of the bytes, nothing of it is taken for whole.
func TestDamage(t *testing.T) {
	id := identity(t)
	path, _ := written(t, id)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	read := func(raw []byte) error {
		at := filepath.Join(t.TempDir(), "damaged")
		if err := os.WriteFile(at, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Read(at, []age.Identity{id}, t.TempDir())
		return err
	}
	for n := 0; n < len(whole); n += 1 + len(whole)/97 {
		if err := read(whole[:n]); err == nil {
			t.Errorf("cut at %d of %d", n, len(whole))
		}
		flipped := bytes.Clone(whole)
		flipped[n] ^= 1
		if err := read(flipped); err == nil {
			t.Errorf("another bit at %d", n)
		}
	}
	if err := read(append(bytes.Clone(whole), 'x')); !errors.Is(err, ErrDamaged) {
		t.Errorf("it goes on: %v", err)
	}
	if _, err := Read(path, []age.Identity{identity(t)}, t.TempDir()); !errors.Is(err, ErrIdentity) {
		t.Errorf("another key: %v", err)
	}
}

// archive seals what may be wrong inside.
func archive(t *testing.T, id *age.X25519Identity, m Manifest, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	at := filepath.Join(dir, "part")
	if err := os.WriteFile(at, []byte("part"), 0o600); err != nil {
		t.Fatal(err)
	}
	var files []File
	for _, name := range names {
		files = append(files, File{name, at})
	}
	path := filepath.Join(dir, "archive")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := age.Encrypt(out, id.Recipient())
	if err == nil {
		err = errors.Join(writeParts(z, m, files), z.Close(), out.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestManifestsThatLie: whoever has the recipient can seal anything to it.
func TestManifestsThatLie(t *testing.T) {
	id := identity(t)
	p, err := partOf(File{"part", os.Args[0]})
	if err != nil {
		t.Fatal(err)
	}
	part := func(name, sum string) Manifest { return Manifest{Format: format, Parts: []Part{{name, 4, sum}}} }
	const right = "cf23df2207d99a74fbe169e3eba035e633b65d94" // not of SHA-256 either
	for name, path := range map[string]string{
		"another digest":  archive(t, id, part("part", p.SHA256), "part"),
		"no digest":       archive(t, id, part("part", right), "part"),
		"upwards":         archive(t, id, part("../part", right), "../part"),
		"from the root":   archive(t, id, part("/tmp/part", right), "/tmp/part"),
		"another format":  archive(t, id, Manifest{Format: 2}),
		"a negative size": archive(t, id, Manifest{Format: format, Parts: []Part{{"part", 4, right}, {"more", -1, right}}}, "part"),
	} {
		into := filepath.Join(t.TempDir(), "into")
		if err := os.Mkdir(into, 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(path, []age.Identity{id}, into); err == nil {
			t.Errorf("%s was read", name)
		}
		if all, _ := os.ReadDir(filepath.Dir(into)); len(all) != 1 {
			t.Errorf("%s wrote outside", name)
		}
	}
}
