package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/builder"
	"prosa/internal/modules/identity"
)

// Limits of what a bot's routes take, in bytes: a flow, its layout and its
// tests may all be in one body.
const flowBodyMax = builder.DefinitionMax + builder.LayoutMax + builder.TestsMax + 64<<10

// botRoute is a route on bots with the right to read.
func botRoute(id, method, path, summary string) route {
	return route{id: id, method: method, path: path, tag: "bot", needs: identity.BotRead, summary: summary}
}

// writing is the same for who changes drafts and bots, publishing for who puts
// them before customers.
func (r route) writing() route    { r.needs = identity.BotWrite; return r }
func (r route) publishing() route { r.needs = identity.BotPublish; return r }

// large takes a flow in its body.
func (r route) large() route { r.bodyMax = flowBodyMax; return r }

func (r route) answering(status int) route { r.status = status; return r }

func (a *api) registerBot() {
	handle(a, botRoute("list-bots", http.MethodGet, "/bots", "The company's bots."), a.listBots)
	handle(a, botRoute("create-bot", http.MethodPost, "/bots", "Make a bot: from nothing, from a template, or from an exported flow. Reason: template_unknown.").
		writing().large().answering(http.StatusCreated), a.createBot)
	handle(a, botRoute("get-bot", http.MethodGet, "/bots/{bot}", "A bot with its live flow."), a.getBot)
	handle(a, botRoute("change-bot", http.MethodPatch, "/bots/{bot}", "Rename, archive or bring back. An archived bot answers on no channel.").writing(), a.changeBot)
	handle(a, botRoute("bind-bot", http.MethodPost, "/bots/{bot}/accounts", "Let it answer first on a channel. Reason: not_published.").publishing(), a.bindBot)
	handle(a, botRoute("unbind-bot", http.MethodDelete, "/bots/{bot}/accounts/{account}", "Leave a channel to people.").
		publishing().answering(http.StatusNoContent), a.unbindBot)
	handle(a, botRoute("export-bot", http.MethodGet, "/bots/{bot}/export", "The draft as a file, to be kept or imported."), a.exportBot)
	handle(a, botRoute("list-bot-templates", http.MethodGet, "/bot-templates", "Ready flows to begin with."), a.listBotTemplates)
	a.registerBotDraft()
	a.registerBotVersion()
	a.registerBotLive()
	a.registerBotSecret()
}

// BotPath names a bot in the path. huma reads embedded fields of exported types only.
type BotPath struct {
	Bot string `path:"bot" maxLength:"64"`
}

type listBotsInput struct {
	Paging
	State botrun.State `query:"state" enum:"active,archived" doc:"The active ones when absent."`
}

func (a *api) listBots(ctx context.Context, in *listBotsInput) (*listing[builder.Overview], error) {
	return listed(a.deps.Builder.List(ctx, caller(ctx).TenantID(), in.State, in.Cursor, in.Limit))
}

type createBotInput struct {
	Body struct {
		Name       string          `json:"name" minLength:"1" maxLength:"80"`
		Template   string          `json:"template,omitempty" maxLength:"64" doc:"Name of a template."`
		Definition json.RawMessage `json:"definition,omitempty" doc:"A flow to begin with instead of a template."`
		Layout     json.RawMessage `json:"layout,omitempty"`
		Tests      json.RawMessage `json:"tests,omitempty"`
	}
}

type overviewOutput struct{ Body builder.Overview }

func (a *api) createBot(ctx context.Context, in *createBotInput) (*overviewOutput, error) {
	who := caller(ctx)
	bot, err := a.deps.Builder.Create(ctx, builder.NewBot{
		TenantID: who.TenantID(), Name: in.Body.Name, Template: in.Body.Template,
		Definition: in.Body.Definition, Layout: in.Body.Layout, Tests: in.Body.Tests, By: botBy(ctx),
	})
	return &overviewOutput{bot}, err
}

// botBy is the caller as the builder knows people.
func botBy(ctx context.Context) builder.By {
	who := caller(ctx)
	return builder.By{Actor: who.Actor(), IP: who.ClientIP}
}

type botOutput struct {
	Body struct {
		builder.Overview
		Definition json.RawMessage `json:"definition,omitempty" doc:"The live flow (api/flow.schema.json); absent for none."`
	}
}

func (a *api) getBot(ctx context.Context, in *BotPath) (*botOutput, error) {
	tenantID := caller(ctx).TenantID()
	bot, err := a.deps.Builder.Get(ctx, tenantID, in.Bot)
	if err != nil {
		return nil, err
	}
	out := &botOutput{}
	out.Body.Overview = bot
	if bot.LiveVersionID == "" {
		return out, nil
	}
	version, err := a.deps.Bots.GetVersion(ctx, tenantID, bot.LiveVersionID)
	if err != nil {
		return nil, err
	}
	out.Body.Definition = json.RawMessage(version.Definition)
	return out, nil
}

type changeBotInput struct {
	BotPath
	Body struct {
		Name    *string       `json:"name,omitempty" minLength:"1" maxLength:"80"`
		State   *botrun.State `json:"state,omitempty" enum:"active,archived"`
		Version int64         `json:"version,omitempty" doc:"The version of the bot's row that was seen: a later one is a conflict. Absent: do it anyway."`
	}
}

func (a *api) changeBot(ctx context.Context, in *changeBotInput) (*overviewOutput, error) {
	bot, err := a.deps.Builder.Change(ctx, builder.BotChange{
		TenantID: caller(ctx).TenantID(), BotID: in.Bot, Name: in.Body.Name, State: in.Body.State, Version: in.Body.Version, By: botBy(ctx),
	})
	return &overviewOutput{bot}, err
}

type bindBotInput struct {
	BotPath
	Body struct {
		AccountID string `json:"account_id" maxLength:"64"`
	}
}

func (a *api) bindBot(ctx context.Context, in *bindBotInput) (*overviewOutput, error) {
	bot, err := a.deps.Builder.Bind(ctx, caller(ctx).TenantID(), in.Bot, in.Body.AccountID, caller(ctx).User.Locale, botBy(ctx))
	return &overviewOutput{bot}, err
}

type unbindBotInput struct {
	BotPath
	Account string `path:"account" maxLength:"64"`
}

func (a *api) unbindBot(ctx context.Context, in *unbindBotInput) (*struct{}, error) {
	return nil, a.deps.Builder.Unbind(ctx, caller(ctx).TenantID(), in.Bot, in.Account, botBy(ctx))
}

type exportOutput struct{ Body builder.File }

func (a *api) exportBot(ctx context.Context, in *BotPath) (*exportOutput, error) {
	file, err := a.deps.Builder.Export(ctx, caller(ctx).TenantID(), in.Bot)
	return &exportOutput{file}, err
}

type templatesOutput struct {
	Body struct {
		Items []builder.Template `json:"items"`
	}
}

func (a *api) listBotTemplates(ctx context.Context, _ *struct{}) (*templatesOutput, error) {
	items, err := builder.Templates(caller(ctx).User.Locale)
	out := &templatesOutput{}
	out.Body.Items = items
	return out, err
}

// ownBot makes sure that a bot named in a body is one of the company's and has
// something to say: one that nobody published would only apologise.
func (a *api) ownBot(ctx context.Context, field, botID string) error {
	if botID == "" {
		return nil
	}
	bot, err := a.deps.Bots.GetBot(ctx, caller(ctx).TenantID(), botID)
	switch {
	case fault.Is(err, fault.NotFound):
		return &fault.Error{Code: fault.NotFound, Field: field, Message: "no such bot"}
	case err == nil && (bot.LiveVersionID == "" || bot.State != botrun.Active):
		return &fault.Error{Code: fault.Refused, Reason: "not_published", Field: field, Message: "the bot is not published, or is archived"}
	}
	return err
}
