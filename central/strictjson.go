package central

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// decodeJSON reads a JSON object that has each key once, and none that is not known.
func decodeJSON(body []byte, into any) error {
	if err := checkKeys(body); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return badRequest("the body is not the JSON that this address takes: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return badRequest("the body must be one JSON value")
	}
	return nil
}

// checkKeys refuses what encoding/json would take: a key that stands twice, of which the
// last counts, one in other letters, as all keys of the wire are lower case, and null in
// place of the object.
func checkKeys(body []byte) error {
	type level struct {
		object bool
		isKey  bool // the next token is one
		seen   map[string]bool
	}
	var levels []level
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	for first := true; ; first = false {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return badRequest("the body is not JSON: %v", err)
		}
		if first && token != json.Delim('{') {
			return badRequest("the body must be a JSON object")
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			levels = levels[:len(levels)-1]
			if len(levels) == 0 {
				return nil // what follows is seen by the decoder
			}
			continue
		}
		if len(levels) > 0 {
			at := &levels[len(levels)-1]
			if key, ok := token.(string); ok && at.object && at.isKey {
				if at.seen[key] {
					return badRequest("the body has the key %q twice", key)
				}
				if strings.ContainsFunc(key, func(r rune) bool { return r >= 0x80 || 'A' <= r && r <= 'Z' }) {
					return badRequest("the body has the key %q, which is not known; keys are in lower case", key)
				}
				at.seen[key], at.isKey = true, false
				continue
			}
			at.isKey = at.object
		}
		switch token {
		case json.Delim('{'):
			levels = append(levels, level{object: true, isKey: true, seen: map[string]bool{}})
		case json.Delim('['):
			levels = append(levels, level{})
		}
	}
}
