package library

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(minute int) time.Time { return time.Date(2026, 11, 24, 9, minute, 0, 0, time.UTC) }

func TestNext(t *testing.T) {
	a := Hold{ID: "a", State: Waiting, ReceivedAt: at(1)}
	b := Hold{ID: "b", State: Waiting, ReceivedAt: at(2)}
	paper := Hold{ID: "z", State: Waiting, ReceivedAt: at(0)}
	later := Hold{ID: "c", State: Waiting, ReceivedAt: at(0), SequenceID: "s", Place: 2}
	earlier := func(s HoldState) []Hold { return []Hold{later, {ID: "d", State: s, SequenceID: "s", Place: 1}} }
	for _, c := range []struct {
		name             string
		queue, sequences []Hold
		want             HoldID
	}{
		{"nobody", nil, nil, ""},
		{"first come", []Hold{b, a}, nil, "a"},
		{"a paper form of before", []Hold{a, b, paper}, nil, "z"},
		{"at the same time, by ID", []Hold{{ID: "f", State: Waiting}, {ID: "e", State: Waiting}}, nil, "e"},
		{"who does not wait", []Hold{{ID: "d", State: Preparing}, {ID: "e", State: Cancelled}, b}, nil, "b"},
		{"an earlier volume waits", []Hold{later, a}, earlier(Waiting), "a"},
		{"an earlier volume waits, nobody else", []Hold{later}, earlier(Waiting), ""},
		{"an earlier volume comes", []Hold{later, a}, earlier(Preparing), "a"},
		{"a copy is set aside already", []Hold{{ID: "e", ItemID: "i", State: Waiting}, b}, nil, "b"},
		{"an earlier volume is ready", []Hold{later, a}, earlier(ReadyHold), "c"},
		{"an earlier volume was cancelled", []Hold{later, a}, earlier(Cancelled), "c"},
		{"an earlier volume expired", []Hold{later, a}, earlier(Expired), "c"},
		{"another's sequence waits", []Hold{later, a}, append(earlier(ReadyHold), Hold{State: Waiting, SequenceID: "t", Place: 1}), "c"},
	} {
		got, ok := DefaultPolicy().Next(c.queue, c.sequences)
		if got.ID != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q", c.name, got.ID, c.want)
		}
	}
}

func TestMayAllot(t *testing.T) {
	second := Hold{SequenceID: "s", Place: 2, State: Waiting}
	for _, c := range []struct {
		earlier Hold
		want    string // the values of sequence_after for which the second may have a copy
	}{
		{Hold{State: Waiting}, ""},
		{Hold{State: Waiting, ItemID: "i"}, "allocated"},
		{Hold{State: Preparing, ItemID: "i"}, "allocated"},
		{Hold{State: ReadyHold, ItemID: "i"}, "allocated ready"},
		{Hold{State: Collected}, "allocated ready collected"},
		{Hold{State: Cancelled}, "allocated ready collected"},
		{Hold{State: Expired}, "allocated ready collected"},
	} {
		c.earlier.SequenceID, c.earlier.Place = "s", 1
		var may []string
		for _, after := range []string{AfterAllocated, AfterReady, AfterCollected} {
			if (Policy{SequenceAfter: after}).MayAllot(second, []Hold{second, c.earlier}) {
				may = append(may, after)
			}
		}
		if got := strings.Join(may, " "); got != c.want {
			t.Errorf("the first is %+v: the second may with %q, want %q", c.earlier, got, c.want)
		}
	}
}

func TestCopyFor(t *testing.T) {
	shelf := func(id ItemID, at BranchCode) Item { return Item{ID: id, Branch: at, Lendable: true, State: OnShelf} }
	for _, c := range []struct {
		name   string
		copies []Item
		want   ItemID
	}{
		{"none", nil, ""},
		{"here before elsewhere", []Item{shelf("a", "kita"), shelf("b", "chuo"), shelf("c", "kita")}, "b"},
		{"elsewhere", []Item{shelf("b", "kita"), shelf("a", "kita")}, "a"},
		{"not what is read here, lent, missing or on its way", []Item{
			{ID: "r", Branch: "chuo", State: OnShelf}, {ID: "l", Branch: "chuo", Lendable: true, State: OnLoan},
			{ID: "m", Branch: "chuo", Lendable: true, State: Missing}, {ID: "t", Branch: "chuo", Lendable: true, State: InTransit},
			{ID: "h", Branch: "chuo", Lendable: true, State: OnHoldShelf},
		}, ""},
	} {
		got, ok := CopyFor(c.copies, "chuo")
		if got.ID != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, want %q", c.name, got.ID, c.want)
		}
	}
}

// shelves is a library of three volumes, two copies each, at two branches, whose
// staff know nothing but the rules.
type shelves struct {
	policy Policy
	today  Date
	now    time.Time
	minute int
	holds  []Hold
	copies []Item
	lent   map[ItemID]PatronID
}

// TestRandomHistories has patrons place, cancel and collect and staff return and
// expire at random, and looks after each step for what may never be.
func TestRandomHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &shelves{policy: DefaultPolicy(), today: day("2026-11-24"), now: at(0), lent: map[ItemID]PatronID{}}
		s.policy.SequenceAfter = rapid.SampledFrom([]string{AfterReady, AfterReady, AfterAllocated, AfterCollected}).Draw(t, "sequence_after")
		s.policy.PickAfter = rapid.SampledFrom([]Seconds{600, 0}).Draw(t, "pick_after")
		s.policy.MaxHolds = 3
		for n := range 6 {
			s.copies = append(s.copies, Item{
				ID: ItemID(fmt.Sprint("i", n)), BibID: volume(n / 2), Branch: branch(n % 2), Lendable: true, State: OnShelf,
			})
		}
		t.Repeat(map[string]func(*rapid.T){
			"place":   s.place,
			"cancel":  s.cancel,
			"collect": s.collect,
			"borrow":  s.borrow,
			"return":  s.giveBack,
			"arrive":  s.arrive,
			"lose":    s.lose,
			"days":    s.days,
			"pick":    s.pick,
			"tell":    s.tell,
			"":        s.check,
		})
	})
}

func volume(n int) BibID          { return BibID(fmt.Sprint("b", n)) }
func branch(n int) BranchCode     { return []BranchCode{"chuo", "kita"}[n] }
func drawn(t *rapid.T, n int) int { return rapid.IntRange(0, n-1).Draw(t, "which") }

func (s *shelves) of(bib BibID) (items []Item) {
	for _, it := range s.copies {
		if it.BibID == bib {
			items = append(items, it)
		}
	}
	return items
}

func (s *shelves) activeOf(patron PatronID) (active []Hold) {
	for _, h := range s.holds {
		if h.PatronID == patron && h.State.Active() {
			active = append(active, h)
		}
	}
	return active
}

func (s *shelves) place(t *rapid.T) {
	patron := PatronID(fmt.Sprint("p", drawn(t, 4)))
	sequence := ""
	if rapid.Bool().Draw(t, "sequence") {
		sequence = fmt.Sprint("s", s.minute)
	}
	var loans []Loan
	for item, who := range s.lent {
		if who == patron {
			loans = append(loans, Loan{BibID: volume(int(item[1]-'0') / 2)})
		}
	}
	pickup := branch(drawn(t, 2))
	received := s.minute - rapid.SampledFrom([]int{0, 0, 0, 7}).Draw(t, "on paper before")
	for n, v := range rapid.Permutation([]int{0, 1, 2}).Draw(t, "volumes")[:1+drawn(t, 3)] {
		if s.policy.MayHold(volume(v), s.of(volume(v)), s.activeOf(patron), loans) != nil {
			continue
		}
		h := Hold{ID: HoldID(fmt.Sprintf("h%04d", len(s.holds))), BibID: volume(v), PatronID: patron, Pickup: pickup, State: Waiting, ReceivedAt: at(received)}
		if sequence != "" {
			h.SequenceID, h.Place = sequence, n+1
		}
		s.holds = append(s.holds, h)
	}
	s.minute++
	s.serve()
}

// serve gives what stands on shelves to whoever is next, until nothing can be given.
func (s *shelves) serve() {
	for again := true; again; {
		again = false
		for v := range 3 {
			h, ok := s.policy.Next(s.queue(volume(v)), s.holds)
			if !ok {
				continue
			}
			if it, ok := CopyFor(s.of(volume(v)), h.Pickup); ok {
				h, state := s.policy.SetAside(h, it.ID, s.now)
				s.set(h, it.ID, state)
				again = true
			}
		}
	}
}

func (s *shelves) queue(bib BibID) (queue []Hold) {
	for _, h := range s.holds {
		if h.BibID == bib {
			queue = append(queue, h)
		}
	}
	return queue
}

func (s *shelves) set(h Hold, item ItemID, state ItemState) {
	if i := slices.IndexFunc(s.holds, func(x Hold) bool { return x.ID == h.ID }); i >= 0 {
		s.holds[i] = h
	}
	s.copies[slices.IndexFunc(s.copies, func(x Item) bool { return x.ID == item })].State = state
}

// putDown is a copy at a desk.
func (s *shelves) putDown(it Item, at BranchCode) {
	h, ok := s.has(it.ID)
	if !ok {
		h, ok = s.policy.Next(s.queue(it.BibID), s.holds)
	}
	if ok {
		if !s.policy.MayAllot(h, s.holds) {
			panic(fmt.Sprintf("%+v gets a copy before its time", h))
		}
		h, state := h.Deliver(it.ID, at, s.today)
		s.set(h, it.ID, state)
		s.moveOn(h)
	} else if at == it.Branch {
		s.set(Hold{}, it.ID, OnShelf)
	} else {
		s.set(Hold{}, it.ID, InTransit)
	}
	s.serve()
}

func (s *shelves) has(item ItemID) (Hold, bool) {
	i := slices.IndexFunc(s.holds, func(h Hold) bool { return h.ItemID == item })
	if i < 0 {
		return Hold{}, false
	}
	return s.holds[i], true
}

func (s *shelves) cancel(t *rapid.T) {
	if len(s.holds) == 0 {
		return
	}
	i := drawn(t, len(s.holds))
	was := s.holds[i].State
	h, err := s.holds[i].Cancel(s.today)
	if (err == nil) != (was == Waiting) {
		t.Fatalf("cancel of a hold that is %s: %v", was, err)
	}
	if err == nil {
		s.release(s.holds[i], h)
		s.moveOn(h)
	}
	s.serve()
}

// release lets go of the copy of a hold that becomes another.
func (s *shelves) release(was, is Hold) {
	s.holds[slices.IndexFunc(s.holds, func(x Hold) bool { return x.ID == was.ID })] = is
	if was.ItemID == "" {
		return
	}
	s.putDown(s.copies[slices.IndexFunc(s.copies, func(x Item) bool { return x.ID == was.ItemID })], was.Pickup)
}

// moveOn gives those after a member that came, or ended, the time to be fetched with it.
func (s *shelves) moveOn(h Hold) {
	for i, x := range s.holds {
		if h.before(x) {
			s.holds[i] = s.policy.Together(x, h, s.today, Calendar{})
		}
	}
}

// pick is staff on their way along the shelves, a quarter of an hour later.
func (s *shelves) pick(t *rapid.T) {
	s.now = s.now.Add(15 * time.Minute)
	for i := range s.holds {
		s.holds[i] = s.holds[i].At(s.now)
	}
}

// tell is staff on the telephone.
func (s *shelves) tell(t *rapid.T) {
	for i, h := range s.holds {
		if h.State == ReadyHold && h.ContactedOn.IsZero() && drawn(t, 2) == 0 {
			s.holds[i] = s.policy.Told(h, s.today, Calendar{})
		}
	}
}

func (s *shelves) collect(t *rapid.T) {
	for i, h := range s.holds {
		if h.State == ReadyHold {
			s.lent[h.ItemID] = h.PatronID
			s.set(Hold{}, h.ItemID, OnLoan)
			s.holds[i].State, s.holds[i].ItemID, s.holds[i].EndedOn = Collected, "", s.today
			s.moveOn(s.holds[i])
			s.serve()
			return
		}
	}
}

// borrow is somebody without a hold, at the shelf.
func (s *shelves) borrow(t *rapid.T) {
	it := s.copies[drawn(t, len(s.copies))]
	if _, err := s.policy.Lend("l", "p9", it, Lending{}, s.today); err == nil && it.State == OnShelf {
		s.lent[it.ID] = "p9"
		s.set(Hold{}, it.ID, OnLoan)
	}
}

func (s *shelves) giveBack(t *rapid.T) {
	it := s.copies[drawn(t, len(s.copies))]
	if it.State == OnLoan {
		delete(s.lent, it.ID)
		s.putDown(it, branch(drawn(t, 2)))
	}
}

func (s *shelves) arrive(t *rapid.T) {
	if it := s.copies[drawn(t, len(s.copies))]; it.State == InTransit || it.State == Missing {
		s.putDown(it, branch(drawn(t, 2)))
	}
}

func (s *shelves) lose(t *rapid.T) {
	it := s.copies[drawn(t, len(s.copies))]
	if it.State == OnLoan {
		return
	}
	h, ok := s.has(it.ID)
	s.set(Hold{}, it.ID, Missing)
	if ok {
		waits := h.Requeue(s.today)
		s.set(waits, it.ID, Missing)
		later := LetGo(waits, s.holds)
		for _, x := range later {
			if x.State == ReadyHold {
				t.Fatalf("what is ready lets go: %+v", x)
			}
			s.holds[slices.IndexFunc(s.holds, func(y Hold) bool { return y.ID == x.ID })] = x.Requeue(s.today)
		}
		for _, x := range later {
			s.putDown(s.copies[slices.IndexFunc(s.copies, func(y Item) bool { return y.ID == x.ItemID })], x.Pickup)
		}
	}
	s.serve()
}

func (s *shelves) days(t *rapid.T) {
	n := 1 + drawn(t, 9)
	s.today, s.now = s.today.Add(n), s.now.AddDate(0, 0, n)
	s.pick(t)
	for _, h := range slices.Clone(s.holds) {
		expired, ok := h.Expire(s.today, s.holds)
		if !ok {
			continue
		}
		for _, e := range s.holds {
			if e.before(h) && (e.State == Waiting || e.State == Preparing) {
				t.Fatalf("%+v expires while %+v is on its way", h, e)
			}
		}
		s.release(h, expired)
		s.moveOn(expired)
	}
	s.serve()
}

func (s *shelves) check(t *rapid.T) {
	given, once := map[ItemID]Hold{}, map[string]bool{}
	for _, h := range s.holds {
		if !h.State.Active() {
			if h.ItemID != "" {
				t.Fatalf("an ended hold keeps a copy: %+v", h)
			}
			continue
		}
		if who := fmt.Sprint(h.PatronID, h.BibID); once[who] {
			t.Fatalf("two active holds on %s by %s", h.BibID, h.PatronID)
		} else {
			once[who] = true
		}
		if h.State != Waiting && h.ItemID == "" || h.PickAt.IsZero() == (h.State == Waiting && h.ItemID != "") {
			t.Fatalf("a hold waits, maybe with a copy that is set aside, or has one: %+v", h)
		}
		for _, e := range s.holds { // the reason for a sequence
			if e.before(h) && h.ItemID != "" && h.State != ReadyHold && !s.policy.MayAllot(h, []Hold{e}) {
				t.Fatalf("%+v has a copy before its time: %+v", h, e)
			}
		}
		if other, ok := given[h.ItemID]; ok && h.ItemID != "" {
			t.Fatalf("one copy for two holds: %+v, %+v", h, other)
		}
		given[h.ItemID] = h
	}
	for _, it := range s.copies {
		h, kept := s.has(it.ID)
		if it.State == OnHoldShelf != (kept && h.State == ReadyHold) || kept && it.State != InTransit && it.State != OnHoldShelf {
			t.Fatalf("the copy %+v is that of %+v", it, h)
		}
		if it.State != OnShelf {
			continue
		}
		// A copy stands on a shelf: nobody waits but for an earlier volume.
		for _, h := range s.queue(it.BibID) {
			if h.waitsForCopy() && s.policy.MayAllot(h, s.holds) {
				t.Fatalf("%+v waits while %s stands on its shelf", h, it.ID)
			}
		}
	}
}

// Position and Next agree with sorting everything and asking one after the other.
func TestQueueOrder(t *testing.T) {
	states := []HoldState{Waiting, Waiting, Waiting, Preparing, ReadyHold, Cancelled}
	rapid.Check(t, func(t *rapid.T) {
		var all []Hold
		for n := range rapid.IntRange(0, 12).Draw(t, "holds") {
			h := Hold{
				ID: HoldID(fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "id"), "-", n)), BibID: volume(n % 2),
				State: rapid.SampledFrom(states).Draw(t, "state"), ReceivedAt: at(rapid.IntRange(0, 3).Draw(t, "at")),
			}
			if s := rapid.IntRange(0, 2).Draw(t, "sequence"); s > 0 {
				h.SequenceID, h.Place = fmt.Sprint(s), n+1
			}
			all = append(all, h)
		}
		var queue []Hold
		for _, h := range all {
			if h.BibID == volume(0) {
				queue = append(queue, h)
			}
		}
		sorted := slices.Clone(queue)
		SortQueue(sorted)
		want, place := HoldID(""), 0
		for _, h := range sorted {
			if h.State != Waiting {
				if Position(queue, h.ID) != 0 {
					t.Fatalf("%+v has a place in the queue", h)
				}
				continue
			}
			if place++; Position(queue, h.ID) != place {
				t.Fatalf("%+v is number %d, want %d", h, Position(queue, h.ID), place)
			}
			blocked := false
			for _, e := range all {
				blocked = blocked || e.SequenceID != "" && e.SequenceID == h.SequenceID && e.Place < h.Place && (e.State == Waiting || e.State == Preparing)
			}
			if want == "" && !blocked {
				want = h.ID
			}
		}
		if got, ok := DefaultPolicy().Next(queue, all); got.ID != want || ok != (want != "") {
			t.Fatalf("next is %q, want %q", got.ID, want)
		}
	})
}
