package protocol

import (
	"context"
	"net/http"
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

// Calls lists whom staff of a branch are to telephone.
func (c *Client) Calls(ctx context.Context, token string, body CallsOf) (Calls, error) {
	return send[Calls](ctx, c, call{method: http.MethodPost, path: "/v1/desk/calls", session: token, body: body})
}

// Told notes a call, as staff. For the key see Renew.
func (c *Client) Told(ctx context.Context, token, key string, body Told) (CallOutcomes, error) {
	return send[CallOutcomes](ctx, c, call{method: http.MethodPost, path: "/v1/desk/told", session: token, key: key, body: body})
}

// PaperHolds enters holds from a paper form, as staff. For the key see Renew.
func (c *Client) PaperHolds(ctx context.Context, token, key string, body PaperHolds) (HoldAnswers, error) {
	return send[HoldAnswers](ctx, c, call{method: http.MethodPost, path: "/v1/desk/paper-holds", session: token, key: key, body: body})
}

// Arrive notes that an item arrived at a branch, as staff. For the key see Renew.
func (c *Client) Arrive(ctx context.Context, token, key string, body Return) (Returned, error) {
	return send[Returned](ctx, c, call{method: http.MethodPost, path: "/v1/desk/arrivals", session: token, key: key, body: body})
}
