package store

// wholeWords returns the ranks of the bibs that have what was asked as whole words.
func (s *search) wholeWords() ([]int64, error) { return nil, nil }
