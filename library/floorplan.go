package library

import (
	"errors"
	"fmt"
	"strings"
)

// FloorPlan is a drawing of one floor of a branch with its shelves, in units of its
// own: Width by Height, from the upper left corner.
type FloorPlan struct {
	Floor   string      `json:"floor,omitempty"` // "2階"
	Width   int         `json:"width"`
	Height  int         `json:"height"`
	Shelves []PlanShelf `json:"shelves"`
	Here    *PlanPoint  `json:"here,omitempty"` // where the terminal stands
}

// PlanShelf is a shelf, or a row of them, on a FloorPlan. Name is what Item.Shelf
// says of the copies on it; several shelves may have one name.
type PlanShelf struct {
	Name   string `json:"name"`
	X      int    `json:"x"`
	Y      int    `json:"y"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// PlanPoint is a place on a FloorPlan.
type PlanPoint struct {
	X int `json:"x"`
	Y int `json:"y"`
}

// Locate returns the plan on which a shelf of the branch is drawn, and false where
// none is.
func (b Branch) Locate(shelf string) (FloorPlan, bool) {
	for _, p := range b.Plans {
		for _, s := range p.Shelves {
			if s.Name == shelf && shelf != "" {
				return p, true
			}
		}
	}
	return FloorPlan{}, false
}

// Validate returns what is wrong with a plan, in a sentence for who drew it: sizes
// must be positive, shelves must have names and lie inside, and so must the point
// where the terminal stands.
func (p FloorPlan) Validate() error {
	if p.Width <= 0 || p.Height <= 0 {
		return fmt.Errorf("the plan is %d wide and %d high; both must be above 0", p.Width, p.Height)
	}
	if p.Width > maxPlan || p.Height > maxPlan {
		return fmt.Errorf("the plan is %d wide and %d high; draw it in larger units, at most %d of them", p.Width, p.Height, maxPlan)
	}
	if len(p.Shelves) == 0 {
		return errors.New("the plan has no shelves; give it those that are to be found")
	}
	for n, s := range p.Shelves {
		switch {
		case strings.TrimSpace(s.Name) == "" || s.Name != strings.TrimSpace(s.Name):
			return fmt.Errorf("shelf %d is named %q; write its name as the copies on it have it, without spaces around it", n+1, s.Name)
		case s.Width <= 0 || s.Height <= 0:
			return fmt.Errorf("shelf %d (%s) is %d wide and %d high; both must be above 0", n+1, s.Name, s.Width, s.Height)
		case s.X < 0 || s.Y < 0 || s.Width > p.Width-s.X || s.Height > p.Height-s.Y:
			return fmt.Errorf("shelf %d (%s) at %d,%d, %d wide and %d high, does not lie inside the plan of %d by %d", n+1, s.Name, s.X, s.Y, s.Width, s.Height, p.Width, p.Height)
		}
	}
	if h := p.Here; h != nil && (h.X < 0 || h.Y < 0 || h.X > p.Width || h.Y > p.Height) {
		return fmt.Errorf("here, at %d,%d, does not lie inside the plan of %d by %d", h.X, h.Y, p.Width, p.Height)
	}
	return nil
}

// maxPlan is more than a drawing needs, and less than sums could overflow by.
const maxPlan = 100_000
