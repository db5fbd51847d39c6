package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"madoguchi/central/ledger"
	"madoguchi/library"
)

type itemShowCmd struct {
	reading

	Item string `arg:"" help:"The item's barcode; of one without a barcode its ID."`
	JSON bool   `name:"json" help:"Print it as JSON."`
}

// Run shows the copy.
func (c *itemShowCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		x, err := s.ledger.ItemStanding(a.ctx, strings.TrimSpace(c.Item))
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(a.stdout, x)
		}
		return printFields(a.stdout, []field{
			{"item", string(x.ID)}, {"barcode", x.Barcode}, {"bib", string(x.BibID)}, {"title", x.Title}, {"branch", string(x.Branch)},
			{"shelf", x.Shelf}, {"call number", x.CallNumber}, {"lent", yesNo(x.Lendable)}, {"owned", yesNo(x.Owned)}, {"state", whereIs(x)},
			{"waiting", strconv.Itoa(x.Waiting)}, {"source", x.Source}, {"lent last year", strconv.Itoa(x.Loans)},
		})
	})
}

type bibShowCmd struct {
	reading

	Bib  string `arg:"" help:"ID of the bib."`
	JSON bool   `name:"json" help:"Print it as JSON."`
}

// Run shows the bib.
func (c *bibShowCmd) Run(a *app) error {
	return a.with(func(s *server) error {
		x, err := s.ledger.BibStanding(a.ctx, library.BibID(c.Bib))
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(a.stdout, x)
		}
		var creators []string
		for _, who := range x.Bib.Creators {
			creators = append(creators, strings.TrimSpace(who.Name+" "+who.Role))
		}
		year := ""
		if x.Bib.Year != 0 {
			year = strconv.Itoa(x.Bib.Year)
		}
		state := "in the catalogue"
		if x.Withdrawn {
			state = "withdrawn: gone when the last of its copies is back"
		}
		err = printFields(a.stdout, []field{
			{"bib", string(x.Bib.ID)}, {"kind", string(x.Bib.Kind)}, {"title", x.Bib.TitleAndVolume()}, {"reading", x.Bib.TitleReading},
			{"creators", strings.Join(creators, "; ")}, {"publisher", x.Bib.Publisher}, {"year", year}, {"isbn", strings.Join(x.Bib.ISBNs, " ")},
			{"ndc", strings.Join(x.Bib.NDC, " ")}, {"language", x.Bib.Language}, {"added on", x.Bib.AddedOn.String()}, {"state", state},
			{"waiting", strconv.Itoa(x.Waiting)}, {"source", x.Source}, {"copies", strconv.Itoa(len(x.Items))},
		})
		if err != nil || len(x.Items) == 0 {
			return err
		}
		w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "ITEM\tBRANCH\tSHELF\tCALL NUMBER\tLENT\tSTATE")
		for _, it := range x.Items {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", cmp.Or(it.Barcode, string(it.ID)), it.Branch, cmp.Or(it.Shelf, "-"), cmp.Or(it.CallNumber, "-"), yesNo(it.Lendable), whereIs(it))
		}
		return w.Flush()
	})
}

// states are where a copy is, in words.
var states = map[library.ItemState]string{
	library.OnShelf:     "on its shelf",
	library.OnLoan:      "on loan",
	library.InTransit:   "on its way",
	library.OnHoldShelf: "on the hold shelf",
	library.Missing:     "missing",
}

// whereIs says where a copy is, and never who has it.
func whereIs(x ledger.ItemStanding) string {
	text := states[x.State]
	if !x.DueOn.IsZero() {
		text += " until " + x.DueOn.String()
	}
	switch {
	case x.Withdrawn:
		text += ", and withdrawn when it comes back"
	case x.Held:
		text += ", for a patron"
	case x.ClearAt != "":
		text += ", to be taken off the hold shelf at " + string(x.ClearAt)
	}
	return text
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// field is a line of what is shown.
type field struct{ name, value string }

// printFields prints a line a field.
func printFields(out io.Writer, fields []field) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, f := range fields {
		fmt.Fprintf(w, "%s\t%s\n", f.name, cmp.Or(f.value, "-"))
	}
	return w.Flush()
}
