package protocol

import (
	"context"
	"net/http"
	"net/url"

	"madoguchi/library"
)

// Apply asks for a new password for whom the application names. For the key see
// Renew. Whatever of it did not match is library.ErrApplication; it counts as a
// failed login with the card.
func (c *Client) Apply(ctx context.Context, key string, a library.Application) error {
	return c.tell(ctx, call{method: http.MethodPost, path: "/v1/password-applications", key: key, body: a})
}

// ChangePassword sets another password of the session's patron. For the key see
// Renew.
func (c *Client) ChangePassword(ctx context.Context, token, key string, change PasswordChange) error {
	return c.tell(ctx, call{method: http.MethodPut, path: "/v1/me/password", session: token, key: key, body: change})
}

const emailPath = "/v1/me/email"

// Email returns what the session's patron may know of the own address.
func (c *Client) Email(ctx context.Context, token string) (library.EmailStatus, error) {
	return send[library.EmailStatus](ctx, c, call{method: http.MethodGet, path: emailPath, session: token})
}

// SetEmail registers an address of the session's patron. For the key see Renew.
func (c *Client) SetEmail(ctx context.Context, token, key string, change EmailChange) (library.EmailStatus, error) {
	return send[library.EmailStatus](ctx, c, call{method: http.MethodPut, path: emailPath, session: token, key: key, body: change})
}

// DeleteEmail takes the address of the session's patron out of the register. Of holds of
// which mails were to tell the patron is told in another way, "" where the rules choose. For
// the key see Renew.
func (c *Client) DeleteEmail(ctx context.Context, token, key string, contact library.Contact) (library.EmailStatus, error) {
	path := emailPath
	if contact != "" {
		path += "?contact=" + url.QueryEscape(string(contact))
	}
	return send[library.EmailStatus](ctx, c, call{method: http.MethodDelete, path: path, session: token, key: key})
}

// ConfirmEmail enters the code of a confirmation mail, or asks for another mail. For
// the key see Renew.
func (c *Client) ConfirmEmail(ctx context.Context, token, key string, code EmailCode) (library.EmailStatus, error) {
	return send[library.EmailStatus](ctx, c, call{method: http.MethodPost, path: emailPath + "/confirmation", session: token, key: key, body: code})
}

// CounterPatron returns what staff see of the patron with a card, as staff.
func (c *Client) CounterPatron(ctx context.Context, token, card string) (library.CounterPatron, error) {
	return send[library.CounterPatron](ctx, c, call{method: http.MethodPost, path: "/v1/staff/patrons", session: token, body: CardOf{Card: card}})
}

// IssueTemporary issues a temporary password, as staff. For the key see Renew.
func (c *Client) IssueTemporary(ctx context.Context, token, key string, body TemporaryPassword) (library.TemporaryPassword, error) {
	return send[library.TemporaryPassword](ctx, c, call{method: http.MethodPost, path: "/v1/staff/temporary-passwords", session: token, key: key, body: body})
}

// Unlock lets a card be tried again that is locked after too many failed logins, as
// staff. For the key see Renew.
func (c *Client) Unlock(ctx context.Context, token, key, card string) error {
	return c.tell(ctx, call{method: http.MethodPost, path: "/v1/staff/unlocks", session: token, key: key, body: CardOf{Card: card}})
}

// MachineAction has written down what staff are about to do with the terminal, as
// staff. For the key see Renew.
func (c *Client) MachineAction(ctx context.Context, token, key, action string) error {
	return c.tell(ctx, call{method: http.MethodPost, path: "/v1/staff/machine-actions", session: token, key: key, body: MachineAction{Action: action}})
}
