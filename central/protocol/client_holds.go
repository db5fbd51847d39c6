package protocol

import (
	"context"
	"net/http"
	"net/url"

	"madoguchi/library"
)

// Holds returns the holds of the session's patron.
func (c *Client) Holds(ctx context.Context, token string) (library.PatronHolds, error) {
	return send[library.PatronHolds](ctx, c, call{method: http.MethodGet, path: "/v1/me/holds", session: token})
}

// PlaceHolds asks for holds and returns what became of each line. For the key see
// Renew.
func (c *Client) PlaceHolds(ctx context.Context, token, key string, req library.HoldRequest) ([]library.HoldAnswer, error) {
	a, err := send[HoldAnswers](ctx, c, call{method: http.MethodPost, path: "/v1/me/holds", session: token, key: key, body: req})
	return a.Lines, err
}

// ChangeHold changes where and how a hold of the session's patron is handed over,
// and returns it as it stands then. For the key see Renew.
func (c *Client) ChangeHold(ctx context.Context, token, key string, hold library.HoldID, change HoldChange) (library.PatronHold, error) {
	return send[library.PatronHold](ctx, c, call{method: http.MethodPatch, path: holdPath(hold), session: token, key: key, body: change})
}

// CancelHold cancels a hold of the session's patron and returns it as it stands
// then. For the key see Renew.
func (c *Client) CancelHold(ctx context.Context, token, key string, hold library.HoldID) (library.PatronHold, error) {
	return send[library.PatronHold](ctx, c, call{method: http.MethodDelete, path: holdPath(hold), session: token, key: key})
}

func holdPath(hold library.HoldID) string { return "/v1/me/holds/" + url.PathEscape(string(hold)) }
