package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"madoguchi/central/audit"
	"madoguchi/central/db"
	"madoguchi/library"
)

type listCmd struct {
	Add    listAddCmd    `cmd:"" help:"Put up a theme shelf of some bibs, or of what a query finds on each terminal; one with this name is replaced."`
	Show   listShowCmd   `cmd:"" help:"Show the theme shelves and rankings, or what is on one of them."`
	Remove listRemoveCmd `cmd:"" help:"Take a list down."`
}

type listAddCmd struct {
	Name string            `arg:"" help:"Short and lasting, in lower-case letters, digits and hyphens: summer-2026."`
	Bibs []string          `arg:"" name:"bib" optional:"" help:"The bibs' IDs, or barcodes of their items, in the order in which they are shown."`
	Of   map[string]string `name:"title" mapsep:"none" placeholder:"LANGUAGE=TITLE" help:"What the shelf is called: ja=夏に読む本. May be given several times: en=Books for the summer."`
	Text map[string]string `mapsep:"none" placeholder:"LANGUAGE=TEXT" help:"A sentence below the title. May be given several times."`

	shelfQuery
}

// shelfQuery is a query that each terminal answers from its own catalogue.
type shelfQuery struct {
	Words     string `group:"query" help:"Words in any field."`
	Creator   string `group:"query" help:"Words of an author."`
	Publisher string `group:"query" help:"Words of a publisher."`
	Subject   string `group:"query" help:"Words of a subject."`
	NDC       string `name:"ndc" group:"query" help:"A class, from its start: 91 finds 910 to 919.9."`
	YearFrom  int    `group:"query" help:"Published in this year or later." placeholder:"YEAR"`
	YearTo    int    `group:"query" help:"Published in this year or earlier." placeholder:"YEAR"`
	Branch    string `group:"query" help:"With a copy at this branch." placeholder:"CODE"`
	Kind      string `group:"query" help:"Of this kind: book, magazine, newspaper, cd, dvd, map, score, ebook, other."`
	Language  string `group:"query" help:"In this language: jpn, eng, …" placeholder:"CODE"`
	Juvenile  bool   `group:"query" help:"Made for children."`
	Available bool   `group:"query" help:"Only what stands on a shelf."`
	Order     string `group:"query" enum:",newest,work" default:"" help:"newest: the last published first. work: the volumes and editions of a work together."`
}

func (q shelfQuery) query() *library.Query {
	out := library.Query{
		Words: q.Words, Creator: q.Creator, Publisher: q.Publisher, Subject: q.Subject, NDC: q.NDC, YearFrom: q.YearFrom, YearTo: q.YearTo,
		Branch: library.BranchCode(q.Branch), Kind: library.Kind(q.Kind), Language: q.Language, Juvenile: q.Juvenile, Available: q.Available, Order: library.Order(q.Order),
	}
	if out.IsZero() {
		return nil
	}
	return &out
}

// Validate refuses what no catalogue could make right.
func (c *listAddCmd) Validate() error {
	l := c.list()
	for _, id := range c.Bibs {
		if id = strings.TrimSpace(id); !slices.Contains(l.Bibs, library.BibID(id)) {
			l.Bibs = append(l.Bibs, library.BibID(id))
		}
	}
	return l.Validate()
}

// list is the list without its bibs.
func (c *listAddCmd) list() library.List {
	return library.List{Name: c.Name, Kind: library.ThemeList, Title: trimmed(c.Of), Text: trimmed(c.Text), Query: c.query()}
}

// trimmed are texts without spaces around them, and without those that are only spaces.
func trimmed(texts map[string]string) map[string]string {
	out := map[string]string{}
	for language, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			out[language] = text
		}
	}
	return out
}

// Run puts up the list. Where one of its bibs is not known nothing is changed.
func (c *listAddCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		l := c.list()
		if c.Branch != "" {
			branches, err := a.findBranches(s)
			if err != nil {
				return err
			}
			code, known := branches.Find(c.Branch)
			if !known {
				return library.ErrUnknownBranch
			}
			l.Query.Branch = code
		}
		var unknown []string
		for _, text := range c.Bibs {
			id, err := c.bib(a, s, strings.TrimSpace(text))
			switch {
			case errors.Is(err, library.ErrUnknownItem):
				unknown = append(unknown, text)
			case err != nil:
				return err
			case slices.Contains(l.Bibs, id):
				fmt.Fprintf(a.stderr, "%s is a bib that the list has already\n", text)
			default:
				l.Bibs = append(l.Bibs, id)
			}
		}
		if len(unknown) > 0 {
			return fmt.Errorf("the catalogue has no bib and no item %s; nothing was changed", strings.Join(unknown, ", "))
		}
		was := false
		err := a.audited(s, "list-add", func(tx *db.Tx, e *audit.Entry) (err error) {
			e.Subject = "list:" + c.Name
			was, _, err = s.catalogue.PutListTx(a.ctx, tx, l)
			return err
		})
		if err != nil {
			return err
		}
		done := "put up"
		if was {
			done = "replaced"
		}
		fmt.Fprintf(a.stdout, "%s: %s, %s\n", done, l.Title[library.Languages[0].Code], onList(l))
		return nil
	})
}

// bib returns the bib with an ID, or that of the item with a barcode.
func (c *listAddCmd) bib(a *app, s *server, text string) (library.BibID, error) {
	_, err := s.catalogue.Record(a.ctx, library.BibID(text))
	if !errors.Is(err, library.ErrUnknownBib) {
		return library.BibID(text), err
	}
	item, err := s.ledger.ItemStanding(a.ctx, text)
	return item.BibID, err
}

// onList says what is on a list.
func onList(l library.List) string {
	if l.Query != nil {
		return "what a query finds"
	}
	return count(len(l.Bibs), "bib")
}

type listShowCmd struct {
	reading

	Name string `arg:"" optional:"" help:"Of this list, its bibs."`
	JSON bool   `name:"json" help:"Print it as JSON."`
}

// Run shows the lists, or one.
func (c *listShowCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		all, err := s.catalogue.Lists(a.ctx)
		if err != nil {
			return err
		}
		if c.Name != "" {
			i := slices.IndexFunc(all, func(l library.List) bool { return l.Name == c.Name })
			if i < 0 {
				return library.ErrUnknownList
			}
			if c.JSON {
				return printJSON(a.stdout, all[i])
			}
			return c.show(a, s, all[i])
		}
		if c.JSON {
			return printJSON(a.stdout, append([]library.List{}, all...))
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "NAME\tKIND\tTITLE\tWITH")
		for _, l := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Name, l.Kind, cmp.Or(l.Title[library.Languages[0].Code], "-"), onList(l))
		}
		return w.Flush()
	})
}

func (c *listShowCmd) show(a *app, s *server, l library.List) error {
	fields := []field{{"list", l.Name}, {"kind", string(l.Kind)}}
	for _, language := range library.Languages {
		fields = append(fields, field{"title " + language.Code, l.Title[language.Code]}, field{"text " + language.Code, l.Text[language.Code]})
	}
	if q := l.Query; q != nil {
		year := func(y int) string {
			if y == 0 {
				return ""
			}
			return strconv.Itoa(y)
		}
		set := func(is bool) string {
			if is {
				return "yes"
			}
			return ""
		}
		fields = append(fields, []field{
			{"words", q.Words}, {"creator", q.Creator}, {"publisher", q.Publisher}, {"subject", q.Subject}, {"ndc", q.NDC},
			{"from year", year(q.YearFrom)}, {"to year", year(q.YearTo)}, {"branch", string(q.Branch)}, {"kind of bibs", string(q.Kind)},
			{"language", q.Language}, {"juvenile", set(q.Juvenile)}, {"available", set(q.Available)}, {"order", string(q.Order)},
		}...)
	}
	if l.Kind == library.Ranking {
		fields = append(fields, field{"month", cmp.Or(l.Month, "the last year")})
	}
	fields = slices.DeleteFunc(fields, func(f field) bool { return f.value == "" })
	if err := printFields(a.stdout, fields); err != nil || len(l.Bibs) == 0 {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "BIB\tTITLE")
	for _, id := range l.Bibs {
		title := "- (not in the catalogue)"
		switch r, err := s.catalogue.Record(a.ctx, id); {
		case err == nil:
			title = r.Bib.TitleAndVolume()
		case !errors.Is(err, library.ErrUnknownBib):
			return err
		}
		fmt.Fprintf(w, "%s\t%s\n", id, title)
	}
	return w.Flush()
}

type listRemoveCmd struct {
	Name string `arg:"" help:"Name of the list."`
}

// Run takes the list down.
func (c *listRemoveCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		err := a.audited(s, "list-remove", func(tx *db.Tx, e *audit.Entry) error {
			e.Subject = "list:" + c.Name
			return s.catalogue.RemoveListTx(a.ctx, tx, c.Name)
		})
		if err == nil {
			fmt.Fprintf(a.stdout, "taken down: %s\n", c.Name)
		}
		return err
	})
}
