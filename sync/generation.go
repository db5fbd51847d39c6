package sync

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"madoguchi/library"
	"madoguchi/store"
)

// A catalogue lives in a file of its own name, catalogue-UUID.db, and catalogue.db
// is a symbolic link to the one in use. Renaming a file over an open SQLite
// database would leave the old one's write-ahead log beside the new one.
const (
	currentName     = "catalogue.db"
	generationStart = "catalogue-"
	unfinishedName  = "catalogue.new"
	damagedStart    = "catalogue.db.damaged-"
)

// CataloguePath is the terminal's catalogue, for programs that only read it.
func CataloguePath(dir string) string { return filepath.Join(dir, currentName) }

// generation is an open catalogue file and those who read it.
type generation struct {
	catalogue *store.Catalogue
	path      string

	// Under Client.mu.
	readers int
	damaged bool
	retired func() // run when the last reader has left; nil while in use
}

// ErrNoCatalogue says that there is nothing to search yet.
var ErrNoCatalogue = errors.New("the catalogue is not there yet")

// With calls fn with the catalogue in use, which stays open and the same for as
// long as fn runs, whatever is swapped in meanwhile. It returns fn's error, or
// ErrNoCatalogue.
func (c *Client) With(fn func(*store.Catalogue) error) error {
	c.mu.Lock()
	g := c.current
	if g == nil {
		c.mu.Unlock()
		return ErrNoCatalogue
	}
	g.readers++
	c.mu.Unlock()
	defer c.leave(g)
	err := fn(g.catalogue)
	if damaged(err) {
		c.mu.Lock()
		g.damaged = true
		c.mu.Unlock()
		c.wakeUp()
	}
	return err
}

func (c *Client) leave(g *generation) {
	c.mu.Lock()
	g.readers--
	var end func()
	if g.readers == 0 {
		end = g.retired
	}
	c.mu.Unlock()
	if end != nil {
		c.closing.Go(end) // closing may take a while, which is not the reader's
	}
}

// retire closes a generation that is no longer in use once its readers are done,
// and then does after.
func (c *Client) retire(g *generation, after func()) {
	end := func() {
		if err := g.catalogue.Close(); err != nil {
			c.cfg.Log.Warn("close a catalogue", "err", err)
		}
		if after != nil {
			after()
		}
	}
	c.mu.Lock()
	g.retired = end
	idle := g.readers == 0
	c.mu.Unlock()
	if idle {
		c.closing.Go(end)
	}
}

func (c *Client) wakeUp() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// needsEdition reports whether there is no catalogue, or one that must go.
func (c *Client) needsEdition() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.current == nil || c.current.damaged
}

// openCatalogue opens what an earlier run left and tidies up after it.
func (c *Client) openCatalogue() error {
	link := CataloguePath(c.cfg.Dir)
	path, err := filepath.EvalSymlinks(link)
	if errors.Is(err, os.ErrNotExist) {
		return c.removeStrays("")
	}
	if err != nil {
		return fmt.Errorf("find the catalogue: %w", err)
	}
	cat, err := store.Open(path)
	if damaged(err) {
		c.cfg.Log.Warn("the catalogue cannot be used and will be fetched again", "err", err)
		if err := c.setAside(path); err != nil {
			return fmt.Errorf("set the damaged catalogue aside: %w", err)
		}
		return c.removeStrays("")
	}
	if err != nil {
		return err
	}
	c.current = &generation{catalogue: cat, path: path}
	if err := c.showNumbers(); damaged(err) {
		c.current.damaged = true
	} else if err != nil {
		return errors.Join(err, cat.Close())
	}
	c.state.Phase = library.CatalogueReady
	return c.removeStrays(filepath.Base(path))
}

// install makes a finished file the catalogue in use. The old one is searched
// until then and removed when its readers are done.
func (c *Client) install(unfinished string) error {
	path := filepath.Join(c.cfg.Dir, generationStart+uuid.NewString()+".db")
	if err := os.Rename(unfinished, path); err != nil {
		return localError(err)
	}
	cat, err := store.Open(path)
	if err != nil {
		removeDatabase(path)
		if damaged(err) {
			return &codedError{library.ProblemChunkDamaged, err}
		}
		return localError(err)
	}
	next := CataloguePath(c.cfg.Dir) + ".next"
	os.Remove(next)
	err = os.Symlink(filepath.Base(path), next)
	if err == nil {
		err = os.Rename(next, CataloguePath(c.cfg.Dir))
	}
	if err == nil {
		err = syncFolder(c.cfg.Dir)
	}
	if err != nil {
		return localError(errors.Join(err, cat.Close()))
	}
	c.mu.Lock()
	old := c.current
	c.current = &generation{catalogue: cat, path: path}
	c.mu.Unlock()
	if old != nil {
		c.retire(old, func() { c.putAway(old) })
	}
	return nil
}

// putAway removes a retired generation, or sets it aside where it was damaged.
func (c *Client) putAway(g *generation) {
	c.mu.Lock()
	bad := g.damaged
	c.mu.Unlock()
	if !bad {
		removeDatabase(g.path)
		return
	}
	if err := c.setAside(g.path); err != nil {
		c.cfg.Log.Warn("set the damaged catalogue aside", "err", err)
	}
}

// setAside keeps a damaged file for whoever wants to know why, and only the last.
func (c *Client) setAside(path string) error {
	older, err := filepath.Glob(filepath.Join(c.cfg.Dir, damagedStart+"*"))
	if err != nil {
		return err
	}
	for _, p := range older {
		if err := os.Remove(p); err != nil {
			return err
		}
	}
	aside := filepath.Join(c.cfg.Dir, damagedStart+time.Now().UTC().Format("20060102T150405Z"))
	if err := os.Rename(path, aside); err != nil {
		return err
	}
	removeDatabase(path)
	if target, err := os.Readlink(CataloguePath(c.cfg.Dir)); err == nil && target == filepath.Base(path) {
		os.Remove(CataloguePath(c.cfg.Dir))
	}
	return nil
}

// removeStrays removes catalogue files that a broken-off run left, all but one.
func (c *Client) removeStrays(but string) error {
	files, err := os.ReadDir(c.cfg.Dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		name := f.Name()
		stray := name == unfinishedName || name == currentName+".next" ||
			strings.HasPrefix(name, generationStart) && (but == "" || !slices.Contains([]string{but, but + "-wal", but + "-shm"}, name))
		if stray {
			if err := os.Remove(filepath.Join(c.cfg.Dir, name)); err != nil {
				return err
			}
		}
	}
	if but == "" { // a link to nothing
		if _, err := os.Lstat(CataloguePath(c.cfg.Dir)); err == nil {
			return os.Remove(CataloguePath(c.cfg.Dir))
		}
	}
	return nil
}

func removeDatabase(path string) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		os.Remove(path + suffix)
	}
}
