package library

// ShelfUntil returns the last day, inclusive, on which a copy stands on the hold
// shelf of a branch for a patron who was told of it on a day: so many open days of
// the branch, counted from the day after. Guide: 連絡日の翌日から休館日を除き1週間.
//
// Where the calendar has no open weekday at all nobody has entered it yet, and every
// day counts.
func ShelfUntil(c Calendar, contactedOn Date, days int) Date {
	if !c.Entered() {
		return contactedOn.Add(max(days, 0))
	}
	day := contactedOn
	for days > 0 { // it ends: some weekday is open, and further closed days are so many
		day = day.Add(1)
		if c.IsOpen(day) {
			days--
		}
	}
	return day
}
