package screen

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"madoguchi/central/protocol"
	"madoguchi/kiosk/session"
	"madoguchi/library"
)

// Every refusal and every other code of the wire has a sentence of its own in every
// language, wherever a patron or staff can meet it.
func TestEveryRefusalIsASentence(t *testing.T) {
	a := newTestApp(t, sizes[0])
	for _, l := range library.Languages {
		a.prefer(func(p *session.Preferences) { p.Language = l.Code })
		v := a.visit
		asks := v.t("problem.other")
		judge := func(code, said string) {
			t.Helper()
			if said == asks || strings.Contains(said, "."+code) || strings.ContainsAny(said, "_%") || utf8.RuneCountInString(said) < 8 {
				t.Errorf("%s: %s is worded %q: write refusal.%[2]s in assets/wording/%[1]s.json", l.Code, code, said)
			}
		}
		for _, r := range library.Refusals {
			judge(r.Code, v.refusal(fmt.Errorf("renew: %w", r)))
			judge(r.Code, v.staffRefusal(r))
			judge(r.Code, v.cardRefusal(r.Code))
			judge(r.Code, v.requestRefusal(r.Code))
		}
		for _, code := range protocol.Codes {
			judge(code, v.refusal(fmt.Errorf("renew: %w", &protocol.Problem{Status: 400, Code: code})))
		}
	}
}

// A newer server may refuse with a code that this terminal does not know: it says whom
// to ask, and shows no code.
func TestUnknownRefusalIsASentence(t *testing.T) {
	const code = "of_a_newer_server"
	a := newTestApp(t, sizes[0])
	for _, l := range library.Languages {
		a.prefer(func(p *session.Preferences) { p.Language = l.Code })
		v := a.visit
		asks := v.t("problem.other")
		if asks == "problem.other" {
			t.Fatalf("%s: there is no wording for what is not known", l.Code)
		}
		for where, said := range map[string]string{
			"a refusal":          v.refusal(&library.Refusal{Code: code}),
			"a problem":          v.refusal(&protocol.Problem{Status: 409, Code: code}),
			"any other error":    v.refusal(fmt.Errorf("a broken answer")),
			"a staff's problem":  v.staffRefusal(&protocol.Problem{Status: 409, Code: code}),
			"a card":             v.cardRefusal(code),
			"a line that failed": v.worded("refusal." + code),
		} {
			if said != asks {
				t.Errorf("%s: %s: %q", l.Code, where, said)
			}
		}
		if said := v.requestRefusal(code); said != v.t("problem.ask") {
			t.Errorf("%s: a request's result: %q", l.Code, said)
		}
	}
}

// Where a screen shows the code of a refusal that came as part of an answer, a code that
// it does not know becomes a sentence, too.
func TestUnknownRefusalsOnScreens(t *testing.T) {
	const code = "of_a_newer_server"
	a := newTestApp(t, sizes[0])
	a.counter.loans[1].Refusal = code
	a.counter.holds[0].State = code
	logIn(t, a)
	for _, r := range []Route{{Page: PageLoans}, {Page: PageHolds}, {Page: PageHeld}} {
		a.answers = []library.HoldAnswer{{BibID: "kokoro", Refusal: code}}
		a.show(r)
		a.settle()
		if a.shows(code) {
			t.Errorf("%s shows the code", r.Page)
		}
		if r.Page == PageHeld {
			a.see(t, "うまくいきませんでした")
		} else {
			a.see(t, "カウンターでおたずねください")
		}
	}
}
