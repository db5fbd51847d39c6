package intake

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"madoguchi/library"
)

// columnNames are our columns of a CSV file, as the manual lists them.
var columnNames = []string{
	"id", "title", "title_reading", "subtitle", "volume", "series", "creator", "creator_reading", "creator_role",
	"publisher", "year", "isbn", "ndc", "subjects", "kind", "language", "description",
	"barcode", "branch", "call_number", "shelf", "lendable", "added_on", "state", "due_on", "loans",
}

// ParseColumns reads "title=作品名,creator=姓+名": our column, then the header of the
// file's column, or several headers whose cells are joined with a space.
func ParseColumns(s string) (map[string]string, error) { return parseColumns(s, columnNames) }

func parseColumns(s string, names []string) (map[string]string, error) {
	columns := map[string]string{}
	for _, pair := range strings.Split(s, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		ours, theirs, ok := strings.Cut(pair, "=")
		ours, theirs = strings.TrimSpace(ours), strings.TrimSpace(theirs)
		switch {
		case !ok || theirs == "":
			return nil, fmt.Errorf("%q names no column: write ours=theirs, for example title=書名", pair)
		case !slices.Contains(names, ours):
			return nil, fmt.Errorf("there is no column %q: ours are %s", ours, strings.Join(names, ", "))
		case columns[ours] != "":
			return nil, fmt.Errorf("the column %q is given twice: join several of theirs with +", ours)
		}
		columns[ours] = theirs
	}
	return columns, nil
}

// layout tells where in a row our columns stand.
type layout map[string][]int

// lay finds the columns of a bibliographic file in its header line.
func lay(header []string, columns map[string]string) (layout, error) {
	l, missing, ok := find(header, columnNames, columns)
	if (!ok || len(l["title"]) == 0) && isData(header) {
		return nil, errors.New(noHeader)
	}
	if !ok {
		return nil, fmt.Errorf("the header line has no column %q: it has %s", missing, headerList(header))
	}
	if len(l["title"]) == 0 {
		return nil, fmt.Errorf("the header line has no column for the title: name it with --columns title=…; it has %s", headerList(header))
	}
	return l, nil
}

// noHeader says what is wrong with a first line of which nothing may be told: it may be
// somebody.
const noHeader = "the first line looks like data, not like names of columns: put a line with those before it"

// isData reports whether a header line has a cell that is no name of a column.
func isData(header []string) bool { return slices.ContainsFunc(header, isDatum) }

var digitRun = regexp.MustCompile(`\d{5}|\d{2,5}-\d{2,4}-\d{4}`)

// isDatum reports whether a cell has a number of five digits or more, or is a date.
func isDatum(cell string) bool {
	if digitRun.MatchString(narrow(cell)) {
		return true
	}
	_, err := library.ReadDate(cell)
	return err == nil
}

// headerList is a header line for a message.
func headerList(header []string) string {
	names := make([]string, len(header))
	for i, h := range header {
		names[i] = clean(h)
	}
	return shortened(strings.Join(names, ", "))
}

// find finds those of our columns that a header line has: by the names of columns, by
// their own, or by what other systems call them. Not ok, it returns the first of theirs
// that is missing.
func find(header, names []string, columns map[string]string) (l layout, missing string, ok bool) {
	index := map[string]int{}
	for i, h := range header {
		if h = columnKey(h); h != "" {
			if _, twice := index[h]; !twice {
				index[h] = i
			}
		}
	}
	l = layout{}
	for _, ours := range names {
		theirs, named := columns[ours]
		if !named {
			for _, name := range append([]string{ours}, usualHeaders[ours]...) {
				if i, ok := index[columnKey(name)]; ok {
					l[ours] = []int{i}
					break
				}
			}
			continue
		}
		parts := []string{theirs}
		if _, whole := index[columnKey(theirs)]; !whole {
			parts = strings.Split(theirs, "+")
		}
		for _, p := range parts {
			i, ok := index[columnKey(p)]
			if !ok {
				return nil, p, false
			}
			l[ours] = append(l[ours], i)
		}
	}
	return l, "", true
}

// unread returns the headers of the columns that stand for none of ours, in their order,
// but not what looks like data.
func (l layout) unread(header []string) (names []string) {
	used := map[int]bool{}
	for _, at := range l {
		for _, i := range at {
			used[i] = true
		}
	}
	for i, h := range header {
		if name := clean(h); name != "" && !used[i] && !isDatum(h) {
			names = append(names, name)
		}
	}
	return names
}

func columnKey(header string) string { return strings.ToLower(narrow(header)) }

// cell returns our column of a row; several of theirs are joined with a space.
func (l layout) cell(cells []string, ours string) string {
	var parts []string
	for _, i := range l[ours] {
		if i >= len(cells) {
			continue // behind the fault of its row
		}
		if c := unformula(strings.TrimSpace(cells[i])); c != "" {
			parts = append(parts, c)
		}
	}
	return strings.Join(parts, " ")
}
