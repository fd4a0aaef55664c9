package plan

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Whatever is held, used and given back in whichever order, the counter is the
// number of those who hold or used the coupon, and nobody holds it above its
// limit.
func TestTheCountOfACouponIsThatOfItsHolders(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		v, serial := b.sold("basico"), 0
		rapid.Check(t, func(t *rapid.T) {
			serial++
			code, most := fmt.Sprint("CUPOM-", serial), int64(rapid.IntRange(0, 3).Draw(t, "most"))
			p, err := b.SavePromotion(context.Background(), Promotion{Code: code, Percent: 1_000, Most: most, Active: true}, olga)
			if err != nil {
				t.Fatal(err)
			}
			states := map[string]string{} // as they should be
			counted := func() (n int64) {
				for _, state := range states {
					if state == held || state == used {
						n++
					}
				}
				return n
			}
			for range rapid.IntRange(1, 25).Draw(t, "steps") {
				subject := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}).Draw(t, "subject")
				what := rapid.SampledFrom([]string{"hold", "use", "release"}).Draw(t, "what")
				err := b.write(func(ctx context.Context, tx *database.Tx) error {
					switch what {
					case "hold":
						return b.Hold(ctx, tx, code, v.ID, subject)
					case "use":
						return b.Use(ctx, tx, code, subject)
					default:
						return b.Release(ctx, tx, code, subject)
					}
				})
				full := most > 0 && counted() >= most
				state := states[subject]
				switch {
				case what == "hold" && state != held && state != used && full:
					if why(err) != couponExhausted {
						t.Fatalf("%s holds one too many: %v", subject, err)
					}
					continue
				case what == "hold" && state != used:
					states[subject] = held
				case what == "use":
					states[subject] = used // also beyond the limit: the price was promised
				case what == "release" && state == held:
					states[subject] = released
				}
				if err != nil {
					t.Fatalf("%s by %s, who %s: %v", what, subject, state, err)
				}
				err = b.write(func(ctx context.Context, tx *database.Tx) error {
					p, err = loadPromotion(ctx, tx, "id", p.ID, "")
					return err
				})
				if err != nil || p.Used != counted() {
					t.Fatalf("after %s by %s %d are counted of %v, %v", what, subject, p.Used, states, err)
				}
			}
		})
	})
}

// What a coupon takes off is never more than the price and never less than
// nothing.
func TestACouponTakesOffWhatIsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price := money.Amount(rapid.Int64Range(0, 1_000_000_00).Draw(t, "price"))
		p := Promotion{Percent: rapid.Int64Range(0, money.Whole).Draw(t, "percent")}
		if p.Percent == 0 {
			p.Amount = money.Amount(rapid.Int64Range(1, 1_000_000_00).Draw(t, "amount"))
		}
		off := p.off(price)
		if off < 0 || off > price || p.Percent == money.Whole && off != price || p.Amount > price && off != price {
			t.Fatalf("%+v takes %d off %d", p, off, price)
		}
	})
}

func TestAVersionSaysWhatItIs(t *testing.T) {
	for name, c := range map[string]struct {
		content    Content
		month      money.Amount
		byTheMonth bool
		year       money.Amount
		byTheYear  bool
	}{
		"both":          {Content{Monthly: 10, Annual: 100}, 10, true, 100, true},
		"by the month":  {Content{Monthly: 10}, 10, true, 0, false},
		"by the year":   {Content{Annual: 100}, 0, false, 100, true},
		"costs nothing": {Content{}, 0, true, 0, false},
	} {
		v := Version{Content: c.content}
		if price, offered := v.Price(Month); price != c.month || offered != c.byTheMonth {
			t.Errorf("%s: a month is %d, %t", name, price, offered)
		}
		if price, offered := v.Price(Year); price != c.year || offered != c.byTheYear {
			t.Errorf("%s: a year is %d, %t", name, price, offered)
		}
	}
	for _, c := range []struct {
		v     Version
		nowMS int64
		sold  bool
	}{
		{Version{State: Draft}, 5, false}, {Version{State: Published}, 5, true},
		{Version{State: Withdrawn, WithdrawnMS: 10}, 10 + HonouredMS - 1, true}, {Version{State: Withdrawn, WithdrawnMS: 10}, 10 + HonouredMS, false},
	} {
		if got := c.v.Sold(c.nowMS); got != c.sold {
			t.Errorf("%+v at %d: %t", c.v, c.nowMS, got)
		}
	}
	both := Text{PT: "Olá", EN: "Hello"}
	for locale, want := range map[string]string{"pt-BR": "Olá", "en": "Hello", "EN-us": "Hello", "": "Olá", "fr": "Olá"} {
		if got := both.In(locale); got != want {
			t.Errorf("in %q it says %q", locale, got)
		}
	}
	if (Text{PT: "Olá"}).In("en") != "Olá" {
		t.Error("what has no English says nothing")
	}
	// What is granted is a copy: nobody changes the plan by it.
	v := Version{ID: "plv_1", Content: Content{Limits: map[tenancy.Meter]tenancy.Limit{tenancy.Bots: {Count: 1, Over: tenancy.Block}}}}
	e := v.Entitlements()
	e.Limits[tenancy.Bots] = tenancy.Limit{Count: 9, Over: tenancy.Block}
	if v.Limits[tenancy.Bots].Count != 1 || e.PlanVersionID != "plv_1" {
		t.Errorf("%+v", v.Limits)
	}
}

// The same content has the same hash, another one another: the order in which a
// map is walked shows in neither.
func TestTheHashIsThatOfTheContent(t *testing.T) {
	seen := map[string]bool{}
	for _, one := range samples() {
		var hashes []string
		for range 5 {
			_, hash, err := one.content.encode()
			if err != nil {
				t.Fatal(err)
			}
			hashes = append(hashes, hash)
		}
		if len(slices.Compact(hashes)) != 1 || seen[hashes[0]] {
			t.Errorf("%s: %v", one.slug, hashes)
		}
		seen[hashes[0]] = true
	}
}

func TestPromotionsOfNobodyAreNotFound(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		if _, err := b.SavePromotion(t.Context(), Promotion{ID: "prm_none", Code: "AB", Percent: 1}, olga); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		v := b.sold("basico")
		for _, versionID := range []string{"plv_none", ""} {
			if _, err := b.Quote(t.Context(), versionID, Month, ""); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		}
		err := b.write(func(ctx context.Context, tx *database.Tx) error { return b.Hold(ctx, tx, "NADA", v.ID, "a") })
		if why(err) != couponUnknown {
			t.Error(err)
		}
		for _, planID := range []string{"pln_none", v.ID} {
			if _, err := b.Redraft(t.Context(), planID, olga); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if _, err := b.Place(t.Context(), planID, Placement{}, olga); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		}
		wrong := "asleep"
		if _, err := b.Place(t.Context(), v.PlanID, Placement{State: &wrong}, olga); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	})
}
