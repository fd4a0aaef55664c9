package channel

import (
	"context"
	"errors"
	"testing"

	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// board runs one ride of shard 1: work, then what the sender has.
func (r *rig) board(work func(ctx context.Context, tx *database.Tx) error) error {
	ride := r.Board(1)
	err := errors.New("cut off")
	defer func() { ride.Leave(context.Background(), err) }()
	err = r.db.Write(context.Background(), database.Companies(append(ride.Companies(), r.tenant)), func(ctx context.Context, tx *database.Tx) error {
		ride.Begin(tx)
		if err := work(ctx, tx); err != nil {
			return err
		}
		return ride.Carry(ctx, tx)
	})
	return err
}

// admitted is an order of a text by a transaction that looked at the window.
func (r *rig) admitted(conversation string, seq int64, text string) Order {
	return Order{TenantID: r.tenant, AccountID: r.account.ID, ConversationID: conversation, MessageID: id.New(id.Message, seq), Shard: 1, Seq: seq,
		To: []message.Address{{Kind: message.WaID, Value: conversation}}, Content: message.Content{Kind: message.Text, Text: text}, Admitted: true}
}

// working waits until the sender has seen the table: before that a ride claims
// nothing.
func (r *rig) working() {
	r.t.Helper()
	r.send()
	r.ledger.await(r.t, r.order("first", 1, "first"), message.Accepted)
}

func TestARideClaimsWhatItOrders(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		r.working()
		now, later := r.admitted("c1", 1, "now\nsecond part"), r.admitted("c1", 2, "later")
		refused := r.admitted("c2", 1, "refused")
		refused.Admitted = false
		r.ledger.refuse[refused.MessageID] = Refusal{MessageID: refused.MessageID, Code: "window_closed", Text: "too late"}
		states := map[string]string{}
		if err := r.board(func(ctx context.Context, tx *database.Tx) error {
			if err := r.Order(ctx, tx, []Order{now, later, refused}); err != nil {
				return err
			}
			rows, err := tx.Query(ctx, `SELECT message_id, part, state, attempt FROM delivery WHERE tenant_id = $1 ORDER BY message_id, part`, r.tenant)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var messageID, state string
				var part, attempt int
				if err := rows.Scan(&messageID, &part, &state, &attempt); err != nil {
					return err
				}
				if part == 0 && attempt == map[string]int{"sending": 1}[state] {
					states[messageID] = state
				} else if part > 0 && state != "queued" {
					t.Errorf("a later part is %s", state)
				}
			}
			return rows.Err()
		}); err != nil {
			t.Fatal(err)
		}
		if states[now.MessageID] != "sending" || states[later.MessageID] != "queued" || states[refused.MessageID] != "queued" {
			t.Errorf("inserted as %v", states)
		}
		r.ledger.await(t, later.MessageID, message.Accepted)
		if _, state, _, _ := r.row(refused.MessageID); state != "queued" && state != "failed" {
			t.Errorf("who was not admitted is %s", state)
		}
		var texts []string
		for len(texts) < 4 {
			texts = append(texts, (<-r.platform.calls).Text)
		}
		if texts[1] != "now" || texts[2] != "second part" || texts[3] != "later" {
			t.Errorf("sent in the order %v", texts)
		}
	})
}

func TestARideThatFailsSendsNothing(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		r.working()
		order := r.admitted("c1", 1, "once")
		broken := errors.New("broken")
		if err := r.board(func(ctx context.Context, tx *database.Tx) error {
			if err := r.Order(ctx, tx, []Order{order}); err != nil {
				return err
			}
			return broken
		}); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if err := r.board(func(ctx context.Context, tx *database.Tx) error { return r.Order(ctx, tx, []Order{order}) }); err != nil {
			t.Fatal(err)
		}
		r.ledger.await(t, order.MessageID, message.Accepted)
		r.platform.mu.Lock()
		defer r.platform.mu.Unlock()
		if r.platform.tries["once"] != 1 {
			t.Errorf("it was sent %d times", r.platform.tries["once"])
		}
	})
}

// The platform's word may come in the ride that carries the outcome: then the
// outcome has nothing to add.
func TestAReportInTheRideSparesTheOutcome(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp)
		r.working()
		r.platform.gate = make(chan struct{})
		order, next := r.admitted("c1", 1, "reported"), r.admitted("c1", 2, "next")
		if err := r.board(func(ctx context.Context, tx *database.Tx) error { return r.Order(ctx, tx, []Order{order}) }); err != nil {
			t.Fatal(err)
		}
		deliveryID, _, _, _ := r.row(order.MessageID)
		close(r.platform.gate)
		for (<-r.platform.calls).Text != "reported" {
		}
		if err := r.board(func(ctx context.Context, tx *database.Tx) error {
			return r.Report(ctx, tx, []Report{{TenantID: r.tenant, AccountID: r.account.ID, AtMS: tx.Now(),
				Status: StatusReport{ExternalID: "ext-" + deliveryID, Ours: deliveryID, Status: message.Delivered}}})
		}); err != nil {
			t.Fatal(err)
		}
		r.ledger.await(t, order.MessageID, message.Delivered)
		if err := r.board(func(ctx context.Context, tx *database.Tx) error { return r.Order(ctx, tx, []Order{next}) }); err != nil {
			t.Fatal(err)
		}
		r.ledger.await(t, next.MessageID, message.Accepted)
		if _, state, external, due := r.row(order.MessageID); state != "delivered" || external != "ext-"+deliveryID || due != 0 {
			t.Errorf("the row is %s, %q, due %d", state, external, due)
		}
	})
}
