package store

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
)

// sorter sorts more than fits into memory: full buffers are sorted and written to
// temporary files, which are merged when the whole is read. Rows that go into
// SQLite in the order of their keys fill its pages one after the other.
type sorter struct {
	path  string // of the temporary files
	limit int    // bytes of a buffer

	buffer  []byte
	entries []entry
	runs    []*os.File
	written chan error // of the run being written, nil when there is none
}

// entry is where a key and the value behind it stand in a buffer.
type entry struct{ start, value, end int }

func newSorter(path string, limit int) *sorter { return &sorter{path: path, limit: limit} }

// add takes in a row. Of rows with the same key the order is that of their values.
func (s *sorter) add(key, value []byte) error {
	start := len(s.buffer)
	s.buffer = append(append(s.buffer, key...), value...)
	s.entries = append(s.entries, entry{start, start + len(key), len(s.buffer)})
	if len(s.buffer) < s.limit {
		return nil
	}
	return s.spill()
}

// spill has the buffer sorted and written while the next one fills.
func (s *sorter) spill() error {
	if err := s.wait(); err != nil || len(s.entries) == 0 {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+"-sort-*")
	if err != nil {
		return err
	}
	s.runs = append(s.runs, f)
	if err := os.Remove(f.Name()); err != nil { // whatever happens, nothing stays
		return err
	}
	buffer, entries := s.buffer, s.entries
	s.buffer, s.entries = make([]byte, 0, len(buffer)+len(buffer)/8), make([]entry, 0, len(entries))
	s.written = make(chan error, 1)
	go func() { s.written <- writeRun(f, buffer, entries) }()
	return nil
}

func (s *sorter) wait() error {
	if s.written == nil {
		return nil
	}
	err := <-s.written
	s.written = nil
	return err
}

func writeRun(f *os.File, buffer []byte, entries []entry) error {
	slices.SortFunc(entries, func(a, b entry) int {
		if c := bytes.Compare(buffer[a.start:a.value], buffer[b.start:b.value]); c != 0 {
			return c
		}
		return bytes.Compare(buffer[a.value:a.end], buffer[b.value:b.end])
	})
	w := bufio.NewWriterSize(f, 1<<18)
	var head []byte
	for _, e := range entries {
		head = binary.AppendUvarint(head[:0], uint64(e.value-e.start))
		head = binary.AppendUvarint(head, uint64(e.end-e.value))
		w.Write(head)
		w.Write(buffer[e.start:e.end])
	}
	return w.Flush()
}

// finish ends the adding; afterwards the rows can be read as often as wanted.
func (s *sorter) finish() error {
	err := errors.Join(s.spill(), s.wait())
	s.buffer, s.entries = nil, nil
	return err
}

// close gives back the temporary files.
func (s *sorter) close() error {
	errs := []error{s.wait()}
	for _, f := range s.runs {
		errs = append(errs, f.Close())
	}
	s.runs = nil
	return errors.Join(errs...)
}

// sorted is a row in its place.
type sorted struct{ key, value []byte }

// rows yields all rows in the order of their keys. They are the caller's to keep.
func (s *sorter) rows() iter.Seq2[sorted, error] {
	return func(yield func(sorted, error) bool) {
		var heads []*run
		for _, f := range s.runs {
			r := &run{r: bufio.NewReaderSize(io.NewSectionReader(f, 0, 1<<62), 1<<18)}
			more, err := r.next()
			if err != nil {
				yield(sorted{}, err)
				return
			}
			if more {
				heads = append(heads, r)
			}
		}
		for len(heads) > 0 {
			first := 0
			for i, r := range heads[1:] {
				if r.before(heads[first]) {
					first = i + 1
				}
			}
			r := heads[first]
			if !yield(r.head, nil) {
				return
			}
			more, err := r.next()
			if err != nil {
				yield(sorted{}, err)
				return
			}
			if !more {
				heads = slices.Delete(heads, first, first+1)
			}
		}
	}
}

// run is a sorted file that is being read.
type run struct {
	r    *bufio.Reader
	head sorted
}

func (r *run) before(o *run) bool {
	c := bytes.Compare(r.head.key, o.head.key)
	return c < 0 || c == 0 && bytes.Compare(r.head.value, o.head.value) < 0
}

func (r *run) next() (more bool, err error) {
	key, err := binary.ReadUvarint(r.r)
	if err == io.EOF {
		return false, nil
	}
	value, err2 := binary.ReadUvarint(r.r)
	if err = errors.Join(err, err2); err != nil {
		return false, fmt.Errorf("read a temporary file: %w", err)
	}
	both := make([]byte, key+value)
	if _, err := io.ReadFull(r.r, both); err != nil {
		return false, fmt.Errorf("read a temporary file: %w", err)
	}
	r.head = sorted{both[:key:key], both[key:]}
	return true, nil
}

// appendFields writes texts one after the other so that cutFields can take them
// apart.
func appendFields(b []byte, texts ...string) []byte {
	for _, s := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}

func cutFields(b []byte, texts ...*string) error {
	for _, s := range texts {
		n, size := binary.Uvarint(b)
		if size <= 0 || uint64(len(b)-size) < n {
			return errors.New("a temporary file was changed by somebody else")
		}
		*s, b = string(b[size:size+int(n)]), b[size+int(n):]
	}
	return nil
}

// rankKey makes a key that sorts as text, and within the same text by rank.
func rankKey(rank int64, texts ...string) []byte {
	var key []byte
	for _, s := range texts {
		key = append(append(key, s...), 0)
	}
	return binary.BigEndian.AppendUint64(key, uint64(rank))
}

func rankIn(key []byte) int64 { return int64(binary.BigEndian.Uint64(key[len(key)-8:])) }
