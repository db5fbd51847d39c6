package theme

import (
	"errors"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Every pair of text and ground that the screens draw is at least 7:1.
func TestContrast(t *testing.T) {
	for _, s := range append(slices.Clone(Schemes), Staff, StaffHead) {
		p := PaletteOf(s)
		pairs := []struct {
			name     string
			ink, bed color.NRGBA
		}{
			{"ink on ground", p.Ink, p.Ground},
			{"ink on surface", p.Ink, p.Surface},
			{"ink on key bed", p.Ink, p.KeyBed},
			{"quiet on ground", p.Quiet, p.Ground},
			{"quiet on surface", p.Quiet, p.Surface},
			{"quiet on muted tint", p.Quiet, p.MutedTint},
			{"action on surface", p.Action, p.Surface},
			{"action on ground", p.Action, p.Ground},
			{"action on its tint", p.Action, p.ActionTint},
			{"on action", p.OnAction, p.Action},
			{"on panel", p.OnPanel, p.Panel},
			{"good on ground", p.Good, p.Ground},
			{"good on its tint", p.Good, p.GoodTint},
			{"bad on ground", p.Bad, p.Ground},
			{"bad on its tint", p.Bad, p.BadTint},
		}
		for _, c := range pairs {
			if got := Contrast(c.ink, c.bed); got < 7 {
				t.Errorf("%s: %s: contrast %.2f, want at least 7", s, c.name, got)
			}
		}
	}
}

func TestTextGrowsWithSize(t *testing.T) {
	var before Look
	for _, size := range TextSizes {
		l := LookOf(Standard, size)
		if l.Second < 21 || l.Second <= before.Second || l.Display <= before.Display {
			t.Errorf("%s: %+v is no larger than %+v", size, l.Type, before.Type)
		}
		before = l
	}
}

func TestLoadFontsRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := LoadFonts(dir); !errors.Is(err, ErrNoFont) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("empty folder: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "BIZUDPGothic-Regular.ttf"), []byte("ttcf0000"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadFonts(dir); !errors.Is(err, ErrNoFont) {
		t.Errorf("collection: %v", err)
	}
}
