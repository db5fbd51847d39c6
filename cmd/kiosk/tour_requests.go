package main

import (
	"context"
	"fmt"
	"time"

	"madoguchi/library"
)

// awaySteps leave a request as while the server is away.
var awaySteps = []step{
	{"", []string{"home.by_words", "=そ", "=れ", "=か", "=ら", "key.search", "first", "detail.to_cart", "=カート 1"}},
	{"request", []string{"=1件の予約に進む"}},
	{"request-pickup", []string{"request.go_on"}},
	{"request-card", []string{"request.go_on"}},
	{"request-password", []string{"scan", "password"}},
	{"requested", []string{"request.leave"}},
	{"", []string{"frame.end"}},
	{"detail-renewal", []string{"item:1000005122"}},
	{"request-renewal", []string{"request.renew"}},
	{"", []string{"frame.end"}},
}

// resultSteps show what became of it.
var resultSteps = []step{
	{"menu-results", []string{"scan", "password", "login.go"}},
	{"request-results", []string{"menu.requests"}},
	{"", []string{"frame.end"}},
}

// requests leaves a request and shows its result. That the server is away is only
// pretended to the screens: what they leave is handed over at once.
func (g *tour) requests(ctx context.Context) error {
	away := g.state()
	away.Connected = false
	g.pretendTo(&away)
	if err := g.follow(ctx, awaySteps); err != nil {
		return err
	}
	g.pretendTo(nil)
	if err := g.wait(ctx, time.Minute, func() bool { return g.client.State().Requests == 0 }); err != nil {
		return fmt.Errorf("the request was not handed over: %w", err)
	}
	return g.follow(ctx, resultSteps)
}

// pretendTo shows a state instead of the true one, or the true one again.
func (g *tour) pretendTo(s *library.TerminalState) {
	g.ui.doAndWait(func() {
		g.pretend = s
		g.screens.Refresh()
	})
}
