package central

import (
	"context"
	"errors"
	"net/http"

	"madoguchi/central/circulation"
	"madoguchi/central/db"
)

// giveOrder gives circulation the order that a request asks for, as once makes a change:
// the answer, as wire puts it, is what is recorded of the order. No transaction is open
// meanwhile but the one in which the system behind Circulation makes the effect.
func giveOrder[T any](s *Service, w http.ResponseWriter, r *http.Request, q asking, wire func(T) any,
	do func(context.Context, circulation.Order[T]) (T, error)) error {
	k, err := s.answerKey(r, q)
	if err != nil {
		return err
	}
	// To its end, also where the terminal gives up waiting: what the system has done by
	// then is to be recorded.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), short)
	defer cancel()
	return s.answerOnce(ctx, w, k, func() (a answered, err error) {
		a, found, err := s.findAnswer(ctx, k)
		if err != nil || found {
			return a, err
		}
		o := circulation.Order[T]{Who: q.who.whose(), Key: k.terminal + " " + k.key, Record: func(ctx context.Context, tx *db.Tx, answer T) error {
			var err error
			if a, err = answerWith(wire(answer)); err != nil {
				return err
			}
			return k.store(ctx, tx, a)
		}}
		if _, err := do(ctx, o); err != nil {
			return answered{}, err
		}
		if a.status == 0 {
			return answered{}, errors.New("circulation made an order and did not record it")
		}
		s.number(ctx)
		return a, nil
	})
}

// asItIs is the wire's answer where that is what circulation says.
func asItIs[T any](answer T) any { return answer }
