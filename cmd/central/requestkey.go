package main

import (
	"madoguchi/central/protocol"
	"madoguchi/central/secret"
)

// requests opens the key to which terminals seal what is left while this server is
// away. It is made on first use.
func (a *app) requests() (*protocol.RequestOpener, error) {
	key, err := secret.File{Name: "request key", Size: protocol.RequestKeySize, Make: protocol.NewRequestKey}.Read(a.settings.RequestKeyFile)
	if err != nil {
		return nil, err
	}
	return protocol.NewRequestOpener(key)
}
