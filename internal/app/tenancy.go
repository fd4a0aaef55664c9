package app

import (
	"context"

	"prosa/internal/modules/identity"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// admit asks a company's plan for one more of something, in the transaction
// that inserts it; it fills the ports of the modules that don't know tenancy.
func admit(meter tenancy.Meter) func(ctx context.Context, tx *database.Tx, tenantID string, count func(ctx context.Context) (int64, error)) error {
	return func(ctx context.Context, tx *database.Tx, tenantID string, count func(ctx context.Context) (int64, error)) error {
		return tenancy.Admit(ctx, tx, tenantID, meter, 1, count)
	}
}

// serves fills conversation.Serves.
func (h *house) serves(tenantID string) (bots, sends bool) {
	serving := h.tenancy.Serves(tenantID)
	return serving.Bots, serving.Sends
}

// joinTenancy tells the companies' module who counts what a company has.
func (h *house) joinTenancy() {
	h.tenancy.BindCounts(map[tenancy.Meter]tenancy.Count{
		tenancy.Attendants: identity.CountMembers, tenancy.Channels: h.channel.CountIn, tenancy.Bots: h.bots.CountIn,
	})
}
