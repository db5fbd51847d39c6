package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"madoguchi/kiosk/widget"
)

// onScreen is what the inspection socket tells.
type onScreen struct {
	Page     string           `json:"page"`
	Width    float32          `json:"width"` // of the canvas, in units
	Height   float32          `json:"height"`
	Scale    float32          `json:"scale"`   // pixels per unit
	Settled  bool             `json:"settled"` // everything on the screen has come
	Elements []widget.Element `json:"elements"`
}

// look reads the screen. It must not be called on the UI thread.
func (t *terminal) look() (s onScreen) {
	t.ui.doAndWait(func() {
		size := t.window.Canvas().Size()
		s = onScreen{
			Page:  string(t.screens.Route().Page),
			Width: size.Width, Height: size.Height, Scale: t.window.Canvas().Scale(),
			Settled:  t.screens.Settled(),
			Elements: widget.Elements(t.screens.Canvas()),
		}
	})
	return s
}

// inspect serves a Unix socket. GET /screen tells what is on the screen: tests find by
// it where to point and what came of it. POST /press?button=NAME presses a button as
// soon as there is one of that name, or the last row of a list where no name is
// given: tests that go through very many screens do it so. POST /free gives memory that
// is not in use back to the system, so that what remains can be measured, and says how
// many bytes Go has in use.
func (t *terminal) inspect(ctx context.Context, socket string) error {
	os.Remove(socket)
	l, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /screen", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(t.look()); err != nil {
			t.log.Warn("inspection", "err", err)
		}
	})
	mux.HandleFunc("POST /press", func(w http.ResponseWriter, r *http.Request) {
		if err := t.press(r.Context(), r.URL.Query().Get("button")); err != nil {
			http.Error(w, err.Error(), http.StatusRequestTimeout)
		}
	})
	mux.HandleFunc("POST /free", func(w http.ResponseWriter, _ *http.Request) {
		debug.FreeOSMemory()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Fprint(w, m.HeapAlloc)
	})
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { srv.Close() })
	if err := srv.Serve(l); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// press presses the last button of a name, or the last row of a list, once it is there.
func (t *terminal) press(ctx context.Context, name string) error {
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		found := false
		t.ui.doAndWait(func() {
			for _, e := range slices.Backward(widget.Elements(t.screens.Canvas())) {
				if e.Button && (name == "" && e.Target.IsRow() || name != "" && e.Text == name) {
					e.Target.Press()
					found = true
					return
				}
			}
		})
		if found {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("there is no button %q on the screen", name)
		case <-tick.C:
		}
	}
}
