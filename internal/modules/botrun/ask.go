package botrun

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/flow"
)

// maxAsks bounds the questions that are answered within one turn.
const maxAsks = 16

// answer has an Ask answered in the turn's transaction. What goes wrong with the
// answerer is an answer that is not OK, and what it wrote is undone; the error
// is the database's.
func (b *batch) answer(s *session, request *conversation.TurnRequest, ask *flow.Ask) (flow.Answer, error) {
	family, _, _ := strings.Cut(ask.Kind, ".")
	answerer := b.service.answers[family]
	if answerer == nil {
		return flow.Answer{ID: ask.ID, Error: "nobody here answers " + ask.Kind}, nil
	}
	if _, err := b.tx.Exec(b.ctx, "SAVEPOINT question"); err != nil {
		return flow.Answer{}, err
	}
	answer, failed := b.ask(answerer, Question{
		TenantID: s.tenantID, ConversationID: s.conversationID, ContactID: request.Contact.ID, SessionID: s.id, BotID: s.botID,
		Channel: request.Channel, AccountID: request.AccountID, MessageID: request.MessageID,
		Key: callID(s.id, s.state.Seq, ask.ID), Node: ask.Node, Kind: ask.Kind, Request: ask.Request,
	})
	if failed != nil {
		var one int64
		if err := b.tx.QueryRow(b.ctx, "SELECT 1").Scan(&one); err != nil {
			return flow.Answer{}, failed // the database failed, not the answerer
		}
		if _, err := b.tx.Exec(b.ctx, "ROLLBACK TO SAVEPOINT question"); err != nil {
			return flow.Answer{}, err
		}
		b.service.log.WarnContext(b.ctx, "a bot's question was not answered", slog.String("tenant", s.tenantID),
			slog.String("kind", ask.Kind), slog.String("node", ask.Node), slog.Any("error", failed))
		answer = flow.Answer{Error: fault.MessageOf(failed)}
	}
	if _, err := b.tx.Exec(b.ctx, "RELEASE SAVEPOINT question"); err != nil {
		return flow.Answer{}, err
	}
	answer.ID = ask.ID
	return answer, nil
}

// ask takes a panic of the answerer for the failure that it is.
func (b *batch) ask(answerer Answerer, question Question) (answer flow.Answer, err error) {
	defer func() {
		if what := recover(); what != nil {
			b.service.log.Error("panic in an answer", slog.Any("panic", what), slog.String("stack", string(debug.Stack())))
			err = fault.New(fault.Internal, "the answerer of %s panicked", question.Kind)
		}
	}()
	return answerer(b.ctx, b.tx, question)
}

// callID names what a turn asked: the same for a turn that is repeated.
func callID(sessionID string, seq int64, askID string) string {
	return fmt.Sprintf("%s.%d.%s", sessionID, seq, askID)
}
