// Package protocol is the wire between a terminal and the central server: the
// JSON types under /v1, their errors, and the Go client. Both sides import it, so
// that neither can drift.
package protocol

import "madoguchi/library"

// Enrol is the body of POST /v1/terminals/enrol.
type Enrol struct {
	Code string `json:"code"`
}

// Enrolled answers it. Secret is shown this once; the server keeps its hash.
type Enrolled struct {
	Terminal string             `json:"terminal"`
	Kind     string             `json:"kind"` // KindKiosk or KindWeb
	Secret   string             `json:"secret"`
	Branch   library.BranchCode `json:"branch,omitempty"` // in which it stands; the home page stands in none
}

// The kinds of terminals.
const (
	KindKiosk = "kiosk"
	KindWeb   = "web"
)

// Head is the answer of GET /v1/catalogue/head.
type Head struct {
	Epoch   string    `json:"epoch"`          // a UUID, new when the server was restored from a backup
	Number  int64     `json:"number"`         // the newest change
	Mark    string    `json:"mark,omitempty"` // of that number, see Changes
	Edition *Manifest `json:"edition,omitempty"`

	SystemAway bool  `json:"system_away,omitempty"` // see Changes
	BackedUp   int64 `json:"backed_up,omitempty"`   // see Changes
}

// Manifest describes an edition: a whole catalogue.db, cut into chunks.
type Manifest struct {
	Epoch   string  `json:"epoch"`
	Number  int64   `json:"number"`         // the edition holds all changes up to this one
	Mark    string  `json:"mark,omitempty"` // of that number, see Changes
	Schema  int     `json:"schema"`         // store.Schema that built it
	Size    int64   `json:"size"`           // bytes of the file
	SHA256  string  `json:"sha256"`         // of the file, hex
	Bibs    int     `json:"bibs"`
	Items   int     `json:"items"`
	BuiltAt int64   `json:"built_at"` // Unix milliseconds
	Chunks  []Chunk `json:"chunks"`
}

// changeCost is how many bytes of an edition a terminal can fetch while it fetches and
// applies one change. At 1,000,000 bibs and 10 Mbit/s 5,000 changes, a day's, take less
// than 2 s, and so does no more than 2 MB of the edition.
const changeCost = 400

// InChanges is how many changes cost a terminal as much as to fetch all of the edition:
// one that is further behind than that had better do so.
func (m *Manifest) InChanges() int64 {
	var bytes int64
	for _, c := range m.Chunks {
		bytes += c.Bytes
	}
	return bytes / changeCost
}

// Chunk is one 32 MiB piece of an edition, compressed with zstd.
type Chunk struct {
	SHA256 string `json:"sha256"` // of the compressed bytes, hex: its name
	Bytes  int64  `json:"bytes"`  // compressed
	Size   int64  `json:"size"`   // of the piece of the file
}

// Changes is the answer of GET /v1/catalogue/changes?epoch=&after=&mark=. The rows are
// to be applied in order, the cursor Upto together with the last of them: to apply
// them again from the first on leads to the same. When more than one change hit the
// same thing only its newest state is sent.
//
// A mark is what the same number has in no other history: a terminal that asks with one
// that the server does not have there has followed another, and is answered
// library.ErrOtherHistory. "" are those of numbers that were given before there were marks.
type Changes struct {
	Epoch string `json:"epoch"`
	After int64  `json:"after"`
	Upto  int64  `json:"upto"`           // the cursor after these rows; equal to After when there is nothing new
	Mark  string `json:"mark,omitempty"` // of Upto
	More  bool   `json:"more"`           // ask again at once

	// SystemAway says that the library's own system, behind the server, cannot be reached:
	// what needs it is refused with library.ErrSystemUnavailable.
	SystemAway bool `json:"system_away,omitempty"`
	// BackedUp is when the newest backup was begun, Unix milliseconds: it has all that was
	// handed over before.
	BackedUp int64 `json:"backed_up,omitempty"`

	Rows []library.Change `json:"rows,omitempty"`
}

// Digests is the answer of GET /v1/catalogue/digests: see library.Digest.
type Digests struct {
	Epoch   string   `json:"epoch"`
	Number  int64    `json:"number"`
	Mark    string   `json:"mark,omitempty"`
	Buckets []string `json:"buckets"` // library.Buckets of them, hex
	Lists   string   `json:"lists"`   // of library.DigestOfLists, hex
}

// Bucket is the answer of GET /v1/catalogue/buckets/{n}: all records of a bucket.
type Bucket struct {
	Epoch   string           `json:"epoch"`
	Number  int64            `json:"number"`
	Mark    string           `json:"mark,omitempty"`
	Records []library.Record `json:"records"`
}

// Lists is the answer of GET /v1/catalogue/lists: all lists of books.
type Lists struct {
	Epoch  string         `json:"epoch"`
	Number int64          `json:"number"`
	Mark   string         `json:"mark,omitempty"`
	Lists  []library.List `json:"lists"`
}

// Availability is the answer of GET /v1/bibs/{id}/availability.
type Availability struct {
	Items []library.Availability `json:"items"`
}
