package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"madoguchi/library"
)

// siteFile is what is kept for a start without the server.
type siteFile struct {
	Site        library.Site `json:"site"`
	LastContact int64        `json:"last_contact"` // Unix milliseconds
}

func sitePath(dir string) string { return filepath.Join(dir, "site.json") }

// readSiteFile reads what is kept in a data folder; nil where nothing is.
func readSiteFile(dir string) (*siteFile, error) {
	text, err := os.ReadFile(sitePath(dir))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var f siteFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("read %s: %w", sitePath(dir), err)
	}
	return &f, nil
}

func (c *Client) readSite() error {
	f, err := readSiteFile(c.cfg.Dir)
	if err != nil || f == nil {
		return err
	}
	c.site = &f.Site
	c.state.LastContact = time.UnixMilli(f.LastContact)
	return nil
}

// siteEvery is how often the site is asked for and kept.
const siteEvery = 5 * time.Minute

func (c *Client) pullSite(ctx context.Context) error {
	now := time.Now()
	if !c.siteAt.IsZero() && now.Sub(c.siteAt) < siteEvery {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	site, err := c.wire.Site(ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(siteFile{Site: site, LastContact: now.UnixMilli()})
	if err != nil {
		return err
	}
	c.report(func(*library.TerminalState) { c.site = &site }) // its key is needed for requests
	c.siteAt = now
	return localError(writeFile(sitePath(c.cfg.Dir), text))
}
