package mail

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"madoguchi/library"
)

// dates is how the days are written in a language: the wording date, whose first line is
// the form of a day, the second the names of the weekdays from Sunday on, and the third
// those of the months.
type dates struct {
	form     string
	weekdays []string
	months   []string
}

func parseDates(text string) (dates, error) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != 3 {
		return dates{}, errors.New("it needs three lines: a day, the weekdays, the months")
	}
	d := dates{form: oneLine(lines[0]), weekdays: names(lines[1]), months: names(lines[2])}
	if len(d.weekdays) != 7 || len(d.months) != 12 {
		return dates{}, errors.New("its second line names the seven weekdays from Sunday on, its third the twelve months, with commas between")
	}
	written := d.day(library.Date{Year: 2026, Month: time.November, Day: 25})
	if strings.Contains(written, "{{") || !strings.Contains(written, "25") || !strings.Contains(written, d.months[10]) {
		return dates{}, errors.New("its first line says {{.Day}} and {{.Month}}, perhaps {{.Weekday}}, and nothing else in braces")
	}
	return d, nil
}

func names(line string) []string {
	var all []string
	for name := range strings.SplitSeq(line, ",") {
		if name = oneLine(name); name != "" {
			all = append(all, name)
		}
	}
	return all
}

// day writes a day in words, and nothing for no day.
func (d dates) day(on library.Date) string {
	if on.IsZero() {
		return ""
	}
	return strings.NewReplacer(
		"{{.Day}}", strconv.Itoa(on.Day),
		"{{.Weekday}}", d.weekdays[on.Weekday()],
		"{{.Month}}", d.months[on.Month-1],
	).Replace(d.form)
}

func (d dates) instant(t time.Time) string {
	return d.day(library.DateOf(t)) + " " + t.Format("15:04")
}
