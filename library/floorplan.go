package library

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
