package httpapi

import (
	"context"
	"net/http"

	"prosa/internal/base/page"
	"prosa/internal/base/secret"
	"prosa/internal/edge/realtime"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/modules/botrun"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/contact"
)

// Contacts is what the API asks of contact.
type Contacts interface {
	List(ctx context.Context, tenantID, query, cursor string, limit int) (page.List[contact.Contact], error)
	Get(ctx context.Context, tenantID, contactID string) (contact.Contact, error)
	Update(ctx context.Context, in contact.Edit) (contact.Contact, error)
	Block(ctx context.Context, tenantID, contactID string, blocked bool, actor event.Actor) (contact.Contact, error)
	Duplicates(ctx context.Context, tenantID, contactID string) ([]contact.Duplicate, error)
	Merges(ctx context.Context, tenantID, contactID string) ([]contact.Merge, error)
	Merge(ctx context.Context, in contact.MergeInput) (contact.Contact, contact.Merge, error)
	Part(ctx context.Context, tenantID, contactID, mergeID string, actor event.Actor) (contact.Contact, error)
}

// Channels is what the API asks of channel.
type Channels interface {
	List(ctx context.Context, tenantID string) ([]channel.Account, error)
	Get(ctx context.Context, tenantID, accountID string) (channel.Account, error)
	Connect(ctx context.Context, in channel.NewAccount) (channel.Account, error)
	Draft(ctx context.Context, in channel.NewAccount) (channel.Account, error)
	Prove(ctx context.Context, in channel.AccountChange) (channel.Account, error)
	Disconnect(ctx context.Context, tenantID, accountID string, actor event.Actor) (problem string, err error)
	Test(ctx context.Context, tenantID, accountID, to, text string) (channel.Receipt, error)
	Requeue(ctx context.Context, account channel.Account, replay func(ctx context.Context, raw event.Raw) error) (int, error)
	Update(ctx context.Context, in channel.AccountChange) (channel.Account, error)
	Probe(ctx context.Context, tenantID, accountID string) (channel.Probe, error)
	Subscribe(ctx context.Context, tenantID, accountID, hookURL string) error
	Exchanges(ctx context.Context, tenantID, accountID, cursor string, limit int) (page.List[channel.ExchangeView], error)
	ListQuarantine(ctx context.Context, cursor string, limit int) (page.List[channel.Quarantined], error)
	TakeQuarantined(ctx context.Context, quarantinedID, state string) (event.Raw, error)
	ReturnQuarantined(ctx context.Context, quarantinedID string) error
	Adapter(ch message.Channel) (channel.Adapter, bool)
}

// Bots is what the API asks of the bots' module.
type Bots interface {
	GetBot(ctx context.Context, tenantID, botID string) (botrun.Bot, error)
	GetVersion(ctx context.Context, tenantID, versionID string) (botrun.Version, error)
	VersionByNumber(ctx context.Context, tenantID, botID string, number int64) (botrun.Version, error)
	ListVersions(ctx context.Context, tenantID, botID, cursor string, limit int) (page.List[botrun.Version], error)
	Impact(ctx context.Context, tenantID, botID string) ([]botrun.Running, error)
	Counts(ctx context.Context, tenantID, botID string, number int64) (botrun.Counts, error)
	Sessions(ctx context.Context, query botrun.SessionQuery) (page.List[botrun.SessionView], error)
	SessionOf(ctx context.Context, tenantID, sessionID string) (botID, conversationID string, err error)
	Replay(ctx context.Context, tenantID, sessionID string) ([]botrun.Replayed, error)
	Fork(ctx context.Context, tenantID, sessionID string, number int64) ([]botrun.Replayed, error)
	ListSecrets(ctx context.Context, tenantID string) ([]botrun.SecretView, error)
	PutSecret(ctx context.Context, tenantID, name string, value secret.Text) error
	DeleteSecret(ctx context.Context, tenantID, name string) error
}

// Letters is the DEAD stream, for operators.
type Letters interface {
	List(ctx context.Context, cursor string, limit int) (page.List[Letter], error)
	// Replay gives the letter back to its consumer; Drop forgets it. Error:
	// fault.NotFound.
	Replay(ctx context.Context, letterID string) error
	Drop(ctx context.Context, letterID string) error
}

// Letter is a dead letter: what a consumer could not work on.
type Letter struct {
	ID       string `json:"id"`
	Consumer string `json:"consumer"`
	Reason   string `json:"reason"`
	AtMS     int64  `json:"at_ms"`
	Body     string `json:"body" doc:"As text, or base64 when it is none."`
}

// Live is the part of realtime that the API needs.
type Live interface {
	Serve(w http.ResponseWriter, r *http.Request, viewer realtime.Viewer, lastEventID string) error
	Typing(tenantID, conversationID string, actor event.Actor, viewers *event.Viewers, typing bool, atMS int64)
}
