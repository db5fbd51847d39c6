package secret

import "golang.org/x/crypto/argon2"

// scheme begins every hash's text.
const scheme = "$argon2id$v=19$"

func stretch(input, salt []byte, c Cost, size int) []byte {
	return argon2.IDKey(input, salt, c.Passes, c.Memory, c.Threads, uint32(size))
}
