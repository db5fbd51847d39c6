package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"madoguchi/library"
)

// siteFile is what is kept for a start without the server.
type siteFile struct {
	Site        library.Site `json:"site"`
	LastContact int64        `json:"last_contact"` // Unix milliseconds

	// The newest entry of the server's audit log that this terminal was told of, and the
	// epoch of that time: a server that came back from a backup may lack it.
	Audit string `json:"audit,omitempty"`
	Epoch string `json:"epoch,omitempty"`
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
	c.site, c.audit, c.auditEpoch = &f.Site, f.Audit, f.Epoch
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
	if epoch := c.epoch(ctx); epoch != c.auditEpoch {
		if c.auditEpoch != "" {
			c.audit = ""
		}
		c.auditEpoch = epoch
	}
	site, newest, err := c.wire.Site(ctx, c.audit)
	if err != nil {
		return err
	}
	if number(newest) >= number(c.audit) { // of a log that was cut off the longer one is kept
		c.audit = newest
	}
	text, err := json.Marshal(siteFile{Site: site, LastContact: now.UnixMilli(), Audit: c.audit, Epoch: c.auditEpoch})
	if err != nil {
		return err
	}
	c.report(func(*library.TerminalState) { c.site = &site }) // its key is needed for requests
	c.siteAt = now
	return localError(writeFile(sitePath(c.cfg.Dir), text))
}

// number is that of a mark of the audit log, 0 of none.
func number(mark string) int64 {
	text, _, _ := strings.Cut(mark, ":")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
