package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/modules/identity"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

func TestAnAttendantSellsInAConversation(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		o := openStore(t, db)
		account := o.connect(o.root, "segunda", "444:token-of-the-second-shop-of-alfa")
		theirs, _ := o.writes(o.root, account, "400", "Caio", "oi", nil)
		bia := o.join(o.root, "atendente@alfa.example.com", "Atena", identity.Attendant)
		o.root.call(http.MethodPut, "/payments/setting", map[string]any{
			"pix_key": "loja@alfa.example.com", "pix_name": "Padaria Alfa", "pix_city": "Recife", "cash": true, "card": false, "expiry_minutes": 30,
		}).want(http.StatusOK)

		// An order of one customer is not placed in the conversation of another, who
		// would read its bill.
		wish := map[string]any{
			"contact_id": o.contact, "conversation_id": theirs, "payment": map[string]any{"provider": "pix_key", "method": "pix"},
			"lines": []any{map[string]any{"variant_id": o.small, "quantity": 1}}, "delivery": map[string]any{"zone_id": o.zone},
		}
		bia.call(http.MethodPost, "/orders", wish, "Idempotency-Key", "in-the-wrong-place").wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
		wish["contact_id"] = bia.get("/conversations/" + theirs).want(http.StatusOK).text("contact_id")
		placed := bia.call(http.MethodPost, "/orders", wish, "Idempotency-Key", "in-the-right-place").want(http.StatusCreated).text("id")

		// The bill, once a key.
		first := bia.call(http.MethodPost, "/orders/"+placed+"/bill", nil, "Idempotency-Key", "bill-again-1").want(http.StatusCreated)
		again := bia.call(http.MethodPost, "/orders/"+placed+"/bill", nil, "Idempotency-Key", "bill-again-1").want(http.StatusCreated)
		if first.text("id") == "" || first.text("id") != again.text("id") || first.text("kind") != "bill" || first.text("conversation_id") != theirs {
			t.Errorf("%s, then %s", first.body, again.body)
		}

		// Goods, once a key, and nothing for what is nobody's.
		path := "/conversations/" + theirs + "/products"
		shown := bia.call(http.MethodPost, path, map[string]any{"variant_ids": []any{o.small}, "text": "Veja"}, "Idempotency-Key", "show-12345").want(http.StatusCreated)
		if twice := bia.call(http.MethodPost, path, map[string]any{"variant_ids": []any{o.large}}, "Idempotency-Key", "show-12345").want(http.StatusCreated); twice.text("id") != shown.text("id") || !strings.Contains(string(shown.body), "Maracuj") {
			t.Errorf("%s, then %s", shown.body, twice.body)
		}
		bia.call(http.MethodPost, path, map[string]any{"variant_ids": []any{"var_of_nobody"}}, "Idempotency-Key", "show-23456").wantProblem(http.StatusConflict, fault.Refused, "not_shown")
		bia.call(http.MethodPost, path, map[string]any{"collection_id": "col_of_nobody"}, "Idempotency-Key", "show-34567").wantProblem(http.StatusNotFound, fault.NotFound, "")
		bia.call(http.MethodPost, path, map[string]any{}, "Idempotency-Key", "show-45678").wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")

		// The setting is for who manages payments, and its change stands in the log.
		setting := map[string]any{"native_bill": false, "honour_hours": 12, "remind_minutes": 0}
		bia.call(http.MethodPut, "/sales/setting", setting).wantProblem(http.StatusForbidden, fault.Forbidden, "role")
		o.root.call(http.MethodPut, "/sales/setting", setting).want(http.StatusOK)
		if seen := bia.get("/sales/setting").want(http.StatusOK); !strings.Contains(string(seen.body), `"honour_hours":12`) {
			t.Errorf("%s", seen.body)
		}
		setting["honour_hours"] = 721
		o.root.call(http.MethodPut, "/sales/setting", setting).wantProblem(http.StatusUnprocessableEntity, fault.Invalid, "")
		if log := o.root.get("/audit").want(http.StatusOK); !strings.Contains(string(log.body), "sale.settings_changed") {
			t.Errorf("%s", log.body)
		}
	})
}
