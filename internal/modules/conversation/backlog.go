package conversation

import "prosa/internal/event"

// backlog holds what was fetched and not done yet, and gives it out fairly: a
// company with thousands of events waiting takes no more of a batch than its
// share while others wait. Within a company the order of arrival stands.
type backlog struct {
	queues map[string][]waiting
	turn   []string // companies with something waiting, whose turn is next first
	size   int
}

// waiting is one event and the frame that it came in.
type waiting struct {
	raw   event.Raw
	frame *frame
}

// frame is a stored message of the stream; it is acknowledged when all its
// events are done.
type frame struct {
	left int
	ack  func() error
}

func newBacklog() *backlog { return &backlog{queues: map[string][]waiting{}} }

// push takes the events of one frame.
func (b *backlog) push(raws []event.Raw, ack func() error) {
	f := &frame{left: len(raws), ack: ack}
	for _, raw := range raws {
		if len(b.queues[raw.TenantID]) == 0 {
			b.turn = append(b.turn, raw.TenantID)
		}
		b.queues[raw.TenantID] = append(b.queues[raw.TenantID], waiting{raw, f})
	}
	b.size += len(raws)
}

// take gives up to most events, one of each company in turn, and of one
// company at most share while others have some.
func (b *backlog) take(most, share int) []waiting {
	batch := make([]waiting, 0, min(most, b.size))
	taken := map[string]int{}
	shared := len(b.turn) > 1
	var spent []string // companies that had their share
	for len(b.turn) > 0 && len(batch) < most {
		company := b.turn[0]
		b.turn = b.turn[1:]
		queue := b.queues[company]
		batch = append(batch, queue[0])
		taken[company]++
		switch {
		case len(queue) == 1:
			delete(b.queues, company)
			continue
		case shared && taken[company] >= share:
			spent = append(spent, company)
		default:
			b.turn = append(b.turn, company)
		}
		b.queues[company] = queue[1:]
	}
	b.turn = append(b.turn, spent...)
	b.size -= len(batch)
	return batch
}
