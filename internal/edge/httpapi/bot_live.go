package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	jsonv2 "github.com/go-json-experiment/json"

	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/builder"
	"prosa/internal/modules/flow"
)

func (a *api) registerBotLive() {
	handle(a, botRoute("get-bot-counts", http.MethodGet, "/bots/{bot}/counts", "How many came to each node of a version, and which way they left."), a.getBotCounts)
	handle(a, botRoute("list-bot-sessions", http.MethodGet, "/bots/{bot}/sessions", "Conversations with the bot, the last active first."), a.listBotSessions)
	handle(a, botRoute("replay-bot-session", http.MethodGet, "/bots/{bot}/sessions/{session}/replay",
		"A conversation with the bot run again, step by step; for who may see the conversation."), a.replayBotSession)
}

type botCountsInput struct {
	BotPath
	Version int64 `query:"version" minimum:"0" doc:"Number of a version, the live one when absent."`
}

type botCountsOutput struct{ Body botrun.Counts }

func (a *api) getBotCounts(ctx context.Context, in *botCountsInput) (*botCountsOutput, error) {
	tenantID, number := caller(ctx).TenantID(), in.Version
	if number == 0 {
		bot, err := a.deps.Bots.GetBot(ctx, tenantID, in.Bot)
		if err != nil {
			return nil, err
		}
		if bot.LiveVersionID == "" {
			return &botCountsOutput{botrun.Counts{Nodes: []botrun.NodeCount{}}}, nil
		}
		version, err := a.deps.Bots.GetVersion(ctx, tenantID, bot.LiveVersionID)
		if err != nil {
			return nil, err
		}
		number = version.Number
	}
	counts, err := a.deps.Bots.Counts(ctx, tenantID, in.Bot, number)
	return &botCountsOutput{counts}, err
}

type listBotSessionsInput struct {
	BotPath
	Paging
	Version int64  `query:"version" minimum:"0" doc:"Number of a version, all when absent."`
	Node    string `query:"node" maxLength:"200" doc:"Those that wait there."`
	Status  string `query:"status" enum:"waiting,ended,handed_off,failed"`
}

// sessionOfBot is a conversation with a bot, as far as one may see it.
type sessionOfBot struct {
	botrun.SessionView
	ContactName string `json:"contact_name" doc:"Empty where one may not see the conversation."`
}

func (a *api) listBotSessions(ctx context.Context, in *listBotSessionsInput) (*listing[sessionOfBot], error) {
	who := caller(ctx)
	if _, err := a.deps.Bots.GetBot(ctx, who.TenantID(), in.Bot); err != nil {
		return nil, err
	}
	sessions, err := a.deps.Bots.Sessions(ctx, botrun.SessionQuery{
		TenantID: who.TenantID(), BotID: in.Bot, Number: in.Version, Node: in.Node, Status: flow.Status(in.Status), Cursor: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	list := page.List[sessionOfBot]{Next: sessions.Next}
	for _, session := range sessions.Items {
		view := sessionOfBot{SessionView: session}
		row, err := a.deps.Conversations.Get(ctx, who.TenantID(), session.ConversationID, viewerOf(who))
		switch {
		case err == nil:
			view.ContactName = row.ContactName
		case !fault.Is(err, fault.NotFound):
			return nil, err
		}
		list.Items = append(list.Items, view)
	}
	return listed(list, nil)
}

type replayInput struct {
	BotPath
	Session string `path:"session" maxLength:"64"`
	Version int64  `query:"version" minimum:"0" doc:"What this version would have done with the same inputs; absent: what happened."`
}

type replayOutput struct {
	Body struct {
		ConversationID string         `json:"conversation_id"`
		Turns          []replayedTurn `json:"turns"`
	}
}

type replayedTurn struct {
	Seq       int64                      `json:"seq"`
	AtMS      int64                      `json:"at_ms"`
	Version   int64                      `json:"version" doc:"Number of the version that took the turn, 0 when none could."`
	Input     json.RawMessage            `json:"input"`
	Node      string                     `json:"node"`
	Status    string                     `json:"status"`
	Variables map[string]json.RawMessage `json:"variables"`
	Effects   []json.RawMessage          `json:"effects"`
	Trail     []builder.Passed           `json:"trail"`
	Same      bool                       `json:"same" doc:"It did what was recorded."`
}

func (a *api) replayBotSession(ctx context.Context, in *replayInput) (*replayOutput, error) {
	who := caller(ctx)
	botID, conversationID, err := a.deps.Bots.SessionOf(ctx, who.TenantID(), in.Session)
	if err == nil && botID != in.Bot {
		err = fault.New(fault.NotFound, "no such session")
	}
	if err == nil {
		// What a customer said is for who may see their conversation.
		_, err = a.deps.Conversations.Get(ctx, who.TenantID(), conversationID, viewerOf(who))
	}
	if err != nil {
		return nil, err
	}
	var turns []botrun.Replayed
	if in.Version > 0 {
		turns, err = a.deps.Bots.Fork(ctx, who.TenantID(), in.Session, in.Version)
	} else {
		turns, err = a.deps.Bots.Replay(ctx, who.TenantID(), in.Session)
	}
	if err != nil {
		return nil, err
	}
	out := &replayOutput{}
	out.Body.ConversationID, out.Body.Turns = conversationID, make([]replayedTurn, 0, len(turns))
	for _, turn := range turns {
		view, err := replayed(turn)
		if err != nil {
			return nil, err
		}
		out.Body.Turns = append(out.Body.Turns, view)
	}
	return out, nil
}

func replayed(turn botrun.Replayed) (view replayedTurn, err error) {
	view = replayedTurn{
		Seq: turn.Seq, AtMS: turn.AtMS, Version: turn.Number, Node: turn.State.Path(), Status: string(turn.State.Status), Trail: []builder.Passed{}, Same: turn.Same,
	}
	if view.Input, err = jsonv2.Marshal(turn.Input, jsonv2.Deterministic(true)); err != nil {
		return view, fault.Wrap(err, fault.Internal, "an input can't be shown")
	}
	if view.Variables, err = builder.Variables(turn.State); err != nil {
		return view, err
	}
	for _, effect := range turn.Effects {
		if effect.Trail != nil {
			view.Trail = builder.Trail(effect.Trail)
		}
	}
	view.Effects, err = builder.Effects(turn.Effects)
	return view, err
}
