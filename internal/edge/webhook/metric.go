package webhook

import (
	"github.com/prometheus/client_golang/prometheus"

	"prosa/internal/platform/telemetry"
)

// metrics is what the gateway counts.
type metrics struct {
	requests    *prometheus.CounterVec // channel, outcome
	events      *prometheus.CounterVec // channel, outcome
	seconds     *prometheus.HistogramVec
	frameEvents prometheus.Observer
	frameBytes  prometheus.Observer
	waiting     prometheus.Gauge
}

func newMetrics(m *telemetry.Metrics) metrics {
	if m == nil {
		m = telemetry.NewMetrics("", "") // nobody reads it
	}
	return metrics{
		requests: m.Counter("prosa_webhook_requests_total",
			"Webhooks by how they were answered: accepted, unauthorized, unknown, too_large, cut_off, too_slow, stale, full, unavailable.", "channel", "outcome"),
		events: m.Counter("prosa_webhook_events_total", "Stored events of webhooks: accepted or quarantined.", "channel", "outcome"),
		seconds: m.Histogram("prosa_webhook_seconds", "From the head of a webhook to its answer.",
			telemetry.Seconds(), "channel"),
		frameEvents: m.Histogram("prosa_webhook_frame_events", "Events that shared one sync of the disk.", telemetry.Sizes()).WithLabelValues(),
		frameBytes:  m.Histogram("prosa_webhook_frame_bytes", "Bytes of a stored frame.", prometheus.ExponentialBuckets(256, 4, 8)).WithLabelValues(),
		waiting:     m.Gauge("prosa_webhook_waiting_events", "Events that wait to be stored.").WithLabelValues(),
	}
}
