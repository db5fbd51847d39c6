package mail

import (
	"reflect"
	"regexp"
	"testing"
	"time"

	"madoguchi/library"
)

// Every kind of mail has a wording in every language, and a sample that has something
// for all that the wording may say: what "central mail test" sends shows all of it.
func TestSamplesAreWhole(t *testing.T) {
	c, err := NewComposer(Config{Library: "みなと市立図書館", From: "mado@toshokan.example.jp", Link: "https://toshokan.example.jp/", CodeFor: time.Minute})
	if err != nil {
		t.Fatalf("in central/mail/templates: %v", err)
	}
	field := regexp.MustCompile(`[ {$]\.([A-Z][A-Za-z]*)`)
	for _, l := range library.Languages {
		for _, kind := range library.MailKinds {
			name := l.Code + "/" + string(kind) + ".txt"
			text, err := embedded.ReadFile("templates/" + name)
			if err != nil {
				t.Errorf("write central/mail/templates/%s: %v", name, err)
				continue
			}
			m, branch := Sample(kind, "patron@example.jp", l.Code, time.Date(2026, time.November, 25, 14, 5, 0, 0, time.UTC))
			samples := []facts{c.facts(l, m, branch)}
			for _, other := range variants(m) {
				samples = append(samples, c.facts(l, other, branch))
			}
			said := field.FindAllStringSubmatch(string(text), -1)
			if len(said) == 0 {
				t.Errorf("%s says nothing of what happened", name)
			}
			for _, s := range said {
				if !hasFact(samples, s[1]) {
					t.Errorf("%s says {{.%s}}, of which the sample has nothing: see Sample", name, s[1])
				}
			}
		}
	}
}

// hasFact reports whether one of some facts, or of their lines, has something in a field.
func hasFact(samples []facts, field string) bool {
	set := func(of any) bool {
		f := reflect.ValueOf(of).FieldByName(field)
		return f.IsValid() && !f.IsZero()
	}
	for _, f := range samples {
		if set(f) {
			return true
		}
		for _, l := range f.Lines {
			if set(l) {
				return true
			}
		}
	}
	return false
}

func TestParseDates(t *testing.T) {
	const week, year = "a, b, c, d, e, f, g", "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12"
	d, err := parseDates("{{.Weekday}} {{.Day}}/{{.Month}}\n" + week + "\n" + year + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := d.day(library.Date{Year: 2026, Month: time.December, Day: 6}); got != "a 6/12" { // a Sunday
		t.Errorf("got %q", got)
	}
	if got := d.day(library.Date{}); got != "" {
		t.Errorf("no day is %q", got)
	}
	for name, text := range map[string]string{
		"two lines":      "{{.Day}} {{.Month}}\n" + week,
		"six weekdays":   "{{.Day}} {{.Month}}\na, b, c, d, e, f\n" + year,
		"eleven months":  "{{.Day}} {{.Month}}\n" + week + "\n1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11",
		"an odd field":   "{{.Day}} {{.Month}} {{.Year}}\n" + week + "\n" + year,
		"no day":         "{{.Weekday}} {{.Month}}\n" + week + "\n" + year,
		"no month":       "{{.Weekday}} {{.Day}}\n" + week + "\n" + year,
		"nothing at all": "",
	} {
		if _, err := parseDates(text); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
