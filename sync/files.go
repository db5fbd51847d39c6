package sync

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"madoguchi/library"

	"golang.org/x/sys/unix"
)

// writeFile replaces a file as a whole, readable by its owner only, and has it on
// the disk when it returns.
func writeFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the names in a folder survive a power cut.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// spareSpace is left free on the disk for everything else, in bytes.
const spareSpace = 64 << 20

// checkSpace refuses when the disk has less than need bytes and some to spare.
func checkSpace(dir string, need int64) error {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return localError(fmt.Errorf("look at the free space of %s: %w", dir, err))
	}
	free := int64(s.Bavail) * s.Bsize
	if free < need+spareSpace {
		return &codedError{library.ProblemDiskFull, fmt.Errorf("the disk of %s has %d MB free, but the catalogue needs %d MB: make room", dir, free>>20, (need+spareSpace)>>20)}
	}
	return nil
}
