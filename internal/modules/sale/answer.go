package sale

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/order"
	"prosa/internal/modules/payment"
	"prosa/internal/platform/database"
)

// request is what a bot asks of the shop. Each kind reads its own members.
type request struct {
	Language string `json:"language"`

	Query        string   `json:"query"`
	Collection   string   `json:"collection"`
	Limit        int      `json:"limit"`
	Page         int      `json:"page"`
	ProductID    string   `json:"product_id"`
	ProductIDs   []string `json:"product_ids"`
	VariantID    string   `json:"variant_id"`
	VariantIDs   []string `json:"variant_ids"`
	Catalog      bool     `json:"catalog"`
	Text         string   `json:"text"`
	Header       string   `json:"header"`
	Footer       string   `json:"footer"`
	Button       string   `json:"button"`
	Carousel     bool     `json:"carousel"`
	OptionPrefix string   `json:"option_prefix"`
	CatalogID    string   `json:"catalog_id"`
	RetailerID   string   `json:"retailer_id"`

	Quantity      int64          `json:"quantity"`
	Code          string         `json:"code"`
	ZoneID        string         `json:"zone_id"`
	Kind          order.ZoneKind `json:"kind"`
	CEP           string         `json:"cep"`
	Neighbourhood string         `json:"neighbourhood"`
	Address       string         `json:"address"`
	City          string         `json:"city"`
	Note          string         `json:"note"`

	Provider      string          `json:"provider"`
	Method        payment.Method  `json:"method"`
	ExpectedTotal *money.Amount   `json:"expected_total"`
	Customer      order.Customer  `json:"customer"`
	OrderID       string          `json:"order_id"`
	Number        json.RawMessage `json:"number"` // as a number, or as a customer wrote it
	Order         json.RawMessage `json:"order"`
}

// asking is one question on its way, inside the transaction of the bot's turn.
type asking struct {
	*Service
	botrun.Question
	request
	tx       *database.Tx
	words    vocabulary
	language string
	orders   *order.Service
	products *productShelf
}

// asks are the questions that bots may ask, by their kind.
var asks = map[string]func(*asking, context.Context) (any, error){
	"shop.search":      (*asking).search,
	"shop.collections": (*asking).collections,
	"shop.variants":    (*asking).variants,
	"shop.show":        (*asking).show,
	"shop.about":       (*asking).about,
	"shop.add":         (*asking).add,
	"shop.set":         (*asking).set,
	"shop.clear":       (*asking).clear,
	"shop.cart":        (*asking).cart,
	"shop.coupon":      (*asking).coupon,
	"shop.quotes":      (*asking).quotes,
	"shop.delivery":    (*asking).delivery,
	"shop.payments":    (*asking).choices,
	"shop.place":       (*asking).place,
	"shop.await":       (*asking).await,
	"shop.orders":      (*asking).list,
	"shop.order":       (*asking).one,
	"shop.receive":     (*asking).receive,
}

// pending is the body of an answer that comes later.
type pending struct{ topic string }

// Answer implements botrun.Answerer for the questions "shop.*". What a rule
// refuses is an answer that is not OK, whose body tells the reason and a
// sentence for the customer, and nothing of it is written; an error is the
// database's.
func (s *Service) Answer(ctx context.Context, tx *database.Tx, question botrun.Question) (flow.Answer, error) {
	ask := asks[question.Kind]
	if ask == nil {
		return flow.Answer{Error: "nobody here answers " + question.Kind}, nil
	}
	a := &asking{Service: s, Question: question, tx: tx, orders: s.orders.Within(tx)}
	if err := json.Unmarshal(question.Request, &a.request); err != nil {
		return refusal(inPortuguese, fault.New(fault.Invalid, "the question is not understood: %v", err))
	}
	a.language = languageOf(a.Language, portuguese)
	a.words = words(a.language)
	a.products = s.shelfOf(tx, question.TenantID)
	if _, err := tx.Exec(ctx, "SAVEPOINT shop"); err != nil {
		return flow.Answer{}, err
	}
	body, failed := ask(a, ctx)
	if failed != nil {
		if !isRule(failed) {
			return flow.Answer{}, failed
		}
		if _, err := tx.Exec(ctx, "ROLLBACK TO SAVEPOINT shop"); err != nil {
			return flow.Answer{}, errors.Join(failed, err)
		}
	}
	if _, err := tx.Exec(ctx, "RELEASE SAVEPOINT shop"); err != nil {
		return flow.Answer{}, err
	}
	if failed != nil {
		if question.Kind == "shop.receive" && question.MessageID != "" {
			// The bot tells it, so that nobody else has to.
			if _, err := claim(ctx, tx, question.TenantID, "", cartKey(question.MessageID)); err != nil {
				return flow.Answer{}, err
			}
		}
		return refusal(a.words, failed)
	}
	if later, ok := body.(pending); ok {
		return flow.Answer{Pending: true, Topic: later.topic}, nil
	}
	text, err := encode(body)
	return flow.Answer{OK: true, Body: text}, err
}

// isRule tells what a rule refused from what broke.
func isRule(err error) bool {
	return slices.Contains([]fault.Code{fault.Invalid, fault.NotFound, fault.Conflict, fault.Refused, fault.TooLarge}, fault.CodeOf(err))
}

// refused is the body of an answer that is not OK.
type refused struct {
	Reason string `json:"reason"`
	Text   string `json:"text"`
}

// refusal tells a bot why not.
func refusal(v vocabulary, err error) (flow.Answer, error) {
	reason := reasonOf(err)
	text := v.reasons[reason]
	if text == "" {
		text = v.reasons[string(fault.CodeOf(err))]
	}
	if text == "" {
		text = v.reasons["refused"]
	}
	body, failed := encode(refused{reason, text})
	return flow.Answer{Body: body, Error: reason}, failed
}

// reasonOf is the stable word of a refusal.
func reasonOf(err error) string {
	var known *fault.Error
	if errors.As(err, &known) && known.Reason != "" {
		return known.Reason
	}
	return string(fault.CodeOf(err))
}

func encode(value any) (string, error) {
	raw, err := json.Marshal(value)
	return string(raw), fault.Wrap(err, fault.Internal, "an answer of the shop could not be encoded")
}

// by is the bot as the one who acts.
func (a *asking) by() event.Actor { return event.Actor{Kind: "bot", ID: a.BotID} }

// change is the bot's edit of the customer's cart.
func (a *asking) change() order.Change {
	return order.Change{TenantID: a.TenantID, ContactID: a.ContactID, Source: order.FromBot, By: a.by()}
}

// decodeOrder reads the cart of a message.
func (a *asking) decodeOrder() (cart message.Order, err error) {
	if len(a.Order) == 0 || json.Unmarshal(a.Order, &cart) != nil {
		return cart, fault.OnField("order", "is no cart")
	}
	return cart, nil
}
