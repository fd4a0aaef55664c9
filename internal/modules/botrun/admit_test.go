package botrun

import (
	"context"
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
	"prosa/internal/platform/database/databasetest"
)

// A plan counts the bots that are not archived, and is asked again when one
// comes back.
func TestThePlanIsAskedForEveryBot(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		b := setup(t, db) // with a bot
		b.service.allow = func(ctx context.Context, _ *database.Tx, tenantID string, count func(context.Context) (int64, error)) error {
			n, err := count(ctx)
			if err == nil && (n >= 2 || tenantID != b.tenant) {
				return fault.Refuse("plan_limit", "two bots are enough")
			}
			return err
		}
		second, err := b.service.CreateBot(t.Context(), b.tenant, "Dois")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.service.CreateBot(t.Context(), b.tenant, "Três"); !fault.Is(err, fault.Refused) {
			t.Fatalf("a third bot: %v", err)
		}
		state := func(to State) error {
			_, err := b.service.UpdateBot(t.Context(), BotChange{TenantID: b.tenant, BotID: second.ID, State: &to})
			return err
		}
		if err := state(Archived); err != nil {
			t.Fatal(err)
		}
		if _, err := b.service.CreateBot(t.Context(), b.tenant, "Três"); err != nil {
			t.Fatalf("after one was archived: %v", err)
		}
		if err := state(Active); !fault.Is(err, fault.Refused) {
			t.Fatalf("an archived bot came back beyond the limit: %v", err)
		}
		if err := state(Archived); err != nil {
			t.Fatal(err)
		}
	})
}
