package secret

// Parts returns salt and sum of a text of Hash.
func Parts(text string) (salt, sum []byte) {
	e, err := parse(text)
	if err != nil {
		panic(err)
	}
	return e.salt, e.sum
}

// TakeAllTurns lets nobody hash until it is released.
func (h *Hasher) TakeAllTurns() (release func()) {
	for range cap(h.turns) {
		h.turns <- struct{}{}
	}
	return func() {
		for range cap(h.turns) {
			<-h.turns
		}
	}
}
