package library_test

import (
	"testing"
	"time"

	"madoguchi/library"
)

func TestMatches(t *testing.T) {
	right := library.Application{Card: hanako.Card, BornOn: hanako.BornOn, Phone: "0312345678"}
	with := func(change func(p *library.Patron, a *library.Application)) (library.Patron, library.Application) {
		p, a := hanako, right
		change(&p, &a)
		return p, a
	}
	for _, tt := range []struct {
		name   string
		want   bool
		change func(p *library.Patron, a *library.Application)
	}{
		{"right", true, func(p *library.Patron, a *library.Application) {}},
		{"another of the numbers", true, func(p *library.Patron, a *library.Application) { a.Phone = "09011112222" }},
		{"with hyphens", true, func(p *library.Patron, a *library.Application) { a.Phone = "03-1234-5678" }},
		{"full width", true, func(p *library.Patron, a *library.Application) { a.Phone = "０３（１２３４）５６７８" }},
		{"registered with hyphens", true, func(p *library.Patron, a *library.Application) { p.Phones = []string{"03-1234-5678"} }},
		{"another card", false, func(p *library.Patron, a *library.Application) { a.Card = "21000000012" }},
		{"no card", false, func(p *library.Patron, a *library.Application) { a.Card = "" }},
		{"another day", false, func(p *library.Patron, a *library.Application) { a.BornOn = a.BornOn.Add(1) }},
		{"no day", false, func(p *library.Patron, a *library.Application) { a.BornOn = library.Date{} }},
		{"another number", false, func(p *library.Patron, a *library.Application) { a.Phone = "0312345679" }},
		{"without the area", false, func(p *library.Patron, a *library.Application) { a.Phone = "12345678" }},
		{"no number", false, func(p *library.Patron, a *library.Application) { a.Phone = "" }},
		{"only hyphens", false, func(p *library.Patron, a *library.Application) { a.Phone = "--" }},
		// Guide: 電話番号登録をしていない方は、パスワードの申請ができません.
		{"none registered", false, func(p *library.Patron, a *library.Application) { p.Phones = nil }},
		{"none registered, none said", false, func(p *library.Patron, a *library.Application) { p.Phones, a.Phone = nil, "" }},
		{"an empty one registered", false, func(p *library.Patron, a *library.Application) { p.Phones, a.Phone = []string{""}, "" }},
		{"no birth date known", false, func(p *library.Patron, a *library.Application) { p.BornOn = library.Date{} }},
		{"none known, none said", false, func(p *library.Patron, a *library.Application) { p.BornOn, a.BornOn = library.Date{}, library.Date{} }},
		{"nobody", false, func(p *library.Patron, a *library.Application) { *p, *a = library.Patron{}, library.Application{} }},
		{"not known", false, func(p *library.Patron, a *library.Application) { p.ID = "" }},
	} {
		p, a := with(tt.change)
		if got := p.Matches(a); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestTemporaryValid(t *testing.T) {
	p := library.DefaultPolicy()
	issued := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]bool{
		0: true, time.Hour: true, 24*time.Hour - time.Millisecond: true, 24 * time.Hour: false, 25 * time.Hour: false,
	} {
		if got := p.TemporaryValid(issued, issued.Add(after)); got != want {
			t.Errorf("%v after it was issued: %v", after, got)
		}
	}
}

func TestIsTemporary(t *testing.T) {
	for text, want := range map[string]bool{
		"0123456789": true, "0000000000": true, "012345678": false, "01234567890": false, "012345678a": false, "": false,
		"０１２３４５６７８９": false, "012345678 ": false, "-123456789": false,
	} {
		if got := library.IsTemporary(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
