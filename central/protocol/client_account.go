package protocol

import (
	"context"
	"net/http"
	"net/url"

	"madoguchi/library"
)

// LogIn asks for a patron's session at this terminal. It returns library.ErrLogin
// whatever of the two was wrong, a *TryLater while the card must pause, and the
// other refusals of a login only after the right password.
func (c *Client) LogIn(ctx context.Context, card, password string) (LoggedIn, error) {
	return send[LoggedIn](ctx, c, call{method: http.MethodPost, path: "/v1/sessions", body: Login{Card: card, Password: password}})
}

// LogOut ends the session of a token, a patron's or a staff member's.
func (c *Client) LogOut(ctx context.Context, token string) error {
	return c.tell(ctx, call{method: http.MethodDelete, path: "/v1/sessions/me", session: token})
}

// Account returns what the menu of the session's patron shows.
func (c *Client) Account(ctx context.Context, token string) (library.Account, error) {
	return send[library.Account](ctx, c, call{method: http.MethodGet, path: "/v1/me", session: token})
}

// Loans returns the loans of the session's patron.
func (c *Client) Loans(ctx context.Context, token string) (library.PatronLoans, error) {
	return send[library.PatronLoans](ctx, c, call{method: http.MethodGet, path: "/v1/me/loans", session: token})
}

// Renew renews a loan of the session's patron and returns it as it stands then. The
// key is a UUID made before the first try; with the same key it may be asked again
// as often as needed, and happens once.
func (c *Client) Renew(ctx context.Context, token, key string, loan library.LoanID) (library.PatronLoan, error) {
	return send[library.PatronLoan](ctx, c, call{method: http.MethodPost, path: "/v1/me/loans/" + url.PathEscape(string(loan)) + "/renewal", session: token, key: key})
}
