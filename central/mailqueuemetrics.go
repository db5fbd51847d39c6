package central

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"madoguchi/central/db"
	"madoguchi/library"
)

// mailMetrics are the queue's own figures. None says anything of an address.
type mailMetrics struct {
	waiting *prometheus.GaugeVec
	sent    *prometheus.CounterVec
	failed  prometheus.Counter
	refused prometheus.Counter
	givenUp prometheus.Counter
}

func newMailMetrics() *mailMetrics {
	return &mailMetrics{
		waiting: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "madoguchi_mails_queued", Help: "Mails that wait to be sent, by kind.",
		}, []string{"kind"}),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "madoguchi_mails_sent_total", Help: "Mails handed to the mail server, by kind.",
		}, []string{"kind"}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "madoguchi_mail_tries_failed_total", Help: "Tries to send a mail that failed.",
		}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "madoguchi_mails_refused_total", Help: "Mails whose address the mail server refused for good.",
		}),
		givenUp: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "madoguchi_mails_given_up_total", Help: "Mails given up after three days.",
		}),
	}
}

// collectors are those of the queue, none for nil.
func (mq *MailQueue) collectors() []prometheus.Collector {
	if mq == nil {
		return nil
	}
	m := mq.metrics
	return []prometheus.Collector{m.waiting, m.sent, m.failed, m.refused, m.givenUp}
}

// measure counts what waits.
func (mq *MailQueue) measure(ctx context.Context) error {
	counts := map[string]int{}
	for _, kind := range library.MailKinds {
		counts[string(kind)] = 0
	}
	err := mq.cfg.DB.View(ctx, func(tx *db.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT kind, count(*) FROM mail GROUP BY kind`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var kind string
			var n int
			if err := rows.Scan(&kind, &n); err != nil {
				return err
			}
			counts[kind] = n
		}
		return rows.Err()
	})
	if err != nil {
		return err
	}
	for kind, n := range counts {
		mq.metrics.waiting.WithLabelValues(kind).Set(float64(n))
	}
	return nil
}
