package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"madoguchi/central/db"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

// BenchmarkFollowers has terminals follow the changes of one central process on SQLite
// as a real one does: a question waits at the server, then a pause of a second or so.
// It prints what idle terminals cost, and how long after its commit a change is known
// to them. MADOGUCHI_TERMINALS says how many terminals, several numbers parted by spaces.
func BenchmarkFollowers(b *testing.B) {
	for _, text := range strings.Fields(cmp.Or(os.Getenv("MADOGUCHI_TERMINALS"), "1000")) {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				measureFollowers(b, n)
			}
		})
	}
}

const (
	followerPoll  = 10 * time.Second // as sync.Config's
	followerPause = time.Second      // as sync's
	idleFor       = 30 * time.Second
	changesMade   = 15
)

func measureFollowers(b *testing.B, terminals int) {
	data := b.TempDir()
	central := filepath.Join(data, "central-program")
	if out, err := exec.Command("go", "build", "-o", central, ".").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	a := &app{ctx: b.Context(), stdout: os.Stderr, stderr: os.Stderr}
	var err error
	if a.settings, err = (settingsFlags{Data: data}).settings(); err != nil {
		b.Fatal(err)
	}
	s, err := a.open()
	if err != nil {
		b.Fatal(err)
	}
	defer s.db.Close()
	if err := s.catalogue.PutBranch(b.Context(), library.Branch{Code: "chuo", Name: "中央図書館"}); err != nil {
		b.Fatal(err)
	}
	secrets, err := manyTerminals(b.Context(), s.db, terminals)
	if err != nil {
		b.Fatal(err)
	}

	on := freePort(b)
	serve := exec.Command(central, "--data", data, "serve", "--listen", on)
	if err := serve.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		serve.Process.Signal(syscall.SIGTERM)
		serve.Wait()
	}()
	for range 200 {
		if c, err := net.Dial("tcp", on); err == nil {
			c.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}

	log, err := s.catalogue.Log(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	f := &followers{epoch: log.Epoch, committed: map[int64]time.Time{}}
	f.newest.Store(log.Number)
	ctx, stop := context.WithCancel(b.Context())
	var all sync.WaitGroup
	for _, secret := range secrets {
		all.Go(func() {
			if err := f.follow(ctx, "https://"+on, secret); err != nil && ctx.Err() == nil {
				b.Error(err)
			}
		})
	}
	defer all.Wait()
	defer stop()

	for f.connected.Load() < int64(terminals) && !b.Failed() {
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(followerPoll) // until they are spread as they stay
	asked, cpu := f.asked.Load(), cpuOf(serve.Process.Pid)
	time.Sleep(idleFor)
	perSecond := float64(f.asked.Load()-asked) / idleFor.Seconds()
	idle := (cpuOf(serve.Process.Pid) - cpu).Seconds() / idleFor.Seconds() * 100

	for n := range changesMade {
		_, err := s.catalogue.Put(b.Context(), library.Record{Bib: library.Bib{ID: library.BibID(fmt.Sprint("n", n)), Kind: library.Book, Title: "こころ"}})
		if err != nil {
			b.Fatal(err)
		}
		log, err := s.catalogue.Log(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		f.change(log.Number)
		time.Sleep(time.Duration(2000+rand.IntN(1500)) * time.Millisecond)
	}
	for wait := 0; f.late() > 0 && wait < 100; wait++ {
		time.Sleep(100 * time.Millisecond)
	}
	delays := f.delays(terminals)
	if len(delays) != changesMade*terminals {
		b.Errorf("%d of %d sights of a change", len(delays), changesMade*terminals)
		return
	}
	slices.Sort(delays)
	figure := func(name string, value float64, unit string) {
		fmt.Printf("%s_%d %.4g %s\n", name, terminals, value, unit)
	}
	figure("change_known_p50", delays[len(delays)/2].Seconds(), "s")
	figure("change_known_p99", delays[len(delays)*99/100].Seconds(), "s")
	figure("change_known_max", delays[len(delays)-1].Seconds(), "s")
	figure("followers_requests", perSecond, "1/s")
	figure("followers_idle_cpu", idle, "%")
	figure("followers_memory", residentOf(serve.Process.Pid), "MB")
}

// followers are terminals and what they saw.
type followers struct {
	epoch            string
	newest           atomic.Int64
	asked, connected atomic.Int64

	mu        sync.Mutex
	committed map[int64]time.Time // by the number of a change that was measured
	sights    []sight
}

// sight is that a terminal knows the changes up to a number, and of none before.
type sight struct {
	from, upto int64
	at         time.Time
}

func (f *followers) change(number int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.committed[number] = time.Now()
	f.newest.Store(number)
}

// follow is a terminal. Its answers are late by what 1,000 of them in one process
// cost beside the server: the figures are no better than the truth.
func (f *followers) follow(ctx context.Context, server, secret string) error {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	client, err := protocol.NewClient(server, secret, &http.Client{Transport: transport})
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(time.Duration(rand.Int64N(int64(followerPoll)))):
	}
	number := f.newest.Load()
	for first := true; ; first = false {
		answer, err := client.Changes(ctx, f.epoch, number, "", followerPoll)
		if err != nil {
			return err
		}
		f.asked.Add(1)
		if first {
			f.connected.Add(1)
		}
		if answer.Upto > number {
			f.mu.Lock()
			f.sights = append(f.sights, sight{number, answer.Upto, time.Now()})
			f.mu.Unlock()
			number = answer.Upto
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followerPause*3/4 + rand.N(followerPause/2)):
		}
	}
}

// delays are from each change's commit to each terminal's sight of it.
func (f *followers) delays(terminals int) []time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	delays := make([]time.Duration, 0, changesMade*terminals)
	for _, s := range f.sights {
		for number, at := range f.committed {
			if s.from < number && number <= s.upto {
				delays = append(delays, max(0, s.at.Sub(at)))
			}
		}
	}
	return delays
}

// late is how many sights are still to come.
func (f *followers) late() int {
	return changesMade*int(f.connected.Load()) - len(f.delays(int(f.connected.Load())))
}

// manyTerminals enrols terminals in one transaction and returns their secrets.
func manyTerminals(ctx context.Context, d *db.DB, n int) ([]string, error) {
	secrets := make([]string, n)
	err := d.Tx(ctx, func(tx *db.Tx) error {
		var rows [][]any
		for i := range secrets {
			secrets[i] = fmt.Sprintf("secret-of-terminal-%08d", i)
			sum := sha256.Sum256([]byte(secrets[i]))
			rows = append(rows, []any{fmt.Sprint("t", i), "chuo", "", 0, hex.EncodeToString(sum[:]), 0, 1, 0, 0})
		}
		return tx.InsertRows(ctx, `INSERT INTO terminal (id, branch_code, name, code_expires, secret_hash, created_at, enrolled_at, last_seen_at, revoked_at)`, rows, ``)
	})
	return secrets, err
}

func freePort(b *testing.B) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// cpuOf is the processor time that a process has used.
func cpuOf(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if errors.Join(err1, err2) != nil {
		return 0
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}

// residentOf is the memory of a process, in MB.
func residentOf(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kb / 1024
}
