package order

import (
	"context"
	"fmt"
	"testing"

	"prosa/internal/base/money"
	"prosa/internal/platform/database"
)

// What a search says of the money is what an order says of itself.
func TestASearchWeighsMoneyAsAnOrderDoes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		err := h.db.Read(context.Background(), database.Company(h.tenant), func(ctx context.Context, tx *database.Tx) error {
			for _, total := range []money.Amount{0, 10} {
				for _, paid := range []money.Amount{0, 1, 9, 10, 11, 20} {
					for refunded := money.Amount(0); refunded <= paid; refunded++ {
						o := Order{State: Confirmed, Total: total, Paid: paid, Refunded: refunded}
						o.weigh()
						var said MoneyState
						if err := tx.QueryRow(ctx, fmt.Sprintf("SELECT %s FROM (SELECT %d AS total, %d AS paid, %d AS refunded) AS sums", moneyState, total, paid, refunded)).Scan(&said); err != nil {
							return err
						}
						if said != o.Money {
							t.Errorf("total %d, paid %d, refunded %d: %s, an order says %s", total, paid, refunded, said, o.Money)
						}
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestOrdersAreFoundByTheirMoney(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		variant, pickup := h.stocked("PAO", 500, 10), h.pickup()
		h.add("ctc_bia", variant, 1)
		placed, err := h.Place(context.Background(), Place{
			TenantID: h.tenant, Source: FromAttendant, Payment: cash, Lines: []Piece{{VariantID: variant, Quantity: 1}}, Delivery: Delivery{ZoneID: pickup}, Key: "by-money-1", By: ana,
		})
		if err != nil {
			t.Fatal(err)
		}
		for state, want := range map[MoneyState]int{Unpaid: 1, WholePaid: 0, "": 1} {
			found, err := h.List(context.Background(), Search{TenantID: h.tenant, Money: state})
			if err != nil || len(found.Items) != want || want == 1 && found.Items[0].ID != placed.ID {
				t.Errorf("%q: %d orders, %v", state, len(found.Items), err)
			}
		}
	})
}
