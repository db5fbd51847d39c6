package screen

import (
	"fmt"
	"time"

	"madoguchi/library"
)

// requestSituations are those of a 仮受付, from where it begins to what became of it.
func requestSituations() []situation {
	withResults := func(name string, r Route) situation {
		return situation{name, online, func(a *App) {
			account := a.pictured().(*counter)
			account.results, account.email.State = someResults(), library.EmailBouncing
			a.account, a.back = account, []Route{{Page: PageMenu}}
			a.show(r)
		}}
	}
	detail := func(name string, r Route) situation {
		return situation{name, away, func(a *App) { a.back = []Route{{Page: PageHome}}; a.show(r) }}
	}
	holds := request{bibs: []library.BibID{"kokoro", "long"}, titles: []string{someCart()[0].Title, someCart()[1].Title}}
	inOrder := holds
	inOrder.sequence = true
	renewal := request{item: "i2", titles: []string{someCart()[1].Title}}
	left := Route{Page: PageRequested, Pickup: "nishi", Contact: library.ByMail}
	return []situation{
		requesting("request", holds, Route{}),
		requesting("request-sequence", inOrder, Route{}),
		requesting("request-chosen", holds, Route{Pickup: "nishi", Contact: library.ByPhone}),
		{"request-blocked", away, func(a *App) {
			a.blocked = true
			requesting("", holds, Route{Pickup: "nishi", Contact: library.ByPhone}).show(a)
		}},
		requesting("request-many", manyRequested(), Route{}),
		requesting("request-many-2", manyRequested(), Route{Page: PageRequest, Offset: 1}),
		requesting("request-renewal", renewal, Route{}),
		requesting("request-pickup", holds, Route{Page: PageRequestPickup}),
		requesting("request-card", holds, Route{Page: PageRequestCard}),
		typing("request-password", requesting("", holds, Route{Page: PageRequestPassword}), "12345678"),
		typing("request-not-taken", requesting("", request{card: noRoomCard, item: "i2"}, Route{Page: PageRequestPassword}), "12345678", ""),
		{"request-offer", away, func(a *App) {
			a.session.SetCart(someCart())
			a.show(Route{Page: PageCart})
			a.visit.instead(library.ErrUnreachable, a.visit.cartRequest(false))
		}},
		typing("password-away", situation{"", away, func(a *App) {
			a.cfg.LogIn = unreachable
			a.back = []Route{{Page: PageHome}}
			a.askPassword(testCard)
		}}, "12345678", ""),
		requesting("requested", holds, left),
		requesting("requested-sequence", inOrder, left),
		requesting("requested-many", manyRequested(), left),
		requesting("requested-renewal", renewal, left),
		{"requested-slip", away, func(a *App) {
			requesting("", inOrder, left).show(a)
			a.showSlip(pictureOf(a.visit.requestedSlip(a.request)))
		}},
		detail("detail-renewal", Route{Page: PageDetail, Bib: "kokoro", Barcode: "i2"}),
		detail("detail-renewal-latin", Route{Page: PageDetail, Bib: "latin", Barcode: "e1"}),
		withResults("menu-results", Route{Page: PageMenu}),
		withResults("request-results", Route{Page: PageRequestResults}),
		withResults("request-results-2", Route{Page: PageRequestResults, Offset: 1}),
		{"guide-hold", online, func(a *App) { a.show(Route{Page: PageGuide, Field: "hold"}) }},
		staffed("machine-requests", func(a *App) {
			m := a.cfg.Machine
			defer func() { a.cfg.Machine = m }()
			e := newEngine()
			e.report.Requests, e.report.RequestsSince = 12, away.LastContact
			e.report.Unreadable, e.report.TakesRequests = 2, false
			a.cfg.Machine = e
			a.open(Route{Page: PageMachine})
		}),
	}
}

// requesting is a screen of a request that was begun from the cart.
func requesting(name string, wish request, r Route) situation {
	return situation{name, away, func(a *App) {
		a.session.SetCart(someCart())
		a.back = []Route{{Page: PageCart}}
		a.startRequest(wish, r)
		if r.Page == "" {
			return
		}
		a.request.receipt, a.request.at = "K7M-4QX", testNow
		a.show(r)
	}}
}

// manyRequested are as many holds as a patron may have, some of them with long titles.
func manyRequested() request {
	r := request{sequence: true}
	for n := range 20 {
		title := fmt.Sprintf("地図と測量の歴史 第%d巻", n+1)
		if n%4 == 2 {
			title += "：" + someCart()[1].Title
		}
		r.bibs, r.titles = append(r.bibs, library.BibID(fmt.Sprint("m", n))), append(r.titles, title)
	}
	return r
}

// testNow is when the tests happen.
var testNow = time.Date(2026, time.November, 24, 14, 5, 0, 0, city().Location())

// someResults are results of all kinds.
func someResults() []library.RequestResult {
	at := testNow.Add(-26 * time.Hour)
	long := someCart()[1].Title
	return []library.RequestResult{
		{Receipt: "K7M-4QX", ReceivedAt: at, NoContact: true, Blocked: true, Lines: []library.RequestLine{
			{BibID: "kokoro", Title: "こころ"}, {BibID: "long", Title: long},
			{BibID: "n0", Title: "ことばの本 1", Refusal: library.ErrHasOnLoan.Code},
			{BibID: "n1", Refusal: library.ErrUnknownBib.Code},
		}},
		{Receipt: "3WN-9DA", ReceivedAt: at, Renewal: true, Lines: []library.RequestLine{{BibID: "long", Title: long, DueOn: testToday.Add(13)}}},
		{Receipt: "P6H-CCT", ReceivedAt: at, Renewal: true, Lines: []library.RequestLine{{BibID: "latin", Title: "The Strange Case of the Public Library That Never Closed Its Doors", Refusal: library.ErrHeldByOther.Code}}},
		{Receipt: "Y4A-7KE", ReceivedAt: at, Refusal: library.ErrLogin.Code},
		{Receipt: "M4A-7KE", ReceivedAt: at, Refusal: library.ErrUnknownBranch.Code, Lines: []library.RequestLine{{BibID: "kokoro", Title: "こころ"}, {BibID: "long", Title: long}}},
		{Receipt: "QQ3-6MD", ReceivedAt: at, Lines: []library.RequestLine{{BibID: "kokoro", Title: "こころ"}}},
		{Receipt: "HX9-A4N", ReceivedAt: at, Lines: []library.RequestLine{{BibID: "n2", Title: "ことばの本 3", Refusal: "something_new"}}},
	}
}
