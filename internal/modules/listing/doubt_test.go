package listing

import (
	"context"
	"slices"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

// price saves a product at another price.
func (h *house) price(p product.Product, amount money.Amount) product.Product {
	h.t.Helper()
	p.Variants = slices.Clone(p.Variants)
	p.Variants[0].Price, p.Version = amount, 0
	return h.save(p)
}

func (h *house) save(p product.Product) product.Product {
	h.t.Helper()
	saved, err := h.products.Save(context.Background(), p, ana)
	if err != nil {
		h.t.Fatal(err)
	}
	return saved
}

func (h *house) atMeta(retailerID string) Seen {
	h.meta.mu.Lock()
	defer h.meta.mu.Unlock()
	return h.meta.items[retailerID]
}

// What Meta took and did not tell is not believed to be what was sent before.
func TestALostAnswerLeavesNoOldPrice(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.connect()
		a := h.goods("A", 4990, 3)
		id := a.Variants[0].ID
		h.pass(time.Minute)
		h.meta.lose = true
		a = h.price(a, 9990)
		h.pass(25 * time.Second)
		if got := h.atMeta(id).Price; got != "R$99.90" {
			t.Fatalf("Meta shows %s before the answer is lost", got)
		}
		h.meta.lose = false
		h.price(a, 4990)
		h.pass(3 * time.Minute)
		if got := h.atMeta(id).Price; got != "R$49.90" {
			t.Errorf("Meta shows %s of a product of R$49.90", got)
		}
		h.want(id, Visible, "")
	})
}

func TestALostFirstAnswerLeavesNoArchivedItem(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.connect()
		h.meta.lose = true
		a := h.goods("A", 4990, 3)
		h.pass(25 * time.Second)
		if !h.meta.has(a.Variants[0].ID) {
			t.Fatal("Meta did not take the item")
		}
		h.meta.lose = false
		if _, err := h.products.SetState(context.Background(), alfa, a.ID, product.Archived, ana); err != nil {
			t.Fatal(err)
		}
		h.pass(3 * time.Minute)
		if h.meta.has(a.Variants[0].ID) {
			t.Error("an archived product stands at Meta")
		}
	})
}

// A process that slept over its lease in a call has sent late: its rows are sent
// again, as they are now.
func TestRowsOfALostLeaseAreSentAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.connect()
		a := h.goods("A", 4990, 3).Variants[0].ID
		h.meta.onPush = func() {
			h.meta.onPush = nil
			if err := h.DB.Write(ctx, database.Company(alfa), func(ctx context.Context, tx *database.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE listing_catalog SET lease = 'another' WHERE tenant_id = $1`, alfa)
				if err == nil {
					// The other has sent the item and knows it settled.
					_, err = tx.Exec(ctx, `UPDATE listing_item SET sent_hash = 'newer', dirty_ms = 0, touched = touched + 1 WHERE tenant_id = $1`, alfa)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		}
		h.pass(30 * time.Second)
		if i := h.one(a); !i.Dirty {
			t.Errorf("what was sent too late stays: %+v", i)
		}
		h.clock.Advance(leaseFor)
		h.pass(2 * time.Minute)
		h.want(a, Visible, "")
	})
}

// What Meta takes and never shows is sent three times, then a person is told.
func TestWhatNeverAppearsIsTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.connect()
		h.meta.swallow = true
		a := h.goods("A", 4990, 3).Variants[0].ID
		h.pass(4 * time.Hour)
		h.want(a, Broken, "not_taken")
		if h.meta.pushes != 1+maxTries {
			t.Errorf("%d pushes, want %d", h.meta.pushes, 1+maxTries)
		}
		h.meta.swallow = false
		if err := h.Push(context.Background(), alfa, shelfID, []string{a}); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Minute)
		h.want(a, Visible, "")
	})
}

func TestSmallPushesGrowAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.connect()
		h.pass(time.Minute)
		for n := range 64 {
			h.goods(sku(n), 4990, 3)
		}
		h.meta.most = 4
		h.pass(time.Minute)
		h.meta.most = 0
		for n := range 64 {
			h.goods(sku(100+n), 4990, 3)
		}
		h.pass(2 * time.Minute)
		if o := h.overview(); o.Visible != 128 {
			t.Fatalf("%d of 128 are visible", o.Visible)
		}
		var chunk int64
		h.read(func(ctx context.Context, tx *database.Tx) error {
			c, err := loadCatalog(ctx, tx, alfa, shelfID)
			chunk = c.chunk
			return err
		})
		if chunk <= 8 {
			t.Errorf("pushes stay at %d rows", chunk)
		}
	})
}

// A row for whose sake Meta refuses a whole call holds up no others.
func TestOnePoisonousRowHoldsUpNoOthers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.connect()
		h.pass(time.Minute)
		var bad string
		for n := range 10 {
			id := h.goods(sku(n), 4990, 3).Variants[0].ID
			if n == 6 {
				bad = id
			}
		}
		h.meta.poison = bad
		h.pass(8 * time.Minute)
		if o := h.overview(); o.Visible != 9 || o.Problem != 1 || o.Trouble != "" {
			t.Errorf("beside a row that Meta refuses: %+v", o)
		}
		if i := h.one(bad); i.State != Broken || i.Text != "Invalid parameter" {
			t.Errorf("the row: %+v", i)
		}
	})
}

// What an item has lost is taken away at Meta too.
func TestLostFieldsAreCleared(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.connect()
		p := product.Product{
			TenantID: alfa, Name: "Camiseta", Options: []string{"Cor", "Tamanho"}, Images: []product.Image{{URL: "https://loja.example/1.jpg"}, {URL: "https://loja.example/2.jpg"}},
			Variants: []product.Variant{{SKU: "A", Options: []string{"Azul", "M"}, Price: 4990, Tracked: true, OnHand: 0}},
		}
		p = h.save(p)
		id := p.Variants[0].ID
		h.pass(time.Minute)
		if got := h.meta.cleared[id]; got != nil {
			t.Errorf("a new item clears %v", got)
		}
		p.Options, p.Images, p.Version = []string{"Cor"}, p.Images[:1], 0
		p.Variants = slices.Clone(p.Variants)
		p.Variants[0].Options, p.Variants[0].Tracked = []string{"Azul"}, false
		h.save(p)
		h.pass(time.Minute)
		if got, want := h.meta.cleared[id], []string{"size", "additional_image_link", Quantity}; !slices.Equal(got, want) {
			t.Errorf("cleared are %v, want %v", got, want)
		}
	})
}

// Items that stayed at Meta over a time without a connection are ours.
func TestItemsOfAnEarlierConnectionAreOurs(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.connect()
		kept, gone := h.goods("A", 4990, 3), h.goods("B", 4990, 3)
		h.pass(time.Minute)
		if err := h.Disconnect(ctx, alfa, account, ana); err != nil {
			t.Fatal(err)
		}
		if _, err := h.products.SetState(ctx, alfa, gone.ID, product.Archived, ana); err != nil {
			t.Fatal(err)
		}
		h.connect()
		h.pass(3 * time.Minute)
		h.want(kept.Variants[0].ID, Visible, "")
		if i, err := h.item(ctx, alfa, shelfID, gone.Variants[0].ID); !fault.Is(err, fault.NotFound) || h.meta.has(gone.Variants[0].ID) {
			t.Errorf("an archived product stands at Meta: %v %+v", err, i.view())
		}
	})
}

// An item that can't be offered any more does not stay with an old price.
func TestAProductThatLosesItsPictureGoes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.connect()
		a := h.goods("A", 4990, 3)
		id := a.Variants[0].ID
		h.pass(time.Minute)
		images := a.Images
		a.Images, a.Version = nil, 0
		a = h.save(a)
		h.pass(3 * time.Minute)
		h.want(id, Broken, noImage)
		if h.meta.has(id) {
			t.Error("the older version stands at Meta")
		}
		rows := h.meta.rows
		h.pass(25 * time.Hour)
		h.want(id, Broken, noImage)
		h.want2(rows)
		a.Images, a.Version = images, 0
		h.save(a)
		h.pass(time.Minute)
		h.want(id, Visible, "")
	})
}

// Meta's words may hold what a database does not take.
func TestMetasWordsAreStorable(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.connect()
		a := h.goods("A", 4990, 3).Variants[0].ID
		h.meta.refuse[a] = "The title\x00 is \xff wrong"
		h.pass(time.Minute)
		h.want(a, Broken, "title")
	})
}
