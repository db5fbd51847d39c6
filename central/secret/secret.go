// Package secret keeps passwords from being read out of the database: it hashes
// them slowly, over a pepper that lies in a file outside of the database, and makes
// keys of what must be found again but not read. It knows no patron and no table.
package secret

import (
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
)

// PepperSize is the length of a pepper, in bytes.
const PepperSize = 32

// Cost is what one hash costs. It is part of each hash, so that it can be changed:
// old hashes go on being checked at their own cost.
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// DefaultCost takes some tenths of a second and 64 MiB.
func DefaultCost() Cost { return Cost{Memory: 64 << 10, Passes: 3, Threads: 1} }

// The most that a cost may be: a hash that asks for more is damaged.
const (
	maxMemory  = 1 << 20 // KiB
	maxPasses  = 64
	maxThreads = 16
)

// Validate says what is wrong with a cost.
func (c Cost) Validate() error {
	if c.Memory < 8*uint32(c.Threads) || c.Memory > maxMemory || c.Passes < 1 || c.Passes > maxPasses || c.Threads < 1 || c.Threads > maxThreads {
		return fmt.Errorf("a password's hash cannot cost %d KiB, %d passes and %d threads", c.Memory, c.Passes, c.Threads)
	}
	return nil
}

// ErrDamaged says that a text is none of Hash.
var ErrDamaged = errors.New("a stored password hash cannot be read; set the password anew")

// Hasher hashes and checks passwords, as many at once as there are processors.
type Hasher struct {
	pepper []byte
	naming []byte // the key of Name
	sealer cipher.AEAD
	cost   Cost
	turns  chan struct{}
	none   encoded // of no password at all
}

// New returns a hasher with a pepper of PepperSize bytes.
func New(pepper []byte, cost Cost) (*Hasher, error) {
	if len(pepper) != PepperSize {
		return nil, fmt.Errorf("a pepper has %d bytes, not %d", PepperSize, len(pepper))
	}
	if err := cost.Validate(); err != nil {
		return nil, err
	}
	naming, err := hkdf.Key(sha256.New, pepper, nil, "madoguchi: names", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	sealer, err := sealer(pepper)
	if err != nil {
		return nil, err
	}
	h := &Hasher{
		pepper: pepper, naming: naming, sealer: sealer, cost: cost,
		turns: make(chan struct{}, max(1, runtime.GOMAXPROCS(0))),
		none:  encoded{cost: cost, salt: make([]byte, saltSize), sum: make([]byte, sumSize)},
	}
	rand.Read(h.none.salt)
	rand.Read(h.none.sum)
	return h, nil
}

// Hash returns the text to keep of a password. It waits for its turn, or for the
// context to end.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	e := encoded{cost: h.cost, salt: make([]byte, saltSize)}
	rand.Read(e.salt)
	var err error
	e.sum, err = h.sum(ctx, e, password)
	return e.String(), err
}

// Verify reports whether a password is the one that a text of Hash was made of. An
// empty text takes the same time and is of no password; so is a damaged one, which
// is ErrDamaged. It waits for its turn, or for the context to end.
func (h *Hasher) Verify(ctx context.Context, text, password string) (bool, error) {
	e, damaged := h.none, error(nil)
	if text != "" {
		if e, damaged = parse(text); damaged != nil {
			e = h.none
		}
	}
	sum, err := h.sum(ctx, e, password)
	if err != nil {
		return false, err
	}
	same := subtle.ConstantTimeCompare(sum, e.sum) == 1
	return same && text != "" && damaged == nil, damaged
}

// Outdated reports whether a text was made at another cost than this hasher's.
func (h *Hasher) Outdated(text string) bool {
	e, err := parse(text)
	return err != nil || e.cost != h.cost
}

func (h *Hasher) sum(ctx context.Context, e encoded, password string) ([]byte, error) {
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return stretch(mac(h.pepper, password), e.salt, e.cost, sumSize), nil
}

// Name returns 32 bytes, in hex, by which a thing can be found again and counted but
// not read: without the pepper nobody can tell what it was. kind keeps things apart
// that read the same.
func (h *Hasher) Name(kind, thing string) string {
	return hex.EncodeToString(mac(h.naming, kind+"\x00"+thing))
}

func mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}
