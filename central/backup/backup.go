// Package backup is the archive in which a server's state is kept: a tar of its parts
// behind a manifest with the digest of each, sealed to age recipients. Whoever makes it
// needs no secret; whoever reads it needs an identity, which is best kept elsewhere. An
// archive is written and read as a whole: what is cut off, changed or exchanged is an
// error before any part is used.
package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
)

// format is the version of the archive's form.
const format = 1

// Manifest says what an archive holds.
type Manifest struct {
	Format   int       `json:"format"`
	MadeAt   time.Time `json:"made_at"`  // of the database's state, or a moment before
	Database string    `json:"database"` // of what kind it is: "SQLite" or "PostgreSQL"
	Epoch    string    `json:"epoch"`
	Number   int64     `json:"number"` // it has all changes up to this one
	Parts    []Part    `json:"parts"`
}

// Part is a file of the archive.
type Part struct {
	Name   string `json:"name"` // with slashes: "tls/authority.pem"
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hex
}

// File is a file that is to be a part.
type File struct{ Name, Path string }

const manifestName = "manifest.json"

// most is how large a manifest may be, in bytes.
const most = 1 << 20

// sealed begins an age file.
const sealed = "age-encryption.org/v1\n"

// ErrOther says that a file stands where the archive is to be written, which is none.
var ErrOther = errors.New("another file stands there")

// Write writes an archive of files, which must not change meanwhile, into a file that only
// its owner may read, and reads it back from the disk. It replaces an archive, and returns
// ErrOther where there is any other file; where it fails, what there was stays.
func Write(path string, to []age.Recipient, m Manifest, files []File) (err error) {
	if err := replaceable(path); err != nil {
		return err
	}
	m.Format, m.Parts = format, nil
	for _, f := range files {
		p, err := partOf(f)
		if err != nil {
			return err
		}
		m.Parts = append(m.Parts, p)
	}
	out, err := os.CreateTemp(filepath.Dir(path), ".backup-") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	written := sha256.New()
	z, err := age.Encrypt(io.MultiWriter(out, written), to...)
	if err != nil {
		return err
	}
	if err := writeParts(z, m, files); err != nil {
		return err
	}
	if err := errors.Join(z.Close(), out.Sync(), out.Close()); err != nil {
		return err
	}
	if sum, _, err := digestOf(out.Name()); err != nil || sum != hex.EncodeToString(written.Sum(nil)) {
		return errors.Join(err, errors.New("the disk gives back another file than was written"))
	}
	if err := os.Rename(out.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func replaceable(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	begin := make([]byte, len(sealed))
	if _, err := io.ReadFull(f, begin); err != nil || string(begin) != sealed {
		return fmt.Errorf("%s is no backup: %w", path, ErrOther)
	}
	return nil
}

func partOf(f File) (Part, error) {
	sum, size, err := digestOf(f.Path)
	return Part{f.Name, size, sum}, err
}

func digestOf(path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}

func writeParts(w io.Writer, m Manifest, files []File) error {
	text, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	t := tar.NewWriter(w)
	if err := writePart(t, Part{Name: manifestName, Size: int64(len(text))}, bytes.NewReader(text)); err != nil {
		return err
	}
	for i, f := range files {
		in, err := os.Open(f.Path)
		if err != nil {
			return err
		}
		if err := errors.Join(writePart(t, m.Parts[i], in), in.Close()); err != nil {
			return err
		}
	}
	return t.Close()
}

func writePart(t *tar.Writer, p Part, in io.Reader) error {
	if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: p.Name, Size: p.Size, Mode: 0o600}); err != nil {
		return err
	}
	_, err := io.Copy(t, in)
	return err
}

// The reasons why an archive cannot be read.
var (
	ErrIdentity = errors.New("the backup is sealed to another key")
	ErrDamaged  = errors.New("the backup is damaged")
)

// Read unpacks an archive into a folder, which must be empty, and checks all of it. What it
// returns after an error must not be used, nor what is in the folder then. The error is
// ErrIdentity where none of the identities opens it, and ErrDamaged where it is no archive,
// or not as it was written.
func Read(path string, identities []age.Identity, into string) (m Manifest, err error) {
	f, err := os.Open(path)
	if err != nil {
		return m, err
	}
	defer f.Close()
	plain, err := age.Decrypt(f, identities...)
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none):
		return m, ErrIdentity
	case err != nil:
		return m, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	t := tar.NewReader(plain)
	if m, err = readManifest(t); err != nil {
		return m, err
	}
	for _, p := range m.Parts {
		if err := readPart(t, p, into); err != nil {
			return m, err
		}
	}
	if _, err := t.Next(); err != io.EOF {
		return m, fmt.Errorf("%w: it goes on behind its last part", ErrDamaged)
	}
	if _, err := io.Copy(io.Discard, plain); err != nil { // the end of the seal
		return m, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return m, nil
}

func readManifest(t *tar.Reader) (m Manifest, err error) {
	h, err := t.Next()
	if err != nil || h.Name != manifestName || h.Size > most {
		return m, fmt.Errorf("%w: it does not begin with its manifest", errors.Join(ErrDamaged, err))
	}
	text, err := io.ReadAll(t)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return m, fmt.Errorf("%w: its manifest cannot be read: %w", ErrDamaged, err)
	}
	if m.Format != format {
		return m, fmt.Errorf("the backup is of form %d, this program knows %d: take the program of that time, or a newer one", m.Format, format)
	}
	return m, nil
}

func readPart(t *tar.Reader, p Part, into string) error {
	h, err := t.Next()
	if err != nil || h.Typeflag != tar.TypeReg || h.Name != p.Name || h.Size != p.Size {
		return fmt.Errorf("%w: %s is missing", errors.Join(ErrDamaged, err), p.Name)
	}
	if !filepath.IsLocal(filepath.FromSlash(p.Name)) || strings.HasPrefix(p.Name, ".") {
		return fmt.Errorf("%w: a part is called %q", ErrDamaged, p.Name)
	}
	path := filepath.Join(into, filepath.FromSlash(p.Name))
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	sum := sha256.New()
	if err := copyPart(io.MultiWriter(out, sum), t); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != p.SHA256 {
		return fmt.Errorf("%w: %s is not what was written", ErrDamaged, p.Name)
	}
	return errors.Join(out.Sync(), out.Close())
}

// copyPart tells an archive that cannot be read from a disk that cannot be written.
func copyPart(to io.Writer, from io.Reader) error {
	in := &reading{from: from}
	_, err := io.Copy(to, in)
	if in.err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, in.err)
	}
	return err
}

type reading struct {
	from io.Reader
	err  error
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
