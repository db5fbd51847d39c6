package secret

import (
	"encoding/base64"
	"fmt"
	"strings"
)

const (
	saltSize = 16
	sumSize  = 32
)

// encoded is a hash with all that is needed to check it, written in the way of PHC
// strings.
type encoded struct {
	cost      Cost
	salt, sum []byte
}

var b64 = base64.RawStdEncoding.Strict()

func (e encoded) String() string {
	return fmt.Sprintf("%sm=%d,t=%d,p=%d$%s$%s", scheme, e.cost.Memory, e.cost.Passes, e.cost.Threads, b64.EncodeToString(e.salt), b64.EncodeToString(e.sum))
}

func parse(text string) (encoded, error) {
	rest, ok := strings.CutPrefix(text, scheme)
	parts := strings.Split(rest, "$")
	if !ok || len(parts) != 3 {
		return encoded{}, ErrDamaged
	}
	var e encoded
	n, err := fmt.Sscanf(parts[0], "m=%d,t=%d,p=%d", &e.cost.Memory, &e.cost.Passes, &e.cost.Threads)
	if err != nil || n != 3 || e.cost.Validate() != nil {
		return encoded{}, ErrDamaged
	}
	if e.salt, err = b64.DecodeString(parts[1]); err != nil || len(e.salt) != saltSize {
		return encoded{}, ErrDamaged
	}
	if e.sum, err = b64.DecodeString(parts[2]); err != nil || len(e.sum) != sumSize {
		return encoded{}, ErrDamaged
	}
	if e.String() != text {
		return encoded{}, ErrDamaged
	}
	return e, nil
}
