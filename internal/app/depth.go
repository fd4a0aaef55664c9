package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"prosa/internal/platform/service"
	"prosa/internal/platform/stream"
)

// depthEvery is how often the streams are measured: alarms are about minutes.
const depthEvery = time.Minute

// depths says how much lies in the streams and for how long, twice: as metrics,
// and as one line of the log a minute, from which a cloud takes its numbers where
// nobody collects metrics (deploy/terraform/aws/layers/70-observability).
type depths struct {
	messages, bytes, waiting *prometheus.GaugeVec
}

func (r *running) depths() depths {
	return depths{
		messages: r.metrics.Gauge("prosa_stream_messages", "Messages that a stream holds: IN what waits for a worker, DEAD what was put aside.", "stream"),
		bytes:    r.metrics.Gauge("prosa_stream_bytes", "Bytes that a stream holds.", "stream"),
		waiting:  r.metrics.Gauge("prosa_stream_waiting_seconds", "Age of the oldest message that a consumer of the stream has not done.", "stream"),
	}
}

// measureStreams is the service that measures them.
func (r *running) measureStreams() service.Service {
	d := r.depths()
	return service.Service{Run: func(ctx context.Context) error {
		every := time.NewTicker(depthEvery)
		defer every.Stop()
		for {
			if err := r.measure(ctx, d); err != nil && ctx.Err() == nil {
				r.logger.WarnContext(ctx, "the streams could not be measured", "error", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-every.C:
			}
		}
	}}
}

// measure looks once. Whoever reads the log's line (the pattern is in
// 70-observability) finds these names in it.
func (r *running) measure(ctx context.Context, d depths) error {
	var line []any
	for _, of := range []struct{ name, key string }{{stream.In, "in"}, {stream.Event, "event"}, {stream.Dead, "dead"}} {
		state, err := r.streams.State(ctx, of.name)
		if err != nil {
			return err
		}
		d.messages.WithLabelValues(of.name).Set(float64(state.Messages))
		d.bytes.WithLabelValues(of.name).Set(float64(state.Bytes))
		line = append(line, slog.Uint64(of.key+"_messages", state.Messages), slog.Uint64(of.key+"_bytes", state.Bytes))
		if of.name == stream.Dead {
			continue // nobody consumes it: it waits for people
		}
		since, err := r.streams.Waiting(ctx, of.name)
		if err != nil {
			return err
		}
		var age time.Duration
		if !since.IsZero() {
			age = max(0, r.clock.Now().Sub(since))
		}
		d.waiting.WithLabelValues(of.name).Set(age.Seconds())
		line = append(line, slog.Float64(of.key+"_oldest_seconds", age.Seconds()))
	}
	r.logger.InfoContext(ctx, "streams", line...)
	return nil
}
