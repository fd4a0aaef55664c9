package outbox

import (
	"context"
	"encoding/json"
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
// filled when zero. The envelopes of one call keep their order. Errors:
// fault.Internal for an envelope without company or type.
func Write(ctx context.Context, tx *database.Tx, shard int, envelopes ...event.Envelope) error {
	if len(envelopes) == 0 {
		return nil
	}
	ids := freshIDs(tx.Now(), envelopes)
	rows := make([][]any, len(envelopes))
	for i, e := range envelopes {
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
		if e.Data == nil {
			e.Data = json.RawMessage("null")
		}
		text, err := json.Marshal(e)
		if err != nil {
			return fault.New(fault.Internal, "the event %s can't be written as JSON: %w", e.Type, err)
		}
		rows[i] = []any{e.ID, shard, e.TenantID, e.ConversationID, e.Seq, string(text), tx.Now()}
	}
	// A repeated transaction with ids of its own making writes the same rows.
	_, err := tx.Each(ctx, `INSERT INTO outbox (id, shard, tenant_id, conversation_id, seq, envelope, created_ms, published_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT (id) DO NOTHING`, rows, nil)
	if err != nil {
		return err
	}
	tx.Notify(topic, shard)
	return nil
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
