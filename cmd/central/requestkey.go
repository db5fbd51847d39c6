package main

import (
	"errors"
	"fmt"

	"madoguchi/central"
	"madoguchi/central/protocol"
	"madoguchi/central/secret"
)

// requestKey is how the key of requests is kept.
var requestKey = secret.File{Name: "request key", Size: protocol.RequestKeySize, Make: protocol.NewRequestKey}

// requests opens the key to which terminals seal what is left while this server is away.
// It is made where the database knows none, or with renew where it is missing.
func (a *app) requests(s *server, renew bool) (*protocol.RequestOpener, error) {
	path := a.settings.RequestKeyFile
	const lost = "if it is lost for good, start once with --new-request-key: what patrons left at terminals and was not handed over can then not be read"
	if err := fits(a.ctx, s.db, path, central.RequestKeyKnown); err != nil && !(renew && errors.Is(err, errMissing)) {
		return nil, fmt.Errorf("the request key file %s is missing, and terminals seal requests to it: %w; %s", path, err, lost)
	}
	key, err := requestKey.Read(path)
	if err != nil {
		return nil, err
	}
	opener, err := protocol.NewRequestOpener(key)
	if err != nil {
		return nil, err
	}
	err = central.UseRequestKey(a.ctx, s.db, opener.SiteKey(), renew)
	if errors.Is(err, central.ErrOtherRequestKey) {
		err = fmt.Errorf("the request key file %s is another than the one that terminals seal requests to: copy that from another server on the database, or put it back from your backup; %s", path, lost)
	}
	return opener, err
}
