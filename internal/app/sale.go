package app

import (
	"context"
	"encoding/json"

	"prosa/internal/base/fault"
	"prosa/internal/edge/httpapi"
	"prosa/internal/event"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/flow"
	"prosa/internal/modules/sale"
	"prosa/internal/platform/database"
)

// joinSale makes the selling in conversations of the shop's modules, and joins
// it with the bots that ask it.
func (h *house) joinSale() {
	h.sale = sale.New(h.cfg.Sales, sale.Deps{
		DB: h.db, Orders: h.orders, Products: h.products, Payments: h.payments, Conversations: h.conversation, Blobs: h.blobs, Listing: h.listing,
		Links: h.links, Picture: h.pictureURL, Speaks: h.speaks, Logger: h.logger,
	})
	h.sale.BindBots(h.bots.Fire)
}

// answerShop lets bots ask the shop, which is made after them.
func (h *house) answerShop(ctx context.Context, tx *database.Tx, question botrun.Question) (flow.Answer, error) {
	return h.sale.Answer(ctx, tx, question)
}

// pictureURL is where anybody fetches a picture of a catalog.
func (h *house) pictureURL(tenantID, hash string) string {
	return h.cfg.Server.gatewayURL() + httpapi.Prefix + "/public/images/" + tenantID + "/" + hash
}

// speaks gives the language of a customer where the platform told it, else the
// company's.
func (h *house) speaks(ctx context.Context, tx *database.Tx, tenantID, contactID string) (string, error) {
	if contactID == "" {
		return h.locales.of(tenantID), nil
	}
	people, err := h.contact.Load(ctx, tx, tenantID, []string{contactID})
	if err != nil || len(people) == 0 || people[0].Language == "" {
		return h.locales.of(tenantID), err
	}
	return people[0].Language, nil
}

// followAgain gives an event that was put aside back to the follower.
func (h *house) followAgain(ctx context.Context, body []byte) error {
	var e event.Envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return fault.Refuse("unreadable", "the letter is no event")
	}
	return h.sale.Follow(ctx, e)
}
