package acquisition

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/platform/database"
)

// Operators find a purchase by what a customer tells them on the telephone, on
// both engines alike.
func TestOperatorsFindAPurchase(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		ana := b.arrives("ana@acme.example.com", b.basic)
		b.clock.Advance(time.Millisecond) // ids are in the order of their milliseconds
		bia := b.begins(b.trial, "")
		bia.fills(Patch{Name: ptr("Bia Lima"), Email: ptr("bia@boreal.example.com"), Kind: ptr("person"), TaxID: ptr("529.982.247-25")})
		b.clock.Advance(time.Millisecond)
		nobody := b.begins(b.basic, "")
		ana.pays()
		all := []string{nobody.row().ID, bia.row().ID, ana.row().ID}
		contract := ana.row().ContractNo
		for _, c := range []struct {
			name   string
			filter Filter
			want   []string
		}{
			{"all, the newest first", Filter{}, all},
			{"of a state", Filter{State: Draft}, all[:2]},
			{"of a state that none has", Filter{State: Canceled}, nil},
			{"a part of an e-mail", Filter{Query: "boreal"}, all[1:2]},
			{"an e-mail in capitals, with blanks around", Filter{Query: "  ANA@Acme.example.com "}, all[2:]},
			{"a part of a person's name", Filter{Query: "lima"}, all[1:2]},
			{"a company's name", Filter{Query: "acme comércio"}, all[2:]},
			{"a CNPJ as it is stored", Filter{Query: "12abc34501de35"}, all[2:]},
			{"a CNPJ as it is written", Filter{Query: "12.ABC.345/01DE-35"}, all[2:]},
			{"a CPF as it is written", Filter{Query: "529.982.247-25"}, all[1:2]},
			{"a contract", Filter{Query: contract}, all[2:]},
			{"a contract in small letters", Filter{Query: "ctr-000001"}, all[2:]},
			{"an id", Filter{Query: all[0]}, all[:1]},
			{"marks of patterns are letters", Filter{Query: "b_a@%"}, nil},
			{"marks of tax numbers alone", Filter{Query: " -./ "}, nil},
			{"a quotation mark", Filter{Query: `o'neil" OR 1=1`}, nil},
			{"one of two ids", Filter{IDs: []string{all[1], "acq_none"}}, all[1:2]},
			{"no ids", Filter{IDs: []string{}}, nil},
			{"an id in another state", Filter{IDs: all, State: Checkout}, all[2:]},
		} {
			list, err := b.List(ctx, c.filter)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			var got []string
			for _, o := range list.Items {
				got = append(got, o.ID)
			}
			if !slices.Equal(got, c.want) || list.Next != "" {
				t.Errorf("%s: %v and then %q, want %v", c.name, got, list.Next, c.want)
			}
		}
		_, err := b.List(ctx, Filter{Cursor: "not ours"})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a cursor that is not ours: %v", err)
		}
		_, err = b.Get(ctx, "acq_none")
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("none: %v", err)
		}
	})
}

// Pages hold each purchase once, also when more begin while one reads.
func TestPagesOfPurchasesHoldEachOnce(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		var want []string
		for range 7 {
			want = append(want, b.begins(b.basic, "").row().ID)
			b.clock.Advance(time.Millisecond)
		}
		slices.Reverse(want)
		var got []string
		cursor, pages := "", 0
		for pages == 0 || cursor != "" {
			list, err := b.List(ctx, Filter{Cursor: cursor, Limit: 3})
			b.must(err)
			if len(list.Items) > 3 || pages > 7 {
				t.Fatalf("page %d has %d purchases", pages, len(list.Items))
			}
			for _, o := range list.Items {
				got = append(got, o.ID)
			}
			b.clock.Advance(time.Millisecond)
			b.begins(b.basic, "") // nobody who reads the second page waits for it
			cursor = list.Next
			pages++
		}
		if !slices.Equal(got, want) || pages != 3 {
			t.Errorf("%d pages hold %v, want %v", pages, got, want)
		}
	})
}

// What operators see of a purchase opens no door, and holds its pages in their
// order with what each would have cost.
func TestWhatOperatorsSeeOfAPurchase(t *testing.T) {
	b := lite(t)
	b.coupon("DEZ", 0)
	v := b.begins(b.basic, "DEZ")
	v.fills(acme("ana@acme.example.com"))
	v.proves()
	v.agrees()
	v.pays()
	v.fills(Patch{Coupon: ptr("")}) // back to the form
	v.pays()
	o, err := b.Get(ctx, v.row().ID)
	b.must(err)
	if len(o.Pages) != 2 || !o.Pages[0].Left || o.Pages[1].Left || o.Pages[0].Try != 1 || o.Pages[1].Try != 2 {
		t.Fatalf("pages: %+v", o.Pages)
	}
	if o.Pages[0].Discount != 1_000 || o.Pages[1].Discount != 0 || money.Amount(o.Pages[1].Price) != 10_000 || o.Pages[1].CheckoutID == "" {
		t.Errorf("prices: %+v", o.Pages)
	}
	if !o.Proven || o.Terms.IP != home.IP || o.Phone != v.row().Person.Phone || o.TaxID != "12ABC34501DE35" || o.State != Checkout {
		t.Errorf("%+v", o)
	}
	shown := fmt.Sprintf("%+v", o)
	row := v.row()
	b.must(b.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT token_hash FROM acquisition_token")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var hash string
			if err := rows.Scan(&hash); err != nil {
				return err
			}
			if containsAny(shown, hash) {
				t.Error("a token is shown")
			}
		}
		return rows.Err()
	}))
	if containsAny(shown, v.token.Reveal(), row.codeHash) {
		t.Error("what opens the purchase is shown")
	}
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return part != "" && strings.Contains(text, part) })
}
