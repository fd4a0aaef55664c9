package botrun

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"strconv"

	"github.com/go-json-experiment/json"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/message"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/flow"
	"prosa/internal/platform/database"
)

var _ conversation.Turns = (*Service)(nil)

// Turns takes the turns of a batch: sessions are loaded in one statement, the
// engine runs in memory, sessions and records are saved in one statement each.
// The error is the database's alone; whatever is wrong with a bot becomes an
// apology and a hand-off.
func (s *Service) Turns(ctx context.Context, tx *database.Tx, requests []conversation.TurnRequest) ([]conversation.Turn, error) {
	keys, distinct := make([]key, 0, len(requests)), make(map[key]bool, len(requests))
	for _, request := range requests {
		k := key{request.TenantID, request.ConversationID}
		if !distinct[k] {
			distinct[k] = true
			keys = append(keys, k)
		}
	}
	sessions, err := loadSessions(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	b := &batch{service: s, ctx: ctx, tx: tx, sessions: sessions, bots: map[key]Bot{}}
	turns := make([]conversation.Turn, len(requests))
	for i := range requests {
		if turns[i], err = b.turn(&requests[i]); err != nil {
			return nil, err
		}
	}
	var changed []*session
	for _, k := range keys {
		if session := b.sessions[k]; session != nil && session.changed {
			changed = append(changed, session)
		}
	}
	if err := saveSessions(ctx, tx, changed); err != nil {
		return nil, err
	}
	return turns, saveRecords(ctx, tx, b.records)
}

// batch is one call of Turns under way.
type batch struct {
	service  *Service
	ctx      context.Context
	tx       *database.Tx
	sessions map[key]*session
	bots     map[key]Bot // by tenant and bot id
	records  []record
}

// recorded is what bot_turn keeps of an input: enough to run the turn again.
type recorded struct {
	Input  flow.Input `json:"input"`
	Env    flow.Env   `json:"env"`
	Zone   string     `json:"zone"`
	Failed string     `json:"failed,omitempty"` // the engine did not run; why
}

// turn takes one turn. The error is the database's.
func (b *batch) turn(request *conversation.TurnRequest) (conversation.Turn, error) {
	input, known := inputOf(request)
	if !known {
		return conversation.Turn{}, nil
	}
	k := key{request.TenantID, request.ConversationID}
	current := b.sessions[k]
	usable := current != nil && current.live() && current.botID == request.BotID
	if input.Kind == flow.Timer && !usable {
		return conversation.Turn{}, nil
	}
	if !usable || input.Kind == flow.Start {
		begun, err := b.begin(k, request)
		if err != nil {
			return conversation.Turn{}, err
		}
		current = begun
	}
	current.language = request.Contact.Language
	env := flow.Env{
		NowMS: b.tx.Now(), Channel: request.Channel, Session: current.id, Zone: b.service.zone,
		Contact: flow.Contact{
			Name: request.Contact.Name, Username: request.Contact.Username, Language: request.Contact.Language, Fields: request.Contact.Fields,
		},
	}
	next, effects, failed, err := b.step(current, input, env)
	if err != nil {
		return conversation.Turn{}, err
	}
	if next.Seq == current.state.Seq {
		return conversation.Turn{}, nil // it meant nothing to the bot
	}
	current.state, current.changed = next, true
	b.sessions[k] = current
	b.record(current, recorded{Input: input, Env: env, Zone: b.service.zone.String(), Failed: failed}, effects)
	return apply(current, request.AtMS, effects), nil
}

// inputOf translates the cause of a turn; a cause that this engine has no use
// for is not known.
func inputOf(request *conversation.TurnRequest) (flow.Input, bool) {
	switch request.Cause {
	case conversation.CustomerWrote:
		return flow.Input{Kind: flow.Wrote, Content: request.Content}, true
	case conversation.Started:
		return flow.Input{Kind: flow.Start}, true
	case conversation.TimerFired:
		return flow.Input{Kind: flow.Timer, Timer: request.Timer}, true
	default:
		return flow.Input{}, false
	}
}

// begin makes a new session on the bot's live version; its id comes of the
// input, so that a repeated turn makes the same.
func (b *batch) begin(k key, request *conversation.TurnRequest) (*session, error) {
	name := key{request.TenantID, request.BotID}
	bot, known := b.bots[name]
	if !known {
		var err error
		if bot, err = loadBot(b.ctx, b.tx, request.TenantID, request.BotID, ""); err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		b.bots[name] = bot
	}
	return &session{
		key: k, botID: request.BotID, versionID: bot.LiveVersionID, startedMS: b.tx.Now(),
		id: id.Derive(id.BotSession, request.AtMS, request.TenantID, request.ConversationID, string(request.Cause), request.MessageID),
	}, nil
}

// step runs the engine. What is wrong with the bot comes back as failed, with
// the effects that end it well; the error is the database's.
func (b *batch) step(s *session, input flow.Input, env flow.Env) (next flow.State, effects []flow.Effect, failed string, err error) {
	switch {
	case s.broken != nil:
		failed = s.broken.Error()
	case s.versionID == "":
		failed = "the bot has no published version"
	default:
		compiled, loadErr := b.service.version(b.ctx, b.tx, versionKey{s.tenantID, s.versionID})
		var broken *errUnusable
		switch {
		case errors.As(loadErr, &broken), fault.Is(loadErr, fault.NotFound):
			failed = loadErr.Error()
		case loadErr != nil:
			return next, nil, "", loadErr
		default:
			next, effects, failed = b.service.guarded(compiled, s.state, input, env)
		}
	}
	if failed == "" {
		return next, effects, "", nil
	}
	b.service.log.ErrorContext(b.ctx, "a bot failed and handed over",
		slog.String("tenant", s.tenantID), slog.String("conversation", s.conversationID), slog.String("bot", s.botID),
		slog.String("version", s.versionID), slog.String("why", failed))
	next, effects = apologise(s, failed)
	return next, effects, failed, nil
}

// guarded runs the engine and turns a panic into a failure.
func (s *Service) guarded(compiled *flow.Compiled, state flow.State, input flow.Input, env flow.Env) (next flow.State, effects []flow.Effect, failed string) {
	defer func() {
		if what := recover(); what != nil {
			s.log.Error("panic in a flow", slog.Any("panic", what), slog.String("stack", string(debug.Stack())))
			failed = "panic in the engine"
		}
	}()
	next, effects, err := s.step(compiled, state, input, env)
	if err != nil {
		return next, nil, err.Error()
	}
	return next, effects, ""
}

// apologise ends a session that can't go on.
func apologise(s *session, why string) (flow.State, []flow.Effect) {
	next := s.state
	next.Seq++
	next.Status, next.Node = flow.Failed, ""
	language := s.language
	if language == "" {
		language = "pt-BR"
	}
	return next, []flow.Effect{
		{Send: &message.Content{Kind: message.Text, Text: flow.Apology(language)}},
		{HandOff: &flow.HandOff{Reason: flow.ReasonFailed, Note: why}},
	}
}

// record keeps the turn for replay.
func (b *batch) record(s *session, in recorded, effects []flow.Effect) {
	input, err := json.Marshal(in, json.Deterministic(true))
	if err != nil {
		// Only text that is not UTF-8 can do this, and the edge lets none in.
		input = []byte(`{"failed":"the input could not be recorded"}`)
	}
	out, err := json.Marshal(effects, json.Deterministic(true))
	if err != nil {
		out = []byte("[]")
	}
	b.records = append(b.records, record{
		key: s.key, sessionID: s.id, versionID: s.versionID, seq: s.state.Seq, input: string(input), effects: string(out), atMS: b.tx.Now(),
	})
}

// apply turns effects into what conversation does, and sets the session's timer.
func apply(s *session, atMS int64, effects []flow.Effect) conversation.Turn {
	var turn conversation.Turn
	s.wakesMS = 0
	for _, effect := range effects {
		switch {
		case effect.Send != nil:
			n := len(turn.Replies)
			turn.Replies = append(turn.Replies, conversation.Reply{
				ID:      id.Derive(id.Message, atMS, s.id, strconv.FormatInt(s.state.Seq, 10), strconv.Itoa(n)),
				Content: *effect.Send,
			})
		case effect.HandOff != nil:
			turn.HandOff = &conversation.HandOff{
				Team: effect.HandOff.Team, Reason: effect.HandOff.Reason, Note: effect.HandOff.Note, Fields: effect.HandOff.Fields,
			}
		case effect.SetField != nil:
			if turn.Fields == nil {
				turn.Fields = map[string]string{}
			}
			turn.Fields[effect.SetField.Name] = effect.SetField.Value
		case effect.Schedule != nil:
			s.wakesMS = effect.Schedule.AtMS
		case effect.End != nil:
			turn.Resolve = true
		}
	}
	return turn
}
