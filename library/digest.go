package library

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
)

// Buckets is into how many buckets the bibs are dealt for their digests.
const Buckets = 256

// BucketOf returns the bucket of a bib, 0 to Buckets-1.
func BucketOf(id BibID) int {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int(h.Sum32() % Buckets)
}

// Digest proves that two sides hold the same records: the digest of a bucket is
// the XOR of those of its records, so it does not depend on their order and can
// be kept up to date record by record. The zero value is the digest of nothing.
type Digest [16]byte

// DigestOf returns the digest of one record. Items are taken in the order of
// their IDs, whatever order they stand in.
func DigestOf(r Record) Digest {
	b, err := json.Marshal(r.Bib)
	if err != nil {
		panic(err) // a Bib holds nothing that JSON cannot
	}
	return DigestOfJSON(b, r.Items)
}

// DigestOfJSON is DigestOf for a bib in the JSON that json.Marshal makes of it.
func DigestOfJSON(bib []byte, items []Item) Digest {
	if !slices.IsSortedFunc(items, byItemID) {
		items = slices.SortedFunc(slices.Values(items), byItemID)
	}
	b := append([]byte(`{"bib":`), bib...)
	if len(items) > 0 {
		encoded, err := json.Marshal(items)
		if err != nil {
			panic(err) // an Item holds nothing that JSON cannot
		}
		b = append(append(b, `,"items":`...), encoded...)
	}
	sum := sha256.Sum256(append(b, '}'))
	return Digest(sum[:16])
}

func byItemID(a, b Item) int { return cmp.Compare(a.ID, b.ID) }

// XOR adds a record's digest to a bucket's, or takes it out again.
func (d Digest) XOR(e Digest) Digest {
	for i := range d {
		d[i] ^= e[i]
	}
	return d
}

func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// ParseDigest reads what String writes.
func ParseDigest(s string) (d Digest, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(d) {
		return d, fmt.Errorf("%q is not a digest", s)
	}
	copy(d[:], b)
	return d, nil
}
