package library

import (
	"strings"
	"testing"
)

func TestFloorPlanIsValidated(t *testing.T) {
	plan := func(change func(*FloorPlan)) FloorPlan {
		p := FloorPlan{
			Floor: "2階", Width: 100, Height: 60,
			Shelves: []PlanShelf{{Name: "2階 文学", X: 0, Y: 0, Width: 40, Height: 10}, {Name: "2階 文庫", X: 60, Y: 50, Width: 40, Height: 10}},
			Here:    &PlanPoint{X: 100, Y: 60},
		}
		change(&p)
		return p
	}
	for name, c := range map[string]struct {
		change func(*FloorPlan)
		says   string // "": the plan is sound
	}{
		"sound":                   {func(*FloorPlan) {}, ""},
		"no terminal on it":       {func(p *FloorPlan) { p.Here = nil }, ""},
		"two shelves of one name": {func(p *FloorPlan) { p.Shelves[1].Name = p.Shelves[0].Name }, ""},
		"no width":                {func(p *FloorPlan) { p.Width = 0 }, "above 0"},
		"negative height":         {func(p *FloorPlan) { p.Height = -60 }, "above 0"},
		"far too large":           {func(p *FloorPlan) { p.Width = 1 << 30 }, "larger units"},
		"no shelves":              {func(p *FloorPlan) { p.Shelves = nil }, "no shelves"},
		"shelf without a name":    {func(p *FloorPlan) { p.Shelves[1].Name = " " }, "shelf 2"},
		"space before a name":     {func(p *FloorPlan) { p.Shelves[0].Name = " 2階 文学" }, "without spaces"},
		"shelf without height":    {func(p *FloorPlan) { p.Shelves[0].Height = 0 }, "shelf 1 (2階 文学)"},
		"shelf left of it":        {func(p *FloorPlan) { p.Shelves[0].X = -1 }, "inside the plan of 100 by 60"},
		"shelf above it":          {func(p *FloorPlan) { p.Shelves[0].Y = -1 }, "inside"},
		"shelf out to the right":  {func(p *FloorPlan) { p.Shelves[1].X = 61 }, "inside"},
		"shelf out at the bottom": {func(p *FloorPlan) { p.Shelves[1].Y = 51 }, "inside"},
		"a sum that overflows":    {func(p *FloorPlan) { p.Shelves[1].Width = int(^uint(0) >> 1) }, "inside"},
		"terminal outside":        {func(p *FloorPlan) { p.Here.X = 101 }, "here, at 101,60"},
	} {
		err := plan(c.change).Validate()
		if got := ""; err != nil {
			got = err.Error()
			if c.says == "" || !strings.Contains(got, c.says) {
				t.Errorf("%s: %q, want %q", name, got, c.says)
			}
		} else if c.says != "" {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestAShelfIsLocated(t *testing.T) {
	b := Branch{Plans: []FloorPlan{
		{Floor: "1階", Shelves: []PlanShelf{{Name: "1階 こども"}, {Name: ""}}},
		{Floor: "2階", Shelves: []PlanShelf{{Name: "2階 文学"}}},
	}}
	for shelf, want := range map[string]string{"1階 こども": "1階", "2階 文学": "2階", "3階": "", "": ""} {
		p, ok := b.Locate(shelf)
		if p.Floor != want || ok != (want != "") {
			t.Errorf("%q is on %q, %v", shelf, p.Floor, ok)
		}
	}
}
