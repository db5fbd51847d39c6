package library

import (
	"errors"
	"reflect"
	"testing"
)

func TestMayBorrow(t *testing.T) {
	today := day("2026-11-24")
	for _, c := range []struct {
		patron Patron
		want   error
	}{
		{Patron{}, nil},
		{Patron{ValidUntil: today}, nil},
		{Patron{ValidUntil: day("2026-11-23")}, ErrCardExpired},
		{Patron{Blocks: []Block{BlockOverdue}}, ErrCardBlocked},
		{Patron{Blocks: []Block{BlockStaff}}, ErrCardBlocked},
		{Patron{Blocks: []Block{BlockOverdue, BlockLostCard}}, ErrCardLost},
		{Patron{Blocks: []Block{BlockOverdue}, ValidUntil: day("2026-11-23")}, ErrCardExpired},
	} {
		if err := c.patron.MayBorrow(today); !errors.Is(err, c.want) || err == nil != (c.want == nil) {
			t.Errorf("%+v: %v, want %v", c.patron, err, c.want)
		}
	}
}

func TestAccount(t *testing.T) {
	today := day("2026-11-24")
	for _, c := range []struct {
		name   string
		patron Patron
		due    []Date
		want   Account
	}{
		{"nothing", Patron{}, nil, Account{}},
		{"due today", Patron{}, []Date{today, day("2026-11-30")}, Account{Loans: 2}},
		{"a day late", Patron{}, []Date{day("2026-11-23"), today}, Account{Loans: 2, Overdue: 1, Messages: []string{MessageOverdue}}},
		{"blocked", Patron{Blocks: []Block{BlockOverdue}}, nil, Account{Messages: []string{MessageBlockOverdue}}},
		{"expires in 31 days", Patron{ValidUntil: day("2026-12-25")}, nil, Account{ValidUntil: day("2026-12-25")}},
		{"expires in 30 days", Patron{ValidUntil: day("2026-12-24")}, nil, Account{ValidUntil: day("2026-12-24"), Messages: []string{MessageCardExpires}}},
		{"by mail", Patron{Branch: "kita", Email: "a@example.jp"}, nil, Account{HomeBranch: "kita", Contacts: []Contact{ByMail, NoNews}}},
		{"by telephone", Patron{Phones: []string{"0312345678"}}, nil, Account{Contacts: []Contact{ByPhone, NoNews}}},
		{"both", Patron{Email: "a@example.jp", Phones: []string{"0312345678"}}, nil, Account{Contacts: []Contact{ByMail, ByPhone, NoNews}}},
	} {
		c.patron.Name, c.want.Name, c.want.HoldsReady = "青木 花", "青木 花", 3
		if c.want.Contacts == nil {
			c.want.Contacts = []Contact{NoNews}
		}
		if got := c.patron.Account(c.due, 3, Reach{Mail: c.patron.Email != "", Phone: len(c.patron.Phones) > 0}, today); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}
