package botrun

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"strconv"
	"strings"

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
	b := &batch{service: s, ctx: ctx, tx: tx, sessions: sessions, bots: map[key]Bot{}, passed: map[passage]int64{}}
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
	return turns, b.save(changed)
}

// save writes what the batch left.
func (b *batch) save(changed []*session) error {
	if err := saveSessions(b.ctx, b.tx, changed); err != nil {
		return err
	}
	if err := saveRecords(b.ctx, b.tx, b.records); err != nil {
		return err
	}
	if err := saveRatings(b.ctx, b.tx, b.ratings); err != nil {
		return err
	}
	if err := dropCalls(b.ctx, b.tx, b.returned); err != nil {
		return err
	}
	if err := saveTally(b.ctx, b.tx, b.passed); err != nil {
		return err
	}
	if err := b.saveWaits(); err != nil {
		return err
	}
	if len(b.calls) == 0 {
		return nil
	}
	b.tx.AfterCommit(b.service.lookForCalls)
	return saveCalls(b.ctx, b.tx, b.calls)
}

// batch is one call of Turns under way.
type batch struct {
	service  *Service
	ctx      context.Context
	tx       *database.Tx
	sessions map[key]*session
	bots     map[key]Bot // by tenant and bot id
	records  []record
	ratings  []Rating
	calls    []call
	returned []call // answered, whatever came of it
	waits    []wait // that began
	waited   []wait // that are over
	passed   map[passage]int64
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
	input, known := b.inputOf(request)
	if !known {
		return conversation.Turn{}, nil
	}
	k := key{request.TenantID, request.ConversationID}
	current := b.sessions[k]
	usable := current != nil && current.live() && current.botID == request.BotID
	if usable {
		var err error
		if usable, err = b.shift(current, input); err != nil {
			return conversation.Turn{}, err
		}
	}
	if !usable && (input.Kind == flow.Timer || input.Kind == flow.Answered) {
		return conversation.Turn{}, nil
	}
	if !usable || input.Kind == flow.Start {
		begun, err := b.begin(k, request, current)
		if err != nil {
			return conversation.Turn{}, err
		}
		if current != nil {
			b.await(current, &flow.State{}) // what it waited for is nobody's now
		}
		current = begun
	}
	current.language = request.Contact.Language
	var turn conversation.Turn
	for asked := 0; ; asked++ {
		ask, err := b.take(current, request, input, &turn)
		if err != nil || ask == nil {
			return turn, err
		}
		if asked == maxAsks {
			b.giveUp(current, request, &turn, "the flow asked more than "+strconv.Itoa(maxAsks)+" times in one turn")
			return turn, nil
		}
		answer, err := b.answer(current, request, ask)
		if err != nil {
			return turn, err
		}
		input = flow.Input{Kind: flow.Answered, Answer: &answer}
	}
}

// take runs the engine once and notes what it decided. A question that is
// answered in this transaction comes back.
func (b *batch) take(current *session, request *conversation.TurnRequest, input flow.Input, turn *conversation.Turn) (*flow.Ask, error) {
	env := flow.Env{
		NowMS: b.tx.Now(), Channel: request.Channel, Session: current.id, Zone: b.service.zone,
		Contact: flow.Contact{
			Name: request.Contact.Name, Username: request.Contact.Username, Language: request.Contact.Language, Fields: request.Contact.Fields,
			Tags: request.Contact.Tags,
		},
	}
	next, effects, failed, err := b.step(current, input, env)
	if err != nil {
		return nil, err
	}
	if next.Seq == current.state.Seq {
		return nil, nil // it meant nothing to the bot
	}
	if failed == "" && len(turn.Replies)+sends(effects) > flow.MaxMessages {
		failed = "the bot would send more than " + strconv.Itoa(flow.MaxMessages) + " messages at once"
		b.complain(current, failed)
		next, effects = apologise(current, failed)
	}
	b.await(current, &next)
	b.count(current, effects, next.Status)
	current.state, current.changed = next, true
	if path := next.Path(); path != "" {
		current.node = path
	}
	b.sessions[current.key] = current
	b.record(current, recorded{Input: input, Env: env, Zone: b.service.zone.String(), Failed: failed}, effects)
	return b.apply(current, request, effects, turn), nil
}

func sends(effects []flow.Effect) (n int) {
	for i := range effects {
		if effects[i].Send != nil {
			n++
		}
	}
	return n
}

// inputOf translates the cause of a turn; a cause that this engine has no use
// for is not known.
func (b *batch) inputOf(request *conversation.TurnRequest) (flow.Input, bool) {
	switch request.Cause {
	case conversation.CustomerWrote:
		return flow.Input{Kind: flow.Wrote, Content: request.Content, Message: request.MessageID, Referral: request.Referral}, true
	case conversation.Started:
		return flow.Input{Kind: flow.Start}, true
	case conversation.TimerFired:
		return flow.Input{Kind: flow.Timer, Timer: request.Timer}, true
	case conversation.CallReturned:
		var back returned
		if err := json.Unmarshal([]byte(request.Answer), &back); err != nil {
			return flow.Input{}, false // not of our making
		}
		if back.Wait != "" {
			b.waited = append(b.waited, wait{key: key{request.TenantID, request.ConversationID}, id: back.Wait})
		} else {
			b.returned = append(b.returned, call{key: key{request.TenantID, request.ConversationID}, id: back.Call})
		}
		current := b.sessions[key{request.TenantID, request.ConversationID}]
		if current == nil || current.id != back.Session {
			return flow.Input{}, false // the session that asked is gone
		}
		return flow.Input{Kind: flow.Answered, Answer: &back.Answer}, true
	default:
		return flow.Input{}, false
	}
}

// shift brings a session under way to the version that a publication since then
// wants it in. It reports false when the session is to begin anew.
func (b *batch) shift(s *session, input flow.Input) (goesOn bool, err error) {
	readable := s.broken == nil
	switch {
	case s.shift.number <= s.number || !readable:
		return true, nil
	case s.shift.policy == Restart:
		// What was set going in the old version ends in it; the customer's next word
		// begins the new one.
		return input.Kind != flow.Wrote || ignored(input.Content.Kind), nil
	}
	target, err := b.runnable(s, s.shift.versionID)
	if err != nil || target == nil {
		return true, err
	}
	before, err := b.runnable(s, s.versionID)
	if err != nil || before == nil {
		return true, err
	}
	if target.takes(&s.state, before) {
		s.versionID, s.number = s.shift.versionID, s.shift.number
	}
	return true, nil
}

// ignored lists what a customer does without saying anything.
func ignored(kind message.Kind) bool {
	switch kind {
	case message.Emoji, message.System, message.Activity, message.Note, message.Welcome, message.PhoneCall, message.Permission:
		return true
	default:
		return false
	}
}

// runnable gives a version of the session's company, nil for one that can't be
// run. The error is the database's.
func (b *batch) runnable(s *session, versionID string) (*runnable, error) {
	ready, err := b.service.version(b.ctx, b.tx, versionKey{s.tenantID, versionID})
	var broken *errUnusable
	if errors.As(err, &broken) || fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return ready, err
}

// begin makes a new session on the bot's live version. Its id comes of the input
// and of the session before it: a repeated turn makes the same, and two starts
// in one millisecond don't.
func (b *batch) begin(k key, request *conversation.TurnRequest, before *session) (*session, error) {
	follows := ""
	if before != nil {
		follows = before.id
	}
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
		id: id.Derive(id.BotSession, request.AtMS, request.TenantID, request.ConversationID, string(request.Cause), request.MessageID, follows),
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
		ready, loadErr := b.service.version(b.ctx, b.tx, versionKey{s.tenantID, s.versionID})
		var broken *errUnusable
		switch {
		case errors.As(loadErr, &broken), fault.Is(loadErr, fault.NotFound):
			failed = loadErr.Error()
		case loadErr != nil:
			return next, nil, "", loadErr
		default:
			s.number = ready.number
			next, effects, failed = b.service.guard(ready.compiled, s.state, input, env)
		}
	}
	if failed == "" {
		return next, effects, "", nil
	}
	b.complain(s, failed)
	next, effects = apologise(s, failed)
	return next, effects, failed, nil
}

func (b *batch) complain(s *session, failed string) {
	b.service.log.ErrorContext(b.ctx, "a bot failed and handed over",
		slog.String("tenant", s.tenantID), slog.String("conversation", s.conversationID), slog.String("bot", s.botID),
		slog.String("version", s.versionID), slog.String("why", failed))
}

// guard runs the engine and turns a panic into a failure.
func (s *Service) guard(compiled *flow.Compiled, state flow.State, input flow.Input, env flow.Env) (next flow.State, effects []flow.Effect, failed string) {
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
	next.Status, next.Node, next.Stack, next.Topic = flow.Failed, "", nil, ""
	language := s.language
	if language == "" {
		language = "pt-BR"
	}
	return next, []flow.Effect{
		{Send: &message.Content{Kind: message.Text, Text: flow.Apology(language)}},
		{HandOff: &flow.HandOff{Reason: flow.ReasonFailed, Note: why}},
	}
}

// giveUp ends a turn that asked for ever, after what it said.
func (b *batch) giveUp(s *session, request *conversation.TurnRequest, turn *conversation.Turn, why string) {
	b.complain(s, why)
	next, effects := apologise(s, why)
	b.await(s, &next)
	s.state = next
	b.record(s, recorded{Input: flow.Input{Kind: flow.Answered}, Zone: b.service.zone.String(), Failed: why}, effects)
	b.apply(s, request, effects, turn)
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

// count notes which nodes a turn entered, which exits it took, and where a
// customer left. s is still as it was before the turn.
func (b *batch) count(s *session, effects []flow.Effect, after flow.Status) {
	note := func(node, what, exit string) {
		b.passed[passage{TenantID: s.tenantID, BotID: s.botID, Number: s.number, Node: node, What: what, Exit: exit, Day: b.tx.Now() / dayMS}]++
	}
	before := s.state.Path()
	for i := range effects {
		trail := effects[i].Trail
		for n, p := range trail {
			// A sub-flow's node is entered with the first node inside of it, not again
			// when it returns.
			for end, char := range p.Node {
				if caller := p.Node[:end]; char == '/' && !strings.HasPrefix(before, caller+"/") {
					note(caller, entered, "")
				}
			}
			// It waited at the first node of the trail already, unless it has just begun.
			if (n > 0 || p.Node != before) && !strings.HasPrefix(before, p.Node+"/") {
				note(p.Node, entered, "")
			}
			before = p.Node
			switch ways := strings.HasPrefix(p.Exit, "@"); {
			case p.Exit == "":
			case ways && after != flow.Waiting && (n == len(trail)-1 || n == len(trail)-2 && trail[n+1].Exit == ""):
				note(p.Node, left, "")
				note(p.Node, exited, p.Exit)
			default:
				note(p.Node, exited, p.Exit)
			}
		}
	}
}

// apply turns effects into what conversation does, and sets the session's
// timer. A question that is answered in this transaction comes back.
func (b *batch) apply(s *session, request *conversation.TurnRequest, effects []flow.Effect, turn *conversation.Turn) (ask *flow.Ask) {
	s.wakesMS = 0
	said := 0
	for _, effect := range effects {
		switch {
		case effect.Send != nil:
			turn.Replies = append(turn.Replies, conversation.Reply{
				ID:      id.Derive(id.Message, request.AtMS, s.id, strconv.FormatInt(s.state.Seq, 10), strconv.Itoa(said)),
				Content: *effect.Send,
			})
			said++
		case effect.HandOff != nil:
			turn.HandOff = &conversation.HandOff{
				Team: effect.HandOff.Team, Assignee: effect.HandOff.Assignee, Reason: effect.HandOff.Reason, Note: effect.HandOff.Note,
				Fields: effect.HandOff.Fields,
			}
		case effect.SetField != nil:
			if turn.Fields == nil {
				turn.Fields = map[string]string{}
			}
			turn.Fields[effect.SetField.Name] = effect.SetField.Value
		case effect.Tag != nil:
			retag(turn, effect.Tag)
		case effect.Rate != nil:
			b.ratings = append(b.ratings, Rating{
				TenantID: s.tenantID, SessionID: s.id, Node: effect.Rate.Node, BotID: s.botID, Number: s.number, ConversationID: s.conversationID,
				Score: int64(effect.Rate.Score), Scale: int64(effect.Rate.Scale), Comment: effect.Rate.Comment, AtMS: b.tx.Now(),
			})
		case effect.Schedule != nil:
			s.wakesMS = effect.Schedule.AtMS + jitterMS(s.id, effect.Schedule.AtMS-b.tx.Now())
		case effect.Ask != nil && effect.Ask.Kind == webKind:
			b.calls = append(b.calls, newCall(s, effect.Ask, b.tx.Now()))
		case effect.Ask != nil:
			ask = effect.Ask
		case effect.End != nil:
			turn.Resolve = true
		}
	}
	return ask
}

// retag joins a change of tags to those of the same turn: the later one counts.
func retag(turn *conversation.Turn, change *flow.Tag) {
	for _, tag := range change.Add {
		turn.Untag = without(turn.Untag, tag)
		turn.Tag = append(without(turn.Tag, tag), tag)
	}
	for _, tag := range change.Remove {
		turn.Tag = without(turn.Tag, tag)
		turn.Untag = append(without(turn.Untag, tag), tag)
	}
}

func without(list []string, one string) []string {
	kept := list[:0]
	for _, item := range list {
		if item != one {
			kept = append(kept, item)
		}
	}
	return kept
}
