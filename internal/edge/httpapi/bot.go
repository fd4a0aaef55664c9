package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/identity"
)

func (a *api) registerBot() {
	handle(a, route{
		id: "list-bots", method: http.MethodGet, path: "/bots", tag: "bot", needs: identity.BotRead, summary: "The company's bots.",
	}, func(ctx context.Context, in *Paging) (*listing[botrun.Bot], error) {
		return listed(a.deps.Bots.ListBots(ctx, caller(ctx).TenantID(), in.Cursor, in.Limit))
	})
	handle(a, route{
		id: "get-bot", method: http.MethodGet, path: "/bots/{bot}", tag: "bot", needs: identity.BotRead, summary: "A bot with its live flow.",
	}, a.getBot)
}

type botInput struct {
	Bot string `path:"bot" maxLength:"64"`
}

type botOutput struct {
	Body struct {
		botrun.Bot
		LiveNumber int64           `json:"live_number" doc:"Number of the live version, 0 for none."`
		Definition json.RawMessage `json:"definition,omitempty" doc:"The live flow (api/flow.schema.json); absent for none."`
	}
}

func (a *api) getBot(ctx context.Context, in *botInput) (*botOutput, error) {
	tenantID := caller(ctx).TenantID()
	bot, err := a.deps.Bots.GetBot(ctx, tenantID, in.Bot)
	if err != nil {
		return nil, err
	}
	out := &botOutput{}
	out.Body.Bot = bot
	if bot.LiveVersionID == "" {
		return out, nil
	}
	version, err := a.deps.Bots.GetVersion(ctx, tenantID, bot.LiveVersionID)
	if err != nil {
		return nil, err
	}
	out.Body.LiveNumber, out.Body.Definition = version.Number, json.RawMessage(version.Definition)
	return out, nil
}

// ownBot makes sure that a bot named in a body is one of the company's.
func (a *api) ownBot(ctx context.Context, field, botID string) error {
	if botID == "" {
		return nil
	}
	_, err := a.deps.Bots.GetBot(ctx, caller(ctx).TenantID(), botID)
	if fault.Is(err, fault.NotFound) {
		return &fault.Error{Code: fault.NotFound, Field: field, Message: "no such bot"}
	}
	return err
}
