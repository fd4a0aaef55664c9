package order

import (
	"context"
	"testing"

	"prosa/internal/platform/database"
)

// ownerOf asks whose a row is.
func (h *house) ownerOf(query, rowID string) (contactID string) {
	h.t.Helper()
	if err := h.db.Read(context.Background(), database.Company(h.tenant), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, query, h.tenant, rowID).Scan(&contactID)
	}); err != nil {
		h.t.Fatal(err)
	}
	return contactID
}

func (h *house) adopt(from, to string) (moved []string) {
	h.t.Helper()
	if err := h.db.Write(context.Background(), database.Company(h.tenant), func(ctx context.Context, tx *database.Tx) (err error) {
		moved, err = h.Adopt(ctx, tx, h.tenant, from, to)
		return err
	}); err != nil {
		h.t.Fatal(err)
	}
	return moved
}

func (h *house) restore(from, to string, moved []string) {
	h.t.Helper()
	if err := h.db.Write(context.Background(), database.Company(h.tenant), func(ctx context.Context, tx *database.Tx) error {
		return h.Restore(ctx, tx, h.tenant, from, to, moved)
	}); err != nil {
		h.t.Fatal(err)
	}
}

func TestCartsAndOrdersFollowTheirCustomer(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		order := h.ordered("ctc_b")
		variant := h.stocked("bolo", 500, 10)
		open := h.add("ctc_b", variant, 1)
		const cartOwner, orderOwner = `SELECT contact_id FROM cart WHERE tenant_id = $1 AND id = $2`, `SELECT contact_id FROM shop_order WHERE tenant_id = $1 AND id = $2`

		moved := h.adopt("ctc_b", "ctc_a")
		if h.ownerOf(cartOwner, open.ID) != "ctc_a" || h.ownerOf(orderOwner, order.ID) != "ctc_a" || len(moved) != 3 {
			t.Fatalf("moved %v; the cart is %s's, the order %s's", moved, h.ownerOf(cartOwner, open.ID), h.ownerOf(orderOwner, order.ID))
		}
		if again := h.adopt("ctc_b", "ctc_a"); len(again) != 0 {
			t.Errorf("a repetition moved %v", again)
		}
		h.restore("ctc_b", "ctc_a", moved)
		if h.ownerOf(cartOwner, open.ID) != "ctc_b" || h.ownerOf(orderOwner, order.ID) != "ctc_b" {
			t.Error("what moved did not come back")
		}
		h.audit()

		// An open cart of each: nobody's is lost, and nobody has two.
		own := h.add("ctc_a", variant, 2)
		moved = h.adopt("ctc_b", "ctc_a")
		if h.ownerOf(cartOwner, open.ID) != "ctc_b" || h.ownerOf(cartOwner, own.ID) != "ctc_a" || h.ownerOf(orderOwner, order.ID) != "ctc_a" {
			t.Errorf("moved %v", moved)
		}
		h.restore("ctc_b", "ctc_a", moved)
		if h.ownerOf(orderOwner, order.ID) != "ctc_b" {
			t.Error("the order did not come back")
		}
		h.audit()
	})
}
