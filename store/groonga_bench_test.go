package store

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"madoguchi/library"
)

// groongaSchema indexes the same fields as the catalogue does: all of them together
// for words, and each alone for the advanced search.
const groongaSchema = `
table_create Branch TABLE_PAT_KEY ShortText
table_create Bib TABLE_NO_KEY
column_create Bib id COLUMN_SCALAR ShortText
column_create Bib words COLUMN_SCALAR Text
column_create Bib title COLUMN_SCALAR Text
column_create Bib creator COLUMN_SCALAR Text
column_create Bib publisher COLUMN_SCALAR Text
column_create Bib subject COLUMN_SCALAR Text
column_create Bib isbn COLUMN_VECTOR ShortText
column_create Bib ndc COLUMN_VECTOR ShortText
column_create Bib language COLUMN_SCALAR ShortText
column_create Bib year COLUMN_SCALAR Int32
column_create Bib branches COLUMN_VECTOR Branch
column_create Bib shelves COLUMN_VECTOR Branch
table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerNFKC130
table_create Numbers TABLE_PAT_KEY ShortText
column_create Terms words COLUMN_INDEX|WITH_POSITION Bib words
column_create Terms title COLUMN_INDEX|WITH_POSITION Bib title
column_create Terms creator COLUMN_INDEX|WITH_POSITION Bib creator
column_create Terms publisher COLUMN_INDEX|WITH_POSITION Bib publisher
column_create Terms subject COLUMN_INDEX|WITH_POSITION Bib subject
column_create Numbers isbn COLUMN_INDEX Bib isbn
column_create Numbers ndc COLUMN_INDEX Bib ndc
column_create Branch branches COLUMN_INDEX Bib branches
column_create Branch shelves COLUMN_INDEX Bib shelves
`

// groonga is Groonga's program with an open database.
type groonga struct {
	in  io.WriteCloser
	out *bufio.Reader
	cmd *exec.Cmd
}

// groonga asks Groonga the queries of the mix, nil where it is not installed. The
// times are those that it measures itself, inside its process.
func (c *city) groonga(b *testing.B, mix []askedQuery) timings {
	b.Helper()
	program, err := exec.LookPath("groonga")
	if err != nil {
		b.Log("groonga is not installed; make bench installs it")
		return nil
	}
	dir := c.filledGroonga(b, program)
	g := startGroonga(b, program, filepath.Join(dir, "db"))
	g.ask(b, "cache_limit 0")
	times := timings{}
	for range runs {
		for i, q := range mix {
			cpu := g.cpuTime(b)
			took := g.ask(b, groongaQuery(q.Query))
			times.note(i, q, took, g.cpuTime(b)-cpu)
		}
	}
	return times
}

// BenchmarkCityPeerLoad only loads the records, which stay for BenchmarkCitySearch: it
// takes two minutes of one processor.
func BenchmarkCityPeerLoad(b *testing.B) {
	program, err := exec.LookPath("groonga")
	if err != nil {
		b.Skip("groonga is not installed; make bench installs it")
	}
	cityOf(b).filledGroonga(b, program)
}

// filledGroonga returns the folder of the database, and fills it where it is not yet.
func (c *city) filledGroonga(b *testing.B, program string) (dir string) {
	b.Helper()
	dir = filepath.Join(c.dir, "groonga-"+c.size)
	if _, err := os.Stat(filepath.Join(dir, "complete")); err != nil {
		c.fillGroonga(b, program, dir)
	}
	return dir
}

func startGroonga(b *testing.B, program string, args ...string) *groonga {
	b.Helper()
	g := &groonga{cmd: exec.Command(program, args...)}
	var err error
	if g.in, err = g.cmd.StdinPipe(); err != nil {
		b.Fatal(err)
	}
	out, err := g.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	g.out = bufio.NewReaderSize(out, 1<<20)
	if err := g.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		g.in.Close()
		g.cmd.Wait()
	})
	return g
}

// cpuTime is the processor time that Groonga has used.
func (g *groonga) cpuTime(b *testing.B) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", g.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	var ns int64
	if _, err := fmt.Sscan(string(text), &ns); err != nil {
		b.Fatal(err)
	}
	return time.Duration(ns)
}

// ask gives a command and returns how long Groonga says that it worked at it.
func (g *groonga) ask(b *testing.B, command string) time.Duration {
	b.Helper()
	if _, err := fmt.Fprintln(g.in, command); err != nil {
		b.Fatal(err)
	}
	line, err := g.out.ReadString('\n')
	if err != nil {
		b.Fatalf("groonga: %v\n%s", err, command)
	}
	var answer []json.RawMessage
	var head []json.RawMessage
	var status int
	var seconds float64
	if json.Unmarshal([]byte(line), &answer) != nil || json.Unmarshal(answer[0], &head) != nil || json.Unmarshal(head[0], &status) != nil || json.Unmarshal(head[2], &seconds) != nil || status != 0 {
		b.Fatalf("groonga answers %.300s\n%s", line, command)
	}
	return time.Duration(seconds * float64(time.Second))
}

// fillGroonga makes the database and puts the library's records in.
func (c *city) fillGroonga(b *testing.B, program, dir string) {
	b.Helper()
	if err := os.RemoveAll(dir); err != nil {
		b.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	g := startGroonga(b, program, "-n", filepath.Join(dir, "db"))
	for line := range strings.Lines(strings.TrimSpace(groongaSchema)) {
		g.ask(b, strings.TrimSpace(line))
	}
	w := bufio.NewWriterSize(g.in, 1<<20)
	fmt.Fprintln(w, "load --table Bib")
	fmt.Fprint(w, "[")
	n := 0
	for r := range c.gen.Records() {
		text, err := json.Marshal(groongaRecord(r))
		if err != nil {
			b.Fatal(err)
		}
		if n > 0 {
			fmt.Fprintln(w, ",")
		}
		w.Write(text)
		n++
	}
	fmt.Fprintln(w, "]")
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if _, err := g.out.ReadString('\n'); err != nil {
		b.Fatal(err)
	}
	c.figure("groonga_load", time.Since(began).Seconds(), "s")
	if err := os.WriteFile(filepath.Join(dir, "complete"), nil, 0o644); err != nil {
		b.Fatal(err)
	}
}

// anyBranch stands in the shelves of every bib that has a copy on one.
const anyBranch = "any"

func groongaRecord(r library.Record) map[string]any {
	b := r.Bib
	title := []string{b.Title, b.Subtitle, b.Volume, b.TitleReading}
	var creator, subject, series []string
	for _, x := range b.Creators {
		creator = append(creator, x.Name, x.Reading)
	}
	for _, x := range b.Subjects {
		subject = append(subject, x.Term, x.Reading)
	}
	for _, x := range b.Series {
		series = append(series, x.Title, x.Volume, x.Reading)
	}
	branches, shelves := []string{}, []string{}
	for _, it := range r.Items {
		branches = append(branches, string(it.Branch))
		if it.State == library.OnShelf {
			shelves = append(shelves, string(it.Branch), anyBranch)
		}
	}
	join := func(parts ...[]string) string { return strings.Join(slices.Concat(parts...), " / ") }
	return map[string]any{
		"id": b.ID, "words": join(title, creator, []string{b.Publisher}, subject, series),
		"title": join(title), "creator": join(creator), "publisher": b.Publisher, "subject": join(subject),
		"isbn": b.ISBNs, "ndc": b.NDC, "language": b.Language, "year": b.Year,
		"branches": sortedSet(branches), "shelves": sortedSet(shelves),
	}
}

// groongaQuery is a query in Groonga's words: a page of 20 and the count, in its
// own order, which costs it less than the newest first.
func groongaQuery(q library.Query) string {
	var conditions []string
	match := func(column, text string) {
		for _, w := range strings.Fields(katakana(text)) {
			conditions = append(conditions, fmt.Sprintf("%s @ %s", column, quotedJSON(w)))
		}
	}
	if isbn, ok := isbnIn(q.Words); ok {
		conditions = append(conditions, fmt.Sprintf("isbn @ %s", quotedJSON(isbn)))
	} else {
		match("words", q.Words)
	}
	match("title", q.Title)
	match("creator", q.Creator)
	match("publisher", q.Publisher)
	match("subject", q.Subject)
	if q.NDC != "" {
		conditions = append(conditions, fmt.Sprintf("ndc @^ %s", quotedJSON(q.NDC)))
	}
	if q.Language != "" {
		conditions = append(conditions, fmt.Sprintf("language == %s", quotedJSON(q.Language)))
	}
	if q.YearFrom > 0 {
		conditions = append(conditions, fmt.Sprintf("year >= %d && year <= %d", q.YearFrom, q.YearTo))
	}
	switch {
	case q.Available:
		conditions = append(conditions, fmt.Sprintf("shelves @ %s", quotedJSON(cmp.Or(string(q.Branch), anyBranch))))
	case q.Branch != "":
		conditions = append(conditions, fmt.Sprintf("branches @ %s", quotedJSON(string(q.Branch))))
	}
	filter := strings.Join(conditions, " && ")
	return fmt.Sprintf("select Bib --limit 20 --output_columns _id,id --filter '%s'", strings.ReplaceAll(filter, "'", `\'`))
}

// katakana writes hiragana as catalogues write readings: Groonga does not take one
// for the other.
func katakana(s string) string {
	if !isHiraganaWord(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= 'ぁ' && r <= 'ゖ' {
			return r + 'ァ' - 'ぁ'
		}
		return r
	}, s)
}

func isHiraganaWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !isHiragana(r) })
}

func quotedJSON(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(text)
}
