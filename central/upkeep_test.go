package central

import (
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
)

func TestEditionDue(t *testing.T) {
	day := time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)
	night := time.Date(2026, 11, 25, 3, 10, 0, 0, time.UTC)
	built := func(number int64, at time.Time) *protocol.Manifest {
		return &protocol.Manifest{Number: number, BuiltAt: at.UnixMilli()}
	}
	for name, test := range map[string]struct {
		newest *protocol.Manifest
		number int64
		now    time.Time
		due    bool
	}{
		"none yet":                     {nil, 0, day, true},
		"nothing changed":              {built(10, day), 10, night, false},
		"a few changes by day":         {built(10, day.Add(-72*time.Hour)), 20, day, false},
		"a few changes, night":         {built(10, day), 20, night, true},
		"a few changes, built tonight": {built(10, night.Add(-5*time.Minute)), 20, night, false},
		"many changes":                 {built(10, day), 110, day, true},
		"not quite many":               {built(10, day), 109, day, false},
	} {
		if got := editionDue(test.newest, db.Log{Number: test.number}, 100, test.now); got != test.due {
			t.Errorf("%s: due %v", name, got)
		}
	}
}
