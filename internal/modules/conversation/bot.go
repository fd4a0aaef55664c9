package conversation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/contact"
	"prosa/internal/platform/database"
)

// answer gives the bots their turns and carries out what they decide. When
// they fail, the customers get an apology and a person.
func (b *batch) answer(ctx context.Context, requests []TurnRequest) error {
	if len(requests) == 0 {
		return nil
	}
	if b.careful {
		for _, request := range requests {
			turn, failed, err := b.s.soloTurn(ctx, b.tx, request)
			if err != nil {
				return err
			}
			if err := b.s.apply(ctx, b.work, request, turn, failed); err != nil {
				return err
			}
		}
		return nil
	}
	taken, err := b.s.takeTurns(ctx, b.tx, requests)
	if err != nil {
		if broken := stillWorks(ctx, b.tx); broken != nil {
			return err // the database failed, not the bots
		}
		return errBots{err}
	}
	for n, request := range requests {
		if err := b.s.apply(ctx, b.work, request, taken[n], nil); err != nil {
			return err
		}
	}
	return nil
}

// takeTurns asks the bots, and takes a panic or a short answer for the failure
// that it is.
func (s *Service) takeTurns(ctx context.Context, tx *database.Tx, requests []TurnRequest) (taken []Turn, err error) {
	if s.turns == nil {
		return nil, fault.New(fault.Unavailable, "no bots run here")
	}
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.Internal, "a bot panicked: %v", p)
		}
	}()
	taken, err = s.turns.Turns(ctx, tx, requests)
	if err == nil && len(taken) != len(requests) {
		err = fault.New(fault.Internal, "%d turns came for %d requests", len(taken), len(requests))
	}
	return taken, err
}

// soloTurn takes one turn behind a savepoint. failed is what went wrong with
// the bot; err is a failure of the database.
func (s *Service) soloTurn(ctx context.Context, tx *database.Tx, request TurnRequest) (turn Turn, failed, err error) {
	if _, err := tx.Exec(ctx, "SAVEPOINT turn"); err != nil {
		return Turn{}, nil, err
	}
	taken, failed := s.takeTurns(ctx, tx, []TurnRequest{request})
	if failed != nil {
		if err := stillWorks(ctx, tx); err != nil {
			return Turn{}, nil, failed
		}
		if _, err := tx.Exec(ctx, "ROLLBACK TO SAVEPOINT turn"); err != nil {
			return Turn{}, nil, err
		}
		s.logger.ErrorContext(ctx, "a bot failed; people take over", "conversation", request.ConversationID, "bot", request.BotID, "error", failed)
	}
	if _, err := tx.Exec(ctx, "RELEASE SAVEPOINT turn"); err != nil {
		return Turn{}, nil, err
	}
	if failed == nil {
		turn = taken[0]
	}
	return turn, failed, nil
}

// stillWorks tells whether the transaction can go on: a failed statement
// spoils it for good.
func stillWorks(ctx context.Context, tx *database.Tx) error {
	var one int64
	return tx.QueryRow(ctx, "SELECT 1").Scan(&one)
}

// apply carries out one turn, unless the conversation has left its bot
// meanwhile: then what the bot said is dropped.
func (s *Service) apply(ctx context.Context, w *work, request TurnRequest, turn Turn, failed error) error {
	e := w.byID[request.ConversationID]
	if e == nil || e.Owner.Kind != Bot || e.Owner.ID != request.BotID {
		return nil
	}
	actor := Actor{Kind: fromBot, ID: request.BotID, Name: e.Owner.Name}
	sender := Sender{Kind: fromBot, ID: request.BotID, Name: e.Owner.Name}
	if failed != nil {
		w.say(e, &Message{Sender: sender, Content: message.Content{Kind: message.Text, Text: words(w.locale(e.TenantID)).sorry}})
		return s.handOff(ctx, w, e, actor, HandOff{Reason: "failed"})
	}
	if len(turn.Fields)+len(turn.Tag)+len(turn.Untag) > 0 {
		w.fields = append(w.fields, contact.FieldSet{TenantID: e.TenantID, ContactID: e.ContactID, BotID: request.BotID, Fields: turn.Fields,
			Tag: turn.Tag, Untag: turn.Untag})
	}
	for _, reply := range turn.Replies {
		plainContent(&reply.Content)
		if !w.say(e, &Message{ID: reply.ID, Sender: sender, Content: reply.Content}) {
			return s.handOff(ctx, w, e, actor, HandOff{Reason: "limit"})
		}
	}
	if turn.HandOff != nil {
		return s.handOff(ctx, w, e, actor, *turn.HandOff)
	}
	if turn.Resolve {
		return w.move(e, Change{To: Resolved, Actor: actor, Cause: event.ByBot, Reason: "flow"})
	}
	return nil
}

// handOff gives the conversation to people, with a private note of what the
// bot knows.
func (s *Service) handOff(ctx context.Context, w *work, e *entry, actor Actor, off HandOff) error {
	change := Change{To: Queued, Team: off.Team, Actor: actor, Cause: event.ByBot, Reason: off.Reason}
	if off.Assignee != "" && s.attendant != nil {
		owner, err := s.attendant(ctx, w.tx, e.TenantID, off.Assignee)
		if err != nil {
			return err
		}
		if owner.ID != "" {
			change.To, change.Owner = Open, owner
		}
	}
	if err := w.move(e, change); err != nil {
		return err
	}
	text := handOffNote(w.locale(e.TenantID), off)
	if text == "" {
		return nil
	}
	w.add(e, &Message{Direction: message.Internal, Sender: Sender{Kind: fromBot, ID: actor.ID, Name: actor.Name}, AtMS: w.now,
		Content: message.Content{Kind: message.Note, Text: text}})
	return nil
}

// handOffNote writes down the bot's note, why it handed off, and what it
// collected.
func handOffNote(locale string, off HandOff) string {
	names := words(locale)
	var lines []string
	if off.Note != "" {
		lines = append(lines, plain(off.Note))
	}
	if why := names.reasons[off.Reason]; why != "" && off.Note == "" {
		lines = append(lines, why)
	}
	if len(off.Fields) > 0 {
		keys := make([]string, 0, len(off.Fields))
		for key := range off.Fields {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		lines = append(lines, names.collected)
		for _, key := range keys {
			lines = append(lines, fmt.Sprintf("• %s: %s", plain(key), plain(off.Fields[key])))
		}
	}
	return strings.Join(lines, "\n")
}

// vocabulary is the house's own words to customers and attendants.
type vocabulary struct {
	sorry, collected string
	reasons          map[string]string
}

func words(locale string) vocabulary {
	if locale == "en" {
		return vocabulary{
			sorry:     "Sorry, something went wrong on our side. A person will answer you shortly.",
			collected: "What the bot collected:",
			reasons: map[string]string{
				"asked":   "The customer asked for a person.",
				"failed":  "The bot failed and apologised to the customer.",
				"misses":  "The bot didn't understand the customer several times.",
				"limit":   "The bot reached its limit in this conversation.",
				"expired": "The bot stopped waiting for an answer.",
				"flow":    "The bot's flow hands over here.",

				"undelivered": "A message of the bot could not be delivered.",
			},
		}
	}
	return vocabulary{
		sorry:     "Desculpe, algo deu errado do nosso lado. Uma pessoa vai te responder em breve.",
		collected: "O que o bot coletou:",
		reasons: map[string]string{
			"asked":   "O cliente pediu para falar com uma pessoa.",
			"failed":  "O bot falhou e pediu desculpas ao cliente.",
			"misses":  "O bot não entendeu o cliente várias vezes.",
			"limit":   "O bot chegou ao limite nesta conversa.",
			"expired": "O bot deixou de esperar por uma resposta.",
			"flow":    "O fluxo do bot passa para uma pessoa aqui.",

			"undelivered": "Uma mensagem do bot não pôde ser entregue.",
		},
	}
}

// RunTurn gives the bot of one conversation a turn that no message caused (a
// timer, the answer of a call), in its own transaction. What is not the bot's
// any more is passed over. fence may be nil.
func (s *Service) RunTurn(ctx context.Context, fence Fence, request TurnRequest) error {
	return s.RunTurns(ctx, fence, []TurnRequest{request})
}

// RunTurns is RunTurn for several conversations in one transaction. The
// requests name the company, the conversation, the cause and its time; what
// else they hold is filled in from the rows.
func (s *Service) RunTurns(ctx context.Context, fence Fence, requests []TurnRequest) error {
	if len(requests) == 0 {
		return nil
	}
	var tenants []string
	for _, r := range requests {
		tenants = append(tenants, r.TenantID)
	}
	slices.Sort(tenants)
	return s.db.Write(ctx, database.Companies(slices.Compact(tenants)), func(ctx context.Context, tx *database.Tx) error {
		if fence != nil {
			if err := fence.Fence(ctx, tx); err != nil {
				return err
			}
		}
		places := make([]place, len(requests))
		for n, r := range requests {
			places[n] = place{r.TenantID, r.ConversationID}
		}
		found, err := loadPlaces(ctx, tx, places, true)
		if err != nil {
			return err
		}
		w := s.newWork(tx)
		for _, request := range requests {
			c := found[place{request.TenantID, request.ConversationID}]
			if c == nil || c.Owner.Kind != Bot || c.held() || request.BotID != "" && request.BotID != c.Owner.ID {
				continue
			}
			if err := s.turn(ctx, tx, w, w.take(c), request); err != nil {
				return err
			}
		}
		return s.flush(ctx, tx, w)
	})
}

// silence gives a conversation to people whose bot may not answer any more: the
// company is suspended, or its plan is used up.
func (s *Service) silence(w *work, e *entry) error {
	if e.Owner.Kind != Bot {
		return nil
	}
	if bots, _ := s.serves(e.TenantID); bots {
		return nil
	}
	return w.move(e, Change{To: Queued, Actor: Actor{Kind: fromSystem}, Cause: event.Auto, Reason: "plan"})
}

// turn takes one turn of the bot that owns the conversation, inside the
// caller's transaction.
func (s *Service) turn(ctx context.Context, tx *database.Tx, w *work, e *entry, request TurnRequest) error {
	if err := s.silence(w, e); err != nil || e.Owner.Kind != Bot {
		return err
	}
	request.TenantID, request.ConversationID, request.BotID, request.Channel, request.AccountID = e.TenantID, e.ID, e.Owner.ID, e.Channel, e.AccountID
	if request.AtMS == 0 {
		request.AtMS = w.now
	}
	people, err := s.contacts.Load(ctx, tx, e.TenantID, []string{e.ContactID})
	if err != nil {
		return err
	}
	if len(people) == 1 {
		p := people[0]
		request.Contact = ContactFacts{ID: p.ID, Name: p.Called(), Username: p.Username, Language: p.Language, Fields: p.Fields, Tags: p.Tags}
	}
	taken, failed, err := s.soloTurn(ctx, tx, request)
	if err != nil {
		return err
	}
	return s.apply(ctx, w, request, taken, failed)
}
