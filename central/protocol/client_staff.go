package protocol

import (
	"context"
	"net/http"

	"madoguchi/library"
)

// StaffLogIn asks for a staff member's session at this terminal. LogOut ends it.
func (c *Client) StaffLogIn(ctx context.Context, name, password string) (StaffLoggedIn, error) {
	return send[StaffLoggedIn](ctx, c, call{method: http.MethodPost, path: "/v1/staff/sessions", body: StaffLogin{Name: name, Password: password}})
}

// Checkout lends an item to a card, as staff. For the key see Renew.
func (c *Client) Checkout(ctx context.Context, token, key string, body Checkout) (CheckedOut, error) {
	return send[CheckedOut](ctx, c, call{method: http.MethodPost, path: "/v1/desk/checkouts", session: token, key: key, body: body})
}

// Return takes an item back, as staff. For the key see Renew.
func (c *Client) Return(ctx context.Context, token, key string, body Return) (Returned, error) {
	return send[Returned](ctx, c, call{method: http.MethodPost, path: "/v1/desk/returns", session: token, key: key, body: body})
}

// PaperHold enters a hold from a paper form, as staff. For the key see Renew.
func (c *Client) PaperHold(ctx context.Context, token, key string, body PaperHold) (library.PatronHold, error) {
	return send[library.PatronHold](ctx, c, call{method: http.MethodPost, path: "/v1/desk/paper-holds", session: token, key: key, body: body})
}

// Arrive notes that an item arrived at a branch, as staff. For the key see Renew.
func (c *Client) Arrive(ctx context.Context, token, key string, body Return) (Returned, error) {
	return send[Returned](ctx, c, call{method: http.MethodPost, path: "/v1/desk/arrivals", session: token, key: key, body: body})
}
