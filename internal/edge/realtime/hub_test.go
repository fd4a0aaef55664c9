package realtime

import (
	"log/slog"
	"testing"
	"time"
)

// While nobody is there frames are not read, and nobody is told later that
// what came meanwhile can be replayed.
func TestFramesThatNobodyWaitsForAreNotRead(t *testing.T) {
	h := New(Config{KeepEvents: 10, KeepBytes: 1 << 20}, nil, nil, slog.New(slog.DiscardHandler))
	h.enter("e", 1, 4)
	frame := []byte(`[{"v":1,"id":"evt_1","tenant_id":"ten_1","type":"message.created","at":1,"data":{}}]`)
	h.publish(t.Context(), "e", 5, frame)
	if behind, covered := h.history.after(position{5, -1}); len(behind) != 1 || !covered {
		t.Fatalf("a moment after the start %d events are kept, covered %v", len(behind), covered)
	}
	h.left = h.left.Add(-2 * unwatched)
	h.publish(t.Context(), "e", 6, []byte("unread"))
	if h.head != 6 {
		t.Fatalf("the hub stands at %d", h.head)
	}
	if _, covered := h.history.after(position{5, 0}); covered {
		t.Error("what was not read is said to be kept")
	}
	h.publish(t.Context(), "an older life", 9, frame)
	if h.head != 6 {
		t.Errorf("another life of the stream moved the hub to %d", h.head)
	}
	h.left = time.Now()
	h.publish(t.Context(), "e", 7, frame)
	if behind, covered := h.history.after(position{7, -1}); len(behind) != 1 || !covered {
		t.Errorf("later %d events are kept, covered %v", len(behind), covered)
	}
}
