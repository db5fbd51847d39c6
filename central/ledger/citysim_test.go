package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/library"
)

// simSize is how large a simulated city is, and how much is done there in a day.
type simSize struct {
	branches, patrons, bibs, copies int

	from  string // the first day
	days  int
	carts int // requests for holds a day, of one to four lines, or every tenth a form on paper
	// fashion is from which rank on bibs are asked for the less the further down they
	// are; all above it are asked for about as often.
	fashion float64
	loans   int // patrons a day who look at their own branch for a copy to borrow
	atOnce  int // copies that a desk takes in one transaction; 1: and the holds are looked at after each
	// everything is after how many requests everything is looked at.
	everything int
}

// simCopy is a copy where it really is, whatever the ledger believes.
type simCopy struct {
	bib, home int
	where     whereabouts
	branch    int  // of the shelf or hold shelf, or where the van goes
	patron    int  // who has it, or whose name is on the slip in it
	missing   bool // staff have told the ledger
	lentAt    int  // the branch that lent it
	due       library.Date
	withdrawn bool // so that the ledger knows it no longer
}

type whereabouts int

const (
	onItsShelf whereabouts = iota
	onHoldShelf
	inVan
	atHome // of a patron
	lost
)

// simHold is a hold as its patron knows it.
type simHold struct {
	id          library.HoldID
	bib, patron int
	receivedAt  int64
	entered     int // by which request
	at          int // in sim.active
	cancelled   bool
}

// sim is a city in which staff and patrons do what the ledger tells them, and
// nothing else connects what really is with what the ledger believes.
type sim struct {
	*city
	t     testing.TB
	ctx   context.Context
	size  simSize
	rng   *rand.Rand
	taste *rand.Zipf
	seed  uint64

	day       int
	calendars []library.Calendar
	copies    []*simCopy
	copiesOf  [][]int // by bib
	holds     map[library.HoldID]*simHold
	active    []*simHold
	mine      map[pair]*simHold // by patron and bib
	has       map[pair]bool     // what patrons have at home
	missing   []int

	// By day, what comes then.
	vans, backs map[int][]int
	visits      map[int][]pair // of copy and patron
	forms       map[int][]form

	requests   int
	everything int // the request when everything was last looked at
	seen       seen
	figures    simFigures
}

type pair struct{ a, b int }

// form is a request on paper that lies at a desk.
type form struct {
	patron, bib, pickup int
	receivedAt          time.Time
}

type simFigures struct {
	lines, held, refused, papers, collected, cancelled, changed, expired, notFound, cleared int
	renewed, notRenewed, moved                                                              int
	calls, inVain, withdrawn, ended                                                         int
	placing, slowest                                                                        time.Duration
}

func newSim(t testing.TB, d *db.DB, seed uint64, size simSize) *sim {
	s := &sim{
		city: open(t, d), t: t, ctx: t.Context(), size: size, seed: seed, rng: rand.New(rand.NewPCG(seed, 4)),
		holds: map[library.HoldID]*simHold{}, mine: map[pair]*simHold{}, has: map[pair]bool{},
		vans: map[int][]int{}, backs: map[int][]int{}, visits: map[int][]pair{}, forms: map[int][]form{},
	}
	s.policy.PickAfter = library.DefaultPolicy().PickAfter
	s.taste = rand.NewZipf(s.rng, 1.1, size.fashion, uint64(size.bibs-1))
	s.clock.set(t, size.from+" 06:00:00")
	s.fill()
	s.seen.restart(s)
	return s
}

func branchCode(n int) library.BranchCode { return library.BranchCode(fmt.Sprintf("b%02d", n)) }
func bibID(n int) library.BibID           { return library.BibID(fmt.Sprintf("bib%06d", n)) }
func copyID(n int) string                 { return fmt.Sprintf("i%06d", n) }
func cardOf(n int) string                 { return fmt.Sprintf("%08d", n) }
func patronID(n int) library.PatronID     { return library.PatronID("p" + cardOf(n)) }

// numberOf reads back what those wrote.
func (s *sim) numberOf(key string, letters int) int {
	n, err := strconv.Atoi(key[min(letters, len(key)):])
	if err != nil {
		s.fail("it names %q, which nobody made", key)
	}
	return n
}

func (s *sim) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Fatal(fmt.Sprintf("seed %d, day %d (%s), request %d: ", s.seed, s.day, s.Today(), s.requests) + fmt.Sprintf(format, args...))
}

// want fails unless an error is one of those.
func (s *sim) want(what string, err error, may ...error) bool {
	s.t.Helper()
	if err != nil && !slices.ContainsFunc(may, func(e error) bool { return errors.Is(err, e) }) {
		s.fail("%s: %v", what, err)
	}
	return err == nil
}

func (s *sim) chance(percent int) bool { return s.rng.IntN(100) < percent }
func (s *sim) homeBranch(patron int) int {
	return patron % s.size.branches
}

func (s *sim) isOpen(branch int) bool {
	_, is := s.calendars[branch].On(s.Today())
	return is
}

// did ends a request.
func (s *sim) did() {
	s.requests++
	s.clock.tick(time.Second)
	if s.size.atOnce == 1 {
		s.look()
	}
}

// timed runs a patron's request alone, as it comes over the wire.
func (s *sim) timed(do func()) time.Duration {
	began := time.Now()
	do()
	took := time.Since(began)
	s.figures.slowest = max(s.figures.slowest, took)
	return took
}

// desk has copies scanned at a desk, some in one transaction. do says what becomes of
// a copy when that is committed.
func (s *sim) desk(copies []int, do func(tx *db.Tx, n int) (done func(), err error)) {
	for some := range slices.Chunk(copies, s.size.atOnce) {
		var done []func()
		err := s.db.Locked(s.ctx, nil, func(tx *db.Tx) error {
			done = done[:0]
			for _, n := range some {
				f, err := do(tx, n)
				if err != nil {
					return fmt.Errorf("copy %s: %w", copyID(n), err)
				}
				done = append(done, f)
			}
			return nil
		})
		s.want("at the desk", err)
		s.want("number the changes", s.db.Assign(s.ctx))
		for _, f := range done {
			f()
			s.did()
		}
	}
}

// obey puts a copy that lies at a branch where the ledger says.
func (s *sim) obey(n int, r library.Returned, at int) {
	x := s.copies[n]
	if x.where == atHome {
		delete(s.has, pair{x.patron, x.bib})
	}
	x.branch, x.missing = at, false
	switch r.State {
	case library.OnShelf:
		if x.where = onItsShelf; at != x.home {
			s.fail("copy %d of branch %d goes on a shelf of branch %d", n, x.home, at)
		}
	case library.OnHoldShelf:
		x.where, x.patron = onHoldShelf, s.numberOf(r.HoldFor, 0)
		if s.chance(92) { // some come too late, and some never
			day := s.day + 1 + s.rng.IntN(11)
			s.visits[day] = append(s.visits[day], pair{n, x.patron})
		}
	case library.InTransit:
		x.where, x.branch = inVan, s.numberOf(string(r.To), 1)
		if x.branch == at {
			s.fail("copy %d is sent from branch %d to where it is", n, at)
		}
		day := s.day + 1 + s.rng.IntN(2)
		s.vans[day] = append(s.vans[day], n)
	default:
		s.fail("copy %d at branch %d: %+v", n, at, r)
	}
}

// arrive has copies scanned that lie at branches and that nobody had.
func (s *sim) arrive(at func(int) int, copies []int) {
	s.desk(copies, func(tx *db.Tx, n int) (func(), error) {
		r, err := s.ArriveTx(s.ctx, tx, copyID(n), branchCode(at(n)))
		return func() { s.obey(n, r, at(n)) }, err
	})
}

// live is a day.
func (s *sim) live() {
	s.morning()
	s.unload()
	for at := range s.size.branches {
		if s.isOpen(at) {
			s.fetch(at)
			s.clear(at)
			s.call(at)
			s.endLost(at)
		}
	}
	s.giveBack()
	s.collect()
	s.enterForms()
	for range s.size.carts {
		s.cart()
		if s.chance(8) {
			s.cancel()
		}
		if s.chance(8) {
			s.change()
		}
	}
	for range s.size.loans {
		s.borrow()
		s.renew()
	}
	s.findAndLose()
	s.withdraw()
	s.look()
	s.lookAtDueDates()
	s.day++
}

// morning is before anybody comes.
func (s *sim) morning() {
	y := s.Today().Add(1)
	if s.day == 0 {
		y = s.Today()
	}
	s.clock.set(s.t, y.String()+" 06:00:00")
	if s.day%7 == 3 && s.size.carts > 0 {
		s.buy()
	}
	if s.day%11 == 5 {
		s.closeSuddenly()
	}
	moved, err := s.MoveDueDates(s.ctx)
	s.want("move due dates", err)
	s.figures.moved += moved
	s.lookAtDueDates()
	n, err := s.ExpireHolds(s.ctx, nil)
	s.want("expire", err)
	s.figures.expired += n
	s.did()
	s.look()
}

// today takes what comes today and is at an open branch; the rest comes tomorrow.
func today[T any](s *sim, days map[int][]T, branch func(T) int) (now []T) {
	for _, x := range days[s.day] {
		if b := branch(x); b >= 0 && !s.isOpen(b) {
			days[s.day+1] = append(days[s.day+1], x)
			continue
		}
		now = append(now, x)
	}
	delete(days, s.day)
	return now
}

// unload is what vans have brought to branches that are open.
func (s *sim) unload() {
	at := func(n int) int { return s.copies[n].branch }
	s.arrive(at, today(s, s.vans, at))
}

// fetch goes along the pick list of a branch.
func (s *sim) fetch(at int) {
	list, err := s.PickList(s.ctx, branchCode(at))
	s.want("pick list", err)
	var found, not []int
	for _, p := range list {
		n := s.numberOf(string(p.ItemID), 1)
		x := s.copies[n]
		if !p.FromHoldShelf && s.chance(2) {
			x.where = lost
		}
		switch {
		case x.where == lost:
			not = append(not, n)
		case x.branch != at || p.FromHoldShelf != (x.where == onHoldShelf) || x.where != onHoldShelf && x.where != onItsShelf:
			s.fail("branch %d is to fetch copy %d, which is %+v", at, n, *x)
		default:
			found = append(found, n)
		}
	}
	s.arrive(func(int) int { return at }, found)
	s.desk(not, func(tx *db.Tx, n int) (func(), error) {
		_, err := s.NotFoundTx(s.ctx, tx, copyID(n))
		return func() {
			s.copies[n].missing = true
			s.missing = append(s.missing, n)
			s.seen.missed(s, n)
			s.figures.notFound++
		}, err
	})
}

// clear takes off the hold shelf what nobody comes for.
func (s *sim) clear(at int) {
	list, err := s.ClearList(s.ctx, branchCode(at))
	s.want("clear list", err)
	var copies []int
	for _, p := range list {
		n := s.numberOf(string(p.ItemID), 1)
		if x := s.copies[n]; x.where != onHoldShelf || x.branch != at || p.To != branchCode(x.home) {
			s.fail("branch %d is to clear copy %d, which is %+v: %+v", at, n, *x, p)
		}
		copies = append(copies, n)
	}
	s.figures.cleared += len(copies)
	s.arrive(func(int) int { return at }, copies)
}

// call telephones those of a branch who are to be told, of whom a third do not answer.
func (s *sim) call(at int) {
	calls, err := s.Calls(s.ctx, branchCode(at))
	s.want("calls", err)
	for _, c := range calls {
		s.want("note a call", s.db.Locked(s.ctx, nil, func(tx *db.Tx) (err error) {
			if s.chance(33) {
				s.figures.inVain++
				_, _, err = s.NoAnswerTx(s.ctx, tx, c.Card, c.Branch, nil)
				return err
			}
			s.figures.calls++
			_, _, err = s.ToldTx(s.ctx, tx, c.Card, c.Branch, nil, library.Date{})
			return err
		}))
		s.want("number the changes", s.db.Assign(s.ctx))
		s.did()
	}
}

// endLost ends the holds for which no copy is left.
func (s *sim) endLost(at int) {
	var lost []library.LostHold
	s.want("holds without copies", s.db.View(s.ctx, func(tx *db.Tx) (err error) {
		lost, err = s.WithoutCopiesTx(s.ctx, tx, branchCode(at))
		return err
	}))
	for _, l := range lost {
		h := s.mine[pair{s.numberOf(l.Card, 0), s.numberOf(string(l.BibID), 3)}]
		if h == nil || slices.ContainsFunc(s.copiesOf[h.bib], func(n int) bool { return !s.copies[n].missing }) {
			s.fail("%+v is said to have no copies left", l)
		}
		s.want("end a hold", s.db.Locked(s.ctx, nil, func(tx *db.Tx) error {
			_, err := s.EndHoldTx(s.ctx, tx, l.Card, l.BibID, library.EndNoCopies)
			return err
		}))
		s.want("number the changes", s.db.Assign(s.ctx))
		s.forget(h)
		s.figures.ended++
		s.did()
	}
}

func (s *sim) giveBack() {
	at := map[int]int{}
	for _, n := range s.backs[s.day] {
		if at[n] = s.homeBranch(s.copies[n].patron); s.chance(20) {
			at[n] = s.rng.IntN(s.size.branches)
		}
	}
	copies := today(s, s.backs, func(n int) int { return at[n] })
	s.desk(copies, func(tx *db.Tx, n int) (func(), error) {
		r, err := s.ReturnTx(s.ctx, tx, copyID(n), branchCode(at[n]))
		return func() { s.obey(n, r, at[n]) }, err
	})
}

// takeHome is a copy that was lent where it stood.
func (s *sim) takeHome(n, patron int, loan library.Loan) {
	x := s.copies[n]
	x.where, x.patron, x.lentAt, x.due = atHome, patron, x.branch, loan.DueOn
	if loan.Branch != branchCode(x.branch) || loan.DueOn.Before(s.Today().Add(14)) {
		s.fail("branch %d lent copy %d as %+v", x.branch, n, loan)
	}
	s.has[pair{patron, x.bib}] = true
	if h := s.mine[pair{patron, x.bib}]; h != nil {
		s.forget(h)
		s.figures.collected++
	}
	day := s.day + 2 + s.rng.IntN(18) // most in time, some late
	s.backs[day] = append(s.backs[day], n)
}

// collect is patrons who were told that their holds are ready.
func (s *sim) collect() {
	var copies []int
	for _, v := range today(s, s.visits, func(v pair) int { return s.copies[v.a].branch }) {
		x := s.copies[v.a]
		mine := s.mine[pair{v.b, x.bib}]
		if x.where == onHoldShelf && x.patron == v.b && mine != nil && s.seen.keeps(mine.id, v.a) {
			copies = append(copies, v.a)
		}
	}
	s.desk(copies, func(tx *db.Tx, n int) (func(), error) {
		patron := s.copies[n].patron
		loan, _, err := s.CheckoutTx(s.ctx, tx, cardOf(patron), copyID(n), branchCode(s.copies[n].branch))
		return func() { s.takeHome(n, patron, loan) }, err
	})
}
