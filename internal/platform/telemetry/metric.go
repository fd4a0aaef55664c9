package telemetry

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Seconds are the buckets of a duration: from a commit to a patient provider.
func Seconds() []float64 {
	return []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
}

// Sizes are the buckets of a count, such as the events of a batch.
func Sizes() []float64 { return prometheus.ExponentialBuckets(1, 2, 11) }

// Metrics is the process's registry of metrics.
type Metrics struct{ registry *prometheus.Registry }

// NewMetrics makes a registry that already tells of the process (memory, CPU,
// files), of Go's runtime, and which version and target runs.
func NewMetrics(version, target string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	m.Gauge("prosa_build_info", "Constant 1; the labels say what runs.", "version", "target").WithLabelValues(version, target).Set(1)
	return m
}

// Handler answers /metrics. It is for the operator's collector: don't serve it
// where customers can reach it.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, MaxRequestsInFlight: 4})
}

// Registry gives the registry itself, for tests that gather from it.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// Counter gives the counter of that name, which ends in _total; asked again, the
// same one. A name or label that breaks the rules is a defect and panics, at
// start-up, where metrics are made.
func (m *Metrics) Counter(name, help string, labels ...string) *prometheus.CounterVec {
	check(name, "_total", labels)
	return register(m, prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels))
}

// Gauge gives the gauge of that name.
func (m *Metrics) Gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	check(name, "", labels)
	return register(m, prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels))
}

// Histogram gives the histogram of that name with the buckets (Seconds, Sizes).
// A name of durations ends in _seconds.
func (m *Metrics) Histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	check(name, "", labels)
	return register(m, prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels))
}

// GaugeFunc has read called at each collection; for depths and ages that are
// kept elsewhere. read must be quick and safe for concurrent use.
func (m *Metrics) GaugeFunc(name, help string, read func() float64) {
	check(name, "", nil)
	register(m, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

func register[C prometheus.Collector](m *Metrics, collector C) C {
	err := m.registry.Register(collector)
	var twice prometheus.AlreadyRegisteredError
	if errors.As(err, &twice) {
		if same, ok := twice.ExistingCollector.(C); ok {
			return same
		}
	}
	if err != nil {
		panic(fmt.Sprintf("telemetry: %v", err))
	}
	return collector
}

var (
	goodName = regexp.MustCompile(`^prosa_[a-z][a-z0-9_]*[a-z0-9]$`)
	idLabel  = regexp.MustCompile(`(^|_)(id|tenant|phone|email|path|url)$`)
)

func check(name, suffix string, labels []string) {
	if !goodName.MatchString(name) || suffix != "" && name[max(0, len(name)-len(suffix)):] != suffix {
		panic(fmt.Sprintf("telemetry: the metric %q is not named prosa_..%s", name, suffix))
	}
	for _, label := range labels {
		if idLabel.MatchString(label) {
			panic(fmt.Sprintf("telemetry: the label %q of %q would have a value for each customer", label, name))
		}
	}
}
