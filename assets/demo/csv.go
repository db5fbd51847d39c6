package demo

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// row is a line of one of our files, by column.
type row struct {
	file  string
	line  int
	cells map[string]string
}

// read reads one of our files, which must have just these columns.
func read(file, text string, columns ...string) ([]row, error) {
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	if len(all) == 0 || !slices.Equal(all[0], columns) {
		return nil, fmt.Errorf("%s does not have the columns %s", file, strings.Join(columns, " "))
	}
	rows := make([]row, 0, len(all)-1)
	for i, cells := range all[1:] {
		r := row{file: file, line: i + 2, cells: map[string]string{}}
		for j, column := range columns {
			r.cells[column] = cells[j]
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func (r row) text(column string) string { return r.cells[column] }

// number reads a number into n; an empty cell is 0.
func (r row) number(column string, n *int) error {
	text := r.cells[column]
	if text == "" {
		*n = 0
		return nil
	}
	var err error
	if *n, err = strconv.Atoi(text); err != nil {
		return fmt.Errorf("%s, row %d: the %s %q is not a number", r.file, r.line, column, text)
	}
	return nil
}
