package main

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
)

const (
	betweenNaps = 5 * time.Millisecond   // for Fyne, to look once at what came meanwhile
	untilRest   = 250 * time.Millisecond // how often it is asked whether the screen rests
)

// rest holds the UI thread for as long at a time as the screen can be left to itself.
// Fyne asks the display for events 60 times a second, whether anybody is there or not,
// which alone takes up to 2 % of a processor.
func (t *terminal) rest(ctx context.Context) error {
	for {
		wait := untilRest
		fyne.DoAndWait(func() {
			if nap := t.screens.Rest(); nap > 0 {
				time.Sleep(nap)
				wait = betweenNaps
			}
		})
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}
