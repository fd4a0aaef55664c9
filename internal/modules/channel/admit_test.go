package channel

import (
	"context"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/message"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// The plan is asked in the transaction that connects a number, and sees what is
// connected.
func TestThePlanIsAskedForEveryAccount(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		r := newRig(t, db, message.WhatsApp) // with an account
		r.allow = func(ctx context.Context, _ *database.Tx, tenantID string, count func(context.Context) (int64, error)) error {
			n, err := count(ctx)
			if err == nil && tenantID == r.tenant && n >= 2 {
				return fault.Refuse("plan_limit", "two numbers are enough")
			}
			return err
		}
		connect := func(tenantID string) error {
			_, err := r.Create(t.Context(), NewAccount{TenantID: tenantID, Channel: message.WhatsApp, Name: "Loja", ExternalID: id.New("ext", 1),
				Credentials: map[string]secret.Text{"token": secret.New("tok"), "app_secret": secret.New("shh")}})
			return err
		}
		if err := connect(r.tenant); err != nil {
			t.Fatal(err)
		}
		if err := connect(r.tenant); !fault.Is(err, fault.Refused) {
			t.Fatalf("a third number: %v", err)
		}
		list, err := r.List(t.Context(), r.tenant)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d numbers, %v", len(list), err)
		}
		if err := connect(id.New(id.Tenant, 2)); err != nil {
			t.Fatalf("a neighbour: %v", err)
		}
	})
}
