package main

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw" // the same as Fyne's: it has one state for the program
)

// uiThread lets the thread that the window lives on sleep until it has something to do.
// Fyne itself asks the display for events 60 times a second, whether anybody is there or
// not, which takes up to 2 % of a processor and sees a touch only then. Whatever is to be
// done on this thread is asked of it here: through what is asked of Fyne it sleeps.
type uiThread struct {
	mu     sync.Mutex
	asked  int  // what the UI thread has not begun yet
	asleep bool // which it leaves before the display is closed
	frames int  // for how many it stays awake, so that all that has changed is painted
}

// wakeFrames is enough for the longest that Fyne does in steps: new contents, then the
// size they need, then the end of what they replaced.
const wakeFrames = 4

// start must be called on the UI thread. An animation, which moves nothing, is what Fyne
// calls before it paints a frame.
func (u *uiThread) start() {
	sleeping := fyne.NewAnimation(time.Hour, func(float32) { u.sleep() })
	sleeping.RepeatCount = fyne.AnimationRepeatForever
	sleeping.Start()
}

func (u *uiThread) sleep() {
	u.mu.Lock()
	if u.asked > 0 {
		u.frames = wakeFrames
	}
	u.frames--
	u.asleep = u.frames < 0
	asleep := u.asleep
	u.mu.Unlock()
	if !asleep {
		return
	}
	glfw.WaitEvents() // and handles them, as Fyne would
	u.mu.Lock()
	u.asleep = false
	u.frames = wakeFrames
	u.mu.Unlock()
}

// do has f run on the UI thread, as fyne.Do does.
func (u *uiThread) do(f func()) { u.ask(fyne.Do, f) }

// doAndWait has f run on the UI thread, and returns when that is done.
func (u *uiThread) doAndWait(f func()) { u.ask(fyne.DoAndWait, f) }

func (u *uiThread) ask(do func(func()), f func()) {
	u.mu.Lock()
	u.asked++
	if u.asleep {
		glfw.PostEmptyEvent()
	}
	u.mu.Unlock()
	do(func() {
		u.mu.Lock()
		u.asked--
		u.frames = wakeFrames
		u.mu.Unlock()
		f()
	})
}
