package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"prosa/internal/modules/builder"
)

func (a *api) registerBotDraft() {
	handle(a, botRoute("get-bot-draft", http.MethodGet, "/bots/{bot}/draft", "The flow that is being written, with its layout and its tests."), a.getBotDraft)
	handle(a, botRoute("save-bot-draft", http.MethodPut, "/bots/{bot}/draft",
		"Keep the draft. Reason: draft_changed, with revision, author_id, author_name and updated_ms as facts, when somebody else has saved since.").
		writing().large(), a.saveBotDraft)
	handle(a, botRoute("check-flow", http.MethodPost, "/bots/check", "What publishing this flow would say, and its graph. Nothing is kept.").writing().large(), a.checkFlow)
	handle(a, botRoute("simulate-bot", http.MethodPost, "/bots/{bot}/simulate", "One turn of a conversation with a flow. Nothing is kept, sent or called.").
		writing().large(), a.simulateBot)
	handle(a, botRoute("run-bot-tests", http.MethodPost, "/bots/{bot}/tests/run", "Run the flow's tests.").writing().large(), a.runBotTests)
	handle(a, botRoute("record-bot-test", http.MethodPost, "/bots/{bot}/tests/record", "Make a test of a simulated conversation. It is not kept: put it into the draft.").
		writing().large(), a.recordBotTest)
	handle(a, botRoute("explore-bot", http.MethodPost, "/bots/{bot}/explore", "Let generated customers talk to the flow and look for broken rules.").writing().large(), a.exploreBot)
}

type draftOfBotOutput struct{ Body builder.Draft }

func (a *api) getBotDraft(ctx context.Context, in *BotPath) (*draftOfBotOutput, error) {
	draft, err := a.deps.Builder.Draft(ctx, caller(ctx).TenantID(), in.Bot)
	return &draftOfBotOutput{draft}, err
}

type saveBotDraftInput struct {
	BotPath
	Body struct {
		Revision   int64           `json:"revision" minimum:"0" doc:"The one that was seen."`
		Definition json.RawMessage `json:"definition"`
		Layout     json.RawMessage `json:"layout,omitempty"`
		Tests      json.RawMessage `json:"tests,omitempty"`
	}
}

func (a *api) saveBotDraft(ctx context.Context, in *saveBotDraftInput) (*draftOfBotOutput, error) {
	draft, err := a.deps.Builder.SaveDraft(ctx, builder.Save{
		TenantID: caller(ctx).TenantID(), BotID: in.Bot, Revision: in.Body.Revision,
		Definition: in.Body.Definition, Layout: in.Body.Layout, Tests: in.Body.Tests, By: botBy(ctx),
	})
	return &draftOfBotOutput{draft}, err
}

type checkFlowInput struct {
	Body struct {
		Definition json.RawMessage `json:"definition"`
		BotID      string          `json:"bot_id,omitempty" maxLength:"64" doc:"Whose channels the texts are held against; all four when absent."`
	}
}

type checkFlowOutput struct{ Body builder.Report }

func (a *api) checkFlow(ctx context.Context, in *checkFlowInput) (*checkFlowOutput, error) {
	who := caller(ctx)
	report, err := a.deps.Builder.Check(ctx, who.TenantID(), builder.Question{Definition: in.Body.Definition, BotID: in.Body.BotID, Lang: who.User.Locale})
	return &checkFlowOutput{report}, err
}

type simulateBotInput struct {
	BotPath
	Body builder.Turn
}

type simulateBotOutput struct{ Body builder.Simulated }

func (a *api) simulateBot(ctx context.Context, in *simulateBotInput) (*simulateBotOutput, error) {
	turn, err := a.deps.Builder.Simulate(ctx, caller(ctx).TenantID(), in.Bot, caller(ctx).User.Locale, in.Body)
	return &simulateBotOutput{turn}, err
}

type runBotTestsInput struct {
	BotPath
	Body struct {
		Definition json.RawMessage `json:"definition,omitempty" doc:"The draft's when absent."`
		Tests      json.RawMessage `json:"tests,omitempty" doc:"The draft's when absent."`
	}
}

type runBotTestsOutput struct{ Body builder.Outcome }

func (a *api) runBotTests(ctx context.Context, in *runBotTestsInput) (*runBotTestsOutput, error) {
	who := caller(ctx)
	outcome, err := a.deps.Builder.RunTests(ctx, builder.TestRun{
		TenantID: who.TenantID(), BotID: in.Bot, Definition: in.Body.Definition, Tests: in.Body.Tests, Lang: who.User.Locale,
	})
	return &runBotTestsOutput{outcome}, err
}

type recordBotTestInput struct {
	BotPath
	Body builder.Recording
}

type recordBotTestOutput struct{ Body builder.Test }

func (a *api) recordBotTest(ctx context.Context, in *recordBotTestInput) (*recordBotTestOutput, error) {
	test, err := a.deps.Builder.Record(ctx, caller(ctx).TenantID(), in.Bot, caller(ctx).User.Locale, in.Body)
	return &recordBotTestOutput{test}, err
}

type exploreBotInput struct {
	BotPath
	Body struct {
		Definition json.RawMessage `json:"definition,omitempty" doc:"The draft's when absent."`
		Runs       int             `json:"runs,omitempty" minimum:"0" maximum:"2000" doc:"Conversations, 200 when absent; fewer when the time is over."`
		Seed       uint64          `json:"seed,omitempty" maximum:"9007199254740991" doc:"The same seed makes the same customers."`
	}
}

type exploreBotOutput struct{ Body builder.Exploration }

func (a *api) exploreBot(ctx context.Context, in *exploreBotInput) (*exploreBotOutput, error) {
	who := caller(ctx)
	found, err := a.deps.Builder.Explore(ctx, builder.Expedition{
		TenantID: who.TenantID(), BotID: in.Bot, Definition: in.Body.Definition, Runs: in.Body.Runs, Seed: in.Body.Seed, Lang: who.User.Locale,
	})
	return &exploreBotOutput{found}, err
}
