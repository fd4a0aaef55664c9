package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"prosa/internal/modules/builder"
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

type botCountsOutput struct {
	Body struct {
		Version int64       `json:"version"`
		SinceMS int64       `json:"since_ms"`
		Nodes   []nodeCount `json:"nodes"`
	}
}

type nodeCount struct {
	Node    string      `json:"node"`
	Entered int64       `json:"entered"`
	Waiting int64       `json:"waiting" doc:"Who waits there now."`
	Left    int64       `json:"left" doc:"Who went away there without an answer."`
	Exits   []exitCount `json:"exits"`
}

type exitCount struct {
	Exit  string `json:"exit"`
	Count int64  `json:"count"`
}

func (a *api) getBotCounts(ctx context.Context, in *botCountsInput) (*botCountsOutput, error) {
	return nil, builder.ErrComing
}

type listBotSessionsInput struct {
	BotPath
	Paging
	Version int64  `query:"version" minimum:"0" doc:"Number of a version, all when absent."`
	Node    string `query:"node" maxLength:"200" doc:"Those that wait there."`
	Status  string `query:"status" enum:"waiting,ended,handed_off,failed"`
}

type botSessionView struct {
	SessionID      string `json:"session_id"`
	ConversationID string `json:"conversation_id"`
	ContactName    string `json:"contact_name" doc:"Empty where one may not see the conversation."`
	Version        int64  `json:"version"`
	Node           string `json:"node"`
	Status         string `json:"status" enum:"waiting,ended,handed_off,failed"`
	StartedMS      int64  `json:"started_ms"`
	UpdatedMS      int64  `json:"updated_ms"`
}

func (a *api) listBotSessions(ctx context.Context, in *listBotSessionsInput) (*listing[botSessionView], error) {
	return nil, builder.ErrComing
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
	Input     json.RawMessage            `json:"input"`
	Node      string                     `json:"node"`
	Status    string                     `json:"status"`
	Variables map[string]json.RawMessage `json:"variables"`
	Effects   []json.RawMessage          `json:"effects"`
	Trail     []builder.Passed           `json:"trail"`
	Same      bool                       `json:"same" doc:"It did what was recorded."`
}

func (a *api) replayBotSession(ctx context.Context, in *replayInput) (*replayOutput, error) {
	return nil, builder.ErrComing
}
