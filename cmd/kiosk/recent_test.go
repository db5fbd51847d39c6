package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"madoguchi/barcode"
)

func TestRecentKeepsWhatWarns(t *testing.T) {
	var all bytes.Buffer
	r := &recent{}
	log := slog.New(r.handler(slog.NewTextHandler(&all, nil)))
	log.Info("the scanner is connected")
	log.Warn("the scanner is not connected", "err", errors.New("no scanner is there: check its cable"))
	log.With("chunk", 3).WithGroup("disk").Error("writing failed", "free", 12, slog.Group("of", "total", 99))
	log.Warn("a scan", "code", barcode.Code{Kind: barcode.Card, Text: "21000000011"})

	lines := r.newestFirst()
	for i, want := range []string{
		"a scan code.kind=card code.symbology= code.length=11",
		"writing failed chunk=3 disk.free=12 disk.of.total=99",
		"the scanner is not connected: no scanner is there: check its cable",
	} {
		if len(lines) != 3 || lines[i][len("01-02 15:04 "):] != want {
			t.Fatalf("line %d of %q is not %q", i, lines, want)
		}
	}
	if n := strings.Count(all.String(), "\n"); n != 4 {
		t.Errorf("%d records went on, want all 4", n)
	}
}

func TestRecentIsBounded(t *testing.T) {
	r := &recent{}
	log := slog.New(r.handler(slog.NewTextHandler(io.Discard, nil)))
	for n := range 10 * recentMost {
		log.Warn(fmt.Sprint(n))
	}
	lines := r.newestFirst()
	if len(lines) != recentMost || !strings.HasSuffix(lines[0], fmt.Sprint(" ", 10*recentMost-1)) || !slices.IsSortedFunc(lines, func(a, b string) int { return -strings.Compare(a, b) }) {
		t.Errorf("kept %q", lines)
	}
}
