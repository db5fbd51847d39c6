package main

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw" // the same as Fyne's: it has one state for the program
)

// uiThread is the thread that the window lives on, and what others ask to be done there.
//
// What is asked waits here and not in the queue behind fyne.Do, which ends badly (Fyne
// 2.8.1): on SIGTERM Fyne's loop ends by itself, and GLFW with it; what was in the queue
// then is never done, who asks just as the queue is closed panics, and what is asked later
// is done at once by whoever asks, beside others and without a window. Here it is done
// within the loop or not at all.
//
// The thread sleeps until it has something to do. Fyne itself asks the display for events
// 60 times a second, whether anybody is there or not, which takes up to 2 % of a processor
// and sees a touch only then.
type uiThread struct {
	over chan struct{} // closed when the loop has ended

	mu     sync.Mutex
	asked  []func()
	asleep bool // GLFW waits, and so it is there
	frames int  // for how many the thread stays awake, so that all that has changed is painted
}

// wakeFrames is enough for the longest that Fyne does in steps: new contents, then the
// size they need, then the end of what they replaced.
const wakeFrames = 4

func newUIThread() *uiThread { return &uiThread{over: make(chan struct{})} }

// start must be called on the UI thread, within Fyne's loop. An animation, which moves
// nothing, is what Fyne calls before it paints a frame.
func (u *uiThread) start() {
	turns := fyne.NewAnimation(time.Hour, func(float32) { u.turn() })
	turns.RepeatCount = fyne.AnimationRepeatForever
	turns.Start()
}

// end must be called when Fyne's loop has ended.
func (u *uiThread) end() { close(u.over) }

// turn does what was asked, and sleeps where nothing is to be painted.
func (u *uiThread) turn() {
	u.work()
	u.mu.Lock()
	u.frames--
	u.asleep = u.frames < 0 && len(u.asked) == 0
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
	u.work()
}

// work does what was asked so far: what is asked meanwhile has its turn after a frame.
func (u *uiThread) work() {
	u.mu.Lock()
	asked := u.asked
	u.asked = nil
	if len(asked) > 0 {
		u.frames = wakeFrames
	}
	u.mu.Unlock()
	for _, f := range asked {
		f()
	}
}

// do has f run on the UI thread, after what was asked before.
func (u *uiThread) do(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.asked = append(u.asked, f)
	if u.asleep {
		glfw.PostEmptyEvent()
	}
}

// doAndWait has f run on the UI thread, and returns when that is done, or when the loop
// has ended. It must not be called on the UI thread.
func (u *uiThread) doAndWait(f func()) {
	done := make(chan struct{})
	u.do(func() {
		defer close(done)
		f()
	})
	select {
	case <-done:
	case <-u.over:
	}
}
