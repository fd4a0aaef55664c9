package app

import (
	"context"

	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/migrations"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/media"
	"prosa/internal/modules/move"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/service"
	"prosa/internal/platform/stream"
)

// joinMoves makes what takes companies to other deployments, and has companies
// stand still meanwhile.
func (h *house) joinMoves() {
	hold.Fence(h.db)
	h.gate = hold.NewGate(h.db)
	h.moves = move.New(h.cfg.Moves, move.With{
		DB: h.db, Box: h.secrets, Blobs: h.blobs, Clock: h.clock, Logger: h.logger,
		Deployment: h.cfg.Server.Line + "-" + h.cfg.Server.Environment, Line: h.cfg.Server.Line, Schema: migrations.Fingerprint(),
		Shards: h.cfg.Shards.Count, GatewayURL: h.cfg.Server.gatewayURL(), Fetching: media.Wanted{}.Kind(), Channels: movedChannels{h},
	})
}

// movedChannels fills move.Channels.
type movedChannels struct{ h *house }

// Live implements move.Channels.
func (c movedChannels) Live(ctx context.Context, companyID string) ([]move.Account, error) {
	accounts, err := c.h.channel.List(ctx, companyID)
	live := []move.Account{}
	for _, account := range accounts {
		if account.State == channel.Active {
			live = append(live, move.Account{ID: account.ID, Channel: string(account.Channel), Name: account.Name, ExternalID: account.ExternalID})
		}
	}
	return live, err
}

// Point implements move.Channels.
func (c movedChannels) Point(ctx context.Context, companyID, accountID string) error {
	account, err := c.h.channel.Get(ctx, companyID, accountID)
	if err != nil {
		return err
	}
	return c.h.channel.Subscribe(ctx, companyID, accountID, c.h.hookURL(account))
}

// Speaks implements move.Channels.
func (c movedChannels) Speaks(name string) bool { return c.h.knows(message.Channel(name)) }

// aside fills hold.Aside.
type aside struct {
	gate   *hold.Gate
	pieces *move.Pieces
}

// Waits implements hold.Aside.
func (a aside) Waits(tenantID string) bool { return a.gate.Level(tenantID) != "" }

// Busy implements hold.Aside.
func (a aside) Busy() bool { return a.gate.Busy() }

// Look implements hold.Aside.
func (a aside) Look(ctx context.Context) error { return a.gate.Look(ctx) }

// Keep implements hold.Aside.
func (a aside) Keep(ctx context.Context, shard int, raws []event.Raw) error {
	return a.pieces.Keep(ctx, shard, raws)
}

// Next implements hold.Aside.
func (a aside) Next(ctx context.Context, shard, limit int) ([]hold.Kept, error) {
	pieces, err := a.pieces.Next(ctx, shard, limit)
	kept := make([]hold.Kept, len(pieces))
	for i, one := range pieces {
		kept[i] = hold.Kept{ID: one.ID, Raw: one.Raw}
	}
	return kept, err
}

// Done implements hold.Aside.
func (a aside) Done(ctx context.Context, ids []string) error { return a.pieces.Done(ctx, ids) }

// Behind implements hold.Aside.
func (a aside) Behind(ctx context.Context, shard int) (map[string]bool, error) {
	return a.pieces.Behind(ctx, shard)
}

// watchMoves notes how far the work has come while a company moves.
func (r *running) watchMoves() service.Service {
	return service.Service{Run: func(ctx context.Context) error {
		return r.moves.Watch(ctx, r.gate, r.streams, stream.Event, stream.In)
	}}
}
