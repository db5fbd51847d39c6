package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// sealer encrypts what only a process with the pepper shall read.
func sealer(pepper []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, pepper, nil, "madoguchi: sealed", 32)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Seal encrypts what must be kept in the database for a while, but not be read from
// it.
func (h *Hasher) Seal(plain []byte) string {
	nonce := make([]byte, h.sealer.NonceSize(), h.sealer.NonceSize()+len(plain)+h.sealer.Overhead())
	rand.Read(nonce)
	return base64.RawStdEncoding.EncodeToString(h.sealer.Seal(nonce, nonce, plain, nil))
}

// Open decrypts what Seal made.
func (h *Hasher) Open(sealed string) ([]byte, error) {
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < h.sealer.NonceSize() {
		return nil, errors.New("what was sealed is damaged")
	}
	nonce, text := raw[:h.sealer.NonceSize()], raw[h.sealer.NonceSize():]
	plain, err := h.sealer.Open(nil, nonce, text, nil)
	if err != nil {
		return nil, fmt.Errorf("what was sealed is damaged, or of another pepper: %w", err)
	}
	return plain, nil
}
