package app

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/platform/stream"
	"prosa/internal/platform/telemetry"
)

// The log's line and the metrics say what lies in the streams, and the filters of
// the cloud find their names in the line.
func TestStreamsAreMeasured(t *testing.T) {
	ctx := t.Context()
	streams, err := stream.Open(ctx, stream.Config{Dir: t.TempDir(), FreeMB: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := streams.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, subject := range []string{"in.channel.0", "in.channel.0", "dead.conversation"} {
		if _, err := streams.Publish(ctx, subject, []byte("body")); err != nil {
			t.Fatal(err)
		}
	}
	consumer, err := streams.Consume(ctx, stream.In, stream.ConsumerName("conversation", 0, 1), "in.channel.0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(consumer.Close)

	var log bytes.Buffer
	r := &running{house: &house{
		streams: streams, metrics: telemetry.NewMetrics("v", targetWorker), clock: clock.NewManual(time.Now().Add(90 * time.Second)),
		logger: telemetry.NewLogger(&log, telemetry.Config{Format: "json"}),
	}}
	if err := r.measure(ctx, r.depths()); err != nil {
		t.Fatal(err)
	}

	var line map[string]any
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line["msg"] != "streams" || line["in_messages"] != 2.0 || line["dead_messages"] != 1.0 {
		t.Errorf("the line says %v", line)
	}
	if age, _ := line["in_oldest_seconds"].(float64); age < 60 {
		t.Errorf("the oldest of IN waits %v s, want more than a minute", line["in_oldest_seconds"])
	}
	if line["event_oldest_seconds"] != 0.0 {
		t.Errorf("nothing waits in EVENT, and its oldest waits %v s", line["event_oldest_seconds"])
	}

	got := map[string]float64{}
	families, err := r.metrics.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, one := range family.GetMetric() {
			if strings.HasPrefix(family.GetName(), "prosa_stream_") {
				got[family.GetName()+" "+one.GetLabel()[0].GetValue()] = one.GetGauge().GetValue()
			}
		}
	}
	if got["prosa_stream_messages IN"] != 2 || got["prosa_stream_messages DEAD"] != 1 || got["prosa_stream_bytes IN"] == 0 || got["prosa_stream_waiting_seconds IN"] < 60 {
		t.Errorf("the metrics say %v", got)
	}

	filters, err := os.ReadFile(filepath.Join("..", "..", "deploy", "terraform", "aws", "layers", "70-observability", "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`value = "\$\.([a-z_]+)"`).FindAllSubmatch(filters, -1)
	if len(asked) < 4 {
		t.Fatalf("the layer has %d filters of this line", len(asked))
	}
	for _, name := range asked {
		if _, has := line[string(name[1])].(float64); !has {
			t.Errorf("a filter reads %s, which the line does not have", name[1])
		}
	}
}
