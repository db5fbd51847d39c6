package dbtest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"golang.org/x/sys/unix"
)

var errNotInstalled = errors.New("PostgreSQL 15 is not installed: install the Debian package postgresql-15 (apt-get install postgresql-15)")

// shared is the one PostgreSQL of a test binary, started when first asked for.
var shared server

type server struct {
	mu        sync.Mutex
	err       error // why it could not be started
	dir       string
	lock      *os.File
	cmd       *exec.Cmd
	exited    chan error
	databases int
}

// template is what a new database is made from.
type template string

const (
	empty    template = "template0"
	migrated template = "migrated"
)

func (s *server) newDatabase(from template) (dsn string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil && s.err == nil {
		s.err = s.start()
	}
	if s.err != nil {
		return "", s.err
	}
	s.databases++
	name := fmt.Sprintf("test%d", s.databases)
	return s.dsn(name), s.create(name, from)
}

func (s *server) create(name string, from template) error {
	admin, err := sql.Open("pgx", s.dsn("postgres"))
	if err != nil {
		return err
	}
	defer admin.Close()
	if _, err := admin.Exec("CREATE DATABASE " + name + " TEMPLATE " + string(from) + " STRATEGY FILE_COPY"); err != nil { // the quickest where nothing is synced
		return fmt.Errorf("create a test database: %w", err)
	}
	return nil
}

func (s *server) dsn(database string) string {
	return "postgres:///" + database + "?host=" + s.dir + "&user=postgres"
}

func (s *server) start() error {
	bin, err := binaries()
	if err != nil {
		return err
	}
	if s.dir, s.lock, err = newFolder(); err != nil {
		return err
	}
	// PostgreSQL refuses to run as root.
	var who *syscall.Credential
	if os.Geteuid() == 0 {
		if who, err = postgresUser(); err != nil {
			return err
		}
		if err := os.Chown(s.dir, int(who.Uid), int(who.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
	initdb.Dir, initdb.SysProcAttr = s.dir, &syscall.SysProcAttr{Credential: who}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}

	var log bytes.Buffer
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", s.dir,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
		"-c", "max_connections=200")
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.dir, &log, &log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT, Setpgid: true}
	s.exited = make(chan error, 1)
	started := make(chan error)
	go func() {
		// The death signal comes when the thread ends that started the process, so
		// that thread must live as long as this program.
		runtime.LockOSThread()
		err := s.cmd.Start()
		started <- err
		if err == nil {
			s.exited <- s.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := s.waitReady(); err != nil {
		return fmt.Errorf("%w\n%s", errors.Join(err, s.kill()), log.String())
	}
	if err := s.create(string(migrated), empty); err != nil {
		return err
	}
	return migrate(s.dsn(string(migrated)))
}

func (s *server) waitReady() error {
	conn, err := sql.Open("pgx", s.dsn("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		if err = conn.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w", err)
		case err := <-s.exited:
			s.exited <- err
			return fmt.Errorf("PostgreSQL ended at once: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *server) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil || s.cmd.Process == nil {
		return nil
	}
	return s.kill()
}

// kill ends the server without ceremony: its databases go with it.
func (s *server) kill() error {
	s.cmd.Process.Signal(syscall.SIGQUIT)
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		return fmt.Errorf("PostgreSQL (process %d) does not end", s.cmd.Process.Pid)
	}
	return errors.Join(os.RemoveAll(s.dir), s.lock.Close())
}

const folderStart = "madoguchi-pg-"

// newFolder makes a folder that is locked for as long as this process lives, and
// removes those that killed processes left: their servers died with them.
func newFolder() (dir string, lock *os.File, err error) {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), folderStart+"*"))
	if err != nil {
		return "", nil, err
	}
	for _, dir := range left {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue // perhaps not locked yet
		}
		if lock, err := lockFolder(dir); err == nil {
			os.RemoveAll(dir)
			lock.Close()
		}
	}
	if dir, err = os.MkdirTemp("", folderStart); err != nil {
		return "", nil, err
	}
	lock, err = lockFolder(dir)
	return dir, lock, err
}

func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// binaries finds the folder with initdb and postgres.
func binaries() (string, error) {
	dirs := []string{"/usr/lib/postgresql/15/bin"}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err == nil {
			return dir, nil
		}
	}
	return "", errNotInstalled
}

func postgresUser() (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no user postgres to run it as: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
