package main

import (
	"time"

	"fyne.io/fyne/v2"
)

// rest holds the UI thread for as long at a time as the screen can be left to itself.
// Fyne asks the display for events 60 times a second, whether anybody is there or not,
// which alone takes up to 2 % of a processor. It must be called on the UI thread; an
// animation, which moves nothing, is what Fyne calls each time.
func (t *terminal) rest() {
	napping := fyne.NewAnimation(time.Hour, func(float32) { time.Sleep(t.screens.Rest()) })
	napping.RepeatCount = fyne.AnimationRepeatForever
	napping.Start()
}
