package app

import (
	"context"
	"errors"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/message"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/consent"
	"prosa/internal/modules/contact"
	"prosa/internal/modules/conversation"
	"prosa/internal/modules/order"
	"prosa/internal/platform/database"
	"prosa/internal/platform/job"
)

// joinPeople has customers introduced whose platform tells no name by itself,
// and lets everything that names customers follow when two of them turn out to
// be one.
func (h *house) joinPeople() error {
	h.contact.BindAsk(func(ctx context.Context, tx *database.Tx, strangers []contact.Stranger) error {
		for _, stranger := range strangers {
			if adapter, ok := h.channel.Adapter(stranger.Channel); !ok || !profiles(adapter) {
				continue
			}
			if err := job.EnqueueWith(ctx, tx, introduction(stranger), job.Options{Unique: true, MaxAttempts: 5}); err != nil {
				return err
			}
		}
		return nil
	})
	if err := job.Register(h.jobs, h.introduce); err != nil {
		return err
	}
	h.contact.BindHolders(func(ctx context.Context, tx *database.Tx, tenantID, mergeID string) error {
		return job.EnqueueWith(ctx, tx, mergeFollow{tenantID, mergeID}, job.Options{At: h.clock.Now().Add(mergeSettles)})
	}, h.conversation, h.consent, orderHolder{h.orders})
	return job.Register(h.jobs, func(ctx context.Context, j job.Job[mergeFollow]) error {
		return h.contact.Follow(ctx, j.Args.TenantID, j.Args.MergeID)
	})
}

// introduction asks a platform who a customer is.
type introduction contact.Stranger

// Kind implements job.Args.
func (introduction) Kind() string { return "contact.introduce" }

// profiles reports whether a platform's webhooks come without names, which it
// tells when it is asked.
func profiles(adapter channel.Adapter) bool {
	_, asks := adapter.(channel.Profiler)
	return asks && adapter.Channel() != message.Telegram // whose names come with every message
}

func (h *house) introduce(ctx context.Context, j job.Job[introduction]) error {
	account, err := h.channel.Get(ctx, j.Args.TenantID, j.Args.AccountID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	adapter, ok := h.channel.Adapter(account.Channel)
	profiler, asks := adapter.(channel.Profiler)
	if !ok || !asks || account.State != channel.Active {
		return nil
	}
	found, err := profiler.Profile(ctx, account, j.Args.Addresses)
	var refusal *channel.SendError
	if errors.As(err, &refusal) && refusal.Class != channel.Retry && refusal.Class != channel.Throttled && refusal.Class != channel.Ambiguous {
		return nil // the platform keeps the name to itself, which is its right
	}
	if err != nil {
		return err
	}
	return h.contact.Introduce(ctx, contact.Introduction{
		TenantID: j.Args.TenantID, ContactID: j.Args.ContactID, Name: found.Name, Username: found.Username, Language: found.Language,
	})
}

// mergeSettles is longer than an event may be on its way through a batch.
const mergeSettles = 30 * time.Second

// mergeFollow moves what came to a joined contact by its old name.
type mergeFollow struct {
	TenantID string `json:"tenant_id"`
	MergeID  string `json:"merge_id"`
}

// Kind implements job.Args.
func (mergeFollow) Kind() string { return "contact.follow_merge" }

// orderHolder lets carts and orders follow a merge.
type orderHolder struct{ orders *order.Service }

// Holds implements contact.Holder.
func (o orderHolder) Holds() string { return "order" }

// TakeOver implements contact.Holder.
func (o orderHolder) TakeOver(ctx context.Context, tx *database.Tx, merge contact.Joining) ([]string, error) {
	return o.orders.Adopt(ctx, tx, merge.TenantID, merge.From, merge.To)
}

// GiveBack implements contact.Holder.
func (o orderHolder) GiveBack(ctx context.Context, tx *database.Tx, merge contact.Joining) error {
	return o.orders.Restore(ctx, tx, merge.TenantID, merge.From, merge.To, merge.Moved)
}

// consents lets conversation ask and tell the ledger of customers' wishes.
type consents struct{ *consent.Service }

// Heard implements conversation.Consents.
func (c consents) Heard(ctx context.Context, tx *database.Tx, said []conversation.ConsentWord) error {
	entries := make([]consent.Entry, len(said))
	for i, word := range said {
		entries[i] = consent.Entry{
			TenantID: word.TenantID, ContactID: word.ContactID, AccountID: word.AccountID, MessageID: word.MessageID, AtMS: word.AtMS,
			Topic: consent.TopicOf(word.Topic), Granted: word.Granted, Token: word.Token, Proof: consent.Proof(word.Text), Source: sourceOf(word),
		}
	}
	return c.Record(ctx, tx, entries...)
}

// Reads implements conversation.Consents.
func (consents) Reads(text string) *message.Consent { return consent.Read(text) }

func sourceOf(word conversation.ConsentWord) consent.Source {
	switch {
	case word.ByPlatform:
		return consent.ByPlatform
	case word.ByWords:
		return consent.ByWords
	default:
		return consent.ByCustomer
	}
}
