package listing

import (
	"context"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/product"
	"prosa/internal/platform/database"
)

func TestAProductReachesCustomers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		before := h.goods("A", 4990, 3)
		a := before.Variants[0].ID
		h.connect()
		h.want2(0)
		h.pass(time.Minute)
		h.want(a, Visible, "")
		h.read(func(ctx context.Context, tx *database.Tx) error {
			catalogID, shown, err := h.Shown(ctx, tx, alfa, account, []string{a, "var_other"})
			if err != nil || catalogID != shelfID || len(shown) != 1 || shown[a] != a {
				t.Errorf("shown: %s %v %v", catalogID, shown, err)
			}
			if catalogID, shown, err := h.Shown(ctx, tx, alfa, "cha_other", []string{a}); err != nil || catalogID != "" || len(shown) != 0 {
				t.Errorf("an account without a catalog shows %s %v %v", catalogID, shown, err)
			}
			if catalogID, _, err := h.Shown(ctx, tx, alfa, account, nil); err != nil || catalogID != shelfID {
				t.Errorf("the catalog is %s %v", catalogID, err)
			}
			if _, _, err := h.Shown(ctx, tx, "ten_beta", account, []string{a}); err != nil {
				t.Error(err)
			}
			c, ok, err := h.Catalog(ctx, tx, alfa, account)
			if err != nil || !ok || c.ID != shelfID {
				t.Errorf("catalog %v %v %v", c, ok, err)
			}
			return nil
		})
		// A new one comes by its event, changed ones again, and what did not change not.
		b := h.goods("B", 1000, 0).Variants[0].ID
		if _, err := h.products.Move(ctx, product.Move{TenantID: alfa, VariantID: a, Quantity: -3, By: ana}); err != nil {
			t.Fatal(err)
		}
		rows := h.meta.rows
		h.pass(2 * time.Minute)
		h.want(b, Visible, "sold_out")
		h.want(a, Visible, "sold_out")
		if h.meta.rows != rows+2 {
			t.Errorf("%d rows were sent, want 2", h.meta.rows-rows)
		}
		// Archived ones go.
		if _, err := h.products.SetState(ctx, alfa, before.ID, product.Archived, ana); err != nil {
			t.Fatal(err)
		}
		h.pass(2 * time.Minute)
		if h.meta.has(a) {
			t.Error("an archived product still stands at Meta")
		}
		if _, err := h.item(ctx, alfa, shelfID, a); !fault.Is(err, fault.NotFound) {
			t.Errorf("an archived product is still listed: %v", err)
		}
	})
}

// want2 checks how many rows were sent.
func (h *house) want2(rows int) {
	h.t.Helper()
	if h.meta.rows != rows {
		h.t.Fatalf("%d rows were sent, want %d", h.meta.rows, rows)
	}
}

func TestRefusedItemsSayWhy(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		small, late := h.goods("A", 4990, 3).Variants[0].ID, h.goods("B", 4990, 3).Variants[0].ID
		bare, err := h.products.Save(ctx, product.Product{TenantID: alfa, Name: "Sem foto", Variants: []product.Variant{{SKU: "C", Price: 100}}}, ana)
		if err != nil {
			t.Fatal(err)
		}
		h.meta.refuse[small] = "Image is too small: it must be at least 500x500 px"
		h.meta.lateRefuse[late] = "The product violates our Commerce Policies"
		h.connect()
		h.pass(2 * time.Minute)
		h.want(small, Broken, "image_small")
		h.want(late, Broken, "policy")
		h.want(bare.Variants[0].ID, Broken, noImage)
		if text := h.one(late).Text; text != "The product violates our Commerce Policies" {
			t.Errorf("Meta's words are %q", text)
		}
		h.read(func(ctx context.Context, tx *database.Tx) error {
			if ok, err := h.PublishedSince(ctx, tx, alfa, shelfID, late, 4990, money.BRL, 0); err != nil || ok {
				t.Errorf("a refused price counts as published: %v %v", ok, err)
			}
			return nil
		})
		// Nothing that was refused is sent again by itself, by hand it is.
		rows := h.meta.rows
		h.pass(5 * time.Minute)
		h.want2(rows)
		delete(h.meta.refuse, small)
		delete(h.meta.lateRefuse, late)
		if err := h.Push(ctx, alfa, shelfID, nil); err != nil {
			t.Fatal(err)
		}
		h.pass(2 * time.Minute)
		h.want(small, Visible, "")
		h.want(late, Visible, "")
		h.want2(rows + 2)
		if err := h.Push(ctx, alfa, shelfID, []string{"none"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("pushing nothing: %v", err)
		}
		// The seller mends the picture.
		bare.Images = []product.Image{{URL: "https://loja.example/c.jpg"}}
		if _, err := h.products.Save(ctx, bare, ana); err != nil {
			t.Fatal(err)
		}
		h.pass(2 * time.Minute)
		h.want(bare.Variants[0].ID, Visible, "")
	})
}

func TestWhatMetaLimitsIsHeeded(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for n := range 40 {
			h.goods(sku(n), 4990, 3)
		}
		h.meta.most = 15
		h.connect()
		h.pass(3 * time.Minute)
		if o := h.overview(); o.Visible != 40 {
			t.Fatalf("%d of 40 are visible after halving: %+v", o.Visible, o)
		}
		// Limited: no call comes before the time that was told.
		h.meta.limited = h.clock.Now().Add(30 * time.Minute)
		h.goods("NEW", 100, 1)
		h.pass(time.Minute)
		calls := h.meta.calls
		h.pass(25 * time.Minute)
		if h.meta.calls > calls {
			t.Errorf("%d calls came while Meta takes none", h.meta.calls-calls)
		}
		if o := h.overview(); o.ParkedMS == 0 || o.Trouble != "" {
			t.Errorf("the page does not say that Meta takes nothing: %+v", o)
		}
		h.pass(10 * time.Minute)
		if o := h.overview(); o.Visible != 41 {
			t.Errorf("%d of 41 are visible after the limit: %+v", o.Visible, o)
		}
		// Nearly used up: it waits by itself.
		h.meta.usage = Usage{Percent: 96}
		h.goods("NEW2", 100, 1)
		h.pass(time.Minute)
		h.meta.usage = Usage{}
		pushes := h.meta.pushes
		h.goods("NEW3", 100, 1)
		h.pass(5 * time.Minute)
		if h.meta.pushes != pushes {
			t.Error("a push came although the hour is used up")
		}
		h.pass(8 * time.Minute)
		if o := h.overview(); o.Visible != 43 {
			t.Errorf("%d of 43 are visible: %+v", o.Visible, o)
		}
	})
}

func (h *house) overview() Overview {
	h.t.Helper()
	list, err := h.Overviews(context.Background(), alfa)
	if err != nil || len(list) != 1 {
		h.t.Fatalf("%v %v", list, err)
	}
	return list[0]
}

func TestATokenThatIsRefusedStopsAndATestLetsGoOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.connect()
		h.pass(time.Minute)
		h.meta.fail = fault.Refuse(ReasonCredentials, "the token has expired")
		a := h.goods("A", 100, 1).Variants[0].ID
		h.pass(2 * time.Minute)
		if o := h.overview(); o.Trouble != ReasonCredentials || o.Text != "the token has expired" {
			t.Fatalf("the trouble is %q %q", o.Trouble, o.Text)
		}
		c, err := h.Test(ctx, alfa, account)
		if err != nil || c.Problem != ReasonCredentials {
			t.Fatalf("the test says %q %v", c.Problem, err)
		}
		h.meta.fail = nil
		if c, err = h.Test(ctx, alfa, account); err != nil || c.Problem != "" {
			t.Fatalf("the test says %q %v", c.Problem, err)
		}
		h.pass(time.Minute)
		h.want(a, Visible, "")
	})
}

func TestHonouredPrices(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		p := h.goods("A", 4990, 3)
		a := p.Variants[0].ID
		h.connect()
		h.pass(time.Minute)
		p.Variants[0].Price, p.Variants[0].SalePrice = 5990, 3990
		if _, err := h.products.Save(ctx, p, ana); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Minute)
		changed := h.clock.Now().UnixMilli()
		h.pass(10 * time.Minute)
		for price, want := range map[money.Amount][2]bool{4990: {true, false}, 5990: {true, true}, 3990: {true, true}, 1: {false, false}} {
			h.read(func(ctx context.Context, tx *database.Tx) error {
				for n, since := range []int64{0, changed + 1} {
					got, err := h.PublishedSince(ctx, tx, alfa, shelfID, a, price, money.BRL, since)
					if err != nil || got != want[n] {
						t.Errorf("%d since %d: %v %v, want %v", price, since, got, err, want[n])
					}
				}
				return nil
			})
		}
		// A price that Meta refuses never stood; the one before stands still.
		h.meta.lateRefuse[a] = "price is wrong"
		p, err := h.products.Get(ctx, alfa, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		p.Variants[0].Price, p.Variants[0].SalePrice = 9990, 0
		if _, err := h.products.Save(ctx, p, ana); err != nil {
			t.Fatal(err)
		}
		h.pass(2 * time.Minute)
		h.want(a, Broken, "price")
		h.read(func(ctx context.Context, tx *database.Tx) error {
			now := h.clock.Now().UnixMilli()
			old, err1 := h.PublishedSince(ctx, tx, alfa, shelfID, a, 3990, money.BRL, now)
			fresh, err2 := h.PublishedSince(ctx, tx, alfa, shelfID, a, 9990, money.BRL, 0)
			if err1 != nil || err2 != nil || !old || fresh {
				t.Errorf("old %v %v, fresh %v %v", old, err1, fresh, err2)
			}
			return nil
		})
	})
}

func TestWhatOnlyMetaKnowsIsImported(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.meta.put(Seen{RetailerID: "hand-1", Name: "Bolo de pote", Price: "R$12,00", Image: "https://x.example/b.jpg", Review: "approved", Visibility: "published", Availability: InStock})
		h.connect()
		h.pass(time.Minute)
		h.want("hand-1", Foreign, "")
		if _, err := h.Import(ctx, alfa, shelfID, "hand-1", 0, ana); !fault.Is(err, fault.Invalid) {
			t.Errorf("a price of nothing: %v", err)
		}
		made, err := h.Import(ctx, alfa, shelfID, "hand-1", 1200, ana)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Import(ctx, alfa, shelfID, "hand-1", 1200, ana); !fault.Is(err, fault.Conflict) {
			t.Errorf("imported twice: %v", err)
		}
		h.pass(2 * time.Minute)
		h.want("hand-1", Visible, "")
		variantID := made.Variants[0].ID
		h.read(func(ctx context.Context, tx *database.Tx) error {
			got, err := h.Resolve(ctx, tx, alfa, shelfID, []string{"hand-1", "nothing"})
			if err != nil || len(got) != 1 || got["hand-1"] != variantID {
				t.Errorf("resolved %v %v, want %s", got, err, variantID)
			}
			_, shown, err := h.Shown(ctx, tx, alfa, account, []string{variantID})
			if err != nil || shown[variantID] != "hand-1" {
				t.Errorf("shown %v %v", shown, err)
			}
			return nil
		})
		if h.meta.has(variantID) || len(h.meta.items) != 1 {
			t.Errorf("the imported item stands there twice: %v", h.meta.items)
		}
		// Gone at Meta by hand: ours is sent again, a foreign one is forgotten.
		h.meta.put(Seen{RetailerID: "hand-2", Name: "Torta"})
		h.pass(25 * time.Hour)
		h.want("hand-2", Foreign, "")
		delete(h.meta.items, "hand-2")
		delete(h.meta.items, "hand-1")
		h.pass(25 * time.Hour)
		h.want("hand-1", Visible, "")
		if _, err := h.item(ctx, alfa, shelfID, "hand-2"); !fault.Is(err, fault.NotFound) {
			t.Errorf("what Meta holds no more is still listed: %v", err)
		}
	})
}

func TestForgottenHandlesAndReviews(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.meta.review = "pending"
		a := h.goods("A", 4990, 3).Variants[0].ID
		h.connect()
		h.pass(time.Minute)
		h.want(a, Waiting, "in_review")
		if !h.one(a).Shown {
			t.Error("a message may show what is in review without an error")
		}
		seen := h.meta.items[a]
		seen.Review, seen.ReviewReasons = "rejected", []string{"prohibited goods"}
		h.meta.put(seen)
		h.pass(10 * time.Minute)
		h.want(a, Broken, "policy")
		if h.one(a).Shown {
			t.Error("a message may not show what was rejected")
		}
		// Meta forgets a handle: the items are sent again, and in the end a person is told.
		h.meta.review, h.meta.forget = "", true
		b := h.goods("B", 4990, 3).Variants[0].ID
		h.pass(10 * time.Minute)
		h.want(b, Broken, "not_taken")
		h.meta.forget = false
		if err := h.Push(context.Background(), alfa, shelfID, []string{b}); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Minute)
		h.want(b, Visible, "")
	})
}

func TestANoticeShortensTheWait(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		a := h.goods("A", 4990, 3).Variants[0].ID
		h.connect()
		if _, err := h.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(20 * time.Second)
		if _, err := h.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		h.want(a, Waiting, "sending")
		h.meta.batches["h1"].ready = h.clock.Now()
		if err := h.Hear(ctx, shelfID, "h1"); err != nil {
			t.Fatal(err)
		}
		if err := h.Hear(ctx, shelfID, "unknown"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		h.want(a, Waiting, "processing")
		if err := h.Hear(ctx, "", ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("an empty notice: %v", err)
		}
	})
}

func TestDisconnectForgets(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		a := h.goods("A", 4990, 3).Variants[0].ID
		h.connect()
		h.pass(time.Minute)
		if _, err := h.SaveSettings(ctx, alfa, account, Settings{CartEnabled: true, CatalogVisible: true}, ana); err != nil {
			t.Fatal(err)
		}
		if !h.meta.settings.CatalogVisible {
			t.Error("Meta was not told of the settings")
		}
		if err := h.Disconnect(ctx, alfa, account, ana); err != nil {
			t.Fatal(err)
		}
		if err := h.Disconnect(ctx, alfa, account, ana); !fault.Is(err, fault.NotFound) {
			t.Errorf("disconnected twice: %v", err)
		}
		if !h.meta.has(a) {
			t.Error("disconnecting changed Meta's catalog")
		}
		h.pass(time.Minute)
		h.connect()
		rows := h.meta.rows
		h.pass(2 * time.Minute)
		h.want(a, Visible, "")
		if h.meta.rows != rows+1 {
			t.Errorf("%d rows were sent after connecting again", h.meta.rows-rows)
		}
	})
}
