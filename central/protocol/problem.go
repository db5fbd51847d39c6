package protocol

// Problem is the body of every refusal: application/problem+json (RFC 9457).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Code   string `json:"code"` // stable: a library.Refusal's Code, or one of the codes below
}

func (p *Problem) Error() string {
	if p.Detail != "" {
		return p.Code + ": " + p.Detail
	}
	return p.Code
}

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
