package product

import (
	"context"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

const alfa, beta = "ten_alfa", "ten_beta"

var ana = event.Actor{Kind: "user", ID: "usr_ana", Name: "Ana"}

type house struct {
	*Service
	t    testing.TB
	told []event.Envelope
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) { fn(t, open(t, db)) })
}

func open(t testing.TB, db *database.DB) *house {
	t.Helper()
	blobs, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t}
	h.Service = New(db, func(_ context.Context, _ *database.Tx, envelopes ...event.Envelope) error {
		h.told = append(h.told, envelopes...)
		return nil
	}, blobs)
	return h
}

// shirt is a product with two variants of ten pieces.
func shirt() Product {
	return Product{
		TenantID: alfa, Name: "Camiseta Algodão", Brand: "Malha Boa", Options: []string{"Tamanho"}, Images: []Image{{URL: "https://example.com/p.jpg"}},
		Variants: []Variant{
			{SKU: "CAM-P", Options: []string{"P"}, Price: 4990, Tracked: true, OnHand: 10},
			{SKU: "CAM-G", Options: []string{"G"}, Price: 5990, SalePrice: 4500, SaleFromMS: 100, SaleToMS: 200, Tracked: true, OnHand: 10},
		},
	}
}

func (h *house) mustSave(p Product) Product {
	h.t.Helper()
	saved, err := h.Save(context.Background(), p, ana)
	if err != nil {
		h.t.Fatal(err)
	}
	return saved
}

func (h *house) write(fn func(ctx context.Context, tx *database.Tx) error) error {
	return h.db.Write(context.Background(), database.Company(alfa), fn)
}

// wantCode checks a failure's code and, when given, its reason.
func wantCode(t testing.TB, err error, code fault.Code, reason string) {
	t.Helper()
	var f *fault.Error
	if !fault.Is(err, code) || reason != "" && (!asFault(err, &f) || f.Reason != reason) {
		t.Fatalf("the error is %v, want %s %s", err, code, reason)
	}
}

// audit checks that the ledger, the holds and the levels of every variant agree.
func (h *house) audit() {
	h.t.Helper()
	err := h.db.Read(context.Background(), database.Company(alfa), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT s.variant_id, s.on_hand, s.reserved,
			CAST(COALESCE((SELECT SUM(m.on_hand_delta) FROM stock_movement m WHERE m.tenant_id = s.tenant_id AND m.variant_id = s.variant_id), 0) AS BIGINT),
			CAST(COALESCE((SELECT SUM(m.reserved_delta) FROM stock_movement m WHERE m.tenant_id = s.tenant_id AND m.variant_id = s.variant_id), 0) AS BIGINT),
			CAST(COALESCE((SELECT SUM(h.quantity) FROM stock_hold h WHERE h.tenant_id = s.tenant_id AND h.variant_id = s.variant_id), 0) AS BIGINT)
			FROM stock s WHERE s.tenant_id = $1`, alfa)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var variant string
			var onHand, reserved, came, promised, held int64
			if err := rows.Scan(&variant, &onHand, &reserved, &came, &promised, &held); err != nil {
				return err
			}
			if onHand != came || reserved != promised || reserved != held || reserved > onHand {
				h.t.Errorf("%s: on hand %d, reserved %d; the ledger says %d and %d, the holds %d", variant, onHand, reserved, came, promised, held)
			}
		}
		return rows.Err()
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func price(p Product, sku string, nowMS int64) money.Amount {
	for _, v := range p.Variants {
		if v.SKU == sku {
			return v.PriceAt(nowMS)
		}
	}
	return -1
}
