package plan

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

var olga = tenancy.By{Actor: event.Actor{Kind: "operator", ID: "usr_1", Name: "Olga"}, IP: "10.0.0.1"}

type bench struct {
	*Service
	t     *testing.T
	db    *database.DB
	clock *clock.Manual
}

func each(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	for _, engine := range databasetest.Engines() {
		t.Run(string(engine), func(t *testing.T) {
			cfg := databasetest.Config(t, engine)
			now := clock.NewManual(time.UnixMilli(1_800_000_000_000))
			cfg.Clock = now
			db, err := database.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			test(t, &bench{New(db), t, db, now})
		})
	}
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// write runs in a transaction of the platform.
func (b *bench) write(fn func(ctx context.Context, tx *database.Tx) error) error {
	return b.db.Write(b.t.Context(), everybody(), fn)
}

// why gives the reason of a refusal.
func why(err error) string {
	var known *fault.Error
	if errors.As(err, &known) {
		return known.Reason
	}
	return fmt.Sprint(err)
}

func content(name string) Content {
	return Content{
		Name: Text{name, name + " (en)"}, Summary: Text{"resumo", "summary"}, Features: []Text{{"um", "one"}}, Monthly: 10_000, Annual: 100_000, TrialDays: 14,
		Limits: map[tenancy.Meter]tenancy.Limit{tenancy.Bots: {Count: 2, Over: tenancy.Block}},
	}
}

// sold makes a plan and puts it on sale.
func (b *bench) sold(slug string) Version {
	b.t.Helper()
	v, err := b.Create(b.t.Context(), slug, tenancy.Massivo, content(slug), olga)
	b.must(err)
	v, err = b.Publish(b.t.Context(), v.ID, olga)
	b.must(err)
	return v
}

func TestWhatWasPublishedNeverChanges(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		draft, err := b.Create(ctx, "basico", tenancy.Massivo, content("Básico"), olga)
		b.must(err)
		if list, err := b.Public(ctx, tenancy.Massivo); err != nil || len(list) != 0 {
			t.Fatalf("a draft is sold: %+v, %v", list, err)
		}
		changed := content("Básico 2")
		draft, err = b.Edit(ctx, draft.ID, draft.Revision, changed, olga)
		b.must(err)
		if _, err := b.Edit(ctx, draft.ID, 1, changed, olga); why(err) != "revision" {
			t.Fatalf("an old revision: %v", err)
		}
		published, err := b.Publish(ctx, draft.ID, olga)
		b.must(err)
		stored, err := b.Version(ctx, draft.ID)
		b.must(err)
		if stored.Hash == "" || stored.Hash != published.Hash || stored.State != Published || stored.Name.PT != "Básico 2" {
			t.Fatalf("%+v", stored)
		}
		// By no way of ours.
		for name, err := range map[string]error{
			"edited":    func() error { _, err := b.Edit(ctx, draft.ID, stored.Revision, content("Outro"), olga); return err }(),
			"published": func() error { _, err := b.Publish(ctx, draft.ID, olga); return err }(),
			"discarded": b.Discard(ctx, draft.ID, olga),
		} {
			if why(err) != "plan_published" {
				t.Errorf("%s: %v", name, err)
			}
		}
		after, err := b.Version(ctx, draft.ID)
		b.must(err)
		if fmt.Sprint(after) != fmt.Sprint(stored) {
			t.Fatalf("it changed from %+v to %+v", stored, after)
		}
		if _, hash, err := after.encode(); err != nil || hash != after.Hash {
			t.Fatalf("the hash is not that of what is stored: %v", err)
		}
		var actions []string
		b.must(b.write(func(ctx context.Context, tx *database.Tx) error {
			rows, err := tx.Query(ctx, "SELECT action FROM audit_entry WHERE tenant_id = '' ORDER BY id")
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var action string
				if err := rows.Scan(&action); err != nil {
					return err
				}
				actions = append(actions, action)
			}
			return rows.Err()
		}))
		if all := strings.Join(actions, " "); !strings.Contains(all, "plan.published") || !strings.Contains(all, "plan.edited") || len(actions) != 3 {
			t.Errorf("the log has %v", actions)
		}
	})
}

// A race between an edit and the publication leaves one of two things, never a
// published version with content that was not hashed.
func TestAnEditNeverSlipsIntoAPublication(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for n := range 8 {
			draft, err := b.Create(t.Context(), fmt.Sprint("plano-", n), tenancy.Massivo, content("A"), olga)
			b.must(err)
			var wait sync.WaitGroup
			wait.Go(func() { _, _ = b.Edit(context.Background(), draft.ID, 1, content("B"), olga) })
			wait.Go(func() { _, _ = b.Publish(context.Background(), draft.ID, olga) })
			wait.Wait()
			v, err := b.Version(t.Context(), draft.ID)
			b.must(err)
			if _, hash, _ := v.encode(); v.State == Published && hash != v.Hash {
				t.Fatalf("published is %+v", v)
			}
		}
	})
}

func TestANewVersionTakesThePlaceAndTheOldIsHonoured(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		first := b.sold("basico")
		second, err := b.Redraft(ctx, first.PlanID, olga)
		b.must(err)
		if second.Number != 2 || second.Name != first.Name {
			t.Fatalf("%+v", second)
		}
		if _, err := b.Redraft(ctx, first.PlanID, olga); why(err) != "draft_exists" {
			t.Fatalf("a second draft: %v", err)
		}
		next := second.Content
		next.Monthly = 12_000
		second, err = b.Edit(ctx, second.ID, second.Revision, next, olga)
		b.must(err)
		_, err = b.Publish(ctx, second.ID, olga)
		b.must(err)
		list, err := b.Public(ctx, tenancy.Massivo)
		b.must(err)
		if len(list) != 1 || list[0].ID != second.ID || list[0].Monthly != 12_000 {
			t.Fatalf("sold is %+v", list)
		}
		q, err := b.Quote(ctx, first.ID, Month, "")
		b.must(err)
		if q.Price != 10_000 || q.First != 10_000 || q.FirstDueMS != b.clock.Now().UnixMilli()+14*dayMS {
			t.Fatalf("%+v", q)
		}
		b.clock.Advance(30*24*time.Hour - time.Second)
		_, err = b.Quote(ctx, first.ID, Month, "")
		b.must(err)
		b.clock.Advance(2 * time.Second)
		if _, err := b.Quote(ctx, first.ID, Month, ""); why(err) != "plan_withdrawn" {
			t.Fatalf("after 30 days: %v", err)
		}
		if v, err := b.Version(ctx, first.ID); err != nil || v.State != Withdrawn || v.Monthly != 10_000 {
			t.Fatalf("a contract finds %+v, %v", v, err)
		}
		// Taken off the page, and put back.
		closed := Closed
		_, err = b.Place(ctx, first.PlanID, Placement{State: &closed}, olga)
		b.must(err)
		if list, err := b.Public(ctx, tenancy.Massivo); err != nil || len(list) != 0 {
			t.Fatalf("a closed plan is sold: %v, %v", list, err)
		}
		if _, err := b.Withdraw(ctx, second.ID, olga); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Withdraw(ctx, second.ID, olga); !fault.Is(err, fault.Conflict) {
			t.Fatalf("twice: %v", err)
		}
	})
}

func TestQuotes(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		c := content("Só mês")
		c.Annual, c.TrialDays = 0, 0
		monthly, err := b.Create(ctx, "mensal", tenancy.Massivo, c, olga)
		b.must(err)
		if _, err := b.Quote(ctx, monthly.ID, Month, ""); !fault.Is(err, fault.NotFound) {
			t.Fatalf("a draft: %v", err)
		}
		_, err = b.Publish(ctx, monthly.ID, olga)
		b.must(err)
		if _, err := b.Quote(ctx, monthly.ID, Year, ""); why(err) != "interval_not_offered" {
			t.Fatalf("%v", err)
		}
		if _, err := b.Quote(ctx, monthly.ID, "week", ""); why(err) != "interval_not_offered" {
			t.Fatalf("%v", err)
		}
		both := b.sold("ambos")
		year, err := b.Quote(ctx, both.ID, Year, "")
		b.must(err)
		if year.Price != 100_000 || year.Currency != money.BRL {
			t.Fatalf("the annual price is said, not computed: %+v", year)
		}
		for _, p := range []Promotion{
			{Code: "dez", Percent: 1_000, Cycles: 3, Active: true},
			{Code: "TUDO", Percent: money.Whole, Active: true},
			{Code: "MUITO", Amount: 50_000, Cycles: 1, Active: true},
			{Code: "ONTEM", Percent: 100, ToMS: b.clock.Now().UnixMilli(), Active: true},
			{Code: "AMANHA", Percent: 100, FromMS: b.clock.Now().UnixMilli() + 1, Active: true},
			{Code: "OUTRO", Percent: 100, Plans: []string{both.PlanID}, Active: true},
			{Code: "DOLAR", Amount: 100, Currency: money.USD, Active: true},
			{Code: "MORTO", Percent: 100},
		} {
			_, err := b.SavePromotion(ctx, p, olga)
			b.must(err)
		}
		for code, want := range map[string]Quote{
			" dez ":  {Discount: 1_000, DiscountCycles: 3, First: 9_000, CouponCode: "DEZ"},
			"tudo":   {Discount: 10_000, First: 0, CouponCode: "TUDO"},
			"MUITO":  {Discount: 10_000, DiscountCycles: 1, First: 0, CouponCode: "MUITO"},
			"ONTEM":  {First: 10_000, CouponProblem: couponExpired},
			"AMANHA": {First: 10_000, CouponProblem: couponUnknown},
			"OUTRO":  {First: 10_000, CouponProblem: couponNotFor},
			"DOLAR":  {First: 10_000, CouponProblem: couponNotFor},
			"MORTO":  {First: 10_000, CouponProblem: couponUnknown},
			"NADA":   {First: 10_000, CouponProblem: couponUnknown},
		} {
			got, err := b.Quote(ctx, monthly.ID, Month, code)
			b.must(err)
			want.VersionID, want.Interval, want.Currency, want.Price, want.FirstDueMS = monthly.ID, Month, money.BRL, 10_000, got.FirstDueMS
			if got != want {
				t.Errorf("%q: %+v, want %+v", code, got, want)
			}
		}
	})
}

func TestFiftyWantTheLastCoupon(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		v := b.sold("basico")
		_, err := b.SavePromotion(t.Context(), Promotion{Code: "ULTIMO", Percent: 5_000, Most: 1, Active: true}, olga)
		b.must(err)
		var wait sync.WaitGroup
		errs := make([]error, 50)
		for n := range errs {
			wait.Go(func() {
				errs[n] = b.db.Write(context.Background(), everybody(), func(ctx context.Context, tx *database.Tx) error {
					return b.Hold(ctx, tx, "ultimo", v.ID, fmt.Sprint("acq_", n))
				})
			})
		}
		wait.Wait()
		got := 0
		for _, err := range errs {
			switch {
			case err == nil:
				got++
			case why(err) != couponExhausted:
				t.Error(err)
			}
		}
		list, err := b.Promotions(t.Context(), "", 0)
		b.must(err)
		if got != 1 || list.Items[0].Used != 1 {
			t.Fatalf("%d got the last one, %d are counted", got, list.Items[0].Used)
		}
	})
}

func TestACouponIsHeldUsedAndGivenBackOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		v := b.sold("basico")
		p, err := b.SavePromotion(t.Context(), Promotion{Code: "UM", Amount: 500, Most: 1, Active: true}, olga)
		b.must(err)
		hold := func(subject string) error {
			return b.write(func(ctx context.Context, tx *database.Tx) error { return b.Hold(ctx, tx, "um", v.ID, subject) })
		}
		use := func(subject string) {
			b.must(b.write(func(ctx context.Context, tx *database.Tx) error { return b.Use(ctx, tx, "UM", subject) }))
		}
		release := func(subject string) {
			b.must(b.write(func(ctx context.Context, tx *database.Tx) error { return b.Release(ctx, tx, "UM", subject) }))
		}
		counted := func(want int64) {
			t.Helper()
			list, err := b.Promotions(t.Context(), "", 0)
			b.must(err)
			if list.Items[0].Used != want {
				t.Fatalf("%d are counted, want %d", list.Items[0].Used, want)
			}
		}
		b.must(hold("a"))
		b.must(hold("a"))
		counted(1)
		if err := hold("b"); why(err) != couponExhausted {
			t.Fatal(err)
		}
		release("b") // holds nothing
		release("a")
		release("a")
		counted(0)
		b.must(hold("b"))
		use("b")
		use("b")
		release("b") // what was used stays used
		counted(1)
		// Somebody paid after their hold had gone: the price was promised.
		use("a")
		counted(2)
		// What was promised stands, whatever becomes of the coupon.
		p.Active = false
		_, err = b.SavePromotion(t.Context(), p, olga)
		b.must(err)
		b.must(hold("b"))
		if err := hold("c"); why(err) != couponUnknown {
			t.Fatal(err)
		}
		b.must(b.write(func(ctx context.Context, tx *database.Tx) error { return b.Use(ctx, tx, "NADA", "a") }))
	})
}

func TestCouponsAreChecked(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		for field, p := range map[string]Promotion{
			"code":     {Code: "a b", Percent: 1},
			"percent":  {Code: "AB", Percent: 10_001},
			"amount":   {Code: "AB", Amount: -1},
			"currency": {Code: "AB", Amount: 1, Currency: "XYZ"},
			"cycles":   {Code: "AB", Percent: 1, Cycles: -1},
			"most":     {Code: "AB", Percent: 1, Most: -1},
			"to_ms":    {Code: "AB", Percent: 1, FromMS: 5, ToMS: 5},
			"plans":    {Code: "AB", Percent: 1, Plans: []string{"pln_none"}},
		} {
			_, err := b.SavePromotion(ctx, p, olga)
			var known *fault.Error
			if !errors.As(err, &known) || known.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := b.SavePromotion(ctx, Promotion{Code: "AB"}, olga); !fault.Is(err, fault.Invalid) {
			t.Errorf("nothing off: %v", err)
		}
		if _, err := b.SavePromotion(ctx, Promotion{Code: "AB", Percent: 1, Amount: 1}, olga); !fault.Is(err, fault.Invalid) {
			t.Errorf("both: %v", err)
		}
		for _, code := range []string{"AB", "CD", "EF"} {
			_, err := b.SavePromotion(ctx, Promotion{Code: code, Percent: 1}, olga)
			b.must(err)
		}
		if _, err := b.SavePromotion(ctx, Promotion{Code: "ab", Percent: 1}, olga); why(err) != "code_taken" {
			t.Error(err)
		}
		first, err := b.Promotions(ctx, "", 2)
		b.must(err)
		rest, err := b.Promotions(ctx, first.Next, 2)
		b.must(err)
		if len(first.Items) != 2 || len(rest.Items) != 1 || rest.Next != "" {
			t.Errorf("%+v, %+v", first, rest)
		}
	})
}

func TestTheSampleSellsAtOnceAndOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		made, err := b.Sample(t.Context(), olga)
		b.must(err)
		list, err := b.Public(t.Context(), tenancy.Massivo)
		b.must(err)
		if len(made) != 3 || len(list) != 3 || list[0].Slug != "essencial" || list[1].Slug != "profissional" || list[2].Slug != "escala" || !list[1].Highlight {
			t.Fatalf("%+v", list)
		}
		for _, v := range list {
			if v.Hash == "" || v.Annual >= 12*v.Monthly || v.Name.In("en") == v.Name.In("pt-BR") {
				t.Errorf("%+v", v)
			}
			if e := v.Entitlements(); e.PlanVersionID != v.ID || len(e.Limits) != len(v.Limits) {
				t.Errorf("%+v", e)
			}
		}
		if _, err := b.Sample(t.Context(), olga); why(err) != "plans_exist" {
			t.Fatal(err)
		}
	})
}

func TestDraftsAreCheckedAndDiscarded(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		long := strings.Repeat("x", 300)
		for field, change := range map[string]func(*Content){
			"name":       func(c *Content) { c.Name.PT = long },
			"summary":    func(c *Content) { c.Summary.EN = long },
			"features.0": func(c *Content) { c.Features[0].PT = long },
			"features": func(c *Content) {
				c.Features = make([]Text, 0)
				for range 21 {
					c.Features = append(c.Features, Text{"a", "b"})
				}
			},
			"currency":   func(c *Content) { c.Currency = "XYZ" },
			"monthly":    func(c *Content) { c.Monthly = -1 },
			"annual":     func(c *Content) { c.Annual = -1 },
			"trial_days": func(c *Content) { c.TrialDays = 91 },
			"limits.bots": func(c *Content) {
				c.Limits[tenancy.Bots] = tenancy.Limit{Count: 1, Over: tenancy.Overage, OveragePrice: 5}
			},
			"limits.conversations": func(c *Content) { c.Limits[tenancy.Conversations] = tenancy.Limit{Count: -2, Over: tenancy.Block} },
			"limits.stars":         func(c *Content) { c.Limits["stars"] = tenancy.Limit{Count: 1, Over: tenancy.Block} },
		} {
			c := content("a")
			change(&c)
			_, err := b.Create(ctx, "a", tenancy.Massivo, c, olga)
			var known *fault.Error
			if !errors.As(err, &known) || known.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		for slug, want := range map[string]string{"": "slug", "A b": "slug", "-a": "slug"} {
			_, err := b.Create(ctx, slug, tenancy.Massivo, content("a"), olga)
			var known *fault.Error
			if !errors.As(err, &known) || known.Field != want {
				t.Errorf("%q: %v", slug, err)
			}
		}
		// A draft may lack a language; what is sold may not.
		half := content("Meio")
		half.Summary.EN = ""
		draft, err := b.Create(ctx, "meio", tenancy.Enterprise, half, olga)
		b.must(err)
		if _, err := b.Publish(ctx, draft.ID, olga); !fault.Is(err, fault.Invalid) {
			t.Fatalf("published with half its texts: %v", err)
		}
		if _, err := b.Create(ctx, "meio", tenancy.Massivo, half, olga); why(err) != "slug_taken" {
			t.Fatal(err)
		}
		b.must(b.Discard(ctx, draft.ID, olga))
		editions, err := b.Editions(ctx)
		b.must(err)
		if len(editions) != 0 {
			t.Fatalf("left is %+v", editions)
		}
		if err := b.Discard(ctx, draft.ID, olga); !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
	})
}
