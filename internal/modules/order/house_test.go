package order

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/payment"
	"prosa/internal/modules/product"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
	"prosa/internal/platform/outbox"
)

var (
	ana  = event.Actor{Kind: "user", ID: "usr_ana", Name: "Ana"}
	bia  = event.Actor{Kind: "customer", ID: "ctc_bia", Name: "Bia"}
	pix  = payment.Choice{Provider: payment.PixKey, Method: payment.Pix}
	cash = payment.Choice{Provider: payment.OnDelivery, Method: payment.Cash}
)

// house is the shop's three modules on a real database, with a clock that is
// moved by hand.
type house struct {
	*Service
	t        testing.TB
	db       *database.DB
	tenant   string
	clock    *clock.Manual
	products *product.Service
	pays     *payment.Service
	vendor   *vendor
	mu       sync.Mutex
	told     []event.Envelope
}

// anybody is a company whose customers are all known but one.
type anybody struct{}

func (anybody) KnowContact(_ context.Context, _ *database.Tx, _, contactID string) error {
	if contactID == "ctc_none" {
		return fault.New(fault.NotFound, "no such contact")
	}
	return nil
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			h := open(t, engine)
			fn(t, h)
		})
	}
}

func open(t testing.TB, engine database.Engine) *house {
	t.Helper()
	cfg := databasetest.Config(t, engine)
	manual := clock.NewManual(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	cfg.Clock = manual
	db, err := database.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return furnish(t, db, manual)
}

// furnish gives a database the shop of a company of its own.
func furnish(t testing.TB, db *database.DB, manual *clock.Manual) *house {
	t.Helper()
	h := &house{t: t, db: db, clock: manual, tenant: id.New(id.Tenant, 1), vendor: newVendor()}
	blobs, err := blob.NewFolder(blob.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	h.join(blobs)
	if _, err := h.pays.SaveSetting(context.Background(), payment.Setting{
		TenantID: h.tenant, PixKey: "loja@alfa.example.com", PixName: "Padaria Alfa", PixCity: "Recife", Cash: true, ExpiryMinutes: 30,
	}, ana); err != nil {
		t.Fatal(err)
	}
	return h
}

// join makes the services, as a process does when it starts.
func (h *house) join(blobs blob.Store) {
	tell := func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error {
		h.mu.Lock()
		h.told = append(h.told, envelopes...)
		h.mu.Unlock()
		return outbox.Write(ctx, tx, 0, envelopes...)
	}
	h.products = product.New(h.db, tell, blobs)
	h.pays = payment.New(payment.Config{SweepEvery: time.Second, LookEvery: time.Minute, SweepBatch: 100}, h.db, slog.New(slog.DiscardHandler), h.vendor)
	h.Service = New(Config{SweepEvery: time.Second, SweepBatch: 100}, Deps{
		DB: h.db, Stock: h.products, Payments: h.pays, Contacts: anybody{}, Tell: tell, Logger: slog.New(slog.DiscardHandler),
	})
	h.pays.Bind(h.Service)
}

// stocked makes a product of one variant and gives the variant's id.
func (h *house) stocked(sku string, price money.Amount, pieces int64) string {
	h.t.Helper()
	saved, err := h.products.Save(context.Background(), product.Product{
		TenantID: h.tenant, Name: "Produto " + sku, Handle: sku, Variants: []product.Variant{{SKU: sku, Price: price, Tracked: true, OnHand: pieces}},
	}, ana)
	if err != nil {
		h.t.Fatal(err)
	}
	return saved.Variants[0].ID
}

func (h *house) add(contact, variant string, n int64) Cart {
	h.t.Helper()
	c, err := h.ChangeLine(context.Background(), Change{TenantID: h.tenant, ContactID: contact, VariantID: variant, Add: n, Source: FromBot, By: bia})
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// pickup makes a counter where goods are picked up and gives its id.
func (h *house) pickup() string {
	h.t.Helper()
	z, err := h.SaveZone(context.Background(), Zone{TenantID: h.tenant, Kind: Pickup, Name: "Balcão", Active: true}, ana)
	if err != nil {
		h.t.Fatal(err)
	}
	return z.ID
}

// goes sets where a cart goes.
func (h *house) goes(contact, zone string) {
	h.t.Helper()
	if _, err := h.SetDelivery(context.Background(), Change{TenantID: h.tenant, ContactID: contact, Source: FromBot, By: bia}, Delivery{ZoneID: zone}, ""); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) wish(contact, key string, choice payment.Choice) Place {
	return Place{TenantID: h.tenant, ContactID: contact, Source: FromBot, Payment: choice, Key: key, By: bia}
}

func (h *house) mustPlace(in Place) Order {
	h.t.Helper()
	o, err := h.Place(context.Background(), in)
	if err != nil {
		h.t.Fatal(err)
	}
	return o
}

// ordered is an order of two pieces at 19.90 to be paid by Pix.
func (h *house) ordered(contact string) Order {
	h.t.Helper()
	variant := h.stocked("sku-"+contact, 1990, 10)
	h.add(contact, variant, 2)
	h.goes(contact, h.pickup())
	return h.mustPlace(h.wish(contact, "key-of-"+contact, pix))
}

// of names an order, a moment later: what is made in one millisecond has no
// order in time.
func (h *house) of(o Order) Act {
	h.clock.Advance(time.Millisecond)
	return Act{TenantID: h.tenant, OrderID: o.ID, By: ana}
}

func (h *house) reload(o Order) Order {
	h.t.Helper()
	o, err := h.Get(context.Background(), h.tenant, o.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return o
}

func (h *house) pay(o Order, key string, amount money.Amount) {
	h.t.Helper()
	if _, err := h.pays.Confirm(context.Background(), h.tenant, o.Payments[0].ID, []payment.Fact{{Key: key, Kind: payment.WasPaid, Amount: amount}}, ana); err != nil {
		h.t.Fatal(err)
	}
}

// wantCode checks a failure's code and, when given, its reason.
func wantCode(t testing.TB, err error, code fault.Code, reason string) {
	t.Helper()
	var f *fault.Error
	if !fault.Is(err, code) || reason != "" && (!errors.As(err, &f) || f.Reason != reason) {
		t.Fatalf("the error is %v, want %s %s", err, code, reason)
	}
}

// level reads the stock of a variant.
func (h *house) level(variant string) (onHand, reserved int64) {
	h.t.Helper()
	err := h.db.Read(context.Background(), database.Company(h.tenant), func(ctx context.Context, tx *database.Tx) error {
		offers, err := h.products.Offers(ctx, tx, h.tenant, []string{variant})
		onHand, reserved = offers[variant].OnHand, offers[variant].Reserved
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return onHand, reserved
}

// audit holds all books against one another: the ledger, the holds and the
// levels; the orders' lines, sums and payments; the coupons and their uses; and
// what is owed against what waits to go back.
func (h *house) audit() {
	h.t.Helper()
	for what, query := range map[string]string{
		"a level is not the sum of its movements": `SELECT s.variant_id FROM stock s WHERE s.tenant_id = $1 AND (
			s.on_hand <> (SELECT COALESCE(SUM(m.on_hand_delta), 0) FROM stock_movement m WHERE m.tenant_id = s.tenant_id AND m.variant_id = s.variant_id)
			OR s.reserved <> (SELECT COALESCE(SUM(m.reserved_delta), 0) FROM stock_movement m WHERE m.tenant_id = s.tenant_id AND m.variant_id = s.variant_id)
			OR s.reserved <> (SELECT COALESCE(SUM(h.quantity), 0) FROM stock_hold h WHERE h.tenant_id = s.tenant_id AND h.variant_id = s.variant_id))`,
		"a hold is not what its order waits for": `SELECT l.order_id FROM order_line l JOIN shop_order o ON o.tenant_id = l.tenant_id AND o.id = l.order_id
			LEFT JOIN stock_hold h ON h.tenant_id = l.tenant_id AND h.holder = l.order_id AND h.variant_id = l.variant_id
			WHERE l.tenant_id = $1 AND COALESCE(h.quantity, 0) <> CASE WHEN o.stock = 'held' THEN l.quantity ELSE 0 END`,
		"a state and its stock disagree": `SELECT id FROM shop_order WHERE tenant_id = $1 AND stock <> CASE
			WHEN state = 'awaiting_payment' THEN 'held' WHEN state IN ('expired', 'canceled') THEN 'free' ELSE 'sold' END`,
		"an order is not the sum of its lines": `SELECT o.id FROM shop_order o WHERE o.tenant_id = $1 AND (
			o.total <> o.subtotal - o.discount + o.shipping
			OR o.subtotal - o.discount <> (SELECT SUM(l.total) FROM order_line l WHERE l.tenant_id = o.tenant_id AND l.order_id = o.id)
			OR o.discount <> (SELECT SUM(l.discount) FROM order_line l WHERE l.tenant_id = o.tenant_id AND l.order_id = o.id))`,
		"an order's money is not that of its payments": `SELECT o.id FROM shop_order o WHERE o.tenant_id = $1 AND (
			o.paid <> (SELECT COALESCE(SUM(p.paid), 0) FROM payment p WHERE p.tenant_id = o.tenant_id AND p.order_id = o.id)
			OR o.refunded <> (SELECT COALESCE(SUM(p.refunded), 0) FROM payment p WHERE p.tenant_id = o.tenant_id AND p.order_id = o.id))`,
		"a payment is not the sum of its facts": `SELECT p.id FROM payment p WHERE p.tenant_id = $1 AND (
			p.paid <> (SELECT COALESCE(SUM(f.amount), 0) FROM payment_fact f WHERE f.tenant_id = p.tenant_id AND f.payment_id = p.id AND f.kind = 'paid')
			OR p.refunded <> (SELECT COALESCE(SUM(f.amount), 0) FROM payment_fact f WHERE f.tenant_id = p.tenant_id AND f.payment_id = p.id AND f.kind IN ('refunded', 'charged_back')))`,
		"what waits to go back is not what is owed": `SELECT o.id FROM shop_order o WHERE o.tenant_id = $1 AND
			(SELECT COALESCE(SUM(r.amount), 0) FROM refund r WHERE r.tenant_id = o.tenant_id AND r.order_id = o.id AND r.state <> 'done') <>
			CASE WHEN o.paid - o.refunded > CASE WHEN o.state IN ('expired', 'canceled') THEN 0 ELSE o.total - o.granted END
			THEN o.paid - o.refunded - CASE WHEN o.state IN ('expired', 'canceled') THEN 0 ELSE o.total - o.granted END ELSE 0 END`,
		"an unpaid order was confirmed": `SELECT id FROM shop_order WHERE tenant_id = $1 AND state = 'awaiting_payment' AND paid >= total`,
		"a coupon is not the count of its uses": `SELECT c.id FROM coupon c WHERE c.tenant_id = $1 AND (
			c.used <> (SELECT COUNT(*) FROM coupon_use u WHERE u.tenant_id = c.tenant_id AND u.coupon_id = c.id)
			OR c.used <> (SELECT COUNT(*) FROM shop_order o WHERE o.tenant_id = c.tenant_id AND o.coupon_id = c.id AND o.state NOT IN ('expired', 'canceled')))`,
		"an order without a log": `SELECT o.id FROM shop_order o WHERE o.tenant_id = $1 AND NOT EXISTS (
			SELECT 1 FROM order_event e WHERE e.tenant_id = o.tenant_id AND e.order_id = o.id AND e.seq = 1 AND e.kind = 'placed')`,
	} {
		err := h.db.Read(context.Background(), database.Company(h.tenant), func(ctx context.Context, tx *database.Tx) error {
			rows, err := tx.Query(ctx, query, h.tenant)
			if err != nil {
				return err
			}
			defer rows.Close()
			var found []string
			for rows.Next() {
				var name string
				if err := rows.Scan(&name); err != nil {
					return err
				}
				found = append(found, name)
			}
			if len(found) > 0 {
				h.t.Errorf("%s: %s", what, strings.Join(found, ", "))
			}
			return rows.Err()
		})
		if err != nil {
			h.t.Fatal(what, err)
		}
	}
}

// heard counts the events of a type.
func (h *house) heard(kind string) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.told {
		if e.Type == kind {
			n++
		}
	}
	return n
}

// vendor is a payment company in memory: stateful, idempotent by our ids.
type vendor struct {
	mu       sync.Mutex
	facts    map[string][]payment.Fact
	asked    map[string]string
	canceled map[string]bool
	away     bool
}

func newVendor() *vendor {
	return &vendor{facts: map[string][]payment.Fact{}, asked: map[string]string{}, canceled: map[string]bool{}}
}

func (*vendor) Name() string { return "testpay" }

func (*vendor) Choices(context.Context, string) ([]payment.Choice, error) {
	return []payment.Choice{{Provider: "testpay", Method: payment.Pix}}, nil
}

func (v *vendor) gone() error {
	if v.away {
		return fault.New(fault.Unavailable, "the vendor is away")
	}
	return nil
}

func (v *vendor) Ask(_ context.Context, in payment.Asked) (payment.Answered, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.gone(); err != nil {
		return payment.Answered{}, err
	}
	if v.asked[in.PaymentID] == "" {
		v.asked[in.PaymentID] = fmt.Sprint("ext", len(v.asked))
	}
	return payment.Answered{ExternalID: v.asked[in.PaymentID], Code: "pix-of-" + in.PaymentID}, nil
}

func (v *vendor) Look(_ context.Context, _, externalID string) ([]payment.Fact, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]payment.Fact(nil), v.facts[externalID]...), v.gone()
}

func (v *vendor) Cancel(_ context.Context, _, externalID string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.canceled[externalID] = true
	return v.gone()
}

func (v *vendor) PayBack(_ context.Context, in payment.Returned) (payment.Fact, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.gone(); err != nil {
		return payment.Fact{}, err
	}
	fact := payment.Fact{Key: in.RefundID, Kind: payment.WasRefunded, Amount: in.Amount}
	v.facts[in.ExternalID] = append(v.facts[in.ExternalID], fact)
	return fact, nil
}

func (v *vendor) pays(externalID, key string, amount money.Amount) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.facts[externalID] = append(v.facts[externalID], payment.Fact{Key: key, Kind: payment.WasPaid, Amount: amount})
}
