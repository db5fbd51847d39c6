package protocol

import (
	"time"

	"madoguchi/library"
)

// Problem is the body of every refusal: application/problem+json (RFC 9457).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Code   string `json:"code"` // stable: a library.Refusal's Code, or one of the codes below

	RetryAfter int `json:"retry_after,omitempty"` // seconds to wait before the next try
}

func (p *Problem) Error() string {
	if p.Detail != "" {
		return p.Code + ": " + p.Detail
	}
	return p.Code
}

// ProblemCode returns p.Code.
func (p *Problem) ProblemCode() string { return p.Code }

// TryLater is library.ErrTryLater with the time to wait.
type TryLater struct{ Wait time.Duration }

func (e *TryLater) Error() string { return library.ErrTryLater.Error() }

// Unwrap returns library.ErrTryLater.
func (e *TryLater) Unwrap() error { return library.ErrTryLater }

// RetryAfter is how long to wait before the next try.
func (e *TryLater) RetryAfter() time.Duration { return e.Wait }

// ProblemType is the media type of a Problem.
const ProblemType = "application/problem+json"

// The codes that are not a rule's refusal.
const (
	CodeBadRequest   = "bad_request"
	CodeUnauthorized = "unauthorized"
	CodeNotFound     = "not_found"
	CodeTooLarge     = "too_large"
	CodeTooMany      = "too_many_requests"
	CodeInternal     = "internal"
	CodeUnavailable  = "unavailable"
)

// Codes are all of them. A terminal has a sentence for each, and a test says so.
var Codes = []string{CodeBadRequest, CodeUnauthorized, CodeNotFound, CodeTooLarge, CodeTooMany, CodeInternal, CodeUnavailable}
