package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/platform/database"
)

// topic is what Write notifies, with the shard.
const topic = "outbox"

// Write puts envelopes into the outbox in the caller's transaction and wakes
// the relay of the shard after the commit. Version is set; ID and AtMS are
// filled when zero. The envelopes of one call keep their order. They share a
// row, as many as a frame takes: a batch tells hundreds of events, and a row
// each would cost as much as the messages themselves. Errors: fault.Internal
// for an envelope without company or type.
func Write(_ context.Context, tx *database.Tx, shard int, envelopes ...event.Envelope) error {
	if len(envelopes) == 0 {
		return nil
	}
	ids := freshIDs(tx.Now(), envelopes)
	var marks, bodies [][]any
	var next packet
	flush := func() {
		marks = append(marks, []any{next.id, shard, tx.Now()})
		bodies = append(bodies, []any{next.id, string(next.heads), string(next.body)})
		next = packet{}
	}
	for _, e := range envelopes {
		if e.TenantID == "" || e.Type == "" {
			return fault.New(fault.Internal, "an event of type %q names the company %q", e.Type, e.TenantID)
		}
		e.Version = event.Version
		if e.ID == "" {
			e.ID, ids = ids[0], ids[1:]
		}
		if e.AtMS == 0 {
			e.AtMS = tx.Now()
		}
		text, err := encode(e)
		if err != nil {
			return fault.New(fault.Internal, "the event %s can't be written as JSON: %w", e.Type, err)
		}
		if next.count == event.FrameMaxEvents || next.count > 0 && frameSize(next.count+1, len(next.body)+len(text)) > event.FrameMaxBytes {
			flush()
		}
		next.add(e, text)
	}
	flush()
	// A repeated transaction with ids of its own making writes the same rows.
	tx.LaterAll(`INSERT INTO outbox (id, shard, created_ms, published_ms) VALUES ($1, $2, $3, 0)
		ON CONFLICT (id) DO NOTHING`, marks)
	tx.LaterAll(`INSERT INTO outbox_body (id, heads, envelopes) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO NOTHING`, bodies)
	tx.Notify(topic, shard)
	return nil
}

// packet is a row in the making.
type packet struct {
	id          string
	count       int
	heads, body []byte
}

func (p *packet) add(e event.Envelope, text []byte) {
	if p.count++; p.count == 1 {
		p.id = e.ID
	}
	p.heads = fmt.Appendf(p.heads, "%d %d %s\n", len(text), e.Seq, e.ConversationID)
	p.body = append(p.body, text...)
}

// frameSize is the length of a frame of so many envelopes: a JSON array.
func frameSize(count, bytes int) int { return bytes + count + 1 }

// encode gives the envelope as JSON. Its data, the larger part, is JSON already
// and is copied instead of being parsed and compacted again.
func encode(e event.Envelope) ([]byte, error) {
	data := e.Data
	if data == nil {
		data = json.RawMessage("null")
	}
	if !json.Valid(data) {
		return nil, errors.New("its data is no JSON")
	}
	e.Data = nil
	text, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	bare, ok := bytes.CutSuffix(text, []byte(`"data":null}`))
	if !ok {
		return nil, errors.New("its data is not its last field")
	}
	text = append(bare, `"data":`...)
	return append(append(text, data...), '}'), nil
}

// freshIDs makes the ids that are missing, in ascending order.
func freshIDs(nowMS int64, envelopes []event.Envelope) []string {
	var ids []string
	for _, e := range envelopes {
		if e.ID == "" {
			ids = append(ids, id.New(id.Event, nowMS))
		}
	}
	slices.Sort(ids)
	return ids
}

// Forward passes the wake-ups of this process's commits on to the relays of
// other processes, until stop is called. A process of a split installation that
// writes events needs it; else its events wait for the relay's poll.
func Forward(db *database.DB, stream interface{ Wake(shard int) }) (stop func()) {
	return db.OnNotify(topic, stream.Wake)
}
