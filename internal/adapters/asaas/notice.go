package asaas

import (
	"encoding/json"
	"net/http"

	"prosa/internal/base/fault"
	"prosa/internal/modules/subscription"
)

// tokenHeader carries the token that was chosen for the webhook.
const tokenHeader = "Asaas-Access-Token"

// Verify implements subscription.Provider. Callbacks are not signed: a token of
// the webhook's settings comes with each, and nothing tells their age, so they
// say what to look at and no more. Source: "Receba eventos do Asaas".
func (p *Provider) Verify(header http.Header, body []byte) ([]subscription.Notice, error) {
	if p.cfg.WebhookToken.IsZero() || !p.cfg.WebhookToken.Equal(header.Get(tokenHeader)) {
		return nil, fault.New(fault.Unauthorized, "the callback is not Asaas's")
	}
	var event struct {
		ID      string `json:"id"`
		Event   string `json:"event"`
		Created string `json:"dateCreated"`
		Payment struct {
			ID           string `json:"id"`
			Subscription string `json:"subscription"`
			Reference    string `json:"externalReference"`
		} `json:"payment"`
		Subscription struct {
			ID string `json:"id"`
		} `json:"subscription"`
	}
	if err := json.Unmarshal(body, &event); err != nil || event.ID == "" || event.Event == "" {
		return nil, fault.New(fault.Invalid, "the callback can't be read")
	}
	n := subscription.Notice{EventID: event.ID, Kind: event.Event, BillID: event.Payment.ID, AtMS: momentMS(event.Created)}
	for _, id := range []string{event.Payment.Subscription, changed(event.Payment.Reference), event.Subscription.ID} {
		if n.SubscriptionID == "" {
			n.SubscriptionID = id
		}
	}
	n.CheckoutID = n.SubscriptionID // they are one
	if n.SubscriptionID == "" {
		return nil, nil // a bill of somebody's that is none of ours
	}
	return []subscription.Notice{n}, nil
}
