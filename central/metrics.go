package central

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"madoguchi/central/protocol"
)

// metrics are the service's own figures, in a registry of its own.
type metrics struct {
	handler  http.Handler
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	number   prometheus.Gauge
	edition  prometheus.Gauge
	left     *prometheus.CounterVec
	strange  prometheus.Counter

	auditLacks prometheus.Gauge
}

func newMetrics(more ...prometheus.Collector) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "madoguchi_requests_total", Help: "Answered requests by route and status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "madoguchi_request_seconds", Help: "Time to answer by route.", Buckets: prometheus.ExponentialBuckets(.001, 4, 8),
		}, []string{"route"}),
		number: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "madoguchi_catalogue_change_number", Help: "Number of the newest change of the catalogue.",
		}),
		edition: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "madoguchi_catalogue_edition_number", Help: "Number of the change up to which the newest edition goes.",
		}),
		left: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "madoguchi_left_requests_total", Help: "Requests handed over that were left while the server was away, by outcome.",
		}, []string{"outcome"}),
		auditLacks: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "madoguchi_audit_lacks_entries", Help: "1 where a terminal knows of an entry of the audit log that is not there.",
		}),
		strange: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "madoguchi_strange_connections_total", Help: "Connections that broke off before a request, of those who do not speak this TLS or HTTP.",
		}),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.requests, m.seconds, m.number, m.edition, m.left, m.strange, m.auditLacks,
		collectors.NewBuildInfoCollector(), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(more...)
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m
}

func (m *metrics) observe(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// figures are those for Prometheus, where they are not at an address of their own.
func (s *Service) figures(w http.ResponseWriter, r *http.Request) error {
	if s.cfg.MetricsApart {
		return &protocol.Problem{Status: http.StatusNotFound, Code: protocol.CodeNotFound, Detail: "there is nothing at this address"}
	}
	s.metrics.handler.ServeHTTP(w, r)
	return nil
}

// connectionLog takes what net/http logs. Whoever connects and does not speak what the
// server does is counted: a scanner of ports would fill the log.
type connectionLog struct {
	strange prometheus.Counter
	to      io.Writer
}

func (l connectionLog) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("TLS handshake error")) {
		l.strange.Inc()
		return len(line), nil
	}
	return l.to.Write(line)
}
