package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"fyne.io/fyne/v2"

	"madoguchi/assets/ndc"
	"madoguchi/assets/wording"
	"madoguchi/barcode"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

type tourCommand struct {
	Out  string `default:"build/tour" help:"Folder for the pictures." placeholder:"DIR"`
	Size string `default:"1280x1024" help:"Size of the window in pixels, like 1280x1024."`

	Card     string `help:"A library card to log in with, of a demo library: the pictures show its patron's loans." placeholder:"NUMBER"`
	Password string `help:"Its password." placeholder:"DIGITS"`

	StaffCard     string `help:"A staff card to log in with, likewise." placeholder:"NUMBER"`
	StaffPassword string `help:"Its password." placeholder:"DIGITS"`
}

// tourAtMost is how long a tour may take, on a machine that is slow and busy.
const tourAtMost = 10 * time.Minute

// Run walks through the screens of the enrolled terminal by pressing what a patron
// would press, and leaves a picture of each in a folder named after the size. Without
// a display it starts an X server of that size.
func (c *tourCommand) Run(e *env) error {
	var size fyne.Size
	if _, err := fmt.Sscanf(c.Size, "%fx%f", &size.Width, &size.Height); err != nil || size.Width < 800 || size.Height < 800 {
		return fmt.Errorf("--size %s is no size like 1280x1024, at least 800x800", c.Size)
	}
	folder := filepath.Join(c.Out, c.Size)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if !hasDisplay() {
		// It ends by itself where this program does not come to that.
		display, end, err := startXvfb(c.Size, "-nocursor", "-terminate")
		if err != nil {
			return err
		}
		defer end()
		if err := os.Setenv("DISPLAY", display); err != nil {
			return err
		}
	}
	// A tour that hangs tells where: on SIGQUIT Go prints what every goroutine does.
	hung := time.AfterFunc(tourAtMost, func() { syscall.Kill(os.Getpid(), syscall.SIGQUIT) })
	defer hung.Stop()
	e.config.Scale, e.config.Scanner = 1, Scanner{} // it scans by itself
	t, err := newTerminal(e, size)
	if err != nil {
		return err
	}
	ja, err := wording.For("ja")
	if err != nil {
		return err
	}
	ctx, done := context.WithCancel(e.ctx)
	defer done()
	guide := &tour{terminal: t, folder: folder, text: ja, card: c.Card, password: c.Password, staffCard: c.StaffCard, staffPassword: c.StaffPassword}
	t.started = append(t.started, func(ctx context.Context) error {
		if err := guide.walk(ctx); err != nil {
			return err
		}
		done()
		return nil
	})
	if err := t.run(ctx); err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%d pictures are in %s\n", guide.taken, folder)
	return nil
}

// tour is one walk.
type tour struct {
	*terminal
	folder string
	text   wording.Printer
	taken  int

	card, password           string
	staffCard, staffPassword string
}

// A step presses the things with these names, one after the other, and then takes a
// picture, where it has a name for one. A name is the key of a wording; after "=" it
// is what stands on the button, after "^" how that begins, after "ndc:" a class, after
// "item:" the barcode of a copy of the demo library, which is scanned; "first" is the first
// record, "arrivals" the way to what is new, "scan" holds the card under the scanner,
// "password" types its password, "scan-staff" and "staff-password" do it for staff, "agree"
// reads terms to their end, "address" begins another e-mail address.
type step struct {
	picture string
	press   []string
}

// steps lead through every screen.
var steps = []step{
	{"home", nil},
	{"search-empty", []string{"home.by_words"}},
	{"search", []string{"=こ", "=こ", "=ろ"}},
	{"results", []string{"key.search"}},
	{"filter", []string{"results.filter", "filter.available"}},
	{"results-filtered", []string{"filter.show"}},
	{"detail", []string{"first"}},
	{"same-creator", []string{"detail.same_creator"}},
	{"newest-first", []string{"order.newest"}},
	{"", []string{"frame.end"}},
	{"results-volume", []string{"home.by_words", "=そ", "=う", "=せ", "=き", "=さ", "=く", "=ひ", "=ん", "key.digits_signs", "=4", "key.search"}},
	{"", []string{"frame.end"}},
	{"results-work", []string{"home.by_words", "=ね", "=こ", "=ま", "=た", "key.digits_signs", "=1", "=7", "key.search"}},
	{"volumes", []string{"volumes.see_all.volume"}},
	{"volumes-in-cart", []string{"^この"}},
	{"", []string{"volumes.go_on", "frame.end"}},
	{"search-letters", []string{"home.by_words", "key.letters", "=n", "=a", "=t", "=s", "=u", "=m", "=e"}},
	{"search-digits", []string{"key.clear", "key.digits_signs", "=9", "=1", "=3"}},
	{"search-nothing", []string{"key.clear", "key.letters", "=q", "=q", "=q", "=q"}},
	{"results-nothing", []string{"key.search"}},
	{"advanced", []string{"frame.back", "key.clear", "key.kana", "search.advanced", "field.creator", "=な", "=つ", "=め"}},
	{"", []string{"frame.end"}},
	{"browse", []string{"home.by_subject"}},
	{"browse-2", []string{"ndc:9"}},
	{"browse-3", []string{"ndc:91"}},
	{"browse-results", []string{"ndc:913"}},
	{"", []string{"frame.end"}},
	{"children", []string{"home.children"}},
	{"", []string{"frame.end"}},
	{"arrivals", []string{"arrivals"}},
	{"theme-shelf", []string{"=港と海の本"}},
	{"ranking", []string{"frame.back", "=よく借りられた本"}},
	{"", []string{"frame.end"}},
	{"guide", []string{"home.guide"}},
	{"guide-hours", []string{"guide.hours"}},
	{"guide-search", []string{"frame.back", "guide.search"}},
	{"", []string{"frame.end"}},
	{"display", []string{"frame.display"}},
	{"display-dark", []string{"scheme.dark"}},
	{"home-dark", []string{"frame.back"}},
	{"display-large", []string{"frame.display", "scheme.contrast", "size.largest"}},
	{"home-contrast-largest", []string{"frame.back"}},
	{"", []string{"home.guide", "frame.end"}},
	{"home-english", []string{"=English"}},
	{"results-english", []string{"home.by_words", "=な", "=つ", "=め", "key.search"}},
	{"detail-english", []string{"first"}},
	{"", []string{"frame.end"}},
}

// accountSteps lead through what a library card opens.
var accountSteps = []step{
	{"card", []string{"home.menu"}},
	{"password", []string{"scan", "password"}},
	{"menu", []string{"login.go"}},
	{"loans", []string{"menu.loans"}},
	{"", []string{"frame.end"}},
	{"shelf", []string{"item:1000000123"}},
	{"slip-shelf", []string{"detail.print_shelf"}},
	{"", []string{"frame.end"}},
	{"detail-in-cart", []string{"home.by_words", "=く", "=さ", "=ま", "=く", "key.search", "first", "detail.to_cart"}},
	{"cart", []string{"=カート 1"}},
	{"confirm", []string{"=1件の予約に進む", "scan", "password", "login.go"}},
	{"held", []string{"confirm.place"}},
	{"holds", []string{"held.list"}},
	{"slip-holds", []string{"print.button"}},
	{"", []string{"frame.end"}},
	{"login-refused", []string{"scan", "=0", "=0", "=0", "=0", "=0", "=0", "login.go"}},
	{"", []string{"frame.end"}},
	{"apply-terms", []string{"home.menu", "apply.title"}},
	{"apply-card", []string{"agree"}},
	{"apply-birth", []string{"scan", "era.S", "=5", "=9", "=5", "=1", "=2"}},
	{"apply-phone", []string{"login.next", "=0", "=9", "=0"}},
	{"apply-password", []string{"=1", "=2", "=3", "login.next", "key.small", "=m", "=o", "=m", "=i", "=j", "=i"}},
	{"", []string{"frame.end"}},
	{"change-password", []string{"scan", "password", "login.go", "menu.password"}},
	{"email", []string{"frame.back", "menu.email"}},
	{"email-edit", []string{"address", "=@gmail.com"}},
	{"email-code", []string{"email.ok"}},
	{"", []string{"frame.end"}},
}

// staffSteps lead through the staff menu.
var staffSteps = []step{
	{"staff-password", []string{"scan-staff", "staff-password"}},
	{"staff", []string{"login.go"}},
	{"staff-calls", []string{"calls.title"}},
	{"staff-machine", []string{"frame.back", "staff.machine"}},
	{"staff-scan-test", []string{"frame.back", "staff.scan_test", "scan", "item:1000000123"}},
	{"staff-patron", []string{"frame.back", "scan"}},
	{"staff-document", []string{"temporary.begin"}},
	{"staff-temporary", []string{"document.driving_licence", "temporary.issue"}},
	{"", []string{"frame.end"}},
}

// states are what a patron sees when things are not as they should be.
var states = []struct {
	picture string
	state   library.TerminalState
}{
	{"first-start", library.TerminalState{Untried: true, Phase: library.CatalogueStarting}},
	{"one-moment", library.TerminalState{Connected: true, Phase: library.CatalogueFetching, Done: 130 << 20, Total: 420 << 20}},
	{"no-connection", library.TerminalState{Problem: library.ProblemUnreachable}},
}

// walk takes the steps, then shows the states.
func (g *tour) walk(ctx context.Context) error {
	if err := g.wait(ctx, time.Minute, func() bool { return g.state().Searchable }); err != nil {
		return fmt.Errorf("the catalogue did not come: %w", err)
	}
	all := steps
	if g.card != "" {
		all = append(slices.Clip(all), accountSteps...)
	}
	if g.staffCard != "" {
		all = append(slices.Clip(all), staffSteps...)
	}
	if err := g.follow(ctx, all); err != nil {
		return err
	}
	if g.card != "" {
		if err := g.requests(ctx); err != nil {
			return err
		}
	}
	for _, s := range states {
		g.pretendTo(&s.state)
		if err := g.take(ctx, s.picture); err != nil {
			return err
		}
	}
	return nil
}

// follow takes steps.
func (g *tour) follow(ctx context.Context, steps []step) error {
	for _, s := range steps {
		for _, name := range s.press {
			if err := g.press(ctx, name); err != nil {
				return err
			}
		}
		if err := g.take(ctx, s.picture); err != nil {
			return err
		}
	}
	return nil
}

// press presses a button as soon as it is there.
func (g *tour) press(ctx context.Context, name string) error {
	switch name {
	case "agree":
		for !g.shows("apply.agree") {
			if err := g.press(ctx, "apply.read_on"); err != nil {
				return err
			}
		}
		name = "apply.agree"
	case "scan":
		g.ui.doAndWait(func() { g.screens.Scanned(barcode.Code{Kind: barcode.Card, Text: g.card}) })
		return nil
	case "scan-staff":
		g.ui.doAndWait(func() { g.screens.Scanned(barcode.Code{Kind: barcode.StaffCard, Text: g.staffCard}) })
		return nil
	case "password":
		return g.pressAll(ctx, g.password)
	case "address": // another one for each size: to one address no two codes are sent at once
		if err := g.pressEither(ctx, "email.register", "email.change"); err != nil {
			return err
		}
		return g.pressAll(ctx, "mado"+filepath.Base(g.folder)[:4])
	case "arrivals":
		return g.pressEither(ctx, "home.arrivals", "home.arrivals_rankings")
	case "staff-password":
		return g.pressAll(ctx, g.staffPassword)
	}
	if number, ok := strings.CutPrefix(name, "item:"); ok {
		g.ui.doAndWait(func() { g.screens.Scanned(barcode.Code{Kind: barcode.Item, Text: number}) })
		return nil
	}
	label := g.text.T(name)
	if text, ok := strings.CutPrefix(name, "="); ok {
		label = text
	}
	if code, ok := strings.CutPrefix(name, "ndc:"); ok {
		label, _ = ndc.Label(code, g.text.Lang())
	}
	beginning, begins := strings.CutPrefix(name, "^")
	var target *widget.Button
	err := g.wait(ctx, 10*time.Second, func() bool {
		for _, e := range g.look().Elements {
			named := begins && strings.HasPrefix(e.Text, beginning) || e.Text == label || e.Text == "← "+label || e.Text == "▼ "+label
			if e.Button && (named || name == "first" && e.Target.IsRow()) {
				target = e.Target
				return true
			}
		}
		return false
	})
	if err != nil {
		return fmt.Errorf("there is no button %q (%s) on the screen: %w", label, name, err)
	}
	g.ui.doAndWait(target.Press)
	switch name {
	case "=English":
		g.text, err = wording.For("en")
	case "frame.end":
		g.text, err = wording.For("ja")
	}
	return err
}

// pressAll presses the keys of a text, one after the other.
func (g *tour) pressAll(ctx context.Context, text string) error {
	for _, r := range text {
		if err := g.press(ctx, "="+string(r)); err != nil {
			return err
		}
	}
	return nil
}

// pressEither presses whichever of two buttons comes.
func (g *tour) pressEither(ctx context.Context, one, other string) error {
	if err := g.wait(ctx, 10*time.Second, func() bool { return g.shows(one) || g.shows(other) }); err != nil {
		return fmt.Errorf("there is neither a button %s nor one %s on the screen: %w", one, other, err)
	}
	if g.shows(one) {
		return g.press(ctx, one)
	}
	return g.press(ctx, other)
}

// shows reports whether a button is on the screen.
func (g *tour) shows(name string) bool {
	return slices.ContainsFunc(g.look().Elements, func(e widget.Element) bool { return e.Button && e.Text == g.text.T(name) })
}

// take leaves a picture of the screen once everything on it has come.
func (g *tour) take(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	err := g.wait(ctx, 10*time.Second, func() (settled bool) {
		g.ui.doAndWait(func() { settled = g.screens.Settled() })
		return settled
	})
	if err != nil {
		return err
	}
	for range wakeFrames + 1 { // each has its turn after a frame, however long that takes to paint
		g.ui.doAndWait(func() {})
	}
	g.taken++
	return screenshot(ctx, filepath.Join(g.folder, fmt.Sprintf("%02d-%s.png", g.taken, name)))
}

// screenshot leaves a picture of the display. It is taken from the X server, since
// that is what a person sees; reading it back from GL shows nothing in software.
func screenshot(ctx context.Context, path string) error {
	const shown = 250 * time.Millisecond // what is painted reaches the display far sooner
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(shown):
	}
	out, err := exec.CommandContext(ctx, "scrot", "--overwrite", path).CombinedOutput()
	if err != nil {
		return fmt.Errorf("taking a picture failed; is the Debian package scrot installed? %w: %s", err, out)
	}
	return nil
}

// wait asks until something is true.
func (g *tour) wait(ctx context.Context, atMost time.Duration, until func() bool) error {
	ctx, done := context.WithTimeout(ctx, atMost)
	defer done()
	for !until() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}
