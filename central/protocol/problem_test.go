package protocol_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"madoguchi/central/protocol"
	"madoguchi/library"
)

// answered asks a server that answers everything with a problem of a code.
func answered(t *testing.T, status int, code string) error {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", protocol.ProblemType)
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(protocol.Problem{Status: status, Code: code, RetryAfter: 7})
	}))
	defer server.Close()
	c, err := protocol.NewClient(server.URL, "", server.Client())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = c.Site(t.Context(), "")
	return err
}

// A client gives back every refusal as itself.
func TestClientKnowsEveryRefusal(t *testing.T) {
	for _, r := range library.Refusals {
		if err := answered(t, http.StatusConflict, r.Code); !errors.Is(err, r) {
			t.Errorf("%s came back as %v", r.Code, err)
		}
	}
	var later *protocol.TryLater
	if err := answered(t, http.StatusTooManyRequests, library.ErrTryLater.Code); !errors.As(err, &later) || later.Wait.Seconds() != 7 {
		t.Errorf("try_later came back as %v", err)
	}
}

// What is no refusal, and what only a newer server knows, comes back as a Problem.
func TestClientPassesOnOtherCodes(t *testing.T) {
	for _, code := range append(slices.Clone(protocol.Codes), "of_a_newer_server") {
		var p *protocol.Problem
		var refusal *library.Refusal
		err := answered(t, http.StatusTeapot, code)
		if !errors.As(err, &p) || p.ProblemCode() != code || p.Status != http.StatusTeapot || errors.As(err, &refusal) {
			t.Errorf("%s came back as %#v", code, err)
		}
	}
}

// Codes has every constant of the wire's own codes.
func TestCodesAreComplete(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "problem.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(v.Names[0].Name, "Code") || v.Names[0].Name == "Codes" {
			return true
		}
		found++
		code, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		if err != nil || !slices.Contains(protocol.Codes, code) {
			t.Errorf("%s is not in Codes", v.Names[0].Name)
		}
		return true
	})
	if found == 0 || found != len(protocol.Codes) {
		t.Errorf("%d codes are declared, %d listed", found, len(protocol.Codes))
	}
}
