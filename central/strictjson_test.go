package central

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"madoguchi/central/protocol"
)

type strictBody struct {
	Card  string            `json:"card"`
	Lines []struct{ N int } `json:"lines"`
	Of    struct {
		Card string `json:"card"`
	} `json:"of"`
}

func TestBodiesAreReadStrictly(t *testing.T) {
	for body, ok := range map[string]bool{
		`{}`: true, `{"card":"1"}`: true, `{"card":"1","of":{"card":"2"}}`: true, ` {"lines":[{},{}],"card":"card"} `: true,
		`{"card":null}`: true, `{"lines":[]}`: true, `{"card":"{\"card\":1}"}`: true,
		`null`: false, `[]`: false, `"card"`: false, `1`: false, ``: false, `{`: false, `{}{}`: false, `{} null`: false, `{"card"`: false,
		`{"card":"1","card":"1"}`: false, `{"card":"1","of":{},"card":"2"}`: false, `{"of":{"card":"1","card":"2"}}`: false,
		`{"Card":"1"}`: false, `{"CARD":"1"}`: false, `{"of":{"Card":"1"}}`: false, `{"\u0043ard":"1"}`: false, `{"nothing":1}`: false, `{"card":1}`: false,
	} {
		var b strictBody
		err := decodeJSON([]byte(body), &b)
		var p *protocol.Problem
		if (err == nil) != ok || err != nil && (!errors.As(err, &p) || p.Status != http.StatusBadRequest || p.Code != protocol.CodeBadRequest) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func FuzzBodies(f *testing.F) {
	f.Add(`{"card":"1","lines":[{}],"of":{"card":"2"}}`)
	f.Add(`{"card":"1","Card":"2"}`)
	f.Add(`[[{}]]}`)
	f.Fuzz(func(t *testing.T, body string) {
		var b strictBody
		if decodeJSON([]byte(body), &b) == nil && !json.Valid([]byte(body)) {
			t.Errorf("%q was taken", body)
		}
	})
}
