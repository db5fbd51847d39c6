package central_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"madoguchi/central"
	"madoguchi/central/protocol"
	"madoguchi/library"
)

var update = flag.Bool("update", false, "write docs/openapi.json anew")

const openAPIFile = "../docs/openapi.json"

// operation is what the document tells of a route.
type operation struct {
	does    string
	by      asker
	query   []parameter
	asks    any  // the body; nil: none
	answers any  // nil: 204, nothing but that it was done; inWords: that; inParts: bytes
	keyed   bool // a change, with an Idempotency-Key
	early   bool // a patron may ask already after a temporary password
	counted bool // a try that the throttle counts: the home page marks its visitor
	kiosks  bool // the home page may not ask
	system  bool // the library's system is asked
	needs   library.Ability
	codes   []*library.Refusal
	own     []string // further codes of the wire's own
}

// asker is who may ask.
type asker int

const (
	byAnybody asker = iota
	byTerminal
	byPatron
	byStaff
	byAnySession // a patron's or a staff member's
)

func (a asker) String() string {
	return [...]string{"anybody", "terminal", "patron", "staff", "patron or staff"}[a]
}

type inWords struct{} // an answer in words
type inParts struct{} // an answer of bytes, which may be asked for in parts

type parameter struct{ name, kind, does string }

// What is refused in the same way by several routes.
var (
	refusedLogins = []*library.Refusal{library.ErrLogin, library.ErrTryLater, library.ErrCardLocked, library.ErrTerminalThrottled}
	refusedCards  = []*library.Refusal{library.ErrCardExpired, library.ErrCardLost, library.ErrCardBlocked}
	refusedWords  = []*library.Refusal{
		library.ErrPasswordKana, library.ErrPasswordFullWidth, library.ErrPasswordSpace, library.ErrPasswordCharacters, library.ErrPasswordLength,
		library.ErrPasswordCard, library.ErrPasswordBirth, library.ErrPasswordPhone, library.ErrPasswordRepeat, library.ErrPasswordRun,
	}
	refusedMails = []*library.Refusal{
		library.ErrEmail, library.ErrEmailBreak, library.ErrEmailComma, library.ErrEmailDots, library.ErrEmailDotAt, library.ErrEmailDotFirst,
		library.ErrEmailSoon, library.ErrEmailTooMany,
	}
)

// operations has a line for each route.
var operations = map[string]operation{
	"POST /v1/terminals/enrol": {does: "Trade a one-time code for a terminal's secret.", asks: protocol.Enrol{}, answers: protocol.Enrolled{},
		codes: []*library.Refusal{library.ErrEnrolmentCode}, own: []string{protocol.CodeTooMany}},
	"GET /v1/site":           {does: "What a terminal must know of the library.", by: byTerminal, answers: library.Site{}},
	"GET /v1/catalogue/head": {does: "The newest edition and the newest change.", by: byTerminal, answers: protocol.Head{}},
	"GET /v1/catalogue/changes": {does: "The changes after a number.", by: byTerminal, answers: protocol.Changes{},
		query: []parameter{
			{"epoch", "string", "The epoch that the number is of."},
			{"after", "integer", "The number."},
			{"mark", "string", "The mark of that number, as it came with it."},
			{"wait", "integer", "For how many milliseconds to wait for a change where there is none; at most 20,000. Without it the answer comes at once."},
		},
		codes: []*library.Refusal{library.ErrReset, library.ErrOtherHistory}},
	"GET /v1/catalogue/chunks/{sha256}": {does: "A chunk of an edition, compressed with zstd, or a part of it.", by: byTerminal, answers: inParts{}, own: []string{protocol.CodeNotFound}},
	"GET /v1/catalogue/digests":         {does: "A digest of each bucket of bibs, and of the lists of books.", by: byTerminal, answers: protocol.Digests{}},
	"GET /v1/catalogue/buckets/{n}":     {does: "All records of a bucket.", by: byTerminal, answers: protocol.Bucket{}, own: []string{protocol.CodeBadRequest}},
	"GET /v1/catalogue/lists":           {does: "All lists of books.", by: byTerminal, answers: protocol.Lists{}},
	"GET /v1/bibs/{id}/availability": {does: "Where the copies of a bib are now.", by: byTerminal, system: true, answers: protocol.Availability{},
		codes: []*library.Refusal{library.ErrUnknownBib}},

	"POST /v1/sessions": {does: "Log a patron in.", by: byTerminal, counted: true, system: true, asks: protocol.Login{}, answers: protocol.LoggedIn{},
		codes: slices.Concat(refusedLogins, refusedCards)},
	"DELETE /v1/sessions/me": {does: "End a session, a patron's or a staff member's.", by: byAnySession},
	"GET /v1/me":             {does: "What the patron's menu shows.", by: byPatron, system: true, answers: library.Account{}},
	"GET /v1/me/loans":       {does: "The patron's loans.", by: byPatron, system: true, answers: library.PatronLoans{}},
	"POST /v1/me/loans/{id}/renewal": {does: "Renew a loan.", by: byPatron, system: true, needs: library.AbilityRenew, keyed: true, answers: library.PatronLoan{},
		codes: []*library.Refusal{library.ErrUnknownLoan, library.ErrNotOwned, library.ErrWithdrawn, library.ErrOverdue, library.ErrHeldByOther, library.ErrRenewalLimit, library.ErrRenewTooEarly}},
	"GET /v1/me/holds": {does: "The patron's holds.", by: byPatron, system: true, answers: library.PatronHolds{}},
	"POST /v1/me/holds": {does: "Place holds. Each line has its own answer.", by: byPatron, system: true, needs: library.AbilityHold, keyed: true, asks: library.HoldRequest{}, answers: protocol.HoldAnswers{},
		codes: []*library.Refusal{library.ErrUnknownBranch, library.ErrNoEmail, library.ErrNoPhone}},
	"PATCH /v1/me/holds/{id}": {does: "Change where, and how the patron is told.", by: byPatron, system: true, needs: library.AbilityHoldChange, keyed: true, asks: protocol.HoldChange{}, answers: library.PatronHold{},
		codes: []*library.Refusal{library.ErrUnknownHold, library.ErrHoldNotWaiting, library.ErrUnknownBranch, library.ErrNoEmail, library.ErrNoPhone}},
	"DELETE /v1/me/holds/{id}": {does: "Cancel a hold.", by: byPatron, system: true, needs: library.AbilityHoldCancel, keyed: true, answers: library.PatronHold{},
		codes: []*library.Refusal{library.ErrUnknownHold, library.ErrHoldNotWaiting}},
	"POST /v1/requests": {does: "Hand over a request that was left while the server was away, sealed. The Idempotency-Key is its id.", by: byTerminal, system: true, keyed: true, asks: protocol.SealedRequest{},
		codes: []*library.Refusal{library.ErrRequestUnreadable, library.ErrTryLater, library.ErrTerminalThrottled}},
	"POST /v1/password-applications": {does: "Apply for a password, new or forgotten. Whatever does not match is one refusal.", by: byTerminal, counted: true, system: true, needs: library.AbilityPassword, keyed: true, asks: library.Application{},
		codes: slices.Concat([]*library.Refusal{library.ErrApplication, library.ErrTerms, library.ErrTryLater, library.ErrCardLocked, library.ErrTerminalThrottled}, refusedCards, refusedWords)},
	"PUT /v1/me/password": {does: "Set another password, a permanent one after a temporary one.", by: byPatron, counted: true, early: true, system: true, needs: library.AbilityPassword, keyed: true, asks: protocol.PasswordChange{},
		codes: slices.Concat([]*library.Refusal{library.ErrPresent, library.ErrSamePassword, library.ErrTerms, library.ErrTryLater, library.ErrCardLocked, library.ErrTerminalThrottled}, refusedWords)},
	"GET /v1/me/email": {does: "The patron's e-mail address.", by: byPatron, needs: library.AbilityEmail, answers: library.EmailStatus{}},
	"PUT /v1/me/email": {does: "Register an e-mail address; a mail with a code is sent to it.", by: byPatron, needs: library.AbilityEmail, keyed: true, asks: protocol.EmailChange{}, answers: library.EmailStatus{},
		codes: refusedMails},
	"DELETE /v1/me/email": {does: "Take the address out of the register. The query's contact, phone or none, says how the patron is told instead of holds of which mails were to tell.", by: byPatron, needs: library.AbilityEmail, keyed: true, answers: library.EmailStatus{},
		codes: []*library.Refusal{library.ErrNoEmail, library.ErrNoPhone}},
	"POST /v1/me/email/confirmation": {does: "Enter the code of a mail; without one, ask for another mail.", by: byPatron, needs: library.AbilityEmail, keyed: true, asks: protocol.EmailCode{}, answers: library.EmailStatus{},
		codes: []*library.Refusal{library.ErrEmailCode, library.ErrEmailCodeOver, library.ErrEmailSoon, library.ErrEmailTooMany, library.ErrNoEmail}},

	"POST /v1/staff/sessions": {does: "Log a staff member in.", by: byTerminal, asks: protocol.StaffLogin{}, answers: protocol.StaffLoggedIn{}, codes: refusedLogins},
	"POST /v1/staff/patrons": {does: "What staff see of a patron. It is written down that they looked.", by: byStaff, system: true, asks: protocol.CardOf{}, answers: library.CounterPatron{},
		codes: []*library.Refusal{library.ErrUnknownPatron}},
	"POST /v1/staff/temporary-passwords": {does: "Issue a temporary password, and lift a lock.", by: byStaff, system: true, needs: library.AbilityPassword, keyed: true, asks: protocol.TemporaryPassword{}, answers: library.TemporaryPassword{},
		codes: append([]*library.Refusal{library.ErrUnknownPatron}, refusedCards...)},
	"POST /v1/staff/unlocks":         {does: "Let a locked card be tried again.", by: byStaff, system: true, keyed: true, asks: protocol.CardOf{}, codes: []*library.Refusal{library.ErrUnknownPatron}},
	"POST /v1/staff/machine-actions": {does: "Write down what staff are about to do with the terminal.", by: byStaff, keyed: true, asks: protocol.MachineAction{}},
	"POST /v1/desk/checkouts": {does: "Lend an item.", by: byStaff, needs: library.AbilityDesk, keyed: true, asks: protocol.Checkout{}, answers: protocol.CheckedOut{},
		codes: append([]*library.Refusal{library.ErrUnknownPatron, library.ErrUnknownItem, library.ErrUnknownBranch, library.ErrItemOnLoan, library.ErrItemReference, library.ErrItemHeld, library.ErrTooManyLoans}, refusedCards...)},
	"POST /v1/desk/returns": {does: "Take an item back.", by: byStaff, needs: library.AbilityDesk, keyed: true, asks: protocol.Return{}, answers: protocol.Returned{},
		codes: []*library.Refusal{library.ErrUnknownItem, library.ErrItemNotOnLoan, library.ErrUnknownBranch}},
	"POST /v1/desk/arrivals": {does: "Say that an item came to a branch.", by: byStaff, needs: library.AbilityDesk, keyed: true, asks: protocol.Return{}, answers: protocol.Returned{},
		codes: []*library.Refusal{library.ErrUnknownItem, library.ErrItemOnLoan, library.ErrItemHeld, library.ErrUnknownBranch}},
	"POST /v1/desk/paper-holds": {does: "Enter holds from a paper form, several as a sequence. Each line has its own answer.", by: byStaff, needs: library.AbilityDesk, keyed: true, asks: protocol.PaperHolds{}, answers: protocol.HoldAnswers{},
		codes: slices.Concat([]*library.Refusal{library.ErrUnknownPatron, library.ErrUnknownBranch, library.ErrNoEmail, library.ErrNoPhone, library.ErrFormFuture, library.ErrFormTooOld}, refusedCards)},
	"POST /v1/desk/calls": {does: "Whom staff of a branch are to telephone. It is written down that they looked.", by: byStaff, needs: library.AbilityDesk, asks: protocol.CallsOf{}, answers: protocol.Calls{},
		codes: []*library.Refusal{library.ErrUnknownBranch}},
	"POST /v1/desk/told": {does: "Note that a patron was told by telephone, or did not answer.", by: byStaff, needs: library.AbilityDesk, keyed: true, asks: protocol.Told{}, answers: protocol.CallOutcomes{},
		codes: []*library.Refusal{library.ErrUnknownPatron, library.ErrHoldNotToTell, library.ErrToldDay}},

	"GET /healthz": {does: "Whether the process lives.", answers: inWords{}},
	"GET /readyz":  {does: "Whether terminals can be served.", answers: inWords{}},
	"GET /metrics": {does: "Figures for Prometheus.", answers: inWords{}},
}

// TestOpenAPI holds docs/openapi.json against the routes and the types of the wire.
func TestOpenAPI(t *testing.T) {
	patterns := central.Patterns()
	for _, pattern := range patterns {
		if _, ok := operations[pattern]; !ok {
			t.Errorf("the route %s has no line in operations", pattern)
		}
		if _, said := central.Offered(pattern, central.KindWeb); !said {
			t.Errorf("the table of routes does not say from where %s may be asked", pattern)
		}
	}
	for pattern := range operations {
		if !slices.Contains(patterns, pattern) {
			t.Errorf("there is no route %s", pattern)
		}
	}
	var written bytes.Buffer
	e := json.NewEncoder(&written)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(openAPI(t)); err != nil {
		t.Fatal(err)
	}
	want := flatLists(written.Bytes())
	if *update {
		if err := os.WriteFile(openAPIFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(openAPIFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s does not fit; look at the difference after: go test ./central -run OpenAPI -update", openAPIFile)
	}
}

// The table of docs/wire.md has a line for each route, and no other.
func TestWireNamesTheRoutes(t *testing.T) {
	text, err := os.ReadFile("../docs/wire.md")
	if err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile("(?m)^\\| `[A-Z]+ /.*$").FindAllString(string(text), -1)
	var want []string
	for _, pattern := range central.Patterns() {
		op, once := operations[pattern], ""
		if op.keyed {
			once = "once"
		}
		web := ""
		if offered, _ := central.Offered(pattern, central.KindWeb); offered {
			web = "yes"
		}
		want = append(want, fmt.Sprintf("| `%s` | %s | %s | %s | %s |", pattern, op.by, web, once, op.does))
	}
	if !slices.Equal(told, want) {
		t.Errorf("its table is\n%s\nand should be\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}

// flatLists puts a list of words on one line.
func flatLists(text []byte) []byte {
	return regexp.MustCompile(`\[\s+"[^"]*"(,\s+"[^"]*")*\s+\]`).ReplaceAllFunc(text, func(list []byte) []byte {
		flat := regexp.MustCompile(`\s*\n\s*`).ReplaceAll(list, []byte(" "))
		return bytes.ReplaceAll(bytes.ReplaceAll(flat, []byte("[ "), []byte("[")), []byte(" ]"), []byte("]"))
	})
}

// object is a JSON object.
type object map[string]any

// openAPI makes the document.
func openAPI(t *testing.T) object {
	t.Helper()
	s := newSchemas(t)
	paths := object{}
	for pattern, op := range operations {
		method, path, _ := strings.Cut(pattern, " ")
		offered, _ := central.Offered(pattern, central.KindWeb)
		op.kiosks = !offered
		of, ok := paths[path].(object)
		if !ok {
			of = object{}
			paths[path] = of
		}
		of[strings.ToLower(method)] = op.describe(s, path)
	}
	s.of(reflect.TypeFor[protocol.Problem]())
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Madoguchi", "version": "1",
			"description": "The wire between terminals and the central server; docs/wire.md says more. This file is written and checked by a test: go test ./central -run OpenAPI -update",
			"license":     object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"servers": []object{{"url": "https://library.example:8443"}},
		"paths":   paths,
		"components": object{
			"schemas":   s.all,
			"responses": s.refusals,
			"securitySchemes": object{
				"terminal": object{"type": "http", "scheme": "bearer", "description": "The terminal's secret, given out once at its enrolment."},
				"session":  object{"type": "apiKey", "in": "header", "name": protocol.SessionHeader, "description": "The token of a patron's or a staff member's session, which works only from the terminal that opened it."},
			},
		},
	}
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

func (op operation) describe(s *schemas, path string) object {
	var parameters []object
	for _, m := range pathParameter.FindAllStringSubmatch(path, -1) {
		parameters = append(parameters, object{"name": m[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	for _, p := range op.query {
		parameters = append(parameters, object{"name": p.name, "in": "query", "description": p.does, "required": p.name != "wait" && p.name != "mark", "schema": object{"type": p.kind}})
	}
	if op.keyed {
		parameters = append(parameters, object{
			"name": protocol.IdempotencyHeader, "in": "header", "required": true, "schema": object{"type": "string", "format": "uuid"},
			"description": "Made before the first try. The same key again gets the same answer, and the change happens once.",
		})
	}
	if op.counted {
		parameters = append(parameters, object{
			"name": protocol.VisitorHeader, "in": "header", "required": false, "schema": object{"type": "string", "pattern": "^[A-Za-z0-9_-]{16,128}$"},
			"description": "The home page's mark of the visitor for whom it asks, without which it is refused. Failing cards count by it. Of a kiosk it is not looked at.",
		})
	}
	d := object{"summary": op.does, "responses": op.responses(s), "security": []object{}}
	switch op.by {
	case byTerminal:
		d["security"] = []object{{"terminal": []string{}}}
	case byPatron, byStaff, byAnySession:
		d["security"] = []object{{"terminal": []string{}, "session": []string{}}}
	}
	var described []string
	if op.kiosks {
		described = append(described, "For terminals in the library; the home page is refused.")
	}
	if op.needs != "" {
		described = append(described, "Offered where the abilities of the site have "+string(op.needs)+".")
	}
	if len(described) > 0 {
		d["description"] = strings.Join(described, " ")
	}
	if len(parameters) > 0 {
		d["parameters"] = parameters
	}
	if op.asks != nil {
		d["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": s.of(reflect.TypeOf(op.asks))}}}
	}
	return d
}

func (op operation) responses(s *schemas) object {
	all := object{}
	switch op.answers.(type) {
	case nil:
		all["204"] = object{"description": "It was done."}
	case inWords:
		all["200"] = object{"description": "In words.", "content": object{"text/plain": object{"schema": object{"type": "string"}}}}
	case inParts:
		content := object{"application/zstd": object{}}
		all["200"] = object{"description": "All of it.", "content": content}
		all["206"] = object{"description": "The part that the header Range asks for.", "content": content}
		all["304"] = object{"description": "It is what the header If-None-Match names."}
		all["416"] = object{"description": "The header Range asks for nothing that is there.", "content": object{"text/plain": object{"schema": object{"type": "string"}}}}
	default:
		all["200"] = object{"description": "The answer.", "content": object{"application/json": object{"schema": s.of(reflect.TypeOf(op.answers))}}}
	}
	byStatus := map[int][]string{}
	for _, code := range op.allCodes() {
		byStatus[code.Status] = append(byStatus[code.Status], code.Code)
	}
	for status, codes := range byStatus {
		slices.Sort(codes)
		all[strconv.Itoa(status)] = s.refusal(status, slices.Compact(codes))
	}
	return all
}

// allCodes are the codes that an operation may be refused with, with their statuses.
func (op operation) allCodes() (all []*protocol.Problem) {
	own := map[string]int{
		protocol.CodeBadRequest: http.StatusBadRequest, protocol.CodeUnauthorized: http.StatusUnauthorized, protocol.CodeNotFound: http.StatusNotFound,
		protocol.CodeTooLarge: http.StatusRequestEntityTooLarge, protocol.CodeTooMany: http.StatusTooManyRequests,
		protocol.CodeInternal: http.StatusInternalServerError, protocol.CodeUnavailable: http.StatusServiceUnavailable,
	}
	ours, refusals := append([]string{protocol.CodeInternal, protocol.CodeUnavailable}, op.own...), op.codes
	if op.by != byAnybody {
		ours, refusals = append(ours, protocol.CodeUnauthorized), append(slices.Clip(refusals), library.ErrTerminalUnknown)
	}
	switch op.by {
	case byPatron:
		refusals = append(refusals, library.ErrSessionEnded, library.ErrCardLost, library.ErrCardBlocked, library.ErrCardExpired)
		if !op.early {
			refusals = append(refusals, library.ErrMustChange)
		}
	case byStaff:
		refusals = append(refusals, library.ErrSessionEnded, library.ErrStaffOnly)
	case byAnySession:
		refusals = append(refusals, library.ErrSessionEnded)
	}
	if op.asks != nil || op.query != nil || op.keyed {
		ours = append(ours, protocol.CodeBadRequest)
	}
	if op.asks != nil {
		ours = append(ours, protocol.CodeTooLarge)
	}
	if op.keyed {
		refusals = append(refusals, library.ErrKeyReused)
	}
	if op.system || op.by == byPatron { // whose card is asked for each time
		refusals = append(refusals, library.ErrSystemUnavailable)
	}
	if op.kiosks {
		refusals = append(refusals, library.ErrKioskOnly)
	}
	if op.needs != "" {
		refusals = append(refusals, library.ErrNotOffered)
	}
	for _, code := range ours {
		all = append(all, &protocol.Problem{Status: own[code], Code: code})
	}
	for _, r := range refusals {
		all = append(all, central.ProblemOf(r))
	}
	return all
}
