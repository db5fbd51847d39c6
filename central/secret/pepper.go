package secret

import "crypto/rand"

// Pepper reads the pepper from its file, or makes both, see File.Read.
func Pepper(path string) ([]byte, error) {
	return File{Name: "pepper", Size: PepperSize, Make: func() ([]byte, error) {
		pepper := make([]byte, PepperSize)
		_, err := rand.Read(pepper)
		return pepper, err
	}}.Read(path)
}
