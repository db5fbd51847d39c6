package central

import (
	"context"
	"fmt"

	"madoguchi/central/db"
	"madoguchi/library"
)

// sweep drops what time has made useless: sessions that ended, answers that nobody
// asks for again, temporary passwords that nobody used, which cards failed where, tries
// that were taken back, counts of loans of more than a year ago, and what requests asked
// for; that they were handed over is known for much longer.
func (s *Service) sweep(ctx context.Context) error {
	now, p := s.cfg.Now(), s.cfg.Site.Policy
	kioskTotal, kioskIdle := limits(p, KindKiosk, false)
	webTotal, webIdle := limits(p, KindWeb, false)
	staffTotal, staffIdle := limits(p, KindKiosk, true)
	const patronAt = `DELETE FROM session WHERE patron_id IS NOT NULL AND (created_at <= $1 OR used_at <= $2)
		AND terminal_id IN (SELECT id FROM terminal WHERE kind = $3)`
	for _, drop := range []struct {
		query string
		args  []any
	}{
		{patronAt, []any{now.Add(-kioskTotal).UnixMilli(), now.Add(-kioskIdle).UnixMilli(), string(KindKiosk)}},
		{patronAt, []any{now.Add(-webTotal).UnixMilli(), now.Add(-webIdle).UnixMilli(), string(KindWeb)}},
		{`DELETE FROM session WHERE staff_name IS NOT NULL AND (created_at <= $1 OR used_at <= $2)`,
			[]any{now.Add(-staffTotal).UnixMilli(), now.Add(-staffIdle).UnixMilli()}},
		{`DELETE FROM answer WHERE at <= $1`, []any{now.Add(-answersKept).UnixMilli()}},
		{`DELETE FROM answer WHERE secret AND at <= $1`, []any{now.Add(-secretsKept).UnixMilli()}},
		{`UPDATE request SET patron_id = NULL, result = '' WHERE result <> '' AND delivered_at < $1`, []any{s.requestsShownFrom().UnixMilli()}},
		{`DELETE FROM request WHERE delivered_at <= $1`, []any{now.Add(-requestsKept).UnixMilli()}},
		{`DELETE FROM temporary_password WHERE issued_at <= $1`, []any{now.Add(-p.TemporaryFor.Duration()).UnixMilli()}},
		{`DELETE FROM terminal_failure WHERE at <= $1`, []any{now.Add(-p.TerminalWindow.Duration()).UnixMilli()}},
		{`DELETE FROM login_try WHERE taken_back_at > 0 AND taken_back_at <= $1`, []any{now.Add(-library.TakeBackWindow).UnixMilli()}},
	} {
		err := s.cfg.DB.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, drop.query, drop.args...)
			return err
		})
		if err != nil {
			return fmt.Errorf("drop what is over: %w", err)
		}
	}
	return s.cfg.Catalogue.DropLoanCounts(ctx)
}
