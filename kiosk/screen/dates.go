package screen

import (
	"fmt"
	"time"

	"madoguchi/library"
)

// date words a day with its weekday: 11月24日(火).
func (v *visit) date(t time.Time) string {
	return v.t("date.day", int(t.Month()), t.Day(), v.t("date.weekday."+[...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[t.Weekday()]), v.t("date.month."+t.Month().String()[:3]))
}

// day words a day with its weekday.
func (v *visit) day(d library.Date) string {
	return v.date(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC))
}

// shortDay words a day without its weekday, where there is little room: 12月2日.
func (v *visit) shortDay(d library.Date) string {
	return v.t("date.short", int(d.Month), d.Day, v.t("date.month."+d.Month.String()[:3]))
}

// minutes words minutes after midnight as a time of day: 9:30.
func minutes(m int) string { return fmt.Sprintf("%d:%02d", m/60, m%60) }

// span words how long something lasts: in whole hours, or else in minutes.
func (v *visit) span(s library.Seconds) string {
	if s >= 3600 && s%3600 == 0 {
		return v.t("date.hours", int(s)/3600)
	}
	return v.t("date.minutes", max(1, int(s)/60))
}

// moment words a day and a time of day.
func (v *visit) moment(t time.Time) string {
	t = t.In(v.app.cfg.Site().Location())
	return v.t("date.moment", v.date(t), t.Format("15:04"))
}
